/// RxNorm's own concepts (`RXNCONSO.RRF`, `RXNREL.RRF`), made into `rxnorm.tsv`: a row a concept with the ingredients
/// that it holds.
///
/// Only rows whose source (SAB) is RXNORM are read; those of other sources in the full release stand under their
/// owners' licences. What a concept holds is found by its relations downwards: pack, branded drug, clinical drug,
/// component, brand or precise ingredient, ingredient. A relation is read by the term types of its two ends, so that it
/// does not matter which of a pair of inverse rows is met.
public struct RxNormImport: Sendable {
    /// `rxnorm.tsv`.
    public let files: [String: String]
    public let concepts: Int
    public let ingredients: Int
    /// Concepts for which no ingredient was found.
    public let withoutIngredients: Int

    private struct Concept {
        let termType: String
        let rank: Int
        let name: String
        let isObsolete: Bool
        var below: Set<UInt32> = []
    }

    /// Term types by their distance from the ingredient. Forms, groups of forms and synonyms are not concepts of drugs.
    private static let ranks: [String: Int] = [
        "IN": 0, "PIN": 1, "MIN": 1, "BN": 2, "SCDC": 3, "SCDF": 3, "SCDFP": 3, "SCDG": 3, "SCDGP": 3, "SBDC": 4,
        "SBDF": 4, "SBDFP": 4, "SBDG": 4, "SCD": 5, "SBD": 6, "GPCK": 7, "BPCK": 8,
    ]

    /// The relations that lead towards an ingredient, and their inverses.
    private static let relations: Set<String> = [
        "has_ingredient", "ingredient_of", "has_ingredients", "ingredients_of", "has_precise_ingredient",
        "precise_ingredient_of", "consists_of", "constitutes", "tradename_of", "has_tradename", "form_of", "has_form",
        "has_part", "part_of", "contains", "contained_in",
    ]

    /// - Parameters:
    ///   - concepts: `RXNCONSO.RRF`.
    ///   - relations: `RXNREL.RRF` of the same release.
    ///   - version: Such as `2026-11-02`; no white space.
    ///   - period: The days for which the table holds, `2026-11-02..`.
    public init(
        concepts: OfficialFile, relations: OfficialFile, version: String, period: String
    ) throws(TableImportError) {
        let table = try ImportedTable(
            "rxnorm", version: version, period: period,
            source: "RxNorm (National Library of Medicine), \(concepts.name) and \(relations.name), SAB=RXNORM only",
            licence: "RxNorm's own names and relations are free to use; the Current Prescribable Content needs no "
                + "licence, the full release is had under the UMLS licence. This product uses publicly available data "
                + "from the U.S. National Library of Medicine, which is not responsible for it and does not endorse it",
            columns: DrugConcept.columns.joined(separator: "\t"))
        var found = try Self.concepts(concepts)
        try Self.relate(relations, &found)
        let held = Self.ingredients(found)
        files = [
            "rxnorm.tsv": table.text(
                Dictionary(
                    uniqueKeysWithValues: found.map { code, concept in
                        let ingredients = concept.rank == 0 ? [] : held[code, default: []].sorted()
                        return (
                            String(code),
                            [
                                concept.termType, concept.name, ingredients.map(String.init).joined(separator: " "),
                                concept.isObsolete ? "obsolete" : "",
                            ].joined(separator: "\t")
                        )
                    }))
        ]
        self.concepts = found.count
        ingredients = found.values.count { $0.rank == 0 }
        withoutIngredients = found.keys.count { held[$0, default: []].isEmpty }
    }

    /// RXCUI|LAT|TS|LUI|STT|SUI|ISPREF|RXAUI|SAUI|SCUI|SDUI|SAB|TTY|CODE|STR|SRL|SUPPRESS|CVF|
    private static func concepts(_ file: OfficialFile) throws(TableImportError) -> [UInt32: Concept] {
        let lines = try file.lines()
        var found: [UInt32: Concept] = [:]
        while let line = try lines.next() {
            if line.isEmpty { continue }
            let cells = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
            guard cells.count >= 18 else { throw lines.fail("has not the 18 cells of RXNCONSO") }
            guard cells[11].elementsEqual("RXNORM".utf8) else { continue }
            let termType = OfficialFile.text(cells[12])
            guard let rank = ranks[termType] else { continue }
            guard let code = number(cells[0]) else { throw lines.fail("its RXCUI is not a number") }
            let isObsolete = !cells[16].elementsEqual("N".utf8)
            // An atom in use goes before one that is not.
            if let listed = found[code], !listed.isObsolete || isObsolete { continue }
            found[code] = Concept(
                termType: termType, rank: rank, name: ImportedTable.cell(OfficialFile.text(cells[14])),
                isObsolete: isObsolete)
        }
        return found
    }

    /// RXCUI1|RXAUI1|STYPE1|REL|RXCUI2|RXAUI2|STYPE2|RELA|RUI|SRUI|SAB|SL|DIR|RG|SUPPRESS|CVF|
    private static func relate(_ file: OfficialFile, _ found: inout [UInt32: Concept]) throws(TableImportError) {
        let lines = try file.lines()
        while let line = try lines.next() {
            if line.isEmpty { continue }
            let cells = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
            guard cells.count >= 16 else { throw lines.fail("has not the 16 cells of RXNREL") }
            guard cells[10].elementsEqual("RXNORM".utf8), cells[2].elementsEqual("CUI".utf8),
                let first = number(cells[0]), let second = number(cells[4]),
                let firstRank = found[first]?.rank, let secondRank = found[second]?.rank, firstRank != secondRank,
                relations.contains(String(decoding: cells[7], as: UTF8.self))
            else { continue }
            let (upper, lower) = firstRank > secondRank ? (first, second) : (second, first)
            found[upper]?.below.insert(lower)
        }
    }

    /// The ingredients of every concept, those of what lies below it first.
    private static func ingredients(_ found: [UInt32: Concept]) -> [UInt32: Set<UInt32>] {
        var held: [UInt32: Set<UInt32>] = [:]
        for (code, concept) in found.sorted(by: { $0.value.rank < $1.value.rank }) {
            held[code] =
                concept.rank == 0 ? [code] : concept.below.reduce(into: []) { $0.formUnion(held[$1, default: []]) }
        }
        return held
    }

    private static func number(_ cell: ArraySlice<UInt8>) -> UInt32? {
        guard (1...8).contains(cell.count), cell.first != UInt8(ascii: "0") else { return nil }
        var value: UInt32 = 0
        for byte in cell {
            guard byte.isDigit else { return nil }
            value = value * 10 + UInt32(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
