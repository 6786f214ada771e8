/// One segment as it lies in the reader's window: valid until the reader goes on, and no longer.
///
/// It is a face on memory that the reader owns and costs no allocation. Keep a ``Segment`` where a segment must live on.
@frozen
public struct SegmentSlice {
    /// The segment's first byte.
    @usableFromInline package let base: UnsafePointer<UInt8>
    /// Where each element ends, counted from `base`; element 0 is the id.
    @usableFromInline package let ends: UnsafePointer<UInt32>
    /// How many elements there are, the id among them.
    public let count: Int
    /// Offset of the segment's first byte from the start of the input.
    public let byteOffset: Int
    public let delimiters: Delimiters
    /// A bit for each byte that separates components or repetitions, the segment's first byte being number `innerStart`;
    /// nil where nobody looked for them.
    @usableFromInline let inner: UnsafePointer<UInt64>?
    @usableFromInline let innerStart: Int

    @inlinable
    package init(
        base: UnsafePointer<UInt8>, ends: UnsafePointer<UInt32>, count: Int, byteOffset: Int, delimiters: Delimiters,
        inner: UnsafePointer<UInt64>? = nil, innerStart: Int = 0
    ) {
        self.inner = inner
        self.innerStart = innerStart
        self.base = base
        self.ends = ends
        self.count = count
        self.byteOffset = byteOffset
        self.delimiters = delimiters
    }

    /// Where an element begins, counted from the segment's first byte.
    @inlinable @inline(__always)
    package func start(_ element: Int) -> Int { element == 0 ? 0 : Int(ends[element - 1]) + 1 }

    /// The segment's length without its terminator.
    @inlinable
    public var length: Int { Int(ends[count - 1]) }

    /// Whether components or repetitions are separated in these bytes, counted from the segment's first.
    @inline(__always)
    func isDivided(_ start: Int, _ end: Int) -> Bool {
        guard let inner else {
            for at in start..<end where base[at] == delimiters.component || isRepetition(base[at]) { return true }
            return false
        }
        let from = innerStart &+ start
        let to = innerStart &+ end
        let low = from >> 6
        let high = (to &- 1) >> 6
        let head = ~UInt64(0) << UInt64(from & 63)
        let tail = ~UInt64(0) >> UInt64(63 &- ((to &- 1) & 63))
        if low == high { return inner[low] & head & tail != 0 }
        if inner[low] & head != 0 || inner[high] & tail != 0 { return true }
        var word = low &+ 1
        while word < high {
            if inner[word] != 0 { return true }
            word &+= 1
        }
        return false
    }

    private func isRepetition(_ byte: UInt8) -> Bool { byte == delimiters.repetition && byte != 0 }

    /// The bytes of an element, 0 being the id; empty where it is absent.
    @inlinable @inline(__always)
    public subscript(element: Int) -> UnsafeBufferPointer<UInt8> {
        guard element < count else { return UnsafeBufferPointer(start: base, count: 0) }
        let start = start(element)
        return UnsafeBufferPointer(start: base + start, count: Int(ends[element]) - start)
    }

    /// The id's letters as a number, the first in the lowest byte; ids of other than two or three bytes are 0.
    @inlinable @inline(__always)
    public var packedID: UInt32 {
        let count = ends[0]
        guard count &- 2 < 2 else { return 0 }
        guard canLookBack else { return UInt32(truncatingIfNeeded: self[0].packed) }
        let word = UnsafeRawPointer(base + Int(count) - 4).loadUnaligned(as: UInt32.self)
        return UInt32(littleEndian: word) &>> (32 &- 8 &* count)
    }

    /// Whether there are eight bytes to read before the segment: who owns its memory sees to that for all but an input's
    /// first bytes.
    @inlinable @inline(__always)
    var canLookBack: Bool { byteOffset >= Self.bytesBefore }

    @inlinable package static var bytesBefore: Int { 8 }

