import HealthTypes
import Stages
import Store

/// Forms what waits and delivers what is due, lane by lane: a receiver that is slow or away holds up its own lane and no
/// other, and what goes wrong with one message or one case holds up that message alone.
struct Courier: Sendable {
    let store: any SiteStore
    let payer: any PayerConnection
    let reviewers: (any ReviewerConnection)?
    let generation: Generation
    let clock: any Clock
    let takers: MessageTaker
    let options: Pipeline.Options
    let troubles: DeliveryTroubles
    /// Takes bytes that are too many for one transaction, before the cursor moves behind them; called again with the same
    /// bytes and source it takes nothing twice.
    let takeLarge: @Sendable (_ bytes: [UInt8], _ source: String) async throws -> Void
    let tell: @Sendable (Pipeline.HealthEvent) -> Void

    struct Report: Sendable {
        var formed = 0
        var delivered = 0
        var received = 0
        /// Attempts that did not get through and are made again.
        var waiting = 0
        var failed = 0

        /// Whether nothing moved on; what is put off is due later.
        var didNothing: Bool { formed == 0 && delivered == 0 && received == 0 && failed == 0 }

        static func += (left: inout Report, right: Report) {
            left.formed += right.formed
            left.delivered += right.delivered
            left.received += right.received
            left.waiting += right.waiting
            left.failed += right.failed
        }
    }

    /// Seconds for which an attempt is leased, and within which those that were leased together are made.
    static let lease = 120
    private static let usable: Duration = .seconds(60)
    /// After so long without success a person is told.
    static let unreachableAfter = 3 * 86_400
    /// Messages in hand at once: what is more urgent than they waits for no more.
    static let atOnce = 32

    // MARK: Lanes

    /// Lanes in which something waits to be formed or is due.
    func lanes() async throws -> [(lane: Lane, kind: LaneKind)] {
        try await store.lanes(at: clock.now).compactMap { lane in
            LaneKind(rawValue: lane.kind).map { (lane, $0) }
        }
    }

    /// Works every lane until there is nothing more to do in it, several beside each other.
    func round() async throws -> Report {
        let lanes = try await lanes()
        return try await withThrowingTaskGroup(of: Report.self) { group in
            var report = Report()
            var rest = lanes[...]
            for _ in 0..<options.lanes {
                if let (lane, kind) = rest.popFirst() { group.addTask { try await work(lane, kind) } }
            }
            while let done = try await group.next() {
                report += done
                if let (lane, kind) = rest.popFirst() { group.addTask { try await work(lane, kind) } }
            }
            return report
        }
    }

    private func work(_ lane: Lane, _ kind: LaneKind) async throws -> Report {
        var report = Report()
        while true {
            let done = try await step(lane, kind)
            report += done
            if done.didNothing { return report }
        }
    }

    /// Forms some messages of a lane and delivers some, so that neither waits for all of the other. Only what stops the
    /// whole record is thrown; all else is this lane's own trouble, which is told.
    func step(_ lane: Lane, _ kind: LaneKind) async throws -> Report {
        var report = Report()
        do { report += try await form(lane, kind) } catch {
            try own(error, of: lane)
        }
        // Nobody fetches what is for the EHR yet: it waits, and is shown as waiting.
        if kind == .chart { return report }
        do { report += try await deliver(lane, kind) } catch {
            try own(error, of: lane)
        }
        return report
    }

    /// Throws on what is no fault of one lane; notes what is.
    private func own(_ error: any Error, of lane: Lane) throws {
        if Self.isOfAll(error) { throw error }
        trouble(.lane(lane), .failed("\(type(of: error))"), failures: 1, retryAt: nil)
    }

    /// Whether an error is no fault of the message or case at hand: the store cannot be used, or the program ends.
    static func isOfAll(_ error: any Error) -> Bool { error is StoreFault || error is CancellationError }

    // MARK: Forming

    private func form(_ lane: Lane, _ kind: LaneKind) async throws -> Report {
        let limit = kind == .claim ? MessageForming.maximumClaims : options.batch
        return try await form(try await store.unformed(lane, limit: limit), lane, kind)
    }

    private func form(_ sends: [UnformedSend], _ lane: Lane, _ kind: LaneKind) async throws -> Report {
        if sends.isEmpty { return Report() }
        let now = clock.now
        let forming = MessageForming(now: now, lane: lane, kind: kind)
        let formed: (messages: Int, unformable: [SentPart])
        do {
            formed = try await store.form(sends, at: now) { next in try forming.form(sends, next) }
        } catch is StoreRefusal {
            // One of them is at fault: halves, until it stands alone.
            if sends.count == 1 { return try await endUnformed(sends, kind) }
            let middle = sends.count / 2
            var report = try await form(Array(sends[..<middle]), lane, kind)
            report += try await form(Array(sends[middle...]), lane, kind)
            return report
        }
        let unformable = Set(formed.unformable)
        var report = try await endUnformed(sends.filter { unformable.contains($0.part) }, kind)
        report.formed += formed.messages
        return report
    }

    // MARK: Delivering

    /// A message that got through, with what its receiver answered at once.
    private struct Delivered: Sendable {
        var attempt: Attempt
        var answers: [InboundMessage]
    }

    /// For how long deliveries may wait for each other to be settled in one transaction.
    private static let settledWithin: Duration = .milliseconds(500)

