import HealthTypes

/// The rows of the data folder, read and shaped; whether they fit together is for ``KnowledgeBase/check()``.
///
/// Each table is one file, `drugs.tsv`, or a folder of files with the same header, `drugs/*.tsv`, or both; the file
/// comes first, then those of the folder in the order of their names.
struct KnowledgeFiles {
    var version = ""
    var rows: [KnowledgeRow] = []
    var drugs: [Drug] = []
    var classes: [DrugClass] = []
    var services: [Service] = []
    var citations: [Citation] = []
    var statements: [Statement] = []
    var patterns: [BillingPattern] = []
    /// Tables in the folder that are none of those that are read: a misplaced file must not go unnoticed.
    var unread: [String] = []

    init(_ files: DataFiles) throws {
        let version = (files.text("VERSION") ?? "").filter { !$0.isWhitespace }
        guard !version.isEmpty else { throw DataFileError(file: "VERSION", reason: "is absent or empty") }
        let read = Set(KnowledgeTable.all.flatMap { $0.files(in: files) })
        // What lies in `text` is for the reading of prose, which has its own loader.
        let unread = files.names(endingIn: ".tsv").filter { !read.contains($0) && !$0.hasPrefix("text/") }
        try self.init(version: version, rows: KnowledgeRow.all(in: files), unread: unread)
    }

    /// The same from the rows that an image keeps.
    init(_ image: KnowledgeImage) throws {
        let rows = (0..<image.rows.count).map { position in
            let row = image.rows[position]
            let cells = (row.firstCell..<row.firstCell + row.cellCount).map { image.text(image.cells[$0]) }
            return KnowledgeRow(table: Int(row.table), file: image.text(row.file), line: Int(row.line), cells: cells)
        }
        let unread = (2..<image.meta.count).map { image.text(image.meta[$0]) }
        try self.init(version: image.version, rows: rows, unread: unread)
    }

    init(version: String, rows: [KnowledgeRow], unread: [String]) throws {
        self.version = version
        self.rows = rows
        self.unread = unread
        for row in rows {
            switch row.table {
            case KnowledgeTable.drugs: drugs.append(try Self.drug(row))
            case KnowledgeTable.classes:
                classes.append(
                    try DrugClass(
                        id: row.required("id"), name: row.required("name"), atcPrefix: row.text("atc_prefix")))
            case KnowledgeTable.services: services.append(try Self.service(row))
            case KnowledgeTable.citations:
                citations.append(
                    try Citation(
                        id: row.required("id"), title: row.required("title"), edition: row.text("edition"),
                        publisher: row.required("publisher")))
            case KnowledgeTable.statements: statements.append(try Self.statement(row))
            default: patterns.append(try BillingPattern(row))
            }
        }
    }

    private static func drug(_ row: KnowledgeRow) throws -> Drug {
        var hcpcs: [String: Int?] = [:]
        for part in row.list("hcpcs") {
            let halves = part.split(separator: "=")
            guard halves.count == 1 || (halves.count == 2 && Int(halves[1]) != nil) else {
                throw row.error("hcpcs is not CODE or CODE=milligrams")
            }
            hcpcs[String(halves[0])] = .some(halves.count == 2 ? Int(halves[1]) : nil)
        }
        let maximum = row.text("max_daily_mg")
        guard maximum.isEmpty || Dose.micrograms(maximum) != nil else { throw row.error("max_daily_mg is no number") }
        let citation = row.text("max_citation")
        guard maximum.isEmpty == citation.isEmpty else { throw row.error("a maximum and its citation go together") }
        return try Drug(
            id: row.required("id"), name: row.required("name"), atc: row.list("atc"), hcpcs: hcpcs,
            synonyms: row.list("synonyms"), classes: row.list("classes"),
            maximumMicrogramsADay: Dose.micrograms(maximum), maximumBasis: row.text("max_basis"),
            maximumCitation: citation.isEmpty ? nil : citation)
    }

    private static func service(_ row: KnowledgeRow) throws -> Service {
        guard let kind = Service.Kind(rawValue: row.text("kind")) else { throw row.error("kind is not a known one") }
        let general = row.text("general")
        guard general.isEmpty || general == "yes" else { throw row.error("general is neither empty nor yes") }
        let members = row.list("members")
        return try Service(
            id: row.required("id"), name: row.required("name"), codes: row.list("codes"), loinc: row.text("loinc"),
            kind: kind, isGeneral: general == "yes", synonyms: row.list("synonyms"),
            members: members.map { String($0.drop { $0 == "~" }) },
            plainParts: Set(members.filter { $0.hasPrefix("~") }.map { String($0.dropFirst()) }))
    }

    private static func statement(_ row: KnowledgeRow) throws -> Statement {
        guard let relation = Relation(rawValue: row.text("relation")) else {
            throw row.error("relation is not a known one")
        }
        guard let condition = Condition(row.text("condition")) else {
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
