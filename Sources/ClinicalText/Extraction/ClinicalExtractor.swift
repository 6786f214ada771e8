import HealthTypes

/// Reads from a text the conditions and substances that it names, what it says of them, and their codes.
///
///     let extractor = ClinicalExtractor(vocabulary)
///     let extraction = try extractor.extract("Denies chest pain. Metformin 500 mg twice daily for type 2 diabetes.")
///
/// Names are matched as whole words, the longest first, in any case, number and spelling that ``ClinicalVocabulary``
/// takes for the same. It finds evidence for a person or a rule to weigh, and proves nothing.
public struct ClinicalExtractor: Sendable {
    public let vocabulary: ClinicalVocabulary
    /// In bytes; an abbreviation means what the text says of it this far from the place where it says so.
    public let abbreviationReach: Int
    private let finder: MentionFinder

    /// Longer texts are refused. In bytes.
    public static let maximumBytes = 64 << 20

    public init(_ vocabulary: ClinicalVocabulary, abbreviationReach: Int = .max) {
        self.vocabulary = vocabulary
        self.abbreviationReach = abbreviationReach
        finder = MentionFinder(vocabulary: vocabulary, endings: vocabulary.wordEndings())
    }

    /// Throws ``TextError`` where the text is longer than ``maximumBytes``.
    public func extract(_ text: String) throws(TextError) -> Extraction { try extract(utf8: Array(text.utf8)) }

    /// The same for UTF-8 bytes, which need not be valid: what is not is part of a word.
    public func extract(utf8 bytes: [UInt8]) throws(TextError) -> Extraction {
        guard bytes.count <= Self.maximumBytes else {
            throw TextError(.tooLarge, at: Location(byte: Self.maximumBytes))
        }
        let stream = TokenStream(bytes, words: vocabulary.words)
        let headings = SectionFinder(vocabulary: vocabulary).find(in: stream)
        var extraction = Extraction()
        extraction.sections = Self.sections(headings, stream)
        let codes = WrittenCodes(vocabulary: vocabulary).find(in: stream)
        let found = names(in: stream)
        extraction.mentions = mentions(found, headings, codes, stream)
        extraction.writtenCodes = writtenCodes(codes, headings, stream)
        return extraction
    }

    /// The names of a text with the abbreviations that it defines.
    func names(in stream: borrowing TokenStream) -> [MentionFinder.Found] {
        var found = finder.find(in: stream)
        let abbreviations = AbbreviationFinder(reach: abbreviationReach)
        let definitions = abbreviations.definitions(&found, stream, vocabulary.words)
        return abbreviations.applying(definitions, to: found, stream)
    }

    // MARK: Assembly

    private func mentions(
        _ found: [MentionFinder.Found], _ headings: [SectionFinder.Found], _ codes: [WrittenCodes.Found],
        _ stream: borrowing TokenStream
    ) -> [Mention] {
        var mentions: [Mention] = []
        mentions.reserveCapacity(found.count)
        var walk = Walk(rules: ContextRules(vocabulary: vocabulary), headings: headings)
        let doses = DosageReader(vocabulary: vocabulary)
        var code = 0
        for (index, name) in found.enumerated() {
            walk.move(to: name.tokens.lowerBound, stream)
            while code < codes.count, codes[code].tokens.upperBound <= name.tokens.lowerBound { code += 1 }
            // A written code is no name, whatever its letters; nor is the heading `Allergies:`.
            if code < codes.count, codes[code].tokens.overlaps(name.tokens) { continue }
            if walk.isHeading(name.tokens) { continue }
            let entry = name.entry >= 0 ? vocabulary.entries[Int(name.entry)] : nil
            var context = walk.context(of: name.tokens, stream)
            if name.kind == .condition { context.remove(.allergy) }
            var mention = Mention(
                kind: name.kind, range: stream.range(of: name.tokens), name: entry?.name, codes: entry?.codes ?? [],
                source: name.source, confidence: name.source.confidence, context: context,
                section: walk.section, dosage: nil)
            if name.kind == .substance {
                let next = index + 1 < found.count ? found[index + 1].tokens.lowerBound : stream.tokens.count
                mention.dosage = doses.dosage(
                    in: stream, after: name.tokens.upperBound, limit: min(next, walk.sentence.upperBound))
            }
            if code < codes.count, let written = Self.beside(name, codes[code], found, index, stream) {
                mention.codes = [written]
                mention.confidence = 1
            }
            mentions.append(mention)
        }
        return mentions
    }

