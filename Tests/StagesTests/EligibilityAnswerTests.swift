import Claims
import HealthTypes
import Review
import Stages
import Testing

/// What a person's answer to a work item of stage 1 brings about.
@Suite struct EligibilityAnswerTests {
    /// A case in which a work item of the kind is open.
    static func open(_ work: EligibilityWork) -> CaseRun {
        var run = EligibilityTests.asked(work == .unknownPayer ? "NOWHERE" : "MERID")
        let trace = run.facts.inquiries.last?.terms.trace ?? ""
        switch work {
        case .noCoverage:
            run = CaseRun()
            run.after(.scheduled(World.appointment()))
        case .unknownPayer: break
        case .inactive: run.after(.eligibilityAnswered(World.answer(trace, information: "6")))
        case .notFound: run.after(.eligibilityAnswered(World.refusal(trace, "75", followUp: "C")))
        case .unclear: run.after(.eligibilityAnswered(World.answer(trace, information: "C")))
        case .otherPayer:
            var answer = World.answer(trace)
            answer.benefits.append(Benefit(information: "R"))
            run.after(.eligibilityAnswered(answer))
        case .memberIDDiffers:
            var answer = World.answer(trace)
            answer.memberID = "MHP999999999"
            run.after(.eligibilityAnswered(answer))
        case .unanswered: run.wait(until: World.booking.adding(hours: 24))
        case .undelivered:
            if let send = run.facts.inquiries.last?.id { run.after(.undelivered(send, .refused)) }
        }
        return run
    }

    @Test(arguments: EligibilityWork.allCases)
    func everyAnswerOfEveryKindHasAnEffect(work: EligibilityWork) throws {
        #expect(!work.title.isEmpty && !work.answers.isEmpty)
        for resolution in work.answers {
            var run = Self.open(work)
            #expect(run.open == [.eligibility(work)])
            let inquiries = run.facts.inquiries.count
            let decision = try #require(run.answer(.eligibility(work), .eligibility(resolution)).first)
            switch resolution {
            case .corrected where work == .noCoverage || work == .unknownPayer:
                // Nothing was corrected: the question is put again.
                #expect(run.open == [.eligibility(work)])
            case .corrected:
                #expect(decision.outcome == .eligibility(.asked))
                #expect(run.facts.inquiries.count == inquiries + 1)
            case .confirmed:
                #expect(decision.outcome == .eligibility(.confirmed))
                #expect(run.facts.isCoverageConfirmed && run.open.isEmpty)
            case .selfPay:
                #expect(decision.outcome == .eligibility(.selfPay))
                #expect(run.facts.isSelfPay && run.open.isEmpty && decision.raises.isEmpty)
            }
        }
    }

    /// A corrected registration is asked about; what is still wrong is put again.
    @Test func aCorrectionIsAskedAbout() throws {
        var run = Self.open(.notFound)
        var corrected = World.cover()
        corrected.memberID = "MHP000111223"
        run.happen(.covered([corrected]))
        run.answer(.eligibility(.notFound), .eligibility(.corrected))
        let terms = try #require(run.facts.inquiries.last?.terms)
        #expect(terms.memberID == "MHP000111223")
        #expect(Set(run.facts.inquiries.map(\.terms.trace)).count == 2)
        run.after(.eligibilityAnswered(World.refusal(terms.trace, "75", followUp: "C")))
        #expect(run.open == [.eligibility(.notFound)])
    }

    @Test func aCoverageThatCameIsAskedAbout() {
        var run = Self.open(.noCoverage)
        run.happen(.covered([World.cover()]))
        let made = run.answer(.eligibility(.noCoverage), .eligibility(.corrected))
        #expect(made.map(\.outcome) == [.eligibility(.asked)])
        run.verify()
        #expect(run.open.isEmpty)
    }

