import HealthTypes

/// Reads a `.guide` file (docs/formats/x12.md): a line is a loop or a segment, and its indentation says in which loop.
struct GuideReader {
    private struct Line {
        var number: Int
        var depth: Int
        var words: [Substring]
    }

    private let name: String
    private var definitions: [String: [Line]] = [:]
    private var loops: [Guide.LoopRule] = []
    private var segments: [Guide.SegmentRule] = []

    static func read(name: String, text: String) throws -> Guide {
        var reader = GuideReader(name: name)
        return try reader.read(text)
    }

    private init(name: String) {
        self.name = name
    }

    private mutating func read(_ text: String) throws -> Guide {
        var lines: [Line] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ")
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            lines.append(Line(number: index + 1, depth: line.prefix { $0 == " " }.count / 2, words: words))
        }
        guard let head = lines.first, head.words.count == 4, head.words[0] == "guide" else {
            throw failure(lines.first, "the first line is 'guide SET ID whole' or 'guide SET ID partial'")
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
        let expanded = try expand(body[...], by: 0, nesting: 0)
        try build(expanded)
        return Guide(
            set: String(head.words[1]), id: String(head.words[2]), isWhole: head.words[3] == "whole", loops: loops,
            segments: segments)
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
                throw failure(line, "uses what is not defined")
            }
            output += try expand(definition[...], by: depth + line.depth - 1, nesting: nesting + 1)
        }
        return output
    }

    private mutating func build(_ lines: [Line]) throws {
        var open: [Int] = []
        for line in lines {
            guard line.depth <= open.count else { throw failure(line, "is indented too far") }
            open.removeLast(open.count - line.depth)
            if line.words[0] == "loop" {
                guard line.words.count == 4, let usage = Guide.Usage(rawValue: String(line.words[2])),
                    let maximum = Self.count(line.words[3])
                else { throw failure(line, "a loop is 'loop ID usage count'") }
                loops.append(
                    Guide.LoopRule(id: String(line.words[1]), usage: usage, maximum: maximum, parent: open.last))
                if let parent = open.last { append(.loop(loops.count - 1), to: parent) }
                open.append(loops.count - 1)
            } else {
                guard let loop = open.last else { throw failure(line, "a segment stands in a loop") }
                segments.append(try segment(line, in: loop))
                if loops[loop].nodes.isEmpty { loops[loop].trigger = segments.count - 1 }
                append(.segment(segments.count - 1), to: loop)
            }
        }
        guard !loops.isEmpty, loops.allSatisfy({ !$0.nodes.isEmpty }) else {
            throw failure(lines.last, "every loop begins with a segment")
        }
        for index in loops.indices { setOrdinals(index) }
    }

    private mutating func append(_ kind: Guide.Node.Kind, to loop: Int) {
        loops[loop].nodes.append(Guide.Node(kind: kind, ordinal: 0))
    }

    private mutating func setOrdinals(_ loop: Int) {
        var ordinal = 0
        var previous = ""
        for index in loops[loop].nodes.indices {
            let key =
                switch loops[loop].nodes[index].kind {
                case .segment(let rule): segments[rule].name
                case .loop(let child): "loop \(segments[loops[child].trigger].name)"
                }
            if key != previous { ordinal += 1 }
            previous = key
            loops[loop].nodes[index].ordinal = ordinal
        }
    }

    /// `NM1[01=41] R 1 02!=1,2 03! 08-`.
    private func segment(_ line: Line, in loop: Int) throws -> Guide.SegmentRule {
        guard line.words.count >= 3, let usage = Guide.Usage(rawValue: String(line.words[1])),
            let maximum = Self.count(line.words[2])
        else { throw failure(line, "a segment is 'ID[qualifier] usage count elements…'") }
        let parts = line.words[0].split(separator: "[")
        var qualifier: Guide.Qualifier?
        if parts.count == 2 {
            guard parts[1].hasSuffix("]"), let rule = Self.element(parts[1].dropLast()), !rule.codes.isEmpty else {
                throw failure(line, "a qualifier is '[element=code,code]'")
            }
            qualifier = Guide.Qualifier(element: rule.element, component: rule.component, codes: rule.codes)
        }
        let elements = try line.words.dropFirst(3).map { word in
            guard let rule = Self.element(word) else { throw failure(line, "'\(word)' says nothing of an element") }
            return rule
        }
        return Guide.SegmentRule(
            id: Array(parts[0].utf8), qualifier: qualifier, usage: usage, maximum: maximum, elements: elements,
            loop: loop)
    }

    /// `03`, `03!`, `03-`, `03=A,B`, `05-2!=B`.
    private static func element(_ word: Substring) -> Guide.ElementRule? {
        let sides = word.split(separator: "=", maxSplits: 1)
        var place = sides[0]
        let isRequired = place.hasSuffix("!")
        let isUnused = place.hasSuffix("-")
        if isRequired || isUnused { place = place.dropLast() }
        let numbers = place.split(separator: "-").map { Int($0) }
        guard let first = numbers.first, let element = first, numbers.count <= 2 else { return nil }
        guard let component = numbers.count == 2 ? numbers[1] : 0 else { return nil }
        let codes = sides.count == 2 ? sides[1].split(separator: ",").map { Array($0.utf8) } : []
        return Guide.ElementRule(
            element: element, component: component, isRequired: isRequired, isUsed: !isUnused, codes: codes)
    }

    private static func count(_ word: Substring) -> Int? { word == ">1" ? Int.max : Int(word) }

    private func failure(_ line: Line?, _ reason: String) -> DataFileError {
        DataFileError(file: name, line: line?.number, reason: reason)
    }
}
