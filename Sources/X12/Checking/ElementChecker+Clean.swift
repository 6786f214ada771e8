/// The quick answer for a segment in which nothing is wrong, as in nearly all: one walk over its elements, without telling
/// what and where. What is not clean here is checked again, word by word, by ``ElementChecker/check(_:_:)``.
extension ElementChecker {
    /// True only where nothing would be found in the segment.
    @inline(__always)
    func isClean(_ slice: SegmentSlice, _ rule: UnsafePointer<CompiledGuide.Rule>) -> Bool {
        let stated = Int(rule.pointee.elements.count)
        let present = slice.count &- 1
        guard stated < 64, present < 64, present <= stated || !rule.pointee.isDefined else { return false }
        let records = guide.elements.base + Int(rule.pointee.elements.first)
        let isDivided = slice.isDivided(0, slice.length)
        var standing: UInt64 = 0
        var start = Int(slice.ends[0]) &+ 1
        var element = 1
        while element <= present {
            let end = Int(slice.ends[element])
            let length = end &- start
            if length > 0 {
                standing |= 1 &<< UInt64(truncatingIfNeeded: element)
                if element <= stated {
                    let record = records + (element &- 1)
                    let hasParts = isDivided && slice.isDivided(start, end)
                    if record.pointee.isPlain, !hasParts {
                        if length < Int(record.pointee.minimum) || length > Int(record.pointee.maximum) { return false }
                    } else {
                        let bytes = UnsafeBufferPointer(start: slice.base + start, count: length)
                        if record.pointee.components.count > 0 {
                            guard isClean(composite: bytes, record, slice, hasParts: hasParts) else { return false }
                        } else if hasParts || !isClean(bytes, record, slice) {
                            return false
                        }
                    }
                }
            }
            start = end &+ 1
            element &+= 1
        }
        guard rule.pointee.needed & ~standing == 0 else { return false }
        if rule.pointee.notes.count > 0, !areClean(notes: rule.pointee.notes, standing) { return false }
        if rule.pointee.extras.count > 0, !areClean(extras: rule.pointee.extras, slice, standing) { return false }
        if rule.pointee.periodValue != 0, !isClean(period: rule, slice, standing) { return false }
        return true
    }

    /// A simple element or a component that is there.
    @inline(__always)
    private func isClean(
        _ bytes: UnsafeBufferPointer<UInt8>, _ record: UnsafePointer<CompiledGuide.Element>, _ slice: SegmentSlice
    ) -> Bool {
        guard !record.pointee.isUnused else { return false }
        var length = bytes.count
        switch record.pointee.type {
        case .text, .code, .any: break
        case .decimal:
            guard let digits = Digits.decimalLength(bytes) else { return false }
            length = digits
        case .integer:
            guard let digits = Digits.integerLength(bytes) else { return false }
            length = digits
        case .date: guard Digits.isDate(bytes) else { return false }
        case .time: guard Digits.isTime(bytes) else { return false }
        case .binary: return false
        }
        guard length >= Int(record.pointee.minimum), length <= Int(record.pointee.maximum) else { return false }
        if record.pointee.codes.count > 0, !guide.contains(record.pointee.codes, slice.packed(bytes)) { return false }
        return record.pointee.set == .none || isClean(bytes, of: record.pointee.set, slice)
    }

    private func isClean(_ bytes: UnsafeBufferPointer<UInt8>, of set: CodeSet, _ slice: SegmentSlice) -> Bool {
        if set == .npi { return CodeForm.npi(bytes) }
        guard CodeForm.fits(set, bytes) else { return false }
        if set == .icd10cm, looksUpLater { return true }
        return switch tables.look(up: slice.packed(bytes), in: set) {
        case nil, .inForce, .notInForce: true
        case .unknown, .notHere: false
        }
    }

    /// A composite that is there once.
    private func isClean(
        composite bytes: UnsafeBufferPointer<UInt8>, _ record: UnsafePointer<CompiledGuide.Element>,
        _ slice: SegmentSlice, hasParts: Bool
    ) -> Bool {
        guard !record.pointee.isUnused, record.pointee.type != .binary, record.pointee.components.count < 64 else {
            return false
        }
        let count = Int(record.pointee.components.count)
        let parts = guide.elements.base + Int(record.pointee.components.first)
        var standing: UInt64 = 0
        var component = 1
        var start = 0
        while true {
            var end = bytes.count
            if hasParts {
                end = start
                while end < bytes.count, bytes[end] != slice.delimiters.component {
                    if bytes[end] == slice.delimiters.repetition { return false }
                    end &+= 1
                }
            }
            guard component <= count else { return false }
            if end > start {
                standing |= 1 &<< UInt64(truncatingIfNeeded: component)
                let part = UnsafeBufferPointer(start: bytes.baseAddress! + start, count: end &- start)
                guard isClean(part, parts + (component &- 1), slice) else { return false }
            }
            if end == bytes.count { break }
            start = end &+ 1
            component &+= 1
        }
        return record.pointee.needed & ~standing == 0
    }

