import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Who waits goes before what came in files.
@Suite struct PromptWorkTests {
    /// A claim is posted while a batch out of files is being committed: its case is decided before that batch is through.
    @Test func aPostedClaimDoesNotWaitForTheBatchInHand() async throws {
        let bench = try await Bench()
        let site = bench.site
        for number in 1...3 {
            try await site.take(World.claimJSON("WEB-\(number)", on: World.day.adding(days: -7 * number)))
        }
        let (order, gate) = (Gathered<String>(), Gate())
        let started = Gate()
        let loaded = try await site.number("WEB-1")
        let record = site.store
        bench.store.interfere { commits in
            let isLoad = commits.contains { $0.caseNumber == loaded }
            if isLoad {
                started.open()
                await gate.wait()
            }
            let results = try await record.commit(commits)
            if !commits.isEmpty { order.add(isLoad ? "load" : "posted") }
            gate.open()
            return results
        }
        let pipeline = bench.pipeline
        let load = Task { try await pipeline.work() }
        await started.wait()
        let posted = try await pipeline.submit(Array(World.claimJSON("WEB-9").utf8), source: "http", seconds: 1)
        gate.open()
        try await load.value
        #expect(order.all.first == "posted")
        #expect(posted.facts?.decisions(of: .eligibility).isEmpty == false)
        try await site.run(days: 30)
        for name in ["WEB-1", "WEB-2", "WEB-3", "WEB-9"] { #expect(try await site.facts(name).status == .paid) }
        #expect(try await site.faultLines() == [])
    }

    /// Many at once: none is left out, whoever leads.
    @Test func concurrentCallersAreAllWorked() async throws {
        let (prompt, worked) = (PromptWork(), Gathered<CaseNumber>())
        let all = (1...200).map { CaseNumber($0) }
        await withTaskGroup(of: Void.self) { group in
            for number in all {
                group.addTask {
                    await prompt.work(number) { numbers in
                        await Task.yield()
                        for number in numbers { worked.add(number) }
                    }
                }
            }
        }
        while worked.all.count < all.count { await Task.yield() }
        #expect(worked.all.count == all.count && Set(worked.all) == Set(all))
    }

    /// A person's answer is worked before what came in files, however much of that is due, and no longer once it is worked.
    @Test func aPersonsAnswerGoesFirst() async throws {
        let site = try await Site.furnished()
        try await site.take(World.batch([World.claim("OUT-1", diagnosis: "Q99Z9")]))
        try await site.run(days: 1)
        let number = try await site.number("OUT-1")
        for day in 1...40 { try await site.take(World.claimJSON("WEB-\(100 + day)", on: World.day.adding(days: -day))) }
        let name = try #require(
            try await site.read { page in
                try page.workItems(of: number).first { $0.state == .open }.map {
                    WorkItemName(number, WorkItemID(entry: $0.row.entry, number: $0.row.number))
                }
            }, "nothing is asked")
        try await site.pipeline.resolve(name, .submission(.void), reason: "looked at", by: "Quill, A.")
        let now = site.clock.now
        let first = try await site.store.claimWork(.due(.waiting), limit: 9, now: now, lease: 30)
        #expect(first.map(\.caseNumber) == [number])
        try await site.store.release(first)
        try await site.pipeline.work()
        #expect(try await site.store.inspect { try $0.head(of: number)?.priority } == .batch)
        #expect(try await site.facts("OUT-1").claims.map(\.state) == [.void])
    }

    /// Whoever waits, waits for no more than a small batch.
    @Test func filesAreWorkedInSmallBatches() async throws {
        let bench = try await Bench()
        for day in 1...70 {
            try await bench.site.take(World.claimJSON("WEB-\(day)", on: World.day.adding(days: -day)))
        }
        let sizes = Gathered<Int>()
        bench.store.interfere { commits in
            sizes.add(commits.count)
            return nil
        }
        try await bench.pipeline.work()
        #expect(sizes.all.first == Pipeline.Options().load)
        #expect(Pipeline.Options().load < Pipeline.Options().batch)
    }
}

/// Closed until it is opened.
private final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let sink: AsyncStream<Void>.Continuation

    init() { (stream, sink) = AsyncStream.makeStream(of: Void.self) }

    func open() { sink.finish() }

    func wait() async { for await _ in stream {} }
}
