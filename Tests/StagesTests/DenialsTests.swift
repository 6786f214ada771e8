import Claims
import HealthTypes
import Review
import Stages
import Testing

/// What is denied, and what it is worth.
@Suite struct DenialClassificationTests {
    private func decide(_ remittance: ClaimRemittance) -> Decision {
        var run = CaseRun.charged([World.charge("1", amount: remittance.charge.description)])
        run.happen(.remitted(remittance))
        return run.decide(.denials, "remittance:1")
    }

    private func denial(_ code: String, _ amount: String = "1000", payer: String = "MERID", remarks: [String] = [])
        -> JSON?
    {
        decide(
            World.remittance(
                "V100001-1", charge: amount, paid: "0", [World.adjustment(code, amount)], remarks: remarks, status: "4",
                payer: payer)
        ).handoff?["denials"]?[0]
    }

    /// The patient's share and what the contract takes by agreement are no denials.
    @Test(arguments: ["PR-1", "PR-2", "PR-3", "CO-45", "CO-253", "OA-23", "CO-59"])
    func whatIsAgreedIsNoDenial(code: String) {
        let decision = decide(World.remittance("V100001-1", paid: "90", [World.adjustment(code, "60")]))
        #expect(decision.outcome == "paid")
        #expect(decision.checks.isEmpty && decision.tasks.isEmpty)
    }

    @Test(arguments: ["CO-50", "CO-97", "PR-204", "PI-16", "OA-18", "CO-22", "CO-9999"])
    func whatIsTakenIsADenial(code: String) {
        let decision = decide(World.remittance("V100001-1", paid: "90", [World.adjustment(code, "60")]))
        #expect(decision.outcome == "denied")
        #expect(decision.check(code)?.answer == .failed)
    }

    /// The line's own adjustment says so, never the claim's status: a line paid with nothing under status 1 is denied.
    @Test func aZeroPaidLineUnderStatusOneIsADenial() throws {
        var remittance = World.remittance(
            "V100001-1", charge: "300", paid: "100", [World.adjustment("CO-45", "50")], status: "1")
        remittance.lines[0].charge = Money("150")!
        var denied = RemittanceLine(procedure: "20610", charge: Money("150")!, paid: .zero)
        denied.adjustments = [World.adjustment("CO-97", "150")]
        denied.remarks = ["M15"]
        remittance.lines.append(denied)
        let decision = decide(remittance)
        #expect(decision.outcome == "denied")
        let found = try #require(decision.handoff?["denials"])
        #expect(found.elements.count == 1)
        #expect(found[0]?["line"] == 2)
        #expect(found[0]?["code"] == "CO-97")
        #expect(found[0]?["procedure"] == "20610")
        #expect(found[0]?["remarks"] == ["M15"])
        #expect(found[0]?["amount"] == "150.00")
    }

    @Test func aDenialOfTheWholeClaimStandsOnNoLine() {
        var remittance = World.remittance("V100001-1", paid: "0", [])
        remittance.lines = []
        remittance.adjustments = [World.adjustment("CO-29", "150")]
        let decision = decide(remittance)
        #expect(decision.handoff?["denials"]?[0]?["line"] == 0)
        #expect(decision.check("CO-29")?.basis == ["claim level"])
    }

    @Test func reversalsAndNegativeAmountsAreNoDenials() {
        var remittance = World.remittance(
            "V100001-1", charge: "-150", paid: "-90", [World.adjustment("CO-97", "-60")], status: "22")
        remittance.patientResponsibility = Money("-10")!
        let decision = decide(remittance)
        #expect(decision.outcome == "reversed")
        #expect(decision.handoff?["reversal"] == true)
        #expect(decision.handoff?["paid"] == "-90.00")
        #expect(decision.tasks.isEmpty)
    }

    /// Unprocessable (MA130): there is no right of appeal. What is to be corrected is not known here, so that a person
    /// finds it out.
    @Test func unprocessableIsNeverAppealed() {
        #expect(denial("CO-252")?["route"] == "appeal")
        #expect(denial("CO-252", remarks: ["MA130"])?["route"] == "review")
        #expect(denial("CO-16", remarks: ["MA130"])?["route"] == "review")
    }

    @Test func aReasonThePlaybookDoesNotKnowGoesToAPerson() {
        #expect(denial("CO-9999")?["route"] == "review")
        #expect(denial("CO-9999")?["category"] == "unknown reason")
    }

