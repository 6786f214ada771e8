import HealthTypes

/// The rows of the data folder, read and shaped; whether they fit together is for ``KnowledgeBase/check()``.
///
/// Each table is one file, `drugs.tsv`, or a folder of files with the same header, `drugs/*.tsv`, or both; the file
/// comes first, then those of the folder in the order of their names.
struct KnowledgeFiles {
    static let tables = ["drugs", "drug-classes", "services", "citations", "statements"]

    var version = ""
    var drugs: [Drug] = []
    var classes: [DrugClass] = []
    var services: [Service] = []
    var citations: [Citation] = []
    var statements: [Statement] = []
    /// Tables in the folder that are none of those that are read: a misplaced file must not go unnoticed.
    var unread: [String] = []

    init(_ files: DataFiles) throws {
        version = (files.text("VERSION") ?? "").filter { !$0.isWhitespace }
        guard !version.isEmpty else { throw DataFileError(file: "VERSION", reason: "is absent or empty") }
        drugs = try Self.rows("drugs", files, Self.drug)
        classes = try Self.rows("drug-classes", files) {
            try DrugClass(id: $0.required("id"), name: $0.required("name"), atcPrefix: $0.text("atc_prefix"))
        }
        services = try Self.rows("services", files, Self.service)
        citations = try Self.rows("citations", files) {
            try Citation(
                id: $0.required("id"), title: $0.required("title"), edition: $0.text("edition"),
                publisher: $0.required("publisher"))
        }
        statements = try Self.rows("statements", files, Self.statement)
        let read = Set(Self.tables.flatMap { Self.names(of: $0, in: files) })
        // What lies in `text` is for the reading of prose, which has its own loader.
        unread = files.names(endingIn: ".tsv").filter { !read.contains($0) && !$0.hasPrefix("text/") }
    }

    /// The files of a table, in the order in which they are read.
    private static func names(of table: String, in files: DataFiles) -> [String] {
        let folder = files.names(endingIn: ".tsv").filter { $0.hasPrefix("\(table)/") }
        return (files.files["\(table).tsv"] == nil ? [] : ["\(table).tsv"]) + folder
    }

    private static func rows<Value>(
        _ table: String, _ files: DataFiles, _ make: (Row) throws -> Value
    ) throws -> [Value] {
        let names = names(of: table, in: files)
        guard !names.isEmpty else { throw DataFileError(file: "\(table).tsv", reason: "is absent") }
        return try names.flatMap { name in
            let table = try TabularFile(name: name, bytes: files.files[name] ?? [])
            return try table.rows.map {
                try make(Row(file: name, line: $0.line, columns: table.columns, cells: $0.cells))
            }
        }
    }

    private static func drug(_ row: Row) throws -> Drug {
        var hcpcs: [String: Int?] = [:]
        for part in try row.list("hcpcs") {
            let halves = part.split(separator: "=")
            guard halves.count == 1 || (halves.count == 2 && Int(halves[1]) != nil) else {
                throw row.error("hcpcs is not CODE or CODE=milligrams")
            }
            hcpcs[String(halves[0])] = .some(halves.count == 2 ? Int(halves[1]) : nil)
        }
        let maximum = try row.text("max_daily_mg")
        guard maximum.isEmpty || Dose.micrograms(maximum) != nil else { throw row.error("max_daily_mg is no number") }
        let citation = try row.text("max_citation")
        guard maximum.isEmpty == citation.isEmpty else { throw row.error("a maximum and its citation go together") }
        return try Drug(
            id: row.required("id"), name: row.required("name"), atc: row.list("atc"), hcpcs: hcpcs,
            synonyms: row.list("synonyms"), classes: row.list("classes"),
            maximumMicrogramsADay: Dose.micrograms(maximum), maximumBasis: row.text("max_basis"),
            maximumCitation: citation.isEmpty ? nil : citation)
    }

    private static func service(_ row: Row) throws -> Service {
        guard let kind = Service.Kind(rawValue: try row.text("kind")) else {
            throw row.error("kind is not a known one")
        }
        let general = try row.text("general")
        guard general.isEmpty || general == "yes" else { throw row.error("general is neither empty nor yes") }
        return try Service(
            id: row.required("id"), name: row.required("name"), codes: row.list("codes"), loinc: row.text("loinc"),
            kind: kind, isGeneral: general == "yes", synonyms: row.list("synonyms"), members: row.list("members"))
    }

    private static func statement(_ row: Row) throws -> Statement {
        guard let relation = Relation(rawValue: try row.text("relation")) else {
            throw row.error("relation is not a known one")
        }
        guard let condition = Condition(try row.text("condition")) else {
            throw row.error("condition is not in the grammar")
        }
        let object = try row.required("object")
        var diagnoses: DiagnosisSet?
        switch relation {
        case .requiresBefore:
            guard object.hasPrefix("service:") else { throw row.error("requires_before needs a service as its object") }
        case .contraindicatedIf where condition.isEmpty:
            throw row.error("contraindicated_if needs a condition")
        case .contraindicated where !condition.isEmpty:
            throw row.error("a contraindication with a condition is contraindicated_if")
        case .contraindicatedIf where object == "*": break
        default:
            diagnoses = DiagnosisSet(object)
            guard diagnoses != nil else { throw row.error("object is not a list of ICD-10 codes and ranges") }
        }
        return try Statement(
            file: row.file, line: row.line, subject: row.required("subject"), relation: relation, object: object,
            citation: row.text("citation"), locator: row.text("locator"), note: row.text("note"),
            condition: condition, diagnoses: diagnoses)
    }
}

private struct Row {
    let file: String
    let line: Int
    let columns: [String]
    let cells: [Substring]

    func error(_ reason: String) -> DataFileError { DataFileError(file: file, line: line, reason: reason) }

    func text(_ column: String) throws -> String {
        guard let index = columns.firstIndex(of: column) else {
            throw DataFileError(file: file, reason: "has no column '\(column)'")
        }
        return String(cells[index])
    }

    func required(_ column: String) throws -> String {
        let text = try text(column)
        guard !text.isEmpty else { throw error("\(column) is empty") }
        return text
    }

    func list(_ column: String) throws -> [String] { try text(column).split(separator: "|").map(String.init) }
}
