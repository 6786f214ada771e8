import HealthTypes

/// The kind of a fact or of an expression.
public indirect enum FactKind: Hashable, Sendable {
    case text, number, bool, date
    /// A record; its members are the facts whose path begins with this one.
    case record(String)
    case list(FactKind)
    /// Not known before it is evaluated.
    case any

    /// Whether a value of this kind may stand where `other` is wanted.
    func fits(_ other: FactKind) -> Bool {
        switch (self, other) {
        case (.any, _), (_, .any): true
        case (.list(let mine), .list(let wanted)): mine.fits(wanted)
        default: self == other
        }
    }

    var name: String {
        switch self {
        case .text: "text"
        case .number: "a number"
        case .bool: "yes or no"
        case .date: "a day"
        case .record: "a record"
        case .list: "a list"
        case .any: "anything"
        }
    }
}

/// The facts that rules may speak of: path, kind, whether they may be left out, and what they mean.
///
/// It is read from `facts.tsv` at the top of the rule packs. A rule that names a fact outside of it is refused, so
/// that a misspelt path cannot stay unknown for ever.
public struct FactVocabulary: Sendable {
    public struct Fact: Hashable, Sendable {
        /// Dotted, `[]` standing for the elements of a list: `claim.lines[].charge`.
        public let path: String
        public let kind: FactKind
        /// Where the facts leave it out, it is absent; any other fact that is left out is unknown.
        public let optional: Bool
        public let meaning: String
    }

    public let facts: [Fact]
    private let byPath: [String: Fact]

    /// Columns `path`, `kind` (`text`, `number`, `bool`, `date`, `record`, `list of` one of these),
    /// `presence` (`needed` or `optional`) and `meaning`.
    public init(file: String, bytes: [UInt8]) throws {
        let table = try TabularFile(name: file, bytes: bytes)
        let columns = try ["path", "kind", "presence", "meaning"].map { try table.column($0, of: file) }
        var facts: [Fact] = []
        var byPath: [String: Fact] = [:]
        for row in table.rows {
            let cells = columns.map { String(row.cells[$0]) }
            let path = cells[0]
            guard let kind = Self.kind(cells[1], at: path), ["needed", "optional"].contains(cells[2]) else {
                throw DataFileError(file: file, line: row.line, reason: "names a kind or presence that does not exist")
            }
            guard byPath[path] == nil else {
                throw DataFileError(file: file, line: row.line, reason: "names a fact a second time")
            }
            if let dot = path.lastIndex(of: ".") {
                guard byPath[Self.owner(path[..<dot])].map({ Self.holdsRecords($0.kind) }) == true else {
                    throw DataFileError(file: file, line: row.line, reason: "stands in no record named above it")
                }
            }
            let fact = Fact(path: path, kind: kind, optional: cells[2] == "optional", meaning: cells[3])
            facts.append(fact)
            byPath[path] = fact
        }
        self.facts = facts
        self.byPath = byPath
    }

    subscript(path: String) -> Fact? { byPath[path] }

    /// The entry that declares the record `claim.lines[]` is `claim.lines`.
    private static func owner(_ prefix: Substring) -> String {
        String(prefix.hasSuffix("[]") ? prefix.dropLast(2) : prefix)
    }

    private static func holdsRecords(_ kind: FactKind) -> Bool {
        switch kind {
        case .record, .list(.record): true
        default: false
        }
    }

    private static func kind(_ name: String, at path: String) -> FactKind? {
        switch name {
        case "text": .text
        case "number": .number
        case "bool": .bool
        case "date": .date
        case "record": .record(path)
        case "list of record": .list(.record(path + "[]"))
        case _ where name.hasPrefix("list of "): kind(String(name.dropFirst(8)), at: path).map { .list($0) }
        default: nil
        }
    }
}
