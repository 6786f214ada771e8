import Synchronization
import Testing

@testable import GraphServer

/// A connection that answers as it is told to, and counts.
final class StandInConnection: GraphConnection {
    private struct State {
        var isOpen = true
        var runs = 0
    }

    private let state = Mutex(State())
    private let answer: @Sendable (Int) throws -> [BoltResult]

    init(_ answer: @escaping @Sendable (Int) throws -> [BoltResult] = { _ in [] }) {
        self.answer = answer
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }
    var runs: Int { state.withLock { $0.runs } }

    func run(_ queries: [BoltQuery]) async throws -> [BoltResult] {
        let number = state.withLock {
            $0.runs += 1
            return $0.runs
        }
        return try answer(number)
    }

    func close() async { state.withLock { $0.isOpen = false } }
}

/// A gate that holds whoever comes until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var arrived = 0

    func pass() async {
        arrived += 1
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

@Suite("Connections: the pool and repeated tries")
struct PoolTests {
    /// Waits for ever, until it is cancelled.
    static let endless = GraphServerTiming(
        sleep: { _ in try await Task.sleep(for: .seconds(3600)) }, random: { 0 })
    /// Waits not at all.
    static let instant = GraphServerTiming(sleep: { _ in }, random: { 0 })

    func options(_ change: (inout GraphServerOptions) -> Void = { _ in }) -> GraphServerOptions {
        var options = GraphServerOptions()
        options.maximumConnections = 1
        change(&options)
        return options
    }

    func until(_ condition: @Sendable () async -> Bool) async {
        while !(await condition()) { await Task.yield() }
    }

    @Test("A connection is used again; one that has ended is replaced")
    func reuse() async throws {
        let opened = Mutex(0)
        let pool = GraphConnectionPool(options: options(), timing: Self.endless) {
            opened.withLock { $0 += 1 }
            return StandInConnection()
        }
        try await pool.withConnection { _ = try await $0.run([]) }
        try await pool.withConnection { _ = try await $0.run([]) }
        #expect(opened.withLock { $0 } == 1)
        try await pool.withConnection { await $0.close() }
        try await pool.withConnection { _ = try await $0.run([]) }
        #expect(opened.withLock { $0 } == 2)
    }

    @Test("No more connections than the limit: the next one waits for the first to come back")
    func bound() async throws {
        let opened = Mutex(0)
        let pool = GraphConnectionPool(options: options(), timing: Self.endless) {
            opened.withLock { $0 += 1 }
            return StandInConnection()
        }
        let gate = Gate()
        let first = Task { try await pool.withConnection { _ in await gate.pass() } }
        await until { await gate.arrived == 1 }
        let second = Task { try await pool.withConnection { _ in await gate.pass() } }
        await until { await pool.waiting == 1 }
        #expect(await gate.arrived == 1)
        await gate.open()
        try await first.value
        try await second.value
        #expect(opened.withLock { $0 } == 1)
    }

    @Test("Too many that wait, and one that waits too long, are told that the pool is exhausted")
    func exhausted() async throws {
        let gate = Gate()
        let full = GraphConnectionPool(options: options { $0.maximumWaiting = 0 }, timing: Self.endless) {
            StandInConnection()
        }
        let holder = Task { try await full.withConnection { _ in await gate.pass() } }
        await until { await gate.arrived == 1 }
        await #expect(throws: GraphServerError.poolExhausted) { try await full.withConnection { _ in } }
        let slow = GraphConnectionPool(options: options(), timing: Self.instant) { StandInConnection() }
        let other = Task { try await slow.withConnection { _ in await gate.pass() } }
        await until { await gate.arrived == 2 }
        await #expect(throws: GraphServerError.poolExhausted) { try await slow.withConnection { _ in } }
        #expect(await slow.waiting == 0)
        await gate.open()
        try await holder.value
        try await other.value
    }

    @Test("One that waits and is cancelled leaves its place")
    func cancelled() async throws {
        let gate = Gate()
        let pool = GraphConnectionPool(options: options(), timing: Self.endless) { StandInConnection() }
        let first = Task { try await pool.withConnection { _ in await gate.pass() } }
        await until { await gate.arrived == 1 }
        let second = Task { try await pool.withConnection { _ in } }
        await until { await pool.waiting == 1 }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(await pool.waiting == 0)
        await gate.open()
        try await first.value
    }

    @Test("Where a connection fails to open, the place is free again, and whoever waits tries in its stead")
    func failedOpening() async throws {
        let tries = Mutex(0)
        let pool = GraphConnectionPool(options: options(), timing: Self.endless) {
            let number = tries.withLock {
                $0 += 1
                return $0
            }
            if number == 1 { throw GraphServerError.unreachable }
            return StandInConnection()
        }
        await #expect(throws: GraphServerError.unreachable) { try await pool.withConnection { _ in } }
        try await pool.withConnection { _ in }
        #expect(tries.withLock { $0 } == 2)
    }

    @Test("Shut, it closes what is idle and what comes back, and gives nothing more")
    func shut() async throws {
        let connection = StandInConnection()
        let pool = GraphConnectionPool(options: options(), timing: Self.endless) { connection }
        try await pool.withConnection { _ in }
        await pool.shut()
        #expect(!connection.isOpen)
        await #expect(throws: GraphServerError.connectionClosed) { try await pool.withConnection { _ in } }
    }

    @Test("A transient failure is tried again, with waits that double up to the longest")
    func retries() async throws {
        let waits = Mutex<[Duration]>([])
        let timing = GraphServerTiming(sleep: { time in waits.withLock { $0.append(time) } }, random: { 0 })
        let connection = StandInConnection { number in
            if number < 5 { throw GraphServerError.refused(code: "Neo.TransientError.General.OutOfMemoryError") }
            return [BoltResult(columns: ["a"])]
        }
        let server = GraphServer(options: options { $0.longestDelay = .milliseconds(150) }, timing: timing) {
            connection
        }
        #expect(try await server.run([BoltQuery("x")]) == [BoltResult(columns: ["a"])])
        // The pool's own limit of waiting is not among them: nobody waits.
        #expect(
            waits.withLock { $0 } == [.milliseconds(50), .milliseconds(100), .milliseconds(150), .milliseconds(150)])
    }

    @Test("Tries come to an end, and what is not transient is not tried again")
    func noRetries() async throws {
        let failing = StandInConnection { _ in throw GraphServerError.connectionClosed }
        let server = GraphServer(options: options { $0.attempts = 3 }, timing: Self.instant) { failing }
        await #expect(throws: GraphServerError.connectionClosed) { try await server.run([BoltQuery("x")]) }
        #expect(failing.runs == 3)
        let refusing = StandInConnection { _ in throw GraphServerError.refused(code: "Neo.ClientError.X") }
        let other = GraphServer(options: options(), timing: Self.instant) { refusing }
        await #expect(throws: GraphServerError.refused(code: "Neo.ClientError.X")) {
            try await other.run([BoltQuery("x")])
        }
        #expect(refusing.runs == 1)
    }

    @Test("Half of a wait is left to chance")
    func jitter() {
        let options = GraphServerOptions()
        #expect(options.delay(afterFailures: 1, random: 0.5) == .microseconds(37_500))
        #expect(options.delay(afterFailures: 60, random: 0) == options.longestDelay)
    }
}

