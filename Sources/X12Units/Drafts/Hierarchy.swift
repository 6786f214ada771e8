import Foundation
import X12

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

    /// A level that is being written.
    struct Opening {
        fileprivate var depth: Int
        fileprivate var leads: Bool?
        fileprivate var mark: SegmentPen.Mark
        /// Where what the level says begins, behind its HL.
        fileprivate var start: Int
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

    /// Whether the open level at a depth was written for an equal value.
    func isOpen<Value: Equatable>(_ depth: Int, for value: Value) -> Bool {
        guard depth < open, let key = levels[depth].key, type(of: key) == Key<Value>.self else { return false }
        return unsafeDowncast(key, to: Key<Value>.self).value == value
    }

    /// Writes an HL; what the level says follows, and then ``end(_:alone:_:)``.
    ///
    /// `depth` counts from 0, and each shallower level was opened before. `leads` is HL04, which is left off where it is
    /// nil.
    mutating func begin(
        _ depth: Int, _ code: StaticString, leads: Bool?, _ pen: inout SegmentPen
    ) -> Opening {
        let mark = pen.mark
        last += 1
        pen.begin("HL")
        pen.add(last)
        if depth > 0 { pen.add(levels[depth - 1].number) } else { pen.addEmpty() }
        pen.add(code)
        if let leads { pen.add(leads ? 1 : 0) }
        pen.end()
        return Opening(depth: depth, leads: leads, mark: mark, start: pen.count)
    }

    /// Keeps the level, or takes it back where the same one is open already; one that is `alone` never is.
    mutating func end(_ opening: Opening, alone: Bool = false, _ pen: inout SegmentPen) {
        let depth = opening.depth
        let segments = UnsafeBufferPointer(rebasing: pen.bytes[opening.start...])
        if !alone, depth < open, levels[depth].leads == opening.leads, levels[depth].isSame(segments) {
            last -= 1
            pen.goBack(to: opening.mark)
            return
        }
        levels[depth].number = last
        levels[depth].leads = opening.leads
        levels[depth].key = nil
        levels[depth].segments.removeAll(keepingCapacity: true)
        levels[depth].segments.append(contentsOf: segments)
        open = depth + 1
    }

    /// As ``end(_:alone:_:)``, of a level that is known again by an equal value.
    mutating func end<Value: Equatable>(_ opening: Opening, for value: Value, _ pen: inout SegmentPen) {
        end(opening, &pen)
        levels[opening.depth].key = Key(value)
    }

    /// A level with what `body` says of it.
    mutating func open(
        _ depth: Int, _ code: StaticString, leads: Bool?, alone: Bool = false, _ pen: inout SegmentPen,
        _ body: (inout SegmentPen) -> Void
    ) {
        let opening = begin(depth, code, leads: leads, &pen)
        body(&pen)
        end(opening, alone: alone, &pen)
    }
}

extension Hierarchy.Level {
    fileprivate func isSame(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard segments.count == other.count, let start = other.baseAddress else { return false }
        return segments.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0, start, bytes.count) == 0 } ?? true
        }
    }
}
