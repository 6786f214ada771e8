import Claims
import HealthTypes
import Store
import Testing
import X12

@testable import Pipeline

/// TA1 and 999: kept with the verdict, and given again for the same bytes.
@Suite struct AcknowledgementTests {
    /// ISA13 of each interchange.
    private func numbers(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "~").filter { $0.hasPrefix("ISA*") }
            .map { $0.split(separator: "*", omittingEmptySubsequences: false)[13] }
    }

    private func answers(_ site: Site) async throws -> [MessageRow] {
        try await site.read { try $0.messages(.outgoing, .delivered, before: nil, limit: 10) }
    }

    /// Invariants 24 and 25.
    @Test func whatIsGivenAgainGetsTheSameAnswer() async throws {
        let site = try await Site.furnished()
        let batch = World.batch([World.claim("OUT-1")])
        let first = try await site.pipeline.intake(batch, source: "outside.837", acknowledges: true)
        #expect(first.accepted == 1 && !first.acknowledgement.isEmpty)
        let kept = try #require(try await answers(site).first)
        #expect(kept.kind == "999" && kept.source == "outside.837")
        #expect(try await site.read { try $0.content(kept.content, kept.range) } == first.acknowledgement)
        site.clock.advance(to: site.clock.now.adding(days: 1))
        try await site.restart()
        let again = try await site.pipeline.intake(batch, source: "outside again", acknowledges: true)
        #expect(again.duplicates == 1 && again.acknowledgement == first.acknowledgement)
        #expect(try await answers(site).count == 1)
        #expect(try await site.faultLines() == [])
        // Who asked for none at first gets one when he does.
        let other = World.batch([World.claim("OUT-2", on: World.day.adding(days: -1))], control: 2)
        #expect(try await site.pipeline.intake(other, source: "quiet").acknowledgement.isEmpty)
        let late = try await site.pipeline.intake(other, source: "quiet", acknowledges: true)
        #expect(late.duplicates == 1 && !late.acknowledgement.isEmpty)
        #expect(Set(numbers(first.acknowledgement) + numbers(late.acknowledgement)).count == 2)
    }

    /// Every interchange is answered under a number of its own.
    @Test func manyInterchangesHaveManyNumbers() async throws {
        let site = try await Site.furnished()
        let source = (1...300).flatMap { World.batch([World.claim("OUT-\($0)", on: World.day)], control: $0) }
        let report = try await SourceIntake(
            store: site.store, taker: MessageTaker(clock: site.clock), numbers: ControlNumbers(store: site.store)
        ).run(source, source: "many.837", priority: .batch, acknowledges: true)
        let numbers = numbers(report.acknowledgement)
        #expect(numbers.count == 300 && Set(numbers).count == 300)
        #expect(!numbers.contains("000000000"))
    }

    /// A source that cannot be answered is not taken, and no other with it.
    @Test func aSourceThatCannotBeAnsweredFailsAlone() async throws {
        let site = try await Site.furnished()
        let grouped = GroupedIntake(
            store: site.store, taker: MessageTaker(clock: site.clock),
            numbers: ControlNumbers(store: DyingStore(site.store, after: 0)))
        let first = World.batch([World.claim("OUT-1")])
        let second = World.batch([World.claim("OUT-2", on: World.day.adding(days: -1))], control: 2)
        await #expect(throws: DyingStore.Killed.self) {
            _ = try await grouped.take(first, source: "a", priority: .batch, acknowledges: true)
        }
        let report = try await grouped.take(second, source: "b", priority: .batch, acknowledges: false)
        #expect(report.accepted == 1)
        #expect(try await site.totals().cases == 1)
        let large = SourceIntake(
            store: site.store, taker: MessageTaker(clock: site.clock),
            numbers: ControlNumbers(store: DyingStore(site.store, after: 0)))
        await #expect(throws: DyingStore.Killed.self) {
            _ = try await large.run(first, source: "a", priority: .batch, acknowledges: true)
        }
        #expect(try await site.totals().cases == 1)
    }

    /// Sets that nothing is wrong with, in a group that is refused: they are kept and counted, and not lost.
    @Test(arguments: [true, false])
    func setsOfARefusedGroupAreKept(isSmall: Bool) async throws {
        let site = try await Site.furnished()
        let good = World.batch([World.claim("OUT-1")])
        let cut = String(
            decoding: World.batch(
                (2...4).map { World.claim("OUT-\($0)", on: World.day.adding(days: -$0)) }, control: 2, claimsOfSet: 1),
            as: UTF8.self)
        let source = good + Array(cut[..<cut.firstRange(of: "GE*")!.lowerBound].utf8)
        let report =
            isSmall
            ? try await site.take(source, "cut.837")
            : try await site.pipeline.sources.run(source, source: "cut.837", priority: .batch)
        #expect(report.accepted == 1 && report.refused == 1 && report.units == 2, "\(report.line)")
        #expect(report.issues.contains { $0.code == "intake.sets-refused" })
        let kept = try #require(try await site.read { try $0.troubledMessages(before: nil, limit: 1) }.first)
        let bytes = try #require(try await site.read { try $0.content(kept.content, kept.range) })
        #expect(String(decoding: bytes, as: UTF8.self).contains("CLM*OUT-4*"))
    }
}
