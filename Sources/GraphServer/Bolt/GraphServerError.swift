/// Why a graph server did not do what it was asked. No text of the server's is kept: it may quote a query's values.
public enum GraphServerError: Error, Sendable, Hashable {
    /// The address, as it was given, cannot be used.
    case badAddress(String)
    /// No connection within its time, or none at all.
    case unreachable
    case connectTimeout
    case queryTimeout
    /// The connection ended while answers were outstanding.
    case connectionClosed
    /// All connections were in use, and too many waited for one, or one waited too long.
    case poolExhausted
    /// It answers, but not as Bolt does.
    case notBolt
    case noCommonVersion
    /// A message that does not belong where it came, or has not the form of one.
    case protocolViolation
    /// A message or a result larger than the limits.
    case tooLarge
    /// The certificate is not trusted, is another host's, or the parties have no cipher in common.
    case tls(String)
    case credentialsRefused
    /// The server refused a query; its code, such as `Neo.ClientError.Statement.SyntaxError`.
    case refused(code: String)
    /// The server has no complete knowledge base, or none that this program can read.
    case noKnowledge
    /// The server holds another number of nodes or links than were sent.
    case incompletePush

    /// Whether the same attempt may succeed a little later.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .connectTimeout, .connectionClosed: true
        case .refused(let code):
            // Bolt 4.4 still has two codes that call a deliberate end transient.
            code.hasPrefix("Neo.TransientError.")
                && code != "Neo.TransientError.Transaction.Terminated"
                && code != "Neo.TransientError.Transaction.LockClientStopped"
        default: false
        }
    }
}

extension GraphServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badAddress(let reason): "the graph server's address cannot be used: \(reason)"
        case .unreachable: "the graph server cannot be reached"
        case .connectTimeout: "the graph server did not complete the handshake in time"
        case .queryTimeout: "the graph server did not answer in time"
        case .connectionClosed: "the graph server closed the connection"
        case .poolExhausted: "all connections to the graph server are in use"
        case .notBolt: "what answers there does not speak Bolt"
        case .noCommonVersion: "the graph server speaks neither Bolt 5.0 to 5.8 nor 4.4"
        case .protocolViolation: "the graph server sent a message that Bolt does not allow there"
        case .tooLarge: "the graph server's answer is too large"
        case .tls(let reason): "no secure connection to the graph server: \(reason)"
        case .credentialsRefused: "the graph server refused the credentials"
        case .refused(let code): "the graph server refused the query: \(code)"
        case .noKnowledge: "the graph server holds no complete knowledge base: push one first"
        case .incompletePush: "the graph server does not hold all that was sent"
        }
    }
}
