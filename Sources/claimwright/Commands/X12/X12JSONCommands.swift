import ArgumentParser
import HealthTypes
import X12
import X12Tools

struct X12JSONCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json", abstract: "Write an X12 file as JSON Lines that lose no byte, on standard output.",
        discussion: "`x12 write` makes the same bytes of it again. Exit codes: 0 written; 2 unreadable.")

    @Argument(help: "A file, or - for standard input.")
    var file: String

    func run() throws {
        try explained {
            let output = StreamedOutput.standard()
            try X12JSON().encode(try StreamedInput(file)) { try output.write($0) }
            try output.flush()
        }
    }
}

struct X12Write: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Write the X12 bytes of JSON Lines, on standard output.",
        discussion: """
            JSON that `x12 json` made comes back byte by byte. JSON without its first line may leave out counts, control
            numbers, dates and trailers, which are computed. Exit codes: 0 written; 2 unreadable, or not such JSON.
            """)

    @OptionGroup var numbers: AnswerOptions
    @Argument(help: "A file of JSON Lines, or - for standard input.")
    var file: String

    func run() throws {
        try explained {
            let output = StreamedOutput.standard()
            let input = try StreamedInput(file)
            do {
                try X12JSON().decode(
                    input, completing: .init(controlNumber: numbers.controlNumber, instant: numbers.instant)
                ) { try output.write($0) }
            } catch let error as X12JSONError {
                throw CommandFailure("\(input.name): \(error)")
            }
            try output.flush()
        }
    }
}
