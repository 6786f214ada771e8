import HealthTypes

/// The HCPCS Level II file of the Centers for Medicare & Medicaid Services (`HCPC…ANWEB.txt`, records of 320 bytes, by
/// its record layout), made into rows of this project's table `procedures.tsv`.
///
/// Rows that the table has already stay as they are, CPT among them, but take the days from and to which the file says
/// that a code is in force. Modifiers are passed over. The words of new rows are the file's own.
public struct HCPCSImport: Sendable {
    static let sizeLimit = 64 << 20

    /// The text of the new table.
    public let table: String
    public let added: Int
    public let kept: Int
    /// Codes of the table whose days the file gave.
    public let dated: Int
    public let modifiers: Int

    private struct Entry {
        var words: String
        let from: String
        let to: String
    }

    /// - Parameters:
    ///   - file: The file's bytes.
    ///   - procedures: The table as it is.
    ///   - version: Of the new table, such as `2026-01`; no white space.
    ///   - source: The file's name, for the table's own record.
    public init(file: [UInt8], procedures: [UInt8], version: String, source: String) throws {
        guard file.count <= Self.sizeLimit else { throw TableImportError.tooLarge(limit: Self.sizeLimit) }
        guard !version.isEmpty, !version.contains(where: \.isWhitespace) else {
            throw TableImportError.invalid("the version")
        }
        let (entries, modifiers) = try Self.entries(file)
        self.modifiers = modifiers
        let old = try TabularFile(name: "procedures.tsv", bytes: procedures)
        let columns = try ["code", "system", "category", "words", "effective_from", "effective_to"].map {
            try old.column($0, of: "procedures.tsv")
        }
        var rows: [String: [String]] = [:]
        var dated = 0
        for (_, cells) in old.rows {
            var cells = cells.map(String.init)
            if let entry = entries[cells[columns[0]]] {
                cells[columns[4]] = entry.from
                cells[columns[5]] = entry.to
                dated += 1
            }
            rows[cells[columns[0]]] = cells
        }
        kept = rows.count
        self.dated = dated
        for (code, entry) in entries where rows[code] == nil {
            var cells = [String](repeating: "", count: old.columns.count)
            let values = [code, "hcpcs", Self.category(code).rawValue, entry.words, entry.from, entry.to]
            for (column, value) in zip(columns, values) { cells[column] = value }
            rows[code] = cells
        }
        added = rows.count - kept
        let head = [
            "# table: procedures version: \(version) effective: ..",
            "# source: the rows of the table before it, and \(source) of the Centers for Medicare & Medicaid Services",
            "# licence: HCPCS Level II is work of the United States government; the other rows as before, in words of "
                + "our own", old.columns.joined(separator: "\t"),
        ]
        let body = rows.sorted { $0.key < $1.key }.map { $0.value.joined(separator: "\t") }
        table = (head + body).joined(separator: "\n") + "\n"
    }

    /// Codes with their words; continued where the file continues them.
    private static func entries(_ file: [UInt8]) throws(TableImportError) -> (entries: [String: Entry], modifiers: Int)
    {
        var entries: [String: Entry] = [:]
        var modifiers = 0
        for (number, line) in file.split(separator: 0x0a).enumerated() {
            // Days and the kind of record stand in fixed places; the file is ASCII.
            guard line.count >= 292 else { throw .malformed(line: number + 1) }
            func cell(_ columns: ClosedRange<Int>) -> String {
                let bytes = line[line.startIndex + columns.lowerBound - 1..<line.startIndex + columns.upperBound]
                let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                return words.joined(separator: " ")
            }
            let code = cell(1...5)
            switch cell(11...11) {
            case "3":
                guard ProcedureCode.system(byFormatOf: code) == .hcpcs else { throw .malformed(line: number + 1) }
                entries[code] = Entry(
                    words: cell(12...91), from: try day(cell(269...276)), to: try day(cell(285...292)))
            case "4": entries[code]?.words += " " + cell(12...91)
            case "7": modifiers += 1
            case "8": break
            default: throw .malformed(line: number + 1)
            }
        }
        guard !entries.isEmpty else { throw .invalid("the file") }
        return (entries, modifiers)
    }

    /// `20260101` as `2026-01-01`.
    private static func day(_ text: String) throws(TableImportError) -> String {
        if text.isEmpty { return "" }
        guard text.utf8.count == 8, let day = CalendarDate(text) else { throw .invalid("a day") }
        return day.description
    }

    /// The kind of service by the section of HCPCS Level II in which a code stands.
    private static func category(_ code: String) -> ProcedureCode.Category {
        switch code.first {
        case "A": code < "A1000" ? .ambulance : (code >= "A9500" && code < "A9800" ? .drug : .dme)
        case "B", "E", "K", "L": .dme
        case "J": .drug
        case "P", "U": .lab
        default: .other
        }
    }
}
