/// A JSON value read without loss: numbers keep their text (`1.50` stays `1.50`, as FHIR demands) and objects keep
/// the order of their members.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number's own text, in the grammar of RFC 8259 section 6.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// The members of a JSON object, in order. A name that stands twice is refused when reading.
public struct JSONObject: Hashable, Sendable {
    public private(set) var members: [(name: String, value: JSON)] = []

    public init() {}

    public init(_ members: [(String, JSON)]) {
        for (name, value) in members { self[name] = value }
    }

    /// Setting nil removes the member; setting a new name appends it.
    public subscript(name: String) -> JSON? {
        get { members.first { $0.name == name }?.value }
        set {
            let position = members.firstIndex { $0.name == name }
            switch (position, newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): members.remove(at: position)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Appends without looking for an earlier member of the name; for readers that have looked already.
    mutating func append(_ name: String, _ value: JSON) { members.append((name, value)) }

    /// The order of members is kept and is no part of the value (RFC 8259 section 4: an object is unordered).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.members.count == right.members.count else { return false }
        if zip(left.members, right.members).allSatisfy({ $0.name == $1.name && $0.value == $1.value }) { return true }
        let values = Dictionary(left.members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        return values.count == left.members.count && right.members.allSatisfy { values[$0.name] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var inner = Hasher()
            inner.combine(member.name)
            inner.combine(member.value)
            sum ^= inner.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(String(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
    public init(nilLiteral: ()) { self = .null }
    public init(_ value: Int) { self = .number(String(value)) }

    /// An object of the members whose value is not nil.
    public static func compact(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        .object(JSONObject(members.compactMap { name, value in value.map { (name, $0) } }))
    }
}

extension JSON {
    /// The member of an object; nil for any other kind of value.
    public subscript(name: String) -> JSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// The element of an array; nil out of range or for any other kind of value.
    public subscript(index: Int) -> JSON? {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSON]? { if case .array(let values) = self { values } else { nil } }
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    public var numberText: String? { if case .number(let text) = self { text } else { nil } }
    /// The number where it is whole and fits; nil for `1.5`.
    public var integer: Int? { numberText.flatMap { Int($0) } }
    public var double: Double? { numberText.flatMap { Double($0) } }
    public var isNull: Bool { self == .null }

    /// The elements of an array, or nothing.
    public var elements: [JSON] { array ?? [] }
}

extension JSONObject {
    /// The text of an object that has these members, and behind them those of another of which the text is at hand: a
    /// large answer is written once, and what stands before it is added without reading it.
    ///
    /// - Parameter object: the text of an object, without white space around it, and with none of these members.
    public func text(before object: [UInt8]) -> [UInt8] {
        if members.isEmpty { return object }
        var output: [UInt8] = []
        JSONWriter.write(.object(self), into: &output, sortingKeys: false)
        output.removeLast()
        let rest = object.dropFirst()
        if rest.first != UInt8(ascii: "}") { output.append(UInt8(ascii: ",")) }
        return output + rest
    }
}

extension JSON {
    /// Compact text, members in the order they stand.
    public var text: String {
        var output: [UInt8] = []
        JSONWriter.write(self, into: &output, sortingKeys: false)
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends a text as JSON has it, quoted and escaped: for who writes values without making a ``JSON`` of them.
    public static func write(_ text: String, to output: inout [UInt8]) { JSONWriter.writeString(text, into: &output) }

    /// The bytes that digests are taken over: compact, names sorted by their UTF-8 bytes.
    public var canonical: [UInt8] {
        var output: [UInt8] = []
        JSONWriter.write(self, into: &output, sortingKeys: true)
        return output
    }

    /// Two spaces a level, for people and for files that people read.
    public var pretty: String {
        var output: [UInt8] = []
        JSONWriter.writePretty(self, into: &output, level: 0)
        output.append(UInt8(ascii: "\n"))
        return String(decoding: output, as: UTF8.self)
    }
}

enum JSONWriter {
    static func write(_ value: JSON, into output: inout [UInt8], sortingKeys: Bool) {
        switch value {
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, element) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(element, into: &output, sortingKeys: sortingKeys)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            let members =
                sortingKeys
                ? object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : object.members
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                writeString(member.name, into: &output)
                output.append(UInt8(ascii: ":"))
                write(member.value, into: &output, sortingKeys: sortingKeys)
            }
            output.append(UInt8(ascii: "}"))
        default: writeScalar(value, into: &output)
        }
    }

    static func writePretty(_ value: JSON, into output: inout [UInt8], level: Int) {
        func newline(_ level: Int) {
            output.append(UInt8(ascii: "\n"))
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
        }
        switch value {
        case .array(let values) where !values.isEmpty:
            output.append(UInt8(ascii: "["))
            for (index, element) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                newline(level + 1)
                writePretty(element, into: &output, level: level + 1)
            }
            newline(level)
            output.append(UInt8(ascii: "]"))
        case .object(let object) where !object.members.isEmpty:
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                newline(level + 1)
                writeString(member.name, into: &output)
                output.append(contentsOf: ": ".utf8)
                writePretty(member.value, into: &output, level: level + 1)
            }
            newline(level)
            output.append(UInt8(ascii: "}"))
        default: write(value, into: &output, sortingKeys: false)
        }
    }

    private static func writeScalar(_ value: JSON, into output: inout [UInt8]) {
        switch value {
        case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let text): output.append(contentsOf: text.utf8)
        case .string(let text): writeString(text, into: &output)
        default: output.append(contentsOf: "null".utf8)
        }
    }

    static func writeString(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        // Nearly all texts go as they are, and then in one piece.
        let isWhole =
            text.utf8.withContiguousStorageIfAvailable { bytes in
                for byte in bytes where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    return false
                }
                output.append(contentsOf: bytes)
                return true
            } ?? false
        if isWhole { return output.append(UInt8(ascii: "\"")) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): output.append(contentsOf: "\\\\".utf8)
            case 0x0a: output.append(contentsOf: "\\n".utf8)
            case 0x0d: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20: output.append(contentsOf: "\\u00\([byte].hexadecimal)".utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
