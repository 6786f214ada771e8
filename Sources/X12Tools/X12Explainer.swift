import HealthTypes
public import X12

/// Reads an X12 input out for a person: who, what and how much, indented by loop, with codes in words.
///
/// The text holds the data of the input.
public struct X12Explainer {
    private let guides: GuideLibrary
    private let showsSegments: Bool
    private let codeWords: CodeWords

    /// With `showsSegments` each segment stands as it is above its words; otherwise only those without words do.
    /// `codeWords` knows the external code sets, such as places of service and adjustment reasons.
    public init(
        guides: GuideLibrary = .standard, showsSegments: Bool = false, codeWords: @escaping CodeWords = { _, _ in nil }
    ) {
        self.guides = guides
        self.showsSegments = showsSegments
        self.codeWords = codeWords
    }

    /// Gives the lines, each with its line end, one after the other.
    ///
    /// - Throws: what the source or the sink throws.
    /// - Returns: the count of interchanges.
    @discardableResult
    public func explain(_ source: any ByteSource, to sink: (String) throws -> Void) throws -> Int {
        var totals = SetTotals()
        var interchanges = 0
        try SegmentWalk(source, guides: guides).forEach(between: { _ in }) { segment in
            let slice = segment.slice
            if segment.place == .interchangeHeader { interchanges += 1 }
            if segment.place == .setHeader { totals = SetTotals() }
            let words = guides.explanations.words(slice.text(0), TrimmedElements(slice: slice), codes: codeWords)
            let margin = margin(segment)
            if words.isEmpty || showsSegments { try sink(margin + shown(slice) + "\n") }
            if !words.isEmpty { try sink((showsSegments ? blank(margin) + "  " : margin) + words + "\n") }
            totals.take(segment)
            if segment.place == .setTrailer, let line = totals.line { try sink(blank(margin) + line + "\n") }
        }
        return interchanges
    }

    /// The loop at the left where it begins, and the indent.
    private func margin(_ segment: WalkedSegment) -> String {
        let begins = segment.beganLoop && segment.place == .body
        let loop = begins ? segment.loopID ?? "?" : ""
        let level: Int
        switch segment.place {
        case .interchangeHeader, .interchangeTrailer: level = 0
        case .groupHeader, .groupTrailer, .ta1: level = 1
        case .setHeader, .setTrailer, .stray: level = 2
        // A loop's first segment stands further to the left than the others, as its heading.
        case .body: level = 3 + max(segment.depth, 0) * 2 - (begins ? 1 : 0)
        }
        return loop + String(repeating: " ", count: max(8 - loop.count, 1) + level * 2)
    }

    private func blank(_ margin: String) -> String { String(repeating: " ", count: margin.count) }

    private func shown(_ slice: SegmentSlice) -> String {
        let bytes = UnsafeBufferPointer(start: slice.base, count: min(slice.length, 400))
        var text = ""
        for byte in bytes { text.append(byte >= 0x20 && byte < 0x7f ? Character(Unicode.Scalar(byte)) : "·") }
        return slice.length > bytes.count ? text + "…" : text
    }
}

/// A segment's elements without the spaces that fill ISA up, and without what a terminal should not get.
private struct TrimmedElements: ExplainedElements {
    let slice: SegmentSlice

    var elementCount: Int { slice.count - 1 }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var end = min(bytes.count, 4000)
        while end > 0, bytes[end - 1] == 0x20 { end -= 1 }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[..<end]), as: UTF8.self)
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "·" : $0 }))
    }

    subscript(_ element: Int) -> String { text(slice[element]) }

    subscript(_ element: Int, _ component: Int) -> String { text(slice[element, component]) }

    func repetitions(_ element: Int) -> [[String]] {
        let bytes = slice[element]
        guard !bytes.isEmpty else { return [] }
        let delimiters = slice.delimiters
        if slice.has(0, "ISA") { return [[text(bytes)]] }
        let repetitions =
            delimiters.repetition == 0
            ? [bytes[...]] : bytes.split(separator: delimiters.repetition, omittingEmptySubsequences: false)
        return repetitions.map { part in
            part.split(separator: delimiters.component, omittingEmptySubsequences: false)
                .map { text(UnsafeBufferPointer(rebasing: $0)) }
        }
    }
}

/// What the claims of a set add up to.
private struct SetTotals {
    private var claims = 0
    private var charged = Money.zero
    private var paid = Money.zero
    private var owed = Money.zero
    private var isRemittance = false

    mutating func take(_ segment: WalkedSegment) {
        guard segment.place == .body else { return }
        let slice = segment.slice
        if segment.isA("CLM") {
            claims += 1
            add(slice[2], to: &charged)
        } else if segment.isA("CLP") {
            claims += 1
            isRemittance = true
            add(slice[3], to: &charged)
            add(slice[4], to: &paid)
            add(slice[5], to: &owed)
        }
    }

    private func add(_ bytes: UnsafeBufferPointer<UInt8>, to total: inout Money) {
        if let amount = Money(utf8: bytes) { total = Money(cents: total.cents &+ amount.cents) }
    }

    /// Nil for a set without claims.
    var line: String? {
        guard claims > 0 else { return nil }
        let heading = "Together: \(claims) \(claims == 1 ? "claim" : "claims"), charged \(charged.dollars)"
        return isRemittance ? "\(heading), paid \(paid.dollars), patients owe \(owed.dollars)" : heading
    }
}
