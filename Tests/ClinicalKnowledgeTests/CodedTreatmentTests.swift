import ClinicalKnowledge
import Foundation
import HealthTypes
import Terminology
import Testing

/// Treatments that a claim names by NDC, RxCUI or LOINC code; the products are invented.
@Suite struct CodedTreatmentTests {
    static let shippedTables = Result {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return try DataFiles(folder: folder.appendingPathComponent("CodeTables").path)
    }

    static let ndc = """
        # table: ndc version: test effective: ..
        code\tname\tsubstances\tstrengths\tform\troutes\tmarketed_from\tmarketed_to\tpackages
        000937214\tMade up\tMETFORMIN HYDROCHLORIDE\t500 mg/1\tTABLET\tORAL\t\t\t01
        000937215\tMade up\tHYDROCHLOROTHIAZIDE|LISINOPRIL\t\tTABLET\tORAL\t\t\t01
        000937216\tMade up\tMETFORMIN HYDROCHLORIDE|DIGOXIN\t\tTABLET\tORAL\t\t\t01
        000937217\tMade up\tPOTASSIUM UNOBTAINATE\t\tTABLET\tORAL\t\t\t01
        704500123\tMade up\tUNOBTAINIUM\t\tTABLET\tORAL\t\t\t01

        """

    static let tables = Result {
        var files = try shippedTables.get().files
        files["ndc.tsv"] = Array(ndc.utf8)
        return try CodeTables(DataFiles(files: files))
    }

    func judge(
        _ codes: [String], _ treatments: [BilledTreatment], tables: Result<CodeTables, any Error> = tables
    ) throws -> AnalyzeResponse {
        shipped.analyze(AnalyzeRequest(icd10Codes: codes, treatments: treatments), naming: try tables.get())
    }

    /// The best score of a line, nil where it was not judged.
    func score(_ diagnosis: String, _ kind: BilledTreatment.Kind, _ code: String) throws -> Score? {
        try judge([diagnosis], [BilledTreatment(kind, code: code)]).explanations.map(\.score).max()
    }

