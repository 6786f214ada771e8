import HealthTypes

/// Which encounter takes which way in, and which of them carries which problem. Settled before anything is written,
/// so that each encounter can then be made alone and in any order.
struct DayPlan: Sendable {
    struct Plant: Sendable {
        var problem: PlantedProblem
        /// How many encounters of this problem on this path came before.
        var turn: Int
        /// The slot that a duplicate repeats.
        var source: Int?
    }

    struct Slot: Sendable {
        var path: Scenario.Path
        /// From one, among the encounters of the path.
        var ordinal: Int
        var plant: Plant?
    }

    private(set) var slots: [Slot]

    /// Below this many encounters nothing is planted: there would be more problems than sound encounters.
    static let fewestWithProblems = 40

    init(encounters: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "plan")
        let outside = (encounters * 20 + 50) / 100
        let web = (encounters * 10 + 50) / 100
        var paths = [Scenario.Path](repeating: .outside, count: outside)
        paths += [Scenario.Path](repeating: .web, count: web)
        paths += [Scenario.Path](repeating: .hospital, count: encounters - outside - web)
        Self.shuffle(&paths, &random)
        var counts: [Scenario.Path: Int] = [:]
        slots = paths.map { path in
            counts[path, default: 0] += 1
            return Slot(path: path, ordinal: counts[path] ?? 0)
        }
        if encounters >= Self.fewestWithProblems { plant(&random) }
    }

    private mutating func plant(_ random: inout SeededRandom) {
        let perProblem = max(1, (slots.count * 12 + 500) / 1000)
        var free: [Scenario.Path: [Int]] = [:]
        for path in Scenario.Path.allCases {
            var positions = slots.indices.filter { slots[$0].path == path }
            Self.shuffle(&positions, &random)
            free[path] = positions
        }
        for problem in PlantedProblem.allCases {
            var turns: [Scenario.Path: Int] = [:]
            for round in 0..<perProblem {
                let path = problem.paths[round % problem.paths.count]
                guard let position = free[path]?.popLast() else { continue }
                let turn = turns[path, default: 0]
                turns[path] = turn + 1
                guard problem == .duplicateClaim else {
                    slots[position].plant = Plant(problem: problem, turn: turn)
                    continue
                }
                // The claim that is repeated is sound and comes first.
                guard let other = free[path]?.popLast() else { continue }
                slots[max(position, other)].plant = Plant(
                    problem: problem, turn: turn, source: min(position, other))
            }
        }
    }

    /// Fisher and Yates, so that the order for a seed depends on no library.
    private static func shuffle<Element>(_ list: inout [Element], _ random: inout SeededRandom) {
        guard list.count > 1 else { return }
        for last in stride(from: list.count - 1, to: 0, by: -1) {
            list.swapAt(last, random.integer(in: 0..<last + 1))
        }
    }
}
