import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// A decision with what it rests on and what became of what it ordered.
struct DecisionView: Sendable {
    enum Replay: Sendable {
        case report(ReplayReport)
        case impossible(String)
    }

    var id: DecisionID
    var row: EntryRow
    var record: DecisionRecord
    var basis: Basis
    /// Of the case with the decision, and nothing after it.
    var facts: CaseFacts
    var line: CaseLine?
    var generation: GenerationView
    /// What it sends, as it stands now.
    var sends: [SendStatus]
    /// The work items that it opened, as they stand now.
    var tasks: [TaskView]
    var replay: Replay?

    var decision: StageDecision { record.decision }

    /// Nil where there is no such decision; throws a ``Problem`` where the journal cannot be read so far.
    init?(_ id: DecisionID, in page: any PageReader) throws {
        guard let view = try CaseView(id.caseNumber, in: page) else { return nil }
        guard view.entries.count >= id.entry else {
            if view.unreadable != nil { throw Problem.unknownForm }
            return nil
        }
        let entries = view.entries.prefix(id.entry)
        var facts = CaseFacts(number: id.caseNumber)
        for entry in entries { facts.apply(entry.entry, at: entry.row.at) }
        guard let last = entries.last, case .decided(_, let basis) = last.entry.event,
            let record = facts.decisions.last(where: { $0.entry.sequence == id.entry })
        else { return nil }
        self.id = id
        row = last.row
        self.record = record
        self.basis = basis
        self.facts = facts
        line = view.line
        generation = try GenerationView(basis.generation, in: page)
        sends = view.sends.filter { $0.part.entry == id.entry }
        tasks = view.tasks.filter { $0.name.item.entry == id.entry }
    }

    /// What the next stage is told, made on the fly, and how it breaks its contract.
    struct HandoffView: Sendable {
        var json: JSON
        var violations: [String]
        /// Whether the data in force are still those of the decision.
        var isOfSameData: Bool
    }

    func handoff(_ home: DataHome) -> HandoffView? {
        Handoff.json(of: record, facts, engines: home.engines).map { json in
            let contract = Contracts.name(of: decision.outcome.stage)
            return HandoffView(
                json: json, violations: home.contracts.violations(of: contract, in: json),
                isOfSameData: home.generation.digest == basis.generation)
        }
    }
}
