public import HealthTypes

/// A knowledge base as nodes and links, for a graph database that keeps a copy of it.
///
/// Each row of the tables is a node, and so is each diagnosis that a statement names, with the headings above it. The
/// answers to a claim are not worked out in the database: ``KnowledgeBase/init(partOf:digest:rows:)`` makes a base of
/// the rows around the claim, which judges it as the whole base would.
///
/// The rows around a claim, as links from its ``ClaimKeys``: the treatments that a name ``names``, their classes, the
/// services inside of them; each statement about these, and what it cites and requires; the panels that hold the
/// treatments and are looked for in their parts, with all their tests; the patterns on treatments and panels; the
/// drugs of the same classes that support one of the diagnoses, with the statements that say so; and, for each
/// diagnosis, the first statement by which a drug and a service fit it, with its subject.
public struct KnowledgeGraph: Sendable {
    /// A row of a table. `place` is its position among all rows, which decides between equals.
    public struct Row: Sendable, Hashable {
        public enum Kind: Int, Sendable, CaseIterable {
            case drug, drugClass, service, citation, statement, billingPattern

            /// The names of the table's columns.
            public var columns: [String] { KnowledgeTable.all[rawValue].columns }
        }

        public var place: Int
        public var kind: Kind
        /// Where it was written, as a path inside the knowledge folder and a line.
        public var file: String
        public var line: Int
        /// In the order of the table's columns.
        public var cells: [String]

        public init(place: Int, kind: Kind, file: String, line: Int, cells: [String]) {
            self.place = place
            self.kind = kind
            self.file = file
            self.line = line
            self.cells = cells
        }
    }

    /// A code or heading, in the form that people write: `K29.7`.
    public struct Diagnosis: Sendable, Hashable {
        public var code: String
        /// The code without its last character; nil for a category.
        public var parent: String?
        /// The rows of the first statements by which a drug and a service are known to fit the code.
        public var firstDrugStatement: Int?
        public var firstServiceStatement: Int?
    }

    /// A name or code by which a treatment is looked for, and the row of the treatment.
    public struct Name: Sendable, Hashable {
        public var key: String
        public var treatment: Int
    }

    /// From one row to another.
    public struct Link: Sendable, Hashable {
        public var from: Int
        public var to: Int
    }

    /// What a statement says of its subject at one code.
    public struct Edge: Sendable, Hashable {
        public var subject: Int
        public var code: String
        public var statement: Int
        public var relation: Relation
    }

    public var release = ""
    public var digest: Digest
    public var rows: [Row] = []
    public var diagnoses: [Diagnosis] = []
    public var names: [Name] = []
    /// Drugs in their classes.
    public var memberships: [Link] = []
    /// Panels and the services inside of them.
    public var contents: [Link] = []
    /// Statements and their subjects.
    public var subjects: [Link] = []
    /// Statements, patterns and drugs, and the citations that they rest on.
    public var citations: [Link] = []
    /// Statements and the service that must come first.
    public var requirements: [Link] = []
    /// Patterns and the service that they are about.
    public var patterns: [Link] = []
    public var edges: [Edge] = []
}

extension KnowledgeBase {
    /// The base as nodes and links; what does not take part in an answer has no link.
    public var graph: KnowledgeGraph { GraphWriter(image.files, digest: digest).graph }

    /// A base of some of the rows of another one, whose release and digest it keeps.
    public init(partOf release: String, digest: Digest, rows: [KnowledgeGraph.Row]) throws {
        let rows = rows.sorted { $0.place < $1.place }.map {
            KnowledgeRow(table: $0.kind.rawValue, file: $0.file, line: $0.line, cells: $0.cells)
        }
        for row in rows where row.cells.count != KnowledgeTable.all[row.table].columns.count {
            throw row.error("has \(row.cells.count) cells")
        }
        try self.init(
            KnowledgeImage(compiling: KnowledgeFiles(version: release, rows: rows, unread: []), digest: digest))
    }
}

/// The names and codes under which the rows around a claim are found in a ``KnowledgeGraph``.
public struct ClaimKeys: Sendable, Hashable {
    /// Keys of ``KnowledgeGraph/Name``.
    public var names: [String] = []
    /// The claim's diagnoses and the headings above them.
    public var codes: [String] = []

    public init(_ request: AnalyzeRequest) {
        var names: Set<String> = []
        var codes: Set<String> = []
        for billed in request.treatments {
            if let code = Self.code(billed.code) { names.insert(code) }
            for name in TreatmentName.candidates(billed.name) + [TreatmentName.normalised(billed.code)]
            where !name.isEmpty {
                names.insert(Self.name(name, isDrug: billed.kind == .drug))
            }
        }
        for key in request.icd10Codes.compactMap({ DiagnosisKey($0) }) { codes.formUnion(key.lineage.map(\.dotted)) }
        self.names = names.sorted()
        self.codes = codes.sorted()
    }

    /// The key of a code as it is looked for: without modifiers, in capitals.
    static func code(_ text: String) -> String? {
        let isSeparator = { (byte: UInt8) in byte == 0x20 || byte == 0x2d || byte == 0x3a }
        let bare = text.utf8.drop(while: isSeparator).prefix { !isSeparator($0) }
        guard !bare.isEmpty else { return nil }
        return "code:" + String(decoding: bare, as: UTF8.self).uppercased()
    }

