import ArgumentParser
import Foundation
import HealthTypes
import PayerSimulator
import Pipeline
import Store

/// Where the data folders are.
struct HomeOptions: ParsableArguments {
    @Option(help: "The folder with RulePacks, CodeTables, Knowledge and Policies; found by itself where it can be.")
    var home: String?

    func root() throws -> String {
        guard let root = home ?? DataHome.find() else {
            throw CommandFailure("The data folders cannot be found: give --home or set CLAIMWRIGHT_HOME.")
        }
        return root
    }

    func dataHome() throws -> DataHome { try DataHome(root: root()) }
}

/// Where a record is that must be there.
struct RecordOptions: ParsableArguments {
    @Option(help: "The SQLite file that holds the record.")
    var db = "claimwright.db"

    /// For a command that only reads: beside whoever writes, and from a place that cannot be written.
    func reading() throws -> SQLiteStore { try RecordFile.open(db, .readOnly) }

    /// For a command that writes; one program at a time does.
    func writing() throws -> SQLiteStore { try RecordFile.open(db, .existing) }
}

/// Where a record is that may be made.
struct MadeRecordOptions: ParsableArguments {
    @OptionGroup var record: RecordOptions

    @Flag(help: "Make the record where it is absent.")
    var create = false

    var db: String { record.db }

    func open() throws -> SQLiteStore { try RecordFile.open(db, create ? .create : .existing) }
}

/// The payer to which messages go: the built-in one, or one behind HTTP.
struct PayerOptions: ParsableArguments {
    @Option(
        help:
            "The address of a payer that runs elsewhere (`claimwright payer serve`); without it the built-in one answers."
    )
    var payer: String?

    @Option(help: "The seed of the built-in payer.")
    var payerSeed: UInt64 = 1

    @Option(help: FaultText.help)
    var faults: String?

    @Option(help: "The members that the built-in payer knows (the payer/members.tsv of a sample day).")
    var members: String?

    /// A connection whose payer lives by the machine's clock, its days passing in seconds.
    func connection(root: String, db: String) throws -> any PayerConnection {
        if let payer {
            guard let url = URL(string: payer), url.scheme == "http" || url.scheme == "https" else {
                throw CommandFailure("--payer is not an http address.")
            }
            return HTTPPayer(base: url)
        }
        return try BuiltInPayer.live(
            root: root, db: db, seed: payerSeed, faults: FaultText.parse(faults),
            members: members.map { try CommandInput.read($0) } ?? [])
    }
}

/// The text form of the payer's faults.
enum FaultText {
    static let help: ArgumentHelp =
        "Faults of the built-in payer, such as timeouts=0.05,duplicates=0.02,malformed=0.01,out-of-order=0.02."

    static func parse(_ text: String?) throws -> Faults {
        guard let text else { return .none }
        do { return try Faults.parse(text) } catch { throw CommandFailure(error.description) }
    }
}

/// A failure that the command explains in one line.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

enum CommandInput {
    /// Inputs that have to be read whole are refused past this size.
    static let maximumBytes = 1 << 30

    /// The bytes of a file, or of standard input for `-`.
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" {
            var bytes: [UInt8] = []
            while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
                bytes += piece
                guard bytes.count <= maximumBytes else { throw tooLarge("standard input") }
            }
            return bytes
        }
        guard try byteCount(of: path) <= maximumBytes else { throw tooLarge(path) }
        do { return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)) } catch {
            throw CommandFailure("\(path): cannot be read.")
        }
    }

    private static func tooLarge(_ name: String) -> CommandFailure {
        CommandFailure("\(name): is larger than \(maximumBytes >> 20) MiB; split it and take the parts in.")
    }

    static func byteCount(of path: String) throws -> Int {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        guard let size = (attributes?[.size] as? NSNumber)?.intValue,
            attributes?[.type] as? FileAttributeType != .typeDirectory
        else { throw CommandFailure("\(path): cannot be read.") }
        return size
    }

    /// A file for intake, read in pieces where its format allows.
    static func source(_ path: String) throws -> SourceFile {
        let count = try byteCount(of: path)
        do { return try SourceFile(path: path, byteCount: count) { try read(path) } } catch {
            throw CommandFailure("\(path): cannot be read.")
        }
    }
}

/// Standard input in a nameless file, since intake reads its sources more than once.
final class SpooledInput {
    private let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("claimwright-\(UUID().uuidString)").path
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("Standard input cannot be kept in \(path).") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
                try file.write(contentsOf: piece)
            }
            try file.close()
        } catch { throw CommandFailure("Standard input cannot be read, or kept in \(path).") }
    }

    deinit { unlink(path) }

    func source() throws -> SourceFile { try CommandInput.source(path) }
}

/// Lines for standard error.
enum Say {
    static func line(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Rewrites the last line where standard error is a terminal; says nothing else where it is not.
    static func progress(_ text: String) {
        guard isatty(2) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
    }

    static func progressEnd() {
        if isatty(2) == 1 { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
    }
}

extension ParsableCommand {
    /// Ends with a line on standard error and exit code 2 where the body fails.
    func explained<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw Self.ending(error) }
    }

    func explained<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch { throw Self.ending(error) }
    }

    private static func ending(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError { return error }
        Say.progressEnd()
        // The system's own errors name a file and a reason; everything else here describes itself.
        let text = type(of: error) is NSError.Type ? error.localizedDescription : "\(error)"
        Say.line("claimwright: \(text)")
        return ExitCode(2)
    }
}
