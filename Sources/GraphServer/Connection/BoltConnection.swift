import NIOCore
import NIOPosix

/// What queries are run on; a connection, or a stand-in for one in tests of whatever lies above it.
public protocol GraphConnection: Sendable {
    /// False for good once it has ended.
    var isOpen: Bool { get }
    /// The answers in the order of the queries. All are sent at once, and if one fails, those after it are not run.
    func run(_ queries: [BoltQuery]) async throws -> [BoltResult]
    func close() async
}

/// A connection to a server, greeted and logged on. It takes the next queries when the last ones are answered.
public final class BoltConnection: GraphConnection {
    private let channel: any Channel
    private let handler: NIOLoopBound<BoltHandler>
    private let queryTimeout: TimeAmount
    /// Set for servers that write parameters into the statement's text.
    private let literals: LiteralParameters?

    private init(
        channel: any Channel, handler: NIOLoopBound<BoltHandler>, queryTimeout: TimeAmount,
        literals: LiteralParameters? = nil
    ) {
        self.channel = channel
        self.handler = handler
        self.queryTimeout = queryTimeout
        self.literals = literals
    }

    /// Connects within the options' time, or throws a ``GraphServerError``.
    public static func connect(
        to address: GraphAddress, options: GraphServerOptions, tls: TLSSettings? = nil
    ) async throws -> BoltConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let ready = loop.makePromise(of: Void.self)
        let opening = loop.flatSubmit { () -> EventLoopFuture<BoltConnection> in
            let handler = NIOLoopBound(makeHandler(address, options, ready), eventLoop: loop)
            let deadline = loop.assumeIsolated().scheduleTask(in: TimeAmount(options.connectTimeout)) {
                handler.value.fail(.connectTimeout)
                ready.fail(GraphServerError.connectTimeout)
            }
            ready.futureResult.assumeIsolated().whenComplete { _ in deadline.cancel() }
            let bootstrap = ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connectTimeout(TimeAmount(options.connectTimeout))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls {
                            let connection = try TLSConnection(tls, host: address.host)
                            try channel.pipeline.syncOperations.addHandler(TLSHandler(connection))
                        }
                        try channel.pipeline.syncOperations.addHandler(handler.value)
                    }
                }
            let channel = bootstrap.connect(host: address.host, port: address.port)
            channel.whenFailure { ready.fail(($0 as? GraphServerError) ?? .unreachable) }
            return ready.futureResult.and(channel).map { _, channel in
                BoltConnection(channel: channel, handler: handler, queryTimeout: TimeAmount(options.queryTimeout))
            }
        }
        let connection = try await opening.get()
        let answer = try await connection.run([LiteralParameters.probe])
        guard LiteralParameters.isNeeded(answer) else { return connection }
        let literal = BoltConnection(
            channel: connection.channel, handler: connection.handler, queryTimeout: connection.queryTimeout,
            literals: LiteralParameters())
        // Such a server also takes the word "db" for the database's name.
        guard address.database == nil else {
            await literal.close()
            throw GraphServerError.badAddress("this server takes no database's name over Bolt")
        }
        return literal
    }

    private static func makeHandler(
        _ address: GraphAddress, _ options: GraphServerOptions, _ ready: EventLoopPromise<Void>
    ) -> BoltHandler {
        BoltHandler(ready: ready, maximumMessageBytes: options.maximumMessageBytes) { version in
            BoltSession(
                version: version, credentials: options.credentials, agent: options.agent,
                database: address.database, maximumRows: options.maximumRows)
        }
    }

    public var isOpen: Bool { channel.isActive }

    /// Gives the connection up where the task is cancelled: the server may still be at the queries.
    public func run(_ queries: [BoltQuery]) async throws -> [BoltResult] {
        guard let literals else { return try await exchange(queries) }
        var results: [BoltResult] = []
        for group in literals.groups(try queries.map { try literals.escape($0) }) {
            results += try await exchange(group)
        }
        return results
    }

    private func exchange(_ queries: [BoltQuery]) async throws -> [BoltResult] {
        let (handler, loop, timeout) = (handler, channel.eventLoop, queryTimeout)
        return try await withTaskCancellationHandler {
            let promise = loop.makePromise(of: [BoltResult].self)
            loop.execute { handler.value.run(queries, timeout: timeout, promise: promise) }
            return try await promise.futureResult.get()
        } onCancel: {
            loop.execute { handler.value.fail(.connectionClosed) }
        }
    }

    public func close() async {
        let (handler, isPolite) = (handler, literals == nil)
        channel.eventLoop.execute { handler.value.quit(sayingGoodbye: isPolite) }
        try? await channel.closeFuture.get()
    }
}
