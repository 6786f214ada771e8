public import Terminology

/// How much a knowledge base holds, asserted and derived apart.
public struct KnowledgeStatistics: Sendable, Hashable, Codable {
    /// Edges that the statements give: what is written, what classes and panels pass on, and both down to the codes
    /// that a claim may carry.
    public struct Edges: Sendable, Hashable, Codable {
        /// Pairs of a statement and a code or category that it names.
        public var asserted = 0
        /// Pairs of a single treatment and a code or category, once classes and panels have passed theirs on.
        public var inherited = 0
        /// Statement × drug or service × billable ICD-10-CM code.
        public var expanded = 0
        /// The same without repetition: distinct pairs of a treatment and a billable code.
        public var expandedPairs = 0
    }

    public var drugs: Int
    public var classes: Int
    public var services: Int
    public var citations: Int
    public var statements: Int
    public var statementsByRelation: [String: Int]
    /// Pairs of a subject and a code, category by category, as the supporting statements assert them.
    public var assertedPairs: Int
    /// Pairs of a single treatment and a code once classes and panels have passed theirs on.
    public var inheritedPairs: Int
    public var drugsWithoutStatement: Int
    public var servicesWithoutStatement: Int
    public var drugsWithContraindication: Int
    public var drugsWithMaximumDose: Int
    /// Statements that support a treatment, and those that forbid it; expanded where code tables were given.
    public var supporting: Edges
    public var forbidding: Edges
    /// Contraindications whatever the diagnosis: they are no edges to a code by themselves.
    public var forbiddingAnyDiagnosis: Int
    /// Those of them whose condition a code alone makes true (pregnancy, a stage of kidney disease, `dx=`), as edges
    /// to the codes that do.
    public var forbiddingByCondition: Edges
    /// Codes of ICD-10-CM, headings included, and those that a claim may carry; zero without code tables.
    public var diagnosisNodes: Int
    public var billableDiagnoses: Int
}

