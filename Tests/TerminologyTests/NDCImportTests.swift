import Foundation
import HealthTypes
import Terminology
import Testing

@Suite struct NDCImportTests {
    static let head = """
        PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tPROPRIETARYNAME\tPROPRIETARYNAMESUFFIX\tNONPROPRIETARYNAME\t\
        DOSAGEFORMNAME\tROUTENAME\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tMARKETINGCATEGORYNAME\tAPPLICATIONNUMBER\t\
        LABELERNAME\tSUBSTANCENAME\tACTIVE_NUMERATOR_STRENGTH\tACTIVE_INGRED_UNIT\tPHARM_CLASSES\tDEASCHEDULE\t\
        NDC_EXCLUDE_FLAG\tLISTING_RECORD_CERTIFIED_THROUGH
        """

    static func product(
        _ ndc: String, _ name: String, substances: String, strength: String = "5", unit: String = "mg/1",
        route: String = "ORAL", from: String = "20200101", to: String = ""
    ) -> String {
        [
            "\(ndc)_x", ndc, "HUMAN PRESCRIPTION DRUG", name, "", name.lowercased(), "TABLET, FILM COATED", route, from,
            to, "ANDA", "ANDA000000", "Some Labeler", substances, strength, unit, "", "", "N", "20271231",
        ].joined(separator: "\t")
    }

    static let packageHead = """
        PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\tENDMARKETINGDATE\t\
        NDC_EXCLUDE_FLAG\tSAMPLE_PACKAGE
        """

    static func package(_ ndc: String, from: String = "20200101", to: String = "") -> String {
        "x\tx\t\(ndc)\t30 TABLET in 1 BOTTLE\t\(from)\t\(to)\tN\tN"
    }

    static let products = [
        head, product("0093-7214", "Firstol", substances: "METFORMIN HYDROCHLORIDE"),
        product(
            "12345-678", "Secondol", substances: "LISINOPRIL; HYDROCHLOROTHIAZIDE", strength: "20; 12.5",
            unit: "mg/1; mg/1"),
        product("54321-9876", "Thirdol", substances: "DIGOXIN", route: "INTRAMUSCULAR; INTRAVENOUS", to: "20221231"),
    ]
    static let packages = [
        packageHead, package("0093-7214-01"), package("0093-7214-10", from: "20210301", to: "20230630"),
        package("12345-678-90"), package("54321-9876-5", to: "20221231"),
    ]

    static func importing(products: [String] = products, packages: [String] = packages) throws -> NDCImport {
        try NDCImport(
            products: official("product.txt", products.joined(separator: "\r\n")),
            packages: official("package.txt", packages.joined(separator: "\r\n")), version: "2026-11-20",
            period: "2026-11-20..")
    }

    @Test func segmentsBecomeElevenDigits() {
        let written = [
            ("0093-7214-01", "00093721401"), ("12345-678-90", "12345067890"), ("54321-9876-5", "54321987605"),
            ("00093-7214-01", "00093721401"), ("00093721401", "00093721401"), ("0093-7214", "000937214"),
            ("12345-678", "123450678"), ("123450678", "123450678"),
        ]
        for (text, code) in written { #expect(NationalDrugCode(text)?.code == code, "\(text)") }
        #expect(NationalDrugCode("12345-678-90")?.description == "12345-0678-90")
        #expect(NationalDrugCode("12345-678")?.description == "12345-0678")
        for text in ["", "0093721401", "93-7214-01", "0093-7214-012", "00093-72I4-01", "123456-78-90", "-", "0093--01"]
        {
            #expect(NationalDrugCode(text) == nil, "\(text)")
        }
        #expect(
            NationalDrugCode.readings(of: "0093721401").map(\.code) == ["00093721401", "00937021401", "00937214001"])
        #expect(NationalDrugCode.readings(of: "00937214").isEmpty)
    }

    @Test func aProductIsARowWithItsPackages() throws {
        let result = try Self.importing()
        #expect((result.products, result.packages, result.replaced) == (3, 4, 0))
        #expect(result.leftOut.isEmpty)
        #expect(
            rows(result.files["ndc.tsv"]) == [
                "000937214\tFirstol\tMETFORMIN HYDROCHLORIDE\t5 mg/1\tTABLET, FILM COATED\tORAL\t2020-01-01\t\t"
                    + "01 10=2021-03-01..2023-06-30",
                "123450678\tSecondol\tLISINOPRIL|HYDROCHLOROTHIAZIDE\t20 mg/1|12.5 mg/1\tTABLET, FILM COATED\tORAL\t"
                    + "2020-01-01\t\t90",
                "543219876\tThirdol\tDIGOXIN\t5 mg/1\tTABLET, FILM COATED\tINTRAMUSCULAR|INTRAVENOUS\t2020-01-01\t"
                    + "2022-12-31\t05",
            ])
        let comments = (result.files["ndc.tsv"] ?? "").split(separator: "\n").prefix { $0.hasPrefix("#") }
        #expect(comments.first == "# table: ndc version: 2026-11-20 effective: 2026-11-20..")
        for word in ["# source:", "# licence:", "# date:"] { #expect(comments.contains { $0.hasPrefix(word) }) }
    }

