import Claims
import HealthTypes
import Review
import Stages
import Store
import Synchronization
import Testing

@testable import Pipeline

/// What is wrong with one message, one case or one receiver holds up nothing else.
@Suite struct CourierTests {
    private static let inquiries = Lane(kind: LaneKind.inquiry.rawValue, receiver: "MERID")

    private func status(_ site: Site, _ name: String, _ kind: LaneKind = .inquiry) async throws -> SendStatus? {
        let number = try await site.number(name)
        return try await site.read { try $0.sends(of: number).last { $0.lane.kind == kind.rawValue } }
    }

    private func entries(_ site: Site, _ name: String, _ kind: CaseEvent.Kind) async throws -> Int {
        try await site.store.entries(after: [(site.number(name), nil)])[0].filter { $0.kind == kind.rawValue }.count
    }

    // MARK: Receivers

    /// One receiver hangs. What is taken in after that for another is decided, formed, delivered and answered, and the
    /// mailbox is read, all before the first lets go.
    @Test(.timeLimit(.minutes(4))) func aStalledReceiverHoldsUpNoOther() async throws {
        let site = try await Site.furnished()
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let (stalled, stall) = AsyncStream.makeStream(of: Void.self)
        let hasLetGo = Counter()
        site.wire.interfere { message in
            guard message?.receiver == "NSTAR" else { return .through }
            stall.yield()
            for await _ in released {}
            hasLetGo.next()
            return .lost(.temporary(retryAfter: nil))
        }
        let pipeline = try await Pipeline(store: site.store, home: Shipped.home, clock: site.clock, payer: site.wire)
        let run = Task { await pipeline.run() }
        _ = try await pipeline.intake(World.batch([World.claim("OUT-1", payer: "NSTAR")]), source: "test")
        for await _ in stalled { break }
        _ = try await pipeline.intake(Array(World.claimJSON("WEB-1").utf8), source: "test")
        let number = try await site.number("WEB-1")
        let cache = pipeline.cache
        func reached(_ isThere: @escaping @Sendable (CaseFacts) -> Bool) async -> CaseFacts? {
            await pipeline.waiters.wait(
                for: number, seconds: 200, current: { cache.facts(of: number)?.facts }, until: isThere)
        }
        let sent = await reached { !$0.sentClaims.isEmpty }
        #expect(sent?.verified != nil)
        // The payer reckons from when it has the claim.
        while try await status(site, "WEB-1", .claim)?.state != .delivered {
            try await Task.sleep(for: .milliseconds(20))
        }
        site.clock.advance(to: site.clock.now.adding(days: 30))
        let paid = await reached { !$0.remittances.isEmpty }
        #expect(paid != nil && hasLetGo.value == 0)
        release.finish()
        run.cancel()
        await run.value
        #expect(try await site.facts("OUT-1").verified == nil)
    }

