import HealthTypes
import Terminology
import Testing

@Suite struct DiagnosisTests {
    let tables: CodeTables

    init() throws { tables = try Shipped.tables.get() }

    @Test(arguments: ["K29.70", "K2970", "k29.70", "k2970"])
    func aBillableCodeIsFoundHoweverItIsWritten(text: String) throws {
        let code = try #require(tables.diagnosis(text))
        #expect(code.code == "K2970")
        #expect(code.dotted == "K29.70")
        #expect(code.system == .icd10cm)
        #expect(code.title == "Gastritis, unspecified, without bleeding")
        #expect(code.isBillable)
        #expect(tables.lookUpDiagnosis(text) == .billable(code))
    }

    @Test(arguments: [
        "", "K", "K2", "K2.970", "K297.0", "K29..70", "K29-70", "K29.70 ", "1234", "K29.7000000", "Ä29.70", "K29\t",
    ])
    func textThatIsNoCodeIsUnknown(text: String) {
        #expect(tables.lookUpDiagnosis(text) == .unknown)
        #expect(tables.diagnosis(text) == nil)
        #expect(tables.whoDiagnosis(text) == nil)
        #expect(tables.ancestors(ofDiagnosis: text).isEmpty)
    }

    @Test(arguments: ["ZZZ", "ZZZ.Z", "K29.79", "A00.00", "E11.9X"])
    func aWellFormedCodeOfNoTableIsUnknown(text: String) {
        #expect(tables.lookUpDiagnosis(text) == .unknown)
    }

    @Test func aHeadingNamesBillableCodesBelowIt() throws {
        guard case .notBillable(let code, let examples) = tables.lookUpDiagnosis("K29.7") else {
            Issue.record("K29.7 should be a heading")
            return
        }
        #expect(!code.isBillable)
        #expect(examples.map(\.dotted) == ["K29.70", "K29.71"])
        #expect(examples.allSatisfy { $0.isBillable })
        let who = try #require(tables.whoDiagnosis("K29.7"))
        #expect(who.system == .icd10)
        #expect(!who.isBillable)
    }

    @Test func noMoreThanFiveExamplesAreNamed() {
        guard case .notBillable(_, let examples) = tables.lookUpDiagnosis("S72") else {
            Issue.record("S72 should be a heading")
            return
        }
        #expect(examples.count == 5)
        #expect(examples.allSatisfy { $0.code.hasPrefix("S72") && $0.isBillable })
    }

    @Test func seventhCharactersAreCodesOfTheirOwn() throws {
        let code = try #require(tables.diagnosis("S72.001A"))
        #expect(code.isBillable)
        #expect(
            code.title
                == "Fracture of unspecified part of neck of right femur, initial encounter for closed fracture")
        #expect(tables.diagnosis("S72.001")?.isBillable == false)
        #expect(tables.diagnosis("S72.001Z") == nil)
        // The placeholder X is not a heading, so the title continues that of S05.00.
        #expect(
            tables.diagnosis("S05.00XA")?.title
                == "Injury of conjunctiva and corneal abrasion without foreign body, unspecified eye, initial encounter"
        )
    }

    @Test func categoriesMayBeBillable() {
        #expect(tables.diagnosis("I10")?.isBillable == true)
        #expect(tables.diagnosis("E11.9")?.isBillable == true)
        #expect(tables.diagnosis("E11")?.isBillable == false)
    }

    @Test func whoCodesAreKnownAsSuch() throws {
        guard case .whoOnly(let code) = tables.lookUpDiagnosis("I64") else {
            Issue.record("I64 should be a code of WHO ICD-10 alone")
            return
        }
        #expect(code.system == .icd10)
        #expect(!code.isBillable)
        #expect(tables.diagnosis("i64") == code)
        // A heading that our list does not name is a code of WHO ICD-10 as a rule, but not an American addition.
        #expect(tables.whoDiagnosis("K31.8")?.system == .icd10)
        #expect(tables.whoDiagnosis("M1A") == nil)
        #expect(tables.whoDiagnosis("S72.00") == nil)
        #expect(tables.whoDiagnosis("ZZZ") == nil)
    }

    @Test func aDateOutsideThePeriodIsToldAndNotRefused() throws {
        func isOutside(_ text: String) throws -> Bool {
            let day: CalendarDate = try #require(CalendarDate(text))
            return try #require(tables.diagnosis("E11.9", on: day)).isOutsideTablePeriod
        }
        #expect(try isOutside("2025-09-30"))
        #expect(try !isOutside("2025-10-01"))
        #expect(try !isOutside("2026-09-30"))
        #expect(try isOutside("2026-10-01"))
        #expect(tables.diagnosis("E11.9")?.isOutsideTablePeriod == false)
    }

    @Test func theWayUpLeadsThroughBlockAndChapter() {
        #expect(
            tables.ancestors(ofDiagnosis: "k29.70")
                == ["K2970", "K297", "K29", "icd10cm-block:K20-K31", "icd10cm-chapter:11"])
        #expect(
            tables.ancestors(ofDiagnosis: "S05.00XA")
                == ["S0500XA", "S0500", "S050", "S05", "icd10cm-block:S00-S09", "icd10cm-chapter:19"])
        // A block may share its name with a category, and a category may lie outside the order of its block.
        #expect(
            tables.ancestors(ofDiagnosis: "C50") == [
                "C50", "icd10cm-block:C50", "icd10cm-block:C00-C75", "icd10cm-block:C00-C96", "icd10cm-chapter:2",
            ])
        #expect(tables.ancestors(ofDiagnosis: "M1A").dropFirst().first == "icd10cm-block:M05-M14")
        #expect(tables.diagnosisGroupTitle("icd10cm-block:C50")?.hasPrefix("Malignant") == true)
    }

    @Test func codesUnderAHeadingAreCounted() {
        #expect(tables.billableDiagnosisCount(under: "K29.7") == 2)
        #expect(tables.billableDiagnosisCount(under: "K29.70") == 1)
        #expect(tables.billableDiagnosisCount(under: "icd10cm-block:K20-K31") ?? 0 > 50)
        #expect(tables.billableDiagnosisCount(under: "icd10cm-block:K20-K99") == nil)
        #expect(tables.billableDiagnosisCount(under: "ZZZ") == nil)
        // Every code lies in one chapter and no other.
        let chapters = (1...22).compactMap { tables.billableDiagnosisCount(under: "icd10cm-chapter:\($0)") }
        #expect(chapters.count == 22)
        #expect(chapters.reduce(0, +) == 74_719)
    }

    @Test func noListedWhoCodeIsBillable() throws {
        let text = try #require(try Shipped.files.get().text("icd10who.tsv"))
        let codes = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map {
            $0.prefix { $0 != "\t" }
        }
        #expect(codes.count > 50)
        for code in codes {
            #expect(tables.diagnosis(String(code))?.isBillable == false, "\(code)")
            #expect(tables.whoDiagnosis(String(code)) != nil, "\(code)")
        }
    }

    @Test func theTableIsWhole() {
        #expect(tables.diagnosisCount == 98_186)
        #expect(tables.version.hasPrefix("icd10cm FY2026"))
        #expect(tables.ancestors(ofDiagnosis: "A00").last == "icd10cm-chapter:1")
        #expect(tables.diagnosis("A00.0")?.isBillable == true)
        #expect(tables.diagnosis("Z99.89")?.isBillable == true)
    }
}
