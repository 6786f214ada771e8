/// The answer of a rule: yes, no, or not known. And, or, not are Kleene's strong three-valued logic.
public enum Truth: String, Hashable, Sendable, Codable, CaseIterable {
    case yes, no, unknown

    public init(_ value: Bool) { self = value ? .yes : .no }

    public static prefix func ! (value: Truth) -> Truth {
        switch value {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }

    /// No where either is no, even if the other is unknown.
    public func and(_ other: Truth) -> Truth {
        if self == .no || other == .no { return .no }
        return self == .yes && other == .yes ? .yes : .unknown
    }

    /// Yes where either is yes, even if the other is unknown.
    public func or(_ other: Truth) -> Truth {
        if self == .yes || other == .yes { return .yes }
        return self == .no && other == .no ? .no : .unknown
    }
}
