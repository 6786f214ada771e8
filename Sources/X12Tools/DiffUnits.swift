import HealthTypes
import X12

/// What is kept of every unit: numbers that stand for what it is and what it says.
struct DiffUnit {
    /// By what people know it; unlike for any two units of one input.
    var key: UInt64
    /// What stands first below it; zero where nothing does.
    var anchor: UInt64 = 0
    /// Its segments, in whatever order.
    var content: UInt64 = 0
    /// The unit around it; negative for none.
    var parent: Int32
}

/// The text of a unit that differs.
struct DiffUnitText {
    var label: String
    var segments: [DiffSegment]
}

/// A segment in a form in which delimiters make no difference.
struct DiffSegment {
    static let repetition: Character = "\u{1}"
    static let component: Character = "\u{2}"

    /// The loops inside of the unit that lead to it, with what tells them from their like.
    var path: String
    var id: String
    /// By which like segments of one loop are told apart.
    var qualifier: String
    /// From element 1 on.
    var elements: [String]
}

/// Takes a walk's segments apart into units: envelopes, sets, levels, claims and their like.
final class DiffUnitReader {
    private struct Open {
        var index: Int
        var kind: String
        var depth: Int
        /// The parts of its name, as they come.
        var name: [String] = []
        var content: UInt64 = 0
        var anchor: UInt64 = 0
        var parent: Int32
        var loops: [String: Int] = [:]
        var text: [DiffSegment]?
    }

    private let dictionary: SegmentDictionary
    private let comparesEnvelopes: Bool
    private let wanted: Set<Int>
    private var open: [Open] = []
    /// The loops around the segment inside of its unit.
    private var path: [(depth: Int, name: String, isUnit: Bool)] = []
    private var pathText = ""
    private var occurrences: [UInt64: Int32] = [:]
    private var setKind = ""
    private(set) var units: [DiffUnit] = []
    private(set) var texts: [Int: DiffUnitText] = [:]
    private var definitions: [UInt32: SegmentDictionary.Definition] = [:]
    private let hash = SipHash(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)

    /// Of the units whose places are `wanted` the texts are kept.
    init(dictionary: SegmentDictionary, comparesEnvelopes: Bool, wanted: Set<Int>) {
        self.dictionary = dictionary
        self.comparesEnvelopes = comparesEnvelopes
        self.wanted = wanted
    }

    func take(_ segment: WalkedSegment) {
        let slice = segment.slice
        let id = slice.text(0)
        switch segment.place {
        case .interchangeHeader:
            close(from: -3)
            begin("interchange", depth: -3, name: [6, 8].map { trimmed(slice.text($0)) })
            add(slice, id, leavingOut: comparesEnvelopes ? [11, 16] : [9, 10, 11, 13, 16])
        case .groupHeader:
            close(from: -2)
            begin("group", depth: -2, name: [1, 2, 3].map { slice.text($0) })
            add(slice, id, leavingOut: comparesEnvelopes ? [] : [4, 5, 6])
        case .setHeader:
            close(from: -1)
            setKind = slice.text(1)
            begin("set", depth: -1, name: [setKind])
            add(slice, id, leavingOut: [2])
        case .setTrailer: close(from: -1)
        case .groupTrailer: close(from: -2)
        case .interchangeTrailer: close(from: -3)
        case .ta1, .stray: add(slice, id)
        case .body: takeBody(segment, id)
        }
    }

    func finish() { close(from: -3) }

    private func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    // MARK: Units

    private func takeBody(_ segment: WalkedSegment, _ id: String) {
        let slice = segment.slice
        let hasGuide = segment.guide != nil
        let kind = Self.kind(id, setKind, hasGuide: hasGuide)
        let begins = hasGuide ? segment.beganLoop : kind != nil
        let depth = hasGuide ? segment.depth : kind == nil ? open.last?.depth ?? 0 : id == "HL" ? 1 : 2
        if begins {
            close(from: depth)
            leave(from: depth)
            if let kind {
                begin(kind, depth: depth, name: Self.name(id, slice))
                enter(depth, "", isUnit: true)
            } else {
                enter(depth, loopName(segment, id), isUnit: false)
            }
        } else if hasGuide {
            close(from: depth + 1)
            leave(from: depth + 1)
        }
        note(slice, id)
        add(slice, id, leavingOut: id == "HL" ? [1, 2, 4] : [], isHeading: begins)
    }

