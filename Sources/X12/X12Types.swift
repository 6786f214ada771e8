import HealthTypes

/// The forms of the element types (X12.6), over bytes.
enum X12Types {
    /// Type Nn: digits with a sign; the decimal point is implied.
    static func isInteger(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        return !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }

    /// Type R: digits with at most one point, and a sign before them; no exponent, which health care does not use.
    static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var digits = 0
        var points = 0
        for (offset, byte) in bytes.enumerated() {
            if byte.isDigit {
                digits += 1
            } else if byte == UInt8(ascii: ".") {
                points += 1
            } else if byte != UInt8(ascii: "-") || offset != 0 {
                return false
            }
        }
        return digits > 0 && points < 2
    }

    /// `CCYYMMDD`, or `YYMMDD` where the element may be six long.
    static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return CalendarDate(bytes.count == 6 ? "20" + text : text) != nil
    }

    /// `HHMM`, `HHMMSS` or `HHMMSS` with hundredths.
    static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (4...8).contains(bytes.count), bytes.count != 5, bytes.allSatisfy(\.isDigit) else { return false }
        let digits = bytes.map { Int($0 - 0x30) }
        return digits[0] * 10 + digits[1] < 24 && digits[2] < 6 && (digits.count < 6 || digits[4] < 6)
    }

    /// A value of element 1251 in the format that its qualifier (element 1250) names; true for formats not known here.
    static func isPeriod(_ bytes: ArraySlice<UInt8>, format: String) -> Bool {
        switch format {
        case "D8": return bytes.count == 8 && isDate(bytes)
        case "D6": return bytes.count == 6 && isDate(bytes)
        case "TM": return bytes.count == 4 && isTime(bytes)
        case "DT": return bytes.count == 12 && isDate(bytes.prefix(8)) && isTime(bytes.dropFirst(8))
        case "RD8":
            let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { $0.count == 8 && isDate($0) }
        default: return true
        }
    }
}
