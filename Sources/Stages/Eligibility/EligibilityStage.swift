import Claims
import HealthTypes
import Review

/// Stage 1: is the patient covered, by whom, and for what?
///
/// Asks when an appointment is made or moved, 48 hours before the visit, at check-in, before a claim that was made
/// elsewhere goes out, and when a person has corrected the registration.
public enum EligibilityStage {
    /// How often the payer is asked again in one case after it could not answer.
    static let maximumRetries = 3
    /// After this the payer counts as not answering.
    static let hoursToAnswer = 24

    public static func decide(
        _ facts: CaseFacts, on trigger: Trigger, _ reason: EligibilityReason, basis: Basis, generation: Generation
    ) -> Step {
        let turn = Turn(facts: facts, trigger: trigger, basis: basis, generation: generation)
        switch reason {
        case .scheduled, .beforeVisit, .checkedIn, .claimReceived, .askAgain: return ask(turn, reason)
        case .answered(let entry): return .decided(read(turn, entry))
        case .unanswered(let send): return .decided(giveUp(turn, send, .unanswered))
        case .undelivered(let send): return .decided(giveUp(turn, send, .undelivered))
        case .resolved(let item, let resolution): return resolve(turn, reason, item, resolution)
        }
    }

    // MARK: Asking

    private static func ask(_ turn: Turn, _ reason: EligibilityReason) -> Step {
        let facts = turn.facts
        if facts.isSelfPay { return .decided(decision(turn, .selfPay)) }
        guard let coverage = facts.primaryCoverage else {
            return unasked(
                turn, reason, .noCoverage, .noCoverage, "The registration names no payer: ask the patient.",
                check(
                    "no-coverage", "Coverage on file", .unknown, "No payer and member id are on file for the visit."))
        }
        guard turn.engines.policies.payers[coverage.payerID] != nil else {
            return unasked(
                turn, reason, .unknownPayer, .unknownPayer, "Find the payer's id, or add the payer.",
                check("unknown-payer", "Payer known", .unknown, "The payer id on file is in no payer table."))
        }
        guard let day = facts.serviceDate, facts.patient != nil else {
            return unasked(
                turn, reason, .unplaced, .unclear, "The visit has no date or no patient, so no payer can be asked.",
                check("no-day", "Date of service known", .unknown, "The date of service is not known."))
        }
        if isAsked(facts, reason, coverage, day) {
            var decision = decision(turn, .nothingNew)
            decision.timers = visitTimers(turn, reason)
            return .decided(decision)
        }
        let missing = turn.missing(payerID: coverage.payerID, procedures: facts.procedures)
        guard let billing = turn.basis.billing, missing.isEmpty else { return .ask(missing) }
        var decision = decision(turn, .asked)
        decision.add(turn.patternChecks)
        let terms = InquiryTerms(
            trace: "\(facts.number)-\(facts.nextEntry.sequence)", payerID: coverage.payerID,
            memberID: coverage.memberID, serviceDate: day, serviceTypes: serviceTypes(turn),
            provider: provider(facts, billing))
        decision.sends = [Send(.inquiry(terms), answerBy: turn.basis.at.adding(hours: hoursToAnswer))]
        decision.timers = visitTimers(turn, reason)
        // The inquiry at hand takes the place of one that was to be sent again.
        decision.cancelTimers(in: facts) { $0 == .askAgain }
        return .decided(decision)
    }

    /// Nobody can be asked: a person must mend the registration first.
    private static func unasked(
        _ turn: Turn, _ reason: EligibilityReason, _ outcome: EligibilityOutcome, _ work: EligibilityWork,
        _ why: String, _ check: Check
    ) -> Step {
        var decision = decision(turn, outcome)
        decision.add([check])
        decision.open(item(work, [why], turn), in: turn.facts)
        decision.timers = visitTimers(turn, reason)
        return .decided(decision)
    }

