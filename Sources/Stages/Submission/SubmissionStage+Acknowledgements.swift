import Claims
import HealthTypes
import Review

/// The payer's front door.
extension SubmissionStage {
    static func acknowledged(_ turn: Turn, _ entry: EntryRef) -> StageDecision {
        let facts = turn.facts
        guard let found = facts.acknowledgement(entry),
            let record = facts.claim(controlNumber: found.controlNumber), record.wasSent
        else {
            var decision = decision(turn, .unplaced)
            decision.add([
                Check(
                    id: "acknowledgement.unplaced", title: "Acknowledgement of a claim that was sent",
                    answer: .unknown, severity: .hold,
                    message: "The acknowledgement names no claim that was sent for this visit.",
                    evidenceToChange: ["The claim that it belongs to"], basis: ["999, 277CA"])
            ])
            return decision
        }
        switch found.outcome {
        case .received: return heard(turn, record, decision(turn, .received), found)
        case .accepted: return accepted(turn, record, found)
        case .rejected: return rejected(turn, record, found)
        case .other: return heard(turn, record, decision(turn, .noted), found)
        }
    }

    /// The claim arrived: what asked whether it did is settled.
    private static func heard(
        _ turn: Turn, _ record: ClaimRecord, _ heard: StageDecision, _ found: ClaimAcknowledgement
    ) -> StageDecision {
        var decision = heard
        let ref = record.ref
        decision.withdraw(in: turn.facts) {
            $0 == .submission(.undelivered(ref))
                // A 999 says only that the file could be read.
                || found.source == .claim && $0 == .submission(.unacknowledged(ref))
        }
        return decision
    }

    private static func accepted(
        _ turn: Turn, _ record: ClaimRecord, _ found: ClaimAcknowledgement
    ) -> StageDecision {
        var decision: StageDecision
        switch record.state {
        case .submitted:
            decision = self.decision(turn, .accepted)
            decision.claims = [.became(record.ref, .accepted)]
            decision.awaitRemittance(of: record.ref, turn)
        case .rejected where turn.facts.successor(of: record.ref) == nil:
            decision = self.decision(turn, .accepted)
            decision.claims = [.became(record.ref, .accepted)]
            decision.awaitRemittance(of: record.ref, turn)
            decision.withdraw(in: turn.facts) { $0 == .submission(.rejected(record.ref)) }
        case .accepted, .settled: decision = self.decision(turn, .accepted)
        case .drafted, .inReview, .held, .blocked, .rejected, .void: decision = self.decision(turn, .noted)
        }
        return heard(turn, record, decision, found)
    }

    private static func rejected(
        _ turn: Turn, _ record: ClaimRecord, _ found: ClaimAcknowledgement
    ) -> StageDecision {
        let ref = record.ref
        switch record.state {
        case .submitted, .accepted, .rejected: break
        case .drafted, .inReview, .held, .blocked, .settled, .void:
            return heard(turn, record, decision(turn, .noted), found)
        }
        var decision = decision(turn, .rejected)
        decision.add([
            Check(
                id: "\(found.source.rawValue).\(found.code)", title: "Accepted by the payer's front door",
                answer: .failed, severity: .hold,
                message: "A rejected claim is not filed: correct it and send a new one.",
                evidenceToChange: ["A corrected claim"], basis: [found.code])
        ])
        decision.claims = [.became(ref, .rejected)]
        decision.cancelTimers(in: turn.facts) { $0 == .acknowledgementDue(ref) || $0 == .remittanceDue(ref) }
        decision.withdraw(in: turn.facts) {
            $0 == .submission(.unacknowledged(ref)) || $0 == .submission(.undelivered(ref))
        }
        guard turn.facts.successor(of: ref) == nil else { return decision }
        decision.open(
            WorkItem(
                .submission(.rejected(ref)),
                reason: ["\(found.source.rawValue) \(found.code). The claim is not filed."], evidence: [found.code],
                deadline: turn.basis.at.adding(days: daysToMend), amount: record.claim.totalCharge), in: turn.facts)
        return decision
    }

    // MARK: Silence

    static func unacknowledged(_ turn: Turn, _ ref: ClaimRef) -> StageDecision {
        let facts = turn.facts
        guard let record = facts.claim(ref), record.state == .submitted,
            !record.acknowledgements.contains(where: { $0.source == .claim }),
            !facts.remittances.contains(where: { $0.claim == ref })
        else { return decision(turn, .nothingNew) }
        var decision = decision(turn, .unacknowledged)
        decision.open(
            WorkItem(
                .submission(.unacknowledged(ref)), reason: ["No 277CA came for the claim in time."],
                amount: record.claim.totalCharge), in: facts)
        return decision
    }

    static func undelivered(_ turn: Turn, _ send: SendID) -> StageDecision {
        let facts = turn.facts
        guard case .claim(let ref)? = facts.send(send)?.what, let record = facts.claim(ref) else {
            return decision(turn, .unplaced)
        }
        // It was sent again since, or the payer has answered all the same.
        guard record.send == send, record.state == .submitted else { return decision(turn, .nothingNew) }
        var decision = decision(turn, .undelivered)
        decision.cancelTimers(in: facts) { $0 == .acknowledgementDue(ref) }
        decision.withdraw(in: facts) { $0 == .submission(.unacknowledged(ref)) }
        decision.open(
            WorkItem(
                .submission(.undelivered(ref)),
                reason: ["The claim did not reach the payer: its receiver refuses it or cannot be reached."],
                amount: record.claim.totalCharge), in: facts)
        return decision
    }
}
