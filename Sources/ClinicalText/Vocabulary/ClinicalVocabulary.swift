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

    /// The numbers of the words of a phrase, new ones where it has new words.
    mutating func intern(_ phrase: String) -> [Int32] {
        var found: [Int32] = []
        for run in WordScanner.runs(Array(phrase.utf8)) {
            guard run.count <= WordForm.longest else { return [] }
            found.append(internWord(run))
        }
        return found
    }

    mutating func internWord(_ run: ArraySlice<UInt8>) -> Int32 {
        let letters = run.filter { ByteKind.table[Int($0)] == .upper }.count
        let digits = run.filter { ByteKind.table[Int($0)] == .digit }.count
        let isShout = letters > 0 && letters + digits == run.count && run.count <= 5
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WordForm.longest) { buffer in
            for (offset, byte) in run.enumerated() {
                buffer[offset] = ByteKind.table[Int(byte)] == .upper ? byte | 0x20 : byte
            }
            let count = WordForm.reduce(buffer, run.count, keepsPlural: isShout)
            return words.intern(UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// Cuts a phrase into its runs of letters and digits, without the `'s` of a possessive.
enum WordScanner {
    static func runs(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var runs: [ArraySlice<UInt8>] = []
        var position = 0
        while position < bytes.count {
            guard ByteKind.table[Int(bytes[position])].rawValue <= ByteKind.lower.rawValue else {
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, ByteKind.table[Int(bytes[position])].rawValue <= ByteKind.lower.rawValue {
                position += 1
            }
            runs.append(bytes[start..<position])
            let isPossessive =
                position + 1 < bytes.count && bytes[position] == UInt8(ascii: "'")
                && bytes[position + 1] == UInt8(ascii: "s")
                && (position + 2 == bytes.count
                    || ByteKind.table[Int(bytes[position + 2])].rawValue > ByteKind.lower.rawValue)
            if isPossessive { position += 2 }
        }
        return runs
    }
}
