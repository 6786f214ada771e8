import ClinicalKnowledge
import HealthTypes
import Testing

/// The rules of reasoning, on small bases made for each.
@Suite struct ReasoningTests {
    func base(_ rows: [String]) throws -> KnowledgeBase {
        try KnowledgeBase(files(["statements.tsv": statements(rows)]))
    }

    func ask(
        _ base: KnowledgeBase, _ codes: [String], _ treatments: [BilledTreatment], age: Int? = nil,
        sex: PatientSex? = nil
    ) -> AnalyzeResponse {
        base.analyze(
            AnalyzeRequest(icd10Codes: codes, treatments: treatments, patientAge: age, patientSex: sex),
            naming: Titles())
    }

    /// Codes ending in 9 are the unspecified ones.
    private struct Titles: DiagnosisNaming {
        func name(ofDiagnosis code: String) -> String? { code.hasSuffix("9") ? "Something, unspecified" : "Something" }
        func isKnownDiagnosis(_ code: String) -> Bool { true }
    }

    let alpha = BilledTreatment(.drug, code: "A01AA01")
    let beta = BilledTreatment(.drug, code: "A01AA02")

    @Test(arguments: [
        ("first_line", 100), ("second_line", 70), ("alternative", 70), ("adjunct", 40), ("comorbidity", 40),
        ("prophylaxis", 40), ("symptomatic", 40), ("diagnostic", 100), ("monitors", 40),
    ])
    func eachRelationHasItsScore(relation: String, score: Int) throws {
        let base = try base(["drug:a\t\(relation)\tK29\t\tlabel\tuses\t"])
        let explanation = ask(base, ["K29.70"], [alpha]).explanations[0]
        #expect(explanation.score == Score(hundredths: score))
        #expect(explanation.path.map(\.relation) == [relation])
        #expect(explanation.path.map(\.weight) == [Score(hundredths: score)])
        #expect(explanation.path[0].from == "drug:a")
        #expect(explanation.path[0].to == "K29")
    }

    @Test func aCodeThatSaysLessThanTheStatementGivesHalf() throws {
        let base = try base(["drug:a\tfirst_line\tJ45.4\t\tlabel\tuses\t", "drug:b\tfirst_line\tI10\t\tlabel\tuses\t"])
        // A heading, and a code that is titled unspecified, may be the finer diagnosis; another finer code is not.
        for code in ["J45", "J45.909"] {
            let explanation = ask(base, [code], [alpha]).explanations[0]
            #expect(explanation.score == Score(hundredths: 50), "\(code)")
            #expect(explanation.path.map(\.relation) == ["first_line", "may_be"])
        }
        #expect(ask(base, ["J45.30"], [alpha]).explanations[0].score == .zero)
        #expect(ask(base, ["J45.41"], [alpha]).explanations[0].score == Score(hundredths: 100))
    }

    @Test func aContraindicationOfAFinerCodeIsAskedAboutAndNotFlagged() throws {
        let base = try base([
            "drug:a\tfirst_line\tN18\t\tlabel\tuses\t", "drug:a\tcontraindicated\tN18.6\t\tlabel\tnot\t",
        ])
        let heading = ask(base, ["N18"], [alpha])
        #expect(heading.verdict == .pass)
        #expect(heading.toCheck.map(\.condition) == ["a finer diagnosis: N18.6"])
        #expect(ask(base, ["N18.6"], [alpha]).flags == [.contraindication])
        #expect(ask(base, ["N18.30"], [alpha]).toCheck.isEmpty)
    }

    @Test func ownStatementsGoBeforeSiblingsAndFinerCodes() throws {
        let base = try base([
            "drug:a\tfirst_line\tK29\t\tlabel\tuses\t", "drug:b\tadjunct\tK29\t\tlabel\tuses\t",
            "drug:b\tfirst_line\tK29.7\t\tlabel\tuses\t",
        ])
        #expect(ask(base, ["K29.50"], [beta]).explanations[0].score == Score(hundredths: 40))
    }

    @Test func symptomsAreCappedAndSaySo() throws {
        let base = try base(["drug:a\tfirst_line\tR11\t\tlabel\tuses\t", "drug:a\tadjunct\tR10\t\tlabel\tuses\t"])
        let nausea = ask(base, ["R11.0"], [alpha]).explanations[0]
        #expect(nausea.score == Score(hundredths: 60))
        #expect(nausea.path.map(\.relation) == ["first_line", "symptom"])
        #expect(ask(base, ["R10.9"], [alpha]).explanations[0].path.map(\.relation) == ["adjunct"])
    }

