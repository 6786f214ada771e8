import HealthTypes

/// The functions of the language itself.
enum BuiltIn: String, Sendable, CaseIterable {
    case length, upper
    case startsWith = "starts_with"
    case containsText = "contains_text"
    case matchesDigits = "matches_digits"
    case matchesPicture = "matches_picture"
    case safeText = "x12_safe"
    case daysBetween = "days_between"
    case addDays = "add_days"
    case addYears = "add_years"
    case isAbsent = "is_absent"
    case isUnknown = "is_unknown"

    var signature: (parameters: [FactKind], result: FactKind) {
        switch self {
        case .length: ([.text], .number)
        case .upper: ([.text], .text)
        case .startsWith, .containsText, .matchesPicture: ([.text, .text], .bool)
        case .matchesDigits: ([.text, .number], .bool)
        case .safeText: ([.text], .bool)
        case .daysBetween: ([.date, .date], .number)
        case .addDays, .addYears: ([.date, .number], .date)
        case .isAbsent, .isUnknown: ([.any], .bool)
        }
    }

    /// The answer for arguments that are all known and present; `is_absent` and `is_unknown` never come here.
    func apply(_ arguments: [RuleValue]) -> RuleValue {
        switch (self, arguments[0], arguments.count > 1 ? arguments[1] : .absent) {
        case (.length, .text(let text), _): .integer(text.count)
        case (.upper, .text(let text), _): .text(text.uppercased())
        case (.startsWith, .text(let text), .text(let start)): .bool(text.hasPrefix(start))
        case (.containsText, .text(let text), .text(let part)):
            .bool(text.uppercased().contains(part.uppercased()))
        case (.matchesDigits, .text(let text), .number(let count)):
            .bool(text.utf8.count == count.integer && text.utf8.allSatisfy(Self.isDigit))
        case (.matchesPicture, .text(let text), .text(let pictures)):
            .bool(pictures.split(separator: "|").contains { Self.matches(text, picture: $0) })
        case (.safeText, .text(let text), _): .bool(Self.isSafe(text))
        case (.daysBetween, .date(let from), .date(let to)): .integer(to.days(since: from))
        case (.addDays, .date(let day), .number(let count)): Self.day(day, plus: count)
        case (.addYears, .date(let day), .number(let count)): Self.day(day, plusYears: count)
        default: .unknown
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// `#` is a digit, `@` a letter from A to Z, `?` either, and any other character itself.
    private static func matches(_ text: String, picture: Substring) -> Bool {
        let (letters, signs) = (Array(text.utf8), Array(picture.utf8))
        guard letters.count == signs.count else { return false }
        return zip(letters, signs).allSatisfy { letter, sign in
            let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter & 0xdf) && letter < 0x80
            return switch sign {
            case UInt8(ascii: "#"): isDigit(letter)
            case UInt8(ascii: "@"): isLetter
            case UInt8(ascii: "?"): isLetter || isDigit(letter)
            default: letter == sign
            }
        }
    }

    /// Printable ASCII without the usual X12 separators and without a blank at either end.
    private static func isSafe(_ text: String) -> Bool {
        guard text.utf8.first != 0x20, text.utf8.last != 0x20 else { return false }
        return text.utf8.allSatisfy { (0x20...0x7e).contains($0) && !"*~:^|".utf8.contains($0) }
    }

    private static func day(_ day: CalendarDate, plus count: ExactNumber) -> RuleValue {
        guard let count = count.integer, (-4_000_000...4_000_000).contains(count) else { return .unknown }
        let moved = day.dayNumber + count
        guard (CalendarDate.first.dayNumber...CalendarDate.last.dayNumber).contains(moved) else { return .unknown }
        return .date(CalendarDate(dayNumber: moved))
    }

    /// 29 February falls on 28 February in a common year.
    private static func day(_ day: CalendarDate, plusYears count: ExactNumber) -> RuleValue {
        guard let count = count.integer, (-10_000...10_000).contains(count) else { return .unknown }
        let year = day.year + count
        let moved =
            CalendarDate(year: year, month: day.month, day: day.day)
            ?? CalendarDate(year: year, month: 2, day: 28)
        return moved.map { .date($0) } ?? .unknown
    }
}
