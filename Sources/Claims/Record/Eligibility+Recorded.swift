public import HealthTypes

extension EligibilityInquiry: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("dependent", dependent)
        writer.field("member_id", memberID)
        writer.field("payer_id", payerID)
        writer.field("payer_name", payerName)
        writer.field("provider", provider)
        writer.field("service_date", serviceDate)
        writer.field("service_types", serviceTypes)
        writer.field("subscriber", subscriber)
        writer.field("trace", trace)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        dependent = try reader.field("dependent")
        memberID = try reader.field("member_id")
        payerID = try reader.field("payer_id")
        payerName = try reader.field("payer_name")
        provider = try reader.field("provider")
        serviceDate = try reader.field("service_date")
        serviceTypes = try reader.field("service_types")
        subscriber = try reader.field("subscriber")
        trace = try reader.field("trace")
        try reader.end()
    }
}

extension Benefit: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("amount", amount)
        writer.field("authorization_required", authorizationRequired)
        writer.field("dates", dates)
        writer.field("in_network", inNetwork)
        writer.field("information", information)
        writer.field("insurance_type", insuranceType)
        writer.field("level", level)
        writer.field("messages", messages)
        writer.field("percent", percent)
        writer.field("period", period)
        writer.field("plan", plan)
        writer.field("procedure", procedure)
        writer.field("quantity", quantity)
        writer.field("quantity_qualifier", quantityQualifier)
        writer.field("related_member_id", relatedMemberID)
        writer.field("related_payer", relatedPayer)
        writer.field("related_payer_id", relatedPayerID)
        writer.field("service_types", serviceTypes)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        amount = try reader.field("amount")
        authorizationRequired = try reader.field("authorization_required")
        dates = try reader.field("dates")
        inNetwork = try reader.field("in_network")
        information = try reader.field("information")
        insuranceType = try reader.field("insurance_type")
        level = try reader.field("level")
        messages = try reader.field("messages")
        percent = try reader.field("percent")
        period = try reader.field("period")
        plan = try reader.field("plan")
        procedure = try reader.field("procedure")
        quantity = try reader.field("quantity")
        quantityQualifier = try reader.field("quantity_qualifier")
        relatedMemberID = try reader.field("related_member_id")
        relatedPayer = try reader.field("related_payer")
        relatedPayerID = try reader.field("related_payer_id")
        serviceTypes = try reader.field("service_types")
        try reader.end()
    }
}

extension EligibilityRejection: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("follow_up", followUp)
        writer.field("loop", loop)
        writer.field("reason", reason)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        followUp = try reader.field("follow_up")
        loop = try reader.field("loop")
        reason = try reader.field("reason")
        try reader.end()
    }
}

extension EligibilityAnswer.Status: RecordedTag {}

extension EligibilityAnswer: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("benefits", benefits)
        writer.field("dependent", dependent)
        writer.field("member_id", memberID)
        writer.field("payer_id", payerID)
        writer.field("payer_name", payerName)
        writer.field("plan_dates", planDates)
        writer.field("rejections", rejections)
        writer.field("subscriber", subscriber)
        writer.field("trace", trace)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        benefits = try reader.field("benefits")
        dependent = try reader.field("dependent")
        memberID = try reader.field("member_id")
        payerID = try reader.field("payer_id")
        payerName = try reader.field("payer_name")
        planDates = try reader.field("plan_dates")
        rejections = try reader.field("rejections")
        subscriber = try reader.field("subscriber")
        trace = try reader.field("trace")
        try reader.end()
    }
}
