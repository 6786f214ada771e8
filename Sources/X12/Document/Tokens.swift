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

    init(bytes: [UInt8], source: String?, builder: TokensBuilder) {
        self.bytes = bytes
        self.source = source
        segmentStart = builder.segmentStart
        segmentEnd = builder.segmentEnd
        firstElement = builder.firstElement + [UInt32(builder.elementStart.count)]
        elementStart = builder.elementStart
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

    /// Hands a segment on as readers of a window see it; `ends` is memory that is used again.
    func withSlice<Result>(
        _ segment: Int, _ delimiters: Delimiters, ends: inout [UInt32], _ body: (SegmentSlice) -> Result
    ) -> Result {
        let start = Int(segmentStart[segment])
        ends.removeAll(keepingCapacity: true)
        for element in 0...elementCount(segment) { ends.append(UInt32(range(segment, element).upperBound - start)) }
        return bytes.withUnsafeBufferPointer { bytes in
            ends.withUnsafeBufferPointer { ends in
                body(
                    SegmentSlice(
                        base: bytes.baseAddress! + start, ends: ends.baseAddress!, count: ends.count,
                        byteOffset: start, delimiters: delimiters))
            }
        }
    }
}

/// Collects the places of segments as they are read.
struct TokensBuilder {
    var segmentStart: [UInt32] = []
    var segmentEnd: [UInt32] = []
    var firstElement: [UInt32] = []
    var elementStart: [UInt32] = []

    /// Adds a segment; its offset counts from the start of the bytes that the tokens will hold.
    mutating func append(_ slice: SegmentSlice) {
        let start = UInt32(slice.byteOffset)
        segmentStart.append(start)
        segmentEnd.append(start + UInt32(slice.length))
        firstElement.append(UInt32(elementStart.count))
        for element in 0..<slice.count { elementStart.append(start + UInt32(slice.start(element))) }
    }
}
