public import HealthTypes

/// A fact, or what an expression makes of facts: a tree like JSON, with exact numbers and days.
///
/// `absent` is known to be missing (the claim has no referring provider); `unknown` is not known (nobody has asked
/// the payer yet). The first compares as false, the second makes the answer unknown.
public enum RuleValue: Hashable, Sendable {
    case text(String)
    case number(ExactNumber)
    case bool(Bool)
    case date(CalendarDate)
    case list([RuleValue])
    case record([String: RuleValue])
    case unknown
    case absent
}

extension RuleValue {
    public static func money(_ amount: Money) -> RuleValue { .number(ExactNumber(amount)) }
    public static func integer(_ whole: Int) -> RuleValue { .number(ExactNumber(whole)) }

    public static func truth(_ value: Truth) -> RuleValue {
        switch value {
        case .yes: .bool(true)
        case .no: .bool(false)
        case .unknown: .unknown
        }
    }

    // What a caller holds as an optional is absent where it is nil.
    public init(_ text: String?) { self = text.map { .text($0) } ?? .absent }
    public init(_ amount: Money?) { self = amount.map { .money($0) } ?? .absent }
    public init(_ whole: Int?) { self = whole.map { .integer($0) } ?? .absent }
    public init(_ flag: Bool?) { self = flag.map { .bool($0) } ?? .absent }
    public init(_ date: CalendarDate?) { self = date.map { .date($0) } ?? .absent }

    /// Facts from JSON: null is absent. Days stay text here; a path that the vocabulary declares to be a day reads
    /// them as days, and one that it declares to be a number reads a number in quotes.
    ///
    /// - Parameter unknownMark: a text that stands for unknown, such as `?` in the tests of a rule.
    public init(_ json: JSON, unknownMark: String? = nil) {
        switch json {
        case .null: self = .absent
        case .bool(let flag): self = .bool(flag)
        case .number(let text): self = ExactNumber(text).map { .number($0) } ?? .unknown
        case .string(let text): self = text == unknownMark ? .unknown : .text(text)
        case .array(let values): self = .list(values.map { RuleValue($0, unknownMark: unknownMark) })
        case .object(let object):
            self = .record(
                Dictionary(
                    object.members.map { ($0.name, RuleValue($0.value, unknownMark: unknownMark)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }

    /// A condition read as a truth: absent is no, and what is not a truth value is unknown.
    var truth: Truth {
        switch self {
        case .bool(let flag): Truth(flag)
        case .absent: .no
        default: .unknown
        }
    }
}

extension RuleValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: RuleValue...) { self = .list(elements) }
    /// A name that stands twice keeps its last value.
    public init(dictionaryLiteral elements: (String, RuleValue)...) {
        self = .record(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
