public import HealthTypes

/// A condition or substance that a text speaks of, with its place and what is said of it.
public struct Mention: Sendable, Hashable {
    public var kind: VocabularyName.Kind
    /// UTF-8 offsets into the text.
    public var range: Range<Int>
    /// The vocabulary's name for it; nil where only its form tells what it is.
    public var name: String?
    /// ICD-10-CM codes of a condition, ATC codes of a substance; empty where no table has the name.
    public var codes: [Code]
    public var source: VocabularyName.Source
    /// How far the codes may be trusted, from 0 to 1: 1 for a code written out beside the name, else by source.
    public var confidence: Double
    public var context: MentionContext
    public var section: SectionKind?
    /// How a substance is taken, where the text says so next to it.
    public var dosage: Dosage?

    /// Said of this patient, as a fact; it may be of the past.
    public var isAsserted: Bool { context.isDisjoint(with: [.negated, .uncertain, .family, .allergy]) }
}

/// A code that is written out in a text, or that one of its names stands for.
public struct ExtractedCode: Sendable, Hashable {
    public var code: Code
    /// 1 for a written code; else the highest of its mentions.
    public var confidence: Double
    public var isWritten: Bool
    /// UTF-8 offsets of every place, in order.
    public var ranges: [Range<Int>]
    /// What every place agrees on, such as being negated.
    public var context: MentionContext
}

/// What a text says, as far as the vocabulary goes.
public struct Extraction: Sendable {
    /// In the order of the text; none overlaps another.
    public var mentions: [Mention] = []
    /// Codes written out in the text, in order.
    public var writtenCodes: [ExtractedCode] = []
    /// The headed parts, in order.
    public var sections: [ExtractedSection] = []

    /// The codes of the text: those written out, then those of asserted names, the surest first.
    ///
    /// A written code wins over a name's: a name whose code shares the category with a written code of the same
    /// system is taken to mean that code.
    public var codes: [ExtractedCode] {
        var written = writtenCodes
        var named: [Code: ExtractedCode] = [:]
        func category(_ code: Code) -> Code { Code(code.system, String(code.value.prefix(3))) }
        let categories = Set(writtenCodes.map { category($0.code) })
        let places = Dictionary(
            writtenCodes.enumerated().map { ($1.code, $0) }, uniquingKeysWith: { first, _ in first })
        for mention in mentions where mention.isAsserted {
            for code in mention.codes {
                if let known = places[code] {
                    written[known].ranges.append(mention.range)
                } else if code.system != .icd10cm || !categories.contains(category(code)) {
                    let new = ExtractedCode(
                        code: code, confidence: mention.confidence, isWritten: false, ranges: [],
                        context: mention.context)
                    named[code, default: new].ranges.append(mention.range)
                    named[code]!.confidence = max(named[code]!.confidence, mention.confidence)
                    named[code]!.context.formIntersection(mention.context)
                }
            }
        }
        return written
            + named.values.sorted {
                ($1.confidence, $0.ranges[0].lowerBound, $0.code.value)
                    < ($0.confidence, $1.ranges[0].lowerBound, $1.code.value)
            }
    }
}

/// A part of a text under one heading.
public struct ExtractedSection: Sendable, Hashable {
    public var kind: SectionKind
    /// UTF-8 offsets of heading and body together.
    public var range: Range<Int>
}
