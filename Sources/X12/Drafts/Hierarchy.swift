import Foundation

/// The levels (HL) that are open in a transaction set: a level is written only where it differs from the one before.
struct Hierarchy {
    fileprivate struct Level {
        var number = 0
        var segments: [UInt8] = []
        var leads: Bool?
        /// What the level was written for, where that is cheaper to compare than its segments.
        var key: AnyObject?
    }

    private final class Key<Value: Equatable> {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    private var levels = [Level](repeating: Level(), count: 6)
    private var open = 0
    /// HL01 of the level that was written last.
    private(set) var last = 0

    /// Forgets the set before.
    mutating func restart() {
        open = 0
        last = 0
    }

    /// As ``open(_:_:leads:alone:_:_:)``, of a level that is known by an equal value.
    mutating func open<Value: Equatable>(
        _ depth: Int, _ code: StaticString, for value: Value, _ pen: inout SegmentPen,
        _ body: (inout SegmentPen) -> Void
    ) {
        if depth < open, let key = levels[depth].key as? Key<Value>, key.value == value { return }
        open(depth, code, leads: true, &pen, body)
        levels[depth].key = Key(value)
    }

    /// Writes a level with what `body` says of it, or nothing where the same level is open already.
    ///
    /// `depth` counts from 0, and each shallower level was opened before. `leads` is HL04, which is left off where it is
    /// nil. A level that is `alone` is never the same as the one before.
    mutating func open(
        _ depth: Int, _ code: StaticString, leads: Bool?, alone: Bool = false, _ pen: inout SegmentPen,
        _ body: (inout SegmentPen) -> Void
    ) {
        let mark = pen.mark
        last += 1
        pen.begin("HL")
        pen.add(last)
        if depth > 0 { pen.add(levels[depth - 1].number) } else { pen.addEmpty() }
        pen.add(code)
        if let leads { pen.add(leads ? 1 : 0) }
        pen.end()
        let start = pen.count
        body(&pen)
        let segments = UnsafeBufferPointer(rebasing: pen.bytes[start...])
        if !alone, depth < open, levels[depth].leads == leads, levels[depth].isSame(segments) {
            last -= 1
            pen.goBack(to: mark)
            return
        }
        levels[depth].number = last
        levels[depth].leads = leads
        levels[depth].key = nil
        levels[depth].segments.removeAll(keepingCapacity: true)
        levels[depth].segments.append(contentsOf: segments)
        open = depth + 1
    }
}

extension Hierarchy.Level {
    func isSame(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        segments.count == other.count
            && segments.withUnsafeBytes { memcmp($0.baseAddress!, other.baseAddress!, other.count) == 0 }
    }
}
