public import HealthTypes

/// The condition of a rule, compiled: names are resolved, kinds are checked, and nothing is looked up by reflection.
public struct Expression: Sendable {
    let root: Node
    /// How many comprehension variables are alive at once, at most.
    let slotCount: Int
    /// Whether any fact is read; a condition that reads none always answers the same.
    let readsFacts: Bool

    /// Compiles a condition.
    ///
    /// - Throws: ``ExpressionError`` with the place of the first mistake.
    public init(
        _ text: String, facts: FactVocabulary, functions: RuleFunctions, tables: [String: RuleTable] = [:]
    ) throws(ExpressionError) {
        var parser = try Parser(text, facts: facts, functions: functions, tables: tables)
        root = try parser.condition()
        slotCount = parser.slotCount
        readsFacts = parser.readsFacts
    }

    /// What the condition answers for some facts on a day (the day picks the rows of tables).
    public func evaluate(_ facts: RuleValue, on day: CalendarDate) -> Truth {
        var evaluation = Evaluation(facts: facts, day: day, slotCount: slotCount)
        return evaluation.value(of: root).truth
    }

    /// Which elements of lists are the reason for the outcome; see ``RuleResult/locations``.
    func locations(_ facts: RuleValue, on day: CalendarDate, where outcome: Truth) -> [String] {
        var evaluation = Evaluation(facts: facts, day: day, slotCount: slotCount)
        return evaluation.locations(of: root, where: outcome)
    }
}

/// Why a condition cannot be compiled, with the line and a caret under the character.
public struct ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    /// From the start of the text, in characters, from zero.
    public let offset: Int
    public let expression: String

    public var description: String {
        let characters = Array(expression)
        let place = min(offset, characters.count)
        let start = characters[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let end = characters[place...].firstIndex(of: "\n") ?? characters.count
        return "\(message)\n  \(String(characters[start..<end]))\n  \(String(repeating: " ", count: place - start))^"
    }
}

indirect enum Node: Sendable {
    case literal(RuleValue)
    case path(FactPath)
    case not(Node)
    case and(Node, Node)
    case or(Node, Node)
    case compare(Comparison, Node, Node)
    case arithmetic(Arithmetic, Node, Node)
    case list([Node])
    case contains(element: Node, list: Node)
    case each(Comprehension)
    case call(BuiltIn, [Node])
    case host(RuleFunctions.Function, [Node])
    case table(TableUse, [Node])
}

/// A path with everything decided that can be decided before there are facts.
struct FactPath: Sendable {
    struct Step: Sendable {
        let name: String
        /// What a missing member is: absent or unknown.
        let missing: RuleValue
    }

    /// The comprehension variable that the path starts from; nil for the facts themselves.
    let slot: Int?
    let steps: [Step]
    let kind: FactKind
    /// As it is written, a variable standing for its list: `claim.lines[].charge`.
    let name: String
}

struct Comprehension: Sendable {
    enum Quantifier: String, Sendable {
        case any, all, sum, count, distinct
    }

    let quantifier: Quantifier
    let slot: Int
    let list: Node
    let filter: Node?
    /// Nil where the elements themselves are meant.
    let body: Node?
}

struct TableUse: Sendable {
    enum Question: Sendable {
        case isThere
        case text(column: Int)
        case number(column: Int)
    }

    let table: RuleTable
    let question: Question
}

enum Comparison: String, Sendable {
    case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

enum Arithmetic: String, Sendable {
    case add = "+", subtract = "-", multiply = "*", divide = "/"
}
