import ArgumentParser
import HealthTypes
import Pipeline
import Stages
import Store

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Cases and their journals.", subcommands: [Show.self, List.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a case from its first message on.", discussion: "Exit codes: 0; 2 there is no such case.")

        @OptionGroup var record: RecordOptions
        @Argument(help: "A case's id, a visit number or a claim's control number.")
        var name: String

        func run() throws {
            try explained {
                let store = try record.open()
                try store.read { tx in
                    guard let id = try tx.findCase(name), let summary = try tx.caseSummary(id) else {
                        throw CommandFailure("There is no case \(name).")
                    }
                    print(
                        "\(id)  \(summary.title)  \(summary.payer)  charge \(summary.charge.dollars)  paid \(summary.paid.dollars)"
                    )
                    for (row, event) in try CaseReader.events(of: id, in: tx) {
                        if case .decided(let decision) = event {
                            print(
                                "\(row.sequence)\t\(row.at)\t\(decision.occasion.stage.title): \(decision.outcome). \(decision.summary) [\(decision.id)]"
                            )
                        } else {
                            print("\(row.sequence)\t\(row.at)\t\(row.kind)")
                        }
                    }
                    for message in try tx.messages(of: id) {
                        print(
                            "message \(message.id)\t\(message.at)\t\(message.direction.rawValue)\t\(message.kind)\t\(message.state.rawValue)"
                        )
                    }
                    for task in try tx.tasks(of: id) { print("task \(task.id)\t\(task.kind)\t\(task.state.rawValue)") }
                }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List cases.", discussion: "Exit codes: 0; 2 the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @Option(help: "Only cases with this id, title, payer, state or key.")
        var matching = ""
        @Option(help: "At most so many.")
        var limit = 50

        func run() throws {
            try explained {
                for summary in try record.open().read({ try $0.cases(matching: matching, limit: limit) }) {
                    print(
                        "\(summary.id)  \(summary.title)  \(summary.payer)  \(summary.stage): \(summary.state)  \(summary.charge.dollars)"
                    )
                }
            }
        }
    }
}
