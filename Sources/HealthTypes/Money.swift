/// An exact amount of United States dollars, held in whole cents.
///
/// Amounts in X12, FHIR and JSON arrive as decimal text. They are read digit by digit, never through a floating
/// point number, so that `Money("0.10")! + Money("0.20")!` is `Money("0.30")!`. More than two decimals are accepted
/// only when the further digits are zero: money is never rounded in silence.
public struct Money: Hashable, Sendable, Comparable {
    /// The amount in hundredths of a dollar.
    public let cents: Int64

    public static let zero = Money(cents: 0)

    /// The largest magnitude that text may state: ten billion dollars. It keeps a sum over nine million amounts
    /// inside 64 bits, so that adding up a hostile file cannot trap.
    public static let maximumCents: Int64 = 1_000_000_000_000

    public init(cents: Int64) {
        self.cents = cents
    }

    /// Reads decimal text such as `125`, `125.5`, `-0.75` or `.5`; nil for anything else, a rounding or an amount
    /// past ``maximumCents``.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: text.utf8)
    }

    /// Reads the same form from bytes of ASCII.
    public init?(utf8 bytes: some Sequence<UInt8>) {
        var cents: Int64 = 0
        var decimals = -1
        var digits = 0
        var negative = false
        var first = true
        for byte in bytes {
            defer { first = false }
            switch byte {
            case UInt8(ascii: "-") where first: negative = true
            case UInt8(ascii: "+") where first: break
            case UInt8(ascii: ".") where decimals < 0: decimals = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                let digit = Int64(byte - UInt8(ascii: "0"))
                if decimals >= 2 {
                    guard digit == 0 else { return nil }
                    continue
                }
                if decimals >= 0 { decimals += 1 }
                cents = cents * 10 + digit
                guard cents <= Self.maximumCents else { return nil }
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        for _ in max(0, decimals)..<2 { cents *= 10 }
        guard cents <= Self.maximumCents else { return nil }
        self.cents = negative ? -cents : cents
    }

    public static func + (left: Money, right: Money) -> Money { Money(cents: left.cents + right.cents) }
    public static func - (left: Money, right: Money) -> Money { Money(cents: left.cents - right.cents) }
    public static prefix func - (amount: Money) -> Money { Money(cents: -amount.cents) }
    public static func += (left: inout Money, right: Money) { left = left + right }
    public static func -= (left: inout Money, right: Money) { left = left - right }
    public static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }

    /// The amount times a whole number, as in units × price.
    public static func * (amount: Money, count: Int) -> Money { Money(cents: amount.cents * Int64(count)) }

    /// The amount times `numerator / denominator`, rounded half away from zero to a cent.
    public func scaled(by numerator: Int64, over denominator: Int64) -> Money {
        precondition(denominator > 0, "a share needs a positive denominator")
        let product = cents * numerator
        let half = product >= 0 ? denominator / 2 : -(denominator / 2)
        return Money(cents: (product + half) / denominator)
    }

    public var isZero: Bool { cents == 0 }
    public var isNegative: Bool { cents < 0 }
}

extension Money: CustomStringConvertible, LosslessStringConvertible {
    /// Two decimals and no thousands separators: `1250.00`.
    public var description: String {
        // Written from its end: amounts are written by the million.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { bytes in
            var at = 24
            func put(_ byte: UInt8) {
                at -= 1
                bytes[at] = byte
            }
            var rest = cents.magnitude
            for place in 0... {
                if place == 2 { put(UInt8(ascii: ".")) }
                if place > 2, rest == 0 { break }
                put(UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            }
            if cents < 0 { put(UInt8(ascii: "-")) }
            return String(decoding: bytes[at...], as: UTF8.self)
        }
    }

    /// The shortest X12 form (data type R): no trailing zeros after the point, `1250`, `12.5`.
    public var x12: String {
        let magnitude = cents.magnitude
        let sign = cents < 0 ? "-" : ""
        let whole = magnitude / 100
        let fraction = magnitude % 100
        if fraction == 0 { return "\(sign)\(whole)" }
        if fraction % 10 == 0 { return "\(sign)\(whole).\(fraction / 10)" }
        return "\(sign)\(whole).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// For people: `$1,250.00`.
    public var dollars: String {
        let magnitude = cents.magnitude
        var whole = String(magnitude / 100)
        var position = whole.count - 3
        while position > 0 {
            whole.insert(",", at: whole.index(whole.startIndex, offsetBy: position))
            position -= 3
        }
        let fraction = magnitude % 100
        return "\(cents < 0 ? "-" : "")$\(whole).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

extension Money: Codable {
    /// A JSON string, so that no reader takes it for a binary floating point number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let money = Money(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an amount of dollars")
        }
        self = money
    }
}

extension Sequence where Element == Money {
    /// The sum of the amounts.
    public func total() -> Money { reduce(.zero, +) }
}
