import HealthTypes
import Pipeline
import Store

/// What was found in a document, as it was kept.
struct ExtractionView: Sendable {
    var entry: ServiceEntry
    var document: JSON
    var answer: JSON
    var generation: GenerationView?
    var replay: DecisionView.Replay?

    init(_ entry: ServiceEntry, in page: any PageReader) throws {
        let body = try JSON(parsing: entry.body)
        guard let document = body["request"], let answer = body["answer"] else {
            throw RecordDamage("an extraction without its document or answer")
        }
        self.entry = entry
        self.document = document
        self.answer = answer
        generation = try entry.ground.map { try GenerationView($0, in: page) }
    }
}

enum ExtractionPage {
    /// Mentions that a page shows; the JSON has all.
    static let maximumMentions = 500

    static func page(_ view: ExtractionView) -> Page {
        let mentions = view.answer["mentions"]?.elements ?? []
        let codes = view.answer["codes"]?.elements ?? []
        return Page(
            "Extraction \(view.entry.id)", in: .analyze,
            """
            <h1>Extraction \(view.entry.id)</h1>
            \(Parts.facts([
                "Read": Parts.time(view.entry.at), "Form": view.document["format"]?.string.map { "\($0)" },
                "Pages": "\(view.document["pages"]?.elements.count ?? 0)",
                "Document": view.document["digest"]?.string.flatMap { Digest(hex: $0) }.map(Parts.digest),
                "Knowledge": view.answer["knowledge_version"]?.string.map { "\($0)" },
            ]))
            \(Parts.section("Codes", id: "codes", self.codes(codes)))
            \(Parts.section("Mentions", id: "mentions", self.mentions(mentions)))
            \(Parts.section("Text", id: "text", text(view)))
            \(Parts.section("What it rests on", id: "basis", ServiceBasisPart.html(view.entry, view.generation)))
            \(view.replay.map(DecisionPage.replay))
            """)
    }

    private static func codes(_ codes: [JSON]) -> HTML {
        Parts.table(
            "Codes", [.init("Code"), .init("Confidence", isNumber: true), .init("Written out"), .init("Said")],
            codes.map { code in
                [
                    Parts.code(code["code"]?.string ?? ""), "\(code["confidence"]?.numberText)",
                    code["written"]?.bool == true ? "yes" : "no", "\(words(code["context"]))",
                ]
            }, empty: "No code was found.")
    }

    private static func mentions(_ mentions: [JSON]) -> HTML {
        let rows: [[HTML]] = mentions.prefix(maximumMentions).map { mention in
            let codes: [HTML] = (mention["codes"]?.elements ?? []).map { Parts.code($0["code"]?.string ?? "") }
            return [
                "\(mention["text"]?.string)", "\(mention["kind"]?.string)", "\(codes)",
                "\(mention["confidence"]?.numberText)", "\(words(mention["context"]))",
                "\(mention["section"]?.string)", "\(mention["page"]?.numberText)",
            ]
        }
        let rest: HTML? =
            mentions.count > maximumMentions
            ? "<p class=\"quiet\">The first \(maximumMentions) of \(mentions.count); the JSON has all.</p>" : nil
        return """
            \(Parts.table(
                "Mentions in the order of the text",
                [
                    .init("Words"), .init("Kind"), .init("Codes"), .init("Confidence", isNumber: true), .init("Said"),
                    .init("Section"), .init("Page", isNumber: true),
                ], rows, empty: "No condition and no substance was found."))
            \(rest)
            """
    }

    private static func words(_ context: JSON?) -> String {
        (context?.elements ?? []).compactMap(\.string).joined(separator: ", ")
    }

    private static func text(_ view: ExtractionView) -> HTML {
        let pages: [HTML] = (view.document["pages"]?.elements ?? []).map { page in
            let number = page["number"]?.numberText ?? ""
            let mark = page["recognized"]?.bool == true ? ", recognized from a picture" : ""
            return Parts.details(
                "Page \(number)\(mark)", Parts.pre(page["text"]?.string ?? "", label: "Page \(number)"))
        }
        return "\(pages)"
    }
}
