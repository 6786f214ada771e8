import ArgumentParser
import Foundation
import X12
import X12Tools

struct X12Split: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Cut an X12 file into interchanges of their own.",
        discussion: """
            Counts and control numbers of every part are true. An 835 is cut between payments only. The parts are
            NAME-0001.EXT and on. Exit codes: 0 written; 1 written, but something outside of transaction sets was left
            out; 2 unreadable.
            """)

    enum Unit: String, ExpressibleByArgument {
        case set, claims, bytes
    }

    @Option(help: "set: each transaction set alone; claims: --claims in each; bytes: --bytes in each part.")
    var by = Unit.set
    @Option(help: "The most claims in a set, with --by claims.")
    var claims = 5000
    @Option(help: "The most bytes in a part, with --by bytes.")
    var bytes = 10_000_000
    @Option(help: "The folder for the parts; made where it is absent.")
    var out: String
    @Argument(help: "A file, or - for standard input.")
    var file: String

    func validate() throws {
        guard claims > 0, bytes > 0 else { throw ValidationError("--claims and --bytes are at least 1.") }
    }

    func run() throws {
        try explained {
            try AnswerFolder.make(out)
            let limit: X12Splitter.Limit =
                switch by {
                case .set: .set
                case .claims: .claims(claims)
                case .bytes: .bytes(bytes)
                }
            let names = PartNames(folder: out, file: file)
            var open: (number: Int, output: StreamedOutput)?
            let input = try StreamedInput(file)
            let summary = try X12Splitter(limit).split(input) { number, bytes in
                if open?.number != number {
                    try open?.output.flush()
                    open = (number, try StreamedOutput(path: names.path(number)))
                }
                try open?.output.write(bytes)
            }
            try open?.output.flush()
            guard summary.parts > 0 else { throw CommandFailure("\(input.name): holds no transaction set.") }
            guard summary.claims == summary.writtenClaims else {
                throw CommandFailure("\(input.name): claims in and claims out differ; please report this.")
            }
            print(
                "\(summary.parts) parts: \(summary.sets) transaction sets became \(summary.writtenSets), \(summary.claims) claims"
            )
            if summary.droppedSegments > 0 || summary.droppedBytes > 0 {
                Say.line(
                    "claimwright: left out, as it stands in no transaction set: \(summary.droppedSegments) segments, "
                        + "\(summary.droppedBytes) bytes.")
                throw ExitCode(1)
            }
        }
    }
}

/// Where the parts of a file go.
private struct PartNames {
    let folder: String
    private let stem: String
    private let ending: String

    init(folder: String, file: String) {
        self.folder = folder
        var name = file == "-" ? "part.x12" : file.split(separator: "/").last.map(String.init) ?? file
        if name.hasSuffix(".gz") { name.removeLast(3) }
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        stem = String(name[..<dot])
        ending = String(name[dot...])
    }

    func path(_ number: Int) -> String {
        let digits = String(number)
        return "\(folder)/\(stem)-\(String(repeating: "0", count: max(4 - digits.count, 0)))\(digits)\(ending)"
    }
}
