/// Numbers, amounts and days read from bytes, without a String between.
package enum Digits {
    /// A whole number without a sign; nil for anything else or one of more than eighteen digits.
    package static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard byte.isDigit else { return nil }
            value = value &* 10 &+ UInt64(byte &- 0x30)
        }
        return value
    }

    /// An amount in cents (type R); nil for anything else, for fractions of a cent and past ten billion dollars.
    package static func cents(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var value: Int64 = 0
        var decimals = -1
        var digits = 0
        var at = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { at = 1 }
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte.isDigit {
                digits += 1
                if decimals >= 2 {
                    guard byte == 0x30 else { return nil }
                    continue
                }
                if decimals >= 0 { decimals += 1 }
                value = value &* 10 &+ Int64(byte &- 0x30)
                guard value <= 1_000_000_000_000 else { return nil }
            } else if byte == UInt8(ascii: "."), decimals < 0 {
                decimals = 0
            } else {
                return nil
            }
        }
        guard digits > 0 else { return nil }
        if decimals < 1 { value &*= 100 } else if decimals == 1 { value &*= 10 }
        guard value <= 1_000_000_000_000 else { return nil }
        return isNegative ? -value : value
    }

    /// A day written `CCYYMMDD`, in days since 1970-01-01; nil where there is no such day.
    package static func day(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard bytes.count == 8, let number = eightDigits(bytes) else { return nil }
        return day(year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
    }

    /// The number that the first eight bytes make; nil where one of the bytes is no digit.
    @inline(__always)
    package static func eightDigits(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
        let word = UInt64(
            littleEndian: UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped).loadUnaligned(as: UInt64.self))
        var digits = word ^ 0x3030_3030_3030_3030
        // A byte of ten or more gets its highest bit.
        guard (digits | digits &+ 0x7676_7676_7676_7676) & 0x8080_8080_8080_8080 == 0 else { return nil }
        // Neighbours are joined: to pairs, to fours, to eight.
        digits = (digits &* 2561) >> 8 & 0x00ff_00ff_00ff_00ff
        digits = (digits &* 6_553_601) >> 16 & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: (digits &* 42_949_672_960_001) >> 32)
    }

    @inline(__always)
    private static func isDay(year: UInt32, month: UInt32, day: UInt32) -> Bool {
        guard year >= 1, month >= 1, month <= 12, day >= 1 else { return false }
        return day <= 28 || day <= days(Int(month), Int(year))
    }

    package static func day(year: Int, month: Int, day: Int) -> Int32? {
        guard year >= 1, month >= 1, month <= 12, day >= 1, day <= days(month, year) else { return nil }
        // Howard Hinnant's days_from_civil.
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // MARK: The forms of the element types (X12.6)

    /// Type Nn: digits with a sign; the decimal point is implied. The count of digits, or nil.
    static func integerLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = bytes.first == UInt8(ascii: "-") ? 1 : 0
        let start = at
        while at < bytes.count {
            guard bytes[at].isDigit else { return nil }
            at += 1
        }
        return at > start ? at - start : nil
    }

    /// Type R: digits with at most one point, and a sign before them; no exponent, which health care does not use.
    package static func decimalLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = bytes.first == UInt8(ascii: "-") ? 1 : 0
        var digits = 0
        var points = 0
        while at < bytes.count {
            if bytes[at].isDigit {
                digits += 1
            } else if bytes[at] == UInt8(ascii: ".") {
                points += 1
            } else {
                return nil
            }
            at += 1
        }
        return digits > 0 && points < 2 ? digits : nil
    }

    /// `CCYYMMDD`, or `YYMMDD` where the element may be six long.
    static func isDate(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == 6 else { return isDay(bytes) }
        guard let number = number(bytes) else { return false }
        return day(year: 2000 + Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100)) != nil
    }

    /// `CCYYMMDD`.
    package static func isDay(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == 8, let number = eightDigits(bytes) else { return false }
        return isDay(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }

    /// `HHMM`, `HHMMSS` or `HHMMSS` with tenths or hundredths.
    static func isTime(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = bytes.count
        guard count >= 4, count <= 8, count != 5 else { return false }
        for byte in bytes where !byte.isDigit { return false }
        let hour = (bytes[0] &- 0x30) &* 10 &+ (bytes[1] &- 0x30)
        return hour < 24 && bytes[2] < 0x36 && (count < 6 || bytes[4] < 0x36)
    }

    /// A value of element 1251 in the format that its qualifier (element 1250) names; true for formats not known here.
    static func isPeriod(_ bytes: UnsafeBufferPointer<UInt8>, format: UInt64) -> Bool {
        switch format {
        case Format.d8: return isDay(bytes)
        case Format.d6: return bytes.count == 6 && isDate(bytes)
        case Format.tm: return bytes.count == 4 && isTime(bytes)
        case Format.dt:
            return bytes.count == 12 && day(UnsafeBufferPointer(rebasing: bytes[0..<8])) != nil
                && isTime(UnsafeBufferPointer(rebasing: bytes[8..<12]))
        case Format.rd8:
            return bytes.count == 17 && bytes[8] == UInt8(ascii: "-")
                && day(UnsafeBufferPointer(rebasing: bytes[0..<8])) != nil
                && day(UnsafeBufferPointer(rebasing: bytes[9..<17])) != nil
        default: return true
        }
    }

    private enum Format {
        static var d8: UInt64 { 0x3844 }
        static var d6: UInt64 { 0x3644 }
        static var tm: UInt64 { 0x4d54 }
        static var dt: UInt64 { 0x5444 }
        static var rd8: UInt64 { 0x38_44_52 }
    }
}
