/// How much of a drug a day, read from a line of text such as `40 mg twice daily`.
struct Dose: Hashable, Sendable {
    let microgramsADay: Int

    /// Nil where the text has anything that is not understood: a guess would be worse than no answer.
    ///
    /// A dose without a frequency is taken as given once.
    init?(_ text: String) {
        var words = Self.words(text)
        guard let amount = Self.takeAmount(&words) else { return nil }
        var times = 1
        var hasFrequency = false
        while let word = words.first {
            if let (count, used) = Self.frequency(words) {
                guard !hasFrequency else { return nil }
                hasFrequency = true
                times = count
                words.removeFirst(used)
            } else if Self.passedOver.contains(word) {
                words.removeFirst()
            } else {
                return nil
            }
        }
        microgramsADay = amount * times
    }

    private static let passedOver: Set<String> = [
        "po", "oral", "orally", "by", "mouth", "prn", "as", "needed", "iv", "im", "sc", "subcutaneously", "tablet",
        "tablets", "tab", "capsule", "capsules", "cap", "injection", "with", "food", "meals", "at", "bedtime", "in",
        "the", "morning", "evening", "a", "per", "day", "dose", "single", "er", "xr", "sr", "dr",
    ]

    private static let frequencies: [(words: [String], times: Int)] = [
        (["once", "daily"], 1), (["once", "a", "day"], 1), (["every", "day"], 1), (["daily"], 1), (["qd"], 1),
        (["od"], 1), (["qhs"], 1), (["q24h"], 1), (["once"], 1),
        (["twice", "daily"], 2), (["twice", "a", "day"], 2), (["two", "times", "daily"], 2), (["bid"], 2),
        (["2", "times", "daily"], 2), (["q12h"], 2), (["every", "12", "hours"], 2),
        (["three", "times", "daily"], 3), (["three", "times", "a", "day"], 3), (["3", "times", "daily"], 3),
        (["tid"], 3), (["q8h"], 3), (["every", "8", "hours"], 3),
        (["four", "times", "daily"], 4), (["four", "times", "a", "day"], 4), (["4", "times", "daily"], 4),
        (["qid"], 4), (["q6h"], 4), (["every", "6", "hours"], 4), (["q4h"], 6), (["every", "4", "hours"], 6),
    ]

    private static func frequency(_ words: [String]) -> (times: Int, used: Int)? {
        for (pattern, times) in frequencies where words.starts(with: pattern) { return (times, pattern.count) }
        return nil
    }

    /// Lower case, split at spaces and where a number meets its unit; points inside letters (`b.i.d.`) are dropped.
    private static func words(_ text: String) -> [String] {
        text.lowercased().split { $0 == " " || $0 == "," || $0 == "\t" }.flatMap { word -> [String] in
            let number = word.prefix { $0.isNumber || $0 == "." }
            if number.isEmpty { return [String(word.filter { $0 != "." })] }
            return [String(number), word.dropFirst(number.count).filter { $0 != "." }].filter { !$0.isEmpty }
        }
    }

    private static func takeAmount(_ words: inout [String]) -> Int? {
        guard words.count >= 2 else { return nil }
        let unit: Int
        switch words[1] {
        case "mg", "milligram", "milligrams": unit = 1000
        case "g", "gram", "grams": unit = 1_000_000
        case "mcg", "ug", "µg", "μg", "microgram", "micrograms": unit = 1
        default: return nil
        }
        guard let amount = micrograms(words[0], unit: unit) else { return nil }
        words.removeFirst(2)
        return amount
    }

    /// `0.25` of a unit of so many micrograms; at most six digits on each side of the point.
    static func micrograms(_ text: some StringProtocol, unit: Int = 1000) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].utf8.count <= 6, let whole = Int(parts[0]), whole >= 0 else { return nil }
        guard parts.count == 2 else { return whole * unit }
        guard (1...6).contains(parts[1].utf8.count), let fraction = Int(parts[1]), fraction >= 0 else { return nil }
        let scale = (0..<parts[1].utf8.count).reduce(1) { power, _ in power * 10 }
        return whole * unit + fraction * unit / scale
    }

    /// Micrograms as milligrams for people: `2550 mg`, `0.5 mg`.
    static func text(ofMicrograms amount: Int) -> String {
        var fraction = String(String(amount % 1000 + 1000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return fraction.isEmpty ? "\(amount / 1000) mg" : "\(amount / 1000).\(fraction) mg"
    }
}
