import Synchronization

/// Where the time comes from. Nothing else in the program reads the machine's clock.
public protocol Clock: Sendable {
    var now: Instant { get }
}

/// A clock that stands still until it is set: for the sample day, for tests and for replay.
public final class ManualClock: Clock {
    private let current: Mutex<Instant>

    public init(_ start: Instant) {
        current = Mutex(start)
    }

    public var now: Instant { current.withLock { $0 } }

    /// Moves to `instant`, and never back.
    public func advance(to instant: Instant) {
        current.withLock { $0 = max($0, instant) }
    }
}
