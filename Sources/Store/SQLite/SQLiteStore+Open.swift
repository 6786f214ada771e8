import Foundation
import GRDB
public import HealthTypes

extension SQLiteStore {
    static let busyMilliseconds: CInt = 10_000
    /// What the writer's connection keeps of the file in memory.
    private static let writerCacheKiB = 32_768

    /// Opens a record.
    ///
    /// - Parameters:
    ///   - machine: the machine's time, by which leases go.
    ///   - secret: gives each new case its secret of ``EntryHead/secretLength`` bytes.
    public static func open(
        path: String, mode: Mode, site: SiteID = .only, machine: any HealthTypes.Clock = SystemClock(),
        secret: @escaping @Sendable () -> [UInt8] = SQLiteStore.systemSecret
    ) throws(StoreOpenError) -> SQLiteStore {
        try prove(path, mode: mode)
        // One name for one file, so that one lock guards it; an absolute name is never taken for a URI.
        let real = realName(of: path)
        do {
            let log = Checkpoints()
            if mode == .readOnly {
                let reader = try openReader(real)
                return SQLiteStore(
                    path: real, site: site, reader: reader, pool: nil, lock: nil, log: log, machine: machine,
                    secret: secret)
            }
            // Before the lock, so that nothing is left beside a file that is no record.
            if hasContent(real) { try openReader(real).close() }
            let lock = try WriterLock(record: real, now: machine.now)
            let pool = try openPool(real, log: log)
            return SQLiteStore(
                path: real, site: site, reader: pool, pool: pool, lock: lock, log: log, machine: machine,
                secret: secret)
        } catch let error as StoreOpenError {
            throw error
        } catch let error as DatabaseError {
            throw openError(error, path: path)
        } catch {
            throw .damaged(path)
        }
    }

    /// 32 bytes of the system's random source.
    @Sendable public static func systemSecret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<EntryHead.secretLength).map { _ in generator.next() }
    }

    // MARK: The file

    /// Refuses what cannot be a record before SQLite is let at it.
    private static func prove(_ path: String, mode: Mode) throws(StoreOpenError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            switch errno {
            case ENOENT where mode == .create: return
            case EACCES, EPERM: throw .notPermitted(path)
            default: throw .noSuchFile(path)
            }
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory(path) }
        if status.st_mode & S_IFMT != S_IFREG { throw .notSQLite(path) }
        if status.st_size == 0 {
            if mode == .create { return }
            throw .emptyFile(path)
        }
        // The file itself is left to SQLite: to open and close it here would take away the locks that other connections
        // of this process have on it.
    }

    private static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    private static func realName(of path: String) -> String {
        if let name = realpath(path, nil) {
            defer { free(name) }
            return String(cString: name)
        }
        // Not there yet: its folder is.
        let url = URL(fileURLWithPath: path)
        guard let folder = realpath(url.deletingLastPathComponent().path, nil) else { return url.path }
        defer { free(folder) }
        return String(cString: folder) + "/" + url.lastPathComponent
    }

    private static func openError(_ error: DatabaseError, path: String) -> StoreOpenError {
        switch error.resultCode {
        case .SQLITE_NOTADB: .notSQLite(path)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .notPermitted(path)
        case .SQLITE_CANTOPEN:
            access(URL(fileURLWithPath: path).deletingLastPathComponent().path, W_OK) == 0
                ? .fault(path, StoreFault(.unavailable)) : .notPermitted(path)
        case .SQLITE_FULL: .fault(path, StoreFault(.full))
        case .SQLITE_BUSY, .SQLITE_LOCKED: .fault(path, StoreFault(.busy))
        case .SQLITE_CORRUPT, .SQLITE_SCHEMA, .SQLITE_ERROR: .damaged(path)
        default: .fault(path, StoreFault(.unavailable))
        }
    }

    // MARK: Connections

    private static func openPool(_ path: String, log: Checkpoints) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(TimeInterval(busyMilliseconds) / 1000)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            guard !db.configuration.readonly else { return }
            // SQLite would move the log in the midst of somebody's commit.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            log.watch(db)
            // FULL: a transaction that was reported as done survives a power cut, not only a killed process. Here and not
            // where the connection is prepared, since GRDB sets NORMAL after that.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Indexes over digests are written all over; SQLite's usual 2 MB of them are read again and again.
            try db.execute(sql: "PRAGMA cache_size = -\(writerCacheKiB)")
            try db.inTransaction(.immediate) {
                try prepare(db, path: path)
                try endLeases(db)
                return .commit
            }
        }
        return pool
    }

    /// Leases are of a process that has died: one writes at a time, and this one has just begun. What it held is due at
    /// once.
    private static func endLeases(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE case_head SET leased_until = NULL WHERE due_at IS NOT NULL AND leased_until IS NOT NULL;
                UPDATE delivery SET leased_until = NULL WHERE due_at IS NOT NULL AND leased_until IS NOT NULL;
                """)
    }

    /// Reads beside a writer. Where the folder cannot be written, SQLite cannot keep its index of the log there, and
    /// the file is read as one that does not change; a log beside it would be passed over, so there must be none.
    private static func openReader(_ path: String) throws -> any DatabaseReader {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let isFixed = access(folder, W_OK) != 0
        return try openReader(path, isFixed: isFixed)
    }

    /// - Parameter isFixed: whether nothing may be written beside the file.
    static func openReader(_ path: String, isFixed: Bool) throws -> any DatabaseReader {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(TimeInterval(busyMilliseconds) / 1000)
        var name = path
        if isFixed {
            var status = stat()
            if stat(path + "-wal", &status) == 0, status.st_size > 0 { throw StoreOpenError.logUnreadable(path) }
            let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
            name = "file://" + (path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path) + "?immutable=1"
        }
        let reader = try DatabasePool(path: name, configuration: configuration)
        try reader.read { db in try check(db, path: path) }
        return reader
    }

    // MARK: Tables

    /// Makes the tables of a new file; refuses what is no record of this program, or of another version of it.
    private static func prepare(_ db: Database, path: String) throws {
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            for statements in Schema.statements { try db.execute(sql: statements) }
            try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
        }
        try check(db, path: path)
    }

    private static func check(_ db: Database, path: String) throws {
        let tables = try Set(String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'"))
        if tables.isSuperset(of: ["case_file", "outbox"]) { throw StoreOpenError.earlierVersion(path) }
        if tables.isEmpty { throw StoreOpenError.emptyFile(path) }
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
            throw StoreOpenError.otherProgram(path)
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if version > Schema.version { throw StoreOpenError.newerVersion(path, version: version) }
        guard version == Schema.version, tables.isSuperset(of: ["case_head", "journal", "delivery"]) else {
            throw StoreOpenError.damaged(path)
        }
    }
}
