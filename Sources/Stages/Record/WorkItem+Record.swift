public import HealthTypes

extension WorkItem: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("amount", amount)
        writer.field("deadline", deadline)
        writer.field("document", document)
        writer.field("evidence", evidence)
        writer.field("kind", kind)
        writer.field("reason", reason)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        amount = try reader.field("amount")
        deadline = try reader.field("deadline")
        document = try reader.field("document")
        evidence = try reader.field("evidence")
        kind = try reader.field("kind")
        reason = try reader.field("reason")
        try reader.end()
    }
}

extension WorkItemKind: Recorded {
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

extension AuthorizationWork: Recorded {
    private enum Tag: String {
        case needUnknown = "need_unknown"
        case refused = "refused"
        case overdue = "overdue"
        case unanswered = "unanswered"
        case undelivered = "undelivered"
        case peerToPeer = "peer_to_peer"
        case orderCancelled = "order_cancelled"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .needUnknown(let value): writer.tagged("need_unknown", value)
        case .refused(let value): writer.tagged("refused", value)
        case .overdue(let value): writer.tagged("overdue", value)
        case .unanswered(let value): writer.tagged("unanswered", value)
        case .undelivered(let value): writer.tagged("undelivered", value)
        case .peerToPeer(let value): writer.tagged("peer_to_peer", value)
        case .orderCancelled(let value): writer.tagged("order_cancelled", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .needUnknown: self = .needUnknown(try reader.payload())
        case .refused: self = .refused(try reader.payload())
        case .overdue: self = .overdue(try reader.payload())
        case .unanswered: self = .unanswered(try reader.payload())
        case .undelivered: self = .undelivered(try reader.payload())
        case .peerToPeer: self = .peerToPeer(try reader.payload())
        case .orderCancelled: self = .orderCancelled(try reader.payload())
        }
    }
}

extension DocumentationWork: Recorded {
    private enum Tag: String {
        case gap = "gap"
        case attest = "attest"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .gap(let first, let second): writer.tagged("gap", first, second)
        case .attest(let value): writer.tagged("attest", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .gap:
            let (first, second): (RequestRef, String) = try reader.payloads()
            self = .gap(first, criterion: second)
        case .attest: self = .attest(try reader.payload())
        }
    }
}

extension SubmissionWork: Recorded {
    private enum Tag: String {
        case held = "held"
        case blocked = "blocked"
        case incomplete = "incomplete"
        case lateCharges = "late_charges"
        case rejected = "rejected"
        case unacknowledged = "unacknowledged"
        case undelivered = "undelivered"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .held(let value): writer.tagged("held", value)
        case .blocked(let value): writer.tagged("blocked", value)
        case .incomplete: writer.tag("incomplete")
        case .lateCharges(let value): writer.tagged("late_charges", value)
        case .rejected(let value): writer.tagged("rejected", value)
        case .unacknowledged(let value): writer.tagged("unacknowledged", value)
        case .undelivered(let value): writer.tagged("undelivered", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .held: self = .held(try reader.payload())
        case .blocked: self = .blocked(try reader.payload())
        case .incomplete: self = .incomplete
        case .lateCharges: self = .lateCharges(try reader.payload())
        case .rejected: self = .rejected(try reader.payload())
        case .unacknowledged: self = .unacknowledged(try reader.payload())
        case .undelivered: self = .undelivered(try reader.payload())
        }
    }
}

extension DenialsWork: Recorded {
    private enum Tag: String {
        case correction = "correction"
        case appeal = "appeal"
        case review = "review"
        case writeOff = "write_off"
        case appealLost = "appeal_lost"
        case peerToPeer = "peer_to_peer"
        case notPosted = "not_posted"
        case takenBack = "taken_back"
        case unremitted = "unremitted"
        case appealUnanswered = "appeal_unanswered"
        case appealUndelivered = "appeal_undelivered"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .correction(let first, let second): writer.tagged("correction", first, second)
        case .appeal(let first, let second): writer.tagged("appeal", first, second)
        case .review(let value): writer.tagged("review", value)
        case .writeOff(let value): writer.tagged("write_off", value)
        case .appealLost(let first, let second): writer.tagged("appeal_lost", first, second)
        case .peerToPeer(let first, let second): writer.tagged("peer_to_peer", first, second)
        case .notPosted(let value): writer.tagged("not_posted", value)
        case .takenBack(let value): writer.tagged("taken_back", value)
        case .unremitted(let value): writer.tagged("unremitted", value)
        case .appealUnanswered(let first, let second): writer.tagged("appeal_unanswered", first, second)
        case .appealUndelivered(let first, let second): writer.tagged("appeal_undelivered", first, second)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .correction:
            let (first, second): (ClaimRef, [ClaimEdit]) = try reader.payloads()
            self = .correction(first, second)
        case .appeal:
            let (first, second): (ClaimRef, Int) = try reader.payloads()
            self = .appeal(first, level: second)
        case .review: self = .review(try reader.payload())
        case .writeOff: self = .writeOff(try reader.payload())
        case .appealLost:
            let (first, second): (ClaimRef, Int) = try reader.payloads()
            self = .appealLost(first, level: second)
        case .peerToPeer:
            let (first, second): (ClaimRef, Int) = try reader.payloads()
            self = .peerToPeer(first, level: second)
        case .notPosted: self = .notPosted(try reader.payload())
        case .takenBack: self = .takenBack(try reader.payload())
        case .unremitted: self = .unremitted(try reader.payload())
        case .appealUnanswered:
            let (first, second): (ClaimRef, Int) = try reader.payloads()
            self = .appealUnanswered(first, level: second)
        case .appealUndelivered:
            let (first, second): (ClaimRef, Int) = try reader.payloads()
            self = .appealUndelivered(first, level: second)
        }
    }
}

extension ClaimEdit: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("add_modifier", addModifier)
        writer.field("line", line)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        addModifier = try reader.field("add_modifier")
        line = try reader.field("line")
        try reader.end()
    }
}

extension Resolution: Recorded {
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

extension AuthorizationResolution: Recorded {
    private enum Tag: String {
        case notRequired = "not_required"
        case obtained = "obtained"
        case notRendered = "not_rendered"
        case peerToPeer = "peer_to_peer"
        case stillRefused = "still_refused"
        case followedUp = "followed_up"
        case sendAgain = "send_again"
        case payerTold = "payer_told"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .notRequired: writer.tag("not_required")
        case .obtained(let value): writer.tagged("obtained", value)
        case .notRendered: writer.tag("not_rendered")
        case .peerToPeer: writer.tag("peer_to_peer")
        case .stillRefused: writer.tag("still_refused")
        case .followedUp: writer.tag("followed_up")
        case .sendAgain: writer.tag("send_again")
        case .payerTold: writer.tag("payer_told")
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .notRequired: self = .notRequired
        case .obtained: self = .obtained(number: try reader.payload())
        case .notRendered: self = .notRendered
        case .peerToPeer: self = .peerToPeer
        case .stillRefused: self = .stillRefused
        case .followedUp: self = .followedUp
        case .sendAgain: self = .sendAgain
        case .payerTold: self = .payerTold
        }
    }
}
