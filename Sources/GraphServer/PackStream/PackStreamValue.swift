/// A value of PackStream version 1, in which Bolt writes every message (Bolt Protocol, "PackStream").
public enum PackStreamValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case bytes([UInt8])
    case string(String)
    case list([PackStreamValue])
    case map([String: PackStreamValue])
    /// A node, a date and the like: a tag and its fields.
    indirect case structure(tag: UInt8, fields: [PackStreamValue])

    public var integer: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var list: [PackStreamValue]? { if case .list(let value) = self { value } else { nil } }
    public var map: [String: PackStreamValue]? { if case .map(let value) = self { value } else { nil } }
    public var isNull: Bool { self == .null }
}

extension PackStreamValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: PackStreamValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, PackStreamValue)...) {
        self = .map(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}

/// Why bytes are no PackStream value that this program takes.
public enum PackStreamError: Error, Sendable, Hashable {
    /// The value says that it is longer than the bytes are.
    case truncated
    /// The byte begins no value.
    case unknownMarker(UInt8)
    /// A text that is not UTF-8.
    case notText
    /// A map's key is not a text.
    case keyNotText
    /// More levels than ``PackStreamDecoder/maximumDepth``.
    case tooDeep
    /// Bytes follow the value.
    case trailingBytes
}
