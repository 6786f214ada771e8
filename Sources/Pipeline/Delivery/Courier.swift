import HealthTypes
import Stages
import Store

/// Forms what waits and delivers what is due, lane by lane: a receiver that is slow or away holds up its own lane and no
/// other.
struct Courier: Sendable {
    let store: any SiteStore
    let payer: any PayerConnection
    let reviewers: (any ReviewerConnection)?
    let generation: Generation
    let clock: any Clock
    let takers: MessageTaker
    let options: Pipeline.Options

    struct Report: Sendable {
        var formed = 0
        var delivered = 0
        var received = 0
        /// Attempts that did not get through and are made again.
        var waiting = 0
        var failed = 0

        static func += (left: inout Report, right: Report) {
            left.formed += right.formed
            left.delivered += right.delivered
            left.received += right.received
            left.waiting += right.waiting
            left.failed += right.failed
        }
    }

    /// Seconds for which an attempt is leased: longer than any receiver is waited for.
    static let lease = 120
    /// After so long without success a person is told.
    static let unreachableAfter = 3 * 86_400

    /// One round over all lanes.
    func run() async throws -> Report {
        let lanes = try await store.lanes(at: clock.now).compactMap { lane in
            LaneKind(rawValue: lane.kind).map { (lane, $0) }
        }
        var report = Report()
        for (lane, kind) in lanes { report += try await form(lane, kind) }
        // Nobody fetches what is for the EHR yet: it waits, and is shown as waiting.
        let due = lanes.filter { $0.1 != .chart }
        return try await withThrowingTaskGroup(of: Report.self) { group in
            var rest = due[...]
            for _ in 0..<options.lanes {
                if let (lane, kind) = rest.popFirst() { group.addTask { try await deliver(lane, kind) } }
            }
            while let done = try await group.next() {
                report += done
                if let (lane, kind) = rest.popFirst() { group.addTask { try await deliver(lane, kind) } }
            }
            return report
        }
    }

    // MARK: Forming

    private func form(_ lane: Lane, _ kind: LaneKind) async throws -> Report {
        var report = Report()
        while true {
            let now = clock.now
            let sends = try await store.unformed(lane, limit: MessageForming.maximumClaims)
            if sends.isEmpty { return report }
            let forming = MessageForming(now: now, lane: lane, kind: kind)
            let formed = try await store.form(sends, at: now) { next in try forming.form(sends, next) }
            report.formed += formed.messages
            try await endUnformed(formed.unformable)
            report.failed += formed.unformable.count
            if formed.messages == 0 || sends.count < MessageForming.maximumClaims { return report }
        }
    }

    // MARK: Delivering

    /// A message that got through, with what its receiver answered at once.
    private struct Delivered: Sendable {
        var attempt: Attempt
        var answers: [InboundMessage]
    }

    /// Deliveries that are settled in one transaction, and for how long they may wait for each other.
    private static let settledAtOnce = 64
    private static let settledWithin: Duration = .milliseconds(500)

    private func deliver(_ lane: Lane, _ kind: LaneKind) async throws -> Report {
        var report = Report()
        while true {
            let attempts = try await store.claim(lane, at: clock.now, limit: options.batch, lease: Self.lease)
            report += try await deliver(attempts, kind)
            // Once one attempt is put off, its receiver gets no more of this round.
            if attempts.count < options.batch || report.waiting > 0 { return report }
        }
    }

    private func deliver(_ attempts: [Attempt], _ kind: LaneKind) async throws -> Report {
        var report = Report()
        var delivered: [Delivered] = []
        var since = ContinuousClock.now
        for attempt in attempts {
            if kind == .review {
                report += try await review(attempt)
                continue
            }
            guard let message = attempt.message(kind) else {
                report += try await end(attempt, .refused)
                continue
            }
            do throws(DeliveryError) {
                delivered.append(Delivered(attempt: attempt, answers: try await payer.send(message)))
            } catch {
                report += try await fail(attempt, error)
            }
            if delivered.count >= Self.settledAtOnce || ContinuousClock.now - since > Self.settledWithin {
                report += try await settle(delivered)
                delivered = []
                since = ContinuousClock.now
            }
        }
        report += try await settle(delivered)
        return report
    }

    /// Ends attempts in the transaction that takes their answers. A process that dies before it has sent them again sends
    /// the same bytes under the same keys.
    private func settle(_ delivered: [Delivered]) async throws -> Report {
        if delivered.isEmpty { return Report() }
        let takers = takers
        let now = clock.now
        do {
            try await store.intake { tx in
                for one in delivered {
                    _ = try tx.settle(one.attempt, .delivered, at: now)
                    for answer in one.answers {
                        _ = try takers.take(
                            answer.bytes, source: one.attempt.lane.receiver, priority: .waiting, in: tx)
                    }
                }
            }
        } catch {
            // One of them may be at fault: each by itself then.
            guard delivered.count > 1, !(error is StoreFault) else { throw error }
            var report = Report()
            for one in delivered { report += try await settle([one]) }
            return report
        }
        return Report(delivered: delivered.count, received: delivered.map(\.answers.count).reduce(0, +))
    }

    private func fail(_ attempt: Attempt, _ error: DeliveryError) async throws -> Report {
        switch error {
        case .refused: return try await end(attempt, .refused)
        case .misconfigured, .temporary: return try await putOff(attempt, error)
        }
    }

