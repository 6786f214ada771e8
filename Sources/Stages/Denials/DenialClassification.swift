import Claims
import HealthTypes
import Terminology

/// One denied amount on a line or on a claim, and how it is to be worked.
struct ClassifiedDenial: Hashable, Sendable {
    /// The line's position in the remittance from 1; 0 for the claim as a whole.
    var line: Int
    var procedure: String
    var modifiers: [String]
    /// What was charged for the line, or for the claim.
    var charge: Money
    var adjustment: Adjustment
    var remarks: [String]
    /// Our own word for the root cause, from the reason table.
    var category: String
    var meaning: String
    var play: PolicyBook.Play
}

extension Adjustment {
    /// Group and reason for people, as on paper: `CO-50`.
    var code: String { "\(group)-\(reason)" }
}

enum DenialClassification {
    /// Root causes that are no denial: what the contract or the plan leaves to the patient or takes by agreement.
    private static let agreed: Set<AdjustmentReason.Category> = [
        .patientShare, .contract, .pricing, .posting, .pending,
    ]

    /// Whether an adjustment takes money that was expected. It is the line's own CAS that says so, never CLP02.
    static func isDenial(_ adjustment: Adjustment, tables: CodeTables) -> Bool {
        adjustment.amount > .zero && isOfDenial(adjustment, tables: tables)
    }

    /// Whether its group and reason are those of a denial, whatever its sign.
    private static func isOfDenial(_ adjustment: Adjustment, tables: CodeTables) -> Bool {
        guard adjustment.group != "CR" else { return false }
        guard let reason = tables.carc(adjustment.reason) else { return true }
        return !agreed.contains(reason.category)
    }

    static func classify(_ remittance: ClaimRemittance, engines: Engines) -> [ClassifiedDenial] {
        var found: [ClassifiedDenial] = []
        func add(
            _ adjustments: [Adjustment], line: Int, _ procedure: String, _ modifiers: [String], _ charge: Money,
            _ remarks: [String]
        ) {
            for adjustment in adjustments where isDenial(adjustment, tables: engines.tables) {
                let reason = engines.tables.carc(adjustment.reason)
                found.append(
                    ClassifiedDenial(
                        line: line, procedure: procedure, modifiers: modifiers, charge: charge,
                        adjustment: adjustment, remarks: remarks,
                        category: reason?.category.rawValue ?? "unknown reason",
                        meaning: reason?.words ?? "a reason code that is not in the table",
                        play: play(of: adjustment, remarks, engines.policies)))
            }
        }
        add(remittance.adjustments, line: 0, "", [], remittance.charge, remittance.remarks)
        for (index, line) in remittance.lines.enumerated() {
            add(
                line.adjustments, line: index + 1, line.procedure, line.modifiers, line.charge,
                line.remarks + remittance.remarks)
        }
        return found
    }

    private static func play(
        of adjustment: Adjustment, _ remarks: [String], _ policies: PolicyBook
    ) -> PolicyBook.Play {
        // A reason that the playbook does not know goes to a person, with nothing presumed of its chances.
        let play =
            policies.plays[adjustment.reason]
            ?? PolicyBook.Play(route: .review, overturnPercent: 0, minutes: 20, suggestsModifier: false)
        guard remarks.contains(ClaimCorrection.unprocessable), play.route == .appeal else { return play }
        // There is no right of appeal: a new claim is sent.
        return PolicyBook.Play(
            route: .correctedClaim, overturnPercent: play.overturnPercent, minutes: play.minutes,
            suggestsModifier: false)
    }

    /// What adjustments take, apart from the patient's share: by denial, and by contract or otherwise as agreed. The
    /// amounts of a reversal are negative, and so are its sums.
    static func sums(_ remittance: ClaimRemittance, tables: CodeTables) -> (denied: Money, contractual: Money) {
        var (denied, contractual) = (Money.zero, Money.zero)
        for adjustment in remittance.adjustments + remittance.lines.flatMap(\.adjustments) {
            // Within a settlement, as within a reversal, what runs against its direction denies nothing.
            let runsAlong = remittance.isReversal ? adjustment.amount < .zero : adjustment.amount > .zero
            if runsAlong, isOfDenial(adjustment, tables: tables) {
                denied += adjustment.amount
            } else if adjustment.group != "PR" {
                contractual += adjustment.amount
            }
        }
        return (denied, contractual)
    }
}

/// What a denied amount is worth working: chance × amount × collection − work.
struct ExpectedRecovery: Hashable, Sendable {
    /// What the contract would have allowed of the denied charge, less the patient's share.
    var atStake: Money
    var overturnPercent: Int
    var work: Money
    var value: Money

    /// Of what is allowed after a denial is overturned, so many percent are collected. Own default.
    static let collectedPercent: Int64 = 95
    /// A minute of a denial specialist's time. Own default: 118 dollars a reworked claim at 90 minutes.
    static let centsPerMinute: Int64 = 131

    init(_ denial: ClassifiedDenial, payer: PolicyBook.Payer?) {
        let allowed = denial.charge.scaled(by: Int64(payer?.allowedPercent ?? 50), over: 100)
        atStake = min(allowed, denial.adjustment.amount)
        overturnPercent = denial.play.overturnPercent
        work = Money(cents: Int64(denial.play.minutes) * Self.centsPerMinute)
        value =
            atStake.scaled(by: Int64(overturnPercent), over: 100).scaled(by: Self.collectedPercent, over: 100) - work
    }
}
