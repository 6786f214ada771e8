import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct EligibilityTests {
    /// A visit that was scheduled, and about which the payer was asked.
    static func asked(_ payer: String = "MERID") -> CaseRun {
        var run = CaseRun()
        run.now = World.booking
        run.happen(.covered([World.cover(payer)]))
        run.after(.scheduled(World.appointment()))
        return run
    }

    private func asked() -> CaseRun { Self.asked() }

    private func trace(_ run: CaseRun) -> String { run.facts.inquiries.last?.terms.trace ?? "" }

    private func terms(_ decision: StageDecision?) -> InquiryTerms? {
        for send in decision?.sends ?? [] { if case .inquiry(let terms) = send.what { return terms } }
        return nil
    }

    private func read(_ answer: (String) -> EligibilityAnswer) throws -> (run: CaseRun, decision: StageDecision) {
        var run = asked()
        let decision = try #require(run.after(.eligibilityAnswered(answer(trace(run)))).first)
        return (run, decision)
    }

    private func visit(on day: String, hour: Int = 14) -> Encounter {
        var visit = World.visit()
        visit.start = Instant(CalendarDate(day)!, hour: hour)
        visit.checkedIn = nil
        return visit
    }

    // MARK: Asking

    @Test func schedulingAsksAndSetsTheSecondQuestion() throws {
        let run = asked()
        let decision = try #require(run.last(.eligibility))
        #expect(decision.outcome == .eligibility(.asked))
        let terms = try #require(self.terms(decision))
        #expect(terms.trace == "C-0000001-3")
        #expect(terms.provider == World.group)
        #expect(terms.payerID == "MERID" && terms.memberID == "MHP000111222")
        #expect(terms.serviceDate == World.day)
        #expect(terms.serviceTypes == ["30", "98"])
        #expect(decision.sends.first?.answerBy == World.booking.adding(hours: 24))
        #expect(decision.set == [.beforeVisit: Instant("2026-02-28T14:00:00Z")!])
        #expect(run.facts.awaitsEligibility)
    }

    @Test func orderedServicesAreAskedAbout() {
        var run = CaseRun()
        run.now = World.booking
        run.happen(.covered([World.cover()]))
        run.happen(.ordered(World.order()))
        run.happen(.ordered(World.order("O2", "97110")))
        run.after(.scheduled(World.appointment()))
        #expect(run.facts.inquiries.last?.terms.serviceTypes == ["30", "98", "62", "PT"])
    }

    @Test func whereNobodyBillsWhoAttendsAsks() {
        var run = CaseRun()
        run.outside.billing = nil
        run.happen(.covered([World.cover()]))
        run.after(.scheduled(World.appointment()))
        #expect(run.facts.inquiries.last?.terms.provider == World.vance)
    }

    @Test func whatWasDeniedBeforeIsShownAndStopsNothing() throws {
        var run = CaseRun()
        run.outside.patterns = [
            DenialPattern(procedure: "72148", modifiers: [], group: "CO", reason: "197", denied: 3, adjudicated: 4)
        ]
        run.happen(.covered([World.cover()]))
        run.happen(.ordered(World.order()))
        run.after(.scheduled(World.appointment()))
        let record = try #require(run.facts.decisions(of: .eligibility).last)
        let check = try #require(record.decision.finding("pattern.CO-197"))
        #expect(check.message == "72148 without modifiers: CO-197 on 3 of 4 adjudicated lines")
        #expect(check.predicts == ["CO-197"])
        #expect(record.decision.stops.isEmpty)
    }

    @Test func aVisitLessThanTwoDaysAwayHasNoSecondQuestion() {
        var run = CaseRun(.covered([World.cover()]))
        run.now = Instant("2026-03-01T08:00:00Z")!
        #expect(run.after(.scheduled(World.appointment())).first?.timers == [])
    }

    @Test func theSecondQuestionComesFortyEightHoursBefore() {
        var run = asked()
        run.verify()
        let made = run.wait(until: Instant("2026-02-28T14:00:00Z")!)
        #expect(made.map(\.outcome) == [.eligibility(.asked)])
        #expect(run.facts.decisions.last?.reason == .eligibility(.beforeVisit))
        #expect(run.facts.inquiries.count == 2)
    }

    @Test func checkInAsks() {
        var run = asked()
        run.verify()
        #expect(run.after(.checkedIn(World.visit())).map(\.outcome) == [.eligibility(.asked)])
        // The same registration comes again.
        #expect(run.after(.checkedIn(World.visit())).map(\.outcome) == [.eligibility(.nothingNew)])
    }

    @Test func aClaimFromElsewhereAsks() {
        var run = CaseRun()
        let made = run.after(.claimReceived(Sample.claim("OUT-1")))
        #expect(made.map(\.outcome) == [.eligibility(.asked)])
        #expect(run.facts.inquiries.last?.terms.provider == World.group)
        // Of a visit that was asked about, nothing more is asked.
        var known = asked()
        #expect(known.after(.claimReceived(Sample.claim("OUT-1"))).first?.outcome == .eligibility(.nothingNew))
    }

    // MARK: Moved visits

    @Test func theSameAppointmentAgainIsNothingNew() {
        var run = asked()
        let made = run.after(.scheduled(World.appointment()))
        #expect(made.map(\.outcome) == [.eligibility(.nothingNew)])
        #expect(made[0].timers.isEmpty && made[0].sends.isEmpty)
        run.verify()
        #expect(run.after(.scheduled(World.appointment())).map(\.outcome) == [.eligibility(.nothingNew)])
    }

    @Test func twoMessagesOfOneAppointmentAreOneDecision() {
        var run = CaseRun(.covered([World.cover()]), .scheduled(World.appointment()), .scheduled(World.appointment()))
        #expect(run.advance().map(\.outcome) == [.eligibility(.asked)])
        #expect(run.facts.pending.isEmpty)
    }

    @Test func aMovedVisitIsAskedAnewWithOneTimer() throws {
        var run = asked()
        run.verify()
        let made = run.after(.scheduled(visit(on: "2026-03-20")))
        #expect(made.map(\.outcome) == [.eligibility(.asked)])
        #expect(run.facts.inquiries.last?.terms.serviceDate == CalendarDate("2026-03-20")!)
        let live = run.facts.timers.filter { $0.purpose == .beforeVisit }
        #expect(live.map(\.due) == [Instant("2026-03-18T14:00:00Z")!])
        // The old timer is gone: nothing fires two days before the old day.
        #expect(run.wait(until: Instant("2026-02-28T15:00:00Z")!).allSatisfy { $0.outcome != .eligibility(.asked) })
    }

    @Test func anotherHourOfTheDayMovesTheTimerAlone() {
        var run = asked()
        let made = run.after(.scheduled(visit(on: "2026-03-02", hour: 9)))
        #expect(made.map(\.outcome) == [.eligibility(.nothingNew)])
        let live = run.facts.timers.filter { $0.purpose == .beforeVisit }
        #expect(live.map(\.due) == [Instant("2026-02-28T09:00:00Z")!])
    }

    @Test func aVisitMovedToTomorrowHasNoTimerLeft() {
        var run = asked()
        run.after(.scheduled(visit(on: "2026-02-26")))
        #expect(!run.facts.timers.contains { $0.purpose == .beforeVisit })
    }

    @Test func anotherMemberIDIsAskedAnew() {
        var run = asked()
        var other = World.cover()
        other.memberID = "MHP000111223"
        run.happen(.covered([other]))
        #expect(run.after(.scheduled(World.appointment())).map(\.outcome) == [.eligibility(.asked)])
        #expect(run.facts.inquiries.last?.terms.memberID == "MHP000111223")
    }

    @Test func theAnswerAboutTheOldDayVerifiesNothing() {
        var run = asked()
        let old = trace(run)
        run.after(.scheduled(visit(on: "2026-03-20")))
        // The new day is being asked about.
        #expect(run.after(.eligibilityAnswered(World.answer(old))).map(\.outcome) == [.eligibility(.nothingNew)])
        #expect(run.facts.verified == nil && run.facts.awaitsEligibility)
        run.verify()
        #expect(run.facts.verified?.status == .active)
        #expect(run.facts.verified?.day == CalendarDate("2026-03-20")!)
        // It comes late once more.
        #expect(run.after(.eligibilityAnswered(World.answer(old))).map(\.outcome) == [.eligibility(.nothingNew)])
        #expect(run.facts.verified?.day == CalendarDate("2026-03-20")!)
    }

    @Test func anAnswerAboutAnotherDayThanTheVisitHasIsUnclear() {
        var run = asked()
        // An update moves the visit, and nobody asked about the new day.
        run.happen(.visitUpdated(visit(on: "2026-03-20")))
        let made = run.after(.eligibilityAnswered(World.answer(trace(run))))
        #expect(made.map(\.outcome) == [.eligibility(.unclear)])
        #expect(made[0].stops == ["eligibility.outdated"])
        #expect(run.open == [.eligibility(.unclear)])
        #expect(run.facts.verified?.status == .unknown)
    }

    // MARK: Nobody to ask

    @Test func withoutACoverageAPersonIsAskedOnce() throws {
        var run = CaseRun()
        run.now = World.booking
        let decision = try #require(run.after(.scheduled(World.appointment())).first)
        #expect(decision.outcome == .eligibility(.noCoverage))
        #expect(decision.opened.map(\.kind) == [.eligibility(.noCoverage)])
        #expect(decision.opened[0].deadline == World.visit().start)
        #expect(decision.stops == ["eligibility.no-coverage"])
        let again = try #require(run.after(.checkedIn(World.visit())).first)
        #expect(again.outcome == .eligibility(.noCoverage) && again.opened.isEmpty)
        #expect(run.open == [.eligibility(.noCoverage)])
    }

    @Test func anUnknownPayerIsNotAsked() throws {
        let run = Self.asked("NOWHERE")
        let decision = try #require(run.last(.eligibility))
        #expect(decision.outcome == .eligibility(.unknownPayer))
        #expect(decision.sends.isEmpty)
        #expect(run.open == [.eligibility(.unknownPayer)])
        #expect(decision.stops == ["eligibility.unknown-payer"])
    }

    @Test func aVisitWithoutADayIsNotAskedAbout() {
        var visit = World.visit()
        visit.start = nil
        visit.checkedIn = nil
        var run = CaseRun(.covered([World.cover()]))
        #expect(run.after(.scheduled(visit)).map(\.outcome) == [.eligibility(.unplaced)])
        #expect(run.open == [.eligibility(.unclear)])
    }

    /// A person is never given a deadline that has passed.
    @Test func aDeadlineLiesAhead() {
        var run = CaseRun()
        run.now = World.now
        #expect(run.after(.checkedIn(World.visit())).first?.opened.first?.deadline == World.now.adding(days: 1))
    }

    // MARK: Reading

    @Test func active() throws {
        let (run, decision) = try read { World.answer($0) }
        #expect(decision.outcome == .eligibility(.active))
        #expect(decision.opened.isEmpty && decision.findings.isEmpty)
        let handoff = try #require(run.handoff(.eligibility))
        #expect(handoff["status"] == "active")
        #expect(handoff["service_date"] == "2026-03-02")
        #expect(handoff["benefits"]?[1]?["amount"] == "25.00")
        #expect(decision.sends == [Send(.coverage(EntryRef(4)))])
        #expect(run.facts.verified?.status == .active && !run.facts.awaitsEligibility)
    }

    @Test(arguments: [
        ("6", EligibilityOutcome.inactive, EligibilityWork.inactive, "eligibility.inactive"),
        ("C", .unclear, .unclear, "eligibility.unknown"),
    ])
    func notActive(information: String, outcome: EligibilityOutcome, work: EligibilityWork, check: String) throws {
        let (run, decision) = try read { World.answer($0, information: information) }
        #expect(decision.outcome == .eligibility(outcome))
        #expect(run.open == [.eligibility(work)])
        #expect(decision.stops == [check])
    }

    @Test func theDayOutsideThePlanIsInactive() throws {
        func outcome(_ qualifier: String, _ from: String, _ to: String? = nil) throws -> Outcome {
            try read {
                var answer = World.answer($0)
                answer.planDates = [
                    DatedPeriod(qualifier: qualifier, from: CalendarDate(from)!, to: to.flatMap { CalendarDate($0) })
                ]
                return answer
            }.decision.outcome
        }
        #expect(try outcome("291", "2025-01-01", "2026-03-01") == .eligibility(.inactive))
        #expect(try outcome("291", "2025-01-01", "2026-03-02") == .eligibility(.active))
        #expect(try outcome("356", "2026-03-03") == .eligibility(.inactive))
    }

    @Test func memberNotFound() throws {
        let (run, decision) = try read { World.refusal($0, "75", followUp: "C") }
        #expect(decision.outcome == .eligibility(.notFound))
        #expect(decision.findings.first?.predicts == ["CO-31"])
        #expect(decision.opened.first?.evidence == ["AAA 75 in loop 2100C, follow-up C"])
        #expect(run.handoff(.eligibility)?["rejections"]?[0]?["reason"] == "75")
    }

    @Test func anotherPayerAndAnotherMemberIDAreNamed() throws {
        let (run, decision) = try read {
            var answer = World.answer($0)
            var other = Benefit(information: "R")
            other.relatedPayer = "NSTAR"
            answer.benefits.append(other)
            answer.memberID = "MHP999999999"
            return answer
        }
        #expect(decision.outcome == .eligibility(.active))
        #expect(decision.stops == ["eligibility.other-coverage", "eligibility.member-corrected"])
        #expect(run.open == [.eligibility(.otherPayer), .eligibility(.memberIDDiffers)])
        #expect(run.handoff(.eligibility)?["other_payer"] == true)
    }

    @Test func anAnswerToNothingGoesToAPerson() {
        var run = asked()
        let made = run.after(.eligibilityAnswered(World.answer("somebody-else")))
        #expect(made.map(\.outcome) == [.eligibility(.unplaced)])
        #expect(run.open == [.eligibility(.unclear)])
        #expect(run.facts.verified == nil && run.facts.awaitsEligibility)
        #expect(run.handoff(.eligibility) == nil)
    }

    @Test func aReferenceToNoAnswerIsUnplaced() {
        var run = asked()
        #expect(run.decide(.eligibility(.answered(EntryRef(99))))?.outcome == .eligibility(.unplaced))
        let nothing = SendID(entry: 99, number: 0)
        #expect(run.decide(.eligibility(.unanswered(nothing)))?.outcome == .eligibility(.unplaced))
        #expect(run.decide(.eligibility(.undelivered(nothing)))?.outcome == .eligibility(.unplaced))
        let item = WorkItemID(entry: 99, number: 0)
        for resolution in EligibilityResolution.allCases {
            #expect(run.decide(.eligibility(.resolved(item, resolution)))?.outcome == .eligibility(.unplaced))
        }
    }

    /// The later answer to one inquiry counts, and what it settles needs nobody.
    @Test func aSecondAnswerCounts() {
        var run = asked()
        let trace = self.trace(run)
        run.after(.eligibilityAnswered(World.answer(trace, information: "6")))
        #expect(run.open == [.eligibility(.inactive)])
        // The same once more opens nothing more.
        run.after(.eligibilityAnswered(World.answer(trace, information: "6")))
        #expect(run.open == [.eligibility(.inactive)])
        // Another answer puts another question in its place.
        run.after(.eligibilityAnswered(World.refusal(trace, "75", followUp: "C")))
        #expect(run.open == [.eligibility(.notFound)])
        run.after(.eligibilityAnswered(World.answer(trace)))
        #expect(run.open.isEmpty)
        #expect(run.facts.verified?.status == .active)
    }

    // MARK: Asking again

    @Test func aPassingFaultIsAskedAgainWhereThePayerAllows() {
        var run = asked()
        var due: [Int] = []
        for _ in 1...3 {
            let made = run.after(.eligibilityAnswered(World.refusal(trace(run), "42", followUp: "R")))
            #expect(made.map(\.outcome) == [.eligibility(.retry)])
            #expect(run.open.isEmpty && run.facts.awaitsEligibility)
            guard let time = made.first?.set[.askAgain] else { return #expect(Bool(false), "no timer") }
            due.append(time.seconds(since: run.now))
            #expect(run.wait(until: time).map(\.outcome) == [.eligibility(.asked)])
        }
        #expect(due == [600, 1200, 2400])
        let last = run.after(.eligibilityAnswered(World.refusal(trace(run), "42", followUp: "R")))
        #expect(last.map(\.outcome) == [.eligibility(.unclear)])
        #expect(run.open == [.eligibility(.unclear)])
    }

    @Test func theSameRefusalTwiceSetsOneTimer() {
        var run = asked()
        let refusal = World.refusal(trace(run), "42", followUp: "R")
        run.after(.eligibilityAnswered(refusal))
        #expect(run.after(.eligibilityAnswered(refusal)).map(\.outcome) == [.eligibility(.retry)])
        #expect(run.facts.timers.count { $0.purpose == .askAgain } == 1)
    }

    /// The answer comes after all: nobody is asked again.
    @Test func anAnswerEndsTheWaitForTheNextTry() {
        var run = asked()
        let trace = self.trace(run)
        run.after(.eligibilityAnswered(World.refusal(trace, "42", followUp: "R")))
        run.after(.eligibilityAnswered(World.answer(trace)))
        #expect(!run.facts.timers.contains { $0.purpose == .askAgain })
        #expect(!run.facts.awaitsEligibility)
    }

    /// AAA04 rules over our own policy.
    @Test(arguments: [("42", "N"), ("42", "Y"), ("80", "S"), ("79", "R")])
    func whereThePayerForbidsItNobodyAsksAgain(reason: String, followUp: String) throws {
        let (run, decision) = try read { World.refusal($0, reason, followUp: followUp) }
        #expect(decision.outcome == .eligibility(.unclear))
        #expect(decision.set.isEmpty)
        #expect(run.open == [.eligibility(.unclear)])
    }

    /// A claim from elsewhere waits until the payer was asked again.
    @Test func submissionWaitsForTheSecondQuestion() {
        var run = CaseRun()
        run.after(.claimReceived(Sample.claim("OUT-1")))
        #expect(run.facts.decisions(of: .submission).isEmpty)
        let made = run.after(.eligibilityAnswered(World.refusal(trace(run), "42", followUp: "R")))
        #expect(made.map(\.outcome) == [.eligibility(.retry)])
        #expect(run.wait(until: World.now.adding(seconds: 600)).map(\.outcome) == [.eligibility(.asked)])
        let last = run.after(.eligibilityAnswered(World.answer(trace(run))))
        #expect(last.map(\.outcome.stage) == [.eligibility, .submission])
        #expect(last.last?.stops.contains { $0.hasPrefix("eligibility") } == false)
        #expect(run.facts.verified?.status == .active)
    }

    // MARK: No answer

    @Test func whatIsNotAnsweredIsWorkForAPerson() throws {
        var run = asked()
        let made = run.wait(until: World.booking.adding(hours: 24))
        #expect(made.map(\.outcome) == [.eligibility(.unanswered)])
        #expect(made[0].stops == ["eligibility.unanswered"])
        #expect(made[0].finding("eligibility.unanswered")?.answer == .unknown)
        #expect(run.open == [.eligibility(.unanswered)])
        #expect(!run.facts.awaitsEligibility)
        // The answer comes after all.
        run.verify()
        #expect(run.open.isEmpty && run.facts.verified?.status == .active)
    }

    @Test(arguments: DeliveryFailure.allCases)
    func whatCannotBeDeliveredIsWorkForAPerson(failure: DeliveryFailure) throws {
        var run = asked()
        let send = try #require(run.facts.inquiries.last?.id)
        let made = run.after(.undelivered(send, failure))
        #expect(made.map(\.outcome) == [.eligibility(.undelivered)])
        #expect(made[0].stops == ["eligibility.undelivered"])
        #expect(run.open == [.eligibility(.undelivered)])
        #expect(!run.facts.awaitsEligibility)
    }

    @Test func theLateEndOfAnOldInquiryIsNothingNew() throws {
        var run = asked()
        let old = try #require(run.facts.inquiries.last?.id)
        run.after(.scheduled(visit(on: "2026-03-20")))
        #expect(run.after(.undelivered(old, .unreachable)).map(\.outcome) == [.eligibility(.nothingNew)])
        #expect(run.open.isEmpty)
        run.verify()
        let new = try #require(run.facts.inquiries.last?.id)
        #expect(run.decide(.eligibility(.unanswered(new)))?.outcome == .eligibility(.nothingNew))
    }
}
