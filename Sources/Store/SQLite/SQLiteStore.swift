import Foundation
import GRDB
import GRDBSQLite
import HealthTypes
import Synchronization

/// The embedded record: one SQLite file in WAL mode.
///
/// One process writes, which a lock on a file beside the record sees to; any number read meanwhile. All writes go
/// through one connection, each in one transaction that is on the disk when the call returns. Only that connection
/// moves the log into the file: two that did so at a time could lose commits (SQLite's WAL-reset race).
///
/// ```swift
/// let store = try SQLiteStore.open(path: "day.db", mode: .create)
/// let work = try await store.claimWork(.due(.batch), limit: 64, now: clock.now, lease: 30)
/// ```
public final class SQLiteStore: Sendable {
    public enum Mode: Sendable {
        /// Makes the file and its tables where they are absent.
        case create
        /// Refuses a file that is not there.
        case existing
        /// Reads beside whoever writes; also from a folder that cannot be written.
        case readOnly
    }

    public let path: String
    public let site: SiteID
    let reader: any DatabaseReader
    let pool: DatabasePool?
    private let lock: WriterLock?
    let log: Checkpoints
    /// Leases go by it.
    let machine: any HealthTypes.Clock
    let secret: @Sendable () -> [UInt8]

    init(
        path: String, site: SiteID, reader: any DatabaseReader, pool: DatabasePool?, lock: WriterLock?,
        log: Checkpoints, machine: any HealthTypes.Clock, secret: @escaping @Sendable () -> [UInt8]
    ) {
        self.path = path
        self.site = site
        self.reader = reader
        self.pool = pool
        self.lock = lock
        self.log = log
        self.machine = machine
        self.secret = secret
    }

    /// Ends all use of the file, once what was begun has ended, and lets another process write it.
    public func close() async throws {
        try await faults {
            try await onQueue {
                // A pool closes its writer first; readers that are still open then keep SQLite from moving the whole
                // log into the file and taking it away.
                self.pool?.invalidateReadOnlyConnections()
                try self.reader.close()
            }
        }
        lock?.release()
    }

    /// Runs what waits for other queues on a thread of its own, which is not one of those that tasks run on.
    private func onQueue(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { done.resume(with: Result { try body() }) }
        }
    }

    // MARK: Transactions

    /// One transaction that writes; it is rolled back if `body` throws.
    func write<Result: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Result) async throws -> Result {
        guard let pool else { throw StoreFault(.readOnly) }
        log.begin()
        defer { log.end(pool) }
        let site = site.value
        return try await faults {
            try await pool.writeWithoutTransaction { db in
                try Connection(db: db, site: site).transaction("BEGIN IMMEDIATE", body)
            }
        }
    }

    /// Reads of one moment.
    func view<Result: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Result) async throws -> Result {
        let site = site.value
        return try await faults {
            try await self.reader.unsafeRead { db in try Connection(db: db, site: site).transaction("BEGIN", body) }
        }
    }

    private func faults<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as DatabaseError { throw Self.fault(error) }
    }

    /// What an error of SQLite is to callers: a fault of the store, a refusal of what was written, or damage.
    static func fault(_ error: DatabaseError) -> any Error {
        switch error.resultCode {
        case .SQLITE_FULL: StoreFault(.full)
        case .SQLITE_BUSY, .SQLITE_LOCKED: StoreFault(.busy)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: StoreFault(.readOnly)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_MISUSE, .SQLITE_INTERRUPT,
            .SQLITE_ABORT:
            StoreFault(.unavailable)
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE: refusal(error)
        default: RecordDamage("SQLite says: \(error.resultCode)")
        }
    }

    /// SQLite's messages name tables and columns, and no values.
    static func refusal(_ error: DatabaseError) -> StoreRefusal {
        StoreRefusal(error.message ?? "a constraint (\(error.extendedResultCode.rawValue))")
    }
}

/// When the log is moved into the file: by the writer's connection, after commits, once it holds some pages.
final class Checkpoints: Sendable {
    /// Pages of 4 KiB from which the log is moved when nothing waits to be written.
    static let idlePages = 4000
    /// Pages from which it is moved in any case.
    static let mostPages = 16_000
    /// A log that has grown past this is cut short once all of it has been moved.
    static let truncatePages = 32_000

    private struct State {
        /// Pages in the log after the latest commit.
        var pages = 0
        /// The most since it was last cut short.
        var peak = 0
        /// Writes that run or wait.
        var writes = 0
        var isMoving = false
    }

    private let state = Mutex(State())

    /// Told by SQLite after each commit; in the place of its own checkpoints.
    func watch(_ db: Database) {
        // The connection does not outlive the store, which holds this.
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, _, _, pages in
                Unmanaged<Checkpoints>.fromOpaque(context!).takeUnretainedValue().committed(Int(pages))
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func committed(_ pages: Int) {
        state.withLock {
            $0.pages = pages
            $0.peak = max($0.peak, pages)
        }
    }

    func begin() { state.withLock { $0.writes += 1 } }

    func end(_ pool: DatabasePool) {
        let moves = state.withLock { state in
            state.writes -= 1
            let moves = !state.isMoving && state.pages >= (state.writes == 0 ? Self.idlePages : Self.mostPages)
            if moves { state.isMoving = true }
            return moves
        }
        guard moves else { return }
        pool.asyncWriteWithoutTransaction { db in self.move(db) }
    }

    private func move(_ db: Database) {
        // Where it cannot be done now, it is done after a later write.
        let isWhole = (try? db.checkpoint(.passive)).map { $0.walFrameCount == $0.checkpointedFrameCount } ?? false
        let truncates = state.withLock { isWhole && $0.peak >= Self.truncatePages }
        var isCut = false
        if truncates {
            // Without waiting for readers; those that still need the log leave it as it is.
            sqlite3_busy_timeout(db.sqliteConnection, 0)
            isCut = (try? db.checkpoint(.truncate)) != nil
            sqlite3_busy_timeout(db.sqliteConnection, SQLiteStore.busyMilliseconds)
        }
        state.withLock {
            $0.isMoving = false
            // All of it is in the file: the next commit begins the log anew.
            if isWhole { $0.pages = 0 }
            if isCut { $0.peak = 0 }
        }
    }
}
