public import ClinicalKnowledge
import HealthTypes
import NIOCore

/// What a push has brought to a graph server.
public struct GraphPushSummary: Sendable, Hashable {
    public var version: String
    public var nodes: Int
    public var links: Int
    /// The base was there already, and nothing was sent.
    public var isUnchanged: Bool
}

/// Copies a knowledge base to a graph server.
///
/// The base lies beside the one that is in use until it is whole and counted, and then takes its place in one
/// statement; all others are removed. A push that broke off is taken up by the next one of the same base, since each
/// statement does the same when it is done twice. Of two pushes at a time the slower one fails and changes nothing.
public struct GraphPush: Sendable {
    /// So many nodes or links have been sent, of so many.
    public typealias Progress = @Sendable (_ sent: Int, _ total: Int) -> Void

    private let server: GraphServer
    private let graph: KnowledgeGraph
    private let version: String
    private let base: String

    /// The most bytes of a statement's rows, as they lie in a message, with regard to servers that take no more; see
    /// `LiteralParameters`.
    private static let maximumBytes = 2500
    /// The most statements that are sent at once.
    private static let maximumStatements = 64
    /// Nodes that one statement removes.
    private static let removedAtOnce = 2000

    public init(_ knowledge: KnowledgeBase, to server: GraphServer) {
        self.server = server
        graph = knowledge.graph
        version = knowledge.version
        base = "\(GraphQueries.format)-\(graph.digest.hex.prefix(12))"
    }

    public func run(progress: Progress = { _, _ in }) async throws -> GraphPushSummary {
        let (nodeTables, linkTables) = (nodeTables, linkTables)
        let nodes = nodeTables.reduce(0) { $0 + $1.rows.count }
        let links = linkTables.reduce(0) { $0 + $1.rows.count }
        var summary = GraphPushSummary(version: version, nodes: nodes, links: links, isUnchanged: true)
        let state = try await server.run(BoltQuery(GraphQueries.state, ["base": .string(base)]))
        if state.rows.first?.first == "ready" {
            try await putInUse()
            return summary
        }
        summary.isUnchanged = false
        try await createIndexes()
        try await write(
            GraphQueries.begin,
            [
                "format": .integer(Int64(GraphQueries.format)), "release": .string(graph.release),
                "digest": .string(graph.digest.hex),
            ])
        var sent = 0
        for table in nodeTables + linkTables {
            for statements in table.statements(maximumBytes: Self.maximumBytes).chunks(of: Self.maximumStatements) {
                _ = try await server.run(statements.map { BoltQuery(table.query, ["rows": .list($0)]) })
                sent += statements.reduce(0) { $0 + $1.count }
                progress(sent, nodes + links)
            }
        }
        guard try await count(GraphQueries.countNodes) == nodes, try await count(GraphQueries.countLinks) == links
        else {
            throw GraphServerError.incompletePush
        }
        try await putInUse()
        return summary
    }

    private func write(_ query: String, _ parameters: [String: PackStreamValue]) async throws {
        let parameters = parameters.merging(["base": .string(base)]) { $1 }
        _ = try await server.run(BoltQuery(query, parameters))
    }

    private func count(_ query: (String) -> String) async throws -> Int {
        let results = try await server.run(
            GraphQueries.nodeLabels.map { BoltQuery(query($0), ["base": .string(base)]) })
        return results.reduce(0) { $0 + ($1.rows.first?.first?.integer ?? 0) }
    }

    private func createIndexes() async throws {
        do {
            for (label, property) in GraphQueries.indexes {
                try await write(GraphQueries.index(label, property), [:])
            }
        } catch GraphServerError.refused {
            let there = try await server.run(BoltQuery(GraphQueries.plainIndexes)).rows.map { row in
                (row.first?.string, row.last?.list?.compactMap(\.string) ?? [])
            }
            for (label, property) in GraphQueries.indexes
            where !there.contains(where: { $0.0 == label && $0.1.contains(property) }) {
                try await write(GraphQueries.plainIndex(label, property), [:])
            }
        }
    }

    /// Makes the base the newest and removes the others.
    private func putInUse() async throws {
        let bases = try await server.run(BoltQuery(GraphQueries.bases)).rows
        let ready = bases.filter { $0.count == 3 && $0[1] == "ready" }
        let newest = ready.max { $0[2].integer ?? 0 < $1[2].integer ?? 0 }
        if newest?[0] != .string(base) {
            try await write(GraphQueries.finish, ["sequence": .integer(Int64((newest?[2].integer ?? 0) + 1))])
        }
        for row in bases {
            if let key = row.first?.string, key != base { try await remove(key) }
        }
    }

