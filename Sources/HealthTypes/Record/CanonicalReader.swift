/// Reads canonical JSON, field by field in the order in which it was written; see ``Recorded`` for an example.
///
/// It is strict: white space, another order of names, a field that nobody asks for, or a spelling of a string or
/// number that ``CanonicalWriter`` does not write is refused.
public struct CanonicalReader {
    private let bytes: [UInt8]
    private var position = 0
    private var current: StaticString = ""
    private var depth = 0

    /// Nesting past this is refused, since hostile input is deep.
    public static let maximumDepth = 64

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public func fault(_ reason: CanonicalFault.Reason) -> CanonicalFault {
        CanonicalFault(reason, field: current.description)
    }

    /// Nothing may follow the value.
    public func finish() throws(CanonicalFault) {
        guard position == bytes.count else { throw CanonicalFault(.notCanonical) }
    }

    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func take(_ byte: UInt8) throws(CanonicalFault) {
        guard next == byte else { throw fault(.notCanonical) }
        position += 1
    }

    // MARK: Objects

    public mutating func begin() throws(CanonicalFault) {
        guard next == UInt8(ascii: "{") else { throw fault(.wrongType) }
        position += 1
        try descend()
    }

    private mutating func descend() throws(CanonicalFault) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault(.outOfRange) }
    }

    public mutating func end() throws(CanonicalFault) {
        guard next == UInt8(ascii: "}") else {
            throw fault(isAtMember ? .unknownField : .notCanonical)
        }
        position += 1
        depth -= 1
    }

    /// Whether the next bytes begin a member, as far as can be seen: a name without a comma behind `{`, with one else.
    private var isAtMember: Bool {
        if bytes[position - 1] == UInt8(ascii: "{") { return next == UInt8(ascii: "\"") }
        return next == UInt8(ascii: ",") && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\"")
    }

    /// Steps over the name where it is the next one.
    @usableFromInline
    mutating func step(over name: StaticString) -> Bool {
        current = name
        var start = position
        if next == UInt8(ascii: ",") { start += 1 }
        let length = name.utf8CodeUnitCount
        guard start + length + 3 <= bytes.count, bytes[start] == UInt8(ascii: "\"") else { return false }
        let isSame = bytes.withUnsafeBufferPointer { buffer in
            name.withUTF8Buffer { wanted in
                var index = 0
                while index < length {
                    if buffer[start + 1 + index] != wanted[index] { return false }
                    index += 1
                }
                return buffer[start + 1 + length] == UInt8(ascii: "\"")
                    && buffer[start + 2 + length] == UInt8(ascii: ":")
            }
        }
        // Between `{` and the first name stands no comma, between two members one.
        guard isSame, (start > position) == (bytes[position - 1] != UInt8(ascii: "{")) else { return false }
        position = start + length + 3
        return true
    }

    /// Steps over the name, which must be the next one.
    @usableFromInline
    mutating func require(_ name: StaticString) throws(CanonicalFault) {
        guard step(over: name) else {
            throw fault(isAtMember || next == UInt8(ascii: "}") ? .missing : .notCanonical)
        }
    }

    // What is generic is inlinable, so that it is compiled for each type: without that, reading would spend a third of
    // its time on looking up types.

    // A list is a value too: without the attribute the compiler would not choose between this and the one for lists.
    @_disfavoredOverload
    @inlinable
    public mutating func field<Value: Recorded>(_ name: StaticString) throws(CanonicalFault) -> Value {
        try require(name)
        return try Value(from: &self)
    }

    @inlinable
    public mutating func field<Value: Recorded>(_ name: StaticString) throws(CanonicalFault) -> Value? {
        guard step(over: name) else { return nil }
        return try Value(from: &self)
    }

    /// A field that is left out where it has its common value, and refused where that value is spelt out: a value has
    /// one form only.
    @inlinable
    public mutating func field<Value: Recorded & Equatable>(
        _ name: StaticString, default common: Value
    ) throws(CanonicalFault) -> Value {
        guard step(over: name) else { return common }
        let value = try Value(from: &self)
        guard value != common else { throw CanonicalFault(.notCanonical, field: name.description) }
        return value
    }

    @inlinable
    public mutating func field<Value: Recorded>(_ name: StaticString) throws(CanonicalFault) -> [Value] {
        guard step(over: name) else { return [] }
        let values: [Value] = try list()
        // An empty list is left out when writing.
        guard !values.isEmpty else { throw CanonicalFault(.notCanonical, field: name.description) }
        return values
    }

    @inlinable
    public mutating func list<Value: Recorded>() throws(CanonicalFault) -> [Value] {
        var values: [Value] = []
        var hasMore = try beginList()
        while hasMore {
            values.append(try Value(from: &self))
            hasMore = try continueList()
        }
        return values
    }

    /// Whether the list that begins here has an element.
    @usableFromInline
    mutating func beginList() throws(CanonicalFault) -> Bool {
        guard next == UInt8(ascii: "[") else { throw fault(.wrongType) }
        position += 1
        try descend()
        guard next == UInt8(ascii: "]") else { return true }
        position += 1
        depth -= 1
        return false
    }

    /// Whether an element follows the one just read.
    @usableFromInline
    mutating func continueList() throws(CanonicalFault) -> Bool {
        if next == UInt8(ascii: "]") {
            position += 1
            depth -= 1
            return false
        }
        try take(UInt8(ascii: ","))
        return true
    }

    // MARK: Enums

    /// Reads the tag of an enum; where the case has a payload, ``payload()`` must follow.
    @inlinable
    public mutating func tag<Tag: RawRepresentable>(_ type: Tag.Type = Tag.self) throws(CanonicalFault) -> Tag
    where Tag.RawValue == String {
        let text = try tagText()
        // Two strings can be equal and differ in their bytes.
        guard let tag = Tag(rawValue: text), tag.rawValue.utf8.elementsEqual(text.utf8) else {
            throw fault(.unknownTag)
        }
        return tag
    }

    @usableFromInline
    mutating func tagText() throws(CanonicalFault) -> String {
        let hasPayload = next == UInt8(ascii: "{")
        if hasPayload { position += 1 }
        let text = try string()
        // A brace without a payload, or a payload without a brace, would be a second form.
        guard (next == UInt8(ascii: ":")) == hasPayload else { throw fault(.notCanonical) }
        return text
    }

    /// The payload that belongs to the tag just read.
    @inlinable
    public mutating func payload<Value: Recorded>() throws(CanonicalFault) -> Value {
        try beginPayload()
        let value = try Value(from: &self)
        try endPayload()
        return value
    }

    @usableFromInline
    mutating func beginPayload() throws(CanonicalFault) {
        try take(UInt8(ascii: ":"))
        try descend()
    }

    @usableFromInline
    mutating func endPayload() throws(CanonicalFault) {
        depth -= 1
        try take(UInt8(ascii: "}"))
    }

    /// The two payloads that belong to the tag just read.
    public mutating func payloads<First: Recorded, Second: Recorded>() throws(CanonicalFault) -> (First, Second) {
        try take(UInt8(ascii: ":"))
        try take(UInt8(ascii: "["))
        let first = try First(from: &self)
        try take(UInt8(ascii: ","))
        let second = try Second(from: &self)
        try take(UInt8(ascii: "]"))
        try take(UInt8(ascii: "}"))
        return (first, second)
    }

    // MARK: Scalars

    public mutating func string() throws(CanonicalFault) -> String {
        guard next == UInt8(ascii: "\"") else { throw fault(.wrongType) }
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let end = position
                position += 1
                guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
                    throw fault(.notCanonical)
                }
                return text
            case UInt8(ascii: "\\"): return try escaped(from: start)
            case 0..<0x20: throw fault(.notCanonical)
            default: position += 1
            }
        }
        throw fault(.notCanonical)
    }

    /// A string with an escape in it, from its first byte.
    private mutating func escaped(from start: Int) throws(CanonicalFault) -> String {
        var output = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: output, as: UTF8.self) else { throw fault(.notCanonical) }
                return text
            case UInt8(ascii: "\\"): output.append(try escape())
            case 0..<0x20: throw fault(.notCanonical)
            default: output.append(byte)
            }
        }
        throw fault(.notCanonical)
    }

    private mutating func escape() throws(CanonicalFault) -> UInt8 {
        let byte = next
        position = min(position + 1, bytes.count)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count, bytes[position] == 0x30, bytes[position + 1] == 0x30,
                let high = CanonicalWriter.digits.firstIndex(of: bytes[position + 2]), high < 2,
                let low = CanonicalWriter.digits.firstIndex(of: bytes[position + 3])
            else { throw fault(.notCanonical) }
            position += 4
            let value = UInt8(high << 4 | low)
            guard ![0x08, 0x09, 0x0a, 0x0c, 0x0d].contains(value) else { throw fault(.notCanonical) }
            return value
        default: throw fault(.notCanonical)
        }
    }

    public mutating func integer() throws(CanonicalFault) -> Int {
        let start = position
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var value = 0
        while (0x30...0x39).contains(next), position - first < 17 {
            value = value * 10 + Int(next - 0x30)
            position += 1
        }
        guard position > first else { throw fault(start == position ? .wrongType : .notCanonical) }
        guard bytes[first] != 0x30 || (position == first + 1 && !isNegative) else { throw fault(.notCanonical) }
        guard value < 1 << 53 else { throw fault(.outOfRange) }
        return isNegative ? -value : value
    }

    public mutating func flag() throws(CanonicalFault) -> Bool {
        for (text, value) in [("true", true), ("false", false)] where bytes[position...].starts(with: text.utf8) {
            position += text.utf8.count
            return value
        }
        throw fault(.wrongType)
    }

    /// The bytes of a string of exactly `length` bytes without escapes.
    private mutating func fixed(_ length: Int) throws(CanonicalFault) -> ArraySlice<UInt8> {
        guard position + length + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\""),
            bytes[position + length + 1] == UInt8(ascii: "\"")
        else { throw fault(.wrongType) }
        let slice = bytes[position + 1..<position + 1 + length]
        position += length + 2
        return slice
    }

    /// The number that the digits in a range of the bytes give.
    private func digits(_ range: Range<Int>) throws(CanonicalFault) -> Int {
        var value = 0
        for index in range {
            guard (0x30...0x39).contains(bytes[index]) else { throw fault(.wrongType) }
            value = value * 10 + Int(bytes[index] - 0x30)
        }
        return value
    }

    private func day(at start: Int) throws(CanonicalFault) -> CalendarDate {
        guard bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
            let date = CalendarDate(
                year: try digits(start..<start + 4), month: try digits(start + 5..<start + 7),
                day: try digits(start + 8..<start + 10))
        else { throw fault(.wrongType) }
        return date
    }

    public mutating func date() throws(CanonicalFault) -> CalendarDate { try day(at: fixed(10).startIndex) }

    public mutating func instant() throws(CanonicalFault) -> Instant {
        let start = try fixed(24).startIndex
        let date = try day(at: start)
        let hour = try digits(start + 11..<start + 13)
        let minute = try digits(start + 14..<start + 16)
        let second = try digits(start + 17..<start + 19)
        let fraction = try digits(start + 20..<start + 23)
        guard bytes[start + 10] == UInt8(ascii: "T"), bytes[start + 13] == UInt8(ascii: ":"),
            bytes[start + 16] == UInt8(ascii: ":"), bytes[start + 19] == UInt8(ascii: "."),
            bytes[start + 23] == UInt8(ascii: "Z"), hour < 24, minute < 60, second < 60
        else { throw fault(.wrongType) }
        return Instant(
            milliseconds: Instant(date, hour: hour, minute: minute, second: second).milliseconds + Int64(fraction))
    }

    public mutating func money() throws(CanonicalFault) -> Money {
        guard next == UInt8(ascii: "\"") else { throw fault(.wrongType) }
        position += 1
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var cents: UInt64 = 0
        func add(_ digit: UInt8, to value: UInt64) -> UInt64? {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 0x30))
            return overflow || carry ? nil : sum
        }
        while (0x30...0x39).contains(next) {
            guard let value = add(next, to: cents) else { throw fault(.outOfRange) }
            cents = value
            position += 1
        }
        guard position > first, bytes[first] != 0x30 || position == first + 1 else { throw fault(.notCanonical) }
        try take(UInt8(ascii: "."))
        for _ in 0..<2 {
            guard (0x30...0x39).contains(next) else { throw fault(.notCanonical) }
            guard let value = add(next, to: cents) else { throw fault(.outOfRange) }
            cents = value
            position += 1
        }
        try take(UInt8(ascii: "\""))
        guard cents > 0 || !isNegative else { throw fault(.notCanonical) }
        guard let exact = isNegative ? Int64(exactly: -Int128(cents)) : Int64(exactly: cents) else {
            throw fault(.outOfRange)
        }
        return Money(cents: exact)
    }

    public mutating func digest() throws(CanonicalFault) -> Digest {
        let slice = try fixed(64)
        guard let digest = Digest(hexadecimal: slice) else { throw fault(.wrongType) }
        return digest
    }

    /// Any value of JSON that the form has; names must stand in the order of RFC 8785 section 3.2.3.
    public mutating func json() throws(CanonicalFault) -> JSON {
        switch next {
        case UInt8(ascii: "{"): .object(try object())
        case UInt8(ascii: "["): .array(try list())
        case UInt8(ascii: "\""): .string(try string())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool(try flag())
        case UInt8(ascii: "-"), 0x30...0x39: JSON(try integer())
        default: throw fault(.notCanonical)
        }
    }

    private mutating func object() throws(CanonicalFault) -> JSONObject {
        try begin()
        var object = JSONObject()
        var last: String?
        while next != UInt8(ascii: "}") {
            if last != nil { try take(UInt8(ascii: ",")) }
            guard next == UInt8(ascii: "\"") else { throw fault(.notCanonical) }
            let name = try string()
            if let last, !last.precedesInCanonicalJSON(name) { throw fault(.notCanonical) }
            last = name
            try take(UInt8(ascii: ":"))
            object.append(name, try json())
        }
        try end()
        return object
    }
}
