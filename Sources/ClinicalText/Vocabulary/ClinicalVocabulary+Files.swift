public import HealthTypes
import Terminology

extension ClinicalVocabulary {
    /// The names of drugs as values, so that this target need not know where they come from.
    public typealias DrugNames = (names: [String], codes: [Code])

    /// Builds the vocabulary from the files of the folder `Knowledge/text`, the ICD-10-CM table of the folder
    /// `CodeTables` and the names of drugs.
    ///
    /// Earlier names win over later ones: the tables of this project, then drugs, then ICD-10-CM, then synonyms.
    /// Throws a `DataFileError` that names file and line of the first row that cannot be used.
    public init(_ files: DataFiles, codeTables: DataFiles, drugs: [DrugNames] = []) throws {
        self.init()
        try addWordParts(files)
        try addTriggers(files)
        try addHeadings(files)
        try addDoseWords(files)
        try addCurated("condition-terms.tsv", .condition, files)
        for drug in drugs {
            for name in drug.names { add(VocabularyName(name, kind: .substance, codes: drug.codes)) }
        }
        try addCurated("substance-terms.tsv", .substance, files)
        try addDiagnoses(codeTables)
        try addInclusions(files)
        try addSynonyms("conditions.tsv", .condition, files)
        try addSynonyms("substances.tsv", .substance, files)
        try addAbbreviations(files)
        try addMisspellings(files)
    }

    /// Reads the named columns of each row; the files may lie in the folder itself or under `text/`.
    private static func rows(
        _ name: String, _ columns: [String], _ files: DataFiles,
        _ body: (_ row: [Substring], _ fail: RowFailure) throws -> Void
    ) throws {
        guard let bytes = files.files[name] ?? files.files["text/" + name] else {
            throw DataFileError(file: name, reason: "is missing")
        }
        let table = try TabularFile(name: name, bytes: bytes)
        let positions = try columns.map { try table.column($0, of: name) }
        for (line, cells) in table.rows {
            try body(positions.map { cells[$0] }, RowFailure(file: name, line: line))
        }
    }

    private struct RowFailure {
        let file: String
        let line: Int

        func callAsFunction(_ reason: String) -> DataFileError { DataFileError(file: file, line: line, reason: reason) }
    }

    // MARK: Names

    private static func diagnosis(_ text: Substring, _ fail: RowFailure) throws -> [Code] {
        guard !text.isEmpty else { return [] }
        guard let code = DiagnosisCode.normalized(text) else { throw fail("its code is not an ICD-10 code") }
        return [Code(.icd10cm, code)]
    }

    private mutating func addCurated(_ file: String, _ kind: VocabularyName.Kind, _ files: DataFiles) throws {
        try Self.rows(file, ["names", "code"], files) { row, fail in
            let codes: [Code]
            if kind == .condition {
                codes = try Self.diagnosis(row[1], fail)
            } else {
                codes = row[1].split(separator: "|").map { Code(.atc, String($0)) }
            }
            for name in row[0].split(separator: "|") {
                let isExact = name.utf8.count <= 5 && name.utf8.contains { ByteKind.table[Int($0)] == .upper }
                add(VocabularyName(String(name), kind: kind, codes: codes, isExact: isExact))
            }
        }
    }

    private mutating func addSynonyms(_ file: String, _ kind: VocabularyName.Kind, _ files: DataFiles) throws {
        let columns = kind == .condition ? ["names", "icd10cm"] : ["names"]
        try Self.rows(file, columns, files) { row, fail in
            let names = row[0].split(separator: "|").map(String.init)
            var codes = kind == .condition ? try Self.diagnosis(row[1], fail) : []
            if codes.isEmpty, kind == .substance {
                // A drug of the tables lends its codes to its synonyms.
                for name in names where codes.isEmpty { codes = codesOfSubstance(name) }
            }
            for name in names { add(VocabularyName(name, kind: kind, codes: codes, source: .synonym)) }
        }
    }

    private func codesOfSubstance(_ name: String) -> [Code] {
        codes(for: name).filter { $0.system == .atc }
    }

    private mutating func addInclusions(_ files: DataFiles) throws {
        try Self.rows("icd10cm-inclusions.tsv", ["code", "name"], files) { row, fail in
            let codes = try Self.diagnosis(row[0], fail)
            guard DiagnosisNames.isNamed(row[0]) else { return }
            for variant in DiagnosisNames.variants(of: row[1]) {
                add(VocabularyName(variant.name, kind: .condition, codes: codes, source: .inclusion))
            }
        }
    }

    private mutating func addDiagnoses(_ codeTables: DataFiles) throws {
        try Self.rows("icd10cm.tsv", ["code", "title"], codeTables) { row, fail in
            let codes = try Self.diagnosis(row[0], fail)
            knownCodes.formUnion(codes)
            // A title that begins with a comma only says which encounter it is.
            guard !row[1].hasPrefix(","), DiagnosisNames.isNamed(row[0]) else { return }
            for variant in DiagnosisNames.variants(of: row[1]) {
                let source: VocabularyName.Source = variant.isWhole ? .title : .variant
                add(VocabularyName(variant.name, kind: .condition, codes: codes, source: source))
            }
        }
    }

