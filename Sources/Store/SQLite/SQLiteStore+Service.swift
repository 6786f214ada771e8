import Foundation
public import HealthTypes

extension SQLiteStore: ServiceStore {
    public func append(_ drafts: [ServiceDraft], at: Instant) async throws -> [ServiceEntry] {
        if drafts.isEmpty { return [] }
        return try await write { tx in try tx.append(drafts, at: at) }
    }
}

extension Connection {
    func append(_ drafts: [ServiceDraft], at: Instant) throws -> [ServiceEntry] {
        let last = try row("SELECT sequence, digest FROM service_journal ORDER BY sequence DESC LIMIT 1", [])
        var previous = try last?.digest("digest")
        var sequence = last?["sequence"] as Int? ?? 0
        var entries: [ServiceEntry] = []
        var counts: [[String]: Int] = [:]
        entries.reserveCapacity(drafts.count)
        let deflater = Deflater()
        for draft in drafts {
            sequence += 1
            let body = ServiceEntry.body(
                draft.kind, sequence: sequence, at: at, ground: draft.ground, about: draft.about,
                content: draft.content)
            let digest = ServiceEntry.chain(
                previous: previous, sequence: sequence, at: at, kind: draft.kind, body: body)
            let ground = try draft.ground.map { ground in
                guard let content = try content(ground) else {
                    throw StoreRefusal("an entry of the service's journal whose ground is not kept")
                }
                return content.id
            }
            let (codec, stored) = deflater.store(body, withDictionary: false)
            try run(
                """
                INSERT INTO service_journal (sequence, at, kind, outcome, ground, about, digest, codec, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    sequence, at.milliseconds, draft.kind.rawValue, draft.outcome, ground, draft.about?.sequence,
                    digest.data, codec.rawValue, stored,
                ])
            counts[[draft.kind.rawValue, draft.outcome], default: 0] += 1
            previous = digest
            entries.append(
                ServiceEntry(
                    sequence: sequence, at: at, kind: draft.kind, outcome: draft.outcome, ground: draft.ground,
                    about: draft.about?.sequence, body: body, digest: digest))
        }
        for (key, count) in counts {
            try run(
                """
                INSERT INTO service_count (kind, outcome, entries) VALUES (?, ?, ?)
                ON CONFLICT (kind, outcome) DO UPDATE SET entries = entries + excluded.entries
                """, [key[0], key[1], count])
        }
        return entries
    }
}

extension SQLiteReader {
    /// The most bytes that a body of the service's journal is read with.
    private static let bodyBytes = 64 << 20

    private static let entries = """
        SELECT s.*, c.digest AS ground_digest FROM service_journal s LEFT JOIN content c ON c.id = s.ground
        """

    func serviceEntry(_ sequence: Int) throws -> ServiceEntry? {
        try tx.row("\(Self.entries) WHERE s.sequence = ?", [sequence]).map(Self.serviceEntry)
    }

    func serviceEntry(id: String) throws -> ServiceEntry? {
        guard let place = ServiceEntry.place(ofID: id), let entry = try serviceEntry(place.sequence),
            entry.kind == place.kind
        else { return nil }
        return entry
    }

    func serviceEntries(
        _ kind: ServiceEntry.Kind, outcome: String?, before: Int?, limit: Int
    ) throws -> [ServiceEntry] {
        try tx.rows(
            """
            \(Self.entries) WHERE s.kind = ?1 AND s.sequence < ?2 AND (?3 IS NULL OR s.outcome = ?3)
            ORDER BY s.sequence DESC LIMIT ?4
            """, [kind.rawValue, before ?? Int.max, outcome, limit]
        ).map(Self.serviceEntry)
    }

    func serviceEntries(about sequence: Int, limit: Int) throws -> [ServiceEntry] {
        try tx.rows("\(Self.entries) WHERE s.about = ? ORDER BY s.sequence LIMIT ?", [sequence, limit])
            .map(Self.serviceEntry)
    }

    func serviceAnswers(after sequence: Int, limit: Int) throws -> [ServiceEntry] {
        try tx.rows(
            "\(Self.entries) WHERE s.ground IS NOT NULL AND s.sequence > ? ORDER BY s.sequence LIMIT ?",
            [sequence, limit]
        ).map(Self.serviceEntry)
    }

    func serviceCounts() throws -> [(kind: ServiceEntry.Kind, outcome: String, count: Int)] {
        try tx.rows("SELECT kind, outcome, entries FROM service_count ORDER BY kind, outcome", []).map {
            (try Self.kind($0), $0["outcome"], $0["entries"])
        }
    }

    func isChained(_ entry: ServiceEntry) throws -> Bool {
        let before = try serviceEntry(entry.sequence - 1)
        guard before != nil || entry.sequence == 1, digest(of: entry, after: before?.digest) == entry.digest else {
            return false
        }
        guard let after = try serviceEntry(entry.sequence + 1) else {
            // Nothing may follow a gap.
            return try tx.integer("SELECT count(*) FROM service_journal WHERE sequence > ?", [entry.sequence]) == 0
        }
        return digest(of: after, after: entry.digest) == after.digest
    }

    func serviceCheck(after: ServicePlace?, limit: Int) throws -> ServiceCheck {
        var check = ServiceCheck(through: after, fault: nil, counts: [:], isLast: true)
        var rows = 0
        try tx.each(
            "\(Self.entries) WHERE s.sequence > ? ORDER BY s.sequence LIMIT ?", [after?.sequence ?? 0, limit]
        ) { row in
            rows += 1
            if check.fault != nil { return }
            let sequence = (check.through?.sequence ?? 0) + 1
            let entry = try? Self.serviceEntry(row)
            guard let entry, entry.sequence == sequence,
                entry.digest == digest(of: entry, after: check.through?.digest)
            else {
                check.fault = sequence
                return
            }
            check.through = ServicePlace(sequence: sequence, digest: entry.digest)
            check.counts[ServiceCheck.Tally(kind: entry.kind, outcome: entry.outcome), default: 0] += 1
        }
        check.isLast = rows < limit
        return check
    }

    private func digest(of entry: ServiceEntry, after previous: Digest?) -> Digest {
        ServiceEntry.chain(
            previous: previous, sequence: entry.sequence, at: entry.at, kind: entry.kind, body: entry.body)
    }

    private static func kind(_ row: Row) throws -> ServiceEntry.Kind {
        guard let kind = ServiceEntry.Kind(rawValue: row["kind"]) else { throw RecordDamage("a kind of entry") }
        return kind
    }

    private static func serviceEntry(_ row: Row) throws -> ServiceEntry {
        ServiceEntry(
            sequence: row["sequence"], at: row.instant("at"), kind: try kind(row), outcome: row["outcome"],
            ground: row["ground_digest"] as Data? == nil ? nil : try row.digest("ground_digest"), about: row["about"],
            body: try row.restored("body", limit: bodyBytes), digest: try row.digest("digest"))
    }
}
