import HealthTypes

/// One table of the knowledge folder and the columns that are read of it.
struct KnowledgeTable {
    let name: String
    let columns: [String]
    let isOptional: Bool

    static let drugs = 0
    static let classes = 1
    static let services = 2
    static let citations = 3
    static let statements = 4
    static let patterns = 5

    static let all = [
        KnowledgeTable(
            name: "drugs",
            columns: [
                "id", "atc", "hcpcs", "name", "synonyms", "classes", "max_daily_mg", "max_basis", "max_citation",
            ], isOptional: false),
        KnowledgeTable(name: "drug-classes", columns: ["id", "name", "atc_prefix"], isOptional: false),
        KnowledgeTable(
            name: "services",
            columns: ["id", "codes", "loinc", "name", "kind", "general", "synonyms", "members"], isOptional: false),
        KnowledgeTable(name: "citations", columns: ["id", "title", "edition", "publisher"], isOptional: false),
        KnowledgeTable(
            name: "statements",
            columns: ["subject", "relation", "object", "condition", "citation", "locator", "note"], isOptional: false),
        KnowledgeTable(
            name: "billing-patterns",
            columns: ["pattern", "subject", "object", "value", "citation", "locator", "note"], isOptional: true),
    ]

    /// The files of the table, in the order in which they are read.
    func files(in files: DataFiles) -> [String] {
        let folder = files.names(endingIn: ".tsv").filter { $0.hasPrefix("\(name)/") }
        return (files.files["\(name).tsv"] == nil ? [] : ["\(name).tsv"]) + folder
    }
}

/// One row of a table, its cells in the order of the table's columns whatever the order in its file.
struct KnowledgeRow {
    let table: Int
    let file: String
    let line: Int
    let cells: [String]

    /// Every row of the folder's tables; throws where a table is absent or has not the columns that it should.
    static func all(in files: DataFiles) throws -> [KnowledgeRow] {
        var rows: [KnowledgeRow] = []
        for (number, table) in KnowledgeTable.all.enumerated() {
            let names = table.files(in: files)
            guard !names.isEmpty || table.isOptional else {
                throw DataFileError(file: "\(table.name).tsv", reason: "is absent")
            }
            for name in names {
                let file = try TabularFile(name: name, bytes: files.files[name] ?? [])
                let places = try table.columns.map { try file.column($0, of: name) }
                rows += file.rows.map { line, cells in
                    KnowledgeRow(table: number, file: name, line: line, cells: places.map { String(cells[$0]) })
                }
            }
        }
        return rows
    }

    func error(_ reason: String) -> DataFileError { DataFileError(file: file, line: line, reason: reason) }

    func text(_ column: String) -> String {
        guard let place = KnowledgeTable.all[table].columns.firstIndex(of: column) else {
            preconditionFailure("the table has no column \(column)")
        }
        return cells[place]
    }

    func required(_ column: String) throws -> String {
        let text = text(column)
        guard !text.isEmpty else { throw error("\(column) is empty") }
        return text
    }

    func list(_ column: String) -> [String] { text(column).split(separator: "|").map(String.init) }
}