    /// What kind of unit begins with a segment that begins a loop; nil for none.
    private static func kind(_ id: String, _ set: String, hasGuide: Bool) -> String? {
        switch id {
        case "HL": "level"
        case "CLM", "CLP": "claim"
        case "INS": set == "834" ? "member" : nil
        case "ENT": set == "820" ? "remitted" : nil
        case "AK2": "answered set"
        case "TRN": (set == "276" || set == "277") && hasGuide ? "inquiry" : nil
        default: nil
        }
    }

    private static func name(_ id: String, _ slice: SegmentSlice) -> [String] {
        switch id {
        case "HL": [slice.text(3)]
        case "CLM": [slice.text(1)]
        // A reversal and the claim that takes its place have one number.
        case "CLP": [slice.text(1)] + (slice.has(2, "22") ? ["reversal"] : [])
        case "AK2": [slice.text(1), slice.text(2)]
        case "TRN": [slice.text(2)]
        default: []
        }
    }

    /// Takes from a segment what its unit is known by.
    private func note(_ slice: SegmentSlice, _ id: String) {
        guard let top = open.indices.last else { return }
        let kind = open[top].kind
        let isNamed = open[top].name.count > 1
        switch (kind, id) {
        case ("set", "BHT") where !isNamed: open[top].name.append(slice.text(3))
        case ("set", "TRN") where !isNamed, ("set", "BGN") where !isNamed, ("set", "AK1") where !isNamed:
            open[top].name.append(slice.text(2))
        case ("level", "NM1") where !isNamed, ("member", "NM1") where !isNamed, ("remitted", "NM1") where !isNamed:
            let known = slice.isEmpty(9) ? [slice.text(3), slice.text(4)] : [slice.text(9)]
            open[top].name += [slice.text(1)] + known
        case ("level", "TRN"), ("remitted", "RMR"): open[top].name.append(slice.text(2))
        case ("member", "REF") where slice.has(1, "0F"), ("member", "REF") where slice.has(1, "SY"):
            open[top].name.insert(slice.text(2), at: 0)
        default: break
        }
    }

    private func begin(_ kind: String, depth: Int, name: [String]) {
        let parent = open.last?.index ?? -1
        let index = units.count
        units.append(DiffUnit(key: 0, parent: Int32(parent)))
        open.append(
            Open(
                index: index, kind: kind, depth: depth, name: name, parent: Int32(parent),
                text: wanted.contains(index) ? [] : nil))
        // Levels above are known, if not by their names, by the first claim below them.
        if kind != "level", kind != "set", kind != "group" {
            for place in open.indices.dropLast() where open[place].anchor == 0 {
                open[place].anchor = hash("\(open[place].kind)/\(kind)/\(name.joined(separator: "/"))".utf8) | 1
            }
        }
    }

    private func close(from depth: Int) {
        while let unit = open.last, unit.depth >= depth {
            open.removeLast()
            let name = ([unit.kind] + unit.name).joined(separator: "\u{1}")
            var key = hash(name.utf8)
            let occurrence = occurrences[key, default: 0]
            occurrences[key] = occurrence + 1
            if occurrence > 0 { key = hash("\(name)\u{1}#\(occurrence)".utf8) }
            units[unit.index].key = key | 1
            units[unit.index].content = unit.content
            // Like anchors are told apart by nothing; the first is meant.
            units[unit.index].anchor = unit.anchor
            if let segments = unit.text {
                let number = occurrence > 0 ? " (number \(occurrence + 1))" : ""
                texts[unit.index] = DiffUnitText(label: Self.label(unit.kind, unit.name) + number, segments: segments)
            }
            leave(from: unit.depth)
        }
    }

    private static func label(_ kind: String, _ name: [String]) -> String {
        let words = name.filter { !$0.isEmpty }.joined(separator: " ")
        return words.isEmpty ? kind : "\(kind) \(words)"
    }

    // MARK: Loops inside of units

    private func leave(from depth: Int) {
        guard let last = path.last, last.depth >= depth else { return }
        while let last = path.last, last.depth >= depth { path.removeLast() }
        describePath()
    }

    private func enter(_ depth: Int, _ name: String, isUnit: Bool) {
        var name = name
        if !isUnit, let top = open.indices.last {
            let whole = pathText + "/" + name
            let count = open[top].loops[whole, default: 0] + 1
            open[top].loops[whole] = count
            if count > 1 { name += " #\(count)" }
        }
        path.append((depth, name, isUnit))
        describePath()
    }

    private func describePath() {
        let start = path.lastIndex { $0.isUnit }.map { $0 + 1 } ?? 0
        pathText = path[start...].map(\.name).joined(separator: " / ")
    }

