import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Invariant 12: a number that another case holds is no reason to set a case aside.
@Suite struct ControlNumberTests {
    private func reject(_ number: String, in site: Site) async throws {
        try await site.happen(
            .acknowledged(
                ClaimAcknowledgement(
                    source: .claim, controlNumber: number, outcome: .rejected, code: "A7:562:85",
                    payerClaimNumber: nil)), in: number)
        try await site.pipeline.work()
    }

    private func isSound(_ site: Site, _ names: [String]) async throws {
        #expect(try await site.totals().casesSetAside == 0)
        #expect(try await site.faultLines() == [])
        for name in names {
            for report in try await site.pipeline.replay(case: try await site.number(name)) {
                #expect(report.isIdentical && report.isIntact, "\(report.line)")
            }
        }
    }

    /// Two claims come under one number and the second is renamed; then the first is rejected and mended.
    @Test func aMendedClaimPassesOverTheNumberOfItsNamesake() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-000001"))
        try await site.take(World.claimJSON("WEB-000001", on: World.day.adding(days: -9)))
        try await site.pipeline.work()
        #expect(try await site.facts("WEB-000001-2").sentClaims.count == 1)
        try await reject("WEB-000001", in: site)
        try await site.answer("rejected", .submission(.judgeAgain))
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-000001")
        #expect(facts.sentClaims.map(\.controlNumber) == ["WEB-000001", "WEB-000001-3"])
        try await isSound(site, ["WEB-000001", "WEB-000001-2"])
    }

    /// A claim came from elsewhere under the number that a visit's first claim would have.
    @Test func aVisitsFirstClaimPassesOverTheNumberOfAnother() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        let number = "\(World.visitNumber)-1"
        try await site.take(World.batch([World.claim(number, on: World.day.adding(days: -30))]))
        for file in [World.appointment(), Array(World.chart.utf8), World.orders] { try await site.take(file) }
        try await site.run(until: Instant(World.day, hour: 13))
        try await site.take(World.arrival)
        try await site.take(World.charges)
        try await site.pipeline.work()
        let facts = try await site.facts(World.visitNumber)
        #expect(facts.claims.map(\.claim.controlNumber) == ["\(World.visitNumber)-2"])
        try await isSound(site, [World.visitNumber, number])
    }

    /// The number that was free when it was looked up is another's when the decision is committed: it is decided again,
    /// and at once.
    @Test func aNumberThatIsTakenMeanwhile() async throws {
        let site = try await Site.furnished()
        let store = MeddlingStore(site.store)
        let pipeline = try await site.another(over: store)
        try await site.take(World.claimJSON("WEB-000001"))
        try await pipeline.work()
        try await reject("WEB-000001", in: site)
        let number = try await site.number("WEB-000001")
        try await site.answer("rejected", .submission(.judgeAgain))
        let (commits, results) = (Counter(), Gathered<CommitResult>())
        let record = site.store
        store.interfere { all in
            guard let mine = all.firstIndex(where: { $0.caseNumber == number && !$0.binds.isEmpty }) else { return nil }
            if commits.next() == 1 {
                let other = World.batch([World.claim("WEB-000001-2", on: World.day.adding(days: -9))])
                _ = try await site.pipeline.intake(other, source: "meanwhile")
            }
            let done = try await record.commit(all)
            results.add(done[mine])
            return done
        }
        try await pipeline.work()
        #expect(results.all.first == .taken(CaseKey(.claim, "WEB-000001-2")) && results.all.count == 2)
        store.interfere(nil)
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-000001")
        #expect(facts.sentClaims.map(\.controlNumber) == ["WEB-000001", "WEB-000001-3"])
        try await isSound(site, ["WEB-000001", "WEB-000001-2"])
    }
}
