import Claims
import HealthTypes
import Stages
import Store
import Synchronization

@testable import Pipeline

/// A store that does what another does, with a place for the test to interfere where cases are committed, and a count of
/// the entries that are read.
final class MeddlingStore: Sendable {
    private let inner: any SiteStore
    private let meddle = Mutex<(@Sendable ([CaseCommit]) async throws -> [CommitResult]?)?>(nil)
    private let meddleInLookUps = Mutex<(@Sendable () async throws -> Void)?>(nil)
    private let taking = Mutex<(@Sendable () throws -> Void)?>(nil)
    private let read = Mutex(0)
    private let asked = Mutex<[LookUp]>([])
    private let unsettable = Mutex<(number: CaseNumber, error: any Error)?>(nil)

    init(_ inner: any SiteStore) { self.inner = inner }

    /// Asked before every commit: nil lets it through; what is given is the answer, and what is thrown the fault.
    func interfere(_ meddle: (@Sendable ([CaseCommit]) async throws -> [CommitResult]?)?) {
        self.meddle.withLock { $0 = meddle }
    }

    /// Lets a case no longer be set aside.
    func refuseToSetAside(_ number: CaseNumber, _ error: any Error) { unsettable.withLock { $0 = (number, error) } }

    /// What was looked up so far.
    var lookedUp: [LookUp] { asked.withLock { $0 } }

    /// Called before every look-up.
    func interfereWithLookUps(_ meddle: (@Sendable () async throws -> Void)?) {
        meddleInLookUps.withLock { $0 = meddle }
    }

    /// Asked before every transaction of intake; what is thrown is its fault.
    func interfereWithIntake(_ taking: (@Sendable () throws -> Void)?) { self.taking.withLock { $0 = taking } }

    /// Entries of cases that were read so far.
    var entriesRead: Int { read.withLock { $0 } }
}

extension MeddlingStore: CaseStore {
    func commit(_ commits: [CaseCommit]) async throws -> [CommitResult] {
        if let meddle = meddle.withLock({ $0 }), let results = try await meddle(commits) { return results }
        return try await inner.commit(commits)
    }

    func entries(after: [(CaseNumber, Position?)]) async throws -> [[EntryRow]] {
        let rows = try await inner.entries(after: after)
        read.withLock { $0 += rows.map(\.count).reduce(0, +) }
        return rows
    }

    func claimWork(_ choice: Choice, limit: Int, now: Instant, lease: Int) async throws -> [CaseWork] {
        try await inner.claimWork(choice, limit: limit, now: now, lease: lease)
    }
    func lookUp(_ questions: [LookUp]) async throws -> [LookedUp] {
        try await meddleInLookUps.withLock { $0 }?()
        asked.withLock { $0 += questions }
        return try await inner.lookUp(questions)
    }
    func putOff(_ work: [CaseWork], until: Instant) async throws { try await inner.putOff(work, until: until) }
    func release(_ work: [CaseWork]) async throws { try await inner.release(work) }
    func setAside(
        _ work: CaseWork, reason: String, detail: String, program: String, now: Instant, retryAt: Instant
    ) async throws {
        try unsettable.withLock { $0 }.map { if $0.number == work.caseNumber { throw $0.error } }
        try await inner.setAside(
            work, reason: reason, detail: detail, program: program, now: now, retryAt: retryAt)
    }
    func retry(_ caseNumber: CaseNumber, now: Instant) async throws -> Bool {
        try await inner.retry(caseNumber, now: now)
    }
    func nextCaseDue(after now: Instant) async throws -> Instant? { try await inner.nextCaseDue(after: now) }
}

