/// Some segments of an input with their places in the guide's loops, as one thread hands them to the other.
///
/// It holds copies of their bytes, as the cursor's window moves on; a segment too large for that is lent, and the
/// thread that lends it waits until the batch comes back.
///
/// Not checked by the compiler as Sendable, as it changes: only one thread has it at a time, and it passes from one to
/// the other under the lock of ``PlacingExchange``.
final class PlacedBatch: @unchecked Sendable {
    /// What the cursor came to, and in which of the batch's bytes it stands.
    struct Step {
        enum Kind: UInt8 {
            case header, unreadableHeader, segment, end
        }

        var kind: Kind
        var delimiters = Delimiters.standard
        var start: UInt32 = 0
        var firstEnd: UInt32 = 0
        var count: UInt32 = 0
        /// How many of ``PlacedBatch/found`` are of this step.
        var found: UInt32
        var byteOffset = 0
    }

    /// One answer of the matcher: to a segment, or to the end of a set.
    struct Placing: BitwiseCopyable {
        var rule: Int32
        /// Negative in a loop that the guide does not have.
        var loop: Int32
        /// How many of ``PlacedBatch/placerFound`` are of it.
        var found: UInt32
        var closed: UInt8
        var began: Bool
    }

    /// How much is in the batch.
    private struct Fill: BitwiseCopyable {
        var steps = 0
        var placings = 0
        var closed = 0
        var ends = 0
        /// Findings of either kind.
        var found = 0
        /// Where the last segment's copy ends, and how far its place differs from that in the cursor's window.
        var bytes = SegmentSlice.bytesBefore
        var shift = 0
        var windowOffset = Int.min
    }

    private static let byteCapacity = 32 << 10
    private static let endCapacity = 12 << 10
    private static let stepCapacity = 2 << 10
    /// A segment has at most two answers, its own and that of the set that it ends.
    private static let placingCapacity = 2 * stepCapacity
    private static let closedCapacity = 4 << 10
    /// Further findings go into a further batch.
    private static let foundCapacity = 500
    /// Larger segments are lent.
    private static let largestCopy = 8 << 10
    /// Loops are not deeper, and a segment may close them twice: in its set, and with the set before.
    private static let closedOfStep = 128

    let bytes: UnsafeMutablePointer<UInt8>
    let ends: UnsafeMutablePointer<UInt32>
    /// As of ``SegmentSlice``, for the bytes.
    let inner: UnsafeMutablePointer<UInt64>
    let steps: UnsafeMutablePointer<Step>
    let placings: UnsafeMutablePointer<Placing>
    let closed: UnsafeMutablePointer<Int32>
    /// Behind a pointer, so that each look at it costs no check of ownership.
    private let fill: UnsafeMutablePointer<Fill>
    private(set) var found: [SegmentCursor.Found] = []
    private(set) var placerFound: [LoopMatcher.Found] = []
    /// The one segment of the batch, where it was too large to be copied.
    private(set) var lent: SegmentSlice?

    init() {
        bytes = .allocate(capacity: Self.byteCapacity)
        bytes.initialize(repeating: 0, count: Self.byteCapacity)
        ends = .allocate(capacity: Self.endCapacity)
        inner = .allocate(capacity: Self.byteCapacity / 64 + 1)
        steps = .allocate(capacity: Self.stepCapacity)
        placings = .allocate(capacity: Self.placingCapacity)
        closed = .allocate(capacity: Self.closedCapacity)
        fill = .allocate(capacity: 1)
        fill.initialize(to: Fill())
    }

    deinit {
        bytes.deallocate()
        ends.deallocate()
        inner.deallocate()
        steps.deallocate()
        placings.deallocate()
        closed.deallocate()
        fill.deallocate()
    }

    var stepCount: Int { fill.pointee.steps }

    func removeAll() {
        fill.pointee = Fill()
        found.removeAll(keepingCapacity: true)
        placerFound.removeAll(keepingCapacity: true)
        lent = nil
    }

    // MARK: Filling

    /// Whether the segment is too large for any batch.
    @inline(__always)
    static func isTooLarge(_ slice: SegmentSlice) -> Bool {
        slice.length > largestCopy || slice.count > largestCopy
    }

    /// Whether a segment that is not too large can be added.
    @inline(__always)
    func hasRoom(for slice: SegmentSlice) -> Bool {
        // The copy may begin up to two words of bits behind the last one.
        fill.pointee.bytes &+ slice.length &+ 192 <= Self.byteCapacity
            && fill.pointee.ends &+ slice.count <= Self.endCapacity && fill.pointee.found < Self.foundCapacity
            && hasRoomForEnd
    }

