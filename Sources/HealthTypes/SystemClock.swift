import Foundation

/// The machine's clock.
public struct SystemClock: Clock {
    public init() {}

    public var now: Instant { Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) }
}
