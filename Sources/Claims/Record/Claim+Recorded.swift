public import HealthTypes

extension Claim.Kind: RecordedTag {}

extension Claim: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("accident_state", accidentState)
        writer.field("billing", billing)
        writer.field("control_number", controlNumber)
        writer.field("coverages", coverages)
        writer.field("dates", dates)
        writer.field("diagnoses", diagnoses)
        writer.field("facility", facility)
        writer.field("frequency", frequency, default: "1")
        writer.field("kind", kind, default: .professional)
        writer.field("lines", lines)
        writer.field("notes", notes)
        writer.field("original_reference", originalReference)
        writer.field("patient", patient)
        writer.field("place_of_service", placeOfService)
        writer.field("prior_authorization", priorAuthorization)
        writer.field("prior_payments", priorPayments)
        writer.field("referral_number", referralNumber)
        writer.field("referring", referring)
        writer.field("related_causes", relatedCauses)
        writer.field("rendering", rendering)
        writer.field("total_charge", totalCharge)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        accidentState = try reader.field("accident_state")
        billing = try reader.field("billing")
        controlNumber = try reader.field("control_number")
        coverages = try reader.field("coverages")
        dates = try reader.field("dates")
        diagnoses = try reader.field("diagnoses")
        facility = try reader.field("facility")
        frequency = try reader.field("frequency", default: "1")
        kind = try reader.field("kind", default: .professional)
        lines = try reader.field("lines")
        notes = try reader.field("notes")
        originalReference = try reader.field("original_reference")
        patient = try reader.field("patient")
        placeOfService = try reader.field("place_of_service")
        priorAuthorization = try reader.field("prior_authorization")
        priorPayments = try reader.field("prior_payments")
        referralNumber = try reader.field("referral_number")
        referring = try reader.field("referring")
        relatedCauses = try reader.field("related_causes")
        rendering = try reader.field("rendering")
        totalCharge = try reader.field("total_charge")
        try reader.end()
    }
}

extension Diagnosis: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("code", code)
        writer.field("qualifier", qualifier)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        code = try reader.field("code")
        qualifier = try reader.field("qualifier")
        try reader.end()
    }
}

extension ClaimLine: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("charge", charge)
        writer.field("control_number", controlNumber)
        writer.field("description", description)
        writer.field("from", from)
        writer.field("modifiers", modifiers)
        writer.field("ndc", ndc)
        writer.field("ndc_quantity", ndcQuantity)
        writer.field("ndc_unit", ndcUnit)
        writer.field("notes", notes)
        writer.field("number", number)
        writer.field("ordering", ordering)
        writer.field("place_of_service", placeOfService)
        writer.field("pointers", pointers)
        writer.field("prior_authorization", priorAuthorization)
        writer.field("procedure", procedure)
        writer.field("rendering", rendering)
        writer.field("revenue_code", revenueCode)
        writer.field("to", to)
        writer.field("unit_basis", unitBasis, default: "UN")
        writer.field("units", units, default: "1")
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        charge = try reader.field("charge")
        controlNumber = try reader.field("control_number")
        description = try reader.field("description")
        from = try reader.field("from")
        modifiers = try reader.field("modifiers")
        ndc = try reader.field("ndc")
        ndcQuantity = try reader.field("ndc_quantity")
        ndcUnit = try reader.field("ndc_unit")
        notes = try reader.field("notes")
        number = try reader.field("number")
        ordering = try reader.field("ordering")
        placeOfService = try reader.field("place_of_service")
        pointers = try reader.field("pointers")
        priorAuthorization = try reader.field("prior_authorization")
        procedure = try reader.field("procedure")
        rendering = try reader.field("rendering")
        revenueCode = try reader.field("revenue_code")
        to = try reader.field("to")
        unitBasis = try reader.field("unit_basis", default: "UN")
        units = try reader.field("units", default: "1")
        try reader.end()
    }
}

extension PriorPayment.Line: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjustments", adjustments)
        writer.field("modifiers", modifiers)
        writer.field("number", number)
        writer.field("paid", paid)
        writer.field("paid_on", paidOn)
        writer.field("procedure", procedure)
        writer.field("units", units, default: "1")
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjustments = try reader.field("adjustments")
        modifiers = try reader.field("modifiers")
        number = try reader.field("number")
        paid = try reader.field("paid")
        paidOn = try reader.field("paid_on")
        procedure = try reader.field("procedure")
        units = try reader.field("units", default: "1")
        try reader.end()
    }
}

extension PriorPayment: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("adjustments", adjustments)
        writer.field("lines", lines)
        writer.field("paid", paid)
        writer.field("payer_id", payerID)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        adjustments = try reader.field("adjustments")
        lines = try reader.field("lines")
        paid = try reader.field("paid")
        payerID = try reader.field("payer_id")
        try reader.end()
    }
}
