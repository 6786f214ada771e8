import ClinicalText
import HealthTypes
import Testing

@Suite struct EvaluationTests {
    @Test func scoresAreThePublishedMeasures() {
        let score = SpanScore(hits: 6, extra: 2, missed: 4)
        #expect(score.precision == 0.75)
        #expect(score.recall == 0.6)
        #expect(abs(score.f1 - 2 * 0.75 * 0.6 / 1.35) < 1e-12)
        #expect(score.line == "precision 0.750, recall 0.600, F1 0.667 (hits 6, extra 2, missed 4)")
        #expect(SpanScore(extra: 3, missed: 1).f1 == 0)
        #expect((score + score).hits == 12)
    }

    static let tagged = """
        Severe\tO
        renal\tB-Disease
        failure\tI-Disease
        after\tO
        22\tB-Chemical
        -\tI-Chemical
        oxacalcitriol\tI-Chemical
        (\tO
        2\tO
        .\tO
        5\tO
        mg\tO
        )\tO
        .\tO

        gout\tB-Disease
        asthma\tB-Disease

        """

    @Test func taggedTokensBecomeProseWithPlaces() throws {
        let set = try TaggedSet(name: "set", bytes: Array(Self.tagged.utf8))
        #expect(set.sentences.map(\.text) == ["Severe renal failure after 22-oxacalcitriol (2.5 mg).", "gout asthma"])
        let names = set.sentences.flatMap { sentence in
            sentence.names.map { String(decoding: Array(sentence.text.utf8)[$0.range], as: UTF8.self) }
        }
        #expect(names == ["renal failure", "22-oxacalcitriol", "gout", "asthma"])
        #expect(set.half(1).count == 1 && set.half(2).count == 1)
    }

    @Test func aReportCountsWhatIsExactlyRight() throws {
        let set = try TaggedSet(name: "set", bytes: Array(Self.tagged.utf8))
        let report = try TaggedSetReport(set.sentences, extractor: Shipped.extractor)
        #expect(report.all == SpanScore(hits: 4))
        let wrong = try TaggedSet(name: "set", bytes: Array("xyz\tB-Disease\ngout\tO\n".utf8))
        let other = try TaggedSetReport(wrong.sentences, extractor: Shipped.extractor)
        #expect(other.conditions == SpanScore(extra: 1, missed: 1))
        #expect(other.mistakes.map(\.isExtra) == [false, true])
    }

    @Test(arguments: ["gout\n", "gout\tX-Disease\n", "a\tb\tc\n"])
    func aLineThatIsNoTaggedTokenIsNamed(text: String) {
        let error = #expect(throws: DataFileError.self) { try TaggedSet(name: "set", bytes: Array(text.utf8)) }
        #expect(error?.line == 1)
    }

    @Test func negationIsCounted() throws {
        let rows = """
            1\t \tcough\tDenies COUGH.\tNegated\tRecent\tPatient
            2\t \tcough\tHas COUGH.\tAffirmed\tRecent\tPatient
            3\t \tcough\tHas a COUGH, not today.\tNegated\tRecent\tPatient
            4\t \tgout\tHistory of GOUT.\tAffirmed\tHistorical\tPatient
            5\t \tabsent words\tNothing.\tNegated\tRecent\tPatient
            """
        let set = try NegationSet(name: "set", bytes: Array(rows.utf8))
        let report = NegationReport(set.sentences, extractor: Shipped.extractor)
        #expect(report.negated == SpanScore(hits: 1, missed: 2))
        #expect(report.historical == SpanScore(hits: 1))
        #expect(report.unreadable == 1)
        #expect(report.mistakes.map(\.text) == ["Has a COUGH, not today."])
        let error = #expect(throws: DataFileError.self) {
            try NegationSet(name: "set", bytes: Array("1\t \tcough\tx\tMaybe\n".utf8))
        }
        #expect(error?.line == 1)
    }
}
