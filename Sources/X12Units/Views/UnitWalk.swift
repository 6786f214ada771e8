import X12

/// Follows the envelopes of an input and hands on the units of the transaction sets that are wanted.
struct UnitWalk: ~Copyable {
    enum Event {
        case unit(X12Unit)
        /// A set that is wanted begins, has ended before this byte, or may be passed over for want of a guide.
        case began, ended(Int), skipped
        /// A TA1 in its interchange.
        case acknowledgment(SegmentSlice)
    }

    private let guides: GuideLibrary
    private let limits: X12Limits
    /// ST01 of the sets that are wanted; nil for those of any kind that `isWanted` takes.
    private let sets: Set<UInt64>?
    private let isWanted: ((SetHeader) -> Bool)?
    private var machine = EnvelopeMachine()
    private var collector = UnitCollector(plan: UnitPlan(.none))
    /// Of the guides that were met.
    private var plans: [ObjectIdentifier: UnitPlan] = [:]
    private var isOpen = false
    private var groupVersion = ""
    private var alternatives: [CompiledGuide] = []
    private(set) var skipped = 0
    private var setCount = 0
    private(set) var interchangeCount = 0
    /// Kept where somebody asks which sets are wanted.
    private(set) var header = SetHeader()
    /// Of collectors that were given up.
    private var cutBefore = 0

    var cutUnits: Int { cutBefore + collector.cutUnits }

    init(
        guides: GuideLibrary, limits: X12Limits, sets: Set<UInt64>? = nil, isWanted: ((SetHeader) -> Bool)? = nil
    ) {
        self.guides = guides
        self.limits = limits
        self.sets = sets
        self.isWanted = isWanted
    }

    mutating func begin(_ slice: SegmentSlice, isReadable: Bool, _ body: (Event) throws -> Void) throws {
        let step = machine.begin(slice, isReadable: isReadable)
        if step.closesSet { try endSet(at: slice.byteOffset, body) }
        machine.found.removeAll(keepingCapacity: true)
        groupVersion = ""
        interchangeCount += 1
        if isWanted != nil { header.beginInterchange(slice, isReadable: isReadable) }
    }

    @inline(__always)
    mutating func take(_ slice: SegmentSlice, _ body: (Event) throws -> Void) throws {
        let id = slice.packedID
        guard machine.takeBody(id) else { return try takeOther(slice, body) }
        guard isOpen else { return }
        if machine.position == 2, alternatives.count > 1 { choose(slice) }
        try collector.take(slice, id, position: machine.position) { try body(.unit($0)) }
    }

    private mutating func takeOther(_ slice: SegmentSlice, _ body: (Event) throws -> Void) throws {
        let step = machine.take(slice)
        if case .setTrailer = step.place {
            try endSet(at: slice.byteOffset + slice.length + 1, body)
        } else if step.closesSet {
            try endSet(at: slice.byteOffset, body)
        }
        switch step.place {
        case .setHeader: try beginSet(slice, body)
        case .groupHeader:
            groupVersion = slice.text(8)
            if isWanted != nil { header.beginGroup(slice) }
        case .groupTrailer: if isWanted != nil { header.beginGroup(nil) }
        case .ta1: try body(.acknowledgment(slice))
        default: break
        }
        if !machine.found.isEmpty { machine.found.removeAll(keepingCapacity: true) }
    }

    private mutating func beginSet(_ slice: SegmentSlice, _ body: (Event) throws -> Void) throws {
        let ordinal = setCount
        setCount += 1
        isOpen = false
        if let isWanted {
            header.beginSet(slice, ordinal: ordinal)
            guard isWanted(header) else { return }
        }
        let id = slice.isEmpty(3) ? groupVersion : slice.text(3)
        let isOfKind = sets?.contains(slice[1].packed) ?? true
        alternatives = isOfKind ? guides.candidates(set: slice.text(1), guide: id) : []
        guard let guide = alternatives.first else {
            skipped += 1
            return try body(.skipped)
        }
        isOpen = true
        use(guide)
        collector.begin(slice, guideID: id)
        try body(.began)
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

    private mutating func endSet(at end: Int, _ body: (Event) throws -> Void) throws {
        if isOpen {
            isOpen = false
            try collector.finish { try body(.unit($0)) }
            try body(.ended(end))
        }
        if isWanted != nil { header.endSet() }
    }

    mutating func finish(at end: Int, _ body: (Event) throws -> Void) throws {
        _ = machine.finish()
        try endSet(at: end, body)
    }
}
