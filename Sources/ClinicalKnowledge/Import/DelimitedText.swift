import HealthTypes

/// Why a file of another publisher cannot be read.
public struct KnowledgeImportError: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    public let line: Int?
    public let reason: String

    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}

/// Rows of cells with a separator and a header, or with columns that the publisher fixes.
struct DelimitedText {
    /// More than any of the publishers' files has.
    static let sizeLimit = 2 << 30

    let file: String
    private let bytes: [UInt8]
    private let separator: UInt8
    private let columns: [String: Int]
    private let width: Int
    private let bodyStart: Int

    /// A file with a header line. Columns are found by name, in either case; those of `required` must be there.
    init(
        _ file: String, _ bytes: [UInt8], separator: Character = "\t", required: [String]
    ) throws(KnowledgeImportError) {
        self.file = file
        self.bytes = bytes
        self.separator = separator.asciiValue ?? 9
        guard bytes.count <= Self.sizeLimit else {
            throw KnowledgeImportError(file: file, line: nil, reason: "is larger than this import reads")
        }
        let end = bytes.firstIndex(of: 10) ?? bytes.count
        let separatorByte = self.separator
        let names = Self.trimmed(bytes[..<end]).split(separator: separatorByte, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self).lowercased().filter { $0 != "\"" && $0 != "\u{feff}" }
        }
        columns = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
        width = names.count
        bodyStart = min(end + 1, bytes.count)
        for name in required where columns[name] == nil {
            throw KnowledgeImportError(file: file, line: 1, reason: "has no column '\(name)'")
        }
    }

    /// A file without a header, whose columns are these (RRF: each line ends with a separator too).
    init(_ file: String, _ bytes: [UInt8], separator: Character, fixed: [String]) throws(KnowledgeImportError) {
        self.file = file
        self.bytes = bytes
        self.separator = separator.asciiValue ?? 9
        columns = Dictionary(zip(fixed, 0...), uniquingKeysWith: { first, _ in first })
        width = fixed.count
        bodyStart = 0
        guard bytes.count <= Self.sizeLimit else {
            throw KnowledgeImportError(file: file, line: nil, reason: "is larger than this import reads")
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 13 ? line.dropLast() : line
    }

    struct Row {
        fileprivate let cells: [ArraySlice<UInt8>]
        fileprivate let columns: [String: Int]

        /// The cell's text without the quotes around it; empty where the file has no such column.
        subscript(_ column: String) -> String {
            guard let place = columns[column], place < cells.count else { return "" }
            let text = String(decoding: cells[place], as: UTF8.self)
            return text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
                ? String(text.dropFirst().dropLast()) : text
        }
    }

    /// Every row in order; a row with fewer cells than the header stops the import.
    func forEach(_ body: (Row) -> Void) throws(KnowledgeImportError) {
        var line = bodyStart == 0 ? 0 : 1
        var start = bodyStart
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            let content = Self.trimmed(bytes[start..<end])
            start = end + 1
            if content.isEmpty { continue }
            let cells = content.split(separator: separator, omittingEmptySubsequences: false)
            guard cells.count >= width else {
                throw KnowledgeImportError(
                    file: file, line: line, reason: "has \(cells.count) cells where \(width) are expected")
            }
            body(Row(cells: cells, columns: columns))
        }
    }
}
