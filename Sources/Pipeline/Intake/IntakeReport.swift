public import HealthTypes

/// What became of a file or message that came in. Counts in equal counts out: every unit is accepted, a duplicate,
/// unmatched, unread or refused.
public struct IntakeReport: Sendable {
    public var source: String
    public var format: MessageFormat
    public var digest: Digest
    public var bytes: Int
    /// Units that the source holds: messages, claims, answers, remittances.
    public var units = 0
    public var accepted = 0
    public var duplicates = 0
    /// Read, and waiting for a case that is not known yet.
    public var unmatched = 0
    public var refused = 0
    /// Units of a kind that no stage reads: kept as they came.
    public var kept = 0
    public var issues: [Issue] = []
    public var issueCount = 0
    /// Cases that were touched, at most ``maximumCases`` of them.
    public var cases: [CaseNumber] = []
    /// TA1 and 999 for an X12 source, ready to be sent back.
    public var acknowledgement: [UInt8] = []

    static let maximumCases = 100
    static let maximumIssues = 1000

    init(source: String, format: MessageFormat, digest: Digest, bytes: Int) {
        self.source = source
        self.format = format
        self.digest = digest
        self.bytes = bytes
    }

    mutating func add(_ issue: Issue) {
        issueCount += 1
        if issues.count < Self.maximumIssues { issues.append(issue) }
    }

    mutating func touched(_ number: CaseNumber) {
        if cases.count < Self.maximumCases, !cases.contains(number) { cases.append(number) }
    }

    /// Adds what a further transaction took of the same source.
    mutating func add(_ more: IntakeReport) {
        units += more.units
        accepted += more.accepted
        duplicates += more.duplicates
        unmatched += more.unmatched
        refused += more.refused
        kept += more.kept
        issueCount += more.issueCount
        issues += more.issues.prefix(max(0, Self.maximumIssues - issues.count))
        for number in more.cases { touched(number) }
        acknowledgement += more.acknowledgement
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
        return "\(source): \(format.rawValue), \(units) units: \(parts.joined(separator: ", "))"
    }
}
