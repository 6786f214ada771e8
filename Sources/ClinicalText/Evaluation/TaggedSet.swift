import HealthTypes

/// A set of sentences with the names in them marked, one token a line with its tag, as BC5CDR is given out in:
/// `renal TAB B-Disease`, an empty line between sentences.
public struct TaggedSet: Sendable {
    /// A sentence as text, with the marked names by their UTF-8 offsets.
    public struct Sentence: Sendable, Hashable {
        public var text: String
        public var names: [Name]
    }

    public struct Name: Sendable, Hashable {
        public var kind: VocabularyName.Kind
        public var range: Range<Int>

        public init(kind: VocabularyName.Kind, range: Range<Int>) {
            self.kind = kind
            self.range = range
        }
    }

    public let sentences: [Sentence]

    /// Throws a `DataFileError` that names the first line that is not `token TAB tag`.
    public init(name: String, bytes: [UInt8]) throws {
        var sentences: [Sentence] = []
        var builder = SentenceBuilder()
        for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            if line.isEmpty {
                if let sentence = builder.finish() { sentences.append(sentence) }
                continue
            }
            let cells = line.split(separator: "\t")
            guard cells.count == 2, let tag = Tag(cells[1]) else {
                throw DataFileError(file: name, line: index + 1, reason: "is not a token and its tag")
            }
            builder.add(cells[0], tag)
        }
        if let sentence = builder.finish() { sentences.append(sentence) }
        self.sentences = sentences
    }

    /// The first or second half of the sentences, cut where a document may go on: one document at most is in both.
    public func half(_ number: Int) -> [Sentence] {
        let middle = sentences.count / 2
        return Array(number == 1 ? sentences[..<middle] : sentences[middle...])
    }

    private struct Tag {
        let kind: VocabularyName.Kind?
        let begins: Bool

        init?(_ text: Substring) {
            switch text {
            case "O": (kind, begins) = (nil, false)
            case "B-Chemical": (kind, begins) = (.substance, true)
            case "I-Chemical": (kind, begins) = (.substance, false)
            case "B-Disease": (kind, begins) = (.condition, true)
            case "I-Disease": (kind, begins) = (.condition, false)
            default: return nil
            }
        }
    }

    /// Joins tokens into prose again: without a space before a comma, after an opening parenthesis and beside a
    /// hyphen, all of which the set's tokens have lost.
    private struct SentenceBuilder {
        private var text = ""
        private var names: [Name] = []
        private var last = ""

        private static let tightBefore: Set<String> = [",", ".", ";", ":", ")", "]", "%", "'", "-", "/", "?", "!"]
        private static let tightAfter: Set<String> = ["(", "[", "'", "-", "/"]

        mutating func add(_ token: Substring, _ tag: Tag) {
            let token = String(token)
            let isNumber = token.first?.isNumber == true
            let isDecimal = (last == "." || last == ",") && isNumber && endsInNumber
            if !text.isEmpty, !Self.tightBefore.contains(token), !Self.tightAfter.contains(last), !isDecimal {
                text += " "
            }
            let start = text.utf8.count
            text += token
            last = token
            guard let kind = tag.kind else { return }
            if !tag.begins, let previous = names.last, previous.kind == kind, wasInside {
                names[names.count - 1].range = previous.range.lowerBound..<text.utf8.count
            } else {
                names.append(Name(kind: kind, range: start..<text.utf8.count))
            }
            insideEnd = text.utf8.count
        }

        private var insideEnd = -1
        /// Whether the token before this one was part of the last name.
        private var wasInside: Bool { names.last.map { $0.range.upperBound == insideEnd } ?? false }
        private var endsInNumber: Bool { text.dropLast().last?.isNumber == true }

        mutating func finish() -> Sentence? {
            defer { self = SentenceBuilder() }
            return text.isEmpty ? nil : Sentence(text: text, names: names)
        }
    }
}

/// What the extractor found and missed in a tagged set: a hit has the same kind, first and last byte.
public struct TaggedSetReport: Sendable {
    public struct Mistake: Sendable, Hashable {
        public var kind: VocabularyName.Kind
        public var text: String
        public var sentence: Int
        /// Found and not marked, or else marked and not found.
        public var isExtra: Bool
    }

    public private(set) var conditions = SpanScore()
    public private(set) var substances = SpanScore()
    public private(set) var mistakes: [Mistake] = []

    public var all: SpanScore { conditions + substances }

    /// The sentences make one text, since the set does not say where its documents end.
    public init(_ sentences: [TaggedSet.Sentence], extractor: ClinicalExtractor) throws(TextError) {
        var text: [UInt8] = []
        var marked: Set<TaggedSet.Name> = []
        var starts: [Int] = []
        for sentence in sentences {
            starts.append(text.count)
            for name in sentence.names {
                marked.insert(
                    TaggedSet.Name(
                        kind: name.kind,
                        range: name.range.lowerBound + text.count..<name.range.upperBound + text.count))
            }
            text.append(contentsOf: sentence.text.utf8)
            text.append(contentsOf: "\n\n".utf8)
        }
        let mentions = try extractor.extract(utf8: text).mentions
        let found = Set(mentions.map { TaggedSet.Name(kind: $0.kind, range: $0.range) })
        conditions = Self.score(.condition, found, marked)
        substances = Self.score(.substance, found, marked)
        let wrong = found.subtracting(marked).map { ($0, true) } + marked.subtracting(found).map { ($0, false) }
        mistakes = wrong.sorted { ($0.0.range.lowerBound, $0.1 ? 0 : 1) < ($1.0.range.lowerBound, $1.1 ? 0 : 1) }
            .map { name, isExtra in
                Mistake(
                    kind: name.kind, text: String(decoding: text[name.range], as: UTF8.self),
                    sentence: starts.partitioningIndex { $0 > name.range.lowerBound } - 1, isExtra: isExtra)
            }
    }

    private static func score(
        _ kind: VocabularyName.Kind, _ found: Set<TaggedSet.Name>, _ marked: Set<TaggedSet.Name>
    ) -> SpanScore {
        let found = found.filter { $0.kind == kind }
        let marked = marked.filter { $0.kind == kind }
        let hits = found.intersection(marked).count
        return SpanScore(hits: hits, extra: found.count - hits, missed: marked.count - hits)
    }
}