    @inline(__always)
    var hasRoomForEnd: Bool {
        fill.pointee.steps < Self.stepCapacity && fill.pointee.placings &+ 2 <= Self.placingCapacity
            && fill.pointee.closed &+ Self.closedOfStep <= Self.closedCapacity
    }

    /// Takes what the cursor found in the segment that is added next, and says how much it was.
    func take(_ more: inout [SegmentCursor.Found]) -> Int {
        let count = more.count
        found += more
        fill.pointee.found += count
        more.removeAll(keepingCapacity: true)
        return count
    }

    /// Copies a segment for which there is room.
    @inline(__always)
    func add(_ slice: SegmentSlice, _ kind: Step.Kind, found: Int) {
        let start = place(slice)
        (bytes + start).update(from: slice.base, count: slice.length)
        (ends + fill.pointee.ends).update(from: slice.ends, count: slice.count)
        if let marks = slice.inner {
            // Segments that follow each other share words, which say the same of both as they did in the window.
            let first = start &>> 6
            let last = (start &+ slice.length) &>> 6
            let from = slice.innerStart &>> 6 &- first
            for word in first...last { inner[word] = marks[word &+ from] }
        }
        steps[fill.pointee.steps] = Step(
            kind: kind, delimiters: slice.delimiters, start: UInt32(truncatingIfNeeded: start),
            firstEnd: UInt32(truncatingIfNeeded: fill.pointee.ends), count: UInt32(truncatingIfNeeded: slice.count),
            found: UInt32(truncatingIfNeeded: found), byteOffset: slice.byteOffset)
        fill.pointee.steps &+= 1
        fill.pointee.ends &+= slice.count
        fill.pointee.bytes = start &+ slice.length
    }

    /// Where the copy begins: so that its bits stand in their words as they do in the cursor's window.
    @inline(__always)
    private func place(_ slice: SegmentSlice) -> Int {
        let offset = slice.byteOffset &- slice.innerStart
        let start = slice.innerStart &+ fill.pointee.shift
        let free = fill.pointee.bytes
        // In the window that did not move, and behind the last one.
        if offset == fill.pointee.windowOffset, start >= free, start &- free < 64 { return start }
        let next = ((free &+ 63) & ~63) &+ (slice.innerStart & 63)
        fill.pointee.shift = next &- slice.innerStart
        fill.pointee.windowOffset = offset
        return next
    }

    /// Takes a segment without a copy of it, into a batch that is empty.
    func lend(_ slice: SegmentSlice, _ kind: Step.Kind, found: Int) {
        lent = slice
        steps[0] = Step(kind: kind, found: UInt32(truncatingIfNeeded: found))
        fill.pointee.steps = 1
    }

    /// Adds the end of the input; what was found before it lies outside of segments.
    func addEnd(found: Int) {
        steps[fill.pointee.steps] = Step(kind: .end, found: UInt32(truncatingIfNeeded: found))
        fill.pointee.steps += 1
    }

    /// Adds what the matcher says now.
    @inline(__always)
    func add(_ matcher: inout LoopMatcher) {
        let count = matcher.closedCount
        if count > 0 {
            let first = closed + fill.pointee.closed
            for index in 0..<count { first[index] = Int32(truncatingIfNeeded: matcher.closedLoop(index)) }
            fill.pointee.closed &+= count
        }
        let found = matcher.found.isEmpty ? 0 : take(&matcher.found)
        placings[fill.pointee.placings] = Placing(
            rule: matcher.rule, loop: matcher.loop.map { Int32(truncatingIfNeeded: $0) } ?? -1,
            found: UInt32(truncatingIfNeeded: found), closed: UInt8(truncatingIfNeeded: count), began: matcher.began)
        fill.pointee.placings &+= 1
    }

    @inline(never)
    private func take(_ more: inout [LoopMatcher.Found]) -> Int {
        let count = more.count
        placerFound += more
        fill.pointee.found += count
        more.removeAll(keepingCapacity: true)
        return count
    }

    // MARK: Reading

    /// The segment of a step, copied into the batch, valid as long as the batch is not given back.
    @inline(__always)
    func slice(_ step: Step) -> SegmentSlice {
        SegmentSlice(
            base: UnsafePointer(bytes + Int(step.start)), ends: UnsafePointer(ends + Int(step.firstEnd)),
            count: Int(step.count), byteOffset: step.byteOffset, delimiters: step.delimiters,
            inner: UnsafePointer(inner), innerStart: Int(step.start))
    }
}
