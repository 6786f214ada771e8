import HealthTypes

/// Finds for each segment of a transaction set the loop in which its guide puts it, and what stands wrongly.
///
/// The deepest open loop is asked first, then the loops around it: so each guide was made to be read. A place that is
/// in order and not yet full is taken before one that is not. No segment is ever left out: one that has no place
/// stays in the loop that was open. Memory is that of the open loops, whatever the length of the set.
struct LoopMatcher: ~Copyable {
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
    private struct Stand: BitwiseCopyable {
        var position: Int
        var byte: Int
    }

    /// What a segment with such a qualifier was matched to in a loop: the first candidate that has it.
    private struct Memory: BitwiseCopyable {
        var value: UInt64
        /// No run has the highest number.
        var run: UInt32
        var candidate: CompiledGuide.Candidate
    }

    struct Found {
        var fault: Fault
        var position: Int
        var byte: Int
        /// The guide's loop, or nil.
        var loop: Int?
        /// The rule of the segment that is meant, where it is not the one that stands there.
        var rule: Int?
        var element = 0
        var component = 0
        /// Of a rule of situations, in the guide's names.
        var name: Int?
        var severity: Issue.Severity?
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

    let guide: CompiledGuide
    private var frames: UnsafeMutablePointer<Frame>
    private(set) var depth = 0
    /// For each node of the open loops how often it stood, and where last.
    private var counts: UnsafeMutablePointer<UInt32>
    private var stands: UnsafeMutablePointer<Stand>
    private var stateCapacity: Int
    private var stateCount = 0
    private var values: UnsafeMutablePointer<UInt64>
    private var valueCapacity: Int
    private var valueCount = 0
    private var hierarchyCount: UInt64 = 0
    /// The rule of the segment that was placed last; negative where it has none.
    private(set) var rule: Int32 = -1
    /// Whether that segment began a loop.
    private(set) var began = false
    /// The loops that it closed, the deepest first.
    private(set) var closedCount = 0
    private let closed: UnsafeMutablePointer<Int32>
    var found: [Found] = []
    /// Whether it is told what stands wrongly or is missing, and not only where everything stands.
    private let judges: Bool
    private let memories: UnsafeMutablePointer<Memory>

    private static let maximumDepth = 64
    private static let memoryCount = 1024

