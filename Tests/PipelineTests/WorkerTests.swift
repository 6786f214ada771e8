import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Cases that move, that cannot go on, and a record that cannot be written.
@Suite struct WorkerTests {
    /// The disk fills while a batch is written: no case is blamed, nothing of the batch is there, and all go on when there
    /// is room.
    @Test func aFullDiskInTheMidstOfABatch() async throws {
        let bench = try await Bench()
        let site = bench.site
        let names = (1...40).map { "WEB-\($0)" }
        for (number, name) in names.enumerated() {
            try await site.take(World.claimJSON(name, on: World.day.adding(days: -number)))
        }
        // Room for some of the commits, and not for all.
        try await site.limitPages(4)
        await #expect(throws: StoreFault(.full)) { try await bench.pipeline.work() }
        #expect(try await site.totals().casesSetAside == 0)
        #expect(try await site.totals().decisions == 0)
        let last = try await site.number(names[names.count - 1])
        let alone = try await bench.pipeline.worker.work(
            .cases([last]), limit: 1, generation: bench.pipeline.home.generation)
        #expect(alone.decisions == 1)
        try await site.limitPages(nil)
        site.machine.advance(to: site.machine.now.adding(seconds: CaseWorker.lease))
        try await bench.pipeline.work()
        try await site.run(days: 30)
        for name in names { #expect(try await site.facts(name).sentClaims.count == 1) }
        #expect(try await site.faultLines() == [])
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

    /// An entry of a kind, in a form, or with a word in it that this program does not know.
    enum Unknown: CaseIterable {
        case kind, version, tag

        func entry(at: Instant) throws -> NewEntry {
            let known = CaseEntry(.covered([World.cover()]), raises: [.eligibility(.scheduled)])
            let body = String(decoding: try known.body(), as: UTF8.self)
            var entry = NewEntry(
                at: at, kind: known.event.kind.rawValue, version: CaseEntry.version, body: Array(body.utf8))
            switch self {
            case .kind: entry.kind = "from_the_future"
            case .version: entry.version += 1
            case .tag: entry.body = Array(body.replacing("\"scheduled\"", with: "\"from_the_future\"").utf8)
            }
            #expect(self != .tag || entry.body != Array(body.utf8))
            return entry
        }
    }

    /// Invariant 34: the case is not worked, and says so.
    @Test(arguments: Unknown.allCases)
    func whatANewerProgramWroteIsLeftAlone(unknown: Unknown) async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        let number = try await site.number("WEB-1")
        let at = site.clock.now
        let entry = try unknown.entry(at: at)
        try await site.store.intake { tx in
            _ = try tx.append(to: number, priority: .batch, at: at) { _ in [entry] }
        }
        try await site.run(days: 30)
        let aside = try #require(try await site.read { try $0.setAside(number) })
        #expect(aside.reason == "unknown_form")
        #expect(try await site.facts("WEB-2").status == .paid)
        // Nobody adds to it what was decided without it, and its pages can say what is wrong.
        let rows = try await site.store.entries(after: [(number, nil)])[0]
        #expect(rows.count == 2 && rows.last?.kind == entry.kind)
        await #expect(throws: CaseReader.UnknownForm.self) { _ = try await site.pipeline.facts(of: number) }
        await #expect(throws: CannotReplay.self) { _ = try await site.pipeline.replay(case: number) }
        #expect(try await site.faultLines().filter { $0.hasPrefix("unreadable \(number)") }.count == 1)
    }

    /// Invariant 9: a program that raises one kind of trigger more than the one that wrote the record decides nothing more
    /// on what is in it.
    @Test func whatIsRaisedTodayIsNotRaisedForTheEntriesOfYesterday() async throws {
        let site = try await Site.furnished()
        let claim = World.claim("OUT-1")
        let (at, event) = (site.clock.now, CaseEvent.claimReceived(claim))
        // As a program wrote it that had no stage for claims.
        let old = CaseEntry(event, raises: [.eligibility(.claimReceived)])
        #expect(CaseFacts(number: CaseNumber(1)).raises(event, at: EntryRef(1)).count == 2)
        let number = try await site.store.intake { tx in
            let number = try tx.openCase(
                kind: CaseOrigin.claim.rawValue, key: CaseKey(.claim, claim.controlNumber), priority: .batch, at: at)
            _ = try tx.append(to: number, priority: .batch, at: at) { _ in
                [NewEntry(at: at, kind: event.kind.rawValue, version: CaseEntry.version, body: try old.body())]
            }
            return number
        }
        try await site.run(days: 30)
        let facts = try await site.facts("OUT-1")
        #expect(try await site.story("OUT-1") == ["eligibility claim_received asked", "eligibility answered active"])
        #expect(facts.pending.isEmpty && facts.claims.map(\.state) == [.drafted])
        #expect(site.wire.sent.allSatisfy { $0.kind == .inquiry })
        // Nor where all of it is read anew.
        try await site.restart()
        try await site.pipeline.work()
        #expect(try await site.facts("OUT-1").sequence == facts.sequence)
        #expect(try await site.faultLines() == [])
        for report in try await site.pipeline.replay(case: number) {
            #expect(report.isIdentical && report.isIntact, "\(report.line)")
        }
    }

    /// More answers wait for a claim than one commit has entries: all of them are taken, and nothing is set aside.
    @Test func moreUnitsThanOneCommitTakes() async throws {
        let site = try await Site.furnished()
        let (at, count) = (site.clock.now, CaseCommit.maximumEntries + 16)
        let events = (1...count).map { number in
            CaseEvent.acknowledged(
                ClaimAcknowledgement(
                    source: .implementation, controlNumber: "OUT-1", outcome: .received, code: "A\(number)",
                    payerClaimNumber: nil))
        }
        try await site.store.intake { tx in
            for event in events {
                try tx.wait(
                    WaitingUnit(
                        message: nil, kind: event.kind.rawValue, version: CaseEntry.version,
                        body: try CaseEntry(event, raises: []).body()), for: CaseKey(.claim, "OUT-1"), at: at)
            }
        }
        try await site.take(World.batch([World.claim("OUT-1")]))
        try await site.run(days: 30)
        let facts = try await site.facts("OUT-1")
        let codes = facts.claims.first?.acknowledgements.map(\.code).prefix(count)
        #expect(codes.map(Array.init) == (1...count).map { "A\($0)" })
        #expect(facts.status == .paid && facts.pending.isEmpty)
        let totals = try await site.totals()
        #expect(totals.unitsWaiting == 0 && totals.casesSetAside == 0)
        #expect(try await site.faultLines() == [])
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

    /// What is folded in changes lists in their places: they move when they grow, by doubling, and not at each entry. The
    /// worker, an answer and `verify` fold in the same way.
    @Test func aFoldCopiesNoListOfTheCase() throws {
        var facts = CaseFacts(number: CaseNumber(1))
        let generation = Digest(of: "generation")
        let entries = 1000
        var (charts, decisions) = (Places(), Places())
        for number in 1...entries {
            let item = ChartItem(
                reference: "DocumentReference/n\(number)", kind: .note, text: "Lungs clear.", date: World.day)
            let charted = CaseEntry(.charted([item]), raises: [.submission(.charged)])
            _ = try Projection.fold(charted, at: World.now, into: &facts)
            charts.see(facts.chart)
            let trigger = try #require(facts.pending.first)
            let decision = StageDecision(trigger, .submission(.nothingNew))
            let decided = CaseEntry(.decided(decision, Basis(at: World.now, generation: generation)), raises: [])
            let derived = try Projection.fold(decided, at: World.now, into: &facts)
            #expect(derived.rows.decisions.map(\.reason) == ["charged"])
            decisions.see(facts.decisions)
        }
        #expect(facts.chart.count == entries && facts.decisions.count == entries && facts.pending.isEmpty)
        #expect(charts.moves < 20 && decisions.moves < 20, "\(charts.moves) \(decisions.moves)")
    }

    /// Where a list lies, and how often that was elsewhere.
    private struct Places {
        private var place: UnsafeRawPointer?
        private(set) var moves = 0

        mutating func see<Element>(_ list: [Element]) {
            let now = list.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
            if now != place { moves += 1 }
            place = now
        }
    }
}
