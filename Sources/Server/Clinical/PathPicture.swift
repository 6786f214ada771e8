import ClinicalKnowledge
import HealthTypes
import Terminology

/// The path of a pair as a drawing: boxes from the treatment down to the diagnosis of the claim, each arrow with its
/// relation, what it is worth, and the number of the statement behind it.
struct PathPicture: Sendable {
    enum Kind: String, Sendable {
        case treatment, group, heading, diagnosis

        var title: String {
            switch self {
            case .treatment: "treatment"
            case .group: "class or panel"
            case .heading: "diagnoses of the statement"
            case .diagnosis: "diagnosis of the claim"
            }
        }
    }

    struct Node: Sendable, Equatable {
        var kind: Kind
        var label: String
    }

    struct Edge: Sendable, Equatable {
        var label: String
        /// Of the statement, from 1; nil for what follows from the tree of codes.
        var step: Int?
        var isForbidding = false
        /// Nothing is known between the two.
        var isMissing = false
    }

    private(set) var nodes: [Node]
    /// Between each node and the next.
    private(set) var edges: [Edge] = []

    init(_ pair: PairView, tables: CodeTables, knowledge: KnowledgeBase) {
        let claimed = pair.diagnosis
        let claim = Node(
            kind: .diagnosis, label: claimed.title.isEmpty ? claimed.code : "\(claimed.code) \(claimed.title)")
        nodes = [Node(kind: .treatment, label: pair.treatment.name)]
        var cap: (label: String, step: Int)?
        for (index, step) in pair.steps.enumerated() {
            let relation = step.relation ?? ""
            let label = "\(Self.words(relation))\(step.weight.map { " · \($0)" } ?? "")"
            switch relation {
            case "is_a", "contains", "sibling":
                nodes.append(Node(kind: .group, label: Self.name(step.to ?? "", in: knowledge)))
                edges.append(Edge(label: label, step: index + 1))
            case "may_be":
                nodes.append(claim)
                edges.append(Edge(label: label, step: index + 1))
            case "symptom": cap = ("a symptom, at most · \(step.weight?.description ?? "")", index + 1)
            default:
                let isForbidding = relation.hasPrefix("contraindicated")
                edges.append(
                    Edge(
                        label: isForbidding ? Self.words(relation) : label, step: index + 1, isForbidding: isForbidding)
                )
                let heading = Self.heading(step.to ?? "", of: claimed.code, tables)
                nodes.append(heading.isClaim ? claim : Node(kind: .heading, label: heading.label))
            }
        }
        if pair.steps.isEmpty {
            edges.append(Edge(label: "no statement connects them", step: nil, isMissing: true))
            nodes.append(claim)
        } else if nodes.last != claim {
            edges.append(Edge(label: cap?.label ?? "covers", step: cap?.step))
            nodes.append(claim)
        } else if let cap, let last = edges.indices.last {
            edges[last].label += ", \(cap.label)"
        }
    }

    static func words(_ relation: String) -> String {
        switch relation {
        case "first_line": "first line for"
        case "second_line": "second line for"
        case "alternative": "alternative for"
        case "adjunct": "adjunct in"
        case "comorbidity": "treats what often accompanies"
        case "prophylaxis": "prevents"
        case "symptomatic": "treats symptoms of"
        case "diagnostic": "diagnoses or evaluates"
        case "monitors": "monitors"
        case "contraindicated", "contraindicated_if": "must not be given with"
        case "is_a": "is of the class"
        case "contains": "contains"
        case "sibling": "is of one class with"
        case "may_be": "the claim's code may be it"
        case "general": "fits"
        default: relation.replacing("_", with: " ")
        }
    }

    /// The name of what an id stands for in the knowledge that is loaded now; else the id in words.
    static func name(_ id: String, in knowledge: KnowledgeBase) -> String {
        knowledge.classes.first { "class:\($0.id)" == id }?.name ?? knowledge.drugs.first { "drug:\($0.id)" == id }?
            .name
            ?? knowledge.services.first { "service:\($0.id)" == id }?.name ?? words(ofID: id)
    }

    /// `drug:calcium-carbonate` reads `calcium carbonate`.
    static func words(ofID id: String) -> String {
        let name = id.firstIndex(of: ":").map { id[id.index(after: $0)...] } ?? id[...]
        return String(name).replacing("-", with: " ").replacing("_", with: " ")
    }

