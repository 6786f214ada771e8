import Claims
import HealthTypes

/// Makes the claim that a person's answer asks for.
enum ClaimCorrection {
    /// The claim of a hold task that a person wants judged again: made anew of what is known now.
    static func redrafted(_ facts: CaseFacts, taskID: String, ground: Ground) -> Claim? {
        guard let resolution = facts.resolutions.last(where: { $0.taskID == taskID }),
            resolution.answer == "judge-again", let task = facts.task(resolution)
        else { return nil }
        let number = task.subject
        return facts.receivedClaims.last { $0.controlNumber == number }
            ?? ClaimAssembly.assemble(facts, controlNumber: number, ground: ground).claim
    }

    /// The claim that a hold task is about, as it was judged.
    static func held(_ facts: CaseFacts, task: TaskDraft) -> Claim? {
        let number = task.subject
        for decision in facts.decisions(of: .submission).reversed() {
            for case .recordClaim(let claim, _) in decision.effects where claim.controlNumber == number { return claim }
        }
        return nil
    }

    /// The replacement that a coder approved: the sent claim with the modifiers that the task proposed.
    ///
    /// A claim that was denied as unprocessable (MA130) is sent anew; any other is replaced (frequency 7) and names
    /// the payer's number of the first.
    static func corrected(_ facts: CaseFacts, taskID: String) -> Claim? {
        guard let resolution = facts.resolutions.last(where: { $0.taskID == taskID }),
            let task = facts.task(resolution), task.kind == "denial.corrected-claim"
        else { return nil }
        let number = task.subject
        guard var claim = facts.sentClaims.last(where: { $0.controlNumber == number }),
            let remittance = facts.remittances.last(where: { $0.controlNumber == number })
        else { return nil }
        // A claim that is sent again unchanged would only be denied again.
        guard
            let proposal = facts.decisions(of: .denials).compactMap({ CorrectionProposal.read($0.handoff, for: number) }
            ).last,
            !proposal.changes.isEmpty
        else { return nil }
        for change in proposal.changes {
            guard let index = claim.lines.firstIndex(where: { $0.number == change.line }) else { continue }
            if !claim.lines[index].modifiers.contains(change.modifier) {
                claim.lines[index].modifiers.insert(change.modifier, at: 0)
            }
        }
        let unprocessable = (remittance.remarks + remittance.lines.flatMap(\.remarks)).contains("MA130")
        claim.controlNumber = Claim.controlNumber(after: number)
        for index in claim.lines.indices {
            claim.lines[index].controlNumber = "\(claim.controlNumber)L\(claim.lines[index].number)"
        }
        claim.frequency = unprocessable ? "1" : "7"
        claim.originalReference = unprocessable ? nil : remittance.payerClaimNumber
        return claim
    }
}

/// A change to a claim that is put before a coder.
struct CorrectionProposal: Hashable, Sendable {
    struct Change: Hashable, Sendable {
        var line: Int
        var modifier: String
    }

    var changes: [Change]

    /// Reads it back from what the denials stage handed on.
    static func read(_ handoff: JSON?, for controlNumber: String) -> CorrectionProposal? {
        guard let handoff, handoff["control_number"]?.string == controlNumber,
            let changes = handoff["proposed_changes"]?.array
        else { return nil }
        return CorrectionProposal(
            changes: changes.compactMap { change in
                guard let line = change["line"]?.integer, let modifier = change["add_modifier"]?.string else {
                    return nil
                }
                return Change(line: line, modifier: modifier)
            })
    }
}
