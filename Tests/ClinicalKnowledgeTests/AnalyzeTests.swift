import ClinicalKnowledge
import HealthTypes
import Testing

@Suite struct AnalyzeTests {
    let digoxin = BilledTreatment(.drug, code: "C01AA05", name: "digoxin")

    @Test func digoxinDoesNotFitGastritis() throws {
        let response = analyze(["K29.7"], [digoxin])
        #expect(response.verdict == .flag)
        #expect(response.pairsAnalysed == 1)
        #expect(response.flags == [.mismatch, .overbilling])
        let inconsistency = try #require(response.inconsistencies.first)
        #expect(inconsistency.relevanceScore == .zero)
        #expect(inconsistency.flagReason.contains("no established relationship"))
        #expect(inconsistency.flagReason.contains(shipped.version))
        #expect(inconsistency.guidelineReference.contains("digoxin"))
        #expect(response.overbillingIndicators.map(\.code) == [.unrelatedDrug])
        #expect(response.overbillingIndicators[0].guidelineReference?.contains("FDA") == true)
        #expect(response.totalInconsistencyScore == Score(hundredths: 100))
        #expect(response.riskScore == Score(hundredths: 70))
    }

    @Test func digoxinFitsHeartFailure() {
        let response = analyze(["I50.9"], [digoxin])
        #expect(response.verdict == .pass)
        #expect(response.explanations[0].score == Score(hundredths: 70))
        #expect(response.explanations[0].path.count == 1)
        #expect(response.riskScore == .zero)
    }

    @Test func theBestDiagnosisOfTheClaimCounts() {
        #expect(analyze(["K29.70", "I50.9"], [digoxin]).verdict == .pass)
    }

    @Test func preventionAfterInfarctionPasses() {
        let response = analyze(["I21.4"], [BilledTreatment(.drug, code: "C10AA05", name: "atorvastatin")])
        #expect(response.verdict == .pass)
        #expect(response.explanations[0].score == Score(hundredths: 40))
        #expect(response.explanations[0].path.count == 2, "by the class of statins")
    }

