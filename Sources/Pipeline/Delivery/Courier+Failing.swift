import HealthTypes
import Stages
import Store

extension Courier {
    // MARK: Attempts that did not get through

    /// One minute, two, four ... an hour at most.
    static func wait(failures: Int) -> Int { min(3600, 60 << min(max(failures, 1) - 1, 6)) }

    /// What the receiver says, or its silence, ends the message or puts it off, and its lane with it: nothing else would
    /// get through to the same receiver now.
    func fail(_ attempt: Attempt, _ kind: LaneKind, _ error: DeliveryError) async throws -> Report {
        if error == .refused { return try await end(attempt, kind, .refused, .reached) }
        let now = clock.now
        let failures = attempt.laneFailures + 1
        let tried = now.adding(seconds: max(Self.wait(failures: failures), error.asked))
        let effect = LaneEffect.waits(until: tried)
        let failure: DeliveryFailure = error.isTemporary ? .unreachable : .misconfigured
        trouble(.lane(attempt.lane), DeliveryTrouble.Kind(error), failures: failures, retryAt: tried)
        guard now.seconds(since: attempt.since) < Self.unreachableAfter else {
            var report = try await end(attempt, kind, failure, effect)
            report += try await endOverdue(attempt, kind, failure)
            return report
        }
        let again = now.adding(seconds: max(Self.wait(failures: attempt.number), error.asked))
        let settled = try await store.settle(attempt, .again(at: again, effect), at: now)
        return Report(waiting: settled == .overtaken ? 0 : 1)
    }

    /// Once nothing has got through for as long as is stated, all that has waited so long is told of, tried again or not.
    private func endOverdue(_ attempt: Attempt, _ kind: LaneKind, _ failure: DeliveryFailure) async throws -> Report {
        var report = Report()
        let now = clock.now
        guard let since = attempt.failingSince, now.seconds(since: since) >= Self.unreachableAfter else {
            return report
        }
        while !Task.isCancelled {
            let overdue = try await store.claim(
                attempt.lane, at: now, limit: Self.atOnce, lease: Self.lease,
                formedBefore: now.adding(seconds: -Self.unreachableAfter))
            if overdue.isEmpty { break }
            for one in overdue { report += try await end(one, kind, failure, .none) }
        }
        return report
    }

    /// An attempt that failed here, by what is wrong with its message or its case: it alone is put off.
    func postpone(_ attempt: Attempt, _ kind: LaneKind, _ error: any Error) async throws -> Report {
        if Self.isOfAll(error) { throw error }
        let now = clock.now
        let again = now.adding(seconds: Self.wait(failures: attempt.number))
        trouble(.lane(attempt.lane), .failed("\(type(of: error))"), failures: attempt.number, retryAt: again)
        guard now.seconds(since: attempt.since) < Self.unreachableAfter else {
            return try await end(attempt, kind, .unreachable, .none)
        }
        let settled = try await store.settle(attempt, .again(at: again, .none), at: now)
        return Report(waiting: settled == .overtaken ? 0 : 1)
    }

    // MARK: Telling cases

    /// The end of a delivery without success: its cases are told, and people with them, in the transaction that ends it.
    func end(
        _ attempt: Attempt, _ kind: LaneKind, _ failure: DeliveryFailure, _ effect: LaneEffect
    ) async throws -> Report {
        let now = clock.now
        let isEnded = try await telling { tx, untold in
            let result = AttemptResult.failed(reason: failure.rawValue, effect)
            guard case .failed(let parts) = try tx.settle(attempt, result, at: now) else { return false }
            for part in parts where !untold.contains(part) {
                try Self.tell(part, failure, kind, attempt.bytes, attempt.priority, at: now, in: tx)
            }
            return true
        }
        return Report(failed: isEnded ? 1 : 0)
    }

    /// The same of sends of which no message could be formed.
    func endUnformed(_ sends: [UnformedSend], _ kind: LaneKind) async throws -> Report {
        if sends.isEmpty { return Report() }
        let now = clock.now
        _ = try await telling { tx, untold in
            for send in sends {
                try tx.endUnformed(send.part)
                if untold.contains(send.part) { continue }
                try Self.tell(send.part, .unformable, kind, send.row.body, send.priority, at: now, in: tx)
            }
            return true
        }
        return Report(failed: sends.count)
    }

    /// A case to which nothing can be added: the others are told without it.
    private struct Untellable: Error {
        var part: SentPart
    }

    private func telling(
        _ body: @escaping @Sendable (any IntakeTransaction, _ untold: Set<SentPart>) throws -> Bool
    ) async throws -> Bool {
        var untold: Set<SentPart> = []
        while true {
            do {
                let without = untold
                return try await store.intake { tx in try body(tx, without) }
            } catch let fault as Untellable { untold.insert(fault.part) }
        }
    }

    /// Needs no facts: what a failure raises follows from the kind of the send, so that a case that cannot be read is told
    /// as well, and holds up nothing.
    private static func tell(
        _ part: SentPart, _ failure: DeliveryFailure, _ kind: LaneKind, _ bytes: [UInt8]?, _ priority: Priority,
        at now: Instant, in tx: any IntakeTransaction
    ) throws {
        let send = SendID(entry: part.entry, number: part.number)
        guard let raises = kind.raises(undelivered: send, of: bytes) else { return }
        let event = CaseEvent.undelivered(send, failure)
        let entry = CaseEntry(event, raises: raises)
        do {
            _ = try tx.append(to: part.caseNumber, priority: priority, at: now) { _ in
                [NewEntry(at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())]
            }
        } catch let fault where fault is StoreRefusal || fault is RecordDamage {
            throw Untellable(part: part)
        }
    }
}

extension LaneKind {
    /// What the end of a delivery without success raises in the case that sent it; nil where that cannot be told, so that
    /// the case goes on when the time for its answer is over.
    func raises(undelivered send: SendID, of bytes: [UInt8]?) -> [Reason]? {
        switch self {
        case .inquiry: [.eligibility(.undelivered(send))]
        case .authorization: [.authorization(.undelivered(send))]
        case .claim: [.submission(.undelivered(send))]
        case .appeal: [.denials(.undelivered(send))]
        case .chart: []
        case .review:
            bytes.flatMap { try? Canonical.decode(ReviewOrder.self, from: $0) }.map {
                [.submission(.unreviewed($0.claim))]
            }
        }
    }
}

extension DeliveryError {
    var isTemporary: Bool { if case .temporary = self { true } else { false } }

    /// Seconds that the other side asks for, a day at most; they are waited at least.
    var asked: Int { if case .temporary(let seconds?) = self { min(max(0, seconds), 86_400) } else { 0 } }
}
