/// Why some bytes are not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends inside a value"
        case unexpectedByte = "a character that cannot stand here"
        case badNumber = "a number not in JSON's grammar"
        case badEscape = "an escape that JSON does not have"
        case controlCharacter = "a control character inside a string"
        case badUTF8 = "bytes that are not UTF-8"
        case duplicateName = "a member name that stands twice in one object"
        case tooDeep = "nested deeper than the limit"
        case trailing = "more text after the value"
    }

    public let reason: Reason
    /// From the start of the text, from zero.
    public let byte: Int

    public var description: String { "not JSON at byte \(byte): \(reason.rawValue)" }
}

extension JSON {
    /// Reads one JSON value (RFC 8259) that fills the text.
    ///
    /// - Parameter maximumDepth: nesting past this is refused, since hostile input is deep.
    public init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 128) throws(JSONError) {
        var reader = JSONReader(bytes: Array(bytes), maximumDepth: maximumDepth)
        self = try reader.document()
    }

    public init(parsing text: String) throws(JSONError) { try self.init(parsing: text.utf8) }

    /// Reads a text that is an array, each of its elements with the place of its own bytes; nil where the text is another
    /// value.
    public static func elements(
        parsing bytes: some Collection<UInt8>, maximumDepth: Int = 128
    ) throws(JSONError) -> [(value: JSON, range: Range<Int>)]? {
        var reader = JSONReader(bytes: Array(bytes), maximumDepth: maximumDepth)
        return try reader.elements()
    }
}

struct JSONReader {
    let bytes: [UInt8]
    let maximumDepth: Int
    private var position = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONError) -> JSON {
        skipMark()
        let value = try value(depth: 0)
        try end()
        return value
    }

    mutating func elements() throws(JSONError) -> [(value: JSON, range: Range<Int>)]? {
        skipMark()
        skipSpace()
        guard try peek() == UInt8(ascii: "[") else { return nil }
        position += 1
        var elements: [(value: JSON, range: Range<Int>)] = []
        skipSpace()
        var goesOn = try peek() != UInt8(ascii: "]")
        if !goesOn { position += 1 }
        while goesOn {
            skipSpace()
            let start = position
            let value = try value(depth: 1)
            elements.append((value, start..<position))
            goesOn = try another(before: UInt8(ascii: "]"))
        }
        try end()
        return elements
    }

    /// A byte-order mark may stand before the text.
    private mutating func skipMark() { if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 } }

    private mutating func end() throws(JSONError) {
        skipSpace()
        guard position == bytes.count else { throw failure(.trailing) }
    }

    private func failure(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, byte: position) }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw failure(.unexpectedEnd) }
        return bytes[position]
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth <= maximumDepth else { throw failure(.tooDeep) }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let expected = text.withUTF8Buffer { Array($0) }
        guard bytes[position...].starts(with: expected) else { throw failure(.unexpectedByte) }
        position += expected.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        position += 1
        var object = JSONObject()
        var names: Set<String> = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return .object(object)
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
            let start = position
            let name = try string()
            guard names.insert(name).inserted else { throw JSONError(reason: .duplicateName, byte: start) }
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw failure(.unexpectedByte) }
            position += 1
            object.append(name, try value(depth: depth + 1))
            if try !another(before: UInt8(ascii: "}")) { return .object(object) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        position += 1
        var values: [JSON] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return .array(values)
        }
        while true {
            values.append(try value(depth: depth + 1))
            if try !another(before: UInt8(ascii: "]")) { return .array(values) }
        }
    }

    /// Steps over a comma (true) or the closing bracket (false).
    private mutating func another(before close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == close || byte == UInt8(ascii: ",") else { throw failure(.unexpectedByte) }
        position += 1
        return byte != close
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        func digits() -> Int {
            let first = position
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
            return position - first
        }
        func at(_ characters: String) -> Bool {
            position < bytes.count && characters.utf8.contains(bytes[position])
        }
        if at("-") { position += 1 }
        let zero = at("0")
        let whole = digits()
        guard whole > 0 else { throw failure(start == position ? .unexpectedByte : .badNumber) }
        guard !zero || whole == 1 else { throw failure(.badNumber) }
        if at(".") {
            position += 1
            guard digits() > 0 else { throw failure(.badNumber) }
        }
        if at("eE") {
            position += 1
            if at("+-") { position += 1 }
            guard digits() > 0 else { throw failure(.badNumber) }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var output: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: output, as: UTF8.self) else {
                    throw JSONError(reason: .badUTF8, byte: start)
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &output)
            case 0..<0x20: throw failure(.controlCharacter)
            default:
                output.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape(into output: inout [UInt8]) throws(JSONError) {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0c)
        case UInt8(ascii: "n"): output.append(0x0a)
        case UInt8(ascii: "r"): output.append(0x0d)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexadecimalUnit()
            if (0xd800..<0xdc00).contains(unit), bytes[position...].starts(with: "\\u".utf8) {
                position += 2
                let low = try hexadecimalUnit()
                guard (0xdc00..<0xe000).contains(low) else { throw failure(.badEscape) }
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw failure(.badEscape) }
            output.append(contentsOf: Character(scalar).utf8)
        default: throw failure(.badEscape)
        }
    }

    private mutating func hexadecimalUnit() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure(.unexpectedEnd) }
        var unit: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure(.badEscape) }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }
}
