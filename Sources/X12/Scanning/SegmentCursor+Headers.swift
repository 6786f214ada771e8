/// Where an interchange begins, and what lies between interchanges.
extension SegmentCursor {
    /// Goes to the next header; what lies before it is stray.
    mutating func findHeader() throws -> Step {
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
