/// Writes canonical JSON; see ``Canonical`` for the form and ``Recorded`` for an example.
///
/// What the form cannot hold is remembered as a fault and told by ``finish()``, so that writing needs no `try`.
public struct CanonicalWriter {
    private var bytes: [UInt8] = []
    private var fault: CanonicalFault?
    private var current: StaticString = ""
    private var depth = 0
    #if DEBUG
        /// The last name of each open object, to find fields that are written out of order.
        private var names: [String] = []
    #endif

    public init() { bytes.reserveCapacity(1024) }

    /// What was written, or the first fault.
    public consuming func finish() throws(CanonicalFault) -> [UInt8] {
        if let fault { throw fault }
        return bytes
    }

    // MARK: Objects

    public mutating func begin() {
        descend()
        bytes.append(UInt8(ascii: "{"))
        #if DEBUG
            names.append("")
        #endif
    }

    public mutating func end() {
        depth -= 1
        bytes.append(UInt8(ascii: "}"))
        #if DEBUG
            names.removeLast()
        #endif
    }

    /// What the reader would refuse as too deep is not written.
    private mutating func descend() {
        depth += 1
        if depth > CanonicalReader.maximumDepth { refuse(.outOfRange) }
    }

    @usableFromInline
    mutating func name(_ name: StaticString) {
        #if DEBUG
            let text = name.description
            precondition(names.last! < text, "field \(text) is written out of order")
            names[names.count - 1] = text
        #endif
        current = name
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    @inlinable
    public mutating func field(_ name: StaticString, _ value: some Recorded) {
        self.name(name)
        value.write(to: &self)
    }

    /// Left out where it is nil.
    @inlinable
    public mutating func field(_ name: StaticString, _ value: (some Recorded)?) {
        if let value { field(name, value) }
    }

    /// Left out where it is the common value; the reader is given the same one.
    @inlinable
    public mutating func field<Value: Recorded & Equatable>(
        _ name: StaticString, _ value: Value, default common: Value
    ) {
        if value != common { field(name, value) }
    }

    /// Left out where it is empty.
    @inlinable
    public mutating func field(_ name: StaticString, _ values: [some Recorded]) {
        if values.isEmpty { return }
        self.name(name)
        write(values)
    }

    @inlinable
    public mutating func write(_ values: [some Recorded]) {
        beginList()
        var isFirst = true
        // A list that is refused is not walked any further, however deep it is.
        for value in values where !isRefused {
            if !isFirst { separate() }
            isFirst = false
            value.write(to: &self)
        }
        endList()
    }

    @usableFromInline var isRefused: Bool { fault != nil }

    @usableFromInline
    mutating func beginList() {
        descend()
        bytes.append(UInt8(ascii: "["))
    }

    @usableFromInline
    mutating func separate() { bytes.append(UInt8(ascii: ",")) }

    @usableFromInline
    mutating func endList() {
        bytes.append(UInt8(ascii: "]"))
        depth -= 1
    }

    /// A case with a payload: an object of one member, its tag.
    @inlinable
    public mutating func tagged(_ tag: StaticString, _ payload: some Recorded) {
        begin()
        field(tag, payload)
        end()
    }

    /// A case with two payloads: an object of one member, whose value is the list of both.
    public mutating func tagged(_ tag: StaticString, _ first: some Recorded, _ second: some Recorded) {
        begin()
        name(tag)
        bytes.append(UInt8(ascii: "["))
        first.write(to: &self)
        bytes.append(UInt8(ascii: ","))
        second.write(to: &self)
        bytes.append(UInt8(ascii: "]"))
        end()
    }

    /// A case without a payload.
    public mutating func tag(_ tag: StaticString) {
        bytes.append(UInt8(ascii: "\""))
        tag.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Scalars

    public mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices where utf8[index] < 0x20 || utf8[index] == 0x22 || utf8[index] == 0x5c {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                escape(utf8[index])
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case 0x22, 0x5c: bytes.append(byte)
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
    }

    static let digits = Array("0123456789abcdef".utf8)

    /// Whole numbers of a magnitude of 2^53 and more are a fault: other readers of JSON would not read them exactly.
    public mutating func write(_ number: Int) {
        guard number.magnitude < 1 << 53 else { return refuse(.outOfRange) }
        decimal(Int64(number))
    }

    private mutating func decimal(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    public mutating func write(_ flag: Bool) { bytes.append(contentsOf: (flag ? "true" : "false").utf8) }

    public mutating func write(_ amount: Money) {
        bytes.append(UInt8(ascii: "\""))
        if amount.cents < 0 { bytes.append(UInt8(ascii: "-")) }
        let cents = amount.cents.magnitude
        decimalUnsigned(cents / 100)
        bytes.append(UInt8(ascii: "."))
        pair(Int(cents % 100))
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func decimalUnsigned(_ number: UInt64) { decimal(Int64(number)) }

    private mutating func pair(_ number: Int) {
        bytes.append(UInt8(ascii: "0") + UInt8(number / 10))
        bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// `2026-03-02`; a year that has not four digits is a fault.
    public mutating func write(_ date: CalendarDate) {
        bytes.append(UInt8(ascii: "\""))
        day(date)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func day(_ date: CalendarDate) {
        guard (1...9999).contains(date.year) else { return refuse(.outOfRange) }
        pair(date.year / 100)
        pair(date.year % 100)
        bytes.append(UInt8(ascii: "-"))
        pair(date.month)
        bytes.append(UInt8(ascii: "-"))
        pair(date.day)
    }

    /// RFC 3339 in UTC with three decimals always: `2026-03-02T14:05:00.000Z`.
    public mutating func write(_ instant: Instant) {
        guard Instant.keepable.contains(instant.milliseconds) else { return refuse(.outOfRange) }
        bytes.append(UInt8(ascii: "\""))
        day(instant.date)
        bytes.append(UInt8(ascii: "T"))
        pair(instant.hour)
        bytes.append(UInt8(ascii: ":"))
        pair(instant.minute)
        bytes.append(UInt8(ascii: ":"))
        pair(instant.second)
        bytes.append(UInt8(ascii: "."))
        let fraction = Int(((instant.milliseconds % 1000) + 1000) % 1000)
        bytes.append(UInt8(ascii: "0") + UInt8(fraction / 100))
        pair(fraction % 100)
        bytes.append(contentsOf: "Z\"".utf8)
    }

    public mutating func write(_ digest: Digest) {
        bytes.append(UInt8(ascii: "\""))
        digest.withBytes { source in
            for byte in source {
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Any value of JSON; names stand in the order of RFC 8785 section 3.2.3, whatever their order was. Null, and a
    /// number that is not whole, in its shortest spelling and of a magnitude below 2^53, is a fault.
    public mutating func write(_ json: JSON) {
        switch json {
        case .null: refuse(.wrongType)
        case .bool(let flag): write(flag)
        case .string(let text): write(text)
        case .array(let values): write(values)
        case .number(let text):
            guard let number = Int(text), String(number) == text else { return refuse(.outOfRange) }
            write(number)
        case .object(let object):
            descend()
            // A value that is refused is not walked any further, however deep it is.
            guard fault == nil else { return }
            bytes.append(UInt8(ascii: "{"))
            var isFirst = true
            for member in object.members.sorted(by: { $0.name.precedesInCanonicalJSON($1.name) }) {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                write(member.name)
                bytes.append(UInt8(ascii: ":"))
                write(member.value)
            }
            bytes.append(UInt8(ascii: "}"))
            depth -= 1
        }
    }

    /// Remembers that the value cannot be kept.
    public mutating func refuse(_ reason: CanonicalFault.Reason) {
        if fault == nil { fault = CanonicalFault(reason, field: current.description) }
    }
}

extension String {
    /// The order of names in RFC 8785 section 3.2.3: by UTF-16 units.
    func precedesInCanonicalJSON(_ other: String) -> Bool { utf16.lexicographicallyPrecedes(other.utf16) }
}

extension Instant {
    /// The milliseconds of the years 0001 to 9999.
    fileprivate static let keepable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
}
