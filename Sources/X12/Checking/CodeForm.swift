/// The forms of external codes, over bytes.
package enum CodeForm {
    /// Whether the bytes have the form of the set's codes; check digits are ``npi(_:)``'s.
    package static func fits(_ set: CodeSet, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = bytes.count
        switch set {
        case .none, .hicl, .language, .stc: return true
        case .pos: return count == 2 && all(bytes) { $0.isLetterOrDigit }
        case .state: return count == 2 && all(bytes) { $0.isCapital }
        case .country: return (2...3).contains(count) && all(bytes) { $0.isCapital }
        case .currency: return count == 3 && all(bytes) { $0.isCapital }
        case .icd10cm:
            return (3...7).contains(count) && bytes[0].isLetter && bytes[1].isDigit && all(bytes) { $0.isLetterOrDigit }
        case .icd10pcs: return count == 7 && all(bytes) { $0.isLetterOrDigit }
        case .icd9cm: return (2...5).contains(count) && all(bytes) { $0.isLetterOrDigit }
        case .hcpcs: return count == 5 && all(bytes) { $0.isLetterOrDigit } && bytes[1].isDigit
        case .cdt: return count == 5 && (bytes[0] | 0x20) == UInt8(ascii: "d") && digits(bytes, from: 1)
        case .ndc: return count == 11 && digits(bytes)
        case .revenue: return (3...4).contains(count) && digits(bytes)
        case .taxonomy: return count == 10 && all(bytes) { $0.isLetterOrDigit }
        case .npi: return count == 10 && digits(bytes)
        case .ein, .ssn: return digits(bytes) && count == 9 || isHyphenated(bytes)
        case .carc: return (1...3).contains(count) && all(bytes) { $0.isLetterOrDigit }
        case .rarc: return (2...5).contains(count) && all(bytes) { $0.isLetterOrDigit }
        case .zip: return (count == 5 || count == 9) && digits(bytes)
        case .claimStatusCategory:
            return (2...4).contains(count) && bytes[0].isLetter && all(bytes) { $0.isLetterOrDigit }
        case .claimStatus: return (1...3).contains(count) && digits(bytes)
        case .billType: return (2...3).contains(count) && all(bytes) { $0.isLetterOrDigit }
        case .drg: return (1...4).contains(count) && all(bytes) { $0.isLetterOrDigit }
        }
    }

    /// The check digit of a National Provider Identifier: Luhn over `80840` and the ten digits (45 CFR 162.406).
    package static func npi(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == 10, digits(bytes), bytes[0] == UInt8(ascii: "1") || bytes[0] == UInt8(ascii: "2") else {
            return false
        }
        var sum = 24
        for position in 0..<9 {
            let digit = Int(bytes[8 - position] - 0x30)
            let weighted = position & 1 == 0 ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return (10 - sum % 10) % 10 == Int(bytes[9] - 0x30)
    }

    private static func isHyphenated(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (10...11).contains(bytes.count) && bytes.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
    }

    @inline(__always)
    private static func all(_ bytes: UnsafeBufferPointer<UInt8>, _ test: (UInt8) -> Bool) -> Bool {
        for byte in bytes where !test(byte) { return false }
        return true
    }

    @inline(__always)
    private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Bool {
        var at = start
        while at < bytes.count {
            if !bytes[at].isDigit { return false }
            at += 1
        }
        return bytes.count > start
    }
}

extension UInt8 {
    var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7a }
    var isCapital: Bool { self >= 0x41 && self <= 0x5a }
}
