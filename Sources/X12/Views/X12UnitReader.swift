/// Reads the units of an input one after the other: the claims of 837s, the remitted claims of 835s, and so on.
///
///     try X12UnitReader(FileSource(path: path)).forEach(Claim837.self) { claim in
///         total += claim.charge ?? .zero
///     }
///
/// A unit may be kept; one that is not costs no memory of its own. Sets of other kinds are passed over, as are sets whose
/// guide is not known, which `skipped` counts.
public struct X12UnitReader {
    private let source: any ByteSource
    private let guides: GuideLibrary
    private let limits: X12Limits

    public init(_ source: any ByteSource, guides: GuideLibrary = .standard, limits: X12Limits = .standard) {
        self.source = source
        self.guides = guides
        self.limits = limits
    }

    /// What a pass went by.
    public struct Passage: Hashable, Sendable {
        /// How many headers of interchanges there were; none means that the input is no X12.
        public var interchanges = 0
        /// How many transaction sets were of another kind or without a known guide.
        public var skippedSets = 0
        /// How many units were longer than ``X12Limits/maximumUnitBytes``, so that they were given in part or not at all.
        public var cutUnits = 0
    }

    /// Gives every unit of the view's kind and says how many transaction sets were passed over.
    ///
    /// - Throws: what the source or the closure throws.
    @discardableResult
    public func forEach<View: X12UnitView>(_ view: View.Type, _ body: (View) throws -> Void) throws -> Int {
        try read(view, body).skippedSets
    }

    /// As ``forEach(_:_:)``, and says more of what was read.
    public func read<View: X12UnitView>(_ view: View.Type, _ body: (View) throws -> Void) throws -> Passage {
        try read(sets: Set(view.sets.map(\.packedCode))) { unit in
            if let view = View(unit) { try body(view) }
        }
    }

    private func read(sets: Set<UInt64>, _ body: (X12Unit) throws -> Void) throws -> Passage {
        var cursor = SegmentCursor(source, limits: limits)
        var walk = UnitWalk(sets: sets, guides: guides, limits: limits)
        while true {
            switch try cursor.next() {
            case .header(let isReadable): try walk.begin(cursor.slice, isReadable: isReadable, body)
            case .segment: try walk.take(cursor.slice, body)
            case .end:
                try walk.finish(body)
                return Passage(
                    interchanges: cursor.interchangeCount, skippedSets: walk.skipped, cutUnits: walk.cutUnits)
            }
            if !cursor.found.isEmpty { cursor.found.removeAll(keepingCapacity: true) }
        }
    }
}

/// A typed face of a unit.
public protocol X12UnitView: Sendable {
    /// ST01 of the sets that hold such units.
    static var sets: [String] { get }
    /// Nil where the unit is not of this kind, such as a 277 that acknowledges no claim.
    init?(_ unit: X12Unit)
}

/// The segments of one unit and of what is around it.
public struct X12Unit: Sendable {
    let store: UnitStore
    let plan: UnitPlan

    /// ST01, such as `837`.
    public var set: String { store.guide.set }
    /// ST03, or GS08 where the set does not say.
    public var guideID: String { store.guideID }
    /// ST02.
    public var setControlNumber: String { store.setControlNumber }

    /// Whether segments are missing because the unit with what is around it is past ``X12Limits/maximumUnitBytes``.
    public var isCut: Bool { store.cutAt != nil }

    /// The unit's own segments, those of its inner loops among them.
    public var segments: [UnitSegment] {
        (store.unitStart..<store.recordCount).map { UnitSegment(store: store, index: $0) }
    }

    /// The segments around it: of the set's header and of the levels in which it lies.
    public var context: [UnitSegment] { (0..<store.unitStart).map { UnitSegment(store: store, index: $0) } }

    /// The first segment of a name in a loop, in the unit or around it; with a qualifier only one that has it.
    public func first(_ loop: String, _ segment: String, _ qualifier: String? = nil) -> UnitSegment? {
        for rule in plan.rules(loop, segment) {
            var index = store.first(rule)
            while let record = index, record < store.recordCount {
                if store.records[record].rule == rule {
                    let found = UnitSegment(store: store, index: record)
                    if qualifier == nil || found[1] == qualifier { return found }
                }
                index = record + 1
            }
        }
        return nil
    }

