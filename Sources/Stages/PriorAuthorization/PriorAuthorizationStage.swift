import Claims
import HealthTypes
import Review

/// Stage 2: does the payer want to be asked first, and what did it say?
public enum PriorAuthorizationStage {
    /// After this the payer counts as not answering.
    static let hoursToAnswer = 24

    public static func decide(
        _ facts: CaseFacts, on trigger: Trigger, _ reason: AuthorizationReason, basis: Basis, generation: Generation
    ) -> Step {
        let turn = Turn(facts: facts, trigger: trigger, basis: basis, generation: generation)
        switch reason {
        case .ordered(let key): return ordered(turn, key)
        case .orderCancelled(let key): return .decided(orderCancelled(turn, key))
        case .answered(let entry): return .decided(read(turn, entry))
        case .overdue(let request): return .decided(overdue(turn, request))
        case .unanswered(let send): return .decided(giveUp(turn, send, .unanswered))
        case .undelivered(let send): return .decided(giveUp(turn, send, .undelivered))
        case .resolved(let item, let resolution): return .decided(resolve(turn, item, resolution))
        }
    }

    // MARK: An order

    private static func ordered(_ turn: Turn, _ key: OrderKey) -> Step {
        let facts = turn.facts
        guard let order = facts.order(key) else {
            let isCancelled = facts.cancelledOrders.contains { $0.number == key.number }
            return .decided(decision(turn, isCancelled ? .orderCancelled : .nothingNew))
        }
        if let settled = facts.settledOrders[key] {
            switch settled {
            case .notRequired: return .decided(decision(turn, .notRequired))
            case .obtained: return .decided(decision(turn, .approved))
            case .notRendered: return .decided(decision(turn, .notRendered))
            }
        }
        // No payer is billed, so none is asked.
        if facts.isSelfPay { return .decided(decision(turn, .notRequired)) }
        guard let coverage = facts.primaryCoverage, facts.patient != nil,
            let day = order.requestedFor ?? facts.serviceDate
        else { return .decided(decision(turn, .notAsked)) }
        let request = facts.requests.last { $0.terms.order == key }
        // The same order comes from the EHR more than once; the same question would get the same answer, or a second
        // authorization.
        if let request, !request.isOrderCancelled, request.terms.asks(order, coverage, day) {
            return .decided(decision(turn, .nothingNew))
        }
        let need = turn.engines.policies.need(
            payerID: coverage.payerID, procedure: order.procedure, units: order.units, on: day)
        if !isCoverageSettled(facts) { return .decided(wait(turn, need)) }
        switch need {
        case .notRequired:
            var decision = decision(turn, .notRequired)
            close(key, turn, &decision)
            return .decided(decision)
        case .unknown: return .decided(needUnknown(turn, order))
        case .required(let requirement): return ask(turn, order, requirement, coverage, day, after: request)
        }
    }

    /// Whether the payer, or a person, has said that the patient is covered, or all ways to learn it were tried.
    private static func isCoverageSettled(_ facts: CaseFacts) -> Bool {
        if facts.isCoverageConfirmed { return true }
        if let verified = facts.verified { return !verified.status.isNotCovered }
        return facts.decisions.contains {
            if case .eligibility(let outcome) = $0.decision.outcome { outcome.settlesCoverage } else { false }
        }
    }

    private static func wait(_ turn: Turn, _ need: PolicyBook.Need) -> StageDecision {
        var decision = decision(turn, .waits)
        if case .required(let requirement) = need { decision.citations = citations(requirement, turn) }
        if need != .notRequired, turn.facts.verified?.status.isNotCovered ?? false {
            decision.add([
                Check(
                    id: "authorization.cover-unsettled", title: "Coverage settled before the payer is asked",
                    answer: .failed, severity: .hold, message: "The payer says that the patient is not covered.",
                    evidenceToChange: ["A 271 that says that the coverage is active"])
            ])
        }
        return decision
    }

