import Foundation
import HealthTypes
import Terminology
import Testing

/// A tabular list of a few invented codes, in the form of the official one.
@Suite struct ICD10CMImportTests {
    static let sample = """
        <?xml version="1.0" encoding="utf-8"?>
        <ICD10CM.tabular><version>2099</version><introduction><introSection type="title"><title>x</title></introSection>
        </introduction>
        <chapter><name>1</name><desc>First
          chapter (Q00-Q09)</desc><includes><note>this and that</note></includes>
        <section id="Q00-Q09"><desc>All (Q00-Q09)</desc><excludes2><note>others (A00-B99)</note></excludes2></section>
        <section id="Q00-Q01"><desc>Some (Q00-Q01)</desc>
          <diag><name>Q00</name><desc>Gadget</desc>
            <excludes1><note>widget (Q01.-)</note></excludes1>
            <inclusionTerm><note>Gizmo &amp; co</note></inclusionTerm>
            <sevenChrDef><extension char="A">first time</extension><extension char="D">later</extension>
              <note>or again</note></sevenChrDef>
            <diag><name>Q00.1</name><desc>Blue gadget</desc></diag>
            <diag><name>Q00.2</name><desc>Red gadget</desc>
              <diag><name>Q00.21</name><desc>Dark red gadget</desc>
                <sevenChrDef><extension char="B">only time</extension></sevenChrDef></diag></diag>
          </diag></section>
        <section id="Q01"><desc>One (Q01)</desc><diag><name>Q01</name><desc>Widget</desc></diag></section>
        </chapter></ICD10CM.tabular>
        """

    func importing(_ xml: String, codes: String? = nil) throws -> ICD10CMImport {
        try ICD10CMImport(
            tabular: Data(xml.utf8), codeList: codes, version: "FY2099", period: "2098-10-01..2099-09-30",
            source: "made up")
    }

    func body(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map(String.init)
    }

    @Test func codesTitlesAndSeventhCharacters() throws {
        let result = try importing(Self.sample)
        #expect(
            body(result.files["icd10cm.tsv"]) == [
                "Q00\tc\tGadget", "Q001\ts\tBlue gadget", "Q001XXA\tb\t, first time", "Q001XXD\tb\t, later/or again",
                "Q002\ts\tRed gadget", "Q0021\ts\tDark red gadget", "Q0021XB\tb\t, only time", "Q01\tb\tWidget",
            ])
        #expect(result.codes == 8)
        #expect(result.billableCodes == 4)
    }

    @Test func theListOfCodesConfirms() throws {
        let result = try importing(Self.sample, codes: "Q00.1XXA Blue\nQ0021XB\tRed\n\nQ01")
        #expect(body(result.files["icd10cm.tsv"]).filter { $0.contains("XX") } == ["Q001XXA\tb\t, first time"])
    }

    @Test func blocksAndNotes() throws {
        let result = try importing(Self.sample)
        #expect(
            body(result.files["icd10cm-blocks.tsv"]) == [
                "1\t\t\tFirst chapter (Q00-Q09)", "Q00-Q09\t1\tQ00-Q01 Q01\tAll (Q00-Q09)",
                "Q00-Q01\t1\tQ00\tSome (Q00-Q01)", "Q01\t1\tQ01\tOne (Q01)",
            ])
        #expect(
            body(result.files["icd10cm-notes.tsv"]) == [
                "Q00\tinclusion\tGizmo & co", "Q00\texcludes1\twidget (Q01.-)",
                "block:Q00-Q09\texcludes2\tothers (A00-B99)", "chapter:1\tincludes\tthis and that",
            ])
    }

    /// What is written is what the tables read.
    @Test func theTablesReadWhatWasWritten() throws {
        var files = try Shipped.files.get().files
        for (name, text) in try importing(Self.sample).files { files[name] = Array(text.utf8) }
        let tables = try CodeTables(DataFiles(files: files))
        #expect(tables.diagnosis("Q00.21XB")?.title == "Dark red gadget, only time")
        #expect(
            tables.ancestors(ofDiagnosis: "Q00.1XXA") == [
                "Q001XXA", "Q001", "Q00", "icd10cm-block:Q00-Q01", "icd10cm-block:Q00-Q09", "icd10cm-chapter:1",
            ])
        #expect(tables.excludes1("Q00.1XXA", "Q01") != nil)
        #expect(tables.headers.first { $0.name == "icd10cm" }?.version == "FY2099")
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><ICD10CM.tabular>&b;</ICD10CM.tabular>",
        "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><ICD10CM.tabular/>",
    ])
    func documentTypesAreRefused(xml: String) {
        #expect(throws: TableImportError.forbiddenMarkup) { try importing(xml) }
    }

    @Test func otherEncodingsAreRefused() throws {
        let utf16 = try #require(Self.sample.data(using: .utf16))
        #expect(throws: TableImportError.forbiddenMarkup) {
            try ICD10CMImport(
                tabular: utf16, codeList: nil, version: "v", period: "2098-10-01..2099-09-30", source: "s")
        }
    }

    @Test func whatIsNotTheTabularListIsRefused() throws {
        #expect(throws: TableImportError.unexpected(element: "html", line: 1)) { try importing("<html><p/></html>") }
        for broken in ["", "text", "<ICD10CM.tabular><chapter>", String(Self.sample.dropLast(40))] {
            let error = #expect(throws: TableImportError.self, "\(broken.prefix(20))") { try importing(broken) }
            guard case .malformed = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        let wrongCode = Self.sample.replacingOccurrences(of: "<name>Q01</name>", with: "<name>Q-1</name>")
        #expect(throws: TableImportError.self) { try importing(wrongCode) }
        let untitled = Self.sample.replacingOccurrences(of: "<desc>Widget</desc>", with: "")
        #expect(throws: TableImportError.self) { try importing(untitled) }
        let deep = "<ICD10CM.tabular>" + String(repeating: "<a>", count: 5000)
        #expect(throws: TableImportError.self) { try importing(deep) }
    }

    @Test(arguments: [
        ("", "2098-10-01..2099-09-30"), ("a b", "2098-10-01..2099-09-30"), ("v", "2098-10-01"), ("v", ".."),
    ])
    func versionAndPeriodHaveTheirForm(version: String, period: String) {
        #expect(throws: TableImportError.self) {
            try ICD10CMImport(
                tabular: Data(Self.sample.utf8), codeList: nil, version: version, period: period, source: "s")
        }
    }
}
