import Foundation

/// Reads what `pdftotext -bbox-layout` writes: pages, blocks, lines and words with their boxes, as XHTML.
///
/// Only the handful of elements that poppler writes are known; a scanner of these is shorter than what an XML parser
/// would need, and opens nothing else.
struct PDFText {
    private let bytes: [UInt8]
    private var position = 0

    /// The pages of the output, those without words among them.
    static func pages(_ output: [UInt8]) -> [DocumentPage] {
        var reader = PDFText(bytes: output)
        return reader.read()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func read() -> [DocumentPage] {
        var pages: [DocumentPage] = []
        var builder = PageBuilder()
        var size: PageSize?
        while let tag = nextTag() {
            if tag.starts(with: "page ".utf8) {
                builder = PageBuilder()
                size = PageSize(width: number("width", tag), height: number("height", tag))
            } else if tag.elementsEqual("/page".utf8) {
                pages.append(builder.page(pages.count + 1, size: size, isRecognized: false))
            } else if tag.starts(with: "word ".utf8) {
                let box = PageBox(
                    left: number("xMin", tag), top: number("yMin", tag), right: number("xMax", tag),
                    bottom: number("yMax", tag))
                builder.add(text(), box)
            } else if tag.elementsEqual("/line".utf8) {
                builder.endLine()
            } else if tag.elementsEqual("/block".utf8) {
                builder.endBlock()
            }
        }
        return pages
    }

    /// What stands between the next `<` and `>`.
    private mutating func nextTag() -> ArraySlice<UInt8>? {
        guard let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        position = end + 1
        return bytes[start + 1..<end]
    }

    /// The text up to the next tag.
    private mutating func text() -> String {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { position = end }
        return Self.unescaped(String(decoding: bytes[position..<end], as: UTF8.self))
    }

    private func number(_ name: String, _ tag: ArraySlice<UInt8>) -> Double {
        let text = String(decoding: tag, as: UTF8.self)
        guard let start = text.range(of: " " + name + "=\"")?.upperBound else { return 0 }
        return Double(text[start...].prefix { $0 != "\"" }) ?? 0
    }

    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}

/// Reads what `tesseract ... tsv` writes: a row for each page, block, paragraph, line and word.
enum RecognizedText {
    /// The page as it was recognized at a number of dots to the inch; nil where the output is no such table.
    static func page(_ output: [UInt8], number: Int, dotsPerInch: Double) -> DocumentPage? {
        var builder = PageBuilder()
        var size: PageSize?
        var line: [Substring] = []
        let scale = 72 / dotsPerInch
        for row in String(decoding: output, as: UTF8.self).split(separator: "\n").dropFirst() {
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count >= 12, let left = Double(cells[6]), let top = Double(cells[7]),
                let width = Double(cells[8]), let height = Double(cells[9])
            else { return nil }
            switch cells[0] {
            case "1": size = PageSize(width: width * scale, height: height * scale)
            case "5":
                let word = cells[11].trimmingCharacters(in: .whitespaces)
                guard !word.isEmpty else { continue }
                // Columns 2 to 4 say block, paragraph and line.
                let place = Array(cells[2...4])
                if !line.isEmpty, place[0] != line[0] || place[1] != line[1] {
                    builder.endBlock()
                } else if !line.isEmpty, place != line {
                    builder.endLine()
                }
                line = place
                builder.add(
                    word,
                    PageBox(
                        left: left * scale, top: top * scale, right: (left + width) * scale,
                        bottom: (top + height) * scale))
            default: break
            }
        }
        builder.endLine()
        return builder.page(number, size: size, isRecognized: true)
    }
}
