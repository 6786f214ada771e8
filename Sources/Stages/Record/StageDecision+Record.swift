import Claims
public import HealthTypes
import Review

extension StageDecision: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjudicated", adjudicated)
        writer.field("also_settles", alsoSettles)
        writer.field("citations", citations)
        writer.field("claims", claims)
        writer.field("criteria", criteria)
        writer.field("documents", documents)
        writer.field("findings", findings)
        writer.field("gate", gate)
        writer.field("outcome", outcome)
        writer.field("passed", passed)
        writer.field("postings", postings)
        writer.field("reviews", reviews)
        writer.field("sends", sends)
        writer.field("timers", timers)
        writer.field("trigger", trigger)
        writer.field("work_items", workItems)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjudicated = try reader.field("adjudicated")
        alsoSettles = try reader.field("also_settles")
        citations = try reader.field("citations")
        claims = try reader.field("claims")
        criteria = try reader.field("criteria")
        documents = try reader.field("documents")
        findings = try reader.field("findings")
        gate = try reader.field("gate")
        outcome = try reader.field("outcome")
        passed = try reader.field("passed")
        postings = try reader.field("postings")
        reviews = try reader.field("reviews")
        sends = try reader.field("sends")
        timers = try reader.field("timers")
        trigger = try reader.field("trigger")
        workItems = try reader.field("work_items")
        raises = []
        try reader.end()
    }
}

extension Outcome: Recorded {
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

/// A claim that was made, with the claim whose place it takes.
private struct MadeClaim: Sendable {
    var claim: Claim
    var replaces: ClaimRef?
}

extension MadeClaim: Recorded {
    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("claim", claim)
        writer.field("replaces", replaces)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        claim = try reader.field("claim")
        replaces = try reader.field("replaces")
        try reader.end()
    }
}

extension ClaimChange: Recorded {
    private enum Tag: String {
        case made = "made"
        case became = "became"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .made(let claim, let replaces): writer.tagged("made", MadeClaim(claim: claim, replaces: replaces))
        case .became(let ref, let state): writer.tagged("became", ref, state)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .made:
            let made: MadeClaim = try reader.payload()
            self = .made(made.claim, replaces: made.replaces)
        case .became:
            let (ref, state): (ClaimRef, ClaimState) = try reader.payloads()
            self = .became(ref, state)
        }
    }
}

extension Send: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("after", after)
        writer.field("answer_by", answerBy)
        writer.field("what", what)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        after = try reader.field("after")
        answerBy = try reader.field("answer_by")
        what = try reader.field("what")
        try reader.end()
    }
}

extension Purpose: Recorded {
    private enum Tag: String {
        case inquiry = "inquiry"
        case authorization = "authorization"
        case claim = "claim"
        case appeal = "appeal"
        case coverage = "coverage"
        case review = "review"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .inquiry(let value): writer.tagged("inquiry", value)
        case .authorization(let value): writer.tagged("authorization", value)
        case .claim(let value): writer.tagged("claim", value)
        case .appeal(let value): writer.tagged("appeal", value)
        case .coverage(let value): writer.tagged("coverage", value)
        case .review(let value): writer.tagged("review", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .inquiry: self = .inquiry(try reader.payload())
        case .authorization: self = .authorization(try reader.payload())
        case .claim: self = .claim(try reader.payload())
        case .appeal: self = .appeal(try reader.payload())
        case .coverage: self = .coverage(try reader.payload())
        case .review: self = .review(try reader.payload())
        }
    }
}

extension InquiryTerms: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("member", memberID)
        writer.field("payer", payerID)
        writer.field("provider", provider)
        writer.field("service_date", serviceDate)
        writer.field("service_types", serviceTypes)
        writer.field("trace", trace)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        memberID = try reader.field("member")
        payerID = try reader.field("payer")
        provider = try reader.field("provider")
        serviceDate = try reader.field("service_date")
        serviceTypes = try reader.field("service_types")
        trace = try reader.field("trace")
        try reader.end()
    }
}

extension AuthorizationTerms: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("documents", documents)
        writer.field("identifier", identifier)
        writer.field("items", items)
        writer.field("order", order)
        writer.field("payer", payerID)
        writer.field("provider", provider)
        writer.field("urgent", urgent)
        writer.field("version", version)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        documents = try reader.field("documents")
        identifier = try reader.field("identifier")
        items = try reader.field("items")
        order = try reader.field("order")
        payerID = try reader.field("payer")
        provider = try reader.field("provider")
        urgent = try reader.field("urgent")
        version = try reader.field("version")
        try reader.end()
    }
}

