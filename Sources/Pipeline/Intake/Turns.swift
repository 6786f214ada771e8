import HealthTypes
import Synchronization

/// Lets one at a time go on with the same source, in the order in which they came: whoever comes second finds it taken.
final class Turns: Sendable {
    /// Who waits, for each source that somebody is at.
    private let waiting = Mutex<[Digest: [CheckedContinuation<Void, Never>]]>([:])

    func take<Result: Sendable>(
        _ source: Digest, _ body: () async throws -> Result
    ) async throws -> Result {
        await withCheckedContinuation { turn in
            let isFree = waiting.withLock { waiting in
                if waiting[source] == nil {
                    waiting[source] = []
                    return true
                }
                waiting[source]?.append(turn)
                return false
            }
            if isFree { turn.resume() }
        }
        defer { pass(source) }
        return try await body()
    }

    private func pass(_ source: Digest) {
        let next = waiting.withLock { waiting in
            guard var queue = waiting[source], !queue.isEmpty else {
                waiting[source] = nil
                return CheckedContinuation<Void, Never>?.none
            }
            let next = queue.removeFirst()
            waiting[source] = queue
            return next
        }
        next?.resume()
    }
}