    /// As ``Swift/UnsafeBufferPointer/packed`` of bytes of this segment, by one look at the eight that end with them.
    @inlinable @inline(__always)
    package func packed(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let count = bytes.count
        guard count > 0, count <= 8, canLookBack else { return bytes.packed }
        let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + count - 8).loadUnaligned(as: UInt64.self)
        return UInt64(littleEndian: word) &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    }

    @inlinable @inline(__always)
    public func length(_ element: Int) -> Int { element < count ? Int(ends[element]) - start(element) : 0 }

    @inlinable
    package func isEmpty(_ element: Int) -> Bool { length(element) == 0 }

    /// A component, counted from 1, of the element's first repetition; empty where it is absent.
    @inlinable
    public subscript(element: Int, component: Int) -> UnsafeBufferPointer<UInt8> {
        let whole = self[element]
        let first = whole.baseAddress.unsafelyUnwrapped
        var number = 1
        var start = 0
        var at = 0
        while at < whole.count {
            let byte = first[at]
            if byte == delimiters.component {
                if number == component { break }
                number &+= 1
                start = at &+ 1
            } else if byte == delimiters.repetition && byte != 0 {
                break
            }
            at &+= 1
        }
        guard number == component else { return UnsafeBufferPointer(start: first, count: 0) }
        return UnsafeBufferPointer(start: first + start, count: at &- start)
    }

    /// Whether the element is these letters.
    @inlinable @inline(__always)
    public func has(_ element: Int, _ code: StaticString) -> Bool { self[element].matches(code) }

    package func text(_ element: Int) -> String { String(decoding: self[element], as: UTF8.self) }

    /// The text of an element that is short where it is right, such as a control number: of another its front.
    func brief(_ element: Int) -> String { String(decoding: self[element].prefix(40), as: UTF8.self) }

    /// The id, of which what is longer than an id or no letter or digit is left off.
    package var name: String { String(decoding: self[0].prefix(3).prefix(while: \.isLetterOrDigit), as: UTF8.self) }
}

extension UnsafeBufferPointer<UInt8> {
    @inlinable @inline(__always)
    package func matches(_ code: StaticString) -> Bool {
        guard count == code.utf8CodeUnitCount else { return false }
        for offset in 0..<count where self[offset] != code.utf8Start[offset] { return false }
        return true
    }

    /// Up to eight bytes as one number, the first in the lowest byte; `Code.unpackable` where there are more.
    @inlinable
    package var packed: UInt64 {
        guard count <= 8 else { return .max }
        guard count > 1 else { return count == 0 ? 0 : UInt64(self[0]) }
        // Two halves that may overlap, where they say the same.
        let first = UnsafeRawPointer(baseAddress.unsafelyUnwrapped)
        if count < 4 {
            let low = UInt16(littleEndian: first.loadUnaligned(as: UInt16.self))
            let high = UInt16(littleEndian: (first + (count &- 2)).loadUnaligned(as: UInt16.self))
            return UInt64(low) | UInt64(high) &<< UInt64(truncatingIfNeeded: (count &- 2) &* 8)
        }
        let low = UInt32(littleEndian: first.loadUnaligned(as: UInt32.self))
        let high = UInt32(littleEndian: (first + (count &- 4)).loadUnaligned(as: UInt32.self))
        return UInt64(low) | UInt64(high) &<< UInt64(truncatingIfNeeded: (count &- 4) &* 8)
    }

    package var string: String { String(decoding: self, as: UTF8.self) }
}

extension StringProtocol {
    /// As `packed` of the text's bytes.
    package var packedCode: UInt64 { String(self).packedCode }
}

// Of `String` itself too: other modules ask for the id of a name with every segment that they look for, and a generic of
// this module would reach them through tables of witnesses, at a third of the time of a remittance.
extension String {
    /// As `packed` of the text's bytes.
    package var packedCode: UInt64 {
        var text = self
        return text.withUTF8 { bytes in
            guard bytes.count <= 8 else { return .max }
            var packed: UInt64 = 0
            for byte in bytes.reversed() { packed = packed << 8 | UInt64(byte) }
            return packed
        }
    }

    /// As ``SegmentSlice/packedID`` of the text's bytes.
    package var packedSegmentID: UInt32 {
        guard (2...3).contains(utf8.count) else { return 0 }
        return UInt32(truncatingIfNeeded: packedCode)
    }
}

/// Ids of segments as numbers, known when the program is compiled.
package enum SegmentID {
    static var st: UInt32 { 0x5453 }
    static var se: UInt32 { 0x4553 }
    static var gs: UInt32 { 0x5347 }
    static var ge: UInt32 { 0x4547 }
    static var hl: UInt32 { 0x4c48 }
    package static var hi: UInt32 { 0x4948 }
    package static var dtp: UInt32 { 0x50_54_44 }
    package static var dtm: UInt32 { 0x4d_54_44 }
    static var iea: UInt32 { 0x41_45_49 }
    package static var ta1: UInt32 { 0x31_41_54 }
    static var trn: UInt32 { 0x4e_52_54 }
    static var ref: UInt32 { 0x46_45_52 }
    package static var sv2: UInt32 { 0x32_56_53 }
    package static var sv3: UInt32 { 0x33_56_53 }
}
