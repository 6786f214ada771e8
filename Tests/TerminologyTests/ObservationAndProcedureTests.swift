import HealthTypes
import Terminology
import Testing

@Suite struct LOINCTests {
    static let head = """
        "LOINC_NUM","COMPONENT","PROPERTY","TIME_ASPCT","SYSTEM","SCALE_TYP","METHOD_TYP","CLASS","CLASSTYPE",\
        "LONG_COMMON_NAME","SHORTNAME","EXTERNAL_COPYRIGHT_NOTICE","STATUS","VersionFirstReleased","VersionLastChanged"
        """

    static func row(_ code: String, _ component: String, notice: String = "", status: String = "ACTIVE") -> String {
        "\"\(code)\",\"\(component)\",\"MFr\",\"Pt\",\"Bld\",\"Qn\",\"\",\"HEM/BC\",\"1\",\"long\",\"short \(component)\","
            + "\"\(notice)\",\"\(status)\",\"1.0\",\"2.0\""
    }

    static func importing(_ rows: [String]) throws -> LOINCImport {
        try LOINCImport(
            table: official("Loinc.csv", ([head] + rows).joined(separator: "\r\n")), version: "2.81",
            period: "2026-08-20..")
    }

    @Test func theCheckDigitIsTheirsOfTheRealCodes() {
        // Codes of common tests with the check digits that LOINC gave them.
        for code in ["4548-4", "2345-7", "718-7", "58410-2", "57021-8", "94500-6", "2160-0", "34109-9"] {
            #expect(ObservationCode.isValid(code), "\(code)")
        }
        for code in ["4548-5", "2354-7", "718", "-7", "7187", "718-77", "a18-7", "718-", "12345678-1", ""] {
            #expect(!ObservationCode.isValid(code), "\(code)")
        }
    }

    @Test func theTableIsReadWithoutWhatBelongsToOthers() throws {
        let result = try Self.importing([
            Self.row("718-7", "made \"\"up\"\", of\r\ntwo lines"), Self.row("2345-7", "x", status: "DEPRECATED"),
            Self.row("4548-4", "survey", notice: "(c) somebody"),
        ])
        #expect((result.codes, result.underOtherCopyright) == (2, 1))
        let tables = try codeTables(with: result.files)
        let test = try #require(tables.loinc("718-7"))
        #expect(test.component == "made \"up\", of two lines")
        #expect((test.property, test.specimen, test.scale, test.classification) == ("MFr", "Bld", "Qn", "HEM/BC"))
        #expect(test.status == .active)
        #expect(tables.loinc("2345-7")?.status == .deprecated)
        #expect(tables.loinc("4548-4") == nil && tables.loinc("718-8") == nil)
        #expect(result.files["loinc.tsv"]?.contains("https://loinc.org/license") == true)
    }

    @Test func rowsThatCannotBeUsedAreNamed() {
        #expect(
            refusal { _ = try Self.importing([Self.row("718-8", "x")]) }
                == "Loinc.csv:2: its code is not a LOINC code with its check digit")
        #expect(
            refusal { _ = try Self.importing([Self.row("718-7", "x", status: "NEW")]) }
                == "Loinc.csv:2: its status is not known")
        #expect(
            refusal { _ = try Self.importing([Self.row("718-7", "x"), Self.row("718-7", "y")]) }
                == "Loinc.csv:3: its code stands in the file twice")
        #expect(
            refusal { _ = try Self.importing(["\"718-7\",\"x\""]) }
                == "Loinc.csv:2: has 2 cells where the first line has 15")
    }
}

@Suite struct ProcedureImportTests {
    /// A record of 320 columns: each text begins in its column, counted from 1.
    static func record(_ cells: [(column: Int, text: String)]) -> String {
        var line = Array(repeating: Character(" "), count: 320)
        for (column, text) in cells {
            for (offset, character) in text.enumerated() { line[column - 1 + offset] = character }
        }
        return String(line)
    }

    static func record(
        _ code: String, _ number: String, _ long: String, short: String = "", added: String = "", ended: String = ""
    ) -> String {
        record([
            (code.count == 2 ? 4 : 1, code), (6, number), (12, long), (92, short), (230, "D"), (257, "O1E"),
            (269, added), (285, ended),
        ])
    }

