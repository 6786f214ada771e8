import Claims
import Foundation
import HealthTypes
import Store
import Synchronization
import Testing
import X12

@testable import Pipeline

/// Sources that are taken in piece by piece, and go on where they were.
@Suite struct SourceIntakeTests {
    private static let claims = 700

    /// An interchange of claims that are taken, and one behind it whose only claim has an amount that is none, so that its
    /// set is refused.
    private static let source: [UInt8] = {
        let good = World.batch(
            (1...claims).map { World.claim("OUT-\($0)", on: World.day.adding(days: -($0 % 300))) }, control: 1)
        let bad = String(decoding: World.batch([World.claim("BAD-1")], control: 2), as: UTF8.self)
            .replacing("CLM*BAD-1*145", with: "CLM*BAD-1*1X5")
        return good + Array(bad.utf8)
    }()

    struct Killed: Error {}

    private func run(
        _ site: Site, killedAfter bytes: Int = .max, answers: @escaping @Sendable ([UInt8]) throws -> Void = { _ in }
    ) async throws -> IntakeReport {
        let intake = SourceIntake(store: site.store, taker: MessageTaker(clock: site.clock), clock: site.clock)
        let source = Self.source
        // The second opening of the source is that of the second pass: it breaks off there.
        let opened = Counter()
        let input = SourceIntake.Input(
            byteCount: source.count,
            open: {
                let pass = opened.next()
                return pass < 4 ? MemorySource(source) : BreakingSource(source, after: bytes)
            }, whole: { source })
        return try await intake.run(
            input, format: .x12, source: "batch.837", priority: .batch, answers: answers, progress: { _, _ in })
    }

    /// A source whose medium fails after some bytes.
    private final class BreakingSource: ByteSource {
        private let inner: MemorySource
        private var left: Int

        init(_ bytes: [UInt8], after count: Int) {
            inner = MemorySource(bytes)
            left = count
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard left > 0 else { throw Killed() }
            let count = inner.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(min(left, 4096))))
            left -= count
            return count
        }
    }

    private func outcome(_ site: Site) async throws -> [String] {
        try await site.read { page in
            try page.cases(CaseFilter(), after: nil, limit: 10_000).map { "\($0.caseNumber) \($0.entries)" }
                + page.messageCounts().map { "\($0.direction) \($0.state) \($0.count)" }
        }
    }

    /// Killed between the passes, and in the midst of the second: the same units in the end, and the same answers.
    @Test(arguments: [0, 1, 40, 80])
    func aKilledIntakeGoesOn(after percent: Int) async throws {
        let bytes = Self.source.count * percent / 100
        let calm = try await Site.furnished()
        let calmAnswers = Mutex<[UInt8]>([])
        let whole = try await run(calm) { more in calmAnswers.withLock { $0 += more } }
        #expect(whole.accepted == Self.claims && whole.refused == 1 && whole.duplicates == 0)

        let site = try await Site.furnished()
        await #expect(throws: Killed.self) { _ = try await self.run(site, killedAfter: bytes) }
        #expect(try await site.store.unfinishedArrivals().count == 1)
        try await site.restart()
        let answers = Mutex<[UInt8]>([])
        let rest = try await run(site) { more in answers.withLock { $0 += more } }
        #expect(rest.accepted <= Self.claims && rest.duplicates == 0)
        #expect(try await outcome(site) == outcome(calm))
        #expect(try await site.store.unfinishedArrivals().isEmpty)
        // The control numbers of the answers may differ, and nothing else.
        let (one, other) = (calmAnswers.withLock { $0 }, answers.withLock { $0 })
        func said(_ bytes: [UInt8]) -> [Substring] {
            String(decoding: bytes, as: UTF8.self).split(separator: "~").filter { segment in
                ["AK", "IK", "CTX", "TA1"].contains { segment.hasPrefix($0) }
            }
        }
        #expect(said(one) == said(other) && !said(one).isEmpty)
        #expect(try await site.faultLines() == [])
        // A third time it is the same source.
        let again = try await run(site)
        #expect(again.accepted == 0)
        #expect(try await outcome(site).first == outcome(calm).first)
    }

    /// The bytes that were kept in pieces are those that came.
    @Test func theWholeSourceIsKept() async throws {
        let site = try await Site.furnished()
        let report = try await run(site)
        #expect(try await site.store.content(report.digest) == Self.source)
    }
}
