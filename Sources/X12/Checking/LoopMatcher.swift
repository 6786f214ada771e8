package import HealthTypes

/// Finds for each segment of a transaction set the loop in which its guide puts it, and what stands wrongly.
///
/// The deepest open loop is asked first, then the loops around it: so each guide was made to be read. A place that is
/// in order and not yet full is taken before one that is not. No segment is ever left out: one that has no place
/// stays in the loop that was open. Memory is that of the open loops, whatever the length of the set.
package struct LoopMatcher: ~Copyable {
    struct Frame: BitwiseCopyable {
        /// Negative for a loop that the guide does not have.
        var loop: Int32
        /// Where its nodes' states and its kept values begin.
        var states: Int32
        var values: Int32
        var ordinal: UInt16 = 0
        /// The nodes that stood.
        var seen = CompiledGuide.NodeSet()
        /// Where its first segment stands.
        var position: Int
        var byte: Int
        /// HL01, or zero; whether HL04 promises children, and how many came.
        var hierarchy: UInt64 = 0
        var promisesChildren = false
        var hierarchyChildren: Int32 = 0
        /// Made up around a loop that stands in the wrong place, so that depths are the guide's; nothing of it is missed.
        var isGhost = false
    }

    /// Where the last segment of a node stood; of meaning where its count is not zero.
    package struct Stand: BitwiseCopyable {
        package var position: Int
        package var byte: Int
    }

    /// What a segment with such a qualifier was matched to in a loop: the first candidate that has it.
    private struct Memory: BitwiseCopyable {
        /// What the segment is and what its qualifier, which stands in this element; the id of an unused one is zero.
        var value: UInt64 = 0
        var id: UInt32 = 0
        /// The loop that was open.
        var home: Int32 = -1
        var qualifierElement: UInt8 = 0
        var qualifierComponent: UInt8 = 0
        /// The number of the memory by which the next segment was placed, when this was met last.
        var next: UInt16 = UInt16(LoopMatcher.memoryCount)
        var candidate = CompiledGuide.Candidate()
    }

    package struct Found {
        package var fault: Fault
        package var position: Int
        package var byte: Int
        /// The guide's loop, or nil.
        package var loop: Int?
        /// The rule of the segment that is meant, where it is not the one that stands there.
        package var rule: Int?
        package var element = 0
        package var component = 0
        /// Of a rule of situations, in the guide's names.
        package var name: Int?
        package var severity: Issue.Severity?
        var trigger: Trigger?
    }

    /// What made a rule of situations hold.
    struct Trigger {
        var rule: Int
        var position: Int
        var loop: Int
        var element: Int
        var component: Int
    }

    package let guide: CompiledGuide
    var frames: UnsafeMutablePointer<Frame>
    package private(set) var depth = 0
    /// For each node of the open loops how often it stood, and where last.
    package var counts: UnsafeMutablePointer<UInt32>
    package var stands: UnsafeMutablePointer<Stand>
    private var stateCapacity: Int
    private var stateCount = 0
    package var values: UnsafeMutablePointer<UInt64>
    private var valueCapacity: Int
    private var valueCount = 0
    var hierarchyCount: UInt64 = 0
    /// The rule of the segment that was placed last; negative where it has none.
    package var rule: Int32 = -1
    /// Whether that segment began a loop.
    package var began = false
    /// The loops that it closed, the deepest first.
    package private(set) var closedCount = 0
    private let closed: UnsafeMutablePointer<Int32>
    package var found: [Found] = []
    /// Whether it is told what stands wrongly or is missing, and not only where everything stands.
    private let judges: Bool
    private let memories: UnsafeMutablePointer<Memory>
    /// That by which the last segment was placed; one behind the others where there was none.
    private var last: UnsafeMutablePointer<Memory>

    private static let maximumDepth = 64
    /// A power of two, of which the hash has as many bits.
    private static var memoryCount: Int { 1024 }

    package init(guide: CompiledGuide, judges: Bool = true) {
        self.guide = guide
        self.judges = judges
        memories = .allocate(capacity: Self.memoryCount + 1)
        memories.initialize(repeating: Memory(), count: Self.memoryCount + 1)
        last = memories + Self.memoryCount
        frames = .allocate(capacity: Self.maximumDepth)
        closed = .allocate(capacity: Self.maximumDepth)
        stateCapacity = 1024
        counts = .allocate(capacity: stateCapacity)
        stands = .allocate(capacity: stateCapacity)
        valueCapacity = 256
        values = .allocate(capacity: valueCapacity)
        push(loop: 0, position: 1, byte: 0)
    }

    deinit {
        memories.deallocate()
        frames.deallocate()
        closed.deallocate()
        counts.deallocate()
        stands.deallocate()
        values.deallocate()
    }

    /// The guide's loop of the segment that was placed last; nil in a loop that the guide does not have.
    package var loop: Int? {
        let loop = frames[depth - 1].loop
        return loop < 0 ? nil : Int(loop)
    }

    /// The guide's loop that is open at a depth, the outermost being 0; nil where the guide has none such.
    func openLoop(_ depth: Int) -> Int? { frames[depth].loop < 0 ? nil : Int(frames[depth].loop) }

    package func closedLoop(_ index: Int) -> Int { Int(closed[index]) }

    /// Begins a further transaction set of the same guide.
    package mutating func restart(byte: Int) {
        depth = 0
        stateCount = 0
        valueCount = 0
        hierarchyCount = 0
        rule = -1
        closedCount = 0
        found.removeAll(keepingCapacity: true)
        push(loop: 0, position: 1, byte: byte)
    }

    /// Counts the ST of a set that began under another guide.
    package mutating func placeHeader() {
        let node = guide.nodes[Int(guide.loops[0].nodes.first)]
        count(0, node.ordinal, node.maximum, node.loop, 1, frames[0].byte)
    }

    /// Puts the next segment into its loop.
    package mutating func place(_ slice: SegmentSlice, position: Int) {
        place(slice, slice.packedID, position: position)
    }

    /// As above, where the packed id is known.
    @inline(__always)
    package mutating func place(_ slice: SegmentSlice, _ id: UInt32, position: Int) {
        closedCount = 0
        began = false
        let home = frames[depth - 1].loop
        // Segments mostly follow each other as they did before.
        let expected = memories + Int(last.pointee.next)
        if expected.pointee.id == id, expected.pointee.home == home, isMeant(expected, slice) {
            guard isOpen(expected.pointee.candidate) else { return search(slice, position) }
            last = expected
            return take(expected.pointee.candidate, from: depth - 1, slice, position)
        }
        recall(slice, id, home, position)
    }

    @inline(never)
    private mutating func recall(_ slice: SegmentSlice, _ id: UInt32, _ home: Int32, _ position: Int) {
        let segment = guide.segment(id)
        guard segment.id != 0, home >= 0, !segment.isMixed else { return search(slice, position) }
        let value = Self.value(slice, segment.qualifierElement, segment.qualifierComponent)
        let number = Self.place(id, home, value)
        let memory = memories + number
        guard memory.pointee.id == id, memory.pointee.home == home, memory.pointee.value == value,
            isOpen(memory.pointee.candidate)
        else { return search(slice, position) }
        last.pointee.next = UInt16(truncatingIfNeeded: number)
        last = memory
        take(memory.pointee.candidate, from: depth - 1, slice, position)
    }

    @inline(__always)
    private func isMeant(_ memory: UnsafePointer<Memory>, _ slice: SegmentSlice) -> Bool {
        let value = Self.value(slice, memory.pointee.qualifierElement, memory.pointee.qualifierComponent)
        return memory.pointee.value == value && memory.pointee.id != 0
    }

    /// Whether the candidate's place is in order and not yet full.
    @inline(__always)
    private func isOpen(_ candidate: CompiledGuide.Candidate) -> Bool {
        let frame = frames + (depth - 1 - Int(candidate.up))
        return candidate.ordinal >= frame.pointee.ordinal
            && counts[Int(frame.pointee.states) + Int(candidate.node)] < candidate.maximum
    }

    @inline(__always)
    private static func place(_ id: UInt32, _ home: Int32, _ value: UInt64) -> Int {
        let key = value ^ UInt64(id) &<< 40 ^ UInt64(truncatingIfNeeded: home) &<< 24
        return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 54)
    }

    /// As above, by asking each loop in turn.
    @inline(never)
    private mutating func search(_ slice: SegmentSlice, _ position: Int) {
        last = memories + Self.memoryCount
        let segment = guide.segment(slice.packedID)
        let isUnknown = frames[depth - 1].loop < 0
        let home = isUnknown ? depth - 2 : depth - 1
        guard segment.id != 0 else { return placeUnmatched(slice, position, number: nil) }
        let number = Int(segment.number)
        let run = guide.candidateRuns[Int(frames[home].loop) * guide.segmentCount + number]
        let candidates = guide.candidates.base
        var first = -1
        var chosen = -1
        var index = Int(run.first)
        let end = index + Int(run.count)
        // Neighbouring candidates mostly look at the same element.
        var seen: UInt16 = .max
        var value: UInt64 = 0
        while index < end {
            let candidate = candidates + index
            index += 1
            // What follows an unknown loop's first segment belongs to it, unless a known loop begins.
            if isUnknown, !candidate.pointee.isLoop, Int(candidate.pointee.up) != home { continue }
            let rule = guide.rules.base + Int(candidate.pointee.rule)
            if rule.pointee.qualifierElement != 0 {
                let place = UInt16(rule.pointee.qualifierElement) << 8 | UInt16(rule.pointee.qualifierComponent)
                if place != seen {
                    seen = place
                    value = Self.qualifier(rule, slice)
                }
                guard guide.contains(rule.pointee.qualifierCodes, value) else { continue }
            }
            guard Int(candidate.pointee.up) <= home else { continue }
            if first < 0 { first = index - 1 }
            let frame = frames + (home - Int(candidate.pointee.up))
            if candidate.pointee.ordinal >= frame.pointee.ordinal,
                counts[Int(frame.pointee.states) + Int(candidate.pointee.node)] < candidate.pointee.maximum
            {
                chosen = index - 1
                break
            }
        }
        guard first >= 0 else { return placeUnmatched(slice, position, number: number) }
        if !isUnknown, !segment.isMixed {
            let value = Self.value(slice, segment.qualifierElement, segment.qualifierComponent)
            let loop = frames[home].loop
            let memory = memories + Self.place(segment.id, loop, value)
            let next = memory.pointee.next
            memory.pointee = Memory(
                value: value, id: segment.id, home: loop, qualifierElement: segment.qualifierElement,
                qualifierComponent: segment.qualifierComponent, next: next, candidate: candidates[first])
            last = memory
        }
        take(candidates[chosen < 0 ? first : chosen], from: home, slice, position)
    }

    @inline(__always)
    package static func qualifier(_ rule: UnsafePointer<CompiledGuide.Rule>, _ slice: SegmentSlice) -> UInt64 {
        value(slice, rule.pointee.qualifierElement, rule.pointee.qualifierComponent)
    }

    @inline(__always)
    private static func value(_ slice: SegmentSlice, _ element: UInt8, _ component: UInt8) -> UInt64 {
        if element == 0 { return 0 }
        return slice.packed(component == 0 ? slice[Int(element)] : slice[Int(element), Int(component)])
    }

    @inline(__always)
    private mutating func take(
        _ candidate: CompiledGuide.Candidate, from home: Int, _ slice: SegmentSlice, _ position: Int
    ) {
        close(to: home - Int(candidate.up))
        count(
            Int(candidate.node), candidate.ordinal, candidate.maximum, candidate.loop, position, slice.byteOffset)
        if candidate.isLoop { begin(Int(candidate.loop), slice, position) }
        rule = Int32(candidate.rule)
        if judges { capture(slice) }
    }

    /// Ends the set: closes what is open and reports what is missing.
    package mutating func finish() {
        closedCount = 0
        close(to: 0)
        if judges { complete(frames) }
    }

    // MARK: Open loops

    mutating func push(loop: Int, position: Int, byte: Int) {
        guard depth < Self.maximumDepth else { return }
        let record = loop < 0 ? nil : guide.loops[loop]
        let nodes = Int(record?.nodes.count ?? 0)
        let slots = Int(record?.slots ?? 0)
        if stateCount + nodes > stateCapacity { growStates(to: (stateCount + nodes) * 2) }
        if valueCount + slots > valueCapacity { growValues(to: (valueCount + slots) * 2) }
        (counts + stateCount).initialize(repeating: 0, count: nodes)
        (values + valueCount).initialize(repeating: 0, count: slots)
        frames[depth] = Frame(
            loop: Int32(loop), states: Int32(stateCount), values: Int32(valueCount), position: position, byte: byte)
        depth += 1
        stateCount += nodes
        valueCount += slots
    }

    private mutating func growStates(to capacity: Int) {
        let largerCounts = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        largerCounts.update(from: counts, count: stateCount)
        counts.deallocate()
        counts = largerCounts
        let largerStands = UnsafeMutablePointer<Stand>.allocate(capacity: capacity)
        largerStands.update(from: stands, count: stateCount)
        stands.deallocate()
        stands = largerStands
        stateCapacity = capacity
    }

    private mutating func growValues(to capacity: Int) {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        larger.update(from: values, count: valueCount)
        values.deallocate()
        values = larger
        valueCapacity = capacity
    }

    package mutating func begin(_ loop: Int, _ slice: SegmentSlice, _ position: Int) {
        push(loop: loop, position: position, byte: slice.byteOffset)
        began = true
        let top = depth - 1
        let state = Int(frames[top].states)
        counts[state] = 1
        stands[state] = Stand(position: position, byte: slice.byteOffset)
        frames[top].ordinal = 1
        frames[top].seen.insert(0)
        if judges, guide.loops[loop].hasHierarchy { beginHierarchy(slice, position) }
    }

    /// Counts one more of a node of the innermost open loop.
    @inline(__always)
    private mutating func count(
        _ node: Int, _ ordinal: UInt16, _ maximum: UInt32, _ child: Int16, _ position: Int, _ byte: Int
    ) {
        let frame = frames + (depth - 1)
        guard frame.pointee.loop >= 0 else { return }
        let state = Int(frame.pointee.states) + node
        let count = counts[state] &+ 1
        counts[state] = count
        if judges { stands[state] = Stand(position: position, byte: byte) }
        frame.pointee.seen.insert(node)
        let isBehind = ordinal < frame.pointee.ordinal
        if !isBehind { frame.pointee.ordinal = ordinal }
        if isBehind || count > maximum { noteCount(isBehind, count > maximum, child, position, byte) }
    }

    @inline(never)
    private mutating func noteCount(
        _ isBehind: Bool, _ isTooMany: Bool, _ child: Int16, _ position: Int, _ byte: Int
    ) {
        let loop = Int(frames[depth - 1].loop)
        if isBehind { note(.segmentOrder, position, byte, loop: loop) }
        if isTooMany {
            note(child < 0 ? .segmentRepeat : .loopRepeat, position, byte, loop: child < 0 ? loop : Int(child))
        }
    }

    @inline(__always)
    mutating func capture(_ slice: SegmentSlice) {
        let run = guide.rules.base[Int(rule)].captures
        guard run.count > 0 else { return }
        let base = Int(frames[depth - 1].values)
        for index in Int(run.first)..<Int(run.first + run.count) {
            let capture = guide.captures[index]
            values[base + Int(capture.slot)] = Self.value(slice, capture.element, capture.component)
        }
    }

    @inline(__always)
    package mutating func close(to home: Int) {
        while depth > home + 1 {
            let frame = frames + (depth - 1)
            if judges { complete(frame) }
            closed[closedCount] = frame.pointee.loop
            closedCount += 1
            depth -= 1
            stateCount = Int(frame.pointee.states)
            valueCount = Int(frame.pointee.values)
        }
    }

    package mutating func note(_ fault: Fault, _ position: Int, _ byte: Int, loop: Int?) {
        guard judges else { return }
        found.append(
            Found(
                fault: fault, position: position, byte: byte, loop: loop, severity: guide.isWhole ? nil : .warning))
    }
}
