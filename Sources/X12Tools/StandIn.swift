import HealthTypes
import X12

/// Makes stand-ins for values: of the same length and the same kinds of characters, and the same for the same value.
struct StandIn {
    private let hash: SipHash
    private let seed: UInt64
    /// By how many days every day moves.
    private let days: Int32

    init(seed: UInt64) {
        self.seed = seed
        var keys = SeededRandom(seed: seed, stream: "keys")
        hash = SipHash(first: keys.next(), second: keys.next())
        var random = SeededRandom(seed: seed, stream: "days")
        // Near enough that a code in force on the day of service is as a rule still in force.
        days = -Int32(random.integer(in: 1..<61))
    }

    /// Whether a value says that the one behind it is a day or a period.
    static func namesDays(_ format: UnsafeBufferPointer<UInt8>) -> Bool {
        format.matches("D8") || format.matches("RD8") || format.matches("D6") || format.matches("DT")
    }

    /// Letters become letters and digits digits; an NPI becomes an NPI, and what is none does not become one.
    func replace(_ bytes: inout [UInt8], _ range: Range<Int>) {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == 0x20 { end -= 1 }
        let value = range.lowerBound..<end
        let original = Array(bytes[value])
        guard original.contains(where: { $0.isLetterOrDigit || $0 >= 0x80 }) else { return }
        let wasNPI = isNPI(original)
        var random = SeededRandom(seed: hash(original))
        for _ in 0..<16 {
            for place in value { bytes[place] = other(original[place - range.lowerBound], &random) }
            if original.count == 10 {
                if wasNPI { completeNPI(&bytes, value) } else if isNPI(Array(bytes[value])) { continue }
            }
            if !bytes[value].elementsEqual(original) { break }
        }
    }

    private func other(_ byte: UInt8, _ random: inout SeededRandom) -> UInt8 {
        switch byte {
        case 0x30...0x39: 0x30 + UInt8(random.integer(in: 0..<10))
        case 0x41...0x5a: 0x41 + UInt8(random.integer(in: 0..<26))
        case 0x61...0x7a: 0x61 + UInt8(random.integer(in: 0..<26))
        default: byte
        }
    }

    private func isNPI(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer(CodeForm.npi) }

    /// Gives ten digits the first and the last that a National Provider Identifier has.
    private func completeNPI(_ bytes: inout [UInt8], _ range: Range<Int>) {
        bytes[range.lowerBound] = UInt8(ascii: "1")
        for digit in UInt8(0x30)...0x39 {
            bytes[range.upperBound - 1] = digit
            if isNPI(Array(bytes[range])) { return }
        }
    }

    /// Letters and digits of bytes whose meaning is not known; other bytes outside of ASCII become `x`.
    func replaceAll(_ bytes: inout [UInt8], _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var random = SeededRandom(seed: seed ^ UInt64(range.count))
        for place in range { bytes[place] = bytes[place] >= 0x80 ? UInt8(ascii: "x") : other(bytes[place], &random) }
    }

    /// Content that may hold anything.
    func blank(_ bytes: inout [UInt8], _ range: Range<Int>) {
        for place in range { bytes[place] = UInt8(ascii: "x") }
    }

    /// Three digits stay and the rest become zeros (45 CFR 164.514(b)(2)(i)(B)); other postal codes are replaced.
    func shortenZIP(_ bytes: inout [UInt8], _ range: Range<Int>) {
        guard bytes[range].allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }) else { return replace(&bytes, range) }
        for place in range.dropFirst(3) where bytes[place].isDigit { bytes[place] = 0x30 }
    }

    /// Moves the days in a date of six or eight digits, in a period of two, or in a date with a time behind it.
    func shiftDays(_ bytes: inout [UInt8], _ range: Range<Int>) {
        switch range.count {
        case 6, 8: shiftDay(&bytes, range)
        case 12: shiftDay(&bytes, range.prefix(8))
        case 13: for part in [range.prefix(6), range.suffix(6)] { shiftDay(&bytes, part) }
        case 17: for part in [range.prefix(8), range.suffix(8)] { shiftDay(&bytes, part) }
        default: replace(&bytes, range)
        }
    }

    private func shiftDay(_ bytes: inout [UInt8], _ range: Range<Int>) {
        let text = (range.count == 6 ? Array("20".utf8) : []) + Array(bytes[range])
        guard let day = text.withUnsafeBufferPointer(Digits.day) else { return spoil(&bytes, range) }
        let moved = CalendarDate(dayNumber: Int(day + days))
        bytes.replaceSubrange(range, with: moved.compact.utf8.suffix(range.count))
    }

    /// What was no day is no day afterwards, and no longer the same.
    private func spoil(_ bytes: inout [UInt8], _ range: Range<Int>) {
        let original = Array(bytes[range])
        replace(&bytes, range)
        let text = (range.count == 6 ? Array("20".utf8) : []) + Array(bytes[range])
        guard text.withUnsafeBufferPointer(Digits.day) != nil, let last = original.indices.last else { return }
        bytes[range.lowerBound + last] = 0x39
        bytes[range.lowerBound + last - 1] = 0x39
    }
}

/// SipHash-2-4, a keyed hash of which nobody without the key can tell the value (Aumasson and Bernstein, 2012).
struct SipHash {
    private let first: UInt64
    private let second: UInt64

    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    func callAsFunction(_ bytes: some Collection<UInt8>) -> UInt64 {
        var state = (
            first ^ 0x736f_6d65_7073_6575, second ^ 0x646f_7261_6e64_6f6d, first ^ 0x6c79_6765_6e65_7261,
            second ^ 0x7465_6462_7974_6573
        )
        var word: UInt64 = 0
        var filled: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (8 * filled)
            filled += 1
            if filled == 8 {
                Self.take(word, &state)
                word = 0
                filled = 0
            }
        }
        Self.take(word | UInt64(truncatingIfNeeded: bytes.count) << 56, &state)
        state.2 ^= 0xff
        for _ in 0..<4 { Self.round(&state) }
        return state.0 ^ state.1 ^ state.2 ^ state.3
    }

    private static func take(_ word: UInt64, _ state: inout (UInt64, UInt64, UInt64, UInt64)) {
        state.3 ^= word
        round(&state)
        round(&state)
        state.0 ^= word
    }

    private static func round(_ state: inout (UInt64, UInt64, UInt64, UInt64)) {
        func turned(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
        state.0 &+= state.1
        state.1 = turned(state.1, 13) ^ state.0
        state.0 = turned(state.0, 32)
        state.2 &+= state.3
        state.3 = turned(state.3, 16) ^ state.2
        state.0 &+= state.3
        state.3 = turned(state.3, 21) ^ state.0
        state.2 &+= state.1
        state.1 = turned(state.1, 17) ^ state.2
        state.2 = turned(state.2, 32)
    }
}
