import Claims
import Foundation
import HealthTypes
import PayerSimulator
import Review
import SampleDay
import struct SampleDay.Manifest
import Stages
import Store
import Synchronization

@testable import Pipeline

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

/// Keeps what it is given, from wherever that comes.
final class Gathered<Value: Sendable>: Sendable {
    private let kept = Mutex<[Value]>([])

    func add(_ value: Value) { kept.withLock { $0.append(value) } }

    var all: [Value] { kept.withLock { $0 } }
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

/// What a day came to.
struct DayTotals: Equatable {
    var dollars: SiteDollars
    var decisions: [String]
    var findings: [String]
    var work: [String]
    var cases: [String]
    var messages: [String]
}

extension Site {
    convenience init(_ day: DayFiles, faults: Faults = .none, reviewers: Reviewers = .rules) async throws {
        try await self.init(
            at: day.manifest.files[0].at, members: day.members, seed: day.seed, faults: faults,
            home: Shipped.home(reviewers))
    }

    private static let mark = "test.files"

    /// Carries a sample day, or the rest of it, with its staff; how far it came stands in the record.
    @discardableResult
    func carry(_ day: DayFiles) async throws -> [IntakeReport] {
        var reports: [IntakeReport] = []
        let done = try await store.setting(Self.mark).flatMap { Int($0) } ?? 0
        let staff = SampleStaff(seed: day.seed)
        for (index, file) in day.manifest.files.enumerated().dropFirst(done) {
            try await run(until: file.at, staff)
            reports.append(
                try await pipeline.intake(
                    day.bytes(file.path), source: file.path,
                    mark: IntakeMark(setting: Self.mark, value: String(index + 1))))
        }
        try await run(until: Instant(day.manifest.day.adding(days: 240)), staff)
        return reports
    }

    private func run(until end: Instant, _ staff: SampleStaff) async throws {
        while true {
            try await pipeline.work()
            let (answered, due) = try await answerWork(staff)
            if answered > 0 { continue }
            guard let next = [try await pipeline.nextDue(), due].compactMap({ $0 }).min(), next <= end else { break }
            clock.advance(to: max(next, clock.now.adding(seconds: 1)))
        }
        clock.advance(to: end)
    }

    private static let duties: [(SampleStaff.Duty, Stage, kind: String, Resolution)] = [
        (.attestation, .documentation, "attest", .documentation(.attest)),
        (.correction, .denials, "correction", .denials(.sendCorrection)),
        (.appeal, .denials, "appeal", .denials(.sendAppeal)),
    ]

    private func answerWork(_ staff: SampleStaff) async throws -> (answered: Int, due: Instant?) {
        var answered = 0
        var next: Instant?
        for (duty, stage, kind, resolution) in Self.duties {
            let lines = try await read {
                try $0.openWork(WorkFilter(stage: stage.rawValue, kinds: [kind]), after: nil, limit: 10_000)
            }
            for line in lines {
                let name = WorkItemName(line.caseNumber, WorkItemID(entry: line.row.entry, number: line.row.number))
                guard let answer = staff.answer(duty, key: name.description) else { continue }
                let due = line.row.openedAt.adding(hours: answer.afterHours)
                if due <= clock.now {
                    try await pipeline.resolve(name, resolution, reason: answer.reason, by: "sample staff")
                    answered += 1
                } else {
                    next = min(next ?? due, due)
                }
            }
        }
        return (answered, next)
    }

    func dayTotals() async throws -> DayTotals {
        try await read { page in
            let cases = try page.cases(CaseFilter(), after: nil, limit: 100_000)
            return DayTotals(
                dollars: try SiteDollars.compute(in: page),
                decisions: try page.decisionCounts().map { "\($0.stage) \($0.reason) \($0.outcome) \($0.count)" },
                findings: try page.findingMarks(after: nil, limit: 1_000_000).map {
                    "\($0.caseNumber) \($0.row.checkID) \($0.row.answer) \($0.row.stops) \($0.row.afterSending)"
                }.sorted(),
                work: try cases.flatMap { try page.workItems(of: $0.caseNumber) }.map {
                    "\($0.caseNumber) \($0.row.entry) \($0.row.number) \($0.row.stage) \($0.row.kind) \($0.state)"
                },
                cases: cases.map { "\($0.caseNumber) \($0.entries) \($0.summary.map { "\($0)" } ?? "")" },
                messages: try page.messageCounts().map { "\($0.direction) \($0.state) \($0.count)" })
        }
    }
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
