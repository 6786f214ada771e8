import X12

/// Cuts an input into blocks of whole lines.
struct LineBlocks {
    enum Block {
        /// Whole lines; the last one of the input may lack its line feed.
        case lines
        /// A line above the limit, of which nothing is kept.
        case tooLong
    }

    /// About what one block holds, where the input has it at hand.
    private static let target = 256 << 10
    private let source: any ByteSource
    private let maximumLine: Int
    /// What was read behind the last line of the block before.
    private var rest: [UInt8] = []
    private var isAtEnd = false

    init(_ source: any ByteSource, maximumLine: Int) {
        self.source = source
        self.maximumLine = maximumLine
    }

    /// Fills `bytes` with the next block; nil at the end of the input.
    ///
    /// It waits for no more than there is, once a line is whole: whoever writes one line gets its answer.
    mutating func next(into bytes: inout [UInt8]) throws -> Block? {
        swap(&bytes, &rest)
        rest.removeAll(keepingCapacity: true)
        // What was kept can hold a whole line only behind a line that was too long.
        var hasLine = bytes.contains(0x0a)
        while !isAtEnd {
            if hasLine { return cut(&bytes) }
            if bytes.count > maximumLine { return try passOver(&bytes) }
            let searched = bytes.count
            isAtEnd = try read(into: &bytes) == 0
            hasLine = bytes[searched...].contains(0x0a)
        }
        return bytes.isEmpty ? nil : .lines
    }

    private mutating func read(into bytes: inout [UInt8]) throws -> Int {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.target))
        let count = try bytes.withUnsafeMutableBytes { try source.read(into: .init(rebasing: $0[start...])) }
        bytes.removeLast(Self.target - count)
        return count
    }

    /// Keeps the bytes behind the last line feed for the next block.
    private mutating func cut(_ bytes: inout [UInt8]) -> Block {
        guard let last = bytes.lastIndex(of: 0x0a) else { return .lines }
        rest.append(contentsOf: bytes[(last + 1)...])
        bytes.removeLast(bytes.count - last - 1)
        return .lines
    }

    /// Reads to the end of a line and keeps what stands behind it.
    private mutating func passOver(_ bytes: inout [UInt8]) throws -> Block {
        while !isAtEnd {
            bytes.removeAll(keepingCapacity: true)
            isAtEnd = try read(into: &bytes) == 0
            if let end = bytes.firstIndex(of: 0x0a) {
                rest.append(contentsOf: bytes[(end + 1)...])
                break
            }
        }
        bytes.removeAll()
        return .tooLong
    }
}
