import Foundation
public import HealthTypes

/// The identifiers of the persons in a case, which are taken out wherever they stand.
public struct KnownIdentifiers: Sendable, Hashable {
    /// Full names; each of their parts of two letters or more is taken out too.
    public var names: [String]
    /// Member, record and account numbers.
    public var identifiers: [String]
    public var birthDates: [CalendarDate]
    /// Streets, towns, telephone numbers and whatever else is known.
    public var others: [String]

    public init(
        names: [String] = [], identifiers: [String] = [], birthDates: [CalendarDate] = [], others: [String] = []
    ) {
        self.names = names
        self.identifiers = identifiers
        self.birthDates = birthDates
        self.others = others
    }
}

/// Takes the identifiers of persons out of prose, in the manner of the safe harbor method (45 CFR 164.514(b)(2)).
///
/// What is known is removed wherever it stands; the rest by its form. A name that is neither known nor introduced
/// by a title or a label is not found: prose is never proved clean, so that known names must always be passed.
/// Better too much than too little: any number of six digits or more goes.
public struct Deidentifier: Sendable {
    /// Longer text is cut at a character's border, and says so.
    public static let maximumBytes = 1_048_576

    public init() {}

    public func redact(_ text: String, known: KnownIdentifiers = KnownIdentifiers()) -> DeidentifiedText {
        var kept = text
        let isTruncated = text.utf8.count > Self.maximumBytes
        if isTruncated { kept = String(decoding: text.utf8.prefix(Self.maximumBytes), as: UTF8.self) }
        var counts: [DeidentifiedText.Category: Int] = [:]
        for (category, pattern) in Self.knownPatterns(known) {
            kept = Self.replace(Self.compiled(pattern), in: kept, by: category, counting: &counts)
        }
        for (category, expression) in Self.expressions {
            kept = Self.replace(expression, in: kept, by: category, counting: &counts)
        }
        return DeidentifiedText(text: kept, replacements: counts, isTruncated: isTruncated)
    }

    private typealias Pattern = (category: DeidentifiedText.Category, pattern: String)

    private static func replace(
        _ expression: NSRegularExpression, in text: String, by category: DeidentifiedText.Category,
        counting counts: inout [DeidentifiedText.Category: Int]
    ) -> String {
        let whole = NSRange(text.startIndex..., in: text)
        let count = expression.numberOfMatches(in: text, range: whole)
        guard count > 0 else { return text }
        counts[category, default: 0] += count
        return expression.stringByReplacingMatches(
            in: text, range: whole, withTemplate: NSRegularExpression.escapedTemplate(for: category.placeholder))
    }

    private static func compiled(_ pattern: String) -> NSRegularExpression {
        guard let expression = try? NSRegularExpression(pattern: pattern) else {
            preconditionFailure("a pattern of the deidentifier does not compile")
        }
        return expression
    }

    /// The patterns that are the same for every text, compiled once: compiling them costs more than a note does.
    private static let expressions = patterns.map { (category: $0.category, expression: compiled($0.pattern)) }

    private static let months =
        "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
        + "|nov(?:ember)?|dec(?:ember)?)\\.?"
    private static let streets =
        "(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Circle"
        + "|Highway|Hwy|Parkway|Pkwy)"
    private static let nameWord = "[\\p{Lu}][\\p{L}'’-]{1,30}"

