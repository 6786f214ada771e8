public import HealthTypes

/// A table of a pack: tab-separated, keyed by its first columns, each row in force from `eff_from` to `eff_to`.
public struct RuleTable: Sendable {
    struct Row: Sendable {
        let from: CalendarDate?
        let to: CalendarDate?
        let cells: [String]

        func isInForce(on day: CalendarDate) -> Bool {
            (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true)
        }
    }

    public let columns: [String]
    /// Of the file.
    public let digest: Digest
    private let rows: [Row]
    /// How many columns make the key: those before `eff_from`.
    public let keyCount: Int
    private let rowsByKey: [[String]: [Int]]

    /// The columns before `eff_from` are the key, those after `eff_to` the values. An empty day is open. Two rows of
    /// one key may not be in force on the same day.
    public init(file: String, bytes: [UInt8]) throws {
        let table = try TabularFile(name: file, bytes: bytes)
        let fromColumn = try table.column("eff_from", of: file)
        guard fromColumn > 0, table.columns.count > fromColumn + 1, table.columns[fromColumn + 1] == "eff_to" else {
            throw DataFileError(file: file, reason: "needs its key columns, then eff_from and eff_to, then its values")
        }
        var rows: [Row] = []
        var rowsByKey: [[String]: [Int]] = [:]
        for row in table.rows {
            func day(_ column: Int) throws -> CalendarDate? {
                if row.cells[column].isEmpty { return nil }
                guard let day = CalendarDate(row.cells[column]) else {
                    throw DataFileError(file: file, line: row.line, reason: "has a day that does not exist")
                }
                return day
            }
            let new = Row(from: try day(fromColumn), to: try day(fromColumn + 1), cells: row.cells.map(String.init))
            let key = Array(new.cells[..<fromColumn])
            if let from = new.from, let to = new.to, to < from {
                throw DataFileError(file: file, line: row.line, reason: "ends before it begins")
            }
            for earlier in rowsByKey[key, default: []].map({ rows[$0] })
            where (new.from ?? .first) <= (earlier.to ?? .last) && (earlier.from ?? .first) <= (new.to ?? .last) {
                throw DataFileError(file: file, line: row.line, reason: "overlaps an earlier row of the same key")
            }
            rowsByKey[key, default: []].append(rows.count)
            rows.append(new)
        }
        columns = table.columns
        digest = Digest(of: bytes)
        keyCount = fromColumn
        self.rows = rows
        self.rowsByKey = rowsByKey
    }

    /// Whether a row of the key is in force on the day.
    public func contains(_ key: [String], on day: CalendarDate) -> Bool { row(key, on: day) != nil }

    /// The cell under `column` of the row in force; nil where there is no such row or column, or it is empty.
    public func text(_ column: String, _ key: [String], on day: CalendarDate) -> String? {
        columns.firstIndex(of: column).flatMap { cell($0, key, on: day) }
    }

    func cell(_ column: Int, _ key: [String], on day: CalendarDate) -> String? {
        guard let row = row(key, on: day), !row.cells[column].isEmpty else { return nil }
        return row.cells[column]
    }

    /// Whether every cell of the column is empty or a number.
    func isNumeric(_ column: Int) -> Bool {
        rows.allSatisfy { $0.cells[column].isEmpty || ExactNumber($0.cells[column]) != nil }
    }

    private func row(_ key: [String], on day: CalendarDate) -> Row? {
        rowsByKey[key]?.lazy.map { rows[$0] }.first { $0.isInForce(on: day) }
    }
}

extension CalendarDate {
    static let first = CalendarDate(dayNumber: -719_162)
    static let last = CalendarDate(dayNumber: 2_932_896)
}
