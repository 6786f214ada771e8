import CX12Scan

/// Goes through an input segment by segment, through one window of memory that moves along it.
///
/// A header is known by its shape, all sixteen separators in their positions, and never by the letters "ISA". Places of
/// the bytes that end elements and segments are looked up 64 bytes at a time, a block ahead; components and
/// repetitions are found when they are asked for.
package struct SegmentCursor: ~Copyable {
    package enum Step {
        /// The ISA of an interchange; `slice` is its segment.
        case header(isReadable: Bool)
        case segment
        case end
    }

    /// Something wrong with the bytes themselves.
    package struct Found {
        package var fault: Fault
        /// The element of the segment that is given next; nil for what lies outside of any segment.
        package var element: Int?
        package var byte: Int
        var isOfSegment: Bool
    }

    package let limits: X12Limits
    package let source: (any ByteSource)?
    package var base: UnsafeMutablePointer<UInt8>
    package var capacity: Int
    private let growth: Int
    /// Where loaded bytes end, where the next segment begins, and the offset of `base` in the input.
    package var end = 0
    package var at = 0
    var windowOffset = 0
    package var isLast: Bool

    private let marks: UnsafeMutablePointer<UInt32>
    /// A bit for each byte of the window that separates components or repetitions.
    private var inner: UnsafeMutablePointer<UInt64>
    private var markCount = 0
    private var nextMark = 0
    /// Numbers of the marks that end segments.
    private let terminators: UnsafeMutablePointer<UInt32>
    private var terminatorCount = 0
    private var nextTerminator = 0
    /// Whether the block ahead holds nothing that an element may not hold.
    private var isClean = false
    var markedTo = 0
    package var ends: UnsafeMutablePointer<UInt32>
    private var endCapacity = 256
    var segmentStart = 0
    package var elementCount = 0
    /// The offset in the input of the segment's first byte.
    var segmentOffset = 0
    /// That of a segment whose middle was dropped, so that the window no longer tells.
    var truncatedOffset: Int?
    /// Where the content ends that was passed over, counted from the segment's first byte.
    var skippedTo: Int?

    package var delimiters = Delimiters.standard
    var isInside = false
    /// What was found since the last step; the reader takes it away.
    package var found: [Found] = []
    package var strayBytes = 0
    package var interchangeCount = 0
    package var segmentCount = 0

    static let windowBytes = 256 << 10
    private static let blockBytes = 16 << 10
    /// How far behind a header it is looked what separates components.
    static let lookaheadBytes = 16 << 10
    /// More of what is wrong with one segment's bytes is not told, so that it costs no more memory.
    private static let maximumFound = 1000
    /// Further separators of one segment are taken for bytes of its last element.
    private static let maximumEnds = 1 << 18

    /// Reads a stream through a window.
    package init(_ source: any ByteSource, limits: X12Limits = .standard, windowBytes: Int = Self.windowBytes) {
        self.source = source
        self.limits = limits
        capacity = max(windowBytes, 1024)
        growth = capacity
        base = Self.window(capacity)
        isLast = false
        inner = .allocate(capacity: capacity / 64 + 2)
        marks = .allocate(capacity: Self.blockBytes + 128)
        terminators = .allocate(capacity: Self.blockBytes + 128)
        ends = .allocate(capacity: endCapacity + 8)
    }

    /// Reads bytes that stay where they are for as long as the cursor lives.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, limits: X12Limits = .standard) {
        source = nil
        self.limits = limits
        capacity = bytes.count
        growth = 0
        base = UnsafeMutablePointer(mutating: bytes.baseAddress ?? UnsafePointer(bitPattern: 16)!)
        end = bytes.count
        isLast = true
        inner = .allocate(capacity: capacity / 64 + 2)
        marks = .allocate(capacity: Self.blockBytes + 128)
        terminators = .allocate(capacity: Self.blockBytes + 128)
        ends = .allocate(capacity: endCapacity + 8)
    }

    deinit {
        if source != nil { Self.free(base) }
        marks.deallocate()
        terminators.deallocate()
        inner.deallocate()
        ends.deallocate()
    }

    /// Memory for a window, with room before it (``SegmentSlice/canLookBack``).
    private static func window(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: SegmentSlice.bytesBefore + capacity)
        memory.initialize(repeating: 0, count: SegmentSlice.bytesBefore)
        return memory + SegmentSlice.bytesBefore
    }

    private static func free(_ window: UnsafeMutablePointer<UInt8>) { (window - SegmentSlice.bytesBefore).deallocate() }

    /// The segment that the last step came to.
    package var slice: SegmentSlice {
        SegmentSlice(
            base: UnsafePointer(base + segmentStart), ends: UnsafePointer(ends), count: elementCount,
            byteOffset: segmentOffset, delimiters: delimiters, inner: UnsafePointer(inner), innerStart: segmentStart)
    }

    /// How far the input has been read.
    package var byteOffset: Int { windowOffset + at }

    package mutating func next() throws -> Step {
        if isInside {
            if try beginSegment() {
                if !scanWhole() { try scanSegment() }
                return .segment
            }
            isInside = false
        }
        return try findHeader()
    }
}

