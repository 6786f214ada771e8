public import HealthTypes
import X12

/// The value of one element as it is given to a writer.
public enum X12Value: Hashable, Sendable {
    case text(String)
    case composite([String])
    case repeated([X12Value])
    case empty

    /// In the shortest form of type R: no trailing zeros.
    public static func money(_ amount: Money) -> X12Value { .text(amount.x12) }
    /// `CCYYMMDD`.
    public static func date(_ date: CalendarDate) -> X12Value { .text(date.compact) }
    /// `.empty` where there is no text.
    public static func optional(_ text: String?) -> X12Value { text.map { .text($0) } ?? .empty }
    public static func number(_ number: Int) -> X12Value { .text(String(number)) }

    var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .composite(let components): components.allSatisfy(\.isEmpty)
        case .repeated(let values): values.allSatisfy(\.isEmpty)
        case .empty: true
        }
    }
}

extension X12Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .text(value) }
}
