/// The record holds something that only a fault, or a hand in the file, could have put there.
public struct RecordDamage: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// What was to be written breaks a constraint or a limit of the record. It names tables, columns and limits, and holds
/// nothing of a patient.
public struct StoreRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// A source gave other bytes while it was kept than when its digest was taken. Nothing of it is kept: it can be taken in
/// again.
public struct SourceChanged: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String { "the source changed while it was read; nothing of it was taken in" }
}

/// Why a record cannot be opened.
public enum StoreOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    case noSuchFile(String)
    case isDirectory(String)
    case notSQLite(String)
    /// A SQLite file of another program.
    case otherProgram(String)
    case emptyFile(String)
    case earlierVersion(String)
    case newerVersion(String, version: Int)
    /// `holder` is what the other process wrote into the lock file.
    case writtenByAnother(String, holder: String)
    case notPermitted(String)
    /// The copy's log holds commits that cannot be read without writing beside it.
    case logUnreadable(String)
    case fault(String, StoreFault)
    case damaged(String)

    public var description: String {
        switch self {
        case .noSuchFile(let path): "\(path): there is no such file"
        case .isDirectory(let path): "\(path) is a directory"
        case .notSQLite(let path): "\(path) is no SQLite file"
        case .otherProgram(let path): "\(path) is a SQLite file, and no record of this program"
        case .emptyFile(let path): "\(path) is empty"
        case .earlierVersion(let path):
            "\(path): This record was made by an earlier version of the program (before 0.2); it cannot be read by this one"
        case .newerVersion(let path, let version):
            "\(path) was written by a newer version of the program (its form is \(version)); this one cannot read it"
        case .writtenByAnother(let path, let holder):
            "\(path) is being written by another process" + (holder.isEmpty ? "" : " (\(holder))")
        case .notPermitted(let path): "\(path) or its folder may not be read or written by this user"
        case .logUnreadable(let path):
            "\(path) stands in a folder that cannot be written, beside a log with commits that it does not hold yet; copy both to a folder that can"
        case .fault(let path, let fault): "\(path): \(fault)"
        case .damaged(let path): "\(path) is damaged: its tables are not those of a record"
        }
    }
}
