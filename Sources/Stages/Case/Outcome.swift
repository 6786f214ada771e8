public import HealthTypes

/// What a stage decided, in one word of its own.
public enum Outcome: Hashable, Sendable {
    case eligibility(EligibilityOutcome)
    case authorization(AuthorizationOutcome)
    case documentation(DocumentationOutcome)
    case submission(SubmissionOutcome)
    case denials(DenialsOutcome)

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

public enum EligibilityOutcome: String, RecordedTag, CaseIterable {
    case asked = "asked"
    /// What was asked before holds for this too.
    case nothingNew = "nothing_new"
    case noCoverage = "no_coverage"
    case unknownPayer = "unknown_payer"
    case active = "active"
    case inactive = "inactive"
    case notFound = "not_found"
    case unclear = "unclear"
    /// The payer cannot answer now and is asked again.
    case retry = "retry"
    case unanswered = "unanswered"
    case undelivered = "undelivered"
    case confirmed = "confirmed"
    case selfPay = "self_pay"
    /// The answer belongs to nothing that was asked, or to a visit whose day is not known.
    case unplaced = "unplaced"
}

public enum AuthorizationOutcome: String, RecordedTag, CaseIterable {
    case notRequired = "not_required"
    case needUnknown = "need_unknown"
    case requested = "requested"
    /// Required; the coverage must be settled first.
    case waits = "waits"
    /// The order lacks a patient, a coverage or a day.
    case notAsked = "not_asked"
    /// The order stands as it stood when the payer was asked.
    case nothingNew = "nothing_new"
    case approved = "approved"
    case modified = "modified"
    case partial = "partial"
    case pended = "pended"
    case denied = "denied"
    case cancelled = "cancelled"
    case unclear = "unclear"
    case overdue = "overdue"
    case unanswered = "unanswered"
    case undelivered = "undelivered"
    case notRendered = "not_rendered"
    case followedUp = "followed_up"
    case orderCancelled = "order_cancelled"
    case unplaced = "unplaced"
}

public enum DocumentationOutcome: String, RecordedTag, CaseIterable {
    /// The payer reviews without asking for documents.
    case waits = "waits"
    /// The letter waits for a physician's attestation.
    case drafted = "drafted"
    case gaps = "gaps"
    case sent = "sent"
    case declined = "declined"
    case unplaced = "unplaced"
}

public enum SubmissionOutcome: String, RecordedTag, CaseIterable {
    case sent = "sent"
    case held = "held"
    case blocked = "blocked"
    case incomplete = "incomplete"
    /// Reviewers are asked about the claim.
    case inReview = "in_review"
    case lateCharges = "late_charges"
    case nothingNew = "nothing_new"
    case selfPay = "self_pay"
    case received = "received"
    case accepted = "accepted"
    case rejected = "rejected"
    case noted = "noted"
    case unacknowledged = "unacknowledged"
    case undelivered = "undelivered"
    case void = "void"
    case followedUp = "followed_up"
    case unplaced = "unplaced"
}

public enum DenialsOutcome: String, RecordedTag, CaseIterable {
    case paid = "paid"
    case denied = "denied"
    case reversed = "reversed"
    /// It was posted before.
    case duplicate = "duplicate"
    case notPosted = "not_posted"
    /// No settlement came in time.
    case unremitted = "unremitted"
    case overturned = "overturned"
    case upheld = "upheld"
    case appealed = "appealed"
    case correctionApproved = "correction_approved"
    case writtenOff = "written_off"
    case escalated = "escalated"
    case dealtWith = "dealt_with"
    case followedUp = "followed_up"
    case reviewed = "reviewed"
    case unanswered = "unanswered"
    case undelivered = "undelivered"
    case unplaced = "unplaced"
}
