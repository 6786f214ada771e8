import HealthTypes
import Terminology
import Testing

/// Notes, applicability and the whole tree of the shipped tables.
@Suite struct TabularListTests {
    let tables: CodeTables

    init() throws { tables = try Shipped.tables.get() }

    @Test func chaptersBlocksAndCodesAreWhole() {
        #expect(tables.diagnosisCount == 98_186)
        #expect(tables.diagnosisGroupCount == 319)
        #expect(tables.diagnosisCount + tables.diagnosisGroupCount == 98_505)
        #expect(tables.billableDiagnoses(under: "").count == 74_719)
    }

    @Test func headingsOverBlocksHaveTheirPlace() {
        #expect(
            tables.ancestors(ofDiagnosis: "C50") == [
                "C50", "icd10cm-block:C50", "icd10cm-block:C00-C75", "icd10cm-block:C00-C96", "icd10cm-chapter:2",
            ])
        #expect(tables.children(ofDiagnosis: "icd10cm-block:C00-C96").contains("icd10cm-block:C81-C96"))
        #expect(tables.children(ofDiagnosis: "icd10cm-block:C00-C96").contains("icd10cm-block:C00-C75"))
        #expect(!tables.children(ofDiagnosis: "icd10cm-block:C00-C96").contains("icd10cm-block:C50"))
        #expect(!tables.children(ofDiagnosis: "icd10cm-chapter:2").contains("icd10cm-block:C50"))
        #expect(
            tables.billableDiagnosisCount(under: "icd10cm-block:C00-C75")! < tables.billableDiagnosisCount(
                under: "icd10cm-block:C00-C96")!)
    }

    /// Down from every chapter, each code is met once, and its way up leads back.
    @Test func theTreeIsOneTree() {
        var met = 0
        var open = (1...22).map { "icd10cm-chapter:\($0)" }
        while let id = open.popLast() {
            let children = tables.children(ofDiagnosis: id)
            for child in children where met % 97 == 0 {
                #expect(tables.ancestors(ofDiagnosis: child).dropFirst().first == id || child.hasPrefix("icd10cm-"))
            }
            if !id.hasPrefix("icd10cm-") { met += 1 }
            open += children
        }
        #expect(met == 98_186)
    }

    @Test func childrenOfACode() {
        #expect(tables.children(ofDiagnosis: "K29.7") == ["K2970", "K2971"])
        #expect(tables.children(ofDiagnosis: "K2970") == [])
        #expect(tables.children(ofDiagnosis: "icd10cm-block:C50") == ["C50"])
        #expect(tables.children(ofDiagnosis: "nonsense") == [])
    }

    @Test func notesAreInheritedAndSayFromWhere() throws {
        let notes = tables.diagnosisNotes("E11.21")
        #expect(notes.contains { $0.kind == .inclusion && $0.standsUnder == "E1121" })
        #expect(notes.contains { $0.kind == .excludes1 && $0.standsUnder == "E11" })
        #expect(notes.contains { $0.kind == .useAdditional && $0.standsUnder == "E11" })
        #expect(!notes.contains { $0.kind == .inclusion && $0.standsUnder == "E11" })
        #expect(tables.diagnosisNotes("icd10cm-chapter:10").contains { $0.kind == .excludes2 })
        #expect(tables.diagnosisNotes("D63.1").contains { $0.kind == .codeFirst })
        #expect(tables.diagnosisNotes("ZZZ").isEmpty)
    }

    @Test func notesNameTheirCodes() {
        let notes = tables.diagnosisNotes("E11").filter { $0.kind == .excludes1 }
        #expect(notes.contains { $0.codes == ["E10"] })
        #expect(notes.contains { $0.names("E10.9") })
        #expect(!notes.contains { $0.names("E11.9") || $0.names("I10") || $0.names("") })
        let ranges = tables.diagnosisNotes("icd10cm-chapter:10").filter { $0.codes.contains("A00-B99") }
        #expect(ranges.count == 1)
        #expect(ranges.first?.names("B99.9") == true)
        #expect(ranges.first?.names("C00.0") == false)
    }

    @Test func aBlockAndACategoryOfOneNameHaveTheirOwnNotes() {
        let own = tables.diagnosisNotes("T07").filter { $0.standsUnder == "T07" }
        #expect(own.map(\.text) == ["injury NOS (T14.90)"])
        #expect(tables.diagnosisNotes("icd10cm-block:T07").allSatisfy { $0.standsUnder == "icd10cm-block:T07" })
        #expect(tables.diagnosisNotes("icd10cm-block:T07").contains { $0.text.hasPrefix("burns and corrosions") })
    }

    @Test func codesThatExcludeOneAnotherAreFoundFromEitherSide() {
        #expect(tables.excludes1("E11.9", "E10.9")?.kind == .excludes1)
        #expect(tables.excludes1("E10.9", "E11.9") != nil)
        #expect(tables.excludes1("E11.9", "I10") == nil)
        #expect(tables.excludes1("E11.9", "E11.9") == nil)
        #expect(tables.excludes1("ZZZ", "E11.9") == nil)
    }

    @Test(arguments: [
        ("O80", 30, true), ("O80", 70, false), ("N40.0", 10, false), ("N40.0", 70, true), ("E11.9", 0, true),
        ("P07.02", 40, true), ("Z38.00", 40, false), ("Z38.00", 0, true), ("Z00.129", 30, false), ("ZZZ", 3, true),
    ])
    func agesAsTheMedicareCodeEditorHasThem(code: String, age: Int, isAdmitted: Bool) {
        #expect(tables.applicability(ofDiagnosis: code).admits(age: age) == isAdmitted)
    }

    @Test func sexAndPrincipalDiagnosis() {
        #expect(tables.applicability(ofDiagnosis: "N40.0").sex == "M")
        #expect(tables.applicability(ofDiagnosis: "C50.911").sex == "F")
        #expect(tables.applicability(ofDiagnosis: "C50.921").sex == "M")
        #expect(tables.applicability(ofDiagnosis: "O80").sex == "F")
        #expect(tables.applicability(ofDiagnosis: "I10").sex == nil)
        #expect(tables.applicability(ofDiagnosis: "D63.1").principal == .manifestation)
        #expect(tables.applicability(ofDiagnosis: "W19.XXXA").principal == .externalCause)
        #expect(tables.applicability(ofDiagnosis: "E11.9").principal == nil)
    }

    @Test func codesOfWHOAreKnownInTheirOwnSystem() {
        #expect(tables.whoDiagnosis("B18.00")?.system == .icd10)
        #expect(tables.lookUpDiagnosis("A16.2") != .unknown)
        #expect(tables.hasDiagnosis("K29.7"))
        #expect(!tables.hasDiagnosis("K29.79"))
        #expect(tables.diagnosisTitle("ZZZ") == nil)
    }

    @Test(arguments: [
        ("icd10cm-notes.tsv", "code\tkind\ttext\nA00\todd\ttext\n", "kind"),
        ("icd10cm-notes.tsv", "code\tkind\nA00\tincludes\n", "columns"),
        ("icd10cm-notes.tsv", "code\tkind\ttext\nA00\tincludes\ta\nA01\tincludes\tb\nA00\tincludes\tc\n", "together"),
        ("icd10cm-applicability.tsv", "code\tage\tsex\tprincipal\nA00\told\t\t\n", "age"),
        ("icd10cm-applicability.tsv", "code\tage\tsex\tprincipal\nA00\t\tX\t\n", "sex"),
    ])
    func brokenTablesAreRefused(name: String, text: String, word: String) throws {
        let head = "# table: t version: v effective: ..\n"
        let error = #expect(throws: DataFileError.self) {
            try CodeTables(Shipped.files(replacing: name, with: head + text))
        }
        #expect(error?.file == name)
        #expect(error?.reason.contains(word) == true)
    }

    /// The tables of an earlier version, from which an old decision is replayed.
    @Test func foldersWithoutTheNewerTablesAreStillRead() throws {
        var files = try Shipped.files(replacing: "icd10cm-notes.tsv", with: nil).files
        files["icd10cm-applicability.tsv"] = nil
        files["icd10who-codes.tsv"] = nil
        let old = try CodeTables(DataFiles(files: files))
        #expect(old.diagnosisNotes("K29.70").isEmpty)
        #expect(old.applicability(ofDiagnosis: "K29.70") == DiagnosisApplicability())
        #expect(old.whoDiagnosis("K29.7") != nil)
        #expect(old.whoDiagnosis("B18.00") == nil)
    }
}
