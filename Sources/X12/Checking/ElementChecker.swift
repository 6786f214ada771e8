import HealthTypes

/// Checks the elements of one segment by the standard's dictionary, the guide's words and the code sets.
struct ElementChecker {
    package struct Found {
        package var fault: Fault
        package var element: Int
        /// Zero for the whole element.
        package var component = 0
        /// Zero where the element stands once.
        package var repetition = 0
        /// From the segment's first byte.
        package var offset: Int
        package var severity: Issue.Severity?
    }

    let guide: CompiledGuide
    let tables: CodeTables
    let looksUpLater: Bool
    private static let maximumFound = 10_000
    /// What was found in the segments since it was last taken away.
    var found: [Found] = []

    init(guide: CompiledGuide, tables: CodeTables) {
        self.guide = guide
        self.tables = tables
        looksUpLater = guide.set == "837"
    }

    @inline(__always)
    mutating func check(_ slice: SegmentSlice, _ number: Int) {
        let rule = guide.rules.base + number
        if !isClean(slice, rule) { checkAll(slice, rule) }
    }

    /// Finds what is wrong, whatever the quick answer.
    @inline(never)
    mutating func checkAll(_ slice: SegmentSlice, _ rule: UnsafePointer<CompiledGuide.Rule>) {
        let stated = Int(rule.pointee.elements.count)
        let present = slice.count - 1
        if rule.pointee.isDefined, present > stated { report(.elementExtra, slice, stated + 1) }
        let records = guide.elements.base + Int(rule.pointee.elements.first)
        var element = 1
        let both = min(stated, present)
        var start = Int(slice.ends[0]) + 1
        while element <= both {
            let end = Int(slice.ends[element])
            let record = records + (element - 1)
            if end == start {
                if record.pointee.isNeeded { report(.elementMissing, slice, element) }
            } else if record.pointee.isPlain, end - start >= Int(record.pointee.minimum),
                end - start <= Int(record.pointee.maximum), !slice.isDivided(start, end)
            {
                // Text of a right length, which is all that is asked of it.
            } else if record.pointee.isUnused {
                report(.elementNotUsed, slice, element)
            } else {
                checkElement(
                    UnsafeBufferPointer(start: slice.base + start, count: end - start), record, slice, element,
                    isDivided: slice.isDivided(start, end))
            }
            start = end + 1
            element += 1
        }
        while element <= stated {
            if records[element - 1].isNeeded { report(.elementMissing, slice, element) }
            element += 1
        }
        if rule.pointee.extras.count > 0 { checkExtras(rule.pointee.extras, slice) }
        if rule.pointee.notes.count > 0 { checkNotes(rule, slice) }
        if rule.pointee.periodValue != 0 { checkPeriod(rule, slice) }
    }

    // MARK: One element

    private mutating func checkElement(
        _ bytes: UnsafeBufferPointer<UInt8>, _ record: UnsafePointer<CompiledGuide.Element>, _ slice: SegmentSlice,
        _ element: Int, isDivided: Bool
    ) {
        guard record.pointee.type != .binary else { return }
        let separator = slice.delimiters.repetition
        guard isDivided, separator != 0, bytes.contains(separator) else {
            return checkOnce(bytes, record, slice, element, 0, isDivided: isDivided)
        }
        var start = 0
        var repetition = 1
        var at = 0
        while at <= bytes.count {
            if at == bytes.count || bytes[at] == separator {
                let part = UnsafeBufferPointer(rebasing: bytes[start..<at])
                if !part.isEmpty { checkOnce(part, record, slice, element, repetition, isDivided: true) }
                start = at + 1
                repetition += 1
            }
            at += 1
        }
        if repetition - 1 > Int(record.pointee.repeats) { report(.elementRepeat, slice, element) }
    }

