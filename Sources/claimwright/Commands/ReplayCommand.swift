import ArgumentParser
import HealthTypes
import Pipeline
import Store

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide again what was decided, on what the record holds, and compare byte for byte.",
        discussion:
            "Exit codes: 0 identical and the record is intact; 1 it differs or was altered; 2 it cannot be replayed.")

    @OptionGroup var record: RecordOptions
    @OptionGroup var data: HomeOptions
    @Flag(help: "Every decision in the record.")
    var all = false
    @Argument(help: "Ids of decisions.")
    var decisions: [String] = []

    func validate() throws {
        if !all, decisions.isEmpty { throw ValidationError("Name decisions, or give --all.") }
    }

    func run() throws {
        let bad = try explained {
            let store = try record.open()
            let pipeline = try Pipeline(store: store, home: data.dataHome(), clock: SystemClock(), payer: NoPayer())
            let ids = all ? try store.read { try $0.decisionIDs() } : decisions
            var bad = 0
            for (index, id) in ids.enumerated() {
                do {
                    let report = try pipeline.replay(id)
                    let good = report.identical && report.recordIntact
                    if !good { bad += 1 }
                    if !all || !good {
                        print(report.line)
                        for difference in report.differences { print("  \(difference)") }
                    }
                } catch let error as Pipeline.CannotReplay {
                    guard all else { throw CommandFailure(error.description) }
                    bad += 1
                    print(error.description)
                }
                if all, index % 200 == 0 { Say.progress("\(index) of \(ids.count) decisions") }
            }
            Say.progressEnd()
            if all { print("\(ids.count) decisions replayed, \(ids.count - bad) identical and intact, \(bad) not") }
            return bad
        }
        if bad > 0 { throw ExitCode(1) }
    }
}

/// Replay speaks to no one.
private struct NoPayer: PayerConnection {
    func send(_ message: OutboundMessage) async throws -> [InboundMessage] { throw DeliveryError.refused }
    func collect(after cursor: Int, limit: Int) async throws -> [MailboxItem] { [] }
    func nextDue(after cursor: Int) async throws -> Instant? { nil }
}
