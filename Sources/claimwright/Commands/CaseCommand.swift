import ArgumentParser
import HealthTypes
import Pipeline
import Stages
import Store

struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Cases and their journals.",
        subcommands: [Show.self, List.self, Retry.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a case from its first message on.",
            discussion: "Exit codes: 0; 2 there is no such case, or the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @Argument(help: "A case's number such as C-0000012, a visit number or a claim's control number.")
        var name: String

        func run() async throws {
            try await explained {
                let name = name
                let lines = try await record.reading().read { page in
                    guard let number = try page.findCase(name), let line = try page.caseLine(number) else {
                        throw CommandFailure("There is no case \(name).")
                    }
                    return try CaseText(line, in: page).lines
                }
                for line in lines { print(line) }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List cases, in order of their number.", discussion: "Exit codes: 0; 2 the record cannot be used."
        )

        @OptionGroup var record: RecordOptions
        @Option(help: "Only the case of this number or key, or cases whose title begins so.")
        var matching = ""
        @Option(help: "Only cases that stand so, such as on_hold, denied or paid.", transform: argument)
        var status: CaseStatus?
        @Flag(help: "Only cases that are set aside with a fault of their own.")
        var setAside = false
        @Option(help: "Only cases behind this one.", transform: argument)
        var after: CaseNumber?
        @Option(help: "At most so many.")
        var limit = 50

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000.") }
        }

        func run() async throws {
            try await explained {
                let (matching, status, setAside, after, limit) = (matching, status, setAside, after, limit)
                let lines = try await record.reading().read { page in
                    if setAside {
                        return try page.casesSetAside(after: after, limit: limit).map {
                            "\($0.caseNumber)  \($0.inWords)"
                        }
                    }
                    return try page.cases(
                        CaseFilter(text: matching, state: status?.rawValue), after: after, limit: limit
                    ).map(\.text)
                }
                for line in lines { print(line) }
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a case that was set aside be worked again.",
            discussion: "Exit codes: 0 it is due again; 2 it is not set aside, or the record cannot be used.")

        @OptionGroup var record: RecordOptions
        @Argument(help: "The case's number, such as C-0000012.", transform: argument)
        var number: CaseNumber

        func run() async throws {
            try await explained {
                let store = try record.writing()
                guard try await store.retry(number, now: SystemClock().now) else {
                    throw CommandFailure("\(number): is not set aside.")
                }
                try await store.close()
                print("\(number): is worked again with the next `work`, or by a server.")
            }
        }
    }
}

extension CaseLine {
    /// `C-0000012  V100012  MERID  paid  $145.00`
    var text: String {
        guard let summary else { return "\(caseNumber)  (not worked yet)" }
        return "\(caseNumber)  \(summary.title)  \(summary.payerID)  \(summary.statusWords)  \(summary.charge.dollars)"
    }
}

/// A case in full, for people.
private struct CaseText {
    var lines: [String]

    init(_ line: CaseLine, in page: any PageReader) throws {
        let number = line.caseNumber
        lines = [line.text + (line.summary.map { "  paid \($0.paid.dollars)" } ?? "")]
        if let setAside = try page.setAside(number) { lines.append(setAside.inWords) }
        if let due = line.dueAt { lines.append("due \(due)") }
        var facts = CaseFacts(number: number)
        for row in try page.entries(of: number, through: nil) {
            do {
                let entry = try CaseReader.read(row)
                facts.apply(entry, at: row.at)
                var text = "\(row.sequence)\t\(row.at)\t\(entry.event.inWords)"
                if case .decided = entry.event { text += " [\(DecisionID(number, entry: row.sequence))]" }
                lines.append(text)
            } catch {
                // What is behind it is not read as if it were not there.
                lines.append("\(row.sequence)\t\(row.at)\t\(row.kind): cannot be read by this program (\(error))")
                break
            }
        }
        for timer in facts.timers.sorted(by: { $0.due < $1.due }) { lines.append("waits until\t\(timer.due)") }
        for send in try page.sends(of: number) {
            lines.append("send\t\(send.lane.kind) to \(send.lane.receiver)\t\(send.subject)\t\(send.inWords)")
        }
        for message in try page.messages(of: number) {
            lines.append(
                "message \(message.id)\t\(message.at)\t\(message.direction.inWords)\t\(message.kind)\t\(message.state.inWords)"
            )
        }
        for item in try page.workItems(of: number) {
            lines.append("work item \(item.name)\t\(item.row.stage) \(item.row.kind)\t\(item.state.inWords)")
        }
    }
}

extension WorkLine {
    var name: WorkItemName { WorkItemName(caseNumber, WorkItemID(entry: row.entry, number: row.number)) }
}

/// Reads an argument that is a number or a tag of the record.
func argument<Value: LosslessStringConvertible>(_ text: String) throws -> Value {
    guard let value = Value(text) else { throw ValidationError("\(text) is not known here.") }
    return value
}

func argument<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
        throw ValidationError("\(text) is none of \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return value
}
