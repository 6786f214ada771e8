public import X12

/// Takes the persons out of an X12 input and keeps its shape: every byte that is replaced gives way to one byte, so that
/// places, counts and findings stay what they were.
///
/// What the guides know as a code, an amount, a count or a control number stays. Names, identifiers, addresses, numbers
/// of accounts and telephones and free text become letters and digits that depend on the value and the seed: equal
/// values stay equal, so that a member is still one member. NPIs keep a true check digit, days move by one count of
/// days, and of a ZIP code three digits stay. In a segment that no guide knows, all text is replaced.
public struct X12Redaction: Sendable {
    private let guides: GuideLibrary
    private let seed: UInt64

    /// With one seed the same value becomes the same stand-in in every file; who knows the seed can try values out.
    public init(seed: UInt64, guides: GuideLibrary = .standard) {
        self.seed = seed
        self.guides = guides
    }

    /// Writes the input without its persons, piece by piece.
    ///
    /// - Throws: what the source or the sink throws.
    public func redact(_ source: any ByteSource, to sink: @escaping ([UInt8]) throws -> Void) throws {
        let pass = RedactionPass(standIn: StandIn(seed: seed), dictionary: guides.dictionary, sink: sink)
        try SegmentWalk(source, guides: guides).forEach(between: pass.between, segment: pass.segment)
        try pass.finish()
    }
}

/// One pass over one input.
private final class RedactionPass {
    private let standIn: StandIn
    private let dictionary: SegmentDictionary
    private let sink: ([UInt8]) throws -> Void
    private var output: [UInt8] = []
    private var isAtStart = true

    init(standIn: StandIn, dictionary: SegmentDictionary, sink: @escaping ([UInt8]) throws -> Void) {
        self.standIn = standIn
        self.dictionary = dictionary
        self.sink = sink
    }

    /// What stands between segments is blank or nobody's; of a header that cannot be read the name is kept.
    func between(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        let start = output.count
        output.append(contentsOf: bytes)
        var from = start
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        if isAtStart, bytes.starts(with: mark) { from += mark.count }
        if output[from...].starts(with: "ISA".utf8) { from += 3 }
        isAtStart = false
        standIn.replaceAll(&output, from..<output.count)
        try flush()
    }

    func segment(_ segment: WalkedSegment) throws {
        isAtStart = false
        let slice = segment.slice
        let start = output.count
        output.append(contentsOf: UnsafeBufferPointer(start: slice.base, count: slice.length))
        if segment.isTerminated { output.append(slice.delimiters.segment) }
        switch segment.place {
        case .interchangeHeader: redactHeader(slice, at: start)
        case .ta1: shiftDay(slice, 2, at: start)
        case .groupHeader:
            replace(slice, 2, at: start)
            replace(slice, 3, at: start)
            shiftDay(slice, 4, at: start)
        case .groupTrailer, .interchangeTrailer, .setHeader, .setTrailer: break
        case .stray: redactUnknown(slice, at: start)
        case .body: redactBody(segment, at: start)
        }
        try flush()
    }

    func finish() throws {
        if !output.isEmpty { try sink(output) }
        output = []
    }

    private func flush() throws {
        guard output.count > 1 << 16 else { return }
        try sink(output)
        output.removeAll(keepingCapacity: true)
    }

    private func range(_ slice: SegmentSlice, _ element: Int, at start: Int) -> Range<Int> {
        let from = start + slice.start(element)
        return from..<from + slice.length(element)
    }

    private func replace(_ slice: SegmentSlice, _ element: Int, at start: Int) {
        guard element < slice.count else { return }
        standIn.replace(&output, range(slice, element, at: start))
    }

    private func shiftDay(_ slice: SegmentSlice, _ element: Int, at start: Int) {
        guard element < slice.count else { return }
        standIn.shiftDays(&output, range(slice, element, at: start))
    }

    private func redactHeader(_ slice: SegmentSlice, at start: Int) {
        for element in [2, 4, 6, 8] { replace(slice, element, at: start) }
        shiftDay(slice, 9, at: start)
    }

    private func redactUnknown(_ slice: SegmentSlice, at start: Int) {
        for element in 1..<max(slice.count, 1) {
            forEachPart(slice, element, at: start) { range, _, previous in
                if StandIn.namesDays(previous) {
                    standIn.shiftDays(&output, range)
                } else {
                    standIn.replace(&output, range)
                }
            }
        }
    }

    private func redactBody(_ segment: WalkedSegment, at start: Int) {
        let slice = segment.slice
        let id = slice.text(0)
        if id == "BIN" || id == "BDS" {
            let content = id == "BIN" ? 2 : 3
            if content < slice.count { standIn.blank(&output, range(slice, content, at: start)) }
            return
        }
        guard let definition = dictionary.segments[id] else { return redactUnknown(slice, at: start) }
        for element in 1..<max(slice.count, 1) where !slice.isEmpty(element) {
            let record = element <= definition.elements.count ? definition.elements[element - 1] : nil
            forEachPart(slice, element, at: start) { range, component, previous in
                let parts = record?.components ?? []
                let type = parts.isEmpty ? record?.type : component <= parts.count ? parts[component - 1].type : nil
                let place = Kept.Place(element: element, component: parts.isEmpty ? 0 : component)
                redact(range, type, place, id, segment, previous)
            }
        }
    }

