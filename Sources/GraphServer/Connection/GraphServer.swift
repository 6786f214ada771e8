/// A graph server that is spoken to over Bolt: with pooled connections, and again where a failure is transient.
///
/// A statement may be run twice, where its answer was lost: send only what is the same when it is done twice.
public final class GraphServer: Sendable {
    private let options: GraphServerOptions
    private let timing: GraphServerTiming
    private let pool: GraphConnectionPool

    /// Opens no connection yet.
    public convenience init(
        _ address: GraphAddress, options: GraphServerOptions = GraphServerOptions(),
        timing: GraphServerTiming = GraphServerTiming()
    ) throws(GraphServerError) {
        let tls = address.isSecure ? try TLSSettings(authorities: options.authorities) : nil
        self.init(options: options, timing: timing) {
            try await BoltConnection.connect(to: address, options: options, tls: tls)
        }
    }

    init(
        options: GraphServerOptions, timing: GraphServerTiming,
        connect: @escaping @Sendable () async throws -> any GraphConnection
    ) {
        self.options = options
        self.timing = timing
        pool = GraphConnectionPool(options: options, timing: timing, connect: connect)
    }

    /// The answers in the order of the queries, which are run on one connection.
    public func run(_ queries: [BoltQuery]) async throws -> [BoltResult] {
        var failures = 0
        while true {
            do {
                return try await pool.withConnection { try await $0.run(queries) }
            } catch let error as GraphServerError where error.isTransient {
                failures += 1
                guard failures < options.attempts else { throw error }
                try await timing.sleep(options.delay(afterFailures: failures, random: timing.random()))
            }
        }
    }

    public func run(_ query: BoltQuery) async throws -> BoltResult {
        try await run([query]).first ?? BoltResult()
    }

    /// Closes all connections.
    public func shut() async { await pool.shut() }
}
