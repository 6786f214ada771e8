import Claims
public import HealthTypes
public import Review
public import Stages
public import Store
import Synchronization

/// All that a site's record does.
public typealias SiteStore = CaseStore & IntakeStore & DeliveryStore & PageStore & RecordStore & ServiceStore

/// The pipeline of a site: takes messages in, carries cases through the stages, delivers what they send, and keeps the
/// record of it all.
///
/// Everything that it knows is in the store: it may be killed at any instruction, and the next one goes on from there.
public final class Pipeline: Sendable {
    /// The version that decisions are recorded under.
    public static let program = "claimwright 0.2.0"

    public struct Options: Sendable {
        /// Cases, and deliveries of a lane, that one step takes.
        public var batch = 128
        /// Lanes that are delivered beside each other.
        public var lanes = 8
        /// Answers of the service that may wait to be written.
        public var service = ServiceJournal.Limits()

        public init() {}

        /// One lane after the other, in order: the same day gives the same record.
        public static var inOrder: Options {
            var options = Options()
            options.lanes = 1
            return options
        }
    }

    public let store: any SiteStore
    public let clock: any Clock
    /// Where documents are read.
    public let documents = DocumentDesk()
    /// Where answers that belong to no case are kept.
    let journal: ServiceJournal
    let payer: any PayerConnection
    let options: Options
    let restored = RestoredGenerations()
    let cache = FactsCache()
    let waiters = CaseWaiters()
    private let current: Mutex<DataHome>
    private let lookUps: LookUps
    private let taker: MessageTaker
    private let grouped: GroupedIntake
    private let workSignal = WorkSignal()
    private let deliverySignal = WorkSignal()

    /// The data in force.
    public var home: DataHome { current.withLock { $0 } }

    /// Opens the pipeline on a store: keeps the data behind the engines in its content, so that decisions can be replayed
    /// when the files have moved on.
    public init(
        store: any SiteStore, home: DataHome, clock: any Clock, payer: any PayerConnection, options: Options = Options()
    ) async throws {
        self.store = store
        self.clock = clock
        self.payer = payer
        self.options = options
        current = Mutex(home)
        journal = ServiceJournal(store: store, clock: clock, limits: options.service)
        taker = MessageTaker(clock: clock)
        grouped = GroupedIntake(store: store, taker: taker)
        try await DataArchive.keep(home, in: store, at: clock.now)
        lookUps = LookUps(tokenizer: Tokenizer(key: try await SiteKey.key(in: store)))
    }

    /// Opens a pipeline that reads and replays, and writes nothing.
    public init(reading store: any SiteStore, home: DataHome, clock: any Clock) {
        self.store = store
        self.clock = clock
        payer = NoPayer()
        options = Options()
        current = Mutex(home)
        journal = ServiceJournal(store: store, clock: clock)
        taker = MessageTaker(clock: clock)
        grouped = GroupedIntake(store: store, taker: taker)
        lookUps = LookUps(tokenizer: Tokenizer(key: []))
    }

    /// Puts other data in force: the batch at hand is finished on the old, the next begins on the new.
    public func reload(_ home: DataHome) async throws {
        try await DataArchive.keep(home, in: store, at: clock.now)
        current.withLock { $0 = home }
    }

    // MARK: Intake

    /// Sources up to this size are taken in one transaction.
    public static let maximumSmallBytes = 1 << 20

