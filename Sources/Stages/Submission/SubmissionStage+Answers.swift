import Claims
import HealthTypes

/// What a person's answers do.
extension SubmissionStage {
    static func resolved(_ turn: Turn, _ item: WorkItemID, _ resolution: SubmissionResolution) -> Step {
        guard case .submission(let work)? = turn.facts.workItem(item)?.item.kind else { return step(turn, .unplaced) }
        switch resolution {
        case .judgeAgain: return judgeAgain(turn, work)
        case .release: return .decided(release(turn, work))
        case .void: return .decided(void(turn, work))
        case .replace: return replace(turn, work)
        case .billedElsewhere: return .decided(billedElsewhere(turn, work))
        case .followedUp: return .decided(followedUp(turn, work))
        case .sendAgain: return .decided(sendAgain(turn, work))
        }
    }

    // MARK: Judging again

    private static func judgeAgain(_ turn: Turn, _ work: SubmissionWork) -> Step {
        switch work {
        case .held(let ref), .blocked(let ref): return judgeAgain(turn, ref)
        case .incomplete: return bill(turn)
        case .rejected(let ref): return mend(turn, ref)
        case .lateCharges, .unacknowledged, .undelivered: return step(turn, .unplaced)
        }
    }

    /// A claim that was held back is made anew of what is known now.
    private static func judgeAgain(_ turn: Turn, _ ref: ClaimRef) -> Step {
        let facts = turn.facts
        guard let record = facts.claim(ref), record.isHeldBack else { return step(turn, .nothingNew) }
        if facts.isDraftOfCharges(record) { return redraft(turn, record) }
        // A replacement lacks the payer's number until the payer has told it.
        if record.claim.frequency == "7", case .replaces(let earlier) = record.origin,
            let number = facts.claim(earlier).flatMap(facts.payerNumber(of:)),
            number != record.claim.originalReference
        {
            var claim = record.claim
            claim.originalReference = number
            return judge(turn, claim, .made(replaces: earlier, displaces: [ref]))
        }
        return judge(turn, record.claim, .standing(ref))
    }

    private static func redraft(_ turn: Turn, _ record: ClaimRecord) -> Step {
        if turn.facts.isSelfPay {
            var decision = decision(turn, .selfPay)
            displace([record.ref], turn, &decision)
            return .decided(decision)
        }
        guard let billing = turn.basis.billing else { return .ask([.billing]) }
        let number = record.claim.controlNumber
        if ClaimAssembly.assemble(turn.facts, controlNumber: number, billing: billing).claim == record.claim {
            return judge(turn, record.claim, .standing(record.ref))
        }
        return make(turn, Plan(number: .kept(number), replaces: record.ref, displaces: [record.ref]))
    }

    /// A rejected claim was never filed: a new one takes its place, under the next number.
    private static func mend(_ turn: Turn, _ ref: ClaimRef) -> Step {
        let facts = turn.facts
        guard let record = facts.claim(ref), record.state == .rejected, facts.successor(of: ref) == nil else {
            return step(turn, .nothingNew)
        }
        let wanted = NewNumber.first(facts.numbers(after: record))
        if facts.isDraftOfCharges(record) {
            return facts.isSelfPay ? step(turn, .selfPay) : make(turn, Plan(number: wanted, replaces: ref))
        }
        guard let number = turn.number(wanted) else { return .ask(turn.questions(wanted)) }
        return judge(turn, record.claim.renumbered(number), .made(replaces: ref))
    }

    // MARK: Sending as it is, and not at all

    private static func release(_ turn: Turn, _ work: SubmissionWork) -> StageDecision {
        switch work {
        case .held(let ref), .blocked(let ref):
            guard let record = turn.facts.claim(ref), record.isHeldBack else { return decision(turn, .nothingNew) }
            var decision = decision(turn, .sent)
            decision.claims = [.became(ref, .submitted)]
            send(ref, turn, &decision)
            return decision
        case .incomplete, .lateCharges, .rejected, .unacknowledged, .undelivered: return decision(turn, .unplaced)
        }
    }

    private static func void(_ turn: Turn, _ work: SubmissionWork) -> StageDecision {
        switch work {
        case .held(let ref), .blocked(let ref): return void(turn, ref) { $0.isHeldBack }
        case .rejected(let ref): return void(turn, ref) { $0.state == .rejected }
        case .undelivered(let ref): return void(turn, ref) { $0.state == .submitted }
        case .incomplete: return decision(turn, .void)
        case .lateCharges, .unacknowledged: return decision(turn, .unplaced)
        }
    }

