import HealthTypes

/// What is costly to count, kept for a while: however often it is asked for, it is counted at most once in that time, and
/// for at most a twentieth of all time, so that a record that grows is not read through at every look.
actor Counted<Value: Sendable> {
    /// The machine's, by which ages go.
    private let clock: any Clock
    private let milliseconds: Int64
    private var kept: (value: Value, until: Instant)?
    private var counting: Task<Value, any Error>?

    /// Times as long as it took to count are waited before it is counted again.
    private static var rest: Int64 { 20 }

    /// - Parameter seconds: for which a count serves at least; 0 to count at each call.
    init(seconds: Int, clock: any Clock = SystemClock()) {
        milliseconds = Int64(seconds) * 1000
        self.clock = clock
    }

    /// The value of not too long ago. Who asks while it is being counted waits for that.
    func value(_ count: @escaping @Sendable () async throws -> Value) async throws -> Value {
        if milliseconds == 0 { return try await count() }
        if let counting { return try await counting.value }
        if let kept, clock.now < kept.until { return kept.value }
        let began = clock.now
        let task = Task { try await count() }
        counting = task
        defer { counting = nil }
        let value = try await task.value
        let now = clock.now
        let took = max(0, now.milliseconds - began.milliseconds)
        kept = (value, Instant(milliseconds: now.milliseconds + max(milliseconds, took * Self.rest)))
        return value
    }
}
