/// The map of SNOMED CT to ICD-10 or ICD-10-CM, from an extended map reference set in Release Format 2
/// (`der2_iisssccRefset_ExtendedMapSnapshot…`; SNOMED CT Release File Specifications, section 5.2.10).
///
/// Only rows that hold whatever the patient are used: their rule is `TRUE` or `OTHERWISE TRUE`. A map that depends on
/// age, sex or another finding is left out.
public struct SnomedMap: Sendable {
    /// ICD-10-CM of the United States edition, and ICD-10 of the international one.
    public static let icd10cmSet = "6011000124106"
    public static let icd10Set = "447562003"

    /// Codes by concept, in the order of their groups.
    public let codes: [String: [String]]

    /// - Parameters:
    ///   - extendedMap: The file.
    ///   - set: The reference set's id, such as ``icd10cmSet``.
    public init(extendedMap: [UInt8], set: String) throws(KnowledgeImportError) {
        let table = try DelimitedText(
            "ExtendedMap", extendedMap,
            required: [
                "active", "refsetid", "referencedcomponentid", "mapgroup", "mappriority", "maprule", "maptarget",
            ])
        struct Choice {
            let group: Int
            let priority: Int
            let code: String
        }
        var choices: [String: [Choice]] = [:]
        try table.forEach { row in
            guard row["active"] == "1", row["refsetid"] == set, !row["maptarget"].isEmpty,
                ["TRUE", "OTHERWISE TRUE"].contains(row["maprule"]), let group = Int(row["mapgroup"]),
                let priority = Int(row["mappriority"])
            else { return }
            // A code that needs a seventh character ends in a question mark.
            let code = row["maptarget"].filter { $0 != "?" }
            choices[row["referencedcomponentid"], default: []].append(
                Choice(group: group, priority: priority, code: code))
        }
        codes = choices.mapValues { rows in
            Dictionary(grouping: rows, by: \.group).sorted { $0.key < $1.key }.compactMap { _, rows in
                rows.min { $0.priority < $1.priority }?.code
            }
        }
    }
}

/// The concepts of SNOMED CT below others (`sct2_Relationship_Snapshot…`, Release Format 2, section 4.2.3).
public struct SnomedHierarchy: Sendable {
    private static let isA = "116680003"
    private let parents: [String: [String]]

    public init(relationships: [UInt8]) throws(KnowledgeImportError) {
        let table = try DelimitedText(
            "Relationship", relationships, required: ["active", "sourceid", "destinationid", "typeid"])
        var parents: [String: [String]] = [:]
        try table.forEach { row in
            guard row["active"] == "1", row["typeid"] == Self.isA else { return }
            parents[row["sourceid"], default: []].append(row["destinationid"])
        }
        self.parents = parents
    }

    /// A concept's ancestors, the nearest first; each once, even where the file has a circle.
    public func ancestors(of concept: String) -> [String] {
        var found: [String] = []
        var seen: Set<String> = [concept]
        var open = [concept]
        while !open.isEmpty {
            let level = open.flatMap { parents[$0] ?? [] }.filter { seen.insert($0).inserted }
            found += level
            open = level
        }
        return found
    }
}
