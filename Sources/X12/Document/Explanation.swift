import HealthTypes

/// One segment made readable.
public struct ExplainedLine: Hashable, Sendable {
    /// How deep its loop lies; 0 for the transaction set itself.
    public let indent: Int
    /// Such as `2010AA`; empty where the guide is not known.
    public let loop: String
    /// ST being 1.
    public let position: Int
    /// The segment as it stands.
    public let text: String
    /// In plain words, such as `Billing provider: HAPPY DOCTORS (NPI 1234567893)`; empty where there are none.
    public let words: String
}

extension TransactionSet {
    /// Every segment with its loop and plain words, in order, for a page that shows the message to people.
    public func explanation(guides: GuideLibrary = .standard) -> [ExplainedLine] {
        let loops = guides.guide(for: self).map { LoopTree(guide: $0, segments: segments) }
        return segments.map { segment in
            let owner = loops?.owners[segment.position - 1]
            return ExplainedLine(
                indent: owner.flatMap { loops?.instances[$0].depth } ?? 0,
                loop: owner.flatMap { loops?.loopID($0) } ?? "",
                position: segment.position, text: segment.rawText, words: guides.explanations.words(for: segment))
        }
    }
}

/// The elements of a segment as a template reads them.
package protocol ExplainedElements {
    /// Without the id.
    var elementCount: Int { get }
    /// The id is element 0.
    subscript(_ element: Int) -> String { get }
    subscript(_ element: Int, _ component: Int) -> String { get }
    func repetitions(_ element: Int) -> [[String]]
}

extension Segment: ExplainedElements {}

/// The words for a code of a set; nil where they are not known.
public typealias CodeWords = (CodeSet, String) -> String?

