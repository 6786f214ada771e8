import Claims
import HealthTypes
import Review
import Stages
import Testing

/// What people and payers say of denials.
@Suite struct DenialsAnswerTests {
    private func denied(
        _ code: String, amount: String = "1000", procedure: String = "99213", remarks: [String] = [],
        place: String = "11", chart: [ChartItem] = []
    ) throws -> (run: CaseRun, ref: ClaimRef) {
        var run = CaseRun.verified(place: place)
        run.happen(.charted(chart))
        run.after(.charged([World.charge("1", procedure, amount: amount)]))
        let claim = try #require(run.facts.claims.last)
        if !claim.wasSent { run.answer(.submission(.held(claim.ref)), .submission(.release)) }
        run.after(
            .remitted(
                World.remittance(
                    "V100001-1", procedure, charge: amount, paid: "0", [World.adjustment(code, amount)],
                    remarks: remarks, status: "4")))
        return (run, claim.ref)
    }

    private func appealed(_ amount: String = "1000") throws -> (run: CaseRun, ref: ClaimRef) {
        var (run, ref) = try denied("CO-197", amount: amount)
        run.answer(.denials(.appeal(ref, level: 1)), .denials(.sendAppeal))
        return (run, ref)
    }

    private func word(_ outcome: AppealAnswer.Outcome, of identifier: String = "V100001-1-AP1") -> CaseEvent {
        .appealAnswered(
            AppealAnswer(identifier: identifier, controlNumber: "V100001-1", outcome: outcome, reason: "193"))
    }

    // MARK: Every kind of work, every answer

    enum Situation: CaseIterable {
        case correction, appeal, review, writeOff, appealLost, peerToPeer, notPosted, takenBack, unremitted,
            appealUnanswered, appealUndelivered
    }

