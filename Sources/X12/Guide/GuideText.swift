import HealthTypes

/// A `.guide` file as it is written (docs/formats/x12-guides.md), before it is compiled into tables.
package struct GuideText {
    package enum Usage: String {
        case required = "R"
        case situational = "S"
        /// Required by the guide's text and often left out: missing, it is a warning.
        case wanted = "W"
    }

    /// A test on an element of the segment itself.
    struct Term {
        enum Test {
            case present, absent
            case among([String])
            case notAmong([String])
        }
        var element: Int
        /// Zero for the whole element.
        var component: Int
        var test: Test
    }

    /// What a guide says of one element or component.
    struct ElementRule {
        var element: Int
        var component: Int
        var isRequired = false
        var isUnused = false
        var length: ClosedRange<Int>?
        var codes: [String] = []
        var set: String?
        var condition: [Term] = []

        /// Whether another may stand in the same place, because it says something else or under another condition.
        var isConditional: Bool { !condition.isEmpty }
    }

    struct SegmentRule {
        var id: String
        var qualifier: ElementRule?
        var usage: Usage
        var maximum: Int
        var elements: [ElementRule]
        var line: Int
    }

    /// A reference to a segment, an element or a loop, as rules make it.
    struct Reference {
        /// An enclosing loop; nil for the rule's own.
        var loop: String?
        /// A child loop whose presence is meant.
        var childLoop: String?
        var segment = ""
        var qualifier: String?
        var element = 0
        var component = 0
    }

    struct Situation {
        enum Test {
            case present, absent
            case among([String])
            case notAmong([String])
        }
        var name: String
        var terms: [(reference: Reference, test: Test)]
        var requires: Bool
        var target: Reference
        var isWarning: Bool
        var line: Int
    }

    enum Node {
        case segment(SegmentRule)
        case loop(LoopRule)
    }

    package final class LoopRule {
        package let id: String
        package let usage: Usage
        let maximum: Int
        package let line: Int
        var nodes: [Node] = []
        var situations: [Situation] = []

        package init(id: String, usage: Usage, maximum: Int, line: Int) {
            self.id = id
            self.usage = usage
            self.maximum = maximum
            self.line = line
        }
    }

    package var name: String
    /// ST01.
    package var set: String
    /// Without the errata's letter: `005010X222`.
    package var id: String
    package var isWhole: Bool
    /// What BHT02 must be, where guides share a set and an id.
    package var purposes: [String] = []
    package var root: LoopRule
}

/// Reads a `.guide` file: a line is a loop, a segment or a rule, and its indentation says in which loop.
struct GuideParser {
    private struct Line {
        var number: Int
        var depth: Int
        var words: [Substring]
    }

    private let name: String
    private var definitions: [String: [Line]] = [:]
    /// What was read of each line, as those of a definition stand in several places.
    private var segments: [Int: GuideText.SegmentRule] = [:]

    static func read(name: String, text: String) throws -> GuideText {
        var parser = GuideParser(name: name)
        return try parser.read(text)
    }

    private init(name: String) {
        self.name = name
    }

    private mutating func read(_ text: String) throws -> GuideText {
        var lines: [Line] = []
        for (index, line) in text[...].cut(at: "\n", keepsEmpty: true).enumerated() {
            let words = line.cut(at: " ")
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            lines.append(Line(number: index + 1, depth: line.utf8.prefix { $0 == 0x20 }.count / 2, words: words))
        }
        guard let head = lines.first, (4...5).contains(head.words.count), head.words[0] == "guide",
            head.words[3] == "whole" || head.words[3] == "partial"
        else {
            throw failure(lines.first?.number, "the first line is 'guide SET ID whole' or 'guide SET ID partial'")
        }
        var body: [Line] = []
        var defining: String?
        for line in lines.dropFirst() {
            if line.depth == 0 { defining = nil }
            if line.words[0] == "define", line.words.count == 2 {
                defining = String(line.words[1])
            } else if let defining {
                definitions[defining, default: []].append(line)
            } else {
                body.append(line)
            }
        }
        let root = try build(try expand(body[...], by: 0, nesting: 0))
        var guide = GuideText(
            name: name, set: String(head.words[1]), id: String(head.words[2]), isWhole: head.words[3] == "whole",
            root: root)
        if head.words.count == 5 {
            let sides = head.words[4].split(separator: "=")
            guard sides.count == 2, sides[0] == "BHT02" else {
                throw failure(head.number, "the fifth word is 'BHT02=code,code'")
            }
            guide.purposes = sides[1].cut(at: ",").map(String.init)
        }
        return guide
    }