    @Test(arguments: [
        (["N18.6", "E11.22"], "A10BA02"), (["J45.909"], "C07AA05"), (["Z34.01", "I10"], "C09AA03"),
        (["O10.012"], "C09AA03"), (["I50.22"], "C08DB01"), (["I25.10", "G43.009"], "N02CC01"),
    ])
    func contraindications(codes: [String], atc: String) {
        let response = analyze(codes, [BilledTreatment(.drug, code: atc)], age: 30, sex: .female)
        #expect(response.verdict == .flag)
        #expect(response.flags == [.contraindication])
        #expect(response.overbillingIndicators.map(\.code).contains(.contraindicated))
        #expect(
            response.inconsistencies[0].guidelineReference.contains("Prescribing information") || codes[0] == "I50.22")
    }

    @Test func cardioselectiveBlockersAreNotContraindicatedInAsthma() {
        let response = analyze(["J45.909", "I10"], [BilledTreatment(.drug, code: "C07AB02")], sex: .male)
        #expect(response.verdict == .pass)
    }

    @Test func aConditionThatTheClaimDoesNotTellIsToBeChecked() {
        let lisinopril = BilledTreatment(.drug, code: "C09AA03")
        let woman = analyze(["I10"], [lisinopril], age: 30, sex: .female)
        #expect(woman.verdict == .pass)
        #expect(woman.toCheck.contains { $0.condition == "pregnancy" })
        let man = analyze(["I10"], [lisinopril], age: 30, sex: .male)
        #expect(!man.toCheck.contains { $0.condition == "pregnancy" })
        let old = analyze(["I10"], [lisinopril], age: 80, sex: .female)
        #expect(!old.toCheck.contains { $0.condition == "pregnancy" })
    }

    @Test func filtrationIsToldFromTheStageOfKidneyDisease() {
        let metformin = BilledTreatment(.drug, code: "A10BA02")
        func asked(_ codes: [String]) -> Bool {
            analyze(codes, [metformin]).toCheck.contains { $0.condition == "egfr<30" }
        }
        #expect(asked(["E11.9"]))
        #expect(asked(["E11.9", "N18.9"]))
        #expect(!asked(["E11.9", "N18.31"]))
        #expect(analyze(["E11.22", "N18.4"], [metformin]).flags == [.contraindication])
    }

    @Test func aTestThatMustComeFirstIsToBeChecked() {
        let metformin = BilledTreatment(.drug, code: "A10BA02")
        #expect(analyze(["E11.9"], [metformin]).toCheck.contains { $0.condition.hasSuffix("first") })
        let withPanel = analyze(["E11.9"], [metformin, BilledTreatment(.test, code: "80053")])
        #expect(!withPanel.toCheck.contains { $0.condition.hasSuffix("first") })
    }

    @Test func unknownThingsAreUnassessedAndNeverFlagged() {
        let unknownDrug = analyze(["I10"], [BilledTreatment(.drug, code: "Z99ZZ99", name: "no such thing")])
        #expect(unknownDrug.verdict == .inconclusive)
        #expect(unknownDrug.unassessed.map(\.what) == ["treatment"])
        let unknownCode = analyze(["U99.9"], [digoxin])
        #expect(unknownCode.verdict == .inconclusive)
        #expect(unknownCode.pairsAnalysed == 0)
        #expect(unknownCode.flags.isEmpty)
    }

    /// A base that says something of alpha in gastritis and heartburn, and nothing of any other diagnosis.
    @Test func aDiagnosisWithoutKnowledgeIsNeverAReasonToFlag() throws {
        let knowledge = try KnowledgeBase(
            files(["statements.tsv": statements(["drug:a\tfirst_line\tK29\t\tlabel\tuses\t"])]))
        func ask(_ codes: [String], _ atc: String) -> AnalyzeResponse {
            let request = AnalyzeRequest(icd10Codes: codes, treatments: [BilledTreatment(.drug, code: atc)])
            return knowledge.analyze(request, naming: AllCodes())
        }
        let alone = ask(["Q90.9"], "A01AA01")
        #expect(alone.verdict == .inconclusive)
        #expect(alone.flags.isEmpty)
        #expect(alone.unassessed.map(\.what) == ["diagnosis", "treatment"])
        #expect(ask(["K29.0", "Q90.9"], "A01AA01").verdict == .pass)
    }

    @Test func symptomCodesSupportNoMoreThanTheCap() {
        let response = analyze(["R07.9"], [BilledTreatment(.test, code: "93000")])
        #expect(response.explanations[0].score == Score(hundredths: 60))
        #expect(response.verdict == .pass)
    }

    @Test func siblingsInAClassScoreBetween() throws {
        let knowledge = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "drug:a\tfirst_line\tK29\t\tlabel\tuses\t", "drug:a\tadjunct\tK30\t\tlabel\tuses\t",
                    "drug:b\tfirst_line\tI10\t\tlabel\tuses\t",
                ])
            ]))
        let beta = try #require(knowledge.treatments(matching: "Brand 5 mg tablets").first)
        #expect(knowledge.relevance(of: beta, to: "K29.7").score == Score(hundredths: 30))
        #expect(knowledge.relevance(of: beta, to: "K29.7").path.count == 2)
        let request = AnalyzeRequest(icd10Codes: ["K30"], treatments: [BilledTreatment(.drug, code: "A01AA02")])
        let response = knowledge.analyze(request, naming: AllCodes())
        #expect(response.verdict == .inconclusive)
        #expect(response.inconsistencies.map(\.relevanceScore) == [Score(hundredths: 20)])
        #expect(response.flags.isEmpty)
    }

    @Test func aContraindicationGoesBeforeAClass() throws {
        let knowledge = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "class:group\tfirst_line\tK29\t\tlabel\tuses\t", "drug:b\tcontraindicated\tK29.7\t\tlabel\tnot\t",
                ])
            ]))
        let beta = try #require(knowledge.treatments(matching: "A01AA02").first)
        #expect(knowledge.relevance(of: beta, to: "K29.5").score == Score(hundredths: 100))
        #expect(knowledge.relevance(of: beta, to: "K29.71").score == .zero)
    }

    @Test func visitsFitEverything() {
        let response = analyze(["Q90.9"], [BilledTreatment(.procedure, code: "99213")])
        #expect(response.verdict == .pass)
        #expect(response.explanations[0].score == Score(hundredths: 100))
    }

    @Test func panelsSupportWhatTheirTestsDo() {
        let response = analyze(["N18.31"], [BilledTreatment(.test, code: "80048")])
        #expect(response.verdict == .pass)
        #expect(response.explanations[0].path.count == 2)
    }

    @Test func theWorstFindingDecides() {
        let propranolol = BilledTreatment(.drug, code: "C07AA05")
        let unknown = BilledTreatment(.drug, code: "X")
        let all = analyze(["J45.909"], [digoxin, propranolol, unknown])
        #expect(all.verdict == .flag)
        #expect(all.flags == [.contraindication, .mismatch, .overbilling])
        #expect(analyze(["J45.909"], [digoxin, unknown]).flags == [.mismatch, .overbilling])
        #expect(analyze(["J45.909"], [unknown]).verdict == .inconclusive)
    }

    /// The table of worked examples in docs/clinical-logic.md.
    @Test(arguments: [
        (["K29.7"], ["C01AA05"], "1.00", "0.70", "FLAG"), (["I50.9"], ["C01AA05"], "0.00", "0.00", "PASS"),
        (["K29.70", "I50.9"], ["C01AA05"], "0.00", "0.00", "PASS"),
        (["E11.22", "N18.6"], ["A10BA02"], "1.00", "0.90", "FLAG"),
        (["J45.909"], ["C07AA05", "C01AA05"], "2.00", "0.97", "FLAG"),
        (["I10"], ["Z99ZZ99"], "0.00", "0.10", "INCONCLUSIVE"),
    ])
    func workedExamples(codes: [String], atc: [String], total: String, risk: String, verdict: String) {
        let response = analyze(codes, atc.map { BilledTreatment(.drug, code: $0) })
        #expect(response.totalInconsistencyScore.description == total)
        #expect(response.riskScore.description == risk)
        #expect(response.verdict.rawValue == verdict)
    }
}
