public import HealthTypes
public import Store
import Synchronization

/// Writes the service's answers into the record, those of concurrent requests in one transaction.
///
/// A commit waits for the disk. While one does, the answers that come in gather, and the next commit takes them all:
/// the busier the service, the more answers share a commit. An answer is out of here only once it is in the record.
///
/// The commits wait for the disk on the store's own threads, and no thread of the cooperative pool does.
public final class ServiceJournal: Sendable {
    /// What may wait, and what one transaction takes.
    public struct Limits: Sendable {
        public var maximumWaiting = 4096
        /// Of the waiting drafts together; one that is larger than that alone may still wait.
        public var maximumWaitingBytes = 64 << 20
        public var maximumPerCommit = 512

        public init() {}
    }

    /// As many answers wait for the disk as may.
    public struct Full: Error, Sendable {
        public init() {}
    }

    private struct Waiting {
        let drafts: [ServiceDraft]
        let done: CheckedContinuation<[ServiceEntry], any Error>

        var byteCount: Int { drafts.reduce(0) { $0 + $1.content.count } }
    }

    private struct State {
        var waiting: [Waiting] = []
        var draftCount = 0
        var byteCount = 0
        var isWriting = false
        var waitingForRoom: [CheckedContinuation<Void, Never>] = []
    }

    private let store: any ServiceStore
    private let clock: any Clock
    private let limits: Limits
    private let state = Mutex(State())

    public init(store: any ServiceStore, clock: any Clock, limits: Limits = Limits()) {
        self.store = store
        self.clock = clock
        self.limits = limits
    }

    /// Keeps one draft and returns its entry, committed.
    ///
    /// - Throws: ``Full`` where too many wait, or the error of the transaction, in which case nothing was kept.
    public func keep(_ draft: ServiceDraft) async throws -> ServiceEntry {
        try await keep(group: [draft], waits: false)[0]
    }

    /// Keeps drafts in one transaction, in order; waits for room where there is none.
    public func keep(all drafts: [ServiceDraft]) async throws -> [ServiceEntry] {
        if drafts.isEmpty { return [] }
        return try await keep(group: drafts, waits: true)
    }

    private func keep(group drafts: [ServiceDraft], waits: Bool) async throws -> [ServiceEntry] {
        while true {
            do {
                return try await withCheckedThrowingContinuation { done in
                    enqueue(Waiting(drafts: drafts, done: done))
                }
            } catch let full as Full {
                guard waits else { throw full }
                await room()
            }
        }
    }

    private func enqueue(_ waiting: Waiting) {
        let bytes = waiting.byteCount
        let (isAdmitted, starts) = state.withLock { state in
            let isFull =
                state.draftCount + waiting.drafts.count > limits.maximumWaiting
                || state.byteCount + bytes > limits.maximumWaitingBytes
            guard state.draftCount == 0 || !isFull else { return (false, false) }
            state.waiting.append(waiting)
            state.draftCount += waiting.drafts.count
            state.byteCount += bytes
            let starts = !state.isWriting
            state.isWriting = true
            return (true, starts)
        }
        guard isAdmitted else { return waiting.done.resume(throwing: Full()) }
        if starts { Task { await commitAll() } }
    }

    /// Returns once a commit has made room, or at once where there is room already.
    private func room() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isThere = state.withLock { state in
                if state.draftCount > 0 { state.waitingForRoom.append(continuation) }
                return state.draftCount == 0
            }
            if isThere { continuation.resume() }
        }
    }

    private func commitAll() async {
        while let group = next() {
            let drafts = group.flatMap(\.drafts)
            let result: Result<[ServiceEntry], any Error>
            do { result = .success(try await store.append(drafts, at: clock.now)) } catch { result = .failure(error) }
            var start = 0
            for waiting in group {
                let range = start..<start + waiting.drafts.count
                start = range.upperBound
                waiting.done.resume(with: result.map { Array($0[range]) })
            }
        }
    }

    /// What the next transaction takes; nil where nothing waits, and then the writer stops.
    private func next() -> [Waiting]? {
        let (group, resumed) = state.withLock { state -> ([Waiting]?, [CheckedContinuation<Void, Never>]) in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return (nil, [])
            }
            var count = 0
            var drafts = 0
            while count < state.waiting.count, count == 0 || drafts < limits.maximumPerCommit {
                drafts += state.waiting[count].drafts.count
                state.byteCount -= state.waiting[count].byteCount
                count += 1
            }
            state.draftCount -= drafts
            let group = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            defer { state.waitingForRoom = [] }
            return (group, state.waitingForRoom)
        }
        for continuation in resumed { continuation.resume() }
        return group
    }
}
