public import HealthTypes

extension AuthorizationItem: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("from", from)
        writer.field("procedure", procedure)
        writer.field("sequence", sequence)
        writer.field("to", to)
        writer.field("units", units, default: 1)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        from = try reader.field("from")
        procedure = try reader.field("procedure")
        sequence = try reader.field("sequence")
        to = try reader.field("to")
        units = try reader.field("units", default: 1)
        try reader.end()
    }
}

extension AuthorizationRequest: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("diagnoses", diagnoses)
        writer.field("documents", documents)
        writer.field("identifier", identifier)
        writer.field("items", items)
        writer.field("member_id", memberID)
        writer.field("order_number", orderNumber)
        writer.field("ordering", ordering)
        writer.field("patient", patient)
        writer.field("payer_id", payerID)
        writer.field("payer_name", payerName)
        writer.field("provider", provider)
        writer.field("urgent", urgent, default: false)
        writer.field("version", version, default: 1)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        diagnoses = try reader.field("diagnoses")
        documents = try reader.field("documents")
        identifier = try reader.field("identifier")
        items = try reader.field("items")
        memberID = try reader.field("member_id")
        orderNumber = try reader.field("order_number")
        ordering = try reader.field("ordering")
        patient = try reader.field("patient")
        payerID = try reader.field("payer_id")
        payerName = try reader.field("payer_name")
        provider = try reader.field("provider")
        urgent = try reader.field("urgent", default: false)
        version = try reader.field("version", default: 1)
        try reader.end()
    }
}

extension SupportingDocument: Recorded {
    /// With its digest, so that the record shows what was attested without anybody hashing the text.
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("content_type", contentType)
        writer.field("criteria", criteria)
        writer.field("digest", digest)
        writer.field("text", text)
        writer.field("title", title)
        writer.end()
    }

    /// A digest that is not that of the text is refused.
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        contentType = try reader.field("content_type")
        criteria = try reader.field("criteria")
        let stated: Digest = try reader.field("digest")
        text = try reader.field("text")
        title = try reader.field("title")
        try reader.end()
        digest = Digest(of: text)
        guard digest == stated else { throw CanonicalFault(.changed, field: "digest") }
    }
}

extension AuthorizationItemAnswer: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("action", action)
        writer.field("approved_units", approvedUnits)
        writer.field("from", from)
        writer.field("reason", reason)
        writer.field("sequence", sequence)
        writer.field("to", to)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        action = try reader.field("action")
        approvedUnits = try reader.field("approved_units")
        from = try reader.field("from")
        reason = try reader.field("reason")
        sequence = try reader.field("sequence")
        to = try reader.field("to")
        try reader.end()
    }
}

extension AuthorizationAnswer.Standing: RecordedTag {}

extension AuthorizationAnswer: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("authorization_number", authorizationNumber)
        writer.field("documents_wanted", documentsWanted)
        writer.field("errors", errors)
        writer.field("identifier", identifier)
        writer.field("items", items)
        writer.field("version", version)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        authorizationNumber = try reader.field("authorization_number")
        documentsWanted = try reader.field("documents_wanted")
        errors = try reader.field("errors")
        identifier = try reader.field("identifier")
        items = try reader.field("items")
        version = try reader.field("version")
        try reader.end()
    }
}

extension ClaimAcknowledgement.Source: RecordedTag {}
extension ClaimAcknowledgement.Outcome: RecordedTag {}

extension ClaimAcknowledgement: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("code", code)
        writer.field("control_number", controlNumber)
        writer.field("outcome", outcome)
        writer.field("payer_claim_number", payerClaimNumber)
        writer.field("source", source)
        writer.field("statuses", statuses)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        code = try reader.field("code")
        controlNumber = try reader.field("control_number")
        outcome = try reader.field("outcome")
        payerClaimNumber = try reader.field("payer_claim_number")
        source = try reader.field("source")
        statuses = try reader.field("statuses")
        try reader.end()
    }
}

extension ClaimAcknowledgement.Status: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("action", action)
        writer.field("amount", amount)
        writer.field("category", category)
        writer.field("date", date)
        writer.field("entity", entity)
        writer.field("line", line)
        writer.field("message", message)
        writer.field("reason", reason)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        action = try reader.field("action")
        amount = try reader.field("amount")
        category = try reader.field("category")
        date = try reader.field("date")
        entity = try reader.field("entity")
        line = try reader.field("line")
        message = try reader.field("message")
        reason = try reader.field("reason")
        try reader.end()
    }
}
