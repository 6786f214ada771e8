/// How a substance is taken, as a text says it next to the name: `40 mg by mouth twice daily as needed`.
public struct Dosage: Sendable, Hashable {
    /// The amount of one dose in ``unit``; the upper end where the text gives a range.
    public var amount: Double?
    /// `mg`, `mcg`, `g`, `mL`, `unit`, `mEq`, `%`, `puff`, `tablet`, `drop`, ...
    public var unit: String?
    /// `oral`, `intravenous`, `inhaled`, ...
    public var route: String?
    /// How often in a day; 1/7 for once a week.
    public var timesPerDay: Double?
    public var isAsNeeded: Bool = false
    /// UTF-8 offsets from the first to the last word that says so.
    public var range: Range<Int>

    /// The milligrams of one dose, where the unit is one of mass.
    public var milligrams: Double? {
        guard let amount, let unit else { return nil }
        switch unit {
        case "mg": return amount
        case "g": return amount * 1000
        case "mcg": return amount / 1000
        default: return nil
        }
    }
}

/// What a phrase says of a dose, as a row of dose-words.tsv.
enum DoseWord: Sendable, Equatable {
    case unit(String)
    case route(String)
    case timesPerDay(Double)
    case asNeeded
    /// `every`, before a number of hours or days.
    case every
    /// Hours in the period that `every` counts: 1 for `hours`, 24 for `days`.
    case period(Double)
    /// A number as a word.
    case number(Double)
    /// A word that may stand among the others and says nothing more, such as `tablet` after `mg`.
    case filler

    init?(kind: String, value: String) {
        switch kind {
        case "unit" where !value.isEmpty: self = .unit(value)
        case "route" where !value.isEmpty: self = .route(value)
        case "times-per-day":
            guard let number = Double(value), number > 0 else { return nil }
            self = .timesPerDay(number)
        case "as-needed": self = .asNeeded
        case "every": self = .every
        case "period":
            guard let number = Double(value), number > 0 else { return nil }
            self = .period(number)
        case "number":
            guard let number = Double(value), number > 0 else { return nil }
            self = .number(number)
        case "filler": self = .filler
        default: return nil
        }
    }
}

/// Reads the dose that follows a substance.
struct DosageReader {
    let vocabulary: ClinicalVocabulary

    /// Tokens after a name in which its dose may stand.
    private static let window = 16

    /// The dose that begins after `position`, and ends before `limit`, a sentence's end or the next substance.
    func dosage(in stream: borrowing TokenStream, after position: Int, limit: Int) -> Dosage? {
        var state = State()
        var next = position
        var unknown = 0
        let end = min(limit, position + Self.window)
        while next < end {
            if stream.tokens[next].gap >= .stop { break }
            if let (word, after) = word(at: next, end, stream) {
                // Words first, since some begin with a number: `3 times a day`.
                state.take(word, tokens: next..<after)
                next = after
            } else if let number = number(at: next, stream) {
                state.take(number: number.value, tokens: next..<number.end)
                if let unit = number.unit { state.take(unit, tokens: number.end..<number.end) }
                next = number.end
            } else {
                unknown += 1
                // Prose has begun.
                if unknown > 2 || state.hasAny { break }
                next += 1
            }
        }
        return state.dosage(stream)
    }

    /// A number of one token or more, `2.5` or `1,000`, and the unit that the last token may end with, as in `0.25mg`.
    private func number(at position: Int, _ stream: borrowing TokenStream) -> (
        value: Double, unit: DoseWord?, end: Int
    )? {
        guard stream.tokens[position].shape.contains(.digits) else { return nil }
        var digits: [UInt8] = []
        var end = position
        while end < stream.tokens.count, end == position || Self.continues(end, stream) {
            if end > position, stream.bytes[Int(stream.tokens[end].start) - 1] == UInt8(ascii: ".") {
                digits.append(UInt8(ascii: "."))
            }
            let token = stream.bytes[stream.tokens[end].range]
            let leading = token.prefix { (48...57).contains($0) }
            guard !leading.isEmpty, digits.count + leading.count <= 12 else { return nil }
            digits += leading
            end += 1
            guard leading.count < token.count else { continue }
            guard let unit = unit(Array(token[leading.endIndex...])),
                let value = Double(String(decoding: digits, as: UTF8.self))
            else { return nil }
            return (value, unit, end)
        }
        return Double(String(decoding: digits, as: UTF8.self)).map { ($0, nil, end) }
    }

