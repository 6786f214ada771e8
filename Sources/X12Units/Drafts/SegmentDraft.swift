import X12

/// A segment that a value carries without a name for it: written as it stands, in its place of the loop.
public struct SegmentDraft: Hashable, Sendable {
    public var id: String
    public var elements: [X12Value]

    public init(_ id: String, _ elements: [X12Value]) {
        self.id = id
        self.elements = elements
    }

    /// As it was read, its elements cut at their repetitions and components.
    init(_ segment: UnitSegment) {
        id = segment.id
        let marks = segment.delimiters
        elements =
            segment.elementCount < 1
            ? []
            : (1...segment.elementCount).map { element in
                let repetitions = segment.repetitions(element).map { text -> X12Value in
                    let components = text.utf8.split(separator: marks.component, omittingEmptySubsequences: false)
                        .map { String($0) ?? "" }
                    return components.count > 1 ? .composite(components) : .text(text)
                }
                return repetitions.isEmpty ? .empty : repetitions.count == 1 ? repetitions[0] : .repeated(repetitions)
            }
    }

    static func all(_ segments: [UnitSegment], except named: Set<String> = []) -> [SegmentDraft] {
        segments.filter { !named.contains($0.id) }.map(SegmentDraft.init)
    }
}

extension UnitSegment {
    var delimiters: Delimiters { store.slice(index).delimiters }
}

extension SegmentPen {
    /// The segments of a name among those without one of their own.
    @inline(__always)
    mutating func write(_ id: StaticString, of additional: [SegmentDraft]) {
        guard !additional.isEmpty else { return }
        writeEach(additional) { $0.id == id.description }
    }

    /// Those of other names.
    @inline(__always)
    mutating func write(_ additional: [SegmentDraft], except ids: Set<String> = []) {
        guard !additional.isEmpty else { return }
        writeEach(additional) { !ids.contains($0.id) }
    }

    private mutating func writeEach(_ segments: [SegmentDraft], _ isWanted: (SegmentDraft) -> Bool) {
        for segment in segments where isWanted(segment) { write(segment) }
    }

    mutating func write(_ segment: SegmentDraft) {
        begin(named: segment.id)
        for element in segment.elements {
            switch element {
            case .repeated(let values):
                for (index, value) in values.enumerated() { write(value, isFurther: index > 0) }
                if values.isEmpty { addEmpty() }
            default: write(element, isFurther: false)
            }
        }
        end()
    }

    private mutating func write(_ value: X12Value, isFurther: Bool) {
        let components: [String] =
            switch value {
            case .text(let text): [text]
            case .composite(let components): components
            case .empty, .repeated: [""]
            }
        if isFurther { repetition(components.first ?? "") } else { add(components.first ?? "") }
        for component in components.dropFirst() { self.component(component) }
        if components.count > 1 { endComposite() }
    }
}
