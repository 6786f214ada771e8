import ArgumentParser
import Claims
import HealthTypes
import Pipeline
import Stages
import Store

struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The work items that wait for people.", subcommands: [List.self, Show.self, Resolve.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List open work items, the earliest deadline first.",
            discussion: "Exit codes: 0; 2 the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @Option(help: "Only those of a stage, such as prior_authorization.", transform: argument)
        var stage: Stage?
        @Option(help: "Only those of a kind, such as held or appeal.")
        var kind: String?
        @Option(help: "At most so many.")
        var limit = 50

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000.") }
        }

        func run() async throws {
            try await explained {
                let filter = WorkFilter(stage: stage?.rawValue, kinds: kind.map { [$0] })
                let limit = limit
                let lines = try await record.reading().read { page in
                    var lines = try page.openWork(filter, after: nil, limit: limit).map { try Self.line($0, in: page) }
                    for count in try page.openWorkCounts() where filter.covers(count) {
                        lines.append("\(count.count) open: \(count.stage) \(count.kind), \(count.amount.dollars)")
                    }
                    return lines
                }
                for line in lines { print(line) }
            }
        }

        private static func line(_ line: WorkLine, in page: any PageReader) throws -> String {
            let deadline = line.row.deadline.map { " until \($0.date)" } ?? ""
            // A case that this program cannot read has no title here, and is listed all the same.
            let facts = try? CaseReader.facts(of: line.caseNumber, page.entries(of: line.caseNumber, through: nil))
            let title = facts?.workItem(line.name.item)?.item.kind.title ?? "cannot be read by this program"
            return
                "\(line.name)  \(line.caseNumber)  \(line.row.stage) \(line.row.kind)  \(line.row.amount.dollars)\(deadline)  \(title)"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a work item: why it is asked, what it rests on, what may be answered.",
            discussion: "Exit codes: 0; 2 there is no such work item, or the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @Argument(help: "The work item's name, such as W-0000012-7-0.")
        var item: String

        func run() async throws {
            try await explained {
                let name = try Queue.name(item)
                let facts = try await record.reading().read { page in
                    try CaseReader.facts(of: name.caseNumber, page.entries(of: name.caseNumber, through: nil))
                }
                guard let found = facts.workItem(name.item) else { throw Queue.unknown(item) }
                show(name, found, facts)
            }
        }

        private func show(_ name: WorkItemName, _ found: WorkItemRecord, _ facts: CaseFacts) {
            print("\(found.item.kind.title) (\(found.item.kind.stage.title))")
            print(
                "\(name.caseNumber), decision \(DecisionID(name.caseNumber, entry: name.item.entry)), \(found.item.amount.dollars)"
            )
            if let deadline = found.item.deadline { print("Until \(deadline)") }
            print("")
            for sentence in found.item.reason { print(sentence) }
            if !found.item.evidence.isEmpty { print("") }
            for line in found.item.evidence { print("  \(line)") }
            if let text = found.item.document.flatMap({ facts.document($0) })?.text { print("\n\(text)") }
            print("")
            switch found.state {
            case .open:
                for choice in found.item.kind.choices {
                    print("--answer \(choice.tag)\(choice.needsNumber ? " --number NUMBER" : ""): \(choice.label)")
                }
            case .withdrawn: print("Withdrawn: nobody need answer it any more.")
            case .answered(let answer, let at):
                print("Answered \(answer.resolution.tag) by \(answer.by) at \(at): \(answer.reason)")
            }
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer a work item, with a reason; the case goes on.",
            discussion: "Exit codes: 0 recorded; 2 the work item cannot be answered so, or the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @OptionGroup var data: HomeOptions
        @OptionGroup var payer: PayerOptions
        @Option(help: "One of the answers that the work item offers.")
        var answer: String
        @Option(help: "The payer's authorization number, with an answer that needs one.")
        var number: String?
        @Option(help: "Why.")
        var reason: String
        @Option(help: "Who answers.")
        var by: String
        @Argument(help: "The work item's name, such as W-0000012-7-0.")
        var item: String

        func run() async throws {
            try await explained {
                let name = try Queue.name(item)
                let store = try record.writing()
                let pipeline = try await Pipeline(
                    store: store, home: data.dataHome(), clock: SystemClock(),
                    payer: payer.connection(root: data.root(), db: record.db))
                guard let kind = try await pipeline.facts(of: name.caseNumber).workItem(name.item)?.item.kind else {
                    throw Queue.unknown(item)
                }
                let resolution = try resolution(kind)
                do { try await pipeline.resolve(name, resolution, reason: reason, by: by) } catch let refusal
                    as Pipeline.AnswerRefusal
                { throw CommandFailure("\(item): \(refusal.description).") }
                try await pipeline.work()
                try await store.close()
                print("\(item): recorded")
            }
        }

        private func resolution(_ kind: WorkItemKind) throws -> Resolution {
            if let resolution = kind.resolution(tag: answer, number: number) { return resolution }
            guard let choice = kind.choices.first(where: { $0.tag == answer }) else {
                throw CommandFailure(
                    "\(item): does not offer \(answer); it offers \(kind.choices.map(\.tag).joined(separator: ", ")).")
            }
            throw CommandFailure(
                choice.needsNumber
                    ? "\(item): the answer \(answer) needs the payer's --number."
                    : "\(item): \(answer) takes no --number.")
        }
    }

    fileprivate static func name(_ text: String) throws -> WorkItemName {
        guard let name = WorkItemName(text) else { throw unknown(text) }
        return name
    }

    fileprivate static func unknown(_ text: String) -> CommandFailure {
        CommandFailure("\(text): there is no such work item.")
    }
}

extension WorkFilter {
    fileprivate func covers(_ count: WorkCount) -> Bool {
        (stage == nil || stage == count.stage) && (kinds?.contains(count.kind) ?? true)
    }
}
