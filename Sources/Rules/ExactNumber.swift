public import HealthTypes

/// An exact number: a fraction in lowest terms, so that amounts, units and their quotients never round.
///
/// Each operation is nil where the answer does not fit into 64 bits; an evaluation then answers unknown.
public struct ExactNumber: Hashable, Sendable {
    public let numerator: Int64
    /// Greater than zero.
    public let denominator: Int64

    public init(_ whole: Int) {
        numerator = Int64(whole)
        denominator = 1
    }

    public init(_ amount: Money) {
        self.init(reducing: amount.cents, over: 100)
    }

    /// Reads `125`, `-0.75` or `1250.50`, at most 15 digits of which at most 6 follow the point; nil for all else.
    public init?(_ text: some StringProtocol) {
        var value: Int64 = 0
        var scale: Int64 = 1
        var digits = 0
        var point = false
        var digitAfterPoint = false
        var bytes = Substring(text).utf8
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes.removeFirst() }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "."):
                guard !point, digits > 0 else { return nil }
                point = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                guard digits <= 15 else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
                if point {
                    scale *= 10
                    digitAfterPoint = true
                }
            default: return nil
            }
        }
        guard digits > 0, scale <= 1_000_000, point == digitAfterPoint else { return nil }
        self.init(reducing: negative ? -value : value, over: scale)
    }

    /// `denominator` is greater than zero.
    private init(reducing numerator: Int64, over denominator: Int64) {
        if denominator == 1 {
            (self.numerator, self.denominator) = (numerator, 1)
            return
        }
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        // The divisor is not above the denominator, which fits.
        let divisor = Int64(a)
        (self.numerator, self.denominator) = (numerator / divisor, denominator / divisor)
    }

    public func adding(_ other: ExactNumber) -> ExactNumber? {
        combined(with: other) { $0.addingReportingOverflow($1) }
    }

    public func subtracting(_ other: ExactNumber) -> ExactNumber? {
        combined(with: other) { $0.subtractingReportingOverflow($1) }
    }

    public func multiplied(by other: ExactNumber) -> ExactNumber? {
        let (top, over) = numerator.multipliedReportingOverflow(by: other.numerator)
        let (bottom, under) = denominator.multipliedReportingOverflow(by: other.denominator)
        return over || under ? nil : ExactNumber(reducing: top, over: bottom)
    }

    /// Nil also where `other` is zero.
    public func divided(by other: ExactNumber) -> ExactNumber? {
        guard other.numerator != 0 else { return nil }
        let (top, over) = numerator.multipliedReportingOverflow(by: other.denominator)
        let (bottom, under) = denominator.multipliedReportingOverflow(by: other.numerator)
        guard !over, !under, top != .min, bottom != .min else { return nil }
        return ExactNumber(reducing: bottom < 0 ? -top : top, over: abs(bottom))
    }

    /// The number where it is whole; nil for a fraction.
    public var integer: Int? { denominator == 1 ? Int(numerator) : nil }

    private func combined(
        with other: ExactNumber, _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) -> ExactNumber? {
        if denominator == other.denominator {
            let (sum, over) = operation(numerator, other.numerator)
            return over ? nil : ExactNumber(reducing: sum, over: denominator)
        }
        let (left, overLeft) = numerator.multipliedReportingOverflow(by: other.denominator)
        let (right, overRight) = other.numerator.multipliedReportingOverflow(by: denominator)
        let (bottom, under) = denominator.multipliedReportingOverflow(by: other.denominator)
        let (sum, over) = operation(left, right)
        return overLeft || overRight || under || over ? nil : ExactNumber(reducing: sum, over: bottom)
    }
}

extension ExactNumber: Comparable {
    public static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if left.denominator == right.denominator { return left.numerator < right.numerator }
        let a = left.numerator.multipliedFullWidth(by: right.denominator)
        let b = right.numerator.multipliedFullWidth(by: left.denominator)
        return (a.high, a.low) < (b.high, b.low)
    }
}