    private mutating func checkOnce(
        _ bytes: UnsafeBufferPointer<UInt8>, _ record: UnsafePointer<CompiledGuide.Element>, _ slice: SegmentSlice,
        _ element: Int, _ repetition: Int, isDivided: Bool
    ) {
        guard record.pointee.components.count > 0 else {
            if isDivided, record.pointee.type != .any, bytes.contains(slice.delimiters.component) {
                // Free text with the separator in it is common and harmless; in anything else it shifts meaning.
                report(
                    .componentExtra, slice, element, 2, repetition,
                    severity: record.pointee.type == .text && record.pointee.maximum >= 60 ? .warning : nil)
            }
            return checkValue(bytes, record, slice, element, 0, repetition)
        }
        var component = 1
        var start = 0
        var at = 0
        let count = Int(record.pointee.components.count)
        let parts = guide.elements.base + Int(record.pointee.components.first)
        while at <= bytes.count {
            if at == bytes.count || bytes[at] == slice.delimiters.component {
                if component <= count {
                    checkComponent(
                        UnsafeBufferPointer(rebasing: bytes[start..<at]), parts + (component - 1), slice, element,
                        component, repetition)
                }
                start = at + 1
                component += 1
            }
            at += 1
        }
        if component - 1 > count { report(.componentExtra, slice, element, count + 1, repetition) }
        while component <= count {
            if parts[component - 1].isNeeded { report(.elementMissing, slice, element, component, repetition) }
            component += 1
        }
    }

    @inline(__always)
    private mutating func checkComponent(
        _ bytes: UnsafeBufferPointer<UInt8>, _ part: UnsafePointer<CompiledGuide.Element>, _ slice: SegmentSlice,
        _ element: Int, _ component: Int, _ repetition: Int
    ) {
        if bytes.isEmpty {
            if part.pointee.isNeeded { report(.elementMissing, slice, element, component, repetition) }
        } else if part.pointee.isUnused {
            report(.elementNotUsed, slice, element, component, repetition)
        } else {
            checkValue(bytes, part, slice, element, component, repetition)
        }
    }

    private mutating func checkValue(
        _ bytes: UnsafeBufferPointer<UInt8>, _ record: UnsafePointer<CompiledGuide.Element>, _ slice: SegmentSlice,
        _ element: Int, _ component: Int, _ repetition: Int
    ) {
        var length = bytes.count
        switch record.pointee.type {
        case .integer:
            guard let digits = Digits.integerLength(bytes) else {
                return report(.elementNumber, slice, element, component, repetition)
            }
            length = digits
        case .decimal:
            guard let digits = Digits.decimalLength(bytes) else {
                return report(.elementNumber, slice, element, component, repetition)
            }
            length = digits
        case .date:
            guard Digits.isDate(bytes) else { return report(.elementDate, slice, element, component, repetition) }
        case .time:
            guard Digits.isTime(bytes) else { return report(.elementTime, slice, element, component, repetition) }
        case .text, .code, .binary, .any: break
        }
        if length < Int(record.pointee.minimum) { report(.elementShort, slice, element, component, repetition) }
        if length > Int(record.pointee.maximum) {
            // A character of several bytes, itself an error, counts once.
            if bytes.count(where: { $0 & 0xc0 != 0x80 }) > Int(record.pointee.maximum)
                || record.pointee.type == .integer
            {
                report(.elementLong, slice, element, component, repetition)
            }
        }
        if record.pointee.codes.count > 0, !guide.contains(record.pointee.codes, bytes.packed) {
            report(.elementCode, slice, element, component, repetition)
        }
        if record.pointee.set != .none { checkSet(record.pointee.set, bytes, slice, element, component, repetition) }
    }

    private mutating func checkSet(
        _ set: CodeSet, _ bytes: UnsafeBufferPointer<UInt8>, _ slice: SegmentSlice, _ element: Int, _ component: Int,
        _ repetition: Int
    ) {
        if set == .npi {
            if !CodeForm.npi(bytes) { report(.checkDigit, slice, element, component, repetition) }
            return
        }
        guard CodeForm.fits(set, bytes) else { return report(.codeForm, slice, element, component, repetition) }
        // The diagnoses of a claim are looked up with the claim's day, when it is known.
        guard let answer = tables.look(up: bytes.packed, in: set), set != .icd10cm || !looksUpLater else { return }
        switch answer {
        case .unknown: report(.codeUnknown, slice, element, component, repetition)
        case .notHere: report(.codeUnknown, slice, element, component, repetition, severity: .warning)
        case .notInForce, .inForce: break
        }
    }

    // MARK: Several elements

