public import Claims
public import HealthTypes

/// Everything known of a case: its journal, folded. A value: what a decision was made on stays as it was.
public struct CaseFacts: Sendable {
    public let number: CaseNumber
    /// How many entries are folded in.
    public private(set) var sequence = 0

    public private(set) var encounter: Encounter?
    public private(set) var isScheduled = false
    public private(set) var isCheckedIn = false
    public private(set) var coverages: [Coverage] = []
    public private(set) var orders: [ServiceOrder] = []
    public private(set) var cancelledOrders: [ServiceOrder] = []
    public private(set) var chart: [ChartItem] = []
    public private(set) var charges: [Charge] = []

    public internal(set) var claims: [ClaimRecord] = []
    public internal(set) var inquiries: [InquiryRecord] = []
    public internal(set) var requests: [RequestRecord] = []
    public internal(set) var appeals: [AppealRecord] = []
    public internal(set) var remittances: [RemittanceRecord] = []
    public internal(set) var workItems: [WorkItemRecord] = []
    public internal(set) var documents: [DocumentRef: SupportingDocument] = [:]
    public internal(set) var postings: [Posting] = []
    /// Timers that have been neither fired nor cancelled, and whose purpose still stands.
    public internal(set) var timers: [TimerRecord] = []
    public internal(set) var decisions: [DecisionRecord] = []
    /// Triggers that were raised and not settled, in order.
    public internal(set) var pending: [Trigger] = []
    /// What the payer last said of the coverage.
    public internal(set) var verified: VerifiedCoverage?
    /// A person has settled what the payer's answer left open.
    public internal(set) var isCoverageConfirmed = false
    public internal(set) var isSelfPay = false
    /// What a person settled of an order that the payer's list does not know, or obtained by telephone.
    public internal(set) var settledOrders: [OrderKey: SettledOrder] = [:]
    /// Decisions since the last entry that came from outside.
    public private(set) var decisionsInARow = 0

    var sends: [SendID: Send] = [:]
    var answers: [EntryRef: CaseEvent] = [:]
    private var chartReferences: Set<String> = []
    private var chargeNumbers: Set<String> = []

    public init(number: CaseNumber) {
        self.number = number
    }

    /// The place that the next entry will have.
    public var nextEntry: EntryRef { EntryRef(sequence + 1) }

    /// Folds the next entry in. Entries come in order.
    public mutating func apply(_ entry: CaseEntry, at time: Instant) {
        sequence += 1
        let place = EntryRef(sequence)
        decisionsInARow = entry.event.isFromOutside ? 0 : decisionsInARow
        switch entry.event {
        case .scheduled(let encounter):
            merge(encounter)
            isScheduled = true
        case .checkedIn(let encounter):
            merge(encounter)
            isCheckedIn = true
        case .visitUpdated(let encounter): merge(encounter)
        case .covered(let coverages): if !coverages.isEmpty { self.coverages = coverages }
        case .ordered(let order): add(order)
        case .orderCancelled(let key):
            cancelledOrders += orders.filter { $0.number == key.number }
            orders.removeAll { $0.number == key.number }
            settledOrders[key] = nil
        case .charted(let items):
            for item in items where chartReferences.insert(item.reference).inserted { chart.append(item) }
        case .charged(let posted):
            for charge in posted where chargeNumbers.insert(charge.number).inserted { charges.append(charge) }
        case .decided(let decision, let basis):
            decisionsInARow += 1
            apply(decision, basis: basis, at: place)
        default: applyAnswer(entry.event, at: place, time)
        }
        for (number, reason) in entry.raises.enumerated() {
            pending.append(Trigger(id: TriggerID(entry: sequence, number: number), reason: reason))
        }
    }

    private mutating func add(_ order: ServiceOrder) {
        // The same order comes from the EHR twice, as ORM and as ServiceRequest; the later is the fuller.
        if let known = orders.firstIndex(where: { $0.number == order.number }) {
            // What a person settled of an order does not hold for another service, or for more of it.
            if orders[known].procedure != order.procedure || orders[known].units != order.units {
                settledOrders[OrderKey(order.number)] = nil
            }
            orders[known] = order
        } else {
            orders.append(order)
        }
    }

