import ClinicalKnowledge
import HealthTypes
import Review
import Testing

@Suite struct GateTests {
    @Test func approvesOnlyWhereEverybodyIsContent() {
        let decision = decide()
        #expect(decision.verdict == .approve)
        #expect(decision.rule == nil && decision.appealPath == nil)
        #expect(!decision.rationale.isEmpty)
        #expect(decide(checks: [passed, check("W", .failed, .warn), check("U", .unknown, .warn)]).verdict == .approve)
    }

    @Test(arguments: [
        (Check.Answer.failed, Check.Severity.hold), (.failed, .block), (.unknown, .hold), (.unknown, .block),
    ])
    func aCheckThatStopsPends(answer: Check.Answer, severity: Check.Severity) {
        let decision = decide(checks: [passed, check("E1", answer, severity)])
        #expect(decision.verdict == .pend)
        #expect(decision.rationale.contains { $0.hasPrefix("E1") })
        #expect(decision.evidenceThatWouldChange == ["evidence for E1"])
        #expect(decision.rule == nil)
    }

    @Test func theClinicalFlagPendsAndInconclusiveDoesNot() {
        #expect(decide(clinical: .flag).verdict == .pend)
        #expect(decide(clinical: .inconclusive).verdict == .approve)
    }

    @Test(arguments: ["pend", "deny"])
    func anAnalystWhoDoesNotApprovePends(word: String) {
        let decision = decide(analyst: analyst(word))
        #expect(decision.verdict == .pend)
        #expect(decision.rationale == ["Analyst: a reason"])
    }

    @Test(arguments: [("medium", false), ("high", true), ("high", false), ("low", true)])
    func anyRiskPends(risk: String, human: Bool) {
        #expect(decide(compliance: compliance(risk, human: human)).verdict == .pend)
    }

    /// What does not fit its schema is no answer, and no answer pends.
    @Test(
        arguments: [
            nil, "", "approve", "{", "null", "[]", #"{"decision":"approve"}"#,
            #"{"decision":"APPROVE","reason":"r","missing_data":[],"escalate":false}"#,
            #"{"decision":"approve","reason":"","missing_data":[],"escalate":false}"#,
            #"{"decision":"approve","reason":"r","missing_data":"none","escalate":false}"#,
            #"{"decision":"approve","reason":"r","missing_data":[],"escalate":"no"}"#,
            #"{"decision":"approve","reason":"r","missing_data":[],"escalate":false,"gate":"approve"}"#,
            #"{"decision":"pend","decision":"approve","reason":"r","missing_data":[],"escalate":false}"#,
            #"{"decision":"approve","reason":"r","missing_data":[],"escalate":false} and more"#,
        ] as [String?])
    func aMissingOrIllFormedAnalystPends(text: String?) {
        let decision = decide(analyst: text)
        #expect(decision.verdict == .pend)
        #expect(decision.rationale == ["The analyst gave no answer that fits its schema."])
    }

    @Test(
        arguments: [
            nil, #"{"risk_level":"none","audit_notes":[],"human_review_required":false}"#,
            #"{"risk_level":"low","audit_notes":[]}"#,
            #"{"risk_level":"low","audit_notes":[1],"human_review_required":false}"#,
        ] as [String?])
    func aMissingOrIllFormedComplianceReviewerPends(text: String?) {
        let decision = decide(compliance: text)
        #expect(decision.verdict == .pend)
        #expect(decision.rationale == ["The compliance reviewer gave no answer that fits its schema."])
    }

    @Test func bytesThatAreNotTextAreNoAnswer() {
        let broken = ReviewAnswer(reviewer: "a model", bytes: [0x7b, 0xff])
        #expect(broken.text == nil)
        let answers = ReviewAnswers(analyst: broken, compliance: ReviewAnswer(reviewer: "r", bytes: nil))
        #expect(answers.analystOpinion == nil && answers.complianceOpinion == nil)
    }

    // MARK: Denying

    @Test func deniesByANamedRuleWithReasonEvidenceAndAppealPath() {
        var rule = check("G01", .failed, .block)
        rule.fix = "Show a second service."
        let decision = decide(denials: [rule])
        #expect(decision.verdict == .deny)
        #expect(decision.rule == "G01")
        #expect(decision.rationale == ["message of G01"])
        #expect(decision.evidenceThatWouldChange == ["evidence for G01"])
        #expect(decision.appealPath == "Show a second service.")
        #expect(decide(denials: [check("G02", .failed, .block)]).appealPath?.isEmpty == false)
    }