    /// The loop's id and what tells it from its like: the line's number, the entity, the benefit.
    private func loopName(_ segment: WalkedSegment, _ id: String) -> String {
        let slice = segment.slice
        let loop = segment.loopID ?? "?"
        let parts: [String] =
            switch id {
            case "LX", "NM1", "N1", "SBR", "LIN", "HD", "SVD", "OI": [slice.text(1)]
            case "SVC": [slice.text(1)]
            case "EB": [1, 2, 3, 6, 12].map { slice.text($0) }
            default: []
            }
        let name = parts.filter { !$0.isEmpty }.joined(separator: " ")
        return name.isEmpty ? loop : "\(loop) \(id) \(name)"
    }

    // MARK: Segments

    private func definition(_ slice: SegmentSlice, _ id: String) -> SegmentDictionary.Definition? {
        let packed = slice.packedID
        if let known = definitions[packed] { return known }
        guard let found = dictionary.segments[id] else { return nil }
        definitions[packed] = found
        return found
    }

    private func add(_ slice: SegmentSlice, _ id: String, leavingOut: [Int] = [], isHeading: Bool = false) {
        guard let top = open.indices.last else { return }
        let definition = definition(slice, id)
        var elements: [String] = []
        for element in 1..<max(slice.count, 1) {
            elements.append(
                leavingOut.contains(element)
                    ? "" : canonical(slice, element, definition?.elements.dropFirst(element - 1).first))
        }
        while elements.last?.isEmpty ?? false { elements.removeLast() }
        var whole = pathText + "\u{3}" + id
        for element in elements { whole += "\u{3}" + element }
        // A sum does not know the order of what it adds up.
        open[top].content &+= hash(whole.utf8) | 1
        guard open[top].text != nil else { return }
        let first = definition?.elements.first
        let isQualified =
            !isHeading && !Self.singles.contains(id) && (first?.components.first ?? first)?.type == .code
        let qualifier = isQualified ? elements.first?.prefix { $0 != DiffSegment.component } ?? "" : ""
        open[top].text?.append(
            DiffSegment(path: pathText, id: id, qualifier: String(qualifier), elements: elements))
    }

    /// Segments that stand once in their loop, so that their first code tells nothing apart.
    private static let singles: Set<String> = [
        "SBR", "DMG", "BHT", "BPR", "BGN", "CUR", "PAT", "OI", "UM", "HCR", "CL1", "INS", "MPI", "ISA", "GS", "TA1",
    ]

    /// An element in which only what it says counts.
    private func canonical(
        _ slice: SegmentSlice, _ element: Int, _ record: SegmentDictionary.Element?
    ) -> String {
        let bytes = slice[element]
        guard !bytes.isEmpty else { return "" }
        let delimiters = slice.delimiters
        if slice.has(0, "ISA") { return trimmed(bytes.string) }
        let parts = record?.components ?? []
        if parts.isEmpty, !bytes.contains(delimiters.component),
            delimiters.repetition == 0 || !bytes.contains(delimiters.repetition)
        {
            return value(bytes, record?.type)
        }
        var repetitions: [String] = []
        let pieces =
            delimiters.repetition == 0
            ? [bytes[...]] : bytes.split(separator: delimiters.repetition, omittingEmptySubsequences: false)
        for piece in pieces {
            var components: [String] = []
            for part in piece.split(separator: delimiters.component, omittingEmptySubsequences: false) {
                let type = parts.isEmpty ? record?.type : parts.dropFirst(components.count).first?.type
                components.append(value(UnsafeBufferPointer(rebasing: part), type))
            }
            while components.last?.isEmpty ?? false { components.removeLast() }
            repetitions.append(components.joined(separator: String(DiffSegment.component)))
        }
        while repetitions.last?.isEmpty ?? false { repetitions.removeLast() }
        return repetitions.joined(separator: String(DiffSegment.repetition))
    }

    private func value(_ bytes: UnsafeBufferPointer<UInt8>, _ type: SegmentDictionary.ElementType?) -> String {
        if type == .decimal, Digits.decimalLength(bytes) != nil { return Self.plain(bytes.string) }
        return bytes.string
    }

    /// `12.50` is `12.5`, and `012` is `12`.
    private static func plain(_ number: String) -> String {
        let isNegative = number.hasPrefix("-")
        var digits = isNegative ? number.dropFirst() : Substring(number)
        if digits.contains(".") {
            while digits.last == "0" { digits.removeLast() }
            if digits.last == "." { digits.removeLast() }
        }
        while digits.count > 1, digits.first == "0", digits.dropFirst().first != "." { digits.removeFirst() }
        if digits.first == "." { digits = "0" + digits }
        if digits.isEmpty || digits == "0" { return "0" }
        return isNegative ? "-" + digits : String(digits)
    }
}
