public import Claims
public import HealthTypes

/// What a decision rests on besides the facts of its case. It stands in the decision's own entry, so that replay needs
/// nothing but the record.
public struct Basis: Hashable, Sendable {
    public var at: Instant
    /// The rules, tables, knowledge, policies, contracts and settings in force, by the digest of their manifest.
    public var generation: Digest
    /// The version of the stages' own code; raised where a change alters what they decide.
    public var logic: Int
    /// What was looked up outside of the case, as it stood.
    public var answers: [Answer]

    public init(at: Instant, generation: Digest, logic: Int = Basis.currentLogic, answers: [Answer] = []) {
        self.at = at
        self.generation = generation
        self.logic = logic
        self.answers = answers
    }

    /// What the stages of this program decide by.
    public static let currentLogic = 1
}

/// What a stage asks about the world outside of its case. The store answers with rows of other cases only.
public enum Question: Hashable, Sendable {
    /// The site's billing organization.
    case billing
    /// The site's charge for one unit of each procedure.
    case usualCharges([String])
    /// Lines of other claims of a member between two days, both included.
    case memberHistory(payerID: String, memberID: String, from: CalendarDate, to: CalendarDate)
    /// Units that other cases bill under an authorization.
    case authorizationUse(payerID: String, number: String)
    /// What the payer denied before of the same procedures.
    case denialPatterns(payerID: String, procedures: [String])
    /// A token that stands for a member where the member id must not go.
    case memberToken(memberID: String)
    /// Which of these control numbers are of claims of other cases, as far as the first that is not.
    case takenNumbers([String])
}

public enum Answer: Hashable, Sendable {
    case billing(Provider)
    /// No organization is on file that bills for the site.
    case noBilling
    case usualCharges([UsualCharge])
    case memberHistory(MemberHistory)
    case authorizationUse(AuthorizationUse)
    case denialPatterns([DenialPattern])
    case memberToken(String)
    case takenNumbers([String])
}

public struct UsualCharge: Hashable, Sendable {
    public var procedure: String
    /// Nil where the charge master has none.
    public var charge: Money?

    public init(procedure: String, charge: Money?) {
        self.procedure = procedure
        self.charge = charge
    }
}

/// Lines of other claims of one member, with the version of that member's history that they were read at.
public struct MemberHistory: Hashable, Sendable {
    public var payerID: String
    public var memberID: String
    public var version: Int
    public var lines: [PriorLine]

    public init(payerID: String, memberID: String, version: Int, lines: [PriorLine]) {
        self.payerID = payerID
        self.memberID = memberID
        self.version = version
        self.lines = lines
    }
}

/// One line of a claim of another case.
public struct PriorLine: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var controlNumber: String
    public var state: ClaimState
    public var billingNPI: String
    public var renderingNPI: String?
    public var day: CalendarDate
    public var procedure: String
    public var modifiers: [String]
    public var charge: Money
    public var units: Int

    public init(
        caseNumber: CaseNumber, controlNumber: String, state: ClaimState, billingNPI: String, renderingNPI: String?,
        day: CalendarDate, procedure: String, modifiers: [String], charge: Money, units: Int
    ) {
        self.caseNumber = caseNumber
        self.controlNumber = controlNumber
        self.state = state
        self.billingNPI = billingNPI
        self.renderingNPI = renderingNPI
        self.day = day
        self.procedure = procedure
        self.modifiers = modifiers
        self.charge = charge
        self.units = units
    }
}

/// What other cases bill under one authorization, with the version that it was read at.
public struct AuthorizationUse: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public var controlNumber: String
        public var procedure: String
        public var units: Int
        public var state: ClaimState

        public init(controlNumber: String, procedure: String, units: Int, state: ClaimState) {
            self.controlNumber = controlNumber
            self.procedure = procedure
            self.units = units
            self.state = state
        }
    }

    public var payerID: String
    public var number: String
    public var version: Int
    public var lines: [Line]

    public init(payerID: String, number: String, version: Int, lines: [Line]) {
        self.payerID = payerID
        self.number = number
        self.version = version
        self.lines = lines
    }
}

/// How often a payer denied lines like one at hand.
public struct DenialPattern: Hashable, Sendable {
    public var procedure: String
    public var modifiers: [String]
    /// Group and reason, as in a CAS.
    public var group: String
    public var reason: String
    public var denied: Int
    public var adjudicated: Int

    public init(
        procedure: String, modifiers: [String], group: String, reason: String, denied: Int, adjudicated: Int
    ) {
        self.procedure = procedure
        self.modifiers = modifiers
        self.group = group
        self.reason = reason
        self.denied = denied
        self.adjudicated = adjudicated
    }

    /// A line for people: `70551 without modifiers: CO-4 on 3 of 4 adjudicated lines`.
    public var line: String {
        "\(procedure)\(modifiers.isEmpty ? " without modifiers" : "-\(modifiers.joined(separator: ":"))"): "
            + "\(group)-\(reason) on \(denied) of \(adjudicated) adjudicated lines"
    }
}

// MARK: What stages read

extension Basis {
    /// The billing organization: nil where it was not asked for, and nil inside where the site has none.
    public var billing: Provider?? {
        for answer in answers {
            switch answer {
            case .billing(let provider): return .some(provider)
            case .noBilling: return .some(nil)
            default: continue
            }
        }
        return nil
    }

    public var usualCharges: [UsualCharge]? {
        for case .usualCharges(let charges) in answers { return charges }
        return nil
    }

    public var memberHistory: MemberHistory? {
        for case .memberHistory(let history) in answers { return history }
        return nil
    }

    public var authorizationUse: AuthorizationUse? {
        for case .authorizationUse(let use) in answers { return use }
        return nil
    }

    public var denialPatterns: [DenialPattern]? {
        for case .denialPatterns(let patterns) in answers { return patterns }
        return nil
    }

    public var memberToken: String? {
        for case .memberToken(let token) in answers { return token }
        return nil
    }

    public var takenNumbers: [String]? {
        for case .takenNumbers(let numbers) in answers { return numbers }
        return nil
    }
}
