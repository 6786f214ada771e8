/// Finds the headings of a note: a known heading at the start of a line, or one by its form, before a colon or alone.
struct SectionFinder {
    let vocabulary: ClinicalVocabulary

    struct Found {
        let kind: SectionKind
        /// The first token of the heading, and the first after it.
        let tokens: Range<Int>
    }

    private static let longestHeading = 6

    func find(in stream: borrowing TokenStream) -> [Found] {
        var found: [Found] = []
        for start in stream.lineStarts {
            if let heading = heading(at: Int(start), stream) { found.append(heading) }
        }
        return found
    }

    private func heading(at start: Int, _ stream: borrowing TokenStream) -> Found? {
        let first = stream.tokens[start]
        guard first.shape.contains(.upperFirst) || first.isNumber else { return nil }
        // Lists number their headings.
        let name = first.isNumber && start + 1 < stream.tokens.count ? start + 1 : start
        if let (kind, end) = known(name, stream), ends(end, stream) { return Found(kind: kind, tokens: start..<end) }
        var end = name
        while end < stream.tokens.count, end - name < Self.longestHeading,
            end == name || stream.tokens[end].gap <= .slash, stream.tokens[end].shape.contains(.letters)
        { end += 1 }
        guard end > name, stream.tokens[name].shape.contains(.upperFirst), hasColon(after: end - 1, stream)
        else { return nil }
        return Found(kind: .other, tokens: start..<end)
    }

    private func known(_ start: Int, _ stream: borrowing TokenStream) -> (SectionKind, Int)? {
        guard stream.tokens[start].word >= 0 else { return nil }
        var node = vocabulary.headings.first(stream.tokens[start].word)
        var found: (SectionKind, Int)?
        var position = start
        while node != 0 {
            let payload = vocabulary.headings.payload(node)
            if payload >= 0 { found = (vocabulary.headingKinds[Int(payload)], position + 1) }
            position += 1
            guard position < stream.tokens.count, stream.tokens[position].word >= 0,
                stream.tokens[position].gap <= .slash
            else { break }
            node = vocabulary.headings.next(node, stream.tokens[position].word)
        }
        return found
    }

    /// Whether a heading that ends before a token is followed by a colon, or stands alone on its line.
    private func ends(_ end: Int, _ stream: borrowing TokenStream) -> Bool {
        hasColon(after: end - 1, stream) || end == stream.tokens.count || hasLineEnd(after: end - 1, stream)
    }

    private func hasColon(after token: Int, _ stream: borrowing TokenStream) -> Bool {
        var offset = Int(stream.tokens[token].end)
        while offset < stream.bytes.count, stream.bytes[offset] == 0x20 || stream.bytes[offset] == UInt8(ascii: ")") {
            offset += 1
        }
        return offset < stream.bytes.count && stream.bytes[offset] == UInt8(ascii: ":")
    }

    private func hasLineEnd(after token: Int, _ stream: borrowing TokenStream) -> Bool {
        var offset = Int(stream.tokens[token].end)
        while offset < stream.bytes.count, stream.bytes[offset] == 0x20 || stream.bytes[offset] == 0x0d { offset += 1 }
        return offset < stream.bytes.count && stream.bytes[offset] == 0x0a
    }
}
