import HealthTypes

/// A set of sentences in each of which one concept is said to be so or not to be so, as NegEx's test set is given out
/// in: number, category, concept, sentence, `Affirmed` or `Negated`, time, subject, separated by tabs.
public struct NegationSet: Sendable {
    public struct Sentence: Sendable, Hashable {
        public var concept: String
        public var text: String
        public var isNegated: Bool
        public var isHistorical: Bool
    }

    public let sentences: [Sentence]

    /// Throws a `DataFileError` that names the first line that is not such a row.
    public init(name: String, bytes: [UInt8]) throws {
        var sentences: [Sentence] = []
        for (index, line) in bytes.split(separator: 0x0a).enumerated() {
            let line = String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count >= 5, cells[4] == "Affirmed" || cells[4] == "Negated" else {
                throw DataFileError(
                    file: name, line: index + 1, reason: "is not number, category, concept, sentence, status")
            }
            sentences.append(
                Sentence(
                    concept: String(cells[2]), text: String(cells[3]), isNegated: cells[4] == "Negated",
                    isHistorical: cells.count > 5 && cells[5] == "Historical"))
        }
        self.sentences = sentences
    }
}

/// How often the words around a concept were read rightly; `negated` counts the sentences that deny it.
public struct NegationReport: Sendable {
    public private(set) var negated = SpanScore()
    public private(set) var historical = SpanScore()
    /// Sentences whose concept does not stand in them.
    public private(set) var unreadable = 0
    public private(set) var mistakes: [NegationSet.Sentence] = []

    public init(_ sentences: [NegationSet.Sentence], extractor: ClinicalExtractor) {
        for sentence in sentences {
            guard let context = extractor.context(of: sentence.concept, in: sentence.text) else {
                unreadable += 1
                if sentence.isNegated { negated.missed += 1 }
                continue
            }
            let isRight = context.contains(.negated) == sentence.isNegated
            if !isRight { mistakes.append(sentence) }
            Self.count(context.contains(.negated), sentence.isNegated, &negated)
            Self.count(context.contains(.historical), sentence.isHistorical, &historical)
        }
    }

    private static func count(_ found: Bool, _ marked: Bool, _ score: inout SpanScore) {
        switch (found, marked) {
        case (true, true): score.hits += 1
        case (true, false): score.extra += 1
        case (false, true): score.missed += 1
        case (false, false): break
        }
    }
}

extension ClinicalExtractor {
    /// What a text says of the first place where a phrase stands in it, in any case; nil where it does not stand in it.
    ///
    /// The phrase need not be a name of the vocabulary.
    public func context(of phrase: String, in text: String) -> MentionContext? {
        let stream = TokenStream(Array(text.utf8), words: vocabulary.words)
        let sought = TokenStream(Array(phrase.utf8), words: vocabulary.words)
        // A phrase that goes beyond the text is looked for by as many of its first words as stand in it.
        var count = sought.tokens.count
        var place: Int?
        while count > 0, place == nil {
            place = Self.place(of: sought, count, in: stream)
            count -= 1
        }
        guard let start = place else { return nil }
        let target = start..<start + count + 1
        guard let sentence = stream.sentences.first(where: { $0.contains(start) }) else { return nil }
        // A phrase may cross what looks like a sentence's end.
        let whole = sentence.lowerBound..<max(sentence.upperBound, target.upperBound)
        let rules = ContextRules(vocabulary: vocabulary)
        let section = SectionFinder(vocabulary: vocabulary).find(in: stream).last { $0.tokens.upperBound <= start }
        return rules.context(of: target, triggers: rules.triggers(in: stream, whole), in: whole)
            .union(section?.kind.context ?? [])
    }

    private static func place(of sought: borrowing TokenStream, _ count: Int, in stream: borrowing TokenStream)
        -> Int?
    {
        guard count <= stream.tokens.count else { return nil }
        for start in 0...stream.tokens.count - count {
            var isSame = true
            for offset in 0..<count where isSame {
                let one = stream.tokens[start + offset].range
                let other = sought.tokens[offset].range
                isSame =
                    one.count == other.count
                    && zip(one, other).allSatisfy { stream.bytes[$0] | 0x20 == sought.bytes[$1] | 0x20 }
            }
            if isSame { return start }
        }
        return nil
    }
}
