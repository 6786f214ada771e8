/// Repeats what a matcher on another thread said of the segments, in the same order.
struct PlacedSegments: SegmentPlacer {
    private var loopNumber: Int32 = 0
    private(set) var rule: Int32 = -1
    private(set) var began = false
    private(set) var closedCount = 0
    var found: [LoopMatcher.Found] = []
    private var batch: PlacedBatch?
    private var next: UnsafePointer<PlacedBatch.Placing>?
    /// The loops that the last segment closed.
    private var closed: UnsafePointer<Int32>?
    private var foundTaken = 0

    var loop: Int? { loopNumber < 0 ? nil : Int(loopNumber) }

    func closedLoop(_ index: Int) -> Int { Int(closed.unsafelyUnwrapped[index]) }

    /// Goes on with the answers of a batch, those of the batch before having all been given.
    mutating func load(_ batch: PlacedBatch) {
        self.batch = batch
        next = UnsafePointer(batch.placings)
        closed = UnsafePointer(batch.closed)
        closedCount = 0
        foundTaken = 0
    }

    mutating func begin(_ guide: CompiledGuide, byte: Int) {
        loopNumber = 0
        rule = -1
        found.removeAll(keepingCapacity: true)
    }

    mutating func placeHeader() {}

    @inline(__always)
    mutating func place(_ slice: SegmentSlice, _ id: UInt32, position: Int) { takeNext() }

    mutating func finish() { takeNext() }

    @inline(__always)
    private mutating func takeNext() {
        let placing = next.unsafelyUnwrapped
        next = placing + 1
        closed = closed.unsafelyUnwrapped + closedCount
        closedCount = Int(placing.pointee.closed)
        rule = placing.pointee.rule
        loopNumber = placing.pointee.loop
        began = placing.pointee.began
        if placing.pointee.found != 0 { takeFound(Int(placing.pointee.found)) }
    }

    @inline(never)
    private mutating func takeFound(_ count: Int) {
        guard let batch else { return }
        found += batch.placerFound[foundTaken..<foundTaken + count]
        foundTaken += count
    }
}
