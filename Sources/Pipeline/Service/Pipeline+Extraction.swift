import ClinicalKnowledge
public import ClinicalText
public import HealthTypes
import Stages
public import Store
import Terminology

/// What was found in a document, kept in the record.
public struct KeptExtraction: Sendable {
    public var entry: ServiceEntry
    /// The document as it was read: its digest, form and pages with their texts.
    public var document: JSON
    /// Mentions, codes and sections.
    public var answer: JSON
}

extension Pipeline {
    /// More text than this in one document is refused: the answer would have many times its size.
    public static let maximumExtractedBytes = 4 << 20

    /// Reads a document and what it says, and keeps the text and the findings in the record; the document itself is
    /// named by its digest.
    ///
    /// Takes no place at ``documents`` by itself, so that the caller can hold one while the bytes come in.
    ///
    /// - Throws: `TextError` where the document cannot be read, ``ServiceJournal/Full``.
    public func extract(_ bytes: [UInt8], reader: DocumentReader) async throws -> KeptExtraction {
        let home = home
        let documents = documents
        let found = try await documents.run {
            let text = try reader.read(bytes)
            guard text.pages.reduce(0, { $0 + $1.text.utf8.count }) <= Self.maximumExtractedBytes else {
                throw TextError(.outputTooLarge)
            }
            let document = ExtractedDocument(text, digest: Digest(of: bytes), byteCount: bytes.count)
            let extractor = try documents.extractor(home.sets, home.engines.knowledge)
            return (document, try document.answer(extractor, knowledgeVersion: home.engines.knowledge.version))
        }
        let draft = found.0.draft(found.1, on: home.generation.digest)
        return KeptExtraction(entry: try await journal.keep(draft), document: found.0.json, answer: found.1)
    }
}

/// A document as it was read: all that the extraction rests on, besides the vocabulary.
struct ExtractedDocument {
    let json: JSON
    private let text: DocumentText

    init(_ text: DocumentText, digest: Digest, byteCount: Int) {
        self.text = text
        json = [
            "format": .string(text.format.rawValue), "digest": .string(digest.hex), "bytes": JSON(byteCount),
            "pages": .array(
                text.pages.map { page in
                    [
                        "number": JSON(page.number), "text": .string(page.text),
                        "recognized": .bool(page.isRecognized),
                    ]
                }),
        ]
    }

    /// Reads back what ``json`` holds; nil where it is no document.
    init?(reading json: JSON) {
        guard let format = json["format"]?.string.flatMap(DocumentText.Format.init), let pages = json["pages"]?.array
        else { return nil }
        self.json = json
        text = DocumentText(
            format: format,
            pages: pages.map {
                DocumentPage(
                    number: $0["number"]?.integer ?? 0, text: $0["text"]?.string ?? "",
                    isRecognized: $0["recognized"]?.bool ?? false)
            })
    }

    func draft(_ answer: JSON, on ground: Digest) -> ServiceDraft {
        let content: JSON = ["request": json, "answer": answer]
        return ServiceDraft(.extraction, outcome: "read", ground: ground, content: Array(content.text.utf8))
    }

    func answer(_ extractor: ClinicalExtractor, knowledgeVersion: String) throws(TextError) -> JSON {
        let whole = Array(text.text.utf8)
        let extraction = try extractor.extract(utf8: whole)
        let starts = pageStarts()
        func place(_ range: Range<Int>) -> [(String, JSON?)] {
            // The last page that begins at or before the place.
            let index = starts.lastIndex { $0 <= range.lowerBound } ?? 0
            return [
                ("start", JSON(range.lowerBound)), ("end", JSON(range.upperBound)),
                ("page", JSON(text.pages[index].number)),
            ]
        }
        return [
            "mentions": .array(
                extraction.mentions.map { mention in
                    .object(
                        JSONObject(
                            present(
                                [
                                    ("kind", .string(mention.kind.rawValue)),
                                    ("text", .string(String(decoding: whole[mention.range], as: UTF8.self))),
                                ] + place(mention.range) + [
                                    ("name", mention.name.map(JSON.string)),
                                    ("codes", .array(mention.codes.map(\.extractionJSON))),
                                    ("confidence", number(mention.confidence)),
                                    ("source", .string(mention.source.rawValue)),
                                    ("context", mention.context.json),
                                    ("section", mention.section.map { .string($0.rawValue) }),
                                    ("dose", mention.dosage?.json),
                                ])))
                }),
            "codes": .array(
                extraction.codes.map { code in
                    [
                        "system": .string(code.code.system.rawValue), "code": .string(code.code.written),
                        "confidence": number(code.confidence), "written": .bool(code.isWritten),
                        "context": code.context.json,
                        "places": .array(code.ranges.map { .object(JSONObject(present(place($0)))) }),
                    ]
                }),
            "sections": .array(
                extraction.sections.map { section in
                    .object(JSONObject([("kind", .string(section.kind.rawValue))] + present(place(section.range))))
                }),
            "knowledge_version": .string(knowledgeVersion),
        ]
    }

    /// UTF-8 offsets of the pages in the whole text, between which a form feed stands.
    private func pageStarts() -> [Int] {
        var starts: [Int] = []
        var start = 0
        for page in text.pages {
            starts.append(start)
            start += page.text.utf8.count + 1
        }
        return starts
    }
}

private func present(_ members: [(String, JSON?)]) -> [(String, JSON)] {
    members.compactMap { name, value in value.map { (name, $0) } }
}

private func number(_ value: Double) -> JSON {
    .number(value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value))
}

extension Code {
    fileprivate var extractionJSON: JSON { ["system": .string(system.rawValue), "code": .string(written)] }

    /// The code as its system writes it: ICD-10-CM has a dot after the category.
    fileprivate var written: String { system == .icd10cm ? DiagnosisCode.dotted(value) : value }
}

extension MentionContext {
    fileprivate static let words: [(MentionContext, String)] = [
        (.negated, "negated"), (.uncertain, "uncertain"), (.historical, "historical"), (.family, "family"),
        (.allergy, "allergy"),
    ]

    fileprivate var json: JSON { .array(Self.words.filter { contains($0.0) }.map { .string($0.1) }) }
}

extension Dosage {
    fileprivate var json: JSON {
        .compact([
            "amount": amount.map(number), "unit": unit.map(JSON.string), "route": route.map(JSON.string),
            "times_per_day": timesPerDay.map(number), "as_needed": .bool(isAsNeeded),
            "start": JSON(range.lowerBound), "end": JSON(range.upperBound),
        ])
    }
}
