public import HealthTypes
public import Review

/// The site's own knowledge of its payers: who they are, what they ask for, how their denials are worked.
/// Built from the files of the `Policies` folder.
public struct PolicyBook: Sendable {
    public struct Payer: Hashable, Sendable {
        public let id: String
        public let name: String
        /// `commercial`, `medicaid` or `medicare`.
        public let kind: String
        /// The contract's share of the usual charge, in percent.
        public let allowedPercent: Int
    }

    /// A line of the authorization list.
    public struct Requirement: Hashable, Sendable {
        public let payerID: String
        public let procedure: String
        public let from: CalendarDate
        public let to: CalendarDate?
        /// Needed only above so many units.
        public let overUnits: Int?
        public let criteria: [String]
        public let policy: String
    }

    /// What a payer wants to see before it approves.
    public struct Criterion: Hashable, Sendable {
        public let id: String
        public let question: String
        /// Phrases that answer it with yes, and with no.
        public let met: [String]
        public let contradicted: [String]
        /// LOINC codes of observations that answer it.
        public let observations: [String]
        /// What to ask for where the chart is silent.
        public let ask: String
    }

    /// How a denial reason is worked.
    public struct Play: Hashable, Sendable {
        /// `corrected-claim`, `appeal`, `review` or `write-off`.
        public let route: String
        public let overturnPercent: Int
        public let minutes: Int
        public let suggestsModifier: Bool
    }

    public struct ModifierSuggestion: Hashable, Sendable {
        public let reason: String
        public let category: String
        /// Places of service, or `*`.
        public let places: [String]
        public let modifier: String
        /// What a coder must be able to answer with yes.
        public let question: String
    }

    /// A policy in words.
    public struct Document: Hashable, Sendable {
        public let citation: PolicyCitation
        public let payerID: String
        public let from: CalendarDate
        public let to: CalendarDate?
        public let text: String
    }

    public let digest: Digest
    public let payers: [String: Payer]
    public let requirements: [Requirement]
    public let criteria: [String: Criterion]
    public let plays: [String: Play]
    public let modifierSuggestions: [ModifierSuggestion]
    public let documents: [Document]
    private let appealDays: [String: Int]

    /// Reads the folder; throws ``DataFileError`` with file and line.
    public init(_ files: DataFiles) throws {
        digest = files.digest
        payers = try Self.payers(Table("payers.tsv", files))
        requirements = try Self.requirements(Table("prior-authorization.tsv", files))
        plays = try Self.plays(Table("denial-playbook.tsv", files))
        modifierSuggestions = try Self.suggestions(Table("modifier-suggestions.tsv", files))
        appealDays = try Self.windows(Table("appeal-windows.tsv", files))
        criteria = try Self.criteria(files)
        documents = try files.names(endingIn: ".md").filter { $0.hasPrefix("documents/") }.map {
            try Self.document(name: $0, text: files.text($0) ?? "")
        }
        for requirement in requirements {
            for id in requirement.criteria where criteria[id] == nil {
                throw DataFileError(
                    file: "prior-authorization.tsv", reason: "names the criterion '\(id)', which is not there")
            }
            guard documents.contains(where: { $0.citation.id == requirement.policy }) else {
                throw DataFileError(
                    file: "prior-authorization.tsv",
                    reason: "names the policy '\(requirement.policy)', which is not there")
            }
        }
    }

    /// Whether a service needs authorization: unknown where the payer is not one of ours.
    public enum Need: Hashable, Sendable {
        case required(Requirement)
        case notRequired
        case unknown
    }

    public func need(payerID: String, procedure: String, units: Int, on day: CalendarDate) -> Need {
        guard payers[payerID] != nil else { return .unknown }
        let found = requirements.first {
            $0.payerID == payerID && $0.procedure == procedure && $0.from <= day && ($0.to.map { day <= $0 } ?? true)
        }
        guard let found else { return .notRequired }
        if let threshold = found.overUnits, units <= threshold { return .notRequired }
        return .required(found)
    }

    /// Days within which an appeal of a level must be filed with a payer; 60, the shortest in use, where unknown.
    public func appealWindow(payerID: String, level: Int) -> Int {
        payers[payerID].flatMap { appealDays["\($0.kind)/\(level)"] } ?? 60
    }

    public func document(_ id: String) -> Document? { documents.first { $0.citation.id == id } }
}

extension PolicyBook {
    /// A table with named cells and located errors.
    private struct Table {
        let name: String
        let file: TabularFile

        init(_ name: String, _ files: DataFiles) throws {
            guard let bytes = files.files[name] else { throw DataFileError(file: name, reason: "is missing") }
            self.name = name
            file = try TabularFile(name: name, bytes: bytes)
        }

