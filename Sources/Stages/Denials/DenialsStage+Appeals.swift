import Claims
import HealthTypes
import Review

/// What payers answer to appeals, and what follows where they do not.
extension DenialsStage {
    static func appealAnswered(_ turn: Turn, _ entry: EntryRef) -> StageDecision {
        guard let answer = turn.facts.appealAnswer(entry),
            let appeal = turn.facts.appeals.last(where: { $0.terms.identifier == answer.identifier })
        else {
            var decision = decision(turn, .unplaced)
            decision.add([
                Check(
                    id: "appeal.unplaced", title: "Answer to an appeal that was sent", answer: .unknown,
                    severity: .hold, message: "The answer names no appeal of this visit.",
                    evidenceToChange: ["The appeal that it belongs to"], basis: ["appeal answer"])
            ])
            return decision
        }
        let terms = appeal.terms
        var decision = decision(turn, answer.outcome == .upheld ? .upheld : .overturned)
        // What was asked when the payer said so first is asked once.
        if isRepeated(answer, entry, turn.facts) { return decision }
        decision.withdraw(in: turn.facts) { $0.isWait(forAppealOf: terms.claim) }
        switch answer.outcome {
        case .overturned: decision.awaitRemittance(of: terms.claim, turn)
        case .upheld:
            decision.workItems.append(
                .opened(lost(turn, terms, evidence: answer.reason.map { ["Payer's reason: \($0)"] } ?? [])))
        }
        return decision
    }

    private static func isRepeated(_ answer: AppealAnswer, _ entry: EntryRef, _ facts: CaseFacts) -> Bool {
        let earlier = facts.decisions.compactMap { record -> AppealAnswer? in
            guard case .denials(.appealAnswered(let other)) = record.reason, other != entry else { return nil }
            return facts.appealAnswer(other)
        }.last { $0.identifier == answer.identifier }
        return earlier?.outcome == answer.outcome
    }

    /// A level of appeal is lost: the next is open for so long.
    static func lost(_ turn: Turn, _ terms: AppealTerms, evidence: [String]) -> WorkItem {
        let payer = turn.facts.claim(terms.claim)?.claim.payer?.payerID ?? ""
        let window = turn.engines.policies.appealWindow(payerID: payer, level: terms.level + 1)
        var reason = [
            "The payer upheld \(terms.adjustment.code). The next level is open for \(window) days."
        ]
        if terms.amount > escalationLimit {
            reason.insert("Lost appeal over \(escalationLimit.dollars): a person takes it on.", at: 0)
        }
        return WorkItem(
            .denials(.appealLost(terms.claim, level: terms.level)), reason: reason, evidence: evidence,
            deadline: turn.basis.at.adding(days: window), amount: terms.amount)
    }

    // MARK: No answer

    static func unanswered(_ turn: Turn, _ send: SendID) -> StageDecision {
        guard let appeal = turn.facts.appeals.first(where: { $0.send == send }) else {
            return decision(turn, .unplaced)
        }
        // It was answered after all, or sent again since.
        guard isOpen(appeal, turn.facts) else { return decision(turn, .dealtWith) }
        var decision = decision(turn, .unanswered)
        decision.open(unansweredItem(turn, appeal.terms), in: turn.facts)
        return decision
    }

    static func unansweredItem(_ turn: Turn, _ terms: AppealTerms, deadline: Instant? = nil) -> WorkItem {
        WorkItem(
            .denials(.appealUnanswered(terms.claim, level: terms.level)),
            reason: ["The payer has not answered the appeal: ask it, or send the appeal again."],
            evidence: ["Appeal \(terms.identifier) against \(terms.adjustment.code)"], deadline: deadline,
            amount: terms.amount)
    }

    static func undelivered(_ turn: Turn, _ send: SendID) -> StageDecision {
        guard let appeal = turn.facts.appeals.first(where: { $0.send == send }) else {
            return decision(turn, .unplaced)
        }
        guard isOpen(appeal, turn.facts) else { return decision(turn, .dealtWith) }
        var decision = decision(turn, .undelivered)
        decision.withdraw(in: turn.facts) {
            $0 == .denials(.appealUnanswered(appeal.terms.claim, level: appeal.terms.level))
        }
        decision.open(
            WorkItem(
                .denials(.appealUndelivered(appeal.terms.claim, level: appeal.terms.level)),
                reason: ["The appeal did not reach the payer: send it again, or by other means."],
                evidence: ["Appeal \(appeal.terms.identifier) against \(appeal.terms.adjustment.code)"],
                amount: appeal.terms.amount), in: turn.facts)
        return decision
    }

    /// Whether it is the last sending of an appeal that has no answer.
    private static func isOpen(_ appeal: AppealRecord, _ facts: CaseFacts) -> Bool {
        let same = facts.appeals.filter { $0.terms.identifier == appeal.terms.identifier }
        return same.last?.send == appeal.send && same.allSatisfy { $0.answer == nil }
    }

    /// The appeal of a level that was sent last.
    static func appeal(_ ref: ClaimRef, level: Int, _ facts: CaseFacts) -> AppealTerms? {
        facts.appeals.last { $0.terms.claim == ref && $0.terms.level == level }?.terms
    }
}

extension WorkItemKind {
    /// Whether it waits for a payer's word on an appeal for a claim.
    func isWait(forAppealOf ref: ClaimRef) -> Bool {
        switch self {
        case .denials(.appealUnanswered(let claim, _)), .denials(.appealUndelivered(let claim, _)),
            .denials(.appealLost(let claim, _)), .denials(.peerToPeer(let claim, _)):
            claim == ref
        default: false
        }
    }
}
