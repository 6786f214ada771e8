/// Cuts the whole of an input into segments and elements in one pass, keeping every byte's place.
///
/// Only what ends a segment or an element is looked for; components and repetitions are found when they are asked
/// for. A header is known by its shape, all sixteen separators in their positions, and never by the letters "ISA".
struct SegmentScanner {
    /// One interchange: its ISA is segment `first`, and its segments end before `end`.
    struct Span {
        var first: Int
        var end: Int
        var delimiters: Delimiters
        var isReadable: Bool
    }

    struct Found {
        var fault: Fault
        /// In the whole input; nil for what lies outside of any segment.
        var segment: Int?
        var element: Int?
        var byte: Int
    }

    let limits: X12Limits
    private(set) var segmentStart: [UInt32] = []
    private(set) var segmentEnd: [UInt32] = []
    private(set) var firstElement: [UInt32] = []
    private(set) var elementStart: [UInt32] = []
    private(set) var spans: [Span] = []
    private(set) var found: [Found] = []
    private(set) var strayBytes = 0

    init(limits: X12Limits) {
        self.limits = limits
    }

    mutating func scan(_ bytes: [UInt8]) {
        if bytes.count > min(limits.maximumBytes, Int(UInt32.max)) {
            note(.inputTooLarge, byte: 0)
            strayBytes = bytes.count
        } else {
            elementStart.reserveCapacity(bytes.count / 6)
            bytes.withUnsafeBufferPointer { scan($0) }
        }
        firstElement.append(UInt32(elementStart.count))
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var at = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        while true {
            while at < bytes.count, bytes[at].isBlank { at += 1 }
            guard at < bytes.count else { break }
            if segmentStart.count < limits.maximumSegments, let header = header(bytes, at) {
                at = scanInterchange(bytes, from: at, header)
            } else {
                at = skipStray(bytes, from: at)
            }
        }
        if spans.isEmpty && found.isEmpty { note(.noInterchange, byte: 0) }
    }

    /// Passes over bytes that begin no interchange, to the next header or to the end.
    private mutating func skipStray(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var next = start + 1
        while next < bytes.count, Self.fixedHeader(bytes, next) == nil { next += 1 }
        let isFiller = bytes[start..<next].allSatisfy { $0.isBlank || $0 == 0x1a || $0 == 0 }
        if segmentStart.count >= limits.maximumSegments {
            note(.tooManySegments, byte: start)
            next = bytes.count
        } else if Self.beginsWithISA(bytes, start) {
            note(.headerUnreadable, byte: start)
        } else if spans.isEmpty && next == bytes.count {
            note(.noInterchange, byte: start)
        } else {
            note(isFiller ? .fillerBytes : .strayBytes, byte: start)
        }
        strayBytes += next - start
        return next
    }

    private mutating func scanInterchange(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ header: Header
    ) -> Int {
        let first = segmentStart.count
        spans.append(
            Span(first: first, end: first, delimiters: header.delimiters, isReadable: header.delimiters.areUsable))
        if !header.isFixedWidth { found.append(Found(fault: .headerWidth, segment: first, byte: start)) }
        guard header.delimiters.areUsable else {
            appendHeaderOnly(bytes, start, header)
            return start + header.length
        }
        let classes = Self.classes(header.delimiters)
        var at = start
        while at < bytes.count, segmentStart.count < limits.maximumSegments {
            let byte = bytes[at]
            if byte == header.delimiters.segment {
                // A blank line where the terminator is a newline is no segment; `~~` is an empty one.
                if !byte.isBlank { note(.segmentEmpty, byte: at) }
                at += 1
            } else if byte.isBlank && byte != header.delimiters.element {
                at += 1
            } else if at > start, Self.fixedHeader(bytes, at) != nil {
                break
            } else {
                at = scanSegment(bytes, from: at, header.delimiters, classes)
                if isTrailer(bytes, segmentStart.count - 1) { break }
            }
        }
        spans[spans.count - 1].end = segmentStart.count
        return at
    }

