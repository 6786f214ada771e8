import ClinicalKnowledge

/// The statements in Cypher: no value stands in them.
///
/// Every node's `key` begins with its base's, so that two bases lie side by side while one takes the other's place:
///
///     (:KnowledgeBase {key, format, release, digest, state, sequence})
///     (:KnowledgeRow:Drug|DrugClass|Service|Citation|Statement|BillingPattern {key, base, place, table, file, line, ...})
///     (:KnowledgeName {key, base}), (:Diagnosis {key, base, code, first_drug_statement, first_service_statement})
///     NAMES, IN_CLASS, CONTAINS, ABOUT, CITES, REQUIRES, ON, PART_OF, and from a subject to a diagnosis
///     SUPPORTS {statement, relation, score} and FORBIDS {statement, relation}
enum GraphQueries {
    /// Of the layout above: a base of another format is not read.
    static let format = 1

    static let labels: [KnowledgeGraph.Row.Kind: String] = [
        .drug: "Drug", .drugClass: "DrugClass", .service: "Service", .citation: "Citation", .statement: "Statement",
        .billingPattern: "BillingPattern",
    ]
    static let nodeLabels = ["KnowledgeRow", "KnowledgeName", "Diagnosis"]
    static let indexes = nodeLabels.flatMap { [($0, "key"), ($0, "base")] } + [("KnowledgeBase", "key")]

    // MARK: Reading

    static let current =
        "MATCH (b:KnowledgeBase {format: $format, state: 'ready'}) "
        + "RETURN b.key, b.release, b.digest ORDER BY b.sequence DESC LIMIT 1"

    static let state = "MATCH (b:KnowledgeBase {key: $base}) RETURN b.state"

    private static let treatments =
        "UNWIND $names AS name MATCH (:KnowledgeName {key: name})-[:NAMES]->(t:KnowledgeRow) WITH DISTINCT t "
    private static let rows = " RETURN DISTINCT y.place, y.table, y.file, y.line, properties(y)"

    /// The rows around a claim, part by part; see `KnowledgeGraph`.
    static let aroundTreatments = [
        // The treatments, what they are part of and hold, all that is said of these, and what that rests on.
        treatments + "MATCH (t)-[:IN_CLASS|CONTAINS*0..1]->(s) WITH DISTINCT s "
            + "MATCH (s)<-[:ABOUT*0..1]-(x) WITH DISTINCT x MATCH (x)-[:CITES|REQUIRES*0..1]->(y)" + rows,
        treatments + "MATCH (t)<-[:CONTAINS*0..1]-(p)<-[:ON]-(x:BillingPattern) WITH DISTINCT x "
            + "MATCH (x)-[:CITES*0..1]->(y)" + rows,
        treatments + "MATCH (t)<-[:CONTAINS]-(p)<-[:ON]-(:BillingPattern {pattern: 'panel_in_parts'}) "
            + "WITH DISTINCT p MATCH (p)-[:CONTAINS*0..1]->(y)" + rows,
    ]
    static let aroundDiagnoses =
        "UNWIND $codes AS code MATCH (d:Diagnosis {key: code}) "
        + "UNWIND [d.first_drug_statement, d.first_service_statement] AS key WITH DISTINCT key "
        + "MATCH (x:KnowledgeRow {key: key})-[:ABOUT|CITES*0..1]->(y)" + rows
    static let betweenSiblings =
        treatments + "MATCH (t)-[:IN_CLASS]->(g)<-[:IN_CLASS]-(s) WITH DISTINCT s "
        + "MATCH (s)-[e:SUPPORTS]->(d:Diagnosis) WHERE d.key IN $codes WITH DISTINCT e.statement AS key "
        + "MATCH (x:KnowledgeRow {key: key})-[:ABOUT|CITES*0..1]->(y)" + rows

    // MARK: Writing

    /// In Neo4j's words, which do nothing where the index is there.
    static func index(_ label: String, _ property: String) -> String {
        "CREATE INDEX IF NOT EXISTS FOR (n:\(label)) ON (n.\(property))"
    }

    /// For servers that do not know the words above.
    static func plainIndex(_ label: String, _ property: String) -> String {
        "CREATE INDEX FOR (n:\(label)) ON (n.\(property))"
    }
    static let plainIndexes = "CALL db.indexes() YIELD label, properties RETURN label, properties"

    static let begin =
        "MERGE (b:KnowledgeBase {key: $base}) "
        + "SET b.format = $format, b.release = $release, b.digest = $digest, b.state = 'loading' "

    static func nodes(_ labels: String) -> String {
        "UNWIND $rows AS r MERGE (n:\(labels) {key: r.key}) SET n += r.properties"
    }

    static func links(_ type: String, from: String, to: String, properties: [String] = []) -> String {
        let all = properties.map { "\($0): r.\($0)" }.joined(separator: ", ")
        return "UNWIND $rows AS r MATCH (a:\(from) {key: r.from}) MATCH (b:\(to) {key: r.to}) "
            + "MERGE (a)-[:\(type)\(all.isEmpty ? "" : " {\(all)}")]->(b)"
    }

    static func countNodes(_ label: String) -> String { "MATCH (n:\(label) {base: $base}) RETURN count(n)" }
    static func countLinks(_ label: String) -> String { "MATCH (n:\(label) {base: $base})-[r]->() RETURN count(r)" }

    static let finish = "MATCH (b:KnowledgeBase {key: $base}) SET b.state = 'ready', b.sequence = $sequence"
    static let bases = "MATCH (b:KnowledgeBase) RETURN b.key, b.state, b.sequence"

    static let retire = "MATCH (b:KnowledgeBase {key: $base}) SET b.state = 'retired'"
    static func remove(_ label: String) -> String {
        "MATCH (n:\(label) {base: $base}) WITH n LIMIT $limit DETACH DELETE n RETURN count(n)"
    }
    static let removeBase = "MATCH (b:KnowledgeBase {key: $base}) DELETE b"
}
