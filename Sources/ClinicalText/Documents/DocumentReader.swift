import Foundation
import HealthTypes

/// Reads the text of a document: plain text by itself, a PDF with poppler's `pdftotext`, pictures and scanned PDFs
/// with `tesseract` (and `pdftoppm`), which run as programs of their own.
///
///     let document = try DocumentReader().read(bytes)
///     let extraction = try extractor.extract(document.text)
///     document.place(of: extraction.mentions[0].range)   // page 2, and the boxes of the words
public struct DocumentReader: Sendable {
    /// What a document may cost.
    public struct Limits: Sendable, Hashable {
        /// Of the document.
        public var maximumBytes = 32 << 20
        public var maximumPages = 200
        /// Of the text, with the places of its words where a program writes them.
        public var maximumOutputBytes = 64 << 20
        /// For the whole document, all programs together.
        public var time: Duration = .seconds(120)

        public init() {}
    }

    public var limits: Limits
    /// The languages that tesseract is told to look for, such as `eng+vie`.
    public var languages: String
    private let programs: Subprocess

    /// Programs are looked for in `folders`, by default those of PATH.
    public init(limits: Limits = Limits(), languages: String = "eng", folders: [String]? = nil) {
        self.limits = limits
        self.languages = languages
        programs = Subprocess(folders: folders ?? Subprocess.path)
    }

    /// Pictures are made and read at this many dots to the inch.
    private static let dotsPerInch = 200

    /// The text of a document whose form its first bytes tell.
    public func read(_ bytes: [UInt8]) throws(TextError) -> DocumentText {
        guard bytes.count <= limits.maximumBytes else {
            throw TextError(.tooLarge, at: Location(byte: limits.maximumBytes))
        }
        let deadline = ContinuousClock.now + limits.time
        if bytes.starts(with: "%PDF-".utf8) { return try pdf(bytes, deadline) }
        if Self.pictures.contains(where: { bytes.starts(with: $0) }) {
            let page = try recognize(bytes, 1, deadline)
            guard !page.words.isEmpty else { throw TextError(.noText) }
            return DocumentText(format: .image, pages: [page])
        }
        return try plain(bytes)
    }

    /// How the bytes of PNG, JPEG and TIFF begin.
    private static let pictures: [[UInt8]] = [
        [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x49, 0x49, 0x2a, 0x00], [0x4d, 0x4d, 0x00, 0x2a],
    ]

    // MARK: Plain text

    private func plain(_ bytes: [UInt8]) throws(TextError) -> DocumentText {
        let bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
        if let zero = bytes.firstIndex(of: 0) { throw TextError(.unknownFormat, at: Location(byte: zero)) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TextError(.notText, at: Location(byte: Self.firstInvalid(bytes)))
        }
        let pages = text.split(separator: "\u{0c}", omittingEmptySubsequences: false)
        guard pages.count <= limits.maximumPages else {
            throw TextError(.tooManyPages, at: Location(path: "page \(limits.maximumPages + 1)"))
        }
        return DocumentText(
            format: .plain, pages: pages.enumerated().map { DocumentPage(number: $0 + 1, text: String($1)) })
    }

    /// The first byte that does not belong to valid UTF-8.
    private static func firstInvalid(_ bytes: [UInt8]) -> Int {
        var low = 0
        var high = bytes.count
        // A prefix is valid up to the fault, but for the up to three bytes of a character that it cuts.
        while low < high {
            let middle = (low + high + 1) / 2
            let isValid = (0...min(3, middle)).contains {
                String(validating: bytes[..<(middle - $0)], as: UTF8.self) != nil
            }
            if isValid { low = middle } else { high = middle - 1 }
        }
        while low > 0, String(validating: bytes[..<low], as: UTF8.self) == nil { low -= 1 }
        return low
    }

    // MARK: PDF

    private func pdf(_ bytes: [UInt8], _ deadline: ContinuousClock.Instant) throws(TextError) -> DocumentText {
        guard let program = programs.find("pdftotext") else { throw TextError(.missingPDFReader) }
        let output = try programs.run(
            program, ["-q", "-bbox-layout", "-enc", "UTF-8", "-l", String(limits.maximumPages + 1), "-", "-"],
            input: bytes, until: deadline, maximumOutput: limits.maximumOutputBytes)
        var pages = PDFText.pages(output)
        guard pages.count <= limits.maximumPages else {
            throw TextError(.tooManyPages, at: Location(path: "page \(limits.maximumPages + 1)"))
        }
        // A page without words is a picture, or empty.
        for index in pages.indices where pages[index].words.isEmpty {
            let picture = try paint(bytes, pages[index].number, deadline)
            pages[index] = try recognize(picture, pages[index].number, deadline)
        }
        guard pages.contains(where: { !$0.words.isEmpty }) else { throw TextError(.noText) }
        return DocumentText(format: .pdf, pages: pages)
    }

    private func paint(_ bytes: [UInt8], _ page: Int, _ deadline: ContinuousClock.Instant) throws(TextError) -> [UInt8]
    {
        guard let program = programs.find("pdftoppm") else { throw TextError(.missingPDFPainter) }
        return try located(page) { () throws(TextError) in
            try programs.run(
                program,
                ["-q", "-f", String(page), "-l", String(page), "-r", String(Self.dotsPerInch), "-gray", "-png", "-"],
                input: bytes, until: deadline, maximumOutput: limits.maximumOutputBytes)
        }
    }

    // MARK: Pictures

    private func recognize(_ picture: [UInt8], _ page: Int, _ deadline: ContinuousClock.Instant) throws(TextError)
        -> DocumentPage
    {
        guard let program = programs.find("tesseract") else { throw TextError(.missingTextRecognition) }
        let output = try located(page) { () throws(TextError) in
            try programs.run(
                program, ["stdin", "stdout", "-l", languages, "--dpi", String(Self.dotsPerInch), "--psm", "3", "tsv"],
                input: picture, until: deadline, maximumOutput: limits.maximumOutputBytes)
        }
        guard
            let recognized = RecognizedText.page(output, number: page, dotsPerInch: Double(Self.dotsPerInch))
        else { throw TextError(.programFailed, at: Location(path: "page \(page)")) }
        return recognized
    }

    /// Says on which page a program failed.
    private func located<Result>(_ page: Int, _ body: () throws(TextError) -> Result) throws(TextError) -> Result {
        do { return try body() } catch { throw TextError(error.kind, at: Location(path: "page \(page)")) }
    }
}
