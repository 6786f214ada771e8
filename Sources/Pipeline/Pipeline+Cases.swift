import Claims
public import HealthTypes
public import Stages
import Store

extension Pipeline {
    // MARK: Claims that somebody waits for

    /// A claim that was posted, and how far it came in the time.
    public struct Submission: Sendable {
        public var report: IntakeReport
        /// The facts of its case; nil where none was opened.
        public var facts: CaseFacts?
        /// Whether its claim was judged before the time was over.
        public var isJudged: Bool
    }

    /// Takes one claim in and waits until it is judged, or for the time. Only its own case is waited for: it is worked at
    /// once, whatever else is in hand.
    public func submit(_ bytes: [UInt8], source: String, seconds: Double) async throws -> Submission {
        let report = try await intake(bytes, source: source, priority: .waiting)
        guard let number = report.cases.first else { return Submission(report: report, facts: nil, isJudged: false) }
        await prompt.work(number) { numbers in await self.work(numbers) }
        let cache = cache
        let judged = await waiters.wait(
            for: number, seconds: seconds, current: { cache.facts(of: number)?.facts },
            until: { facts in facts.claims.last.map { $0.state != .drafted } ?? false })
        let facts: CaseFacts
        if let judged { facts = judged } else { facts = try await self.facts(of: number) }
        return Submission(report: report, facts: facts, isJudged: judged != nil)
    }

    /// Works cases at once. What fails, the loop that works whatever is due meets too, and says so: they stay due.
    private func work(_ numbers: [CaseNumber]) async {
        let done = try? await worker.work(.cases(numbers), limit: numbers.count, generation: home.generation)
        if let done, done.decisions > 0 { deliverySignal.set() }
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

    /// Records a person's answer to a work item; the case goes on with the next work, before what came in files.
    public func resolve(_ name: WorkItemName, _ resolution: Resolution, reason: String, by person: String) async throws
    {
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
            var rows = try Projection.fold(entry, at: now, into: &facts).rows
            rows.summary = Projection.summary(of: facts)
            let result = try await store.commit([
                CaseCommit(
                    caseNumber: number, expected: head.position,
                    entries: [
                        NewEntry(
                            at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                    ], rows: rows, dueAt: facts.due(now: now), priority: .waiting)
            ])[0]
            switch result {
            case .committed:
                workSignal.set()
                return
            case .moved, .seenChanged: continue
            // The person's answer breaks no rule: the record does, and says where.
            case .taken(let key): throw StoreRefusal("a key of kind \(key.kind) leads to another case")
            case .refused(let why): throw StoreRefusal(why)
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
}
