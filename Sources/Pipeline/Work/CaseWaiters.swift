import HealthTypes
import Stages
import Synchronization

/// Lets a caller wait until a case has come so far, without asking the store again and again.
final class CaseWaiters: Sendable {
    private struct Waiter {
        let id: Int
        let isFulfilled: @Sendable (CaseFacts) -> Bool
        let done: CheckedContinuation<CaseFacts?, Never>
    }

    private struct State {
        var waiters: [CaseNumber: [Waiter]] = [:]
        /// Who is not in its place yet. Whose time is over before that is taken out.
        var arriving: Set<Int> = []
        var next = 0
    }

    private let state = Mutex(State())

    /// Called with every case that went on.
    func tell(_ facts: CaseFacts) {
        let done = state.withLock { state -> [Waiter] in
            guard let all = state.waiters[facts.number] else { return [] }
            let (ready, rest) = (all.filter { $0.isFulfilled(facts) }, all.filter { !$0.isFulfilled(facts) })
            state.waiters[facts.number] = rest.isEmpty ? nil : rest
            return ready
        }
        for waiter in done { waiter.done.resume(returning: facts) }
    }

    /// The facts once they fulfil the condition; nil where they do not within the time.
    ///
    /// - Parameter current: the facts as they may stand already, asked after the waiter is in its place.
    func wait(
        for number: CaseNumber, seconds: Double, current: @escaping @Sendable () -> CaseFacts?,
        until isFulfilled: @escaping @Sendable (CaseFacts) -> Bool
    ) async -> CaseFacts? {
        let id = state.withLock { state in
            state.next += 1
            state.arriving.insert(state.next)
            return state.next
        }
        let timer = Task {
            guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
            self.giveUp(id, number)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { done in
            let isInTime = state.withLock { state in
                guard state.arriving.remove(id) != nil else { return false }
                state.waiters[number, default: []].append(Waiter(id: id, isFulfilled: isFulfilled, done: done))
                return true
            }
            if !isInTime { return done.resume(returning: nil) }
            if let facts = current() { tell(facts) }
        }
    }

    /// Whether nobody waits, and nothing is remembered of those who did.
    var isIdle: Bool { state.withLock { $0.waiters.isEmpty && $0.arriving.isEmpty } }

    /// The end of a waiter's time: nothing where it was told just before.
    func giveUp(_ id: Int, _ number: CaseNumber) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters[number]?.firstIndex(where: { $0.id == id }) else {
                state.arriving.remove(id)
                return nil
            }
            let waiter = state.waiters[number]?.remove(at: index)
            if state.waiters[number]?.isEmpty == true { state.waiters[number] = nil }
            return waiter
        }
        waiter?.done.resume(returning: nil)
    }
}

/// Wakes a loop that waits for work.
final class WorkSignal: Sendable {
    private struct State {
        var isSet = false
        var sleeper: (id: Int, done: CheckedContinuation<Void, Never>)?
        var next = 0
    }

    private let state = Mutex(State())

    func set() {
        let sleeper = state.withLock { state in
            let sleeper = state.sleeper
            state.sleeper = nil
            state.isSet = sleeper == nil
            return sleeper
        }
        sleeper?.done.resume()
    }

    /// Returns when the signal is set, at once where it was set meanwhile, and at the latest after the time.
    func wait(seconds: Double) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let timer = Task {
            try? await Task.sleep(for: .seconds(seconds))
            self.wake(id)
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                let isReady = state.withLock { state in
                    if state.isSet || Task.isCancelled {
                        state.isSet = false
                        return true
                    }
                    state.sleeper = (id, done)
                    return false
                }
                if isReady { done.resume() }
            }
        } onCancel: {
            self.wake(id)
        }
    }

    private func wake(_ id: Int) {
        let sleeper = state.withLock { state in
            guard state.sleeper?.id == id else { return nil as CheckedContinuation<Void, Never>? }
            let done = state.sleeper?.done
            state.sleeper = nil
            return done
        }
        sleeper?.resume()
    }
}
