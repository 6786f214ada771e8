import Claims
import HealthTypes
import Review

extension Handoff {
    /// What stages 1, 2 and 4 are told of a remittance that was posted (`docs/contracts/denials-handoff.schema.json`);
    /// nil for a decision that posted none.
    static func denials(_ record: DecisionRecord, _ facts: CaseFacts, engines: Engines) -> JSON? {
        guard case .denials(.remitted(let entry)) = record.reason, !record.decision.postings.isEmpty,
            let settled = facts.remittance(entry)
        else { return nil }
        let remittance = settled.remittance
        let routing = DenialRouting(
            remittance, claim: settled.claim.flatMap(facts.claim)?.claim, engines: engines)
        return [
            "case_id": .string(facts.number.description), "control_number": .string(remittance.controlNumber),
            "payer_id": .string(remittance.payerID), "trace": .string(remittance.trace),
            "charge": .string(remittance.charge.description), "paid": .string(remittance.paid.description),
            "patient_responsibility": .string(remittance.patientResponsibility.description),
            "reversal": .bool(remittance.isReversal),
            "denials": .array(remittance.isReversal ? [] : routing.denials.map { json($0, routing) }),
            "proposed_changes": .array(
                edits(record.decision).map { ["line": JSON($0.line), "add_modifier": .string($0.addModifier)] }),
        ]
    }

    private static func json(_ denial: ClassifiedDenial, _ routing: DenialRouting) -> JSON {
        [
            "line": JSON(denial.line), "procedure": .string(denial.procedure),
            "modifiers": .array(denial.modifiers.map { .string($0) }), "code": .string(denial.adjustment.code),
            "remarks": .array(denial.remarks.map { .string($0) }), "category": .string(denial.category),
            "route": .string(routing.route(of: denial).rawValue),
            "amount": .string(denial.adjustment.amount.description),
            "expected_recovery": .string(routing.recovery(of: denial).value.description),
        ]
    }

    /// What a coder is asked to confirm.
    private static func edits(_ decision: StageDecision) -> [ClaimEdit] {
        decision.workItems.flatMap { change -> [ClaimEdit] in
            guard case .opened(let item) = change, case .denials(.correction(_, let edits)) = item.kind else {
                return []
            }
            return edits
        }
    }
}
