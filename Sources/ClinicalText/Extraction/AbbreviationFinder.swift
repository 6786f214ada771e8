/// Finds the abbreviations that a text explains, `deep vein thrombosis (DVT)`, and every place where it then uses them
/// (Schwartz and Hearst, 2003).
struct AbbreviationFinder {
    struct Definition {
        let short: [UInt8]
        /// The token of the short form in the place where it is explained.
        let place: Int
        /// Nil where the long form is no name, so that the short one is none either.
        let meaning: MentionFinder.Found?
    }

    /// In bytes around the definition; beyond it the abbreviation may mean something else.
    let reach: Int
    private static let lengths = 2...10

    /// Definitions in order; where a long form begins before the name that ends it, the name is made longer.
    func definitions(_ found: inout [MentionFinder.Found], _ stream: borrowing TokenStream, _ words: WordTable)
        -> [Definition]
    {
        var definitions: [Definition] = []
        for position in stream.tokens.indices where stream.tokens[position].gap == .open && position > 0 {
            guard let short = shortForm(position, stream),
                let start = longForm(short, before: position, stream, words)
            else { continue }
            let index = found.partitioningIndex { $0.tokens.upperBound >= position }
            guard index < found.count, found[index].tokens.upperBound == position else {
                definitions.append(Definition(short: short, place: position, meaning: nil))
                continue
            }
            let floor = index > 0 ? found[index - 1].tokens.upperBound : 0
            if start < found[index].tokens.lowerBound, start >= floor,
                Self.isOneName(start..<found[index].tokens.lowerBound, stream, words)
            {
                found[index].tokens = start..<position
            }
            definitions.append(Definition(short: short, place: position, meaning: found[index]))
        }
        return definitions
    }

    /// Whether a few words can be the beginning of the name after them.
    private static func isOneName(_ tokens: Range<Int>, _ stream: borrowing TokenStream, _ words: WordTable) -> Bool {
        tokens.count <= 3
            && tokens.allSatisfy {
                let word = stream.tokens[$0].word
                return stream.tokens[$0 + 1].gap <= .hyphen && (word < 0 || !words.has(.small, word))
            }
    }

    /// The bytes in the parentheses that open at a token, where they can be an abbreviation.
    private func shortForm(_ position: Int, _ stream: borrowing TokenStream) -> [UInt8]? {
        var last = position
        while last + 1 < stream.tokens.count, stream.tokens[last + 1].gap <= .hyphen, last - position < 2 { last += 1 }
        let range = stream.range(of: position..<last + 1)
        guard
            last + 1 == stream.tokens.count || stream.tokens[last + 1].gap >= .close || closes(range.upperBound, stream)
        else { return nil }
        guard Self.lengths.contains(range.count), range.lowerBound > 0 else { return nil }
        let bytes = stream.bytes[range]
        guard bytes.contains(where: { ByteKind.table[Int($0)] == .upper }) || (bytes.count <= 5 && last == position),
            ByteKind.table[Int(bytes.first!)].rawValue <= ByteKind.lower.rawValue,
            bytes.contains(where: { ByteKind.table[Int($0)] == .upper || ByteKind.table[Int($0)] == .lower })
        else { return nil }
        return Array(bytes)
    }

    private func closes(_ offset: Int, _ stream: borrowing TokenStream) -> Bool {
        var offset = offset
        while offset < stream.bytes.count, stream.bytes[offset] == 0x20 { offset += 1 }
        return offset < stream.bytes.count
            && (ByteKind.table[Int(stream.bytes[offset])] == .close || stream.bytes[offset] == UInt8(ascii: ";")
                || stream.bytes[offset] == UInt8(ascii: ","))
    }