    /// Puts the lines of a definition where they are used.
    private func expand(_ lines: ArraySlice<Line>, by depth: Int, nesting: Int) throws -> [Line] {
        var output: [Line] = []
        for line in lines {
            guard line.words[0] == "use", line.words.count == 2 else {
                output.append(Line(number: line.number, depth: line.depth + depth, words: line.words))
                continue
            }
            guard let definition = definitions[String(line.words[1])], nesting < 8 else {
                throw failure(line.number, "uses what is not defined")
            }
            output += try expand(definition[...], by: depth + line.depth - 1, nesting: nesting + 1)
            guard output.count < 100_000 else { throw failure(line.number, "uses more than a guide can hold") }
        }
        return output
    }

    private mutating func build(_ lines: [Line]) throws -> GuideText.LoopRule {
        var open: [GuideText.LoopRule] = []
        var root: GuideText.LoopRule?
        for line in lines {
            guard line.depth <= open.count else { throw failure(line.number, "is indented too far") }
            open.removeLast(open.count - line.depth)
            if line.words[0] == "loop" {
                guard line.words.count == 4, let usage = GuideText.Usage(rawValue: String(line.words[2])),
                    let maximum = Self.count(line.words[3])
                else { throw failure(line.number, "a loop is 'loop ID usage count'") }
                let loop = GuideText.LoopRule(
                    id: String(line.words[1]), usage: usage, maximum: maximum, line: line.number)
                if let parent = open.last {
                    parent.nodes.append(.loop(loop))
                } else if root == nil {
                    root = loop
                } else {
                    throw failure(line.number, "a guide has one outermost loop")
                }
                open.append(loop)
            } else {
                guard let loop = open.last else { throw failure(line.number, "stands in no loop") }
                if line.words[0] == "rule" {
                    loop.situations.append(try SituationParser(name: name, line: line.number).read(line.words))
                } else {
                    loop.nodes.append(.segment(try known(line)))
                }
            }
        }
        guard let root else { throw failure(lines.last?.number, "has no loop") }
        try requireTriggers(root)
        return root
    }

    private func requireTriggers(_ loop: GuideText.LoopRule) throws {
        guard case .segment? = loop.nodes.first else { throw failure(loop.line, "a loop begins with a segment") }
        for case .loop(let child) in loop.nodes { try requireTriggers(child) }
    }

    private mutating func known(_ line: Line) throws -> GuideText.SegmentRule {
        if let known = segments[line.number] { return known }
        let read = try segment(line)
        segments[line.number] = read
        return read
    }

    /// `NM1[01=41] R 1 02!=1,2 03! 08-`.
    private func segment(_ line: Line) throws -> GuideText.SegmentRule {
        guard line.words.count >= 3, let usage = GuideText.Usage(rawValue: String(line.words[1])),
            let maximum = Self.count(line.words[2])
        else { throw failure(line.number, "a segment is 'ID[qualifier] usage count elements…'") }
        let parts = line.words[0].cut(at: "[")
        guard let id = parts.first else { throw failure(line.number, "a segment has an id") }
        var qualifier: GuideText.ElementRule?
        if parts.count == 2 {
            guard parts[1].hasSuffix("]"), let rules = ElementWord.read(parts[1].dropLast()), rules.count == 1,
                !rules[0].codes.isEmpty
            else { throw failure(line.number, "a qualifier is '[element=code,code]'") }
            qualifier = rules[0]
        }
        let elements = try line.words.dropFirst(3).flatMap { word in
            guard let rules = ElementWord.read(word) else {
                throw failure(line.number, "'\(word)' says nothing of an element")
            }
            return rules
        }
        return GuideText.SegmentRule(
            id: String(id), qualifier: qualifier, usage: usage, maximum: maximum, elements: elements,
            line: line.number)
    }

