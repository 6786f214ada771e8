import Claims
import HealthTypes
import Review
import Terminology

/// Stage 5: what was paid, what was denied and why, and what is worth doing about it.
public enum DenialsStage {
    /// A lost appeal over more than this goes to a person of its own.
    static let escalationLimit = Money(cents: 500_000)

    public static func decide(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Ruling {
        switch occasion.verb {
        case "remittance": remittance(occasion.subject, facts, ground)
        case "appeal": appealAnswer(occasion.subject, facts, ground)
        default: resolution(occasion.subject, facts)
        }
    }

    // MARK: A remittance

    private static func remittance(_ subject: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let index = Int(subject), facts.remittances.indices.contains(index - 1) else {
            return Ruling("unknown", "The remittance cannot be placed.")
        }
        let remittance = facts.remittances[index - 1]
        if facts.remittances.prefix(index - 1).contains(remittance) {
            return Ruling("duplicate", "The same remittance was posted before; it is not posted twice.")
        }
        guard remittance.isBalanced, remittance.lines.allSatisfy(\.isBalanced) else {
            return unbalanced(remittance, number: index)
        }
        if remittance.isReversal {
            var ruling = Ruling("reversed", "The payer takes back an earlier payment.")
            ruling.handoff = handoff(remittance, [], facts, ground)
            return ruling
        }
        let denials = DenialClassification.classify(remittance, ground: ground)
        let claim = facts.sentClaims.last { $0.controlNumber == remittance.controlNumber }
        var ruling =
            denials.isEmpty
            ? Ruling("paid", "Posted: nothing was denied.")
            : Ruling(
                "denied",
                "Posted: \(denials.count) denied amounts, \(denials.map(\.adjustment.amount).total().dollars) in all.")
        ruling.checks = denials.map { check($0) }
        ruling.effects = [.learn(adjudicated(remittance, denials))]
        ruling.effects += tasks(denials, remittance, claim, facts, ground)
        ruling.handoff = handoff(remittance, denials, facts, ground)
        return ruling
    }

    private static func unbalanced(_ remittance: ClaimRemittance, number: Int) -> Ruling {
        var ruling = Ruling("unbalanced", "The remittance does not add up; it is not posted.")
        ruling.checks = [
            Check(
                id: "remittance.balance", title: "Charge less adjustments is payment", answer: .failed,
                severity: .hold, message: "Charge, adjustments and payment do not add up (835 section 1.10.2).",
                evidenceToChange: ["A corrected 835"])
        ]
        ruling.effects = [
            .openTask(
                TaskDraft(
                    key: "remittance.unbalanced:\(remittance.controlNumber)/\(number)",
                    title: "Remittance out of balance",
                    reason: "Charge, adjustments and payment do not add up. Ask the payer for a corrected 835.",
                    evidence: ["Remittance \(remittance.trace)"], answers: [.init("noted", "Taken up with the payer")],
                    amount: remittance.charge))
        ]
        return ruling
    }

    private static func check(_ denial: ClassifiedDenial) -> Check {
        Check(
            id: denial.code, title: denial.meaning, answer: .failed, severity: .warn,
            message: "Root cause: \(denial.category). Route: \(denial.route).",
            basis: (denial.line > 0 ? ["remittance line \(denial.line)"] : ["claim level"]) + denial.remarks)
    }

    /// Every adjudicated line, so that shares can be told and not only counts.
    private static func adjudicated(_ remittance: ClaimRemittance, _ denials: [ClassifiedDenial]) -> [AdjudicatedLine] {
        remittance.lines.enumerated().map { index, line in
            AdjudicatedLine(
                payerID: remittance.payerID, procedure: line.procedure, modifiers: line.modifiers,
                denials: denials.filter { $0.line == index + 1 }.map(\.adjustment))
        }
    }

    // MARK: Working the denials: one task for each route of a claim

    private static func tasks(
        _ denials: [ClassifiedDenial], _ remittance: ClaimRemittance, _ claim: Claim?, _ facts: CaseFacts,
        _ ground: Ground
    ) -> [Effect] {
        let payer = ground.engines.policies.payers[remittance.payerID]
        var effects: [Effect] = []
        for route in ["corrected-claim", "appeal", "review", "write-off"] {
            let group = denials.filter { self.route($0, remittance, claim, ground) == route }
            guard let first = group.first else { continue }
            let amount = group.map(\.adjustment.amount).total()
            var evidence = group.map { line($0, remittance, payer) }
            var document: SupportingDocument?
            switch route {
            case "corrected-claim":
                evidence += suggestions(group, claim, ground).map {
                    "Line \($0.line): add modifier \($0.suggestion.modifier)? \($0.suggestion.question)"
                }
            case "appeal": document = AppealLetter.draft(first, remittance, claim: claim, facts: facts, ground: ground)
            default: break
            }
            effects.append(
                .openTask(
                    TaskDraft(
                        key: facts.taskKey("denial.\(route):\(remittance.controlNumber)"),
                        title: titles[route] ?? route,
                        reason: group.map { "\($0.code): \($0.meaning)" }.joined(separator: "\n"), evidence: evidence,
                        deadline: deadline(remittance, level: 1, ground), answers: answers[route] ?? [], amount: amount,
                        document: document)))
        }
        return effects
    }

    /// A denial that would cost more to work than it may bring is proposed for writing off, by rule and by a person.
    /// A claim that nothing is known to correct on goes to a person.
    private static func route(
        _ denial: ClassifiedDenial, _ remittance: ClaimRemittance, _ claim: Claim?, _ ground: Ground
    ) -> String {
        guard denial.route != "review" else { return "review" }
        let payer = ground.engines.policies.payers[remittance.payerID]
        let recovery = ExpectedRecovery(denial, charge: charge(denial, remittance), payer: payer)
        guard recovery.value > .zero else { return "write-off" }
        let isHelpless = denial.route == "corrected-claim" && suggestions([denial], claim, ground).isEmpty
        return isHelpless ? "review" : denial.route
    }

    private static func charge(_ denial: ClassifiedDenial, _ remittance: ClaimRemittance) -> Money {
        denial.line > 0 ? remittance.lines[denial.line - 1].charge : remittance.charge
    }

    private static func line(_ denial: ClassifiedDenial, _ remittance: ClaimRemittance, _ payer: PolicyBook.Payer?)
        -> String
    {
        let recovery = ExpectedRecovery(denial, charge: charge(denial, remittance), payer: payer)
        return
            "\(denial.procedure) \(denial.code) \(denial.adjustment.amount.dollars): at stake \(recovery.atStake.dollars), "
            + "chance \(recovery.overturnPercent)%, work \(recovery.work.dollars), expected \(recovery.value.dollars)"
    }

    private static let titles = [
        "corrected-claim": "Corrected claim proposed", "appeal": "Appeal drafted", "review": "Denial to be looked into",
        "write-off": "Write-off proposed",
    ]

    private static let answers: [String: [TaskDraft.Answer]] = [
        "corrected-claim": [
            .init("approve", "The record supports it: send the corrected claim"),
            .init("decline", "The record does not support it"),
        ],
        "appeal": [.init("approve", "Send the appeal"), .init("decline", "Do not appeal")],
        "review": [.init("noted", "Dealt with"), .init("bill-patient", "Patient pays")],
        "write-off": [.init("approve", "Write it off"), .init("decline", "Keep working it")],
    ]

    private static func suggestions(_ denials: [ClassifiedDenial], _ claim: Claim?, _ ground: Ground)
        -> [(line: Int, suggestion: PolicyBook.ModifierSuggestion)]
    {
        guard let claim else { return [] }
        var found: [(Int, PolicyBook.ModifierSuggestion)] = []
        for denial in denials where denial.play.suggestsModifier {
            for suggestion in ground.engines.policies.modifierSuggestions
            where suggestion.reason == denial.adjustment.reason {
                guard suggestion.places == ["*"] || suggestion.places.contains(claim.placeOfService) else { continue }
                // The modifier may belong on another line than the denied one: 25 goes on the visit.
                let line = claim.lines.first { line in
                    ground.engines.tables.procedure(line.procedure, on: line.from)?.category.rawValue
                        == suggestion.category
                        && !line.modifiers.contains(suggestion.modifier)
                }
                if let line { found.append((line.number, suggestion)) }
            }
        }
        return found
    }

    private static func deadline(_ remittance: ClaimRemittance, level: Int, _ ground: Ground) -> Instant {
        let days = ground.engines.policies.appealWindow(payerID: remittance.payerID, level: level)
        return Instant(remittance.paidOn.adding(days: days), hour: 23, minute: 59)
    }

    // MARK: Answers

    private static func appealAnswer(_ subject: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let index = Int(subject), facts.appealAnswers.indices.contains(index - 1) else {
            return Ruling("unknown", "The answer cannot be placed.")
        }
        let answer = facts.appealAnswers[index - 1]
        guard answer.outcome == .upheld else {
            return Ruling("overturned", "The payer overturns its denial; the payment follows with a remittance.")
        }
        let appeal = facts.sentAppeals.last { $0.identifier == answer.identifier }
        let amount = appeal?.amount ?? .zero
        let level = (appeal?.level ?? 1) + 1
        let window = ground.engines.policies.appealWindow(payerID: appeal?.payerID ?? "", level: level)
        let escalate = amount > escalationLimit
        var ruling = Ruling(
            "upheld",
            escalate
                ? "The appeal is lost; the amount is large enough for a person to take it on." : "The appeal is lost.")
        ruling.effects = [
            .openTask(
                TaskDraft(
                    key: facts.taskKey("denial.\(escalate ? "escalated" : "write-off"):\(answer.controlNumber)"),
                    title: escalate
                        ? "Lost appeal over \(escalationLimit.dollars)" : "Write-off proposed after a lost appeal",
                    reason:
                        "The payer upheld \(appeal?.adjustment ?? "its denial"). The next level is open for \(window) days.",
                    evidence: [answer.reason.map { "Payer's reason: \($0)" }].compactMap { $0 },
                    deadline: ground.now.adding(days: window),
                    answers: [
                        .init("next-level", "Appeal at the next level"),
                        .init("peer-to-peer", "Ask for a peer-to-peer review"),
                        .init("approve", "Write it off"),
                    ], amount: amount))
        ]
        return ruling
    }

    private static func resolution(_ taskID: String, _ facts: CaseFacts) -> Ruling {
        guard let resolution = facts.resolutions.last(where: { $0.taskID == taskID }), let task = facts.task(resolution)
        else { return Ruling("unknown", "The answered task cannot be found.") }
        switch (task.kind, resolution.answer) {
        case ("denial.appeal", "approve"): return send(task, facts)
        case (_, "approve"): return Ruling("written_off", "A person approved writing off \(task.amount.dollars).")
        case (_, "next-level"), (_, "peer-to-peer"):
            return Ruling("escalated", "A person takes it on: \(resolution.answer).")
        default: return Ruling("noted", "A person has dealt with it: \(resolution.answer).")
        }
    }

    private static func send(_ task: TaskDraft, _ facts: CaseFacts) -> Ruling {
        let number = task.subject
        guard let letter = task.document, let remittance = facts.remittances.last(where: { $0.controlNumber == number })
        else { return Ruling("unknown", "The denied claim cannot be found.") }
        let level = facts.sentAppeals.filter { $0.controlNumber == number }.count + 1
        var ruling = Ruling("appealed", "The appeal goes to the payer (level \(level)).")
        ruling.effects = [
            .sendAppeal(
                Appeal(
                    identifier: "\(number)-AP\(level)", controlNumber: number, payerID: remittance.payerID,
                    payerClaimNumber: remittance.payerClaimNumber, level: level,
                    adjustment: appealedCode(number, facts), amount: task.amount, letter: letter))
        ]
        return ruling
    }

    /// The first denial of the claim that was routed to an appeal.
    private static func appealedCode(_ number: String, _ facts: CaseFacts) -> String {
        let handoff = facts.decisions(of: .denials).compactMap(\.handoff).last {
            $0["control_number"]?.string == number
        }
        return handoff?["denials"]?.elements.first { $0["route"]?.string == "appeal" }?["code"]?.string ?? ""
    }

    // MARK: Handing on

    /// What is kept for the feedback to stages 1, 2 and 4 (`docs/contracts/denials-handoff.schema.json`).
    private static func handoff(
        _ remittance: ClaimRemittance, _ denials: [ClassifiedDenial], _ facts: CaseFacts, _ ground: Ground
    ) -> JSON {
        let claim = facts.sentClaims.last { $0.controlNumber == remittance.controlNumber }
        let payer = ground.engines.policies.payers[remittance.payerID]
        return [
            "case_id": .string(facts.id), "control_number": .string(remittance.controlNumber),
            "payer_id": .string(remittance.payerID), "trace": .string(remittance.trace),
            "charge": .string(remittance.charge.description), "paid": .string(remittance.paid.description),
            "patient_responsibility": .string(remittance.patientResponsibility.description),
            "reversal": .bool(remittance.isReversal),
            "denials": .array(
                denials.map { denial in
                    let recovery = ExpectedRecovery(denial, charge: charge(denial, remittance), payer: payer)
                    return [
                        "line": JSON(denial.line), "procedure": .string(denial.procedure),
                        "modifiers": .array(denial.modifiers.map { .string($0) }), "code": .string(denial.code),
                        "remarks": .array(denial.remarks.map { .string($0) }), "category": .string(denial.category),
                        "route": .string(route(denial, remittance, claim, ground)),
                        "amount": .string(denial.adjustment.amount.description),
                        "expected_recovery": .string(recovery.value.description),
                    ]
                }),
            "proposed_changes": .array(
                suggestions(denials, claim, ground).map {
                    ["line": JSON($0.line), "add_modifier": .string($0.suggestion.modifier)]
                }),
        ]
    }
}
