import Claims
import HealthTypes

extension AuthorizationRecord: Recorded {
    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("answer", answer)
        writer.field("bundle", bundle)
        writer.field("number", number)
        writer.field("request", request)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        answer = try reader.field("answer")
        bundle = try reader.field("bundle")
        number = try reader.field("number")
        request = try reader.field("request")
        try reader.end()
    }
}

extension PastClaim: Recorded {
    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("claim", claim)
        writer.field("number", number)
        writer.field("payable_at", payableAt)
        writer.field("route", route)
        writer.field("settlement", settlement)
        writer.field("waived", waived.sorted())
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        claim = try reader.field("claim")
        number = try reader.field("number")
        payableAt = try reader.field("payable_at")
        route = try reader.field("route")
        settlement = try reader.field("settlement")
        let names: [String] = try reader.field("waived")
        waived = Set(names)
        guard names == waived.sorted() else { throw CanonicalFault(.notCanonical, field: "waived") }
        try reader.end()
    }
}

extension Settlement: Recorded {
    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("payee", payee)
        writer.field("remittance", remittance)
        writer.field("route", route)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        payee = try reader.field("payee")
        remittance = try reader.field("remittance")
        route = try reader.field("route")
        try reader.end()
    }
}

extension Route: Recorded {
    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("application_payer", applicationPayer)
        writer.field("application_provider", applicationProvider)
        writer.field("payer", payer)
        writer.field("payer_qualifier", payerQualifier)
        writer.field("provider", provider)
        writer.field("provider_qualifier", providerQualifier)
        writer.field("usage", usage)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        applicationPayer = try reader.field("application_payer")
        applicationProvider = try reader.field("application_provider")
        payer = try reader.field("payer")
        payerQualifier = try reader.field("payer_qualifier")
        provider = try reader.field("provider")
        providerQualifier = try reader.field("provider_qualifier")
        usage = try reader.field("usage")
        try reader.end()
    }
}

extension Member: Recorded {
    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("birth_date", birthDate)
        writer.field("copay", copay)
        writer.field("deductible_remaining", deductibleRemaining)
        writer.field("family", family)
        writer.field("from", from)
        writer.field("given", given)
        writer.field("group", group)
        writer.field("member_id", memberID)
        writer.field("other_member_id", otherMemberID)
        writer.field("other_payer_id", otherPayerID)
        writer.field("payer_id", payerID)
        writer.field("plan", plan)
        writer.field("sex", sex)
        writer.field("to", to)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        birthDate = try reader.field("birth_date")
        copay = try reader.field("copay")
        deductibleRemaining = try reader.field("deductible_remaining")
        family = try reader.field("family")
        from = try reader.field("from")
        given = try reader.field("given")
        group = try reader.field("group")
        memberID = try reader.field("member_id")
        otherMemberID = try reader.field("other_member_id")
        otherPayerID = try reader.field("other_payer_id")
        payerID = try reader.field("payer_id")
        plan = try reader.field("plan")
        sex = try reader.field("sex")
        to = try reader.field("to")
        try reader.end()
    }
}
