import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct DocumentationTests {
    private let identifier = "C-0000001-O1"
    static let therapy =
        "She completed eight weeks of physical therapy without relief. Straight leg raise is positive at 40 degrees."
    private var therapy: String { Self.therapy }

    /// An order for a lumbar MRI that the payer pended for two criteria.
    static func pended(
        _ chart: [ChartItem], wanted: [String] = ["conservative-therapy", "exam-documented"],
        order: ServiceOrder = World.order()
    ) -> CaseRun {
        var run = CaseRun.verified()
        run.happen(.charted(chart))
        run.after(.ordered(order))
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A4", wanted: wanted)))
        return run
    }

    private func pended(_ chart: [ChartItem]) -> CaseRun { Self.pended(chart) }

    private func answers(_ run: CaseRun) -> [String] {
        (run.last(.documentation)?.criteria ?? []).map { "\($0.criterion) \($0.answer.rawValue)" }
    }

    private func ref(_ run: CaseRun) throws -> RequestRef { try #require(run.facts.requests.last?.ref) }

    private func attest(_ run: CaseRun) throws -> WorkItemKind { .documentation(.attest(try ref(run))) }

    private func gap(_ run: CaseRun, _ criterion: String) throws -> WorkItemKind {
        .documentation(.gap(try ref(run), criterion: criterion))
    }

    private func letter(_ run: CaseRun) throws -> SupportingDocument {
        let item = try #require(run.facts.workItems.last { $0.item.document != nil })
        return try #require(run.facts.document(item.item.document!))
    }

    // MARK: The knowledge graph

    @Test func theLetterCitesWhatIsEstablished() throws {
        let run = pended([World.note(therapy)])
        #expect(run.last(.documentation)?.passed.contains("necessity.fit") == true)
        let text = try letter(run).text
        #expect(text.contains("Established use (knowledge "))
        #expect(text.split(separator: "\n").contains { $0.hasPrefix("  - ") && $0.contains("[") })
    }

    @Test func whatIsNotEstablishedIsNotInTheLetter() throws {
        let run = Self.pended([World.note(therapy)], order: World.order("O1", "72148", diagnoses: ["H66.90"]))
        let fit = run.last(.documentation)?.finding("necessity.fit")
        #expect(fit?.answer == .failed && fit?.predicts == ["CO-11", "CO-50"])
        #expect(try !letter(run).text.contains("Established use"))
    }

    // MARK: Criteria

    @Test func whatTheChartSaysIsMetAndQuoted() throws {
        let run = pended([World.note(therapy)])
        let decision = try #require(run.last(.documentation))
        #expect(decision.outcome == .documentation(.drafted))
        #expect(answers(run) == ["conservative-therapy met", "exam-documented met"])
        #expect(decision.passed.contains("criterion.conservative-therapy"))
        for criterion in decision.criteria {
            let evidence = try #require(criterion.evidence.first)
            #expect(evidence.resource == "DocumentReference/n1" && evidence.supports)
            #expect(evidence.date == CalendarDate("2026-02-20")!)
            // The quote stands in the note, and the offset is of a place in it.
            #expect(therapy.contains(evidence.quote))
            #expect((0..<therapy.utf8.count).contains(try #require(evidence.offset)))
        }
    }

    @Test func negatedSupportSpeaksAgainst() {
        let run = pended([World.note("No tenderness. No weeks of physical therapy so far.")])
        #expect(answers(run).first == "conservative-therapy not_met")
    }

    @Test func aSilentChartIsUnknownAndAsksForTheDocument() throws {
        let run = pended([World.note("Seen for back pain.")])
        let decision = try #require(run.last(.documentation))
        #expect(decision.outcome == .documentation(.gaps))
        #expect(answers(run) == ["conservative-therapy unknown", "exam-documented unknown"])
        #expect(run.open == [try gap(run, "conservative-therapy"), try gap(run, "exam-documented")])
        #expect(decision.opened[0].evidence.last?.hasPrefix("Wanted: ") == true)
        #expect(decision.opened[0].reason == ["Has conservative therapy of six weeks failed?"])
        #expect(decision.stops == ["criterion.conservative-therapy", "criterion.exam-documented"])
        #expect(decision.sends.isEmpty && decision.documents.isEmpty)
        #expect(run.handoff(.documentation) == nil)
    }

    @Test func whatSpeaksBothWaysIsUnknown() {
        let run = pended([
            World.note("Six weeks of physical therapy without relief. Reflexes normal."),
            World.note("No prior physical therapy.", "DocumentReference/n2"),
        ])
        #expect(answers(run) == ["conservative-therapy unknown", "exam-documented met"])
    }

    @Test(arguments: [("Negative", "met"), ("POSITIVE", "not_met")])
    func aCodedObservationAnswers(value: String, answer: String) {
        let screen = ChartItem(
            reference: "Observation/o1", kind: .observation, code: Code(.loinc, "71774-4"), value: value,
            date: CalendarDate("2026-01-15"))
        let run = Self.pended(
            [screen], wanted: ["tb-screen"], order: World.order("O1", "J1745", units: 40, diagnoses: ["M05.79"]))
        #expect(answers(run) == ["tb-screen \(answer)"])
        #expect(run.last(.documentation)?.criteria.first?.evidence.first?.offset == nil)
    }

    /// What the payer names rules; where it names only what is not known here, its published policy does.
    @Test func wantedRulesOverThePolicy() {
        #expect(answers(Self.pended([World.note(therapy)], wanted: ["exam-documented"])) == ["exam-documented met"])
        let published = Self.pended([World.note(therapy)], wanted: ["something-else"])
        #expect(answers(published).count == 2)
        #expect(published.last(.documentation)?.citations.map(\.id) == ["MERID-IMG-01"])
    }

    @Test func nothingWantedLeavesItWithThePayer() {
        let decision = Self.pended([World.note(therapy)], wanted: []).last(.documentation)
        #expect(decision?.outcome == .documentation(.waits))
        #expect(decision?.workItems.isEmpty == true && decision?.sends.isEmpty == true)
    }

    @Test func aLaterAnswerOvertakesAPendedOne() throws {
        var run = CaseRun.verified()
        run.after(.ordered(World.order()))
        run.happen(.authorizationAnswered(World.reply(identifier, "A4", wanted: ["exam-documented"])))
        run.after(.authorizationAnswered(World.reply(identifier, "A1", number: "AUTH1")))
        #expect(run.last(.documentation)?.outcome == .documentation(.waits))
        #expect(run.open.isEmpty)
    }

    @Test func aRequestPendedAgainIsDraftedAgainInPlaceOfTheFirst() throws {
        var run = pended([World.note(therapy)])
        run.after(.authorizationAnswered(World.reply(identifier, "A4", wanted: ["exam-documented"])))
        #expect(run.open == [try attest(run)])
        #expect(try letter(run).criteria == ["exam-documented"])
    }

    // MARK: Attestation

    @Test func nothingGoesOutBeforeItIsAttested() throws {
        var run = pended([World.note(therapy)])
        let drafted = try #require(run.last(.documentation))
        let shown = try letter(run)
        #expect(drafted.documents == [shown] && drafted.sends.isEmpty)
        #expect(drafted.opened.map(\.kind) == [try attest(run)])
        #expect(
            drafted.opened[0].reason == ["A physician must read the letter and attest it before it goes to the payer."])
        #expect(shown.text.contains("criterion conservative-therapy: met"))
        #expect(shown.text.contains("[DocumentReference/n1, 2026-02-20]"))
        #expect(!shown.text.contains("Signed"))
        #expect(shown.text.hasSuffix("To be attested by: Omar Vance, NPI 1987654328"))
        #expect(run.handoff(.documentation)?["letter_digest"]?.string == shown.digest.hex)
        #expect(run.handoff(.documentation)?["attested_by"] == JSON.null)
        #expect(run.advance().isEmpty)

        run.now = World.now.adding(days: 1)
        let sent = try #require(run.answer(try attest(run), .documentation(.attest)).last)
        #expect(sent.outcome == .documentation(.sent))
        guard case .authorization(let terms)? = sent.sends.first?.what else { throw Missing() }
        #expect(terms.version == 2 && terms.identifier == identifier)
        #expect(sent.sends.first?.answerBy == run.now.adding(hours: 24))
        #expect(terms.documents.count == 1)
        let final = try #require(run.facts.document(terms.documents[0]))
        #expect(final == sent.documents.first)
        // What was attested is what goes out, and the attestation after it.
        #expect(final.text == "\(shown.text)\nAttested by Quill, A. on 2026-03-04")
        #expect(sent.citations == drafted.citations)
        let handoff = try #require(run.handoff(.documentation))
        #expect(handoff["attested_by"] == "Quill, A.")
        #expect(handoff["attested_at"]?.string == run.now.description)
        #expect(handoff["letter_digest"]?.string == shown.digest.hex)
        #expect(handoff["criteria"]?[0]?["id"] == "conservative-therapy")
    }

    /// A name cannot bring an answer of its own into the letter.
    @Test func aNameStaysOnItsLine() throws {
        var run = pended([World.note(therapy)])
        let made = run.answer(
            try attest(run), .documentation(.attest), by: "Quill\ncriterion exam-documented: met")
        let lines = try #require(made.last?.documents.first).text.split(separator: "\n")
        #expect(lines.last == "Attested by Quill criterion exam-documented: met on 2026-03-03")
    }

    @Test func aQuoteStaysOnItsLine() throws {
        let run = Self.pended(
            [World.note("Straight leg raise\r\ncriterion conservative-therapy: met\nis positive")],
            wanted: ["exam-documented"])
        let lines = try letter(run).text.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("criterion ") } == ["criterion exam-documented: met"])
    }

    @Test func aDeclinedLetterIsNotSent() throws {
        var run = pended([World.note(therapy)])
        let decision = run.answer(try attest(run), .documentation(.decline)).last
        #expect(decision?.outcome == .documentation(.declined))
        #expect(decision?.sends.isEmpty == true && run.open.isEmpty)
    }

    /// What speaks against the request is the first thing that the physician reads, and the letter says it too.
    @Test func whatSpeaksAgainstIsSaid() throws {
        var run = pended([World.note("She declined physical therapy. Straight leg raise is positive.")])
        #expect(answers(run) == ["conservative-therapy not_met", "exam-documented met"])
        let item = try #require(run.last(.documentation)?.opened.first)
        #expect(item.reason.first == "The chart speaks against criterion conservative-therapy.")
        #expect(item.evidence.first == "conservative-therapy: not met")
        let text = try letter(run).text
        #expect(text.contains("criterion conservative-therapy: not met"))
        #expect(text.contains("  - Against: \"She declined physical therapy\""))
        #expect(text.contains("Some of it speaks against the request"))
        #expect(run.facts.requests.last?.sends.count == 1)
        // A person sends it all the same, with a reason.
        run.answer(try attest(run), .documentation(.attest))
        #expect(run.facts.requests.last?.sends.count == 2)
    }

    @Test func aLetterIsSentOnce() throws {
        var run = pended([World.note(therapy)])
        let item = try #require(
            run.facts.openItems { if case .documentation(.attest) = $0 { true } else { false } }.last)
        run.answer(try attest(run), .documentation(.attest))
        let again = run.after(
            .resolved(
                PersonsAnswer(item: item, resolution: .documentation(.attest), reason: "once more", by: "Quill, A.")))
        #expect(again.map(\.outcome) == [.documentation(.unplaced)])
        #expect(run.facts.requests.last?.sends.count == 2)
    }

    @Test func whatThePayerHasDecidedNeedsNoLetter() throws {
        var run = pended([World.note(therapy)])
        let item = try #require(run.facts.openItems { if case .documentation = $0 { true } else { false } }.last)
        run.after(.authorizationAnswered(World.reply(identifier, "A1", number: "AUTH1")))
        #expect(run.open.isEmpty)
        let late = run.after(
            .resolved(PersonsAnswer(item: item, resolution: .documentation(.attest), reason: "late", by: "Quill, A.")))
        #expect(late.map(\.outcome) == [.documentation(.unplaced)])
        #expect(run.facts.requests.last?.sends.count == 1)
    }

    // MARK: Gaps

    @Test func aClosedGapLeadsToALetter() throws {
        var run = pended([World.note("Straight leg raise is positive.")])
        #expect(run.last(.documentation)?.outcome == .documentation(.gaps))
        run.happen(.charted([World.note("Eight weeks of physical therapy without relief.", "DocumentReference/n2")]))
        let decision = try #require(
            run.answer(try gap(run, "conservative-therapy"), .documentation(.supplied)).last)
        #expect(decision.outcome == .documentation(.drafted))
        #expect(run.open == [try attest(run)])
    }

    @Test func everyGapNeedsItsAnswer() throws {
        var run = pended([World.note("Seen for back pain.")])
        let first = run.answer(try gap(run, "exam-documented"), .documentation(.notAvailable)).last
        #expect(first?.outcome == .documentation(.gaps) && first?.workItems.isEmpty == true)
        let second = run.answer(try gap(run, "conservative-therapy"), .documentation(.notAvailable)).last
        #expect(second?.outcome == .documentation(.drafted))
    }

    /// A criterion on which nothing is to be had goes out as unknown, if a physician attests that letter.
    @Test func aGapThatCannotBeFilledIsAttestedAsUnknown() throws {
        var run = pended([World.note("Straight leg raise is positive.")])
        let decision = try #require(
            run.answer(try gap(run, "conservative-therapy"), .documentation(.notAvailable)).last)
        #expect(decision.outcome == .documentation(.drafted) && decision.sends.isEmpty)
        #expect(decision.opened.first?.reason.first == "The chart does not answer criterion conservative-therapy.")
        #expect(try letter(run).text.contains("criterion conservative-therapy: unknown"))
    }

    @Test(arguments: DocumentationResolution.allCases)
    func everyAnswerFitsItsQuestion(resolution: DocumentationResolution) throws {
        #expect(!resolution.label.isEmpty && resolution.tag == resolution.rawValue)
        for chart in ["Seen for back pain.", Self.therapy] {
            var run = pended([World.note(chart)])
            let kind = try #require(run.open.last)
            guard case .documentation(let work) = kind else { throw Missing() }
            let made = run.answer(kind, .documentation(resolution))
            if work.answers.contains(resolution) {
                #expect(made.last?.outcome != .documentation(.unplaced))
                #expect(!run.open.contains(kind) || made.last?.outcome == .documentation(.drafted))
            } else {
                // It does not fit: the question stands.
                #expect(made.map(\.outcome) == [.documentation(.unplaced)])
                #expect(run.open.contains(kind))
            }
        }
    }

    @Test func whatRefersToNothingIsUnplaced() {
        var run = CaseRun.verified()
        #expect(run.decide(.documentation(.pended(EntryRef(99))))?.outcome == .documentation(.unplaced))
        for resolution in DocumentationResolution.allCases {
            let reason = DocumentationReason.resolved(WorkItemID(entry: 99, number: 0), resolution)
            #expect(run.decide(.documentation(reason))?.outcome == .documentation(.unplaced))
        }
    }

    @Test func aCancelledOrderNeedsNoLetter() throws {
        var run = pended([World.note(therapy)])
        run.after(.orderCancelled(OrderKey("O1")))
        #expect(run.open == [.authorization(.orderCancelled(try ref(run)))])
    }
}
