import Review

/// Which policies speak of some words: Okapi BM25 over title and text, built once when the policies are read.
///
/// Its arithmetic is plain, with a logarithm of its own, so that a replay elsewhere ranks alike.
struct PolicyIndex: Sendable {
    private struct Entry: Sendable {
        let document: Int
        /// How often the word stands there.
        let count: Int
    }

    private let entries: [String: [Entry]]
    /// Words of each document.
    private let lengths: [Int]
    private let averageLength: Double

    /// How soon more of the same word stops to count, and how much a long document weighs (Robertson and Zaragoza, "The
    /// Probabilistic Relevance Framework", 2009, section 3.4).
    private static let saturation = 1.2
    private static let lengthWeight = 0.75

    init(_ documents: [PolicyBook.Document]) {
        var entries: [String: [Entry]] = [:]
        var lengths: [Int] = []
        for (number, document) in documents.enumerated() {
            let words = Self.words(of: document.citation.title) + Self.words(of: document.text)
            lengths.append(words.count)
            var counts: [String: Int] = [:]
            for word in words { counts[word, default: 0] += 1 }
            for (word, count) in counts { entries[word, default: []].append(Entry(document: number, count: count)) }
        }
        self.entries = entries
        self.lengths = lengths
        averageLength = lengths.isEmpty ? 0 : Double(lengths.reduce(0, +)) / Double(lengths.count)
    }

    /// Documents that hold any of the words, in order of their position.
    func scores(_ query: [String]) -> [(document: Int, score: Double)] {
        var scores = [Double](repeating: 0, count: lengths.count)
        // A fixed order, because sums of rounded numbers depend on it.
        for word in Set(query.flatMap(Self.words)).sorted() {
            guard let found = entries[word] else { continue }
            let rarity = Self.logarithm(
                1 + (Double(lengths.count - found.count) + 0.5) / (Double(found.count) + 0.5))
            for entry in found {
                let length = Double(lengths[entry.document]) / averageLength
                let count = Double(entry.count)
                let damping = Self.saturation * (1 - Self.lengthWeight + Self.lengthWeight * length)
                scores[entry.document] += rarity * count * (Self.saturation + 1) / (count + damping)
            }
        }
        return scores.enumerated().filter { $0.element > 0 }.map { (document: $0.offset, score: $0.element) }
    }

    /// Runs of letters and digits, in lower case.
    static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Of a number from 1 up: 2·artanh((m − 1)/(m + 1)) over its significand, and its exponent times ln 2.
    static func logarithm(_ number: Double) -> Double {
        let ratio = (number.significand - 1) / (number.significand + 1)
        let square = ratio * ratio
        var power = ratio
        var sum = 0.0
        for divisor in stride(from: 1.0, through: 33, by: 2) {
            sum += power / divisor
            power *= square
        }
        return 2 * sum + Double(number.exponent) * 0.693_147_180_559_945_3
    }
}
