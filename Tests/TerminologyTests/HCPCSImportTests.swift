import HealthTypes
import Terminology
import Testing

/// Records of invented codes, in the fixed widths of the official file.
@Suite struct HCPCSImportTests {
    private static let table = """
        # table: procedures version: old effective: ..
        code\tsystem\tcategory\twords\teffective_from\teffective_to
        99213\tcpt\tem\toffice visit\t\t
        J0001\thcpcs\tdrug\tour own words\t\t

        """

    private func record(_ code: String, _ kind: String, _ words: String, from: String = "", to: String = "") -> String {
        var bytes = [UInt8](repeating: 0x20, count: 320)
        func put(_ text: String, at column: Int) {
            for (offset, byte) in text.utf8.enumerated() { bytes[column - 1 + offset] = byte }
        }
        put(code, at: 1)
        put("00100", at: 6)
        put(kind, at: 11)
        put(words, at: 12)
        put(from, at: 269)
        put(to, at: 285)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func importing(_ records: [String]) throws -> HCPCSImport {
        try HCPCSImport(
            file: Array((records.joined(separator: "\r\n") + "\r\n").utf8), procedures: Array(Self.table.utf8),
            version: "2099-01", source: "made up")
    }

    @Test func newCodesAreAddedAndOldOnesTakeTheirDays() throws {
        let made = try importing([
            record("A0999", "3", "Ride of some", from: "20200101"), record("A0999", "4", "length"),
            record("J0001", "3", "Their words", from: "19990101", to: "20301231"), record("L1234", "3", "Brace"),
            record("XY", "7", "A modifier"), record("XY", "8", "goes on"),
        ])
        #expect(made.added == 2 && made.kept == 2 && made.dated == 1 && made.modifiers == 1)
        let rows = made.table.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
        #expect(
            rows.map(String.init) == [
                "99213\tcpt\tem\toffice visit\t\t", "A0999\thcpcs\tambulance\tRide of some length\t2020-01-01\t",
                "J0001\thcpcs\tdrug\tour own words\t1999-01-01\t2030-12-31", "L1234\thcpcs\tdme\tBrace\t\t",
            ])
        #expect(made.table.hasPrefix("# table: procedures version: 2099-01 effective: ..\n"))
    }

    @Test func theNewTableIsOneThatIsRead() throws {
        let shipped = try Shipped.files.get().files["procedures.tsv"] ?? []
        let made = try HCPCSImport(
            file: Array(record("V5999", "3", "Something", from: "20200101", to: "20211231").utf8), procedures: shipped,
            version: "2099-01", source: "made up")
        let tables = try CodeTables(Shipped.files(replacing: "procedures.tsv", with: made.table))
        #expect(tables.procedure("V5999")?.words == "Something")
        #expect(tables.procedure("V5999", on: CalendarDate("2022-01-01")!) == nil)
        #expect(tables.procedure("99213") == (try Shipped.tables.get().procedure("99213")))
    }

    @Test func anotherFormIsRefused() {
        #expect(throws: TableImportError.malformed(line: 1)) { try importing(["short"]) }
        #expect(throws: TableImportError.malformed(line: 1)) { try importing([record("99999", "3", "x")]) }
        #expect(throws: TableImportError.malformed(line: 2)) {
            try importing([record("A0001", "3", "x"), record("A0001", "9", "x")])
        }
        #expect(throws: TableImportError.invalid("a day")) { try importing([record("A0001", "3", "x", from: "2020")]) }
        #expect(throws: TableImportError.invalid("the file")) { try importing([record("XY", "7", "x")]) }
    }
}

@Suite struct TableEntryTests {
    @Test func everyTableThatHasTheCodeAnswers() throws {
        let tables = try Shipped.tables.get()
        let found = tables.entries(of: "11")
        #expect(found.map(\.table).contains("pos") && found.map(\.table).contains("carc"))
        #expect(tables.entries(of: "nothing").isEmpty)
        #expect(tables.entries(of: "K29.7").map(\.table) == ["icd10cm", "icd10who"])
        #expect(tables.entries(of: "K58.0").map(\.table) == ["icd10cm"])
        #expect(tables.entries(of: "B24").map(\.table) == ["icd10who"])
    }

    @Test func aDiagnosisSaysWhereItStands() throws {
        let tables = try Shipped.tables.get()
        let entry = try #require(tables.entries(of: "k2970", on: CalendarDate("2026-01-01")!).first)
        #expect(entry.table == "icd10cm" && entry.code == "K29.70")
        #expect(entry.details.first == "a claim may carry it")
        #expect(entry.details.contains { $0.hasPrefix("under K29 ") })
        #expect(entry.details.contains { $0.hasPrefix("under icd10cm-chapter:11 ") })
        #expect(!entry.details.contains { $0.contains("outside") })
    }

    @Test func aProcedureSaysWhetherItIsInForce() throws {
        let tables = try CodeTables(
            Shipped.files(
                replacing: "procedures.tsv",
                with: """
                    # table: procedures version: x effective: ..
                    code\tsystem\tcategory\twords\tglobal_days\tpaired\tcomponents\tmax_units\tsex\tage_min\tage_max\teffective_from\teffective_to
                    A0001\thcpcs\tdme\ta thing\t10\ty\t\t2\tF\t12\t\t2020-01-01\t2021-12-31

                    """))
        let entry = try #require(tables.entries(of: "a0001", on: CalendarDate("2022-01-01")!).first)
        #expect(
            entry.details == [
                "HCPCS Level II, dme", "global period: 10 days", "on a paired organ",
                "units a day to look at above: 2", "sex: F", "age from 12", "in force from 2020-01-01 to 2021-12-31",
                "not in force on the day",
            ])
    }
}
