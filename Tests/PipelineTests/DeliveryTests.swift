import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Messages get there at least once and count once.
@Suite struct DeliveryTests {
    /// The payer does what it was asked, and the answer never comes: the same bytes go again under the same key.
    @Test(arguments: ["270", "837"])
    func aLostAnswerIsAskedForAgain(kind: String) async throws {
        let site = try await Site.furnished()
        let attempts = Counter()
        site.wire.interfere { message in
            guard message?.kind.rawValue == kind, attempts.next() <= 2 else { return .through }
            return .answerLost(.temporary(retryAfter: nil))
        }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        let sent = site.wire.sent.filter { $0.kind.rawValue == kind }
        #expect(sent.count == 3)
        #expect(Set(sent.map(\.key)).count == 1 && Set(sent.map(\.bytes)).count == 1)
        let facts = try await site.facts("WEB-1")
        #expect(facts.inquiries.count == 1 && facts.remittances.count == 1 && facts.sentClaims.count == 1)
        #expect(try await site.totals().deliveriesFailed == 0)
        #expect(try await site.dollars().paid == facts.remittances[0].remittance.paid)
    }

    /// The same for a process that dies between the effect and the answer, and for one that dies at the mailbox.
    @Test(arguments: ["270", "837", "mailbox"])
    func aDeadProcessGoesOn(where place: String) async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        let store = site.store
        let attempts = Counter()
        site.wire.interfere { message in
            guard message?.kind.rawValue ?? "mailbox" == place, attempts.next() == 1 else { return .through }
            // Nothing is written from here on, as if the process had ended.
            try? await store.close()
            return .answerLost(.temporary(retryAfter: nil))
        }
        await #expect(throws: (any Error).self) { try await site.run(days: 30) }
        try await site.restart()
        try await site.run(days: 30)
        let sent = site.wire.sent.filter { $0.kind.rawValue == place }
        #expect(sent.count == (place == "mailbox" ? 0 : 2))
        #expect(Set(sent.map(\.bytes)).count <= 1)
        #expect(try await site.story("WEB-1").last == "denials remitted paid")
        #expect(try await site.facts("WEB-1").remittances.count == 1)
        #expect(try await site.faultLines() == [])
    }

    /// A payer that never answers is given up after days, not after one try; the case is told, and a person is asked.
    @Test func aSilentPayerIsGivenUpInTheEnd() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .through : .lost(.temporary(retryAfter: nil)) }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 1)
        let status = try #require(try await inquiry(site))
        #expect(status.state == .waiting && status.attempts > 8)
        let early = site.wire.sent.count
        try await site.run(days: 4)
        #expect(site.wire.sent.count > early)
        #expect(try #require(try await inquiry(site)).state == .failed)
        let facts = try await site.facts("WEB-1")
        #expect(facts.inquiries.map(\.state) != [.open] && facts.sentClaims.isEmpty)
        #expect(try await site.work("WEB-1").contains { $0.hasSuffix(" open") })
        let totals = try await site.totals()
        #expect(totals.deliveriesFailed == 1 && totals.casesSetAside == 0)
    }

    private func inquiry(_ site: Site) async throws -> SendStatus? {
        let number = try await site.number("WEB-1")
        return try await site.read { try $0.sends(of: number).first { $0.lane.kind == LaneKind.inquiry.rawValue } }
    }

    /// What the receiver asks to wait is waited, and no request goes before.
    @Test func aReceiversOwnTimeIsWaited() async throws {
        let site = try await Site.furnished()
        let attempts = Counter()
        site.wire.interfere { message in
            message == nil || attempts.next() > 1 ? .through : .lost(.temporary(retryAfter: 7200))
        }
        try await site.take(World.claimJSON("WEB-1"))
        let start = site.clock.now
        try await site.run(until: start.adding(seconds: 7190))
        #expect(site.wire.sent.count == 1)
        try await site.run(until: start.adding(seconds: 7210))
        #expect(site.wire.sent.count >= 2)
        #expect(try await site.facts("WEB-1").verified != nil)
    }

    /// 401 and the like: nothing is lost while a person mends it.
    @Test func aFaultOfConfigurationWaitsForItsMending() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .through : .lost(.misconfigured) }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(until: site.clock.now.adding(hours: 5))
        #expect(try #require(try await inquiry(site)).state == .waiting)
        site.wire.interfere { _ in .through }
        try await site.run(days: 30)
        #expect(try await site.story("WEB-1").last == "denials remitted paid")
    }

    @Test func whatThePayerWillNeverTakeIsNotSentAgain() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .through : .lost(.refused) }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 3)
        #expect(site.wire.sent.count == 1)
        let status = try #require(try await inquiry(site))
        #expect(status.state == .failed && status.attempts == 1 && status.lastFailure == "refused")
        #expect(try await site.facts("WEB-1").inquiries.map(\.state) == [.undelivered])
    }

    /// A mailbox that cannot be reached holds nothing else up.
    @Test func aClosedMailboxHoldsNothingUp() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .lost(.temporary(retryAfter: nil)) : .through }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        #expect(try await site.facts("WEB-1").sentClaims.count == 1)
        site.wire.interfere { _ in .through }
        try await site.run(days: 30)
        #expect(try await site.facts("WEB-1").remittances.count == 1)
    }

    /// Claims of a payer that are ready together travel together, each payer's apart.
    @Test func claimsTravelTogether() async throws {
        let site = try await Site.furnished()
        let claims = (1...5).map { World.claim("OUT-\($0)", on: World.day.adding(days: -7 * $0)) }
        try await site.take(World.batch(claims))
        try await site.run(days: 30)
        let batches = site.wire.sent.filter { $0.kind == .claims }
        #expect(batches.count == 1)
        #expect(try await site.read { try $0.postingCounts() }.claimsSettled == 5)
    }
}
