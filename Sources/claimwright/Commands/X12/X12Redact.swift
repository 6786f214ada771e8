import ArgumentParser
import X12
import X12Tools

struct X12Redact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Write an X12 file without its persons, byte for byte in the same shape, on standard output.",
        discussion: """
            Names, identifiers, addresses, numbers of accounts and telephones, days and free text give way to stand-ins of
            the same length; codes, amounts and control numbers stay. Equal values stay equal. Look the result over
            before you give it away: a code can be as telling as a name. Exit codes: 0 written; 2 unreadable.
            """)

    @Option(help: "One seed gives one value the same stand-in in every file; keep it secret. Otherwise drawn anew.")
    var seed: UInt64?
    @Argument(help: "A file, or - for standard input.")
    var file: String

    func run() throws {
        try explained {
            let output = StreamedOutput.standard()
            let redaction = X12Redaction(seed: seed ?? UInt64.random(in: 0...UInt64.max))
            try redaction.redact(try StreamedInput(file)) { try output.write($0) }
            try output.flush()
        }
    }
}