    /// Whether a token goes on with the number before it: they touch but for a point, or a comma before three digits.
    private static func continues(_ position: Int, _ stream: borrowing TokenStream) -> Bool {
        let token = stream.tokens[position]
        let before = stream.tokens[position - 1]
        guard token.shape.contains(.digits), before.isNumber, token.start == before.end + 1 else { return false }
        let byte = stream.bytes[Int(before.end)]
        return byte == UInt8(ascii: ".") || (byte == UInt8(ascii: ",") && token.range.count >= 3)
    }

    /// The unit that the letters after a number's digits name.
    private func unit(_ letters: [UInt8]) -> DoseWord? {
        let rest = TokenStream(letters, words: vocabulary.words)
        guard rest.tokens.count == 1, let (word, _) = word(at: 0, 1, rest), case .unit = word else { return nil }
        return word
    }

    private func word(at position: Int, _ limit: Int, _ stream: borrowing TokenStream) -> (DoseWord, Int)? {
        let first = stream.tokens[position].word
        guard first >= 0 else { return nil }
        var node = vocabulary.frequencies.first(first)
        var found: (DoseWord, Int)?
        var next = position
        while node != 0 {
            let payload = vocabulary.frequencies.payload(node)
            if payload >= 0 { found = (vocabulary.frequencyMeanings[Int(payload)], next + 1) }
            next += 1
            guard next < limit, stream.tokens[next].word >= 0, stream.tokens[next].gap <= .slash else { break }
            node = vocabulary.frequencies.next(node, stream.tokens[next].word)
        }
        return found
    }

    private struct State {
        var amount: Double?
        var unit: String?
        var route: String?
        var timesPerDay: Double?
        var isAsNeeded = false
        var number: Double?
        var numberStart = 0
        var isEvery = false
        var tokens: Range<Int>?

        var hasAny: Bool { tokens != nil }

        mutating func extend(_ range: Range<Int>) {
            tokens = (tokens?.lowerBound ?? range.lowerBound)..<range.upperBound
        }

        mutating func take(number value: Double, tokens: Range<Int>) {
            number = value
            numberStart = tokens.lowerBound
            if isEvery { extend(tokens) }
        }

        mutating func take(_ word: DoseWord, tokens: Range<Int>) {
            switch word {
            case .unit(let name):
                guard let value = number, amount == nil else { return }
                amount = value
                unit = name
                number = nil
                extend(numberStart..<tokens.upperBound)
            case .route(let name):
                route = route ?? name
                extend(tokens)
            case .timesPerDay(let times):
                timesPerDay = timesPerDay ?? times
                extend(tokens)
            case .asNeeded:
                isAsNeeded = true
                extend(tokens)
            case .every: isEvery = true
            case .period(let hours):
                guard isEvery else { return }
                timesPerDay = timesPerDay ?? 24 / (hours * (number ?? 1))
                isEvery = false
                number = nil
                extend(tokens)
            case .number(let value): take(number: value, tokens: tokens)
            case .filler: break
            }
        }

        func dosage(_ stream: borrowing TokenStream) -> Dosage? {
            guard let tokens else { return nil }
            return Dosage(
                amount: amount, unit: unit, route: route, timesPerDay: timesPerDay, isAsNeeded: isAsNeeded,
                range: stream.range(of: tokens))
        }
    }
}
