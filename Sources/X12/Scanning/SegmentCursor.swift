import CX12Scan

/// Goes through an input segment by segment, through one window of memory that moves along it.
///
/// A header is known by its shape, all sixteen separators in their positions, and never by the letters "ISA". Places of
/// the bytes that end elements and segments are looked up 64 bytes at a time, a block ahead; components and
/// repetitions are found when they are asked for.
struct SegmentCursor: ~Copyable {
    enum Step {
        /// The ISA of an interchange; `slice` is its segment.
        case header(isReadable: Bool)
        case segment
        case end
    }

    /// Something wrong with the bytes themselves.
    struct Found {
        var fault: Fault
        /// The element of the segment that is given next; nil for what lies outside of any segment.
        var element: Int?
        var byte: Int
        var isOfSegment: Bool
    }

    let limits: X12Limits
    private let source: (any ByteSource)?
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private let growth: Int
    /// Where loaded bytes end, where the next segment begins, and the offset of `base` in the input.
    private var end = 0
    private var at = 0
    private var windowOffset = 0
    private var isLast: Bool

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
    private var markedTo = 0
    private var ends: UnsafeMutablePointer<UInt32>
    private var endCapacity = 256
    private var segmentStart = 0
    private var elementCount = 0
    /// The offset in the input of the segment's first byte.
    private var segmentOffset = 0
    /// That of a segment whose middle was dropped, so that the window no longer tells.
    private var truncatedOffset: Int?
    /// Where the content ends that was passed over, counted from the segment's first byte.
    private var skippedTo: Int?

    private(set) var delimiters = Delimiters.standard
    private var isInside = false
    /// What was found since the last step; the reader takes it away.
    var found: [Found] = []
    private(set) var strayBytes = 0
    private(set) var interchangeCount = 0
    private(set) var segmentCount = 0

    static let windowBytes = 256 << 10
    private static let blockBytes = 16 << 10
    /// How far behind a header it is looked what separates components.
    private static let lookaheadBytes = 16 << 10
    /// More of what is wrong with one segment's bytes is not told, so that it costs no more memory.
    private static let maximumFound = 1000
    /// Further separators of one segment are taken for bytes of its last element.
    private static let maximumEnds = 1 << 18

    /// Reads a stream through a window.
    init(_ source: any ByteSource, limits: X12Limits = .standard, windowBytes: Int = Self.windowBytes) {
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
    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: X12Limits = .standard) {
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
    var slice: SegmentSlice {
        SegmentSlice(
            base: UnsafePointer(base + segmentStart), ends: UnsafePointer(ends), count: elementCount,
            byteOffset: segmentOffset, delimiters: delimiters, inner: UnsafePointer(inner), innerStart: segmentStart)
    }

    /// How far the input has been read.
    var byteOffset: Int { windowOffset + at }

    mutating func next() throws -> Step {
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

    private var loaded: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: end) }

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