    private static func void(_ turn: Turn, _ ref: ClaimRef, where isMeant: (ClaimRecord) -> Bool) -> StageDecision {
        guard let record = turn.facts.claim(ref), isMeant(record) else { return decision(turn, .nothingNew) }
        var decision = decision(turn, .void)
        decision.claims = [.became(ref, .void)]
        decision.withdraw(in: turn.facts) { $0.isHold(of: [ref]) }
        decision.withdraw(in: turn.facts) {
            $0 == .submission(.unacknowledged(ref)) || $0 == .submission(.undelivered(ref))
        }
        decision.cancelTimers(in: turn.facts) { $0 == .acknowledgementDue(ref) }
        return decision
    }

    // MARK: Late charges

    /// A claim of all charges takes the place of the one that the payer has.
    private static func replace(_ turn: Turn, _ work: SubmissionWork) -> Step {
        switch work {
        case .lateCharges: break
        case .held, .blocked, .incomplete, .rejected, .unacknowledged, .undelivered: return step(turn, .unplaced)
        }
        let facts = turn.facts
        if facts.isSelfPay { return step(turn, .selfPay) }
        guard let latest = facts.claimsOfCharges.last, facts.charges.count > latest.claim.lines.count else {
            return step(turn, .nothingNew)
        }
        let unsent = facts.claimsOfCharges.filter(\.state.isUnsent).map(\.ref)
        guard let filed = facts.filedClaimOfCharges else {
            // The payer has none: the number of a claim that never went out is still free.
            let number: NewNumber =
                latest.wasSent ? .first(facts.numbers(after: latest)) : .kept(latest.claim.controlNumber)
            return make(turn, Plan(number: number, replaces: latest.ref, displaces: unsent))
        }
        return make(
            turn,
            Plan(
                number: .first(facts.numbers(after: filed)), frequency: "7",
                originalReference: facts.payerNumber(of: filed), replaces: filed.ref, displaces: unsent))
    }

    private static func billedElsewhere(_ turn: Turn, _ work: SubmissionWork) -> StageDecision {
        switch work {
        case .lateCharges: decision(turn, .noted)
        case .held, .blocked, .incomplete, .rejected, .unacknowledged, .undelivered: decision(turn, .unplaced)
        }
    }

    // MARK: No word from the payer

    private static func followedUp(_ turn: Turn, _ work: SubmissionWork) -> StageDecision {
        switch work {
        case .unacknowledged(let ref):
            guard turn.facts.claim(ref)?.state == .submitted else { return decision(turn, .nothingNew) }
            var decision = decision(turn, .followedUp)
            expectAcknowledgement(of: ref, days: daysAfterFollowUp, turn, &decision)
            return decision
        case .held, .blocked, .incomplete, .lateCharges, .rejected, .undelivered: return decision(turn, .unplaced)
        }
    }

    private static func sendAgain(_ turn: Turn, _ work: SubmissionWork) -> StageDecision {
        switch work {
        case .unacknowledged(let ref), .undelivered(let ref):
            // A second copy of a claim that the payer has taken in would be a duplicate.
            guard turn.facts.claim(ref)?.state == .submitted else { return decision(turn, .nothingNew) }
            var decision = decision(turn, .sent)
            send(ref, turn, &decision)
            return decision
        case .held, .blocked, .incomplete, .lateCharges, .rejected: return decision(turn, .unplaced)
        }
    }

    // MARK: Corrections

    /// A coder approved the edits that a work item of stage 5 proposed.
    static func correct(_ turn: Turn, _ id: WorkItemID) -> Step {
        let facts = turn.facts
        // A claim that is sent again unchanged would only be denied again.
        guard let item = facts.workItem(id)?.item, case .denials(.correction(let ref, let edits)) = item.kind,
            !edits.isEmpty, let record = facts.claim(ref)
        else { return step(turn, .unplaced) }
        guard facts.successor(of: ref) == nil else {
            // What was approved was approved of a claim whose place another has taken since.
            var decision = decision(turn, .nothingNew)
            decision.open(
                WorkItem(
                    .denials(.review(ref)),
                    reason: ["The claim was replaced before its correction was approved: the correction was not sent."],
                    evidence: item.evidence, deadline: item.deadline, amount: item.amount), in: facts)
            return .decided(decision)
        }
        let wanted = NewNumber.first(facts.numbers(after: record))
        guard let number = turn.number(wanted) else { return .ask(turn.questions(wanted)) }
        let claim = ClaimCorrection.corrected(
            record.claim, edits, controlNumber: number, settlement: facts.settlement(of: ref),
            payerNumber: facts.payerNumber(of: record))
        return judge(turn, claim, .made(replaces: ref))
    }
}

extension ClaimRecord {
    /// Whether it waits for a person.
    var isHeldBack: Bool {
        switch state {
        case .held, .blocked: true
        case .drafted, .inReview, .submitted, .accepted, .rejected, .settled, .void: false
        }
    }
}
