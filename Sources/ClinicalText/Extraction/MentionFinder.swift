/// Finds the names in a text: first those of the vocabulary, then what their form and neighbours make a name.
struct MentionFinder {
    /// A name by its tokens; `entry` is -1 for what is in no vocabulary.
    struct Found {
        var tokens: Range<Int>
        var kind: VocabularyName.Kind
        var entry: Int32
        var source: VocabularyName.Source
    }

    let vocabulary: ClinicalVocabulary
    /// What the ending of each word of the vocabulary says: 0 nothing, 1 condition, 2 substance.
    let endings: [UInt8]

    func find(in stream: borrowing TokenStream) -> [Found] {
        var found: [Found] = []
        found.reserveCapacity(stream.tokens.count / 12)
        let matcher = NameMatcher(vocabulary)
        var position = 0
        while position < stream.tokens.count {
            if let match = matcher.longestMatch(in: stream, at: position), !isPlain(match, position, stream) {
                let entry = vocabulary.entries[Int(match.entry)]
                append(
                    Found(tokens: position..<match.end, kind: entry.kind, entry: match.entry, source: entry.source),
                    to: &found, stream)
                position = found[found.count - 1].tokens.upperBound
            } else if let kind = kindByForm(position, stream) {
                append(
                    Found(tokens: position..<position + 1, kind: kind, entry: -1, source: .form), to: &found, stream)
                position = found[found.count - 1].tokens.upperBound
            } else if let end = endOfResearchCode(position, stream) {
                found.append(Found(tokens: position..<end, kind: .substance, entry: -1, source: .form))
                position = end
            } else {
                if has(.head, position, stream) || has(.function, position, stream) {
                    appendHead(position, to: &found, stream)
                }
                position += 1
            }
        }
        return found
    }

    // MARK: Single words

    private func has(_ role: WordRole, _ position: Int, _ stream: borrowing TokenStream) -> Bool {
        let word = stream.tokens[position].word
        return word >= 0 && vocabulary.words.has(role, word)
    }

    /// Whether a match is one word that means nothing by itself.
    private func isPlain(_ match: NameMatcher.Match, _ position: Int, _ stream: borrowing TokenStream) -> Bool {
        match.end == position + 1 && has(.plain, position, stream) && !vocabulary.entries[Int(match.entry)].isExact
    }

    private func kindByForm(_ position: Int, _ stream: borrowing TokenStream) -> VocabularyName.Kind? {
        let token = stream.tokens[position]
        guard token.shape.contains(.letters), token.end - token.start >= 5 else { return nil }
        guard token.word < 0 else {
            if vocabulary.words.has(.plain, token.word) { return nil }
            switch endings[Int(token.word)] {
            case 1: return .condition
            case 2: return .substance
            default: return nil
            }
        }
        guard token.range.count <= WordForm.longest else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WordForm.longest) { buffer in
            for (offset, index) in token.range.enumerated() {
                let byte = stream.bytes[index]
                buffer[offset] = ByteKind.table[Int(byte)] == .upper ? byte | 0x20 : byte
            }
            let count = WordForm.reduce(buffer, token.range.count, keepsPlural: false)
            return vocabulary.endings.kind(of: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The end of a maker's number for a substance, such as `MK-801`: two to five capitals, a hyphen, three digits or
    /// more.
    private func endOfResearchCode(_ position: Int, _ stream: borrowing TokenStream) -> Int? {
        let token = stream.tokens[position]
        guard token.shape.contains(.upper), !token.shape.contains(.digits), (2...5).contains(token.range.count),
            position + 1 < stream.tokens.count, !has(.plain, position, stream)
        else { return nil }
        let number = stream.tokens[position + 1]
        guard number.isNumber, number.gap == .hyphen, (3...6).contains(number.range.count) else { return nil }
        return position + 2
    }

    // MARK: Several words

    /// Adds a name with the words beside it that belong to it.
    private func append(_ name: Found, to found: inout [Found], _ stream: borrowing TokenStream) {
        var name = name
        let floor = found.last?.tokens.upperBound ?? 0
        switch name.kind {
        case .condition:
            name.tokens = extended(name.tokens, floor, stream)
        case .substance:
            name.tokens = salted(locants(name.tokens, floor, stream), stream)
        }
        if name.kind == .condition, has(.head, name.tokens.upperBound - 1, stream) { absorb(&name, &found, stream) }
        found.append(name)
    }

    private func extended(_ tokens: Range<Int>, _ floor: Int, _ stream: borrowing TokenStream) -> Range<Int> {
        var start = tokens.lowerBound
        while start > floor, stream.tokens[start].gap <= .hyphen, has(.site, start - 1, stream) { start -= 1 }
        return start..<tokens.upperBound
    }

    /// The `22-` of `22-oxacalcitriol`, the `alpha-` of `alpha-tocopherol`.
    private func locants(_ tokens: Range<Int>, _ floor: Int, _ stream: borrowing TokenStream) -> Range<Int> {
        var start = tokens.lowerBound
        while start > floor, stream.tokens[start].gap == .hyphen {
            let before = stream.tokens[start - 1]
            let isLocant =
                before.range.count <= 2 && (before.isNumber || before.range.count == 1)
                || has(.locant, start - 1, stream)
            guard isLocant else { break }
            start -= 1
        }
        return start..<tokens.upperBound
    }

    /// With the salt after the substance: `bupropion HCl`.
    private func salted(_ tokens: Range<Int>, _ stream: borrowing TokenStream) -> Range<Int> {
        var end = tokens.upperBound
        while end < stream.tokens.count, stream.tokens[end].gap <= .hyphen, has(.salt, end, stream) { end += 1 }
        return tokens.lowerBound..<end
    }

    /// A head with the words before it that make it a condition.
    private func appendHead(_ position: Int, to found: inout [Found], _ stream: borrowing TokenStream) {
        let floor = found.last?.tokens.upperBound ?? 0
        var start = position
        var isImpaired = false
        while start > floor, stream.tokens[start].gap <= .hyphen {
            if has(.impaired, start - 1, stream) {
                start -= 1
                isImpaired = true
                break
            }
            guard
                has(.site, start - 1, stream) || has(.degree, start - 1, stream)
                    || has(.function, start - 1, stream)
            else { break }
            start -= 1
        }
        let isHead = has(.head, position, stream)
        guard isHead ? true : isImpaired else { return }
        var name = Found(tokens: start..<position + 1, kind: .condition, entry: -1, source: .form)
        if isHead {
            let hadWords = start < position
            absorb(&name, &found, stream)
            guard hadWords || name.tokens.lowerBound < position || has(.loneHead, position, stream) else { return }
            // A degree alone, as in `acute disease`, names nothing.
            if name.tokens.count > 1, (name.tokens.lowerBound..<position).allSatisfy({ has(.degree, $0, stream) }),
                !has(.loneHead, position, stream)
            {
                return
            }
        }
        found.append(name)
    }

    /// Takes the condition right before a head into the name: `asthma attack`.
    private func absorb(_ name: inout Found, _ found: inout [Found], _ stream: borrowing TokenStream) {
        guard let last = found.last, last.kind == .condition, last.tokens.upperBound == name.tokens.lowerBound,
            stream.tokens[name.tokens.lowerBound].gap <= .hyphen
        else { return }
        found.removeLast()
        // The whole means what its first part means, where no table has it.
        if name.entry < 0 {
            name.entry = last.entry
            name.source = last.source
        }
        name.tokens = last.tokens.lowerBound..<name.tokens.upperBound
    }
}
