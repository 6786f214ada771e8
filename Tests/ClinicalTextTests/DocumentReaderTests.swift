import ClinicalText
import Foundation
import HealthTypes
import Testing

@Suite struct DocumentReaderTests {
    static let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)

    static func has(_ program: String) -> Bool {
        folders.contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + program) }
    }

    /// A PDF of one page for each of the texts; an empty text makes an empty page.
    static func pdf(_ pages: [String]) -> [UInt8] {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
        let kids = pages.indices.map { "\(4 + 2 * $0) 0 R" }.joined(separator: " ")
        objects.append("<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>")
        objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        for (index, text) in pages.enumerated() {
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(5 + 2 * index) 0 R "
                    + "/Resources << /Font << /F1 3 0 R >> >> >>")
            let stream = text.isEmpty ? "" : "BT /F1 24 Tf 72 700 Td (\(text)) Tj ET"
            objects.append("<< /Length \(stream.utf8.count) >>\nstream\n\(stream)\nendstream")
        }
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            file += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    /// A folder with a program of the given name that does what the lines of a script say.
    static func folder(_ scripts: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("text-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, script) in scripts {
            let path = folder.appendingPathComponent(name).path
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return folder.path
    }

    func error(_ bytes: [UInt8], _ reader: DocumentReader) -> TextError? {
        do {
            _ = try reader.read(bytes)
            return nil
        } catch { return error }
    }

    // MARK: Plain text

    @Test func plainTextIsPagesBetweenFormFeeds() throws {
        let document = try DocumentReader().read(Array("\u{feff}First page.\u{0c}Zweite Seite: Äpfel.".utf8))
        #expect(document.format == .plain)
        #expect(document.pages.map(\.text) == ["First page.", "Zweite Seite: Äpfel."])
        #expect(document.pages.map(\.number) == [1, 2])
        #expect(document.text == "First page.\u{0c}Zweite Seite: Äpfel.")
        let second = Array(document.text.utf8).count - 3
        #expect(document.place(of: second..<second + 2)?.page == 2)
        #expect(document.place(of: 0..<5)?.page == 1)
        #expect(document.place(of: 900..<905) == nil)
    }

    @Test func bytesThatAreNoTextAreRefusedWithTheirPlace() {
        let reader = DocumentReader()
        #expect(error(Array("abc äö ".utf8) + [0xff, 0x41], reader) == TextError(.notText, at: Location(byte: 9)))
        #expect(error(Array("abc".utf8) + [0xc3], reader) == TextError(.notText, at: Location(byte: 3)))
        #expect(error([0x41, 0x00, 0x42], reader) == TextError(.unknownFormat, at: Location(byte: 1)))
    }

    @Test func limitsOfPlainText() {
        var limits = DocumentReader.Limits()
        limits.maximumBytes = 5
        #expect(
            error(Array("123456".utf8), DocumentReader(limits: limits)) == TextError(.tooLarge, at: Location(byte: 5)))
        limits = DocumentReader.Limits()
        limits.maximumPages = 2
        let pages = Array("a\u{0c}b\u{0c}c".utf8)
        #expect(error(pages, DocumentReader(limits: limits)) == TextError(.tooManyPages, at: Location(path: "page 3")))
    }

    // MARK: Programs

    @Test func aMissingProgramIsNamedWithHowToInstallIt() throws {
        let empty = try Self.folder([:])
        let missing = try #require(error(Self.pdf(["x"]), DocumentReader(folders: [empty])))
        #expect(missing.kind == .missingPDFReader)
        #expect(missing.issue.message.contains("apt-get install poppler-utils"))
        let picture = try #require(error([0x89, 0x50, 0x4e, 0x47], DocumentReader(folders: [empty])))
        #expect(picture.kind == .missingTextRecognition)
        #expect(picture.issue.message.contains("apt-get install tesseract-ocr"))
        // A page without words needs the other two programs.
        let empties = "while read -r line; do :; done; echo '<page width=\"612\" height=\"792\"></page>'"
        let one = try Self.folder(["pdftotext": empties])
        #expect(error(Self.pdf([""]), DocumentReader(folders: [one]))?.kind == .missingPDFPainter)
    }

    @Test func everyKindOfErrorHasItsOwnMessage() {
        let messages = Set(TextError.Kind.allCases.map(\.message))
        #expect(messages.count == TextError.Kind.allCases.count)
        #expect(TextError(.noText).description.hasPrefix("error text.no-text: No text"))
    }

    @Test func aProgramThatHangsIsKilled() throws {
        // `exec` keeps the program the one that was started.
        let folder = try Self.folder(["pdftotext": "exec sleep 600"])
        var limits = DocumentReader.Limits()
        limits.time = .milliseconds(200)
        #expect(
            error(Self.pdf(["x"]), DocumentReader(limits: limits, folders: [folder, "/bin", "/usr/bin"]))?.kind
                == .tookTooLong)
    }

    @Test func aProgramThatWritesWithoutEndIsKilled() throws {
        let folder = try Self.folder(["pdftotext": "exec cat /dev/zero"])
        var limits = DocumentReader.Limits()
        limits.maximumOutputBytes = 100_000
        let reader = DocumentReader(limits: limits, folders: [folder, "/bin", "/usr/bin"])
        #expect(error(Self.pdf(["x"]), reader)?.kind == .outputTooLarge)
    }

    @Test func aProgramThatFailsOrDoesNotReadIsNoFailureOfOurs() throws {
        // A megabyte of input, of which the program reads nothing.
        let big = Self.pdf(["x"]) + [UInt8](repeating: 0x20, count: 1 << 20)
        let failing = try Self.folder(["pdftotext": "exit 3"])
        #expect(error(big, DocumentReader(folders: [failing, "/bin"]))?.kind == .programFailed)
        let silent = try Self.folder(["pdftotext": "exit 0"])
        #expect(error(big, DocumentReader(folders: [silent, "/bin"]))?.kind == .noText)
        let crashing = try Self.folder(["pdftotext": "kill -9 $$"])
        #expect(error(big, DocumentReader(folders: [crashing, "/bin"]))?.kind == .programFailed)
    }

    @Test func recognitionThatWritesNoTableFails() throws {
        let folder = try Self.folder(["tesseract": "cat >/dev/null; echo head; echo nothing"])
        let reader = DocumentReader(folders: [folder, "/bin", "/usr/bin"])
        #expect(error([0xff, 0xd8, 0xff, 0xe0], reader) == TextError(.programFailed, at: Location(path: "page 1")))
    }

    @Test func wordsKeepTheirPlacesAndEntitiesAreRead() throws {
        let output = """
            <page width="612.0" height="792.0"><flow><block xMin="72"><line xMin="72">
            <word xMin="72.0" yMin="100.5" xMax="110.0" yMax="112.0">R&amp;D</word>
            <word xMin="115.0" yMin="100.5" xMax="140.0" yMax="112.0">&lt;5</word>
            </line></block><block><line><word xMin="1" yMin="2" xMax="3" yMax="4">end</word></line></block></flow></page>
            """
        let folder = try Self.folder(["pdftotext": "cat >/dev/null; cat <<'EOF'\n\(output)\nEOF"])
        let document = try DocumentReader(folders: [folder, "/bin", "/usr/bin"]).read(Self.pdf(["x"]))
        #expect(document.text == "R&D <5\n\nend\n\n")
        #expect(document.pages[0].size == PageSize(width: 612, height: 792))
        let place = try #require(document.place(of: 4..<6))
        #expect(place.boxes == [PageBox(left: 115, top: 100.5, right: 140, bottom: 112)])
    }

    // MARK: The real programs

    @Test(.enabled(if: has("pdftotext"), "pdftotext is not installed (poppler-utils)"))
    func realPDF() throws {
        let document = try DocumentReader().read(Self.pdf(["Denies chest pain.", "Metformin 500 mg daily."]))
        #expect(document.format == .pdf)
        #expect(
            document.pages.map { $0.text.split(separator: "\n").first } == [
                "Denies chest pain.", "Metformin 500 mg daily.",
            ])
        #expect(document.pages[0].size == PageSize(width: 612, height: 792))
        let word = try #require(document.pages[1].words.first)
        #expect(abs(word.box.left - 72) < 1)
        #expect(!document.pages[1].isRecognized)
    }

    @Test(.enabled(if: has("pdftotext"), "pdftotext is not installed (poppler-utils)"))
    func aDamagedPDFFails() {
        #expect(error(Array("%PDF-1.4 nothing".utf8), DocumentReader())?.kind == .programFailed)
    }

    @Test(.enabled(if: has("pdftotext"), "pdftotext is not installed (poppler-utils)"))
    func aPDFOfTooManyPagesIsRefused() {
        var limits = DocumentReader.Limits()
        limits.maximumPages = 2
        #expect(error(Self.pdf(["a", "b", "c"]), DocumentReader(limits: limits))?.kind == .tooManyPages)
    }

    @Test(
        .enabled(
            if: has("pdftotext") && has("pdftoppm") && has("tesseract"),
            "pdftotext, pdftoppm or tesseract is not installed (poppler-utils, tesseract-ocr)"))
    func aScannedPageIsRecognized() throws {
        // A picture of a page, made from a PDF with text.
        let painted = Process()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("scan-\(UUID().uuidString)")
        try Data(Self.pdf(["Patient has pneumonia"])).write(to: file.appendingPathExtension("pdf"))
        painted.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        painted.arguments = ["pdftoppm", "-r", "200", "-png", "-singlefile", file.path + ".pdf", file.path]
        try painted.run()
        painted.waitUntilExit()
        let picture = [UInt8](try Data(contentsOf: file.appendingPathExtension("png")))
        let document = try DocumentReader().read(picture)
        #expect(document.format == .image)
        #expect(document.text.contains("pneumonia"))
        #expect(document.pages[0].isRecognized)
        let word = try #require(document.pages[0].words.first)
        #expect(abs(word.box.left - 72) < 8)
    }
}
