import GRDB
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Invariant 21: what is wrong with one case is that case's trouble, whatever throws.
@Suite struct CaseTroubleTests {
    enum Damage: CaseIterable {
        /// A body that cannot be inflated.
        case body
        /// The secret of the case is gone, so that nothing can be added to it.
        case secret
        /// What the case looks up holds a word that nobody knows.
        case lookedUp
    }

    /// Three claims in one batch, one of them damaged where the store itself throws.
    @Test(arguments: Damage.allCases)
    func aDamagedCaseHoldsUpNoOther(damage: Damage) async throws {
        let site = try await Site.furnished()
        for (number, day) in [(1, 0), (2, 7), (3, 14)] {
            try await site.take(World.claimJSON("WEB-\(number)", on: World.day.adding(days: -day)))
        }
        let number = try await site.number("WEB-2")
        switch damage {
        case .body:
            try await site.tamper("UPDATE journal SET codec = 2, body = x'0102' WHERE case_no = ?", [number.value])
        case .secret: try await site.tamper("DELETE FROM case_secret WHERE case_no = ?", [number.value])
        case .lookedUp:
            // A claim of the member on the day of WEB-2, which only WEB-2 asks about.
            try await site.take(World.claimJSON("WEB-4", on: World.day.adding(days: -7)))
            let other = try await site.number("WEB-4")
            try await site.pipeline.work()
            try await site.tamper("UPDATE claim_line SET state = 'odd' WHERE case_no = ?", [other.value])
            try await site.take(World.claimJSON("WEB-5", on: World.day.adding(days: -7)))
            try await site.take(World.claimJSON("WEB-6", on: World.day.adding(days: -21)))
        }
        let (damaged, sound) =
            damage == .lookedUp ? (try await site.number("WEB-5"), ["WEB-6"]) : (number, ["WEB-1", "WEB-3"])
        try await site.pipeline.work()
        let aside = try #require(try await site.read { try $0.setAside(damaged) })
        #expect(aside.reason == "damaged" && aside.attempts == 1, "\(aside)")
        #expect(!aside.detail.contains(World.memberID))
        #expect(try await site.totals().casesSetAside == 1)
        for name in sound { #expect(try await site.facts(name).sentClaims.count == 1, "\(name)") }
        #expect(site.pipeline.cache.facts(of: damaged) == nil)
        // It is tried again by itself, and by a person; the others are through all the while.
        site.clock.advance(to: aside.retryAt)
        try await site.pipeline.work()
        #expect(try await site.read { try $0.setAside(damaged)?.attempts } == 2)
    }

    /// Where it cannot even be set aside, the others go on all the same, and the one who asked for the work is told.
    @Test func aCaseThatCannotBeSetAside() async throws {
        let bench = try await Bench()
        let site = bench.site
        for (number, day) in [(1, 0), (2, 7)] {
            try await site.take(World.claimJSON("WEB-\(number)", on: World.day.adding(days: -day)))
        }
        let number = try await site.number("WEB-1")
        bench.store.interfere { commits in
            guard commits.contains(where: { $0.caseNumber == number }) else { return nil }
            if commits.count > 1 { throw RecordDamage("a codec") }
            return [.refused("a constraint")]
        }
        bench.store.refuseToSetAside(number, RecordDamage("a page"))
        await #expect(throws: RecordDamage("a page")) { try await bench.pipeline.work() }
        #expect(try await site.facts("WEB-2").decisions.count == 1)
        // Its lease keeps it from being met again at once.
        try await bench.pipeline.work()
        #expect(try await site.facts("WEB-2").sentClaims.count == 1)

        site.machine.advance(to: site.machine.now.adding(seconds: CaseWorker.lease))
        let (events, sink) = AsyncStream.makeStream(of: Pipeline.HealthEvent.self)
        let pipeline = bench.pipeline
        let run = Task { await pipeline.run { sink.yield($0) } }
        var told: String?
        for await event in events {
            if case .workerFailed(let kind) = event { told = kind }
            if told != nil { break }
        }
        run.cancel()
        await run.value
        #expect(told == "RecordDamage")
    }
}
