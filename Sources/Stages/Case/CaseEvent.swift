public import Claims
public import HealthTypes
public import Review

/// One thing that happened in a case. The journal of a case is a list of these, and nothing else is true of it.
public enum CaseEvent: Hashable, Sendable {
    /// An appointment was made or changed (SIU).
    case scheduled(Encounter)
    /// The patient is here (ADT A01, A04).
    case checkedIn(Encounter)
    /// What is known of the visit changed (any other ADT).
    case visitUpdated(Encounter)
    /// The coverage on file (IN1, FHIR Coverage); replaces what was on file.
    case covered([Coverage])
    case ordered(ServiceOrder)
    /// The placer withdrew an order.
    case orderCancelled(OrderKey)
    case charted([ChartItem])
    /// A department posted charges (DFT).
    case charged([Charge])
    /// A claim that was made elsewhere (837, JSON).
    case claimReceived(Claim)
    case eligibilityAnswered(EligibilityAnswer)
    case authorizationAnswered(AuthorizationAnswer)
    case acknowledged(ClaimAcknowledgement)
    case remitted(ClaimRemittance)
    case appealAnswered(AppealAnswer)
    /// What reviewers elsewhere said of a claim.
    case reviewed(ClaimRef, ReviewAnswers)
    case timerFired(TimerID)
    case resolved(PersonsAnswer)
    /// A receiver will not take what was sent, or could not be reached for so long that a person must look.
    case undelivered(SendID, DeliveryFailure)
    case decided(StageDecision, Basis)
}

/// A person's answer to a work item.
public struct PersonsAnswer: Hashable, Sendable {
    public var item: WorkItemID
    public var resolution: Resolution
    /// Why, in the person's words. Required: a later reader has nothing else.
    public var reason: String
    /// Who answered.
    public var by: String

    public init(item: WorkItemID, resolution: Resolution, reason: String, by: String) {
        self.item = item
        self.resolution = resolution
        self.reason = reason
        self.by = by
    }
}

/// Why a delivery came to its end without success.
public enum DeliveryFailure: String, RecordedTag, CaseIterable {
    /// The receiver says that it will never take it.
    case refused = "refused"
    /// The address, the credentials or the agreement are wrong: nothing will get through until a person mends it.
    case misconfigured = "misconfigured"
    /// No attempt got through for as long as is stated.
    case unreachable = "unreachable"
    /// No message can be made of it.
    case unformable = "unformable"
}

/// An event as it stands in the journal, with the triggers that it raised when it was written.
public struct CaseEntry: Hashable, Sendable {
    public var event: CaseEvent
    /// The message that brought it; nil where no message did.
    public var message: Int?
    public var raises: [Reason]

    public init(_ event: CaseEvent, message: Int? = nil, raises: [Reason]) {
        self.event = event
        self.message = message
        self.raises = raises
    }
}

extension CaseEvent {
    /// The kind of an entry, as it stands beside its body in the journal.
    public enum Kind: String, Sendable, CaseIterable {
        case scheduled = "scheduled"
        case checkedIn = "checked_in"
        case visitUpdated = "visit_updated"
        case covered = "covered"
        case ordered = "ordered"
        case orderCancelled = "order_cancelled"
        case charted = "charted"
        case charged = "charged"
        case claimReceived = "claim_received"
        case eligibilityAnswered = "eligibility_answered"
        case authorizationAnswered = "authorization_answered"
        case acknowledged = "acknowledged"
        case remitted = "remitted"
        case appealAnswered = "appeal_answered"
        case reviewed = "reviewed"
        case timerFired = "timer_fired"
        case resolved = "resolved"
        case undelivered = "undelivered"
        case decided = "decided"
    }