    /// Nobody's opinion, and no check, denies.
    @Test func nothingElseDenies() {
        let decision = decide(
            checks: [check("E1", .failed, .block)], clinical: .flag, analyst: analyst("deny"),
            compliance: compliance("high", human: true))
        #expect(decision.verdict == .pend)
        #expect(decision.rationale.count == 4)
    }

    /// A deny rule that could not be answered, or that only holds, goes to a person; one in shadow does nothing.
    @Test func denyRulesActAsTheirSeveritySays() {
        #expect(decide(denials: [check("G01", .unknown, .hold)]).verdict == .pend)
        #expect(decide(denials: [check("G01", .unknown, .block)]).verdict == .pend)
        #expect(decide(denials: [check("G01", .failed, .hold)]).verdict == .pend)
        #expect(decide(denials: [check("G01", .failed, .warn)]).verdict == .approve)
        #expect(decide(denials: [check("G00", .failed, .warn), check("G01", .failed, .block)]).rule == "G01")
    }

    // MARK: Properties

    /// Adding a check that failed or could not be answered never lets a claim through that was held before, and
    /// nothing that stops is ever approved.
    @Test(arguments: 1...30)
    func moreTroubleNeverHelps(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<60 {
            let checks = Self.checks(&random, upTo: 6)
            let denials = Self.checks(&random, upTo: 2)
            let word = random.pick(["approve", "approve", "pend", "deny", ""])
            let opinion = word.isEmpty ? nil : analyst(word)
            let risk = compliance(random.pick(["low", "low", "medium", "high"]), human: random.chance(20))
            let clinical = random.pick([AnalyzeResponse.Verdict.pass, .pass, .inconclusive, .flag])
            let before = decide(
                checks: checks, denials: denials, clinical: clinical, analyst: opinion, compliance: risk)
            let stops = (checks + denials).contains(where: \.stops)
            #expect(!stops || before.verdict != .approve)
            let added = check("NEW", random.chance(50) ? .failed : .unknown, random.pick([.block, .hold, .warn]))
            let position = random.integer(in: 0..<checks.count + 1)
            let more = Array(checks[..<position]) + [added] + checks[position...]
            let after = decide(checks: more, denials: denials, clinical: clinical, analyst: opinion, compliance: risk)
            #expect(before.verdict == .approve || after.verdict == before.verdict)
            #expect(!added.stops || after.verdict != .approve)
            if after.verdict == .deny {
                #expect(after.rule != nil && after.appealPath != nil && !after.rationale.isEmpty)
            }
        }
    }

    private static func checks(_ random: inout SeededRandom, upTo most: Int) -> [Check] {
        (0..<random.integer(in: 0..<most)).map { index in
            check(
                "C\(index)", random.pick([.passed, .passed, .failed, .unknown]),
                random.pick([.block, .hold, .warn, .warn]))
        }
    }
}

// MARK: Parts

private let passed = check("E0", .passed, .block)

private func check(_ id: String, _ answer: Check.Answer, _ severity: Check.Severity) -> Check {
    Check(
        id: id, title: "title of \(id)", answer: answer, severity: severity, message: "message of \(id)",
        evidenceToChange: ["evidence for \(id)"])
}

private func analyst(_ word: String) -> String {
    #"{"decision":"\#(word)","reason":"a reason","missing_data":[],"escalate":false}"#
}

private func compliance(_ risk: String, human: Bool = false) -> String {
    #"{"risk_level":"\#(risk)","audit_notes":[],"human_review_required":\#(human)}"#
}

private func decide(
    checks: [Check] = [passed], denials: [Check] = [], clinical: AnalyzeResponse.Verdict = .pass,
    analyst: String? = analyst("approve"),
    compliance: String? = compliance("low")
) -> GateDecision {
    func answer(_ text: String?) -> ReviewAnswer { ReviewAnswer(reviewer: "test", bytes: text.map { Array($0.utf8) }) }
    return Gate.decide(
        checks: checks, denials: denials, clinicalVerdict: clinical,
        answers: ReviewAnswers(analyst: answer(analyst), compliance: answer(compliance)))
}
