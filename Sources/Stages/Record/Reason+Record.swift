public import HealthTypes

extension Reason: Recorded {
    private enum Tag: String {
        case eligibility = "eligibility"
        case authorization = "authorization"
        case documentation = "documentation"
        case submission = "submission"
        case denials = "denials"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .eligibility(let value): writer.tagged("eligibility", value)
        case .authorization(let value): writer.tagged("authorization", value)
        case .documentation(let value): writer.tagged("documentation", value)
        case .submission(let value): writer.tagged("submission", value)
        case .denials(let value): writer.tagged("denials", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .eligibility: self = .eligibility(try reader.payload())
        case .authorization: self = .authorization(try reader.payload())
        case .documentation: self = .documentation(try reader.payload())
        case .submission: self = .submission(try reader.payload())
        case .denials: self = .denials(try reader.payload())
        }
    }
}

extension EligibilityReason: Recorded {
    private enum Tag: String {
        case scheduled = "scheduled"
        case beforeVisit = "before_visit"
        case checkedIn = "checked_in"
        case claimReceived = "claim_received"
        case askAgain = "ask_again"
        case answered = "answered"
        case unanswered = "unanswered"
        case undelivered = "undelivered"
        case resolved = "resolved"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .scheduled: writer.tag("scheduled")
        case .beforeVisit: writer.tag("before_visit")
        case .checkedIn: writer.tag("checked_in")
        case .claimReceived: writer.tag("claim_received")
        case .askAgain: writer.tag("ask_again")
        case .answered(let value): writer.tagged("answered", value)
        case .unanswered(let value): writer.tagged("unanswered", value)
        case .undelivered(let value): writer.tagged("undelivered", value)
        case .resolved(let first, let second): writer.tagged("resolved", first, second)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .scheduled: self = .scheduled
        case .beforeVisit: self = .beforeVisit
        case .checkedIn: self = .checkedIn
        case .claimReceived: self = .claimReceived
        case .askAgain: self = .askAgain
        case .answered: self = .answered(try reader.payload())
        case .unanswered: self = .unanswered(try reader.payload())
        case .undelivered: self = .undelivered(try reader.payload())
        case .resolved:
            let (first, second): (WorkItemID, EligibilityResolution) = try reader.payloads()
            self = .resolved(first, second)
        }
    }
}

extension AuthorizationReason: Recorded {
    private enum Tag: String {
        case ordered = "ordered"
        case orderCancelled = "order_cancelled"
        case answered = "answered"
        case overdue = "overdue"
        case unanswered = "unanswered"
        case undelivered = "undelivered"
        case resolved = "resolved"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .ordered(let value): writer.tagged("ordered", value)
        case .orderCancelled(let value): writer.tagged("order_cancelled", value)
        case .answered(let value): writer.tagged("answered", value)
        case .overdue(let value): writer.tagged("overdue", value)
        case .unanswered(let value): writer.tagged("unanswered", value)
        case .undelivered(let value): writer.tagged("undelivered", value)
        case .resolved(let first, let second): writer.tagged("resolved", first, second)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .ordered: self = .ordered(try reader.payload())
        case .orderCancelled: self = .orderCancelled(try reader.payload())
        case .answered: self = .answered(try reader.payload())
        case .overdue: self = .overdue(try reader.payload())
        case .unanswered: self = .unanswered(try reader.payload())
        case .undelivered: self = .undelivered(try reader.payload())
        case .resolved:
            let (first, second): (WorkItemID, AuthorizationResolution) = try reader.payloads()
            self = .resolved(first, second)
        }
    }
}

extension DocumentationReason: Recorded {
    private enum Tag: String {
        case pended = "pended"
        case resolved = "resolved"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .pended(let value): writer.tagged("pended", value)
        case .resolved(let first, let second): writer.tagged("resolved", first, second)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .pended: self = .pended(try reader.payload())
        case .resolved:
            let (first, second): (WorkItemID, DocumentationResolution) = try reader.payloads()
            self = .resolved(first, second)
        }
    }
}

extension SubmissionReason: Recorded {
    private enum Tag: String {
        case charged = "charged"
        case received = "received"
        case reviewed = "reviewed"
        case unreviewed = "unreviewed"
        case acknowledged = "acknowledged"
        case unacknowledged = "unacknowledged"
        case undelivered = "undelivered"
        case correct = "correct"
        case resolved = "resolved"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .charged: writer.tag("charged")
        case .received(let value): writer.tagged("received", value)
        case .reviewed(let first, let second): writer.tagged("reviewed", first, second)
        case .unreviewed(let value): writer.tagged("unreviewed", value)
        case .acknowledged(let value): writer.tagged("acknowledged", value)
        case .unacknowledged(let value): writer.tagged("unacknowledged", value)
        case .undelivered(let value): writer.tagged("undelivered", value)
        case .correct(let value): writer.tagged("correct", value)
        case .resolved(let first, let second): writer.tagged("resolved", first, second)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .charged: self = .charged
        case .received: self = .received(try reader.payload())
        case .reviewed:
            let (first, second): (ClaimRef, EntryRef) = try reader.payloads()
            self = .reviewed(first, second)
        case .unreviewed: self = .unreviewed(try reader.payload())
        case .acknowledged: self = .acknowledged(try reader.payload())
        case .unacknowledged: self = .unacknowledged(try reader.payload())
        case .undelivered: self = .undelivered(try reader.payload())
        case .correct: self = .correct(try reader.payload())
        case .resolved:
            let (first, second): (WorkItemID, SubmissionResolution) = try reader.payloads()
            self = .resolved(first, second)
        }
    }
}

extension DenialsReason: Recorded {
    private enum Tag: String {
        case remitted = "remitted"
        case unremitted = "unremitted"
        case appealAnswered = "appeal_answered"
        case unanswered = "unanswered"
        case undelivered = "undelivered"
        case resolved = "resolved"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .remitted(let value): writer.tagged("remitted", value)
        case .unremitted(let value): writer.tagged("unremitted", value)
        case .appealAnswered(let value): writer.tagged("appeal_answered", value)
        case .unanswered(let value): writer.tagged("unanswered", value)
        case .undelivered(let value): writer.tagged("undelivered", value)
        case .resolved(let first, let second): writer.tagged("resolved", first, second)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .remitted: self = .remitted(try reader.payload())
        case .unremitted: self = .unremitted(try reader.payload())
        case .appealAnswered: self = .appealAnswered(try reader.payload())
        case .unanswered: self = .unanswered(try reader.payload())
        case .undelivered: self = .undelivered(try reader.payload())
        case .resolved:
            let (first, second): (WorkItemID, DenialsResolution) = try reader.payloads()
            self = .resolved(first, second)
        }
    }
}
