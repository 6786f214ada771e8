import HealthTypes
import Synchronization
import Testing

@testable import Server

/// What is costly to count is counted now and then.
@Suite final class CountedTests: Sendable {
    private let clock = ManualClock(ServedWorld.start)
    private let times = Mutex(0)

    private func next() -> Int {
        times.withLock { times in
            times += 1
            return times
        }
    }

    private func pass(_ seconds: Int) { clock.advance(to: clock.now.adding(seconds: seconds)) }

    @Test func aCountServesForItsTime() async throws {
        let counted = Counted<Int>(seconds: 10, clock: clock)
        for _ in 0..<3 { #expect(try await counted.value { self.next() } == 1) }
        pass(9)
        #expect(try await counted.value { self.next() } == 1)
        pass(1)
        #expect(try await counted.value { self.next() } == 2)
    }

    /// The larger the record, the seldomer it is counted.
    @Test func whatTakesLongIsCountedSeldom() async throws {
        let counted = Counted<Int>(seconds: 10, clock: clock)
        let slow: @Sendable () async throws -> Int = {
            self.pass(3)
            return self.next()
        }
        #expect(try await counted.value(slow) == 1)
        pass(59)
        #expect(try await counted.value(slow) == 1)
        pass(1)
        #expect(try await counted.value(slow) == 2)
    }

    /// Those who ask at a time are counted for once.
    @Test func thoseWhoAskTogetherAreAnsweredTogether() async throws {
        let counted = Counted<Int>(seconds: 10, clock: clock)
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let (goes, going) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await counted.value {
                beginning.yield()
                for await _ in goes { break }
                return self.next()
            }
        }
        for await _ in began { break }
        let others = (0..<8).map { _ in Task { try await counted.value { self.next() } } }
        going.yield()
        #expect(try await first.value == 1)
        for other in others { #expect(try await other.value == 1) }
        #expect(times.withLock { $0 } == 1)
    }

    @Test func whatFailsIsTriedAgain() async throws {
        struct Broken: Error {}
        let counted = Counted<Int>(seconds: 10, clock: clock)
        await #expect(throws: Broken.self) { try await counted.value { throw Broken() } }
        #expect(try await counted.value { self.next() } == 1)
    }

    @Test func withoutATimeItIsCountedAtEachCall() async throws {
        let counted = Counted<Int>(seconds: 0, clock: clock)
        #expect(try await counted.value { self.next() } == 1)
        #expect(try await counted.value { self.next() } == 2)
    }

    /// Invariant 32: figures say as of when, and what a person may change shows at once. However often the dashboard and
    /// the metrics are asked for, the record is counted once in the time; the queue is of this moment.
    @Test func theSiteIsCountedOnceInTheTime() async throws {
        try await ServedWorld.run(countingSeconds: 3600) { world in
            let before = try await world.get("/metrics").body
            #expect(before.contains("claimwright_counted_at_seconds \(ServedWorld.start.milliseconds / 1000)\n"))
            _ = try await world.heldClaim("HELD-1")
            let after = try await world.get("/metrics").body
            func counts(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter { !$0.contains("http_requests") }
            }
            #expect(counts(before) == counts(after))
            #expect(try await world.get("/").body.contains("Counted at"))
            #expect(try await world.getJSON("/queue").json["tasks"]?.elements.isEmpty == false)
        }
    }
}
