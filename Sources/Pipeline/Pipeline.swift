import Claims
public import HealthTypes
public import Review
import Stages
public import Store
import Synchronization

/// The pipeline of a site: takes messages in, carries cases through the stages, delivers what they order, and keeps
/// the record of it all.
///
/// One pipeline works a store at a time. Everything that it knows is in the store: it may be killed at any
/// instruction, and the next one goes on from there.
public actor Pipeline {
    /// The version that decisions are recorded under.
    public static let program = "claimwright 0.1.0"

    public struct Options: Sendable {
        /// Units of intake, and cases, that one transaction takes.
        public var batch = 128
        /// Attempts at a delivery before it is given up.
        public var maximumAttempts = 8
        /// Answers of the service that may wait to be written.
        public var service = ServiceJournal.Limits()

        public init() {}
    }

    public nonisolated let store: SQLiteStore
    public nonisolated let home: DataHome
    public nonisolated let clock: any Clock
    /// Where answers that belong to no case are kept.
    nonisolated let journal: ServiceJournal
    /// What those answers rest on, in the content store.
    nonisolated let serviceGround: Digest
    /// Where documents are read.
    public nonisolated let documents = DocumentDesk()
    let payer: any PayerConnection
    let options: Options
    let gatherer: GroundGatherer
    /// The engines that replay built last: decisions of one day rest on the same data, and building it is slow.
    nonisolated let restored = Mutex<(data: [String: Digest], engines: Engines)?>(nil)
    private var cache: [String: CaseFacts] = [:]
    private var isWorking = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Opens the pipeline on a store: puts the policies into its index and the data behind the engines into its
    /// content, so that decisions can be replayed when the files have moved on.
    public init(
        store: SQLiteStore, home: DataHome, clock: any Clock, payer: any PayerConnection,
        panel: ReviewPanel = .rules, options: Options = Options()
    ) throws {
        self.store = store
        self.home = home
        self.clock = clock
        self.payer = payer
        self.options = options
        journal = ServiceJournal(store: store, clock: clock, limits: options.service)
        let ground = try Canonical.encode(
            ServiceGround(program: Self.program, data: home.sets.mapValues(\.digest), versions: home.versions))
        let (key, groundDigest) = try store.write { tx in
            try DataArchive.keep(home.sets, in: tx)
            try tx.putPolicies(home.engines.policies.documents.map(PolicyRow.init))
            return (try SiteKey.key(in: tx), try tx.keep(ground))
        }
        serviceGround = groundDigest
        gatherer = GroundGatherer(home: home, panel: panel, tokenizer: Tokenizer(key: key), program: Self.program)
    }

    // MARK: Facts

    /// The facts of a case as the journal has them.
    func facts(of caseID: String, in tx: StoreTransaction) throws -> CaseFacts {
        if let known = cache[caseID] { return known }
        let facts = try CaseReader.fold(tx.journal(of: caseID), caseID: caseID)
        if cache.count > 20_000 { cache.removeAll(keepingCapacity: true) }
        cache[caseID] = facts
        return facts
    }

    /// Adds an event to a case.
    func append(_ event: CaseEvent, to caseID: String, in tx: StoreTransaction) throws {
        var facts = try facts(of: caseID, in: tx)
        let entry = try tx.append(to: caseID, kind: event.kind, body: event.body(), at: clock.now)
        facts.apply(event, sequence: entry.sequence, digest: entry.digest)
        cache[caseID] = facts
        try tx.markDirty(caseID)
    }

    /// A transaction; what was cached is forgotten if it fails, since the store forgets it too.
    func write<T>(_ body: (StoreTransaction) throws -> T) throws -> T {
        do { return try store.write(body) } catch {
            cache.removeAll()
            throw error
        }
    }

    // MARK: Intake

    /// Takes the bytes of a file or message in. Everything in it is kept, whatever is wrong with it.
    ///
    /// - Parameters:
    ///   - acknowledges: whether the sender of X12 waits for TA1 and 999.
    ///   - mark: a setting that is written in the same transaction, by which a caller knows how far it had come.
    public func intake(
        _ bytes: [UInt8], source: String, acknowledges: Bool = false, mark: (setting: String, value: String)? = nil
    ) throws -> IntakeReport {
        try write { tx in
            if let mark { try tx.set(mark.setting, to: mark.value) }
            return try take(bytes, source: source, acknowledges: acknowledges, in: tx)
        }
    }

    func take(_ bytes: [UInt8], source: String, acknowledges: Bool = false, in tx: StoreTransaction) throws
        -> IntakeReport
    {
        var intake = Intake(
            bytes, format: MessageFormat.of(bytes), source: source, at: clock.now, in: tx, acknowledges: acknowledges
        ) { caseID, event in try self.append(event, to: caseID, in: tx) }
        try intake.run(bytes)
        return intake.report
    }

    // MARK: People

    /// Why an answer to a task is not taken.
    public enum TaskRefusal: Error, Sendable, CustomStringConvertible {
        case unknown, closed, notOffered, noReason

        public var description: String {
            switch self {
            case .unknown: "there is no such task"
            case .closed: "the task has been answered or withdrawn"
            case .notOffered: "the task does not offer that answer"
            case .noReason: "an answer needs a reason"
            }
        }
    }

    /// Records a person's answer to a task; the case goes on with the next ``work(progress:)``.
    public func resolve(task id: String, answer: String, reason: String, by person: String) throws {
        try write { tx in
            guard let task = try tx.task(id) else { throw TaskRefusal.unknown }
            guard task.state == .open else { throw TaskRefusal.closed }
            let draft = try Canonical.decode(TaskDraft.self, from: task.body)
            guard draft.answers.contains(where: { $0.id == answer }) else { throw TaskRefusal.notOffered }
            guard reason.contains(where: { !$0.isWhitespace }) else { throw TaskRefusal.noReason }
            try tx.end(task: id, as: .resolved)
            let resolution = TaskResolution(
                taskID: id, kind: task.kind, answer: answer, reason: String(reason.prefix(2000)),
                by: String(person.prefix(100)), at: clock.now)
            try append(.taskResolved(resolution), to: task.caseID, in: tx)
        }
    }

    // MARK: Working

    /// What one round of work did.
    public struct WorkReport: Sendable, Equatable {
        public var timers = 0
        public var decisions = 0
        public var formed = 0
        public var delivered = 0
        public var received = 0
        public var failed = 0

        public var didNothing: Bool { self == WorkReport() }

        static func += (left: inout WorkReport, right: WorkReport) {
            left.timers += right.timers
            left.decisions += right.decisions
            left.formed += right.formed
            left.delivered += right.delivered
            left.received += right.received
            left.failed += right.failed
        }
    }

    /// Works until nothing is left that can be done now. Calls wait for one another.
    @discardableResult
    public func work(progress: @Sendable (WorkReport) -> Void = { _ in }) async throws -> WorkReport {
        await enter()
        defer { leave() }
        var total = WorkReport()
        while true {
            var round = WorkReport()
            round.timers = try fireTimers()
            round.decisions = try advanceCases()
            round.formed = try formMessages()
            round += try await deliver()
            round += try await collect()
            if round.didNothing { return total }
            total += round
            progress(total)
            // A round in which every attempt failed leaves them due later; there is nothing more to do now.
        }
    }

    /// The next moment at which there will be something to do.
    public func nextDue() async throws -> Instant? {
        let now = clock.now
        let own = try store.read { try $0.nextDue(after: now) }
        let theirs = try await payer.nextDue(after: mailboxCursor())
        return [own, theirs].compactMap { $0 }.min()
    }

    private func enter() async {
        guard isWorking else {
            isWorking = true
            return
        }
        await withCheckedContinuation { waiters.append($0) }
    }

    private func leave() {
        if waiters.isEmpty { isWorking = false } else { waiters.removeFirst().resume() }
    }

    private func fireTimers() throws -> Int {
        try write { tx in
            let due = try tx.dueTimers(at: clock.now, limit: options.batch * 8)
            for timer in due {
                try tx.markFired(timer: timer.name, of: timer.caseID)
                try append(.timerFired(timer.name), to: timer.caseID, in: tx)
            }
            return due.count
        }
    }

    private func advanceCases() throws -> Int {
        var decisions = 0
        while true {
            let advanced = try write { tx in
                let cases = try tx.dirtyCases(limit: options.batch)
                let worker = CaseWorker(home: home, gatherer: gatherer, now: clock.now, tx: tx)
                for id in cases {
                    var facts = try facts(of: id, in: tx)
                    decisions += try worker.advance(&facts)
                    cache[id] = facts
                }
                return cases.count
            }
            if advanced < options.batch { return decisions }
        }
    }

    private func formMessages() throws -> Int {
        try write { tx in try MessageForming(tx: tx, now: clock.now).run(limit: 10_000) }
    }

    func mailboxCursor() throws -> Int { try store.read { Int(try $0.setting("mailbox_cursor") ?? "") ?? 0 } }
}

extension PolicyRow {
    init(_ document: PolicyBook.Document) {
        self.init(
            id: document.citation.id, payerID: document.payerID, version: document.citation.version,
            title: document.citation.title, from: document.from, to: document.to, text: document.text,
            digest: document.citation.digest)
    }
}
