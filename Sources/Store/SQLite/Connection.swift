import Foundation
import GRDB
import HealthTypes

/// Statements on one connection, inside a transaction, for one site.
struct Connection {
    let db: Database
    let site: Int

    /// Runs a statement that stays compiled, and returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
        return db.changesCount
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func integer(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
    }

    /// Goes over rows without holding them all.
    func each(_ sql: String, _ arguments: StatementArguments, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { try body(row) }
    }
}

extension Digest {
    /// As it is bound to a statement.
    var data: Data { withBytes { Data($0) } }
}

extension Row {
    func instant(_ column: String) -> Instant { Instant(milliseconds: self[column]) }

    func optionalInstant(_ column: String) -> Instant? { (self[column] as Int64?).map(Instant.init(milliseconds:)) }

    func money(_ column: String) -> Money { Money(cents: self[column]) }

    func caseNumber(_ column: String = "case_no") -> CaseNumber { CaseNumber(self[column]) }

    func digest(_ column: String) throws -> Digest {
        guard let digest = Digest(bytes: self[column] as Data) else { throw RecordDamage("a digest in \(column)") }
        return digest
    }

    func bytes(_ column: String) -> [UInt8] { [UInt8](self[column] as Data) }

    func optionalBytes(_ column: String) -> [UInt8]? { (self[column] as Data?).map { [UInt8]($0) } }

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