    /// The first token of the words that the short form abbreviates: from the right, each of its letters is found in
    /// the words, the first at the beginning of a word.
    private func longForm(_ short: [UInt8], before position: Int, _ stream: borrowing TokenStream, _ words: WordTable)
        -> Int?
    {
        let letters = short.filter { ByteKind.table[Int($0)].rawValue <= ByteKind.lower.rawValue }.map(Self.lower)
        let most = min(letters.count + 5, letters.count * 2)
        var first = position
        while first > 0, position - first < most, first == position || stream.tokens[first].gap < .close { first -= 1 }
        var offset = Int(stream.tokens[position - 1].end) - 1
        let floor = Int(stream.tokens[first].start)
        var letter = letters.count - 1
        while letter >= 0 {
            while offset >= floor,
                Self.lower(stream.bytes[offset]) != letters[letter]
                    || (letter == 0 && offset > floor
                        && ByteKind.table[Int(stream.bytes[offset - 1])].rawValue <= ByteKind.lower.rawValue)
            { offset -= 1 }
            guard offset >= floor else { return nil }
            letter -= 1
            offset -= 1
        }
        let start = offset + 1
        guard let token = (first..<position).first(where: { stream.tokens[$0].range.contains(start) }) else {
            return nil
        }
        // A long form is longer than its abbreviation.
        return Int(stream.tokens[position - 1].end) - start > letters.count + 1 ? token : nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { ByteKind.table[Int(byte)] == .upper ? byte | 0x20 : byte }

    /// The names with every further use of the defined abbreviations.
    func applying(
        _ definitions: [Definition], to found: [MentionFinder.Found], _ stream: borrowing TokenStream
    ) -> [MentionFinder.Found] {
        guard !definitions.isEmpty else { return found }
        let index = DefinitionIndex(definitions)
        var uses: [(tokens: Range<Int>, definition: Definition)] = []
        var position = 0
        while position < stream.tokens.count {
            if index.mayBegin(stream.bytes[Int(stream.tokens[position].start)]),
                let use = use(at: position, index, stream)
            {
                uses.append(use)
                position = use.tokens.upperBound
            } else {
                position += 1
            }
        }
        return Self.merge(found, uses)
    }

    /// The longest abbreviation that stands at a token and is defined within reach: by the nearest definition before
    /// it, or else by the nearest after it.
    private func use(at position: Int, _ index: DefinitionIndex, _ stream: borrowing TokenStream)
        -> (tokens: Range<Int>, definition: Definition)?
    {
        let start = Int(stream.tokens[position].start)
        var best: (tokens: Range<Int>, definition: Definition)?
        for group in index.groups(at: stream.tokens[position], stream.bytes) {
            let short = group[0].short
            let end = start + short.count
            guard short.count > (best?.definition.short.count ?? 0), end <= stream.bytes.count,
                stream.bytes[start..<end].elementsEqual(short)
            else { continue }
            var last = position
            while last + 1 < stream.tokens.count, Int(stream.tokens[last].end) < end { last += 1 }
            let tokenEnd = Int(stream.tokens[last].end)
            guard tokenEnd == end || (tokenEnd == end + 1 && stream.bytes[end] == UInt8(ascii: "s")) else { continue }
            let after = group.partitioningIndex { $0.place > position }
            let nearest = after > 0 ? group[after - 1] : group[after]
            guard abs(Int(stream.tokens[nearest.place].start) - start) <= reach else { continue }
            best = (position..<last + 1, nearest)
        }
        return best
    }

    /// Definitions by the first bytes of their abbreviation, so that a text with many costs each word no more than one
    /// with few.
    private struct DefinitionIndex {
        private var isFirst = [Bool](repeating: false, count: 256)
        /// The definitions of each abbreviation in the order of the text, by the key of its first token.
        private var groups: [UInt64: [[Definition]]] = [:]

        /// Abbreviations that begin with the same token, `A-1` and `A-2`, beyond this many are left out.
        private static let most = 32

        init(_ definitions: [Definition]) {
            for definition in definitions {
                isFirst[Int(definition.short[0])] = true
                let token = definition.short.prefix { ByteKind.table[Int($0)].rawValue <= ByteKind.lower.rawValue }
                let key = Self.key(token)
                if let group = groups[key]?.firstIndex(where: { $0[0].short == definition.short }) {
                    groups[key]![group].append(definition)
                } else if groups[key, default: []].count < Self.most {
                    groups[key, default: []].append([definition])
                }
            }
        }

        func mayBegin(_ byte: UInt8) -> Bool { isFirst[Int(byte)] }

        /// The definitions whose first token may be this one, a plural's `s` aside.
        func groups(at token: Token, _ bytes: [UInt8]) -> [[Definition]] {
            // One byte more than an abbreviation has, for the plural.
            guard token.range.count <= AbbreviationFinder.lengths.upperBound + 1 else { return [] }
            let text = bytes[token.range]
            let whole = groups[Self.key(text)] ?? []
            return text.last == UInt8(ascii: "s") ? whole + (groups[Self.key(text.dropLast())] ?? []) : whole
        }

        /// Up to eight bytes as a number.
        private static func key(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private static func merge(
        _ found: [MentionFinder.Found], _ uses: [(tokens: Range<Int>, definition: Definition)]
    ) -> [MentionFinder.Found] {
        var merged: [MentionFinder.Found] = []
        merged.reserveCapacity(found.count + uses.count)
        var next = 0
        for use in uses {
            while next < found.count, found[next].tokens.upperBound <= use.tokens.lowerBound {
                merged.append(found[next])
                next += 1
            }
            // A longer name that holds the abbreviation stays.
            let overlaps = next < found.count && found[next].tokens.lowerBound < use.tokens.upperBound
            if overlaps, found[next].tokens.count > use.tokens.count { continue }
            if overlaps { next += 1 }
            guard let meaning = use.definition.meaning else { continue }
            merged.append(
                MentionFinder.Found(tokens: use.tokens, kind: meaning.kind, entry: meaning.entry, source: .defined))
        }
        merged.append(contentsOf: found[next...])
        return merged
    }
}

extension Array {
    /// The first index whose element and all after it satisfy a condition, by halving.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
