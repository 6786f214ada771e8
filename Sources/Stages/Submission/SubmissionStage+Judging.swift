import Claims
import ClinicalKnowledge
import HealthTypes
import Review

extension SubmissionStage {
    /// The claim that is judged, as the case knows it or will.
    enum Subject {
        case standing(ClaimRef)
        case made(replaces: ClaimRef?, displaces: [ClaimRef] = [])

        var ref: ClaimRef? { if case .standing(let ref) = self { ref } else { nil } }
    }

    /// Where the reviewers' opinions come from.
    enum Opinions {
        /// From the reviewers in force: at once, or by way of a send.
        case asked
        case given(ReviewAnswers)
        /// They gave none in time.
        case missing
    }

    /// Judges a claim: sends it, holds it, blocks it, or asks reviewers elsewhere about it.
    static func judge(_ turn: Turn, _ claim: Claim, _ subject: Subject, opinions: Opinions = .asked) -> Step {
        let questions = questions(turn, about: claim)
        guard questions.isEmpty else { return .ask(questions) }
        let found = ClaimFindings(
            claim, ref: subject.ref, displacing: displaced(by: subject, turn.facts), facts: turn.facts,
            basis: turn.basis, engines: turn.engines)
        let reviews: ReviewAnswers
        switch (opinions, turn.generation.reviewers) {
        case (.given(let answers), _): reviews = answers
        case (.missing, .sent(let identity)): reviews = .none(of: identity)
        case (.missing, .immediate): reviews = .none(of: "none")
        case (.asked, .immediate(let panel)): reviews = panel.review(found.request)
        case (.asked, .sent): return .decided(askReviewers(turn, claim, subject, found))
        }
        let gate = Gate.decide(
            checks: found.checks, denials: found.denials, clinicalVerdict: found.clinical.verdict, answers: reviews)
        var decision: StageDecision
        switch gate.verdict {
        case .approve:
            decision = self.decision(turn, .sent)
            send(place(claim, subject, .submitted, turn, &decision), turn, &decision)
        case .pend:
            decision = self.decision(turn, .held)
            let ref = place(claim, subject, .held, turn, &decision)
            hold(.held(ref), claim, found, gate, turn, &decision)
        case .deny:
            decision = self.decision(turn, .blocked)
            let ref = place(claim, subject, .blocked, turn, &decision)
            hold(.blocked(ref), claim, found, gate, turn, &decision)
        }
        decision.add(found.checks + found.denials)
        decision.passed += found.passed
        decision.gate = gate
        decision.reviews = reviews
        decision.citations = found.policies
        return .decided(decision)
    }

    /// All that lies outside the case and bears on the judgement, as far as it is still to be looked up.
    private static func questions(_ turn: Turn, about claim: Claim) -> [Question] {
        let basis = turn.basis
        var questions: [Question] = []
        var procedures: [String] = []
        for line in claim.lines where !procedures.contains(line.procedure) { procedures.append(line.procedure) }
        if basis.usualCharges == nil, !procedures.isEmpty { questions.append(.usualCharges(procedures)) }
        guard let payer = claim.payer else { return questions }
        // An empty id is nobody's: what hangs on it stays unknown.
        if basis.memberToken == nil, !payer.memberID.isEmpty {
            questions.append(.memberToken(memberID: payer.memberID))
        }
        guard !payer.payerID.isEmpty else { return questions }
        let all = turn.facts.procedures
        if basis.denialPatterns == nil, !all.isEmpty {
            questions.append(.denialPatterns(payerID: payer.payerID, procedures: all))
        }
        if basis.memberHistory == nil, !payer.memberID.isEmpty, let from = claim.serviceFrom, let to = claim.serviceTo {
            questions.append(
                .memberHistory(payerID: payer.payerID, memberID: payer.memberID, from: from, to: max(from, to)))
        }
        if basis.authorizationUse == nil, let number = claim.priorAuthorization, !number.isEmpty {
            questions.append(.authorizationUse(payerID: payer.payerID, number: number))
        }
        return questions
    }

