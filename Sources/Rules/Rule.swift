public import HealthTypes

/// How far a rule has come: from a draft that only its own tests run, over a shadow that is counted but moves
/// nothing, to a warning and a block; a retired rule stays readable.
public enum RuleStatus: String, Sendable, Codable, CaseIterable {
    case draft, shadow, warn, block, retired
}

/// What a hit asks for, the mildest first. Only rules of the gate deny.
public enum RuleSeverity: String, Sendable, Codable, CaseIterable, Comparable {
    case warn, hold, block, deny

    public static func < (left: RuleSeverity, right: RuleSeverity) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}

/// What becomes of a claim for which a rule's answer is unknown.
public enum UnknownAnswer: String, Sendable, Codable, CaseIterable {
    case pend, pass
}

/// Who mends what a rule has found, and how.
public struct RuleFix: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case staff, auto, none
    }

    public let kind: Kind
    public let text: String
}

/// One rule of a pack, compiled.
public struct Rule: Sendable {
    /// Which day decides whether the rule is in force.
    public enum DateBasis: String, Sendable, CaseIterable {
        case serviceDate = "service_date"
        /// The fact `claim.received_on`.
        case receivedDate = "received_date"
    }

    public let id: String
    public let title: String
    /// Payer ids, or `*`.
    public let payers: [String]
    /// Claim kinds such as `professional`, or `*`.
    public let claimKinds: [String]
    public let from: CalendarDate
    /// The last day in force; nil while it has no end.
    public let to: CalendarDate?
    public let basis: DateBasis
    public let stages: [String]
    public let status: RuleStatus
    /// The condition as it is written; yes means that the problem is there.
    public let when: String
    public let onUnknown: UnknownAnswer
    public let severity: RuleSeverity
    public let message: String
    public let fix: RuleFix
    /// What a payer would answer, such as `CO-16`.
    public let predicts: [String]
    public let evidenceToChange: [String]
    /// Why a denying rule may deny, and how to appeal; nil for the rest.
    public let rationale: String?
    public let appeal: String?
    public let source: String
    public let tests: [RuleTest]
    /// Path inside the pack.
    public let file: String
    public let condition: Expression

    func isInForce(on day: CalendarDate) -> Bool { from <= day && (to.map { day <= $0 } ?? true) }

    func concerns(payer: String, claimKind: String) -> Bool {
        Self.names(payers, payer) && Self.names(claimKinds, claimKind)
    }

    static func names(_ scope: [String], _ one: String) -> Bool { scope.contains("*") || scope.contains(one) }
}

/// A test beside a rule: some facts, and what the rule must answer. In its JSON `null` is absent and `"?"` unknown.
public struct RuleTest: Sendable {
    public let name: String
    public let facts: RuleValue
    public let expected: Truth
    /// Picks the rows of tables; the rule's first day where the test names none.
    public let day: CalendarDate
}