    /// The code written right after a name, `(E11.9)`, where it is of the name's kind.
    private static func beside(
        _ name: MentionFinder.Found, _ code: WrittenCodes.Found, _ found: [MentionFinder.Found], _ index: Int,
        _ stream: borrowing TokenStream
    ) -> Code? {
        let isKind = name.kind == .condition ? code.code.system == .icd10cm : code.code.system == .atc
        // `ICD-10:` may stand between.
        guard isKind, code.tokens.lowerBound - name.tokens.upperBound <= 3,
            (name.tokens.upperBound..<code.tokens.upperBound).allSatisfy({ stream.tokens[$0].gap < .stop }),
            index + 1 == found.count || found[index + 1].tokens.lowerBound >= code.tokens.lowerBound
        else { return nil }
        return code.code
    }

    private func writtenCodes(
        _ codes: [WrittenCodes.Found], _ headings: [SectionFinder.Found], _ stream: borrowing TokenStream
    ) -> [ExtractedCode] {
        var written: [ExtractedCode] = []
        var places: [Code: Int] = [:]
        var walk = Walk(rules: ContextRules(vocabulary: vocabulary), headings: headings)
        for code in codes {
            walk.move(to: code.tokens.lowerBound, stream)
            let context = walk.context(of: code.tokens, stream)
            if let place = places[code.code] {
                written[place].ranges.append(stream.range(of: code.tokens))
                written[place].context.formIntersection(context)
            } else {
                places[code.code] = written.count
                written.append(
                    ExtractedCode(
                        code: code.code, confidence: 1, isWritten: true, ranges: [stream.range(of: code.tokens)],
                        context: context))
            }
        }
        return written
    }

    private static func sections(
        _ headings: [SectionFinder.Found], _ stream: borrowing TokenStream
    ) -> [ExtractedSection] {
        headings.enumerated().map { index, heading in
            let end =
                index + 1 < headings.count
                ? Int(stream.tokens[headings[index + 1].tokens.lowerBound].start) : stream.bytes.count
            return ExtractedSection(
                kind: heading.kind, range: Int(stream.tokens[heading.tokens.lowerBound].start)..<end)
        }
    }

    /// Goes through the sentences and sections in step with the names.
    private struct Walk {
        let rules: ContextRules
        let headings: [SectionFinder.Found]
        private var sentenceIndex = -1
        private var headingIndex = -1
        private(set) var sentence = 0..<0
        private var triggers: [ContextRules.Found] = []

        init(rules: ContextRules, headings: [SectionFinder.Found]) {
            self.rules = rules
            self.headings = headings
        }

        var section: SectionKind? { headingIndex >= 0 ? headings[headingIndex].kind : nil }

        mutating func move(to token: Int, _ stream: borrowing TokenStream) {
            while headingIndex + 1 < headings.count, headings[headingIndex + 1].tokens.lowerBound <= token {
                headingIndex += 1
            }
            guard !sentence.contains(token) else { return }
            while !sentence.contains(token) {
                sentenceIndex += 1
                sentence = stream.sentences[sentenceIndex]
            }
            triggers = rules.triggers(in: stream, sentence)
        }

        /// Whether a name is part of a known heading.
        func isHeading(_ tokens: Range<Int>) -> Bool {
            headingIndex >= 0 && headings[headingIndex].kind != .other && headings[headingIndex].tokens.overlaps(tokens)
        }

        func context(of tokens: Range<Int>, _ stream: borrowing TokenStream) -> MentionContext {
            var context = section?.context ?? []
            if !triggers.isEmpty {
                context.formUnion(rules.context(of: tokens, triggers: triggers, in: sentence))
            }
            return context
        }
    }
}

extension ClinicalVocabulary {
    /// What the ending of each word says: 0 nothing, 1 condition, 2 substance.
    func wordEndings() -> [UInt8] {
        (0..<Int32(words.count)).map { word in
            words.withForm(of: word) {
                switch endings.kind(of: $0) {
                case .condition: 1
                case .substance: 2
                case nil: 0
                }
            }
        }
    }
}

extension WordTable {
    func withForm<Result>(of word: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let range = form(of: word)
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
