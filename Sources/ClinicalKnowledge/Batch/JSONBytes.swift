public import HealthTypes

/// Bytes of JSON that grow in one block, written without values in between.
///
/// What it writes is what `JSON.text` gives of the same value.
public struct JSONBytes: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    public private(set) var count = 0

    public init(capacity: Int = 64 << 10) {
        self.capacity = max(capacity, 1024)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// The bytes written so far, for the time of the call.
    public borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Empties it and keeps its block.
    public mutating func removeAll() { count = 0 }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }

    /// Writes punctuation and names that need no escape.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        let size = text.utf8CodeUnitCount
        reserve(size)
        (start + count).update(from: text.utf8Start, count: size)
        count += size
    }

    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        start[count] = byte
        count += 1
    }

    mutating func append(_ number: Int) {
        var rest = number.magnitude
        if number < 0 { append(UInt8(ascii: "-")) }
        reserve(20)
        var digits = 1
        var power: UInt = 10
        while digits < 20, rest >= power {
            digits += 1
            let (next, isOver) = power.multipliedReportingOverflow(by: 10)
            if isOver { break }
            power = next
        }
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            start[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }

    /// A score with its two digits.
    mutating func append(_ score: Score) {
        append(score.hundredths / 100)
        append(UInt8(ascii: "."))
        append(UInt8(ascii: "0") + UInt8(score.hundredths % 100 / 10))
        append(UInt8(ascii: "0") + UInt8(score.hundredths % 10))
    }

    /// The text of a value.
    public mutating func append(json value: JSON) {
        var text = value.text
        text.withUTF8 { bytes in
            reserve(bytes.count)
            if let source = bytes.baseAddress { (start + count).update(from: source, count: bytes.count) }
            count += bytes.count
        }
    }

    /// A string in quotes, escaped where it has to be.
    mutating func append(string text: String) {
        var text = text
        text.withUTF8 { bytes in
            // Room for the quotes, and for eight bytes at a time.
            reserve(bytes.count + 10)
            start[count] = UInt8(ascii: "\"")
            count += 1
            if let source = bytes.baseAddress { escape(UnsafeRawPointer(source), bytes.count) }
            append(UInt8(ascii: "\""))
        }
    }

    /// Copies eight bytes at a time as long as none of them has to be escaped, sixteen as long as none was.
    private mutating func escape(_ source: UnsafeRawPointer, _ size: Int) {
        var place = 0
        while place + 16 <= size {
            let first = source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let second = source.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
            guard Self.escapes(first) | Self.escapes(second) == 0 else { break }
            reserve(size - place + 1)
            UnsafeMutableRawPointer(start + count).storeBytes(of: first, as: UInt64.self)
            UnsafeMutableRawPointer(start + count + 8).storeBytes(of: second, as: UInt64.self)
            count += 16
            place += 16
        }
        while place + 8 <= size {
            let word = source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if Self.escapes(word) != 0 {
                for offset in place..<place + 8 { escape(source.load(fromByteOffset: offset, as: UInt8.self)) }
            } else {
                reserve(size - place + 1)
                UnsafeMutableRawPointer(start + count).storeBytes(of: word, as: UInt64.self)
                count += 8
            }
            place += 8
        }
        guard place < size else { return }
        if size >= 8 {
            // The last eight, of which some are written already: as they stand, where none of them is escaped.
            let word = source.loadUnaligned(fromByteOffset: size - 8, as: UInt64.self)
            if Self.escapes(word) == 0 {
                reserve(8)
                count += size - place
                UnsafeMutableRawPointer(start + count - 8).storeBytes(of: word, as: UInt64.self)
                return
            }
        }
        while place < size {
            escape(source.load(fromByteOffset: place, as: UInt8.self))
            place += 1
        }
    }

    /// Not zero where one of eight bytes is a quote, a backslash or a control character.
    @inline(__always)
    private static func escapes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5c)
        let isQuote = (quotes &- ones) & ~quotes
        let isSlash = (slashes &- ones) & ~slashes
        let isControl = (word &- (ones &* 0x20)) & ~word
        return (isQuote | isSlash | isControl) & highs
    }

    @inline(__always)
    private mutating func escape(_ byte: UInt8) {
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { return append(byte) }
        escapeSpecial(byte)
    }

    private mutating func escapeSpecial(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0a: append("\\n")
        case 0x0d: append("\\r")
        case 0x09: append("\\t")
        default:
            append("\\u00")
            append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 15
            append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }
}
