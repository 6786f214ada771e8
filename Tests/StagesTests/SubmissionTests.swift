import Claims
import ClinicalText
import HealthTypes
import Review
import Stages
import Testing

/// How claims are judged.
@Suite struct SubmissionTests {
    private func run(_ procedure: String = "99213", diagnoses: [String] = ["I10"], modifiers: [String] = []) -> CaseRun
    {
        CaseRun.charged([World.charge("1", procedure, diagnoses: diagnoses, modifiers: modifiers)])
    }

    // MARK: The gate

    @Test func aCleanClaimIsSent() throws {
        let run = run()
        let decision = try #require(run.last(.submission))
        let claim = try #require(run.facts.claims.first)
        #expect(decision.stops == [])
        #expect(decision.gate?.verdict == .approve)
        #expect(decision.outcome == .submission(.sent))
        #expect(claim.claim.controlNumber == "V100001-1" && claim.state == .submitted && claim.origin == .charges)
        #expect(decision.sends == [Send(.claim(claim.ref))])
        #expect(claim.send?.entry == run.facts.sequence)
        #expect(decision.set == [.acknowledgementDue(claim.ref): World.now.adding(days: 2)])
        #expect(decision.opened.isEmpty)
        #expect(decision.passed.contains("E10") && decision.passed.contains("G01"))
        #expect(decision.reviews?.analystOpinion?.decision == .approve)
        #expect(run.handoff(.submission)?["verdict"] == "approve")
        #expect(run.handoff(.submission)?["outcome"] == "sent")
    }

    @Test func aClaimWithAFailedEditIsHeld() throws {
        let run = run(diagnoses: ["E11"])
        let decision = try #require(run.last(.submission))
        let claim = try #require(run.facts.claims.first)
        #expect(decision.outcome == .submission(.held))
        #expect(decision.finding("E14")?.answer == .failed)
        #expect(decision.sends.isEmpty && claim.state == .held && !claim.wasSent)
        let item = try #require(decision.opened.first)
        #expect(item.kind == .submission(.held(claim.ref)))
        #expect(item.amount == Money("150")!)
        #expect(item.deadline == Instant("2026-08-29T23:59:00Z"))
        #expect(item.evidence.contains { $0.hasPrefix("E14") })
        #expect(item.reason == decision.gate?.rationale)
        #expect(run.handoff(.submission)?["failed_checks"]?.elements.contains("E14") == true)
    }

    /// An answer that never came is not a yes.
    @Test func unknownCoverageIsHeld() throws {
        var run = CaseRun()
        run.after(.claimReceived(Sample.claim("OUT-1")))
        #expect(run.facts.claims.map(\.state) == [.drafted])
        let inquiry = try #require(run.facts.inquiries.first?.id)
        run.after(.undelivered(inquiry, .unreachable))
        let decision = try #require(run.last(.submission))
        #expect(run.facts.verified == nil)
        #expect(decision.outcome == .submission(.held))
        #expect(decision.finding("E10")?.answer == .unknown)
        #expect(run.handoff(.submission)?["unknown_checks"]?.elements.contains("E10") == true)
    }

    /// What a person confirmed by telephone counts, though the payer never answered.
    @Test func confirmedCoverageIsNoLongerUnknown() throws {
        var run = CaseRun()
        run.after(.claimReceived(Sample.claim("OUT-1")))
        run.after(.undelivered(try #require(run.facts.inquiries.first?.id), .unreachable))
        run.answer(.eligibility(.undelivered), .eligibility(.confirmed))
        let ref = try #require(run.facts.claims.first?.ref)
        let decisions = run.answer(.submission(.held(ref)), .submission(.judgeAgain))
        #expect(decisions.last?.outcome == .submission(.sent))
        #expect(run.facts.claims.map(\.state) == [.submitted])
    }

    /// The gate denies where the payer itself said that the coverage was not active.
    @Test func inactiveCoverageIsBlocked() throws {
        var run = CaseRun(.covered([World.cover()]))
        run.after(.checkedIn(World.visit()))
        let trace = try #require(run.facts.inquiries.last?.terms.trace)
        run.after(.eligibilityAnswered(World.answer(trace, information: "6")))
        run.after(.charged([World.charge("1")]))
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.blocked))
        #expect(decision.gate?.rule == "G03")
        #expect(decision.finding("E10")?.answer == .failed)
    }