    private mutating func append(_ place: Int) {
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
    private mutating func pass(to place: Int) {
        while nextMark < markCount, Int(marks[nextMark]) < place { nextMark &+= 1 }
        while nextTerminator < terminatorCount, Int(terminators[nextTerminator]) < nextMark { nextTerminator &+= 1 }
    }

    private mutating func dropMarks() {
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

    private mutating func noteSegment(_ fault: Fault) {
        found.append(Found(fault: fault, element: nil, byte: segmentOffset, isOfSegment: true))
    }

    private mutating func note(_ fault: Fault, byte: Int, isOfSegment: Bool = false) {
        found.append(Found(fault: fault, element: nil, byte: windowOffset + byte, isOfSegment: isOfSegment))
    }
}

// MARK: - Binary content

extension SegmentCursor {
    /// Passes over the content of a BIN or BDS segment, whose length stands in the element before it: it may hold any
    /// byte. True where the window had to move, so that the segment must be scanned again.
    private mutating func passBinary(after place: Int) throws -> Bool {
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

// MARK: - The window

extension SegmentCursor {
    /// Sees to it that so many bytes from `at` on are loaded, if the input has them.
    private mutating func require(_ count: Int) throws {
        while end - at < count, !isLast {
            if !(try load(keeping: at)) { return }
        }
    }

    /// Moves what is kept to the front and reads on; false where nothing came.
    @discardableResult
    private mutating func load(keeping start: Int, atLeast wanted: Int = 0) throws -> Bool {
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

    private mutating func grow(to size: Int, keeping start: Int) {
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

// MARK: - Headers

extension SegmentCursor {
    /// Goes to the next header; what lies before it is stray.
    private mutating func findHeader() throws -> Step {
        if windowOffset + at == 0 {
            try require(3)
            if end >= 3, base[0] == 0xef, base[1] == 0xbb, base[2] == 0xbf { at = 3 }
        }
        while true {
            if at >= end, !(try load(keeping: at)) { break }
            if base[at].isBlank {
                at += 1
                continue
            }
            try require(InterchangeHeader.reach)
            if let header = InterchangeHeader.any(loaded, at) {
                try require(header.length + Self.lookaheadBytes)
                return begin(header)
            }
            try skipStray()
        }
        if interchangeCount == 0 && found.isEmpty && strayBytes == 0 { note(.noInterchange, byte: 0) }
        return .end
    }

    private mutating func begin(_ header: InterchangeHeader) -> Step {
        interchangeCount += 1
        segmentOffset = windowOffset + at
        delimiters = header.delimiters
        segmentStart = at
        // The block ahead was looked up with the delimiters of the interchange before.
        markedTo = at
        dropMarks()
        guard header.delimiters.areUsable else {
            note(.delimitersInvalid, byte: at, isOfSegment: true)
            elementCount = 0
            append(at + header.length)
            segmentCount += 1
            at += header.length
            return .header(isReadable: false)
        }
        if let other = otherComponentSeparator(after: at + header.length) {
            delimiters.component = other
            note(.componentSeparatorDiffers, byte: at + header.length - 2, isOfSegment: true)
        }
        elementCount = 0
        for place in at..<at + header.length - 1 where base[place] == header.delimiters.element { append(place) }
        append(at + header.length - 1)
        if !header.isFixedWidth { note(.headerWidth, byte: at, isOfSegment: true) }
        at += header.length
        segmentCount += 1
        isInside = true
        return .header(isReadable: true)
    }

    /// The byte that separates components in fact, where ISA16 states one that the interchange never uses.
    ///
    /// It is looked for in the interchange's first bytes, after the first element or the fifth of segments that begin
    /// with a composite; nil unless all of them agree.
    private func otherComponentSeparator(after start: Int) -> UInt8? {
        let end = min(end, start + Self.lookaheadBytes)
        let element = delimiters.element
        var other: UInt8?
        var at = start
        var segment = start
        var number = 0
        var elementStart = start
        while at < end {
            let byte = base[at]
            if byte == delimiters.component { return nil }
            if byte == element || byte == delimiters.segment {
                if number > 0, at - segment >= 3, let mark = Self.mark(in: base, segment, number, elementStart..<at) {
                    guard other == nil || other == mark else { return nil }
                    other = mark
                }
                if byte == element {
                    number += 1
                } else {
                    if at - segment >= 3, base[segment] == UInt8(ascii: "I"), base[segment + 1] == UInt8(ascii: "E"),
                        base[segment + 2] == UInt8(ascii: "A")
                    {
                        break
                    }
                    number = 0
                    segment = at + 1
                    while segment < end, base[segment].isBlank { segment += 1 }
                    at = segment - 1
                }
                elementStart = at + 1
            }
            at += 1
        }
        guard let other, other != element, other != delimiters.segment, other != delimiters.repetition else {
            return nil
        }
        return other
    }

    /// The first mark in an element that is a composite by its place: SV101, SVC01, HI01, CLM05, SV202.
    private static func mark(
        in base: UnsafeMutablePointer<UInt8>, _ segment: Int, _ number: Int, _ element: Range<Int>
    ) -> UInt8? {
        let id = (base[segment], base[segment + 1], base[segment + 2])
        let isComposite =
            switch id {
            case (UInt8(ascii: "S"), UInt8(ascii: "V"), UInt8(ascii: "2")): number == 2
            case (UInt8(ascii: "S"), UInt8(ascii: "V"), _): number == 1
            case (UInt8(ascii: "H"), UInt8(ascii: "I"), _): number == 1
            case (UInt8(ascii: "C"), UInt8(ascii: "L"), UInt8(ascii: "M")): number == 5
            default: false
            }
        guard isComposite else { return nil }
        return element.lazy.map { base[$0] }.first { !$0.isLetterOrDigit && $0 > 0x20 && $0 < 0x7f && $0 != 0x2e }
    }

    /// Passes over bytes that begin no interchange, to the next header or to the end.
    private mutating func skipStray() throws {
        let start = windowOffset + at
        let isBroken = InterchangeHeader.beginsWithISA(loaded, at)
        var isFiller = true
        repeat {
            isFiller = isFiller && (base[at].isBlank || base[at] == 0x1a || base[at] == 0)
            at += 1
            if end - at < InterchangeHeader.reach { try require(InterchangeHeader.reach) }
        } while at < end && InterchangeHeader.fixed(loaded, at) == nil
        let count = windowOffset + at - start
        strayBytes += count
        let fault: Fault =
            if isBroken {
                .headerUnreadable
            } else if interchangeCount == 0 && at >= end && isLast {
                .noInterchange
            } else {
                isFiller ? .fillerBytes : .strayBytes
            }
        found.append(Found(fault: fault, element: nil, byte: start, isOfSegment: false))
    }
}