    static let file = [
        "Notes that stand before the records", "",
        record("A1", "00100", "Dressing for one wound", short: "Dressing for one wound"),
        record(
            "J8888", "00100", "Injection of something invented, of which the words", short: "Inj something",
            added: "20200101"),
        record("J8888", "00200", "run over two records"),
        record("G0999", "00100", "An ended service", short: "Ended", added: "19990101", ended: "20211231"),
        record("D0999", "00100", "A dental service", short: "Dental", added: "20200101"),
        record("D0999", "00200", "of two records"), "",
    ]

    static func importing(_ lines: [String], name: String = "HCPC2026_CONTR_ANWEB.txt") throws -> HCPCSImport {
        try HCPCSImport(
            official(name, lines.joined(separator: "\r\n")), version: "2026-10", period: "2026-10-01..2026-12-31")
    }

    @Test func theFixedColumnsAreRead() throws {
        let result = try Self.importing(Self.file)
        #expect(
            rows(result.files["hcpcs2.tsv"]) == [
                "G0999\tEnded\tAn ended service\tD\tO1E\t1999-01-01\t2021-12-31",
                "J8888\tInj something\tInjection of something invented, of which the words run over two records\tD\tO1E\t"
                    + "2020-01-01\t",
            ])
        #expect((result.codes, result.modifiersLeftOut, result.dentalLeftOut) == (2, 1, 1))
        let trimmed = Self.file.map { String($0.reversed().drop { $0 == " " }.reversed()) }
        #expect(try Self.importing(trimmed).files == result.files)
    }

    @Test func theSameTableInCommasIsTheSame() throws {
        let csv = [
            "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,COV,BETOS,ADD DT,ACT EFF DT,TERM DT",
            "A1,100,7,Dressing,Dressing,,,,,",
            "J8888,100,3,\"Injection of something invented, of which the words\",Inj something,D,O1E,20200101,,",
            "J8888,200,4,run over two records,,,,,,", "G0999,100,3,An ended service,Ended,D,O1E,19990101,,20211231",
            "D0999,100,3,A dental service,Dental,D,O1E,20200101,,",
        ]
        #expect(
            rows(try Self.importing(csv, name: "HCPC2026.csv").files["hcpcs2.tsv"])
                == rows(try Self.importing(Self.file).files["hcpcs2.tsv"]))
        #expect(
            refusal { _ = try Self.importing(["HCPC,COV", "J8888,D"], name: "a.csv") }
                == "a.csv:1: has no column 'LONG DESCRIPTION'")
    }

    @Test func importedCodesAreProceduresBehindOurOwn() throws {
        let ours = try #require(try Shipped.tables.get().procedure("J0696"))
        var file = Self.file
        file.insert(Self.record("J0696", "00100", "CMS's words", short: "CMS's words"), at: 6)
        let tables = try codeTables(with: try Self.importing(file).files)
        #expect(tables.procedure("J0696") == ours)
        #expect(tables.hcpcs("j0696")?.shortDescriptor == "CMS's words")
        let added = try #require(tables.procedure("j8888"))
        #expect((added.system, added.category, added.words) == (.hcpcs, .drug, "Inj something"))
        let day = try #require(CalendarDate("2022-01-01"))
        #expect(tables.procedure("G0999", on: day) == nil && tables.hcpcs("G0999", on: day) == nil)
        #expect(tables.procedure("G0999") != nil)
        #expect(try Shipped.tables.get().procedure("J8888") == nil && Shipped.tables.get().hcpcs("J8888") == nil)
    }

    @Test func recordsThatCannotBeUsedAreNamed() {
        for (line, message) in [
            ("short", "HCPC2026_CONTR_ANWEB.txt:10: is not a record of 320 columns"),
            (Self.record("W1234", "00100", "x"), "HCPC2026_CONTR_ANWEB.txt:10: its code is not one of HCPCS Level II"),
            (Self.record("J8888", "00100", "x"), "HCPC2026_CONTR_ANWEB.txt:10: its code stands in the file twice"),
            (
                Self.record("J9998", "00100", "x", added: "20201301"),
                "HCPC2026_CONTR_ANWEB.txt:10: has an added or termination date that is no day"
            ),
        ] {
            #expect(refusal { _ = try Self.importing(Self.file + [line]) } == message)
        }
        #expect(
            refusal { _ = try Self.importing(["no record"]) }
                == "HCPC2026_CONTR_ANWEB.txt:1: the file has no code of HCPCS Level II")
    }

    @Test func aLicensedListOfCPTIsRead() throws {
        func importing(_ text: String) throws -> CPTImport {
            try CPTImport(official("list.txt", text), version: "2026", period: "2026-01-01..2026-12-31")
        }
        let plain = try importing("00001\tmade up\n9999f\tmade up too\n")
        #expect(rows(plain.files["cpt.tsv"]) == ["00001\tmade up", "9999F\tmade up too"])
        let named = try importing("Concept Id\tCPT Code\tLong\tShort\n1\t00001\tmade up at length\tmade up\n")
        #expect(rows(named.files["cpt.tsv"]) == ["00001\tmade up"])
        let tables = try codeTables(with: plain.files)
        #expect(tables.procedure("9999f")?.words == "made up too")
        #expect(tables.procedure("99213") == (try Shipped.tables.get().procedure("99213")))
        for (text, message) in [
            ("", "list.txt:1: the file has no code of CPT"),
            ("a\tb\n00001\tx", "list.txt:1: has neither a code nor the names of the columns"),
            ("00001\tx\nJ0001\tx", "list.txt:2: its code is not one of CPT"),
            ("00001\tx\n00002", "list.txt:2: has no descriptor"),
            ("00001\tx\n00001\ty", "list.txt:2: its code stands in the file twice"),
        ] {
            #expect(refusal { _ = try importing(text) } == message)
        }
    }

    @Test func aCodeOfAWholeSetHasTheKindOfItsSection() throws {
        let codes = [
            ("00300", ProcedureCode.Category.anesthesia), ("11111", .surgery), ("76998", .imaging), ("83000", .lab),
            ("88399", .pathology), ("90700", .vaccine), ("97799", .therapy), ("99300", .evaluation),
            ("96999", .medicine), ("0001F", .other), ("0999U", .lab),
        ]
        let text =
            "# table: cpt version: 1 effective: ..\ncode\tshort\n"
            + codes.map(\.0).sorted().map { "\($0)\tmade up\n" }.joined()
        let tables = try codeTables(with: ["cpt.tsv": text])
        for (code, category) in codes where tables.procedure(code)?.words == "made up" {
            #expect(tables.procedure(code)?.category == category, "\(code)")
        }
        #expect(tables.procedure("0999U")?.words == "made up")
    }
}

