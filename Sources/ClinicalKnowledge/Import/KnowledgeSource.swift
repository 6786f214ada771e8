import HealthTypes

/// A publisher whose files can be read for proposals.
public enum KnowledgeSource: String, Sendable, CaseIterable {
    case drugCentral = "drugcentral"
    case rxNorm = "rxnorm"
    case rxClass = "rxclass"
    case atc

    /// What its files are, in the order in which they are given; one in brackets may be left out.
    public var files: [String] {
        switch self {
        case .drugCentral:
            [
                "structures (TSV)", "omop_relationship (TSV)", "the SNOMED CT extended map to ICD-10-CM (RF2 snapshot)",
                "[SNOMED CT relationships (RF2 snapshot)]",
            ]
        case .rxNorm: ["RXNCONSO.RRF", "RXNREL.RRF"]
        case .rxClass: ["an answer of RxClass (JSON)", "its disease ids with ICD-10 codes (TSV: id, codes)"]
        case .atc: ["the ATC index (TSV: ATC code, ATC level name)"]
        }
    }

    public var fileCounts: ClosedRange<Int> { files.filter { !$0.hasPrefix("[") }.count...files.count }
}

extension KnowledgeBase {
    /// What the files of a publisher would add, in the order of ``KnowledgeSource/files``; nothing is applied.
    ///
    /// Throws a ``KnowledgeImportError`` where a file has not the publisher's form.
    public func proposals(from source: KnowledgeSource, files: [[UInt8]]) throws -> KnowledgeProposals {
        guard source.fileCounts.contains(files.count) else {
            throw KnowledgeImportError(
                file: source.rawValue, line: nil, reason: "takes \(source.files.joined(separator: ", "))")
        }
        switch source {
        case .drugCentral:
            return try proposals(
                drugCentralStructures: files[0], relationships: files[1],
                map: SnomedMap(extendedMap: files[2], set: SnomedMap.icd10cmSet),
                hierarchy: files.count > 3 ? SnomedHierarchy(relationships: files[3]) : nil)
        case .rxNorm: return try proposals(rxnormConcepts: files[0], relations: files[1])
        case .rxClass:
            let answer: JSON
            do { answer = try JSON(parsing: files[0]) } catch {
                throw KnowledgeImportError(file: "RxClass", line: nil, reason: error.description)
            }
            return try proposals(rxClass: answer, diseases: Self.diseases(files[1]))
        case .atc: return try proposals(atcIndex: files[0])
        }
    }

    /// ICD-10 codes, separated by spaces, by the id of a disease.
    private static func diseases(_ bytes: [UInt8]) throws(KnowledgeImportError) -> [String: [String]] {
        var codes: [String: [String]] = [:]
        try DelimitedText("diseases", bytes, required: ["id", "codes"]).forEach { row in
            codes[row["id"], default: []] += row["codes"].split(separator: " ").map(String.init)
        }
        return codes
    }
}
