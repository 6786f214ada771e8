/// The bytes of an input and where its segments and elements begin, in flat arrays.
///
/// One object is shared by every value that looks into the input, so that a segment costs no copy of its text.
final class Tokens: Sendable {
    let bytes: [UInt8]
    let source: String?
    /// Where each segment begins.
    let segmentStart: [UInt32]
    /// The byte after each segment's last element: its terminator, or the end of the input.
    let segmentEnd: [UInt32]
    /// The place in `elementStart` of each segment's id, and after the last segment the count of all elements.
    let firstElement: [UInt32]
    /// Where each element begins; element 0 is the segment's id.
    let elementStart: [UInt32]

    init(
        bytes: [UInt8], source: String?, segmentStart: [UInt32], segmentEnd: [UInt32], firstElement: [UInt32],
        elementStart: [UInt32]
    ) {
        self.bytes = bytes
        self.source = source
        self.segmentStart = segmentStart
        self.segmentEnd = segmentEnd
        self.firstElement = firstElement
        self.elementStart = elementStart
    }

    var segmentCount: Int { segmentStart.count }

    /// The elements of a segment, not counting its id.
    func elementCount(_ segment: Int) -> Int { Int(firstElement[segment + 1] - firstElement[segment]) - 1 }

    /// The bytes of an element; empty at the segment's end where the segment has no such element.
    func range(_ segment: Int, _ element: Int) -> Range<Int> {
        let first = Int(firstElement[segment])
        let next = Int(firstElement[segment + 1])
        let end = Int(segmentEnd[segment])
        guard element >= 0, first + element < next else { return end..<end }
        let start = Int(elementStart[first + element])
        return start..<(first + element + 1 < next ? Int(elementStart[first + element + 1]) - 1 : end)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func text(_ segment: Int, _ element: Int) -> String { text(range(segment, element)) }

    /// Whether an element is exactly these bytes of ASCII.
    func matches(_ range: Range<Int>, _ ascii: StaticString) -> Bool {
        guard range.count == ascii.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != ascii.utf8Start[offset] { return false }
        return true
    }
}