    @Test func missingAuthorizationIsHeld() throws {
        let decision = try #require(
            CaseRun.charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]).last(.submission))
        #expect(decision.outcome == .submission(.held))
        #expect(decision.finding("E45a")?.answer == .failed)
    }

    @Test func aPayersPatternIsShownAndStopsNothing() {
        var run = CaseRun.verified()
        run.outside.patterns = [
            DenialPattern(procedure: "99213", modifiers: [], group: "CO", reason: "16", denied: 3, adjudicated: 4)
        ]
        run.after(.charged([World.charge("1")]))
        #expect(run.last(.submission)?.outcome == .submission(.sent))
        #expect(
            run.last(.submission)?.finding("pattern.CO-16")?.message
                == "99213 without modifiers: CO-16 on 3 of 4 adjudicated lines")
    }

    /// Digoxin billed for gastritis.
    @Test func aTreatmentThatFitsNoDiagnosisIsHeld() throws {
        let run = run("J1160", diagnoses: ["K29.70"])
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.held))
        #expect(decision.finding("UNRELATED_DRUG")?.predicts == ["CO-11", "CO-50"])
        #expect(run.handoff(.submission)?["clinical_verdict"] == "FLAG")
    }

    @Test func aModifierThatStandsFourTimesIsRefused() throws {
        let decision = try #require(run(modifiers: ["26", "26", "26", "26"]).last(.submission))
        #expect(decision.outcome == .submission(.held))
        #expect(decision.finding("E29")?.answer == .failed && decision.finding("E29")?.severity == .block)
    }

    /// Another claim of the case went out under the number.
    @Test func aControlNumberIsUsedOnce() throws {
        var run = CaseRun()
        run.after(.claimReceived(Sample.claim("OUT-1")))
        run.verify()
        #expect(run.facts.claims.map(\.state) == [.submitted])
        var other = Sample.claim("OUT-1")
        other.lines[0].charge = Money("151")!
        other.totalCharge = Money("151")!
        run.after(.claimReceived(other))
        #expect(run.facts.claims.map(\.state) == [.submitted, .held])
        #expect(run.last(.submission)?.finding("claim.control-number-used")?.severity == .block)
    }

    // MARK: No rule in force

    /// That nothing was found says nothing where nothing was asked.
    @Test(arguments: ["2010-03-02", "0001-01-01", "2019-12-31"])
    func noRuleOnTheDayPends(day: String) throws {
        var claim = Sample.claim("OUT-1")
        claim.lines[0].from = CalendarDate(day)!
        var run = CaseRun()
        run.after(.claimReceived(claim))
        run.verify()
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.held))
        let missing = decision.findings.filter { $0.id == "rules.none-in-force" }
        #expect(missing.count == 2)
        #expect(missing.allSatisfy { $0.answer == .unknown && $0.stops })
        let year = day.prefix(4)
        #expect(
            missing.map(\.message) == [
                "No submission rule is in force for professional claims to payer MERID with a day of service in \(year).",
                "No gate rule is in force for professional claims to payer MERID with a day of service in \(year).",
            ])
    }

    @Test func aDayThatRulesCoverIsJudgedByThem() throws {
        var claim = Sample.claim("OUT-1")
        claim.lines[0].from = CalendarDate("2025-12-31")!
        var run = CaseRun()
        run.after(.claimReceived(claim))
        run.verify()
        #expect(run.last(.submission)?.finding("rules.none-in-force") == nil)
    }

    @Test(arguments: [Claim.Kind.institutional, .dental])
    func aKindOfClaimWithoutRulesPends(kind: Claim.Kind) throws {
        var claim = Sample.claim("OUT-1")
        claim.kind = kind
        var run = CaseRun()
        run.after(.claimReceived(claim))
        run.verify()
        #expect(run.facts.claims.map(\.state) == [.held])
        #expect(run.last(.submission)?.finding("rules.none-in-force")?.stops == true)
    }

    // MARK: What was billed before

    private func prior(
        _ number: String = "V9-1", state: ClaimState = .submitted, billing: String = World.group.npi,
        rendering: String? = World.vance.npi, procedure: String = "99213", modifiers: [String] = [],
        charge: String = "150"
    ) -> PriorLine {
        PriorLine(
            caseNumber: CaseNumber(9), controlNumber: number, state: state, billingNPI: billing,
            renderingNPI: rendering, day: World.day, procedure: procedure, modifiers: modifiers,
            charge: Money(charge)!, units: 1)
    }

    private func decided(_ history: [PriorLine]) -> StageDecision? {
        var run = CaseRun.verified()
        run.outside.history = history
        run.after(.charged([World.charge("1")]))
        return run.last(.submission)
    }

    @Test func anExactDuplicateIsBlockedByRule() throws {
        var run = CaseRun.verified()
        run.outside.history = [prior()]
        run.after(.charged([World.charge("1")]))
        let decision = try #require(run.last(.submission))
        let claim = try #require(run.facts.claims.first)
        #expect(decision.outcome == .submission(.blocked))
        #expect(decision.gate?.rule == "G01")
        #expect(decision.gate?.appealPath?.isEmpty == false)
        #expect(decision.gate?.evidenceThatWouldChange.isEmpty == false)
        #expect(claim.state == .blocked)
        #expect(decision.opened.map(\.kind) == [.submission(.blocked(claim.ref))])
        #expect(run.handoff(.submission)?["rule"] == "G01")
        #expect(run.handoff(.submission)?["outcome"] == "stopped")
    }

    /// Only a claim that is with the payer stands in the way.
    @Test(arguments: ClaimState.allCases)
    func stateOfTheEarlierClaim(state: ClaimState) {
        let blocks: Set<ClaimState> = [.submitted, .accepted, .settled]
        #expect(
            decided([prior(state: state)])?.outcome == .submission(blocks.contains(state) ? .blocked : .sent))
    }

    /// The same in every part is what the rule says.
    @Test func whatDiffersIsNoDuplicate() {
        let others = [
            prior(billing: "1111111112"), prior(rendering: "1111111112"), prior(procedure: "99214"),
            prior(modifiers: ["25"]), prior(charge: "150.01"),
        ]
        for other in others { #expect(decided([other])?.outcome == .submission(.sent), "\(other)") }
        #expect(decided([prior(), prior(procedure: "36415")])?.outcome == .submission(.sent))
        // An earlier claim that names no rendering provider may well be the same.
        #expect(decided([prior(rendering: nil)])?.outcome == .submission(.blocked))
    }

    /// Nobody's history can be asked for without a member id, and what is not known pends.
    @Test func withoutAMemberIDTheHistoryIsUnknown() throws {
        var claim = Sample.claim("OUT-1")
        claim.coverages[0].memberID = ""
        var run = CaseRun()
        run.after(.claimReceived(claim))
        run.verify()
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.held))
        #expect(decision.finding("G01")?.answer == .unknown)
    }

    /// A claim of the same case counts as one of another.
    @Test func aSecondClaimOfTheCaseIsADuplicate() throws {
        var run = CaseRun()
        run.after(.claimReceived(Sample.claim("OUT-1")))
        run.verify()
        run.after(.claimReceived(Sample.claim("OUT-2")))
        #expect(run.facts.claims.map(\.state) == [.submitted, .blocked])
        #expect(run.last(.submission)?.gate?.rule == "G01")
    }

    /// Units of an authorization: those of other claims that are with the payer count.
    @Test(arguments: [
        (ClaimState.submitted, true), (.accepted, true), (.settled, true), (.held, false), (.void, false),
    ])
    func unitsUsed(state: ClaimState, isUsedUp: Bool) throws {
        var run = CaseRun.verified()
        run.after(.ordered(World.order()))
        let request = try #require(run.facts.requests.last?.terms.identifier)
        run.after(.authorizationAnswered(World.reply(request, "A1", number: "AUTH1", units: 1)))
        run.outside.authorizationUse = [
            AuthorizationUse.Line(controlNumber: "V9-1", procedure: "72148", units: 1, state: state)
        ]
        run.after(.charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]))
        #expect((run.last(.submission)?.finding("E45d") != nil) == isUsedUp)
    }

    // MARK: What is asked

    /// At most two rounds, and nothing that nobody can answer.
    @Test func questionsComeTogether() throws {
        let run = CaseRun.verified()
        var facts = run.facts
        let event = CaseEvent.charged([World.charge("1")])
        facts.apply(CaseEntry(event, raises: facts.raises(event, at: facts.nextEntry)), at: World.now)
        let trigger = try #require(facts.next())
        var basis = Basis(at: World.now, generation: run.generation.digest)
        guard case .ask(let first) = Stages.decide(facts, on: trigger, basis: basis, generation: run.generation) else {
            throw Missing()
        }
        guard first.count == 2, first[0] == .billing, case .takenNumbers(let numbers) = first[1] else {
            throw Missing()
        }
        #expect(numbers.first == "V100001-1" && Set(numbers).count == numbers.count)
        basis.answers = [.billing(World.group), .takenNumbers([])]
        guard case .ask(let second) = Stages.decide(facts, on: trigger, basis: basis, generation: run.generation)
        else { throw Missing() }
        #expect(
            Set(second) == [
                .usualCharges(["99213"]), .memberToken(memberID: "MHP000111222"),
                .denialPatterns(payerID: "MERID", procedures: ["99213"]),
                .memberHistory(payerID: "MERID", memberID: "MHP000111222", from: World.day, to: World.day),
            ])
        basis.answers += second.map(run.outside.answer)
        guard case .decided = Stages.decide(facts, on: trigger, basis: basis, generation: run.generation) else {
            throw Missing()
        }
    }
}