    /// Whether the payer was asked the same for the same reason, and has not left it unanswered.
    private static func isAsked(
        _ facts: CaseFacts, _ reason: EligibilityReason, _ coverage: Coverage, _ day: CalendarDate
    ) -> Bool {
        guard let last = facts.inquiries.last, last.asks(coverage, on: day) else { return false }
        switch last.state {
        case .open, .answered: break
        case .unanswered, .undelivered: return false
        }
        switch reason {
        case .claimReceived: return true
        case .scheduled, .beforeVisit, .checkedIn:
            let asked = facts.decisions.filter { $0.reason == .eligibility(reason) }.map(\.entry.sequence)
            return facts.inquiries.contains { $0.asks(coverage, on: day) && asked.contains($0.id.entry) }
        case .askAgain, .answered, .unanswered, .undelivered, .resolved: return false
        }
    }

    /// The second question, 48 hours before the visit: one timer, at the time that the visit has now.
    private static func visitTimers(_ turn: Turn, _ reason: EligibilityReason) -> [TimerChange] {
        guard reason == .scheduled else { return [] }
        let live = turn.facts.timers.filter { $0.purpose == .beforeVisit }
        let due = turn.facts.encounter?.start?.adding(hours: -48)
        if let due, live.map(\.due) == [due] { return [] }
        var changes = live.map { TimerChange.cancelled($0.id) }
        if let due, due > turn.basis.at { changes.append(.set(.beforeVisit, due: due)) }
        return changes
    }

    /// The billing organization asks; where it is not known, who attends.
    private static func provider(_ facts: CaseFacts, _ billing: Provider?) -> Provider {
        facts.latestReceived?.claim.billing ?? billing ?? facts.encounter?.attending
            ?? Provider(npi: "", entity: .organization, name: "")
    }

    /// The plan as a whole, and the kinds of service that were ordered.
    private static func serviceTypes(_ turn: Turn) -> [String] {
        let plan = turn.facts.encounter == nil ? ["30"] : ["30", "98"]
        return plan + turn.engines.policies.serviceTypes(of: turn.facts.orders.map(\.procedure))
    }

    // MARK: No answer

    private static func giveUp(_ turn: Turn, _ send: SendID, _ failure: NoAnswer) -> StageDecision {
        let facts = turn.facts
        guard let index = facts.inquiries.firstIndex(where: { $0.id == send }) else {
            return decision(turn, .unplaced)
        }
        // The answer came after all, or the payer was asked anew: that inquiry has its own time to be answered in.
        let isMoot =
            facts.isSelfPay || facts.inquiries[index...].contains(where: \.isAnswered)
            || facts.inquiries[(index + 1)...].contains(where: \.isOpen)
        if isMoot { return decision(turn, .nothingNew) }
        var decision: StageDecision
        switch failure {
        case .unanswered:
            decision = self.decision(turn, .unanswered)
            decision.add([
                check(
                    "unanswered", "Payer answered", .unknown, "The payer did not answer within \(hoursToAnswer) hours.")
            ])
            decision.open(
                item(.unanswered, ["The payer did not answer: look at its portal, or call it."], turn), in: facts)
        case .undelivered:
            decision = self.decision(turn, .undelivered)
            decision.add([
                check("undelivered", "Inquiry delivered", .unknown, "The inquiry could not be delivered to the payer.")
            ])
            decision.open(
                item(.undelivered, ["The inquiry could not be delivered: verify the coverage another way."], turn),
                in: facts)
        }
        return decision
    }

    private enum NoAnswer { case unanswered, undelivered }

    // MARK: A person's answer

    private static func resolve(
        _ turn: Turn, _ reason: EligibilityReason, _ item: WorkItemID, _ resolution: EligibilityResolution
    ) -> Step {
        guard case .eligibility = turn.facts.workItem(item)?.item.kind else {
            return .decided(decision(turn, .unplaced))
        }
        switch resolution {
        case .corrected: return ask(turn, reason)
        case .confirmed: return .decided(settle(turn, .confirmed))
        case .selfPay:
            var decision = settle(turn, .selfPay)
            decision.cancelTimers(in: turn.facts) { $0 == .beforeVisit }
            voidUnsentClaims(turn.facts, &decision)
            return .decided(decision)
        }
    }