    /// In the order in which they are tried; every repetition is bounded, so that no text makes them slow.
    private static let patterns: [Pattern] = [
        (.email, "(?<![\\w.])[\\w.%+-]{1,64}@[A-Za-z0-9.-]{1,200}\\.[A-Za-z]{2,24}"),
        (.url, "(?i)\\b(?:https?://|www\\.)[^\\s<>\"]{1,1000}"),
        (.networkAddress, "(?<![\\d.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\d.]\\d)"),
        (.socialSecurityNumber, "(?<!\\d)\\d{3}-\\d{2}-\\d{4}(?!\\d)"),
        (.socialSecurityNumber, "(?i)(?<=\\bSSN[:# ]{0,3})\\d{9}(?!\\d)"),
        (.date, "(?<!\\d)(?:19|20)\\d{2}[-/.]\\d{1,2}[-/.]\\d{1,2}(?:T[0-9:.]{4,15}Z?)?(?!\\d)"),
        (.date, "(?<!\\d)(?:19|20)\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?!\\d)"),
        (.date, "(?<![\\d/.-])\\d{1,2}([-/.])\\d{1,2}\\1(?:\\d{4}|\\d{2})(?![\\d/])"),
        (.date, "(?i)\\b\\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?\(months)[ ,-]{1,2}\\d{2,4}\\b"),
        (.date, "(?i)\\b\(months) \\d{1,2}(?:st|nd|rd|th)?(?:,? {0,2}\\d{4})?\\b"),
        (.date, "(?i)\\b\(months)(?: of)?,? (?:19|20)\\d{2}\\b"),
        (.date, "(?i)(?<=\\b(?:on|dated|since|until) )\\d{1,2}/\\d{1,2}(?![\\d/])"),
        (.phone, "(?<![\\d-])(?:\\+?1[-. ]?)?(?:\\(\\d{3}\\) ?|\\d{3}[-. ])\\d{3}[-. ]\\d{4}(?!\\d)"),
        (
            .address,
            "\\b\\d{1,6} (?:[NSEW]\\.? )?(?:\(nameWord) ){1,4}\(streets)\\b\\.?"
                + "(?:,? (?:Apt|Apartment|Suite|Unit|#)\\.? ?[A-Za-z0-9-]{1,6})?"
        ),
        (.address, "(?i)\\bP\\.?O\\.? Box \\d{1,8}"),
        (.postalCode, "(?<=\\b[A-Z]{2} )\\d{5}(?:-\\d{4})?(?!\\d)"),
        (.postalCode, "(?<!\\d)\\d{5}-\\d{4}(?!\\d)"),
        (.postalCode, "(?i)(?<=\\bzip(?: code)?:? )\\d{5}(?!\\d)"),
        (
            .identifier,
            "(?i)(?<=\\b(?:MRN|member|member id|subscriber|subscriber id|account|acct|policy|patient id|chart|record"
                + "|medical record number|claim|encounter)[:#]? {0,2}#?)(?=[A-Z-]{0,12}\\d)[A-Z0-9-]{3,30}\\b"
        ),
        (.identifier, "(?i)(?<![\\w.])[A-Z]{0,4}-?\\d{6,30}[A-Z0-9]{0,10}(?!\\w)"),
        (.age, "(?i)(?<![\\d.])(?:9\\d|1[01]\\d)(?=[ -]?(?:years?|yrs?|y\\.?/?o\\b|yo\\b|y\\b))"),
        (.age, "(?i)(?<=\\b(?:aged|age|age:) )(?:9\\d|1[01]\\d)\\b"),
        (.name, "\\b(?:Dr|Mr|Mrs|Ms|Miss|Prof)\\.? \(nameWord)(?: \(nameWord)){0,2}"),
        (
            .name,
            "(?<=\\b(?:Patient|Name|Patient Name|Provider|Attending|Physician|Surgeon): )"
                + "\(nameWord)(?:,? \(nameWord)){0,3}"
        ),
    ]

    private static func knownPatterns(_ known: KnownIdentifiers) -> [Pattern] {
        var patterns: [Pattern] = []
        func add(_ category: DeidentifiedText.Category, _ alternatives: [String]) {
            // Longer ones first, or a part would be replaced and the rest left.
            let ordered = Set(alternatives).filter { !$0.isEmpty }.sorted { ($0.count, $1) > ($1.count, $0) }
            guard !ordered.isEmpty else { return }
            let joined = ordered.joined(separator: "|")
            // A letter or digit is said by the classes that are compiled already, and outside of what ignores case: the
            // sets of `\p{L}` and their closure over case cost many times what the search does.
            patterns.append((category, "(?<![^\\W_])(?i:\(joined))(?![^\\W_])"))
        }
        let parts = known.names.flatMap { name in
            [name] + name.split { !($0.isLetter || "'’-".contains($0)) }.map(String.init).filter { $0.count >= 2 }
        }
        add(.name, parts.map(words))
        add(.identifier, known.identifiers.map(spaced))
        add(.date, known.birthDates.flatMap(forms))
        add(.identifier, known.others.map(words))
        return patterns
    }

    /// The text with any run of spaces or commas between its words.
    private static func words(_ text: String) -> String {
        text.split { $0.isWhitespace || $0 == "," }.map { NSRegularExpression.escapedPattern(for: String($0)) }
            .joined(separator: "[\\s,]{1,4}")
    }

    /// The characters of a number with or without a space or hyphen between each.
    private static func spaced(_ text: String) -> String {
        text.filter { $0.isLetter || $0.isNumber }.map { NSRegularExpression.escapedPattern(for: String($0)) }
            .joined(separator: "[ -]?")
    }

    private static func forms(_ date: CalendarDate) -> [String] {
        let short = padded(date.year % 100, to: 2)
        return [
            "\(date)", date.compact, "0?\(date.month)[-/.]0?\(date.day)[-/.](?:\(date.year)|\(short))",
            "0?\(date.day)[-/.]0?\(date.month)[-/.](?:\(date.year)|\(short))",
        ]
    }
}
