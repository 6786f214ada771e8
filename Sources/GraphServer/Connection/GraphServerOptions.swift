/// How a graph server is spoken to: the limits of time, size and number.
public struct GraphServerOptions: Sendable {
    public var credentials = BoltCredentials.none
    /// A file of certificates in PEM, in place of the system's authorities.
    public var authorities: String?
    /// What the program calls itself to the server.
    public var agent = "claimwright/1"
    /// From the first packet until the server has taken the credentials.
    public var connectTimeout = Duration.seconds(3)
    /// For all queries that are sent at once.
    public var queryTimeout = Duration.seconds(30)
    public var maximumConnections = 4
    /// How many may wait for a connection, and for how long.
    public var maximumWaiting = 256
    public var waitTimeout = Duration.seconds(10)
    /// The most bytes of one message, and the most rows of what is asked at once.
    public var maximumMessageBytes = 16 << 20
    public var maximumRows = 1_000_000
    /// Tries in all, where a failure is transient.
    public var attempts = 5
    /// Before the second try; doubled each time up to the longest, of which a random half is left out.
    public var firstDelay = Duration.milliseconds(50)
    public var longestDelay = Duration.seconds(2)

    public init() {}

    /// How long to wait after so many failures, `random` being from 0 up to 1.
    func delay(afterFailures failures: Int, random: Double) -> Duration {
        let doubled = firstDelay * (1 << min(failures - 1, 16))
        return min(doubled, longestDelay) * (1 - random / 2)
    }
}

/// Where waiting and chance come from.
public struct GraphServerTiming: Sendable {
    public var sleep: @Sendable (Duration) async throws -> Void
    /// From 0 up to 1.
    public var random: @Sendable () -> Double

    public init(
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.sleep = sleep
        self.random = random
    }
}
