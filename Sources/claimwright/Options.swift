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

/// Where a record is that should be there.
struct RecordOptions: ParsableArguments {
    @Option(help: "The SQLite file that holds the record.")
    var db = "claimwright.db"

    @Flag(help: "Make the record where it is absent.")
    var create = false

    func open() throws -> SQLiteStore { try RecordFile.open(db, make: create) }
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
    /// Inputs past this size are refused with a word, not read.
    static let maximumBytes = 1 << 30

    /// The bytes of a file, or of standard input for `-`.
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = (attributes?[.size] as? NSNumber)?.intValue else {
            throw CommandFailure("\(path): cannot be read.")
        }
        guard size <= maximumBytes else {
            throw CommandFailure("\(path): is larger than \(maximumBytes >> 20) MiB; split it and take the parts in.")
        }
        do { return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)) } catch {
            throw CommandFailure("\(path): cannot be read.")
        }
    }
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
