import Foundation
import GRDB
import HealthTypes

/// Statements on one connection, inside a transaction, for one site.
struct Connection {
    let db: Database
    let site: Int

    /// Runs a statement that stays compiled, and returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Statement(sql, db).run(arguments) { _ in true }
        return db.changesCount
    }

    /// The number of the row that was inserted last.
    var lastRow: Int { Int(db.lastInsertedRowID) }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        var rows: [Row] = []
        try each(sql, arguments) { rows.append($0) }
        return rows
    }

    /// The first row.
    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        let statement = try Statement(sql, db)
        var row: Row?
        try statement.run(arguments) { handle in
            row = Statement.row(handle, statement.names)
            return false
        }
        return row
    }

    /// The number in the first column of the first row; 0 where there is none.
    func integer(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        var number = 0
        try Statement(sql, db).run(arguments) { handle in
            number = Int(ColumnValue(handle, 0)) ?? 0
            return false
        }
        return number
    }

    /// All that `body` does, in one transaction, which is undone if it throws.
    ///
    /// GRDB has transactions of its own, and compiles their words anew each time.
    func transaction<Result>(_ begin: String, _ body: (Connection) throws -> Result) throws -> Result {
        try run(begin)
        do {
            let result = try body(self)
            try run("COMMIT")
            return result
        } catch {
            // A full disk has undone it already.
            if db.isInsideTransaction { try? run("ROLLBACK") }
            throw error
        }
    }

    /// Goes over rows without holding them all.
    func each(_ sql: String, _ arguments: StatementArguments, _ body: (Row) throws -> Void) throws {
        let statement = try Statement(sql, db)
        try statement.run(arguments) { handle in
            try body(Statement.row(handle, statement.names))
            return true
        }
    }
}

extension Digest: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) {
        withBytes { Statement.bind($0, to: statement, at: index) }
    }

    init?(_ value: ColumnValue) {
        guard case .bytes(let bytes) = value, let digest = Digest(bytes: bytes) else { return nil }
        self = digest
    }

    /// As it is bound to a statement.
    var data: Digest { self }
}

extension Row {
    func instant(_ column: String) -> Instant { Instant(milliseconds: self[column]) }

    func optionalInstant(_ column: String) -> Instant? { (self[column] as Int64?).map(Instant.init(milliseconds:)) }

    func money(_ column: String) -> Money { Money(cents: self[column]) }

    func caseNumber(_ column: String = "case_no") -> CaseNumber { CaseNumber(self[column]) }

    func digest(_ column: String) throws -> Digest {
        guard let digest = self[column] as Digest? else { throw RecordDamage("a digest in \(column)") }
        return digest
    }

    func bytes(_ column: String) -> [UInt8] { self[column] }

    func optionalBytes(_ column: String) -> [UInt8]? { self[column] }

    /// Bytes that were stored under a codec.
    func restored(_ column: String, limit: Int) throws -> [UInt8] {
        guard let codec = BodyCodec(rawValue: self["codec"]) else { throw RecordDamage("a codec") }
        guard let stored = optionalBytes(column) else { throw RecordDamage("bytes in \(column) that are gone") }
        return try codec.restore(stored, limit: limit)
    }

    /// One of our own numbers, which the tables' constraints hold to their range.
    func tag<Tag: RawRepresentable>(_ column: String, as type: Tag.Type = Tag.self) throws -> Tag
    where Tag.RawValue == Int {
        guard let tag = Tag(rawValue: self[column]) else { throw RecordDamage("a number in \(column)") }
        return tag
    }

    /// Modifiers are stored with the separator that the formats have for parts of a code.
    func modifiers(_ column: String = "modifiers") -> [String] {
        (self[column] as String).split(separator: ":", omittingEmptySubsequences: true).map(String.init)
    }
}

/// How modifiers stand in a column.
func joined(_ modifiers: [String]) -> String { modifiers.joined(separator: ":") }