    /// Some attempts of a lane. The first that its receiver fails ends them: the others are given back.
    private func deliver(_ lane: Lane, _ kind: LaneKind) async throws -> Report {
        let attempts = try await store.claim(
            lane, at: clock.now, limit: min(options.batch, Self.atOnce), lease: Self.lease, formedBefore: nil)
        var rest = attempts[...]
        var report = Report()
        do {
            var delivered: [Delivered] = []
            let begun = ContinuousClock.now
            var settled = begun
            var failure: (attempt: Attempt, error: DeliveryError)?
            while failure == nil, !Task.isCancelled, ContinuousClock.now - begun < Self.usable,
                let attempt = rest.popFirst()
            {
                do {
                    if let answers = try await send(attempt, kind, &report) {
                        delivered.append(Delivered(attempt: attempt, answers: answers))
                    }
                } catch let error as DeliveryError { failure = (attempt, error) } catch {
                    report += try await postpone(attempt, kind, error)
                }
                if ContinuousClock.now - settled > Self.settledWithin {
                    report += try await settle(delivered)
                    delivered = []
                    settled = .now
                }
            }
            report += try await settle(delivered)
            try await store.release(Array(rest))
            rest = []
            if let failure {
                report += try await fail(failure.attempt, kind, failure.error)
            } else if report.delivered > 0, report.waiting == 0 {
                recovered(.lane(lane))
            }
        } catch {
            try? await store.release(Array(rest))
            throw error
        }
        return report
    }

    /// Sends one message and gives what is still to be settled; nil where it is settled already.
    private func send(_ attempt: Attempt, _ kind: LaneKind, _ report: inout Report) async throws -> [InboundMessage]? {
        guard let bytes = attempt.bytes else {
            report += try await end(attempt, kind, .unformable, .none)
            return nil
        }
        if kind == .review {
            report += try await review(attempt, bytes)
            return nil
        }
        guard let message = attempt.message(kind, bytes) else {
            report += try await end(attempt, kind, .refused, .none)
            return nil
        }
        return try await payer.send(message)
    }

    /// Ends attempts in the transaction that takes their answers. A process that dies before it has sent them again sends
    /// the same bytes under the same keys. Of an attempt that a later one has overtaken nothing is taken: the later one
    /// gets the same answer.
    private func settle(_ delivered: [Delivered]) async throws -> Report {
        if delivered.isEmpty { return Report() }
        let takers = takers
        let now = clock.now
        do {
            // Read and checked before the transaction.
            let read = try delivered.map { one in
                try one.answers.map { try takers.read($0.bytes, source: one.attempt.lane.receiver) }
            }
            return try await store.intake { tx in
                var report = Report()
                for (one, answers) in zip(delivered, read) {
                    guard try tx.settle(one.attempt, .delivered, at: now) != .overtaken else { continue }
                    report.delivered += 1
                    for answer in answers {
                        _ = try takers.take(answer, priority: one.attempt.priority, in: tx)
                        report.received += 1
                    }
                }
                return report
            }
        } catch {
            if Self.isOfAll(error) { throw error }
            // One of them may be at fault: each by itself then.
            guard delivered.count > 1 else { return try await settleUntaken(delivered[0]) }
            var report = Report()
            for one in delivered { report += try await settle([one]) }
            return report
        }
    }

    /// An answer that this program cannot take: it is kept among the refused messages, and its delivery has ended. The case
    /// goes on when the time for its answer is over.
    private func settleUntaken(_ one: Delivered) async throws -> Report {
        let takers = takers
        let now = clock.now
        return try await store.intake { tx in
            guard try tx.settle(one.attempt, .delivered, at: now) != .overtaken else { return Report() }
            for answer in one.answers {
                try takers.keepUntaken(answer.bytes, source: one.attempt.lane.receiver, in: tx)
            }
            return Report(delivered: 1, received: one.answers.count)
        }
    }

    // MARK: Reviewing

    /// Asks reviewers elsewhere; their answer is an event of the case, in the transaction that ends the attempt.
    private func review(_ attempt: Attempt, _ bytes: [UInt8]) async throws -> Report {
        guard let order = try? Canonical.decode(ReviewOrder.self, from: bytes) else {
            return try await end(attempt, .review, .unformable, .none)
        }
        let rows = try await store.entries(after: [(order.caseNumber, nil)])[0]
        let facts = try CaseReader.facts(of: order.caseNumber, rows)
        guard let reviewers, let row = rows.first(where: { $0.sequence == order.send.entry }),
            case .decided(_, let basis) = try CaseReader.read(row).event
        else { return try await end(attempt, .review, .misconfigured, .none) }
        // A claim that has gone on needs no review any more.
        guard
            let request = SubmissionStage.reviewRequest(order.claim, facts, basis: basis, generation: generation)
        else {
            let settled = try await store.settle(attempt, .delivered, at: clock.now)
            return Report(delivered: settled == .overtaken ? 0 : 1)
        }
        let event = CaseEvent.reviewed(order.claim, try await reviewers.review(request))
        let now = clock.now
        return try await store.intake { tx in
            guard try tx.settle(attempt, .delivered, at: now) != .overtaken else { return Report() }
            _ = try tx.append(to: order.caseNumber, priority: attempt.priority, at: now) { first in
                let entry = CaseEntry(event, raises: facts.raises(event, at: EntryRef(first)))
                return [
                    NewEntry(at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                ]
            }
            return Report(delivered: 1, received: 1)
        }
    }
}

extension Attempt {
    func message(_ kind: LaneKind, _ bytes: [UInt8]) -> OutboundMessage? {
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
