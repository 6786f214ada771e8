import Dispatch
import Foundation

/// Threads for code that reads and waits as it goes, such as a pass over a source: those that tasks run on are few, and
/// none of them may wait.
enum WaitingThread {
    /// Runs `body` on a thread of its own.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread { done.resume(with: Swift.Result { try body() }) }
        }
    }

    /// What a task brings, for code that runs on such a thread.
    static func wait<Value: Sendable>(for body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let slot = Slot<Value>()
        Task {
            do { slot.outcome = .success(try await body()) } catch { slot.outcome = .failure(error) }
            slot.isFilled.signal()
        }
        slot.isFilled.wait()
        return try slot.outcome!.get()
    }

    /// It is written before the signal and read after it.
    private final class Slot<Value: Sendable>: @unchecked Sendable {
        let isFilled = DispatchSemaphore(value: 0)
        var outcome: Result<Value, any Error>?
    }
}
