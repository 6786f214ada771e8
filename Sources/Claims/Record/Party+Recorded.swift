public import HealthTypes

extension Address: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("city", city)
        writer.field("line1", line1)
        writer.field("line2", line2)
        writer.field("postal_code", postalCode)
        writer.field("state", state)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        city = try reader.field("city")
        line1 = try reader.field("line1")
        line2 = try reader.field("line2")
        postalCode = try reader.field("postal_code")
        state = try reader.field("state")
        try reader.end()
    }
}

extension Person.Sex: RecordedTag {}

extension Person: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("address", address)
        writer.field("birth_date", birthDate)
        writer.field("death_date", deathDate)
        writer.field("family", family)
        writer.field("given", given)
        writer.field("middle", middle)
        writer.field("sex", sex)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        address = try reader.field("address")
        birthDate = try reader.field("birth_date")
        deathDate = try reader.field("death_date")
        family = try reader.field("family")
        given = try reader.field("given")
        middle = try reader.field("middle")
        sex = try reader.field("sex")
        try reader.end()
    }
}

extension Provider.Entity: RecordedTag {}

extension Provider: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("address", address)
        writer.field("entity", entity)
        writer.field("given", given)
        writer.field("name", name)
        writer.field("npi", npi)
        writer.field("tax_id", taxID)
        writer.field("taxonomy", taxonomy)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        address = try reader.field("address")
        entity = try reader.field("entity")
        given = try reader.field("given")
        name = try reader.field("name")
        npi = try reader.field("npi")
        taxID = try reader.field("tax_id")
        taxonomy = try reader.field("taxonomy")
        try reader.end()
    }
}
