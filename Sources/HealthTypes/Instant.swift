/// A moment in time, in milliseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Sendable, Comparable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A moment on `date` in UTC.
    public init(_ date: CalendarDate, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        milliseconds = (Int64(date.dayNumber) * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * 1000
    }

    /// The UTC day.
    public var date: CalendarDate { CalendarDate(dayNumber: Int((secondsFloor - secondOfDay) / 86_400)) }

    private var secondsFloor: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }

    private var secondOfDay: Int64 { (secondsFloor % 86_400 + 86_400) % 86_400 }

    public var hour: Int { Int(secondOfDay / 3600) }
    public var minute: Int { Int(secondOfDay % 3600 / 60) }
    public var second: Int { Int(secondOfDay % 60) }

    public func adding(seconds: Int) -> Instant { Instant(milliseconds: milliseconds + Int64(seconds) * 1000) }
    public func adding(hours: Int) -> Instant { adding(seconds: hours * 3600) }
    public func adding(days: Int) -> Instant { adding(seconds: days * 86_400) }

    /// Whole seconds from `earlier` to this moment.
    public func seconds(since earlier: Instant) -> Int { Int((milliseconds - earlier.milliseconds) / 1000) }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}

extension Instant: CustomStringConvertible, LosslessStringConvertible, Codable {
    /// RFC 3339 in UTC: `2026-03-02T14:05:00Z`, with milliseconds only where they are not zero.
    public var description: String {
        let fraction = Int(((milliseconds % 1000) + 1000) % 1000)
        return "\(date)T\(padded(hour, to: 2)):\(padded(minute, to: 2)):\(padded(second, to: 2))"
            + (fraction == 0 ? "" : ".\(padded(fraction, to: 3))") + "Z"
    }

    /// RFC 3339 with three decimals always, so that text order is time order.
    public var sortable: String {
        let fraction = Int(((milliseconds % 1000) + 1000) % 1000)
        return
            "\(date)T\(padded(hour, to: 2)):\(padded(minute, to: 2)):\(padded(second, to: 2)).\(padded(fraction, to: 3))Z"
    }

    /// `YYYYMMDDHHMMSS`, as HL7 v2 writes a time.
    public var compact: String {
        "\(date.compact)\(padded(hour, to: 2))\(padded(minute, to: 2))\(padded(second, to: 2))"
    }

    /// Reads RFC 3339 with `Z` or an offset such as `-05:00`.
    public init?(_ text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = CalendarDate(parts[0]), parts[1].utf8.count >= 9 else { return nil }
        let time = parts[1]
        let fields = time.prefix(8).split(separator: ":")
        guard Self.hasForm(time, "00:00:00"), fields.count == 3, let h = Int(fields[0]), let m = Int(fields[1]),
            let s = Int(fields[2]),
            (0..<24).contains(h), (0..<60).contains(m), (0...60).contains(s)
        else { return nil }
        var rest = time.dropFirst(8)
        var fraction: Int64 = 0
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isNumber }
            guard !digits.isEmpty, let value = Int64(String(digits.prefix(3)).padding(toLength: 3)) else { return nil }
            fraction = value
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = Self.offsetSeconds(rest) else { return nil }
        milliseconds = Instant(date, hour: h, minute: m, second: s).milliseconds + fraction - offset * 1000
    }

    /// Whether the text begins with digits where the form has digits, and colons where it has colons.
    private static func hasForm(_ text: Substring, _ form: String) -> Bool {
        zip(text.utf8, form.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? (0x30...0x39).contains($0) : $0 == $1 }
    }

    private static func offsetSeconds(_ text: Substring) -> Int64? {
        if text == "Z" { return 0 }
        guard text.utf8.count == 6, let sign = text.first, sign == "+" || sign == "-",
            hasForm(text.dropFirst(), "00:00"), let hours = Int64(text.dropFirst().prefix(2)), hours < 24,
            let minutes = Int64(text.suffix(2)), minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = instant
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension String {
    fileprivate func padding(toLength length: Int) -> String {
        count >= length ? self : self + String(repeating: "0", count: length - count)
    }
}
