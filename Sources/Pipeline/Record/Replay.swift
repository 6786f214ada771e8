public import HealthTypes
import Review
import Stages
import Store
import Synchronization

/// The outcome of deciding again what was decided before, on what the record holds.
public struct ReplayReport: Sendable, Codable {
    public var decisionID: String
    /// Whether the journal's digests add up as far as the decision reaches, the decision included.
    public var recordIntact: Bool
    /// Whether the recomputed decision has the same bytes.
    public var identical: Bool
    /// Paths at which the recomputed decision differs, with both values; empty where it is identical.
    public var differences: [String]
    /// What the decision stood on: data sets by name and digest.
    public var data: [String: Digest]
    public var digest: Digest

    public var line: String {
        "\(decisionID): \(recordIntact ? "record intact" : "RECORD ALTERED"), \(identical ? "identical" : "DIFFERS")"
    }
}

extension Pipeline {
    /// There is no such decision, or the record does not hold what it stood on.
    public struct CannotReplay: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Recomputes a decision from the record alone: facts from the journal, engines from the data as it was.
    ///
    /// - Throws: ``CannotReplay`` where there is no such decision, or where the record is damaged so that it cannot be
    ///   read at all.
    public nonisolated func replay(_ id: String) throws -> ReplayReport {
        do { return try recompute(id) } catch let error as CannotReplay { throw error } catch {
            throw CannotReplay(description: "the record of \(id) cannot be read: it was altered or is damaged")
        }
    }

    private nonisolated func recompute(_ id: String) throws -> ReplayReport {
        try store.read { tx in
            if let entry = try tx.serviceEntry(id: id) { return try recompute(id, of: entry, in: tx) }
            guard let (row, decision, bytes) = try CaseReader.decision(id, in: tx) else {
                throw CannotReplay(description: "there is no decision \(id)")
            }
            guard let groundBytes = try tx.content(row.ground) else {
                throw CannotReplay(description: "the record does not hold the ground of \(id)")
            }
            let record = try Canonical.decode(GroundRecord.self, from: groundBytes)
            let engines = try engines(record.data, in: tx).engines
            let facts = try CaseReader.facts(of: row.caseID, through: row.factsThrough, in: tx)
            var ground = Ground(engines: engines, record: record)
            ground.record.notes.reviews = reviews(facts, decision.occasion, ground)
            var ruling = StageTable.decide(facts, on: decision.occasion, ground: ground)
            ContractGuard(contracts: home.contracts).check(&ruling, of: decision.occasion.stage)
            let again = Decision(
                ruling, on: decision.occasion, facts: facts, ground: ground, groundDigest: row.ground)
            let recomputed = try Canonical.encode(again)
            return ReplayReport(
                decisionID: id, recordIntact: try intact(row, bytes, groundBytes, in: tx),
                identical: recomputed == bytes, differences: try Self.differences(bytes, recomputed),
                data: record.data, digest: Digest(of: recomputed))
        }
    }

    /// The engines as a ground names them by the digests of their data: those that are loaded where the digests agree,
    /// else from the record; with the files behind them.
    nonisolated func engines(_ data: [String: Digest], in tx: StoreTransaction) throws -> (
        engines: Engines, files: () throws -> [String: DataFiles]
    ) {
        if data == home.sets.mapValues(\.digest) { return (home.engines, { self.home.sets }) }
        let files = {
            var sets: [String: DataFiles] = [:]
            for (name, digest) in data {
                guard let set = try DataArchive.restore(digest, in: tx) else {
                    throw CannotReplay(description: "the record does not hold the \(name) of digest \(digest.short)")
                }
                sets[name] = set
            }
            return sets
        }
        if let restored = restored.withLock({ $0 }), restored.data == data { return (restored.engines, files) }
        let engines = try DataHome.engines(files())
        restored.withLock { $0 = (data, engines) }
        return (engines, files)
    }

    /// Reviewers that always answer alike are asked again; what others said is read from the record.
    private nonisolated func reviews(_ facts: CaseFacts, _ occasion: Occasion, _ ground: Ground) -> ReviewAnswers? {
        guard let stored = ground.notes.reviews else { return nil }
        guard gatherer.panel.analyst.isDeterministic, gatherer.panel.compliance.isDeterministic,
            stored.analyst.reviewer == gatherer.panel.analyst.identity,
            stored.compliance.reviewer == gatherer.panel.compliance.identity,
            let request = SubmissionStage.reviewRequest(facts, on: occasion, ground: ground)
        else { return stored }
        return gatherer.panel.review(request)
    }

    private nonisolated func intact(_ row: DecisionRow, _ body: [UInt8], _ ground: [UInt8], in tx: StoreTransaction)
        throws -> Bool
    {
        guard Digest(of: body) == row.body, Digest(of: ground) == row.ground else { return false }
        var previous: Digest?
        for (index, entry) in try tx.journal(of: row.caseID, through: row.factsThrough + 1).enumerated() {
            let expected = JournalRow.chain(
                previous: previous, caseID: row.caseID, sequence: index + 1, at: entry.at, kind: entry.kind,
                body: entry.body)
            guard entry.sequence == index + 1, entry.digest == expected else { return false }
            if entry.sequence == row.factsThrough, entry.digest != row.factsDigest { return false }
            previous = entry.digest
        }
        return true
    }

    static func differences(_ old: [UInt8], _ new: [UInt8]) throws -> [String] {
        guard old != new else { return [] }
        var found: [String] = []
        compare(try JSON(parsing: old), try JSON(parsing: new), at: "", into: &found)
        return found
    }

    private static func compare(_ old: JSON, _ new: JSON, at path: String, into found: inout [String]) {
        guard old != new, found.count < 50 else { return }
        switch (old, new) {
        case (.object(let left), .object(let right)):
            for name in (left.members.map(\.name) + right.members.map(\.name)).uniqued() {
                compare(left[name] ?? .null, right[name] ?? .null, at: "\(path)/\(name)", into: &found)
            }
        case (.array(let left), .array(let right)) where left.count == right.count:
            for (index, pair) in zip(left, right).enumerated() {
                compare(pair.0, pair.1, at: "\(path)/\(index)", into: &found)
            }
        default: found.append("\(path): was \(old.text.prefix(200)), is \(new.text.prefix(200))")
        }
    }
}
