import Foundation
import GRDB
public import HealthTypes

extension StoreTransaction {
    // MARK: Content

    /// Keeps bytes under their digest; keeping them again costs a look-up.
    @discardableResult
    public func keep(_ bytes: [UInt8]) throws -> Digest {
        let digest = Digest(of: bytes)
        try run("INSERT OR IGNORE INTO content (digest, bytes) VALUES (?, ?)", [digest.hex, Data(bytes)])
        return digest
    }

    public func content(_ digest: Digest) throws -> [UInt8]? {
        try row("SELECT bytes FROM content WHERE digest = ?", [digest.hex])?.bytes("bytes")
    }

    // MARK: Cases

    /// Opens a case and binds its first key; the case that the key is bound to already, where it is.
    public func openCase(kind: String, key: (kind: String, value: String), at: Instant) throws -> String {
        if let known = try caseID(for: key) { return known }
        let id = "C-\(padded(try next("case"), to: 7))"
        try run("INSERT INTO case_file (id, kind, opened_at) VALUES (?, ?, ?)", [id, kind, at.sortable])
        try bind(key, to: id)
        return id
    }

    /// Makes `key` lead to the case; a key that leads to another case already is left as it is (false).
    @discardableResult
    public func bind(_ key: (kind: String, value: String), to caseID: String) throws -> Bool {
        try run(
            "INSERT OR IGNORE INTO case_key (kind, value, case_id) VALUES (?, ?, ?)", [key.kind, key.value, caseID])
        return db.changesCount > 0
    }

    public func caseID(for key: (kind: String, value: String)) throws -> String? {
        try row("SELECT case_id FROM case_key WHERE kind = ? AND value = ?", [key.kind, key.value])?["case_id"]
    }

    /// The case with this id, or to which a key of this value leads.
    public func findCase(_ text: String) throws -> String? {
        try row(
            """
            SELECT id FROM (SELECT id, 0 AS rank FROM case_file WHERE id = ?1
                UNION SELECT case_id, 1 FROM case_key WHERE value = ?1) ORDER BY rank LIMIT 1
            """, [text])?["id"]
    }

    public func keys(of caseID: String) throws -> [(kind: String, value: String)] {
        try rows("SELECT kind, value FROM case_key WHERE case_id = ? ORDER BY kind, value", [caseID]).map {
            ($0["kind"], $0["value"])
        }
    }

    // MARK: Journal

    /// Adds an entry and returns it with its place and digest.
    @discardableResult
    public func append(to caseID: String, kind: String, body: [UInt8], at: Instant) throws -> JournalRow {
        let last = try row(
            "SELECT sequence, digest FROM journal WHERE case_id = ? ORDER BY sequence DESC LIMIT 1", [caseID])
        let sequence = (last?["sequence"] as Int? ?? 0) + 1
        let digest = JournalRow.chain(
            previous: try last?.digest("digest"), caseID: caseID, sequence: sequence, at: at, kind: kind, body: body)
        try run(
            "INSERT INTO journal (case_id, sequence, at, kind, body, digest) VALUES (?, ?, ?, ?, ?, ?)",
            [caseID, sequence, at.sortable, kind, Data(body), digest.hex])
        return JournalRow(caseID: caseID, sequence: sequence, at: at, kind: kind, body: body, digest: digest)
    }

    /// The entries of a case in order, up to and with `through` where it is given.
    public func journal(of caseID: String, through: Int? = nil) throws -> [JournalRow] {
        try rows(
            """
            SELECT sequence, at, kind, body, digest FROM journal WHERE case_id = ? AND sequence <= ?
            ORDER BY sequence
            """, [caseID, through ?? Int.max]
        ).map {
            JournalRow(
                caseID: caseID, sequence: $0["sequence"], at: try $0.instant("at"), kind: $0["kind"],
                body: $0.bytes("body"), digest: try $0.digest("digest"))
        }
    }

    /// Every case whose journal does not add up to its digests, with the first entry that does not; the service's own
    /// journal is named `service`.
    public func brokenChains() throws -> [(caseID: String, sequence: Int)] {
        var broken: [(String, Int)] = []
        for id in try String.fetchAll(db, sql: "SELECT id FROM case_file ORDER BY id") {
            var previous: Digest?
            for (index, entry) in try journal(of: id).enumerated() {
                let expected = JournalRow.chain(
                    previous: previous, caseID: id, sequence: index + 1, at: entry.at, kind: entry.kind,
                    body: entry.body)
                guard entry.sequence == index + 1, entry.digest == expected else {
                    broken.append((id, entry.sequence))
                    break
                }
                previous = entry.digest
            }
        }
        if let sequence = try brokenServiceEntry() { broken.append(("service", sequence)) }
        return broken
    }

    // MARK: Decisions

