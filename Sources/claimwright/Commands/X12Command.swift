import ArgumentParser
import HealthTypes
import X12

struct X12Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "x12", abstract: "Look into X12 files.", subcommands: [Check.self, Explain.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check X12 files against syntax, guides and sums (SNIP 1 to 3).",
            discussion: "Exit codes: 0 nothing rejected; 1 something rejected; 2 unreadable, or a wrong use.")

        enum Format: String, ExpressibleByArgument {
            case text, json
        }

        @Option(help: "The highest SNIP type to check, 1 to 3.")
        var snip = 3
        @Option(help: "text for people, json for one object a line.")
        var format = Format.text
        @Argument(help: "Files, or - for standard input.")
        var files: [String]

        func validate() throws {
            guard (1...3).contains(snip) else { throw ValidationError("--snip is from 1 to 3.") }
        }

        func run() throws {
            let codes = try explained { try files.map { try check($0) } }
            if let worst = codes.max(), worst > 0 { throw ExitCode(worst) }
        }

        private func check(_ file: String) throws -> Int32 {
            let document = X12Document(parsing: try CommandInput.read(file), source: file)
            let findings = X12Checker().check(document, snip: snip)
            let verdict = document.verdict(findings)
            switch format {
            case .text:
                for finding in findings { print(render(finding, in: document)) }
                print(
                    "\(file): \(document.summary.transactions) transaction sets, \(document.summary.segments) segments, "
                        + "\(document.summary.claims) claims; \(verdict.accepted) accepted, \(verdict.rejected) rejected, "
                        + "\(verdict.errors) errors, \(verdict.warnings) warnings")
            case .json:
                for finding in findings { print(finding.json.text) }
                let summary = document.summary
                let members: JSON = [
                    "bytes": JSON(summary.bytes), "interchanges": JSON(summary.interchanges),
                    "groups": JSON(summary.groups), "transactions": JSON(summary.transactions),
                    "segments": JSON(summary.segments), "claims": JSON(summary.claims),
                    "accepted": JSON(verdict.accepted), "rejected": JSON(verdict.rejected),
                    "errors": JSON(verdict.errors), "warnings": JSON(verdict.warnings),
                ]
                print((["summary": members] as JSON).text)
            }
            if document.interchanges.isEmpty { return 2 }
            return verdict.rejected > 0 || verdict.errors > 0 ? 1 : 0
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read X12 files out for a person, indented by loop.",
            discussion: "Exit codes: 0 read; 2 unreadable.")

        @Argument(help: "Files, or - for standard input.")
        var files: [String]

        func run() throws {
            try explained {
                for file in files {
                    let document = X12Document(parsing: try CommandInput.read(file), source: file)
                    guard !document.interchanges.isEmpty else {
                        throw CommandFailure(document.issues.first?.line ?? "\(file): holds no interchange.")
                    }
                    for transaction in document.interchanges.flatMap(\.groups).flatMap(\.transactions) {
                        for line in transaction.explanation() {
                            print(String(repeating: "  ", count: line.indent) + line.text)
                            if !line.words.isEmpty {
                                print(String(repeating: "  ", count: line.indent) + "    " + line.words)
                            }
                        }
                    }
                }
            }
        }
    }
}