    private mutating func merge(_ update: Encounter) {
        guard var known = encounter else {
            encounter = update
            return
        }
        known.recordNumber = update.recordNumber ?? known.recordNumber
        if !update.patient.family.isEmpty { known.patient = update.patient }
        known.start = update.start ?? known.start
        known.checkedIn = update.checkedIn ?? known.checkedIn
        known.attending = update.attending ?? known.attending
        known.reason = update.reason ?? known.reason
        known.placeOfService = update.placeOfService
        encounter = known
    }
}

// MARK: What has become of what

/// A claim of the case, as billed, and where it stands.
public struct ClaimRecord: Hashable, Sendable {
    public enum Origin: Hashable, Sendable {
        /// Made of the visit's charges.
        case charges
        case received
        /// Takes the place of another.
        case replaces(ClaimRef)
    }

    public var ref: ClaimRef
    public var claim: Claim
    public var origin: Origin
    public var state: ClaimState
    /// What was said of it, in order.
    public var acknowledgements: [ClaimAcknowledgement] = []
    /// How it was sent the last time.
    public var send: SendID?

    /// Whether it ever went out.
    public var wasSent: Bool { send != nil }
}

/// A 270 and what became of it.
public struct InquiryRecord: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case open
        case answered(EntryRef)
        case unanswered
        case undelivered
    }

    public var id: SendID
    public var terms: InquiryTerms
    public var askedAt: Instant
    public var state: State
}

/// A request for authorization over all its versions.
public struct RequestRecord: Hashable, Sendable {
    public var ref: RequestRef
    /// As last sent.
    public var terms: AuthorizationTerms
    public var sends: [SendID]
    public var urgent: Bool { terms.urgent }
    /// The latest answer that counts for what is asked now, the entry that holds it, and the version that it answers.
    public var answer: AuthorizationAnswer?
    public var answeredBy: EntryRef?
    public var answeredVersion: Int?
    public var isOrderCancelled = false

    public var standing: AuthorizationAnswer.Standing? { answer?.standing }
}

public struct AppealRecord: Hashable, Sendable {
    public var send: SendID
    public var terms: AppealTerms
    public var answer: AppealAnswer?
}

public struct RemittanceRecord: Hashable, Sendable {
    public var entry: EntryRef
    public var remittance: ClaimRemittance
    /// The claim of the case that it settles; nil where it names none of them.
    public var claim: ClaimRef?
    /// Whether a decision posted it.
    public var isPosted = false
}

public struct WorkItemRecord: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case open
        case withdrawn
        case answered(PersonsAnswer, at: Instant)
    }

    public var id: WorkItemID
    public var item: WorkItem
    public var openedAt: Instant
    public var state: State

    public var isOpen: Bool { state == .open }
}

public struct TimerRecord: Hashable, Sendable {
    public var id: TimerID
    /// Nil for the time until which something must be answered.
    public var purpose: TimerPurpose?
    public var due: Instant
}

public struct DecisionRecord: Hashable, Sendable {
    public var entry: EntryRef
    public var reason: Reason
    public var decision: StageDecision
    public var at: Instant
}

/// What the payer said of the coverage, and of which day.
public struct VerifiedCoverage: Hashable, Sendable {
    public var answer: EligibilityAnswer
    public var status: EligibilityAnswer.Status
    public var day: CalendarDate
    public var at: Instant
}

/// An order that a person has settled.
public enum SettledOrder: Hashable, Sendable {
    case notRequired
    case obtained(number: String)
    case notRendered
}

/// What a payer has granted for one procedure.
public struct StandingAuthorization: Hashable, Sendable {
    public var number: String?
    public var standing: AuthorizationAnswer.Standing
    public var units: Int?
    public var from: CalendarDate?
    public var to: CalendarDate?

    /// Whether the payer has granted it, wholly or in part.
    public var isGranted: Bool {
        switch standing {
        case .approved, .modified, .partial: true
        case .pended, .denied, .cancelled, .unknown: false
        }
    }
}
