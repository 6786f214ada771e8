import Claims
import HealthTypes
import Terminology

/// How the denials of one settlement are worked.
struct DenialRouting {
    let denials: [ClassifiedDenial]
    private let claim: Claim?
    private let payer: PolicyBook.Payer?
    private let engines: Engines

    init(_ remittance: ClaimRemittance, claim: Claim?, engines: Engines) {
        denials = DenialClassification.classify(remittance, engines: engines)
        self.claim = claim
        self.engines = engines
        payer = engines.policies.payers[remittance.payerID]
    }

    func denials(by route: DenialRoute) -> [ClassifiedDenial] { denials.filter { self.route(of: $0) == route } }

    /// A denial that would cost more to work than it may bring is proposed for writing off, by rule and by a person.
    /// A claim that nothing is known to correct on goes to a person.
    func route(of denial: ClassifiedDenial) -> DenialRoute {
        guard denial.play.route != .review else { return .review }
        guard recovery(of: denial).value > .zero else { return .writeOff }
        let isHelpless = denial.play.route == .correctedClaim && suggestions(for: [denial]).isEmpty
        return isHelpless ? .review : denial.play.route
    }

    func recovery(of denial: ClassifiedDenial) -> ExpectedRecovery { ExpectedRecovery(denial, payer: payer) }

    /// A line for people: what was denied and what it is worth.
    func line(_ denial: ClassifiedDenial) -> String {
        let recovery = recovery(of: denial)
        return
            "\(denial.procedure) \(denial.adjustment.code) \(denial.adjustment.amount.dollars): "
            + "at stake \(recovery.atStake.dollars), chance \(recovery.overturnPercent)%, "
            + "work \(recovery.work.dollars), expected \(recovery.value.dollars)"
    }

    /// An edit that a coder is asked to confirm, with the question.
    struct Suggestion: Hashable {
        var edit: ClaimEdit
        var question: String
    }

    /// Each edit once.
    func suggestions(for denials: [ClassifiedDenial]) -> [Suggestion] {
        guard let claim else { return [] }
        var found: [Suggestion] = []
        for denial in denials where denial.play.suggestsModifier {
            for suggestion in engines.policies.modifierSuggestions where suggestion.reason == denial.adjustment.reason {
                guard suggestion.places == ["*"] || suggestion.places.contains(claim.placeOfService) else { continue }
                // The modifier may belong on another line than the denied one: 25 goes on the visit.
                let line = claim.lines.first { line in
                    engines.tables.procedure(line.procedure, on: line.from)?.category == suggestion.category
                        && !line.modifiers.contains(suggestion.modifier)
                }
                guard let line else { continue }
                let edit = ClaimEdit(line: line.number, addModifier: suggestion.modifier)
                if !found.contains(where: { $0.edit == edit }) {
                    found.append(Suggestion(edit: edit, question: suggestion.question))
                }
            }
        }
        return found
    }
}
