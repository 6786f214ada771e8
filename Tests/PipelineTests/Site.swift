import Claims
import FHIR
import Foundation
import HealthTypes
import PayerSimulator
import Review
import Stages
import Store
import Testing

@testable import Pipeline

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

    /// The same data under other reviewers.
    static func home(_ reviewers: Reviewers) throws -> DataHome {
        switch reviewers {
        case .immediate(let panel)
        where panel.analyst.identity == ReviewPanel.rules.analyst.identity && panel.analyst is RuleAnalyst: home
        default: try DataHome(home.sets, reviewers: reviewers)
        }
    }

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

/// A site of its own: a pipeline on a SQLite file, a payer on another, and a clock that only the test moves. It is used by
/// one test, which restarts it when nothing else runs.
final class Site: @unchecked Sendable {
    let folder: TemporaryFolder
    let clock: ManualClock
    let wire: Wire
    private(set) var store: SQLiteStore
    private(set) var pipeline: Pipeline
    private let home: DataHome
    private let payerSeed: UInt64
    private let faults: Faults
    private let desk: (any ReviewerConnection)?

    /// Leases go by the machine's time, which stands still unless the test moves it: nothing depends on how fast it runs.
    let machine: ManualClock

    var recordPath: String { "\(folder.path)/record.db" }

    init(
        at start: Instant = World.now, members: [UInt8] = Array(World.members.utf8), seed: UInt64 = 7,
        faults: Faults = .none, home: DataHome = Shipped.home, desk: (any ReviewerConnection)? = nil,
        machine: ManualClock = ManualClock(World.now)
    ) async throws {
        folder = try TemporaryFolder()
        self.machine = machine
        clock = ManualClock(start)
        self.home = home
        payerSeed = seed
        self.faults = faults
        self.desk = desk
        store = try SQLiteStore.open(path: "\(folder.path)/record.db", mode: .create, machine: machine)
        wire = Wire(
            try PayerSimulator(
                policies: Shipped.payerPolicies, members: members,
                options: .init(seed: seed, faults: faults, storePath: "\(folder.path)/payer.db"), clock: clock))
        pipeline = try await Pipeline(
            store: store, home: home, clock: clock, payer: wire, reviewers: desk, options: .inOrder)
    }

    /// What a new process does on the files of one that died.
    func restart() async throws {
        try? await store.close()
        store = try SQLiteStore.open(path: recordPath, mode: .existing, machine: machine)
        wire.connect(
            try PayerSimulator(
                policies: Shipped.payerPolicies, members: [],
                options: .init(seed: payerSeed, faults: faults, storePath: "\(folder.path)/payer.db"), clock: clock))
        pipeline = try await Pipeline(
            store: store, home: home, clock: clock, payer: wire, reviewers: desk, options: .inOrder)
    }

