import HealthTypes
import Store
import Synchronization

/// Takes small sources in: each is read by who brings it, and those of concurrent callers are written in one transaction.
/// A commit waits for the disk, and while one does, the next gathers.
final class GroupedIntake: Sendable {
    /// What a caller does in the transaction that takes its source.
    typealias Closing = @Sendable (any IntakeTransaction) throws -> Void

    private struct Waiting {
        let source: MessageTaker.ReadSource
        let byteCount: Int
        let priority: Priority
        let closing: Closing?
        let done: CheckedContinuation<IntakeReport, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        /// Sources that are read, wait or are written.
        var admitted = 0
        var byteCount = 0
        var isWriting = false
    }

    private let store: any IntakeStore
    private let taker: MessageTaker
    private let numbers: ControlNumbers
    private let state = Mutex(State())

    static let maximumWaiting = 1024
    static let maximumWaitingBytes = 64 << 20
    static let maximumPerCommit = 64
    static let maximumBytesPerCommit = 4 << 20

    init(store: any IntakeStore, taker: MessageTaker, numbers: ControlNumbers) {
        self.store = store
        self.taker = taker
        self.numbers = numbers
    }

    func take(
        _ bytes: [UInt8], source: String, priority: Priority, acknowledges: Bool, closing: Closing? = nil
    ) async throws -> IntakeReport {
        guard admit(bytes.count) else { throw IntakeFull() }
        defer { leave(bytes.count) }
        let answer = try await acknowledges ? store.answer(to: Digest(of: bytes)) : nil
        let read = try await read(bytes, source: source, answers: acknowledges && answer == nil)
        var report = try await withCheckedThrowingContinuation { done in
            let waiting = Waiting(
                source: read, byteCount: bytes.count, priority: priority, closing: closing, done: done)
            let starts = state.withLock { state in
                state.waiting.append(waiting)
                let starts = !state.isWriting
                state.isWriting = true
                return starts
            }
            if starts { Task { await self.commitAll() } }
        }
        if let answer { report.acknowledgement = answer }
        return report
    }

    private func read(
        _ bytes: [UInt8], source: String, answers: Bool
    ) async throws -> MessageTaker.ReadSource {
        guard answers, MessageFormat.of(bytes) == .x12 else { return try taker.read(bytes, source: source) }
        // Its answers wait for their numbers.
        let (taker, numbers) = (taker, numbers)
        return try await WaitingThread.run { try taker.read(bytes, source: source, numbers: numbers) }
    }

    private func admit(_ byteCount: Int) -> Bool {
        state.withLock { state in
            guard
                state.admitted < Self.maximumWaiting,
                state.admitted == 0 || state.byteCount + byteCount <= Self.maximumWaitingBytes
            else { return false }
            state.admitted += 1
            state.byteCount += byteCount
            return true
        }
    }

    private func leave(_ byteCount: Int) {
        state.withLock { state in
            state.admitted -= 1
            state.byteCount -= byteCount
        }
    }

    private func commitAll() async {
        while let group = next() {
            do {
                let reports = try await take(group)
                for (waiting, report) in zip(group, reports) { waiting.done.resume(returning: report) }
            } catch {
                // One of them may be at fault: each by itself then.
                for waiting in group {
                    do { waiting.done.resume(returning: try await take([waiting])[0]) } catch {
                        waiting.done.resume(throwing: error)
                    }
                }
            }
        }
    }

    private func take(_ group: [Waiting]) async throws -> [IntakeReport] {
        let taker = taker
        let inputs = group.map { ($0.source, $0.priority, $0.closing) }
        return try await store.intake { tx in
            try inputs.map { source, priority, closing in
                let report = try taker.take(source, priority: priority, in: tx)
                try closing?(tx)
                return report
            }
        }
    }

    private func next() -> [Waiting]? {
        state.withLock { state in
            var count = 0
            var bytes = 0
            while count < state.waiting.count,
                count == 0 || (count < Self.maximumPerCommit && bytes < Self.maximumBytesPerCommit)
            {
                bytes += state.waiting[count].byteCount
                count += 1
            }
            guard count > 0 else {
                state.isWriting = false
                return nil
            }
            let group = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            return group
        }
    }
}

/// As much waits to be taken in as may: the sender tries again later.
public struct IntakeFull: Error, Sendable, CustomStringConvertible {
    public var description: String { "as much waits to be taken in as may" }
}

/// How far a caller has come with its sources: a setting that is written in the transaction that takes the last of one,
/// so that it is there with what was taken or not at all.
public struct IntakeMark: Hashable, Sendable {
    public var setting: String
    public var value: String

    public init(setting: String, value: String) {
        self.setting = setting
        self.value = value
    }
}