// MARK: - Segments

extension SegmentCursor {
    /// Passes over what stands between segments; false where the interchange ends without a trailer.
    private mutating func beginSegment() throws -> Bool {
        while true {
            if at >= end {
                guard try load(keeping: at) else { return false }
                continue
            }
            let byte = base[at]
            if byte > 0x20 && byte != delimiters.segment {
                if byte == UInt8(ascii: "I"), try isHeader() { return false }
                return true
            }
            if byte == delimiters.segment {
                // A blank line where the terminator is a newline is no segment; `~~` is an empty one.
                if !byte.isBlank, found.count < Self.maximumFound { note(.segmentEmpty, byte: at, isOfSegment: true) }
            } else if !byte.isBlank || byte == delimiters.element {
                return true
            }
            at += 1
        }
    }

    private mutating func isHeader() throws -> Bool {
        if end - at <= 3, !isLast { try load(keeping: at) }
        guard InterchangeHeader.beginsWithISA(loaded, at) else { return false }
        try require(InterchangeHeader.reach)
        return InterchangeHeader.fixed(loaded, at) != nil
    }

    var loaded: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: end) }

    /// Scans the segment at `at` where all of it is marked and nothing in it is out of the ordinary, as is nearly always
    /// so; false leaves everything as it was.
    @inline(__always)
    private mutating func scanWhole() -> Bool {
        let start = at
        let first = base[start]
        guard isClean, first != UInt8(ascii: "B"), first != UInt8(ascii: "I"), truncatedOffset == nil else {
            return false
        }
        if nextMark < markCount, Int(marks[nextMark]) < start { pass(to: start) }
        guard nextTerminator < terminatorCount else { return false }
        let terminator = Int(terminators[nextTerminator])
        let count = terminator &- nextMark &+ 1
        let place = Int(marks[terminator])
        guard count <= 250, place &- start <= limits.maximumElementBytes else { return false }
        cx12_relative(marks + nextMark, count, UInt32(truncatingIfNeeded: start), ends)
        nextMark = terminator &+ 1
        nextTerminator &+= 1
        at = place &+ 1
        segmentStart = start
        segmentOffset = windowOffset &+ start
        elementCount = count
        segmentCount &+= 1
        return true
    }

    /// Scans the segment at `at`, whatever it is.
    private mutating func scanSegment() throws {
        restart: while true {
            segmentStart = at
            segmentOffset = truncatedOffset ?? windowOffset + at
            elementCount = 0
            let found = found.count
            pass(to: at)
            if markedTo < at { markedTo = at }
            while true {
                if nextMark == markCount {
                    guard markedTo < end else {
                        let foundSince = found..<self.found.count
                        if !isLast, try load(keeping: segmentStart) {
                            self.found.removeSubrange(foundSince)
                            continue restart
                        }
                        finishUnterminated()
                        return
                    }
                    markBlock()
                    continue
                }
                let place = Int(marks[nextMark])
                nextMark &+= 1
                let byte = base[place]
                if byte == delimiters.element {
                    append(place)
                    if elementCount <= 3, elementCount >= 2, base[segmentStart] == UInt8(ascii: "B"),
                        try passBinary(after: place)
                    {
                        continue restart
                    }
                } else if byte == delimiters.segment {
                    append(place)
                    at = place + 1
                    pass(to: at)
                    finish()
                    return
                } else if byte != delimiters.component && (byte != delimiters.repetition || byte == 0) {
                    suspect(place)
                }
            }
        }
    }

    package mutating func append(_ place: Int) {
        if elementCount == endCapacity { growEnds() }
        if elementCount == Self.maximumEnds { elementCount -= 1 }
        ends[elementCount] = UInt32(truncatingIfNeeded: place &- segmentStart)
        elementCount &+= 1
    }

    private mutating func growEnds() {
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: endCapacity * 2 + 8)
        larger.update(from: ends, count: endCapacity)
        ends.deallocate()
        ends = larger
        endCapacity *= 2
    }

    private mutating func markBlock() {
        // Whole words of bits: what was looked at before is looked at again, and its marks are passed over.
        let from = markedTo & ~63
        let to = min(from + Self.blockBytes, end)
        // A repetition separator of zero is none.
        let block = cx12_scan(
            base, from, to,
            cx12_delimiters(
                element: delimiters.element, segment: delimiters.segment, component: delimiters.component,
                repetition: delimiters.repetition == 0 ? delimiters.component : delimiters.repetition), marks,
            terminators, inner)
        markCount = block.marks
        terminatorCount = block.terminators
        isClean = block.suspects == 0
        nextMark = 0
        nextTerminator = 0
        pass(to: markedTo)
        markedTo = to
    }

    /// Passes over the marks before a place.
    @inline(__always)
    package mutating func pass(to place: Int) {
        while nextMark < markCount, Int(marks[nextMark]) < place { nextMark &+= 1 }
        while nextTerminator < terminatorCount, Int(terminators[nextTerminator]) < nextMark { nextTerminator &+= 1 }
    }

    mutating func dropMarks() {
        markCount = 0
        nextMark = 0
        terminatorCount = 0
        nextTerminator = 0
    }

    private mutating func suspect(_ place: Int) {
        if let last = found.last, last.fault == .characterInvalid, last.isOfSegment, last.element == elementCount,
            last.byte >= segmentOffset
        {
            return
        }
        guard found.count < Self.maximumFound else { return }
        found.append(
            Found(
                fault: .characterInvalid, element: elementCount, byte: segmentOffset + place - segmentStart,
                isOfSegment: true))
    }

    private mutating func finishUnterminated() {
        append(end)
        noteSegment(.segmentUnterminated)
        at = end
        finish()
    }

    private mutating func finish() {
        segmentCount &+= 1
        truncatedOffset = nil
        if let skippedTo, skippedTo != Int(ends[elementCount - 1]) { noteSegment(.binaryLength) }
        skippedTo = nil
        if elementCount > limits.maximumSegmentElements + 1 {
            noteSegment(.tooManyElements)
        }
        if Int(ends[elementCount - 1]) > limits.maximumElementBytes { checkSizes() }
        if elementCount >= 1, ends[0] == 3, base[segmentStart] == UInt8(ascii: "I"),
            base[segmentStart + 1] == UInt8(ascii: "E"), base[segmentStart + 2] == UInt8(ascii: "A")
        {
            isInside = false
        }
    }

    private mutating func checkSizes() {
        let isBinary = ends[0] == 3 && base[segmentStart] == UInt8(ascii: "B")
        for element in 0..<elementCount {
            let start = element == 0 ? 0 : Int(ends[element - 1]) + 1
            let limit = isBinary ? limits.maximumBinaryBytes : limits.maximumElementBytes
            if Int(ends[element]) - start > limit, found.count < Self.maximumFound {
                found.append(
                    Found(
                        fault: .elementTooLarge, element: element, byte: segmentOffset + start, isOfSegment: true))
            }
        }
    }

    mutating func noteSegment(_ fault: Fault) {
        found.append(Found(fault: fault, element: nil, byte: segmentOffset, isOfSegment: true))
    }

    package mutating func note(_ fault: Fault, byte: Int, isOfSegment: Bool = false) {
        found.append(Found(fault: fault, element: nil, byte: windowOffset + byte, isOfSegment: isOfSegment))
    }
}