    /// What was confirmed settles all that was open about the coverage, and the orders that waited for it.
    @Test func aConfirmationSettlesTheRest() {
        var run = EligibilityTests.asked()
        var answer = World.answer(run.facts.inquiries.last?.terms.trace ?? "", information: "6")
        answer.benefits.append(Benefit(information: "R"))
        run.after(.eligibilityAnswered(answer))
        run.after(.ordered(World.order()))
        #expect(run.open == [.eligibility(.inactive), .eligibility(.otherPayer)])
        let made = run.answer(.eligibility(.inactive), .eligibility(.confirmed))
        #expect(made.map(\.outcome) == [.eligibility(.confirmed), .authorization(.requested)])
        #expect(run.open.isEmpty)
        // A new answer of the payer outweighs it.
        run.after(.eligibilityAnswered(answer))
        #expect(!run.facts.isCoverageConfirmed)
    }

    // MARK: What follows for orders

    @Test func anOrderThatWaitedIsTakenUp() {
        var run = CaseRun(.covered([World.cover()]), .visitUpdated(World.appointment()))
        run.now = World.booking
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.waits)])
        #expect(run.after(.scheduled(World.appointment())).map(\.outcome) == [.eligibility(.asked)])
        let made = run.after(.eligibilityAnswered(World.answer(run.facts.inquiries.last?.terms.trace ?? "")))
        #expect(made.map(\.outcome) == [.eligibility(.active), .authorization(.requested)])
        #expect(made[0].raises == [.authorization(.ordered(OrderKey("O1")))])
    }

    @Test func anInquiryGivenUpLetsTheOrderGoOn() {
        var run = CaseRun(.covered([World.cover()]))
        run.now = World.booking
        run.happen(.ordered(World.order()))
        run.after(.scheduled(World.appointment()))
        let made = run.wait(until: World.booking.adding(hours: 24))
        #expect(made.map(\.outcome) == [.eligibility(.unanswered), .authorization(.requested)])
    }

    // MARK: The patient pays

    @Test func whereThePatientPaysNoPayerIsAskedAnyMore() {
        var run = Self.open(.inactive)
        run.answer(.eligibility(.inactive), .eligibility(.selfPay))
        #expect(run.facts.timers.isEmpty)
        #expect(run.after(.checkedIn(World.visit())).map(\.outcome) == [.eligibility(.selfPay)])
        #expect(run.facts.inquiries.count == 1)
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.notRequired)])
        #expect(run.facts.requests.isEmpty)
        // An answer that comes late is kept and asks nobody anything.
        run.after(.eligibilityAnswered(World.answer(run.facts.inquiries[0].terms.trace, information: "6")))
        #expect(run.open.isEmpty)
    }

    @Test(arguments: ClaimState.allCases)
    func unsentClaimsAreVoid(state: ClaimState) throws {
        var run = Self.open(.inactive)
        let claim = ClaimRef(entry: run.facts.nextEntry.sequence, number: 0)
        let item = WorkItem(.submission(.held(claim)), reason: ["held"])
        run.happen(.decided(made(state, claim, item), Basis(at: run.now, generation: Digest(of: "g"))))
        #expect(run.facts.claim(claim)?.state == state)
        run.answer(.eligibility(.inactive), .eligibility(.selfPay))
        switch state {
        case .drafted, .inReview, .held, .blocked:
            #expect(run.facts.claim(claim)?.state == .void)
            #expect(run.open.isEmpty)
        case .submitted, .accepted, .rejected, .settled, .void:
            #expect(run.facts.claim(claim)?.state == state)
            #expect(run.open == [.submission(.held(claim))])
        }
    }

    /// A decision that makes a claim and leaves it in a state, with a question about it.
    private func made(_ state: ClaimState, _ ref: ClaimRef, _ item: WorkItem) -> StageDecision {
        let trigger = Trigger(id: TriggerID(entry: 0, number: 0), reason: .submission(.charged))
        var decision = StageDecision(trigger, .submission(.held))
        decision.claims = [.made(Sample.claim("V100001-1"), replaces: nil), .became(ref, state)]
        decision.workItems = [.opened(item)]
        return decision
    }
}