    init(guide: CompiledGuide, judges: Bool = true) {
        self.guide = guide
        self.judges = judges
        memories = .allocate(capacity: Self.memoryCount)
        let none = CompiledGuide.Candidate(up: 0, isLoop: false, node: 0, rule: 0, loop: 0, ordinal: 0, maximum: 0)
        memories.initialize(repeating: Memory(value: 0, run: .max, candidate: none), count: Self.memoryCount)
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
    var loop: Int? {
        let loop = frames[depth - 1].loop
        return loop < 0 ? nil : Int(loop)
    }

    /// The guide's loop that is open at a depth, the outermost being 0; nil where the guide has none such.
    func openLoop(_ depth: Int) -> Int? { frames[depth].loop < 0 ? nil : Int(frames[depth].loop) }

    func closedLoop(_ index: Int) -> Int { Int(closed[index]) }

    /// Begins a further transaction set of the same guide.
    mutating func restart(byte: Int) {
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
    mutating func placeHeader() {
        let node = guide.nodes[Int(guide.loops[0].nodes.first)]
        count(0, node.ordinal, node.maximum, node.loop, 1, frames[0].byte)
    }

    /// Puts the next segment into its loop.
    @inline(__always)
    mutating func place(_ slice: SegmentSlice, position: Int) {
        closedCount = 0
        began = false
        let home = frames[depth - 1].loop
        let segment = guide.segment(slice.packedID)
        guard segment.id != 0, home >= 0, !segment.isMixed else { return search(slice, position, segment) }
        let run = UInt32(truncatingIfNeeded: Int(home) &* guide.segmentCount &+ Int(segment.number))
        let value = Self.value(slice, segment.qualifierElement, segment.qualifierComponent)
        let memory = memories + Self.place(run, value)
        guard memory.pointee.run == run, memory.pointee.value == value else { return search(slice, position, segment) }
        let candidate = memory.pointee.candidate
        let frame = frames + (depth - 1 - Int(candidate.up))
        guard candidate.ordinal >= frame.pointee.ordinal,
            counts[Int(frame.pointee.states) + Int(candidate.node)] < candidate.maximum
        else { return search(slice, position, segment) }
        take(candidate, from: depth - 1, slice, position)
    }

    @inline(__always)
    private static func place(_ run: UInt32, _ value: UInt64) -> Int {
        Int(truncatingIfNeeded: ((value ^ UInt64(run) &<< 40) &* 0x9E37_79B9_7F4A_7C15) >> 54)
    }

    /// As above, by asking each loop in turn.
    @inline(never)
    private mutating func search(_ slice: SegmentSlice, _ position: Int, _ segment: CompiledGuide.Segment) {
        let isUnknown = frames[depth - 1].loop < 0
        let home = isUnknown ? depth - 2 : depth - 1
        guard segment.id != 0 else { return placeUnmatched(slice, position, number: nil) }
        let number = Int(segment.number)
        let runIndex = Int(frames[home].loop) * guide.segmentCount + number
        let run = guide.candidateRuns[runIndex]
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
            memories[Self.place(UInt32(truncatingIfNeeded: runIndex), value)] = Memory(
                value: value, run: UInt32(truncatingIfNeeded: runIndex), candidate: candidates[first])
        }
        take(candidates[chosen < 0 ? first : chosen], from: home, slice, position)
    }

    @inline(__always)
    private static func qualifier(_ rule: UnsafePointer<CompiledGuide.Rule>, _ slice: SegmentSlice) -> UInt64 {
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
    mutating func finish() {
        closedCount = 0
        close(to: 0)
        if judges { complete(frames) }
    }

    // MARK: Open loops

    private mutating func push(loop: Int, position: Int, byte: Int) {
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

    private mutating func begin(_ loop: Int, _ slice: SegmentSlice, _ position: Int) {
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
        stands[state] = Stand(position: position, byte: byte)
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
    private mutating func capture(_ slice: SegmentSlice) {
        let run = guide.rules.base[Int(rule)].captures
        guard run.count > 0 else { return }
        let base = Int(frames[depth - 1].values)
        for index in Int(run.first)..<Int(run.first + run.count) {
            let capture = guide.captures[index]
            values[base + Int(capture.slot)] = Self.value(slice, capture.element, capture.component)
        }
    }

    @inline(__always)
    private mutating func close(to home: Int) {
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

    private mutating func note(_ fault: Fault, _ position: Int, _ byte: Int, loop: Int?) {
        guard judges else { return }
        found.append(
            Found(
                fault: fault, position: position, byte: byte, loop: loop, severity: guide.isWhole ? nil : .warning))
    }
}

// MARK: - What has no place

extension LoopMatcher {
    private mutating func placeUnmatched(_ slice: SegmentSlice, _ position: Int, number: Int?) {
        rule = -1
        if frames[depth - 1].loop < 0 { return }
        let byte = slice.byteOffset
        if let loop = loopThatBegins(with: slice) {
            // A loop in the wrong place: it goes under the nearest open loop that is around its right place.
            var around: Set<Int> = []
            var next = Int(guide.loops[loop].parent)
            while next >= 0 {
                around.insert(next)
                next = Int(guide.loops[next].parent)
            }
            let home = (0..<depth).last { around.contains(Int(frames[$0].loop)) } ?? 0
            close(to: home)
            note(.loopMisplaced, position, byte, loop: loop)
            var missing: [Int] = []
            var ancestor = Int(guide.loops[loop].parent)
            while ancestor != Int(frames[home].loop) {
                missing.append(ancestor)
                ancestor = Int(guide.loops[ancestor].parent)
            }
            for ghost in missing.reversed() {
                push(loop: ghost, position: position, byte: byte)
                frames[depth - 1].isGhost = true
            }
            begin(loop, slice, position)
            rule = Int32(guide.nodes[Int(guide.loops[loop].nodes.first)].rule)
            capture(slice)
            return
        }
        let home = loop
        if let number, guide.beginsLoop[number] >= 0 {
            // An entity or a level that the guide does not name begins a loop of its own.
            push(loop: -1, position: position, byte: byte)
            began = true
        }
        note(number == nil ? .segmentNotInGuide : .segmentUnexpected, position, byte, loop: began ? nil : home)
    }

    private func loopThatBegins(with slice: SegmentSlice) -> Int? {
        let id = slice.packedID
        for loop in 1..<max(guide.loops.count, 1) {
            let rule = guide.rules.base + Int(guide.nodes[Int(guide.loops[loop].nodes.first)].rule)
            guard rule.pointee.segmentID == id, rule.pointee.qualifierElement != 0 else { continue }
            if guide.contains(rule.pointee.qualifierCodes, Self.qualifier(rule, slice)) { return loop }
        }
        return nil
    }
}

// MARK: - What is missing

extension LoopMatcher {
    /// Reports what a loop should have held, at its first segment, and its rules of situations.
    private mutating func complete(_ frame: UnsafeMutablePointer<Frame>) {
        guard frame.pointee.loop >= 0, !frame.pointee.isGhost else { return }
        let loop = guide.loops.base + Int(frame.pointee.loop)
        if !frame.pointee.seen.holds(loop.pointee.needed) || loop.pointee.needed.isVague {
            reportMissing(frame.pointee, loop.pointee)
        }
        if frame.pointee.hierarchy != 0, frame.pointee.promisesChildren != (frame.pointee.hierarchyChildren > 0) {
            found.append(
                Found(
                    fault: .hierarchyChild, position: frame.pointee.position, byte: frame.pointee.byte,
                    loop: Int(frame.pointee.loop), element: 4))
        }
        let situations = guide.situations.base + Int(loop.pointee.situations.first)
        for index in 0..<Int(loop.pointee.situations.count) { check(situations + index, frame) }
    }

    @inline(never)
    private mutating func reportMissing(_ frame: Frame, _ loop: CompiledGuide.Loop) {
        for index in Int(loop.required.first)..<Int(loop.required.first + loop.required.count) {
            let place = Int(guide.required[index])
            guard counts[Int(frame.states) + place] == 0 else { continue }
            let node = guide.nodes[Int(loop.nodes.first) + place]
            found.append(
                Found(
                    fault: node.loop < 0 ? .segmentMissing : .loopMissing, position: frame.position, byte: frame.byte,
                    loop: node.loop < 0 ? Int(frame.loop) : Int(node.loop), rule: Int(node.rule),
                    severity: node.usage == 2 || !guide.isWhole ? .warning : nil))
        }
    }

    @inline(__always)
    private mutating func check(
        _ situation: UnsafePointer<CompiledGuide.Situation>, _ frame: UnsafeMutablePointer<Frame>
    ) {
        let terms = guide.situationTerms.base + Int(situation.pointee.terms.first)
        for index in 0..<Int(situation.pointee.terms.count) where !holds(terms + index) { return }
        let target = situation.pointee.target
        let isPresent = target.slot < 0 ? isPresent(target) : value(target) != 0
        if isPresent != situation.pointee.requires { judge(situation.pointee, frame.pointee) }
    }

    @inline(never)
    private mutating func judge(_ situation: CompiledGuide.Situation, _ frame: Frame) {
        let target = situation.target
        var found = Found(
            fault: .segmentMissing, position: frame.position, byte: frame.byte, loop: Int(frame.loop),
            name: Int(situation.name), severity: situation.isWarning || !guide.isWhole ? .warning : nil)
        let place = Int(guide.referenceNodes[Int(target.nodes.first)])
        let node = guide.nodes[Int(guide.loops[Int(frame.loop)].nodes.first) + place]
        found.rule = Int(node.rule)
        found.trigger = trigger(of: situation)
        if target.element > 0 {
            found.fault = situation.requires ? .elementRequiredHere : .elementForbiddenHere
            found.element = Int(target.element)
            found.component = Int(target.component)
        } else if node.loop >= 0 {
            found.fault = situation.requires ? .loopRequiredHere : .loopForbiddenHere
            found.loop = Int(node.loop)
        } else {
            found.fault = situation.requires ? .segmentRequiredHere : .segmentForbiddenHere
        }
        // What stands is told at its place, and what does not at the loop's first segment.
        for index in Int(target.nodes.first)..<Int(target.nodes.first + target.nodes.count) {
            let state = Int(frame.states) + Int(guide.referenceNodes[index])
            if counts[state] > 0 {
                found.position = stands[state].position
                found.byte = stands[state].byte
            }
        }
        // An element of a segment that is not there is the segment's own matter.
        if found.fault == .elementRequiredHere, !self.isPresent(target) { found.fault = .segmentRequiredHere }
        self.found.append(found)
    }

    private func trigger(of situation: CompiledGuide.Situation) -> Trigger? {
        let term = guide.situationTerms[Int(situation.terms.first)].reference
        guard let frame = frame(of: term)?.pointee else { return nil }
        for index in Int(term.nodes.first)..<Int(term.nodes.first + term.nodes.count) {
            let place = Int(guide.referenceNodes[index])
            let state = Int(frame.states) + place
            let node = guide.nodes[Int(guide.loops[Int(frame.loop)].nodes.first) + place]
            guard counts[state] > 0, node.loop < 0 else { continue }
            return Trigger(
                rule: Int(node.rule), position: stands[state].position, loop: Int(frame.loop),
                element: Int(term.element), component: Int(term.component))
        }
        return nil
    }

    /// Open loops lie as deep as in the guide.
    @inline(__always)
    private func frame(of reference: CompiledGuide.Reference) -> UnsafeMutablePointer<Frame>? {
        let frame = frames + Int(reference.depth)
        return Int(reference.depth) < depth && frame.pointee.loop == Int32(reference.loop) ? frame : nil
    }

    @inline(__always)
    private func isPresent(_ reference: CompiledGuide.Reference) -> Bool {
        guard let frame = frame(of: reference), frame.pointee.seen.meets(reference.set) else { return false }
        return !reference.set.isVague || isCounted(reference, frame.pointee)
    }

    private func isCounted(_ reference: CompiledGuide.Reference, _ frame: Frame) -> Bool {
        for index in Int(reference.nodes.first)..<Int(reference.nodes.first + reference.nodes.count)
        where counts[Int(frame.states) + Int(guide.referenceNodes[index])] > 0 {
            return true
        }
        return false
    }

    @inline(__always)
    private func value(_ reference: CompiledGuide.Reference) -> UInt64 {
        guard let frame = frame(of: reference) else { return 0 }
        return values[Int(frame.pointee.values) + Int(reference.slot)]
    }

    @inline(__always)
    private func holds(_ term: UnsafePointer<CompiledGuide.SituationTerm>) -> Bool {
        guard term.pointee.reference.slot >= 0 else {
            return isPresent(term.pointee.reference) == (term.pointee.test == .present)
        }
        let value = value(term.pointee.reference)
        return switch term.pointee.test {
        case .present: value != 0
        case .absent: value == 0
        case .among: value != 0 && guide.contains(term.pointee.codes, value)
        case .notAmong: value != 0 && !guide.contains(term.pointee.codes, value)
        }
    }
}

// MARK: - Hierarchies

extension LoopMatcher {
    /// HL01 counts up from 1, HL02 names the level around this one, HL04 says whether levels follow below it.
    private mutating func beginHierarchy(_ slice: SegmentSlice, _ position: Int) {
        hierarchyCount += 1
        let top = depth - 1
        let number = Digits.number(slice[1])
        if number != hierarchyCount { noteHierarchy(.hierarchyNumber, position, slice, 1) }
        frames[top].hierarchy = number ?? hierarchyCount
        frames[top].promisesChildren = slice.has(4, "1")
        var parent = top - 1
        while parent >= 0, frames[parent].hierarchy == 0 { parent -= 1 }
        if parent >= 0 {
            frames[parent].hierarchyChildren += 1
            if Digits.number(slice[2]) != frames[parent].hierarchy {
                noteHierarchy(.hierarchyParent, position, slice, 2)
            }
        } else if slice.length(2) > 0 {
            noteHierarchy(.hierarchyParent, position, slice, 2)
        }
    }

    private mutating func noteHierarchy(_ fault: Fault, _ position: Int, _ slice: SegmentSlice, _ element: Int) {
        found.append(
            Found(
                fault: fault, position: position, byte: slice.byteOffset + slice.start(min(element, slice.count - 1)),
                loop: loop, element: element))
    }
}
