import ArgumentParser
import Claims
import Foundation
import HealthTypes
import Pipeline
import Stages
import Store

struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The tasks that wait for people.", subcommands: [List.self, Show.self, Resolve.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List open tasks, the earliest deadline first.",
            discussion: "Exit codes: 0; 2 the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @Option(help: "Only kinds that begin so, such as claim or denial.appeal.")
        var kind = ""
        @Option(help: "At most so many.")
        var limit = 50

        func run() throws {
            try explained {
                let store = try record.open()
                try store.read { tx in
                    for task in try tx.openTasks(kind: kind, limit: limit) {
                        let draft = try Canonical.decode(TaskDraft.self, from: task.body)
                        let deadline = task.deadline.map { " until \($0.date)" } ?? ""
                        print(
                            "\(task.id)  \(task.caseID)  \(task.kind)  \(draft.amount.dollars)\(deadline)  \(draft.title)"
                        )
                    }
                    for row in try tx.openTaskCounts() where row.kind.hasPrefix(kind) {
                        print("\(row.count) open: \(row.kind), \(row.amount.dollars)")
                    }
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a task: why it is asked, what it rests on, what may be answered.",
            discussion: "Exit codes: 0; 2 there is no such task.")

        @OptionGroup var record: RecordOptions
        @Argument(help: "The task's id.")
        var task: String

        func run() throws {
            try explained {
                let store = try record.open()
                guard let row = try store.read({ try $0.task(task) }) else {
                    throw CommandFailure("There is no task \(task).")
                }
                let draft = try Canonical.decode(TaskDraft.self, from: row.body)
                print("\(draft.title) (\(row.state.rawValue))")
                print("Case \(row.caseID), decision \(row.decisionID), \(draft.amount.dollars)")
                if let deadline = row.deadline { print("Until \(deadline)") }
                print("\n\(draft.reason)\n")
                for line in draft.evidence { print("  \(line)") }
                if let document = draft.document { print("\n\(document.text)\n") }
                for answer in draft.answers { print("--answer \(answer.id): \(answer.label)") }
            }
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer a task, with a reason; the case goes on.",
            discussion: "Exit codes: 0 recorded; 2 the task cannot be answered so.")

        @OptionGroup var record: RecordOptions
        @OptionGroup var data: HomeOptions
        @OptionGroup var payer: PayerOptions
        @Option(help: "One of the answers that the task offers.")
        var answer: String
        @Option(help: "Why.")
        var reason: String
        @Option(help: "Who answers.")
        var by: String
        @Argument(help: "The task's id.")
        var task: String

        func run() async throws {
            try await explained {
                let pipeline = try Pipeline(
                    store: record.open(), home: data.dataHome(), clock: SystemClock(),
                    payer: payer.connection(root: data.root(), db: record.db))
                do { try await pipeline.resolve(task: task, answer: answer, reason: reason, by: by) } catch let refusal
                    as Pipeline.TaskRefusal
                { throw CommandFailure("\(task): \(refusal.description).") }
                try await pipeline.work()
                print("\(task): recorded")
            }
        }
    }
}
