public import Claims
public import HealthTypes
public import Review

/// What a stage answers: questions about what lies outside the case, or its decision.
public enum Step: Sendable {
    case ask([Question])
    case decided(StageDecision)
}

/// All that follows from one trigger, by reference to what stands already in the case. Stages make it, the pipeline
/// adds the ``Basis`` and commits both as one entry.
public struct StageDecision: Hashable, Sendable {
    /// The trigger that was decided on.
    public var trigger: TriggerID
    /// Others that the decision made moot, such as the second and third charge of one claim.
    public var alsoSettles: [TriggerID] = []
    /// For other stages: an authorization was pended, a coverage settled.
    public var raises: [Reason] = []
    public var outcome: Outcome
    /// Checks that failed or could not be answered.
    public var findings: [Check] = []
    /// Ids of the checks that passed.
    public var passed: [String] = []
    public var gate: GateDecision?
    /// What reviewers said that the gate took into account.
    public var reviews: ReviewAnswers?
    public var citations: [PolicyCitation] = []
    public var claims: [ClaimChange] = []
    public var documents: [SupportingDocument] = []
    public var sends: [Send] = []
    public var timers: [TimerChange] = []
    public var workItems: [WorkItemChange] = []
    public var postings: [Posting] = []
    /// Adjudicated lines, for the denial patterns that stages 1, 2 and 4 are shown.
    public var adjudicated: [AdjudicatedLine] = []
    /// The verdicts on a payer's criteria, each with its evidence.
    public var criteria: [CriterionFinding] = []

    public init(_ trigger: Trigger, _ outcome: Outcome) {
        self.trigger = trigger.id
        self.outcome = outcome
    }

    /// Divides checks into findings and those that passed.
    public mutating func add(_ checks: [Check]) {
        for check in checks {
            if check.answer == .passed { passed.append(check.id) } else { findings.append(check) }
        }
    }
}

/// A change of a claim.
public enum ClaimChange: Hashable, Sendable {
    /// A claim was made here; `replaces` names the claim whose place it takes.
    case made(Claim, replaces: ClaimRef?)
    case became(ClaimRef, ClaimState)
}

/// Where a claim stands.
public enum ClaimState: String, RecordedTag, CaseIterable {
    /// Made here or taken in, and not judged yet.
    case drafted = "drafted"
    case inReview = "in_review"
    case held = "held"
    case blocked = "blocked"
    case submitted = "submitted"
    case accepted = "accepted"
    case rejected = "rejected"
    case settled = "settled"
    case void = "void"
}

/// Something to be sent, with all that its message is made of besides the facts of the case.
public struct Send: Hashable, Sendable {
    public var what: Purpose
    /// What goes before it, to the same receiver: it goes out once the delivery of that has come to its end.
    public var after: SendID?
    /// Until when an answer is expected; nil where none is.
    public var answerBy: Instant?

    public init(_ what: Purpose, after: SendID? = nil, answerBy: Instant? = nil) {
        self.what = what
        self.after = after
        self.answerBy = answerBy
    }
}

public enum Purpose: Hashable, Sendable {
    case inquiry(InquiryTerms)
    case authorization(AuthorizationTerms)
    case claim(ClaimRef)
    case appeal(AppealTerms)
    /// The coverage as the 271 in an entry has it, for the EHR.
    case coverage(EntryRef)
    /// A claim for the reviewers, where they do I/O.
    case review(ClaimRef)
}

/// What a 270 asks besides who is asked about whom, which the facts say.
public struct InquiryTerms: Hashable, Sendable {
    /// TRN02, by which the answer is matched.
    public var trace: String
    public var payerID: String
    public var memberID: String
    public var serviceDate: CalendarDate
    /// EQ01.
    public var serviceTypes: [String]
    /// Who asks.
    public var provider: Provider

