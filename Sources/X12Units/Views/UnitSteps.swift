package import X12

/// Gives the units of an input a few at a time, for who must stop between them.
///
/// It keeps one window of the input and one unit.
package struct UnitSteps: ~Copyable {
    package enum Event {
        case unit(X12Unit)
        /// A set that is wanted begins at this byte, or has ended with all of its bytes.
        case began(Int), ended(Range<Int>)
        /// A unit of the open set that was too long even to begin.
        case cut
        case acknowledgment(TA1.Reading, Range<Int>)
    }

    private var cursor: SegmentCursor
    private var walk: UnitWalk
    private var setStart = 0
    private var isAtEnd = false
    /// Where the segment begins that was taken last: what it ended, and all before, has been given.
    package private(set) var through = 0

    /// `isWanted` is asked of each set once, when it begins.
    package init(
        _ source: any ByteSource, guides: GuideLibrary = .standard, limits: X12Limits = .standard,
        isWanted: @escaping (SetHeader) -> Bool
    ) {
        cursor = SegmentCursor(source, limits: limits)
        walk = UnitWalk(guides: guides, limits: limits, isWanted: isWanted)
    }

    /// How many headers of interchanges there were so far.
    package var interchangeCount: Int { walk.interchangeCount }

    /// How much of the input was read so far.
    package var bytesRead: Int { cursor.byteOffset }

    /// Takes one segment and gives what it brings to light, with the envelopes of that; false at the end of the input.
    ///
    /// - Throws: what the source or the closure throws.
    package mutating func step(_ body: (Event, SetHeader) throws -> Void) throws -> Bool {
        guard !isAtEnd else { return false }
        let step = try cursor.next()
        let slice = cursor.slice
        let byte = if case .end = step { cursor.byteOffset } else { slice.byteOffset }
        through = byte
        // What a segment ends belongs to the set before it.
        let before = walk.header
        let cutBefore = walk.cutUnits
        var begins = false
        var acknowledgment: TA1.Reading?
        var cutAndGiven = 0
        let start = setStart
        let take: (UnitWalk.Event) throws -> Void = { event in
            switch event {
            case .unit(let unit):
                if unit.isCut { cutAndGiven += 1 }
                try body(.unit(unit), before)
            case .ended(let end): try body(.ended(start..<max(start, end)), before)
            case .began: begins = true
            case .skipped: break
            case .acknowledgment(let slice): acknowledgment = TA1.Reading(slice)
            }
        }
        switch step {
        case .header(let isReadable): try walk.begin(slice, isReadable: isReadable, take)
        case .segment: try walk.take(slice, take)
        case .end:
            isAtEnd = true
            try walk.finish(at: byte, take)
        }
        for _ in 0..<max(0, walk.cutUnits - cutBefore - cutAndGiven) { try body(.cut, before) }
        if begins {
            setStart = byte
            try body(.began(byte), walk.header)
        }
        if let acknowledgment {
            try body(.acknowledgment(acknowledgment, byte..<byte + slice.length + 1), walk.header)
        }
        if !cursor.found.isEmpty { cursor.found.removeAll(keepingCapacity: true) }
        return !isAtEnd
    }
}
