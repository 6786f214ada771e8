import ArgumentParser
import ClinicalKnowledge
import ClinicalText
import Foundation
import HealthTypes
import Pipeline
import Terminology

/// Which knowledge and which code tables a clinical command asks.
struct ClinicalOptions: ParsableArguments {
    @OptionGroup var home: HomeOptions
    @Option(help: "A folder of knowledge tables or an image, in place of the data folder Knowledge.")
    var knowledge: String?

    func clinicalData() throws -> ClinicalData { try ClinicalData(root: home.root(), knowledge: knowledge) }

    func knowledgeBase() throws -> KnowledgeBase {
        if let knowledge { return try ClinicalData.knowledge(at: knowledge) }
        return try ClinicalData.knowledge(root: home.root())
    }

    func tables() throws -> CodeTables { try ClinicalData.tables(root: home.root()) }

    /// Everything that is needed to read documents.
    func vocabulary() throws -> ClinicalVocabulary {
        let root = try home.root()
        return try ClinicalVocabulary(
            ClinicalData.files("Knowledge/text", root: root), codeTables: ClinicalData.files("CodeTables", root: root),
            drugs: knowledgeBase().drugNames)
    }
}

extension KnowledgeBase {
    /// The names under which a text may speak of the drugs, with their ATC codes.
    var drugNames: [ClinicalVocabulary.DrugNames] {
        drugs.map { drug in ([drug.name] + drug.synonyms, drug.atc.map { Code(.atc, $0) }) }
    }
}
