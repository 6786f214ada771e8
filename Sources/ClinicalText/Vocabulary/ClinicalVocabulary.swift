public import HealthTypes

/// All that the extractor knows of words: names with their codes, the parts of names, the triggers of context and
/// the headings of sections, compiled for matching.
///
/// It is built once and shared; building from the shipped files takes under a second, matching makes no strings.
public struct ClinicalVocabulary: Sendable {
    /// What a name in the trie stands for.
    struct Entry: Sendable {
        let name: String
        let kind: VocabularyName.Kind
        var codes: [Code]
        var source: VocabularyName.Source
        let isExact: Bool
    }

    var words = WordTable()
    private(set) var names = PhraseTrie()
    private(set) var entries: [Entry] = []
    var triggers = PhraseTrie()
    var triggerKinds: [ContextTrigger] = []
    var headings = PhraseTrie()
    var headingKinds: [SectionKind] = []
    var endings = WordEndings()
    var frequencies = PhraseTrie()
    var frequencyMeanings: [DoseWord] = []
    /// Whether a code of the given system exists, for codes written out in the text.
    var knownCodes: Set<Code> = []

    /// A vocabulary without names; ``add(_:)`` fills it.
    public init() {}

    /// How many distinct names it matches.
    public var nameCount: Int { entries.count }

    /// Longer names are left out: no text repeats them, and each word costs.
    static let longestName = 12

    /// Adds a name. Of two entries for the same words the first stays, and takes the second's codes if it had none.
    public mutating func add(_ name: VocabularyName) {
        var words = intern(name.name)
        guard (1...Self.longestName).contains(words.count) else { return }
        // One word of three letters is too often another word; an exact abbreviation may be that short.
        guard words.count > 1 || name.isExact || self.words.form(of: words[0]).count > 3 else { return }
        if name.isExact { words.append(WordTable.exactMark) }
        let entry = Entry(
            name: name.name, kind: name.kind, codes: name.codes, source: name.source, isExact: name.isExact)
        if let old = names.insert(words, payload: Int32(entries.count)) {
            guard entries[Int(old)].codes.isEmpty, !name.codes.isEmpty, entries[Int(old)].kind == name.kind
            else { return }
            entries[Int(old)].codes = name.codes
            entries[Int(old)].source = name.source
        } else {
            entries.append(entry)
        }
        if !name.codes.isEmpty { knownCodes.formUnion(name.codes) }
    }

    /// The codes that a name has in this vocabulary, in any case or number: `Heart Attacks`.
    public func codes(for name: String) -> [Code] {
        let stream = TokenStream(Array(name.utf8), words: words)
        guard let match = NameMatcher(self).longestMatch(in: stream, at: 0), match.end == stream.tokens.count
        else { return [] }
        return entries[Int(match.entry)].codes
    }

    /// Lets a code written out in a text count as one that exists.
    public mutating func addKnownCode(_ code: Code) { knownCodes.insert(code) }

    /// The numbers of the words of a phrase, new ones where it has new words; none where a word is too long.
    mutating func intern(_ phrase: some StringProtocol) -> [Int32] {
        var phrase = String(phrase)
        return phrase.withUTF8 { bytes in
            var found: [Int32] = []
            found.reserveCapacity(8)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WordForm.longest) { buffer in
                var position = 0
                while let run = WordScanner.next(bytes, &position) {
                    guard run.count <= WordForm.longest else {
                        found.removeAll()
                        return
                    }
                    found.append(intern(UnsafeBufferPointer(rebasing: bytes[run]), buffer))
                }
            }
            return found
        }
    }

    private mutating func intern(_ run: UnsafeBufferPointer<UInt8>, _ buffer: UnsafeMutableBufferPointer<UInt8>)
        -> Int32
    {
        var letters = 0
        var digits = 0
        for (offset, byte) in run.enumerated() {
            let kind = ByteKind.table[Int(byte)]
            if kind == .upper { letters += 1 }
            if kind == .digit { digits += 1 }
            buffer[offset] = kind == .upper ? byte | 0x20 : byte
        }
        let isShout = letters > 0 && letters + digits == run.count && run.count <= 5
        let count = WordForm.reduce(buffer, run.count, keepsPlural: isShout)
        return words.intern(UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
}

/// Cuts a phrase into its runs of letters and digits, without the `'s` of a possessive.
enum WordScanner {
    static func next(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Range<Int>? {
        while position < bytes.count, !isWord(bytes[position]) { position += 1 }
        guard position < bytes.count else { return nil }
        let start = position
        while position < bytes.count, isWord(bytes[position]) { position += 1 }
        let run = start..<position
        let isPossessive =
            position + 1 < bytes.count && bytes[position] == UInt8(ascii: "'")
            && bytes[position + 1] == UInt8(ascii: "s")
            && (position + 2 == bytes.count || !isWord(bytes[position + 2]))
        if isPossessive { position += 2 }
        return run
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        ByteKind.table[Int(byte)].rawValue <= ByteKind.lower.rawValue
    }
}
