import Claims
import HealthTypes
import Review

/// What a person's answers do.
extension DenialsStage {
    static func resolved(_ turn: Turn, _ id: WorkItemID, _ resolution: DenialsResolution) -> StageDecision {
        guard let record = turn.facts.workItem(id), case .denials(let work) = record.item.kind else {
            return decision(turn, .unplaced)
        }
        let asked = Asked(id: id, work: work, record: record)
        switch resolution {
        case .sendCorrection: return sendCorrection(turn, asked)
        case .noCorrection: return noCorrection(turn, asked)
        case .sendAppeal: return sendAppeal(turn, asked)
        case .noAppeal: return noAppeal(turn, asked)
        case .writeOff: return writeOff(turn, asked)
        case .keepWorking: return keepWorking(turn, asked)
        case .nextLevel: return nextLevel(turn, asked)
        case .peerToPeer: return peerToPeer(turn, asked)
        case .reviewWon: return reviewed(turn, asked, isWon: true)
        case .reviewLost: return reviewed(turn, asked, isWon: false)
        case .dealtWith: return dealtWith(turn, asked)
        case .followedUp: return followedUp(turn, asked)
        case .sendAgain: return sendAgain(turn, asked)
        }
    }

    /// The question that was answered.
    private struct Asked {
        let id: WorkItemID
        let work: DenialsWork
        let record: WorkItemRecord

        var item: WorkItem { record.item }
        var answer: PersonsAnswer? { if case .answered(let answer, _) = record.state { answer } else { nil } }
    }

    /// The same amount, asked about in another way.
    private static func asking(
        _ work: DenialsWork, _ asked: Asked, why: String, deadline: Instant?
    ) -> WorkItem {
        WorkItem(
            .denials(work), reason: [why] + asked.item.reason.filter { $0 != why }, evidence: asked.item.evidence,
            deadline: deadline, amount: asked.item.amount)
    }

    // MARK: Corrections

    private static func sendCorrection(_ turn: Turn, _ asked: Asked) -> StageDecision {
        guard case .correction = asked.work else { return decision(turn, .unplaced) }
        var decision = decision(turn, .correctionApproved)
        decision.raises = [.submission(.correct(asked.id))]
        return decision
    }

    private static func noCorrection(_ turn: Turn, _ asked: Asked) -> StageDecision {
        guard case .correction(let ref, _) = asked.work else { return decision(turn, .unplaced) }
        var decision = decision(turn, .reviewed)
        decision.open(
            asking(
                .review(ref), asked, why: "The record does not support the proposed correction.",
                deadline: asked.item.deadline), in: turn.facts)
        return decision
    }

    // MARK: Appeals

    private static func sendAppeal(_ turn: Turn, _ asked: Asked) -> StageDecision {
        let facts = turn.facts
        guard case .appeal(let ref, let level) = asked.work, let draft = asked.item.document.flatMap(facts.document),
            let claim = facts.claim(ref), let answer = asked.answer,
            let adjustment = adjustment(foughtBy: asked, ref, level: level, turn)
        else { return decision(turn, .unplaced) }
        var decision = decision(turn, .appealed)
        // What goes out is what was read, and who approved it.
        let letter = decision.draft(AppealLetter.signed(draft, by: answer.by, on: turn.basis.at.date), in: facts)
        let earlier = Set(facts.appeals.filter { $0.terms.claim == ref }.map(\.terms.identifier)).count
        let terms = AppealTerms(
            identifier: "\(claim.claim.controlNumber)-AP\(earlier + 1)", claim: ref, level: level,
            adjustment: adjustment, amount: asked.item.amount, letter: letter)
        decision.sends = [Send(.appeal(terms), answerBy: turn.basis.at.adding(days: daysToAnswerAppeal))]
        return decision
    }

    /// The adjustment that an appeal fights: at the first level the first denial of the settlement that was routed to
    /// an appeal, later the one of the level before.
    private static func adjustment(
        foughtBy asked: Asked, _ ref: ClaimRef, level: Int, _ turn: Turn
    ) -> Adjustment? {
        if level > 1, let before = appeal(ref, level: level - 1, turn.facts) { return before.adjustment }
        return denial(behind: asked, ref, turn)?.adjustment
    }

    /// The denial that is worth an appeal in the settlement that a question came from.
    private static func denial(behind asked: Asked, _ ref: ClaimRef, _ turn: Turn) -> ClassifiedDenial? {
        let facts = turn.facts
        let source = facts.decisions.first { $0.entry.sequence == asked.id.entry }
        var remittance = facts.settlement(of: ref)
        if case .denials(.remitted(let entry))? = source?.reason, let found = facts.remittance(entry) {
            remittance = found.remittance
        }
        guard let remittance else { return nil }
        let routing = DenialRouting(remittance, claim: facts.claim(ref)?.claim, engines: turn.engines)
        return routing.denials(by: .appeal).first ?? routing.denials.first
    }

    private static func noAppeal(_ turn: Turn, _ asked: Asked) -> StageDecision {
        guard case .appeal(let ref, _) = asked.work else { return decision(turn, .unplaced) }
        var decision = decision(turn, .reviewed)
        decision.open(
            asking(.writeOff(ref), asked, why: "A person decided not to appeal.", deadline: asked.item.deadline),
            in: turn.facts)
        return decision
    }