extension AppealTerms: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjustment", adjustment)
        writer.field("amount", amount)
        writer.field("claim", claim)
        writer.field("identifier", identifier)
        writer.field("letter", letter)
        writer.field("level", level)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjustment = try reader.field("adjustment")
        amount = try reader.field("amount")
        claim = try reader.field("claim")
        identifier = try reader.field("identifier")
        letter = try reader.field("letter")
        level = try reader.field("level")
        try reader.end()
    }
}

extension TimerChange: Recorded {
    private enum Tag: String {
        case set = "set"
        case cancelled = "cancelled"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .set(let first, let second): writer.tagged("set", first, second)
        case .cancelled(let value): writer.tagged("cancelled", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .set:
            let (first, second): (TimerPurpose, Instant) = try reader.payloads()
            self = .set(first, due: second)
        case .cancelled: self = .cancelled(try reader.payload())
        }
    }
}

extension TimerPurpose: Recorded {
    private enum Tag: String {
        case beforeVisit = "before_visit"
        case askAgain = "ask_again"
        case authorizationDue = "authorization_due"
        case acknowledgementDue = "acknowledgement_due"
        case remittanceDue = "remittance_due"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .beforeVisit: writer.tag("before_visit")
        case .askAgain: writer.tag("ask_again")
        case .authorizationDue(let value): writer.tagged("authorization_due", value)
        case .acknowledgementDue(let value): writer.tagged("acknowledgement_due", value)
        case .remittanceDue(let value): writer.tagged("remittance_due", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .beforeVisit: self = .beforeVisit
        case .askAgain: self = .askAgain
        case .authorizationDue: self = .authorizationDue(try reader.payload())
        case .acknowledgementDue: self = .acknowledgementDue(try reader.payload())
        case .remittanceDue: self = .remittanceDue(try reader.payload())
        }
    }
}

extension WorkItemChange: Recorded {
    private enum Tag: String {
        case opened = "opened"
        case withdrawn = "withdrawn"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .opened(let value): writer.tagged("opened", value)
        case .withdrawn(let value): writer.tagged("withdrawn", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .opened: self = .opened(try reader.payload())
        case .withdrawn: self = .withdrawn(try reader.payload())
        }
    }
}

extension Posting: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("charge", charge)
        writer.field("claim", claim)
        writer.field("contractual", contractual)
        writer.field("denied", denied)
        writer.field("follow_up", isFollowUp)
        writer.field("paid", paid)
        writer.field("patient", patient)
        writer.field("payer", payerID)
        writer.field("written_off", writtenOff)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        charge = try reader.field("charge")
        claim = try reader.field("claim")
        contractual = try reader.field("contractual")
        denied = try reader.field("denied")
        isFollowUp = try reader.field("follow_up")
        paid = try reader.field("paid")
        patient = try reader.field("patient")
        payerID = try reader.field("payer")
        writtenOff = try reader.field("written_off")
        try reader.end()
    }
}

extension AdjudicatedLine: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("denials", denials)
        writer.field("modifiers", modifiers)
        writer.field("payer", payerID)
        writer.field("procedure", procedure)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        denials = try reader.field("denials")
        modifiers = try reader.field("modifiers")
        payerID = try reader.field("payer")
        procedure = try reader.field("procedure")
        try reader.end()
    }
}

extension CriterionFinding: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("answer", answer)
        writer.field("ask", ask)
        writer.field("criterion", criterion)
        writer.field("evidence", evidence)
        writer.field("question", question)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        answer = try reader.field("answer")
        ask = try reader.field("ask")
        criterion = try reader.field("criterion")
        evidence = try reader.field("evidence")
        question = try reader.field("question")
        try reader.end()
    }
}

extension CriterionFinding.Evidence: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("date", date)
        writer.field("offset", offset)
        writer.field("quote", quote)
        writer.field("resource", resource)
        writer.field("supports", supports)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        date = try reader.field("date")
        offset = try reader.field("offset")
        quote = try reader.field("quote")
        resource = try reader.field("resource")
        supports = try reader.field("supports")
        try reader.end()
    }
}
