import HealthTypes

/// What has no place in the open loops.
extension LoopMatcher {
    mutating func placeUnmatched(_ slice: SegmentSlice, _ position: Int, number: Int?) {
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
    mutating func complete(_ frame: UnsafeMutablePointer<Frame>) {
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
        var seen = frame.pointee.seen
        seen.insert(0)
        let situations = guide.situations.base + Int(loop.pointee.situations.first)
        let gates = guide.gates.base + Int(loop.pointee.situations.first)
        for index in 0..<Int(loop.pointee.situations.count) where gates[index].meets(seen) {
            check(situations + index, frame)
        }
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
    mutating func beginHierarchy(_ slice: SegmentSlice, _ position: Int) {
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
