public import HealthTypes

/// Where a case stands, for lists: what has become of it, and not what was last looked at.
public enum CaseStatus: String, RecordedTag, CaseIterable {
    case opened = "opened"
    case scheduled = "scheduled"
    case checkedIn = "checked_in"
    case selfPay = "self_pay"
    /// Charges are there and no claim could be made yet.
    case incomplete = "incomplete"
    case inReview = "in_review"
    case onHold = "on_hold"
    case blocked = "blocked"
    case submitted = "submitted"
    case accepted = "accepted"
    case rejected = "rejected"
    case paid = "paid"
    case denied = "denied"
    case void = "void"

    public var words: String {
        switch self {
        case .opened: "opened"
        case .scheduled: "scheduled"
        case .checkedIn: "checked in"
        case .selfPay: "patient pays"
        case .incomplete: "claim incomplete"
        case .inReview: "in review"
        case .onHold: "on hold"
        case .blocked: "blocked"
        case .submitted: "submitted"
        case .accepted: "accepted by payer"
        case .rejected: "rejected by payer"
        case .paid: "paid"
        case .denied: "denied"
        case .void: "not billed"
        }
    }
}

extension CaseFacts {
    public var status: CaseStatus {
        guard let claim = claims.last else {
            if isSelfPay { return .selfPay }
            if !charges.isEmpty, decisions.contains(where: { $0.decision.outcome == .submission(.incomplete) }) {
                return .incomplete
            }
            return isCheckedIn ? .checkedIn : isScheduled ? .scheduled : .opened
        }
        switch claim.state {
        case .drafted: return isSelfPay ? .selfPay : .opened
        case .inReview: return .inReview
        case .held: return .onHold
        case .blocked: return .blocked
        case .submitted: return .submitted
        case .accepted: return .accepted
        case .rejected: return .rejected
        case .void: return isSelfPay ? .selfPay : .void
        case .settled: return isDenied(claim.ref) ? .denied : .paid
        }
    }

    /// Whether more of a claim was denied than came in later.
    private func isDenied(_ ref: ClaimRef) -> Bool {
        let own = postings.filter { $0.claim == ref }
        return own.map(\.denied).total() > .zero && own.map(\.paid).total() <= .zero
    }
}