    public func add(_ decision: DecisionRow) throws {
        try run(
            """
            INSERT INTO decision (id, case_id, stage, occasion, outcome, made_at, facts_through, facts_digest, ground,
                body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                decision.id, decision.caseID, decision.stage, decision.occasion, decision.outcome,
                decision.madeAt.sortable, decision.factsThrough, decision.factsDigest.hex, decision.ground.hex,
                decision.body.hex,
            ])
    }

    public func decision(_ id: String) throws -> DecisionRow? {
        try row("SELECT * FROM decision WHERE id = ?", [id]).map(Self.decision)
    }

    public func decisions(of caseID: String) throws -> [DecisionRow] {
        try rows("SELECT * FROM decision WHERE case_id = ? ORDER BY facts_through, rowid", [caseID])
            .map(Self.decision)
    }

    /// Ids of all decisions in the order in which they were made: those of cases, then the service's answers.
    public func decisionIDs() throws -> [String] {
        try String.fetchAll(db, sql: "SELECT id FROM decision ORDER BY rowid") + serviceAnswerIDs()
    }

    private static func decision(_ row: Row) throws -> DecisionRow {
        DecisionRow(
            id: row["id"], caseID: row["case_id"], stage: row["stage"], occasion: row["occasion"],
            outcome: row["outcome"], madeAt: try row.instant("made_at"), factsThrough: row["facts_through"],
            factsDigest: try row.digest("facts_digest"), ground: try row.digest("ground"),
            body: try row.digest("body"))
    }

    // MARK: What decisions found, and money

    public func add(_ findings: [FindingRow]) throws {
        for (position, finding) in findings.enumerated() {
            try run(
                """
                INSERT INTO finding (decision_id, position, case_id, stage, check_id, answer, stops, after_sending,
                    control_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    finding.decisionID, position, finding.caseID, finding.stage, finding.checkID, finding.answer,
                    finding.stops, finding.afterSending, finding.controlNumber,
                ])
        }
    }

    public func add(_ posting: PostingRow) throws {
        try run(
            """
            INSERT INTO posting (decision_id, case_id, control_number, payer_id, charge_cents, paid_cents,
                patient_cents, denied_cents, follow_up) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                posting.decisionID, posting.caseID, posting.controlNumber, posting.payerID, posting.charge.cents,
                posting.paid.cents, posting.patient.cents, posting.denied.cents, posting.isFollowUp,
            ])
    }

    // MARK: Messages

    /// Keeps a message's place in the log; its bytes must be kept already.
    @discardableResult
    public func add(_ message: MessageRow, cases: [String] = []) throws -> Int {
        try run(
            """
            INSERT INTO message (direction, format, kind, digest, source, at, state, issues, byte_count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                message.direction.rawValue, message.format, message.kind, message.digest.hex, message.source,
                message.at.sortable, message.state.rawValue, Data(message.issues), message.byteCount,
            ])
        let id = Int(db.lastInsertedRowID)
        for caseID in cases { try link(message: id, to: caseID) }
        return id
    }

    public func link(message id: Int, to caseID: String) throws {
        try run("INSERT OR IGNORE INTO message_case (message_id, case_id) VALUES (?, ?)", [id, caseID])
    }

    public func setState(_ state: MessageRow.State, issues: [UInt8], ofMessage id: Int) throws {
        try run("UPDATE message SET state = ?, issues = ? WHERE id = ?", [state.rawValue, Data(issues), id])
    }

    public func message(_ id: Int) throws -> MessageRow? {
        try row("SELECT * FROM message WHERE id = ?", [id]).map(Self.message)
    }

    /// An incoming message with these very bytes, where one was taken in before.
    public func incomingMessage(with digest: Digest) throws -> MessageRow? {
        try row(
            """
            SELECT * FROM message WHERE digest = ? AND direction = 'in' AND state != 'duplicate' ORDER BY id LIMIT 1
            """, [digest.hex]
        ).map(Self.message)
    }

    public func messages(of caseID: String) throws -> [MessageRow] {
        try rows(
            """
            SELECT message.* FROM message JOIN message_case ON message_case.message_id = message.id
            WHERE message_case.case_id = ? ORDER BY message.id
            """, [caseID]
        ).map(Self.message)
    }

    /// Incoming messages that were refused, left over or unmatched, newest first.
    public func troubledMessages(limit: Int) throws -> [MessageRow] {
        try rows(
            """
            SELECT * FROM message WHERE direction = 'in' AND state IN ('refused', 'partial', 'unmatched')
            ORDER BY id DESC LIMIT ?
            """, [limit]
        ).map(Self.message)
    }

    /// How many messages there are of each direction and state.
    public func messageCounts() throws -> [(direction: String, state: String, count: Int)] {
        try rows("SELECT direction, state, count(*) AS n FROM message GROUP BY 1, 2 ORDER BY 1, 2").map {
            ($0["direction"], $0["state"], $0["n"])
        }
    }

    private static func message(_ row: Row) throws -> MessageRow {
        MessageRow(
            id: row["id"], direction: .init(rawValue: row["direction"]) ?? .incoming, format: row["format"],
            kind: row["kind"], digest: try row.digest("digest"), source: row["source"], at: try row.instant("at"),
            state: .init(rawValue: row["state"]) ?? .refused, issues: row.bytes("issues"),
            byteCount: row["byte_count"])
    }
}
