/// A table of plain records, read without checks of ownership: what a guide becomes, and never changes again.
package struct Table<Record: BitwiseCopyable>: @unchecked Sendable {
    package let base: UnsafeMutablePointer<Record>
    package let count: Int

    /// Keeps the records for as long as the program runs.
    package init(_ records: [Record]) {
        count = records.count
        base = .allocate(capacity: max(count, 1))
        base.initialize(from: records, count: count)
    }

    @inline(__always)
    package subscript(index: Int) -> Record {
        assert(index >= 0 && index < count)
        return base[index]
    }
}

/// One implementation guide as flat tables, by which a transaction set is read and checked.
///
/// Codes of up to eight bytes are numbers (``UnsafeBufferPointer/packed``), segment ids of up to three too.
package final class CompiledGuide: Sendable {
    /// A run of sorted codes in `codes`.
    package struct Codes: BitwiseCopyable {
        package var first: UInt32 = 0
        package var count: UInt32 = 0
    }

    package struct Run: BitwiseCopyable {
        package var first: UInt32 = 0
        package var count: UInt32 = 0
    }

    package struct Loop: BitwiseCopyable {
        package var usage: UInt8
        var hasHierarchy = false
        package var depth: UInt8
        package var parent: Int16
        var maximum: UInt32
        /// In `nodes`; the first is the segment that begins the loop.
        var nodes = Run()
        /// In `required`: the nodes that must stand.
        var required = Run()
        var situations = Run()
        /// Of the segment that begins it.
        package var role = Role.none
        /// How many values of its segments are kept for rules.
        var slots: UInt16 = 0
        /// The nodes that must stand.
        var needed = NodeSet()
    }

    /// Nodes of one loop, the first being the lowest bit; those past ``last`` share its bit.
    struct NodeSet: BitwiseCopyable {
        var low: UInt64 = 0
        var high: UInt64 = 0

        static var last: Int { 127 }
        /// Whether the bit is meant that several nodes may share.
        var isVague: Bool { high >> 63 != 0 }

        @inline(__always)
        mutating func insert(_ node: Int) {
            if node < 64 { low |= 1 &<< UInt64(node) } else { high |= 1 &<< UInt64(min(node, Self.last) - 64) }
        }

        @inline(__always)
        func meets(_ other: NodeSet) -> Bool { low & other.low | high & other.high != 0 }

        /// Whether all of the other's are here.
        @inline(__always)
        func holds(_ other: NodeSet) -> Bool { other.low & ~low | other.high & ~high == 0 }
    }

    struct Node: BitwiseCopyable {
        /// The child loop; negative for a segment.
        var loop: Int16
        /// The segment's rule, or that of the child's first segment.
        var rule: UInt16
        /// Grows along the loop; neighbours of the same name share one, as their order is free.
        var ordinal: UInt16
        var usage: UInt8
        var maximum: UInt32
    }

    package struct Rule: BitwiseCopyable {
        package var segmentID: UInt32
        package var loop: Int16
        /// Zero where any such segment is meant.
        package var qualifierElement: UInt8 = 0
        package var qualifierComponent: UInt8 = 0
        var qualifierCodes = Codes()
        package var elements = Run()
        package var extras = Run()
        package var notes = Run()
        var captures = Run()
        /// The elements that must stand, the first being bit 1; those past the 63rd are not among them.
        var needed: UInt64 = 0
        package var role = Role.none
        /// A date and the element that names its format; zero where the segment has none.
        var periodFormat: UInt8 = 0
        var periodValue: UInt8 = 0
        /// Whether the standard's dictionary has the segment, so that lengths and types are known.
        var isDefined = false
    }

    /// An element or a component: what the standard and the guide say of it without a condition.
    package struct Element: BitwiseCopyable {
        package var type: SegmentDictionary.ElementType
        var isMandatory = false
        var isRequired = false
        var isUnused = false
        package var set = CodeSet.none
        var minimum: UInt16
        var maximum: UInt32
        package var repeats: UInt16
        /// Required by the standard or by the guide.
        var isNeeded = false
        /// Used, and asked for nothing but its length.
        var isPlain = false
        package var codes = Codes()
        /// In `elements`; empty for a simple element.
        package var components = Run()
        /// The components that must stand where the composite does, the first being bit 1.
        var needed: UInt64 = 0
    }

    /// What holds of an element under a condition on others of its segment.
    package struct Extra: BitwiseCopyable {
        package var element: UInt8
        package var component: UInt8
        var isRequired: Bool
        var isUnused: Bool
        package var set: CodeSet
        var minimum: UInt16
        var maximum: UInt32
        package var codes: Codes
        /// In `terms`.
        package var condition: Run
    }

    enum Test: UInt8 {
        case present, absent, among, notAmong
    }

    struct Term: BitwiseCopyable {
        var element: UInt8
        var component: UInt8
        var test: Test
        var codes: Codes
    }

    package struct Note: BitwiseCopyable {
        package var kind: SegmentDictionary.Note.Kind
        /// In `noteElements`.
        package var elements: Run
        /// The same as bits, the first element being bit 1, and the one that leads alone.
        package var all: UInt64
        var lead: UInt64
    }

    /// An element whose value is kept in its loop for rules.
    struct Capture: BitwiseCopyable {
        var element: UInt8
        var component: UInt8
        var slot: UInt16
    }

    /// What a rule looks at: nodes of a loop, or a kept value.
    struct Reference: BitwiseCopyable {
        /// The loop's index; the rule's own or one around it. How many loops are around it.
        var loop: UInt16
        var depth: UInt8 = 0
        /// In `referenceNodes`: any of them present.
        var nodes = Run()
        /// Negative where presence is meant.
        var slot: Int32 = -1
        var element: UInt8 = 0
        var component: UInt8 = 0
        /// The same nodes as a set.
        var set = NodeSet()
    }

    struct SituationTerm: BitwiseCopyable {
        var reference: Reference
        var test: Test
        var codes: Codes
    }

    struct Situation: BitwiseCopyable {
        /// In `names`.
        var name: UInt32
        var terms: Run
        var requires: Bool
        var isWarning: Bool
        var target: Reference
        /// One of these nodes must have stood, or the rule cannot hold; the first node where nothing is known.
        var gate = NodeSet()
    }

    /// Where a segment may go from an open loop: so many loops up, and there to a node.
    package struct Candidate: BitwiseCopyable {
        package var up: UInt8 = 0
        var isLoop = false
        /// In the loop's nodes.
        var node: UInt16 = 0
        package var rule: UInt16 = 0
        package var loop: Int16 = -1
        /// Those of the node.
        package var ordinal: UInt16 = 0
        var maximum: UInt32 = 0
    }

    /// A segment that the guide has.
    package struct Segment: BitwiseCopyable {
        /// Zero for an empty slot.
        package var id: UInt32 = 0
        package var number: UInt16 = 0
        /// The one element or component by which its rules are told apart, zero where nothing is asked for.
        package var qualifierElement: UInt8 = 0
        package var qualifierComponent: UInt8 = 0
        /// Whether rules look at different ones.
        var isMixed = false
    }

    package let set: String
    package let id: String
    package let name: String
    package let isWhole: Bool
    package let purposes: [UInt64]
    /// Whether the standard's dictionary speaks of this version.
    let isMeasured: Bool
    package let loopIDs: [String]
    package let names: [String]
    package let loops: Table<Loop>
    let nodes: Table<Node>
    let required: Table<UInt16>
    package let rules: Table<Rule>
    package let elements: Table<Element>
    package let extras: Table<Extra>
    let terms: Table<Term>
    package let notes: Table<Note>
    let noteElements: Table<UInt8>
    let captures: Table<Capture>
    let situations: Table<Situation>
    /// Their gates, in the same order.
    let gates: Table<NodeSet>
    let situationTerms: Table<SituationTerm>
    let referenceNodes: Table<UInt16>
    package let codes: Table<UInt64>
    package let candidates: Table<Candidate>
    /// By loop and segment, `loop * segmentCount + segment`.
    let candidateRuns: Table<Run>
    package let segmentCount: Int
    /// Open addressing over segment ids.
    private let segments: Table<Segment>
    /// For each segment whether it begins some loop other than the outermost, and one such loop.
    let beginsLoop: Table<Int16>

    package init(_ draft: GuideCompiler.Draft) {
        set = draft.text.set
        id = draft.text.id
        name = draft.text.name
        isWhole = draft.text.isWhole
        purposes = draft.text.purposes.map(\.packedCode)
        isMeasured = draft.isMeasured
        loopIDs = draft.loopIDs
        names = draft.names
        loops = Table(draft.loops)
        nodes = Table(draft.nodes)
        required = Table(draft.required)
        rules = Table(draft.rules)
        elements = Table(draft.elements)
        extras = Table(draft.extras)
        terms = Table(draft.terms)
        notes = Table(draft.notes)
        noteElements = Table(draft.noteElements)
        captures = Table(draft.captures)
        situations = Table(draft.situations)
        gates = Table(draft.situations.map(\.gate))
        situationTerms = Table(draft.situationTerms)
        referenceNodes = Table(draft.referenceNodes)
        codes = Table(draft.codes)
        candidates = Table(draft.candidates)
        candidateRuns = Table(draft.candidateRuns)
        segmentCount = draft.segmentIDs.count
        beginsLoop = Table(draft.beginsLoop)
        var segments = [Segment](repeating: Segment(), count: 256)
        for (number, id) in draft.segmentIDs.enumerated() {
            var place = Self.hash(id)
            while segments[place].id != 0 { place = (place + 1) & 255 }
            segments[place] = Self.segment(id, number, draft.rules)
        }
        self.segments = Table(segments)
    }

    private static func segment(_ id: UInt32, _ number: Int, _ rules: [Rule]) -> Segment {
        var segment = Segment(id: id, number: UInt16(number))
        for rule in rules where rule.segmentID == id && rule.qualifierElement != 0 {
            let isSame =
                segment.qualifierElement == rule.qualifierElement
                && segment.qualifierComponent == rule.qualifierComponent
            if segment.qualifierElement != 0, !isSame { segment.isMixed = true }
            segment.qualifierElement = rule.qualifierElement
            segment.qualifierComponent = rule.qualifierComponent
        }
        return segment
    }

    /// A guide without anything in it, for a reader that has none yet.
    package static let none = CompiledGuide(
        GuideCompiler.Draft(
            text: GuideText(
                name: "", set: "", id: "", isWhole: false,
                root: GuideText.LoopRule(id: "ST", usage: .required, maximum: 1, line: 0)),
            loopIDs: ["ST"], loops: [Loop(usage: 1, depth: 0, parent: -1, maximum: 1)]))

    @inline(__always)
    private static func hash(_ id: UInt32) -> Int { Int((id &* 0x9E37_79B1) >> 24) }

    /// A segment that the guide has; its id is zero for others.
    @inline(__always)
    package func segment(_ id: UInt32) -> Segment {
        var place = Self.hash(id)
        while segments[place].id != id, segments[place].id != 0 { place = (place + 1) & 255 }
        return segments[place]
    }

    @inline(__always)
    package func contains(_ list: Codes, _ code: UInt64) -> Bool {
        let first = Int(list.first)
        let count = Int(list.count)
        if count <= 8 {
            for index in first..<first + count where codes[index] == code { return true }
            return false
        }
        var low = first
        var high = first + count
        while low < high {
            let middle = (low + high) >> 1
            if codes[middle] < code { low = middle + 1 } else { high = middle }
        }
        return low < first + count && codes[low] == code
    }

    package func segmentName(_ rule: Int) -> String {
        let id = rules[rule].segmentID
        let bytes = [
            UInt8(truncatingIfNeeded: id), UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id >> 16),
        ]
        return String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
    }
}

extension CompiledGuide.Element {
    /// Sums up what was said of the element.
    mutating func settle() {
        isNeeded = isMandatory || isRequired
        isPlain =
            (type == .text || type == .code || type == .any) && !isUnused && set == .none && codes.count == 0
            && components.count == 0
    }
}
