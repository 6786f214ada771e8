public import HealthTypes

extension Encounter: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("attending", attending)
        writer.field("checked_in", checkedIn)
        writer.field("patient", patient)
        writer.field("place_of_service", placeOfService, default: "11")
        writer.field("reason", reason)
        writer.field("record_number", recordNumber)
        writer.field("start", start)
        writer.field("visit_number", visitNumber)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        attending = try reader.field("attending")
        checkedIn = try reader.field("checked_in")
        patient = try reader.field("patient")
        placeOfService = try reader.field("place_of_service", default: "11")
        reason = try reader.field("reason")
        recordNumber = try reader.field("record_number")
        start = try reader.field("start")
        visitNumber = try reader.field("visit_number")
        try reader.end()
    }
}

extension ServiceOrder: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("diagnoses", diagnoses)
        writer.field("number", number)
        writer.field("ordered_on", orderedOn)
        writer.field("ordering", ordering)
        writer.field("procedure", procedure)
        writer.field("requested_for", requestedFor)
        writer.field("units", units, default: 1)
        writer.field("urgent", urgent, default: false)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        diagnoses = try reader.field("diagnoses")
        number = try reader.field("number")
        orderedOn = try reader.field("ordered_on")
        ordering = try reader.field("ordering")
        procedure = try reader.field("procedure")
        requestedFor = try reader.field("requested_for")
        units = try reader.field("units", default: 1)
        urgent = try reader.field("urgent", default: false)
        try reader.end()
    }
}

extension ChartItem.Kind: RecordedTag {}

extension ChartItem: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("code", code)
        writer.field("date", date)
        writer.field("kind", kind)
        writer.field("reference", reference)
        writer.field("text", text)
        writer.field("unit", unit)
        writer.field("value", value)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        code = try reader.field("code")
        date = try reader.field("date")
        kind = try reader.field("kind")
        reference = try reader.field("reference")
        text = try reader.field("text")
        unit = try reader.field("unit")
        value = try reader.field("value")
        try reader.end()
    }
}

extension Charge: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("amount", amount)
        writer.field("date", date)
        writer.field("diagnoses", diagnoses)
        writer.field("modifiers", modifiers)
        writer.field("ndc", ndc)
        writer.field("number", number)
        writer.field("procedure", procedure)
        writer.field("rendering", rendering)
        writer.field("units", units, default: 1)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        amount = try reader.field("amount")
        date = try reader.field("date")
        diagnoses = try reader.field("diagnoses")
        modifiers = try reader.field("modifiers")
        ndc = try reader.field("ndc")
        number = try reader.field("number")
        procedure = try reader.field("procedure")
        rendering = try reader.field("rendering")
        units = try reader.field("units", default: 1)
        try reader.end()
    }
}