    /// The next level is drafted, and goes out when a person approves it.
    private static func nextLevel(_ turn: Turn, _ asked: Asked) -> StageDecision {
        guard case .appealLost(let ref, let level) = asked.work, let before = appeal(ref, level: level, turn.facts),
            let settlement = turn.facts.settlement(of: ref)
        else { return decision(turn, .unplaced) }
        let claim = turn.facts.claim(ref)?.claim
        let routing = DenialRouting(settlement, claim: claim, engines: turn.engines)
        guard let denial = routing.denials.first(where: { $0.adjustment == before.adjustment }) ?? routing.denials.first
        else { return decision(turn, .unplaced) }
        var decision = decision(turn, .escalated)
        let letter = decision.draft(
            AppealLetter.draft(
                denial, settlement, claim: claim, level: level + 1, facts: turn.facts, on: turn.basis.at.date),
            in: turn.facts)
        decision.workItems = [
            .opened(
                WorkItem(
                    .denials(.appeal(ref, level: level + 1)),
                    reason: ["\(denial.adjustment.code): \(denial.meaning)"], evidence: asked.item.evidence,
                    deadline: asked.item.deadline, amount: asked.item.amount, document: letter))
        ]
        return decision
    }

    private static func peerToPeer(_ turn: Turn, _ asked: Asked) -> StageDecision {
        guard case .appealLost(let ref, let level) = asked.work else { return decision(turn, .unplaced) }
        var decision = decision(turn, .escalated)
        decision.open(
            asking(
                .peerToPeer(ref, level: level), asked, why: "A peer-to-peer review was asked for.",
                deadline: turn.basis.at.adding(days: daysToPeerReview)), in: turn.facts)
        return decision
    }

    private static func reviewed(_ turn: Turn, _ asked: Asked, isWon: Bool) -> StageDecision {
        guard case .peerToPeer(let ref, let level) = asked.work else { return decision(turn, .unplaced) }
        guard !isWon else {
            var decision = decision(turn, .overturned)
            decision.awaitRemittance(of: ref, turn)
            return decision
        }
        guard let terms = appeal(ref, level: level, turn.facts) else { return decision(turn, .unplaced) }
        var decision = decision(turn, .upheld)
        decision.open(
            lost(turn, terms, evidence: ["The peer-to-peer review did not change the payer's mind."]), in: turn.facts)
        return decision
    }

    // MARK: Money that is given up, or not

    private static func writeOff(_ turn: Turn, _ asked: Asked) -> StageDecision {
        switch asked.work {
        case .writeOff(let ref), .review(let ref), .appealLost(let ref, _), .appealUnanswered(let ref, _),
            .appealUndelivered(let ref, _):
            var decision = decision(turn, .writtenOff)
            decision.postings = [
                Posting(
                    claim: ref, payerID: turn.facts.claim(ref)?.claim.payer?.payerID ?? "",
                    writtenOff: asked.item.amount, isFollowUp: true)
            ]
            return decision
        case .correction, .appeal, .peerToPeer, .notPosted, .takenBack, .unremitted: return decision(turn, .unplaced)
        }
    }

    private static func keepWorking(_ turn: Turn, _ asked: Asked) -> StageDecision {
        guard case .writeOff(let ref) = asked.work else { return decision(turn, .unplaced) }
        var decision = decision(turn, .reviewed)
        decision.open(
            asking(.review(ref), asked, why: "A person decided not to write it off.", deadline: asked.item.deadline),
            in: turn.facts)
        return decision
    }

    private static func dealtWith(_ turn: Turn, _ asked: Asked) -> StageDecision {
        switch asked.work {
        case .review, .notPosted, .takenBack, .unremitted: decision(turn, .dealtWith)
        case .correction, .appeal, .writeOff, .appealLost, .peerToPeer, .appealUnanswered, .appealUndelivered:
            decision(turn, .unplaced)
        }
    }

    // MARK: The payer was asked

    /// Somebody looks again after a while: what the payer was asked may stay unanswered.
    private static func followedUp(_ turn: Turn, _ asked: Asked) -> StageDecision {
        let later = turn.basis.at.adding(days: daysAfterFollowUp)
        var decision = decision(turn, .followedUp)
        switch asked.work {
        case .notPosted, .takenBack, .unremitted:
            decision.workItems = [
                .opened(asking(asked.work, asked, why: "The payer was asked: look for its answer.", deadline: later))
            ]
        case .appealUnanswered(let ref, let level), .appealUndelivered(let ref, let level):
            guard let terms = appeal(ref, level: level, turn.facts) else { return self.decision(turn, .unplaced) }
            decision.workItems = [.opened(unansweredItem(turn, terms, deadline: later))]
        case .correction, .appeal, .review, .writeOff, .appealLost, .peerToPeer:
            return self.decision(turn, .unplaced)
        }
        return decision
    }

    private static func sendAgain(_ turn: Turn, _ asked: Asked) -> StageDecision {
        switch asked.work {
        case .appealUnanswered(let ref, let level), .appealUndelivered(let ref, let level):
            guard let terms = appeal(ref, level: level, turn.facts) else { return decision(turn, .unplaced) }
            var decision = decision(turn, .appealed)
            decision.sends = [Send(.appeal(terms), answerBy: turn.basis.at.adding(days: daysToAnswerAppeal))]
            return decision
        case .correction, .appeal, .review, .writeOff, .appealLost, .peerToPeer, .notPosted, .takenBack, .unremitted:
            return decision(turn, .unplaced)
        }
    }
}
