import ClinicalKnowledge
import HealthTypes
import Testing

@Suite struct OverbillingTests {
    func test(_ code: String, _ day: String?) -> BilledTreatment {
        BilledTreatment(.test, code: code, serviceDate: day.flatMap { CalendarDate($0) })
    }

    @Test func theSameTestWithinTwoDaysIsADuplicate() {
        let sameDay = analyze(["E11.9"], [test("83036", "2026-03-02"), test("83036", "2026-03-02")])
        #expect(sameDay.overbillingIndicators.map(\.code) == [.duplicateTest])
        #expect(sameDay.verdict == .flag)
        #expect(sameDay.flags == [.overbilling])
        #expect(sameDay.riskScore == Score(hundredths: 40))
        let nextDay = analyze(["E11.9"], [test("83036", "2026-03-03"), test("83036", "2026-03-02")])
        #expect(nextDay.flags == [.overbilling])
    }

    @Test func twoDaysApartCannotBeToldAndThreeIsNone() {
        let two = analyze(["E11.9"], [test("83036", "2026-03-02"), test("83036", "2026-03-04")])
        #expect(two.verdict == .pass)
        #expect(two.toCheck.contains { $0.reason.contains("48 hours") })
        let three = analyze(["E11.9"], [test("83036", "2026-03-02"), test("83036", "2026-03-05")])
        #expect(three.toCheck.isEmpty)
    }

    @Test func withoutDatesItSaysThatItCannotTell() {
        let response = analyze(["E11.9"], [test("83036", nil), test("83036", nil)])
        #expect(response.verdict == .inconclusive)
        #expect(response.unassessed.map(\.what) == ["duplicate_test"])
        #expect(response.flags.isEmpty)
    }

    @Test func aPanelHoldsItsTests() {
        let panel = analyze(["N18.31"], [test("80053", "2026-03-02"), test("82565", "2026-03-02")])
        #expect(panel.overbillingIndicators.map(\.code) == [.duplicateTest])
        let both = analyze(["N18.31"], [test("80048", "2026-03-02"), test("80053", "2026-03-02")])
        #expect(both.overbillingIndicators.map(\.code) == [.duplicateTest])
    }

    @Test func repeatModifiersAndSiblingCodesAreNoDuplicates() {
        let repeated = analyze(["N18.31"], [test("80048", "2026-03-02"), test("80048-91", "2026-03-02")])
        #expect(repeated.verdict == .pass)
        let typeAndRhesus = analyze(["D62"], [test("86900", "2026-03-02"), test("86901", "2026-03-02")])
        #expect(typeAndRhesus.flags.isEmpty)
    }

    @Test(arguments: [
        ("C10AA05", "80 mg daily", false), ("C10AA05", "80 mg twice daily", true), ("C10AA05", "0.16 g", true),
        ("N02BE01", "1000 mg q6h", false), ("N02BE01", "1 g every 4 hours", true), ("A07DA03", "4 mg b.i.d.", false),
    ])
    func doses(atc: String, dose: String, isExcessive: Bool) {
        let response = analyze(["R52"], [BilledTreatment(.drug, code: atc, dose: dose)])
        #expect(response.overbillingIndicators.contains { $0.code == .excessiveDosage } == isExcessive)
        #expect(!response.unassessed.contains { $0.what == "dose" })
    }

    @Test(arguments: ["as directed", "2 tablets", "500 mg/5 mL", "50 mg/kg", "500-1000 mg", "-5 mg", "99999999 mg", ""])
    func dosesThatAreNotUnderstood(text: String) {
        let response = analyze(["R52"], [BilledTreatment(.drug, code: "N02BE01", dose: text)])
        #expect(response.unassessed.map(\.what) == ["dose"])
        #expect(response.verdict == .inconclusive)
    }

    @Test func billedUnitsCountWhereNoDoseIsGiven() {
        func ceftriaxone(_ units: Int) -> AnalyzeResponse {
            analyze(["J18.9"], [BilledTreatment(.drug, code: "J0696", quantity: units)])
        }
        #expect(ceftriaxone(16).verdict == .pass)
        #expect(ceftriaxone(17).overbillingIndicators.map(\.code) == [.excessiveDosage])
        #expect(ceftriaxone(17).overbillingIndicators[0].detail.hasPrefix("4250 mg a day where the most is 4000 mg"))
    }

    /// A claim with one treatment more is never the better for it.
    @Test func moreTreatmentsNeverLowerTheRisk() {
        var random = SeededRandom(seed: 20_261_123)
        let drugs = shipped.drugs.map { BilledTreatment(.drug, code: $0.atc.first ?? $0.id, dose: "5000 mg") }
        let tests = shipped.services.map { test($0.codes.first ?? $0.id, "2026-03-02") }
        let codes = ["I10", "E11.9", "N18.6", "J45.909", "K29.70", "Z34.01", "R07.9", "F32.9", "U99", "Q90.9"]
        for _ in 0..<300 {
            let diagnoses = (0..<random.integer(in: 1..<4)).map { _ in random.pick(codes) }
            var treatments: [BilledTreatment] = []
            var before = analyze(diagnoses, [])
            for _ in 0..<6 {
                treatments.append(random.pick(random.chance(60) ? drugs : tests))
                let after = analyze(diagnoses, treatments)
                #expect(after.riskScore >= before.riskScore)
                #expect(after.totalInconsistencyScore >= before.totalInconsistencyScore)
                #expect(Set(after.flags).isSuperset(of: before.flags))
                before = after
            }
        }
    }

    /// A diagnosis more never makes a treatment fit worse, contraindications apart.
    @Test func relevanceIsTheBestOverTheDiagnoses() throws {
        var random = SeededRandom(seed: 7)
        let codes = ["I10", "E11.9", "K21.9", "J44.9", "M17.11", "F32.9", "R05.9"]
        for drug in shipped.drugs {
            guard let code = drug.atc.first else { continue }
            let known = try #require(shipped.treatments(matching: code).first)
            let picked = [random.pick(codes), random.pick(codes)]
            let response = analyze(picked, [BilledTreatment(.drug, code: code)], age: 40, sex: .male)
            for explanation in response.explanations where !explanation.path.isEmpty && explanation.score > .zero {
                let alone = shipped.relevance(of: known, to: explanation.icd10Code, age: 40, sex: .male)
                #expect(alone.score == explanation.score)
            }
        }
    }
}
