/// A word or number of a text: a run of letters and digits, with what stands before it.
struct Token {
    /// What stands between a token and the one before it, the strongest that occurs.
    enum Gap: UInt8, Comparable {
        case none, space, hyphen, apostrophe, slash, comma, open, close, colon, stop

        static func < (left: Gap, right: Gap) -> Bool { left.rawValue < right.rawValue }
    }

    /// How a token is written.
    struct Shape: OptionSet {
        let rawValue: UInt8

        static let upperFirst = Shape(rawValue: 1)
        /// No small letter, an `s` at the end aside, and at least one capital.
        static let upper = Shape(rawValue: 2)
        static let digits = Shape(rawValue: 4)
        static let letters = Shape(rawValue: 8)
        /// A capital that is not the first letter.
        static let upperInside = Shape(rawValue: 16)
    }

    var start: Int32
    var end: Int32
    /// The word's number in the vocabulary, or -1 for a word that it does not have.
    var word: Int32
    var gap: Gap
    var shape: Shape

    var range: Range<Int> { Int(start)..<Int(end) }
    var isNumber: Bool { shape.contains(.digits) && !shape.contains(.letters) }
}

/// A text as bytes and tokens, with the sentences that the tokens form.
struct TokenStream {
    let bytes: [UInt8]
    private(set) var tokens: ContiguousArray<Token> = []
    /// Each sentence as a range of tokens.
    private(set) var sentences: ContiguousArray<Range<Int>> = []
    /// The tokens before which a line begins.
    private(set) var lineStarts: ContiguousArray<Int32> = []

    init(_ bytes: [UInt8], words: WordTable) {
        self.bytes = bytes
        tokens.reserveCapacity(bytes.count / 5 + 8)
        sentences.reserveCapacity(bytes.count / 80 + 4)
        bytes.withUnsafeBufferPointer { scan($0, words) }
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The bytes from the first to the last of some tokens.
    func range(of tokens: Range<Int>) -> Range<Int> {
        Int(self.tokens[tokens.lowerBound].start)..<Int(self.tokens[tokens.upperBound - 1].end)
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ words: WordTable) {
        var position = 0
        var gap = Token.Gap.stop
        var sentenceStart = 0
        var newLines = 1
        var spaces = 0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WordForm.longest) { buffer in
            while position < bytes.count {
                let byte = bytes[position]
                let kind = ByteKind.table[Int(byte)]
                if kind.rawValue > ByteKind.lower.rawValue {
                    if byte == UInt8(ascii: "\n") { newLines += 1 }
                    spaces = byte == 0x20 ? spaces + 1 : 0
                    let found = Self.gap(kind, bytes, position, lastWord: tokens.last?.word ?? -1, words)
                    if found > gap { gap = found }
                    position += 1
                    continue
                }
                let token = Self.token(bytes, &position, buffer, words, gap)
                // A line that does not go on in small letters begins a sentence, as a list's entries do.
                let isNewLine = newLines > 0
                if isNewLine, newLines > 1 || token.shape.contains(.upperFirst) || token.isNumber { gap = .stop }
                // So does what stands in the next column of a table, or was a line before its breaks were lost.
                if spaces >= Self.columnGap, token.shape.contains(.upperFirst) || token.isNumber { gap = .stop }
                if gap == .stop, tokens.count > sentenceStart {
                    sentences.append(sentenceStart..<tokens.count)
                    sentenceStart = tokens.count
                } else if tokens.count - sentenceStart >= Self.longestSentence {
                    sentences.append(sentenceStart..<tokens.count)
                    sentenceStart = tokens.count
                }
                if isNewLine { lineStarts.append(Int32(tokens.count)) }
                tokens.append(token)
                if gap == .stop { tokens[tokens.count - 1].gap = .stop }
                gap = .none
                newLines = 0
                spaces = 0
            }
        }
        if tokens.count > sentenceStart { sentences.append(sentenceStart..<tokens.count) }
    }

    /// In spaces.
    private static let columnGap = 4
    /// In tokens; what has no end is cut, so that the work for each sentence stays small.
    private static let longestSentence = 200