extension KnowledgeStatistics {
    /// Lines for a terminal.
    public var text: String {
        func line(_ name: String, _ edges: Edges) -> String {
            "\(name): \(edges.asserted) asserted, \(edges.inherited) inherited, \(edges.expanded) expanded, "
                + "\(edges.expandedPairs) pairs of a treatment and a billable code"
        }
        let relations = statementsByRelation.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let lines = [
            "drugs: \(drugs), \(drugsWithoutStatement) without a statement, \(drugsWithContraindication) with a "
                + "contraindication, \(drugsWithMaximumDose) with a maximum dose",
            "classes: \(classes)", "services: \(services), \(servicesWithoutStatement) without a statement",
            "citations: \(citations)", "statements: \(statements)",
            "  " + relations.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
            line("supporting edges", supporting), line("forbidding edges", forbidding),
            line(
                "forbidding in any diagnosis (\(forbiddingAnyDiagnosis) statements), by a code", forbiddingByCondition),
            "diagnoses: \(diagnosisNodes) codes, headings and groups, \(billableDiagnoses) of them billable",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension KnowledgeBase {
    /// Counts of the base. With `tables`, edges are also expanded to every billable code of ICD-10-CM.
    public func statistics(expandedBy tables: CodeTables? = nil) -> KnowledgeStatistics {
        let files = image.files
        let counter = EdgeCounter(files, tables)
        let all = 0..<image.treatments.count
        func count(_ isIncluded: (TreatmentRecord) -> Bool) -> Int {
            all.filter { isIncluded(image.treatments[$0]) }.count
        }
        let supporting = counter.edges { $0.score != nil }
        return KnowledgeStatistics(
            drugs: files.drugs.count, classes: files.classes.count, services: files.services.count,
            citations: files.citations.count, statements: files.statements.count,
            statementsByRelation: files.statements.reduce(into: [:]) { $0[$1.relation.rawValue, default: 0] += 1 },
            assertedPairs: counter.assertedPairs, inheritedPairs: supporting.inherited,
            drugsWithoutStatement: count { $0.isDrug && $0.principal == 0 },
            servicesWithoutStatement: count { !$0.isDrug && !$0.isGeneral && $0.principal == 0 },
            drugsWithContraindication: counter.drugsForbidden,
            drugsWithMaximumDose: count { $0.isDrug && $0.maximum >= 0 },
            supporting: supporting,
            forbidding: counter.edges { $0 == .contraindicated || $0 == .contraindicatedIf },
            forbiddingAnyDiagnosis: files.statements.filter { $0.relation == .contraindicatedIf && $0.object == "*" }
                .count,
            forbiddingByCondition: counter.conditionEdges(),
            diagnosisNodes: tables?.diagnosisCount ?? 0,
            billableDiagnoses: tables.map { $0.billableDiagnoses(under: "").count } ?? 0)
    }
}

/// Counts edges over the statements that take part.
private struct EdgeCounter {
    let files: KnowledgeFiles
    let subjects: SubjectIndex
    let tables: CodeTables?
    /// The treatments that each statement reaches; none for one that takes no part.
    let reached: [[Int]]

    init(_ files: KnowledgeFiles, _ tables: CodeTables?) {
        self.files = files
        self.tables = tables
        let subjects = SubjectIndex(files)
        self.subjects = subjects
        let cited = Set(files.citations.map(\.id))
        var panels: [Int: [Int]] = [:]
        for (panel, members) in subjects.lendersOf.enumerated() {
            for member in members { panels[member, default: []].append(panel) }
        }
        reached = files.statements.map { statement in
            guard cited.contains(statement.citation) else { return [] }
            if let treatment = subjects.treatments[statement.subject] { return [treatment] + (panels[treatment] ?? []) }
            return subjects.classes[statement.subject].map { subjects.drugsOf[$0] } ?? []
        }
    }

    private struct Pair: Hashable {
        let subject: String
        let key: DiagnosisKey
    }

    private struct Edge: Hashable {
        let treatment: Int
        let key: DiagnosisKey
    }

    var assertedPairs: Int {
        var pairs: Set<Pair> = []
        for statement in files.statements where statement.relation.score != nil {
            for key in statement.diagnoses?.keys ?? [] { pairs.insert(Pair(subject: statement.subject, key: key)) }
        }
        return pairs.count
    }

    var drugsForbidden: Int {
        var drugs: Set<Int> = []
        for (position, statement) in files.statements.enumerated()
        where statement.relation == .contraindicated || statement.relation == .contraindicatedIf {
            drugs.formUnion(reached[position].filter { $0 < files.drugs.count })
        }
        return drugs.count
    }

    func edges(_ isIncluded: (Relation) -> Bool) -> KnowledgeStatistics.Edges {
        count { isIncluded($0.relation) ? $0.diagnoses?.keys : nil }
    }

    /// Contraindications in any diagnosis, at the codes that make the whole of their condition true.
    func conditionEdges() -> KnowledgeStatistics.Edges {
        count { statement in
            guard statement.relation == .contraindicatedIf, statement.diagnoses == nil,
                statement.condition.terms.count == 1
            else { return nil }
            switch statement.condition.terms.first {
            case .pregnancy: return DiagnosisSet("O09-O84 O98-O9A Z33 Z34 Z3A")?.keys
            case .diagnosis(let set): return set.keys
            case .filtrationBelow(let limit):
                let stages = [("N18.5", 15), ("N18.6", 15), ("Z99.2", 15), ("N18.4", 30), ("N18.32", 45)]
                return stages.filter { $0.1 <= limit }.compactMap { DiagnosisKey($0.0) }
            default: return nil
            }
        }
    }

    private func count(_ keysOf: (Statement) -> [DiagnosisKey]?) -> KnowledgeStatistics.Edges {
        var result = KnowledgeStatistics.Edges()
        var inherited: Set<Edge> = []
        var expanded: [Set<Int>] = Array(repeating: [], count: subjects.count)
        for (position, statement) in files.statements.enumerated() {
            guard let keys = keysOf(statement) else { continue }
            result.asserted += keys.count
            // A range of categories names every one that could be; those that are not codes expand to nothing.
            var rows: Set<Int> = []
            for key in keys {
                for treatment in reached[position] { inherited.insert(Edge(treatment: treatment, key: key)) }
                if let range = tables?.billableDiagnoses(under: key.plain) { rows.formUnion(range) }
            }
            result.expanded += rows.count * reached[position].count
            for treatment in reached[position] { expanded[treatment].formUnion(rows) }
        }
        result.inherited = inherited.count
        result.expandedPairs = expanded.reduce(0) { $0 + $1.count }
        return result
    }
}
