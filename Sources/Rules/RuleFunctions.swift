import HealthTypes

/// The named pure functions that a host gives to rules, such as `npi_valid(claim.billing.npi)`.
///
/// A function is called only when every argument is known and present: with an unknown argument the answer is
/// unknown, with an absent one it is absent. It must give the same answer for the same arguments for as long as the
/// rule book lives, or decisions could not be replayed.
public struct RuleFunctions: Sendable {
    struct Function: Sendable {
        let parameters: [FactKind]
        let result: FactKind
        let body: @Sendable ([RuleValue]) -> RuleValue
    }

    private(set) var byName: [String: Function] = [:]

    public init() {}

    /// Adds a function, or puts it in the place of one of the same name.
    public mutating func add(
        _ name: String, _ parameters: [FactKind], _ result: FactKind,
        _ body: @escaping @Sendable ([RuleValue]) -> RuleValue
    ) {
        precondition(BuiltIn(rawValue: name) == nil && !Parser.reserved.contains(name), "the language has this name")
        byName[name] = Function(parameters: parameters, result: result, body: body)
    }

    /// What every host has: `npi_valid(text)`.
    public static let standard: RuleFunctions = {
        var functions = RuleFunctions()
        functions.add("npi_valid", [.text], .bool) { arguments in
            guard case .text(let text)? = arguments.first else { return .unknown }
            return .bool(NPI.isValid(text))
        }
        return functions
    }()
}
