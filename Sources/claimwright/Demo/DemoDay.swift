import Foundation
import HealthTypes
import PayerSimulator
import Pipeline
import SampleDay
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

    /// Settings of the record that say how far the day has come.
    enum Mark: String {
        /// Which day it is.
        case day = "demo.day"
        /// How many of its files have been taken in.
        case file = "demo.file"
        /// What the clock shows.
        case clock = "demo.clock"
        /// When it ended.
        case done = "demo.done"
    }

    /// Where the files of the day lie.
    var folder: String { "\(db).day" }

    /// The pipeline waits at most so long for payers and people after the day.
    private static let horizonDays = 240

    /// Runs the day, or the rest of it; nothing where it has been run.
    func run(_ store: SQLiteStore) async throws -> SampleDay.Options {
        let options = SampleDay.Options(encounters: encounters, seed: seed)
        let name = "\(encounters) encounters, seed \(seed)"
        let day = try await store.setting(Mark.day.rawValue)
        if let day, day != name {
            throw CommandFailure("\(db) holds another day (\(day)); give another --db, or --fresh to start over.")
        }
        if try await store.setting(Mark.done.rawValue) != nil {
            Say.line("This day has been run before; its record is in \(db) (--fresh runs it anew).")
            return options
        }
        if day != nil { Say.line("Going on with the day in \(db).") }
        let manifest = try makeDay(options)
        try await store.set(Mark.day.rawValue, to: name)

        let start = try await store.setting(Mark.clock.rawValue).flatMap { Instant($0) }
        let clock = ManualClock(start ?? manifest.files.first?.at ?? Instant(options.day))
        let simulator = try PayerSimulator(
            policies: DataFiles(folder: "\(root)/PayerPolicies"),
            members: CommandInput.read("\(folder)/payer/members.tsv"),
            options: PayerSimulator.Options(seed: seed, faults: faults, storePath: "\(db).payer"), clock: clock)
        let pipeline = try await Pipeline(
            store: store, home: home, clock: clock, payer: BuiltInPayer(simulator), options: .inOrder)
        var runner = DemoRunner(pipeline: pipeline, clock: clock, staff: DemoStaff(SampleStaff(seed: seed)))
        let taken = try await store.setting(Mark.file.rawValue).flatMap { Int($0) } ?? 0
        for (index, file) in manifest.files.enumerated().dropFirst(taken) {
            try await runner.advance(to: file.at)
            Say.progress("\(index + 1) of \(manifest.files.count) files, \(clock.now.date): \(file.path)")
            _ = try await pipeline.intake(
                CommandInput.read("\(folder)/\(file.path)"), source: file.path,
                mark: IntakeMark(setting: Mark.file.rawValue, value: String(index + 1)))
        }
        try await runner.advance(to: Instant(options.day.adding(days: Self.horizonDays)))
        try await store.set(Mark.done.rawValue, to: clock.now.description)
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

    /// Takes away the record of an earlier run. The lock beside it stays, so that two programs cannot each hold one.
    func removeRecord() {
        for path in [db, "\(db)-wal", "\(db)-shm", "\(db).payer", "\(db).payer-wal", "\(db).payer-shm", folder] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

/// Lets time pass: works what is due, lets the sample staff answer, and jumps to the next moment of interest.
private struct DemoRunner {
    let pipeline: Pipeline
    let clock: ManualClock
    var staff: DemoStaff

    /// Lets everything happen that happens up to a moment, and stops there.
    mutating func advance(to end: Instant) async throws {
        while true {
            let report = try await pipeline.work()
            // Work items come and go with decisions alone.
            if report.decisions > 0 || !staff.hasLooked { try await staff.look(at: pipeline.store) }
            if try await staff.answer(until: clock.now, pipeline) > 0 { continue }
            let next = [try await pipeline.nextDue(), staff.nextDue].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            try await move(to: max(next, clock.now.adding(seconds: 1)))
            Say.progress("\(clock.now)")
        }
        try await move(to: end)
    }

    private func move(to instant: Instant) async throws {
        clock.advance(to: instant)
        try await pipeline.store.set(DemoDay.Mark.clock.rawValue, to: clock.now.description)
    }
}
