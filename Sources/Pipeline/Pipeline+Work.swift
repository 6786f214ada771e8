public import HealthTypes
import Stages
public import Store

extension Pipeline {
    // MARK: Working

    /// What one round of work did.
    public struct WorkReport: Sendable, Equatable {
        public var timers = 0
        public var decisions = 0
        public var formed = 0
        public var delivered = 0
        public var received = 0
        /// Deliveries that did not get through and are tried again.
        public var waiting = 0
        public var failed = 0
        public var setAside = 0

        /// Whether nothing moved on; deliveries that are put off are due later.
        public var didNothing: Bool {
            timers == 0 && decisions == 0 && formed == 0 && delivered == 0 && received == 0 && failed == 0
        }

        static func += (left: inout WorkReport, right: WorkReport) {
            left.timers += right.timers
            left.decisions += right.decisions
            left.formed += right.formed
            left.delivered += right.delivered
            left.received += right.received
            left.waiting += right.waiting
            left.failed += right.failed
            left.setAside += right.setAside
        }
    }

    var worker: CaseWorker {
        CaseWorker(store: store, clock: clock, lookUps: lookUps, cache: cache, waiters: waiters, program: Self.program)
    }

    private func courier(_ tell: @escaping @Sendable (HealthEvent) -> Void = { _ in }) -> Courier {
        Courier(
            store: store, payer: payer, reviewers: reviewers, generation: home.generation, clock: clock, takers: taker,
            options: options, troubles: troubles,
            takeLarge: { bytes, source in _ = try await self.intake(bytes, source: source) }, tell: tell)
    }

    /// What is wrong with lanes and the payer's mailbox now.
    public var deliveryTroubles: [DeliveryPlace: DeliveryTrouble] { troubles.all }

    /// Works until nothing is left that can be done now; sources whose intake was cut short come first. Where one of these
    /// cannot be taken in, that is thrown when all else is done.
    @discardableResult
    public func work(progress: @Sendable (WorkReport) -> Void = { _ in }) async throws -> WorkReport {
        var failure: (any Error)?
        do { try await resumeIntake() } catch let fault as StoreFault { throw fault } catch { failure = error }
        let total = try await workOff(progress)
        if let failure { throw failure }
        return total
    }

    private func workOff(_ progress: @Sendable (WorkReport) -> Void) async throws -> WorkReport {
        var total = WorkReport()
        while true {
            var round = try await advance()
            round += try await deliver()
            if round.didNothing {
                total += round
                return total
            }
            total += round
            progress(total)
        }
    }

    /// Decides whatever is due.
    func advance() async throws -> WorkReport {
        var total = WorkReport()
        while true {
            let step = try await step()
            total += step.report
            if step.claimed == 0 { break }
        }
        _ = try await store.followPatterns(limit: Self.patternsAtOnce)
        return total
    }

    private static let patternsAtOnce = 10_000

    /// One batch of cases: those that somebody waits for before all others.
    private func step() async throws -> (report: WorkReport, claimed: Int) {
        let generation = home.generation
        for priority in Priority.allCases {
            let done = try await worker.work(
                .due(priority), limit: options.limit(of: priority), generation: generation)
            if done.claimed == 0 { continue }
            return (
                WorkReport(timers: done.timers, decisions: done.decisions, setAside: done.setAside), done.claimed
            )
        }
        return (WorkReport(), 0)
    }

    private func deliver() async throws -> WorkReport {
        let courier = courier()
        var report = try await courier.round()
        report += try await courier.collect()
        return WorkReport(
            formed: report.formed, delivered: report.delivered, received: report.received, waiting: report.waiting,
            failed: report.failed)
    }

    /// The next moment at which there will be something to do.
    public func nextDue() async throws -> Instant? {
        let now = clock.now
        return [
            try await store.nextCaseDue(after: now), try await store.nextDeliveryDue(after: now),
            try await courier().nextMailboxDue(),
        ].compactMap { $0 }.min()
    }

