import Claims
import HealthTypes
import Store
import Synchronization
import Testing
import X12

@testable import Pipeline

/// Sources that are taken in piece by piece, and go on where they were (invariants 23 to 25).
@Suite struct SourceIntakeTests {
    /// Sources of several transactions each, in which one unit is refused.
    enum Kind: CaseIterable {
        case x12, array, lines, messages

        static let units = 520

        var bytes: [UInt8] { Self.made[self]! }

        private static let made = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.make()) })

        private func make() -> [UInt8] {
            switch self {
            case .x12:
                let good = World.batch(
                    (1...Self.units).map { World.claim("OUT-\($0)", on: Self.day($0)) }, control: 1)
                // Its claim cannot be read, so that its set is refused.
                let bad = String(decoding: World.batch([World.claim("BAD-1")], control: 2), as: UTF8.self)
                return good + Array(bad.replacing("CLM*BAD-1*145", with: "CLM*BAD-1*1X5").utf8)
            case .array: return Array("[\(Self.claims.joined(separator: ",")),{\"claim_id\":\"BAD\"}]".utf8)
            case .lines: return Array("\(Self.claims.joined(separator: "\n"))\n{\"claim_id\":\n".utf8)
            case .messages:
                return (1...Self.units).flatMap { World.appointment("V\(800_000 + $0)") } + Array("MSH|\r".utf8)
            }
        }

        private static func day(_ number: Int) -> CalendarDate { World.day.adding(days: -(number % 300)) }

        private static let claims = (1...units).map { number in
            World.claimJSON(
                "WEB-\(number)", on: day(number), notes: String(repeating: "Cough \(number). ", count: 180))
        }
    }

    private func intake(_ site: Site, _ store: (any IntakeStore)? = nil) -> SourceIntake {
        SourceIntake(
            store: store ?? site.store, taker: MessageTaker(clock: site.clock),
            numbers: ControlNumbers(store: site.store))
    }

    private func outcome(_ site: Site) async throws -> [String] {
        try await site.read { page in
            try page.cases(CaseFilter(), after: nil, limit: 10_000).map { "\($0.caseNumber) \($0.entries)" }
                + page.messageCounts().map { "\($0.direction) \($0.state) \($0.count)" }
        }
    }

    /// What answers say, without their control numbers.
    private func said(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "~").filter { segment in
            ["AK", "IK", "CTX", "TA1"].contains { segment.hasPrefix($0) }
        }
    }

    /// Killed anywhere, in keeping, in the check, and between any two transactions: the same units in the end, each once,
    /// and the same answer.
    @Test(arguments: Kind.allCases, [0, 45, 75, 100])
    func aKilledIntakeGoesOn(kind: Kind, after percent: Int) async throws {
        let bytes = kind.bytes
        let calm = try await Site.furnished()
        let counting = DyingStore(calm.store)
        let whole = try await intake(calm, counting).run(bytes, source: "a", priority: .batch, acknowledges: true)
        #expect(whole.accepted == Kind.units && whole.refused == 1 && whole.units == Kind.units + 1)
        #expect(whole.acknowledgement.isEmpty == (kind != .x12))

        let site = try await Site.furnished()
        let dying = DyingStore(site.store, after: min(counting.steps * percent / 100, counting.steps - 1))
        await #expect(throws: DyingStore.Killed.self) {
            _ = try await self.intake(site, dying).run(bytes, source: "a", priority: .batch, acknowledges: true)
        }
        try await site.restart()
        let rest = try await intake(site).run(bytes, source: "a", priority: .batch, acknowledges: true)
        #expect(rest.accepted <= Kind.units && rest.duplicates == 0)
        #expect(try await outcome(site) == outcome(calm))
        #expect(said(rest.acknowledgement) == said(whole.acknowledgement))
        #expect(try await site.store.unfinishedArrivals().isEmpty)
        #expect(try await site.faultLines() == [])
        // A third time it is the same source, and gets the same answer.
        let again = try await intake(site).run(bytes, source: "a", priority: .batch, acknowledges: true)
        #expect(again.units == 0 && again.acknowledgement == rest.acknowledgement)
        #expect(try await outcome(site) == outcome(calm))
    }

    /// What was kept whole needs nobody to give it again.
    @Test(arguments: Kind.allCases)
    func aKeptSourceGoesOnByItself(kind: Kind) async throws {
        let bytes = kind.bytes
        let calm = try await Site.furnished()
        let counting = DyingStore(calm.store)
        _ = try await intake(calm, counting).run(bytes, source: "a", priority: .batch)
        let site = try await Site.furnished()
        await #expect(throws: DyingStore.Killed.self) {
            _ = try await self.intake(site, DyingStore(site.store, after: counting.steps - 3))
                .run(bytes, source: "a", priority: .batch)
        }
        #expect(try await site.store.unfinishedArrivals().count == 1)
        try await site.restart()
        try await site.pipeline.resumeIntake()
        #expect(try await site.store.unfinishedArrivals().isEmpty)
        #expect(try await outcome(site) == outcome(calm))
    }

    /// Given twice at the same time, and taken once.
    @Test func twoWhoGiveTheSameTakeTurns() async throws {
        let site = try await Site.furnished()
        let bytes = Kind.array.bytes
        let pipeline = site.pipeline
        let units = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 { group.addTask { try await pipeline.intake(bytes, source: "a").units } }
            return try await group.reduce(0, +)
        }
        #expect(units == Kind.units + 1)
        #expect(try await site.totals().cases == Kind.units)
    }

    // MARK: Sources that change

    /// A file that is another each time it is opened.
    private func file(_ readings: [[UInt8]]) -> (input: SourceIntake.Input, opened: Counter) {
        let opened = Counter()
        let input = SourceIntake.Input(
            byteCount: readings[0].count,
            open: { MemorySource(readings[min(opened.next() - 1, readings.count - 1)]) })
        return (input, opened)
    }

    private static let text = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 19)

    /// After it was kept nobody reads it again: what cases hold stands at the ranges that are recorded.
    @Test func aSourceIsReadTwiceAndThenFromTheRecord() async throws {
        let site = try await Site.furnished()
        let (input, opened) = file([Kind.x12.bytes, Kind.x12.bytes, Self.text])
        let report = try await intake(site).run(input, source: "a", priority: .batch)
        #expect(report.accepted == Kind.units)
        #expect(opened.next() == 3)
        #expect(try await site.store.content(report.digest) == Kind.x12.bytes)
    }

    /// A file that changes while it is kept is not taken, and not in the way of the right one afterwards.
    @Test func aSourceThatChangesIsNotTaken() async throws {
        let site = try await Site()
        var other = Self.text
        other[7] = UInt8(ascii: "y")
        for changed in [other, Array(Self.text.dropLast())] {
            let (input, _) = file([Self.text, changed])
            await #expect(throws: SourceChanged.self) {
                _ = try await self.intake(site).run(input, source: "a", priority: .batch)
            }
        }
        #expect(try await site.totals().messages == 0)
        let report = try await intake(site).run(Self.text, source: "a", priority: .batch)
        #expect(report.refused == 1)
        #expect(try await site.store.content(report.digest) == Self.text)
    }

    /// Killed while a changed file was kept: the pieces of it that are there do not count for the right one.
    @Test func piecesOfAChangedSourceAreDropped() async throws {
        let site = try await Site()
        var other = Self.text
        other[7] = UInt8(ascii: "y")
        let (input, _) = file([Self.text, other])
        let dying = DyingStore(site.store, after: 4)
        await #expect(throws: DyingStore.Killed.self) {
            _ = try await self.intake(site, dying).run(input, source: "a", priority: .batch)
        }
        #expect(try await site.store.unfinishedArrivals().map(\.kept) == [1 << 20])
        let report = try await intake(site).run(Self.text, source: "a", priority: .batch)
        #expect(report.refused == 1)
        #expect(try await site.store.content(report.digest) == Self.text)
    }
}