    private mutating func addAbbreviations(_ files: DataFiles) throws {
        try Self.rows("short-forms.tsv", ["abbreviation", "meaning", "kind"], files) { row, fail in
            guard let kind = VocabularyName.Kind(rawValue: String(row[2])) else {
                throw fail("its kind is neither condition nor substance")
            }
            add(
                VocabularyName(
                    String(row[0]), kind: kind, codes: codes(for: String(row[1])), source: .abbreviation, isExact: true)
            )
        }
    }

    private mutating func addMisspellings(_ files: DataFiles) throws {
        try Self.rows("misspellings.tsv", ["wrong", "right"], files) { row, fail in
            let stream = TokenStream(Array(row[1].utf8), words: words)
            guard let match = NameMatcher(self).longestMatch(in: stream, at: 0), match.end == stream.tokens.count else {
                throw fail("its right spelling is no name of the vocabulary")
            }
            let entry = entries[Int(match.entry)]
            add(VocabularyName(String(row[0]), kind: entry.kind, codes: entry.codes, source: .misspelling))
        }
    }

    // MARK: Rules

    private mutating func addWordParts(_ files: DataFiles) throws {
        try Self.rows("word-parts.tsv", ["role", "words"], files) { row, fail in
            let parts = row[1].split(separator: " ")
            switch row[0] {
            case "condition-ending", "substance-ending":
                let kind: VocabularyName.Kind = row[0] == "condition-ending" ? .condition : .substance
                for part in parts where !endings.add(part, kind: kind) {
                    throw fail("has an ending of the wrong length")
                }
            default:
                guard let role = Self.roles[String(row[0])] else { throw fail("its role is not known") }
                for part in parts { for word in intern(part) { words.add(role, to: word) } }
            }
        }
    }

    private static let roles: [String: WordRole] = [
        "head": .head, "lone-head": [.head, .loneHead], "site": .site, "degree": .degree, "plain": .plain,
        "salt": .salt, "dotted": .dotted, "impaired": .impaired, "function": .function, "locant": .locant,
        "small": .small, "article": [.article, .small],
    ]

    /// Adds a phrase with its meaning; two spellings that come to the same words must mean the same.
    private static func insert<Meaning: Equatable>(
        _ words: [Int32], _ meaning: Meaning, into trie: inout PhraseTrie, _ meanings: inout [Meaning],
        _ fail: RowFailure
    ) throws {
        guard !words.isEmpty else { throw fail("has a phrase without words") }
        guard let old = trie.insert(words, payload: Int32(meanings.count)) else {
            meanings.append(meaning)
            return
        }
        guard meanings[Int(old)] == meaning else { throw fail("its phrase stands in the table with another meaning") }
    }

    private mutating func addTriggers(_ files: DataFiles) throws {
        try Self.rows("context-triggers.tsv", ["phrase", "kind", "names", "reach"], files) { row, fail in
            let kinds: [String: MentionContext] = [
                "negated": .negated, "uncertain": .uncertain, "historical": .historical, "family": .family,
                "allergy": .allergy,
            ]
            let kind = String(row[1])
            guard kinds[kind] != nil || kind == "none" || kind == "end" else { throw fail("its kind is not known") }
            guard let direction = ContextTrigger.Direction(rawValue: row[2].isEmpty ? "both" : String(row[2])) else {
                throw fail("'names' is none of before, after, both")
            }
            guard let reach = row[3].isEmpty ? 0 : Int(row[3]), reach >= 0 else { throw fail("its reach is no number") }
            let trigger = ContextTrigger(
                context: kinds[kind], direction: direction, endsReach: kind == "end", reach: reach)
            try Self.insert(intern(row[0]), trigger, into: &triggers, &triggerKinds, fail)
        }
    }

    private mutating func addHeadings(_ files: DataFiles) throws {
        try Self.rows("sections.tsv", ["heading", "section"], files) { row, fail in
            guard let kind = SectionKind(rawValue: String(row[1])) else { throw fail("its section is not known") }
            for heading in row[0].split(separator: "|") {
                try Self.insert(intern(heading), kind, into: &headings, &headingKinds, fail)
            }
        }
    }

    private mutating func addDoseWords(_ files: DataFiles) throws {
        try Self.rows("dose-words.tsv", ["words", "kind", "value"], files) { row, fail in
            guard let meaning = DoseWord(kind: String(row[1]), value: String(row[2])) else {
                throw fail("its kind and value are not known")
            }
            for phrase in row[0].split(separator: "|") {
                try Self.insert(intern(phrase), meaning, into: &frequencies, &frequencyMeanings, fail)
            }
        }
    }
}
