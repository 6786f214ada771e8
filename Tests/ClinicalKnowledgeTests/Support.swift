import ClinicalKnowledge
import Foundation
import HealthTypes

/// The knowledge that ships with the program, read once.
let shipped: KnowledgeBase = {
    do { return try KnowledgeBase(shippedFiles()) } catch { fatalError("\(error)") }
}()

func shippedFiles() throws -> DataFiles {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return try DataFiles(folder: folder.appendingPathComponent("Knowledge").path)
}

/// Knows every code with the form of one, except those of chapter U.
struct AllCodes: DiagnosisNaming {
    func name(ofDiagnosis code: String) -> String? { isKnownDiagnosis(code) ? "title of \(code)" : nil }
    func isKnownDiagnosis(_ code: String) -> Bool { !code.isEmpty && code.first != "U" && code.count >= 3 }
}

func analyze(
    _ codes: [String], _ treatments: [BilledTreatment], age: Int? = nil, sex: PatientSex? = nil
) -> AnalyzeResponse {
    shipped.analyze(
        AnalyzeRequest(icd10Codes: codes, treatments: treatments, patientAge: age, patientSex: sex),
        naming: AllCodes())
}

/// A small knowledge base; each argument replaces a whole file.
func files(_ changes: [String: String] = [:]) -> DataFiles {
    var texts = [
        "VERSION": "1\n",
        "drugs.tsv": "id\tatc\thcpcs\tname\tsynonyms\tclasses\tmax_daily_mg\tmax_basis\tmax_citation\n"
            + "a\tA01AA01\t\tAlpha\t\tgroup\t\t\t\nb\tA01AA02\tJ0001=5\tBeta\tBrand\tgroup\t10\tadults\tlabel\n",
        "drug-classes.tsv": "id\tname\tatc_prefix\ngroup\tgroups\tA01AA\n",
        "services.tsv": "id\tcodes\tloinc\tname\tkind\tgeneral\tsynonyms\tmembers\nt\t80001\t\tTest\ttest\t\t\t\n",
        "citations.tsv": "id\ttitle\tedition\tpublisher\nlabel\tLabel\t2020\tFDA\n",
        "statements.tsv": statements(["drug:a\tfirst_line\tK29\t\tlabel\tuses\t"]),
    ]
    texts.merge(changes) { $1 }
    return DataFiles(files: texts.mapValues { Array($0.utf8) })
}

func statements(_ rows: [String]) -> String {
    "# a comment\nsubject\trelation\tobject\tcondition\tcitation\tlocator\tnote\n" + rows.joined(separator: "\n") + "\n"
}
