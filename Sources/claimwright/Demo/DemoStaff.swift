import HealthTypes
import Pipeline
import SampleDay
import Stages
import Store

/// The sample staff at the queue: what they will answer, and when.
struct DemoStaff {
    private let staff: SampleStaff
    /// Answers that are still to be given.
    private var planned: [WorkItemName: Planned] = [:]
    private(set) var hasLooked = false

    private struct Planned {
        var due: Instant
        var resolution: Resolution
        var reason: String
    }

    init(_ staff: SampleStaff) { self.staff = staff }

    private static let page = 1000

    /// What is open now, and is for the staff.
    mutating func look(at store: any PageStore) async throws {
        hasLooked = true
        var open: [WorkItemName: Planned] = [:]
        for duty in SampleStaff.Duty.allCases {
            for (name, openedAt) in try await Self.open(duty, in: store) {
                if let known = planned[name] {
                    open[name] = known
                } else if let key = try await Self.key(name, of: duty, in: store),
                    let answer = staff.answer(duty, key: key)
                {
                    open[name] = Planned(
                        due: openedAt.adding(hours: answer.afterHours), resolution: duty.resolution,
                        reason: answer.reason)
                }
            }
        }
        planned = open
    }

    private static func open(_ duty: SampleStaff.Duty, in store: any PageStore) async throws
        -> [(name: WorkItemName, openedAt: Instant)]
    {
        try await store.read { page in
            var lines: [WorkLine] = []
            while true {
                let more = try page.openWork(duty.filter, after: lines.last?.cursor, limit: Self.page)
                lines += more
                if more.count < Self.page { return lines.map { ($0.name, $0.row.openedAt) } }
            }
        }
    }

    /// The visit and how many such work items it had before: what the staff decides by does not hang on how many entries
    /// the case has.
    private static func key(_ name: WorkItemName, of duty: SampleStaff.Duty, in store: any PageStore) async throws
        -> String?
    {
        try await store.read { page in
            let own = try page.workItems(of: name.caseNumber).filter(duty.covers)
            guard let index = own.firstIndex(where: { $0.name == name }) else { return nil }
            return "\(try page.caseLine(name.caseNumber)?.summary?.title ?? "") \(index)"
        }
    }

    /// When the next answer is due.
    var nextDue: Instant? { planned.values.map(\.due).min() }

    /// Gives the answers that are due, in the order in which they fall due; how many there were.
    mutating func answer(until now: Instant, _ pipeline: Pipeline) async throws -> Int {
        let due = planned.filter { $0.value.due <= now }
            .sorted { ($0.value.due, $0.key.caseNumber, $0.key.item) < ($1.value.due, $1.key.caseNumber, $1.key.item) }
        for (name, answer) in due {
            try await pipeline.resolve(name, answer.resolution, reason: answer.reason, by: "sample staff (simulated)")
            planned[name] = nil
        }
        return due.count
    }
}

extension SampleStaff.Duty {
    /// The work items that are its.
    fileprivate var filter: WorkFilter {
        WorkFilter(stage: kind.stage.rawValue, kinds: [kind.tag])
    }

    fileprivate func covers(_ line: WorkLine) -> Bool {
        line.row.stage == kind.stage.rawValue && line.row.kind == kind.tag
    }

    /// A work item of the kind; which claim or request it is about does not matter for its tag.
    private var kind: WorkItemKind {
        let claim = ClaimRef(entry: 1, number: 0)
        return switch self {
        case .attestation: .documentation(.attest(RequestRef(entry: 1, number: 0)))
        case .correction: .denials(.correction(claim, []))
        case .appeal: .denials(.appeal(claim, level: 1))
        }
    }

    fileprivate var resolution: Resolution {
        switch self {
        case .attestation: .documentation(.attest)
        case .correction: .denials(.sendCorrection)
        case .appeal: .denials(.sendAppeal)
        }
    }
}
