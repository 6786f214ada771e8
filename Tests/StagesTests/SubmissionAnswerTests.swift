import Claims
import HealthTypes
import Review
import Stages
import Testing

/// What people and payers say of claims.
@Suite struct SubmissionAnswerTests {
    /// A case with an open work item of each kind, brought about as it comes about.
    enum Situation: CaseIterable {
        case held, blocked, incomplete, lateCharges, rejected, unacknowledged, undelivered
    }

    private func open(_ situation: Situation) throws -> (run: CaseRun, work: SubmissionWork) {
        var run: CaseRun
        switch situation {
        case .held: run = CaseRun.charged([World.charge("1", diagnoses: ["E11"])])
        case .blocked:
            run = CaseRun.verified()
            run.outside.history = [
                PriorLine(
                    caseNumber: CaseNumber(9), controlNumber: "V9-1", state: .submitted, billingNPI: World.group.npi,
                    renderingNPI: nil, day: World.day, procedure: "99213", modifiers: [], charge: Money("150")!,
                    units: 1)
            ]
            run.after(.charged([World.charge("1")]))
        case .incomplete:
            run = CaseRun()
            run.after(.scheduled(World.visit()))
            run.after(.charged([World.charge("1")]))
        case .lateCharges:
            run = CaseRun.charged([World.charge("1")])
            run.after(.acknowledged(acknowledgement(.accepted, "A2:20", payerNumber: "PCN9")))
            run.after(.charged([World.charge("2", "36415", amount: "10")]))
        case .rejected:
            run = CaseRun.charged([World.charge("1")])
            run.after(.acknowledged(acknowledgement(.rejected, "A7:562:85")))
        case .unacknowledged:
            run = CaseRun.charged([World.charge("1")])
            run.wait(until: World.now.adding(days: 2))
        case .undelivered:
            run = CaseRun.charged([World.charge("1")])
            run.after(.undelivered(try #require(run.facts.claims.first?.send), .refused))
        }
        let kinds = run.open.compactMap { kind -> SubmissionWork? in
            if case .submission(let work) = kind { work } else { nil }
        }
        #expect(kinds.count == 1)
        return (run, try #require(kinds.first))
    }

    private func acknowledgement(
        _ outcome: ClaimAcknowledgement.Outcome, _ code: String, _ source: ClaimAcknowledgement.Source = .claim,
        of number: String = "V100001-1", payerNumber: String? = nil
    ) -> ClaimAcknowledgement {
        ClaimAcknowledgement(
            source: source, controlNumber: number, outcome: outcome, code: code, payerClaimNumber: payerNumber)
    }

    // MARK: Every kind of work, every answer

    /// What each answer that is offered comes to: outcome, and the states of the case's claims.
    private func expected(
        _ situation: Situation, _ answer: SubmissionResolution
    ) -> (outcome: SubmissionOutcome, states: [ClaimState])? {
        switch (situation, answer) {
        case (.held, .judgeAgain): (.held, [.held])
        case (.blocked, .judgeAgain): (.blocked, [.blocked])
        case (.held, .release), (.blocked, .release): (.sent, [.submitted])
        case (.held, .void), (.blocked, .void), (.rejected, .void), (.undelivered, .void): (.void, [.void])
        case (.incomplete, .judgeAgain): (.incomplete, [])
        case (.incomplete, .void): (.void, [])
        case (.lateCharges, .replace): (.sent, [.accepted, .submitted])
        case (.lateCharges, .billedElsewhere): (.noted, [.accepted])
        case (.rejected, .judgeAgain): (.sent, [.rejected, .submitted])
        case (.unacknowledged, .followedUp): (.followedUp, [.submitted])
        case (.unacknowledged, .sendAgain), (.undelivered, .sendAgain): (.sent, [.submitted])
        default: nil
        }
    }

    @Test(arguments: Situation.allCases, SubmissionResolution.allCases)
    func everyAnswerHasAnEffect(situation: Situation, answer: SubmissionResolution) throws {
        var (run, work) = try open(situation)
        let before = run.facts
        let decisions = run.answer(.submission(work), .submission(answer))
        guard let expected = expected(situation, answer) else {
            #expect(!work.answers.contains(answer))
            #expect(decisions.map(\.outcome) == [.submission(.unplaced)])
            #expect(run.facts.claims == before.claims)
            return
        }
        #expect(work.answers.contains(answer))
        #expect(decisions.first?.outcome == .submission(expected.outcome))
        #expect(run.facts.claims.map(\.state) == expected.states)
        // What still waits for a person is asked again, and what does not is not.
        let isAskedAgain = [.held, .blocked, .incomplete].contains(expected.outcome)
        #expect(run.open.contains(.submission(work)) == isAskedAgain)
    }

    @Test(arguments: Situation.allCases)
    func everyKindHasWords(situation: Situation) throws {
        let work = try open(situation).work
        #expect(!work.title.isEmpty && !work.answers.isEmpty)
        #expect(Set(work.answers).count == work.answers.count)
    }

    @Test func wordsDiffer() {
        #expect(Set(SubmissionOutcome.allCases.map(\.words)).count == SubmissionOutcome.allCases.count)
        #expect(Set(SubmissionOutcome.allCases.map(\.summary)).count == SubmissionOutcome.allCases.count)
        #expect(Set(ClaimState.allCases.map(\.words)).count == ClaimState.allCases.count)
        #expect(Set(SubmissionResolution.allCases.map(\.label)).count == SubmissionResolution.allCases.count)
    }

    /// An answer to another stage's question is none of this one's.
    @Test func anAnswerToAnotherQuestionIsUnplaced() throws {
        var (run, _) = try open(.incomplete)
        let item = try #require(run.facts.openItems { $0 == .eligibility(.noCoverage) }.first)
        #expect(run.decide(.submission(.resolved(item, .release)))?.outcome == .submission(.unplaced))
        #expect(run.decide(.submission(.correct(item)))?.outcome == .submission(.unplaced))
    }

    /// The claim has moved on since the question was put: the answer changes nothing.
    @Test(arguments: [SubmissionResolution.release, .judgeAgain, .void])
    func aLateAnswerChangesNothing(answer: SubmissionResolution) throws {
        var (run, work) = try open(.held)
        let item = try #require(run.facts.openItems { $0 == .submission(work) }.first)
        run.answer(.submission(work), .submission(.release))
        let sends = run.facts.claims
        #expect(run.decide(.submission(.resolved(item, answer)))?.outcome == .submission(.nothingNew))
        #expect(run.facts.claims == sends)
    }

    // MARK: What the answers do

    @Test func aReleasedClaimGoesOutAsItWasJudged() throws {
        var (run, work) = try open(.held)
        let claim = try #require(run.facts.claims.first)
        let decision = try #require(run.answer(.submission(work), .submission(.release)).first)
        #expect(decision.sends == [Send(.claim(claim.ref))])
        #expect(decision.set == [.acknowledgementDue(claim.ref): World.now.adding(days: 2)])
        #expect(decision.gate == nil)
        #expect(run.facts.claims.first?.claim == claim.claim)
    }

    /// A held claim is made anew of what is known now, under its own number: it never went out.
    @Test func aClaimIsMadeAnewOfWhatIsKnownNow() throws {
        var (run, work) = try open(.held)
        var coverage = World.cover()
        coverage.groupNumber = "G7"
        run.happen(.covered([coverage]))
        run.answer(.submission(work), .submission(.judgeAgain))
        #expect(run.facts.claims.map(\.state) == [.void, .held])
        #expect(run.facts.claims.map(\.claim.controlNumber) == ["V100001-1", "V100001-1"])
        #expect(run.facts.claims.last?.claim.payer?.groupNumber == "G7")
        // And again: the second draft is a draft too.
        coverage.groupNumber = "G8"
        run.happen(.covered([coverage]))
        let ref = try #require(run.facts.claims.last?.ref)
        run.answer(.submission(.held(ref)), .submission(.judgeAgain))
        #expect(run.facts.claims.map(\.state) == [.void, .void, .held])
    }

    @Test func whatStoodInTheWayIsGone() throws {
        var (run, work) = try open(.blocked)
        run.outside.history = []
        #expect(run.answer(.submission(work), .submission(.judgeAgain)).map(\.outcome) == [.submission(.sent)])
        #expect(run.open.isEmpty)
    }

    @Test func aClaimIsMadeOnceItsPartsAreThere() throws {
        var (run, _) = try open(.incomplete)
        run.happen(.covered([World.cover()]))
        run.answer(.eligibility(.noCoverage), .eligibility(.corrected))
        run.verify()
        #expect(
            run.answer(.submission(.incomplete), .submission(.judgeAgain)).map(\.outcome) == [.submission(.sent)])
    }

    /// More charges, though nobody has answered yet: the claim is made, and the question is withdrawn.
    @Test func aLaterChargeMakesTheClaimThatWasIncomplete() throws {
        var (run, _) = try open(.incomplete)
        run.happen(.covered([World.cover()]))
        run.answer(.eligibility(.noCoverage), .eligibility(.corrected))
        run.verify()
        run.after(.charged([World.charge("2", "36415", amount: "10")]))
        #expect(run.facts.claims.first?.claim.lines.count == 2)
        #expect(!run.open.contains(.submission(.incomplete)))
    }

    @Test func aReplacementTakesTheFirstClaimsPlace() throws {
        var (run, work) = try open(.lateCharges)
        run.answer(.submission(work), .submission(.replace))
        let claim = try #require(run.facts.claims.last)
        #expect(claim.claim.controlNumber == "V100001-2" && claim.claim.frequency == "7")
        #expect(claim.claim.originalReference == "PCN9")
        #expect(claim.claim.lines.count == 2)
        #expect(claim.origin == .replaces(run.facts.claims[0].ref))
    }

    /// A replacement without the payer's number waits for it.
    @Test func aReplacementWaitsForThePayersNumber() throws {
        var run = CaseRun.charged([World.charge("1")])
        run.after(.charged([World.charge("2", "36415", amount: "10")]))
        let first = try #require(run.facts.claims.first?.ref)
        run.answer(.submission(.lateCharges(first)), .submission(.replace))
        #expect(run.last(.submission)?.finding("E52")?.answer == .failed)
        run.after(.acknowledged(acknowledgement(.accepted, "A2:20", payerNumber: "PCN9")))
        let held = try #require(run.facts.claims.last?.ref)
        run.answer(.submission(.held(held)), .submission(.judgeAgain))
        #expect(run.facts.claims.map(\.state) == [.accepted, .void, .submitted])
        #expect(run.facts.claims.last?.claim.originalReference == "PCN9")
        #expect(run.facts.claims.last?.origin == .replaces(first))
    }

    @Test func aRejectedClaimWasNeverFiled() throws {
        var (run, work) = try open(.rejected)
        run.answer(.submission(work), .submission(.judgeAgain))
        let claim = try #require(run.facts.claims.last?.claim)
        #expect(claim.controlNumber == "V100001-2" && claim.frequency == "1" && claim.originalReference == nil)
        #expect(claim.lines.map(\.controlNumber) == ["V100001-2L1"])
    }

    /// A claim that was made elsewhere stays as it is, under the next number.
    @Test func aRejectedClaimFromElsewhereIsSentUnderTheNextNumber() throws {
        var run = CaseRun()
        run.after(.claimReceived(Sample.claim("OUT-1")))
        run.verify()
        run.after(.acknowledged(acknowledgement(.rejected, "R", .implementation, of: "OUT-1")))
        let first = try #require(run.facts.claims.first)
        run.answer(.submission(.rejected(first.ref)), .submission(.judgeAgain))
        #expect(run.facts.claims.map(\.state) == [.rejected, .submitted])
        #expect(
            run.facts.claims.last?.claim
                == {
                    var claim = first.claim
                    claim.controlNumber = "OUT-2"
                    claim.lines[0].controlNumber = "OUT-2L1"
                    return claim
                }())
    }

    // MARK: Late charges

    /// One item, all charges: the second posting takes the first one's question along.
    @Test func lateChargesAreOneQuestion() throws {
        var run = CaseRun.charged([World.charge("1")])
        let ref = try #require(run.facts.claims.first?.ref)
        run.after(.charged([World.charge("2", "36415", amount: "10")]))
        run.after(.charged([World.charge("3", "36416", amount: "10")]))
        #expect(run.last(.submission)?.outcome == .submission(.lateCharges))
        #expect(run.open == [.submission(.lateCharges(ref))])
        let item = try #require(run.facts.workItems.last?.item)
        #expect(item.evidence == ["3 charges are posted now"] && item.amount == Money("170")!)
        #expect(run.facts.claims.count == 1)
    }

    @Test func theSameChargeAgainIsNothingNew() {
        var run = CaseRun.charged([World.charge("1")])
        #expect(run.after(.charged([World.charge("1")])).map(\.outcome) == [.submission(.nothingNew)])
        #expect(run.open.isEmpty)
    }

    /// A claim that has not gone out is made anew with all charges, and its question is withdrawn.
    @Test func aHeldClaimIsMadeAnewWithAllCharges() throws {
        var run = CaseRun.charged([World.charge("1", diagnoses: ["E11"])])
        run.after(.charged([World.charge("2", "36415", amount: "10", diagnoses: ["I10"])]))
        #expect(run.facts.claims.map(\.state) == [.void, .held])
        #expect(run.facts.claims.map(\.claim.controlNumber) == ["V100001-1", "V100001-1"])
        let ref = try #require(run.facts.claims.last?.ref)
        #expect(run.open == [.submission(.held(ref))])
    }

    /// What a person decided not to bill is not billed because one more charge came.
    @Test func aVoidClaimIsNotBilledInSilence() throws {
        var (run, work) = try open(.held)
        let ref = try #require(run.facts.claims.first?.ref)
        run.answer(.submission(work), .submission(.void))
        run.after(.charged([World.charge("2", "36415", amount: "10", diagnoses: ["I10"])]))
        #expect(run.open == [.submission(.lateCharges(ref))])
        run.answer(.submission(.lateCharges(ref)), .submission(.replace))
        #expect(run.facts.claims.last?.claim.frequency == "1")
        #expect(run.facts.claims.last?.claim.controlNumber == "V100001-1")
    }

    // MARK: The payer's front door

    @Test func acknowledgements() {
        let cases: [(ClaimAcknowledgement, SubmissionOutcome, ClaimState)] = [
            (acknowledgement(.received, "A", .implementation), .received, .submitted),
            (acknowledgement(.received, "A1:20"), .received, .submitted),
            (acknowledgement(.accepted, "A2:20"), .accepted, .accepted),
            (acknowledgement(.other, "A0"), .noted, .submitted),
            (acknowledgement(.rejected, "A7:562:85"), .rejected, .rejected),
            (acknowledgement(.rejected, "R", .implementation), .rejected, .rejected),
        ]
        for (found, outcome, state) in cases {
            var run = CaseRun.charged([World.charge("1")])
            #expect(run.after(.acknowledged(found)).map(\.outcome) == [.submission(outcome)])
            #expect(run.facts.claims.map(\.state) == [state])
        }
    }

    @Test func anAcknowledgementOfNoClaimIsUnplaced() {
        var run = CaseRun.charged([World.charge("1")])
        let decisions = run.after(.acknowledged(acknowledgement(.rejected, "A7:562:85", of: "V9-1")))
        #expect(decisions.map(\.outcome) == [.submission(.unplaced)])
        #expect(decisions.first?.finding("acknowledgement.unplaced")?.stops == true)
        #expect(run.facts.claims.map(\.state) == [.submitted])
        // A claim that never went out cannot have been acknowledged.
        var held = CaseRun.charged([World.charge("1", diagnoses: ["E11"])])
        #expect(held.after(.acknowledged(acknowledgement(.accepted, "A2"))).map(\.outcome) == [.submission(.unplaced)])
        #expect(held.facts.claims.map(\.state) == [.held])
    }

    @Test func aRejectedClaimIsAQuestion() throws {
        var run = CaseRun.charged([World.charge("1")])
        let decision = try #require(run.after(.acknowledged(acknowledgement(.rejected, "A7:562:85"))).first)
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(decision.finding("277CA.A7:562:85")?.stops == true)
        let item = try #require(decision.opened.first)
        #expect(item.kind == .submission(.rejected(ref)) && item.amount == Money("150")!)
        #expect(item.deadline == World.now.adding(days: 5))
        // No 277CA is waited for any more, and the same word again asks nothing anew.
        #expect(run.facts.timers.isEmpty)
        run.after(.acknowledged(acknowledgement(.rejected, "A7:562:85")))
        #expect(run.open == [.submission(.rejected(ref))])
        // The payer thinks better of it.
        run.after(.acknowledged(acknowledgement(.accepted, "A2:20")))
        #expect(run.facts.claims.map(\.state) == [.accepted] && run.open.isEmpty)
    }

    @Test func silenceIsAQuestion() throws {
        var run = CaseRun.charged([World.charge("1")])
        // The 999 says only that the file could be read.
        run.after(.acknowledged(acknowledgement(.received, "A", .implementation)))
        let decisions = run.wait(until: World.now.adding(days: 3))
        #expect(decisions.map(\.outcome) == [.submission(.unacknowledged)])
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(run.open == [.submission(.unacknowledged(ref))])
        run.after(.acknowledged(acknowledgement(.accepted, "A2:20")))
        #expect(run.open.isEmpty)
    }

    @Test func aClaimThatWasAnsweredIsNotSilent() throws {
        var run = CaseRun.charged([World.charge("1")])
        run.after(.acknowledged(acknowledgement(.accepted, "A2:20")))
        #expect(run.wait(until: World.now.adding(days: 9)).isEmpty)
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(run.decide(.submission(.unacknowledged(ref)))?.outcome == .submission(.nothingNew))
    }

    @Test func followedUpSilenceHasAClockAgain() throws {
        var (run, work) = try open(.unacknowledged)
        let ref = try #require(run.facts.claims.first?.ref)
        let decision = try #require(run.answer(.submission(work), .submission(.followedUp)).first)
        #expect(decision.set == [.acknowledgementDue(ref): run.now.adding(days: 5)])
        #expect(run.wait(until: run.now.adding(days: 6)).map(\.outcome) == [.submission(.unacknowledged)])
    }

    /// A second copy of a claim that the payer has taken in would be a duplicate.
    @Test func anAcceptedClaimIsNotSentAgain() throws {
        var (run, work) = try open(.unacknowledged)
        let item = try #require(run.facts.openItems { $0 == .submission(work) }.first)
        run.after(.acknowledged(acknowledgement(.accepted, "A2:20")))
        let decision = run.decide(.submission(.resolved(item, .sendAgain)))
        #expect(decision?.outcome == .submission(.nothingNew) && decision?.sends.isEmpty == true)
    }

    @Test func anUndeliveredClaimWaitsForNoAcknowledgement() throws {
        var (run, work) = try open(.undelivered)
        #expect(run.facts.timers.isEmpty)
        let first = try #require(run.facts.claims.first?.send)
        run.answer(.submission(work), .submission(.sendAgain))
        #expect(run.facts.timers.count == 1)
        // The first sending fails once more: the second counts.
        #expect(run.decide(.submission(.undelivered(first)))?.outcome == .submission(.nothingNew))
        let stranger = SendID(entry: 1, number: 7)
        #expect(run.decide(.submission(.undelivered(stranger)))?.outcome == .submission(.unplaced))
    }
}
