import Foundation
import GRDB
import HealthTypes
import Synchronization

/// The embedded record: one SQLite file in WAL mode.
///
/// Every write happens inside ``write(_:)``, which is one transaction: a journal entry, the decision it holds and
/// the effects it orders are there together or not at all. Readers go on while a writer works.
public final class SQLiteStore: Sendable {
    private let pool: DatabasePool
    /// Moves what the log holds into the file, beside the writer: left to itself, SQLite has a commit do it now and
    /// then, and whoever waits for that commit waits for all of it.
    private let checkpointer: DatabaseQueue
    private let checkpoints = Mutex(Checkpoints())

    private struct Checkpoints {
        /// When the log was last emptied; nil while it is being emptied.
        var last: ContinuousClock.Instant? = .now
        var isClosed = false
    }

    /// Short, so that each has little to bring to the disk: commits wait while it does.
    private static let checkpointInterval: Duration = .milliseconds(50)
    /// In pages of 4 KiB: where commits still have to, since only then can the log begin anew while it is written to.
    private static let logPages = 16_384

    /// Opens the file, creating it and its tables where they are absent.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // FULL: a transaction that was reported as done survives a power cut, not only a killed process.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.logPages)")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        try Schema.migrator.migrate(pool)
        checkpointer = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// One transaction that writes; it is rolled back if `body` throws.
    public func write<T>(_ body: (StoreTransaction) throws -> T) throws -> T {
        let result = try pool.write { db in try body(StoreTransaction(db: db)) }
        checkpointSoon()
        return result
    }

    /// A consistent view for reading.
    public func read<T>(_ body: (StoreTransaction) throws -> T) throws -> T {
        try pool.read { db in try body(StoreTransaction(db: db)) }
    }

    public func close() throws {
        // What was begun before stands before the end in the checkpointer's queue; nothing is begun after.
        checkpoints.withLock { $0.isClosed = true }
        try pool.close()
        try checkpointer.close()
    }

    private func checkpointSoon() {
        checkpoints.withLock { state in
            guard !state.isClosed, let last = state.last, ContinuousClock.now - last >= Self.checkpointInterval else {
                return
            }
            state.last = nil
            checkpointer.asyncWriteWithoutTransaction { [weak self] db in
                // Where it cannot be done now, it is done after the next write.
                _ = try? db.checkpoint(.passive)
                self?.checkpoints.withLock { $0.last = .now }
            }
        }
    }
}

/// The verbs of the record, inside one transaction. It must not leave the closure that it is given to.
public struct StoreTransaction {
    let db: Database

    /// Runs a statement that stays compiled.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func integer(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
    }
}

/// The record holds something that only a fault, or a hand in the file, could have put there.
public struct RecordDamage: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

extension Row {
    func instant(_ column: String) throws -> Instant {
        guard let instant = Instant(self[column] as String) else { throw RecordDamage("a time in \(column)") }
        return instant
    }

    func optionalInstant(_ column: String) -> Instant? { (self[column] as String?).flatMap { Instant($0) } }

    func digest(_ column: String) throws -> Digest {
        guard let digest = Digest(hex: self[column] as String) else { throw RecordDamage("a digest in \(column)") }
        return digest
    }

    func bytes(_ column: String) -> [UInt8] { [UInt8](self[column] as Data) }
}
