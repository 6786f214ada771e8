import Foundation
import GRDB
public import HealthTypes

extension StoreTransaction {
    /// Adds entries to the service's journal in the order in which they are given.
    @discardableResult
    public func append(_ drafts: [ServiceDraft], at: Instant) throws -> [ServiceEntry] {
        let last = try row("SELECT sequence, digest FROM service_journal ORDER BY sequence DESC LIMIT 1")
        var previous = try last?.digest("digest")
        var sequence = last?["sequence"] as Int? ?? 0
        let time = at.sortable
        var entries: [ServiceEntry] = []
        var counts: [[String]: Int] = [:]
        entries.reserveCapacity(drafts.count)
        for draft in drafts {
            sequence += 1
            let body = ServiceEntry.body(
                draft.kind, sequence: sequence, at: at, ground: draft.ground, about: draft.about,
                content: draft.content)
            let digest = ServiceEntry.chain(
                previous: previous, sequence: sequence, at: at, kind: draft.kind, body: body)
            try run(
                """
                INSERT INTO service_journal (sequence, at, kind, outcome, ground, about, body, digest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    sequence, time, draft.kind.rawValue, draft.outcome, draft.ground?.hex, draft.about?.sequence,
                    Data(body), digest.hex,
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

    public func serviceEntry(_ sequence: Int) throws -> ServiceEntry? {
        try row("SELECT * FROM service_journal WHERE sequence = ?", [sequence]).map(Self.serviceEntry)
    }

    /// The entry that an id names.
    public func serviceEntry(id: String) throws -> ServiceEntry? {
        guard let place = ServiceEntry.place(ofID: id), let entry = try serviceEntry(place.sequence),
            entry.kind == place.kind
        else { return nil }
        return entry
    }

    /// Entries of a kind, the newest first; those older than `before` where it is given, of one outcome where it is
    /// given.
    public func serviceEntries(
        _ kind: ServiceEntry.Kind, outcome: String? = nil, before: Int? = nil, limit: Int
    ) throws -> [ServiceEntry] {
        try rows(
            """
            SELECT * FROM service_journal WHERE kind = ?1 AND sequence < ?2 AND (?3 IS NULL OR outcome = ?3)
            ORDER BY sequence DESC LIMIT ?4
            """, [kind.rawValue, before ?? Int.max, outcome, limit]
        ).map(Self.serviceEntry)
    }

    /// What was said of an entry, in order.
    public func serviceEntries(about sequence: Int, limit: Int) throws -> [ServiceEntry] {
        try rows("SELECT * FROM service_journal WHERE about = ? ORDER BY sequence LIMIT ?", [sequence, limit])
            .map(Self.serviceEntry)
    }

    /// How many entries there are of each kind and outcome.
    public func serviceCounts() throws -> [(kind: String, outcome: String, count: Int)] {
        try rows("SELECT kind, outcome, entries FROM service_count ORDER BY kind, outcome").map {
            ($0["kind"], $0["outcome"], $0["entries"])
        }
    }

    /// Ids of the answers that can be given again, in order.
    func serviceAnswerIDs() throws -> [String] {
        try rows("SELECT kind, sequence FROM service_journal WHERE ground IS NOT NULL ORDER BY sequence").map { row in
            ServiceEntry.id(try Self.kind(row), row["sequence"])
        }
    }

    /// Whether an entry stands in the chain as it was written: between the entry before it and the one after it.
    public func isChained(_ entry: ServiceEntry) throws -> Bool {
        let before = try serviceEntry(entry.sequence - 1)
        guard before != nil || entry.sequence == 1, try entry.digest == digest(of: entry, after: before?.digest) else {
            return false
        }
        guard let after = try serviceEntry(entry.sequence + 1) else {
            // Nothing may follow a gap.
            return try integer("SELECT count(*) FROM service_journal WHERE sequence > ?", [entry.sequence]) == 0
        }
        return try after.digest == digest(of: after, after: entry.digest)
    }

    /// The first entry of the service's journal that does not fit the digests; nil where all do.
    public func brokenServiceEntry() throws -> Int? {
        var previous: Digest?
        var sequence = 0
        let entries = try Row.fetchCursor(db, sql: "SELECT * FROM service_journal ORDER BY sequence")
        while let row = try entries.next() {
            sequence += 1
            let entry = try Self.serviceEntry(row)
            guard entry.sequence == sequence, try entry.digest == digest(of: entry, after: previous) else {
                return sequence
            }
            previous = entry.digest
        }
        return nil
    }

    private func digest(of entry: ServiceEntry, after previous: Digest?) throws -> Digest {
        ServiceEntry.chain(
            previous: previous, sequence: entry.sequence, at: entry.at, kind: entry.kind, body: entry.body)
    }

    private static func kind(_ row: Row) throws -> ServiceEntry.Kind {
        guard let kind = ServiceEntry.Kind(rawValue: row["kind"]) else { throw RecordDamage("a kind of entry") }
        return kind
    }

    private static func serviceEntry(_ row: Row) throws -> ServiceEntry {
        ServiceEntry(
            sequence: row["sequence"], at: try row.instant("at"), kind: try kind(row), outcome: row["outcome"],
            ground: row["ground"] == nil ? nil : try row.digest("ground"), about: row["about"],
            body: row.bytes("body"), digest: try row.digest("digest"))
    }
}