/// Templates and code words, read from `explanations.tsv`.
package struct Explanations: Sendable {
    private var templates: [String: [Part]] = [:]
    private var codes: [String: String] = [:]

    private enum Form: Sendable {
        case words, dollars, day, time
        /// The code, and its words where somebody knows them.
        case code(CodeSet)

        init?(_ text: Substring) {
            switch text {
            case "?": self = .words
            case "$": self = .dollars
            case "d": self = .day
            case "t": self = .time
            default:
                guard text.first == "@", let set = CodeSet(name: text.dropFirst()) else { return nil }
                self = .code(set)
            }
        }
    }

    private indirect enum Part: Sendable {
        case text(String)
        case value(element: Int, component: Int, form: Form?)
        /// All elements, the first component of each in words where `inWords`.
        case all(inWords: Bool)
        /// Left out where a value in it is empty.
        case optional([Part])
    }

    package init(name: String, bytes: [UInt8]) throws {
        let table = try TabularFile(name: name, bytes: bytes)
        let segment = try table.column("segment", of: name)
        let element = try table.column("element", of: name)
        let code = try table.column("code", of: name)
        let words = try table.column("words", of: name)
        for row in table.rows {
            if row.cells[element] == "-" {
                var rest = row.cells[words]
                guard let parts = Self.parse(&rest, until: nil) else {
                    throw DataFileError(file: name, line: row.line, reason: "is no template")
                }
                templates[String(row.cells[segment])] = parts
            } else {
                codes["\(row.cells[segment])\(row.cells[element])=\(row.cells[code])"] = String(row.cells[words])
            }
        }
    }

    func hasWords(for id: String) -> Bool { templates[id] != nil }

    package func words(for segment: Segment) -> String { words(segment.id, segment) }

    /// The line of a segment in words; empty where there is no template for its id.
    package func words(
        _ id: String, _ segment: some ExplainedElements, codes lookUp: CodeWords = { _, _ in nil }
    ) -> String {
        guard let template = templates[id] else { return "" }
        let words = template.map { fill($0, segment, id, lookUp) ?? "" }.joined()
        // Where a line's first part is left out, the comma before its second goes too.
        return words.hasPrefix(", ") ? String(words.dropFirst(2)) : words
    }

    /// Nil where the part has a value that is empty.
    private func fill(
        _ part: Part, _ segment: some ExplainedElements, _ id: String, _ lookUp: CodeWords
    ) -> String? {
        switch part {
        case .text(let text): return text
        case .all(let inWords):
            let all = (1...max(segment.elementCount, 1)).map { inWords ? coded(segment, $0, id) : shown(segment, $0) }
                .filter { !$0.isEmpty }
            return all.isEmpty ? nil : all.joined(separator: ", ")
        case .optional(let parts):
            let filled = parts.map { fill($0, segment, id, lookUp) }
            return filled.contains { $0 == nil } ? "" : filled.compactMap { $0 }.joined()
        case .value(let element, let component, let form):
            let raw = component == 0 ? segment[element] : segment[element, component]
            if raw.isEmpty { return nil }
            switch form {
            case .words:
                let place = padded(element, to: 2) + (component == 0 ? "" : "-\(component)")
                return each(raw, component, segment, element) {
                    codes["\(id)\(place)=\($0)"] ?? "\(id)\(place) \($0)"
                }
            case .code(let set):
                return each(raw, component, segment, element) { code in
                    lookUp(set, code).map { "\(code) (\($0))" } ?? code
                }
            case .dollars: return Money(raw)?.dollars ?? raw
            case .day: return raw.split(separator: "-").map { Self.day(String($0)) }.joined(separator: " to ")
            case .time: return raw.utf8.count >= 4 ? "\(raw.prefix(2)):\(raw.dropFirst(2).prefix(2))" : raw
            case nil: return component == 0 ? shown(segment, element) : raw
            }
        }
    }

    /// A code in words, or each of the codes where the element repeats.
    private func each(
        _ raw: String, _ component: Int, _ segment: some ExplainedElements, _ element: Int,
        _ words: (String) -> String
    ) -> String {
        guard component == 0 else { return words(raw) }
        return segment.repetitions(element).map { words($0.joined(separator: " ")) }.joined(separator: ", ")
    }

    /// An element with its components spaced and its repetitions listed.
    private func shown(_ segment: some ExplainedElements, _ element: Int) -> String {
        segment.repetitions(element).map { $0.filter { !$0.isEmpty }.joined(separator: " ") }.joined(separator: ", ")
    }

    /// A code with its kind in words before it.
    private func coded(_ segment: some ExplainedElements, _ element: Int, _ id: String) -> String {
        segment.repetitions(element).map { components in
            guard let kind = components.first, components.count > 1 else { return components.first ?? "" }
            let words = codes["\(id)01-1=\(kind)"] ?? kind
            return ([words] + components.dropFirst().filter { !$0.isEmpty }.map(Self.day)).joined(separator: " ")
        }.joined(separator: ", ")
    }

    /// A day of six or eight digits, and perhaps a time behind it, as people write it; anything else as it stands.
    private static func day(_ text: String) -> String {
        guard text.utf8.allSatisfy(\.isDigit) else { return text }
        switch text.utf8.count {
        case 6: return CalendarDate("20" + text)?.description ?? text
        case 8: return CalendarDate(text)?.description ?? text
        case 12:
            guard let date = CalendarDate(text.prefix(8)) else { return text }
            return "\(date) \(text.dropFirst(8).prefix(2)):\(text.suffix(2))"
        default: return text
        }
    }

    private static func parse(_ rest: inout Substring, until end: Character?) -> [Part]? {
        var parts: [Part] = []
        while let character = rest.first {
            if character == end {
                rest.removeFirst()
                return parts
            }
            switch character {
            case "[":
                rest.removeFirst()
                guard end == nil, let inner = parse(&rest, until: "]") else { return nil }
                parts.append(.optional(inner))
            case "{":
                guard let close = rest.firstIndex(of: "}"),
                    let part = value(rest[rest.index(after: rest.startIndex)..<close])
                else { return nil }
                parts.append(part)
                rest = rest[rest.index(after: close)...]
            default:
                let text = rest.prefix { $0 != "[" && $0 != "{" && $0 != "]" }
                guard !text.isEmpty else { return nil }
                parts.append(.text(String(text)))
                rest = rest.dropFirst(text.count)
            }
        }
        return end == nil ? parts : nil
    }

    private static func value(_ text: Substring) -> Part? {
        if text == "*" { return .all(inWords: false) }
        if text == "*:?" { return .all(inWords: true) }
        let sides = text.split(separator: ":")
        let numbers = (sides.first ?? "").split(separator: ".").map { Int($0) }
        guard let first = numbers.first, let element = first, sides.count <= 2, numbers.count <= 2 else { return nil }
        let component = numbers.count == 2 ? numbers[1] : 0
        guard let component else { return nil }
        guard sides.count == 2 else { return .value(element: element, component: component, form: nil) }
        return Form(sides[1]).map { .value(element: element, component: component, form: $0) }
    }
}
