public import X12

/// Cuts an X12 input into interchanges of their own, each with true counts and control numbers.
///
/// Everything that stands in a transaction set goes into exactly one part, in the order of the input; only the headers
/// of the envelopes, and of a set that is cut the heading and the levels above a claim, are written again.
public struct X12Splitter: Sendable {
    public enum Limit: Hashable, Sendable {
        /// Every transaction set alone.
        case set
        /// No more than so many claims in a set. Only 837s are cut: of an 835 each payment must stay whole.
        case claims(Int)
        /// No more than so many bytes in a part, as far as single claims, and sets that are not cut, allow.
        case bytes(Int)
    }

    /// What went where.
    public struct Summary: Hashable, Sendable {
        public var parts = 0
        /// Transaction sets of the input and of the parts.
        public var sets = 0
        public var writtenSets = 0
        /// Claims of the input, CLM and CLP segments; each is in one part.
        public var claims = 0
        public var writtenClaims = 0
        /// Segments outside of transaction sets that no part has, and bytes between segments that are not blank.
        public var droppedSegments = 0
        public var droppedBytes = 0

        public init() {}
    }

    private let limit: Limit
    private let guides: GuideLibrary

    public init(_ limit: Limit, guides: GuideLibrary = .standard) {
        switch limit {
        case .set: break
        case .claims(let most): precondition(most > 0, "a set holds at least one claim")
        case .bytes(let most): precondition(most > 0, "a part holds at least one byte")
        }
        self.limit = limit
        self.guides = guides
    }

    /// Reads the input and gives each part's bytes in pieces; `sink` gets the number of the part, from 1.
    ///
    /// Control numbers of interchanges and groups count up from those of the input.
    /// - Throws: what the source or the sink throws.
    public func split(_ source: any ByteSource, to sink: @escaping (Int, [UInt8]) throws -> Void) throws -> Summary {
        let pass = SplitPass(limit: limit, sink: sink)
        try SegmentWalk(source, guides: guides).forEach(between: pass.between, segment: pass.segment)
        try pass.finish()
        return pass.summary
    }
}

/// One pass over one input.
private final class SplitPass {
    private let limit: X12Splitter.Limit
    private let part: SplitPart
    private var isAwaitingEnd = false
    /// The set that is being read.
    private var set: (any SplitSet)?
    private(set) var summary = X12Splitter.Summary()

    init(limit: X12Splitter.Limit, sink: @escaping (Int, [UInt8]) throws -> Void) {
        self.limit = limit
        part = SplitPart(sink: sink)
    }

    func between(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        // How the lines of the input end is seen behind its first segment.
        if isAwaitingEnd, bytes.count <= 2, bytes.allSatisfy({ $0 == 0x0a || $0 == 0x0d }) {
            part.lineEnd = Array(bytes)
        }
        isAwaitingEnd = false
        for byte in bytes where !byte.isBlank { summary.droppedBytes += 1 }
    }

    func segment(_ segment: WalkedSegment) throws {
        isAwaitingEnd = false
        let slice = segment.slice
        switch segment.place {
        case .interchangeHeader:
            try closeSet()
            try closeInterchange()
            part.beginInterchange(slice)
            isAwaitingEnd = true
        case .ta1: part.keepTA1(slice)
        case .groupHeader:
            try closeSet()
            try part.close()
            part.beginGroup(slice)
        case .groupTrailer:
            try closeSet()
            try part.close()
            part.endGroup()
        case .interchangeTrailer:
            try closeSet()
            try closeInterchange()
        case .setHeader:
            try closeSet()
            summary.sets += 1
            try beginSet(segment)
        case .body: try set?.take(segment, self)
        case .setTrailer: try closeSet()
        case .stray: summary.droppedSegments += 1
        }
    }

    private func closeInterchange() throws {
        try part.close()
        try part.closeInterchange()
    }

    private func beginSet(_ segment: WalkedSegment) throws {
        let isCut: Bool
        switch limit {
        case .set: isCut = false
        case .claims, .bytes: isCut = segment.slice.has(1, "837") && segment.guide != nil
        }
        set = isCut ? CutSet(segment) : WholeSet(segment)
        if !isPacking { try part.close() }
    }

    /// Whether a part may hold more than one set.
    private var isPacking: Bool { if case .bytes = limit { true } else { false } }

