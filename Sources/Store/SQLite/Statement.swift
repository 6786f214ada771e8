import Foundation
import GRDB
import GRDBSQLite

// GRDB opens connections, keeps statements compiled and hands connections out. Binding, stepping and reading go to SQLite
// itself: a case takes several hundred statements, and GRDB's arguments and rows cost as much as SQLite's own work.

/// A value that a column holds.
protocol SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt)
    /// Nil for NULL and for a column of another kind.
    init?(_ value: ColumnValue)
}

/// What a column of a row holds.
enum ColumnValue {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    init(_ statement: OpaquePointer, _ index: CInt) {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: self = .integer(sqlite3_column_int64(statement, index))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, index)
            let count = Int(sqlite3_column_bytes(statement, index))
            self = .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            // NULL for a blob of no bytes.
            let start = sqlite3_column_blob(statement, index)
            self = .bytes(
                [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))))
        default: self = .null
        }
    }
}

extension Int64: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) { sqlite3_bind_int64(statement, index, self) }

    init?(_ value: ColumnValue) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) { sqlite3_bind_int64(statement, index, Int64(self)) }

    init?(_ value: ColumnValue) {
        guard case .integer(let number) = value else { return nil }
        self = Int(number)
    }
}

extension Bool: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) { sqlite3_bind_int64(statement, index, self ? 1 : 0) }

    init?(_ value: ColumnValue) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
}

extension String: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) {
        var text = self
        text.withUTF8 { bytes in
            // A text of no bytes may have no address, which SQLite would take for NULL.
            _ =
                bytes.isEmpty
                ? sqlite3_bind_text(statement, index, "", 0, nil)
                : sqlite3_bind_text(statement, index, bytes.baseAddress, CInt(bytes.count), Statement.copied)
        }
    }

    init?(_ value: ColumnValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension [UInt8]: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) {
        withUnsafeBytes { Statement.bind($0, to: statement, at: index) }
    }

    init?(_ value: ColumnValue) {
        guard case .bytes(let bytes) = value else { return nil }
        self = bytes
    }
}

extension Data: SQLValue {
    func bind(to statement: OpaquePointer, at index: CInt) {
        withUnsafeBytes { Statement.bind($0, to: statement, at: index) }
    }

    init?(_ value: ColumnValue) {
        guard case .bytes(let bytes) = value else { return nil }
        self = Data(bytes)
    }
}

/// What is bound to a statement: by place, or by name where the statement names its parameters.
struct StatementArguments: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    fileprivate var values: [(any SQLValue)?] = []
    fileprivate var named: [(name: String, value: (any SQLValue)?)] = []

    init() {}

    init(arrayLiteral values: (any SQLValue)?...) { self.values = values }

    init(_ values: [(any SQLValue)?]) { self.values = values }

    init(dictionaryLiteral named: (String, (any SQLValue)?)...) { self.named = named }

    static func += (left: inout StatementArguments, right: StatementArguments) { left = left + right }

    static func + (left: StatementArguments, right: StatementArguments) -> StatementArguments {
        var sum = left
        sum.values += right.values
        sum.named += right.named
        return sum
    }
}

/// A row that was read: its values, and the names of its columns, which all rows of a statement share.
struct Row {
    fileprivate let names: [String]
    fileprivate let values: [ColumnValue]

    private func value(_ column: String) -> ColumnValue {
        guard let index = names.firstIndex(of: column) else { preconditionFailure("no column \(column)") }
        return values[index]
    }

    /// The tables are strict and say which columns may be NULL; a statement that reads one as what it is not is a mistake
    /// of this program.
    subscript<Value: SQLValue>(_ column: String) -> Value {
        guard let value = Value(value(column)) else {
            preconditionFailure("column \(column) holds another kind of value")
        }
        return value
    }

    subscript<Value: SQLValue>(_ column: String) -> Value? { Value(value(column)) }
}

/// A compiled statement on its connection.
struct Statement {
    private let compiled: GRDB.Statement
    private let handle: OpaquePointer
    private let db: Database

    static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ sql: String, _ db: Database) throws {
        var compiled = try db.cachedStatement(sql: sql)
        // One that is being read goes on; another reads beside it.
        if sqlite3_stmt_busy(compiled.sqliteStatement) != 0 { compiled = try db.makeStatement(sql: sql) }
        self.compiled = compiled
        handle = compiled.sqliteStatement
        self.db = db
    }

    static func bind(_ bytes: UnsafeRawBufferPointer, to statement: OpaquePointer, at index: CInt) {
        _ =
            bytes.isEmpty
            ? sqlite3_bind_zeroblob(statement, index, 0)
            : sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), copied)
    }

    private func bind(_ arguments: StatementArguments) {
        let count = Int(sqlite3_bind_parameter_count(handle))
        if arguments.named.isEmpty {
            precondition(arguments.values.count == count, "\(count) parameters, \(arguments.values.count) arguments")
            for (index, value) in arguments.values.enumerated() { bind(value, at: CInt(index + 1)) }
            return
        }
        precondition(arguments.values.isEmpty, "arguments by place and by name")
        for (name, value) in arguments.named {
            let index = sqlite3_bind_parameter_index(handle, ":" + name)
            if index > 0 { bind(value, at: index) }
        }
    }

    private func bind(_ value: (any SQLValue)?, at index: CInt) {
        if let value { value.bind(to: handle, at: index) } else { sqlite3_bind_null(handle, index) }
    }

    /// Runs the statement, giving each of its rows to `body` until that says to stop.
    func run(_ arguments: StatementArguments, _ body: (OpaquePointer) throws -> Bool) throws {
        bind(arguments)
        // Statements stay compiled, and keep no values of a patient meanwhile.
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: if try !body(handle) { return }
            case SQLITE_DONE: return
            default: throw fault()
            }
        }
    }

    /// The names of its columns.
    var names: [String] { compiled.columnNames }

    static func row(_ handle: OpaquePointer, _ names: [String]) -> Row {
        Row(
            names: names,
            values: [ColumnValue](unsafeUninitializedCapacity: names.count) { buffer, count in
                for index in names.indices {
                    buffer.initializeElement(at: index, to: ColumnValue(handle, CInt(index)))
                }
                count = names.count
            })
    }

    private func fault() -> DatabaseError {
        let connection = sqlite3_db_handle(handle)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) })
    }
}
