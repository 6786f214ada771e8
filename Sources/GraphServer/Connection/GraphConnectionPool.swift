/// A bounded number of connections, each used by one at a time; the longest waiting comes first.
actor GraphConnectionPool {
    private struct Waiter {
        let id: Int
        /// A connection, or nil for leave to open one.
        let continuation: CheckedContinuation<(any GraphConnection)?, any Error>
    }

    private let options: GraphServerOptions
    private let timing: GraphServerTiming
    private let connect: @Sendable () async throws -> any GraphConnection
    private var idle: [any GraphConnection] = []
    /// Open, or about to be.
    private var count = 0
    private var waiters: [Waiter] = []
    private var nextID = 0
    private var isShut = false

    init(
        options: GraphServerOptions, timing: GraphServerTiming,
        connect: @escaping @Sendable () async throws -> any GraphConnection
    ) {
        self.options = options
        self.timing = timing
        self.connect = connect
    }

    var waiting: Int { waiters.count }

    func withConnection<Result: Sendable>(
        _ body: @Sendable (any GraphConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await acquire()
        do {
            let result = try await body(connection)
            release(connection)
            return result
        } catch {
            release(connection)
            throw error
        }
    }

    private func acquire() async throws -> any GraphConnection {
        guard !isShut else { throw GraphServerError.connectionClosed }
        while let connection = idle.popLast() {
            if connection.isOpen { return connection }
            count -= 1
        }
        if count < options.maximumConnections {
            count += 1
        } else if let connection = try await wait() {
            return connection
        }
        do {
            return try await connect()
        } catch {
            giveUpPlace()
            throw error
        }
    }

    private func wait() async throws -> (any GraphConnection)? {
        guard waiters.count < options.maximumWaiting else { throw GraphServerError.poolExhausted }
        let id = nextID
        nextID += 1
        let (sleep, limit) = (timing.sleep, options.waitTimeout)
        let expiry = Task {
            try await sleep(limit)
            dismiss(id, GraphServerError.poolExhausted)
        }
        defer { expiry.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters.append(Waiter(id: id, continuation: continuation))
                }
            }
        } onCancel: {
            Task { await dismiss(id, CancellationError()) }
        }
    }

    private func dismiss(_ id: Int, _ error: any Error) {
        guard let place = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: place).continuation.resume(throwing: error)
    }

    private func release(_ connection: any GraphConnection) {
        guard connection.isOpen, !isShut else {
            if isShut { Task { await connection.close() } }
            giveUpPlace()
            return
        }
        if waiters.isEmpty {
            idle.append(connection)
        } else {
            waiters.removeFirst().continuation.resume(returning: connection)
        }
    }

    /// Lets the longest waiting open a connection in the place of one that has ended.
    private func giveUpPlace() {
        guard !waiters.isEmpty else {
            count -= 1
            return
        }
        waiters.removeFirst().continuation.resume(returning: nil)
    }

    /// Closes what is idle, and what is in use when it comes back; whoever waits is told.
    func shut() async {
        isShut = true
        for waiter in waiters { waiter.continuation.resume(throwing: GraphServerError.connectionClosed) }
        waiters = []
        let open = idle
        idle = []
        count -= open.count
        for connection in open { await connection.close() }
    }
}