/// Reviewers, at once and elsewhere.
@Suite struct ReviewerTests {
    private struct Says: Reviewer {
        let text: String
        init(_ text: String) { self.text = text }
        var identity: String { "model/1" }
        var isDeterministic: Bool { false }
        func review(_ request: ReviewRequest) throws -> [UInt8] { Array(text.utf8) }
    }

    private static let yes = #"{"decision":"approve","reason":"fine","missing_data":[],"escalate":false}"#
    private static let low = #"{"risk_level":"low","audit_notes":[],"human_review_required":false}"#

    private func answers(_ analyst: String?, _ compliance: String?) -> ReviewAnswers {
        ReviewAnswers(
            analyst: ReviewAnswer(reviewer: "model/1", bytes: analyst.map { Array($0.utf8) }),
            compliance: ReviewAnswer(reviewer: "model/1", bytes: compliance.map { Array($0.utf8) }))
    }

    /// A model that says yes to everything, and one that says nothing fit to read.
    @Test func opinionsHoldBackAndNeverPushThrough() throws {
        var eager = CaseRun.verified()
        eager.generation.reviewers = .immediate(ReviewPanel(analyst: Says(Self.yes), compliance: RuleCompliance()))
        eager.after(.charged([World.charge("1", diagnoses: ["E11"])]))
        #expect(eager.last(.submission)?.outcome == .submission(.held))
        var silent = CaseRun.verified()
        silent.generation.reviewers = .immediate(
            ReviewPanel(analyst: Says("I would approve this."), compliance: RuleCompliance()))
        silent.after(.charged([World.charge("1")]))
        #expect(silent.last(.submission)?.outcome == .submission(.held))
        #expect(silent.last(.submission)?.reviews?.analyst.text == "I would approve this.")
    }