    @Test func aProductIsFoundByEveryFormAtADate() throws {
        let tables = try codeTables(with: try Self.importing().files)
        for text in ["0093-7214-01", "00093-7214-01", "00093721401", "0093721401"] {
            #expect(tables.ndc(text)?.substances == ["METFORMIN HYDROCHLORIDE"], "\(text)")
        }
        #expect(tables.ndc("0093-7214")?.ndc.package == nil)
        #expect(tables.ndc("12345-678-90")?.strengths == ["20 mg/1", "12.5 mg/1"])
        #expect(tables.ndc("0093-7214-02") == nil, "the product has no such package")
        #expect(tables.ndc("0093-7215-01") == nil)
        let day = try #require(CalendarDate("2023-07-01"))
        #expect(tables.ndc("0093-7214-01", on: day) != nil)
        #expect(tables.ndc("0093-7214-10", on: day) == nil, "the package has its own days")
        #expect(tables.ndc("0093-7214-10")?.marketedTo == CalendarDate("2023-06-30"))
        #expect(tables.ndc("54321-9876-05", on: day) == nil)
        #expect(tables.packages(ofProduct: "0093-7214").map(\.code) == ["00093721401", "00093721410"])
        #expect(tables.headers.contains { $0.name == "ndc" && $0.version == "2026-11-20" })
    }

    @Test func tenDigitsThatMayBeTwoProductsAreNeither() throws {
        let products = [
            Self.head, Self.product("1234-5678", "A", substances: "A"), Self.product("12345-678", "B", substances: "B"),
        ]
        let packages = [Self.packageHead, Self.package("1234-5678-90"), Self.package("12345-678-90")]
        let tables = try codeTables(with: try Self.importing(products: products, packages: packages).files)
        #expect(tables.ndc("1234567890") == nil)
        #expect(tables.ndc("1234-5678-90")?.name == "A")
        #expect(tables.ndc("12345-678-90")?.name == "B")
    }

    @Test func theLaterListingOfAProductHolds() throws {
        let older = Self.product("0093-7214", "Old name", substances: "OTHER", from: "20100101")
        let result = try Self.importing(products: Self.products + [older])
        #expect((result.products, result.replaced) == (3, 1))
        let newer = Self.product("0093-7214", "New name", substances: "OTHER", from: "20250101")
        let renewed = try Self.importing(products: Self.products + [newer])
        #expect(try codeTables(with: renewed.files).ndc("0093-7214")?.name == "New name")
    }

    @Test func rowsThatCannotBeUsedAreNamed() throws {
        let result = try Self.importing(
            products: Self.products + [
                Self.product("ABC-1234", "x", substances: "x"),
                Self.product("0093-0001", "x", substances: "x", from: "20209999"),
            ],
            packages: Self.packages + [Self.package("0093-7214"), Self.package("0093-9999-01")])
        #expect(
            result.leftOut.map(\.description) == [
                "product.txt:5: its product code is not of 4-4, 5-3 or 5-4 digits",
                "product.txt:6: has a marketing date that is no day",
                "package.txt:6: its package code is not of 4-4-2, 5-3-2 or 5-4-1 digits",
                "package.txt:7: its product is not in the list of products",
            ])
        let bad = (0...1_000).map { _ in Self.product("ABC-1234", "x", substances: "x") }
        #expect(
            refusal { _ = try Self.importing(products: Self.products + bad) }
                == "product.txt:1005: is one of too many rows that cannot be used: its product code is not of 4-4, 5-3 or "
                + "5-4 digits")
    }

    @Test func whatIsNotTheDirectoryIsRefused() {
        #expect(
            refusal { _ = try Self.importing(products: ["PRODUCTNDC\tX", "0093-7214\ty"]) }
                == "product.txt:1: has no column 'PROPRIETARYNAME'")
        #expect(refusal { _ = try Self.importing(products: []) } == "product.txt:1: is empty")
        #expect(
            refusal { _ = try Self.importing(packages: Self.packages + [Self.package("1-1-1") + "\tmore"]) }
                == "package.txt:6: has 9 cells where the first line has 8")
        let missing = OfficialFile(path: "/nowhere/product.txt")
        #expect(
            refusal { _ = try NDCImport(products: missing, packages: missing, version: "1", period: "..") }
                == "product.txt: cannot be read")
        let empty = official("product.txt", "")
        for (version, period) in [("", ".."), ("a b", ".."), ("1", "2026"), ("1", "2026-02-30..")] {
            #expect(
                refusal { _ = try NDCImport(products: empty, packages: empty, version: version, period: period) }?
                    .hasSuffix("does not have the form it must have") == true)
        }
    }

    @Test func aFileIsReadFromDiskInBlocks() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ndc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // More than one block of 256 kB, with a letter in Windows-1252.
        let many = (0..<3_000).map {
            Self.product("5\(padded($0, to: 4))-001", "N\(padded($0, to: 4))", substances: "X")
        }
        var text = Data((Self.products + many).joined(separator: "\n").utf8)
        text.append(contentsOf: Data(("\n" + Self.product("99999-001", "Caf#", substances: "X")).utf8))
        text = Data(text.map { $0 == UInt8(ascii: "#") ? 0xe9 : $0 })
        let product = folder.appendingPathComponent("product.txt")
        let package = folder.appendingPathComponent("package.txt")
        try text.write(to: product)
        try Data(Self.packages.joined(separator: "\n").utf8).write(to: package)
        let result = try NDCImport(
            products: OfficialFile(path: product.path), packages: OfficialFile(path: package.path), version: "1",
            period: "..")
        #expect(result.products == 3_004)
        let tables = try codeTables(with: result.files)
        for number in 0..<3_000 {
            #expect(tables.ndc("5\(padded(number, to: 4))-001")?.name == "N\(padded(number, to: 4))")
        }
        #expect(tables.ndc("99999-001")?.name == "Café")
    }
}
