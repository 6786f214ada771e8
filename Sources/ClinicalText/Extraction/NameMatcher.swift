/// Finds the longest name of a vocabulary that begins at a token.
struct NameMatcher {
    struct Match {
        let entry: Int32
        /// The token after the last.
        let end: Int
    }

    let vocabulary: ClinicalVocabulary

    init(_ vocabulary: ClinicalVocabulary) { self.vocabulary = vocabulary }

    @inline(__always)
    func longestMatch(in stream: borrowing TokenStream, at start: Int) -> Match? {
        let word = stream.tokens[start].word
        guard word >= 0 else { return nil }
        var node = vocabulary.names.first(word)
        guard node != 0 else { return nil }
        var found: Match?
        var position = start
        while true {
            // An article that was stepped over ends no name.
            if position == start || !vocabulary.words.has(.article, stream.tokens[position].word),
                let entry = entry(at: node, start, position, stream)
            {
                found = Match(entry: entry, end: position + 1)
            }
            position += 1
            guard position < stream.tokens.count else { return found }
            let token = stream.tokens[position]
            guard token.word >= 0, Self.joins(token, stream.tokens[position - 1]) else { return found }
            let next = vocabulary.names.next(node, token.word)
            // A text may put an article where a table has none.
            if next == 0, vocabulary.words.has(.article, token.word), position > start { continue }
            node = next
            if node == 0 { return found }
        }
    }

    @inline(__always)
    private func entry(at node: Int32, _ start: Int, _ last: Int, _ stream: borrowing TokenStream) -> Int32? {
        let exact = vocabulary.names.next(node, WordTable.exactMark)
        if exact != 0 {
            let entry = vocabulary.names.payload(exact)
            let range = Int(stream.tokens[start].start)..<Int(stream.tokens[last].end)
            if Self.isSpelled(vocabulary.entries[Int(entry)].name, stream.bytes, range) { return entry }
        }
        let entry = vocabulary.names.payload(node)
        return entry >= 0 ? entry : nil
    }

    /// Whether the bytes are the name letter for letter, a plural's `s` aside.
    private static func isSpelled(_ name: String, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var position = range.lowerBound
        for byte in name.utf8 {
            guard position < range.upperBound, bytes[position] == byte else { return false }
            position += 1
        }
        return position == range.upperBound
            || (position + 1 == range.upperBound && bytes[position] == UInt8(ascii: "s"))
    }

    /// Whether a name may go on from one token to the next over what stands between them.
    @inline(__always)
    static func joins(_ token: Token, _ before: Token) -> Bool {
        switch token.gap {
        case .none, .space, .hyphen, .apostrophe, .slash: true
        // The commas of a chemical's locants.
        case .comma: token.shape.contains(.digits) && before.shape.contains(.digits)
        default: false
        }
    }
}

extension WordTable {
    /// Stands after the words of a name whose spelling counts.
    static let exactMark = Int32.max
}