    public var kind: Kind {
        switch self {
        case .scheduled: .scheduled
        case .checkedIn: .checkedIn
        case .visitUpdated: .visitUpdated
        case .covered: .covered
        case .ordered: .ordered
        case .orderCancelled: .orderCancelled
        case .charted: .charted
        case .charged: .charged
        case .claimReceived: .claimReceived
        case .eligibilityAnswered: .eligibilityAnswered
        case .authorizationAnswered: .authorizationAnswered
        case .acknowledged: .acknowledged
        case .remitted: .remitted
        case .appealAnswered: .appealAnswered
        case .reviewed: .reviewed
        case .timerFired: .timerFired
        case .resolved: .resolved
        case .undelivered: .undelivered
        case .decided: .decided
        }
    }

    /// Whether it came from outside of the program: what the guard against circles counts from.
    public var isFromOutside: Bool {
        switch self {
        case .decided, .timerFired: false
        default: true
        }
    }
}

extension CaseFacts {
    /// The triggers that an event raises in the case as it stands. They are written into the entry: what a later program
    /// would raise for the same kind of event changes nothing of what is in the journal.
    public func raises(_ event: CaseEvent, at entry: EntryRef) -> [Reason] {
        switch event {
        case .scheduled: [.eligibility(.scheduled)]
        case .checkedIn: [.eligibility(.checkedIn)]
        case .visitUpdated, .covered, .charted: []
        case .ordered(let order): [.authorization(.ordered(OrderKey(order.number)))]
        case .orderCancelled(let key): [.authorization(.orderCancelled(key))]
        case .charged: [.submission(.charged)]
        case .claimReceived:
            [.eligibility(.claimReceived), .submission(.received(ClaimRef(entry: entry.sequence, number: 0)))]
        case .eligibilityAnswered: [.eligibility(.answered(entry))]
        case .authorizationAnswered: [.authorization(.answered(entry))]
        case .acknowledged: [.submission(.acknowledged(entry))]
        case .remitted: [.denials(.remitted(entry))]
        case .appealAnswered: [.denials(.appealAnswered(entry))]
        case .reviewed(let claim, _): [.submission(.reviewed(claim, entry))]
        case .timerFired(let id): fired(id)
        case .resolved(let answer): [answer.resolution.reason(for: answer.item)]
        case .undelivered(let send, _): undelivered(send)
        case .decided(let decision, _): decision.raises
        }
    }

    private func fired(_ id: TimerID) -> [Reason] {
        switch id {
        case .set:
            switch timers.first(where: { $0.id == id })?.purpose {
            case .beforeVisit: [.eligibility(.beforeVisit)]
            case .askAgain: [.eligibility(.askAgain)]
            case .authorizationDue(let request): [.authorization(.overdue(request))]
            case .acknowledgementDue(let claim): [.submission(.unacknowledged(claim))]
            case .remittanceDue(let claim): [.denials(.unremitted(claim))]
            case nil: []
            }
        case .answer(let send):
            switch self.send(send)?.what {
            case .inquiry: [.eligibility(.unanswered(send))]
            case .authorization: [.authorization(.unanswered(send))]
            case .appeal: [.denials(.unanswered(send))]
            case .review(let claim): [.submission(.unreviewed(claim))]
            case .claim, .coverage, nil: []
            }
        }
    }

    private func undelivered(_ send: SendID) -> [Reason] {
        switch self.send(send)?.what {
        case .inquiry: [.eligibility(.undelivered(send))]
        case .authorization: [.authorization(.undelivered(send))]
        case .claim: [.submission(.undelivered(send))]
        case .appeal: [.denials(.undelivered(send))]
        case .review(let claim): [.submission(.unreviewed(claim))]
        // A coverage that the EHR does not take holds nothing up; the delivery itself is shown as failed.
        case .coverage, nil: []
        }
    }
}

extension Resolution {
    /// The trigger that the answer raises in the stage that asked.
    func reason(for item: WorkItemID) -> Reason {
        switch self {
        case .eligibility(let answer): .eligibility(.resolved(item, answer))
        case .authorization(let answer): .authorization(.resolved(item, answer))
        case .documentation(let answer): .documentation(.resolved(item, answer))
        case .submission(let answer): .submission(.resolved(item, answer))
        case .denials(let answer): .denials(.resolved(item, answer))
        }
    }
}
