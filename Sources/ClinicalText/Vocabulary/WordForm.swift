/// The form under which words are compared: small letters, singular, American spelling.
///
/// It need not be a word of English, as long as the spellings of one word come to the same: both `diseases` and
/// `disease` become `disease`, both `oedema` and `edema` become `edema`.
enum WordForm {
    /// Longer words are in no vocabulary. In bytes.
    static let longest = 48

    /// Reduces the small letters of a word in place and gives the new length.
    static func reduce(_ word: UnsafeMutableBufferPointer<UInt8>, _ length: Int, keepsPlural: Bool) -> Int {
        var count = length
        if count > 4 {
            count = american(word, count)
            if count > 6, ends(word, count, "our") {
                word[count - 2] = UInt8(ascii: "r")
                count -= 1
            }
        }
        guard !keepsPlural, count > 3, word[count - 1] == UInt8(ascii: "s") else { return count }
        return singular(word, count)
    }

    /// `ae` and `oe` become `e`, `ph` after `sul` becomes `f`.
    private static func american(_ word: UnsafeMutableBufferPointer<UInt8>, _ length: Int) -> Int {
        var count = 0
        var position = 0
        while position < length {
            let byte = word[position]
            let next = position + 1 < length ? word[position + 1] : 0
            if byte == UInt8(ascii: "a") || byte == UInt8(ascii: "o"), next == UInt8(ascii: "e") {
                position += 1
                continue
            }
            if byte == UInt8(ascii: "p"), next == UInt8(ascii: "h"), count >= 3, ends(word, count, "sul") {
                word[count] = UInt8(ascii: "f")
                position += 1
            } else {
                word[count] = byte
            }
            count += 1
            position += 1
        }
        return count
    }

    private static func singular(_ word: UnsafeMutableBufferPointer<UInt8>, _ length: Int) -> Int {
        if length > 4, ends(word, length, "ies") {
            word[length - 3] = UInt8(ascii: "y")
            return length - 2
        }
        if length > 6, ends(word, length, "itides") {
            word[length - 3] = UInt8(ascii: "s")
            return length - 2
        }
        if length > 5, ends(word, length, "oses") || ends(word, length, "stases") {
            word[length - 2] = UInt8(ascii: "i")
            return length
        }
        if length > 4, ends(word, length, "sses") || ends(word, length, "xes") || ends(word, length, "ches") {
            return length - 2
        }
        switch word[length - 2] {
        case UInt8(ascii: "s"), UInt8(ascii: "u"), UInt8(ascii: "i"): return length
        default: return length - 1
        }
    }

    private static func ends(_ word: UnsafeMutableBufferPointer<UInt8>, _ length: Int, _ tail: StaticString) -> Bool {
        let count = tail.utf8CodeUnitCount
        guard length >= count else { return false }
        let start = tail.utf8Start
        for offset in 0..<count where word[length - count + offset] != start[offset] { return false }
        return true
    }
}

/// What a word may be to the rules, apart from being part of a name.
struct WordRole: OptionSet, Sendable {
    let rawValue: UInt32

    /// A noun that makes a condition of what stands before it: `failure`.
    static let head = WordRole(rawValue: 1 << 0)
    /// A head that is a condition by itself: `toxicity`.
    static let loneHead = WordRole(rawValue: 1 << 1)
    /// An organ, function or kind that may stand before a head: `renal`.
    static let site = WordRole(rawValue: 1 << 2)
    /// A degree or course that is part of a condition's name where it stands before a head: `acute`.
    static let degree = WordRole(rawValue: 1 << 3)
    /// Not a condition or a substance, whatever its ending.
    static let plain = WordRole(rawValue: 1 << 4)
    /// A salt or the like that belongs to the substance before it: `hydrochloride`.
    static let salt = WordRole(rawValue: 1 << 5)
    /// An abbreviation after which a full stop ends nothing: `Dr.`
    static let dotted = WordRole(rawValue: 1 << 6)
    /// An adjective that makes a condition of the function or organ after it: `impaired`.
    static let impaired = WordRole(rawValue: 1 << 7)
    /// A function, organ or measure that such an adjective speaks of: `renal function`.
    static let function = WordRole(rawValue: 1 << 8)
    /// A prefix that a hyphen joins to a substance: `alpha`.
    static let locant = WordRole(rawValue: 1 << 9)
    /// A word of grammar, which begins no name: `of`.
    static let small = WordRole(rawValue: 1 << 10)
    /// An article, which a text may put into a name: `cancer of the breast`.
    static let article = WordRole(rawValue: 1 << 11)
}

/// The words of a vocabulary, each under a number, in flat arrays.
struct WordTable: Sendable {
    private var slots: [Int32] = Array(repeating: -1, count: 1 << 12)
    private(set) var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]
    private(set) var roles: [WordRole] = []

    var count: Int { roles.count }

    func has(_ role: WordRole, _ word: Int32) -> Bool { roles[Int(word)].contains(role) }

    mutating func add(_ role: WordRole, to word: Int32) { roles[Int(word)].insert(role) }

    /// Where the bytes of a word stand.
    func form(of word: Int32) -> Range<Int> { Int(starts[Int(word)])..<Int(starts[Int(word) + 1]) }

    func find(_ form: UnsafeBufferPointer<UInt8>) -> Int32 {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(form)) & mask
        return slots.withUnsafeBufferPointer { slots in
            while true {
                let word = slots[slot]
                if word < 0 || equals(Int(word), form) { return word }
                slot = (slot + 1) & mask
            }
        }
    }

    /// The number of a form, a new one where the table did not have it.
    mutating func intern(_ form: UnsafeBufferPointer<UInt8>) -> Int32 {
        let found = find(form)
        if found >= 0 { return found }
        let word = Int32(roles.count)
        bytes.append(contentsOf: form)
        starts.append(UInt32(bytes.count))
        roles.append([])
        if (roles.count + 1) * 2 > slots.count { grow() } else { place(word) }
        return word
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 4)
        for word in 0..<Int32(roles.count) { place(word) }
    }

    private mutating func place(_ word: Int32) {
        let mask = slots.count - 1
        let range = Int(starts[Int(word)])..<Int(starts[Int(word) + 1])
        var slot = bytes.withUnsafeBufferPointer {
            Int(truncatingIfNeeded: Self.hash(UnsafeBufferPointer(rebasing: $0[range]))) & mask
        }
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = word
    }

    private func equals(_ word: Int, _ form: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(starts[word])
        guard Int(starts[word + 1]) - start == form.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for offset in 0..<form.count where bytes[start + offset] != form[offset] { return false }
            return true
        }
    }

    static func hash(_ form: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        for byte in form { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash ^ (hash >> 29)
    }
}
