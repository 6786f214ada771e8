import ArgumentParser
import Foundation
import HealthTypes
import X12
import X12Tools

struct X12Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check X12 files: syntax, guides, sums, situations and code sets.",
        discussion: """
            SNIP types: 1 syntax, 2 guide, 3 sums, 4 situations, 5 code sets, 6 type of service, 7 payer.
            Exit codes: 0 nothing rejected; 1 something rejected; 2 unreadable, or a wrong use.
            """)

    enum Format: String, ExpressibleByArgument {
        case text, json
    }

    @Option(help: "The highest SNIP type to check, 1 to 7.")
    var snip = 7
    @Option(help: "text for people, json for one object a line.")
    var format = Format.text
    @Option(help: "A folder for the answers to each file: NAME.TA1, NAME.999 and, for claims, NAME.277CA.")
    var ack: String?
    @OptionGroup var answers: AnswerOptions
    @OptionGroup var home: HomeOptions
    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func validate() throws {
        guard (1...7).contains(snip) else { throw ValidationError("--snip is from 1 to 7.") }
    }

    func run() throws {
        try explained {
            if let ack { try AnswerFolder.make(ack) }
            let checker = X12FileChecker(
                tables: try CheckTables.load(home, snip: snip), snip: snip, refusesUnknownSets: ack != nil)
            let numbers = answers.numbers()
            let output = StreamedOutput.standard()
            var total = X12Summary()
            var isUnreadable = false
            var names: [String: Int] = [:]
            for file in files {
                let name = AnswerFolder.name(of: file)
                names[name, default: 0] += 1
                let folder = ack.map { AnswerFolder($0, name: name, number: names[name] ?? 1) }
                do {
                    let summary = try check(file, checker, numbers, folder, output)
                    isUnreadable = isUnreadable || summary.interchanges == 0
                    total.add(summary)
                } catch let failure as CommandFailure {
                    folder?.discard()
                    try output.flush()
                    Say.line("claimwright: \(failure)")
                    isUnreadable = true
                }
            }
            switch format {
            case .json: try output.write(total.json.text + "\n")
            case .text where files.count > 1: try output.write("all files: \(total.words)\n")
            case .text: break
            }
            try output.flush()
            if isUnreadable { throw ExitCode(2) }
            if total.rejected > 0 || total.errors > 0 { throw ExitCode(1) }
        }
    }

    private func check(
        _ file: String, _ checker: X12FileChecker, _ numbers: ControlNumbers, _ folder: AnswerFolder?,
        _ output: StreamedOutput
    ) throws -> X12Summary {
        let input = try StreamedInput(file, keepsRecent: format == .text)
        let maker = try folder.map { try answers.maker(numbers, sink: $0.write) }
        let text = FindingText(context: input.bytes)
        var failure: (any Error)?
        let summary = try checker.check(input, name: file == "-" ? input.name : file, answering: maker) { finding in
            guard failure == nil else { return }
            input.endProgress()
            do {
                try output.write(format == .json ? finding.json.text + "\n" : text.text(finding))
            } catch { failure = error }
        }
        if let failure = failure ?? maker?.failure { throw failure }
        try folder?.finish()
        guard summary.isConserved else {
            throw CommandFailure("\(file): the counts of what was read and what was judged differ; please report this.")
        }
        if format == .text { try output.write("\(file): \(summary.words)\n") }
        return summary
    }
}

/// The tables of code sets for a check.
enum CheckTables {
    /// Without the data folders codes are checked by their form alone, and a line says so.
    static func load(_ home: HomeOptions, snip: Int) throws -> X12.CodeTables {
        guard snip >= 5 else { return X12.CodeTables() }
        guard let root = try? home.root() else {
            Say.line("claimwright: the code tables cannot be found (--home); codes are checked by their form alone.")
            return X12.CodeTables()
        }
        return try CodeSetLoading.load(folder: "\(root)/CodeTables")
    }
}

extension X12Summary {
    mutating func add(_ other: X12Summary) {
        bytes += other.bytes
        interchanges += other.interchanges
        groups += other.groups
        transactions += other.transactions
        segments += other.segments
        enveloped += other.enveloped
        stray += other.stray
        strayBytes += other.strayBytes
        claims += other.claims
        accepted += other.accepted
        rejected += other.rejected
        errors += other.errors
        warnings += other.warnings
    }

    var words: String {
        "\(interchanges) interchanges, \(groups) groups, \(transactions) transaction sets, \(segments) segments, "
            + "\(claims) claims; \(accepted) accepted, \(rejected) rejected, \(errors) errors, \(warnings) warnings"
    }

    var json: JSON {
        let members: JSON = [
            "bytes": JSON(bytes), "interchanges": JSON(interchanges), "groups": JSON(groups),
            "transactions": JSON(transactions), "segments": JSON(segments), "claims": JSON(claims),
            "accepted": JSON(accepted), "rejected": JSON(rejected), "errors": JSON(errors), "warnings": JSON(warnings),
        ]
        return ["summary": members]
    }
}
