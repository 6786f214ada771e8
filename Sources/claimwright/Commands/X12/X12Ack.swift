import ArgumentParser
import Foundation
import HealthTypes
import X12

struct X12Ack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Answer an X12 file: TA1, 999 and, for claims, 277CA, on standard output.",
        discussion: """
            Each answer is an interchange of its own. The file is checked as by `x12 check`.
            Exit codes: 0 nothing rejected; 1 something rejected; 2 unreadable (the TA1 says so), or a wrong use.
            """)

    @Option(help: "The highest SNIP type to check, 1 to 7.")
    var snip = 7
    @Flag(help: "A line end behind each segment, for people.")
    var lines = false
    @OptionGroup var answers: AnswerOptions
    @OptionGroup var home: HomeOptions
    @Argument(help: "A file, or - for standard input.")
    var file: String

    func validate() throws {
        guard (1...7).contains(snip) else { throw ValidationError("--snip is from 1 to 7.") }
    }

    func run() throws {
        try explained {
            let checker = X12FileChecker(
                tables: try CheckTables.load(home, snip: snip), snip: snip, refusesUnknownSets: true)
            let output = StreamedOutput.standard()
            // The three kinds grow side by side, and a long 999 must not have another answer in its middle.
            let spools = try AnswerSpools()
            let maker = try answers.maker(answers.numbers(), sink: spools.write)
            let summary = try checker.check(try StreamedInput(file), name: file, answering: maker)
            if let failure = maker.failure { throw failure }
            try spools.forEach { bytes in
                guard lines else { return try output.write(bytes) }
                for byte in bytes {
                    try output.write(CollectionOfOne(byte))
                    if byte == UInt8(ascii: "~") { try output.write(CollectionOfOne(0x0a)) }
                }
            }
            try output.flush()
            if summary.interchanges == 0 { throw ExitCode(2) }
            if summary.rejected > 0 || summary.errors > 0 { throw ExitCode(1) }
        }
    }
}

/// How what is written is numbered and dated.
struct AnswerOptions: ParsableArguments {
    @Option(help: "The first control number; further ones count on.")
    var controlNumber = 1
    @Option(help: "The time that is written, such as 2026-03-02T12:00:00Z; otherwise now.")
    var at: String?

    func validate() throws {
        guard (0..<1_000_000_000).contains(controlNumber) else {
            throw ValidationError("--control-number is from 0 to 999999999.")
        }
        if let at, Instant(at) == nil { throw ValidationError("--at is no time such as 2026-03-02T12:00:00Z.") }
    }

    var instant: Instant { at.flatMap { Instant($0) } ?? SystemClock().now }

    func numbers() -> ControlNumbers { ControlNumbers(next: controlNumber) }

    func maker(
        _ numbers: ControlNumbers, sink: @escaping (AnswerMaker.Kind, [UInt8]) throws -> Void
    ) throws -> AnswerMaker {
        AnswerMaker(at: instant, nextControlNumber: numbers.take, sink: sink)
    }
}

/// Counts the control numbers of answers through all files.
final class ControlNumbers {
    private var next: Int

    init(next: Int) { self.next = next }

    func take() -> Int {
        defer { next += 1 }
        return next
    }
}

/// Keeps the answers of one file in files of their own until all is read.
private final class AnswerSpools {
    private var files: [AnswerMaker.Kind: UnsafeMutablePointer<FILE>] = [:]

    init() throws {}

    deinit { for file in files.values { fclose(file) } }

    func write(_ kind: AnswerMaker.Kind, _ bytes: [UInt8]) throws {
        if files[kind] == nil {
            guard let file = tmpfile() else { throw CommandFailure("A temporary file cannot be made.") }
            files[kind] = file
        }
        guard let file = files[kind], fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw CommandFailure("A temporary file cannot be written.")
        }
    }

    /// Gives what was written in the order TA1, 999, 277CA, in pieces.
    func forEach(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        for kind in AnswerMaker.Kind.allCases {
            guard let file = files[kind] else { continue }
            rewind(file)
            while true {
                let count = fread(&buffer, 1, buffer.count, file)
                if count == 0 { break }
                try body(buffer[..<count])
            }
        }
    }
}

/// Writes the answers to one file into a folder, one file for each kind that there is.
final class AnswerFolder {
    private let stem: String
    private var outputs: [AnswerMaker.Kind: StreamedOutput] = [:]

    static func make(_ folder: String) throws {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw CommandFailure("\(folder): cannot be made.")
        }
    }

    /// `number` tells inputs of one name apart: of the second the answers are `NAME-2.999`.
    init(_ folder: String, name: String, number: Int) {
        stem = "\(folder)/\(name)" + (number > 1 ? "-\(number)" : "")
    }

    /// The name under which answers to a file are written.
    static func name(of file: String) -> String {
        file == "-" ? "standard-input" : file.split(separator: "/").last.map(String.init) ?? file
    }

    private func path(_ kind: AnswerMaker.Kind) -> String { "\(stem).\(kind.rawValue)" }

    func write(_ kind: AnswerMaker.Kind, _ bytes: [UInt8]) throws {
        if outputs[kind] == nil { outputs[kind] = try StreamedOutput(path: path(kind)) }
        try outputs[kind]?.write(bytes)
    }

    func finish() throws { for output in outputs.values { try output.flush() } }

    /// Takes away what was written for an input that could not be read to its end.
    func discard() { for kind in outputs.keys { try? FileManager.default.removeItem(atPath: path(kind)) } }
}
