public import HealthTypes

/// What the first comment of a table says: `# table: NAME version: V effective: FROM..TO`, either day left empty
/// where the table has no such end.
public struct TableHeader: Hashable, Sendable {
    public let name: String
    public let version: String
    /// First day on which the table holds; nil where it has always held.
    public let effectiveFrom: CalendarDate?
    /// Last day on which the table holds; nil where no end is known.
    public let effectiveTo: CalendarDate?

    /// Whether the table was made for `day`.
    public func covers(_ day: CalendarDate) -> Bool {
        isWithin(day, from: effectiveFrom, to: effectiveTo)
    }

    init(file: String, bytes: [UInt8]) throws {
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }.prefix(500), as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        func fail(_ reason: String) -> DataFileError { DataFileError(file: file, line: 1, reason: reason) }
        guard words.count == 7, words[0] == "#", words[1] == "table:", words[3] == "version:", words[5] == "effective:"
        else { throw fail("is not '# table: NAME version: V effective: FROM..TO'") }
        name = words[2]
        version = words[4]
        let ends = words[6].split(separator: "..", omittingEmptySubsequences: false)
        guard ends.count == 2 else { throw fail("its effective period is not FROM..TO") }
        func day(_ text: Substring) throws -> CalendarDate? {
            if text.isEmpty { return nil }
            guard let day = CalendarDate(text) else { throw fail("its effective period has no such day") }
            return day
        }
        effectiveFrom = try day(ends[0])
        effectiveTo = try day(ends[1])
    }
}

/// Whether `day` lies in a period whose ends are included and may be open.
func isWithin(_ day: CalendarDate, from: CalendarDate?, to: CalendarDate?) -> Bool {
    (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true)
}

/// One row of a table, read by column name; every error names the file and the line.
struct TableRow {
    let file: String
    let line: Int
    let columns: [String: Int]
    let cells: [Substring]

    func fail(_ reason: String) -> DataFileError { DataFileError(file: file, line: line, reason: reason) }

    /// The cell's text, or nil where it is empty.
    func optional(_ column: String) throws -> String? {
        guard let index = columns[column] else {
            throw DataFileError(file: file, reason: "has no column '\(column)'")
        }
        return cells[index].isEmpty ? nil : String(cells[index])
    }

    func text(_ column: String) throws -> String {
        guard let text = try optional(column) else { throw fail("'\(column)' is empty") }
        return text
    }

    /// `y`, or nothing for no.
    func flag(_ column: String) throws -> Bool {
        switch try optional(column) {
        case "y": true
        case nil, "n": false
        default: throw fail("'\(column)' is neither y nor n")
        }
    }

    func number(_ column: String) throws -> Int? {
        guard let text = try optional(column) else { return nil }
        guard let number = Int(text), number >= 0 else { throw fail("'\(column)' is not a whole number") }
        return number
    }

    func date(_ column: String) throws -> CalendarDate? {
        guard let text = try optional(column) else { return nil }
        guard let date = CalendarDate(text) else { throw fail("'\(column)' is not a calendar date") }
        return date
    }

    /// Words separated by single spaces.
    func words(_ column: String) throws -> [String] {
        try optional(column)?.split(separator: " ").map(String.init) ?? []
    }

    func optionalChoice<Choice: RawRepresentable<String>>(
        _ column: String, of type: Choice.Type = Choice.self
    ) throws -> Choice? {
        guard let text = try optional(column) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw fail("'\(column)' has a value that is not known") }
        return choice
    }

    func choice<Choice: RawRepresentable<String>>(
        _ column: String, of type: Choice.Type = Choice.self
    ) throws -> Choice {
        guard let choice = try optionalChoice(column, of: type) else { throw fail("'\(column)' is empty") }
        return choice
    }
}

/// A small table: one entry a code, the code standing in the column `code`.
struct CodeTable<Entry: Sendable>: Sendable {
    let header: TableHeader
    let entries: [String: Entry]

    init(_ file: String, in files: DataFiles, entry: (TableRow) throws -> Entry) throws {
        let bytes = try files.required(file)
        header = try TableHeader(file: file, bytes: bytes)
        let table = try TabularFile(name: file, bytes: bytes)
        let columns = Dictionary(zip(table.columns, 0...), uniquingKeysWith: { first, _ in first })
        var entries: [String: Entry] = [:]
        for (line, cells) in table.rows {
            let row = TableRow(file: file, line: line, columns: columns, cells: cells)
            let code = try row.text("code")
            guard code == code.uppercased() else { throw row.fail("its code is not in capitals") }
            guard entries.updateValue(try entry(row), forKey: code) == nil else {
                throw row.fail("its code stands in the table twice")
            }
        }
        self.entries = entries
    }

    /// The entry of a code written in any case.
    subscript(code: String) -> Entry? { entries[code.uppercased()] }

    /// All entries, by code.
    var sorted: [Entry] { entries.sorted { $0.key < $1.key }.map(\.value) }
}

extension DataFiles {
    func required(_ name: String) throws -> [UInt8] {
        guard let bytes = files[name] else { throw DataFileError(file: name, reason: "is missing") }
        return bytes
    }
}
