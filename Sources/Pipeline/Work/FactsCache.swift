import HealthTypes
import Stages
import Store
import Synchronization

/// Folded cases in memory, each with the position up to which it is folded: the next time only its tail is read.
///
/// What facts take is not measured; it goes with the bytes of the entries that they were folded from, and these are
/// counted.
final class FactsCache: Sendable {
    struct Kept {
        var facts: CaseFacts
        var position: Position
        /// Of the bodies of the entries that were folded.
        var byteCount: Int
    }

    private struct State {
        var cases: [CaseNumber: (kept: Kept, used: UInt64)] = [:]
        var byteCount = 0
        var clock: UInt64 = 0

        mutating func remove(_ number: CaseNumber) {
            if let old = cases.removeValue(forKey: number) { byteCount -= old.kept.byteCount }
        }
    }

    private let state = Mutex(State())
    private let limit: Int
    private let maximumBytes: Int

    /// - Parameters:
    ///   - limit: cases that are kept.
    ///   - maximumBytes: of the entries of all of them. Past either, what was not used for longest goes until half of both
    ///     is free; a case of more than half of the bytes is not kept.
    init(limit: Int = 8192, maximumBytes: Int = 64 << 20) {
        self.limit = limit
        self.maximumBytes = maximumBytes
    }

    func facts(of number: CaseNumber) -> Kept? {
        state.withLock { state in
            state.clock += 1
            state.cases[number]?.used = state.clock
            return state.cases[number]?.kept
        }
    }

    func keep(_ facts: CaseFacts, at position: Position, byteCount: Int) {
        state.withLock { state in
            state.clock += 1
            state.remove(facts.number)
            guard byteCount <= maximumBytes / 2 else { return }
            state.cases[facts.number] = (Kept(facts: facts, position: position, byteCount: byteCount), state.clock)
            state.byteCount += byteCount
            guard state.cases.count > limit || state.byteCount > maximumBytes else { return }
            for (number, _) in state.cases.map({ ($0.key, $0.value.used) }).sorted(by: { $0.1 < $1.1 }) {
                if state.cases.count <= max(1, limit / 2), state.byteCount <= maximumBytes / 2 { break }
                state.remove(number)
            }
        }
    }

    func forget(_ number: CaseNumber) { state.withLock { $0.remove(number) } }
}
