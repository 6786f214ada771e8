import Claims
import ClinicalKnowledge
import HealthTypes
import Review

extension Handoff {
    /// What denial management is told of a claim that was judged (`docs/contracts/submission-handoff.schema.json`); nil
    /// for a decision that judged none.
    static func submission(_ record: DecisionRecord, _ facts: CaseFacts, engines: Engines) -> JSON? {
        let decision = record.decision
        guard let gate = decision.gate, let outcome = outcome(of: decision),
            let claim = judged(record).flatMap(facts.claim)?.claim
        else { return nil }
        let clinical = ClinicalReview.analyze(claim, chart: facts.chart, engines: engines)
        func ids(_ answer: Check.Answer) -> JSON {
            .array(decision.findings.filter { $0.answer == answer }.map { .string($0.id) })
        }
        return .compact([
            "case_id": .string(facts.number.description), "control_number": .string(claim.controlNumber),
            "payer_id": .string(claim.payer?.payerID ?? ""), "frequency": .string(claim.frequency),
            "total_charge": .string(claim.totalCharge.description), "line_count": JSON(claim.lines.count),
            "outcome": .string(outcome), "verdict": .string(gate.verdict.rawValue),
            "rule": gate.rule.map { .string($0) }, "clinical_verdict": .string(clinical.verdict.rawValue),
            "failed_checks": ids(.failed), "unknown_checks": ids(.unknown),
            "authorization_number": claim.priorAuthorization.map { .string($0) },
        ])
    }

    /// The contract's word for what became of the claim.
    private static func outcome(of decision: StageDecision) -> String? {
        guard case .submission(let outcome) = decision.outcome else { return nil }
        switch outcome {
        case .sent: return "sent"
        case .held: return "held"
        case .blocked: return "stopped"
        case .incomplete, .inReview, .lateCharges, .nothingNew, .selfPay, .received, .accepted, .rejected, .noted,
            .unacknowledged, .undelivered, .void, .followedUp, .unplaced:
            return nil
        }
    }

    /// The claim that a decision judged: the one that it made, else the one whose state it changed.
    private static func judged(_ record: DecisionRecord) -> ClaimRef? {
        var changed: ClaimRef?
        for (number, change) in record.decision.claims.enumerated() {
            switch change {
            case .made: return ClaimRef(entry: record.entry.sequence, number: number)
            case .became(let ref, _): changed = changed ?? ref
            }
        }
        return changed
    }
}
