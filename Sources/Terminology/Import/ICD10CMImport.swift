public import Foundation
import HealthTypes

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Why an official file cannot be imported.
public enum TableImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// More bytes than any edition has.
    case tooLarge(limit: Int)
    /// A document type declaration, which could name files and grow without bound, or an encoding that hides one.
    case forbiddenMarkup
    /// The parser stopped at this line.
    case malformed(line: Int)
    /// It is XML, but not the tabular list.
    case unexpected(element: String, line: Int)
    /// A code or a period that does not have the form it must have.
    case invalid(String)
    /// A file that cannot be opened or read on.
    case unreadable(file: String)
    /// A row that cannot be used, counted from 1.
    case row(file: String, line: Int, reason: String)

    public var description: String {
        switch self {
        case .tooLarge(let limit): "the file is larger than \(limit) bytes"
        case .forbiddenMarkup: "the file has a document type declaration, or is not UTF-8; neither is accepted"
        case .malformed(let line): "not well-formed XML near line \(line)"
        case .unexpected(let element, let line): "not the ICD-10-CM tabular list: <\(element)> at line \(line)"
        case .invalid(let what): "\(what) does not have the form it must have"
        case .unreadable(let file): "\(file): cannot be read"
        case .row(let file, let line, let reason): "\(file):\(line): \(reason)"
        }
    }
}

/// The ICD-10-CM tabular list as the National Center for Health Statistics publishes it, made into this project's
/// tables: `icd10cm.tsv`, `icd10cm-blocks.tsv` and `icd10cm-notes.tsv`.
///
/// The XML gives seventh characters once for a whole subcategory. Where the list of codes is given too (a code at the
/// beginning of each line, with or without its dot), a code is written for each combination that the list confirms;
/// else for every combination. A title that begins with a comma continues that of the longest shorter code.
public struct ICD10CMImport: Sendable {
    static let sizeLimit = 64 << 20

    /// Texts of the tables by their file names.
    public let files: [String: String]
    public let codes: Int
    public let billableCodes: Int
    public let groups: Int
    public let notes: Int

    /// - Parameters:
    ///   - tabular: The XML.
    ///   - codeList: The list of codes of the same edition, where there is one.
    ///   - version: Such as `FY2026-April`; no white space.
    ///   - period: The first and last day of the edition, `2025-10-01..2026-09-30`.
    ///   - source: The name of the file, for the table's own record.
    public init(
        tabular: Data, codeList: String?, version: String, period: String, source: String
    ) throws(TableImportError) {
        guard tabular.count <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
        guard !version.isEmpty, !version.contains(where: \.isWhitespace) else { throw .invalid("the version") }
        let ends = period.split(separator: "..", omittingEmptySubsequences: false).map { CalendarDate(String($0)) }
        guard ends.count == 2, !ends.contains(nil) else { throw .invalid("the period") }
        guard !tabular.contains(0), tabular.range(of: Data("<!DOCTYPE".utf8)) == nil,
            tabular.range(of: Data("<!ENTITY".utf8)) == nil
        else { throw .forbiddenMarkup }
        let confirmed = codeList.map { list in
            Set(
                list.split(whereSeparator: \.isNewline).compactMap { line in
                    line.split(whereSeparator: \.isWhitespace).first.map { $0.filter { $0 != "." } }
                })
        }
        let reader = TabularReader(confirmed: confirmed)
        let parser = XMLParser(data: tabular)
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        let isWhole = parser.parse()
        if let problem = reader.problem { throw problem }
        guard isWhole, reader.isTabularList, reader.isClosed else { throw .malformed(line: parser.lineNumber) }

        func table(_ name: String, _ columns: String, _ rows: [String]) -> String {
            let head = [
                "# table: \(name) version: \(version) effective: \(period)",
                "# source: \(source)",
                "# licence: work of the United States government, in the public domain "
                    + "(17 U.S.C. 105)",
                "# date: valid \(period.split(separator: "..").joined(separator: " to "))", columns,
            ]
            return (head + rows).joined(separator: "\n") + "\n"
        }
        let sorted = reader.rows.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        // Stable: the notes of one code keep their order.
        let notes = reader.notes.enumerated().sorted {
            $0.element.code == $1.element.code
                ? $0.offset < $1.offset : $0.element.code.utf8.lexicographicallyPrecedes($1.element.code.utf8)
        }
        files = [
            "icd10cm.tsv": table(
                "icd10cm", "code\tkind\ttitle", sorted.map { "\($0.key)\t\($0.value.kind)\t\($0.value.title)" }),
            "icd10cm-blocks.tsv": table("icd10cm-blocks", "code\tchapter\tcategories\ttitle", reader.groupLines()),
            "icd10cm-notes.tsv": table(
                "icd10cm-notes", "code\tkind\ttext",
                notes.map { "\($0.element.code)\t\($0.element.kind)\t\($0.element.text)" }),
        ]
        codes = sorted.count
        billableCodes = sorted.filter { $0.value.kind == "b" }.count
        groups = reader.groups.count
        self.notes = notes.count
    }
}

/// Walks the XML once. Notes are gathered by the element that holds them and written when it ends.
private final class TabularReader: NSObject, XMLParserDelegate {
    struct Group {
        let name: String
        let chapter: String
        var categories: [String] = []
        var title = ""
    }

    struct Note {
        let code: String
        let kind: String
        let text: String
    }

    /// One open chapter, section or code.
    private struct Node {
        let element: String
        var name = ""
        var title = ""
        var hasChildren = false
        var seventh: [(character: String, words: String)]?
        /// Notes by kind, in the order in which they stand.
        var notes: [(kind: String, text: String)] = []
    }

