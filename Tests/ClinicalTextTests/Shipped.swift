import ClinicalText
import Foundation
import HealthTypes

/// The vocabulary of the files that the project ships, built once for all tests.
enum Shipped {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let text = try! DataFiles(folder: root.appendingPathComponent("Knowledge/text").path)

    static let codeTables = DataFiles(
        files: [
            "icd10cm.tsv": [UInt8](try! Data(contentsOf: root.appendingPathComponent("CodeTables/icd10cm.tsv")))
        ])

    /// A few drugs, as the knowledge base would give them.
    static let drugs: [ClinicalVocabulary.DrugNames] = [
        (["Metformin", "Glucophage"], [Code(.atc, "A10BA02")]),
        (["Lisinopril", "Zestril"], [Code(.atc, "C09AA03")]),
        (["Amoxicillin"], [Code(.atc, "J01CA04")]),
        (["Aspirin", "acetylsalicylic acid"], [Code(.atc, "B01AC06")]),
        (["Warfarin", "Coumadin"], [Code(.atc, "B01AA03")]),
        (["Atorvastatin", "Lipitor"], [Code(.atc, "C10AA05")]),
        (["Acetaminophen", "Tylenol", "paracetamol"], [Code(.atc, "N02BE01")]),
    ]

    static let vocabulary = try! ClinicalVocabulary(text, codeTables: codeTables, drugs: drugs)

    static let extractor = ClinicalExtractor(vocabulary)
}