    private func open(_ situation: Situation) throws -> (run: CaseRun, work: DenialsWork) {
        var (run, ref): (CaseRun, ClaimRef)
        switch situation {
        case .correction:
            (run, ref) = try denied("CO-4", amount: "900", procedure: "73560", place: "22")
            return (run, .correction(ref, [ClaimEdit(line: 1, addModifier: "26")]))
        case .appeal:
            (run, ref) = try denied("CO-197")
            return (run, .appeal(ref, level: 1))
        case .review:
            (run, ref) = try denied("CO-22")
            return (run, .review(ref))
        case .writeOff:
            (run, ref) = try denied("CO-18", amount: "20")
            return (run, .writeOff(ref))
        case .appealLost:
            (run, ref) = try appealed()
            run.after(word(.upheld))
            return (run, .appealLost(ref, level: 1))
        case .peerToPeer:
            (run, ref) = try appealed()
            run.after(word(.upheld))
            run.answer(.denials(.appealLost(ref, level: 1)), .denials(.peerToPeer))
            return (run, .peerToPeer(ref, level: 1))
        case .notPosted:
            run = CaseRun.charged([World.charge("1")])
            run.after(.remitted(World.remittance("V100001-1", paid: "90", [])))
            return (run, .notPosted(try #require(run.facts.remittances.last?.entry)))
        case .takenBack:
            run = CaseRun.charged([World.charge("1")])
            run.after(.remitted(World.remittance("V100001-1", paid: "150", [])))
            run.after(.remitted(World.remittance("V100001-1", charge: "-150", paid: "-150", [], status: "22")))
            return (run, .takenBack(try #require(run.facts.claims.first?.ref)))
        case .unremitted:
            run = CaseRun.accepted()
            run.wait(until: run.now.adding(days: 46))
            return (run, .unremitted(try #require(run.facts.claims.first?.ref)))
        case .appealUnanswered:
            (run, ref) = try appealed()
            run.wait(until: run.now.adding(days: 61))
            return (run, .appealUnanswered(ref, level: 1))
        case .appealUndelivered:
            (run, ref) = try appealed()
            run.after(.undelivered(try #require(run.facts.appeals.last?.send), .refused))
            return (run, .appealUndelivered(ref, level: 1))
        }
    }

    /// What each answer that is offered comes to: outcome, and the open work that follows.
    private func expected(
        _ situation: Situation, _ answer: DenialsResolution, _ ref: ClaimRef, _ work: DenialsWork
    ) -> (outcome: DenialsOutcome, open: [DenialsWork])? {
        switch (situation, answer) {
        case (.correction, .sendCorrection): (.correctionApproved, [])
        case (.correction, .noCorrection): (.reviewed, [.review(ref)])
        case (.appeal, .sendAppeal): (.appealed, [])
        case (.appeal, .noAppeal): (.reviewed, [.writeOff(ref)])
        case (.review, .dealtWith), (.notPosted, .dealtWith), (.takenBack, .dealtWith), (.unremitted, .dealtWith):
            (.dealtWith, [])
        case (.review, .writeOff), (.writeOff, .writeOff), (.appealLost, .writeOff), (.appealUnanswered, .writeOff),
            (.appealUndelivered, .writeOff):
            (.writtenOff, [])
        case (.writeOff, .keepWorking): (.reviewed, [.review(ref)])
        case (.appealLost, .nextLevel): (.escalated, [.appeal(ref, level: 2)])
        case (.appealLost, .peerToPeer): (.escalated, [.peerToPeer(ref, level: 1)])
        case (.peerToPeer, .reviewWon): (.overturned, [])
        case (.peerToPeer, .reviewLost): (.upheld, [.appealLost(ref, level: 1)])
        case (.notPosted, .followedUp), (.takenBack, .followedUp), (.unremitted, .followedUp): (.followedUp, [work])
        case (.appealUnanswered, .followedUp), (.appealUndelivered, .followedUp):
            (.followedUp, [.appealUnanswered(ref, level: 1)])
        case (.appealUnanswered, .sendAgain), (.appealUndelivered, .sendAgain): (.appealed, [])
        default: nil
        }
    }

    @Test(arguments: Situation.allCases, DenialsResolution.allCases)
    func everyAnswerHasAnEffect(situation: Situation, answer: DenialsResolution) throws {
        var (run, work) = try open(situation)
        #expect(run.open == [.denials(work)])
        let ref = try #require(run.facts.claims.first?.ref)
        let before = run.facts
        let decision = try #require(run.answer(.denials(work), .denials(answer)).first)
        guard let expected = expected(situation, answer, ref, work) else {
            #expect(!work.answers.contains(answer))
            #expect(decision.outcome == .denials(.unplaced))
            #expect(run.facts.postings == before.postings && run.facts.appeals == before.appeals)
            return
        }
        #expect(work.answers.contains(answer))
        #expect(decision.outcome == .denials(expected.outcome))
        let open = run.open.compactMap { if case .denials(let work) = $0 { work } else { nil } }
        #expect(open == expected.open)
        let amount = try #require(before.workItems.last { $0.item.kind == .denials(work) }?.item.amount)
        #expect(decision.postings.map(\.writtenOff) == (expected.outcome == .writtenOff ? [amount] : []))
        // Writing off is no settlement: it moves no charge and is never a claim's first posting.
        #expect(decision.postings.allSatisfy { $0.charge == .zero && $0.isFollowUp })
    }

    @Test(arguments: Situation.allCases)
    func everyKindHasWords(situation: Situation) throws {
        let work = try open(situation).work
        #expect(!work.title.isEmpty && !work.answers.isEmpty)
        #expect(Set(work.answers).count == work.answers.count)
    }

    @Test func wordsDiffer() {
        #expect(Set(DenialsOutcome.allCases.map(\.words)).count == DenialsOutcome.allCases.count)
        #expect(Set(DenialsOutcome.allCases.map(\.summary)).count == DenialsOutcome.allCases.count)
        #expect(Set(DenialsResolution.allCases.map(\.label)).count == DenialsResolution.allCases.count)
    }

    /// What is offered for a denial that the contract lays on the provider never ends with the patient.
    @Test func nothingBillsThePatient() {
        #expect(!DenialsResolution.allCases.contains { $0.tag.contains("patient") })
    }

    @Test func whatCannotBePlacedIsUnplaced() throws {
        var (run, _) = try denied("CO-197")
        let stranger = SendID(entry: 1, number: 7)
        let item = WorkItemID(entry: 1, number: 7)
        for reason: DenialsReason in [
            .remitted(EntryRef(999)), .appealAnswered(EntryRef(999)), .unanswered(stranger), .undelivered(stranger),
            .resolved(item, .writeOff),
        ] {
            let decision = run.decide(.denials(reason))
            #expect(decision?.outcome == .denials(.unplaced))
            #expect(decision?.postings.isEmpty == true && decision?.workItems.isEmpty == true)
        }
    }

    // MARK: Corrections

    /// CO-4 on imaging in a facility: the professional component is proposed, and only a coder's yes sends it.
    @Test func aModifierIsProposedAndACoderDecides() throws {
        var (run, work) = try open(.correction)
        #expect(run.handoff(.denials)?["proposed_changes"] == [["line": 1, "add_modifier": "26"]])
        #expect(run.facts.workItems.last?.item.evidence.last?.hasPrefix("Line 1: add modifier 26?") == true)
        #expect(run.advance().isEmpty)
        let decisions = run.answer(.denials(work), .denials(.sendCorrection))
        #expect(decisions.count == 2 && decisions.last?.outcome.stage == .submission)
        let claim = try #require(run.facts.claims.last)
        #expect(claim.claim.controlNumber == "V100001-2")
        #expect(claim.claim.frequency == "7" && claim.claim.originalReference == "PCN1")
        #expect(claim.claim.lines[0].modifiers == ["26"])
        #expect(claim.claim.lines[0].controlNumber == "V100001-2L1")
        #expect(claim.origin == .replaces(run.facts.claims[0].ref))
        #expect(claim.state != .drafted)
    }

    /// An unprocessable claim is sent anew, not replaced.
    @Test func afterMA130ANewClaimIsSent() throws {
        var (run, ref) = try denied("CO-4", amount: "900", procedure: "73560", remarks: ["MA130"], place: "22")
        run.answer(.denials(.correction(ref, [ClaimEdit(line: 1, addModifier: "26")])), .denials(.sendCorrection))
        let claim = try #require(run.facts.claims.last?.claim)
        #expect(claim.controlNumber == "V100001-2")
        #expect(claim.frequency == "1" && claim.originalReference == nil)
    }

    /// A corrected claim is a replacement: what it replaces is no duplicate of it.
    @Test func whatACorrectionReplacesDoesNotCount() throws {
        var (run, ref) = try denied("CO-4", amount: "900", procedure: "73560", remarks: ["MA130"], place: "22")
        run.answer(.denials(.correction(ref, [ClaimEdit(line: 1, addModifier: "26")])), .denials(.sendCorrection))
        #expect(run.last(.submission)?.finding("G01") == nil)
        #expect(run.last(.submission)?.gate?.rule == nil)
    }

    /// What was approved was approved of a claim whose place another has taken since: a person looks.
    @Test func aCorrectionOfAReplacedClaimIsNotSent() throws {
        var (run, work) = try open(.correction)
        let item = try #require(run.facts.openItems { $0 == .denials(work) }.first)
        run.answer(.denials(work), .denials(.sendCorrection))
        let claims = run.facts.claims.count
        let made = run.decide(.submission(.correct(item)))
        let decision = try #require(made)
        #expect(decision.outcome == .submission(.nothingNew))
        #expect(decision.opened.map(\.kind) == [.denials(.review(run.facts.claims[0].ref))])
        #expect(run.facts.claims.count == claims)
    }

    // MARK: Appeals

    @Test func anApprovedAppealIsSentOnceWithItsLetter() throws {
        var (run, ref) = try denied("CO-197")
        let item = try #require(run.facts.workItems.last?.item)
        let draft = try #require(item.document.flatMap(run.facts.document))
        #expect(draft.text.contains("Denied: CO-197, $1,000.00, remittance EFT1 of 2026-03-20"))
        #expect(draft.text.contains("(none in the record: to be supplied before this goes out)"))
        #expect(!draft.text.contains("Signed:"))
        // Commercial: 180 days from the remittance.
        #expect(item.deadline == Instant("2026-09-16T23:59:00Z"))
        #expect(run.facts.appeals.isEmpty)
        let decision = try #require(run.answer(.denials(.appeal(ref, level: 1)), .denials(.sendAppeal)).first)
        #expect(decision.outcome == .denials(.appealed))
        #expect(decision.sends.first?.answerBy == run.now.adding(days: 60))
        let terms = try #require(run.facts.appeals.first?.terms)
        #expect(terms.identifier == "V100001-1-AP1" && terms.level == 1 && terms.claim == ref)
        #expect(terms.adjustment == World.adjustment("CO-197", "1000") && terms.amount == Money("1000")!)
        let letter = try #require(run.facts.document(terms.letter))
        #expect(letter.text == draft.text + "\nSigned: Quill, A., 2026-03-03")
    }

    /// A denial for missing records encloses them, and names where they stand.
    @Test func recordsAreEnclosed() throws {
        let (run, _) = try denied("CO-252", chart: [World.note("Blood pressure 150/95.")])
        let letter = run.facts.workItems.last?.item.document.flatMap(run.facts.document)
        #expect(letter?.text.contains("records enclosed: DocumentReference/n1 of 2026-02-20") == true)
    }

    @Test func aLostAppealOpensTheNextLevel() throws {
        var (run, ref) = try appealed()
        let decision = try #require(run.after(word(.upheld)).first)
        #expect(decision.outcome == .denials(.upheld))
        let item = try #require(decision.opened.first)
        #expect(item.kind == .denials(.appealLost(ref, level: 1)) && item.amount == Money("1000")!)
        #expect(item.reason == ["The payer upheld CO-197. The next level is open for 60 days."])
        #expect(item.evidence == ["Payer's reason: 193"])
        // Commercial, second level: 60 days.
        #expect(item.deadline == run.now.adding(days: 60))
        run.answer(.denials(.appealLost(ref, level: 1)), .denials(.nextLevel))
        let next = try #require(run.facts.workItems.last?.item)
        #expect(next.kind == .denials(.appeal(ref, level: 2)))
        let letter = try #require(next.document.flatMap(run.facts.document))
        #expect(letter.text.hasPrefix("Appeal of a claim denial, level 2"))
        run.answer(.denials(.appeal(ref, level: 2)), .denials(.sendAppeal))
        let terms = try #require(run.facts.appeals.last?.terms)
        #expect(terms.identifier == "V100001-1-AP2" && terms.level == 2)
        #expect(terms.adjustment == World.adjustment("CO-197", "1000"))
    }

    @Test(arguments: [("5000", false), ("5000.01", true)])
    func aLostAppealOverFiveThousandDollarsIsMarked(amount: String, isLarge: Bool) throws {
        var (run, _) = try appealed(amount)
        let item = try #require(run.after(word(.upheld)).first?.opened.first)
        #expect(item.reason.contains("Lost appeal over $5,000.00: a person takes it on.") == isLarge)
    }

    @Test func aWonAppealWaitsForItsPayment() throws {
        var (run, _) = try appealed("6000")
        let decision = try #require(run.after(word(.overturned)).first)
        #expect(decision.outcome == .denials(.overturned))
        #expect(decision.postings.isEmpty && run.open.isEmpty)
        #expect(!run.facts.timers.contains { if case .answer = $0.id { true } else { false } })
    }

    /// The same word twice asks once; another word withdraws what was asked.
    @Test func anAppealIsAnsweredAgain() throws {
        var (run, ref) = try appealed()
        run.after(word(.upheld))
        run.after(word(.upheld))
        #expect(run.open == [.denials(.appealLost(ref, level: 1))])
        run.after(word(.overturned))
        #expect(run.open.isEmpty)
        run.after(word(.upheld))
        #expect(run.open == [.denials(.appealLost(ref, level: 1))])
    }

    @Test func anAnswerToNoAppealIsUnplaced() throws {
        var (run, _) = try appealed()
        let decision = try #require(run.after(word(.upheld, of: "V9-1-AP1")).first)
        #expect(decision.outcome == .denials(.unplaced))
        #expect(decision.finding("appeal.unplaced")?.stops == true)
        #expect(run.open.isEmpty)
    }

    @Test func anAppealThatIsSentAgainHasAClockAgain() throws {
        var (run, work) = try open(.appealUnanswered)
        let decision = try #require(run.answer(.denials(work), .denials(.sendAgain)).first)
        #expect(run.facts.appeals.map(\.terms.identifier) == ["V100001-1-AP1", "V100001-1-AP1"])
        #expect(decision.sends.first?.answerBy == run.now.adding(days: 60))
        #expect(run.wait(until: run.now.adding(days: 61)).map(\.outcome) == [.denials(.unanswered)])
        #expect(run.after(word(.overturned)).map(\.outcome) == [.denials(.overturned)])
        #expect(run.open.isEmpty)
    }

    /// The first sending fails, but the second is on its way, or the answer has come.
    @Test func onlyTheLastSendingCounts() throws {
        var (run, work) = try open(.appealUndelivered)
        let first = try #require(run.facts.appeals.first?.send)
        run.answer(.denials(work), .denials(.sendAgain))
        #expect(run.decide(.denials(.undelivered(first)))?.outcome == .denials(.dealtWith))
        #expect(run.decide(.denials(.unanswered(first)))?.outcome == .denials(.dealtWith))
        #expect(run.open.isEmpty)
        run.after(word(.upheld))
        let last = try #require(run.facts.appeals.last?.send)
        #expect(run.decide(.denials(.unanswered(last)))?.outcome == .denials(.dealtWith))
    }

    /// What was followed up is looked at again.
    @Test(arguments: [Situation.notPosted, .takenBack, .unremitted, .appealUnanswered, .appealUndelivered])
    func whatWasFollowedUpHasADeadline(situation: Situation) throws {
        var (run, work) = try open(situation)
        let item = try #require(run.answer(.denials(work), .denials(.followedUp)).first?.opened.first)
        #expect(item.deadline == run.now.adding(days: 14))
        // A second time tells no more than the first.
        let reason = item.reason
        let again = run.answer(item.kind, .denials(.followedUp)).first?.opened.first
        #expect(again?.reason == reason)
    }
}
