import HealthTypes
import Stages
import Store
import Synchronization

/// Folded cases in memory, each with the position up to which it is folded: the next time only its tail is read.
final class FactsCache: Sendable {
    private struct Kept {
        var facts: CaseFacts
        var position: Position
        var used: UInt64
    }

    private struct State {
        var cases: [CaseNumber: Kept] = [:]
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// `limit`: cases that are kept; past it the half that was not used for longest goes.
    init(limit: Int = 8192) { self.limit = limit }

    func position(of number: CaseNumber) -> Position? { state.withLock { $0.cases[number]?.position } }

    func facts(of number: CaseNumber) -> (facts: CaseFacts, position: Position)? {
        state.withLock { state in
            state.clock += 1
            state.cases[number]?.used = state.clock
            return state.cases[number].map { ($0.facts, $0.position) }
        }
    }

    func keep(_ facts: CaseFacts, at position: Position) {
        state.withLock { state in
            state.clock += 1
            state.cases[facts.number] = Kept(facts: facts, position: position, used: state.clock)
            guard state.cases.count > limit else { return }
            let middle = state.cases.values.map(\.used).sorted()[limit / 2]
            state.cases = state.cases.filter { $0.value.used > middle }
        }
    }

    func forget(_ number: CaseNumber) { state.withLock { $0.cases[number] = nil } }

    func forgetAll() { state.withLock { $0.cases.removeAll() } }
}
