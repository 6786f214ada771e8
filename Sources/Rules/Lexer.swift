struct Token: Sendable {
    enum Kind: Sendable {
        case name, number, text, symbol, end
    }

    let kind: Kind
    let text: String
    /// In characters from the start of the expression.
    let offset: Int
}

/// Cuts the text of a condition into names, numbers, texts in quotes, and signs.
struct Lexer {
    static let maximumLength = 8_000
    private static let pairs: Set<String> = ["||", "&&", "==", "!=", "<=", ">="]
    private static let signs: Set<Character> = ["!", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", "."]

    static func tokens(of text: String) throws(ExpressionError) -> [Token] {
        let characters = Array(text)
        func failure(_ message: String, at offset: Int) -> ExpressionError {
            ExpressionError(message: message, offset: offset, expression: text)
        }
        guard characters.count <= maximumLength else {
            throw failure("a condition has at most \(maximumLength) characters", at: maximumLength)
        }
        var tokens: [Token] = []
        var position = 0
        func run(from start: Int, while holds: (Character) -> Bool) -> Int {
            characters[start...].firstIndex { !holds($0) } ?? characters.count
        }
        while position < characters.count {
            let start = position
            let character = characters[start]
            switch character {
            case " ", "\n", "\t", "\r", "\r\n":
                position += 1
                continue
            case "\"":
                guard let end = characters[(start + 1)...].firstIndex(of: "\"") else {
                    throw failure("this text has no closing quote", at: start)
                }
                position = end + 1
                tokens.append(Token(kind: .text, text: String(characters[(start + 1)..<end]), offset: start))
            case _ where isDigit(character):
                position = run(from: start) { isDigit($0) || $0 == "." }
                tokens.append(Token(kind: .number, text: String(characters[start..<position]), offset: start))
            case _ where isLetter(character):
                position = run(from: start) { isLetter($0) || isDigit($0) }
                tokens.append(Token(kind: .name, text: String(characters[start..<position]), offset: start))
            case _ where pairs.contains(String(characters[start..<min(start + 2, characters.count)])):
                position += 2
                tokens.append(Token(kind: .symbol, text: String(characters[start..<position]), offset: start))
            case _ where signs.contains(character):
                position += 1
                tokens.append(Token(kind: .symbol, text: String(character), offset: start))
            default: throw failure("this character has no meaning here", at: start)
            }
        }
        tokens.append(Token(kind: .end, text: "", offset: characters.count))
        return tokens
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) && character.isASCII }
    private static func isLetter(_ character: Character) -> Bool {
        character == "_" || (character.isASCII && character.isLetter)
    }
}
