/// Written tags for lists, counts and addresses. They are the tags of the record and never change.

extension Reason {
    /// The written tag of the case within its stage.
    public var tag: String {
        switch self {
        case .eligibility(let value): value.tag
        case .authorization(let value): value.tag
        case .documentation(let value): value.tag
        case .submission(let value): value.tag
        case .denials(let value): value.tag
        }
    }
}

extension EligibilityReason {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .scheduled: "scheduled"
        case .beforeVisit: "before_visit"
        case .checkedIn: "checked_in"
        case .claimReceived: "claim_received"
        case .askAgain: "ask_again"
        case .answered: "answered"
        case .unanswered: "unanswered"
        case .undelivered: "undelivered"
        case .resolved: "resolved"
        }
    }
}

extension AuthorizationReason {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .ordered: "ordered"
        case .orderCancelled: "order_cancelled"
        case .answered: "answered"
        case .overdue: "overdue"
        case .unanswered: "unanswered"
        case .undelivered: "undelivered"
        case .resolved: "resolved"
        }
    }
}

extension DocumentationReason {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .pended: "pended"
        case .resolved: "resolved"
        }
    }
}

extension SubmissionReason {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .charged: "charged"
        case .received: "received"
        case .reviewed: "reviewed"
        case .unreviewed: "unreviewed"
        case .acknowledged: "acknowledged"
        case .unacknowledged: "unacknowledged"
        case .undelivered: "undelivered"
        case .correct: "correct"
        case .resolved: "resolved"
        }
    }
}

extension DenialsReason {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .remitted: "remitted"
        case .unremitted: "unremitted"
        case .appealAnswered: "appeal_answered"
        case .unanswered: "unanswered"
        case .undelivered: "undelivered"
        case .resolved: "resolved"
        }
    }
}

extension Outcome {
    /// The written tag of the case within its stage.
    public var tag: String {
        switch self {
        case .eligibility(let value): value.rawValue
        case .authorization(let value): value.rawValue
        case .documentation(let value): value.rawValue
        case .submission(let value): value.rawValue
        case .denials(let value): value.rawValue
        }
    }
}

extension WorkItemKind {
    /// The written tag of the case within its stage.
    public var tag: String {
        switch self {
        case .eligibility(let value): value.rawValue
        case .authorization(let value): value.tag
        case .documentation(let value): value.tag
        case .submission(let value): value.tag
        case .denials(let value): value.tag
        }
    }
}

extension AuthorizationWork {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .needUnknown: "need_unknown"
        case .refused: "refused"
        case .overdue: "overdue"
        case .unanswered: "unanswered"
        case .undelivered: "undelivered"
        case .peerToPeer: "peer_to_peer"
        case .orderCancelled: "order_cancelled"
        }
    }
}

extension DocumentationWork {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .gap: "gap"
        case .attest: "attest"
        }
    }
}

extension SubmissionWork {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .held: "held"
        case .blocked: "blocked"
        case .incomplete: "incomplete"
        case .lateCharges: "late_charges"
        case .rejected: "rejected"
        case .unacknowledged: "unacknowledged"
        case .undelivered: "undelivered"
        }
    }
}

extension DenialsWork {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .correction: "correction"
        case .appeal: "appeal"
        case .review: "review"
        case .writeOff: "write_off"
        case .appealLost: "appeal_lost"
        case .peerToPeer: "peer_to_peer"
        case .notPosted: "not_posted"
        case .takenBack: "taken_back"
        case .unremitted: "unremitted"
        case .appealUnanswered: "appeal_unanswered"
        case .appealUndelivered: "appeal_undelivered"
        }
    }
}

extension Resolution {
    /// The written tag of the case within its stage.
    public var tag: String {
        switch self {
        case .eligibility(let value): value.rawValue
        case .authorization(let value): value.tag
        case .documentation(let value): value.rawValue
        case .submission(let value): value.rawValue
        case .denials(let value): value.rawValue
        }
    }
}

extension AuthorizationResolution {
    /// The written tag of the case.
    public var tag: String {
        switch self {
        case .notRequired: "not_required"
        case .obtained: "obtained"
        case .notRendered: "not_rendered"
        case .peerToPeer: "peer_to_peer"
        case .stillRefused: "still_refused"
        case .followedUp: "followed_up"
        case .sendAgain: "send_again"
        case .payerTold: "payer_told"
        }
    }
}