    private static func token(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ buffer: UnsafeMutableBufferPointer<UInt8>,
        _ words: WordTable, _ gap: Token.Gap
    ) -> Token {
        let start = position
        var seen: UInt8 = 0
        var upperInside = false
        var upperCount = 0
        var length = 0
        while position < bytes.count {
            let byte = bytes[position]
            let kind = ByteKind.table[Int(byte)]
            guard kind.rawValue <= ByteKind.lower.rawValue else { break }
            seen |= 1 << kind.rawValue
            var lower = byte
            if kind == .upper {
                lower |= 0x20
                upperCount += 1
                if position > start { upperInside = true }
            }
            if length < WordForm.longest { buffer[length] = lower }
            length += 1
            position += 1
        }
        var shape: Token.Shape = []
        if seen & (1 << ByteKind.digit.rawValue) != 0 { shape.insert(.digits) }
        if seen & (1 << ByteKind.upper.rawValue | 1 << ByteKind.lower.rawValue) != 0 { shape.insert(.letters) }
        if ByteKind.table[Int(bytes[start])] == .upper { shape.insert(.upperFirst) }
        if upperInside { shape.insert(.upperInside) }
        let smallEnd = upperCount >= 2 && bytes[position - 1] == UInt8(ascii: "s") ? 1 : 0
        let digitCount = shape.contains(.digits) ? (start..<position).count { (48...57).contains(bytes[$0]) } : 0
        if upperCount > 0, upperCount + digitCount + smallEnd == position - start { shape.insert(.upper) }
        let isShout = shape.contains(.upper) && smallEnd == 0 && length <= 5
        var word: Int32 = -1
        if length <= WordForm.longest {
            let count = WordForm.reduce(buffer, length, keepsPlural: isShout)
            word = words.find(UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
        let end = position
        if let after = Self.possessive(bytes, position) { position = after }
        // A possessive belongs to the gap, so that a name that ends with it does not.
        return Token(start: Int32(start), end: Int32(end), word: word, gap: gap, shape: shape)
    }

    /// The position after `'s` where it stands at the end of a word.
    private static func possessive(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int? {
        var next = position
        guard next < bytes.count else { return nil }
        if bytes[next] == UInt8(ascii: "'") {
            next += 1
        } else if next + 2 < bytes.count, bytes[next] == 0xe2, bytes[next + 1] == 0x80, bytes[next + 2] == 0x99 {
            next += 3
        } else {
            return nil
        }
        guard next < bytes.count, bytes[next] == UInt8(ascii: "s") else { return nil }
        next += 1
        return next == bytes.count || ByteKind.table[Int(bytes[next])].rawValue > ByteKind.lower.rawValue ? next : nil
    }

    private static func gap(
        _ kind: ByteKind, _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, lastWord: Int32, _ words: WordTable
    ) -> Token.Gap {
        switch kind {
        case .space: return .space
        case .hyphen: return .hyphen
        case .apostrophe: return .apostrophe
        case .slash: return .slash
        case .comma: return .comma
        case .open: return .open
        case .close: return .close
        case .colon: return .colon
        case .end:
            let next = position + 1
            guard next < bytes.count, ByteKind.table[Int(bytes[next])].rawValue <= ByteKind.hyphen.rawValue,
                ByteKind.table[Int(bytes[next])] != .space
            else { return lastWord >= 0 && words.has(.dotted, lastWord) && bytes[position] == 0x2e ? .space : .stop }
            // A point inside a number or an abbreviation.
            return bytes[position] == UInt8(ascii: ";") ? .stop : .apostrophe
        default: return .comma
        }
    }
}

/// What a byte is to the scanner.
enum ByteKind: UInt8 {
    case digit, upper, lower, space, hyphen, apostrophe, slash, comma, open, close, colon, end, other

    static let table: [ByteKind] = (0...255).map { value in
        let byte = UInt8(value)
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return .digit
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return .upper
        case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...: return .lower
        case 0x00...0x20: return .space
        case UInt8(ascii: "-"): return .hyphen
        case UInt8(ascii: "'"): return .apostrophe
        case UInt8(ascii: "/"): return .slash
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: "("), UInt8(ascii: "["): return .open
        case UInt8(ascii: ")"), UInt8(ascii: "]"): return .close
        case UInt8(ascii: ":"): return .colon
        case UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: "!"), UInt8(ascii: "?"): return .end
        default: return .other
        }
    }
}
