import HealthTypes
public import Stages
public import Store

/// Reads cases back from their journals.
public enum CaseReader {
    /// Folds journal entries; each must be the next of its chain.
    static func fold(_ entries: [JournalRow], caseID: String) throws -> CaseFacts {
        var facts = CaseFacts(id: caseID)
        for entry in entries {
            facts.apply(
                try CaseEvent(kind: entry.kind, body: entry.body), sequence: entry.sequence, digest: entry.digest)
        }
        return facts
    }

    /// The facts of a case as they stood after an entry, or as they stand.
    public static func facts(of caseID: String, through: Int? = nil, in tx: StoreTransaction) throws -> CaseFacts {
        try fold(tx.journal(of: caseID, through: through), caseID: caseID)
    }

    /// The entries of a case as events, with their times.
    public static func events(of caseID: String, in tx: StoreTransaction) throws -> [(
        row: JournalRow, event: CaseEvent
    )] {
        try tx.journal(of: caseID).map { ($0, try CaseEvent(kind: $0.kind, body: $0.body)) }
    }

    /// A decision as it was written, with its bytes.
    public static func decision(_ id: String, in tx: StoreTransaction) throws -> (
        row: DecisionRow, decision: Decision, bytes: [UInt8]
    )? {
        guard let row = try tx.decision(id) else { return nil }
        guard let entry = try tx.journal(of: row.caseID, through: row.factsThrough + 1).last,
            case .decided(let decision) = try CaseEvent(kind: entry.kind, body: entry.body)
        else { throw RecordDamage("decision \(id) has no journal entry") }
        return (row, decision, entry.body)
    }
}
