public import HealthTypes

extension Adjustment: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("amount", amount)
        writer.field("group", group)
        writer.field("quantity", quantity)
        writer.field("reason", reason)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        amount = try reader.field("amount")
        group = try reader.field("group")
        quantity = try reader.field("quantity")
        reason = try reader.field("reason")
        try reader.end()
    }
}

extension RemittanceLine: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjustments", adjustments)
        writer.field("allowed", allowed)
        writer.field("charge", charge)
        writer.field("control_number", controlNumber)
        writer.field("from", from)
        writer.field("modifiers", modifiers)
        writer.field("paid", paid)
        writer.field("procedure", procedure)
        writer.field("remarks", remarks)
        writer.field("units", units)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjustments = try reader.field("adjustments")
        allowed = try reader.field("allowed")
        charge = try reader.field("charge")
        controlNumber = try reader.field("control_number")
        from = try reader.field("from")
        modifiers = try reader.field("modifiers")
        paid = try reader.field("paid")
        procedure = try reader.field("procedure")
        remarks = try reader.field("remarks")
        units = try reader.field("units")
        try reader.end()
    }
}

extension ClaimRemittance: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjustments", adjustments)
        writer.field("charge", charge)
        writer.field("control_number", controlNumber)
        writer.field("lines", lines)
        writer.field("member_id", memberID)
        writer.field("paid", paid)
        writer.field("paid_on", paidOn)
        writer.field("patient", patient)
        writer.field("patient_responsibility", patientResponsibility, default: .zero)
        writer.field("payer_claim_number", payerClaimNumber)
        writer.field("payer_id", payerID)
        writer.field("remarks", remarks)
        writer.field("status", status)
        writer.field("trace", trace)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjustments = try reader.field("adjustments")
        charge = try reader.field("charge")
        controlNumber = try reader.field("control_number")
        lines = try reader.field("lines")
        memberID = try reader.field("member_id")
        paid = try reader.field("paid")
        paidOn = try reader.field("paid_on")
        patient = try reader.field("patient")
        patientResponsibility = try reader.field("patient_responsibility", default: .zero)
        payerClaimNumber = try reader.field("payer_claim_number")
        payerID = try reader.field("payer_id")
        remarks = try reader.field("remarks")
        status = try reader.field("status")
        trace = try reader.field("trace")
        try reader.end()
    }
}

extension Remittance.ProviderAdjustment: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("amount", amount)
        writer.field("reason", reason)
        writer.field("reference", reference)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        amount = try reader.field("amount")
        reason = try reader.field("reason")
        reference = try reader.field("reference")
        try reader.end()
    }
}

extension Remittance: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("claims", claims)
        writer.field("paid_on", paidOn)
        writer.field("payer_id", payerID)
        writer.field("payer_name", payerName)
        writer.field("provider_adjustments", providerAdjustments)
        writer.field("total", total)
        writer.field("trace", trace)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        claims = try reader.field("claims")
        paidOn = try reader.field("paid_on")
        payerID = try reader.field("payer_id")
        payerName = try reader.field("payer_name")
        providerAdjustments = try reader.field("provider_adjustments")
        total = try reader.field("total")
        trace = try reader.field("trace")
        try reader.end()
    }
}

extension Appeal: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjustment", adjustment)
        writer.field("amount", amount)
        writer.field("control_number", controlNumber)
        writer.field("identifier", identifier)
        writer.field("letter", letter)
        writer.field("level", level)
        writer.field("payer_claim_number", payerClaimNumber)
        writer.field("payer_id", payerID)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjustment = try reader.field("adjustment")
        amount = try reader.field("amount")
        controlNumber = try reader.field("control_number")
        identifier = try reader.field("identifier")
        letter = try reader.field("letter")
        level = try reader.field("level")
        payerClaimNumber = try reader.field("payer_claim_number")
        payerID = try reader.field("payer_id")
        try reader.end()
    }
}

extension AppealAnswer.Outcome: RecordedTag {}

extension AppealAnswer: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("control_number", controlNumber)
        writer.field("identifier", identifier)
        writer.field("outcome", outcome)
        writer.field("reason", reason)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        controlNumber = try reader.field("control_number")
        identifier = try reader.field("identifier")
        outcome = try reader.field("outcome")
        reason = try reader.field("reason")
        try reader.end()
    }
}
