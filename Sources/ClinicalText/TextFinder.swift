/// A term found in a note, and how the note speaks of it.
public struct Finding: Sendable, Hashable {
    /// As it was asked for.
    public var term: String
    /// UTF-8 offsets into the text.
    public var range: Range<Int>
    public var sentence: String
    /// The heading under which it stands, if any.
    public var section: String?
    /// Said not to be so: `denies chest pain`.
    public var isNegated: Bool
    /// Said of the past: `history of asthma`.
    public var isHistorical: Bool
    /// Said to be possible, suspected, or still to be ruled out.
    public var isUncertain: Bool
    /// Said of a relative.
    public var isFamily: Bool

    /// Said of this patient, as a fact; it may be of the past.
    public var isAsserted: Bool { !isNegated && !isUncertain && !isFamily }
}

/// A part of a note under one heading.
public struct NoteSection: Sendable, Hashable {
    /// Nil for what stands before the first heading.
    public var title: String?
    /// UTF-8 offsets of heading and body together.
    public var range: Range<Int>

    public init(title: String?, range: Range<Int>) {
        self.title = title
        self.range = range
    }
}

/// Looks for terms in the prose of a note, and reads from the words around each whether it is denied, past,
/// uncertain or of a relative, in the manner of NegEx (Chapman and others, 2001) and ConText (Harkema and others,
/// 2009).
///
/// It reads English and no more than a sentence: it finds evidence for a person or a rule to weigh, and proves nothing.
public struct TextFinder: Sendable {
    /// Text beyond this many bytes is not searched.
    public static let maximumBytes = 1_048_576
    /// Findings beyond this many are left out.
    public static let maximumFindings = 10_000
    /// How many words a trigger reaches.
    static let reach = 8

    public init() {}

    /// Every place where a term stands as whole words, in any case and with a plural `s`, in the order of the text.
    public func findings(for terms: [String], in text: String) -> [Finding] {
        let note = Note(text)
        let wanted = terms.map { term in (term: term, words: Note.words(of: Array(term.utf8)).map(\.text)) }
        let byFirst = Dictionary(grouping: wanted.filter { !$0.words.isEmpty }, by: { $0.words[0] })
        var found: [Finding] = []
        for sentence in note.sentences {
            let words = sentence.words
            for start in words.indices {
                for (term, sought) in Self.candidates(byFirst, words[start].text) {
                    let end = start + sought.count
                    guard end <= words.count, zip(sought, words[start..<end]).allSatisfy({ Self.isSame($0, $1.text) })
                    else { continue }
                    let context = SentenceContext(
                        before: words[..<start].suffix(Self.reach).map(\.text),
                        after: words[end...].prefix(Self.reach).map(\.text))
                    let section = note.section(at: words[start].range.lowerBound)
                    found.append(
                        Finding(
                            term: term, range: words[start].range.lowerBound..<words[end - 1].range.upperBound,
                            sentence: note.text(sentence.range), section: section,
                            isNegated: context.isNegated,
                            isHistorical: context.isHistorical || Self.isHistory(section),
                            isUncertain: context.isUncertain,
                            isFamily: context.isFamily || section?.lowercased().contains("family") == true))
                    if found.count == Self.maximumFindings { return found }
                }
            }
        }
        return found
    }

    /// The headed parts of a note, in order; they cover the whole text.
    public func sections(of text: String) -> [NoteSection] { Note(text).sections }

    private static func candidates(
        _ byFirst: [String: [(term: String, words: [String])]], _ word: String
    ) -> [(term: String, words: [String])] {
        (byFirst[word] ?? []) + (word.hasSuffix("s") ? byFirst[String(word.dropLast())] ?? [] : [])
    }

    private static func isSame(_ sought: String, _ word: String) -> Bool { word == sought || word == sought + "s" }

    private static func isHistory(_ section: String?) -> Bool {
        guard let section = section?.lowercased() else { return false }
        return section.contains("past medical") || section.contains("past surgical") || section.contains("pmh")
    }
}