    private func remove(_ key: String) async throws {
        _ = try await server.run(BoltQuery(GraphQueries.retire, ["base": .string(key)]))
        for label in GraphQueries.nodeLabels {
            var removed = 1
            while removed > 0 {
                let query = BoltQuery(
                    GraphQueries.remove(label), ["base": .string(key), "limit": .integer(Int64(Self.removedAtOnce))])
                removed = try await server.run(query).rows.first?.first?.integer ?? 0
            }
        }
        _ = try await server.run(BoltQuery(GraphQueries.removeBase, ["base": .string(key)]))
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

// MARK: What is sent

extension GraphPush {
    private struct Table {
        let query: String
        let rows: [PackStreamValue]

        init(query: String, rows: [[String: PackStreamValue]]) {
            self.query = query
            self.rows = rows.map { .map($0) }
        }

        /// The rows in order, as many to a statement as have room in it; at least one.
        func statements(maximumBytes: Int) -> [[PackStreamValue]] {
            var statements: [[PackStreamValue]] = []
            var bytes = maximumBytes
            for row in rows {
                let size = PackStreamEncoder.encode(row).readableBytes
                bytes += size
                if bytes > maximumBytes {
                    statements.append([])
                    bytes = size
                }
                statements[statements.count - 1].append(row)
            }
            return statements
        }
    }

    private func key(_ place: Int) -> PackStreamValue { .string("\(base):\(place)") }
    private func key(_ text: String) -> PackStreamValue { .string("\(base):\(text)") }

    private func node(_ key: PackStreamValue, _ properties: [String: PackStreamValue]) -> [String: PackStreamValue] {
        ["key": key, "properties": .map(properties.merging(["base": .string(base)]) { $1 })]
    }

    private var nodeTables: [Table] {
        var tables: [Table] = []
        for kind in KnowledgeGraph.Row.Kind.allCases {
            let rows = graph.rows.filter { $0.kind == kind }.map { row in
                var properties: [String: PackStreamValue] = [
                    "place": .integer(Int64(row.place)), "table": .integer(Int64(kind.rawValue)),
                    "file": .string(row.file), "line": .integer(Int64(row.line)),
                ]
                for (column, cell) in zip(kind.columns, row.cells) where !cell.isEmpty {
                    properties[column] = .string(cell)
                }
                return node(key(row.place), properties)
            }
            tables.append(
                Table(query: GraphQueries.nodes("KnowledgeRow:\(GraphQueries.labels[kind] ?? "")"), rows: rows))
        }
        let names = Set(graph.names.map(\.key)).sorted().map { node(key($0), [:]) }
        tables.append(Table(query: GraphQueries.nodes("KnowledgeName"), rows: names))
        let diagnoses = graph.diagnoses.map { diagnosis in
            var properties: [String: PackStreamValue] = ["code": .string(diagnosis.code)]
            if let row = diagnosis.firstDrugStatement { properties["first_drug_statement"] = key(row) }
            if let row = diagnosis.firstServiceStatement { properties["first_service_statement"] = key(row) }
            return node(key(diagnosis.code), properties)
        }
        tables.append(Table(query: GraphQueries.nodes("Diagnosis"), rows: diagnoses))
        return tables
    }

    private var linkTables: [Table] {
        let between: [(String, [KnowledgeGraph.Link])] = [
            ("IN_CLASS", graph.memberships), ("CONTAINS", graph.contents), ("ABOUT", graph.subjects),
            ("CITES", graph.citations), ("REQUIRES", graph.requirements), ("ON", graph.patterns),
        ]
        var tables = between.map { type, links in
            Table(
                query: GraphQueries.links(type, from: "KnowledgeRow", to: "KnowledgeRow"),
                rows: links.map { ["from": key($0.from), "to": key($0.to)] })
        }
        tables.append(
            Table(
                query: GraphQueries.links("NAMES", from: "KnowledgeName", to: "KnowledgeRow"),
                rows: graph.names.map { ["from": key($0.key), "to": key($0.treatment)] }))
        tables.append(
            Table(
                query: GraphQueries.links("PART_OF", from: "Diagnosis", to: "Diagnosis"),
                rows: graph.diagnoses.compactMap { code in
                    code.parent.map { ["from": key(code.code), "to": key($0)] }
                }))
        func edge(_ edge: KnowledgeGraph.Edge) -> [String: PackStreamValue] {
            [
                "from": key(edge.subject), "to": key(edge.code), "statement": key(edge.statement),
                "relation": .string(edge.relation.rawValue),
                "score": .integer(Int64(edge.relation.score?.hundredths ?? 0)),
            ]
        }
        tables.append(
            Table(
                query: GraphQueries.links(
                    "SUPPORTS", from: "KnowledgeRow", to: "Diagnosis", properties: ["statement", "relation", "score"]),
                rows: graph.edges.filter { $0.relation.score != nil }.map(edge)))
        tables.append(
            Table(
                query: GraphQueries.links(
                    "FORBIDS", from: "KnowledgeRow", to: "Diagnosis", properties: ["statement", "relation"]),
                rows: graph.edges.filter { $0.relation.score == nil }.map(edge)))
        return tables
    }
}
