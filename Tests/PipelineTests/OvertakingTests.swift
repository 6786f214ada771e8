import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Invariants 12, 14 and 17, with a worker: what comes between its look at a case and its commit.
@Suite struct OvertakingTests {
    /// Appends to a case before so many of its commits.
    private func overtake(_ number: CaseNumber, times: Int, _ bench: Bench) -> Counter {
        let (record, commits) = (bench.site.store, Counter())
        bench.store.interfere { all in
            guard all.contains(where: { $0.caseNumber == number }), commits.next() <= times else { return nil }
            let at = World.now
            try await record.intake { tx in
                _ = try tx.append(to: number, priority: .batch, at: at) { _ in
                    let entry = CaseEntry(.covered([World.cover()]), raises: [])
                    return [
                        NewEntry(
                            at: at, kind: entry.event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                    ]
                }
            }
            return nil
        }
        return commits
    }

    /// Moved seven times: decided again each time, at once, until it is through.
    @Test func movedSevenTimesInARow() async throws {
        let bench = try await Bench()
        try await bench.site.take(World.claimJSON("WEB-1"))
        let commits = overtake(try await bench.site.number("WEB-1"), times: 7, bench)
        let generation = bench.pipeline.home.generation
        let report = try await bench.pipeline.worker.work(.due(.batch), limit: 9, generation: generation)
        #expect(report.moved == 7 && report.decisions == 1 && commits.value == 8)
    }

    /// Moved eight times: not set aside, and decided again later and not at once; nothing is lost.
    @Test func movedEightTimesInARow() async throws {
        let bench = try await Bench()
        let site = bench.site
        try await site.take(World.claimJSON("WEB-1"))
        let number = try await site.number("WEB-1")
        let commits = overtake(number, times: 8, bench)
        try await bench.pipeline.work()
        #expect(commits.value == CaseWorker.maximumTries)
        let later = World.now.adding(seconds: CaseWorker.secondsLater)
        #expect(try await site.store.inspect { try $0.head(of: number)?.dueAt } == later)
        let totals = try await site.totals()
        #expect(totals.casesSetAside == 0 && totals.decisions == 0)
        try await bench.pipeline.work()
        #expect(commits.value == CaseWorker.maximumTries)
        #expect(try await bench.pipeline.nextDue() == later)
        site.clock.advance(to: later)
        try await bench.pipeline.work()
        #expect(commits.value > CaseWorker.maximumTries)
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-1")
        #expect(facts.status == .paid && facts.sentClaims.count == 1 && facts.inquiries.count == 1)
        #expect(facts.sequence > 8)
        #expect(try await site.faultLines() == [])
    }

    /// Another case's claim for the same service is rejected between the look-up and the commit: the decision is made anew,
    /// and sees it.
    @Test func aLookUpThatChangedIsLookedUpAgain() async throws {
        let bench = try await Bench()
        let site = bench.site
        try await site.take(World.claimJSON("WEB-1"))
        try await bench.pipeline.work()
        let other = site.pipeline
        try await site.take(World.claimJSON("WEB-2"))
        let number = try await site.number("WEB-2")
        let (commits, results) = (Counter(), Gathered<CommitResult>())
        let record = site.store
        bench.store.interfere { all in
            guard let mine = all.firstIndex(where: { $0.caseNumber == number && !$0.seen.isEmpty }) else { return nil }
            if commits.next() == 1 {
                let facts = try await site.facts("WEB-1")
                let claim = try #require(facts.claims.first)
                try await site.happen(
                    .acknowledged(
                        ClaimAcknowledgement(
                            source: .claim, controlNumber: claim.claim.controlNumber, outcome: .rejected,
                            code: "A7:562:85", payerClaimNumber: nil)), in: "WEB-1")
                _ = try await other.worker.work(
                    .cases([facts.number]), limit: 1, generation: other.home.generation)
            }
            let done = try await record.commit(all)
            results.add(done[mine])
            return done
        }
        try await bench.pipeline.work()
        #expect(results.all.first == .seenChanged && results.all.count == 2)
        let judged = try await site.facts("WEB-2").decisions.filter {
            if case .submission(.received) = $0.reason { true } else { false }
        }
        #expect(judged.count == 1)
        let entry = try #require(judged.first).entry.sequence
        let row = try #require(
            try await record.entries(after: [(number, nil)])[0].first { $0.sequence == entry })
        guard case .decided(_, let basis) = try CaseReader.read(row).event else { throw StoreFault(.unavailable) }
        #expect(basis.memberHistory?.lines.map(\.state) == [.rejected])
        try await site.run(days: 30)
        #expect(try await site.faultLines() == [])
    }

    /// A worker's lease ends before it commits, and another goes on with its cases: the first finds that they have moved,
    /// and nothing is done twice.
    @Test func aLeaseThatEndsInTheMidstOfWork() async throws {
        let bench = try await Bench()
        let site = bench.site
        try await site.take(World.claimJSON("WEB-1"))
        let number = try await site.number("WEB-1")
        let (commits, results) = (Counter(), Gathered<CommitResult>())
        let (record, other) = (site.store, site.pipeline)
        bench.store.interfere { all in
            guard let mine = all.firstIndex(where: { $0.caseNumber == number }), commits.next() == 1 else { return nil }
            #expect(try await other.worker.work(.due(.batch), limit: 9, generation: other.home.generation).claimed == 0)
            site.machine.advance(to: site.machine.now.adding(seconds: CaseWorker.lease))
            let taken = try await other.worker.work(.due(.batch), limit: 9, generation: other.home.generation)
            #expect(taken.claimed == 1 && taken.decisions == 1)
            let done = try await record.commit(all)
            results.add(done[mine])
            return done
        }
        try await bench.pipeline.work()
        #expect(results.all == [.moved])
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-1")
        #expect(facts.inquiries.count == 1 && facts.sentClaims.count == 1 && facts.status == .paid)
        #expect(site.wire.sent.filter { $0.kind == .inquiry }.count == 1)
        #expect(try await site.faultLines() == [])
    }

    /// Many claims of one member in one batch: each is decided once, and after those before it.
    @Test func claimsOfOneMemberAreDecidedOneAfterTheOther() async throws {
        let bench = try await Bench()
        let site = bench.site
        let names = (1...12).map { "WEB-\($0)" }
        for (number, name) in names.enumerated() {
            try await site.take(World.claimJSON(name, on: World.day.adding(days: -number)))
        }
        let results = Gathered<CommitResult>()
        let record = site.store
        bench.store.interfere { all in
            let done = try await record.commit(all)
            for result in done { results.add(result) }
            return done
        }
        try await bench.pipeline.work()
        for name in names { #expect(try await site.facts(name).sentClaims.count == 1) }
        #expect(results.all.allSatisfy { if case .committed = $0 { true } else { false } })
        let histories = bench.store.lookedUp.filter { if case .memberLines = $0 { true } else { false } }
        #expect(histories.count == names.count)
        try await site.run(days: 30)
        #expect(try await site.faultLines() == [])
    }
}
