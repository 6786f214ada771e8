import Claims
import HealthTypes
import Review
import Stages
import Testing

/// What is denied, and what it is worth.
@Suite struct DenialClassificationTests {
    private func settled(_ remittance: ClaimRemittance) throws -> (CaseRun, StageDecision) {
        var run = CaseRun.charged([World.charge("1", amount: remittance.charge.description)])
        if let held = run.facts.claims.last, !held.wasSent {
            run.answer(.submission(.held(held.ref)), .submission(.release))
        }
        let decision = try #require(run.after(.remitted(remittance)).first)
        return (run, decision)
    }

    private func denial(_ code: String, _ amount: String = "1000", payer: String = "MERID", remarks: [String] = [])
        throws -> JSON?
    {
        try settled(
            World.remittance(
                "V100001-1", charge: amount, paid: "0", [World.adjustment(code, amount)], remarks: remarks, status: "4",
                payer: payer)
        ).0.handoff(.denials)?["denials"]?[0]
    }

    /// The patient's share and what the contract takes by agreement are no denials.
    @Test(arguments: ["PR-1", "PR-2", "PR-3", "CO-45", "CO-253", "OA-23", "CO-59"])
    func whatIsAgreedIsNoDenial(code: String) throws {
        let (_, decision) = try settled(World.remittance("V100001-1", paid: "90", [World.adjustment(code, "60")]))
        #expect(decision.outcome == .denials(.paid))
        #expect(decision.findings.isEmpty && decision.opened.isEmpty)
        #expect(decision.postings.map(\.denied) == [.zero])
    }

    @Test(arguments: ["CO-50", "CO-97", "PR-204", "PI-16", "OA-18", "CO-22", "CO-9999"])
    func whatIsTakenIsADenial(code: String) throws {
        let (_, decision) = try settled(World.remittance("V100001-1", paid: "90", [World.adjustment(code, "60")]))
        #expect(decision.outcome == .denials(.denied))
        #expect(decision.finding(code)?.answer == .failed)
        #expect(decision.postings.map(\.denied) == [Money("60")!])
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
        let (run, decision) = try settled(remittance)
        #expect(decision.outcome == .denials(.denied))
        let found = try #require(run.handoff(.denials)?["denials"])
        #expect(found.elements.count == 1)
        #expect(found[0]?["line"] == 2)
        #expect(found[0]?["code"] == "CO-97")
        #expect(found[0]?["procedure"] == "20610")
        #expect(found[0]?["remarks"] == ["M15"])
        #expect(found[0]?["amount"] == "150.00")
    }

    @Test func aDenialOfTheWholeClaimStandsOnNoLine() throws {
        var remittance = World.remittance("V100001-1", paid: "0", [])
        remittance.lines = []
        remittance.adjustments = [World.adjustment("CO-29", "150")]
        let (run, decision) = try settled(remittance)
        #expect(run.handoff(.denials)?["denials"]?[0]?["line"] == 0)
        #expect(decision.finding("CO-29")?.basis == ["claim level"])
    }

    /// Unprocessable (MA130): there is no right of appeal. What is to be corrected is not known here, so that a person
    /// finds it out.
    @Test func unprocessableIsNeverAppealed() throws {
        #expect(try denial("CO-252")?["route"] == "appeal")
        #expect(try denial("CO-252", remarks: ["MA130"])?["route"] == "review")
        #expect(try denial("CO-16", remarks: ["MA130"])?["route"] == "review")
    }

    @Test func aReasonThePlaybookDoesNotKnowGoesToAPerson() throws {
        #expect(try denial("CO-9999")?["route"] == "review")
        #expect(try denial("CO-9999")?["category"] == "unknown reason")
    }

