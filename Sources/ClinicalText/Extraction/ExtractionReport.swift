public import HealthTypes
import Terminology

/// What was found in a document, with its places, for people and for programs.
public struct ExtractionReport: Sendable {
    public let document: DocumentText
    public let extraction: Extraction

    /// `extraction` is that of the document's whole text.
    public init(document: DocumentText, extraction: Extraction) {
        self.document = document
        self.extraction = extraction
    }

    /// Offsets are UTF-8 bytes of the document's text, in which a form feed stands between pages; boxes are left, top,
    /// right and bottom in points.
    public var json: JSON {
        let text = Array(document.text.utf8)
        return [
            "format": .string(document.format.rawValue), "pages": JSON(document.pages.count),
            "recognized_pages": .array(document.pages.filter(\.isRecognized).map { JSON($0.number) }),
            "codes": .array(extraction.codes.map { json($0) }),
            "mentions": .array(extraction.mentions.map { json($0, text) }),
            "sections": .array(
                extraction.sections.map {
                    [
                        "kind": .string($0.kind.rawValue), "start": JSON($0.range.lowerBound),
                        "end": JSON($0.range.upperBound),
                    ]
                }),
        ]
    }

    private func json(_ code: ExtractedCode) -> JSON {
        [
            "system": .string(code.code.system.rawValue), "code": .string(code.code.spelled),
            "confidence": Self.number(code.confidence), "is_written": .bool(code.isWritten),
            "context": .array(code.context.words.map(JSON.string)), "places": .array(code.ranges.map { place($0) }),
        ]
    }

    private func json(_ mention: Mention, _ text: [UInt8]) -> JSON {
        .compact([
            "kind": .string(mention.kind.rawValue),
            "text": .string(String(decoding: text[mention.range], as: UTF8.self)),
            "place": place(mention.range), "name": mention.name.map(JSON.string),
            "codes": .array(
                mention.codes.map { ["system": .string($0.system.rawValue), "code": .string($0.spelled)] }),
            "source": .string(mention.source.rawValue), "confidence": Self.number(mention.confidence),
            "context": .array(mention.context.words.map(JSON.string)),
            "section": mention.section.map { .string($0.rawValue) }, "dosage": mention.dosage.map(Self.json),
        ])
    }

    private func place(_ range: Range<Int>) -> JSON {
        let place = document.place(of: range)
        let boxes = (place?.boxes ?? []).map { box in
            JSON.array([box.left, box.top, box.right, box.bottom].map(Self.number))
        }
        return .compact([
            "start": JSON(range.lowerBound), "end": JSON(range.upperBound), "page": place.map { JSON($0.page) },
            "boxes": boxes.isEmpty ? nil : .array(boxes),
        ])
    }

    private static func json(_ dosage: Dosage) -> JSON {
        .compact([
            "amount": dosage.amount.map(number), "unit": dosage.unit.map(JSON.string),
            "route": dosage.route.map(JSON.string), "times_per_day": dosage.timesPerDay.map(number),
            "as_needed": .bool(dosage.isAsNeeded), "start": JSON(dosage.range.lowerBound),
            "end": JSON(dosage.range.upperBound),
        ])
    }

    /// Three decimals at the most, none where there is nothing behind the point.
    private static func number(_ value: Double) -> JSON {
        guard value.isFinite, abs(value) < 1e12 else { return .null }
        let thousandths = Int((value * 1000).rounded())
        var text = "\(abs(thousandths) / 1000)"
        var digits = padded(abs(thousandths) % 1000, to: 3)
        while digits.hasSuffix("0") { digits.removeLast() }
        if !digits.isEmpty { text += ".\(digits)" }
        return .number(thousandths < 0 ? "-\(text)" : text)
    }

    /// Lines for a terminal: the codes, then every mention in the order of the text.
    public var text: String {
        let bytes = Array(document.text.utf8)
        let pages = "\(document.pages.count) page\(document.pages.count == 1 ? "" : "s")"
        var lines = ["\(document.format.rawValue), \(pages), \(bytes.count) bytes", "codes:"]
        for code in extraction.codes {
            let words = ([code.isWritten ? "written" : "named"] + code.context.words).joined(separator: ", ")
            let places = code.ranges.map { spot($0) }.joined(separator: "; ")
            lines.append("  \(code.code.spelled)  \(Self.number(code.confidence).text)  \(words)  \(places)")
        }
        lines.append("mentions:")
        for mention in extraction.mentions {
            let codes = mention.codes.isEmpty ? "no code" : mention.codes.map(\.spelled).joined(separator: " ")
            var words = [mention.kind.rawValue, mention.source.rawValue] + mention.context.words
            if let dosage = mention.dosage {
                words.append("'\(Self.line(bytes, dosage.range))'")
            }
            lines.append(
                "  \(spot(mention.range))  '\(Self.line(bytes, mention.range))'  \(codes)  "
                    + "\(Self.number(mention.confidence).text)  \(words.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func spot(_ range: Range<Int>) -> String {
        let page = document.place(of: range).map { "page \($0.page) " } ?? ""
        return "\(page)\(range.lowerBound)-\(range.upperBound)"
    }

    /// A piece of the text on one line.
    private static func line(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension MentionContext {
    /// The names of what is said, in a fixed order.
    public var words: [String] {
        let names: [(MentionContext, String)] = [
            (.negated, "negated"), (.uncertain, "uncertain"), (.historical, "historical"), (.family, "family"),
            (.allergy, "allergy"),
        ]
        return names.filter { contains($0.0) }.map(\.1)
    }
}

extension Code {
    /// As people write it: diagnoses with their dot.
    fileprivate var spelled: String { system == .icd10cm ? DiagnosisCode.dotted(value) : value }
}