    private func closeSet() throws {
        try set?.finish(self)
        set = nil
    }

    func finish() throws {
        try closeSet()
        try closeInterchange()
        summary.parts = part.number
    }

    // MARK: What sets ask for

    /// Writes bytes of the open set, a whole claim or what has none.
    func write(_ bytes: [UInt8], segments: Int, claims: Int) throws {
        summary.writtenClaims += claims
        try part.write(bytes, segments: segments)
    }

    var lineEnd: [UInt8] { part.lineEnd }

    func countClaim() { summary.claims += 1 }

    /// Begins a set in a part that has room for it.
    func beginWritten(_ header: SplitPart.SetHeader, expecting bytes: Int) throws {
        if case .bytes(let most) = limit, part.isOpen, part.bytes + bytes > most { try part.close() }
        summary.writtenSets += 1
        try part.beginSet(header, numbersAnew: isPacking)
    }

    func endWritten() throws {
        try part.endSet()
        if !isPacking { try part.close() }
    }

    /// Whether the open set must end before a claim of so many bytes.
    func isFull(claims: Int, adding bytes: Int) -> Bool {
        switch limit {
        case .set: false
        case .claims(let most): claims >= most
        case .bytes(let most): claims > 0 && part.bytes + bytes > most
        }
    }
}

/// A transaction set as it goes into one part or several.
private protocol SplitSet: AnyObject {
    func take(_ segment: WalkedSegment, _ pass: SplitPass) throws
    func finish(_ pass: SplitPass) throws
}

/// A set that stays whole; it is written as it is read, once its size says where it goes.
private final class WholeSet: SplitSet {
    /// Past this size a set begins a part of its own, and is written on without being kept.
    private static let keptBytes = 4 << 20
    private let header: SplitPart.SetHeader
    private var kept: [UInt8] = []
    private var segments = 0
    private var claims = 0
    private var isBegun = false

    init(_ segment: WalkedSegment) { header = SplitPart.SetHeader(segment.slice) }

    func take(_ segment: WalkedSegment, _ pass: SplitPass) throws {
        kept.append(segment: segment.slice, pass.lineEnd)
        segments += 1
        if segment.isA("CLM") || segment.isA("CLP") {
            claims += 1
            pass.countClaim()
        }
        if kept.count > Self.keptBytes { try release(pass) }
    }

    private func release(_ pass: SplitPass) throws {
        if !isBegun { try pass.beginWritten(header, expecting: kept.count + 200) }
        isBegun = true
        try pass.write(kept, segments: segments, claims: claims)
        kept.removeAll(keepingCapacity: true)
        segments = 0
        claims = 0
    }

    func finish(_ pass: SplitPass) throws {
        try release(pass)
        try pass.endWritten()
    }
}

/// An 837 that is cut between claims: each piece repeats the heading and the levels above its claims, numbered anew.
private final class CutSet: SplitSet {
    /// A level of the hierarchy with its own segments, the HL apart.
    private struct Level {
        var code: [UInt8]
        var depth: Int
        var body: [UInt8] = []
        var segments = 0
        /// HL01 in the open piece; nil where it is not written there.
        var number: Int?
        /// Whether some piece has it.
        var isWritten = false
        /// Where in `pending` its HL04 stands, as long as a level may still follow below it.
        var mark: Int?
        /// Its HL04 has gone out saying that no level follows.
        var isSealed = false
    }

    private static let pendingBytes = 1 << 20
    private let header: SplitPart.SetHeader
    private var heading: [UInt8] = []
    private var headingSegments = 0
    private var levels: [Level] = []
    private var claim: [UInt8] = []
    private var claimSegments = 0
    private var isInClaim = false
    private var isOpen = false
    private var isWritten = false
    private var hierarchy = 0
    private var claims = 0
    /// Segments of the open piece that wait for an HL04 to become certain.
    private var pending: [UInt8] = []
    private var pendingSegments = 0
    private var pendingClaims = 0

    init(_ segment: WalkedSegment) { header = SplitPart.SetHeader(segment.slice) }

