import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Cases that move, that cannot go on, and a record that cannot be written.
@Suite struct WorkerTests {
    private struct Bench {
        let site: Site
        let store: MeddlingStore
        let pipeline: Pipeline

        init() async throws {
            site = try await Site.furnished()
            store = MeddlingStore(site.store)
            pipeline = try await Pipeline(
                store: store, home: Shipped.home, clock: site.clock, payer: site.wire, options: .inOrder)
        }

        /// One more note in the chart of WEB-1.
        func note(_ number: Int) async throws {
            let item = ChartItem(
                reference: "DocumentReference/n\(number)", kind: .note, text: "Lungs clear.", date: World.day)
            try await site.happen(.charted([item]), in: "WEB-1")
        }
    }

    /// The case gets another entry before each of eight commits: it is decided again each time, and nothing is lost.
    @Test func eightMovedCommitsInARow() async throws {
        let bench = try await Bench()
        try await bench.site.take(World.claimJSON("WEB-1"))
        let number = try await bench.site.number("WEB-1")
        let (site, moved) = (bench.site, Counter())
        let record = site.store
        bench.store.interfere { commits in
            guard commits.contains(where: { $0.caseNumber == number }), moved.next() <= 8 else { return nil }
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
        try await bench.pipeline.work()
        #expect(moved.value > 8)
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-1")
        #expect(facts.status == .paid && facts.sentClaims.count == 1 && facts.inquiries.count == 1)
        #expect(try await site.totals().casesSetAside == 0)
        #expect(try await site.faultLines() == [])
    }

    /// The disk is full when a batch is to be committed: no case is blamed, and all go on when there is room.
    @Test func aFullDiskInTheMidstOfABatch() async throws {
        let bench = try await Bench()
        for number in 1...5 {
            try await bench.site.take(World.claimJSON("WEB-\(number)", on: World.day.adding(days: -7 * number)))
        }
        let commits = Counter()
        bench.store.interfere { _ in
            if (2...4).contains(commits.next()) { throw StoreFault(.full) }
            return nil
        }
        for _ in 0..<3 {
            await #expect(throws: StoreFault(.full)) { try await bench.pipeline.work() }
        }
        #expect(try await bench.site.totals().casesSetAside == 0)
        try await bench.pipeline.work()
        try await bench.site.run(days: 30)
        for number in 1...5 { #expect(try await bench.site.facts("WEB-\(number)").status == .paid) }
        #expect(try await bench.site.faultLines() == [])
    }

    /// A loop that meets a full disk says so, and goes on by itself.
    @Test func healthIsToldOfAFullDisk() async throws {
        let bench = try await Bench()
        try await bench.site.take(World.claimJSON("WEB-1"))
        let commits = Counter()
        bench.store.interfere { _ in
            if commits.next() == 1 { throw StoreFault(.full) }
            return nil
        }
        let (events, sink) = AsyncStream.makeStream(of: Pipeline.HealthEvent.self)
        let pipeline = bench.pipeline
        let run = Task { await pipeline.run { sink.yield($0) } }
        var heard: StoreFault?
        for await event in events {
            if case .storeFailed(let fault) = event { heard = fault }
            if case .workerFinished = event, heard != nil { break }
        }
        run.cancel()
        await run.value
        #expect(heard == StoreFault(.full))
    }

    /// A case that cannot be committed as it is: it is set aside with its reason, the others go on, health hears of it,
    /// and a person lets it be tried again.
    @Test func aCaseThatCannotGoOnIsSetAside() async throws {
        let bench = try await Bench()
        let site = bench.site
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        let number = try await site.number("WEB-1")
        let record = site.store
        bench.store.interfere { commits in
            guard let bad = commits.firstIndex(where: { $0.caseNumber == number }) else { return nil }
            var good = commits
            good.remove(at: bad)
            var results = try await record.commit(good)
            results.insert(.refused("a constraint"), at: bad)
            return results
        }
        let report = try await bench.pipeline.work()
        #expect(report.setAside == 1)
        #expect(try await site.facts("WEB-2").sentClaims.count == 1)
        let aside = try #require(try await site.read { try $0.setAside(number) })
        #expect(aside.reason == "refused" && aside.attempts == 1 && aside.program == Pipeline.program)
        #expect(aside.retryAt > site.clock.now && aside.detail == "a constraint")
        // Nothing more is done in it meanwhile.
        #expect(try await bench.pipeline.work().setAside == 0)
        // By itself it is tried again, later each time.
        site.clock.advance(to: aside.retryAt)
        #expect(try await bench.pipeline.work().setAside == 1)
        let again = try #require(try await site.read { try $0.setAside(number) })
        #expect(again.attempts == 2)
        #expect(again.retryAt.seconds(since: site.clock.now) > aside.retryAt.seconds(since: aside.since))

        let (events, sink) = AsyncStream.makeStream(of: Pipeline.HealthEvent.self)
        let pipeline = bench.pipeline
        #expect(try await pipeline.retry(number))
        let run = Task { await pipeline.run { sink.yield($0) } }
        for await event in events {
            if case .workerFinished(let count) = event, count == 1 { break }
        }
        run.cancel()
        await run.value

        bench.store.interfere(nil)
        #expect(try await pipeline.retry(number))
        try await pipeline.work()
        #expect(try await site.read { try $0.setAside(number) } == nil)
        #expect(try await !pipeline.retry(number))
        try await site.run(days: 30)
        #expect(try await site.facts("WEB-1").status == .paid)
        #expect(try await site.faultLines() == [])
    }

    /// An entry of a kind, or in a form, that this program does not know: the case is not worked, and says so.
    @Test(arguments: [("from_the_future", CaseEntry.version), ("covered", CaseEntry.version + 1)])
    func whatANewerProgramWroteIsLeftAlone(kind: String, version: Int) async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        let number = try await site.number("WEB-1")
        let at = site.clock.now
        try await site.store.intake { tx in
            _ = try tx.append(to: number, priority: .batch, at: at) { _ in
                [NewEntry(at: at, kind: kind, version: version, body: Array("{\"x\":1}".utf8))]
            }
        }
        try await site.run(days: 30)
        let aside = try #require(try await site.read { try $0.setAside(number) })
        #expect(aside.reason == "unknown_form")
        #expect(try await site.facts("WEB-2").status == .paid)
        // Nobody adds to it what was decided without it, and its pages can say what is wrong.
        let rows = try await site.store.entries(after: [(number, nil)])[0]
        #expect(rows.count == 2 && rows.last?.kind == kind)
        await #expect(throws: CaseReader.UnknownForm.self) { _ = try await site.pipeline.facts(of: number) }
        await #expect(throws: CannotReplay.self) { _ = try await site.pipeline.replay(case: number) }
        #expect(try await site.faultLines().filter { $0.hasPrefix("unreadable \(number)") }.count == 1)
    }

    /// A long case costs what is new in it, and not all of it again and again.
    @Test func aCaseOfThreeHundredEntriesIsReadOnce() async throws {
        let bench = try await Bench()
        try await bench.site.take(World.claimJSON("WEB-1"))
        try await bench.pipeline.work()
        let number = try await bench.site.number("WEB-1")
        let (entries, rounds) = (300, 40)
        for entry in 1...entries { try await bench.note(entry) }
        let before = bench.store.entriesRead
        try await bench.pipeline.work()
        #expect(bench.store.entriesRead - before >= entries)
        for round in 1...rounds {
            try await bench.note(entries + round)
            try await bench.pipeline.work()
        }
        // What came together is read once, and each later entry once: read anew each time it were some thirteen thousand.
        #expect(bench.store.entriesRead - before <= entries + 2 * rounds + 20)
        let facts = try await bench.pipeline.facts(of: number)
        #expect(facts.chart.filter { $0.reference.hasPrefix("DocumentReference/n") }.count == entries + rounds)
        // What is folded step by step is what is folded at once.
        let cached = try #require(bench.pipeline.cache.facts(of: number)?.facts)
        #expect(cached.sequence == facts.sequence && cached.chart == facts.chart && cached.claims == facts.claims)
        #expect(cached.pending == facts.pending && cached.timers == facts.timers)
    }
}
