public import ArgumentParser
public import ClinicalText
import Foundation
import HealthTypes

struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the conditions, substances and codes that a document names.",
        discussion: """
            The document is plain text in UTF-8, a PDF, or a picture (PNG, JPEG, TIFF). PDFs are read with pdftotext and \
            pdftoppm (package poppler-utils), pictures and scanned pages with tesseract (tesseract-ocr); where one of \
            them is needed and not installed, the error names it. What is found is evidence, and proves nothing.

            --evaluate measures the extraction on a public set (negex: NegEx's test set; bc5cdr: BC5CDR in tokens and \
            tags) and prints precision, recall and F1 on the whole and on each half.

            Exit codes: 0 read; 2 the document, the set or the data cannot be read, or a program is missing.
            """)

    @OptionGroup var data: ClinicalOptions
    @Option(help: "text for people, json for programs.")
    var format = AnswerFormat.text
    @Option(help: "The form of a set to measure with: negex or bc5cdr.")
    var evaluate: TextQuality.Format?
    @Argument(help: "A file, or - for standard input.")
    var file: String

    func run() throws {
        try explained {
            let bytes = try CommandInput.read(file)
            if let evaluate {
                let name = URL(fileURLWithPath: file).lastPathComponent
                let lines = try TextQuality.lines(evaluate, name: name, bytes: bytes, vocabulary: data.vocabulary())
                print(lines.joined(separator: "\n"))
                return
            }
            let document = try DocumentReader().read(bytes)
            let extraction = try ClinicalExtractor(data.vocabulary()).extract(document.text)
            let report = ExtractionReport(document: document, extraction: extraction)
            print(format == .text ? report.text : report.json.pretty, terminator: "")
        }
    }
}

extension TextQuality.Format: ExpressibleByArgument {}
