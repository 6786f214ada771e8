import Claims
import HealthTypes
import Terminology

/// One denied amount on a line or on a claim, and how it is to be worked.
struct ClassifiedDenial: Hashable, Sendable {
    /// The line's position in the remittance from 1; 0 for the claim as a whole.
    var line: Int
    var procedure: String
    var modifiers: [String]
    var adjustment: Adjustment
    var remarks: [String]
    /// Our own word for the root cause, from the reason table.
    var category: String
    var meaning: String
    /// `corrected-claim`, `appeal`, `review` or `write-off`.
    var route: String
    var play: PolicyBook.Play

    var code: String { "\(adjustment.group)-\(adjustment.reason)" }
}

enum DenialClassification {
    /// Root causes that are no denial: what the contract or the plan leaves to the patient or takes by agreement.
    private static let agreed: Set<AdjustmentReason.Category> = [
        .patientShare, .contract, .pricing, .posting, .pending,
    ]

    /// Whether an adjustment takes money that was expected. It is the line's own CAS that says so, never CLP02.
    static func isDenial(_ adjustment: Adjustment, tables: CodeTables) -> Bool {
        guard adjustment.amount > .zero, adjustment.group != "CR" else { return false }
        guard let reason = tables.carc(adjustment.reason) else { return true }
        return !agreed.contains(reason.category)
    }

    static func classify(_ remittance: ClaimRemittance, ground: Ground) -> [ClassifiedDenial] {
        let tables = ground.engines.tables
        var found: [ClassifiedDenial] = []
        func add(_ adjustments: [Adjustment], line: Int, procedure: String, modifiers: [String], remarks: [String]) {
            for adjustment in adjustments where isDenial(adjustment, tables: tables) {
                found.append(
                    classify(
                        adjustment, line: line, procedure: procedure, modifiers: modifiers, remarks: remarks,
                        ground: ground))
            }
        }
        add(remittance.adjustments, line: 0, procedure: "", modifiers: [], remarks: remittance.remarks)
        for (index, line) in remittance.lines.enumerated() {
            add(
                line.adjustments, line: index + 1, procedure: line.procedure, modifiers: line.modifiers,
                remarks: line.remarks + remittance.remarks)
        }
        return found
    }

    private static func classify(
        _ adjustment: Adjustment, line: Int, procedure: String, modifiers: [String], remarks: [String], ground: Ground
    ) -> ClassifiedDenial {
        let reason = ground.engines.tables.carc(adjustment.reason)
        // A reason that the playbook does not know goes to a person, with nothing presumed of its chances.
        var play =
            ground.engines.policies.plays[adjustment.reason]
            ?? PolicyBook.Play(route: "review", overturnPercent: 0, minutes: 20, suggestsModifier: false)
        if remarks.contains("MA130"), play.route == "appeal" {
            // Unprocessable: there is no right of appeal, a new claim is sent.
            play = PolicyBook.Play(
                route: "corrected-claim", overturnPercent: play.overturnPercent, minutes: play.minutes,
                suggestsModifier: false)
        }
        return ClassifiedDenial(
            line: line, procedure: procedure, modifiers: modifiers, adjustment: adjustment, remarks: remarks,
            category: reason?.category.rawValue ?? "unknown reason",
            meaning: reason?.words ?? "a reason code that is not in the table", route: play.route, play: play)
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

    init(_ denial: ClassifiedDenial, charge: Money, payer: PolicyBook.Payer?) {
        let allowed = charge.scaled(by: Int64(payer?.allowedPercent ?? 50), over: 100)
        atStake = min(allowed, denial.adjustment.amount)
        overturnPercent = denial.play.overturnPercent
        work = Money(cents: Int64(denial.play.minutes) * Self.centsPerMinute)
        value =
            atStake.scaled(by: Int64(overturnPercent), over: 100).scaled(by: Self.collectedPercent, over: 100) - work
    }
}