    private mutating func checkExtras(_ run: CompiledGuide.Run, _ slice: SegmentSlice) {
        for index in Int(run.first)..<Int(run.first + run.count) {
            let extra = guide.extras[index]
            guard extra.isRequired || Int(extra.element) < slice.count, holds(extra.condition, slice) else { continue }
            let element = Int(extra.element)
            let component = Int(extra.component)
            let bytes = component == 0 ? slice[element] : slice[element, component]
            if bytes.isEmpty {
                // A composite that is absent as a whole is reported once, as an element.
                if extra.isRequired, component < 2 || !slice.isEmpty(element) {
                    report(.elementRequiredHere, slice, element, component)
                }
            } else if extra.isUnused {
                report(.elementForbiddenHere, slice, element, component)
            } else {
                if bytes.count < Int(extra.minimum) { report(.elementShort, slice, element, component) }
                if bytes.count > Int(extra.maximum) { report(.elementLong, slice, element, component) }
                if extra.codes.count > 0, !guide.contains(extra.codes, bytes.packed) {
                    report(.elementCode, slice, element, component)
                }
                if extra.set != .none { checkSet(extra.set, bytes, slice, element, component, 0) }
            }
        }
    }

    private func holds(_ condition: CompiledGuide.Run, _ slice: SegmentSlice) -> Bool {
        for index in Int(condition.first)..<Int(condition.first + condition.count) {
            let term = guide.terms[index]
            let bytes =
                term.component == 0
                ? slice[Int(term.element)] : slice[Int(term.element), Int(term.component)]
            let holds =
                switch term.test {
                case .present: !bytes.isEmpty
                case .absent: bytes.isEmpty
                case .among: !bytes.isEmpty && guide.contains(term.codes, bytes.packed)
                case .notAmong: !bytes.isEmpty && !guide.contains(term.codes, bytes.packed)
                }
            if !holds { return false }
        }
        return true
    }

    private mutating func checkNotes(_ rule: UnsafePointer<CompiledGuide.Rule>, _ slice: SegmentSlice) {
        let run = rule.pointee.notes
        let needed = UnsafeBufferPointer(
            start: guide.elements.base + Int(rule.pointee.elements.first), count: Int(rule.pointee.elements.count))
        for index in Int(run.first)..<Int(run.first + run.count) {
            let note = guide.notes[index]
            let first = Int(note.elements.first)
            let total = Int(note.elements.count)
            var present = 0
            for place in first..<first + total where slice.length(Int(guide.noteElements[place])) > 0 { present += 1 }
            let leads = slice.length(Int(guide.noteElements[first])) > 0
            let holds =
                switch note.kind {
                case .paired: present == 0 || present == total
                case .atLeastOne: present > 0
                case .atMostOne: present < 2
                case .conditional: !leads || present == total
                case .list: !leads || present > 1
                }
            guard !holds else { continue }
            let missing = (first..<first + total).first { slice.isEmpty(Int(guide.noteElements[$0])) } ?? first
            // What the guide requires anyway was told already.
            let place = Int(guide.noteElements[missing])
            if note.kind != .atMostOne, place <= needed.count, needed[place - 1].isNeeded { continue }
            report(
                note.kind == .atMostOne ? .elementExcluded : .elementPair, slice, place)
        }
    }

    /// A date whose format another element of the segment names.
    private mutating func checkPeriod(_ rule: UnsafePointer<CompiledGuide.Rule>, _ slice: SegmentSlice) {
        let value = Int(rule.pointee.periodValue)
        let format = slice[Int(rule.pointee.periodFormat)].packed
        guard slice.length(value) > 0, !Digits.isPeriod(slice[value], format: format) else { return }
        report(.elementDate, slice, value)
    }

    @inline(never)
    private mutating func report(
        _ fault: Fault, _ slice: SegmentSlice, _ element: Int, _ component: Int = 0, _ repetition: Int = 0,
        severity: Issue.Severity? = nil
    ) {
        // More of one segment is not told, so that its size does not matter.
        guard found.count < Self.maximumFound else { return }
        var offset = element < slice.count ? slice.start(element) : slice.length
        if component > 0, element < slice.count {
            let part = slice[element, component]
            if !part.isEmpty, repetition < 2 { offset = part.baseAddress! - slice.base }
        }
        found.append(
            Found(
                fault: fault, element: element, component: component, repetition: repetition, offset: offset,
                severity: severity ?? (guide.isWhole ? nil : .warning)))
    }
}