    /// Takes the bytes of a file or message in. Everything in it is kept, whatever is wrong with it.
    ///
    /// - Parameters:
    ///   - acknowledges: whether the sender of X12 waits for TA1 and 999.
    ///   - priority: whether somebody waits for what comes of it.
    public func intake(
        _ bytes: [UInt8], source: String, acknowledges: Bool = false, priority: Priority = .batch,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> IntakeReport {
        guard bytes.count > Self.maximumSmallBytes else {
            let report = try await grouped.take(
                bytes, source: source, priority: priority, acknowledges: acknowledges)
            workSignal.set()
            return report
        }
        let answers = Mutex<[UInt8]>([])
        var report = try await intake(
            SourceIntake.Input(bytes), format: MessageFormat.of(bytes), source: source, priority: priority,
            answers: acknowledges ? { more in answers.withLock { $0 += more } } : nil, progress: progress)
        report.acknowledgement = answers.withLock { $0 }
        return report
    }

    /// Takes a file in that need not fit into memory; started again after a kill it goes on where it was.
    public func intake(
        file: SourceFile, source: String, priority: Priority = .batch,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> IntakeReport {
        if file.byteCount <= Self.maximumSmallBytes {
            return try await intake(file.whole(), source: source, priority: priority)
        }
        return try await intake(
            SourceIntake.Input(byteCount: file.byteCount, open: file.open, whole: file.whole), format: file.format,
            source: source, priority: priority, answers: nil, progress: progress)
    }

    private func intake(
        _ input: SourceIntake.Input, format: MessageFormat, source: String, priority: Priority,
        answers: (@Sendable ([UInt8]) throws -> Void)?, progress: @Sendable (Int, Int) -> Void
    ) async throws -> IntakeReport {
        let intake = SourceIntake(store: store, taker: taker, clock: clock)
        let report = try await intake.run(
            input, format: format, source: source, priority: priority, answers: answers,
            progress: { done, all in
                workSignal.set()
                progress(done, all)
            })
        workSignal.set()
        return report
    }

    // MARK: Claims that somebody waits for

    /// A claim that was posted, and how far it came in the time.
    public struct Submission: Sendable {
        public var report: IntakeReport
        /// The facts of its case; nil where none was opened.
        public var facts: CaseFacts?
        /// Whether its claim was judged before the time was over.
        public var isJudged: Bool
    }

    /// Takes one claim in and waits until it is judged, or for the time. Only its own case is waited for.
    public func submit(_ bytes: [UInt8], source: String, seconds: Double) async throws -> Submission {
        let report = try await intake(bytes, source: source, priority: .waiting)
        guard let number = report.cases.first else { return Submission(report: report, facts: nil, isJudged: false) }
        let cache = cache
        let judged = await waiters.wait(
            for: number, seconds: seconds, current: { cache.facts(of: number)?.facts },
            until: { facts in facts.claims.last.map { $0.state != .drafted } ?? false })
        let facts: CaseFacts
        if let judged { facts = judged } else { facts = try await self.facts(of: number) }
        return Submission(report: report, facts: facts, isJudged: judged != nil)
    }

    /// The facts of a case as they stand in the record.
    public func facts(of number: CaseNumber) async throws -> CaseFacts {
        let rows = try await store.entries(after: [(number, nil)])[0]
        return try CaseReader.facts(of: number, rows)
    }

    // MARK: People

    /// Why an answer to a work item is not taken.
    public enum AnswerRefusal: Error, Sendable, CustomStringConvertible {
        case unknown, closed, notOffered, noReason, noName

        public var description: String {
            switch self {
            case .unknown: "there is no such work item"
            case .closed: "the work item has been answered or withdrawn"
            case .notOffered: "the work item does not offer that answer"
            case .noReason: "an answer needs a reason"
            case .noName: "an answer needs the name of who gives it"
            }
        }
    }

    public static let maximumReasonCharacters = 2000
    public static let maximumNameCharacters = 100

    /// Records a person's answer to a work item; the case goes on with the next work.
    public func resolve(_ name: WorkItemName, _ resolution: Resolution, reason: String, by person: String) async throws {
        guard reason.contains(where: { !$0.isWhitespace }) else { throw AnswerRefusal.noReason }
        guard person.contains(where: { !$0.isWhitespace }) else { throw AnswerRefusal.noName }
        let number = name.caseNumber
        for _ in 0..<Self.maximumTries {
            guard let head = try await store.inspect({ try $0.head(of: number) }) else { throw AnswerRefusal.unknown }
            var facts = try await facts(of: number)
            guard facts.sequence == head.position.sequence else { continue }
            guard let item = facts.workItem(name.item) else { throw AnswerRefusal.unknown }
            guard item.isOpen else { throw AnswerRefusal.closed }
            guard item.item.kind.offers(resolution) else { throw AnswerRefusal.notOffered }
            let event = CaseEvent.resolved(
                PersonsAnswer(
                    item: name.item, resolution: resolution,
                    reason: String(reason.prefix(Self.maximumReasonCharacters)),
                    by: String(person.prefix(Self.maximumNameCharacters))))
            let now = clock.now
            let entry = CaseEntry(event, raises: facts.raises(event, at: facts.nextEntry))
            let before = facts
            facts.apply(entry, at: now)
            var rows = try Projection.derive(event, at: now, before: before, after: facts).rows
            rows.summary = Projection.summary(of: facts)
            let result = try await store.commit([
                CaseCommit(
                    caseNumber: number, expected: head.position,
                    entries: [
                        NewEntry(
                            at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                    ], rows: rows, dueAt: facts.due(now: now))
            ])[0]
            switch result {
            case .committed:
                workSignal.set()
                return
            case .moved, .seenChanged: continue
            case .taken, .refused: throw AnswerRefusal.closed
            }
        }
        throw StoreFault(.busy)
    }

    /// Tries against a case that others move on meanwhile.
    private static let maximumTries = 16

    /// Makes a case that was set aside due again; false where it was not.
    public func retry(_ number: CaseNumber) async throws -> Bool {
        let isRetried = try await store.retry(number, now: clock.now)
        if isRetried { workSignal.set() }
        return isRetried
    }

    // MARK: Working

    /// What one round of work did.
    public struct WorkReport: Sendable, Equatable {
        public var timers = 0
        public var decisions = 0
        public var formed = 0
        public var delivered = 0
        public var received = 0
        /// Deliveries that did not get through and are tried again.
        public var waiting = 0
        public var failed = 0
        public var setAside = 0

        /// Whether nothing moved on; deliveries that are put off are due later.
        public var didNothing: Bool {
            timers == 0 && decisions == 0 && formed == 0 && delivered == 0 && received == 0 && failed == 0
        }

        static func += (left: inout WorkReport, right: WorkReport) {
            left.timers += right.timers
            left.decisions += right.decisions
            left.formed += right.formed
            left.delivered += right.delivered
            left.received += right.received
            left.waiting += right.waiting
            left.failed += right.failed
            left.setAside += right.setAside
        }
    }

    private var worker: CaseWorker {
        CaseWorker(store: store, clock: clock, lookUps: lookUps, cache: cache, program: Self.program)
    }

    private var courier: Courier {
        Courier(store: store, payer: payer, clock: clock, takers: taker, options: options)
    }

    /// Works until nothing is left that can be done now.
    @discardableResult
    public func work(progress: @Sendable (WorkReport) -> Void = { _ in }) async throws -> WorkReport {
        var total = WorkReport()
        while true {
            var round = try await advance()
            round += try await deliver()
            if round.didNothing {
                total += round
                return total
            }
            total += round
            progress(total)
        }
    }

    /// Decides whatever is due.
    func advance() async throws -> WorkReport {
        var total = WorkReport()
        while true {
            let step = try await step()
            total += step.report
            if step.claimed == 0 { break }
        }
        _ = try await store.followPatterns(limit: Self.patternsAtOnce)
        return total
    }

    private static let patternsAtOnce = 10_000

    /// One batch of cases: those that somebody waits for before all others.
    private func step() async throws -> (report: WorkReport, claimed: Int) {
        let generation = home.generation
        for priority in Priority.allCases {
            let done = try await worker.work(.due(priority), limit: options.batch, generation: generation)
            if done.claimed == 0 { continue }
            for facts in done.advanced { waiters.tell(facts) }
            return (
                WorkReport(timers: done.timers, decisions: done.decisions, setAside: done.setAside), done.claimed
            )
        }
        return (WorkReport(), 0)
    }

    private func deliver() async throws -> WorkReport {
        var report = try await courier.run()
        report += try await courier.collect()
        return WorkReport(
            formed: report.formed, delivered: report.delivered, received: report.received, waiting: report.waiting,
            failed: report.failed)
    }

    /// The next moment at which there will be something to do.
    public func nextDue() async throws -> Instant? {
        let now = clock.now
        return [
            try await store.nextCaseDue(after: now), try await store.nextDeliveryDue(after: now),
            try await courier.nextMailboxDue(),
        ].compactMap { $0 }.min()
    }

    /// Works until it is cancelled: cases in one loop, deliveries in another, so that a slow receiver keeps no case from
    /// being decided.
    ///
    /// - Parameter health: is told after each round, and of a store that cannot be used.
    public func run(health: @escaping @Sendable (HealthEvent) -> Void = { _ in }) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.decideLoop(health) }
            group.addTask { await self.deliveryLoop(health) }
            await group.waitForAll()
        }
    }