extension MeddlingStore: IntakeStore {
    func intake<Result: Sendable>(
        _ body: @escaping @Sendable (any IntakeTransaction) throws -> Result
    ) async throws -> Result {
        try taking.withLock { $0 }?()
        return try await inner.intake(body)
    }
    func begin(source: String, digest: Digest, byteCount: Int, at: Instant) async throws -> ArrivalRow {
        try await inner.begin(source: source, digest: digest, byteCount: byteCount, at: at)
    }
    func keep(_ bytes: [UInt8], ofArrival id: Int, at offset: Int) async throws {
        try await inner.keep(bytes, ofArrival: id, at: offset)
    }
    func bytes(ofArrival id: Int, from offset: Int, limit: Int) async throws -> [UInt8] {
        try await inner.bytes(ofArrival: id, from: offset, limit: limit)
    }
    func unfinishedArrivals() async throws -> [ArrivalRow] { try await inner.unfinishedArrivals() }
    func answer(to content: Digest) async throws -> [UInt8]? { try await inner.answer(to: content) }
}

extension MeddlingStore: DeliveryStore {
    func lanes(at now: Instant) async throws -> [Lane] { try await inner.lanes(at: now) }
    func unformed(_ lane: Lane, limit: Int) async throws -> [UnformedSend] {
        try await inner.unformed(lane, limit: limit)
    }
    func form(
        _ sends: [UnformedSend], at: Instant,
        make:
            @escaping @Sendable (_ next: (String) throws -> Int) throws -> (
                messages: [FormedMessage], unformable: [SentPart]
            )
    ) async throws -> (messages: Int, unformable: [SentPart]) { try await inner.form(sends, at: at, make: make) }
    func claim(
        _ lane: Lane, at now: Instant, limit: Int, lease: Int, formedBefore: Instant?
    ) async throws -> [Attempt] {
        try await inner.claim(lane, at: now, limit: limit, lease: lease, formedBefore: formedBefore)
    }
    func release(_ attempts: [Attempt]) async throws { try await inner.release(attempts) }
    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) async throws -> Settlement {
        try await inner.settle(attempt, result, at: at)
    }
    func laneStatus() async throws -> [LaneStatus] { try await inner.laneStatus() }
    func nextDeliveryDue(after now: Instant) async throws -> Instant? { try await inner.nextDeliveryDue(after: now) }
}

extension MeddlingStore: RecordStore, PageStore, ServiceStore {
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any PageReader) throws -> Result
    ) async throws -> Result { try await inner.read(body) }
    func inspect<Result: Sendable>(
        _ body: @escaping @Sendable (any RecordReader) throws -> Result
    ) async throws -> Result { try await inner.inspect(body) }
    func putGeneration(_ manifest: [UInt8], at: Instant) async throws -> Digest {
        try await inner.putGeneration(manifest, at: at)
    }
    func generation(_ digest: Digest) async throws -> [UInt8]? { try await inner.generation(digest) }
    func putContents(_ contents: [[UInt8]]) async throws -> [Digest] { try await inner.putContents(contents) }
    func content(_ digest: Digest) async throws -> [UInt8]? { try await inner.content(digest) }
    func followPatterns(limit: Int) async throws -> Int { try await inner.followPatterns(limit: limit) }
    func set(_ name: String, to value: String) async throws { try await inner.set(name, to: value) }
    func setting(_ name: String) async throws -> String? { try await inner.setting(name) }
    func append(_ drafts: [ServiceDraft], at: Instant) async throws -> [ServiceEntry] {
        try await inner.append(drafts, at: at)
    }
}

/// A site whose store the test can interfere with.
struct Bench {
    let site: Site
    let store: MeddlingStore
    let pipeline: Pipeline

    init(_ options: Pipeline.Options = .inOrder) async throws {
        site = try await Site.furnished()
        store = MeddlingStore(site.store)
        pipeline = try await Pipeline(
            store: store, home: Shipped.home, clock: site.clock, payer: site.wire, options: options)
    }

    /// One more note in the chart of WEB-1.
    func note(_ number: Int) async throws {
        let item = ChartItem(
            reference: "DocumentReference/n\(number)", kind: .note, text: "Lungs clear.", date: World.day)
        try await site.happen(.charted([item]), in: "WEB-1")
    }
}