    /// Chance × amount × collection − work, by hand: of $1,000 MERID allows 62 % = 620.00; CO-197 is overturned in 35 %
    /// = 217.00; 95 % of that is collected = 206.15; 40 minutes at 1.31 = 52.40; 206.15 − 52.40 = 153.75.
    @Test func expectedRecoveryByHand() throws {
        let (run, decision) = try settled(
            World.remittance("V100001-1", charge: "1000", paid: "0", [World.adjustment("CO-197", "1000")], status: "4"))
        #expect(run.handoff(.denials)?["denials"]?[0]?["expected_recovery"] == "153.75")
        let item = try #require(decision.opened.first)
        #expect(item.kind == .denials(.appeal(run.facts.claims[0].ref, level: 1)))
        #expect(
            item.evidence.first
                == "99213 CO-197 $1,000.00: at stake $620.00, chance 35%, work $52.40, expected $153.75")
    }

    /// A denial of less than what is allowed puts only the denied amount at stake: 100 × 35 % × 95 % − 52.40 = −19.15.
    @Test func whatCostsMoreThanItBringsIsProposedForWritingOff() throws {
        let (run, decision) = try settled(
            World.remittance("V100001-1", charge: "1000", paid: "900", [World.adjustment("CO-197", "100")]))
        #expect(run.handoff(.denials)?["denials"]?[0]?["expected_recovery"] == "-19.15")
        #expect(run.handoff(.denials)?["denials"]?[0]?["route"] == "write-off")
        #expect(decision.opened.map(\.kind) == [.denials(.writeOff(run.facts.claims[0].ref))])
    }

    /// At a payer that is not known, half of the charge is presumed to be allowed: 500 × 35 % × 95 % − 52.40 = 113.85.
    @Test func anUnknownPayerIsPresumedToAllowHalf() throws {
        #expect(try denial("CO-197", payer: "NOWHERE")?["expected_recovery"] == "113.85")
    }

    @Test func whatAPersonMustLookIntoIsNotWrittenOffByArithmetic() throws {
        #expect(try denial("CO-22", "5")?["route"] == "review")
    }

    @Test func everyLineIsLearntFrom() throws {
        let (_, decision) = try settled(
            World.remittance("V100001-1", charge: "1000", paid: "0", [World.adjustment("CO-197", "1000")]))
        #expect(
            decision.adjudicated == [
                AdjudicatedLine(
                    payerID: "MERID", procedure: "99213", modifiers: [], denials: [World.adjustment("CO-197", "1000")])
            ])
    }
}

/// Whether and how a settlement is posted.
@Suite struct RemittancePostingTests {
    private let paid = World.remittance(
        "V100001-1", paid: "90", [World.adjustment("CO-45", "40"), World.adjustment("PR-1", "20")])

    private func sent() -> CaseRun { CaseRun.charged([World.charge("1")]) }

    private func reversal(of remittance: ClaimRemittance, trace: String = "EFT2") -> ClaimRemittance {
        var reversal = remittance
        reversal.status = "22"
        reversal.trace = trace
        reversal.charge = -remittance.charge
        reversal.paid = -remittance.paid
        reversal.patientResponsibility = .zero
        for index in reversal.lines.indices {
            reversal.lines[index].charge = -remittance.lines[index].charge
            reversal.lines[index].paid = -remittance.lines[index].paid
            for place in reversal.lines[index].adjustments.indices {
                reversal.lines[index].adjustments[place].amount = -remittance.lines[index].adjustments[place].amount
            }
        }
        return reversal
    }

    private func again(_ remittance: ClaimRemittance, trace: String) -> ClaimRemittance {
        var other = remittance
        other.trace = trace
        return other
    }

    /// What is refused: the outcome, the work, and that no money moved.
    private func expectRefused(
        _ run: inout CaseRun, _ remittance: ClaimRemittance, _ check: String,
        location: SourceLocation = #_sourceLocation
    ) {
        let decision = run.after(.remitted(remittance)).first
        #expect(decision?.outcome == .denials(.notPosted), sourceLocation: location)
        #expect(decision?.finding(check)?.stops == true, sourceLocation: location)
        #expect(decision?.postings.isEmpty == true, sourceLocation: location)
        #expect(decision?.claims.isEmpty == true, sourceLocation: location)
        let entry = run.facts.remittances.last?.entry ?? EntryRef(0)
        #expect(decision?.opened.map(\.kind) == [.denials(.notPosted(entry))], sourceLocation: location)
        #expect(decision?.opened.first?.amount == Money(cents: abs(remittance.charge.cents)), sourceLocation: location)
        #expect(run.handoff(.denials) == nil, sourceLocation: location)
    }