    private static func needUnknown(_ turn: Turn, _ order: ServiceOrder) -> StageDecision {
        var decision = decision(turn, .needUnknown)
        decision.add([
            Check(
                id: "authorization.need-unknown", title: "Is authorization required?", answer: .unknown,
                severity: .hold, message: "The payer has no authorization list here.",
                evidenceToChange: ["The payer's authorization list for the service"])
        ])
        decision.open(
            item(
                .needUnknown(OrderKey(order.number)), ["The payer has no authorization list here: ask the payer."],
                evidence: ["Procedure \(order.procedure), \(order.units) units"], turn), in: turn.facts)
        return decision
    }

    private static func ask(
        _ turn: Turn, _ order: ServiceOrder, _ requirement: PolicyBook.Requirement, _ coverage: Coverage,
        _ day: CalendarDate, after earlier: RequestRecord?
    ) -> Step {
        let facts = turn.facts
        let missing = turn.missing(payerID: coverage.payerID, procedures: facts.procedures)
        guard let billing = turn.basis.billing, missing.isEmpty else { return .ask(missing) }
        var decision = decision(turn, .requested)
        decision.citations = citations(requirement, turn)
        decision.add(turn.patternChecks)
        decision.add(
            MedicalNecessity(
                order.procedure, units: order.units, diagnoses: order.diagnoses, patient: facts.patient,
                chart: facts.chart, on: day, engines: turn.engines
            ).checks())
        let key = OrderKey(order.number)
        let terms = AuthorizationTerms(
            identifier: earlier?.terms.identifier ?? "\(facts.number)-\(order.number)",
            version: (earlier?.terms.version ?? 0) + 1, order: key, payerID: coverage.payerID,
            items: [AuthorizationItem(sequence: 1, procedure: order.procedure, units: order.units, from: day)],
            provider: billing ?? order.ordering ?? Provider(npi: "", entity: .organization, name: ""),
            urgent: order.urgent)
        decision.sends = [send(terms, turn)]
        // What was asked of people about the order as it was is asked no more.
        close(key, turn, &decision)
        return .decided(decision)
    }

    private static func citations(_ requirement: PolicyBook.Requirement, _ turn: Turn) -> [PolicyCitation] {
        turn.engines.policies.document(requirement.policy).map { [$0.citation] } ?? []
    }

    // MARK: An order that was withdrawn

    private static func orderCancelled(_ turn: Turn, _ key: OrderKey) -> StageDecision {
        let facts = turn.facts
        guard let request = facts.requests.last(where: { $0.terms.order == key && !$0.isOrderCancelled }) else {
            var decision = decision(turn, .nothingNew)
            close(key, turn, &decision)
            return decision
        }
        var decision = decision(turn, .orderCancelled)
        close(key, turn, &decision)
        let waits = Set(request.sends.map { TimerID.answer($0) })
        decision.timers += facts.timers.filter { waits.contains($0.id) }.map { .cancelled($0.id) }
        switch request.standing {
        // The payer has closed its file.
        case .denied, .cancelled: break
        case nil, .approved, .modified, .partial, .pended, .unknown:
            decision.open(
                item(
                    .orderCancelled(request.ref),
                    ["The order was cancelled after the payer had been asked: cancel the request with the payer."],
                    evidence: ["Request \(request.terms.identifier)"], turn), in: facts)
        }
        return decision
    }

    // MARK: No answer

    /// The payer's time to decide has passed: a person asks it what it waits for.
    private static func overdue(_ turn: Turn, _ ref: RequestRef) -> StageDecision {
        guard let request = turn.facts.request(ref) else { return decision(turn, .unplaced) }
        guard !isMoot(request, turn.facts), request.isUndecided else { return decision(turn, .nothingNew) }
        var decision = decision(turn, .overdue)
        decision.open(
            item(
                .overdue(request.ref), ["The payer's time to decide has passed: ask what it waits for."],
                evidence: ["Request \(request.terms.identifier)"], turn), in: turn.facts)
        return decision
    }

