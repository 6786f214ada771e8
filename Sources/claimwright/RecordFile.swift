import Foundation
import Store

/// The file of a record, looked at before it is opened: a name that was mistyped makes no new record, and a file that
/// is something else is left as it is.
enum RecordFile {
    /// Opens a record; one that is made is said to be new, on standard error.
    static func open(_ path: String, _ mode: SQLiteStore.Mode) throws -> SQLiteStore {
        if try isAbsent(path, mode) { Say.line("claimwright: \(path) is a new record.") }
        do { return try SQLiteStore.open(path: path, mode: mode) } catch {
            throw CommandFailure("\(path): \(words(error))")
        }
    }

    /// Whether a file is a record of a version before this form.
    static func isOfEarlierVersion(_ path: String) -> Bool {
        do { _ = try SQLiteStore.open(path: path, mode: .readOnly) } catch StoreOpenError.earlierVersion {
            return true
        } catch {}
        return false
    }

    /// Why a record cannot be opened, in words that follow its name.
    static func words(_ error: StoreOpenError) -> String {
        switch error {
        case .noSuchFile: "there is no such record."
        case .isDirectory: "is a folder, not a record."
        case .notSQLite: "is no SQLite database, and so no record."
        case .otherProgram: "is a SQLite database of another program, and no record."
        case .emptyFile: "holds no tables, and so is no record."
        case .earlierVersion:
            "was made by claimwright 0.1, which kept its record in another form; this version cannot read it."
        case .newerVersion(_, let version):
            "was written by a newer version of this program (form \(version)), and this one cannot read it."
        case .writtenByAnother(_, let holder):
            "is held by another program that writes it\(holder.isEmpty ? "" : " (\(holder))"); end it first, or use its pages."
        case .notPermitted: "this user may not read or write it, or its folder."
        case .logUnreadable:
            "lies in a folder that cannot be written, beside a log with commits that it does not hold yet; copy both, and use the copy."
        case .fault(_, let fault): "cannot be opened: \(fault)."
        case .damaged: "is damaged: its tables are not those of a record."
        }
    }

    /// Whether there is nothing yet, and it may be made.
    ///
    /// An empty file counts as nothing where a record may be made: a program that was killed at its very start leaves
    /// one.
    private static func isAbsent(_ path: String, _ mode: SQLiteStore.Mode) throws -> Bool {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else {
            guard mode == .create else {
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
        if isEmpty, mode != .create { throw CommandFailure("\(path): is an empty file, not a record.") }
        if mode == .readOnly { return false }
        // A file that nobody may write is not written by the superuser either.
        let permissions = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard permissions & 0o222 != 0, files.isWritableFile(atPath: path) else {
            throw CommandFailure("\(path): is read-only, and the record has to be written.")
        }
        try checkFolder(of: path)
        return isEmpty
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
