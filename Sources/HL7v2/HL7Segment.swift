public import HealthTypes

/// One segment of a message.
///
/// Fields, repetitions, components and subcomponents count from one, as the standard
/// counts them; asking past the end gives an empty value.
public struct HL7Segment: Hashable, Sendable {
    /// `PID`, kept in the letters it came in.
    public let id: String
    public let delimiters: HL7Delimiters
    private let text: [UInt8]
    private let fields: [Range<Int>]

    /// `text` is one line in UTF-8.
    init(text: [UInt8], delimiters: HL7Delimiters) {
        self.text = text
        self.delimiters = delimiters
        var fields: [Range<Int>] = []
        var start = 0
        for (index, byte) in text.enumerated() where byte == delimiters.field {
            fields.append(start..<index)
            start = index + 1
        }
        fields.append(start..<text.count)
        self.fields = fields
        id = String(decoding: text[fields[0]], as: UTF8.self)
    }

    /// The segment's text, escapes and all.
    public var raw: String { String(decoding: text, as: UTF8.self) }

    /// The position of the last field.
    public var count: Int { isHeader ? fields.count : fields.count - 1 }

    /// In these segments field 1 is the field separator itself and field 2 must not be read by its own characters.
    private var isHeader: Bool { id == "MSH" || id == "FHS" || id == "BHS" }

    private func bytes(_ field: Int) -> ArraySlice<UInt8> {
        let index = isHeader ? field - 1 : field
        guard field > 0, index > 0, fields.indices.contains(index) else {
            return isHeader && field == 1 ? [delimiters.field] : []
        }
        return text[fields[index]]
    }

    /// The whole field as it stands, escapes and delimiters and all.
    public func rawField(_ field: Int) -> String { String(decoding: bytes(field), as: UTF8.self) }

    /// The field's repetitions; none where the field is absent or empty.
    public func repetitions(_ field: Int) -> [HL7Field] {
        let bytes = bytes(field)
        if bytes.isEmpty { return [] }
        if isHeader, field <= 2 { return [HL7Field(bytes: bytes, delimiters: nil)] }
        return bytes.split(separator: delimiters.repetition, omittingEmptySubsequences: false).map {
            HL7Field(bytes: $0, delimiters: delimiters)
        }
    }

    /// The first component of the first repetition, escapes undone; empty where the field is absent or null.
    public subscript(field: Int) -> String { self[field, 1] }

    public subscript(field: Int, component: Int) -> String { self[field, component, subcomponent: 1] }

    public subscript(field: Int, component: Int, subcomponent subcomponent: Int) -> String {
        repetitions(field).first?[component, subcomponent] ?? ""
    }

    /// Whether the field is `""`, which says "delete what you have" where an empty field says nothing.
    public func isExplicitNull(_ field: Int) -> Bool { bytes(field).elementsEqual("\"\"".utf8) }

    /// Whether the sender says that it cut the field short (HL7 v2.7, the truncation character).
    public func isTruncated(_ field: Int) -> Bool {
        guard let mark = delimiters.truncation, !(isHeader && field <= 2) else { return false }
        return bytes(field).last == mark
    }

    /// A moment (DTM or TS), at least to the day: `20260302`, `202603021405`, `20260302140500.250-0500`.
    ///
    /// - Parameter offset: minutes east of UTC, for a time that states no zone of its own.
    public func time(_ field: Int, _ component: Int = 1, offset: Int = 0) -> Instant? {
        HL7Time.instant(self[field, component], offset: offset)
    }

    /// The day that is written, in whatever zone it was written; nil where a month or a year alone is known.
    public func date(_ field: Int, _ component: Int = 1) -> CalendarDate? {
        CalendarDate(self[field, component].prefix(8))
    }
}

/// One repetition of a field.
public struct HL7Field: Hashable, Sendable {
    private let bytes: ArraySlice<UInt8>
    /// Nil for text that nothing divides.
    private let delimiters: HL7Delimiters?

    init(bytes: ArraySlice<UInt8>, delimiters: HL7Delimiters?) {
        self.bytes = bytes
        self.delimiters = delimiters
    }

    public var raw: String { String(decoding: bytes, as: UTF8.self) }

    /// The first component, escapes undone.
    public var text: String { self[1, 1] }

    /// The component's first subcomponent, escapes undone: what an older receiver takes for the whole component.
    public subscript(component: Int) -> String { self[component, 1] }

    public subscript(component: Int, subcomponent: Int) -> String {
        guard let delimiters else { return component == 1 && subcomponent == 1 ? raw : "" }
        guard let part = part(component, of: bytes, delimiters.component),
            let part = self.part(subcomponent, of: part, delimiters.subcomponent),
            !part.elementsEqual("\"\"".utf8)
        else { return "" }
        return HL7Escape.undo(part, delimiters)
    }

    /// Every component's first subcomponent, escapes undone.
    public var components: [String] {
        guard let delimiters else { return [raw] }
        let count = bytes.count { $0 == delimiters.component } + 1
        return (1...count).map { self[$0, 1] }
    }

    private func part(_ position: Int, of bytes: ArraySlice<UInt8>, _ separator: UInt8?) -> ArraySlice<UInt8>? {
        guard let separator else { return position == 1 ? bytes : nil }
        let parts = bytes.split(separator: separator, omittingEmptySubsequences: false)
        return parts.indices.contains(position - 1) ? parts[position - 1] : nil
    }
}

enum HL7Time {
    /// `YYYYMMDD[HH[MM[SS[.S…]]]][±ZZZZ]` (HL7 v2.5.1 2.A.21); nil for less than a day or for what is no time.
    static func instant(_ text: String, offset defaultOffset: Int) -> Instant? {
        let bytes = Array(text.utf8)
        let signIndex = bytes.firstIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        let body = bytes[..<(signIndex ?? bytes.count)]
        let halves = body.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, [8, 10, 12, 14].contains(whole.count), halves.count == 1 || whole.count == 14,
            let date = CalendarDate(String(decoding: whole.prefix(8), as: UTF8.self))
        else { return nil }
        func two(_ position: Int, below limit: Int) -> Int? {
            position >= whole.count ? 0 : digits(whole[position..<position + 2]).flatMap { $0 < limit ? $0 : nil }
        }
        guard let hour = two(8, below: 24), let minute = two(10, below: 60), let second = two(12, below: 61)
        else { return nil }
        var milliseconds = 0
        if halves.count == 2 {
            guard (1...4).contains(halves[1].count), let fraction = digits(halves[1]) else { return nil }
            milliseconds = [100, 10, 1][min(halves[1].count, 3) - 1] * fraction / (halves[1].count == 4 ? 10 : 1)
        }
        var offset = defaultOffset
        if let signIndex {
            guard bytes.count == signIndex + 5, let hours = digits(bytes[signIndex + 1..<signIndex + 3]),
                let minutes = digits(bytes[signIndex + 3..<signIndex + 5]), hours < 24, minutes < 60
            else { return nil }
            offset = (bytes[signIndex] == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
        }
        let local = Instant(date, hour: hour, minute: minute, second: second).adding(seconds: -offset * 60)
        return Instant(milliseconds: local.milliseconds + Int64(milliseconds))
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return bytes.isEmpty ? nil : value
    }
}
