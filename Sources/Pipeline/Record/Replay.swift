public import HealthTypes
public import Stages
import Store

/// A decision by its case and its entry in the case's journal.
public struct DecisionID: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public var caseNumber: CaseNumber
    public var entry: Int

    public init(_ caseNumber: CaseNumber, entry: Int) {
        self.caseNumber = caseNumber
        self.entry = entry
    }

    /// `D-0000012-7`, the form in which people see it.
    public var description: String { "D-\(caseNumber.description.dropFirst(2))-\(entry)" }

    /// Reads the form that ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "D", let number = CaseNumber("C-\(parts[1])"), let entry = Int(parts[2]),
            entry > 0
        else { return nil }
        self.init(number, entry: entry)
    }
}

/// A work item by its case and the place where it was opened.
public struct WorkItemName: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public var caseNumber: CaseNumber
    public var item: WorkItemID

    public init(_ caseNumber: CaseNumber, _ item: WorkItemID) {
        self.caseNumber = caseNumber
        self.item = item
    }

    /// `W-0000012-7-0`, the form in which people see it.
    public var description: String { "W-\(caseNumber.description.dropFirst(2))-\(item.entry)-\(item.number)" }

    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "W", let caseNumber = CaseNumber("C-\(parts[1])"),
            let entry = Int(parts[2]), let number = Int(parts[3]), entry > 0, number >= 0
        else { return nil }
        self.init(caseNumber, WorkItemID(entry: entry, number: number))
    }
}

/// The outcome of deciding again what was decided before, on what the record holds.
public struct ReplayReport: Sendable {
    /// Of a decision or of an answer of the service.
    public var id: String
    /// Whether the journal's digests add up as far as the decision reaches, the decision included.
    public var isIntact: Bool
    /// Whether the recomputed decision has the same bytes.
    public var isIdentical: Bool
    /// Paths at which the recomputed decision differs, with both values; empty where it is identical.
    public var differences: [String]
    /// What the decision rested on.
    public var generation: Digest
    /// Of the recomputed bytes.
    public var digest: Digest

    public var line: String {
        "\(id): \(isIntact ? "record intact" : "RECORD ALTERED"), \(isIdentical ? "identical" : "DIFFERS")"
    }
}

extension Sequence where Element: Hashable {
    /// The elements in order, each once.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
