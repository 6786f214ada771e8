import ClinicalKnowledge
import Foundation
import HealthTypes
import Terminology
import Testing

/// Everyday claims, as a coder would know them: what the shipped knowledge must get right.
@Suite struct CommonClaimTests {
    @Test(arguments: [
        "I10 lisinopril", "I10 amlodipine", "I10 80048", "E11.9 metformin", "E11.65 insulin glargine", "E11.9 83036",
        "E11.9 80061", "E78.5 atorvastatin", "I48.91 apixaban", "I48.20 warfarin", "Z79.01,I48.20 85610",
        "I50.22 carvedilol", "I50.22 spironolactone", "I50.9 furosemide", "I25.10 aspirin", "I21.4 clopidogrel",
        "J45.909 albuterol", "J45.40 budesonide-formoterol", "J44.1 prednisone", "J44.9 tiotropium", "J44.9 94060",
        "J18.9 azithromycin", "J18.9 71046", "J02.0 amoxicillin", "J02.9 87880", "H66.91 amoxicillin",
        "J01.90 amoxicillin-clavulanate", "J30.9 fluticasone nasal", "K21.9 omeprazole", "K29.70 pantoprazole",
        "K25.9 43235", "N39.0 nitrofurantoin", "N39.0 87086", "L03.115 cephalexin", "M54.50 ibuprofen",
        "M54.50 97110", "M17.11 20610", "M10.9 colchicine", "F32.9 sertraline", "F41.1 escitalopram", "F90.9 Adderall",
        "E03.9 levothyroxine", "E03.9 84443", "D50.9 ferrous sulfate", "E53.8 J3420", "N40.1 tamsulosin",
        "G43.909 sumatriptan", "G40.909 levetiracetam", "Z12.11 45378", "Z12.31 77067", "Z23 90686", "Z00.00 80061",
        "N18.6 90935", "C50.911 anastrozole", "H40.1131 latanoprost", "L20.9 triamcinolone cream", "G47.33 E0601",
        "B02.9 valacyclovir", "J10.1 oseltamivir", "U07.1 Paxlovid", "R07.9 84484", "R10.9 74177", "S93.401A 73610",
    ])
    func fits(claim: String) throws {
        let (codes, treatment) = try parts(claim)
        let response = analyze(codes, treatment)
        #expect(response.verdict == .pass, "\(response.inconsistencies) \(response.unassessed)")
    }

    @Test(arguments: [
        "K29.70 digoxin", "I10 amoxicillin", "E11.9 sumatriptan", "J02.0 metformin", "M54.50 omeprazole",
        "F32.9 amoxicillin", "K21.9 insulin glargine", "L03.115 atorvastatin", "N39.0 72148", "H66.91 warfarin",
    ])
    func doesNotFit(claim: String) throws {
        let (codes, treatment) = try parts(claim)
        let response = analyze(codes, treatment)
        #expect(response.verdict == .flag)
        #expect(response.flags.contains(.mismatch))
    }

    private func parts(_ claim: String) throws -> ([String], BilledTreatment) {
        let parts = claim.split(separator: " ", maxSplits: 1).map(String.init)
        let known = try #require(shipped.treatments(matching: parts[1]).first)
        return (
            parts[0].split(separator: ",").map(String.init),
            BilledTreatment(known.isDrug ? .drug : .test, code: known.codes[0], name: parts[1])
        )
    }

    private func analyze(_ codes: [String], _ treatment: BilledTreatment) -> AnalyzeResponse {
        shipped.analyze(
            AnalyzeRequest(icd10Codes: codes, treatments: [treatment], patientAge: 50, patientSex: .male),
            naming: EveryCode())
    }

    private struct EveryCode: DiagnosisNaming {
        func name(ofDiagnosis code: String) -> String? { code }
        func isKnownDiagnosis(_ code: String) -> Bool { true }
    }

    @Test func theCodeTablesNameWhatBothSystemsKnow() throws {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let tables = try CodeTables(DataFiles(folder: folder.appendingPathComponent("CodeTables").path))
        let request = AnalyzeRequest(
            icd10Codes: ["K29.7", "K29.70", "K99.99"], treatments: [BilledTreatment(.drug, code: "A02BC01")])
        let response = shipped.analyze(request, naming: tables)
        #expect(response.explanations.map(\.icd10Code) == ["K29.7", "K29.70"])
        #expect(response.unassessed.map(\.code) == ["K99.99"])
        #expect(tables.name(ofDiagnosis: "K29.7")?.isEmpty == false)
    }
}