    /// The first attempt that the receiver fails ends the batch: the others are given back, and the lane waits with it.
    @Test(arguments: [DeliveryError.temporary(retryAfter: nil), .misconfigured])
    func whatTheReceiverFailsIsNotTriedWithTheRest(error: DeliveryError) async throws {
        let site = try await Site.furnished()
        let names = (1...3).map { "OUT-\($0)" }
        try await site.take(
            World.batch(names.enumerated().map { World.claim($1, on: World.day.adding(days: -9 * $0)) }))
        site.wire.interfere { $0 == nil ? .through : .lost(error) }
        try await site.pipeline.work()
        #expect(site.wire.sent.count == 1)
        var attempts: [Int] = []
        for name in names { attempts.append(try await status(site, name)?.attempts ?? 0) }
        #expect(attempts == [1, 0, 0])
        let lane = try #require(try await site.store.laneStatus().first { $0.lane == Self.inquiries })
        #expect(lane.failingSince == site.clock.now && lane.dueAt == site.clock.now.adding(seconds: 60))
        #expect(site.pipeline.deliveryTroubles[.lane(Self.inquiries)]?.kind == DeliveryTrouble.Kind(error))
        site.wire.interfere { _ in .through }
        try await site.run(days: 30)
        for name in names { #expect(try await site.facts(name).remittances.count == 1) }
        #expect(site.pipeline.deliveryTroubles.isEmpty)
    }

    /// What the receiver asks to wait is waited by all that would go to it.
    @Test func theWholeLaneWaitsForAReceiversOwnTime() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .through : .lost(.temporary(retryAfter: 7200)) }
        let start = site.clock.now
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        try await site.run(until: start.adding(seconds: 7190))
        #expect(site.wire.sent.count == 1)
    }

    /// A receiver that is away for days: all that has waited so long is told, not one message an hour.
    @Test func allThatWaitsForAReceiverIsGivenUpTogether() async throws {
        let site = try await Site.furnished()
        let names = (1...40).map { "OUT-\($0)" }
        try await site.take(
            World.batch(names.enumerated().map { World.claim($1, on: World.day.adding(days: -$0)) }))
        site.wire.interfere { $0 == nil ? .through : .lost(.temporary(retryAfter: nil)) }
        try await site.run(until: site.clock.now.adding(hours: 80))
        for name in names { #expect(try await status(site, name)?.state == .failed) }
        #expect(try await site.totals().deliveriesWaiting == 0)
    }

    // MARK: Attempts

    /// An attempt outlives its lease, and another is begun. Its answer comes then: the later attempt alone settles, and
    /// nothing of the earlier one's answer is taken.
    @Test func aLateAnswerAfterANewerAttemptIsNotTaken() async throws {
        let machine = ManualClock(World.now)
        let site = try await Site.furnished(machine: machine)
        let (attempts, store, clock) = (Counter(), site.store, site.clock)
        site.wire.interfere { message in
            guard message?.kind == .inquiry, attempts.next() == 1 else { return .through }
            await Self.overtake(Self.inquiries, store, machine, clock)
            return .through
        }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        #expect(try await entries(site, "WEB-1", .eligibilityAnswered) == 0)
        #expect(try await status(site, "WEB-1")?.state == .waiting)
        #expect(try await site.facts("WEB-1").inquiries.map(\.state) == [.open])
        // The other dies, too.
        machine.advance(to: machine.now.adding(seconds: 61))
        try await site.pipeline.work()
        #expect(try await entries(site, "WEB-1", .eligibilityAnswered) == 1)
        #expect(try await status(site, "WEB-1")?.attempts == 3)
        #expect(Set(site.wire.sent.filter { $0.kind == .inquiry }.map(\.key)).count == 1)
        #expect(try await site.facts("WEB-1").verified != nil)
    }

    @Test func aLateReviewAfterANewerAttemptIsNotTaken() async throws {
        let machine = ManualClock(World.now)
        let desk = Desk()
        let site = try await Site.furnished(reviewers: .sent(identity: "desk/1"), desk: desk, machine: machine)
        let (store, clock) = (site.store, site.clock)
        let lane = Lane(kind: LaneKind.review.rawValue, receiver: LaneKind.reviewReceiver)
        desk.interfere { if $0 == 1 { await Self.overtake(lane, store, machine, clock) } }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        #expect(desk.count == 1)
        #expect(try await entries(site, "WEB-1", .reviewed) == 0)
        machine.advance(to: machine.now.adding(seconds: 61))
        try await site.pipeline.work()
        #expect(desk.count == 2)
        #expect(try await entries(site, "WEB-1", .reviewed) == 1)
    }

    /// Another process takes up what is in hand, once its lease is over.
    private static func overtake(
        _ lane: Lane, _ store: any SiteStore, _ machine: ManualClock, _ clock: ManualClock
    ) async {
        machine.advance(to: machine.now.adding(seconds: Courier.lease + 1))
        let later = try? await store.claim(lane, at: clock.now, limit: 1, lease: 60, formedBefore: nil)
        #expect(later?.map(\.number) == [2])
    }

    /// A first version of a request is put off; the order changes meanwhile. The second goes out after the first, and the
    /// answer to the first grants nothing.
    @Test func aLaterVersionWaitsForTheEarlierOne() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        site.wire.interfere { $0?.kind == .authorization ? .lost(.temporary(retryAfter: nil)) : .through }
        try await site.take(World.appointment())
        try await site.take(World.chart)
        try await site.take(World.orders)
        try await site.pipeline.work()
        var order = World.order
        order.units = 2
        try await site.happen(.ordered(order), in: World.visitNumber)
        try await site.pipeline.work()
        #expect(try await site.facts(World.visitNumber).requests.map(\.sends.count) == [2])
        site.wire.interfere { _ in .through }
        try await site.run(until: site.clock.now.adding(seconds: 90))
        let sends = try await site.facts(World.visitNumber).requests[0].sends
        let number = try await site.number(World.visitNumber)
        let keys = site.wire.sent.filter { $0.kind == .authorization }.map(\.key)
        #expect(keys == [sends[0], sends[0], sends[1]].map { "\(number).\($0.entry).\($0.number)" })
        let story = try await site.story(World.visitNumber)
        #expect(story.contains("prior_authorization answered unplaced"), "\(story)")
        let request = try await site.facts(World.visitNumber).requests[0]
        #expect(request.answer?.version == 2 && request.answeredVersion == 2)
        #expect(try await site.faultLines() == [])
    }

    // MARK: Urgency

    /// Claims of a file wait to be asked about; one is posted. Its 270 and its 837 go before theirs, and not all of theirs
    /// are formed before anything is delivered.
    @Test func aPostedClaimDoesNotWaitBehindLoadedOnes() async throws {
        let site = try await Site.furnished()
        var options = Pipeline.Options.inOrder
        options.batch = 8
        let pipeline = try await Pipeline(
            store: site.store, home: Shipped.home, clock: site.clock, payer: site.wire, options: options)
        let loaded = (1...30).map { World.claim("OUT-\($0)", on: World.day.adding(days: -$0)) }
        _ = try await pipeline.intake(World.batch(loaded), source: "file")
        _ = try await pipeline.advance()
        _ = try await pipeline.intake(Array(World.claimJSON("WEB-1").utf8), source: "post", priority: .waiting)
        _ = try await pipeline.advance()
        let (store, unformed) = (site.store, Counter())
        let posted = try await site.number("WEB-1")
        site.wire.interfere { _ in
            if let lanes = try? await store.laneStatus(), lanes.contains(where: { $0.unformed > 0 }) { unformed.next() }
            return .through
        }
        try await pipeline.work()
        let first = try #require(site.wire.sent.first { $0.kind == .inquiry })
        #expect(first.key.hasPrefix("\(posted)."))
        #expect(unformed.value > 0)
        // The answers to the loaded ones made them no more urgent: their claims travel apart, and later.
        let batch = try #require(site.wire.sent.first { $0.kind == .claims })
        #expect(batch.key.hasPrefix("\(posted)."))
        #expect(String(decoding: batch.bytes, as: UTF8.self).ranges(of: "CLM*").count == 1)
    }

    // MARK: Cases and messages at fault

    private static func damage(_ number: CaseNumber, _ store: any SiteStore, at now: Instant) async {
        _ = try? await store.intake { tx in
            try tx.append(to: number, priority: .batch, at: now) { _ in
                [NewEntry(at: now, kind: "from_the_future", version: CaseEntry.version, body: Array("{}".utf8))]
            }
        }
    }

    /// A batch is refused while one of its cases cannot be read: both are told, and the deliveries go on.
    @Test func theEndOfADeliveryIsToldToACaseThatCannotBeRead() async throws {
        let site = try await Site.furnished()
        try await site.take(
            World.batch([World.claim("OUT-1"), World.claim("OUT-2", on: World.day.adding(days: -9))]))
        let (store, clock, number) = (site.store, site.clock, try await site.number("OUT-1"))
        site.wire.interfere { message in
            guard message?.kind == .claims else { return .through }
            await Self.damage(number, store, at: clock.now)
            return .lost(.refused)
        }
        try await site.pipeline.work()
        #expect(try await status(site, "OUT-1", .claim)?.state == .failed)
        #expect(try await entries(site, "OUT-1", .undelivered) == 1)
        #expect(try await site.story("OUT-2").last?.hasPrefix("submission undelivered") == true)
        #expect(try await site.read { try $0.setAside(number) }?.reason == "unknown_form")
        site.wire.interfere { _ in .through }
        try await site.take(World.claimJSON("WEB-1", on: World.day.adding(days: -30)))
        try await site.run(days: 30)
        #expect(try await site.facts("WEB-1").remittances.count == 1)
    }

    /// A send of which nothing can be made, in a case that cannot be read either: the others of its lane go out.
    @Test func aSendThatCannotBeFormedHoldsUpNoOther() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        _ = try await site.pipeline.advance()
        try await site.tamper("UPDATE send_body SET body = x'7b7d' WHERE send = (SELECT min(send) FROM send_body)")
        await Self.damage(try await site.number("WEB-1"), site.store, at: site.clock.now)
        try await site.run(days: 30)
        #expect(try await status(site, "WEB-1")?.state == .failed)
        #expect(try await entries(site, "WEB-1", .undelivered) == 1)
        #expect(try await site.facts("WEB-2").remittances.count == 1)
    }

    /// The case of a review cannot be read: that review alone is put off.
    @Test func aReviewOfACaseThatCannotBeReadHoldsUpNoOther() async throws {
        let desk = Desk()
        let site = try await Site.furnished(reviewers: .sent(identity: "desk/1"), desk: desk)
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        let (store, clock, number) = (site.store, site.clock, try await site.number("WEB-1"))
        desk.interfere { if $0 == 1 { await Self.damage(number, store, at: clock.now) } }
        desk.fail(first: 1)
        try await site.run(days: 2)
        #expect(try await status(site, "WEB-2", .review)?.state == .delivered)
        #expect(try await entries(site, "WEB-2", .reviewed) == 1)
        #expect(try await entries(site, "WEB-1", .reviewed) == 0)
    }

    /// What the lane says of a send is what the facts say of it.
    @Test func whatAFailureRaisesFollowsFromTheKindOfTheSend() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        for file in [World.appointment(), Array(World.chart.utf8), World.orders] { try await site.take(file) }
        try await site.pipeline.work()
        let facts = try await site.facts(World.visitNumber)
        let sends = try await site.read { try $0.sends(of: facts.number) }
        #expect(Set(sends.map(\.lane.kind)).isSuperset(of: ["270", "pas", "ehr"]))
        for send in sends {
            let id = SendID(entry: send.part.entry, number: send.part.number)
            let kind = try #require(LaneKind(rawValue: send.lane.kind))
            let raised = facts.raises(.undelivered(id, .refused), at: facts.nextEntry)
            #expect(kind.raises(undelivered: id, of: nil) == raised)
        }
        let id = SendID(entry: 1, number: 0)
        let order = ReviewOrder(caseNumber: facts.number, send: id, claim: ClaimRef(entry: 2, number: 0))
        #expect(
            LaneKind.review.raises(undelivered: id, of: try Canonical.encode(order))
                == [.submission(.unreviewed(order.claim))])
        #expect(LaneKind.review.raises(undelivered: id, of: nil) == nil)
    }
}

/// Reviewers elsewhere, who answer as the rules do.
final class Desk: ReviewerConnection {
    private struct State {
        var count = 0
        var failing = 0
        var before: @Sendable (Int) async -> Void = { _ in }
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    /// Called before each answer, with its number.
    func interfere(_ before: @escaping @Sendable (Int) async -> Void) { state.withLock { $0.before = before } }

    /// The first answers do not come.
    func fail(first count: Int) { state.withLock { $0.failing = count } }

    func review(_ request: ReviewRequest) async throws(DeliveryError) -> ReviewAnswers {
        let (count, fails, before) = state.withLock { state in
            state.count += 1
            return (state.count, state.count <= state.failing, state.before)
        }
        await before(count)
        if fails { throw .temporary(retryAfter: nil) }
        return ReviewPanel.rules.review(request)
    }
}