    private func inReview(diagnoses: [String] = ["I10"]) throws -> (CaseRun, ClaimRef) {
        var run = CaseRun.verified()
        run.generation.reviewers = .sent(identity: "model/1")
        run.happen(
            .charted([World.note("Nora Ashdown, member MHP000111222, of 9 Elm Row, born 1980-05-14, has hypertension.")]
            ))
        run.after(.charged([World.charge("1", diagnoses: diagnoses)]))
        let ref = try #require(run.facts.claims.first?.ref)
        return (run, ref)
    }

    @Test func reviewersElsewhereAreAskedFirst() throws {
        let (run, ref) = try inReview()
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.inReview))
        #expect(run.facts.claim(ref)?.state == .inReview)
        #expect(decision.sends == [Send(.review(ref), answerBy: World.now.adding(hours: 1))])
        #expect(decision.gate == nil && decision.opened.isEmpty)
    }

    @Test func reviewersSeeNoPerson() throws {
        let (run, ref) = try inReview()
        var basis = Basis(at: World.now, generation: run.generation.digest)
        basis.answers = [.memberToken("member-0")]
        let request = try #require(
            SubmissionStage.reviewRequest(ref, run.facts, basis: basis, generation: run.generation))
        let shown = "\(request)"
        for word in ["Nora", "Ashdown", "MHP000111222", "Elm Row", "1980"] { #expect(!shown.contains(word), "\(word)") }
        #expect(request.notes?.text.contains("hypertension") == true)
        #expect(request.memberToken == "member-0" && request.patientAge == 45)
        #expect(!request.policies.isEmpty)
        let none = ClaimRef(entry: 999, number: 0)
        #expect(SubmissionStage.reviewRequest(none, run.facts, basis: basis, generation: run.generation) == nil)
    }

    @Test func theirAnswerDecides() throws {
        var (run, ref) = try inReview()
        #expect(run.after(.reviewed(ref, answers(Self.yes, Self.low))).map(\.outcome) == [.submission(.sent)])
        #expect(run.facts.claim(ref)?.state == .submitted)
        #expect(run.last(.submission)?.reviews?.analyst.reviewer == "model/1")
        #expect(!run.facts.timers.contains { if case .answer = $0.id { true } else { false } })
        // The same answer again finds the claim gone.
        #expect(run.after(.reviewed(ref, answers(Self.yes, Self.low))).map(\.outcome) == [.submission(.nothingNew)])
    }

    @Test func aYesOfTheirsHealsNothing() throws {
        var (run, ref) = try inReview(diagnoses: ["E11"])
        #expect(run.after(.reviewed(ref, answers(Self.yes, Self.low))).map(\.outcome) == [.submission(.held)])
    }

    @Test func noAnswerInTimePends() throws {
        var (run, ref) = try inReview()
        let decisions = run.wait(until: World.now.adding(hours: 2))
        #expect(decisions.map(\.outcome) == [.submission(.held)])
        #expect(run.facts.claim(ref)?.state == .held)
        #expect(decisions.first?.reviews?.analyst == ReviewAnswer(reviewer: "model/1", bytes: nil))
        // Too late: a person has the claim now.
        #expect(run.after(.reviewed(ref, answers(Self.yes, Self.low))).map(\.outcome) == [.submission(.nothingNew)])
        #expect(run.facts.claim(ref)?.state == .held)
    }

    @Test func reviewersThatCannotBeReachedPend() throws {
        var (run, ref) = try inReview()
        let send = SendID(entry: run.facts.sequence, number: 0)
        #expect(run.after(.undelivered(send, .unreachable)).map(\.outcome) == [.submission(.held)])
        #expect(run.facts.claim(ref)?.state == .held)
    }

    /// Their answer counts for the claim that they were asked about, not for the one that took its place.
    @Test func anAnswerAboutADisplacedClaimCountsForNothing() throws {
        var (run, ref) = try inReview()
        run.after(.charged([World.charge("2", "36415", amount: "10")]))
        #expect(run.facts.claims.map(\.state) == [.void, .inReview])
        let asked = try #require(run.facts.claims.last?.ref)
        #expect(run.after(.reviewed(ref, answers(Self.yes, Self.low))).map(\.outcome) == [.submission(.nothingNew)])
        #expect(run.facts.claim(asked)?.state == .inReview)
        // The clock of the first review has stopped; that of the second runs.
        #expect(run.facts.timers.filter { if case .answer = $0.id { true } else { false } }.count == 1)
    }
}