    @Test func aDrugIsJudgedByItsIngredient() throws {
        let byATC = try score("E11.9", .drug, "A10BA02")
        #expect(byATC != nil)
        #expect(
            try Self.tables.get().codedTreatment("0093-7214-01", kind: .drug)
                == CodedTreatment(ingredients: ["METFORMIN HYDROCHLORIDE"], routes: ["ORAL"]))
        for code in ["0093-7214-01", "00093721401", "0093721401", "ndc:0093-7214-01", "6809", "rxnorm:6809"] {
            #expect(try score("E11.9", .drug, code) == byATC, "\(code)")
        }
    }

    @Test func aTestIsJudgedByItsLOINCCode() throws {
        let service = try #require(shipped.services.first { $0.loinc == "718-7" })
        let code = try #require(service.codes.first)
        let byCPT = try score("D50.9", .test, code)
        #expect(byCPT != nil)
        #expect(try score("D50.9", .test, "718-7") == byCPT)
        #expect(try score("D50.9", .test, "loinc:718-7") == byCPT)
        #expect(try score("D50.9", .test, "718-8") == nil, "the check digit is wrong")
    }

    @Test func everyLOINCCodeOfTheKnowledgeIsOne() {
        let codes = shipped.services.map(\.loinc).filter { !$0.isEmpty }
        #expect(codes.count > 50)
        for code in codes { #expect(ObservationCode.isValid(code), "\(code)") }
    }

    @Test func aCombinationIsJudgedAsOneOrNotAtAll() throws {
        let byName = try judge(["I10"], [BilledTreatment(.drug, code: "", name: "Lisinopril-hydrochlorothiazide")])
        let byCode = try judge(["I10"], [BilledTreatment(.drug, code: "0093-7215-01")])
        #expect(byName.explanations.first?.score == byCode.explanations.first?.score)
        #expect(byCode.explanations.count == 1)
        let unknown = try judge(["I10"], [BilledTreatment(.drug, code: "0093-7216-01")])
        #expect(unknown.explanations.isEmpty && unknown.inconsistencies.isEmpty)
        #expect(unknown.unassessed.contains { $0.code == "0093-7216-01" })
    }

    @Test(arguments: [
        "0093-9999-01", "0093-7217-01", "rxnorm:99999999", "99999999", "4548-5", "ndc:x", "loinc:1", "704500123",
    ])
    func whatIsNotKnownIsUnassessedAndNeverAFlag(code: String) throws {
        let response = try judge(["K29.70"], [BilledTreatment(.drug, code: code)])
        #expect(response.unassessed.map(\.code) == [code])
        #expect(response.inconsistencies.isEmpty && response.overbillingIndicators.isEmpty && response.toCheck.isEmpty)
    }

    /// The labeler of an NDC may have the digits of a CPT code: 70450 is a CT scan of the head.
    @Test func anNDCIsNotAProcedureWithModifiers() throws {
        #expect(try score("R51.9", .test, "70450") != nil)
        #expect(try score("R51.9", .test, "70450-26") != nil)
        for code in ["70450-0123-01", "70450-0999-01", "70450-123-01", "ndc:70450-0123-01"] {
            #expect(try score("R51.9", .drug, code) == nil, "\(code)")
        }
        let twice = [
            BilledTreatment(.test, code: "loinc:1742-6", serviceDate: CalendarDate("2026-01-01")),
            BilledTreatment(.test, code: "loinc:1920-8", serviceDate: CalendarDate("2026-01-01")),
        ]
        #expect(try judge(["K29.70"], twice).overbillingIndicators.isEmpty, "two codes of one system are two tests")
    }

    @Test func fiveDigitsAreACodeOfCPTAndNotAnRxCUI() throws {
        #expect(try Self.tables.get().rxnorm("29046") != nil)
        #expect(try score("I10", .drug, "29046") == nil)
        #expect(try score("I10", .drug, "rxnorm:29046") == score("I10", .drug, "C09AA03"))
        #expect(try score("E11.9", .procedure, "6809") == nil, "no drug")
    }

    @Test func aNameIsReadWhereTheCodeIsNotKnown() throws {
        let named = try judge(["E11.9"], [BilledTreatment(.drug, code: "0093-9999-01", name: "metformin 500 mg")])
        #expect(named.explanations.first?.score == (try score("E11.9", .drug, "A10BA02")))
    }

    private struct OneDrug: DiagnosisNaming {
        let routes: [String]

        func name(ofDiagnosis code: String) -> String? { code }
        func isKnownDiagnosis(_ code: String) -> Bool { true }
        func codedTreatment(_ code: String, kind: BilledTreatment.Kind) -> CodedTreatment? {
            CodedTreatment(ingredients: ["ALPHA"], routes: routes)
        }
    }

    @Test func theRouteOfTheTableHoldsWhereTheLineSaysNone() throws {
        let base = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "drug:a\tfirst_line\tJ30\t\tlabel\tuses\t",
                    "drug:a\tcontraindicated_if\tI10\troute=oral\tlabel\tnot\t",
                ])
            ]))
        func verdict(_ routes: String..., dose: String? = nil) -> AnalyzeResponse {
            let line = BilledTreatment(.drug, code: "0093-7218-01", dose: dose)
            return base.analyze(
                AnalyzeRequest(icd10Codes: ["J30.1", "I10"], treatments: [line]), naming: OneDrug(routes: routes))
        }
        #expect(verdict("ORAL").overbillingIndicators.map(\.code) == [.contraindicated])
        #expect(verdict("INTRAVENOUS").overbillingIndicators.isEmpty)
        #expect(verdict("INTRAVENOUS", "SUBCUTANEOUS").toCheck.isEmpty)
        for unclear in [verdict(), verdict("ORAL", "INTRAVENOUS"), verdict("ORAL", "PERCUTANEOUS")] {
            #expect(unclear.toCheck.map(\.condition) == ["route=oral"])
        }
        #expect(verdict("ORAL", dose: "5 mg iv").overbillingIndicators.isEmpty, "the line's own words go first")
    }

    /// Most of the shipped ingredients are drugs of the knowledge base.
    @Test func theShippedIngredientsAreDrugsOfTheKnowledge() throws {
        let files = try Self.shippedTables.get()
        let codes = (files.text("rxnorm.tsv") ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
            .compactMap { $0.split(separator: "\t").first.map(String.init) }
        let tables = try Self.tables.get()
        let known = codes.filter { code in
            guard let name = tables.codedTreatment("rxnorm:\(code)", kind: .drug)?.ingredients.first else {
                return false
            }
            return shipped.treatments(matching: name).contains { $0.isDrug }
        }
        #expect(known.count >= 490, "\(known.count) of \(codes.count)")
    }
}