    static func name(_ normalised: String, isDrug: Bool) -> String { (isDrug ? "drug:" : "service:") + normalised }
}

/// Lays the links between the rows of the tables.
private struct GraphWriter {
    private let files: KnowledgeFiles
    private let subjects: SubjectIndex
    private(set) var graph: KnowledgeGraph
    /// The rows of drugs and services, as ``SubjectIndex`` numbers them, and of classes.
    private var treatmentRows: [Int] = []
    private var classRows: [Int] = []
    private var statementRows: [Int] = []
    private var patternRows: [Int] = []
    private var citationRows: [String: Int] = [:]

    init(_ files: KnowledgeFiles, digest: Digest) {
        self.files = files
        subjects = SubjectIndex(files)
        graph = KnowledgeGraph(digest: digest)
        graph.release = files.version
        addRows()
        addTreatments()
        addStatements()
        addPatterns()
    }

    private mutating func addRows() {
        var services: [Int] = []
        for (place, row) in files.rows.enumerated() {
            guard let kind = KnowledgeGraph.Row.Kind(rawValue: row.table) else { continue }
            switch kind {
            case .drug: treatmentRows.append(place)
            case .drugClass: classRows.append(place)
            case .service: services.append(place)
            case .citation: citationRows[row.text("id")] = citationRows[row.text("id")] ?? place
            case .statement: statementRows.append(place)
            case .billingPattern: patternRows.append(place)
            }
            graph.rows.append(.init(place: place, kind: kind, file: row.file, line: row.line, cells: row.cells))
        }
        treatmentRows += services
    }

    private mutating func addTreatments() {
        for (number, drug) in files.drugs.enumerated() {
            let row = treatmentRows[number]
            let names = ([drug.id, drug.name] + drug.synonyms).map(TreatmentName.normalised)
            addNames(row, codes: drug.atc + drug.hcpcs.keys, names: names, isDrug: true)
            for group in subjects.classesOf[number] {
                graph.memberships.append(.init(from: row, to: classRows[group]))
            }
            if let citation = drug.maximumCitation.flatMap({ citationRows[$0] }) {
                graph.citations.append(.init(from: row, to: citation))
            }
        }
        for (offset, service) in files.services.enumerated() {
            let number = files.drugs.count + offset
            let row = treatmentRows[number]
            let names = ([service.id, service.name] + service.synonyms).map(TreatmentName.normalised)
            addNames(row, codes: service.codes, names: names, isDrug: false)
            for member in Set(subjects.membersOf[number]).sorted() {
                graph.contents.append(.init(from: row, to: treatmentRows[member]))
            }
        }
    }

    private mutating func addNames(_ row: Int, codes: [String], names: [String], isDrug: Bool) {
        var keys = Set(codes.compactMap { ClaimKeys.code($0) })
        keys.formUnion(names.filter { !$0.isEmpty }.map { ClaimKeys.name($0, isDrug: isDrug) })
        for key in keys.sorted() { graph.names.append(.init(key: key, treatment: row)) }
    }

    private mutating func addStatements() {
        var codes: [DiagnosisKey: KnowledgeGraph.Diagnosis] = [:]
        for (number, statement) in files.statements.enumerated() {
            let row = statementRows[number]
            guard let citation = citationRows[statement.citation] else { continue }
            let required = subjects.treatments[statement.object]
            if statement.relation == .requiresBefore, required == nil { continue }
            let subject =
                subjects.treatments[statement.subject].map { treatmentRows[$0] }
                ?? subjects.classes[statement.subject].map { classRows[$0] }
            guard let subject else { continue }
            graph.subjects.append(.init(from: row, to: subject))
            graph.citations.append(.init(from: row, to: citation))
            if let required { graph.requirements.append(.init(from: row, to: treatmentRows[required])) }
            let isSupport = statement.relation.score != nil
            let isService = statement.subject.hasPrefix("service:")
            for key in Set(statement.diagnoses?.keys ?? []).sorted() {
                graph.edges.append(
                    .init(subject: subject, code: key.dotted, statement: row, relation: statement.relation))
                for code in key.lineage where codes[code] == nil {
                    codes[code] = .init(
                        code: code.dotted, parent: code.count > 3 ? code.prefix(code.count - 1).dotted : nil)
                }
                guard isSupport, var diagnosis = codes[key] else { continue }
                if isService {
                    diagnosis.firstServiceStatement = diagnosis.firstServiceStatement ?? row
                } else {
                    diagnosis.firstDrugStatement = diagnosis.firstDrugStatement ?? row
                }
                codes[key] = diagnosis
            }
        }
        graph.diagnoses = codes.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func addPatterns() {
        for (number, pattern) in files.patterns.enumerated() {
            guard let citation = citationRows[pattern.citation],
                let service = subjects.treatments[pattern.subject]
                    ?? subjects.services[String(pattern.subject.dropFirst(5))]
            else { continue }
            graph.patterns.append(.init(from: patternRows[number], to: treatmentRows[service]))
            graph.citations.append(.init(from: patternRows[number], to: citation))
        }
    }
}
