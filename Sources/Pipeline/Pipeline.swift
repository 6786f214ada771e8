public import HealthTypes
import Stages
public import Store
import Synchronization
import X12

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
        /// Cases that somebody waits for, messages to be formed, and items of the mailbox that one step takes.
        public var batch = 128
        /// Cases out of files that one step takes: whoever waits, waits for no more than these.
        public var load = 32
        /// Lanes that ``Pipeline/work(progress:)`` delivers beside each other; ``Pipeline/run(health:)`` works all of them.
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
    let reviewers: (any ReviewerConnection)?
    let options: Options
    let replayer: Replayer
    let cache = FactsCache()
    let waiters = CaseWaiters()
    let prompt = PromptWork()
    private let current: DataInForce
    let lookUps: LookUps
    let taker: MessageTaker
    private let grouped: GroupedIntake
    let workSignal = WorkSignal()
    let deliverySignal = WorkSignal()
    let troubles = DeliveryTroubles()

    /// The data in force.
    public var home: DataHome { current.home }

    /// Opens the pipeline on a store: keeps the data behind the engines in its content, so that decisions can be replayed
    /// when the files have moved on.
    public init(
        store: any SiteStore, home: DataHome, clock: any Clock, payer: any PayerConnection,
        reviewers: (any ReviewerConnection)? = nil, options: Options = Options()
    ) async throws {
        self.store = store
        self.clock = clock
        self.payer = payer
        self.reviewers = reviewers
        self.options = options
        let current = DataInForce(home)
        self.current = current
        replayer = Replayer(store: store, documents: documents, loaded: { current.home })
        journal = ServiceJournal(store: store, clock: clock, limits: options.service)
        taker = MessageTaker(clock: clock)
        grouped = GroupedIntake(store: store, taker: taker)
        try await DataArchive.keep(home, in: store, at: clock.now)
        lookUps = LookUps(tokenizer: Tokenizer(key: try await SiteKey.key(in: store)))
    }

    /// Puts other data in force: the batch at hand is finished on the old, the next begins on the new.
    public func reload(_ home: DataHome) async throws {
        try await DataArchive.keep(home, in: store, at: clock.now)
        current.set(home)
    }

    // MARK: Intake

    /// Sources up to this size are taken in one transaction.
    public static let maximumSmallBytes = 1 << 20

    /// Takes the bytes of a file or message in. Everything in it is kept, whatever is wrong with it.
    ///
    /// - Parameters:
    ///   - acknowledges: whether the sender of X12 waits for TA1 and 999.
    ///   - priority: whether somebody waits for what comes of it.
    ///   - mark: written once all of it is taken; in the same transaction where that is one.
    public func intake(
        _ bytes: [UInt8], source: String, acknowledges: Bool = false, priority: Priority = .batch,
        mark: IntakeMark? = nil, progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> IntakeReport {
        guard bytes.count > Self.maximumSmallBytes else {
            let report = try await grouped.take(
                bytes, source: source, priority: priority, acknowledges: acknowledges, mark: mark)
            workSignal.set()
            return report
        }
        let answers = Gathered()
        var report = try await intake(
            SourceIntake.Input(bytes), format: MessageFormat.of(bytes), source: source, priority: priority,
            answers: acknowledges ? { @Sendable more in answers.add(more) } : nil, progress: progress)
        report.acknowledgement = answers.bytes
        // A source that has been taken whole is known by its arrival: after a kill here nothing is taken twice.
        if let mark { try await store.set(mark.setting, to: mark.value) }
        return report
    }

    /// Takes a file in; X12 need not fit into memory, other formats are read whole. Started again after a kill it goes on
    /// where it was.
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

/// Bytes that are gathered by a closure.
private final class Gathered: Sendable {
    private let kept = Mutex<[UInt8]>([])

    func add(_ more: [UInt8]) { kept.withLock { $0 += more } }

    var bytes: [UInt8] { kept.withLock { $0 } }
}

/// The data in force, which a running server may be given anew.
private final class DataInForce: Sendable {
    private let kept: Mutex<DataHome>

    init(_ home: DataHome) { kept = Mutex(home) }

    var home: DataHome { kept.withLock { $0 } }

    func set(_ home: DataHome) { kept.withLock { $0 = home } }
}