    /// The part of a statement's list of codes that speaks of the claim's code, with its title.
    static func heading(_ object: String, of code: String, _ tables: CodeTables) -> (label: String, isClaim: Bool) {
        if object == "*" { return ("any diagnosis", false) }
        let parts = object.split(separator: " ").map(String.init)
        let plain = code.filter { $0 != "." }
        func covers(_ part: String) -> Bool {
            let ends = part.split(separator: "-").map { String($0.filter { $0 != "." }) }
            guard let first = ends.first, let last = ends.last else { return false }
            if ends.count == 1 { return plain.hasPrefix(first) }
            let category = String(plain.prefix(first.count))
            return first <= category && category <= last
        }
        guard let part = parts.first(where: covers) ?? parts.first(where: { $0.filter { $0 != "." }.hasPrefix(plain) })
        else { return (parts.prefix(3).joined(separator: " ") + (parts.count > 3 ? " …" : ""), false) }
        if part == code { return (part, true) }
        let title = tables.diagnosisTitle(part).map { " \($0)" } ?? ""
        let more = parts.count > 1 ? ", and \(parts.count - 1) more" : ""
        return ("\(part)\(title)\(more)", false)
    }

    /// The same in a sentence, for whoever does not see the drawing.
    var text: String {
        var text = nodes.first?.label ?? ""
        for (edge, node) in zip(edges, nodes.dropFirst()) {
            text += edge.isMissing ? "; \(edge.label): \(node.label)" : ", \(edge.label), \(node.label)"
        }
        return text + "."
    }
}

// MARK: Drawing

extension PathPicture {
    private static let width = 360
    private static let lineHeight = 19
    private static let arrow = 62
    /// About what fits into a box in the fonts that are asked for.
    private static let charactersPerLine = 38
    private static let maximumLines = 3

    /// The drawing as inline SVG: it scales with the page and takes its colours from the style sheet.
    var svg: HTML {
        var parts: [HTML] = []
        var top = 2
        for (index, node) in nodes.enumerated() {
            let lines = Self.wrapped(node.label)
            let height = 30 + lines.count * Self.lineHeight
            let texts: [HTML] = lines.enumerated().map { number, line in
                "<text x=\"\(Self.width / 2)\" y=\"\(top + 38 + number * Self.lineHeight)\">\(line)</text>"
            }
            parts.append(
                """
                <g class="node \(node.kind.rawValue)"><rect x="2" y="\(top)" width="\(Self.width - 4)" \
                height="\(height)" rx="8"/><text class="kind" x="\(Self.width / 2)" y="\(top + 18)">\
                \(node.kind.title)</text>\(texts)</g>

                """)
            top += height
            if index < edges.count {
                parts.append(Self.draw(edges[index], from: top))
                top += Self.arrow
            }
        }
        return """
            <svg class="path" viewBox="0 0 \(Self.width) \(top + 2)" role="img" aria-labelledby="path-title path-text">
            <title id="path-title">The path from the treatment to the diagnosis</title>
            <desc id="path-text">\(text)</desc>
            \(parts)</svg>
            """
    }

    private static func draw(_ edge: Edge, from top: Int) -> HTML {
        let x = 34
        let bottom = top + arrow
        let style = edge.isForbidding ? "edge against" : edge.isMissing ? "edge missing" : "edge"
        let head: HTML =
            edge.isMissing
            ? .empty : "<path d=\"M\(x - 6) \(bottom - 10)L\(x) \(bottom - 1)L\(x + 6) \(bottom - 10)Z\"/>"
        let number: HTML? = edge.step.map { "<tspan class=\"ref\"> [\($0)]</tspan>" }
        let lines = wrapped(edge.label)
        let first = top + arrow / 2 + 5 - (lines.count - 1) * lineHeight / 2
        let texts: [HTML] = lines.enumerated().map { index, line in
            let mark = index == lines.count - 1 ? number : nil
            return "<text x=\"\(x + 18)\" y=\"\(first + index * lineHeight)\">\(line)\(mark)</text>"
        }
        return """
            <g class="\(style)"><line x1="\(x)" y1="\(top)" x2="\(x)" y2="\(edge.isMissing ? bottom : bottom - 9)"/>\
            \(head)\(texts)</g>

            """
    }

    /// Words in lines; what does not fit is cut with an ellipsis, and stands whole in the list beside.
    static func wrapped(_ text: String) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            let word = word.count > charactersPerLine ? word.prefix(charactersPerLine - 1) + "…" : word
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= charactersPerLine {
                lines[lines.count - 1] += " \(word)"
            } else if lines.count < maximumLines {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = line.prefix(charactersPerLine - 1) + "…"
                break
            }
        }
        return lines
    }
}
