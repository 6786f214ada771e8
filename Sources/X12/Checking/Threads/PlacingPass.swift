/// Goes through an input on a thread of its own and puts its segments into the loops of their guides, batch by batch.
///
/// It follows where sets begin and end as ``EnvelopeMachine`` does, which judges the envelopes on the other thread;
/// each asks the same of the placer in the same order.
struct PlacingPass: ~Copyable {
    private let exchange: PlacingExchange
    private var batch: PlacedBatch
    private var choice: GuideChoice
    private var matcher = LoopMatcher()
    private var hasGuide = false
    private var isGroupOpen = false
    private var isSetOpen = false
    private var position = 0
    /// GS08 of the open group.
    private var version = ""

    init(_ exchange: PlacingExchange, guides: GuideLibrary) {
        self.exchange = exchange
        batch = exchange.takeFree()
        choice = GuideChoice(guides)
    }

    /// Goes to the input's end; throws where its bytes cannot be had.
    mutating func run(_ cursor: inout SegmentCursor) throws {
        defer { exchange.handOver(batch) }
        while true {
            let kind: PlacedBatch.Step.Kind =
                switch try cursor.next() {
                case .header(let isReadable): isReadable ? .header : .unreadableHeader
                case .segment: .segment
                case .end: .end
                }
            guard kind != .end else {
                if !batch.hasRoomForEnd { handOver() }
                batch.addEnd(found: batch.take(&cursor.found))
                return endSet()
            }
            let slice = cursor.slice
            if !batch.hasRoom(for: slice) { handOver() }
            if PlacedBatch.isTooLarge(slice) {
                if batch.stepCount > 0 { handOver() }
                batch.lend(slice, kind, found: batch.take(&cursor.found))
                take(slice, kind)
                handOver()
                // The segment stays where it is until it has been looked at.
                exchange.waitUntilAllAreFree(but: batch)
            } else {
                batch.add(slice, kind, found: cursor.found.isEmpty ? 0 : batch.take(&cursor.found))
                take(slice, kind)
            }
        }
    }

    private mutating func handOver() {
        exchange.handOver(batch)
        batch = exchange.takeFree()
    }

    @inline(__always)
    private mutating func take(_ slice: SegmentSlice, _ kind: PlacedBatch.Step.Kind) {
        guard kind == .segment else {
            endSet()
            isGroupOpen = false
            return
        }
        let id = slice.packedID
        switch id {
        case SegmentID.se, SegmentID.st, SegmentID.gs, SegmentID.ge, SegmentID.iea: takeEnvelope(slice, id)
        default: if isSetOpen { place(slice, id) }
        }
    }

    private mutating func takeEnvelope(_ slice: SegmentSlice, _ id: UInt32) {
        switch id {
        case SegmentID.se:
            if isSetOpen { place(slice, id) }
            endSet()
        case SegmentID.st:
            endSet()
            beginSet(slice)
        case SegmentID.gs:
            endSet()
            isGroupOpen = true
            version = slice.brief(8)
        default:
            // GE and IEA; a set is never open outside of a group, as one is made up for it.
            endSet()
            isGroupOpen = false
        }
    }

    private mutating func beginSet(_ slice: SegmentSlice) {
        if !isGroupOpen { version = "" }
        isGroupOpen = true
        isSetOpen = true
        position = 1
        let guide = choice.begin(slice, version: version)
        hasGuide = guide != nil
        guard let guide else { return }
        matcher.begin(guide, byte: slice.byteOffset)
        matcher.place(slice, slice.packedID, position: 1)
        batch.add(&matcher)
    }

    @inline(__always)
    private mutating func place(_ slice: SegmentSlice, _ id: UInt32) {
        position &+= 1
        guard hasGuide else { return }
        if position == 2, let guide = choice.second(slice), guide !== matcher.guide {
            matcher.begin(guide, byte: slice.byteOffset)
            matcher.placeHeader()
        }
        matcher.place(slice, id, position: position)
        batch.add(&matcher)
    }

    private mutating func endSet() {
        guard isSetOpen else { return }
        isSetOpen = false
        guard hasGuide else { return }
        matcher.finish()
        batch.add(&matcher)
    }
}
