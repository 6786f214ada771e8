import ArgumentParser
import X12
import X12Tools

struct X12Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Read X12 files out for a person, indented by loop, with codes in words.",
        discussion: "Exit codes: 0 read; 2 unreadable, or no X12.")

    @Flag(help: "Show each segment as it stands above its words.")
    var segments = false
    @OptionGroup var home: HomeOptions
    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func run() throws {
        try explained {
            let output = StreamedOutput.standard()
            let words = try (try? home.root()).map { try CodeWords(folder: "\($0)/CodeTables") }
            let explainer = X12Explainer(showsSegments: segments) { words?($0, $1) }
            for file in files {
                let input = try StreamedInput(file)
                let count = try explainer.explain(input) { try output.write($0) }
                try output.flush()
                guard count > 0 else { throw CommandFailure("\(input.name): holds no interchange.") }
            }
        }
    }
}