    /// Keeps the ISA of an interchange whose delimiters cannot be used, as one segment of one element.
    private mutating func appendHeaderOnly(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ header: Header) {
        found.append(Found(fault: .delimitersInvalid, segment: segmentStart.count, byte: start))
        segmentStart.append(UInt32(start))
        segmentEnd.append(UInt32(start + header.length))
        firstElement.append(UInt32(elementStart.count))
        elementStart.append(UInt32(start))
        spans[spans.count - 1].end = segmentStart.count
    }

    private mutating func scanSegment(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ delimiters: Delimiters, _ classes: [ByteClass]
    ) -> Int {
        let segment = segmentStart.count
        segmentStart.append(UInt32(start))
        firstElement.append(UInt32(elementStart.count))
        elementStart.append(UInt32(start))
        let binary = binaryContent(bytes, start, delimiters)
        var at = start
        var element = 0
        var elementAt = start
        var reported = -1
        while at < bytes.count {
            if let binary, at == binary.lowerBound {
                if binary.count > limits.maximumBinaryBytes {
                    found.append(Found(fault: .elementTooLarge, segment: segment, element: element, byte: at))
                }
                at = binary.upperBound
                elementAt = at
                continue
            }
            let kind = classes[Int(bytes[at])]
            if kind == .ordinary {
                at += 1
                continue
            }
            if kind == .suspect {
                if reported != element {
                    found.append(Found(fault: .characterInvalid, segment: segment, element: element, byte: at))
                }
                reported = element
                at += 1
                continue
            }
            checkSize(from: elementAt, to: at, segment, element)
            if kind == .terminator { break }
            at += 1
            element += 1
            elementAt = at
            elementStart.append(UInt32(at))
        }
        segmentEnd.append(UInt32(at))
        if element > limits.maximumSegmentElements {
            found.append(Found(fault: .tooManyElements, segment: segment, byte: start))
        }
        guard at < bytes.count else {
            checkSize(from: elementAt, to: at, segment, element)
            found.append(Found(fault: .segmentUnterminated, segment: segment, byte: start))
            return at
        }
        return at + 1
    }

    private mutating func checkSize(from start: Int, to end: Int, _ segment: Int, _ element: Int) {
        if end - start > limits.maximumElementBytes {
            found.append(Found(fault: .elementTooLarge, segment: segment, element: element, byte: start))
        }
    }

    /// The content of a BIN or BDS segment, whose length stands in the element before it: it may hold any byte.
    private mutating func binaryContent(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ delimiters: Delimiters
    ) -> Range<Int>? {
        guard start + 4 < bytes.count, bytes[start] == UInt8(ascii: "B"), bytes[start + 3] == delimiters.element
        else { return nil }
        let isBIN = bytes[start + 1] == UInt8(ascii: "I") && bytes[start + 2] == UInt8(ascii: "N")
        let isBDS = bytes[start + 1] == UInt8(ascii: "D") && bytes[start + 2] == UInt8(ascii: "S")
        guard isBIN || isBDS else { return nil }
        var at = start + 4
        if isBDS {
            while at < bytes.count, bytes[at] != delimiters.element, bytes[at] != delimiters.segment { at += 1 }
            at += 1
        }
        var length = 0
        var digits = 0
        while at < bytes.count, bytes[at].isDigit, digits < 10 {
            length = length * 10 + Int(bytes[at] - 0x30)
            digits += 1
            at += 1
        }
        guard digits > 0, at < bytes.count, bytes[at] == delimiters.element, at + 1 + length < bytes.count,
            bytes[at + 1 + length] == delimiters.segment
        else {
            found.append(Found(fault: .binaryLength, segment: segmentStart.count - 1, byte: start))
            return nil
        }
        // An empty content needs no passing over, and would be met for ever.
        return length == 0 ? nil : (at + 1)..<(at + 1 + length)
    }