        func map<T>(_ body: (Row) throws -> T) throws -> [T] {
            try file.rows.map { try body(Row(table: self, line: $0.line, cells: $0.cells)) }
        }
    }

    private struct Row {
        let table: Table
        let line: Int
        let cells: [Substring]

        func text(_ column: String) throws -> String {
            String(cells[try table.file.column(column, of: table.name)])
        }

        func integer(_ column: String) throws -> Int {
            guard let value = Int(try text(column)) else { throw error("'\(column)' is not a whole number") }
            return value
        }

        func date(_ column: String) throws -> CalendarDate {
            guard let value = CalendarDate(try text(column)) else { throw error("'\(column)' is not a date") }
            return value
        }

        /// Nil where the cell is empty.
        func optional<T>(_ column: String, _ read: (String) throws -> T) throws -> T? {
            try text(column).isEmpty ? nil : read(column)
        }

        func words(_ column: String) throws -> [String] { try text(column).split(separator: " ").map(String.init) }

        func error(_ reason: String) -> DataFileError { DataFileError(file: table.name, line: line, reason: reason) }
    }

    private static func payers(_ table: Table) throws -> [String: Payer] {
        let all = try table.map {
            Payer(
                id: try $0.text("payer"), name: try $0.text("name"), kind: try $0.text("kind"),
                allowedPercent: try $0.integer("allowed_percent"))
        }
        return Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func requirements(_ table: Table) throws -> [Requirement] {
        try table.map {
            Requirement(
                payerID: try $0.text("payer"), procedure: try $0.text("procedure"), from: try $0.date("from"),
                to: try $0.optional("to", $0.date), overUnits: try $0.optional("over_units", $0.integer),
                criteria: try $0.words("criteria"), policy: try $0.text("policy"))
        }
    }

    private static func plays(_ table: Table) throws -> [String: Play] {
        let all = try table.map {
            let route = try $0.text("route")
            guard ["corrected-claim", "appeal", "review", "write-off"].contains(route) else {
                throw $0.error("'route' is not one of the four")
            }
            return (
                try $0.text("carc"),
                Play(
                    route: route, overturnPercent: try $0.integer("overturn_percent"),
                    minutes: try $0.integer("minutes"), suggestsModifier: try $0.text("suggest") == "modifier")
            )
        }
        return Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    private static func suggestions(_ table: Table) throws -> [ModifierSuggestion] {
        try table.map {
            ModifierSuggestion(
                reason: try $0.text("carc"), category: try $0.text("category"), places: try $0.words("places"),
                modifier: try $0.text("modifier"), question: try $0.text("question"))
        }
    }

    private static func windows(_ table: Table) throws -> [String: Int] {
        let all = try table.map { ("\(try $0.text("kind"))/\(try $0.integer("level"))", try $0.integer("days")) }
        return Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    private static func criteria(_ files: DataFiles) throws -> [String: Criterion] {
        let name = "criteria.json"
        guard let bytes = files.files[name] else { throw DataFileError(file: name, reason: "is missing") }
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch { throw DataFileError(file: name, reason: error.description) }
        func texts(_ value: JSON?) -> [String] { value?.elements.compactMap(\.string) ?? [] }
        var found: [String: Criterion] = [:]
        for entry in json["criteria"]?.elements ?? [] {
            guard let id = entry["id"]?.string, let question = entry["question"]?.string, let ask = entry["ask"]?.string
            else { throw DataFileError(file: name, reason: "a criterion lacks its id, question or ask") }
            found[id] = Criterion(
                id: id, question: question, met: texts(entry["met"]), contradicted: texts(entry["contradicted"]),
                observations: texts(entry["observations"]), ask: ask)
        }
        return found
    }

    /// A document begins with `---`, lines of `name: value`, and `---`.
    private static func document(name: String, text: String) throws -> Document {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
            throw DataFileError(file: name, line: 1, reason: "does not begin with a head between two lines of ---")
        }
        var head: [String: String] = [:]
        for line in lines[1..<end] {
            let parts = line.split(separator: ":", maxSplits: 1)
            if let key = parts.first { head[String(key)] = parts.count > 1 ? parts[1].trimmed : "" }
        }
        guard let id = head["id"], let payer = head["payer"], let version = head["version"], let title = head["title"],
            let from = head["from"].flatMap({ CalendarDate($0) })
        else { throw DataFileError(file: name, reason: "lacks id, payer, version, title or from") }
        let body = lines[(end + 1)...].joined(separator: "\n")
        return Document(
            citation: PolicyCitation(id: id, version: version, title: title, digest: Digest(of: text)),
            payerID: payer, from: from, to: head["to"].flatMap { CalendarDate($0) }, text: body)
    }
}

extension Substring {
    /// Without the spaces around it.
    var trimmed: String {
        String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
