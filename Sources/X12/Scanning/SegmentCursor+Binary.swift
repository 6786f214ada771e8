/// BIN and BDS, whose content is taken by its stated length.
extension SegmentCursor {
    /// Passes over the content of a BIN or BDS segment, whose length stands in the element before it: it may hold any
    /// byte. True where the window had to move, so that the segment must be scanned again.
    mutating func passBinary(after place: Int) throws -> Bool {
        guard ends[0] == 3, truncatedOffset == nil, elementCount == (isSegment("BIN") ? 2 : isSegment("BDS") ? 3 : 0)
        else { return false }
        let from = segmentStart + Int(ends[elementCount - 2]) + 1
        var length = 0
        for at in from..<place {
            guard base[at].isDigit, length < 1 << 40 else { return noteBinaryLength() }
            length = length * 10 + Int(base[at] - 0x30)
        }
        guard from < place else { return noteBinaryLength() }
        let contentEnd = place + 1 + length
        if contentEnd >= end {
            guard !isLast else { return noteBinaryLength() }
            if contentEnd - segmentStart < limits.maximumSegmentBytes {
                let start = segmentStart
                if try load(keeping: start, atLeast: contentEnd + 1 - start) {
                    at = segmentStart
                    return true
                }
                return noteBinaryLength()
            }
            return try skipBinary(from: place + 1, length: length)
        }
        guard base[contentEnd] == delimiters.segment else { return noteBinaryLength() }
        pass(to: contentEnd)
        if markedTo < contentEnd {
            markedTo = contentEnd
            dropMarks()
        }
        return false
    }

    private func isSegment(_ id: StaticString) -> Bool {
        base[segmentStart + 1] == id.utf8Start[1] && base[segmentStart + 2] == id.utf8Start[2]
    }

    private mutating func noteBinaryLength() -> Bool {
        noteSegment(.binaryLength)
        return false
    }

    /// Reads past a content that is larger than a window may grow; what is kept of the segment is its front.
    private mutating func skipBinary(from content: Int, length: Int) throws -> Bool {
        found.append(
            Found(
                fault: length > limits.maximumBinaryBytes ? .elementTooLarge : .contentSkipped, element: elementCount,
                byte: segmentOffset + content - segmentStart, isOfSegment: true))
        truncatedOffset = segmentOffset
        // The front is kept at the window's beginning, and the bytes after it are read and dropped.
        let front = content - segmentStart
        var missing = length - (end - content)
        if missing < 0 { missing = 0 }
        base.update(from: base + segmentStart, count: front)
        var passed = windowOffset + content + length - missing
        while missing > 0 {
            let room = UnsafeMutableRawBufferPointer(start: base + front, count: min(missing, capacity - front))
            let count = try source?.read(into: room) ?? 0
            if count == 0 { break }
            missing -= count
            passed += count
        }
        skippedTo = front
        segmentStart = 0
        at = 0
        end = front
        windowOffset = passed - front
        isLast = missing > 0
        markedTo = 0
        dropMarks()
        return true
    }
}