    /// Works until it is cancelled: cases in one loop, each lane in one of its own, the mailbox in another, so that a
    /// receiver that is slow or away holds up its own lane alone. Sources whose intake was cut short are gone on with beside
    /// them.
    ///
    /// - Parameter health: is told after each round, and of a store that cannot be used.
    public func run(health: @escaping @Sendable (HealthEvent) -> Void = { _ in }) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.decideLoop(health) }
            group.addTask { await self.laneLoops(health) }
            group.addTask { await self.mailboxLoop(health) }
            group.addTask {
                do { try await self.resumeIntake() } catch { self.tell(error, health) { .failed($0) } }
            }
            await group.waitForAll()
        }
    }

    /// What the loops tell of themselves.
    public enum HealthEvent: Sendable {
        case workerBegan
        case workerFinished(setAside: Int)
        case storeFailed(StoreFault)
        /// Working cases failed for something that is no fault of the store; the loop goes on.
        case workerFailed(String)
        /// The same of deliveries.
        case failed(String)
        /// A lane or the mailbox does not get on, for another reason than before; it is tried again.
        case deliveryTroubled(DeliveryPlace, DeliveryTrouble.Kind)
        case deliveryRecovered(DeliveryPlace)
        /// An item of the mailbox could not be taken in: it was kept among the refused messages.
        case untaken(String)
    }

    private func decideLoop(_ health: @Sendable (HealthEvent) -> Void) async {
        while !Task.isCancelled {
            do {
                health(.workerBegan)
                let step = try await step()
                if step.report.decisions > 0 { deliverySignal.set() }
                if step.claimed == 0 { _ = try await store.followPatterns(limit: Self.patternsAtOnce) }
                health(.workerFinished(setAside: step.report.setAside))
                if step.claimed == 0 { await workSignal.wait(seconds: Self.idleSeconds) }
            } catch { await pause(error, health) { .workerFailed($0) } }
        }
    }

    /// Sees to it that every lane in which there is something to do is worked by a task of its own.
    private func laneLoops(_ health: @escaping @Sendable (HealthEvent) -> Void) async {
        let inHand = LanesInHand()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    for (lane, kind) in try await courier(health).lanes() where inHand.begin(lane) {
                        group.addTask {
                            repeat { await self.work(lane, kind, health) } while !inHand.end(lane)
                        }
                    }
                    await deliverySignal.wait(seconds: Self.idleSeconds)
                } catch { await pause(error, health) { .failed($0) } }
            }
        }
    }

    /// Works one lane until there is nothing more to do in it now.
    private func work(_ lane: Lane, _ kind: LaneKind, _ health: @escaping @Sendable (HealthEvent) -> Void) async {
        while !Task.isCancelled {
            do {
                let report = try await courier(health).step(lane, kind)
                if report.received > 0 || report.failed > 0 { workSignal.set() }
                if report.didNothing { return }
            } catch { return await pause(error, health) { .failed($0) } }
        }
    }

    private func mailboxLoop(_ health: @escaping @Sendable (HealthEvent) -> Void) async {
        while !Task.isCancelled {
            do {
                if try await courier(health).collect().received > 0 {
                    workSignal.set()
                } else {
                    try await Task.sleep(for: .seconds(Self.idleSeconds))
                }
            } catch { await pause(error, health) { .failed($0) } }
        }
    }

    private func tell(
        _ error: any Error, _ health: @Sendable (HealthEvent) -> Void, else event: (String) -> HealthEvent
    ) {
        if let fault = error as? StoreFault {
            health(.storeFailed(fault))
        } else if !(error is CancellationError) {
            health(event("\(type(of: error))"))
        }
    }

    private func pause(
        _ error: any Error, _ health: @Sendable (HealthEvent) -> Void, else event: (String) -> HealthEvent
    ) async {
        tell(error, health, else: event)
        try? await Task.sleep(for: .seconds(Self.idleSeconds))
    }

    /// What timers and the payer's mailbox bring is worked so often.
    private static let idleSeconds = 1.0
}

extension Pipeline.Options {
    fileprivate func limit(of priority: Priority) -> Int {
        switch priority {
        case .waiting: batch
        case .batch: load
        }
    }
}
