/// A value that the record keeps: it writes itself as canonical JSON and reads itself back, under tags that are spelt
/// out in the code and never given another meaning.
///
/// No Swift name reaches the bytes: a field or an enum case may be renamed and the record stays as it is. Fields are
/// written in the order of their names, and what is nil or an empty list is left out, so that a value has one form
/// only. See ``Canonical`` for that form.
///
///     extension Diagnosis: Recorded {
///         public func write(to writer: inout CanonicalWriter) {
///             writer.begin()
///             writer.field("code", code)
///             writer.field("qualifier", qualifier)
///             writer.end()
///         }
///
///         public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
///             try reader.begin()
///             code = try reader.field("code")
///             qualifier = try reader.field("qualifier")
///             try reader.end()
///         }
///     }
public protocol Recorded: Sendable {
    func write(to writer: inout CanonicalWriter)
    init(from reader: inout CanonicalReader) throws(CanonicalFault)
}

/// An enum without payloads whose raw values are its written tags.
public protocol RecordedTag: Recorded, RawRepresentable where RawValue == String {}

extension RecordedTag {
    @inlinable
    public func write(to writer: inout CanonicalWriter) { writer.write(rawValue) }

    @inlinable
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        let text = try reader.string()
        // Two strings can be equal and differ in their bytes.
        guard let value = Self(rawValue: text), value.rawValue.utf8.elementsEqual(text.utf8) else {
            throw reader.fault(.unknownTag)
        }
        self = value
    }
}

/// Why a value cannot be written to the record or read from it, and at which field. It holds no value of the data.
public struct CanonicalFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case notCanonical = "the bytes are not canonical JSON"
        case missing = "a field is missing"
        case unknownField = "there is a field that this program does not know"
        case unknownTag = "there is a tag that this program does not know"
        case wrongType = "a field holds another type of value"
        case outOfRange = "a number, an amount, a date or a time lies outside of what can be kept"
        case changed = "the value does not come back as it was"
    }

    public let reason: Reason
    /// The innermost field at fault; empty for the value as a whole.
    public let field: String

    public init(_ reason: Reason, field: String = "") {
        self.reason = reason
        self.field = field
    }

    public var description: String { field.isEmpty ? reason.rawValue : "\(reason.rawValue) (field '\(field)')" }
}

/// The one form in which our own values become bytes that are kept, digested and compared.
///
/// It is JSON as RFC 8785 writes it, narrowed: UTF-8 without white space; names of an object in ascending order and
/// each once (all are ASCII, for which the order by UTF-16 units and that by bytes are one); of strings only `"`, `\`
/// and the controls below U+0020 are escaped, by `\b \t \n \f \r` where they have such a form and by `\u00xx` in small
/// letters where not; numbers are whole, of a magnitude below 2^53, and written without sign or zeros that they do not
/// need; `null` does not occur. Money, dates and times are strings. An enum case without a payload is its tag as a
/// string, one with a payload an object of one member.
public enum Canonical {
    /// The bytes of a value. A value that the form cannot hold, such as a date past the year 9999, is refused with its
    /// field.
    @inlinable
    public static func encode(_ value: some Recorded) throws(CanonicalFault) -> [UInt8] {
        var writer = CanonicalWriter()
        value.write(to: &writer)
        return try writer.finish()
    }

    /// Reads a value that fills the bytes; anything that is not in the canonical form is refused.
    @inlinable
    public static func decode<Value: Recorded>(_ type: Value.Type = Value.self, from bytes: [UInt8])
        throws(CanonicalFault) -> Value
    {
        var reader = CanonicalReader(bytes)
        let value = try Value(from: &reader)
        try reader.finish()
        return value
    }

    /// The bytes of a value of which it is proved that they give the same value back.
    @inlinable
    public static func encodeProven<Value: Recorded & Equatable>(_ value: Value) throws(CanonicalFault) -> [UInt8] {
        let bytes = try encode(value)
        guard try decode(Value.self, from: bytes) == value else { throw CanonicalFault(.changed) }
        return bytes
    }

    /// The value as JSON, for contracts and pages.
    public static func json(_ value: some Recorded) throws -> JSON { try JSON(parsing: encode(value)) }
}
