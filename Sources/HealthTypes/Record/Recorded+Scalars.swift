extension String: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.string() }
}

extension Int: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.integer() }
}

extension Bool: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.flag() }
}

extension Money: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.money() }
}

extension CalendarDate: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.date() }
}

extension Instant: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.instant() }
}

extension Digest: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.digest() }
}

extension Array: Recorded where Element: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.list() }
}

/// What cannot be canonical is refused when writing: null, a fraction, a number of a magnitude of 2^53 and more or
/// with zeros or an exponent that it does not need. An object comes back with its names in canonical order, which is
/// the same object.
extension JSON: Recorded {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(self) }
    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { self = try reader.json() }
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
