import X12

/// Passes a source's bytes on and keeps them until they are taken, so that what a reader passes over is not lost.
final class ByteTape: ByteSource {
    private let source: any ByteSource
    private var kept: [UInt8] = []
    private var head = 0
    /// The offset in the input of the first byte that is kept.
    private(set) var offset = 0
    private let limit: Int
    /// Is given the oldest bytes where more are kept than the limit allows.
    var overflow: (UnsafeBufferPointer<UInt8>) throws -> Void = { _ in }

    /// Keeps up to `limit` bytes; more than any one window of its reader.
    init(_ source: any ByteSource, limit: Int = 12 << 20) {
        self.source = source
        self.limit = limit
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        kept.append(contentsOf: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        if kept.count - head > limit { try give(to: offset + (kept.count - head) / 2, overflow) }
        return count
    }

    /// The offset behind the last byte that is kept.
    var end: Int { offset + kept.count - head }

    /// Whether these bytes stand at this place, with `next` behind them.
    func holds(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, next: UInt8?) -> Bool {
        guard place >= offset, place + bytes.count <= end else { return false }
        let start = place - offset + head
        if let next {
            guard place + bytes.count < end, kept[start + bytes.count] == next else { return false }
        } else if place + bytes.count != end {
            return false
        }
        return kept.withUnsafeBufferPointer {
            UnsafeBufferPointer(rebasing: $0[start..<start + bytes.count]).elementsEqual(bytes)
        }
    }

    /// Gives the bytes up to a place, and forgets them.
    func give(to place: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        let count = min(place - offset, kept.count - head)
        guard count > 0 else { return }
        try kept.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[head..<head + count])) }
        forget(count)
    }

    /// Forgets the bytes up to a place.
    func skip(to place: Int) { forget(max(min(place - offset, kept.count - head), 0)) }

    private func forget(_ count: Int) {
        head += count
        offset += count
        if head > 1 << 18 {
            kept.removeFirst(head)
            head = 0
        }
    }
}
