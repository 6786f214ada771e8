import ArgumentParser
import HealthTypes
import Pipeline
import Store

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide again what was decided, on what the record holds, and compare byte for byte.",
        discussion: """
            Nothing is written: a copy of a record will do, also one in a place that cannot be written.

            Exit codes: 0 identical and the record is intact; 1 it differs or was altered; 2 it cannot be replayed.
            """)

    @OptionGroup var record: RecordOptions
    @Flag(help: "Every decision in the record, and every answer of the service.")
    var all = false
    @Argument(help: "Ids of decisions (D-0000012-7) or of answers of the service (A-0000000012).")
    var decisions: [String] = []

    func validate() throws {
        if !all, decisions.isEmpty { throw ValidationError("Name decisions, or give --all.") }
    }

    func run() async throws {
        let bad = try await explained {
            let store = try record.reading()
            let replay = Replay(store: store, replayer: Replayer(store: store))
            return all ? try await replay.all() : try await replay.these(decisions)
        }
        if bad > 0 { throw ExitCode(1) }
    }
}

/// Replays and prints what does not come out the same.
private struct Replay {
    let store: SQLiteStore
    let replayer: Replayer

    private static let page = 500

    /// Replays what is named; how many of them are not as they were.
    func these(_ ids: [String]) async throws -> Int {
        var bad = 0
        for id in ids {
            do {
                let report = try await replayer.replay(id)
                if !report.isGood { bad += 1 }
                show(report)
            } catch let error as CannotReplay { throw CommandFailure(error.description) }
        }
        return bad
    }

    /// Replays the whole record, case by case, then what the service answered.
    func all() async throws -> Int {
        let totals = try await store.read { try $0.totals() }
        var (done, bad) = (0, 0)
        var after: CaseNumber?
        while true {
            let place = after
            let heads = try await store.inspect { try $0.heads(after: place, limit: Self.page) }
            for head in heads {
                let (replayed, failed) = try await replay(head.caseNumber)
                done += replayed
                bad += failed
                Say.progress("\(done) of \(totals.decisions) decisions")
            }
            guard let last = heads.last else { break }
            after = last.caseNumber
        }
        let (answers, failed) = try await service()
        Say.progressEnd()
        print("\(done) decisions replayed, \(done - bad) identical and intact, \(bad) not")
        if answers > 0 {
            print("\(answers) answers of the service replayed, \(answers - failed) identical and intact, \(failed) not")
        }
        return bad + failed
    }

    /// All decisions of a case; one that cannot be read counts as not intact in all of them.
    private func replay(_ number: CaseNumber) async throws -> (done: Int, bad: Int) {
        do {
            let reports = try await replayer.replay(case: number)
            let bad = reports.filter { !$0.isGood }
            for report in bad { show(report) }
            return (reports.count, bad.count)
        } catch let error as CannotReplay {
            let count = try await store.read { try $0.decisions(of: number).count }
            say("\(number): \(count) decisions cannot be replayed: \(error)")
            // A case without a decision that cannot be read is a fault all the same.
            return (max(count, 1), max(count, 1))
        }
    }

    private func service() async throws -> (done: Int, bad: Int) {
        var (done, bad) = (0, 0)
        var after = 0
        while true {
            let place = after
            let entries = try await store.read { try $0.serviceAnswers(after: place, limit: Self.page) }
            for entry in entries {
                done += 1
                do {
                    let report = try await replayer.replay(entry.id)
                    if !report.isGood {
                        bad += 1
                        show(report)
                    }
                } catch let error as CannotReplay {
                    bad += 1
                    say("\(entry.id): \(error)")
                }
            }
            guard let last = entries.last else { return (done, bad) }
            after = last.sequence
            Say.progress("\(done) answers of the service")
        }
    }

    private func show(_ report: ReplayReport) {
        say(report.line)
        for difference in report.differences { print("  \(difference)") }
    }

    private func say(_ line: String) {
        Say.progressEnd()
        print(line)
    }
}

extension ReplayReport {
    var isGood: Bool { isIdentical && isIntact }
}
