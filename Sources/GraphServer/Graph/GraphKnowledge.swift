public import ClinicalKnowledge
import HealthTypes
import Synchronization

/// A knowledge base on a graph server, asked claim by claim.
///
/// The server gives the rows around the claim, in one exchange; they are compiled and judged here as a whole base
/// would be, so that the answer is the same to the byte. Nothing of the claim goes to the server but the codes and names
/// by which its treatments and diagnoses are looked for.
public final class GraphKnowledge: Sendable {
    private struct Current: Sendable, Hashable {
        let key: String
        let release: String
        let digest: Digest

        var version: String { "\(release)+\(digest.short)" }
    }

    /// How often one claim starts again because another base has been pushed.
    private static let maximumReplacements = 3
    /// Of one list of keys; a statement has at most two.
    private static let maximumKeyBytes = 1400

    private let server: GraphServer
    private let current = Mutex<Current?>(nil)

    public init(_ server: GraphServer) {
        self.server = server
    }

    /// The version of the base that the server holds now, as ``KnowledgeBase/version`` gives it.
    public func version() async throws -> String { try await find().version }

    /// Judges a claim; see ``KnowledgeBase/analyze(_:naming:)``.
    public func analyze(_ request: AnalyzeRequest, naming: some DiagnosisNaming) async throws -> AnalyzeResponse {
        try await base(around: ClaimKeys(request)).analyze(request, naming: naming)
    }

    /// The part of the base that the answer to a claim with these keys rests on.
    public func base(around keys: ClaimKeys) async throws -> KnowledgeBase {
        var base = try await known()
        for _ in 0..<Self.maximumReplacements {
            let (rows, newest) = try await fetch(around: keys, from: base)
            if newest == base { return try KnowledgeBase(partOf: base.release, digest: base.digest, rows: rows) }
            // Another base has taken its place, and this one may have been half removed while it was read.
            current.withLock { $0 = newest }
            base = newest
        }
        throw GraphServerError.noKnowledge
    }

    private func known() async throws -> Current {
        if let known = current.withLock({ $0 }) { return known }
        return try await find()
    }

    private func find() async throws -> Current {
        let base = try Self.current(await server.run(Self.newest))
        current.withLock { $0 = base }
        return base
    }

    private static let newest = BoltQuery(GraphQueries.current, ["format": .integer(Int64(GraphQueries.format))])

    private static func current(_ result: BoltResult) throws -> Current {
        guard let row = result.rows.first, row.count == 3, let key = row[0].string, let release = row[1].string,
            let digest = row[2].string.flatMap({ Digest(hex: $0) })
        else { throw GraphServerError.noKnowledge }
        return Current(key: key, release: release, digest: digest)
    }

    /// The rows, and the base that was in use after they were read.
    private func fetch(
        around keys: ClaimKeys, from base: Current
    ) async throws -> (rows: [KnowledgeGraph.Row], newest: Current) {
        let names = Self.parts(keys.names, of: base.key)
        let codes = Self.parts(keys.codes, of: base.key)
        var queries: [BoltQuery] = []
        for part in names { queries += GraphQueries.aroundTreatments.map { BoltQuery($0, ["names": part]) } }
        for part in codes { queries.append(BoltQuery(GraphQueries.aroundDiagnoses, ["codes": part])) }
        for (part, other) in names.flatMap({ part in codes.map { (part, $0) } }) {
            queries.append(BoltQuery(GraphQueries.betweenSiblings, ["names": part, "codes": other]))
        }
        let results = try await server.run(queries + [Self.newest])
        var rows: [Int: KnowledgeGraph.Row] = [:]
        for values in results.dropLast().flatMap(\.rows) {
            let row = try Self.row(values)
            rows[row.place] = row
        }
        return (Array(rows.values), try Self.current(results.last ?? BoltResult()))
    }

    /// The keys in the base, in lists that have room in a statement wherever they are sent.
    private static func parts(_ keys: [String], of base: String) -> [PackStreamValue] {
        var parts: [[PackStreamValue]] = []
        var bytes = maximumKeyBytes
        for key in keys.map({ "\(base):\($0)" }) {
            bytes += key.utf8.count + 4
            if bytes > maximumKeyBytes {
                parts.append([])
                bytes = key.utf8.count + 4
            }
            parts[parts.count - 1].append(.string(key))
        }
        return parts.map { .list($0) }
    }

    private static func row(_ values: [PackStreamValue]) throws -> KnowledgeGraph.Row {
        guard values.count == 5, let place = values[0].integer, let table = values[1].integer,
            let kind = KnowledgeGraph.Row.Kind(rawValue: table), let file = values[2].string,
            let line = values[3].integer, let properties = values[4].map
        else { throw GraphServerError.protocolViolation }
        let cells = kind.columns.map { properties[$0]?.string ?? "" }
        return KnowledgeGraph.Row(place: place, kind: kind, file: file, line: line, cells: cells)
    }
}
