import Claims
import HealthTypes
import Stages
import Store

/// Puts the stages' questions to the store and its rows into their words.
struct LookUps {
    let tokenizer: Tokenizer

    /// The setting that names the site's billing organization.
    static let billingSetting = "billing_npi"
    static let maximumPatterns = 20

    /// What the store must be asked for a question; nil where it needs nothing of the store.
    ///
    /// - Parameter billingNPI: the billing organization that the settings name.
    func lookUp(_ question: Question, of caseNumber: CaseNumber, billingNPI: String?) -> LookUp? {
        switch question {
        case .billing: billingNPI.map { .provider(npi: $0) }
        case .usualCharges(let procedures): .usualCharges(procedures)
        case .memberHistory(let payer, let member, let from, let to):
            .memberLines(payerID: payer, memberID: member, from: from, to: to, except: caseNumber)
        case .authorizationUse(let payer, let number):
            .authorizationLines(payerID: payer, number: number, except: caseNumber)
        case .denialPatterns(let payer, let procedures):
            .denialPatterns(payerID: payer, procedures: procedures, limit: Self.maximumPatterns)
        case .memberToken: nil
        case .takenNumbers(let numbers): .takenKeys(numbers.map { CaseKey(.claim, $0) }, except: caseNumber)
        }
    }

    /// The answer in the stages' words; throws where the store answers something else.
    func answer(_ question: Question, _ found: LookedUp?) throws -> Answer {
        switch (question, found) {
        case (.billing, .provider(let body?)): return .billing(try Canonical.decode(Provider.self, from: body))
        case (.billing, .provider(nil)), (.billing, nil): return .noBilling
        case (.usualCharges(let procedures), .usualCharges(let charges)):
            return .usualCharges(zip(procedures, charges).map { UsualCharge(procedure: $0, charge: $1) })
        case (.memberHistory(let payer, let member, _, _), .lines(let version, let rows)):
            return .memberHistory(
                MemberHistory(
                    payerID: payer, memberID: member, version: version,
                    lines: try rows.map(Self.line).filter { $0.state != .drafted }))
        case (.authorizationUse(let payer, let number), .lines(let version, let rows)):
            return .authorizationUse(
                AuthorizationUse(
                    payerID: payer, number: number, version: version,
                    lines: try rows.map(Self.line).map {
                        AuthorizationUse.Line(
                            controlNumber: $0.controlNumber, procedure: $0.procedure, units: $0.units, state: $0.state)
                    }))
        case (.denialPatterns, .denialPatterns(let rows)):
            return .denialPatterns(
                rows.map {
                    DenialPattern(
                        procedure: $0.procedure, modifiers: $0.modifiers, group: $0.group, reason: $0.reason,
                        denied: $0.denied, adjudicated: $0.adjudicated)
                })
        case (.takenNumbers, .takenKeys(let keys)): return .takenNumbers(keys.map(\.value))
        case (.memberToken(let member), _): return .memberToken(tokenizer.token("member", member))
        default: throw RecordDamage("the store answers another question than was asked")
        }
    }

    private static func line(_ row: ClaimLineRow) throws -> PriorLine {
        guard let state = ClaimState(rawValue: row.state) else { throw RecordDamage("a claim's state") }
        return PriorLine(
            caseNumber: row.caseNumber, controlNumber: row.controlNumber, state: state, billingNPI: row.billingNPI,
            renderingNPI: row.renderingNPI, day: row.serviceDate, procedure: row.procedure, modifiers: row.modifiers,
            charge: row.charge, units: row.units)
    }
}

extension Question {
    /// What the answer will hang on.
    var shared: SharedKey? {
        switch self {
        case .memberHistory(let payer, let member, _, _): .member(payerID: payer, memberID: member)
        case .authorizationUse(let payer, let number): .authorization(payerID: payer, number: number)
        case .billing, .usualCharges, .denialPatterns, .memberToken, .takenNumbers: nil
        }
    }
}

extension Answer {
    /// What the answer hangs on, and at which version it was read.
    var seen: (SharedKey, Int)? {
        switch self {
        case .memberHistory(let history):
            (.member(payerID: history.payerID, memberID: history.memberID), history.version)
        case .authorizationUse(let use): (.authorization(payerID: use.payerID, number: use.number), use.version)
        case .billing, .noBilling, .usualCharges, .denialPatterns, .memberToken, .takenNumbers: nil
        }
    }
}
