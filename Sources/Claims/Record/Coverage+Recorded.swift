public import HealthTypes

extension Coverage.Responsibility: RecordedTag {}

extension Coverage: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("filing_indicator", filingIndicator)
        writer.field("from", from)
        writer.field("group_number", groupNumber)
        writer.field("member_id", memberID)
        writer.field("payer_id", payerID)
        writer.field("payer_name", payerName)
        writer.field("plan_name", planName)
        writer.field("relationship", relationship, default: "18")
        writer.field("responsibility", responsibility, default: .primary)
        writer.field("subscriber", subscriber)
        writer.field("to", to)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        filingIndicator = try reader.field("filing_indicator")
        from = try reader.field("from")
        groupNumber = try reader.field("group_number")
        memberID = try reader.field("member_id")
        payerID = try reader.field("payer_id")
        payerName = try reader.field("payer_name")
        planName = try reader.field("plan_name")
        relationship = try reader.field("relationship", default: "18")
        responsibility = try reader.field("responsibility", default: .primary)
        subscriber = try reader.field("subscriber")
        to = try reader.field("to")
        try reader.end()
    }
}

extension DatedPeriod: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("from", from)
        writer.field("qualifier", qualifier)
        writer.field("to", to)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        from = try reader.field("from")
        qualifier = try reader.field("qualifier")
        to = try reader.field("to")
        try reader.end()
    }
}
