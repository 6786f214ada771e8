import HealthTypes

/// Reads a condition by recursive descent and checks the kind of every part on the way.
struct Parser {
    /// A part of the condition with its kind and where it begins.
    struct Part {
        let node: Node
        let kind: FactKind
        let offset: Int
    }

    struct Variable {
        let name: String
        let kind: FactKind
        /// The path of the elements, such as `claim.lines[]`, where the list is a fact.
        let path: String
    }

    /// Names that neither a fact, a variable nor a function of the host may have.
    static let reserved: Set<String> = [
        "in", "where", "true", "false", "unknown", "date", "any", "all", "sum", "count", "distinct", "in_table",
        "table_text", "table_number",
    ]
    static let maximumDepth = 48
    /// Each comprehension inside another multiplies the work.
    static let maximumVariables = 3

    let text: String
    let facts: FactVocabulary
    let functions: RuleFunctions
    let tables: [String: RuleTable]
    private let tokens: [Token]
    private var position = 0
    private var depth = 0
    var variables: [Variable] = []
    var slotCount = 0
    var readsFacts = false

    init(_ text: String, facts: FactVocabulary, functions: RuleFunctions, tables: [String: RuleTable])
        throws(ExpressionError)
    {
        self.text = text
        self.facts = facts
        self.functions = functions
        self.tables = tables
        tokens = try Lexer.tokens(of: text)
    }

    mutating func condition() throws(ExpressionError) -> Node {
        let whole = try expression()
        guard next.kind == .end else { throw failure("nothing may follow the condition", at: next.offset) }
        try require(whole, .bool, "a condition")
        return whole.node
    }

    func failure(_ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(message: message, offset: offset, expression: text)
    }

    func require(_ part: Part, _ kind: FactKind, _ role: String) throws(ExpressionError) {
        guard part.kind.fits(kind) else {
            throw failure("\(role) is \(kind.name), and this is \(part.kind.name)", at: part.offset)
        }
    }

    // MARK: Tokens

    var next: Token { tokens[position] }

    @discardableResult
    mutating func take() -> Token {
        defer { position = min(position + 1, tokens.count - 1) }
        return tokens[position]
    }

    mutating func takes(_ symbol: String) -> Bool {
        guard next.kind == .symbol, next.text == symbol else { return false }
        take()
        return true
    }

    mutating func takesWord(_ word: String) -> Bool {
        guard next.kind == .name, next.text == word else { return false }
        take()
        return true
    }

    mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard takes(symbol) else { throw failure("'\(symbol)' is missing here", at: next.offset) }
    }

    /// Whether the next tokens are `name in`, which open a comprehension.
    var opensVariable: Bool {
        next.kind == .name && position + 1 < tokens.count && tokens[position + 1].kind == .name
            && tokens[position + 1].text == "in"
    }

    // MARK: Levels of binding, the loosest first

    mutating func expression() throws(ExpressionError) -> Part {
        guard depth < Self.maximumDepth else { throw failure("this is nested too deeply", at: next.offset) }
        depth += 1
        defer { depth -= 1 }
        var left = try conjunction()
        while next.kind == .symbol, next.text == "||" {
            take()
            let right = try conjunction()
            try require(left, .bool, "each side of ||")
            try require(right, .bool, "each side of ||")
            left = Part(node: .or(left.node, right.node), kind: .bool, offset: left.offset)
        }
        return left
    }

    private mutating func conjunction() throws(ExpressionError) -> Part {
        var left = try comparison()
        while next.kind == .symbol, next.text == "&&" {
            take()
            let right = try comparison()
            try require(left, .bool, "each side of &&")
            try require(right, .bool, "each side of &&")
            left = Part(node: .and(left.node, right.node), kind: .bool, offset: left.offset)
        }
        return left
    }

    private mutating func comparison() throws(ExpressionError) -> Part {
        let left = try sum()
        if takesWord("in") {
            let right = try sum()
            guard case .list(let element) = right.kind, element.fits(left.kind) else {
                throw failure("'in' needs a list of \(left.kind.name)", at: right.offset)
            }
            return Part(node: .contains(element: left.node, list: right.node), kind: .bool, offset: left.offset)
        }
        guard next.kind == .symbol, let comparison = Comparison(rawValue: next.text) else { return left }
        let place = take().offset
        let right = try sum()
        guard left.kind.fits(right.kind) else {
            throw failure("this compares \(left.kind.name) with \(right.kind.name)", at: place)
        }
        for part in [left, right] {
            switch (part.kind, comparison) {
            case (.number, _), (.date, _), (.any, _), (.text, .equal), (.text, .notEqual), (.bool, .equal),
                (.bool, .notEqual):
                break
            default: throw failure("'\(comparison.rawValue)' cannot compare \(part.kind.name)", at: place)
            }
        }
        return Part(node: .compare(comparison, left.node, right.node), kind: .bool, offset: left.offset)
    }

    private mutating func sum() throws(ExpressionError) -> Part {
        var left = try product()
        while next.kind == .symbol, next.text == "+" || next.text == "-" {
            let operation: Arithmetic = take().text == "+" ? .add : .subtract
            left = try arithmetic(operation, left, try product())
        }
        return left
    }

    private mutating func product() throws(ExpressionError) -> Part {
        var left = try unary()
        while next.kind == .symbol, next.text == "*" || next.text == "/" {
            let operation: Arithmetic = take().text == "*" ? .multiply : .divide
            left = try arithmetic(operation, left, try unary())
        }
        return left
    }

    private func arithmetic(_ operation: Arithmetic, _ left: Part, _ right: Part) throws(ExpressionError) -> Part {
        for part in [left, right] { try require(part, .number, "each side of \(operation.rawValue)") }
        return Part(node: .arithmetic(operation, left.node, right.node), kind: .number, offset: left.offset)
    }

    private mutating func unary() throws(ExpressionError) -> Part {
        guard depth < Self.maximumDepth else { throw failure("this is nested too deeply", at: next.offset) }
        depth += 1
        defer { depth -= 1 }
        let place = next.offset
        if takes("!") {
            let part = try unary()
            try require(part, .bool, "what '!' turns round")
            return Part(node: .not(part.node), kind: .bool, offset: place)
        }
        if takes("-") {
            let part = try unary()
            try require(part, .number, "what '-' turns round")
            let zero = Node.literal(.integer(0))
            return Part(node: .arithmetic(.subtract, zero, part.node), kind: .number, offset: place)
        }
        return try primary()
    }

    private mutating func primary() throws(ExpressionError) -> Part {
        let token = take()
        switch token.kind {
        case .number:
            guard let number = ExactNumber(token.text) else {
                throw failure("a number has at most 15 digits, 6 of them after one point", at: token.offset)
            }
            return Part(node: .literal(.number(number)), kind: .number, offset: token.offset)
        case .text: return Part(node: .literal(.text(token.text)), kind: .text, offset: token.offset)
        case .symbol where token.text == "(":
            let part = try expression()
            try expect(")")
            return Part(node: part.node, kind: part.kind, offset: token.offset)
        case .symbol where token.text == "[": return try list(from: token)
        case .name: return try named(token)
        default: throw failure("a value is missing here", at: token.offset)
        }
    }

    private mutating func list(from bracket: Token) throws(ExpressionError) -> Part {
        var parts: [Part] = []
        repeat { parts.append(try expression()) } while takes(",")
        try expect("]")
        for part in parts.dropFirst() {
            guard part.kind.fits(parts[0].kind) else {
                throw failure("a list holds values of one kind", at: part.offset)
            }
        }
        let literals = parts.compactMap { if case .literal(let value) = $0.node { value } else { nil } }
        let node: Node = literals.count == parts.count ? .literal(.list(literals)) : .list(parts.map(\.node))
        return Part(node: node, kind: .list(parts[0].kind), offset: bracket.offset)
    }
}
