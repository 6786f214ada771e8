import HealthTypes
import Terminology
import Testing

/// Tables that cannot be used, and the whole text of what is said of them.
@Suite struct BrokenTableTests {
    private static let states = "# table: states version: 1 effective: ..\ncode\tname\n"
    private static let pos = "# table: pos version: 1 effective: ..\ncode\twords\tfacility\ttelehealth\n"
    private static let groups = "# table: g version: 1 effective: ..\ncode\twords\tpatient_pays\n"
    private static let procedures = """
        # table: procedures version: 1 effective: ..
        code\tsystem\tcategory\twords\tglobal_days\tpaired\tcomponents\tmax_units\tsex\tage_min\tage_max\t\
        effective_from\teffective_to

        """
    private static let diagnoses = "# table: icd10cm version: 1 effective: ..\ncode\tkind\ttitle\n"

    @Test(arguments: [
        ("states.tsv", nil, "states.tsv: is missing"),
        ("icd10cm.tsv", nil, "icd10cm.tsv: is missing"),
        ("states.tsv", "", "states.tsv:1: is not '# table: NAME version: V effective: FROM..TO'"),
        ("states.tsv", "# table: s version: 1 effective: now\n", "states.tsv:1: its effective period is not FROM..TO"),
        (
            "states.tsv", "# table: s version: 1 effective: 2026-02-30..\n",
            "states.tsv:1: its effective period has no such day"
        ),
        ("states.tsv", "# table: s version: 1 effective: ..\n", "states.tsv: has no header line"),
        ("states.tsv", "# table: s version: 1 effective: ..\ncode\ttitle\nAL\tx\n", "states.tsv: has no column 'name'"),
        ("states.tsv", states + "AL\n", "states.tsv:3: has 1 cells where the header has 2"),
        ("states.tsv", states + "# more\n\n\tAlabama\n", "states.tsv:5: 'code' is empty"),
        ("states.tsv", states + "AL\t\n", "states.tsv:3: 'name' is empty"),
        ("states.tsv", states + "AL\tAlabama\nAL\tAlabama\n", "states.tsv:4: its code stands in the table twice"),
        ("states.tsv", states + "al\tAlabama\n", "states.tsv:3: its code is not in capitals"),
        ("pos.tsv", pos + "11\toffice\tyes\t\n", "pos.tsv:3: 'facility' is neither y nor n"),
        ("adjustment-groups.tsv", groups + "CO\t\t\n", "adjustment-groups.tsv:3: 'words' is empty"),
        (
            "procedures.tsv", procedures + "99213\tcpt\tvisit\tx\t\t\t\t\t\t\t\t\t\n",
            "procedures.tsv:3: 'category' has a value that is not known"
        ),
        (
            "procedures.tsv", procedures + "99213\thcpcs\tem\tx\t\t\t\t\t\t\t\t\t\n",
            "procedures.tsv:3: its code has not the form of its system"
        ),
        (
            "procedures.tsv", procedures + "99213\tcpt\tem\tx\tXXX\t\t\t\t\t\t\t\t\n",
            "procedures.tsv:3: 'global_days' is not a whole number"
        ),
        (
            "procedures.tsv", procedures + "99213\tcpt\tem\tx\t\t\t\t\t\t\t\t2026\t\n",
            "procedures.tsv:3: 'effective_from' is not a calendar date"
        ),
        (
            "icd10cm.tsv", "# table: icd10cm version: 1 effective: ..\ncode\ttitle\n",
            "icd10cm.tsv:2: its columns are not code, kind, title"
        ),
        ("icd10cm.tsv", "# table: icd10cm version: 1 effective: ..\n", "icd10cm.tsv: has no header line"),
        ("icd10cm.tsv", diagnoses + "A0\tc\tx\n", "icd10cm.tsv:3: its code is not of 3 to 7 characters"),
        ("icd10cm.tsv", diagnoses + "A00\tc\tx\nA000\tz\tx\n", "icd10cm.tsv:4: its kind is none of c, s, b"),
        ("icd10cm.tsv", diagnoses + "A00\tc\n", "icd10cm.tsv:3: is not code, kind, title"),
        ("icd10cm.tsv", diagnoses + "A00\tc\t\n", "icd10cm.tsv:3: is not code, kind, title"),
        (
            "icd10cm.tsv", diagnoses + "A01\tc\tx\nA00\tc\tx\n",
            "icd10cm.tsv:4: its code does not come after the one before it"
        ),
        (
            "icd10cm.tsv", diagnoses + "A00\tc\tx\nA00\tc\tx\n",
            "icd10cm.tsv:4: its code does not come after the one before it"
        ),
        (
            "icd10who.tsv", "# table: icd10who version: 1 effective: ..\ncode\twords\nI6.4\tx\n",
            "icd10who.tsv:3: its code is not an ICD-10 code"
        ),
    ])
    func aBrokenTableIsRefusedWithItsPlace(name: String, text: String?, message: String) throws {
        let files = try Shipped.files(replacing: name, with: text)
        let error = #expect(throws: DataFileError.self) { try CodeTables(files) }
        #expect(error?.description == message)
    }

    @Test func aTableNeedsNoLastNewlineAndMayHaveCommentsWithin() throws {
        let text = Self.diagnoses + "A00\tc\tCholera\n# more\nA000\tb\tClassical"
        let tables = try CodeTables(try Shipped.files(replacing: "icd10cm.tsv", with: text))
        #expect(tables.diagnosisCount == 2)
        #expect(tables.diagnosis("A00.0")?.title == "Classical")
        #expect(tables.ancestors(ofDiagnosis: "A000").prefix(2) == ["A000", "A00"])
    }

    @Test func anEmptyTableKnowsNothing() throws {
        let tables = try CodeTables(try Shipped.files(replacing: "icd10cm.tsv", with: Self.diagnoses))
        #expect(tables.lookUpDiagnosis("K29.70") == .unknown)
    }
}
