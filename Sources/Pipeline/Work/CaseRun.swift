import HealthTypes
import Stages
import Store

/// One case's way through a batch: folds what came, decides what is pending, and gathers it into one commit. It touches
/// no store; what a stage asks is answered from outside between two steps.
struct CaseRun {
    /// Why a case cannot go on by itself.
    enum Fault: Error {
        /// An entry's kind, version or tag is not known to this program.
        case unknown(String)
        /// The journal cannot be folded.
        case unreadable(String)
        /// What a stage decided cannot be kept.
        case unkeepable(CanonicalFault)
        /// A stage asks and does not decide.
        case undecided
        /// The case decides and decides, and nothing comes from outside.
        case circle
    }

    enum Progress {
        case asks([Question])
        case finished
    }

    let work: CaseWork
    let now: Instant
    let generation: Generation
    private(set) var facts: CaseFacts
    private(set) var entries: [NewEntry] = []
    private(set) var derived = Projection.Derived()
    private(set) var seen: [SharedKey: Int] = [:]
    private(set) var decisions = 0
    private(set) var timersFired = 0
    /// Bytes of the entries that the facts were folded from.
    var byteCount = 0

    /// What was asked for the trigger at hand, and how often.
    private var answers: [Question: Answer] = [:]
    private var asked: [Question] = []
    private var rounds = 0

    /// Decisions in a row without anything from outside: more are a circle, which is a programmer's mistake.
    static let maximumDecisionsInARow = 200

    init(work: CaseWork, facts: CaseFacts, now: Instant, generation: Generation) throws {
        self.work = work
        self.facts = facts
        self.now = now
        self.generation = generation
        for unit in work.released { try take(unit) }
        // What one commit cannot hold comes with the next: the case stays due.
        for timer in facts.timersDue(at: now).prefix(max(0, CaseCommit.maximumEntries - entries.count)) {
            try add(.timerFired(timer))
            timersFired += 1
        }
    }

    /// A unit that waited for its case.
    private mutating func take(_ unit: WaitingUnit) throws {
        guard unit.version == CaseEntry.version, let kind = CaseEvent.Kind(rawValue: unit.kind) else {
            throw Fault.unknown("a waiting unit")
        }
        let event: CaseEvent
        do { event = try CaseEntry(kind: kind, body: unit.body).event } catch {
            throw Fault.unreadable(error.description)
        }
        try add(event, message: unit.message)
    }

    private mutating func add(_ event: CaseEvent, message: Int? = nil) throws {
        let entry = CaseEntry(event, message: message, raises: facts.raises(event, at: facts.nextEntry))
        do {
            let body = try entry.body()
            byteCount += body.count
            entries.append(NewEntry(at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: body))
            let more = try Projection.fold(entry, at: now, into: &facts)
            derived.rows.append(more.rows)
            derived.binds += more.binds
            derived.raised.formUnion(more.raised)
        } catch let fault { throw Fault.unkeepable(fault) }
    }

    /// Decides until a stage asks or nothing more can be done now.
    mutating func advance() throws -> Progress {
        while entries.count < CaseCommit.maximumEntries, let trigger = facts.next() {
            guard facts.decisionsInARow < Self.maximumDecisionsInARow else { throw Fault.circle }
            let basis = Basis(at: now, generation: generation.digest, answers: asked.compactMap { answers[$0] })
            switch Stages.decide(facts, on: trigger, basis: basis, generation: generation) {
            case .ask(let questions):
                rounds += 1
                guard rounds <= Stages.maximumRounds else { throw Fault.undecided }
                for question in questions where !asked.contains(question) { asked.append(question) }
                let open = questions.filter { answers[$0] == nil }
                if !open.isEmpty { return .asks(open) }
            case .decided(let decision):
                for answer in basis.answers {
                    if let (key, version) = answer.seen { seen[key] = min(seen[key] ?? version, version) }
                }
                try add(.decided(decision, basis))
                decisions += 1
                asked = []
                rounds = 0
            }
        }
        return .finished
    }

    mutating func answer(_ question: Question, _ answer: Answer) { answers[question] = answer }

    /// What the store is to compare and to write. Where nothing came of it, it says when the case is due next.
    var commit: CaseCommit {
        var rows = derived.rows
        rows.summary = Projection.summary(of: facts)
        // A key may be bound by several entries of one commit.
        var known: Set<CaseKey> = []
        return CaseCommit(
            caseNumber: work.caseNumber, expected: work.position, entries: entries, lease: work.lease, seen: seen,
            raised: derived.raised, binds: derived.binds.filter { known.insert($0).inserted }, rows: rows,
            dueAt: facts.due(now: now), taken: work.released.map(\.id))
    }
}

extension CaseRun.Fault {
    /// A written tag and its detail, without anything of a patient.
    var tags: (reason: String, detail: String) {
        switch self {
        case .unknown(let what): ("unknown_form", what)
        case .unreadable(let what): ("unreadable", what)
        case .unkeepable(let fault): ("unkeepable", fault.description)
        case .undecided: ("undecided", "a stage asks and does not decide")
        case .circle: ("circle", "the case decides without end and nothing comes from outside")
        }
    }
}
