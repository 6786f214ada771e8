/// Endings that make a word the name of a condition or a substance: `-itis`, `-azole`.
struct WordEndings: Sendable {
    private static let lengths = 3...11
    private var slots: [(hash: UInt64, kind: UInt8)] = Array(repeating: (0, 0), count: 1024)
    private(set) var count = 0

    /// Letters that must stand before the ending.
    static let shortestStem = 2

    /// Adds an ending; one that is too short or too long, or beyond the table's room, is refused.
    mutating func add(_ ending: some StringProtocol, kind: VocabularyName.Kind) -> Bool {
        let bytes = Array(ending.utf8)
        guard Self.lengths.contains(bytes.count), count < slots.count / 2 else { return false }
        var hash = Self.seed
        for byte in bytes.reversed() { hash = Self.mix(hash, byte) }
        var slot = Int(truncatingIfNeeded: hash >> 7) & (slots.count - 1)
        while slots[slot].kind != 0, slots[slot].hash != hash { slot = (slot + 1) & (slots.count - 1) }
        if slots[slot].kind == 0 { count += 1 }
        slots[slot] = (hash, kind == .condition ? 1 : 2)
        return true
    }

    /// What the longest fitting ending of a reduced word says.
    func kind(of word: UnsafeBufferPointer<UInt8>) -> VocabularyName.Kind? {
        let longest = min(word.count - Self.shortestStem, Self.lengths.upperBound)
        guard longest >= Self.lengths.lowerBound else { return nil }
        var hash = Self.seed
        var found: UInt8 = 0
        for length in 1...longest {
            hash = Self.mix(hash, word[word.count - length])
            guard length >= Self.lengths.lowerBound else { continue }
            var slot = Int(truncatingIfNeeded: hash >> 7) & (slots.count - 1)
            while slots[slot].kind != 0 {
                if slots[slot].hash == hash { found = slots[slot].kind }
                slot = (slot + 1) & (slots.count - 1)
            }
        }
        return found == 0 ? nil : found == 1 ? .condition : .substance
    }

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15 ^ (hash >> 31)
    }
}
