import HealthTypes
import Review

extension PolicyBook {
    /// A table with named cells and located errors.
    struct Table {
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

    struct Row {
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

        /// One of the words of a closed set.
        func choice<T: RawRepresentable<String>>(_ column: String) throws -> T {
            guard let value = T(rawValue: try text(column)) else {
                throw error("'\(column)' is a word that is not known there")
            }
            return value
        }

        /// Nil where the cell is empty.
        func optional<T>(_ column: String, _ read: (String) throws -> T) throws -> T? {
            try text(column).isEmpty ? nil : read(column)
        }

        func words(_ column: String) throws -> [String] { try text(column).split(separator: " ").map(String.init) }

        func error(_ reason: String) -> DataFileError { DataFileError(file: table.name, line: line, reason: reason) }
    }

    static func payers(_ table: Table) throws -> [String: Payer] {
        let all = try table.map {
            Payer(
                id: try $0.text("payer"), name: try $0.text("name"), kind: try $0.choice("kind"),
                allowedPercent: try $0.integer("allowed_percent"))
        }
        return Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    static func requirements(_ table: Table) throws -> [Requirement] {
        try table.map {
            Requirement(
                payerID: try $0.text("payer"), procedure: try $0.text("procedure"), from: try $0.date("from"),
                to: try $0.optional("to", $0.date), overUnits: try $0.optional("over_units", $0.integer),
                criteria: try $0.words("criteria"), policy: try $0.text("policy"))
        }
    }

    static func serviceTypes(_ table: Table) throws -> [ServiceType] {
        try table.map { row in
            let type = ServiceType(
                first: try row.text("from"), last: try row.text("to"), code: try row.text("service_type"))
            guard type.covers(type.first), type.covers(type.last), !type.code.isEmpty else {
                throw row.error("a range of codes must be of one length and in order, and have a service type")
            }
            return type
        }
    }

    static func plays(_ table: Table) throws -> [String: Play] {
        let all = try table.map {
            return (
                try $0.text("carc"),
                Play(
                    route: try $0.choice("route"), overturnPercent: try $0.integer("overturn_percent"),
                    minutes: try $0.integer("minutes"), suggestsModifier: try $0.text("suggest") == "modifier")
            )
        }
        return Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    static func suggestions(_ table: Table) throws -> [ModifierSuggestion] {
        try table.map {
            ModifierSuggestion(
                reason: try $0.text("carc"), category: try $0.choice("category"), places: try $0.words("places"),
                modifier: try $0.text("modifier"), question: try $0.text("question"))
        }
    }

    static func criteria(_ files: DataFiles) throws -> [String: Criterion] {
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
    static func document(name: String, text: String) throws -> Document {
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
