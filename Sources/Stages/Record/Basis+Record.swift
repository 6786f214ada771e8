import Claims
public import HealthTypes

extension Basis: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("answers", answers)
        writer.field("at", at)
        writer.field("generation", generation)
        writer.field("logic", logic)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        answers = try reader.field("answers")
        at = try reader.field("at")
        generation = try reader.field("generation")
        logic = try reader.field("logic")
        try reader.end()
    }
}

extension Answer: Recorded {
    private enum Tag: String {
        case billing = "billing"
        case noBilling = "no_billing"
        case usualCharges = "usual_charges"
        case memberHistory = "member_history"
        case authorizationUse = "authorization_use"
        case denialPatterns = "denial_patterns"
        case memberToken = "member_token"
        case takenNumbers = "taken_numbers"
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .billing(let value): writer.tagged("billing", value)
        case .noBilling: writer.tag("no_billing")
        case .usualCharges(let value): writer.tagged("usual_charges", value)
        case .memberHistory(let value): writer.tagged("member_history", value)
        case .authorizationUse(let value): writer.tagged("authorization_use", value)
        case .denialPatterns(let value): writer.tagged("denial_patterns", value)
        case .memberToken(let value): writer.tagged("member_token", value)
        case .takenNumbers(let value): writer.tagged("taken_numbers", value)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .billing: self = .billing(try reader.payload())
        case .noBilling: self = .noBilling
        case .usualCharges: self = .usualCharges(try reader.payload())
        case .memberHistory: self = .memberHistory(try reader.payload())
        case .authorizationUse: self = .authorizationUse(try reader.payload())
        case .denialPatterns: self = .denialPatterns(try reader.payload())
        case .memberToken: self = .memberToken(try reader.payload())
        case .takenNumbers: self = .takenNumbers(try reader.payload())
        }
    }
}

extension UsualCharge: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("charge", charge)
        writer.field("procedure", procedure)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        charge = try reader.field("charge")
        procedure = try reader.field("procedure")
        try reader.end()
    }
}

extension MemberHistory: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("lines", lines)
        writer.field("member", memberID)
        writer.field("payer", payerID)
        writer.field("version", version)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        lines = try reader.field("lines")
        memberID = try reader.field("member")
        payerID = try reader.field("payer")
        version = try reader.field("version")
        try reader.end()
    }
}

extension PriorLine: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("billing_npi", billingNPI)
        writer.field("case", caseNumber)
        writer.field("charge", charge)
        writer.field("control_number", controlNumber)
        writer.field("day", day)
        writer.field("modifiers", modifiers)
        writer.field("procedure", procedure)
        writer.field("rendering_npi", renderingNPI)
        writer.field("state", state)
        writer.field("units", units)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        billingNPI = try reader.field("billing_npi")
        caseNumber = try reader.field("case")
        charge = try reader.field("charge")
        controlNumber = try reader.field("control_number")
        day = try reader.field("day")
        modifiers = try reader.field("modifiers")
        procedure = try reader.field("procedure")
        renderingNPI = try reader.field("rendering_npi")
        state = try reader.field("state")
        units = try reader.field("units")
        try reader.end()
    }
}

extension AuthorizationUse: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("lines", lines)
        writer.field("number", number)
        writer.field("payer", payerID)
        writer.field("version", version)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        lines = try reader.field("lines")
        number = try reader.field("number")
        payerID = try reader.field("payer")
        version = try reader.field("version")
        try reader.end()
    }
}

extension AuthorizationUse.Line: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("control_number", controlNumber)
        writer.field("procedure", procedure)
        writer.field("state", state)
        writer.field("units", units)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        controlNumber = try reader.field("control_number")
        procedure = try reader.field("procedure")
        state = try reader.field("state")
        units = try reader.field("units")
        try reader.end()
    }
}

extension DenialPattern: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjudicated", adjudicated)
        writer.field("denied", denied)
        writer.field("group", group)
        writer.field("modifiers", modifiers)
        writer.field("procedure", procedure)
        writer.field("reason", reason)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjudicated = try reader.field("adjudicated")
        denied = try reader.field("denied")
        group = try reader.field("group")
        modifiers = try reader.field("modifiers")
        procedure = try reader.field("procedure")
        reason = try reader.field("reason")
        try reader.end()
    }
}
