/// A note cut into sections, sentences and words, with the place of each.
struct Note {
    struct Word {
        let text: String
        let range: Range<Int>
    }

    struct Sentence {
        let words: [Word]
        let range: Range<Int>
    }

    private let bytes: [UInt8]
    let sections: [NoteSection]
    let sentences: [Sentence]

    init(_ text: String) {
        bytes = Array(text.utf8.prefix(TextFinder.maximumBytes))
        sections = Self.sections(bytes)
        sentences = Self.sentences(bytes, sections)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func section(at offset: Int) -> String? {
        // The last section that begins at or before the offset, by halving.
        var low = 0
        var high = sections.count
        while low < high {
            let middle = (low + high) / 2
            if sections[middle].range.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? sections[low - 1].title : nil
    }

    /// Lower-case words with their offsets; an apostrophe, slash or hyphen between letters stays inside a word.
    static func words(of bytes: [UInt8], in range: Range<Int>? = nil) -> [Word] {
        let range = range ?? bytes.indices
        var words: [Word] = []
        var start: Int?
        for position in range.lowerBound...range.upperBound {
            let isInside =
                position < range.upperBound
                && (isWordByte(bytes[position])
                    || (start != nil && joiners.contains(bytes[position]) && position + 1 < range.upperBound
                        && isWordByte(bytes[position + 1])))
            if isInside, start == nil { start = position }
            if !isInside, let first = start {
                words.append(
                    Word(
                        text: String(decoding: bytes[first..<position], as: UTF8.self).lowercased(),
                        range: first..<position))
                start = nil
            }
        }
        return words
    }

    private static let joiners: Set<UInt8> = [UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: "-")]

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }

    // MARK: Sections

    private static func sections(_ bytes: [UInt8]) -> [NoteSection] {
        var headings: [(title: String, offset: Int)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if let title = heading(bytes[start..<end]) { headings.append((title, start)) }
            start = end + 1
        }
        guard let first = headings.first else { return [NoteSection(title: nil, range: 0..<bytes.count)] }
        var sections = first.offset > 0 ? [NoteSection(title: nil, range: 0..<first.offset)] : []
        for (index, heading) in headings.enumerated() {
            let end = index + 1 < headings.count ? headings[index + 1].offset : bytes.count
            sections.append(NoteSection(title: heading.title, range: heading.offset..<end))
        }
        return sections
    }

    /// `Assessment and Plan:` at the start of a line, or a line in capitals alone.
    private static func heading(_ line: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: line.prefix(60), as: UTF8.self)
        let title = text.prefix { $0 != ":" }
        let trimmed = title.split(whereSeparator: \.isWhitespace)
        guard (1...5).contains(trimmed.count), let first = title.first, first.isUppercase,
            title.allSatisfy({ $0.isLetter || $0.isWhitespace || $0 == "/" || $0 == "&" })
        else { return nil }
        let hasColon = title.endIndex < text.endIndex
        guard hasColon || (title.count >= 3 && title.allSatisfy { !$0.isLowercase }) else { return nil }
        return trimmed.joined(separator: " ")
    }

    // MARK: Sentences

    private static let abbreviations: Set<String> = ["dr", "mr", "mrs", "ms", "vs", "approx", "e.g", "i.e"]

    /// In bytes.
    private static let longest = 2000

    private static func sentences(_ bytes: [UInt8], _ sections: [NoteSection]) -> [Sentence] {
        let starts = Set(sections.map(\.range.lowerBound))
        var sentences: [Sentence] = []
        var start = 0
        func close(_ end: Int) {
            let words = words(of: bytes, in: start..<end)
            if let first = words.first, let last = words.last {
                sentences.append(Sentence(words: words, range: first.range.lowerBound..<last.range.upperBound))
            }
            start = end
        }
        for position in bytes.indices {
            if position > start, starts.contains(position) { close(position) }
            switch bytes[position] {
            case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ";"): close(position + 1)
            case UInt8(ascii: ".") where isFullStop(bytes, position): close(position + 1)
            case UInt8(ascii: ":") where starts.contains(start): close(position + 1)
            case UInt8(ascii: "\n") where startsAnew(bytes, position + 1): close(position + 1)
            // What has no end is cut, so that each finding stays small and quick.
            case 0x00...0x20 where position - start >= longest, _ where position - start >= 2 * longest:
                close(position)
            default: break
            }
        }
        close(bytes.count)
        return sentences
    }

    private static func isFullStop(_ bytes: [UInt8], _ position: Int) -> Bool {
        if position + 1 < bytes.count, bytes[position + 1] > 0x20 { return false }
        var first = position
        while first > 0, isWordByte(bytes[first - 1]) || bytes[first - 1] == UInt8(ascii: ".") { first -= 1 }
        // A long run is no abbreviation, and need not be made into text.
        guard position - first <= 8 else { return true }
        return !abbreviations.contains(String(decoding: bytes[first..<position], as: UTF8.self).lowercased())
    }

    /// A new line begins a sentence unless it goes on in lower case, as wrapped prose does.
    private static func startsAnew(_ bytes: [UInt8], _ position: Int) -> Bool {
        var next = position
        while next < bytes.count, bytes[next] == 0x20 || bytes[next] == 0x09 || bytes[next] == 0x0d { next += 1 }
        guard next < bytes.count else { return true }
        return !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[next])
    }
}
