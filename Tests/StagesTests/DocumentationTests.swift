import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct DocumentationTests {
    private let request = "C-0000001-O1"
    private let therapy =
        "She completed eight weeks of physical therapy without relief. Straight leg raise is positive at 40 degrees."

    /// An order for a lumbar MRI that the payer pended for two criteria.
    private func pended(
        _ chart: [ChartItem], wanted: [String] = ["conservative-therapy", "exam-documented"],
        order: ServiceOrder = World.order()
    ) -> CaseRun {
        var run = CaseRun.verified()
        run.happen(.charted(chart))
        run.happen(.ordered(order))
        run.advance()
        run.happen(.authorizationAnswered(World.reply(request, "A4", wanted: wanted)))
        run.advance()
        return run
    }

    private func answers(_ decision: Decision?) -> [String] {
        (decision?.handoff?["criteria"]?.elements ?? []).map {
            "\($0["id"]?.string ?? "") \($0["answer"]?.string ?? "")"
        }
    }

    // MARK: The knowledge graph

    @Test func theLetterCitesWhatIsEstablished() throws {
        let run = pended([World.note(therapy)])
        let decision = try #require(run.last(.documentation))
        let fit = try #require(decision.check("necessity.fit"))
        #expect(fit.answer == .passed && fit.severity == .warn)
        let source = try #require(fit.basis.last)
        #expect(fit.basis.count >= 2 && source.contains("["))
        let letter = try #require(
            decision.effects.compactMap { if case .openTask(let task) = $0 { task.document } else { nil } }.first)
        #expect(letter.text.contains("Established use (knowledge "))
        #expect(letter.text.contains(source))
    }

    @Test func whatIsNotEstablishedIsNotInTheLetter() throws {
        let order = World.order("O1", "72148", diagnoses: ["H66.90"])
        let decision = try #require(pended([World.note(therapy)], order: order).last(.documentation))
        #expect(decision.check("necessity.fit")?.answer == .failed)
        #expect(decision.check("necessity.fit")?.predicts == ["CO-11", "CO-50"])
        for case .openTask(let task) in decision.effects {
            #expect(task.document?.text.contains("Established use") != true)
        }
    }

    // MARK: Criteria

    @Test func whatTheChartSaysIsMetAndQuoted() throws {
        let decision = try #require(pended([World.note(therapy)]).last(.documentation))
        #expect(decision.outcome == "drafted")
        #expect(answers(decision) == ["conservative-therapy met", "exam-documented met"])
        #expect(decision.checks.filter { $0.id.hasPrefix("criterion.") }.allSatisfy { $0.answer == .passed })
        for criterion in decision.handoff?["criteria"]?.elements ?? [] {
            let evidence = try #require(criterion["evidence"]?[0])
            #expect(evidence["resource"] == "DocumentReference/n1")
            #expect(evidence["date"] == "2026-02-20")
            #expect(evidence["supports"] == true)
            // The quote stands in the note, and the offset is of a place in it.
            let quote = try #require(evidence["quote"]?.string)
            #expect(therapy.contains(quote))
            #expect((0..<therapy.utf8.count).contains(try #require(evidence["offset"]?.integer)))
        }
    }

    @Test func whatTheChartDeniesIsNotMet() {
        let decision = pended([World.note("She declined physical therapy. Straight leg raise is positive.")]).last(
            .documentation)
        #expect(answers(decision) == ["conservative-therapy not_met", "exam-documented met"])
        #expect(decision?.check("criterion.conservative-therapy")?.answer == .failed)
        #expect(decision?.outcome == "drafted")
    }

    @Test func negatedSupportSpeaksAgainst() {
        let decision = pended([World.note("No tenderness. No weeks of physical therapy so far.")]).last(.documentation)
        #expect(answers(decision).first == "conservative-therapy not_met")
    }

    @Test func aSilentChartIsUnknownAndAsksForTheDocument() throws {
        let decision = try #require(pended([World.note("Seen for back pain.")]).last(.documentation))
        #expect(decision.outcome == "gaps")
        #expect(answers(decision) == ["conservative-therapy unknown", "exam-documented unknown"])
        #expect(decision.tasks.map(\.kind) == ["documentation.gap", "documentation.gap"])
        #expect(decision.tasks[0].key == "documentation.gap:\(request)/v1/conservative-therapy")
        #expect(decision.tasks[0].evidence.last?.hasPrefix("Wanted: ") == true)
        #expect(decision.stops.count == 2)
        #expect(decision.effects.allSatisfy { if case .requestAuthorization = $0 { false } else { true } })
    }

    @Test func whatSpeaksBothWaysIsUnknown() {
        let chart = [
            World.note("Six weeks of physical therapy without relief. Reflexes normal."),
            World.note("No prior physical therapy.", "DocumentReference/n2"),
        ]
        #expect(answers(pended(chart).last(.documentation)) == ["conservative-therapy unknown", "exam-documented met"])
    }

    @Test(arguments: [("Negative", "met"), ("POSITIVE", "not_met")])
    func aCodedObservationAnswers(value: String, answer: String) {
        let screen = ChartItem(
            reference: "Observation/o1", kind: .observation, code: Code(.loinc, "71774-4"), value: value,
            date: CalendarDate("2026-01-15"))
        let run = pended(
            [screen], wanted: ["tb-screen"], order: World.order("O1", "J1745", units: 40, diagnoses: ["M05.79"]))
        #expect(answers(run.last(.documentation)) == ["tb-screen \(answer)"])
        #expect(run.last(.documentation)?.handoff?["criteria"]?[0]?["evidence"]?[0]?["offset"] == nil)
    }

    /// What the payer names rules; where it names only what is not known here, its published policy does.
    @Test func wantedRulesOverThePolicy() {
        #expect(
            answers(pended([World.note(therapy)], wanted: ["exam-documented"]).last(.documentation)) == [
                "exam-documented met"
            ])
        let published = pended([World.note(therapy)], wanted: ["something-else"])
        #expect(answers(published.last(.documentation)).count == 2)
        #expect(published.last(.documentation)?.citations.map(\.id) == ["MERID-IMG-01"])
    }

    @Test func nothingWantedLeavesItWithThePayer() {
        let decision = pended([World.note(therapy)], wanted: []).last(.documentation)
        #expect(decision?.outcome == "waits")
        #expect(decision?.effects.isEmpty == true)
    }

    // MARK: Attestation

    @Test func nothingGoesOutBeforeItIsAttested() throws {
        var run = pended([World.note(therapy)])
        let drafted = try #require(run.last(.documentation))
        let task = try #require(drafted.task("documentation.attest"))
        let letter = try #require(task.document)
        #expect(drafted.effects.count == 1)
        #expect(letter.text.contains("criterion conservative-therapy: met"))
        #expect(letter.text.contains("[DocumentReference/n1, 2026-02-20]"))
        #expect(drafted.handoff?["letter_digest"]?.string == letter.digest.hex)
        #expect(drafted.handoff?["attested_by"] == JSON.null)
        #expect(run.advance().isEmpty)

        run.answer("documentation.attest", "attest")
        let sent = try #require(run.advance().last)
        #expect(sent.outcome == "sent")
        guard case .requestAuthorization(let update)? = sent.effects.first else { throw Missing() }
        #expect(update.version == 2)
        #expect(update.documents == [letter])
        #expect(sent.handoff?["attested_by"] == "Quill, A.")
        #expect(sent.handoff?["attested_at"]?.string == World.now.description)
        #expect(sent.handoff?["letter_digest"]?.string == letter.digest.hex)
        #expect(sent.citations == drafted.citations)
    }

    @Test func aDeclinedLetterIsNotSent() {
        var run = pended([World.note(therapy)])
        run.answer("documentation.attest", "decline")
        let decision = run.advance().last
        #expect(decision?.outcome == "declined")
        #expect(decision?.effects.isEmpty == true)
    }

    /// The attestation is of the text that was shown: a text that does not fit its digest is not sent.
    @Test func anotherTextThanTheAttestedIsRefused() throws {
        var run = pended([World.note(therapy)])
        var drafted = try #require(run.last(.documentation))
        drafted.occasion.name = "pended:2"
        drafted.effects = drafted.effects.map { effect in
            guard case .openTask(var task) = effect else { return effect }
            task.document?.text += " And more."
            return .openTask(task)
        }
        run.happen(.decided(drafted))
        run.answer("documentation.attest", "attest")
        let decision = try #require(run.advance().last)
        #expect(decision.outcome == "void")
        #expect(decision.effects.isEmpty && decision.handoff == nil)
    }

    // MARK: Gaps

    @Test func aClosedGapLeadsToALetter() throws {
        var run = pended([World.note("Straight leg raise is positive.")])
        #expect(run.last(.documentation)?.outcome == "gaps")
        run.happen(.charted([World.note("Eight weeks of physical therapy without relief.", "DocumentReference/n2")]))
        run.answer("documentation.gap", "supplied")
        let decision = try #require(run.advance().last)
        #expect(decision.outcome == "drafted")
        #expect(decision.tasks.map(\.kind) == ["documentation.attest"])
    }

    @Test func everyGapNeedsItsAnswer() {
        var run = pended([World.note("Seen for back pain.")])
        run.answer("documentation.gap", "not-available")
        #expect(run.advance().last?.summary == "1 documents are still missing.")
    }

    /// A criterion on which nothing is to be had goes out as unknown, if a physician attests that letter.
    @Test func aGapThatCannotBeFilledIsAttestedAsUnknown() throws {
        var run = pended([World.note("Straight leg raise is positive.")])
        run.answer("documentation.gap", "not-available")
        let decision = try #require(run.advance().last)
        #expect(decision.outcome == "drafted")
        #expect(decision.tasks.map(\.kind) == ["documentation.attest"])
        #expect(decision.tasks.first?.document?.text.contains("criterion conservative-therapy: unknown") == true)
        let sent = decision.effects.contains { if case .requestAuthorization = $0 { true } else { false } }
        #expect(!sent)
    }

    @Test func answersAndRequestsThatAreNotThereAreUnknown() {
        var run = CaseRun.verified()
        #expect(run.decide(.documentation, "pended:1").outcome == "unknown")
        #expect(run.decide(.documentation, "task:T-none").outcome == "unknown")
    }
}
