import Foundation
import HealthTypes
import Terminology
import Testing

@Suite struct RxNormTests {
    /// RXNCONSO.RRF: RXCUI|LAT|TS|LUI|STT|SUI|ISPREF|RXAUI|SAUI|SCUI|SDUI|SAB|TTY|CODE|STR|SRL|SUPPRESS|CVF|
    static func concept(
        _ code: Int, _ type: String, _ name: String, source: String = "RXNORM", suppress: String = "N"
    ) -> String {
        "\(code)|ENG||||||1\(code)|1|\(code)||\(source)|\(type)|\(code)|\(name)||\(suppress)|4096|"
    }

    /// RXNREL.RRF: RXCUI1|RXAUI1|STYPE1|REL|RXCUI2|RXAUI2|STYPE2|RELA|RUI|SRUI|SAB|SL|DIR|RG|SUPPRESS|CVF|
    static func relation(_ first: Int, _ name: String, _ second: Int, source: String = "RXNORM") -> String {
        "\(first)||CUI|RO|\(second)||CUI|\(name)|1||\(source)|\(source)||||4096|"
    }

    static let concepts = [
        concept(11, "IN", "alphadine"), concept(12, "IN", "betazole"), concept(13, "PIN", "alphadine sodium"),
        concept(14, "BN", "Duomed"), concept(21, "SCDC", "alphadine 5 MG"), concept(22, "SCDC", "betazole 2 MG"),
        concept(31, "SCD", "alphadine 5 MG / betazole 2 MG Oral Tablet"), concept(41, "SBD", "the same [Duomed]"),
        concept(51, "BPCK", "{7 (the same) } Pack [Duomed]"), concept(61, "DF", "Oral Tablet"),
        concept(71, "SCD", "orphan Oral Tablet"), concept(11, "SY", "alfadine"),
        concept(81, "IN", "oldine", suppress: "O"), concept(11, "IN", "other source", source: "MMSL"),
        concept(91, "PT", "not of RxNorm", source: "SNOMEDCT_US"),
    ]
    /// Either row of a pair of inverses may stand in a file.
    static let relations = [
        relation(11, "form_of", 13), relation(12, "has_tradename", 14), relation(13, "has_precise_ingredient", 21),
        relation(22, "ingredient_of", 12), relation(31, "constitutes", 21), relation(31, "constitutes", 22),
        relation(31, "tradename_of", 41), relation(51, "contained_in", 41), relation(61, "dose_form_of", 31),
        relation(81, "has_ingredient", 71, source: "MMSL"),
    ]

    static func importing(_ concepts: [String] = concepts, _ relations: [String] = relations) throws -> RxNormImport {
        try RxNormImport(
            concepts: official("RXNCONSO.RRF", concepts.joined(separator: "\n")),
            relations: official("RXNREL.RRF", relations.joined(separator: "\n")), version: "2026-11-02",
            period: "2026-11-02..")
    }

    @Test func everyConceptHasTheIngredientsBelowIt() throws {
        let result = try Self.importing()
        #expect(
            rows(result.files["rxnorm.tsv"]) == [
                "11\tIN\talphadine\t\t", "12\tIN\tbetazole\t\t", "13\tPIN\talphadine sodium\t11\t",
                "14\tBN\tDuomed\t12\t",
                "21\tSCDC\talphadine 5 MG\t11\t", "22\tSCDC\tbetazole 2 MG\t12\t",
                "31\tSCD\talphadine 5 MG / betazole 2 MG Oral Tablet\t11 12\t", "41\tSBD\tthe same [Duomed]\t11 12\t",
                "51\tBPCK\t{7 (the same) } Pack [Duomed]\t11 12\t", "71\tSCD\torphan Oral Tablet\t\t",
                "81\tIN\toldine\t\tobsolete",
            ])
        #expect((result.concepts, result.ingredients, result.withoutIngredients) == (11, 3, 1))
        let tables = try codeTables(with: result.files)
        #expect(tables.ingredients(ofRxNorm: "51").map(\.name) == ["alphadine", "betazole"])
        #expect(tables.ingredients(ofRxNorm: "11").map(\.code) == ["11"])
        #expect(tables.rxnorm("81")?.isObsolete == true)
        #expect(tables.rxnorm("91") == nil && tables.rxnorm("011") == nil && tables.rxnorm("") == nil)
    }

    @Test func partOfWhatADrugHoldsIsNotWhatItHolds() throws {
        let text =
            "# table: rxnorm version: 1 effective: ..\ncode\ttty\tname\tingredients\tstatus\n"
            + "11\tIN\ta\t\t\n31\tSCD\ta / b\t11 12\t\n"
        #expect(try codeTables(with: ["rxnorm.tsv": text]).ingredients(ofRxNorm: "31").isEmpty)
    }

    @Test func filesOfAnotherFormAreRefused() {
        #expect(refusal { _ = try Self.importing(["1|2|3"]) } == "RXNCONSO.RRF:1: has not the 18 cells of RXNCONSO")
        let bad = Self.concepts + [Self.concept(1, "IN", "x").replacingOccurrences(of: "1|ENG", with: "C1|ENG")]
        #expect(refusal { _ = try Self.importing(bad) } == "RXNCONSO.RRF:16: its RXCUI is not a number")
        #expect(
            refusal { _ = try Self.importing(Self.concepts, Self.relations + ["", "a|b"]) }
                == "RXNREL.RRF:12: has not the 16 cells of RXNREL")
    }

    @Test func theShippedIngredientsAreThoseOfTheirCodes() throws {
        let tables = try Shipped.tables.get()
        #expect(tables.rxnorm("6809")?.name.lowercased() == "metformin")
        #expect(tables.rxnorm("29046")?.name.lowercased() == "lisinopril")
        #expect(tables.rxnorm("10156")?.termType == "IN")
        #expect(tables.rxnorm("860975") == nil, "the shipped table has ingredients alone")
    }
}

