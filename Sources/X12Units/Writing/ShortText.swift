import X12

/// The two words of a `String`. A short text of ASCII lies in them itself, up to 15 bytes and then its count; it can be
/// written from there without a look at memory.
struct ShortText {
    let low: UInt64
    let high: UInt64

    /// What stands in the four highest bits of a short text of ASCII, and what stands in none.
    static let mark: UInt64 = 0xe
    static let never: UInt64 = 0x10

    @inline(__always)
    init(_ text: String) { (low, high) = unsafeBitCast(text, to: (UInt64, UInt64).self) }

    @inline(__always)
    init(at text: UnsafePointer<String>) {
        let words = UnsafeRawPointer(text)
        low = words.load(as: UInt64.self)
        high = words.load(fromByteOffset: 8, as: UInt64.self)
    }

    @inline(__always)
    var isEmpty: Bool { high == 0xe000_0000_0000_0000 }

    /// Of a short text.
    @inline(__always)
    var count: Int { Int(truncatingIfNeeded: high >> 56 & 0xf) }

    /// Whether this library's strings lie as is said here; where they do not, their bytes are asked for.
    static let isKnown: Bool = {
        // Made of bytes, so that it is the running library that lays them out.
        let text = ShortText(String(decoding: UInt8(0x41)...UInt8(0x4f), as: UTF8.self))
        let empty = ShortText(String(decoding: [] as [UInt8], as: UTF8.self))
        return text.low == 0x4847_4645_4443_4241 && text.high == 0xef4f_4e4d_4c4b_4a49 && empty.isEmpty
    }()
}

/// Looks at eight bytes at once for one that an element of the extended character set may not hold.
struct CarriedWords {
    private let element: UInt64
    private let component: UInt64
    private let repetition: UInt64
    private let segment: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    init(_ delimiters: Delimiters) {
        element = UInt64(delimiters.element) &* Self.ones
        component = UInt64(delimiters.component) &* Self.ones
        repetition = UInt64(delimiters.repetition) &* Self.ones
        segment = UInt64(delimiters.segment) &* Self.ones
    }

    /// The lowest byte that may not stand has its high bit set, and no lower one has. What a sum carries goes to higher
    /// bytes alone.
    @inline(__always)
    func wrong(in word: UInt64) -> UInt64 {
        let outside = word | (word &+ Self.ones) | (word &- 0x2020_2020_2020_2020)
        let first = ((word ^ element) &- Self.ones) | ((word ^ component) &- Self.ones)
        let second = ((word ^ repetition) &- Self.ones) | ((word ^ segment) &- Self.ones)
        return (outside | first | second) & 0x8080_8080_8080_8080
    }

    /// The lowest bytes of a word, all of it for 8 or more.
    @inline(__always)
    static func mask(_ bytes: Int) -> UInt64 { bytes < 8 ? (1 &<< UInt64(truncatingIfNeeded: bytes &* 8)) &- 1 : ~0 }

    /// Copies at least eight bytes; whether all of them may stand.
    @inline(__always)
    func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>) -> Bool {
        let target = UnsafeMutableRawPointer(target)
        let last = source.count &- 8
        var wrong: UInt64 = 0
        var at = 0
        while at < last {
            let word = source.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            target.storeBytes(of: word, toByteOffset: at, as: UInt64.self)
            wrong |= self.wrong(in: word)
            at &+= 8
        }
        let word = source.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: last, as: UInt64.self)
        return (wrong | self.wrong(in: word)) == 0
    }
}