    private static func count(_ word: Substring) -> Int? {
        word == ">1" ? Int(UInt32.max) : Int(word).flatMap { $0 >= 0 ? $0 : nil }
    }

    private func failure(_ line: Int?, _ reason: String) -> DataFileError {
        DataFileError(file: name, line: line, reason: reason)
    }
}

extension Substring {
    /// As `split`, by the bytes of an ASCII letter and not by characters, which takes a fraction of the time.
    package func cut(at letter: Unicode.Scalar, keepsEmpty: Bool = false) -> [Substring] {
        utf8.split(separator: UInt8(ascii: letter), omittingEmptySubsequences: !keepsEmpty).map { Substring($0) }
    }
}

/// One word of a segment's line: `03`, `03!`, `03-`, `03=A,B`, `05-2!=B`, `02(2-20)`, `09@npi{08=XX}`, `01..12-1=ABF`.
enum ElementWord {
    /// The numbers that elements and components have.
    static let places = 1...99

    static func read(_ word: Substring) -> [GuideText.ElementRule]? {
        var rest = word
        func take(while accepted: (UInt8) -> Bool) -> Substring {
            let taken = rest.utf8.prefix(while: accepted)
            rest = rest[taken.endIndex...]
            return Substring(taken)
        }
        guard let first = Int(take(while: \.isDigit)), Self.places.contains(first) else { return nil }
        var last = first
        if rest.hasPrefix("..") {
            rest = rest.dropFirst(2)
            guard let end = Int(take(while: \.isDigit)), end >= first, Self.places.contains(end) else { return nil }
            last = end
        }
        var component = 0
        if rest.first == "-", let next = rest.dropFirst().first, next.isNumber {
            rest = rest.dropFirst()
            guard let number = Int(take(while: \.isDigit)), Self.places.contains(number) else { return nil }
            component = number
        }
        var rule = GuideText.ElementRule(element: first, component: component)
        if rest.first == "!" || rest.first == "-" {
            rule.isRequired = rest.first == "!"
            rule.isUnused = !rule.isRequired
            rest = rest.dropFirst()
        }
        if rest.first == "(" {
            rest = rest.dropFirst()
            let bounds = take { $0 != UInt8(ascii: ")") }.cut(at: "-").compactMap { Int($0) }
            guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] <= Int(UInt16.max), rest.first == ")" else {
                return nil
            }
            rest = rest.dropFirst()
            rule.length = bounds[0]...bounds[1]
        }
        if rest.first == "=" {
            rest = rest.dropFirst()
            rule.codes = take { $0 != UInt8(ascii: "{") }.cut(at: ",").map(String.init)
            guard !rule.codes.isEmpty else { return nil }
        } else if rest.first == "@" {
            rest = rest.dropFirst()
            rule.set = String(take { $0 != UInt8(ascii: "{") })
        }
        guard rest.isEmpty || (rest.first == "{" && rest.last == "}") else { return nil }
        let condition = rest.dropFirst().dropLast()
        var rules: [GuideText.ElementRule] = []
        for element in first...last {
            guard let terms = terms(condition, of: element) else { return nil }
            var copy = rule
            copy.element = element
            copy.condition = terms
            rules.append(copy)
        }
        return rules
    }

    /// `08=XX&!09`; `*` stands for `element`.
    private static func terms(_ text: Substring, of element: Int) -> [GuideText.Term]? {
        var terms: [GuideText.Term] = []
        for part in text.split(separator: "&") {
            var rest = part
            let isAbsent = rest.first == "!"
            if isAbsent { rest = rest.dropFirst() }
            let sides = rest.split(separator: "=", maxSplits: 1)
            guard var place = sides.first else { return nil }
            let isNegated = place.hasSuffix("!")
            if isNegated { place = place.dropLast() }
            let numbers = place.split(separator: "-")
            guard let head = numbers.first, let number = head == "*" ? element : Int(head), numbers.count <= 2,
                let component = numbers.count == 2 ? Int(numbers[1]) : 0, Self.places.contains(number),
                component == 0 || Self.places.contains(component)
            else { return nil }
            let test: GuideText.Term.Test
            if sides.count == 2 {
                let codes = sides[1].cut(at: ",").map(String.init)
                test = isNegated ? .notAmong(codes) : .among(codes)
            } else {
                test = isAbsent ? .absent : .present
            }
            terms.append(GuideText.Term(element: number, component: component, test: test))
        }
        return terms
    }
}