    /// Asks reviewers elsewhere; their answer is an event of the case, in the transaction that ends the attempt.
    private func review(_ attempt: Attempt) async throws -> Report {
        let order = try Canonical.decode(ReviewOrder.self, from: attempt.bytes)
        let rows = try await store.entries(after: [(order.caseNumber, nil)])[0]
        let facts = try CaseReader.facts(of: order.caseNumber, rows)
        guard let reviewers, let row = rows.first(where: { $0.sequence == order.send.entry }),
            case .decided(_, let basis) = try CaseReader.read(row).event
        else { return try await end(attempt, .misconfigured) }
        // A claim that has gone on needs no review any more.
        guard
            let request = SubmissionStage.reviewRequest(order.claim, facts, basis: basis, generation: generation)
        else {
            _ = try await store.settle(attempt, .delivered, at: clock.now)
            return Report(delivered: 1)
        }
        do {
            let event = CaseEvent.reviewed(order.claim, try await reviewers.review(request))
            let now = clock.now
            try await store.intake { tx in
                _ = try tx.settle(attempt, .delivered, at: now)
                _ = try tx.append(to: order.caseNumber, priority: .waiting, at: now) { first in
                    let entry = CaseEntry(event, raises: facts.raises(event, at: EntryRef(first)))
                    return [
                        NewEntry(
                            at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                    ]
                }
            }
            return Report(delivered: 1, received: 1)
        } catch let error as DeliveryError {
            return try await fail(attempt, error)
        }
    }

    private func putOff(_ attempt: Attempt, _ error: DeliveryError) async throws -> Report {
        let now = clock.now
        guard now.seconds(since: attempt.since) < Self.unreachableAfter else {
            return try await end(attempt, error == .misconfigured ? .misconfigured : .unreachable)
        }
        // One minute, two, four ... an hour at most; what the receiver asks for is waited at least.
        var wait = min(3600, 60 << min(attempt.number - 1, 6))
        if case .temporary(let asked?) = error { wait = max(wait, min(asked, 86_400)) }
        _ = try await store.settle(attempt, .again(at: now.adding(seconds: wait)), at: now)
        return Report(waiting: 1)
    }

    /// The end of a delivery without success: its cases are told, and people with them, in the transaction that ends it.
    private func end(_ attempt: Attempt, _ failure: DeliveryFailure) async throws -> Report {
        let numbers = try await store.read { try $0.cases(ofMessage: attempt.message) }
        let cases = try await facts(of: numbers)
        let now = clock.now
        try await store.intake { tx in
            for part in try tx.settle(attempt, .failed(reason: failure.rawValue), at: now) {
                try Self.tell(part, failure, cases, at: now, in: tx)
            }
        }
        return Report(failed: 1)
    }

    /// The same of sends of which no message could be formed.
    private func endUnformed(_ parts: [SentPart]) async throws {
        if parts.isEmpty { return }
        let cases = try await facts(of: Array(Set(parts.map(\.caseNumber))))
        let now = clock.now
        try await store.intake { tx in
            for part in parts {
                try tx.endUnformed(part)
                try Self.tell(part, .unformable, cases, at: now, in: tx)
            }
        }
    }

    private func facts(of numbers: [CaseNumber]) async throws -> [CaseNumber: CaseFacts] {
        let journals = try await store.entries(after: numbers.map { ($0, nil) })
        var facts: [CaseNumber: CaseFacts] = [:]
        for (number, rows) in zip(numbers, journals) { facts[number] = try CaseReader.facts(of: number, rows) }
        return facts
    }

    private static func tell(
        _ part: SentPart, _ failure: DeliveryFailure, _ cases: [CaseNumber: CaseFacts], at now: Instant,
        in tx: any IntakeTransaction
    ) throws {
        guard let facts = cases[part.caseNumber] else { throw RecordDamage("a send of a case that was not read") }
        let event = CaseEvent.undelivered(SendID(entry: part.entry, number: part.number), failure)
        // What a send is for never changes, so that the facts need not be those of this very moment.
        let entry = CaseEntry(event, raises: facts.raises(event, at: facts.nextEntry))
        _ = try tx.append(to: part.caseNumber, priority: .waiting, at: now) { _ in
            [NewEntry(at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())]
        }
    }

    // MARK: Mailbox

    /// The setting that says how far the payer's mailbox has been taken in.
    static let cursorSetting = "cursor/payer"

    /// Takes what lies in the payer's mailbox. The cursor moves over each item in the transaction that keeps its bytes.
    func collect() async throws -> Report {
        var report = Report()
        while true {
            let cursor = try await store.setting(Self.cursorSetting)
            let items: [MailboxItem]
            do { items = try await payer.collect(after: cursor, limit: options.batch) } catch { return report }
            if items.isEmpty { return report }
            do { try await take(items) } catch {
                // One of them may be at fault: each by itself then, so that those before it are taken.
                guard items.count > 1, !(error is StoreFault) else { throw error }
                for item in items { try await take([item]) }
            }
            report.received += items.count
        }
    }

    private func take(_ items: [MailboxItem]) async throws {
        let takers = takers
        try await store.intake { tx in
            for item in items {
                _ = try takers.take(item.message.bytes, source: "mailbox \(item.cursor)", priority: .batch, in: tx)
                try tx.set(Self.cursorSetting, to: item.cursor)
            }
        }
    }

    func nextMailboxDue() async throws -> Instant? {
        try? await payer.nextDue(after: try await store.setting(Self.cursorSetting))
    }
}

extension Attempt {
    func message(_ kind: LaneKind) -> OutboundMessage? {
        let outbound: OutboundMessage.Kind? =
            switch kind {
            case .inquiry: .inquiry
            case .claim: .claims
            case .authorization: .authorization
            case .appeal: .appeal
            case .chart, .review: nil
            }
        return outbound.map { OutboundMessage(kind: $0, receiver: lane.receiver, key: key, bytes: bytes) }
    }
}
