extension String: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.string() }
}

extension Int: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.integer() }
}

extension Bool: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.flag() }
}

extension Money: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.money() }
}

extension CalendarDate: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.date() }
}

extension Instant: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.instant() }
}

extension Digest: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.digest() }
}

extension Array: Recorded where Element: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.list() }
}

extension Code: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("system", system.rawValue)
        writer.field("value", value)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        system = CodeSystem(rawValue: try reader.field("system"))
        value = try reader.field("value")
        try reader.end()
    }
}