    private func redact(
        _ range: Range<Int>, _ type: SegmentDictionary.ElementType?, _ place: Kept.Place, _ id: String,
        _ segment: WalkedSegment, _ previous: UnsafeBufferPointer<UInt8>
    ) {
        switch type {
        case .date: standIn.shiftDays(&output, range)
        case .code where id == "N4" && place.element == 3: standIn.shortenZIP(&output, range)
        case .code, .integer, .decimal, .time: break
        case .text, .binary, .any, nil:
            // A time of day alone tells nobody's day.
            if previous.matches("TM") { return }
            if StandIn.namesDays(previous) {
                standIn.shiftDays(&output, range)
            } else if !isKept(place, id, segment, range) {
                standIn.replace(&output, range)
            }
        }
    }

    /// Whether text is a code: one of those here, or one that the guide lists or takes from a code set.
    private func isKept(_ place: Kept.Place, _ id: String, _ segment: WalkedSegment, _ range: Range<Int>) -> Bool {
        if Kept.places[id]?.contains(place) ?? false { return true }
        if Kept.segments.contains(id) { return true }
        guard let guide = segment.guide, segment.rule >= 0 else { return false }
        let rule = guide.rules[segment.rule]
        if Int(rule.qualifierElement) == place.element, Int(rule.qualifierComponent) == place.component { return true }
        guard place.element <= Int(rule.elements.count) else { return false }
        var record = guide.elements[Int(rule.elements.first) + place.element - 1]
        if place.component > 0 {
            guard place.component <= Int(record.components.count) else { return false }
            record = guide.elements[Int(record.components.first) + place.component - 1]
        }
        if record.codes.count > 0 || Kept.isCode(record.set) { return true }
        return output.withUnsafeBufferPointer { all in
            let value = UnsafeBufferPointer(rebasing: all[range])
            for index in Int(rule.extras.first)..<Int(rule.extras.first + rule.extras.count) {
                let extra = guide.extras[index]
                guard Int(extra.element) == place.element, Int(extra.component) == place.component else { continue }
                if extra.codes.count > 0, guide.contains(extra.codes, value.packed) { return true }
                if Kept.isCode(extra.set), CodeForm.fits(extra.set, value) { return true }
            }
            return false
        }
    }

    /// Gives each component of each repetition: its bytes in the output, its number, and the value before it, by which
    /// a format is named.
    private func forEachPart(
        _ slice: SegmentSlice, _ element: Int, at start: Int,
        _ body: (Range<Int>, Int, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let bytes = slice[element]
        let base = start + slice.start(element)
        var previous = element > 1 ? slice[element - 1] : UnsafeBufferPointer(rebasing: bytes[..<0])
        var component = 1
        var from = 0
        for at in 0...bytes.count {
            let isRepetition =
                at < bytes.count && slice.delimiters.repetition != 0 && bytes[at] == slice.delimiters.repetition
            guard at == bytes.count || isRepetition || bytes[at] == slice.delimiters.component else { continue }
            if at > from { body(base + from..<base + at, component, previous) }
            previous = UnsafeBufferPointer(rebasing: bytes[from..<at])
            component = isRepetition ? 1 : component + 1
            from = at + 1
        }
    }
}

/// The text elements that hold codes and numbers of control, though the dictionary calls them text.
private enum Kept {
    struct Place: Hashable {
        var element: Int
        /// Zero for a simple element.
        var component = 0
    }

    /// Segments whose texts are all codes.
    static let segments: Set<String> = ["HI", "HL", "LS", "LE", "LQ", "MOA", "LIN", "TOO", "AK1", "AK2"]

    static let places: [String: Set<Place>] = [
        "CLM": [Place(element: 5, component: 1)], "CLP": [Place(element: 8)], "TS3": [Place(element: 2)],
        "PRV": [Place(element: 3)], "HCR": [Place(element: 3)], "III": [Place(element: 2)], "IK3": all([1, 3]),
        "MIA": all([5, 20, 21, 22, 23]), "EB": procedure(13), "SV1": procedure(1).union(all([5, 14])),
        "SV2": procedure(2).union(all([1])), "SV3": procedure(1).union(all([3])), "SV5": procedure(1),
        "SVC": procedure(1).union(procedure(6)).union(all([4])), "SVD": procedure(3).union(all([4])),
        "STC": components([1, 10, 11], 1...2), "UM": [Place(element: 4, component: 1)],
        "CTX": [Place(element: 1, component: 1), Place(element: 4)],
    ]

    private static func all(_ elements: [Int]) -> Set<Place> { Set(elements.map { Place(element: $0) }) }

    private static func components(_ elements: [Int], _ components: ClosedRange<Int>) -> Set<Place> {
        Set(elements.flatMap { element in components.map { Place(element: element, component: $0) } })
    }

    /// The procedure and its modifiers in a composite of a medical procedure; not its description.
    private static func procedure(_ element: Int) -> Set<Place> {
        Set([2, 3, 4, 5, 6, 8].map { Place(element: element, component: $0) })
    }

    /// Whether a code set names kinds of things and not persons or places.
    static func isCode(_ set: CodeSet) -> Bool {
        switch set {
        case .none, .npi, .ein, .ssn, .zip: false
        default: true
        }
    }
}