@Suite struct ATCTests {
    static let index = """
        ATC code\tATC level name\tDDD\tUOM\tAdm.R\tNote
        C\tHeart\t\t\t\t
        C01\tHeart drugs\t\t\t\t
        C01A\tGlycosides\t\t\t\t
        C01AA\tDigitalis\t\t\t\t
        C01AA05\tdigoxin\t0.25\tmg\tO\t
        C01AA05\tdigoxin\t0.25\tmg\tP\t
        C01AA04\tdigitoxin\t0.1\tmg\tO\t
        C02\tPressure\tNA\t\t\t
        """

    static func importing(_ text: String, name: String = "atc.txt") throws -> ATCImport {
        try ATCImport(official(name, text), version: "2026", period: "2026-01-01..2026-12-31")
    }

    @Test func groupsAndDosesAreRead() throws {
        let result = try Self.importing(Self.index)
        #expect(
            rows(result.files["atc.tsv"]) == [
                "C\tHeart\t", "C01\tHeart drugs\t", "C01A\tGlycosides\t", "C01AA\tDigitalis\t",
                "C01AA04\tdigitoxin\t0.1 mg O", "C01AA05\tdigoxin\t0.25 mg O|0.25 mg P", "C02\tPressure\t",
            ])
        let tables = try codeTables(with: result.files)
        #expect(tables.atc("c01aa05")?.dailyDoses == ["0.25 mg O", "0.25 mg P"])
        #expect(tables.atc("C01AA05")?.level == 5)
        #expect(tables.atcChildren(of: "C01AA") == ["C01AA04", "C01AA05"])
        #expect(tables.atcChildren(of: "C") == ["C01", "C02"])
        #expect(tables.atcChildren(of: "") == ["C"])
        #expect(tables.atcChildren(of: "C01AA05").isEmpty && tables.atcChildren(of: "Z").isEmpty)
    }

    @Test func commasAndQuotesAreRead() throws {
        let text = "ATC code,Name\nA,\"Gut, \"\"and\"\" more\"\n"
        #expect(rows(try Self.importing(text, name: "atc.csv").files["atc.tsv"]) == ["A\tGut, \"and\" more\t"])
    }

    @Test func anIndexThatCannotBeUsedIsRefused() {
        let lines = Self.index + "\n"
        for (text, message) in [
            (lines + "C1\tx\t\t\t\t\n", "atc.txt:10: its code is not one of ATC"),
            (lines + "C02\tOther\t\t\t\t\n", "atc.txt:10: its code stands in the file with another name"),
            (lines + "N01AA\tx\t\t\t\t\n", "atc.txt:1: the file lacks the group above a code of level 2 to 5"),
            (lines + "C03\n", "atc.txt:10: has 1 cells where the first line has 6"),
            ("ATC code\tATC level name\n", "atc.txt:1: the file has no code of ATC"),
            ("ATC code\tDDD\n", "atc.txt:1: has no column 'ATC level name'"),
            ("ATC code\tName\nA\t\"x\n", "atc.txt:2: has a quote that does not end"),
        ] {
            #expect(refusal { _ = try Self.importing(text) } == message)
        }
    }

    @Test func levelsHaveTheirForm() {
        for (code, level) in [("C", 1), ("C01", 2), ("C01A", 3), ("C01AA", 4), ("C01AA05", 5)] {
            #expect(DrugGroup.level(of: code) == level)
        }
        for code in ["", "1", "C0", "CC1", "C01AA0", "C01AAA5", "c01", "C01AA055"] {
            #expect(DrugGroup.level(of: code) == nil, "\(code)")
        }
    }

    @Test func theShippedGroupsAreATree() throws {
        let tables = try Shipped.tables.get()
        #expect(tables.atc("C01AA05")?.name == "Digoxin")
        #expect(tables.atcChildren(of: "C01AA").contains("C01AA05"))
        #expect(tables.atcChildren(of: "").count == 14, "the main groups of ATC")
        var open = tables.atcChildren(of: "")
        var count = 0
        while let code = open.popLast() {
            count += 1
            open += tables.atcChildren(of: code)
        }
        let files = try Shipped.files.get()
        #expect(count == rows(files.text("atc.tsv")).count, "every row is reached from the top")
    }
}