    private static func giveUp(_ turn: Turn, _ send: SendID, _ failure: NoAnswer) -> StageDecision {
        let facts = turn.facts
        guard let request = facts.request(send) else { return decision(turn, .unplaced) }
        // A later version is on its way, or the answer came after all.
        guard !isMoot(request, facts), request.sends.last == send, request.isUnanswered else {
            return decision(turn, .nothingNew)
        }
        let evidence = ["Request \(request.terms.identifier), version \(request.terms.version)"]
        var decision: StageDecision
        switch failure {
        case .unanswered:
            decision = self.decision(turn, .unanswered)
            decision.open(
                item(
                    .unanswered(request.ref), ["The payer did not answer within \(hoursToAnswer) hours: ask it."],
                    evidence: evidence, turn), in: facts)
        case .undelivered:
            decision = self.decision(turn, .undelivered)
            decision.open(
                item(
                    .undelivered(request.ref), ["The request could not be delivered to the payer."],
                    evidence: evidence, turn), in: facts)
        }
        return decision
    }

    private enum NoAnswer { case unanswered, undelivered }

    /// Whether nothing hangs on the payer's word any more.
    private static func isMoot(_ request: RequestRecord, _ facts: CaseFacts) -> Bool {
        request.isOrderCancelled || facts.settledOrders[request.terms.order] != nil
    }

    // MARK: Making a decision

    static func decision(_ turn: Turn, _ outcome: AuthorizationOutcome) -> StageDecision {
        var decision = StageDecision(turn.trigger, .authorization(outcome))
        decision.alsoSettles = turn.sameTriggers
        return decision
    }

    static func item(
        _ work: AuthorizationWork, _ reason: [String], evidence: [String] = [], deadline: Instant? = nil, _ turn: Turn
    ) -> WorkItem {
        let procedure = turn.facts.order(of: work).flatMap { turn.facts.order($0) }?.procedure
        return WorkItem(
            .authorization(work), reason: reason, evidence: evidence, deadline: deadline ?? turn.visitDeadline,
            amount: turn.facts.charges.filter { $0.procedure == procedure }.map(\.amount).total())
    }

    /// A later version goes out after the one before it: the payer could make nothing of an update to what it does not
    /// have, and would take a request that comes late for the latest.
    static func send(_ terms: AuthorizationTerms, _ turn: Turn) -> Send {
        let earlier = turn.facts.requests.last {
            $0.terms.identifier == terms.identifier && $0.terms.payerID == terms.payerID
        }
        return Send(
            .authorization(terms), after: earlier?.sends.last, answerBy: turn.basis.at.adding(hours: hoursToAnswer))
    }

    /// Withdraws what people were asked about an order, and ends the watch over the payer's time to decide.
    static func close(
        _ key: OrderKey, _ turn: Turn, _ decision: inout StageDecision,
        except keeps: (AuthorizationWork) -> Bool = { _ in false }
    ) {
        let facts = turn.facts
        decision.withdraw(in: facts) { kind in
            switch kind {
            case .authorization(let work): facts.order(of: work) == key && !keeps(work)
            case .documentation(let work): facts.request(work.request)?.terms.order == key
            case .eligibility, .submission, .denials: false
            }
        }
        decision.cancelTimers(in: facts) {
            if case .authorizationDue(let ref) = $0 { facts.request(ref)?.terms.order == key } else { false }
        }
    }
}

extension AuthorizationTerms {
    /// Whether it asks for the order as it stands now.
    fileprivate func asks(_ order: ServiceOrder, _ coverage: Coverage, _ day: CalendarDate) -> Bool {
        guard payerID == coverage.payerID, let item = items.first else { return false }
        return item.procedure == order.procedure && item.units == order.units && item.from == day
    }
}

extension RequestRecord {
    /// Whether the version that was sent last has no answer of any kind.
    var isUnanswered: Bool {
        guard let answeredBy, let answeredVersion, let last = sends.last else { return true }
        // A full approval that came since leaves nothing to be said on the latest version.
        return answeredVersion < terms.version && !(standing == .approved && answeredBy.sequence > last.entry)
    }

    /// Whether the payer still has to decide.
    var isUndecided: Bool { isUnanswered || standing == .pended }
}

extension EligibilityAnswer.Status {
    /// Whether the payer says that the patient is not its member on the day.
    var isNotCovered: Bool {
        switch self {
        case .inactive, .notFound: true
        case .active, .unknown: false
        }
    }
}

extension DocumentationWork {
    /// The request that the documents are for.
    var request: RequestRef {
        switch self {
        case .gap(let request, _), .attest(let request): request
        }
    }
}
