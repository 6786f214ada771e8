public import HealthTypes

/// Why a document or text cannot be read, and where. Its message comes from the code and never from the text.
public struct TextError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case tooLarge = "text.too-large"
        case notText = "text.not-text"
        case unknownFormat = "text.unknown-format"
        case missingPDFReader = "text.pdftotext-missing"
        case missingPDFPainter = "text.pdftoppm-missing"
        case missingTextRecognition = "text.tesseract-missing"
        case programFailed = "text.program-failed"
        case tookTooLong = "text.took-too-long"
        case outputTooLarge = "text.output-too-large"
        case tooManyPages = "text.too-many-pages"
        case noText = "text.no-text"

        /// What it means and what to do.
        public var message: String {
            switch self {
            case .tooLarge: "The document is larger than the limit; split it."
            case .notText: "The bytes are not UTF-8 text; convert the document to UTF-8."
            case .unknownFormat: "The document is neither plain text, PDF, PNG, JPEG nor TIFF."
            case .missingPDFReader:
                "The program pdftotext is not installed; install poppler-utils (apt-get install poppler-utils)."
            case .missingPDFPainter:
                "The program pdftoppm is not installed; install poppler-utils (apt-get install poppler-utils)."
            case .missingTextRecognition:
                "The program tesseract is not installed; install tesseract-ocr (apt-get install tesseract-ocr)."
            case .programFailed: "The program that reads the document failed; the document may be damaged or locked."
            case .tookTooLong: "Reading the document took longer than the limit."
            case .outputTooLarge: "The document holds more text than the limit."
            case .tooManyPages: "The document has more pages than the limit."
            case .noText: "No text was found in the document."
            }
        }
    }

    public let kind: Kind
    public let location: Location

    public init(_ kind: Kind, at location: Location = Location()) {
        self.kind = kind
        self.location = location
    }

    /// The same as an issue, for reports and answers.
    public var issue: Issue { Issue(.error, kind.rawValue, at: location, message: kind.message) }

    public var description: String { issue.line }
}
