import Foundation
import Store

/// The file of a record, looked at before it is opened: a name that was mistyped makes no new record, and a file that is
/// something else is left as it is.
enum RecordFile {
    /// Opens a record that must be there, or that may be made.
    ///
    /// A record that is made is said to be new, on standard error.
    static func open(_ path: String, make: Bool = false) throws -> SQLiteStore {
        if try isAbsent(path, make: make) { Say.line("claimwright: \(path) is a new record.") }
        do { return try SQLiteStore(path: path) } catch {
            throw CommandFailure("\(path): cannot be opened as a record: \(error)")
        }
    }

    /// Whether there is nothing yet, and it may be made.
    ///
    /// An empty file counts as nothing where a record may be made: a program that was killed at its very start leaves one.
    private static func isAbsent(_ path: String, make: Bool) throws -> Bool {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else {
            guard make else {
                throw CommandFailure(
                    "\(path): there is no such record. `claimwright intake` makes one, and so does --create.")
            }
            try checkFolder(of: path)
            return true
        }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? files.attributesOfItem(atPath: target) else {
            throw CommandFailure("\(path): cannot be looked at.")
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular: break
        case .typeDirectory: throw CommandFailure("\(path): is a folder, not a record.")
        default: throw CommandFailure("\(path): is no file.")
        }
        let isEmpty = (attributes[.size] as? NSNumber)?.intValue == 0
        if isEmpty {
            guard make else { throw CommandFailure("\(path): is an empty file, not a record.") }
        } else {
            try checkHeader(path)
        }
        // A file that nobody may write is not written by the superuser either.
        let permissions = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard permissions & 0o222 != 0, files.isWritableFile(atPath: path) else {
            throw CommandFailure("\(path): is read-only, and the record has to be written.")
        }
        try checkFolder(of: path)
        return isEmpty
    }

    /// What each SQLite file begins with (SQLite's file format, section 1.3).
    private static let magic = Array("SQLite format 3\0".utf8)

    private static func checkHeader(_ path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw CommandFailure("\(path): cannot be read.") }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: magic.count), [UInt8](head) == magic else {
            throw CommandFailure("\(path): is no SQLite database, and so no record.")
        }
    }

    /// SQLite keeps its log beside the file.
    private static func checkFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandFailure("\(path): its folder is not there.")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandFailure("\(path): its folder cannot be written.")
        }
    }
}
