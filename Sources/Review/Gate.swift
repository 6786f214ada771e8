public import ClinicalKnowledge

/// What the gate says of a claim.
public struct GateDecision: Hashable, Sendable {
    public enum Verdict: String, Sendable {
        case approve = "approve"
        case deny = "deny"
        case pend = "pend"
    }

    public var verdict: Verdict
    /// The rule by which a claim is denied; never nil for a denial.
    public var rule: String?
    public var rationale: [String]
    /// What would make the verdict another one.
    public var evidenceThatWouldChange: [String]
    /// Where the decision may be disputed; given with every denial.
    public var appealPath: String?

    public init(
        verdict: Verdict, rule: String? = nil, rationale: [String], evidenceThatWouldChange: [String] = [],
        appealPath: String? = nil
    ) {
        self.verdict = verdict
        self.rule = rule
        self.rationale = rationale
        self.evidenceThatWouldChange = evidenceThatWouldChange
        self.appealPath = appealPath
    }
}

/// The one place where approve, deny or pend is said. Plain rules over what others found; opinions can hold a claim
/// back and can never push one through.
public enum Gate {
    /// - Parameters:
    ///   - checks: every deterministic check of the claim.
    ///   - denials: results of the gate's own rules. One that blocks denies; one that could not be answered, or only
    ///     holds, pends; one that warns, or is in shadow, does neither.
    ///   - answers: the reviewers' raw answers; what does not fit its schema counts as no opinion.
    public static func decide(
        checks: [Check], denials: [Check], clinicalVerdict: AnalyzeResponse.Verdict, answers: ReviewAnswers
    ) -> GateDecision {
        if let rule = denials.first(where: { $0.answer == .failed && $0.severity == .block }) {
            return GateDecision(
                verdict: .deny, rule: rule.id, rationale: [rule.message],
                evidenceThatWouldChange: rule.evidenceToChange,
                appealPath: rule.fix ?? "Ask for review by a person in the queue, with a reason and the evidence named."
            )
        }
        var reasons: [String] = []
        var evidence: [String] = []
        for check in checks + denials where check.stops {
            reasons.append(
                check.answer == .failed
                    ? "\(check.id): \(check.message)" : "\(check.id) could not be answered: \(check.title)")
            evidence += check.evidenceToChange
        }
        switch clinicalVerdict {
        case .flag: reasons.append("The clinical logic flags the claim.")
        // What the clinical logic cannot judge is shown by its own checks and holds nothing back.
        case .pass, .inconclusive: break
        }
        switch answers.analystOpinion {
        case nil: reasons.append("The analyst gave no answer that fits its schema.")
        case let opinion? where opinion.decision != .approve: reasons.append("Analyst: \(opinion.reason)")
        default: break
        }
        switch answers.complianceOpinion {
        case nil: reasons.append("The compliance reviewer gave no answer that fits its schema.")
        case let opinion? where opinion.riskLevel != .low || opinion.humanReviewRequired:
            reasons.append("Compliance: risk is \(opinion.riskLevel.rawValue).")
        default: break
        }
        guard reasons.isEmpty else {
            return GateDecision(verdict: .pend, rationale: reasons, evidenceThatWouldChange: evidence)
        }
        return GateDecision(
            verdict: .approve,
            rationale: ["Every deterministic check passed, the analyst approves and the compliance risk is low."])
    }
}
