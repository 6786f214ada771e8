import HealthTypes
import Store
import Synchronization

/// Takes small sources in, those of concurrent callers in one transaction: a commit waits for the disk, and while one
/// does, the next gathers.
final class GroupedIntake: Sendable {
    private struct Waiting {
        let bytes: [UInt8]
        let source: String
        let priority: Priority
        let acknowledges: Bool
        let mark: IntakeMark?
        let done: CheckedContinuation<IntakeReport, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var byteCount = 0
        var isWriting = false
    }

    private let store: any IntakeStore
    private let taker: MessageTaker
    private let state = Mutex(State())

    static let maximumWaiting = 1024
    static let maximumWaitingBytes = 64 << 20
    static let maximumPerCommit = 64
    static let maximumBytesPerCommit = 4 << 20

    init(store: any IntakeStore, taker: MessageTaker) {
        self.store = store
        self.taker = taker
    }

    func take(
        _ bytes: [UInt8], source: String, priority: Priority, acknowledges: Bool, mark: IntakeMark? = nil
    ) async throws -> IntakeReport {
        try await withCheckedThrowingContinuation { done in
            let waiting = Waiting(
                bytes: bytes, source: source, priority: priority, acknowledges: acknowledges, mark: mark, done: done)
            let (isAdmitted, starts) = state.withLock { state in
                guard
                    state.waiting.count < Self.maximumWaiting,
                    state.waiting.isEmpty || state.byteCount + bytes.count <= Self.maximumWaitingBytes
                else { return (false, false) }
                state.waiting.append(waiting)
                state.byteCount += bytes.count
                let starts = !state.isWriting
                state.isWriting = true
                return (true, starts)
            }
            if !isAdmitted { return done.resume(throwing: IntakeFull()) }
            if starts { Task { await self.commitAll() } }
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
        let inputs = group.map { ($0.bytes, $0.source, $0.priority, $0.acknowledges, $0.mark) }
        return try await store.intake { tx in
            try inputs.map { bytes, source, priority, acknowledges, mark in
                let report = try taker.take(
                    bytes, source: source, priority: priority, acknowledges: acknowledges, in: tx)
                if let mark { try tx.set(mark.setting, to: mark.value) }
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
                bytes += state.waiting[count].bytes.count
                count += 1
            }
            guard count > 0 else {
                state.isWriting = false
                return nil
            }
            let group = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            state.byteCount -= bytes
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