    @inline(__always)
    private func areClean(notes run: CompiledGuide.Run, _ standing: UInt64) -> Bool {
        let notes = guide.notes.base + Int(run.first)
        for index in 0..<Int(run.count) {
            let note = notes + index
            let all = note.pointee.all
            let here = standing & all
            let leads = standing & note.pointee.lead != 0
            let holds =
                switch note.pointee.kind {
                case .paired: here == 0 || here == all
                case .atLeastOne: here != 0
                case .atMostOne: here & (here &- 1) == 0
                case .conditional: !leads || here == all
                case .list: !leads || here & (here &- 1) != 0
                }
            if !holds { return false }
        }
        return true
    }

    private func areClean(extras run: CompiledGuide.Run, _ slice: SegmentSlice, _ standing: UInt64) -> Bool {
        let extras = guide.extras.base + Int(run.first)
        for index in 0..<Int(run.count) {
            let extra = extras + index
            let isHere = stands(extra.pointee.element, standing)
            if extra.pointee.component == 0 {
                // What only limits a value asks nothing of an element that is not there.
                guard isHere || extra.pointee.isRequired else { continue }
                guard holds(extra.pointee.condition, slice, standing) else { continue }
                guard isHere, fits(extra, slice[Int(extra.pointee.element)], slice) else { return false }
            } else {
                guard isHere || extra.pointee.isRequired && extra.pointee.component < 2 else { continue }
                guard holds(extra.pointee.condition, slice, standing) else { continue }
                let bytes = slice[Int(extra.pointee.element), Int(extra.pointee.component)]
                if bytes.isEmpty {
                    if extra.pointee.isRequired { return false }
                } else if !fits(extra, bytes, slice) {
                    return false
                }
            }
        }
        return true
    }

    @inline(__always)
    private func fits(
        _ extra: UnsafePointer<CompiledGuide.Extra>, _ bytes: UnsafeBufferPointer<UInt8>, _ slice: SegmentSlice
    ) -> Bool {
        guard !extra.pointee.isUnused, bytes.count >= Int(extra.pointee.minimum),
            bytes.count <= Int(extra.pointee.maximum)
        else { return false }
        if extra.pointee.codes.count > 0, !guide.contains(extra.pointee.codes, slice.packed(bytes)) { return false }
        return extra.pointee.set == .none || isClean(bytes, of: extra.pointee.set, slice)
    }

    @inline(__always)
    private func stands(_ element: UInt8, _ standing: UInt64) -> Bool { standing >> UInt64(element) & 1 != 0 }

    @inline(__always)
    private func holds(_ condition: CompiledGuide.Run, _ slice: SegmentSlice, _ standing: UInt64) -> Bool {
        let terms = guide.terms.base + Int(condition.first)
        for index in 0..<Int(condition.count) {
            let term = terms + index
            guard stands(term.pointee.element, standing) else {
                if term.pointee.test != .absent { return false }
                continue
            }
            if term.pointee.component == 0 {
                switch term.pointee.test {
                case .present: continue
                case .absent: return false
                case .among, .notAmong: break
                }
            }
            let bytes =
                term.pointee.component == 0
                ? slice[Int(term.pointee.element)]
                : slice[Int(term.pointee.element), Int(term.pointee.component)]
            let holds =
                switch term.pointee.test {
                case .present: !bytes.isEmpty
                case .absent: bytes.isEmpty
                case .among: !bytes.isEmpty && guide.contains(term.pointee.codes, slice.packed(bytes))
                case .notAmong: !bytes.isEmpty && !guide.contains(term.pointee.codes, slice.packed(bytes))
                }
            if !holds { return false }
        }
        return true
    }

    @inline(__always)
    private func isClean(
        period rule: UnsafePointer<CompiledGuide.Rule>, _ slice: SegmentSlice, _ standing: UInt64
    ) -> Bool {
        guard stands(rule.pointee.periodValue, standing) else { return true }
        return Digits.isPeriod(
            slice[Int(rule.pointee.periodValue)], format: slice.packed(slice[Int(rule.pointee.periodFormat)]))
    }
}