    /// A person has settled the coverage: nothing more is asked about it.
    private static func settle(_ turn: Turn, _ outcome: EligibilityOutcome) -> StageDecision {
        var decision = decision(turn, outcome)
        decision.withdraw(in: turn.facts) { if case .eligibility = $0 { true } else { false } }
        decision.cancelTimers(in: turn.facts) { $0 == .askAgain }
        return decision
    }

    /// The patient pays: what has not gone to a payer does not go.
    private static func voidUnsentClaims(_ facts: CaseFacts, _ decision: inout StageDecision) {
        var voided: Set<ClaimRef> = []
        for claim in facts.claims {
            switch claim.state {
            case .drafted, .inReview, .held, .blocked:
                voided.insert(claim.ref)
                decision.claims.append(.became(claim.ref, .void))
            case .submitted, .accepted, .rejected, .settled, .void: break
            }
        }
        decision.withdraw(in: facts) { kind in
            guard case .submission(let work) = kind else { return false }
            switch work {
            case .incomplete: return true
            case .held(let ref), .blocked(let ref), .lateCharges(let ref), .rejected(let ref),
                .unacknowledged(let ref), .undelivered(let ref):
                return voided.contains(ref)
            }
        }
    }

    // MARK: Making a decision

    /// A decision with what follows from its outcome for orders that waited for the coverage.
    static func decision(_ turn: Turn, _ outcome: EligibilityOutcome) -> StageDecision {
        var decision = StageDecision(turn.trigger, .eligibility(outcome))
        decision.alsoSettles = turn.sameTriggers
        if outcome.settlesCoverage, outcome != .selfPay, !turn.facts.isSelfPay {
            decision.raises = waitingOrders(turn.facts).map { .authorization(.ordered($0)) }
        }
        return decision
    }

    /// Orders that stage 2 laid aside until the coverage is settled.
    private static func waitingOrders(_ facts: CaseFacts) -> [OrderKey] {
        facts.orders.map { OrderKey($0.number) }.filter { key in
            let reason = Reason.authorization(.ordered(key))
            guard !facts.pending.contains(where: { $0.reason == reason }),
                case .authorization(let outcome)? = facts.decisions.last(where: { $0.reason == reason })?.decision
                    .outcome
            else { return false }
            return outcome == .waits || outcome == .notAsked
        }
    }

    static func item(
        _ work: EligibilityWork, _ reason: [String], evidence: [String] = [], _ turn: Turn
    ) -> WorkItem {
        WorkItem(
            .eligibility(work), reason: reason, evidence: evidence, deadline: turn.visitDeadline,
            amount: turn.facts.latestReceived?.claim.totalCharge ?? turn.facts.charges.map(\.amount).total())
    }

    static func check(_ id: String, _ title: String, _ answer: Check.Answer, _ message: String) -> Check {
        Check(
            id: "eligibility.\(id)", title: title, answer: answer, severity: .hold, message: message,
            predicts: predictions[id] ?? [],
            evidenceToChange: ["A 271 that says that the coverage is active on the day"], basis: ["271"])
    }

    private static let predictions: [String: [String]] = [
        "inactive": ["CO-27"], "not-found": ["CO-31"], "other-coverage": ["CO-22"], "member-corrected": ["CO-31"],
    ]
}

extension InquiryRecord {
    var isOpen: Bool { state == .open }

    var isAnswered: Bool { if case .answered = state { true } else { false } }

    /// Whether it asks of this coverage and this day.
    func asks(_ coverage: Coverage, on day: CalendarDate) -> Bool {
        terms.payerID == coverage.payerID && terms.memberID == coverage.memberID && terms.serviceDate == day
    }
}

extension EligibilityOutcome {
    /// Whether stage 2 may go by it: nothing more is on its way.
    var settlesCoverage: Bool {
        switch self {
        case .noCoverage, .unknownPayer, .active, .inactive, .notFound, .unclear, .unanswered, .undelivered,
            .confirmed, .selfPay:
            true
        case .asked, .nothingNew, .retry, .unplaced: false
        }
    }
}