    /// In the order in which the notes of one code are written.
    private static let noteKinds: [(element: String, kind: String)] = [
        ("includes", "includes"), ("inclusionTerm", "inclusion"), ("excludes1", "excludes1"),
        ("excludes2", "excludes2"), ("codeFirst", "code_first"), ("useAdditionalCode", "use_additional"),
        ("codeAlso", "code_also"),
    ]

    private let confirmed: Set<String>?
    private(set) var rows: [String: (kind: String, title: String)] = [:]
    private(set) var groups: [Group] = []
    private(set) var notes: [Note] = []
    private(set) var problem: TableImportError?
    private(set) var isTabularList = false
    /// Whether every element has ended: the parser does not complain of a file that is cut short.
    var isClosed: Bool { path.isEmpty }
    private var open: [Node] = []
    private var path: [String] = []
    private var text = ""
    private var character = ""

    init(confirmed: Set<String>?) {
        self.confirmed = confirmed
    }

    private func stop(_ error: TableImportError, _ parser: XMLParser) {
        problem = problem ?? error
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if path.isEmpty {
            guard element == "ICD10CM.tabular" else {
                return stop(.unexpected(element: element, line: parser.lineNumber), parser)
            }
            isTabularList = true
        }
        guard path.count < 32 else { return stop(.unexpected(element: element, line: parser.lineNumber), parser) }
        path.append(element)
        text = ""
        switch element {
        case "chapter", "section", "diag":
            var node = Node(element: element)
            if element == "section" { node.name = attributes["id"] ?? "" }
            if element == "diag", let last = open.indices.last { open[last].hasChildren = true }
            open.append(node)
            if element == "section" { groups.append(Group(name: node.name, chapter: chapterName)) }
        case "sevenChrDef": if let last = open.indices.last { open[last].seventh = [] }
        case "extension": character = attributes["char"] ?? ""
        default: break
        }
    }

    private var chapterName: String { open.first { $0.element == "chapter" }?.name ?? "" }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, foundCDATA block: Data) { text += String(decoding: block, as: UTF8.self) }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        path.removeLast()
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        text = ""
        guard let last = open.indices.last, let parent = path.last else { return }
        switch element {
        case "name" where parent == open[last].element:
            open[last].name = words
            if parent == "chapter" { groups.append(Group(name: words, chapter: "")) }
        case "desc" where parent == open[last].element:
            open[last].title = words
            if parent != "diag" { title(open[last]) }
        case "extension": open[last].seventh?.append((character, words))
        case "note" where parent == "sevenChrDef":
            if let end = open[last].seventh?.indices.last { open[last].seventh?[end].words += "/" + words }
        case "note":
            let grandparent = path.dropLast().last
            guard grandparent == open[last].element, !words.isEmpty,
                let kind = Self.noteKinds.first(where: { $0.element == parent })?.kind
            else { return }
            open[last].notes.append((kind, words))
        case "diag", "section", "chapter": close(parser)
        default: break
        }
    }

    private func title(_ node: Node) {
        guard let group = groups.lastIndex(where: { $0.name == node.name && $0.title.isEmpty }) else { return }
        groups[group].title = node.title
    }

    private func close(_ parser: XMLParser) {
        let node = open.removeLast()
        let code = node.name.filter { $0 != "." }
        // A block and a category may share a name, such as T07.
        let prefix = node.element == "diag" ? "" : node.element == "section" ? "block:" : "chapter:"
        for (_, kind) in Self.noteKinds {
            notes += node.notes.filter { $0.kind == kind }.map { Note(code: prefix + code, kind: kind, text: $0.text) }
        }
        guard node.element == "diag" else { return }
        guard DiagnosisCode.normalized(code) == code, !node.title.isEmpty else {
            return stop(.unexpected(element: "diag", line: parser.lineNumber), parser)
        }
        // A definition of seventh characters holds for all codes below it, unless one of them has its own.
        let definition = node.seventh ?? open.last { $0.seventh != nil }?.seventh ?? []
        var longer: [(code: String, words: String)] = []
        if !node.hasChildren, code.count < 7 {
            let padded = code + String(repeating: "X", count: 6 - code.count)
            longer = definition.map { (padded + $0.character, $0.words) }
                .filter { confirmed?.contains($0.code) ?? true }
        }
        let kind = node.hasChildren || !longer.isEmpty ? (code.count == 3 ? "c" : "s") : "b"
        rows[code] = (kind, node.title)
        for (code, words) in longer { rows[code] = ("b", ", " + words) }
        if open.last?.element == "section" { groups[groups.count - 1].categories.append(node.name) }
    }

    /// One line a block or chapter; a block without categories lists the blocks that lie in its range.
    func groupLines() -> [String] {
        groups.map { group in
            var members = group.categories
            if members.isEmpty, !group.chapter.isEmpty {
                members = groups.filter { other in
                    other.chapter == group.chapter && !other.categories.isEmpty && lies(other.name, within: group.name)
                }.map(\.name)
            }
            return [group.name, group.chapter, members.joined(separator: " "), group.title].joined(separator: "\t")
        }
    }

    private func lies(_ block: String, within heading: String) -> Bool {
        let (inner, outer) = (block.split(separator: "-"), heading.split(separator: "-"))
        guard let first = inner.first, let last = inner.last, let low = outer.first, let high = outer.last else {
            return false
        }
        return low <= first && last <= high
    }
}
