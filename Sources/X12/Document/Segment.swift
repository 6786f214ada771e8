public import HealthTypes

/// One segment of an input: a view on the input's bytes, which costs no copy until text is asked for.
public struct Segment: Sendable {
    let tokens: Tokens
    /// The place among all segments of the input.
    package let index: Int
    package let delimiters: Delimiters
    /// The place in the transaction set, ST being 1; in an envelope, the place in the interchange, ISA being 1.
    public let position: Int

    /// The segment's name, such as `CLM`.
    public var id: String { tokens.text(index, 0) }

    /// Offset from the start of the input of the segment's first byte.
    public var byteOffset: Int { Int(tokens.segmentStart[index]) }

    /// The bytes of the segment, without its terminator.
    public var byteRange: Range<Int> { byteOffset..<Int(tokens.segmentEnd[index]) }

    /// How many elements stand after the id, empty ones included.
    public var elementCount: Int { tokens.elementCount(index) }

    /// The whole text of an element, counted from 1, repetitions and components included; empty where it is absent.
    public subscript(_ element: Int) -> String { tokens.text(index, element) }

    /// A component, counted from 1, of the element's first repetition; empty where it is absent.
    public subscript(_ element: Int, _ component: Int) -> String {
        tokens.text(componentRange(element, component))
    }

    /// The components of each repetition of an element; nothing where the element is absent or empty.
    public func repetitions(_ element: Int) -> [[String]] {
        repetitionRanges(element).map { componentRanges($0).map(tokens.text) }
    }

    /// An element as dollars; nil where it is absent or no amount.
    public func money(_ element: Int) -> Money? { Money(utf8: tokens.bytes[tokens.range(index, element)]) }

    /// An element as a day, written `CCYYMMDD`; of a range (`RD8`), its first day.
    public func date(_ element: Int) -> CalendarDate? { CalendarDate(self[element].prefix(8)) }

    /// An element as a whole number; nil where it is absent, not whole or too large.
    public func integer(_ element: Int) -> Int? { Int(self[element]) }

    public var rawText: String { tokens.text(byteRange) }

    /// Where the segment or a part of it lies.
    public func location(element: Int? = nil, component: Int? = nil, source: String? = nil) -> Location {
        var byte = byteOffset
        if let element, element <= elementCount {
            byte = component.map { componentRange(element, $0).lowerBound } ?? tokens.range(index, element).lowerBound
        }
        return Location(
            source: source ?? tokens.source, byte: byte, segment: position, segmentID: id, element: element,
            component: component)
    }
}

extension Segment {
    /// Whether the id is these letters, without making a string.
    package func isA(_ name: StaticString) -> Bool { tokens.matches(tokens.range(index, 0), name) }

    /// Whether an element is these letters, without making a string.
    package func has(_ element: Int, _ code: StaticString) -> Bool {
        tokens.matches(tokens.range(index, element), code)
    }

    package func isEmpty(_ element: Int) -> Bool { tokens.range(index, element).isEmpty }

    package func range(_ element: Int) -> Range<Int> { tokens.range(index, element) }

    func repetitionRanges(_ element: Int) -> [Range<Int>] {
        let range = tokens.range(index, element)
        guard !range.isEmpty else { return [] }
        return delimiters.repetition == 0 ? [range] : split(range, at: delimiters.repetition)
    }

    func componentRanges(_ range: Range<Int>) -> [Range<Int>] { split(range, at: delimiters.component) }

    func componentRange(_ element: Int, _ component: Int) -> Range<Int> {
        let whole = tokens.range(index, element)
        var start = whole.lowerBound
        var number = 1
        var at = start
        while at < whole.upperBound {
            let byte = tokens.bytes[at]
            if byte == delimiters.repetition && byte != 0 { break }
            if byte == delimiters.component {
                if number == component { return start..<at }
                number += 1
                start = at + 1
            }
            at += 1
        }
        return number == component ? start..<at : at..<at
    }

    private func split(_ range: Range<Int>, at separator: UInt8) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        for at in range where tokens.bytes[at] == separator {
            parts.append(start..<at)
            start = at + 1
        }
        parts.append(start..<range.upperBound)
        return parts
    }
}

/// The segments of one transaction set, ST to SE; making one out of the list copies nothing.
public struct SegmentList: RandomAccessCollection, Sendable {
    let tokens: Tokens
    let delimiters: Delimiters
    /// The places among all segments of the input.
    let range: Range<Int>

    public var startIndex: Int { 0 }
    public var endIndex: Int { range.count }

    public subscript(_ index: Int) -> Segment {
        Segment(tokens: tokens, index: range.lowerBound + index, delimiters: delimiters, position: index + 1)
    }
}
