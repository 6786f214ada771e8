import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct EligibilityTests {
    private let trace = "C-0000001-scheduling"

    private func asked(_ payer: String = "MERID") -> CaseRun {
        var run = CaseRun(.scheduled(World.visit()), .covered([World.cover(payer)]))
        run.now = Instant("2026-02-25T08:00:00Z")!
        run.advance()
        return run
    }

    private func read(_ answer: EligibilityAnswer) -> Decision {
        var run = asked()
        run.happen(.eligibilityAnswered(answer))
        return run.decide(.eligibility, "answer:1")
    }

    // MARK: Asking

    @Test func schedulingAsksAndSetsTheSecondQuestion() throws {
        let decision = try #require(asked().last(.eligibility))
        #expect(decision.outcome == "asked")
        guard case .inquireEligibility(let inquiry)? = decision.effects.first else { throw Missing() }
        #expect(inquiry.trace == trace)
        #expect(inquiry.provider == World.group)
        #expect(inquiry.dependent == nil)
        #expect(inquiry.serviceDate == World.day)
        #expect(inquiry.serviceTypes == ["30", "98"])
        #expect(decision.timers == ["visit-48-hours": Instant("2026-02-28T14:00:00Z")!])
    }

    @Test func aVisitLessThanTwoDaysAwayHasNoSecondQuestion() {
        var run = CaseRun(.scheduled(World.visit()), .covered([World.cover()]))
        run.now = Instant("2026-03-01T08:00:00Z")!
        #expect(run.decide(.eligibility, "ask:scheduling").timers.isEmpty)
    }

    @Test func aDependentIsNamed() throws {
        var cover = World.cover()
        cover.relationship = "19"
        var run = CaseRun(.scheduled(World.visit()), .covered([cover]))
        guard case .inquireEligibility(let inquiry)? = run.decide(.eligibility, "ask:scheduling").effects.first else {
            throw Missing()
        }
        #expect(inquiry.dependent == World.nora)
    }

    @Test func withoutACoverAPersonIsAsked() {
        var run = CaseRun(.scheduled(World.visit()))
        let decision = run.decide(.eligibility, "ask:scheduling")
        #expect(decision.outcome == "not_asked")
        #expect(decision.tasks.map(\.key) == ["eligibility.no-coverage"])
        #expect(decision.stops == ["eligibility.no-coverage"])
    }

    @Test func anUnknownPayerIsNotAsked() {
        let decision = asked("NOWHERE").last(.eligibility)
        #expect(decision?.outcome == "not_asked")
        #expect(decision?.tasks.map(\.key) == ["eligibility.unknown-payer"])
    }

    // MARK: Reading

    @Test func active() throws {
        let decision = read(World.answer(trace))
        #expect(decision.outcome == "active")
        #expect(decision.tasks.isEmpty && decision.checks.isEmpty)
        let handoff = try #require(decision.handoff)
        #expect(handoff["status"] == "active")
        #expect(handoff["benefits"]?[1]?["amount"] == "25.00")
        #expect(decision.effects.contains { if case .writeBack = $0 { true } else { false } })
    }

    @Test(arguments: [("6", "inactive", "eligibility.inactive"), ("C", "unknown", "eligibility.unknown")])
    func notActive(information: String, outcome: String, key: String) {
        let decision = read(World.answer(trace, information: information))
        #expect(decision.outcome == outcome)
        #expect(decision.tasks.map(\.key) == [key])
        #expect(decision.stops == [key])
    }

    @Test func theDayOutsideThePlanIsInactive() {
        var answer = World.answer(trace)
        answer.planDates = [
            DatedPeriod(qualifier: "291", from: CalendarDate("2025-01-01")!, to: CalendarDate("2026-03-01")!)
        ]
        #expect(read(answer).outcome == "inactive")
        answer.planDates = [
            DatedPeriod(qualifier: "291", from: CalendarDate("2025-01-01")!, to: CalendarDate("2026-03-02")!)
        ]
        #expect(read(answer).outcome == "active")
        answer.planDates = [DatedPeriod(qualifier: "356", from: CalendarDate("2026-03-03")!)]
        #expect(read(answer).outcome == "inactive")
    }

    @Test func memberNotFound() throws {
        let decision = read(World.refusal(trace, "75", followUp: "C"))
        #expect(decision.outcome == "not_found")
        #expect(decision.checks.first?.predicts == ["CO-31"])
        #expect(decision.tasks.first?.evidence == ["AAA 75 in loop 2100C, follow-up C"])
        #expect(decision.handoff?["rejections"]?[0]?["reason"] == "75")
    }

    @Test func anotherPayerAndAnotherMemberIDAreNamed() {
        var answer = World.answer(trace)
        var other = Benefit(information: "R")
        other.relatedPayer = "NSTAR"
        answer.benefits.append(other)
        answer.memberID = "MHP999999999"
        let decision = read(answer)
        #expect(decision.outcome == "active")
        #expect(decision.stops == ["eligibility.other-coverage", "eligibility.member-corrected"])
        #expect(decision.tasks.count == 2)
        #expect(decision.handoff?["other_payer"] == true)
    }

    @Test func anAnswerThatCannotBePlacedIsUnknown() {
        var run = asked()
        #expect(run.decide(.eligibility, "answer:7").outcome == "unknown")
        #expect(run.decide(.eligibility, "answer:x").outcome == "unknown")
    }

    // MARK: Asking again

    @Test func aPassingFaultIsAskedAgainWhereThePayerAllows() {
        var run = asked()
        var due: [Int] = []
        for turn in 1...3 {
            run.happen(.eligibilityAnswered(World.refusal("t\(turn)", "42", followUp: "R")))
            let decision = run.decide(.eligibility, "answer:\(turn)")
            #expect(decision.outcome == "retry")
            #expect(decision.tasks.isEmpty)
            due += decision.timers.values.map { $0.seconds(since: run.now) }
            run.happen(.timerFired("eligibility-retry-\(turn)"))
            run.decide(.eligibility, "ask:eligibility-retry-\(turn)")
        }
        #expect(due == [600, 1200, 2400])
        run.happen(.eligibilityAnswered(World.refusal("t4", "42", followUp: "R")))
        let last = run.decide(.eligibility, "answer:4")
        #expect(last.outcome == "unknown")
        #expect(last.tasks.map(\.key) == ["eligibility.unknown"])
    }

    /// AAA04 rules over our own policy.
    @Test(arguments: [("42", "N"), ("42", "Y"), ("80", "S"), ("79", "R")])
    func whereThePayerForbidsItNobodyAsksAgain(reason: String, followUp: String) {
        let decision = read(World.refusal(trace, reason, followUp: followUp))
        #expect(decision.outcome == "unknown")
        #expect(decision.timers.isEmpty)
        #expect(decision.tasks.count == 1)
    }

    /// A claim from elsewhere waits until the payer was asked again.
    @Test func submissionWaitsForTheSecondQuestion() {
        var run = CaseRun(.claimReceived(Sample.claim("OUT-1")))
        run.advance()
        #expect(run.facts.decisions(of: .submission).isEmpty)
        run.happen(.eligibilityAnswered(World.refusal("C-0000001-claim", "42", followUp: "R")))
        #expect(run.advance().map(\.outcome) == ["retry"])
        run.happen(.timerFired("eligibility-retry-1"))
        #expect(run.advance().map(\.outcome) == ["asked"])
        run.happen(.eligibilityAnswered(World.answer("C-0000001-eligibility-retry-1")))
        #expect(run.advance().map(\.occasion.stage) == [.eligibility, .submission])
        #expect(run.facts.verifiedEligibility?.status == .active)
    }

    /// What settles itself needs nobody.
    @Test func anActiveAnswerWithdrawsTheTask() {
        var run = asked()
        run.happen(.eligibilityAnswered(World.answer(trace, information: "6")))
        #expect(run.decide(.eligibility, "answer:1").tasks.map(\.key) == ["eligibility.inactive"])
        run.happen(.eligibilityAnswered(World.answer("t2")))
        let withdrawn = run.decide(.eligibility, "answer:2").effects.compactMap {
            if case .withdrawTask(let key) = $0 { key } else { nil }
        }
        #expect(withdrawn == ["eligibility.inactive"])
    }

    /// A corrected registration is asked about again; what is still wrong is put under a key of its own.
    @Test func aCorrectionIsAskedAbout() throws {
        var run = asked()
        run.happen(.eligibilityAnswered(World.refusal(trace, "75", followUp: "C")))
        run.advance()
        run.answer("eligibility.not-found", "corrected")
        var corrected = World.cover()
        corrected.memberID = "MHP000111223"
        run.happen(.covered([corrected]))
        let decision = try #require(run.advance().first)
        guard case .inquireEligibility(let inquiry)? = decision.effects.first else { throw Missing() }
        #expect(inquiry.memberID == "MHP000111223" && inquiry.trace != trace)
        run.happen(.eligibilityAnswered(World.refusal(inquiry.trace, "75", followUp: "C")))
        #expect(run.advance().flatMap(\.tasks).map(\.key) == ["eligibility.not-found: #2"])
    }
}

struct Missing: Error {}

enum Sample {
    /// A claim that was made elsewhere and has nothing wrong with it.
    static func claim(_ number: String, payer: String = "MERID", procedure: String = "99213", diagnosis: String = "I10")
        -> Claim
    {
        var line = ClaimLine(number: 1, procedure: procedure, charge: Money("150")!, from: World.day)
        line.controlNumber = "\(number)L1"
        return Claim(
            controlNumber: number, totalCharge: Money("150")!, placeOfService: "11", billing: World.group,
            rendering: World.vance, coverages: [World.cover(payer)], patient: World.nora,
            diagnoses: [Diagnosis(qualifier: "ABK", code: diagnosis)], lines: [line])
    }
}
