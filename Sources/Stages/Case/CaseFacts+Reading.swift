public import Claims
public import HealthTypes
public import Review

extension CaseFacts {
    public var primaryCoverage: Coverage? { coverages.first ?? latestReceived?.claim.payer }

    public var latestReceived: ClaimRecord? { claims.last { $0.origin == .received } }

    /// When the service was or will be rendered.
    public var serviceDate: CalendarDate? { encounter?.serviceDate ?? latestReceived?.claim.serviceFrom }

    public var patient: Person? { encounter?.patient ?? latestReceived?.claim.patient }

    public func claim(_ ref: ClaimRef) -> ClaimRecord? { claims.first { $0.ref == ref } }

    /// The latest claim with a control number.
    public func claim(controlNumber: String) -> ClaimRecord? { claims.last { $0.claim.controlNumber == controlNumber } }

    /// The latest claim made of the visit's charges, replacements included.
    public var chargesClaim: ClaimRecord? { claims.last { $0.origin != .received } }

    public func request(_ ref: RequestRef) -> RequestRecord? {
        requests.first { $0.ref == ref || $0.sends.contains(ref) }
    }

    public func order(_ key: OrderKey) -> ServiceOrder? { orders.first { $0.number == key.number } }

    public func workItem(_ id: WorkItemID) -> WorkItemRecord? { workItems.first { $0.id == id } }

    public func send(_ id: SendID) -> Send? { sends[id] }

    public func document(_ ref: DocumentRef) -> SupportingDocument? { documents[ref] }

    public func eligibilityAnswer(_ entry: EntryRef) -> EligibilityAnswer? {
        if case .eligibilityAnswered(let answer) = answers[entry] { answer } else { nil }
    }

    public func authorizationAnswer(_ entry: EntryRef) -> AuthorizationAnswer? {
        if case .authorizationAnswered(let answer) = answers[entry] { answer } else { nil }
    }

    public func acknowledgement(_ entry: EntryRef) -> ClaimAcknowledgement? {
        if case .acknowledged(let acknowledgement) = answers[entry] { acknowledgement } else { nil }
    }

    public func appealAnswer(_ entry: EntryRef) -> AppealAnswer? {
        if case .appealAnswered(let answer) = answers[entry] { answer } else { nil }
    }

    public func reviewAnswers(_ entry: EntryRef) -> ReviewAnswers? {
        if case .reviewed(_, let answers) = answers[entry] { answers } else { nil }
    }

    public func remittance(_ entry: EntryRef) -> RemittanceRecord? { remittances.first { $0.entry == entry } }

    /// Decisions of a stage, in order.
    public func decisions(of stage: Stage) -> [DecisionRecord] {
        decisions.filter { $0.decision.outcome.stage == stage }
    }

    /// Open work items of which `matches` holds.
    public func openItems(_ matches: (WorkItemKind) -> Bool) -> [WorkItemID] {
        workItems.filter { $0.isOpen && matches($0.item.kind) }.map(\.id)
    }

    /// The order that a work item of authorization is about.
    public func order(of work: AuthorizationWork) -> OrderKey? {
        switch work {
        case .needUnknown(let key): key
        case .refused(let ref), .overdue(let ref), .unanswered(let ref), .undelivered(let ref), .peerToPeer(let ref),
            .orderCancelled(let ref):
            request(ref)?.terms.order
        }
    }

    // MARK: Authorization

    /// What the payer has granted, or a person has obtained, for a procedure; the latest first.
    public func authorization(for procedure: String) -> StandingAuthorization? {
        for order in orders where order.procedure == procedure {
            if case .obtained(let number) = settledOrders[OrderKey(order.number)] {
                return StandingAuthorization(number: number, standing: .approved, units: order.units)
            }
        }
        for request in requests.reversed() {
            guard let answer = request.answer else { continue }
            for item in request.terms.items where item.procedure == procedure {
                let verdict = answer.items.first { $0.sequence == item.sequence }
                return StandingAuthorization(
                    number: answer.authorizationNumber, standing: answer.standing,
                    units: verdict?.approvedUnits ?? (answer.standing == .approved ? item.units : nil),
                    from: verdict?.from ?? item.from, to: verdict?.to ?? item.to)
            }
        }
        return nil
    }

    /// Whether a person found that a procedure needs no authorization.
    public func isAuthorizationWaived(for procedure: String) -> Bool {
        orders.contains { $0.procedure == procedure && settledOrders[OrderKey($0.number)] == .notRequired }
    }

    // MARK: What is waited for

    /// Whether an inquiry is on its way whose answer has not come and has not been given up, or the payer is to be asked
    /// again. Each such wait has a timer.
    public var awaitsEligibility: Bool {
        inquiries.contains { $0.state == .open } || timers.contains { $0.purpose == .askAgain }
    }

    /// The first trigger whose guard is open; nil where the case waits for the world. Guards read facts and no clock.
    public func next() -> Trigger? { pending.first { isOpen($0.reason) } }

    private func isOpen(_ reason: Reason) -> Bool {
        switch reason {
        case .authorization(.ordered), .submission(.charged), .submission(.received):
            // The coverage comes first: asking it is raised or on its way, or an answer has come that is still to be read.
            !awaitsEligibility && !pending.contains { $0.reason.stage == .eligibility }
        default: true
        }
    }

    /// When the case must be looked at next: at once, at its earliest timer, or when something comes.
    public func due(now: Instant) -> Instant? { next() != nil ? now : timers.map(\.due).min() }

    /// Timers whose time has come, the earliest first.
    public func timersDue(at now: Instant) -> [TimerID] {
        timers.filter { $0.due <= now }.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.map(\.id)
    }
}

extension Reason {
    /// Whether settling it may send an inquiry.
    var asksEligibility: Bool {
        switch self {
        case .eligibility(.scheduled), .eligibility(.beforeVisit), .eligibility(.checkedIn),
            .eligibility(.claimReceived), .eligibility(.askAgain):
            true
        default: false
        }
    }
}
