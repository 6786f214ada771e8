import Claims
import FHIR
import Foundation
import HealthTypes
import PayerSimulator
import Pipeline
import Review
import Stages
import Store
import Testing
import X12

/// The data folders that ship with the program, read once.
enum Shipped {
    static let root: String = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.path
    }()

    static let home: DataHome = {
        do { return try DataHome(root: root) } catch { fatalError("\(error)") }
    }()

    static let payerPolicies: DataFiles = {
        do { return try DataFiles(folder: "\(root)/PayerPolicies") } catch { fatalError("\(error)") }
    }()
}

/// A folder that goes when this goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("pipeline-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")))
    }
}

/// A site of its own: a pipeline on a SQLite file, a payer on another, and a clock that only the test moves.
final class Site {
    let folder: TemporaryFolder
    let clock: ManualClock
    let wire: Wire
    private(set) var store: SQLiteStore
    private(set) var pipeline: Pipeline
    private let home: DataHome
    private let panel: ReviewPanel
    private let payerSeed: UInt64
    private let faults: Faults

    init(
        at start: Instant = World.now, members: [UInt8] = Array(World.members.utf8), seed: UInt64 = 7,
        faults: Faults = .none, home: DataHome = Shipped.home, panel: ReviewPanel = .rules
    ) throws {
        folder = try TemporaryFolder()
        clock = ManualClock(start)
        self.home = home
        self.panel = panel
        payerSeed = seed
        self.faults = faults
        store = try SQLiteStore(path: "\(folder.path)/record.db")
        wire = Wire(
            try PayerSimulator(
                policies: Shipped.payerPolicies, members: members,
                options: .init(seed: seed, faults: faults, storePath: "\(folder.path)/payer.db"), clock: clock))
        pipeline = try Pipeline(store: store, home: home, clock: clock, payer: wire, panel: panel)
    }

    /// What a new process does on the files of one that died.
    func restart() throws {
        try? store.close()
        store = try SQLiteStore(path: "\(folder.path)/record.db")
        wire.connect(
            try PayerSimulator(
                policies: Shipped.payerPolicies, members: [],
                options: .init(seed: payerSeed, faults: faults, storePath: "\(folder.path)/payer.db"), clock: clock))
        pipeline = try Pipeline(store: store, home: home, clock: clock, payer: wire, panel: panel)
    }

    // MARK: Doing

    @discardableResult
    func take(_ bytes: some Sequence<UInt8>, _ source: String = "test") async throws -> IntakeReport {
        let report = try await pipeline.intake(Array(bytes), source: source)
        #expect(report.units == report.accepted + report.duplicates + report.unmatched + report.kept + report.refused)
        return report
    }

    @discardableResult
    func take(_ text: String, _ source: String = "test") async throws -> IntakeReport {
        try await take(text.utf8, source)
    }

    /// Lets everything happen that happens up to a moment; tasks wait.
    func run(until end: Instant) async throws {
        while true {
            try await pipeline.work()
            guard let next = try await pipeline.nextDue(), next <= end else { break }
            clock.advance(to: max(next, clock.now.adding(seconds: 1)))
        }
        clock.advance(to: end)
    }

    func run(days: Int) async throws { try await run(until: clock.now.adding(days: days)) }

    /// Answers the one open task of a kind.
    func answer(_ kind: String, _ answer: String) async throws {
        let task = try #require(
            try store.read { try $0.openTasks(kind: kind, limit: 10) }.first, "no open task \(kind)")
        try await pipeline.resolve(task: task.id, answer: answer, reason: "looked at", by: "Quill, A.")
    }

    // MARK: Looking

    func read<T>(_ body: (StoreTransaction) throws -> T) throws -> T { try store.read(body) }

    func facts(_ name: String) throws -> CaseFacts {
        try read { tx in
            try CaseReader.facts(of: #require(try tx.findCase(name), "no case \(name)"), in: tx)
        }
    }

    /// `eligibility ask:claim asked`, in order.
    func story(_ name: String) throws -> [String] {
        try facts(name).decisions.map { "\($0.occasion.stage.rawValue) \($0.occasion.name) \($0.outcome)" }
    }

    func tasks(_ name: String) throws -> [TaskRow] {
        try read { tx in try tx.tasks(of: #require(try tx.findCase(name))) }
    }

    func figure(_ figure: StoreTransaction.Figure) throws -> Int { try read { try $0.count(figure) } }

    func dollars() throws -> StoreTransaction.Dollars { try read { try $0.dollars() } }
}

/// The built-in payer behind the pipeline's connection, with a place for the test to interfere.
final class Wire: PayerConnection, @unchecked Sendable {
    /// What becomes of a message or of a visit to the mailbox.
    enum Fate {
        case through
        /// It never arrives.
        case lost(any Error)
        /// It takes effect over there, and the answer is lost.
        case answerLost(any Error)
    }

    private let lock = NSLock()
    private var simulator: PayerSimulator
    private var log: [OutboundMessage] = []
    private var mood: @Sendable (_ message: OutboundMessage?) -> Fate = { _ in .through }

    init(_ simulator: PayerSimulator) { self.simulator = simulator }

    func connect(_ simulator: PayerSimulator) { lock.withLock { self.simulator = simulator } }

    /// Asked at every message, and with nil at every visit to the mailbox.
    func interfere(_ mood: @escaping @Sendable (OutboundMessage?) -> Fate) { lock.withLock { self.mood = mood } }

    /// Every attempt that was made.
    var sent: [OutboundMessage] { lock.withLock { log } }

    private func fate(_ message: OutboundMessage?) -> (PayerSimulator, Fate) {
        lock.withLock {
            if let message { log.append(message) }
            return (simulator, mood(message))
        }
    }

    func send(_ message: OutboundMessage) async throws -> [InboundMessage] {
        let (simulator, fate) = fate(message)
        if case .lost(let error) = fate { throw error }
        let answers = try answers(message, simulator)
        if case .answerLost(let error) = fate { throw error }
        return answers
    }

    private func answers(_ message: OutboundMessage, _ simulator: PayerSimulator) throws -> [InboundMessage] {
        do {
            switch message.kind {
            case .inquiry, .claims:
                return try simulator.handleX12(message.bytes, key: message.key).map {
                    InboundMessage(kind: $0.kind, bytes: $0.bytes)
                }
            case .authorization:
                let answer = try simulator.submitAuthorization(try JSON(parsing: message.bytes), key: message.key)
                return [InboundMessage(kind: "pas", bytes: Array(answer.text.utf8))]
            case .appeal:
                let receipt = try simulator.appeal(try JSON(parsing: message.bytes), key: message.key)
                return [InboundMessage(kind: "appeal", bytes: Array(receipt.text.utf8))]
            }
        } catch is PayerTimeout {
            throw DeliveryError.temporary
        } catch is PayerSimulator.KeyReused {
            throw DeliveryError.refused
        }
    }

    func collect(after cursor: Int, limit: Int) async throws -> [MailboxItem] {
        let (simulator, fate) = fate(nil)
        if case .lost(let error) = fate { throw error }
        let items = try simulator.mailbox(after: cursor, limit: limit).map {
            MailboxItem(id: $0.id, message: InboundMessage(kind: $0.kind, bytes: $0.bytes))
        }
        if case .answerLost(let error) = fate { throw error }
        return items
    }

    func nextDue(after cursor: Int) async throws -> Instant? {
        try lock.withLock { simulator }.nextDue(after: cursor)
    }
}