    func take(_ segment: WalkedSegment, _ pass: SplitPass) throws {
        let slice = segment.slice
        if segment.isA("HL") {
            try endClaim(pass)
            try leaveLevels(from: segment.depth, pass)
            levels.append(Level(code: Array(slice[3]), depth: segment.depth))
            return
        }
        if segment.isA("CLM") {
            try endClaim(pass)
            isInClaim = true
            pass.countClaim()
        }
        if isInClaim {
            claim.append(segment: slice, pass.lineEnd)
            claimSegments += 1
        } else if let last = levels.indices.last {
            levels[last].body.append(segment: slice, pass.lineEnd)
            levels[last].segments += 1
        } else {
            heading.append(segment: slice, pass.lineEnd)
            headingSegments += 1
        }
    }

    /// Leaves the levels that a new one at this depth ends; one that held no claim is written all the same.
    private func leaveLevels(from depth: Int, _ pass: SplitPass) throws {
        while let last = levels.last, last.depth >= depth {
            if !last.isWritten { try writeLevels(pass, size: 0) }
            levels.removeLast()
        }
        if levels.allSatisfy({ $0.mark == nil }) { try release(pass) }
    }

    private func endClaim(_ pass: SplitPass) throws {
        guard isInClaim else { return }
        isInClaim = false
        let above = levels.reduce(heading.count + 400) { $0 + ($1.number == nil ? $1.body.count + 40 : 0) }
        let size = claim.count + above
        if isOpen, pass.isFull(claims: claims, adding: pending.count + size) { try endPiece(pass) }
        try writeLevels(pass, size: size)
        pending += claim
        pendingSegments += claimSegments
        pendingClaims += 1
        claims += 1
        claim.removeAll(keepingCapacity: true)
        claimSegments = 0
        if pending.count > Self.pendingBytes { try release(pass) }
    }

    /// Writes the levels that the open piece does not have yet.
    private func writeLevels(_ pass: SplitPass, size: Int) throws {
        let first = levels.firstIndex { $0.number == nil }
        if let first, first > 0, levels[first - 1].isSealed { try endPiece(pass) }
        try beginPiece(pass, size: size)
        for index in levels.indices where levels[index].number == nil {
            hierarchy += 1
            var parent = ""
            if index > 0 {
                parent = levels[index - 1].number.map { String($0) } ?? ""
                if let mark = levels[index - 1].mark { pending[mark] = UInt8(ascii: "1") }
                levels[index - 1].mark = nil
            }
            let separator = header.delimiters.element
            pending += Array("HL".utf8) + [separator] + Array(String(hierarchy).utf8) + [separator]
            pending += Array(parent.utf8) + [separator] + levels[index].code + [separator]
            levels[index].mark = pending.count
            levels[index].number = hierarchy
            levels[index].isWritten = true
            pending += [UInt8(ascii: "0"), header.delimiters.segment] + pass.lineEnd + levels[index].body
            pendingSegments += 1 + levels[index].segments
        }
    }

    private func beginPiece(_ pass: SplitPass, size: Int) throws {
        guard !isOpen else { return }
        try pass.beginWritten(header, expecting: size)
        isOpen = true
        isWritten = true
        hierarchy = 0
        claims = 0
        pending += heading
        pendingSegments += headingSegments
    }

    private func release(_ pass: SplitPass) throws {
        guard isOpen else { return }
        for index in levels.indices where levels[index].mark != nil {
            levels[index].mark = nil
            levels[index].isSealed = true
        }
        try pass.write(pending, segments: pendingSegments, claims: pendingClaims)
        pending.removeAll(keepingCapacity: true)
        pendingSegments = 0
        pendingClaims = 0
    }

    private func endPiece(_ pass: SplitPass) throws {
        try release(pass)
        try pass.endWritten()
        isOpen = false
        for index in levels.indices {
            levels[index].number = nil
            levels[index].isSealed = false
        }
    }

    func finish(_ pass: SplitPass) throws {
        try endClaim(pass)
        try leaveLevels(from: 0, pass)
        if !isWritten { try beginPiece(pass, size: heading.count) }
        if isOpen { try endPiece(pass) }
    }
}

extension [UInt8] {
    /// A segment with its terminator and a line end.
    fileprivate mutating func append(segment slice: SegmentSlice, _ lineEnd: [UInt8]) {
        append(contentsOf: UnsafeBufferPointer(start: slice.base, count: slice.length))
        append(slice.delimiters.segment)
        append(contentsOf: lineEnd)
    }
}
