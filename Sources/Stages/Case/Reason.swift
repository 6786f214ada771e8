public import HealthTypes

/// Why a stage must decide: raised by an entry of the journal, written into that entry, and settled by one decision.
public struct Trigger: Hashable, Sendable {
    public var id: TriggerID
    public var reason: Reason

    public init(id: TriggerID, reason: Reason) {
        self.id = id
        self.reason = reason
    }
}

/// What happened, as the stage that has to deal with it sees it.
public enum Reason: Hashable, Sendable {
    case eligibility(EligibilityReason)
    case authorization(AuthorizationReason)
    case documentation(DocumentationReason)
    case submission(SubmissionReason)
    case denials(DenialsReason)

    public var stage: Stage {
        switch self {
        case .eligibility: .eligibility
        case .authorization: .priorAuthorization
        case .documentation: .documentation
        case .submission: .submission
        case .denials: .denials
        }
    }
}

public enum EligibilityReason: Hashable, Sendable {
    /// An appointment was made or moved.
    case scheduled
    /// 48 hours before the visit.
    case beforeVisit
    case checkedIn
    /// A claim came that was made elsewhere.
    case claimReceived
    /// The payer could not answer and the time to ask again has come.
    case askAgain
    /// A 271, which the entry holds.
    case answered(EntryRef)
    /// The time for an answer has passed.
    case unanswered(SendID)
    /// The receiver will not take the inquiry.
    case undelivered(SendID)
    case resolved(WorkItemID, EligibilityResolution)
}

public enum AuthorizationReason: Hashable, Sendable {
    /// A service was ordered, its order changed, or what it waited for came.
    case ordered(OrderKey)
    case orderCancelled(OrderKey)
    /// The payer's word, which the entry holds.
    case answered(EntryRef)
    /// The payer's time to decide on a pended request has passed.
    case overdue(RequestRef)
    /// No answer of any kind came.
    case unanswered(SendID)
    case undelivered(SendID)
    case resolved(WorkItemID, AuthorizationResolution)
}

public enum DocumentationReason: Hashable, Sendable {
    /// The payer pended a request; the entry holds its answer.
    case pended(EntryRef)
    case resolved(WorkItemID, DocumentationResolution)
}

public enum SubmissionReason: Hashable, Sendable {
    /// A department posted charges.
    case charged
    /// A claim that was made elsewhere.
    case received(ClaimRef)
    /// The reviewers have answered about a claim; the entry holds what they said.
    case reviewed(ClaimRef, EntryRef)
    /// They have not answered in time, or cannot be reached.
    case unreviewed(ClaimRef)
    /// A 999 or 277CA, which the entry holds.
    case acknowledged(EntryRef)
    /// No 277CA came in time.
    case unacknowledged(ClaimRef)
    case undelivered(SendID)
    /// A coder approved the correction that a work item proposed.
    case correct(WorkItemID)
    case resolved(WorkItemID, SubmissionResolution)
}

public enum DenialsReason: Hashable, Sendable {
    /// A payer's settlement, which the entry holds.
    case remitted(EntryRef)
    /// No settlement of a claim came in time, where the payer had said that one would.
    case unremitted(ClaimRef)
    case appealAnswered(EntryRef)
    case unanswered(SendID)
    case undelivered(SendID)
    case resolved(WorkItemID, DenialsResolution)
}
