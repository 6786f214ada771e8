public import Claims
import ClinicalKnowledge
import HealthTypes
public import Review
import Rules

/// Stage 4: is the claim fit to go out, and what did the payer's front door say?
///
/// Scrub, clinical logic, reviewers, gate: only the gate says whether it goes.
public enum SubmissionStage {
    static let silenceTimer = "claim-silence-"

    public static func decide(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Ruling {
        switch occasion.verb {
        case "claim": claim(occasion.subject, facts, ground)
        case "acknowledgement": acknowledgement(occasion.subject, facts, ground)
        case "silence": silence(occasion.subject, facts)
        case "late-charges": lateCharges(facts)
        default: resolution(occasion.subject, facts, ground)
        }
    }

    /// The claim that the occasion is about, as it stands before any judgement; nil where none can be made.
    public static func draft(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Claim? {
        switch occasion.verb {
        case "claim":
            facts.receivedClaims.last { $0.controlNumber == occasion.subject }
                ?? ClaimAssembly.assemble(facts, controlNumber: occasion.subject, ground: ground).claim
        case "task":
            ClaimCorrection.corrected(facts, taskID: occasion.subject)
                ?? ClaimCorrection.redrafted(facts, taskID: occasion.subject, ground: ground)
        default: nil
        }
    }

    // MARK: Judging

    /// The deterministic part of the judgement, which the reviewers are shown.
    struct Findings {
        var checks: [Check]
        var denials: [Check]
        var clinical: AnalyzeResponse
    }

    static func findings(_ claim: Claim, _ facts: CaseFacts, _ ground: Ground) -> Findings {
        let claimFacts = ClaimFacts(claim: claim, facts: facts, ground: ground)
        let value = claimFacts.value
        func report(_ stage: String) -> [Check] {
            ground.engines.rules.evaluate(
                stage: stage, payer: claim.payer?.payerID ?? "", claimKind: claim.kind.rawValue, on: claimFacts.day,
                facts: value
            ).results.map { Check($0) }
        }
        let clinical = ClinicalReview.analyze(claim, chart: facts.chart, engines: ground.engines)
        return Findings(
            checks: report("submission") + ClinicalReview.checks(clinical) + ground.notes.patternChecks(),
            denials: report("gate"), clinical: clinical)
    }

    /// What the reviewers are to be asked; nil where there is nothing to review.
    public static func reviewRequest(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> ReviewRequest? {
        guard let claim = draft(facts, on: occasion, ground: ground) else { return nil }
        let found = findings(claim, facts, ground)
        return ClinicalReview.reviewRequest(
            claim, chart: facts.chart, checks: found.checks + found.denials, clinical: found.clinical,
            notes: ground.notes)
    }

    private static func claim(_ controlNumber: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        if let received = facts.receivedClaims.last(where: { $0.controlNumber == controlNumber }) {
            return judge(received, facts, ground)
        }
        let assembled = ClaimAssembly.assemble(facts, controlNumber: controlNumber, ground: ground)
        guard let claim = assembled.claim else {
            var ruling = Ruling(
                "incomplete", "No claim can be made yet: \(assembled.missing.joined(separator: ", ")) is missing.")
            ruling.effects = [
                .openTask(
                    TaskDraft(
                        key: facts.taskKey("claim.incomplete:\(controlNumber)"), title: "The claim cannot be made",
                        reason: ruling.summary,
                        answers: [
                            .init("judge-again", "It is there now: make the claim"), .init("void", "Do not bill it"),
                        ],
                        amount: facts.charges.map(\.amount).total()))
            ]
            return ruling
        }
        return judge(claim, facts, ground)
    }

    static func judge(_ claim: Claim, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        let found = findings(claim, facts, ground)
        let none = ReviewAnswer(reviewer: "none", bytes: nil)
        let reviews = ground.notes.reviews ?? ReviewAnswers(analyst: none, compliance: none)
        let gate = Gate.decide(
            checks: found.checks, denials: found.denials, clinicalVerdict: found.clinical.verdict.rawValue,
            answers: reviews)
        let filing = ClaimFacts(claim: claim, facts: facts, ground: ground).filingDays
        var ruling: Ruling
        switch gate.verdict {
        case .approve:
            ruling = Ruling("sent", "The gate approves; the claim goes to the payer.")
            ruling.effects = sending(claim, ground)
        case .pend:
            ruling = Ruling("held", "The gate pends the claim: a person looks first.")
            ruling.effects = [
                .recordClaim(claim, state: "pending-here"),
                .openTask(task("claim.held", "Claim held", claim, facts, found, gate, filingDays: filing)),
            ]
        case .deny:
            ruling = Ruling("stopped", "The gate denies by rule \(gate.rule ?? ""): the claim is not sent.")
            ruling.effects = [
                .recordClaim(claim, state: "stopped-here"),
                .openTask(task("claim.stopped", "Claim not sent", claim, facts, found, gate, filingDays: filing)),
            ]
        }
        ruling.checks = found.checks + found.denials
        ruling.gate = gate
        ruling.citations = ground.notes.policies
        ruling.handoff = handoff(claim, ruling, found, gate, facts)
        return ruling
    }

    private static func sending(_ claim: Claim, _ ground: Ground) -> [Effect] {
        [
            .submitClaim(claim), .recordClaim(claim, state: "submitted"),
            // Silence is a state: no 277CA within two days is a task.
            .setTimer(name: "\(silenceTimer)\(claim.controlNumber)", due: ground.now.adding(days: 2)),
        ]
    }

    private static func task(
        _ kind: String, _ title: String, _ claim: Claim, _ facts: CaseFacts, _ found: Findings, _ gate: GateDecision,
        filingDays: Int?
    ) -> TaskDraft {
        let filing = claim.serviceFrom.flatMap { from in
            filingDays.map { Instant(from.adding(days: $0), hour: 23, minute: 59) }
        }
        return TaskDraft(
            key: facts.taskKey("\(kind):\(claim.controlNumber)"), title: title,
            reason: gate.rationale.joined(separator: "\n"),
            evidence: (found.checks + found.denials).filter(\.stops).flatMap { check in
                ["\(check.id): \(check.title)"] + (check.fix.map { ["  To do: \($0)"] } ?? [])
                    + check.basis.map { "  \($0)" }
            }, deadline: filing,
            answers: [
                .init("judge-again", "Something has changed: judge it again"), .init("release", "Send it as it is"),
                .init("void", "Do not bill it"),
            ], amount: claim.totalCharge)
    }

    /// Charges that came after the claim had been made are not billed in silence, nor forgotten.
    private static func lateCharges(_ facts: CaseFacts) -> Ruling {
        var ruling = Ruling("late-charges", "Charges came after the claim had been made.")
        ruling.effects = [
            .openTask(
                TaskDraft(
                    key: facts.taskKey("claim.late-charges"), title: "Late charges",
                    reason: "Charges came after the claim had been made: replace the claim, or bill them apart.",
                    evidence: ["\(facts.charges.count) charges are posted now"],
                    answers: [.init("noted", "Dealt with in the billing system")],
                    amount: facts.charges.map(\.amount).total()))
        ]
        return ruling
    }

    // MARK: The payer's front door

    private static func acknowledgement(_ subject: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let index = Int(subject), facts.acknowledgements.indices.contains(index - 1) else {
            return Ruling("unknown", "The acknowledgement cannot be placed.")
        }
        let found = facts.acknowledgements[index - 1]
        switch found.outcome {
        case .received: return Ruling("received", "\(found.source.rawValue): received, not yet accepted.")
        case .accepted: return Ruling("accepted", "277CA: accepted into adjudication; the claim is filed.")
        case .other: return Ruling("noted", "\(found.source.rawValue) \(found.code): neither accepted nor rejected.")
        case .rejected:
            var ruling = Ruling("rejected", "\(found.source.rawValue): the payer's front door refuses the claim.")
            let claim = facts.sentClaims.last { $0.controlNumber == found.controlNumber }
            ruling.checks = [
                Check(
                    id: "\(found.source.rawValue).\(found.code)", title: "Accepted by the payer's front door",
                    answer: .failed, severity: .hold,
                    message: "A rejected claim is not filed: correct it and send a new one.",
                    evidenceToChange: ["A corrected claim"], basis: [found.code])
            ]
            ruling.effects = [
                .openTask(
                    TaskDraft(
                        key: "claim.rejected:\(found.controlNumber)", title: "Rejected before adjudication",
                        reason: "\(found.source.rawValue) \(found.code). The claim is not filed.",
                        evidence: [found.code], deadline: ground.now.adding(days: 5),
                        answers: [
                            .init("noted", "Corrected outside and sent as a new claim"),
                            .init("void", "Do not bill it"),
                        ],
                        amount: claim?.totalCharge ?? .zero))
            ]
            if let claim { ruling.effects.insert(.recordClaim(claim, state: "rejected"), at: 0) }
            return ruling
        }
    }

    private static func silence(_ controlNumber: String, _ facts: CaseFacts) -> Ruling {
        let heard =
            facts.acknowledgements.contains { $0.controlNumber == controlNumber && $0.source == .claim }
            || facts.remittances.contains { $0.controlNumber == controlNumber }
        if heard { return Ruling("heard", "The payer has answered in time.") }
        var ruling = Ruling("silent", "No 277CA within two days.")
        ruling.effects = [
            .openTask(
                TaskDraft(
                    key: "claim.silent:\(controlNumber)", title: "No word from the payer",
                    reason: "No 277CA came within two days of sending.",
                    answers: [.init("noted", "Followed up with the payer")],
                    amount: facts.sentClaims.last { $0.controlNumber == controlNumber }?.totalCharge ?? .zero))
        ]
        return ruling
    }

    // MARK: A person's answer

    private static func resolution(_ taskID: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let resolution = facts.resolutions.last(where: { $0.taskID == taskID }), let task = facts.task(resolution)
        else { return Ruling("unknown", "The answered task cannot be found.") }
        switch (resolution.kind, resolution.answer) {
        case ("claim.held", "release"), ("claim.stopped", "release"):
            guard let claim = ClaimCorrection.held(facts, task: task) else {
                return Ruling("unknown", "The held claim cannot be found.")
            }
            var ruling = Ruling("sent", "A person released the claim; it goes to the payer as it is.")
            ruling.effects = sending(claim, ground)
            return ruling
        case (_, "judge-again"): return Self.claim(task.subject, facts, ground)
        case ("denial.corrected-claim", "approve"):
            guard let claim = ClaimCorrection.corrected(facts, taskID: taskID) else {
                return Ruling("unknown", "The corrected claim cannot be made.")
            }
            return judge(claim, facts, ground)
        case ("denial.corrected-claim", _): return Ruling("declined", "A person declined the correction.")
        case (_, "void"):
            var ruling = Ruling("void", "A person decided that the claim is not billed.")
            if let claim = ClaimCorrection.held(facts, task: task) {
                ruling.effects = [.recordClaim(claim, state: "void")]
            }
            return ruling
        default: return Ruling("noted", "A person has dealt with it.")
        }
    }

    // MARK: Handing on

    /// What denial management is told (`docs/contracts/submission-handoff.schema.json`).
    private static func handoff(
        _ claim: Claim, _ ruling: Ruling, _ found: Findings, _ gate: GateDecision, _ facts: CaseFacts
    ) -> JSON {
        .compact([
            "case_id": .string(facts.id), "control_number": .string(claim.controlNumber),
            "payer_id": .string(claim.payer?.payerID ?? ""), "frequency": .string(claim.frequency),
            "total_charge": .string(claim.totalCharge.description), "line_count": JSON(claim.lines.count),
            "outcome": .string(ruling.outcome), "verdict": .string(gate.verdict.rawValue),
            "rule": gate.rule.map { .string($0) }, "clinical_verdict": .string(found.clinical.verdict.rawValue),
            "failed_checks": .array(ruling.checks.filter { $0.answer == .failed }.map { .string($0.id) }),
            "unknown_checks": .array(ruling.checks.filter { $0.answer == .unknown }.map { .string($0.id) }),
            "authorization_number": claim.priorAuthorization.map { .string($0) },
        ])
    }
}

extension Check {
    /// A rule's result in the gate's terms: a rule in shadow is recorded and holds nothing.
    init(_ result: RuleResult) {
        let severity: Severity =
            switch result.effect {
            case .warn, nil: .warn
            case .hold: .hold
            case .block, .deny: .block
            }
        self.init(
            id: result.ruleID, title: result.title, answer: result.truth == .yes ? .failed : .unknown,
            severity: severity, message: result.message, fix: result.appeal ?? result.fix.text,
            predicts: result.predicts, evidenceToChange: result.evidenceToChange,
            basis: ["rule pack \(result.pack) \(result.packVersion)"] + result.locations)
    }
}