    @Test func theRouteDecidesWhereTheStatementNamesIt() throws {
        let base = try base([
            "drug:a\tfirst_line\tJ30\t\tlabel\tuses\t", "drug:a\tcontraindicated_if\tI10\troute=oral\tlabel\tnot\t",
        ])
        func verdict(_ name: String, _ dose: String?) -> AnalyzeResponse {
            ask(base, ["J30.1", "I10"], [BilledTreatment(.drug, code: "A01AA01", name: name, dose: dose)])
        }
        #expect(verdict("alpha tablets", nil).flags == [.contraindication])
        #expect(verdict("alpha", "5 mg po daily").flags == [.contraindication])
        #expect(verdict("alpha nasal spray", nil).flags.isEmpty)
        #expect(verdict("alpha nasal spray", nil).toCheck.isEmpty)
        #expect(verdict("alpha", nil).toCheck.map(\.condition) == ["route=oral"])
    }

    @Test func theRouteIsToldByTheCodeToo() throws {
        let drugs =
            "id\tatc\thcpcs\tname\tsynonyms\tclasses\tmax_daily_mg\tmax_basis\tmax_citation\n"
            + "a\tA01AA01|S01AA01|D01AA01|R01AA01|R03AA01\tJ9999\tAlpha\t\t\t\t\t\n"
        let knowledge = try KnowledgeBase(
            files([
                "drugs.tsv": drugs,
                "statements.tsv": statements([
                    "drug:a\tfirst_line\tK29\t\tlabel\tuses\t",
                    "drug:a\tcontraindicated_if\tI10\troute=injection\tlabel\tnot\t",
                ]),
            ]))
        for (code, flags) in [("J9999", 1), ("S01AA01", 0), ("D01AA01", 0), ("R01AA01", 0), ("R03AA01", 0)] {
            let response = ask(knowledge, ["K29", "I10"], [BilledTreatment(.drug, code: code)])
            #expect(response.flags.count == flags, "\(code)")
            #expect(response.toCheck.isEmpty, "\(code)")
        }
        #expect(ask(knowledge, ["K29", "I10"], [alpha]).toCheck.count == 1)
    }

    @Test func theDoseDecidesWhereTheStatementNamesIt() throws {
        let base = try base([
            "drug:a\tfirst_line\tI50\t\tlabel\tuses\t", "drug:a\tcontraindicated_if\tI50\tdose>40\tlabel\tnot\t",
        ])
        func flags(_ dose: String?) -> AnalyzeResponse {
            ask(base, ["I50.9"], [BilledTreatment(.drug, code: "A01AA01", dose: dose)])
        }
        #expect(flags("40 mg daily").flags.isEmpty)
        #expect(flags("40 mg twice daily").flags == [.contraindication])
        #expect(flags(nil).toCheck.map(\.condition) == ["dose>40"])
    }

    @Test(arguments: [
        "route=ear", "dose>x", "dose>", "dose<4", "!dose>4", "age<-1", "egfr<99999999", "pregnancy&", "&",
    ])
    func conditionsThatAreNotInTheGrammar(text: String) {
        #expect(throws: DataFileError.self) { try base(["drug:a\tfirst_line\tK29\t\(text)\tlabel\tuses\t"]) }
    }

    @Test func filtrationIsTheWorstThatTheClaimNames() throws {
        let base = try base([
            "drug:a\tfirst_line\tE11\t\tlabel\tuses\t", "drug:a\tcontraindicated_if\t*\tegfr<30\tlabel\tnot\t",
        ])
        for (code, flagged, asked) in [
            ("N18.6", true, false), ("Z99.2", true, false), ("N18.4", true, false), ("N18.32", false, false),
            ("N18.30", false, false), ("N18.2", false, false), ("N18.9", false, true), ("N17.9", false, true),
        ] {
            let response = ask(base, ["E11.9", code], [alpha])
            #expect(response.flags == (flagged ? [.contraindication] : []), "\(code)")
            #expect(!response.toCheck.isEmpty == asked, "\(code)")
        }
        #expect(ask(base, ["E11.9", "N18.2", "N18.4"], [alpha]).flags == [.contraindication])
    }

    @Test func theSameDiagnosisTwiceIsOne() throws {
        let base = try base(["drug:a\tfirst_line\tK29\t\tlabel\tuses\t"])
        #expect(ask(base, ["K29.70", "k2970", "K29.70"], [alpha]).pairsAnalysed == 1)
    }

    @Test func siblingsAndClassesEachHaveTheirPath() throws {
        let base = try base([
            "drug:a\tfirst_line\tK29\t\tlabel\tuses\t", "drug:b\tfirst_line\tI10\t\tlabel\tuses\t",
            "class:group\tadjunct\tE11\t\tlabel\tuses\t",
        ])
        #expect(ask(base, ["E66.9"], [alpha]).verdict == .inconclusive, "nothing is known of obesity")
        let related = ask(base, ["I10"], [alpha])
        #expect(related.explanations[0].path.map(\.relation) == ["sibling", "first_line"])
        #expect(related.explanations[0].score == Score(hundredths: 30))
        let none = ask(base, ["K29.70", "E11.9"], [BilledTreatment(.drug, code: "A01AA02", name: "b")])
        #expect(none.verdict == .pass, "by its class in diabetes")
    }
}
