import Foundation
import HealthTypes
import PayerSimulator
import Pipeline
import SampleDay
import Stages
import Store

/// Carries a sample day through the pipeline on a clock of its own, which jumps to whatever happens next.
///
/// How far it has come is kept in the record, in the transactions that do the work: killed at any point and started
/// again, it goes on and comes to the same totals.
struct DemoDay {
    let encounters: Int
    let seed: UInt64
    let db: String
    let faults: Faults
    let root: String
    let home: DataHome

    /// Where the files of the day lie.
    var folder: String { "\(db).day" }

    /// The pipeline waits at most so long for payers and people after the day.
    private static let horizonDays = 240

    /// Runs the day, or the rest of it; nothing where it has been run.
    func run() async throws -> SampleDay.Options {
        let options = SampleDay.Options(encounters: encounters, seed: seed)
        let store = try SQLiteStore(path: db)
        let state = try store.read { tx in
            (
                day: try tx.setting("demo.day"), file: try tx.setting("demo.file").flatMap { Int($0) } ?? 0,
                clock: try tx.setting("demo.clock").flatMap { Instant($0) }, isDone: try tx.setting("demo.done") != nil
            )
        }
        let name = "\(encounters) encounters, seed \(seed)"
        if let day = state.day, day != name {
            throw CommandFailure("\(db) holds another day (\(day)); give another --db, or --fresh to start over.")
        }
        if state.isDone {
            Say.line("This day has been run before; its record is in \(db) (--fresh runs it anew).")
            return options
        }
        if state.day != nil { Say.line("Going on with the day in \(db).") }
        let manifest = try makeDay(options)
        try store.write { try $0.set("demo.day", to: name) }

        let clock = ManualClock(state.clock ?? manifest.files.first?.at ?? Instant(options.day))
        let simulator = try PayerSimulator(
            policies: DataFiles(folder: "\(root)/PayerPolicies"),
            members: CommandInput.read("\(folder)/payer/members.tsv"),
            options: PayerSimulator.Options(seed: seed, faults: faults, storePath: "\(db).payer"), clock: clock)
        let pipeline = try Pipeline(store: store, home: home, clock: clock, payer: BuiltInPayer(simulator))
        let runner = Runner(pipeline: pipeline, clock: clock, staff: SampleStaff(seed: seed))
        for (index, file) in manifest.files.enumerated().dropFirst(state.file) {
            try await runner.advance(to: file.at)
            Say.progress("\(index + 1) of \(manifest.files.count) files, \(clock.now.date): \(file.path)")
            _ = try await pipeline.intake(
                CommandInput.read("\(folder)/\(file.path)"), source: file.path,
                mark: (setting: "demo.file", value: String(index + 1)))
        }
        try await runner.advance(to: Instant(options.day.adding(days: Self.horizonDays)))
        try store.write { try $0.set("demo.done", to: clock.now.description) }
        Say.progressEnd()
        return options
    }

    /// The files of the day; made anew unless they are whole, which the manifest, written last, says.
    private func makeDay(_ options: SampleDay.Options) throws -> Manifest {
        if let manifest = try? Manifest.read(folder: folder), manifest.seed == seed, manifest.encounters == encounters {
            return manifest
        }
        try? FileManager.default.removeItem(atPath: folder)
        let manifest = try SampleDay(options).write(to: folder) { done, all in
            Say.progress("Making the sample day: \(done) of \(all) encounters")
        }
        Say.progressEnd()
        return manifest
    }

    /// The truth of the day, for scoring.
    func truth() throws -> Truth { try Truth.read(folder: folder) }

    /// Takes away the record of an earlier run.
    func removeRecord() {
        for path in [db, "\(db)-wal", "\(db)-shm", "\(db).payer", "\(db).payer-wal", "\(db).payer-shm", folder] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

/// Lets time pass: works what is due, lets the sample staff answer, and jumps to the next moment of interest.
private struct Runner {
    let pipeline: Pipeline
    let clock: ManualClock
    let staff: SampleStaff

    /// Lets everything happen that happens up to a moment, and stops there.
    func advance(to end: Instant) async throws {
        while true {
            try await pipeline.work()
            let answered = try await answerTasks()
            if answered.count > 0 { continue }
            let next = [try await pipeline.nextDue(), answered.next].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            try move(to: max(next, clock.now.adding(seconds: 1)))
            Say.progress("\(clock.now)")
        }
        try move(to: end)
    }

    private func move(to instant: Instant) throws {
        clock.advance(to: instant)
        try pipeline.store.write { try $0.set("demo.clock", to: clock.now.description) }
    }

    /// Answers what the staff would have answered by now; tells when the next answer is due.
    private func answerTasks() async throws -> (count: Int, next: Instant?) {
        var count = 0
        var next: Instant?
        for kind in ["documentation.attest", "denial.corrected-claim", "denial.appeal"] {
            for task in try pipeline.store.read({ try $0.openTasks(kind: kind, limit: 100_000) }) {
                let draft = try Canonical.decode(TaskDraft.self, from: task.body)
                guard let answer = staff.answer(taskKind: kind, key: task.id, offered: draft.answers.map(\.id)) else {
                    continue
                }
                let due = task.openedAt.adding(hours: answer.afterHours)
                if due <= clock.now {
                    try await pipeline.resolve(
                        task: task.id, answer: answer.answer, reason: answer.reason, by: "sample staff (simulated)")
                    count += 1
                } else {
                    next = min(next ?? due, due)
                }
            }
        }
        return (count, next)
    }
}
