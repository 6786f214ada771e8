public import HealthTypes
import Synchronization

/// What the parts of the program report of themselves, and whether the service is fit for work by it.
///
///     let health = Health(clock: SystemClock())
///     health.workerBegan()
///     ...                                          // a round of work
///     health.workerFinished(at: clock.now)
public final class Health: Sendable {
    /// What is wrong with the record's store.
    public enum StoreFault: String, Sendable, CaseIterable {
        case readOnly = "store-read-only"
        case full = "store-full"
        case busy = "store-busy"
        case damaged = "store-damaged"
        case unavailable = "store-unavailable"
    }

    /// Why the service is not fit for work.
    enum Reason: Equatable, Sendable {
        /// Nothing has begun to work cases.
        case workerAbsent
        /// No round of work has ended for longer than it may take.
        case workerStalled
        /// Something kept the worker from setting aside a case that it cannot work, or from asking what is due.
        case workerFailed
        case store(StoreFault)

        var code: String {
            switch self {
            case .workerAbsent: "worker-absent"
            case .workerStalled: "worker-stalled"
            case .workerFailed: "worker-failed"
            case .store(let fault): fault.rawValue
            }
        }
    }

    struct Report: Equatable, Sendable {
        /// Empty where the service is fit for work.
        var reasons: [Reason]
        /// When the last round of work ended.
        var lastRound: Instant?

        var hasStoreFault: Bool {
            reasons.contains { if case .store = $0 { true } else { false } }
        }
    }

    private struct State {
        var began: Instant?
        var finished: Instant?
        var failed: Instant?
        var storeFault: StoreFault?
    }

    private let clock: any Clock
    private let patienceSeconds: Int
    private let state = Mutex(State())

    /// - Parameter patienceSeconds: After so long without the end of a round, the worker counts as stalled; for so long a
    ///   failure of one is told.
    public init(clock: any Clock, patienceSeconds: Int = 120) {
        self.clock = clock
        self.patienceSeconds = patienceSeconds
    }

    /// A worker has begun its first round.
    public func workerBegan() {
        let now = clock.now
        state.withLock { $0.began = $0.began ?? now }
    }

    /// A round of work has ended without a fault of the store, whether there was anything to do or not.
    public func workerFinished(at instant: Instant) {
        state.withLock { state in
            state.began = state.began ?? instant
            state.finished = max(state.finished ?? instant, instant)
            state.storeFault = nil
        }
    }

    /// A round of work has failed for something that is no fault of the store. It counts until none has for
    /// `patienceSeconds`: what failed is not tried in each of the rounds between.
    public func workerFailed(at instant: Instant) {
        state.withLock { $0.failed = max($0.failed ?? instant, instant) }
    }

    /// The store has refused to write, or could not be read. It counts until the end of a round of work, each of which
    /// writes.
    public func storeFailed(_ fault: StoreFault) { state.withLock { $0.storeFault = fault } }

    func report() -> Report {
        let now = clock.now
        return state.withLock { state in
            var reasons: [Reason] = []
            if let last = state.finished ?? state.began {
                if now > last.adding(seconds: patienceSeconds) { reasons.append(.workerStalled) }
            } else {
                reasons.append(.workerAbsent)
            }
            if let failed = state.failed, now <= failed.adding(seconds: patienceSeconds) {
                reasons.append(.workerFailed)
            }
            if let fault = state.storeFault { reasons.append(.store(fault)) }
            return Report(reasons: reasons, lastRound: state.finished)
        }
    }
}