    private func isTrailer(_ bytes: UnsafeBufferPointer<UInt8>, _ segment: Int) -> Bool {
        let start = Int(segmentStart[segment])
        let first = Int(firstElement[segment])
        let end = first + 1 < elementStart.count ? Int(elementStart[first + 1]) - 1 : Int(segmentEnd[segment])
        return end - start == 3 && bytes[start] == UInt8(ascii: "I") && bytes[start + 1] == UInt8(ascii: "E")
            && bytes[start + 2] == UInt8(ascii: "A")
    }

    private mutating func note(_ fault: Fault, byte: Int) { found.append(Found(fault: fault, byte: byte)) }
}

// MARK: - Headers and byte classes

extension SegmentScanner {
    struct Header {
        var delimiters: Delimiters
        /// Bytes to the end of the terminator.
        var length: Int
        var isFixedWidth: Bool
    }

    enum ByteClass: UInt8 {
        case ordinary, separator, terminator, suspect
    }

    /// Where the separators stand in an ISA of 106 bytes.
    private static let separators = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103]

    static func classes(_ delimiters: Delimiters) -> [ByteClass] {
        var classes = [ByteClass](repeating: .ordinary, count: 256)
        for byte in 0..<256 where byte < 0x20 || byte >= 0x7f { classes[byte] = .suspect }
        classes[Int(delimiters.component)] = .ordinary
        classes[Int(delimiters.repetition)] = delimiters.repetition == 0 ? .suspect : .ordinary
        classes[Int(delimiters.element)] = .separator
        classes[Int(delimiters.segment)] = .terminator
        return classes
    }

    static func beginsWithISA(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        at + 3 < bytes.count && bytes[at] == UInt8(ascii: "I") && bytes[at + 1] == UInt8(ascii: "S")
            && bytes[at + 2] == UInt8(ascii: "A") && !bytes[at + 3].isLetterOrDigit
    }

    /// The header at `at` where it has the shape that the standard gives it, to the byte.
    static func fixedHeader(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Header? {
        guard beginsWithISA(bytes, at), at + 106 <= bytes.count else { return nil }
        let separator = bytes[at + 3]
        guard separators.allSatisfy({ bytes[at + $0] == separator }) else { return nil }
        return header(bytes, separator, version: at + 84, repetition: at + 82, component: at + 104, length: 106)
    }

    /// As above, or a header whose elements have other lengths, which some senders write.
    private func header(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Header? {
        if let header = Self.fixedHeader(bytes, at) { return header }
        guard Self.beginsWithISA(bytes, at) else { return nil }
        let separator = bytes[at + 3]
        var places: [Int] = []
        var next = at + 3
        // Twice the length of a true header: further on lies other data.
        while next < bytes.count, next < at + 212, places.count < 16 {
            if bytes[next] == separator { places.append(next) }
            next += 1
        }
        guard places.count == 16, places[15] + 2 < bytes.count, bytes[places[15] + 1] != separator,
            places[11] - places[10] == 2, places[12] - places[11] == 6
        else { return nil }
        var header = Self.header(
            bytes, separator, version: places[11] + 1, repetition: places[10] + 1, component: places[15] + 1,
            length: places[15] + 3 - at)
        header.isFixedWidth = false
        return header
    }

    private static func header(
        _ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8, version: Int, repetition: Int, component: Int,
        length: Int
    ) -> Header {
        // ISA11 became the repetition separator in version 00402; before, it was U for the United States.
        let isOld = bytes[version..<version + 5].lexicographicallyPrecedes("00402".utf8)
        let separates = !isOld && !bytes[repetition].isLetterOrDigit
        return Header(
            delimiters: Delimiters(
                element: separator, component: bytes[component], repetition: separates ? bytes[repetition] : 0,
                segment: bytes[component + 1]),
            length: length, isFixedWidth: true)
    }
}