// MARK: - The window

extension SegmentCursor {
    /// Sees to it that so many bytes from `at` on are loaded, if the input has them.
    mutating func require(_ count: Int) throws {
        while end - at < count, !isLast {
            if !(try load(keeping: at)) { return }
        }
    }

    /// Moves what is kept to the front and reads on; false where nothing came.
    @discardableResult
    package mutating func load(keeping start: Int, atLeast wanted: Int = 0) throws -> Bool {
        guard !isLast, let source else { return false }
        let kept = end - start
        // A source that gives little at a time is read until what is kept has doubled, so that it is not scanned again
        // for every piece.
        let wanted = max(wanted, 2 * kept)
        if kept >= capacity / 2 || wanted > capacity {
            guard wanted <= 2 * limits.maximumSegmentBytes + Self.windowBytes else {
                return try truncate(keeping: start)
            }
            grow(to: wanted + growth, keeping: start)
        } else {
            base.update(from: base + start, count: kept)
        }
        windowOffset += start
        at -= start
        segmentStart -= start
        end = kept
        markedTo = 0
        dropMarks()
        var grew = false
        repeat {
            let room = UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
            let count = try source.read(into: room)
            if count == 0 {
                isLast = true
                break
            }
            end += count
            grew = true
        } while end < wanted
        return grew
    }

    package mutating func grow(to size: Int, keeping start: Int) {
        let larger = Self.window(size)
        larger.update(from: base + start, count: end - start)
        Self.free(base)
        base = larger
        capacity = size
        inner.deallocate()
        inner = .allocate(capacity: capacity / 64 + 2)
    }

    /// Gives up on the rest of a segment that is larger than a window may be: passes over it to its terminator.
    private mutating func truncate(keeping start: Int) throws -> Bool {
        noteSegment(.segmentTooLarge)
        truncatedOffset = segmentOffset
        let kept = min(end - start, Self.windowBytes / 2)
        base.update(from: base + start, count: kept)
        var passed = windowOffset + end
        let room = UnsafeMutableRawBufferPointer(start: base + kept, count: capacity - kept)
        search: while true {
            let count = try source?.read(into: room) ?? 0
            if count == 0 {
                isLast = true
                end = kept
                break
            }
            for index in 0..<count where room[index] == delimiters.segment {
                // The terminator and what follows it go behind the front that is kept.
                let rest = count - index
                (base + kept).update(from: base + kept + index, count: rest)
                end = kept + rest
                passed += index
                break search
            }
            passed += count
        }
        windowOffset = passed - kept
        at = 0
        segmentStart = 0
        markedTo = 0
        dropMarks()
        return true
    }
}
