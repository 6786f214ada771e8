import X12

/// Which rules of a guide stand for a segment of a loop, and which loops are units; looked up once for each guide.
final class UnitPlan: Sendable {
    private struct Key: Hashable {
        var loop: String
        var segment: String
    }

    let guide: CompiledGuide
    /// A guide that has a loop in two places, such as 2300 below the subscriber and below the patient, has its rules
    /// twice. For each rule this is the first that means the same, so that a reader need not know the place.
    let kin: [Int32]
    /// For each loop whether it is a unit (2), one that stays (3), lies around one (1), or neither.
    let kinds: [UInt8]
    private let byPlace: [Key: [Int32]]
    /// For each loop's name the rule of the segment that begins it.
    private let beginnings: [String: Int32]
    /// Of a claim's parts, see ``Claim837``.
    let claim: ClaimPlan

    /// What is a unit, by transaction set; loops that the unit lies in go with it. `ST` is what is left of a whole set
    /// when its other units are gone, such as the adjustments at the end of an 835. Levels above a unit are units where
    /// they may be refused by themselves.
    static let unitLoops: [String: Set<String>] = [
        "837": ["2300"], "835": ["2100", "ST"], "270": ["2100C", "2100D"],
        "271": ["2000A", "2000B", "2100C", "2100D"], "275": ["2000A"], "276": ["2200D", "2200E"],
        "277": ["2200B", "2200C", "2200D", "2200E"], "278": ["2000A", "2000B", "2000C", "2000D", "2000E"],
        "834": ["2000"], "820": ["2000A", "2000B"], "999": ["ST"],
    ]
    /// Units that stay among the segments around the units behind them: a subscriber says whose dependent follows.
    static let keptLoops: [String: Set<String>] = [
        "270": ["2100C"], "271": ["2100C"], "277": ["2200B", "2200C"],
    ]

    init(_ guide: CompiledGuide) {
        self.guide = guide
        kin = Self.kin(guide)
        kinds = Self.kinds(guide)
        var byPlace: [Key: [Int32]] = [:]
        var beginnings: [String: Int32] = [:]
        for (rule, first) in kin.enumerated() where rule == Int(first) {
            let loop = guide.loopIDs[Int(guide.rules[rule].loop)]
            if beginnings[loop] == nil { beginnings[loop] = Int32(rule) }
            byPlace[Key(loop: loop, segment: guide.segmentName(rule)), default: []].append(Int32(rule))
        }
        self.byPlace = byPlace
        self.beginnings = beginnings
        claim = ClaimPlan { byPlace[Key(loop: $0, segment: $1)] ?? [] }
    }

    private static func kin(_ guide: CompiledGuide) -> [Int32] {
        struct Place: Hashable {
            var loop: String
            var number: Int
            var segment: UInt32
        }
        var firsts: [Place: Int32] = [:]
        var counts = [Int](repeating: 0, count: guide.loops.count)
        return (0..<guide.rules.count).map { rule in
            let loop = Int(guide.rules[rule].loop)
            counts[loop] += 1
            let place = Place(
                loop: guide.loopIDs[loop], number: counts[loop], segment: guide.rules[rule].segmentID)
            let first = firsts[place] ?? Int32(rule)
            firsts[place] = first
            return first
        }
    }

    private static func kinds(_ guide: CompiledGuide) -> [UInt8] {
        let names = unitLoops[guide.set] ?? []
        let kept = keptLoops[guide.set] ?? []
        var kinds = [UInt8](repeating: 0, count: guide.loops.count)
        for loop in 0..<guide.loops.count where names.contains(guide.loopIDs[loop]) {
            kinds[loop] = kept.contains(guide.loopIDs[loop]) ? 3 : 2
            var parent = Int(guide.loops[loop].parent)
            while parent > 0 {
                if kinds[parent] == 0 { kinds[parent] = 1 }
                parent = Int(guide.loops[parent].parent)
            }
        }
        return kinds
    }

    func rules(_ loop: String, _ segment: String) -> [Int32] { byPlace[Key(loop: loop, segment: segment)] ?? [] }

    /// Negative where the guide has no such loop.
    func beginning(of loop: String) -> Int32 { beginnings[loop] ?? -1 }
}
