import Foundation
import HealthTypes
import Testing

@Suite struct TabularFileTests {
    private func table(_ text: String) throws -> TabularFile { try TabularFile(name: "t.tsv", bytes: Array(text.utf8)) }

    private func failure(_ text: String) -> String? {
        do {
            _ = try table(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func rowsKnowTheirLine() throws {
        let file = try table("# source: invented\n\nname\tage\n# a remark\nana\t3\n\nbo\t\n")
        #expect(file.columns == ["name", "age"])
        #expect(file.rows.map(\.line) == [5, 7])
        #expect(file.rows.map { $0.cells.map(String.init) } == [["ana", "3"], ["bo", ""]])
        #expect(try file.column("age", of: "t.tsv") == 1)
    }

    @Test func linesMayEndAsOnWindows() throws {
        let file = try table("# source\r\nname\tage\r\nana\t3\r\n")
        #expect(file.columns == ["name", "age"])
        #expect(file.rows.map { $0.cells.map(String.init) } == [["ana", "3"]])
    }

    @Test func aRowOfAnotherWidthIsRefusedWithItsLine() {
        #expect(failure("# s\na\tb\n1\t2\n1\t2\t3\n") == "t.tsv:4: has 3 cells where the header has 2")
        #expect(failure("a\tb\n1\n") == "t.tsv:2: has 1 cells where the header has 2")
    }

    @Test func aTableNeedsAHeader() {
        #expect(failure("") == "t.tsv: has no header line")
        #expect(failure("# only\n# remarks\n\n") == "t.tsv: has no header line")
    }

    @Test func aMissingColumnIsNamed() throws {
        let file = try table("a\n")
        #expect(throws: DataFileError.self) { try file.column("b", of: "t.tsv") }
        #expect(DataFileError(file: "t.tsv", reason: "is missing").description == "t.tsv: is missing")
        #expect(DataFileError(file: "t.tsv", line: 3, reason: "is bad").description == "t.tsv:3: is bad")
    }

    @Test func bytesThatAreNotUTF8DoNotTrap() throws {
        let file = try TabularFile(name: "t.tsv", bytes: [0x61, 0x09, 0x62, 0x0a, 0xff, 0x09, 0xfe])
        #expect(file.rows.count == 1)
    }
}

@Suite struct DataFilesTests {
    /// What a listing names is read back from it, names with spaces too.
    @Test func aListingIsReadBack() throws {
        let files = DataFiles(files: ["a b.txt": [1], "payers/m.json": [2, 3], "z": []])
        let listed = try #require(DataFiles.listed(Array(files.listing.utf8)))
        #expect(listed.map(\.name) == ["a b.txt", "payers/m.json", "z"])
        #expect(listed.map(\.digest) == [Digest(of: [1]), Digest(of: [2, 3]), Digest(of: [])])
        #expect(DataFiles.listed(Array("a b".utf8)) == nil)
        #expect(DataFiles.listed([])?.isEmpty == true)
    }

    @Test func theDigestIsOfNamesAndContents() {
        let one = DataFiles(files: ["a": [1], "b/c": [2]])
        #expect(one.listing == "a \(Digest(of: [1]))\nb/c \(Digest(of: [2]))\n")
        #expect(one.digest == Digest(of: one.listing))
        #expect(one.digest == DataFiles(files: ["b/c": [2], "a": [1]]).digest)
        #expect(one.digest != DataFiles(files: ["a": [2], "b/c": [1]]).digest)
        #expect(one.digest != DataFiles(files: ["a": [1], "b/d": [2]]).digest)
    }

    @Test func readsAFolderAndPassesOverHiddenFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("data-files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in ["x.tsv": "1", "sub/y.json": "2", ".hidden": "3", "sub/.z/w": "4"] {
            let url = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        let files = try DataFiles(folder: folder.path)
        #expect(files.files.keys.sorted() == ["sub/y.json", "x.tsv"])
        #expect(files.text("sub/y.json") == "2")
        #expect(files.text("none") == nil)
        #expect(files.names(endingIn: ".tsv") == ["x.tsv"])
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        #expect(throws: (any Error).self) { try DataFiles(folder: "/no/such/folder") }
    }
}

@Suite struct IssueTests {
    @Test func aLineSaysWhereAndNothingOfTheData() {
        let location = Location(
            source: "in.837", byte: 1201, segment: 41, segmentID: "SV1", loop: "2400", element: 1, component: 2)
        let issue = Issue(.error, "x12.code", at: location, message: "The code is not in the table.")
        #expect(
            issue.line
                == "error x12.code at in.837, loop 2400, segment 41 (SV101-2), byte 1201: The code is not in the table."
        )
        #expect(Issue(.warning, "a.b", message: "Odd.").line == "warning a.b: Odd.")
        #expect(Location(line: 3, path: "/amount").description == "line 3, /amount")
        #expect(Issue.Severity.information < .warning && Issue.Severity.error < .fatal)
    }
}