@Suite("The address of a graph server")
struct AddressTests {
    @Test(
        "Host, port, database and TLS",
        arguments: [
            ("bolt://graph.example", GraphAddress(host: "graph.example")),
            ("bolt://10.0.0.1:7688/", GraphAddress(host: "10.0.0.1", port: 7688)),
            (
                "bolt+s://graph.example:1/claims",
                GraphAddress(host: "graph.example", port: 1, isSecure: true, database: "claims")
            ),
            ("bolt://[::1]:99", GraphAddress(host: "::1", port: 99)), ("bolt://[::1]", GraphAddress(host: "::1")),
        ])
    func good(text: String, address: GraphAddress) throws {
        #expect(try GraphAddress(text) == address)
        #expect(try GraphAddress(address.description) == address)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "http://x", "neo4j://x", "bolt://", "bolt://user:secret@host", "bolt://h:0", "bolt://h:x", "bolt://h/a/b",
            "bolt://h?x=1", "bolt://[::1", "bolt://[::1]x", "bolt:// h",
        ])
    func bad(text: String) {
        #expect {
            try GraphAddress(text)
        } throws: { error in
            guard case GraphServerError.badAddress(let reason) = error else { return false }
            return !reason.contains("secret")
        }
    }
}

@Suite("Servers that write parameters into the text")
struct LiteralParameterTests {
    @Test("Apostrophes and backslashes are escaped in every text, at any depth")
    func escaped() throws {
        let query = BoltQuery("RETURN $a", ["a": ["x'y", ["k": "a\\b"], 1, nil, "plain"]])
        #expect(
            try LiteralParameters().escape(query)
                == BoltQuery("RETURN $a", ["a": ["x\\'y", ["k": "a\\\\b"], 1, nil, "plain"]]))
    }

    @Test("Only a server that changes the probe needs it")
    func probe() {
        #expect(LiteralParameters.isNeeded([BoltResult(columns: ["$text"], rows: [["'"]])]))
        #expect(!LiteralParameters.isNeeded([BoltResult(columns: ["$text"], rows: [["\\'"]])]))
        #expect(!LiteralParameters.isNeeded([]))
    }

    @Test("What the server has no room for is refused, its escapes counted")
    func room() throws {
        // CYPHER t='...' RETURN $t
        let room = LiteralParameters.maximumBytes - 7 - 9 - 3 - 2
        func query(_ text: String) -> BoltQuery { BoltQuery("RETURN $t", ["t": .string(text)]) }
        _ = try LiteralParameters().escape(query(String(repeating: "x", count: room)))
        #expect(throws: GraphServerError.tooLarge) {
            try LiteralParameters().escape(query(String(repeating: "x", count: room + 1)))
        }
        #expect(throws: GraphServerError.tooLarge) {
            try LiteralParameters().escape(query(String(repeating: "'", count: room / 2 + 1)))
        }
    }
}