    /// Every segment of a name in a loop, in order.
    public func all(_ loop: String, _ segment: String) -> [UnitSegment] {
        let rules = plan.rules(loop, segment)
        guard !rules.isEmpty else { return [] }
        return (0..<store.recordCount).filter { rules.contains(store.records[$0].rule) }
            .map { UnitSegment(store: store, index: $0) }
    }
}

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
        "834": ["2000"], "820": ["2000A", "2000B"],
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

/// Follows the envelopes and hands units on.
private struct UnitWalk: ~Copyable {
    private let guides: GuideLibrary
    private let limits: X12Limits
    private let sets: Set<UInt64>
    private var machine = EnvelopeMachine()
    private var collector = UnitCollector(plan: UnitPlan(.none))
    /// Of the guides that were met.
    private var plans: [ObjectIdentifier: UnitPlan] = [:]
    private var isOpen = false
    private var groupVersion = ""
    private var alternatives: [CompiledGuide] = []
    private(set) var skipped = 0
    /// Of collectors that were given up.
    private var cutBefore = 0

    var cutUnits: Int { cutBefore + collector.cutUnits }

    init(sets: Set<UInt64>, guides: GuideLibrary, limits: X12Limits) {
        self.sets = sets
        self.guides = guides
        self.limits = limits
    }

    mutating func begin(_ slice: SegmentSlice, isReadable: Bool, _ body: (X12Unit) throws -> Void) throws {
        let step = machine.begin(slice, isReadable: isReadable)
        if step.closesSet { try endSet(body) }
        machine.found.removeAll(keepingCapacity: true)
        groupVersion = ""
    }

    @inline(__always)
    mutating func take(_ slice: SegmentSlice, _ body: (X12Unit) throws -> Void) throws {
        let id = slice.packedID
        guard machine.takeBody(id) else { return try takeOther(slice, body) }
        guard isOpen else { return }
        if machine.position == 2, alternatives.count > 1 { choose(slice) }
        try collector.take(slice, id, position: machine.position, body)
    }

    private mutating func takeOther(_ slice: SegmentSlice, _ body: (X12Unit) throws -> Void) throws {
        let step = machine.take(slice)
        switch step.place {
        case .setTrailer: try endSet(body)
        case .setHeader:
            if step.closesSet { try endSet(body) }
            beginSet(slice)
        case .groupHeader:
            if step.closesSet { try endSet(body) }
            groupVersion = slice.text(8)
        default: if step.closesSet { try endSet(body) }
        }
        if !machine.found.isEmpty { machine.found.removeAll(keepingCapacity: true) }
    }

    private mutating func beginSet(_ slice: SegmentSlice) {
        let id = slice.isEmpty(3) ? groupVersion : slice.text(3)
        alternatives = sets.contains(slice[1].packed) ? guides.candidates(set: slice.text(1), guide: id) : []
        guard let guide = alternatives.first else {
            skipped += 1
            isOpen = false
            return
        }
        isOpen = true
        use(guide)
        collector.begin(slice, guideID: id)
    }

    private mutating func use(_ guide: CompiledGuide) {
        guard collector.guide !== guide else { return }
        cutBefore += collector.cutUnits
        let plan = plans[ObjectIdentifier(guide)] ?? UnitPlan(guide)
        plans[ObjectIdentifier(guide)] = plan
        collector = UnitCollector(plan: plan, limits: limits)
    }

    /// Guides that share a set and an id are told apart by BHT02, the second segment.
    private mutating func choose(_ slice: SegmentSlice) {
        guard slice.has(0, "BHT") else { return }
        let purpose = slice[2].packed
        let guide =
            alternatives.first { $0.purposes.contains(purpose) } ?? alternatives.first { $0.purposes.isEmpty }
        guard let guide, guide !== collector.guide else { return }
        let id = collector.store.guideID
        let header = collector.store
        use(guide)
        collector.begin(header.slice(0), guideID: id)
    }

    private mutating func endSet(_ body: (X12Unit) throws -> Void) throws {
        guard isOpen else { return }
        isOpen = false
        try collector.finish(body)
    }

    mutating func finish(_ body: (X12Unit) throws -> Void) throws {
        _ = machine.finish()
        try endSet(body)
    }
}
