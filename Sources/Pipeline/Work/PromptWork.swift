import HealthTypes
import Synchronization

/// Works cases that somebody waits for at once, beside whatever batch of files is in hand: those of concurrent callers
/// together, since a commit waits for the disk.
final class PromptWork: Sendable {
    private struct State {
        var waiting: [CaseNumber] = []
        var isWorking = false
    }

    private let state = Mutex(State())

    /// Returns once `body` has had the case, or at once where a caller before it works: that one takes it along.
    func work(_ number: CaseNumber, _ body: @escaping @Sendable ([CaseNumber]) async -> Void) async {
        let leads = state.withLock { state in
            state.waiting.append(number)
            defer { state.isWorking = true }
            return !state.isWorking
        }
        guard leads, let group = next() else { return }
        await body(group)
        // Whoever leads has its own case worked, and does not wait for those that came meanwhile.
        guard let more = next() else { return }
        Task {
            var group = more
            while true {
                await body(group)
                guard let more = self.next() else { return }
                group = more
            }
        }
    }

    private func next() -> [CaseNumber]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWorking = false
                return nil
            }
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