@Suite struct OptionalTableTests {
    @Test(arguments: [
        ("ndc.tsv", "# table: ndc version: 1 effective: ..\ncode\tname\n", "ndc.tsv: has no column 'substances'"),
        ("ndc.tsv", "# table: ndc version: 1 effective: ..\n", "ndc.tsv: has no header line"),
        ("rxnorm.tsv", head + "1x\tIN\ta\t\t\n", "rxnorm.tsv:3: its code has not the form of the table's codes"),
        ("rxnorm.tsv", head + "1\tIN\ta\n", "rxnorm.tsv:3: has 3 cells where the header has 5"),
        (
            "rxnorm.tsv", head + "2\tIN\ta\t\t\n1\tIN\ta\t\t\n",
            "rxnorm.tsv:4: its code does not come after the one before it"
        ),
        (
            "rxnorm.tsv", head + "1\tIN\ta\t\t\n1\tIN\ta\t\t",
            "rxnorm.tsv:4: its code does not come after the one before it"
        ),
        (
            "rxnorm.tsv", "# table: r version: 1 effective: ..\ntty\tcode\n",
            "rxnorm.tsv:2: its first column is not 'code'"
        ),
        ("loinc.tsv", "", "loinc.tsv:1: is not '# table: NAME version: V effective: FROM..TO'"),
    ])
    func aBrokenTableIsRefusedWithItsPlace(name: String, text: String, message: String) {
        #expect(refusal { _ = try codeTables(with: [name: text]) } == message)
    }

    static let head = "# table: rxnorm version: 1 effective: ..\ncode\ttty\tname\tingredients\tstatus\n"

