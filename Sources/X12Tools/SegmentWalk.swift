import X12

/// One segment of a walk, with its place in envelopes and loops; valid inside the closure that it is given to.
struct WalkedSegment {
    let slice: SegmentSlice
    let step: EnvelopeMachine.Step
    /// Whether its terminator stands.
    let isTerminated: Bool
    /// Nil outside of transaction sets and where there is no guide.
    let guide: CompiledGuide?
    /// The guide's loop; negative where it has none for the segment.
    let loop: Int
    /// The guide's rule; negative where it has none.
    let rule: Int
    /// Whether it begins its loop, how deep that is, and how many loops it closed.
    let beganLoop: Bool
    let depth: Int
    let closedLoops: Int

    var place: EnvelopeMachine.Place { step.place }

    /// Such as `2300`; nil outside of loops.
    var loopID: String? { loop < 0 ? nil : guide?.loopIDs[loop] }

    func isA(_ id: StaticString) -> Bool { slice.has(0, id) }
}

/// Walks through an input segment by segment and gives every byte: the segments with their loops, and what stands
/// between, before and behind them.
///
/// A segment that the window could not hold whole is given as bytes.
struct SegmentWalk {
    private let source: any ByteSource
    private let guides: GuideLibrary
    private let limits: X12Limits

    init(_ source: any ByteSource, guides: GuideLibrary, limits: X12Limits = .standard) {
        self.source = source
        self.guides = guides
        self.limits = limits
    }

    /// Gives segments to `segment` and all other bytes to `between`, in the order of the input.
    func forEach(
        between: @escaping (UnsafeBufferPointer<UInt8>) throws -> Void, segment: (WalkedSegment) throws -> Void
    ) throws {
        let tape = ByteTape(source)
        tape.overflow = between
        var cursor = SegmentCursor(tape, limits: limits)
        var machine = EnvelopeMachine()
        var follower = LoopFollower(guides: guides)
        while true {
            let step: EnvelopeMachine.Step
            switch try cursor.next() {
            case .header(let isReadable):
                step = machine.begin(cursor.slice, isReadable: isReadable)
                follower.leave()
                if !isReadable {
                    forget(&cursor, &machine)
                    continue
                }
            case .segment:
                step = machine.take(cursor.slice)
                follower.take(cursor.slice, step.place, position: machine.position)
            case .end: return try tape.give(to: tape.end, between)
            }
            forget(&cursor, &machine)
            let slice = cursor.slice
            let whole = UnsafeBufferPointer(start: slice.base, count: slice.length)
            let end = slice.byteOffset + whole.count
            let isTerminated = tape.holds(whole, at: slice.byteOffset, next: slice.delimiters.segment)
            guard isTerminated || tape.holds(whole, at: slice.byteOffset, next: nil) else { continue }
            try tape.give(to: slice.byteOffset, between)
            try segment(follower.walked(slice, step, isTerminated: isTerminated))
            tape.skip(to: isTerminated ? end + 1 : end)
        }
    }

    private func forget(_ cursor: inout SegmentCursor, _ machine: inout EnvelopeMachine) {
        if !cursor.found.isEmpty { cursor.found.removeAll(keepingCapacity: true) }
        if !machine.found.isEmpty { machine.found.removeAll(keepingCapacity: true) }
    }
}

/// Puts the segments of transaction sets into the loops of their guides, without judging them.
struct LoopFollower: ~Copyable {
    private let guides: GuideLibrary
    private var matcher = LoopMatcher(guide: .none, judges: false)
    private var guide: CompiledGuide?
    private var alternatives: [CompiledGuide] = []
    private var version = ""

    init(guides: GuideLibrary) { self.guides = guides }

    /// Stands outside of any transaction set from here on.
    mutating func leave() { guide = nil }

    mutating func take(_ slice: SegmentSlice, _ place: EnvelopeMachine.Place, position: Int) {
        switch place {
        case .groupHeader:
            version = slice.text(8)
            guide = nil
        case .setHeader: begin(slice)
        case .body, .setTrailer:
            if position == 2, alternatives.count > 1, slice.has(0, "BHT") { choose(slice) }
            if guide != nil { matcher.place(slice, position: position) }
        default: guide = nil
        }
    }

    private mutating func begin(_ slice: SegmentSlice) {
        alternatives = guides.candidates(set: slice.text(1), guide: slice.isEmpty(3) ? version : slice.text(3))
        guide = alternatives.first
        guard let guide else { return }
        use(guide, byte: slice.byteOffset)
        matcher.place(slice, position: 1)
    }

    private mutating func choose(_ slice: SegmentSlice) {
        let purpose = slice[2].packed
        let found = alternatives.first { $0.purposes.contains(purpose) } ?? alternatives.first { $0.purposes.isEmpty }
        guard let found, found !== guide else { return }
        guide = found
        use(found, byte: slice.byteOffset)
        matcher.placeHeader()
    }

    private mutating func use(_ guide: CompiledGuide, byte: Int) {
        if matcher.guide !== guide { matcher = LoopMatcher(guide: guide, judges: false) }
        matcher.restart(byte: byte)
    }

    /// The segment that was taken last, with its loop.
    func walked(_ slice: SegmentSlice, _ step: EnvelopeMachine.Step, isTerminated: Bool) -> WalkedSegment {
        guard let guide else {
            return WalkedSegment(
                slice: slice, step: step, isTerminated: isTerminated, guide: nil, loop: -1, rule: -1,
                beganLoop: false, depth: 0, closedLoops: 0)
        }
        return WalkedSegment(
            slice: slice, step: step, isTerminated: isTerminated, guide: guide, loop: matcher.loop ?? -1,
            rule: Int(matcher.rule), beganLoop: matcher.began, depth: matcher.depth - 1,
            closedLoops: matcher.closedCount)
    }
}
