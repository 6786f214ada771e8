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
    /// Takes sources that are more than one transaction should take.
    let sources: SourceIntake
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
        let numbers = ControlNumbers(store: store)
        grouped = GroupedIntake(store: store, taker: taker, numbers: numbers)
        sources = SourceIntake(store: store, taker: taker, numbers: numbers)
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
    ///   - mark: written in the transaction that takes the last of it.
    public func intake(
        _ bytes: [UInt8], source: String, acknowledges: Bool = false, priority: Priority = .batch,
        mark: IntakeMark? = nil, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> IntakeReport {
        var closing: GroupedIntake.Closing?
        if let mark { closing = { tx in try tx.set(mark.setting, to: mark.value) } }
        defer { workSignal.set() }
        if bytes.count <= Self.maximumSmallBytes {
            return try await grouped.take(
                bytes, source: source, priority: priority, acknowledges: acknowledges, closing: closing)
        }
        return try await sources.run(
            bytes, source: source, priority: priority, acknowledges: acknowledges, closing: closing,
            progress: working(progress))
    }

    /// Takes a file in. Of X12 a window is in memory at a time, other formats are read whole. Started again after a kill it
    /// goes on where it was.
    public func intake(
        file: SourceFile, source: String, priority: Priority = .batch,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> IntakeReport {
        if file.byteCount <= Self.maximumSmallBytes {
            return try await intake(file.whole(), source: source, priority: priority)
        }
        defer { workSignal.set() }
        return try await sources.run(
            SourceIntake.Input(byteCount: file.byteCount, open: file.open), source: source, priority: priority,
            progress: working(progress))
    }

    /// Cases are worked while the rest of their source is taken.
    private func working(_ progress: @escaping @Sendable (Int, Int) -> Void) -> SourceIntake.Progress {
        { [workSignal] done, all in
            workSignal.set()
            progress(done, all)
        }
    }

    /// Goes on with sources whose intake was cut short after all of their bytes had been kept; those of which a part is
    /// missing wait to be given again. One that fails keeps no other from going on: the first failure is thrown at the end.
    func resumeIntake() async throws {
        var failure: (any Error)?
        for arrival in try await store.unfinishedArrivals() where arrival.kept == arrival.byteCount {
            do { _ = try await sources.resume(arrival, progress: working { _, _ in }) } catch let fault as StoreFault {
                throw fault
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}

/// A file that is taken in, opened as often as it is needed.
public struct SourceFile: Sendable {
    public var byteCount: Int
    var open: @Sendable () throws -> any ByteSource
    public var whole: @Sendable () throws -> [UInt8]

    public init(path: String, byteCount: Int, whole: @escaping @Sendable () throws -> [UInt8]) throws {
        self.byteCount = byteCount
        self.whole = whole
        open = { try FileSource(path: path) }
        // Whether it can be read at all is told before anything is kept.
        _ = try FileSource(path: path)
    }
}

/// The data in force, which a running server may be given anew.
private final class DataInForce: Sendable {
    private let kept: Mutex<DataHome>

    init(_ home: DataHome) { kept = Mutex(home) }

    var home: DataHome { kept.withLock { $0 } }

    func set(_ home: DataHome) { kept.withLock { $0 = home } }
}
