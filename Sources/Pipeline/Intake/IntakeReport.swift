public import HealthTypes

/// What became of a file or message that came in. Counts in equal counts out: every unit is accepted, a duplicate,
/// unmatched or refused.
public struct IntakeReport: Sendable, Codable {
    public var source: String
    public var format: String
    public var digest: Digest
    public var bytes: Int
    /// Units that the source holds: messages, claims, answers, remittances.
    public var units = 0
    public var accepted = 0
    public var duplicates = 0
    /// Read, and kept, but belonging to no case that is known.
    public var unmatched = 0
    public var refused = 0
    /// Units of a kind that has no reader yet: kept as they came.
    public var kept = 0
    public var issues: [Issue] = []
    /// Cases that were touched, at most ``maximumCases`` of them.
    public var cases: [String] = []
    /// TA1 and 999 for an X12 source, ready to be sent back.
    public var acknowledgement: String?

    static let maximumCases = 100
    static let maximumIssues = 1000

    init(source: String, format: MessageFormat, digest: Digest, bytes: Int) {
        self.source = source
        self.format = format.rawValue
        self.digest = digest
        self.bytes = bytes
    }

    mutating func add(_ issue: Issue) {
        if issues.count < Self.maximumIssues { issues.append(issue) }
    }

    mutating func touched(_ caseID: String) {
        if cases.count < Self.maximumCases, !cases.contains(caseID) { cases.append(caseID) }
    }

    /// Whether nothing of it could be used.
    public var isRefused: Bool { units == 0 ? !issues.isEmpty : refused == units }

    /// `hl7/adt.hl7: 140 accepted`
    public var line: String {
        var parts = ["\(accepted) accepted"]
        if duplicates > 0 { parts.append("\(duplicates) seen before") }
        if unmatched > 0 { parts.append("\(unmatched) unmatched") }
        if kept > 0 { parts.append("\(kept) kept unread") }
        if refused > 0 { parts.append("\(refused) refused") }
        return "\(source): \(format), \(units) units: \(parts.joined(separator: ", "))"
    }
}