    /// Chance × amount × collection − work, by hand: of $1,000 MERID allows 62 % = 620.00; CO-197 is overturned in 35 %
    /// = 217.00; 95 % of that is collected = 206.15; 40 minutes at 1.31 = 52.40; 206.15 − 52.40 = 153.75.
    @Test func expectedRecoveryByHand() throws {
        let decision = decide(
            World.remittance("V100001-1", charge: "1000", paid: "0", [World.adjustment("CO-197", "1000")], status: "4"))
        #expect(decision.handoff?["denials"]?[0]?["expected_recovery"] == "153.75")
        let task = try #require(decision.task("denial.appeal"))
        #expect(
            task.evidence.first
                == "99213 CO-197 $1,000.00: at stake $620.00, chance 35%, work $52.40, expected $153.75")
    }

    /// A denial of less than what is allowed puts only the denied amount at stake: 100 × 35 % × 95 % − 52.40 = −19.15.
    @Test func whatCostsMoreThanItBringsIsProposedForWritingOff() throws {
        let decision = decide(
            World.remittance("V100001-1", charge: "1000", paid: "900", [World.adjustment("CO-197", "100")]))
        #expect(decision.handoff?["denials"]?[0]?["expected_recovery"] == "-19.15")
        #expect(decision.handoff?["denials"]?[0]?["route"] == "write-off")
        #expect(decision.tasks.map(\.kind) == ["denial.write-off"])
    }

    /// At a payer that is not known, half of the charge is presumed to be allowed: 500 × 35 % × 95 % − 52.40 = 113.85.
    @Test func anUnknownPayerIsPresumedToAllowHalf() {
        #expect(denial("CO-197", payer: "NOWHERE")?["expected_recovery"] == "113.85")
    }

    @Test func whatAPersonMustLookIntoIsNotWrittenOffByArithmetic() {
        #expect(denial("CO-22", "5")?["route"] == "review")
    }
}

@Suite struct DenialsTests {
    private func denied(
        _ code: String, amount: String = "1000", procedure: String = "99213", remarks: [String] = [],
        place: String = "11",
        payer: String = "MERID"
    ) -> CaseRun {
        var run = CaseRun.verified(payer, place: place)
        run.happen(.charged([World.charge("1", procedure, amount: amount)]))
        run.advance()
        if run.facts.sentClaims.isEmpty {
            run.answer("claim.held", "release")
            run.advance()
        }
        run.happen(
            .remitted(
                World.remittance(
                    "V100001-1", procedure, charge: amount, paid: "0", [World.adjustment(code, amount)],
                    remarks: remarks,
                    status: "4", payer: payer)))
        run.advance()
        return run
    }

    // MARK: Posting

