import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// The payer's mailbox: what is wrong with it is told and tried again, and no item of it stops those behind it.
@Suite struct MailboxTests {
    /// 401 and the like: said, tried again after growing waits, and over once a person has mended it.
    @Test(
        arguments: [
            (DeliveryError.misconfigured, DeliveryTrouble.Kind.misconfigured), (.refused, .misconfigured),
            (.temporary(retryAfter: nil), .unreachable), (.tooLarge, .tooLarge),
        ] as [(DeliveryError, DeliveryTrouble.Kind)])
    func aMailboxThatCannotBeReadIsTold(error: DeliveryError, kind: DeliveryTrouble.Kind) async throws {
        let site = try await Site.furnished()
        let visits = Counter()
        let start = site.clock.now
        site.wire.interfere { message in
            if message != nil { return .through }
            visits.next()
            return .lost(error)
        }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        let first = try #require(site.pipeline.deliveryTroubles[.mailbox])
        #expect(first.kind == kind && first.since == start && first.failures == 1)
        #expect(first.retryAt == start.adding(seconds: 60))
        let before = visits.value
        try await site.pipeline.work()
        #expect(visits.value == before)
        try await site.run(until: start.adding(hours: 3))
        let later = try #require(site.pipeline.deliveryTroubles[.mailbox])
        #expect(later.since == start && later.failures >= 6 && visits.value > before)
        #expect(try await site.facts("WEB-1").sentClaims.count == 1)
        site.wire.interfere { _ in .through }
        try await site.run(days: 30)
        #expect(site.pipeline.deliveryTroubles.isEmpty)
        #expect(try await site.facts("WEB-1").remittances.count == 1)
    }

    /// What the other side asks to wait is waited.
    @Test func aMailboxsOwnTimeIsWaited() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .lost(.temporary(retryAfter: 7200)) : .through }
        try await site.pipeline.work()
        #expect(site.pipeline.deliveryTroubles[.mailbox]?.retryAt == site.clock.now.adding(seconds: 7200))
    }

    /// The loops tell of it once, and once more when it is over.
    @Test(.timeLimit(.minutes(4))) func theLoopsTellOfIt() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .lost(.misconfigured) : .through }
        let (events, sink) = AsyncStream.makeStream(of: Pipeline.HealthEvent.self)
        let pipeline = site.pipeline
        let run = Task { await pipeline.run { sink.yield($0) } }
        for await event in events {
            if case .deliveryTroubled(.mailbox, .misconfigured) = event { break }
        }
        site.wire.interfere { _ in .through }
        site.clock.advance(to: site.clock.now.adding(seconds: 61))
        for await event in events {
            if case .deliveryRecovered(.mailbox) = event { break }
        }
        run.cancel()
        await run.value
    }

    /// An item that cannot be taken in is kept among the refused messages, and what lies behind it is taken.
    @Test func anItemThatCannotBeTakenStopsNothing() async throws {
        let site = try await Site.furnished()
        let store = MeddlingStore(site.store)
        let pipeline = try await Pipeline(
            store: store, home: Shipped.home, clock: site.clock, payer: site.wire, options: .inOrder)
        try await site.take(World.claimJSON("WEB-1"))
        try await pipeline.work()
        #expect(try await site.facts("WEB-1").sentClaims.count == 1)
        let taken = Counter()
        store.interfereWithIntake { if taken.next() == 1 { throw StoreRefusal("more than a transaction takes") } }
        while taken.value == 0 {
            let next = try #require(try await pipeline.nextDue())
            site.clock.advance(to: max(next, site.clock.now.adding(seconds: 1)))
            try await pipeline.work()
        }
        let refused = try await site.read { try $0.troubledMessages(before: nil, limit: 9) }
        #expect(refused.map(\.state) == [.refused] && refused[0].source.hasPrefix("mailbox "))
        #expect(String(decoding: refused[0].issues, as: UTF8.self).contains("intake.not-taken"))
        let bytes = try await store.content(refused[0].content)
        #expect(bytes?.count == refused[0].range.count && bytes?.isEmpty == false)
        try await site.run(days: 30)
        #expect(try await site.facts("WEB-1").remittances.count == 1)
    }

    /// A payer whose pages are too large with more than so many items.
    private struct Narrow: PayerConnection {
        let wire: Wire
        let most: Int
        let asked = Counter()

        func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] {
            try await wire.send(message)
        }
        func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] {
            asked.next()
            guard limit <= most else { throw .tooLarge }
            return try await wire.collect(after: cursor, limit: limit)
        }
        func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? {
            try await wire.nextDue(after: cursor)
        }
    }

    @Test(arguments: [5, 1]) func aPageThatIsTooLargeIsAskedForByHalves(most: Int) async throws {
        let site = try await Site.furnished()
        let narrow = Narrow(wire: site.wire, most: most)
        let pipeline = try await site.another(payer: narrow)
        try await site.take(World.batch((1...3).map { World.claim("OUT-\($0)", on: World.day.adding(days: -9 * $0)) }))
        try await pipeline.work()
        #expect(pipeline.deliveryTroubles.isEmpty && narrow.asked.value > 1)
        for _ in 0..<60 {
            guard let next = try await pipeline.nextDue() else { break }
            site.clock.advance(to: max(next, site.clock.now.adding(seconds: 1)))
            try await pipeline.work()
        }
        for name in ["OUT-1", "OUT-2", "OUT-3"] { #expect(try await site.facts(name).remittances.count == 1) }
        #expect(pipeline.deliveryTroubles.isEmpty)
    }

    /// Invariant 27: somebody else has read on meanwhile. The cursor stays where it is, and nothing is taken twice.
    @Test func theCursorMovesFromWhereItWasFound() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        let store = site.store
        let before = try #require(try await site.facts("WEB-1").claims.first)
        // The mailbox has something by now.
        site.clock.advance(to: try #require(try await site.wire.nextDue(after: nil)))
        site.wire.interfere { message in
            if message == nil { try? await store.set(Courier.cursorSetting, to: "999999") }
            return .through
        }
        try await site.pipeline.work()
        #expect(try await store.setting(Courier.cursorSetting) == "999999")
        #expect(try await site.facts("WEB-1").claims.first?.acknowledgements == before.acknowledgements)
    }

    /// What is too much for one transaction is taken by way of an arrival, and once.
    @Test func anItemOfMoreThanAMegabyteIsTaken() async throws {
        let site = try await Site.furnished()
        let claims = (1...8500).map { World.settlement("X-\($0)", paid: Money("90")!, trace: "T1") }
        let bytes = try World.remittance(claims, trace: "T1")
        #expect(bytes.count > Pipeline.maximumSmallBytes)
        let payer = Posting(bytes: bytes)
        let pipeline = try await site.another(payer: payer)
        try await pipeline.work()
        #expect(try await site.store.setting(Courier.cursorSetting) == "1")
        #expect(try await site.totals().unitsWaiting == 8500)
        #expect(
            try await site.read { try $0.troubledMessages(before: nil, limit: 9) }.allSatisfy { $0.state == .unmatched }
        )
    }

    /// A mailbox that holds one item.
    private struct Posting: PayerConnection {
        let bytes: [UInt8]

        func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] { [] }
        func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] {
            cursor == nil ? [MailboxItem(cursor: "1", message: InboundMessage(kind: "835", bytes: bytes))] : []
        }
        func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? { nil }
    }
}
