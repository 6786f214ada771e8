import ClinicalKnowledge
import ClinicalText
import HealthTypes

/// The analyst as rules: approves what has no failed or unknown check, pends the rest and names what is missing.
/// It never denies: a denial belongs to a named rule of the gate.
public struct RuleAnalyst: Reviewer {
    public init() {}

    public var identity: String { "analyst-rules/1" }
    public var isDeterministic: Bool { true }

    public func review(_ request: ReviewRequest) throws -> [UInt8] {
        let failed = request.checks.filter { $0.answer == .failed && $0.stops }
        let unknown = request.checks.filter { $0.answer == .unknown && $0.stops }
        let needs = unknown.map { "\($0.id): \($0.title)" } + failed.flatMap(\.evidenceToChange)
        // The contract's limits: an answer past them would count as none.
        let missing = needs.prefix(50).map { String($0.prefix(500)) }
        let named = failed.prefix(20).map(\.id).joined(separator: ", ")
        let opinion: AnalystOpinion
        if request.clinicalVerdict == .flag {
            opinion = AnalystOpinion(
                decision: .pend, reason: "The clinical logic flags the claim: see its findings.",
                missingData: missing, escalate: true)
        } else if let first = failed.first {
            opinion = AnalystOpinion(
                decision: .pend,
                reason: failed.count == 1
                    ? "\(first.id) stands in the way: \(first.title)."
                    : "\(failed.count) checks stand in the way: \(named).",
                missingData: missing, escalate: failed.contains { $0.severity == .block } && failed.count > 2)
        } else if !unknown.isEmpty {
            opinion = AnalystOpinion(
                decision: .pend, reason: "Not everything that the decision needs is known.", missingData: missing,
                escalate: false)
        } else {
            opinion = AnalystOpinion(
                decision: .approve,
                reason: request.clinicalVerdict == .inconclusive
                    ? "Every check passed; the clinical logic found nothing against the claim and could not judge all."
                    : "Every check passed and the clinical logic finds the treatments fit the diagnoses.",
                missingData: [], escalate: false)
        }
        return try Canonical.encode(opinion.json)
    }
}

/// The compliance reviewer as rules: weighs what would matter in an audit.
public struct RuleCompliance: Reviewer {
    public init() {}

    public var identity: String { "compliance-rules/1" }
    public var isDeterministic: Bool { true }

    /// A claim of this size is read by a person whatever else holds.
    static let largeClaim = Money(cents: 2_500_000)

    public func review(_ request: ReviewRequest) throws -> [UInt8] {
        var notes: [String] = []
        var risk = ComplianceOpinion.Risk.low
        func raise(to level: ComplianceOpinion.Risk, _ note: String) {
            notes.append(note)
            if level == .high || risk == .low { risk = level }
        }
        if request.totalCharge >= Self.largeClaim {
            raise(to: .medium, "The charge is \(Self.largeClaim.dollars) or more.")
        }
        if request.clinicalRisk >= 60 {
            raise(to: .high, "The clinical logic's risk score is \(request.clinicalRisk) of 100.")
        } else if request.clinicalRisk >= 30 {
            raise(to: .medium, "The clinical logic's risk score is \(request.clinicalRisk) of 100.")
        }
        let failed = request.checks.filter { $0.answer == .failed && $0.stops }
        for check in failed where ["E51", "E61", "DUPLICATE_TEST"].contains(check.id) {
            raise(to: .high, "\(check.id) is a pattern that auditors look for.")
        }
        if failed.count >= 3 { raise(to: .medium, "\(failed.count) checks failed at once.") }
        if let seen = request.notes, !seen.replacements.isEmpty {
            // Said so that an auditor knows that the reviewers saw less than the chart.
            raise(to: risk, "Identifiers were removed from the notes before review.")
        }
        return try Canonical.encode(
            ComplianceOpinion(riskLevel: risk, auditNotes: notes, humanReviewRequired: risk == .high).json)
    }
}
