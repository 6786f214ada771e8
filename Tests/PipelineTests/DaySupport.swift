import Claims
import Foundation
import HealthTypes
import PayerSimulator
import Pipeline
import Review
import SampleDay
import Stages
import Store
import Synchronization

/// Counts, from wherever it is asked.
final class Counter: Sendable {
    private let count = Mutex(0)

    @discardableResult
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }

    var value: Int { count.withLock { $0 } }
}

/// A sample day on disk, made once for each size and seed.
struct DayFiles {
    let folder: TemporaryFolder
    let manifest: Manifest
    let seed: UInt64

    init(encounters: Int, seed: UInt64) throws {
        folder = try TemporaryFolder()
        self.seed = seed
        manifest = try SampleDay(SampleDay.Options(encounters: encounters, seed: seed)).write(to: "\(folder.path)/day")
    }

    func bytes(_ path: String) throws -> [UInt8] { try folder.bytes("day/\(path)") }

    var members: [UInt8] { get throws { try bytes("payer/members.tsv") } }
}

extension Site {
    convenience init(_ day: DayFiles, faults: Faults = .none, panel: ReviewPanel = .rules) throws {
        try self.init(
            at: day.manifest.files[0].at, members: day.members, seed: day.seed, faults: faults, panel: panel)
    }

    /// Carries a sample day, or the rest of it, with its staff; how far it came stands in the record.
    @discardableResult
    func carry(_ day: DayFiles) async throws -> [IntakeReport] {
        var reports: [IntakeReport] = []
        let done = try read { try $0.setting("test.files").flatMap { Int($0) } ?? 0 }
        let staff = SampleStaff(seed: day.seed)
        for (index, file) in day.manifest.files.enumerated().dropFirst(done) {
            try await run(until: file.at, staff)
            reports.append(
                try await pipeline.intake(
                    day.bytes(file.path), source: file.path, mark: (setting: "test.files", value: String(index + 1))))
        }
        try await run(until: Instant(day.manifest.day.adding(days: 240)), staff)
        return reports
    }

    private func run(until end: Instant, _ staff: SampleStaff) async throws {
        while true {
            try await pipeline.work()
            let (answered, due) = try await answerTasks(staff)
            if answered > 0 { continue }
            guard let next = [try await pipeline.nextDue(), due].compactMap({ $0 }).min(), next <= end else { break }
            clock.advance(to: max(next, clock.now.adding(seconds: 1)))
        }
        clock.advance(to: end)
    }

    private func answerTasks(_ staff: SampleStaff) async throws -> (answered: Int, due: Instant?) {
        var answered = 0
        var next: Instant?
        for task in try read({ try $0.openTasks(limit: 100_000) }) {
            let draft = try Canonical.decode(TaskDraft.self, from: task.body)
            guard
                ["documentation.attest", "denial.corrected-claim", "denial.appeal"].contains(task.kind),
                let answer = staff.answer(taskKind: task.kind, key: task.id, offered: draft.answers.map(\.id))
            else { continue }
            let due = task.openedAt.adding(hours: answer.afterHours)
            if due <= clock.now {
                try await pipeline.resolve(
                    task: task.id, answer: answer.answer, reason: answer.reason, by: "sample staff")
                answered += 1
            } else {
                next = min(next ?? due, due)
            }
        }
        return (answered, next)
    }

    /// What a day came to.
    func totals() throws -> Totals {
        try read { tx in
            let cases = try tx.cases(matching: "", limit: 100_000).sorted { $0.id < $1.id }
            return Totals(
                dollars: try tx.dollars(),
                decisions: try tx.decisionCounts().map { "\($0.stage) \($0.outcome) \($0.count)" },
                findings: try tx.findingMarks().map {
                    "\($0.caseID) \($0.checkID) \($0.answer) \($0.stops) \($0.afterSending)"
                }.sorted(),
                tasks: try cases.flatMap { try tx.tasks(of: $0.id) }.map { "\($0.id) \($0.kind) \($0.state)" }.sorted(),
                cases: cases.map { "\($0.id) \($0.title) \($0.payer) \($0.stage) \($0.state) \($0.charge) \($0.paid)" },
                messages: try tx.messageCounts().map { "\($0.direction) \($0.state) \($0.count)" })
        }
    }
}

struct Totals: Equatable {
    var dollars: StoreTransaction.Dollars
    var decisions: [String]
    var findings: [String]
    var tasks: [String]
    var cases: [String]
    var messages: [String]
}

/// Keeps what the reviewers are shown, and answers as the rules do.
final class Eavesdropper: Reviewer {
    private let rules = RuleAnalyst()
    private let heard = Mutex<[ReviewRequest]>([])

    var identity: String { rules.identity }
    var isDeterministic: Bool { true }
    var requests: [ReviewRequest] { heard.withLock { $0 } }

    func review(_ request: ReviewRequest) throws -> [UInt8] {
        heard.withLock { $0.append(request) }
        return try rules.review(request)
    }
}
