import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// What is kept in memory has an end.
@Suite struct CacheTests {
    private func keep(_ number: Int, _ byteCount: Int, in cache: FactsCache) {
        cache.keep(
            CaseFacts(number: CaseNumber(number)), at: Position(sequence: number, leaf: Digest(of: "")),
            byteCount: byteCount)
    }

    private func kept(_ cache: FactsCache, _ numbers: ClosedRange<Int>) -> [Int] {
        numbers.filter { cache.facts(of: CaseNumber($0)) != nil }
    }

    @Test func casesHaveALimit() {
        let cache = FactsCache(limit: 4, maximumBytes: 1000)
        for number in 1...4 { keep(number, 1, in: cache) }
        _ = cache.facts(of: CaseNumber(1))
        keep(5, 1, in: cache)
        // Those that were used last.
        #expect(kept(cache, 1...5) == [1, 5])
    }

    @Test func bytesHaveALimit() {
        let cache = FactsCache(limit: 100, maximumBytes: 100)
        for number in 1...3 { keep(number, 33, in: cache) }
        #expect(kept(cache, 1...3) == [1, 2, 3])
        keep(4, 2, in: cache)
        #expect(kept(cache, 1...4) == [3, 4])
        // A case that grows counts once.
        for bytes in 34...48 { keep(3, bytes, in: cache) }
        #expect(kept(cache, 1...4) == [3, 4])
        cache.forget(CaseNumber(3))
        keep(5, 50, in: cache)
        keep(6, 48, in: cache)
        #expect(kept(cache, 1...6) == [4, 5, 6])
        // One of more than half would push all others out.
        keep(7, 51, in: cache)
        keep(5, 51, in: cache)
        #expect(kept(cache, 1...7) == [4, 6])
    }

    /// The worker counts what it folds: the entries that it reads and those that it adds.
    @Test func theWorkerCountsWhatItFolds() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        let number = try await site.number("WEB-1")
        let bodies = try await site.store.entries(after: [(number, nil)])[0].map(\.body.count)
        let kept = try #require(site.pipeline.cache.facts(of: number))
        #expect(kept.facts.sequence == bodies.count)
        #expect(kept.byteCount == bodies.reduce(0, +))
    }

    /// A timer that fires just after its waiter was told leaves nothing behind.
    @Test func aTimerThatComesTooLateLeavesNothing() async {
        let waiters = CaseWaiters()
        let number = CaseNumber(1)
        let told = await waiters.wait(
            for: number, seconds: 3600, current: { CaseFacts(number: number) }, until: { _ in true })
        #expect(told != nil)
        waiters.giveUp(1, number)
        #expect(waiters.isIdle)
        // And one whose time is over waits no longer.
        let waiting = await waiters.wait(
            for: number, seconds: 3600,
            current: {
                waiters.giveUp(2, number)
                return nil
            }, until: { _ in true })
        #expect(waiting == nil && waiters.isIdle)
    }
}
