import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store
import Testing

/// Messages get there at least once and count once.
@Suite struct DeliveryTests {
    struct Broken: Error {}

    /// The payer does what it was asked, and the answer never comes: the same bytes go again under the same key.
    @Test(arguments: ["270", "837"])
    func aLostAnswerIsAskedForAgain(kind: String) async throws {
        let site = try await Site.furnished()
        let attempts = Counter()
        site.wire.interfere { message in
            guard message?.kind.rawValue == kind, attempts.next() <= 2 else { return .through }
            return .answerLost(attempts.value == 1 ? DeliveryError.temporary : Broken())
        }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        let sent = site.wire.sent.filter { $0.kind.rawValue == kind }
        #expect(sent.count == 3)
        #expect(Set(sent.map(\.key)).count == 1 && Set(sent.map(\.bytes)).count == 1)
        let facts = try site.facts("WEB-1")
        #expect(facts.eligibility.count == 1 && facts.remittances.count == 1 && facts.sentClaims.count == 1)
        #expect(facts.failures.isEmpty)
        #expect(try site.dollars().paid == facts.remittances[0].paid)
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
            try? store.close()
            return .answerLost(Broken())
        }
        await #expect(throws: (any Error).self) { try await site.run(days: 30) }
        try site.restart()
        try await site.run(days: 30)
        let sent = site.wire.sent.filter { $0.kind.rawValue == place }
        #expect(sent.count == (place == "mailbox" ? 0 : 2))
        #expect(Set(sent.map(\.bytes)).count <= 1)
        #expect(try site.story("WEB-1").last == "denials remittance:1 paid")
        #expect(try site.facts("WEB-1").remittances.count == 1)
        #expect(try site.read { try $0.brokenChains().isEmpty })
    }

    /// A payer that never answers is given up, and the case is told so.
    @Test func aSilentPayerIsGivenUp() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .through : .lost(DeliveryError.temporary) }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 3)
        #expect(site.wire.sent.count == 8)
        let facts = try site.facts("WEB-1")
        #expect(facts.failures.map(\.kind) == ["270"] && facts.failures.map(\.attempts) == [8])
        #expect(facts.sentClaims.isEmpty)
        #expect(try site.tasks("WEB-1").contains { $0.kind == "claim.held" })
        #expect(try site.figure(.failedTransmissions) == 1)
        #expect(try site.figure(.waitingTransmissions) == 0)
    }

    @Test func whatThePayerWillNeverTakeIsNotSentAgain() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .through : .lost(DeliveryError.refused) }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 3)
        #expect(site.wire.sent.count == 1)
        #expect(try site.facts("WEB-1").failures.map(\.attempts) == [1])
    }

    /// A mailbox that cannot be reached holds nothing else up.
    @Test func aClosedMailboxHoldsNothingUp() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { $0 == nil ? .lost(DeliveryError.temporary) : .through }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        #expect(try site.facts("WEB-1").sentClaims.count == 1)
        site.wire.interfere { _ in .through }
        try await site.run(days: 30)
        #expect(try site.facts("WEB-1").remittances.count == 1)
    }

    /// Claims of a payer that are ready together travel together, each payer's apart.
    @Test func claimsTravelTogether() async throws {
        let site = try await Site.furnished()
        let claims = (1...5).map { World.claim("OUT-\($0)", on: World.day.adding(days: -7 * $0)) }
        try await site.take(World.batch(claims))
        try await site.run(days: 30)
        let batches = site.wire.sent.filter { $0.kind == .claims }
        #expect(batches.count == 1)
        #expect(try site.figure(.claimsSettled) == 5)
    }
}
