import ArgumentParser
import Foundation
import HealthTypes
import X12
import X12Tools

struct X12DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two X12 files by what they say, not by where it stands.",
        discussion: """
            Claims are found by their numbers, levels by their names and numbers, lines by LX01. Delimiters, line ends,
            counts and control numbers make no difference. Exit codes: 0 the same; 1 different; 2 unreadable.
            """)

    enum Format: String, ExpressibleByArgument {
        case text, json
    }

    @Option(help: "text for people, json for one object a line.")
    var format = Format.text
    @Flag(help: "Dates, times and control numbers of the envelopes count too.")
    var envelopes = false
    @Option(help: "Of how many claims and other units that differ the differences are told.")
    var limit = 10_000
    @Argument(help: "The older file, or - for standard input.")
    var old: String
    @Argument(help: "The newer file, or - for standard input.")
    var new: String

    func validate() throws {
        guard old != "-" || new != "-" else { throw ValidationError("Only one of the files can be standard input.") }
        guard limit >= 0 else { throw ValidationError("--limit is not negative.") }
    }

    func run() throws {
        try explained {
            let output = StreamedOutput.standard()
            let sources = try [old, new].map { try RepeatedInput($0) }
            let summary = try X12Diff(comparesEnvelopes: envelopes, limit: limit).compare(
                sources[0].open, sources[1].open
            ) { try output.write((format == .json ? $0.json.text : $0.text) + "\n") }
            try output.write((format == .json ? summary.json.text : summary.words) + "\n")
            try output.flush()
            if !summary.isSame { throw ExitCode(1) }
        }
    }
}

/// An input that can be read twice; standard input is kept in a file that has no name.
private final class RepeatedInput {
    private let path: String
    private var spool: UnsafeMutablePointer<FILE>?

    init(_ path: String) throws {
        self.path = path
        guard path == "-" else { return }
        guard let file = tmpfile() else { throw CommandFailure("A temporary file cannot be made.") }
        spool = file
        let input = try StreamedInput("-")
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            let count = try input.read(into: buffer)
            if count == 0 { break }
            guard fwrite(buffer.baseAddress, 1, count, file) == count else {
                throw CommandFailure("A temporary file cannot be written.")
            }
        }
        fflush(file)
    }

    deinit { if let spool { fclose(spool) } }

    func open() throws -> any ByteSource {
        guard let spool else { return try StreamedInput(path) }
        rewind(spool)
        return FileSource(descriptor: fileno(spool))
    }
}

extension X12Diff.Summary {
    fileprivate var words: String {
        let counts = "\(same) the same, \(changed) changed, \(added) added, \(removed) removed, \(moved) moved"
        return untold > 0 ? "\(counts); the differences of \(untold) are not told" : counts
    }

    fileprivate var json: JSON {
        let members: JSON = [
            "same": JSON(same), "changed": JSON(changed), "added": JSON(added), "removed": JSON(removed),
            "moved": JSON(moved), "untold": JSON(untold),
        ]
        return ["summary": members]
    }
}