    /// Claims that do not count beside the one that is judged: those whose place it takes.
    private static func displaced(by subject: Subject, _ facts: CaseFacts) -> Set<ClaimRef> {
        switch subject {
        case .standing(let ref): facts.claim(ref).map(facts.replaced(by:)) ?? []
        case .made(let replaces, let displaces): facts.chain(to: replaces).union(displaces)
        }
    }

    /// Enters the claim, with the state that the judgement gives it, and gives its place.
    private static func place(
        _ claim: Claim, _ subject: Subject, _ state: ClaimState, _ turn: Turn, _ decision: inout StageDecision
    ) -> ClaimRef {
        let ref: ClaimRef
        switch subject {
        case .standing(let standing): ref = standing
        case .made(let replaces, let displaces):
            ref = ClaimRef(entry: turn.facts.nextEntry.sequence, number: decision.claims.count)
            decision.claims.append(.made(claim, replaces: replaces))
            decision.withdraw(in: turn.facts) { $0 == .submission(.incomplete) }
            displace(displaces, turn, &decision)
        }
        decision.claims.append(.became(ref, state))
        // A question about the claim as it stood before is settled by this judgement.
        decision.withdraw(in: turn.facts) { $0.isHold(of: [ref]) }
        return ref
    }

    private static func askReviewers(
        _ turn: Turn, _ claim: Claim, _ subject: Subject, _ found: ClaimFindings
    ) -> StageDecision {
        var decision = decision(turn, .inReview)
        let ref = place(claim, subject, .inReview, turn, &decision)
        decision.sends = [Send(.review(ref), answerBy: turn.basis.at.adding(hours: hoursToReview))]
        decision.citations = found.policies
        return decision
    }

    /// Sends a claim. Silence has a clock: no 277CA in time is work for a person.
    static func send(_ ref: ClaimRef, _ turn: Turn, _ decision: inout StageDecision) {
        decision.sends.append(Send(.claim(ref)))
        expectAcknowledgement(of: ref, days: daysToAcknowledge, turn, &decision)
    }

    static func expectAcknowledgement(of ref: ClaimRef, days: Int, _ turn: Turn, _ decision: inout StageDecision) {
        decision.cancelTimers(in: turn.facts) { $0 == .acknowledgementDue(ref) }
        decision.timers.append(.set(.acknowledgementDue(ref), due: turn.basis.at.adding(days: days)))
    }

    private static func hold(
        _ work: SubmissionWork, _ claim: Claim, _ found: ClaimFindings, _ gate: GateDecision, _ turn: Turn,
        _ decision: inout StageDecision
    ) {
        let evidence = (found.checks + found.denials).filter(\.stops).flatMap { check in
            ["\(check.id): \(check.title)"] + (check.fix.map { ["  To do: \($0)"] } ?? [])
                + check.basis.map { "  \($0)" }
        }
        decision.workItems.append(
            .opened(
                WorkItem(
                    .submission(work), reason: gate.rationale, evidence: evidence,
                    deadline: claim.serviceFrom.flatMap { from in
                        found.filingDays.flatMap { Instant.endOfDay(from, plus: $0) }
                    }, amount: claim.totalCharge)))
    }
}

extension ReviewAnswers {
    /// No opinion of either reviewer.
    static func none(of reviewer: String) -> ReviewAnswers {
        let none = ReviewAnswer(reviewer: reviewer, bytes: nil)
        return ReviewAnswers(analyst: none, compliance: none)
    }
}

extension Instant {
    /// The last minute of a day so many days later; nil past the year 9999, which no record can keep.
    static func endOfDay(_ day: CalendarDate, plus days: Int) -> Instant? {
        guard (0...36_600).contains(days), day.dayNumber + days <= lastDay else { return nil }
        return Instant(day.adding(days: days), hour: 23, minute: 59)
    }

    private static let lastDay = CalendarDate(year: 9999, month: 12, day: 31)?.dayNumber ?? 0
}