    @Test func everyLineIsLearntFrom() {
        let decision = denied("CO-197").last(.denials)
        guard case .learn(let lines)? = decision?.effects.first else {
            return #expect(Bool(false), "nothing was learnt")
        }
        #expect(
            lines == [
                AdjudicatedLine(
                    payerID: "MERID", procedure: "99213", modifiers: [], denials: [World.adjustment("CO-197", "1000")])
            ])
    }

    @Test func theSameRemittanceIsPostedOnce() throws {
        var run = denied("CO-197")
        run.happen(.remitted(run.facts.remittances[0]))
        let decision = try #require(run.advance().last)
        #expect(decision.outcome == "duplicate")
        #expect(decision.effects.isEmpty && decision.handoff == nil)
    }

    @Test func whatDoesNotAddUpIsNotPosted() {
        var run = CaseRun.charged([World.charge("1")])
        run.happen(.remitted(World.remittance("V100001-1", paid: "90", [World.adjustment("CO-45", "59.99")])))
        let decision = run.advance().last
        #expect(decision?.outcome == "unbalanced")
        #expect(decision?.handoff == nil)
        #expect(decision?.tasks.map(\.key) == ["remittance.unbalanced:V100001-1/1"])
        #expect(decision?.effects.count == 1)
    }

    /// A line out of balance is found though the claim as a whole adds up.
    @Test func eachLineMustAddUp() {
        var remittance = World.remittance("V100001-1", charge: "300", paid: "150", [World.adjustment("CO-45", "50")])
        remittance.lines[0].charge = Money("150")!
        remittance.lines[0].paid = Money("150")!
        var second = RemittanceLine(procedure: "20610", charge: Money("150")!, paid: .zero)
        second.adjustments = [World.adjustment("CO-45", "100")]
        remittance.lines.append(second)
        #expect(remittance.isBalanced)
        var run = CaseRun.charged([World.charge("1")])
        run.happen(.remitted(remittance))
        #expect(run.advance().last?.outcome == "unbalanced")
    }

    // MARK: Working a denial

    @Test func anApprovedAppealIsSentOnceWithItsLetter() throws {
        var run = denied("CO-197")
        let task = try #require(run.last(.denials)?.task("denial.appeal"))
        let letter = try #require(task.document)
        #expect(letter.text.contains("Denied: CO-197, $1,000.00, remittance EFT1 of 2026-03-20"))
        #expect(letter.text.contains("(none in the record: to be supplied before this goes out)"))
        // Commercial: 180 days from the remittance.
        #expect(task.deadline == Instant("2026-09-16T23:59:00Z"))
        #expect(run.facts.sentAppeals.isEmpty)
        run.answer("denial.appeal", "approve")
        let decision = try #require(run.advance().last)
        #expect(decision.outcome == "appealed")
        let appeal = try #require(run.facts.sentAppeals.first)
        #expect(appeal.identifier == "V100001-1-AP1" && appeal.level == 1)
        #expect(appeal.adjustment == "CO-197" && appeal.amount == Money("1000")! && appeal.letter == letter)
        #expect(appeal.payerClaimNumber == "PCN1")
    }

    @Test func aDeclinedAppealIsNotSent() {
        var run = denied("CO-197")
        run.answer("denial.appeal", "decline")
        #expect(run.advance().map(\.outcome) == ["noted"])
        #expect(run.facts.sentAppeals.isEmpty)
    }

    @Test func aWriteOffNeedsAPerson() {
        var run = denied("CO-18", amount: "20")
        #expect(run.last(.denials)?.tasks.map(\.kind) == ["denial.write-off"])
        run.answer("denial.write-off", "approve")
        #expect(run.advance().map(\.summary) == ["A person approved writing off $20.00."])
    }

    /// CO-4 on imaging in a facility: the professional component is proposed, and only a coder's yes sends it.
    @Test func aModifierIsProposedAndACoderDecides() throws {
        var run = denied("CO-4", amount: "900", procedure: "73560", place: "22")
        let decision = try #require(run.last(.denials))
        #expect(decision.handoff?["proposed_changes"] == [["line": 1, "add_modifier": "26"]])
        #expect(decision.task("denial.corrected-claim")?.evidence.last?.hasPrefix("Line 1: add modifier 26?") == true)
        let sentBefore = run.facts.sentClaims.count
        #expect(run.advance().isEmpty)
        run.answer("denial.corrected-claim", "approve")
        let judged = try #require(run.advance().last)
        #expect(judged.occasion.stage == .submission)
        let recorded = judged.effects.compactMap { effect -> Claim? in
            if case .recordClaim(let claim, _) = effect { claim } else { nil }
        }
        let claim = try #require(recorded.first)
        #expect(claim.controlNumber == "V100001-2")
        #expect(claim.frequency == "7" && claim.originalReference == "PCN1")
        #expect(claim.lines[0].modifiers == ["26"])
        #expect(claim.lines[0].controlNumber == "V100001-2L1")
        #expect(run.facts.sentClaims.count <= sentBefore + 1)
    }

    /// An unprocessable claim is sent anew, not replaced.
    @Test func afterMA130ANewClaimIsSent() throws {
        var run = denied("CO-4", amount: "900", procedure: "73560", remarks: ["MA130"], place: "22")
        run.answer("denial.corrected-claim", "approve")
        let judged = try #require(run.advance().last)
        guard
            case .recordClaim(let claim, _)? = judged.effects.first(where: {
                if case .recordClaim = $0 { true } else { false }
            })
        else { throw Missing() }
        #expect(claim.frequency == "1" && claim.originalReference == nil)
    }

    @Test func aDeclinedCorrectionSendsNothing() {
        var run = denied("CO-4", amount: "900", procedure: "73560", place: "22")
        let sent = run.facts.sentClaims.count
        run.answer("denial.corrected-claim", "decline")
        #expect(run.advance().map(\.outcome) == ["declined"])
        #expect(run.facts.sentClaims.count == sent)
    }

    // MARK: Answers to appeals

    private func appealed(_ amount: String, _ outcome: AppealAnswer.Outcome) -> CaseRun {
        var run = denied("CO-197", amount: amount)
        run.answer("denial.appeal", "approve")
        run.advance()
        run.happen(
            .appealAnswered(AppealAnswer(identifier: "V100001-1-AP1", controlNumber: "V100001-1", outcome: outcome)))
        run.advance()
        return run
    }

    @Test(arguments: [("5000", "denial.write-off"), ("5000.01", "denial.escalated")])
    func aLostAppealOverFiveThousandDollarsEscalates(amount: String, kind: String) throws {
        let decision = try #require(appealed(amount, .upheld).last(.denials))
        #expect(decision.outcome == "upheld")
        let task = try #require(decision.tasks.first)
        #expect(task.kind == kind)
        #expect(task.key == "\(kind):V100001-1")
        #expect(task.amount == Money(amount)!)
        // Commercial, second level: 60 days.
        #expect(task.deadline == World.now.adding(days: 60))
    }

    @Test func awonAppealWaitsForItsPayment() {
        let decision = appealed("6000", .overturned).last(.denials)
        #expect(decision?.outcome == "overturned")
        #expect(decision?.effects.isEmpty == true)
    }

    @Test func aPersonTakesTheLostAppealOn() {
        var run = appealed("6000", .upheld)
        run.answer("denial.escalated", "next-level")
        #expect(run.advance().map(\.outcome) == ["escalated"])
    }

    @Test func whatCannotBePlacedIsUnknown() {
        var run = CaseRun.verified()
        #expect(run.decide(.denials, "remittance:1").outcome == "unknown")
        #expect(run.decide(.denials, "appeal:0").outcome == "unknown")
        #expect(run.decide(.denials, "task:T-none").outcome == "unknown")
    }
}
