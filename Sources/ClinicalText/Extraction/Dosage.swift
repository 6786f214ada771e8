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
            if let (value, word) = fused(at: next, stream) {
                state.take(number: value, tokens: next..<next + 1)
                state.take(word, tokens: next + 1..<next + 1)
                next += 1
            } else if let (word, after) = word(at: next, end, stream) {
                // Words first, since some begin with a number: `3 times a day`.
                state.take(word, tokens: next..<after)
                next = after
            } else if let number = number(at: next, stream) {
                state.take(number: number.value, tokens: next..<number.end)
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

    private func number(at position: Int, _ stream: borrowing TokenStream) -> (value: Double, end: Int)? {
        let token = stream.tokens[position]
        guard token.isNumber, token.range.count <= 9 else { return nil }
        var end = position + 1
        var text = token.range
        // A fraction or thousands: the tokens of 2.5 and 1,000 touch but for the point or comma.
        while end < stream.tokens.count, stream.tokens[end].isNumber,
            Int(stream.tokens[end].start) == text.upperBound + 1, text.count < 12,
            stream.bytes[text.upperBound] == UInt8(ascii: ".")
                || (stream.bytes[text.upperBound] == UInt8(ascii: ",") && stream.tokens[end].range.count == 3)
        {
            text = text.lowerBound..<Int(stream.tokens[end].end)
            end += 1
        }
        let digits = stream.bytes[text].filter { $0 != UInt8(ascii: ",") }
        guard let value = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
        return (value, end)
    }

    /// The number and unit of `500mg`.
    private func fused(at position: Int, _ stream: borrowing TokenStream) -> (Double, DoseWord)? {
        let token = stream.tokens[position]
        guard token.shape.contains([.digits, .letters]), token.range.count <= 12 else { return nil }
        let bytes = stream.bytes[token.range]
        let digits = bytes.prefix { (48...57).contains($0) }
        guard !digits.isEmpty, let value = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
        let rest = TokenStream(Array(bytes[digits.endIndex...]), words: vocabulary.words)
        guard rest.tokens.count == 1, let (word, _) = word(at: 0, 1, rest), case .unit = word else { return nil }
        return (value, word)
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
        var isEvery = false
        var tokens: Range<Int>?

        var hasAny: Bool { tokens != nil }

        mutating func extend(_ range: Range<Int>) {
            tokens = (tokens?.lowerBound ?? range.lowerBound)..<range.upperBound
        }

        mutating func take(number value: Double, tokens: Range<Int>) {
            number = value
            if isEvery { extend(tokens) }
        }

        mutating func take(_ word: DoseWord, tokens: Range<Int>) {
            switch word {
            case .unit(let name):
                guard let value = number, amount == nil else { return }
                amount = value
                unit = name
                number = nil
                extend(tokens.lowerBound - 1..<tokens.upperBound)
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
            case .number(let value): number = value
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
