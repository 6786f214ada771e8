import HealthTypes

/// Checks the elements of a transaction set by the standard's dictionary and by the guide's rules.
struct ElementCheck {
    let transaction: TransactionSet
    let dictionary: SegmentDictionary
    let loops: LoopReader?
    private var issues: [Issue] = []
    private var loop: String?

    init(transaction: TransactionSet, dictionary: SegmentDictionary, loops: LoopReader?) {
        self.transaction = transaction
        self.dictionary = dictionary
        self.loops = loops
    }

    mutating func run() -> [Issue] {
        // The lengths of other versions differ from those of the dictionary.
        let isKnown = transaction.guide.hasPrefix("005010")
        for segment in transaction.segments {
            loop = loops.map { $0.loopID($0.owners[segment.position - 1]) }
            let id = segment.id
            guard Self.isIdentifier(segment.tokens.bytes[segment.range(0)]) else {
                report(.segmentIdentifier, segment, nil)
                continue
            }
            if isKnown, let definition = dictionary.segments[id] { check(segment, definition) }
            if let loops, let rule = loops.rules[segment.position - 1] {
                check(segment, loops.guide.segments[rule].elements)
            }
        }
        return issues
    }

    private static func isIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
        (2...3).contains(bytes.count) && bytes.allSatisfy { $0.isDigit || ($0 >= 0x41 && $0 <= 0x5a) }
            && !(bytes.first?.isDigit ?? true)
    }

    // MARK: The standard

    private mutating func check(_ segment: Segment, _ definition: SegmentDictionary.Definition) {
        // LIN and SV3 go on in pairs that the dictionary does not list.
        if segment.elementCount > definition.elements.count, !segment.isA("LIN") {
            report(.elementExtra, segment, definition.elements.count + 1)
        }
        for (index, element) in definition.elements.enumerated() {
            let number = index + 1
            let range = segment.range(number)
            if range.isEmpty {
                if element.isMandatory { report(.elementMissing, segment, number) }
                continue
            }
            let repetitions = segment.repetitionRanges(number)
            if repetitions.count > element.maximum { report(.elementRepeat, segment, number) }
            for (place, repetition) in repetitions.enumerated() {
                let times = repetitions.count > 1 ? place + 1 : nil
                if element.components.isEmpty {
                    checkValue(repetition, element, segment, number, nil, times)
                } else {
                    checkComposite(repetition, element.components, segment, number, times)
                }
            }
        }
        for note in definition.notes where !holds(note, segment) {
            let missing = note.elements.first { segment.isEmpty($0) } ?? note.elements[0]
            report(note.kind == .atMostOne ? .elementExcluded : .elementPair, segment, missing)
        }
        checkPeriod(segment)
    }

    private mutating func checkComposite(
        _ range: Range<Int>, _ components: [SegmentDictionary.Element], _ segment: Segment, _ number: Int, _ times: Int?
    ) {
        let parts = segment.componentRanges(range)
        if parts.count > components.count { report(.componentExtra, segment, number, components.count + 1, times) }
        for (index, component) in components.enumerated() {
            if index < parts.count, !parts[index].isEmpty {
                checkValue(parts[index], component, segment, number, index + 1, times)
            } else if component.isMandatory {
                report(.elementMissing, segment, number, index + 1, times)
            }
        }
    }

    private mutating func checkValue(
        _ range: Range<Int>, _ element: SegmentDictionary.Element, _ segment: Segment, _ number: Int, _ component: Int?,
        _ times: Int?
    ) {
        let bytes = segment.tokens.bytes[range]
        var length = bytes.count
        switch element.type {
        case .integer:
            guard X12Types.isInteger(bytes) else { return report(.elementNumber, segment, number, component, times) }
            length = bytes.count { $0.isDigit }
        case .decimal:
            guard X12Types.isDecimal(bytes) else { return report(.elementNumber, segment, number, component, times) }
            length = bytes.count { $0.isDigit }
        case .date where !X12Types.isDate(bytes): return report(.elementDate, segment, number, component, times)
        case .time where !X12Types.isTime(bytes): return report(.elementTime, segment, number, component, times)
        default: length = bytes.count { $0 & 0xc0 != 0x80 }
        }
        if length < element.length.lowerBound { report(.elementShort, segment, number, component, times) }
        if length > element.length.upperBound { report(.elementLong, segment, number, component, times) }
    }

    private func holds(_ note: SegmentDictionary.Note, _ segment: Segment) -> Bool {
        let present = note.elements.map { !segment.isEmpty($0) }
        let count = present.count { $0 }
        switch note.kind {
        case .paired: return count == 0 || count == present.count
        case .atLeastOne: return count > 0
        case .atMostOne: return count < 2
        case .conditional: return !present[0] || count == present.count
        case .list: return !present[0] || count > 1
        }
    }

    /// DTP03 and DMG02 have the format that the element before them names.
    private mutating func checkPeriod(_ segment: Segment) {
        let place: (format: Int, value: Int)
        if segment.isA("DTP") {
            place = (2, 3)
        } else if segment.isA("DMG") {
            place = (1, 2)
        } else {
            return
        }
        let bytes = segment.tokens.bytes[segment.range(place.value)]
        if !bytes.isEmpty, !X12Types.isPeriod(bytes, format: segment[place.format]) {
            report(.elementDate, segment, place.value)
        }
    }

    // MARK: The guide

    private mutating func check(_ segment: Segment, _ rules: [Guide.ElementRule]) {
        for rule in rules {
            let range =
                rule.component == 0 ? segment.range(rule.element) : segment.componentRange(rule.element, rule.component)
            let component = rule.component == 0 ? nil : rule.component
            if range.isEmpty {
                // A composite that is absent as a whole is reported once, as an element.
                let wholeIsMissing = component != nil && segment.isEmpty(rule.element)
                let standardReports = isMandatory(segment, rule.element, rule.component)
                if rule.isRequired && !wholeIsMissing && !standardReports {
                    report(.elementMissing, segment, rule.element, component)
                }
            } else if !rule.isUsed {
                report(.elementNotUsed, segment, rule.element, component)
            } else if !rule.codes.isEmpty {
                let bytes = segment.tokens.bytes[range]
                if !rule.codes.contains(where: { bytes.elementsEqual($0) }) {
                    report(.elementCode, segment, rule.element, component)
                }
            }
        }
    }

    private func isMandatory(_ segment: Segment, _ element: Int, _ component: Int) -> Bool {
        guard transaction.guide.hasPrefix("005010"), let definition = dictionary.segments[segment.id],
            definition.elements.indices.contains(element - 1)
        else { return false }
        let whole = definition.elements[element - 1]
        guard component > 0 else { return whole.isMandatory }
        return whole.components.indices.contains(component - 1) && whole.components[component - 1].isMandatory
    }

    private mutating func report(
        _ fault: Fault, _ segment: Segment, _ element: Int?, _ component: Int? = nil, _ repetition: Int? = nil
    ) {
        var location = segment.location(element: element, component: component)
        location.loop = loop
        location.repetition = repetition
        let place = element.map { padded($0, to: 2) + (component.map { "-\($0)" } ?? "") } ?? ""
        issues.append(fault.issue(at: location, requirement: "\(transaction.guide) \(segment.id)\(place)"))
    }
}