/// A line `rule NAME when TERM… require|forbid TARGET [warning]`.
struct SituationParser {
    let name: String
    let line: Int

    func read(_ words: [Substring]) throws -> GuideText.Situation {
        guard words.count >= 6, words[2] == "when",
            let verb = words.firstIndex(where: { $0 == "require" || $0 == "forbid" }), verb > 3,
            words.count == verb + 2 || (words.count == verb + 3 && words[verb + 2] == "warning")
        else { throw failure("a rule is 'rule NAME when TERM… require|forbid TARGET [warning]'") }
        return GuideText.Situation(
            name: String(words[1]), terms: try words[3..<verb].map(term), requires: words[verb] == "require",
            target: try reference(words[verb + 1]), isWarning: words.last == "warning", line: line)
    }

    private func term(_ word: Substring) throws -> (GuideText.Reference, GuideText.Situation.Test) {
        // A qualifier in brackets holds no equals sign.
        let sides = word.split(separator: "=", maxSplits: 1)
        if sides.count == 2 {
            let codes = sides[1].cut(at: ",").map(String.init)
            if sides[0].hasSuffix("!") { return (try reference(sides[0].dropLast()), .notAmong(codes)) }
            return (try reference(sides[0]), .among(codes))
        }
        if word.hasPrefix("!") { return (try reference(word.dropFirst()), .absent) }
        return (try reference(word), .present)
    }

    private func reference(_ word: Substring) throws -> GuideText.Reference {
        var reference = GuideText.Reference()
        var rest = word
        if let point = rest.firstIndex(of: ".") {
            reference.loop = String(rest[..<point])
            rest = rest[rest.index(after: point)...]
        }
        guard let first = rest.first else { throw failure("'\(word)' refers to nothing") }
        if first.isNumber {
            reference.childLoop = String(rest)
            return reference
        }
        var place = rest[...]
        if let open = rest.firstIndex(of: "["), let close = rest.firstIndex(of: "]"), open < close {
            reference.segment = String(rest[..<open])
            reference.qualifier = String(rest[rest.index(after: open)..<close])
            place = rest[rest.index(after: close)...]
        } else {
            let body = rest.prefix { $0 != "-" }
            let digits = body.suffix(2)
            let hasElement = body.count >= 4 && digits.allSatisfy(\.isNumber)
            reference.segment = String(hasElement ? body.dropLast(2) : body)
            place = rest.dropFirst(reference.segment.count)
        }
        if !place.isEmpty {
            let numbers = place.split(separator: "-").map { Int($0) }
            guard let head = numbers.first, let element = head, numbers.count <= 2, ElementWord.places.contains(element)
            else {
                throw failure("'\(word)' refers to nothing")
            }
            reference.element = element
            if numbers.count == 2 {
                guard let component = numbers[1], ElementWord.places.contains(component) else {
                    throw failure("'\(word)' refers to nothing")
                }
                reference.component = component
            }
        }
        return reference
    }

    private func failure(_ reason: String) -> DataFileError {
        DataFileError(file: name, line: line, reason: reason)
    }
}