    @Test func withoutATableNothingIsKnown() throws {
        var files = try Shipped.files.get().files
        for name in ["rxnorm.tsv", "atc.tsv"] { files[name] = nil }
        files["icd10cm.tsv"] = Array(Shipped.smallDiagnoses.utf8)
        let tables = try CodeTables(DataFiles(files: files))
        #expect(tables.rxnorm("6809") == nil && tables.atc("C01AA05") == nil && tables.loinc("718-7") == nil)
        #expect(tables.ndc("0093-7214-01") == nil && tables.hcpcs("J0696") == nil)
        #expect(tables.atcChildren(of: "").isEmpty && tables.packages(ofProduct: "0093-7214").isEmpty)
    }

    @Test func rowsMayEndWithoutANewlineAndHaveCommentsBetween() throws {
        let text = Self.head + "1\tIN\ta\t\t\n# more\n\n11\tIN\tb\t\t\n2\tIN\tc\t\tobsolete"
        let tables = try codeTables(with: ["rxnorm.tsv": text])
        #expect(["1", "11", "2"].map { tables.rxnorm($0)?.name } == ["a", "b", "c"])
        #expect(tables.rxnorm("2")?.isObsolete == true && tables.rxnorm("3") == nil)
    }
}

@Suite struct NodeTests {
    let tables: CodeTables

    init() throws { tables = try Shipped.tables.get() }

    @Test func aNodeCarriesItsSystem() throws {
        let node = try #require(tables.node(.atc, "c01aa05"))
        #expect(node.description == "http://www.whocc.no/atc|C01AA05")
        #expect(TerminologyNode(node.description) == node)
        for text in ["", "|x", "http://loinc.org|", "C01"] { #expect(TerminologyNode(text) == nil) }
        #expect(tables.parents(of: node) == [TerminologyNode(.atc, "C01AA")])
        #expect(tables.children(of: TerminologyNode(.atc, "C01AA")).contains(node))
        #expect(tables.name(of: node) == "Digoxin")
    }

    @Test func aBlockAndACategoryOfOneNameAreTwoNodes() throws {
        let category = try #require(tables.node(.icd10cm, "C50"))
        let block = try #require(tables.node(.icd10cm, "block:C50"))
        #expect(category != block)
        #expect(tables.parents(of: category) == [block])
        #expect(tables.children(of: block) == [category])
        var path = [category]
        while path.count < 10, let above = path.last.flatMap({ tables.parents(of: $0).first }) {
            #expect(tables.children(of: above).contains { $0 == path.last })
            path.append(above)
        }
        #expect(path.map(\.code) == ["C50", "block:C50", "block:C00-C75", "block:C00-C96", "chapter:2"])
        #expect(tables.parents(of: TerminologyNode(.icd10cm, "chapter:2")).isEmpty)
        #expect(tables.name(of: block) != nil && tables.name(of: category) != nil)
        #expect(tables.node(.icd10cm, "block:C5") == nil)
    }

    @Test func oneCodeInTwoSystemsIsTwoNodes() throws {
        let american = try #require(tables.node(.icd10cm, "J18"))
        let international = try #require(tables.node(.icd10, "j18"))
        #expect(american != international)
        #expect(tables.node(.icd10, "J18.9").map { tables.parents(of: $0) } == [international])
        #expect(tables.node(.icd10cm, "I64") == nil, "WHO's alone")
        #expect(tables.node(.icd10, "I64") != nil)
        #expect(tables.node(.cpt, "J0696") == nil && tables.node(.hcpcs, "J0696") != nil)
        #expect(tables.node(.npi, "1234567893") == nil)
    }

    @Test func drugsLeadToTheirIngredientsAndPackages() throws {
        var files = try RxNormTests.importing().files
        files.merge(try NDCImportTests.importing().files) { $1 }
        let tables = try codeTables(with: files)
        #expect(tables.parents(of: TerminologyNode(.rxnorm, "31")).map(\.code) == ["11", "12"])
        #expect(tables.parents(of: TerminologyNode(.rxnorm, "11")).isEmpty)
        let product = try #require(tables.node(.ndc, "0093-7214"))
        #expect(product.code == "000937214")
        #expect(tables.children(of: product).map(\.code) == ["00093721401", "00093721410"])
        #expect(tables.parents(of: TerminologyNode(.ndc, "00093721401")) == [product])
    }
}
