/// How much the service takes on at once and how long it waits. At each limit it has a stated answer.
public struct ServerLimits: Sendable {
    // MARK: At once

    /// Connections; to further ones the answer is 503, and they are closed.
    public var connections = 256
    /// Connections past the limit that are still told so; further ones are closed without a word.
    public var connectionsRefused = 64
    /// Requests that are being answered; to further ones the answer is 503.
    public var requests = 64
    /// Bytes of all requests' bodies together; who sends more gets 503 and may ask again.
    public var bodiesBytes = 128 << 20

    // MARK: Sizes

    /// Of a request's target, path and query together, in bytes; a longer one is answered by 414.
    public var targetBytes = 8 << 10
    /// Of a header field's name or its value, in bytes; a larger one is answered by 431.
    public var fieldBytes = 16 << 10
    /// Of the whole head, in bytes; a larger one is answered by 431.
    public var headBytes = 32 << 10
    /// Header fields; a head with more is answered by 431.
    public var fields = 100

    // MARK: Times

    /// From a head's first byte (on a new connection, from its opening) to its end; then 408.
    public var head = Duration.seconds(10)
    /// Between an answer and the next request; then the connection is closed.
    public var idle = Duration.seconds(60)
    /// The longest pause in a body; then 408. Time in which the service itself does not read does not count.
    public var bodyPause = Duration.seconds(20)
    /// Waiting that a body may cost beside what its size allows; then 408.
    public var bodyGrace = Duration.seconds(20)
    /// Bytes a second that a body must come with beyond the grace. It does not hold of a request whose answer has begun
    /// before its end, such as a batch.
    public var bodyRate = 1024
    /// The longest pause in a body whose answer has begun; then the connection is closed.
    public var streamPause = Duration.seconds(60)
    /// In which a receiver must have taken something of its answer; then the connection is closed.
    public var send = Duration.seconds(60)
    /// In which the sender of a request that was refused before its end may read the answer before the connection goes.
    public var linger = Duration.seconds(2)
    /// In which requests that run may end once the program is told to; then their connections are closed.
    public var ending = Duration.seconds(10)

    public init() {}
}
