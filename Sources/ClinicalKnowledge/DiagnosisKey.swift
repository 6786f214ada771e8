/// An ICD-10 code or category without its point, packed so that its ancestors are masks of it.
///
/// ICD-10-CM and WHO ICD-10 share the form: a letter, a digit, a digit or letter, then up to four more. The parent
/// of a code is the code without its last character, down to the three characters of the category.
struct DiagnosisKey: Hashable, Sendable, Comparable {
    /// One byte a character, the first the highest; zero for no code.
    let bits: UInt64

    init(bits: UInt64) {
        self.bits = bits
    }

    /// Reads `K29.7`, `k297` or `K29`; nil for anything that does not have the form of a code.
    init?(_ text: some StringProtocol) {
        var bits: UInt64 = 0
        var count = 0
        for byte in text.utf8 where byte != UInt8(ascii: ".") && byte != UInt8(ascii: " ") {
            let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(upper)
            let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(upper)
            switch count {
            case 0: guard isLetter else { return nil }
            case 1: guard isDigit else { return nil }
            case 2..<7: guard isDigit || isLetter else { return nil }
            default: return nil
            }
            bits |= UInt64(upper) << UInt64(56 - 8 * count)
            count += 1
        }
        guard count >= 3 else { return nil }
        self.bits = bits
    }

    var count: Int { 8 - bits.trailingZeroBitCount / 8 }

    /// Symptoms, signs and abnormal findings: many treatments fit them, so that they support little.
    var isSymptom: Bool { UInt8(bits >> 56) == UInt8(ascii: "R") }

    /// How an injury came about: chapter 20 of ICD-10-CM, V00 to Y99.
    var isExternalCause: Bool { (UInt8(ascii: "V")...UInt8(ascii: "Y")).contains(UInt8(bits >> 56)) }

    func prefix(_ length: Int) -> DiagnosisKey { DiagnosisKey(bits: bits & (UInt64.max << UInt64(64 - 8 * length))) }

    /// Upper case, without the point: `K2970`.
    var plain: String {
        var bytes = bits.bigEndian
        return withUnsafeBytes(of: &bytes) { String(decoding: $0.prefix(count), as: UTF8.self) }
    }

    /// The form that people write: `K29.70`.
    var dotted: String {
        var text = ""
        for position in 0..<count {
            if position == 3 { text.append(".") }
            text.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * position))))
        }
        return text
    }

    /// The code itself and every ancestor down to its category, the most specific first.
    var lineage: [DiagnosisKey] { (3...count).reversed().map(prefix) }

    static func < (left: DiagnosisKey, right: DiagnosisKey) -> Bool { left.bits < right.bits }

    /// Every category from `first` to `last`, such as those of `K25-K28`. The third character runs over the
    /// digits and the two letters that ICD-10-CM uses there (`C7A`, `C7B`, `Z3A`).
    static func categories(from first: DiagnosisKey, to last: DiagnosisKey) -> [DiagnosisKey] {
        var found: [DiagnosisKey] = []
        for letter in UInt8(first.bits >> 56)...UInt8(last.bits >> 56) {
            for digit in "0123456789".utf8 {
                for third in "0123456789AB".utf8 {
                    let bits = UInt64(letter) << 56 | UInt64(digit) << 48 | UInt64(third) << 40
                    let key = DiagnosisKey(bits: bits)
                    if first <= key, key <= last { found.append(key) }
                }
            }
        }
        return found
    }
}

/// A set of diagnoses as the data files write it: codes, categories and ranges of categories, with spaces between.
struct DiagnosisSet: Hashable, Sendable {
    let keys: [DiagnosisKey]
    /// Those of the keys that were written by themselves and not as a range.
    let named: [DiagnosisKey]
    private let lookup: Set<DiagnosisKey>

    /// Nil where a part is neither a code nor a range of categories in order, or where nothing stands.
    init?(_ text: some StringProtocol, separator: Character = " ") {
        var keys: [DiagnosisKey] = []
        var named: [DiagnosisKey] = []
        for part in text.split(separator: separator) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            if ends.count == 2 {
                guard let first = DiagnosisKey(ends[0]), let last = DiagnosisKey(ends[1]), first.count == 3,
                    last.count == 3, first <= last
                else { return nil }
                keys += DiagnosisKey.categories(from: first, to: last)
            } else {
                guard ends.count == 1, let key = DiagnosisKey(part) else { return nil }
                keys.append(key)
                named.append(key)
            }
        }
        guard !keys.isEmpty else { return nil }
        self.keys = keys
        self.named = named
        lookup = Set(keys)
    }

    /// Whether the code or one of its ancestors is in the set.
    func contains(_ code: DiagnosisKey) -> Bool { code.lineage.contains(where: lookup.contains) }
}
