import ClinicalText
import HealthTypes
import Testing

@Suite struct VocabularyTests {
    @Test func theFirstNameStaysAndTakesCodesItHadNot() {
        var vocabulary = ClinicalVocabulary()
        vocabulary.add(VocabularyName("Plasma fever", kind: .condition))
        vocabulary.add(VocabularyName("plasma fevers", kind: .condition, codes: [Code(.icd10cm, "R509")]))
        vocabulary.add(VocabularyName("plasma fever", kind: .condition, codes: [Code(.icd10cm, "A90")]))
        vocabulary.add(VocabularyName("plasma fever", kind: .substance, codes: [Code(.atc, "N02BE01")]))
        #expect(vocabulary.nameCount == 1)
        #expect(vocabulary.codes(for: "PLASMA FEVER") == [Code(.icd10cm, "R509")])
        #expect(vocabulary.codes(for: "plasma") == [])
        #expect(vocabulary.codes(for: "plasma fever today") == [])
    }

    @Test func abbreviationsCountAsTheyAreWritten() throws {
        var vocabulary = ClinicalVocabulary()
        vocabulary.add(VocabularyName("AIDS", kind: .condition, isExact: true))
        vocabulary.add(VocabularyName("DVT", kind: .condition, isExact: true))
        let extractor = ClinicalExtractor(vocabulary)
        #expect(try extractor.extract("He aids her aid; AIDS, DVTs and dvt.").mentions.map(\.name) == ["AIDS", "DVT"])
    }

    @Test func namesThatCannotMatchAreLeftOut() {
        var vocabulary = ClinicalVocabulary()
        for name in ["", " - ", "flu", String(repeating: "word ", count: 13)] {
            vocabulary.add(VocabularyName(name, kind: .condition))
        }
        #expect(vocabulary.nameCount == 0)
    }

    @Test func theShippedFilesGiveALargeVocabulary() {
        #expect(Shipped.vocabulary.nameCount > 100_000)
        #expect(Shipped.vocabulary.codes(for: "type 2 diabetes") == [Code(.icd10cm, "E119")])
    }

    /// Each table with a row that cannot be used.
    @Test(arguments: [
        ("condition-terms.tsv", "names\tcode\nx disease\tno code\n", 2),
        ("misspellings.tsv", "wrong\tright\nwrongg\tnot a name at all\n", 2),
        ("short-forms.tsv", "abbreviation\tmeaning\tkind\nXX\tgout\tplace\n", 2),
        ("word-parts.tsv", "role\twords\nno-such-role\tword\n", 2),
        ("word-parts.tsv", "role\twords\ncondition-ending\tis\n", 2),
        ("context-triggers.tsv", "phrase\tkind\tnames\treach\nno\tnegated\tafter\t\nno\tuncertain\tafter\t\n", 3),
        ("context-triggers.tsv", "phrase\tkind\tnames\treach\nno\tnegated\tbelow\t\n", 2),
        ("context-triggers.tsv", "phrase\tkind\tnames\treach\nno\tnegated\tafter\tfar\n", 2),
        ("sections.tsv", "heading\tsection\nPlan\tnowhere\n", 2),
        ("dose-words.tsv", "words\tkind\tvalue\nmg\tunit\t\n", 2),
        ("dose-words.tsv", "words\tkind\tvalue\ndaily\ttimes-per-day\t0\n", 2),
    ])
    func aWrongRowIsNamed(file: String, content: String, line: Int) throws {
        var files = Shipped.text.files
        for big in ["conditions.tsv", "substances.tsv"] { files[big] = Array("id\ticd10cm\tnames\n".utf8) }
        files["icd10cm-inclusions.tsv"] = Array("code\tname\n".utf8)
        if file != "misspellings.tsv" { files["misspellings.tsv"] = Array("wrong\tright\n".utf8) }
        files[file] = Array(content.utf8)
        let tables = DataFiles(files: ["icd10cm.tsv": Array("code\tkind\ttitle\nI10\tb\tEssential hypertension\n".utf8)]
        )
        let error = #expect(throws: DataFileError.self) {
            try ClinicalVocabulary(DataFiles(files: files), codeTables: tables)
        }
        #expect(error?.file == file)
        #expect(error?.line == line)
    }

    @Test func aMissingFileIsNamed() {
        var files = Shipped.text.files
        files["sections.tsv"] = nil
        let error = #expect(throws: DataFileError.self) {
            try ClinicalVocabulary(DataFiles(files: files), codeTables: DataFiles(files: [:]))
        }
        #expect(error?.description == "sections.tsv: is missing")
    }
}