    @Test func aSettlementIsPostedInThePayersNumbers() throws {
        var remittance = paid
        remittance.patientResponsibility = Money("20")!
        var run = sent()
        let decision = try #require(run.after(.remitted(remittance)).first)
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(decision.outcome == .denials(.paid))
        #expect(
            decision.postings == [
                Posting(
                    claim: ref, payerID: "MERID", charge: Money("150")!, paid: Money("90")!, patient: Money("20")!,
                    contractual: Money("40")!, denied: .zero, isFollowUp: false)
            ])
        #expect(run.facts.claims.map(\.state) == [.settled])
        #expect(run.facts.remittances.map(\.isPosted) == [true])
        #expect(run.facts.timers.isEmpty)
    }

    @Test func theSameSettlementIsPostedOnce() throws {
        var run = sent()
        run.after(.remitted(paid))
        // Another file that tells it again, on another day.
        var copy = paid
        copy.paidOn = CalendarDate("2026-03-21")!
        for remittance in [paid, copy] {
            let decision = try #require(run.after(.remitted(remittance)).first)
            #expect(decision.outcome == .denials(.duplicate))
            #expect(decision.postings.isEmpty && decision.opened.isEmpty)
            #expect(run.handoff(.denials) == nil)
        }
        #expect(run.facts.postings.map(\.paid).total() == Money("90")!)
    }

    @Test func aSecondPaymentWithoutAReversalIsNotPosted() {
        var run = sent()
        run.after(.remitted(paid))
        expectRefused(&run, again(paid, trace: "EFT2"), "remittance.second-payment")
        #expect(run.facts.postings.map(\.paid).total() == Money("90")!)
    }

    /// Two parts of a claim that a payer settles apart are no second payment.
    @Test func theTwoPartsOfASplitClaimArePosted() {
        var run = sent()
        let first = World.remittance("V100001-1", charge: "100", paid: "60", [World.adjustment("CO-45", "40")])
        let second = World.remittance("V100001-1", charge: "50", paid: "50", [])
        #expect(run.after(.remitted(first)).first?.outcome == .denials(.paid))
        #expect(run.after(.remitted(second)).first?.outcome == .denials(.paid))
        #expect(run.facts.postings.map(\.paid).total() == Money("110")!)
        #expect(run.facts.postings.map(\.isFollowUp) == [false, true])
    }

    @Test func morePaidThanBilledIsNotPosted() {
        var run = sent()
        let over = World.remittance("V100001-1", paid: "190", [World.adjustment("CO-144", "-40")])
        expectRefused(&run, over, "remittance.overpaid")
        var other = sent()
        let charged = World.remittance("V100001-1", charge: "190", paid: "190", [])
        expectRefused(&other, charged, "remittance.second-payment")
    }

    @Test func whatDoesNotAddUpIsNotPosted() {
        var run = sent()
        expectRefused(
            &run, World.remittance("V100001-1", paid: "90", [World.adjustment("CO-45", "59.99")]),
            "remittance.balance")
        #expect(run.facts.claims.map(\.state) == [.submitted])
    }

    /// A line out of balance is found though the claim as a whole adds up.
    @Test func eachLineMustAddUp() {
        var remittance = World.remittance("V100001-1", charge: "150", paid: "75", [World.adjustment("CO-45", "25")])
        remittance.lines[0].charge = Money("75")!
        remittance.lines[0].paid = Money("75")!
        var second = RemittanceLine(procedure: "20610", charge: Money("75")!, paid: .zero)
        second.adjustments = [World.adjustment("CO-45", "50")]
        remittance.lines.append(second)
        #expect(remittance.isBalanced)
        var run = sent()
        expectRefused(&run, remittance, "remittance.balance")
    }

    @Test func aSettlementOfNoClaimIsNotPosted() {
        var run = sent()
        var other = paid
        other.controlNumber = "V9-1"
        expectRefused(&run, other, "remittance.claim")
        // Nor is one of a claim that never went out from here.
        var held = CaseRun.charged([World.charge("1", diagnoses: ["E11"])])
        expectRefused(&held, paid, "remittance.claim")
        #expect(held.facts.claims.map(\.state) == [.held])
    }

    @Test func payerAndPatientMustAgree() {
        var run = sent()
        var other = paid
        other.payerID = "NSTAR"
        expectRefused(&run, other, "remittance.payer")
        other = paid
        other.patient = Person(family: "Brook", given: "Ann")
        other.memberID = "MHP999999999"
        expectRefused(&run, other, "remittance.patient")
        // The member id, or the name in the payer's spelling, is enough.
        other.memberID = "MHP000111222"
        #expect(run.after(.remitted(other)).first?.outcome == .denials(.paid))
        var spelt = sent()
        other.memberID = nil
        other.patient = Person(family: "ASH-DOWN", given: "N")
        #expect(spelt.after(.remitted(other)).first?.outcome == .denials(.paid))
    }

    // MARK: Reversals

    @Test func aReversalTakesBackWhatWasPosted() throws {
        var run = sent()
        run.after(.remitted(paid))
        let decision = try #require(run.after(.remitted(reversal(of: paid))).first)
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(decision.outcome == .denials(.reversed))
        #expect(decision.postings.map(\.charge) == [Money("-150")!])
        #expect(decision.postings.map(\.paid) == [Money("-90")!])
        #expect(decision.postings.map(\.contractual) == [Money("-40")!])
        #expect(decision.postings.map(\.isFollowUp) == [true])
        #expect(run.facts.postings.map(\.paid).total() == .zero)
        #expect(run.handoff(.denials)?["reversal"] == true)
        #expect(run.handoff(.denials)?["paid"] == "-90.00")
        #expect(run.handoff(.denials)?["denials"] == [])
        // Nothing follows it yet: a person watches, until the new settlement comes.
        #expect(run.open == [.denials(.takenBack(ref))])
        #expect(run.facts.workItems.last?.item.amount == Money("90")!)
        let anew = World.remittance("V100001-1", paid: "100", [World.adjustment("CO-45", "50")])
        #expect(run.after(.remitted(again(anew, trace: "EFT2"))).first?.outcome == .denials(.paid))
        #expect(run.open.isEmpty)
        #expect(run.facts.postings.map(\.paid).total() == Money("100")!)
        #expect(run.facts.postings.last?.isFollowUp == true)
    }

    /// The denials of a payment that is taken back need no work any more.
    @Test func aReversalWithdrawsTheWorkOnItsDenials() throws {
        let denied = World.remittance("V100001-1", paid: "0", [World.adjustment("CO-22", "150")], status: "4")
        var run = sent()
        run.after(.remitted(denied))
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(run.open == [.denials(.review(ref))])
        let decision = try #require(run.after(.remitted(reversal(of: denied))).first)
        #expect(decision.postings.map(\.denied) == [Money("-150")!])
        #expect(run.open == [.denials(.takenBack(ref))])
    }

    @Test func aReversalOfNothingIsNotPosted() {
        var run = sent()
        expectRefused(&run, reversal(of: paid), "remittance.reversal")
        run.after(.remitted(paid))
        #expect(run.after(.remitted(reversal(of: paid, trace: "EFT3"))).first?.outcome == .denials(.reversed))
        // Twice.
        expectRefused(&run, reversal(of: paid, trace: "EFT4"), "remittance.reversal")
        #expect(run.facts.postings.map(\.paid).total() == .zero)
    }

    @Test func aReversalOfMoreThanWasPostedIsNotPosted() {
        var run = sent()
        run.after(.remitted(paid))
        let more = World.remittance("V100001-1", paid: "100", [World.adjustment("CO-45", "50")])
        expectRefused(&run, reversal(of: more), "remittance.reversal")
    }

    @Test func aReversalWithPositiveAmountsIsNotPosted() {
        var run = sent()
        run.after(.remitted(paid))
        var positive = again(paid, trace: "EFT2")
        positive.status = "22"
        expectRefused(&run, positive, "remittance.reversal")
        #expect(run.facts.postings.map(\.paid).total() == Money("90")!)
    }

    /// The payer settles the replacement first and takes the original back after: nobody need watch.
    @Test func aReversalOfAReplacedClaimIsFollowedAlready() throws {
        var run = sent()
        run.after(.remitted(paid))
        run.after(.charged([World.charge("2", "36415", amount: "10")]))
        let first = try #require(run.facts.claims.first?.ref)
        run.answer(.submission(.lateCharges(first)), .submission(.replace))
        let second = try #require(run.facts.claims.last)
        if !second.wasSent { run.answer(.submission(.held(second.ref)), .submission(.release)) }
        let anew = World.remittance("V100001-2", charge: "160", paid: "100", [World.adjustment("CO-45", "60")])
        #expect(run.after(.remitted(again(anew, trace: "EFT2"))).first?.postings.map(\.isFollowUp) == [true])
        run.after(.remitted(reversal(of: paid, trace: "EFT2")))
        #expect(!run.open.contains(.denials(.takenBack(first))))
        #expect(run.facts.postings.map(\.paid).total() == Money("100")!)
    }

    /// A settlement ends the wait for an acknowledgement.
    @Test func aSettlementAnswersSilence() throws {
        var run = sent()
        run.wait(until: World.now.adding(days: 3))
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(run.open == [.submission(.unacknowledged(ref))])
        run.after(.remitted(paid))
        #expect(run.open.isEmpty)
    }
}