    public init(
        trace: String, payerID: String, memberID: String, serviceDate: CalendarDate, serviceTypes: [String],
        provider: Provider
    ) {
        self.trace = trace
        self.payerID = payerID
        self.memberID = memberID
        self.serviceDate = serviceDate
        self.serviceTypes = serviceTypes
        self.provider = provider
    }
}

/// What a request for authorization says besides what the order and the coverage say.
public struct AuthorizationTerms: Hashable, Sendable {
    /// Ours; the payer's answer carries it. The same for every version of a request.
    public var identifier: String
    /// Counts the sendings of one request, from 1.
    public var version: Int
    public var order: OrderKey
    public var payerID: String
    public var items: [AuthorizationItem]
    public var provider: Provider
    public var urgent: Bool
    public var documents: [DocumentRef]

    public init(
        identifier: String, version: Int = 1, order: OrderKey, payerID: String, items: [AuthorizationItem],
        provider: Provider, urgent: Bool, documents: [DocumentRef] = []
    ) {
        self.identifier = identifier
        self.version = version
        self.order = order
        self.payerID = payerID
        self.items = items
        self.provider = provider
        self.urgent = urgent
        self.documents = documents
    }
}

public struct AppealTerms: Hashable, Sendable {
    public var identifier: String
    public var claim: ClaimRef
    /// 1 for the first level.
    public var level: Int
    /// The adjustment that it fights.
    public var adjustment: Adjustment
    public var amount: Money
    public var letter: DocumentRef

    public init(
        identifier: String, claim: ClaimRef, level: Int, adjustment: Adjustment, amount: Money, letter: DocumentRef
    ) {
        self.identifier = identifier
        self.claim = claim
        self.level = level
        self.adjustment = adjustment
        self.amount = amount
        self.letter = letter
    }
}

public enum TimerChange: Hashable, Sendable {
    case set(TimerPurpose, due: Instant)
    case cancelled(TimerID)
}

/// What a timer is for; its firing raises the trigger that belongs to it.
public enum TimerPurpose: Hashable, Sendable {
    case beforeVisit
    case askAgain
    case authorizationDue(RequestRef)
    case acknowledgementDue(ClaimRef)
    /// The payer has said that it pays or decides: its settlement (835) of the claim.
    case remittanceDue(ClaimRef)
}

public enum WorkItemChange: Hashable, Sendable {
    case opened(WorkItem)
    /// Nobody need answer it any more.
    case withdrawn(WorkItemID)
}

/// What one decision did to a claim's money. Sums derive from these alone.
public struct Posting: Hashable, Sendable {
    public var claim: ClaimRef
    public var payerID: String
    /// The charge that the payer adjudicated.
    public var charge: Money
    public var paid: Money
    public var patient: Money
    /// Taken by contract, and other adjustments that are no denial.
    public var contractual: Money
    public var denied: Money
    public var writtenOff: Money
    /// Whether the claim, or the one that it replaces, was settled before.
    public var isFollowUp: Bool

    public init(
        claim: ClaimRef, payerID: String, charge: Money = .zero, paid: Money = .zero, patient: Money = .zero,
        contractual: Money = .zero, denied: Money = .zero, writtenOff: Money = .zero, isFollowUp: Bool = false
    ) {
        self.claim = claim
        self.payerID = payerID
        self.charge = charge
        self.paid = paid
        self.patient = patient
        self.contractual = contractual
        self.denied = denied
        self.writtenOff = writtenOff
        self.isFollowUp = isFollowUp
    }
}

/// One adjudicated line as the denial patterns count it.
public struct AdjudicatedLine: Hashable, Sendable {
    public var payerID: String
    public var procedure: String
    public var modifiers: [String]
    public var denials: [Adjustment]

    public init(payerID: String, procedure: String, modifiers: [String], denials: [Adjustment]) {
        self.payerID = payerID
        self.procedure = procedure
        self.modifiers = modifiers
        self.denials = denials
    }
}