    /// A second pipeline over the same store.
    func another(
        home: DataHome? = nil, payer: (any PayerConnection)? = nil, over store: (any SiteStore)? = nil
    ) async throws -> Pipeline {
        try await Pipeline(
            store: store ?? self.store, home: home ?? self.home, clock: clock, payer: payer ?? wire, reviewers: desk,
            options: .inOrder)
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

    /// Something happens in a case, past the formats.
    func happen(_ event: CaseEvent, in name: String) async throws {
        let facts = try await facts(name)
        let now = clock.now
        try await store.intake { tx in
            _ = try tx.append(to: facts.number, priority: .batch, at: now) { first in
                let entry = CaseEntry(event, raises: facts.raises(event, at: EntryRef(first)))
                return [
                    NewEntry(at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                ]
            }
        }
    }

    /// Lets everything happen that happens up to a moment; work items wait.
    func run(until end: Instant) async throws {
        while true {
            try await pipeline.work()
            guard let next = try await pipeline.nextDue(), next <= end else { break }
            clock.advance(to: max(next, clock.now.adding(seconds: 1)))
        }
        clock.advance(to: end)
    }

    func run(days: Int) async throws { try await run(until: clock.now.adding(days: days)) }

    /// The first open work item of a kind.
    func openItem(_ stage: Stage, _ kind: String) async throws -> WorkItemName? {
        try await store.read { page in
            try page.openWork(WorkFilter(stage: stage.rawValue, kinds: [kind]), after: nil, limit: 10).first.map {
                WorkItemName($0.caseNumber, WorkItemID(entry: $0.row.entry, number: $0.row.number))
            }
        }
    }

    /// Answers the first open work item of the kind that the answer belongs to.
    func answer(_ kind: String, _ resolution: Resolution) async throws {
        let stage: Stage =
            switch resolution {
            case .eligibility: .eligibility
            case .authorization: .priorAuthorization
            case .documentation: .documentation
            case .submission: .submission
            case .denials: .denials
            }
        let name = try #require(try await openItem(stage, kind), "no open work item \(kind)")
        try await pipeline.resolve(name, resolution, reason: "looked at", by: "Quill, A.")
    }

    // MARK: Looking

    func read<T: Sendable>(_ body: @escaping @Sendable (any PageReader) throws -> T) async throws -> T {
        try await store.read(body)
    }

    func number(_ name: String) async throws -> CaseNumber {
        try #require(try await read { try $0.findCase(name) }, "no case \(name)")
    }

    func facts(_ name: String) async throws -> CaseFacts { try await pipeline.facts(of: number(name)) }

    /// `eligibility claim_received asked`, in order.
    func story(_ name: String) async throws -> [String] {
        try await facts(name).decisions.map {
            "\($0.reason.stage.rawValue) \($0.reason.tag) \($0.decision.outcome.tag)"
        }
    }

    /// `submission held open`, in the order in which they were opened.
    func work(_ name: String) async throws -> [String] {
        let number = try await number(name)
        return try await read { page in
            try page.workItems(of: number).map { "\($0.row.stage) \($0.row.kind) \($0.state)" }
        }
    }

    func totals() async throws -> Store.Totals { try await read { try $0.totals() } }

    func dollars() async throws -> SiteDollars { try await read { try SiteDollars.compute(in: $0) } }

    /// What does not hold in the record; empty where all follows from the journals.
    func faultLines() async throws -> [String] { try await Verification.run(store).faults.map(\.line) }

    func decisionIDs(_ name: String) async throws -> [String] {
        let facts = try await facts(name)
        return facts.decisions.map { DecisionID(facts.number, entry: $0.entry.sequence).description }
    }
}

extension CaseFacts {
    /// Claims that went out, in the order in which they were made.
    var sentClaims: [Claim] { claims.filter(\.wasSent).map(\.claim) }

    func outcomes(of stage: Stage) -> [String] { decisions(of: stage).map(\.decision.outcome.tag) }
}

/// The built-in payer behind the pipeline's connection, with a place for the test to interfere.
final class Wire: PayerConnection, @unchecked Sendable {
    /// What becomes of a message or of a visit to the mailbox.
    enum Fate: Sendable {
        case through
        /// It never arrives.
        case lost(DeliveryError)
        /// It takes effect over there, and the answer is lost.
        case answerLost(DeliveryError)
        /// The payer answers this, and nothing takes effect.
        case answered([[UInt8]])
    }

    private let lock = NSLock()
    private var simulator: PayerSimulator
    private var log: [OutboundMessage] = []
    private var mood: @Sendable (_ message: OutboundMessage?) async -> Fate = { _ in .through }

    init(_ simulator: PayerSimulator) { self.simulator = simulator }

    func connect(_ simulator: PayerSimulator) { lock.withLock { self.simulator = simulator } }

    /// Asked at every message, and with nil at every visit to the mailbox.
    func interfere(_ mood: @escaping @Sendable (OutboundMessage?) async -> Fate) { lock.withLock { self.mood = mood } }

    /// Every attempt that was made.
    var sent: [OutboundMessage] { lock.withLock { log } }

    private func fate(_ message: OutboundMessage?) async -> (PayerSimulator, Fate) {
        let (simulator, mood) = lock.withLock {
            if let message { log.append(message) }
            return (self.simulator, self.mood)
        }
        return (simulator, await mood(message))
    }

    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] {
        let (simulator, fate) = await fate(message)
        switch fate {
        case .lost(let error): throw error
        case .answered(let answers): return answers.map { InboundMessage(kind: "", bytes: $0) }
        case .through: return try answers(message, simulator)
        case .answerLost(let error):
            _ = try answers(message, simulator)
            throw error
        }
    }

    private func answers(_ message: OutboundMessage, _ simulator: PayerSimulator) throws(DeliveryError)
        -> [InboundMessage]
    {
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
        } catch is PayerSimulator.KeyReused { throw .refused } catch { throw .temporary(retryAfter: nil) }
    }

    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] {
        let (simulator, fate) = await fate(nil)
        if case .lost(let error) = fate { throw error }
        let items: [MailboxItem]
        do {
            items = try simulator.mailbox(after: cursor.flatMap { Int($0) } ?? 0, limit: limit).map {
                MailboxItem(cursor: String($0.id), message: InboundMessage(kind: $0.kind, bytes: $0.bytes))
            }
        } catch { throw .temporary(retryAfter: nil) }
        if case .answerLost(let error) = fate { throw error }
        return items
    }

    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? {
        let simulator = lock.withLock { self.simulator }
        return try? simulator.nextDue(after: cursor.flatMap { Int($0) } ?? 0)
    }
}