    /// What the loops tell of themselves.
    public enum HealthEvent: Sendable {
        case workerBegan
        case workerFinished(setAside: Int)
        case storeFailed(StoreFault)
        /// Something that is no fault of the store; the loop goes on.
        case failed(String)
    }

    private func decideLoop(_ health: @Sendable (HealthEvent) -> Void) async {
        while !Task.isCancelled {
            do {
                health(.workerBegan)
                let step = try await step()
                if step.report.decisions > 0 { deliverySignal.set() }
                if step.claimed == 0 { _ = try await store.followPatterns(limit: Self.patternsAtOnce) }
                health(.workerFinished(setAside: step.report.setAside))
                if step.claimed == 0 { await workSignal.wait(seconds: Self.idleSeconds) }
            } catch { await pause(error, health) }
        }
    }

    private func deliveryLoop(_ health: @Sendable (HealthEvent) -> Void) async {
        while !Task.isCancelled {
            do {
                let report = try await deliver()
                if report.received > 0 || report.failed > 0 { workSignal.set() }
                if report.didNothing { await deliverySignal.wait(seconds: Self.idleSeconds) }
            } catch { await pause(error, health) }
        }
    }

    private func pause(_ error: any Error, _ health: @Sendable (HealthEvent) -> Void) async {
        if let fault = error as? StoreFault { health(.storeFailed(fault)) } else if !(error is CancellationError) {
            health(.failed("\(type(of: error))"))
        }
        try? await Task.sleep(for: .seconds(Self.idleSeconds))
    }

    /// What timers and the payer's mailbox bring is worked so often.
    private static let idleSeconds = 1.0
}

/// A file that is taken in, opened as often as it is needed.
public struct SourceFile: Sendable {
    public var byteCount: Int
    public var format: MessageFormat
    var open: @Sendable () throws -> any ByteSource
    public var whole: @Sendable () throws -> [UInt8]

    public init(path: String, byteCount: Int, whole: @escaping @Sendable () throws -> [UInt8]) throws {
        self.byteCount = byteCount
        self.whole = whole
        open = { try FileSource(path: path) }
        format = MessageFormat.of(try FileSource(path: path).readPiece(of: 4096))
    }
}

/// Reading speaks to no one.
struct NoPayer: PayerConnection {
    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] { throw .refused }
    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] { [] }
    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? { nil }
}
