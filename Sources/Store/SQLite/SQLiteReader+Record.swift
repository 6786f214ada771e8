import Foundation
import GRDB
import HealthTypes

extension SQLiteReader {
    // MARK: Generations and contents

    func generation(_ digest: Digest) throws -> [UInt8]? { try tx.generation(digest) }

    func generations() throws -> [GenerationRow] {
        try tx.rows("SELECT digest, at, codec, manifest FROM generation ORDER BY id", []).map {
            GenerationRow(
                digest: try $0.digest("digest"), at: $0.instant("at"),
                byteCount: try $0.restored("manifest", limit: Connection.manifestBytes).count)
        }
    }

    func content(_ digest: Digest) throws -> [UInt8]? { try tx.contentBytes(digest) }

    func content(_ digest: Digest, _ range: Range<Int>) throws -> [UInt8]? {
        guard let content = try tx.content(digest) else { return nil }
        let bytes = try tx.bytes(ofContent: content.id, range)
        return bytes?.count == range.count ? bytes : nil
    }

    func contents(after digest: Digest?, limit: Int) throws -> [ContentRow] {
        try tx.rows(
            """
            SELECT digest, byte_count, CASE WHEN bytes IS NULL
                THEN (SELECT ifnull(max(past), 0) FROM content_chunk WHERE content_chunk.content = content.id)
                ELSE byte_count END AS kept
            FROM content WHERE site = ? AND digest > ? ORDER BY digest LIMIT ?
            """, [tx.site, digest?.data ?? Data(), limit]
        ).map { ContentRow(digest: try $0.digest("digest"), byteCount: $0["byte_count"], kept: $0["kept"]) }
    }

    func rehash(_ digest: Digest) throws -> Digest? {
        do { return try tx.rehash(digest) } catch is RecordDamage { return nil }
    }

    // MARK: Heads and entries

    private static func head(_ row: Row) throws -> HeadRow {
        HeadRow(
            caseNumber: row.caseNumber(),
            position: Position(sequence: row["position"], leaf: try row.digest("leaf")), kind: row["kind"],
            openedAt: row.instant("opened_at"), priority: try row.tag("priority"),
            dueAt: row.optionalInstant("due_at"))
    }

    func heads(after: CaseNumber?, limit: Int) throws -> [HeadRow] {
        try tx.rows(
            "SELECT * FROM case_head WHERE site = ? AND case_no > ? ORDER BY case_no LIMIT ?",
            [tx.site, after?.value ?? 0, limit]
        ).map(Self.head)
    }

    func head(of caseNumber: CaseNumber) throws -> HeadRow? {
        try tx.row("SELECT * FROM case_head WHERE site = ? AND case_no = ?", [tx.site, caseNumber.value])
            .map(Self.head)
    }

    func lastCaseNumber() throws -> CaseNumber {
        CaseNumber(
            try tx.integer(
                "SELECT value FROM counter WHERE site = ? AND name = ?", [tx.site, Connection.caseSeries]))
    }

    func counters() throws -> [(name: String, value: Int)] {
        try tx.rows("SELECT name, value FROM counter WHERE site = ? ORDER BY name", [tx.site]).map {
            ($0["name"], $0["value"])
        }
    }

    func entries(of caseNumber: CaseNumber, through: Int?) throws -> [EntryRow] {
        try tx.entries(of: caseNumber, after: 0, through: through ?? .max)
    }

    func entries(after: EntryPlace?, limit: Int) throws -> [EntryRow] {
        try tx.rows(
            """
            SELECT case_no, seq, at, kind, version, codec, body, commitment, leaf FROM journal
            WHERE site = ? AND (case_no, seq) > (?, ?) ORDER BY case_no, seq LIMIT ?
            """, [tx.site, after?.caseNumber.value ?? 0, after?.entry ?? 0, limit]
        ).map(Connection.entry)
    }

    func keys(of caseNumber: CaseNumber) throws -> [CaseKey] {
        try tx.rows(
            """
            SELECT kind, authority, value FROM case_key WHERE site = ? AND case_no = ?
            ORDER BY kind, authority, value
            """, [tx.site, caseNumber.value]
        ).map { CaseKey(kind: $0["kind"], authority: $0["authority"], value: $0["value"]) }
    }

    func chainFault(of caseNumber: CaseNumber) throws -> ChainFault? {
        func fault(_ sequence: Int, _ kind: ChainFault.Kind) -> ChainFault {
            ChainFault(caseNumber: caseNumber, sequence: sequence, kind: kind)
        }
        guard let head = try tx.head(caseNumber) else { return fault(0, .missingCase) }
        let secret = try tx.secret(of: caseNumber)
        var position = Position.start
        var found: ChainFault?
        try tx.each(
            """
            SELECT seq, at, kind, version, codec, body, commitment, leaf FROM journal
            WHERE site = ? AND case_no = ? ORDER BY seq
            """, [tx.site, caseNumber.value]
        ) { row in
            if found != nil { return }
            let sequence: Int = row["seq"]
            guard sequence == position.sequence + 1 else {
                found = fault(position.sequence + 1, .missingEntry)
                return
            }
            let commitment = try row.digest("commitment")
            let leaf = EntryHead(
                site: SiteID(tx.site), caseNumber: caseNumber, sequence: sequence, at: row.instant("at"),
                kind: row["kind"], version: row["version"], before: position.leaf, commitment: commitment
            ).leaf
            guard try row.digest("leaf") == leaf else {
                found = fault(sequence, .leaf)
                return
            }
            found = Self.bodyFault(row, commitment, secret: secret).map { fault(sequence, $0) }
            position = Position(sequence: sequence, leaf: leaf)
        }
        if let found { return found }
        if head.position.sequence > position.sequence { return fault(position.sequence + 1, .missingEntry) }
        return head.position == position ? nil : fault(head.position.sequence, .position)
    }

    /// What is wrong with a stored body. One that is gone with its case's secret is not: its leaf still proves its place.
    private static func bodyFault(_ row: Row, _ commitment: Digest, secret: [UInt8]?) -> ChainFault.Kind? {
        let isThere = row["body"] as Data? != nil
        guard let secret else { return isThere ? .missingSecret : nil }
        guard isThere else { return .body }
        guard let body = try? row.restored("body", limit: NewEntry.maximumBytes) else { return .unreadable }
        return EntryHead.commitment(to: body, sequence: row["seq"], secret: secret) == commitment ? nil : .body
    }

    // MARK: Rows

    func rows(of caseNumber: CaseNumber) throws -> Rows {
        var rows = Rows()
        rows.decisions = try decisions(of: caseNumber)
        rows.findings = try findings(of: caseNumber)
        rows.postings = try postings(of: caseNumber)
        rows.claimLines = try claimLines(of: caseNumber)
        rows.adjudicated = try tx.rows(
            "SELECT * FROM adjudicated WHERE site = ? AND case_no = ? ORDER BY entry, number",
            [tx.site, caseNumber.value]
        ).map { row in
            AdjudicatedRow(
                entry: row["entry"], number: row["number"], payerID: row["payer"], procedure: row["procedure"],
                modifiers: row.modifiers(), line: row["line"], group: row["denial_group"], reason: row["reason"],
                amount: row.money("amount"))
        }
        rows.sends = try tx.rows(
            """
            SELECT send.*, lane.kind, lane.receiver, send_body.body FROM send JOIN lane ON lane.id = send.lane
            LEFT JOIN send_body ON send_body.send = send.id
            WHERE send.site = ? AND case_no = ? ORDER BY entry, number
            """, [tx.site, caseNumber.value]
        ).map { Connection.send($0, Lane(kind: $0["kind"], receiver: $0["receiver"])) }
        for item in try workItems(of: caseNumber) {
            rows.workOpened.append(item.row)
            guard let endedAt = item.endedAt else { continue }
            rows.workEnded.append(
                WorkEndRow(
                    entry: item.row.entry, number: item.row.number, state: item.state, endedAt: endedAt, by: item.by))
        }
        rows.summary = try tx.row(
            "SELECT * FROM case_summary WHERE site = ? AND case_no = ?", [tx.site, caseNumber.value]
        ).flatMap(Self.summary)
        return rows
    }

    // MARK: The whole

    /// Tables whose rows are of an entry of a case, with the column that names it; nil for those of the case alone.
    private static let casesTables: [(table: String, entry: String?)] = [
        ("journal", nil), ("case_key", nil), ("case_secret", nil), ("case_summary", nil), ("set_aside", nil),
        ("message_case", nil), ("decision", "entry"), ("finding", "entry"), ("posting", "entry"),
        ("adjudicated", "entry"), ("claim_line", "claim_entry"), ("send", "entry"), ("work_item", "entry"),
    ]

    func orphans(limit: Int) throws -> [Orphan] {
        var found: [Orphan] = []
        func add(_ table: String, _ missing: String, _ sql: String, _ arguments: StatementArguments) throws {
            let left = limit - found.count
            if left <= 0 { return }
            found += try tx.rows("\(sql) LIMIT ?", arguments + [left]).map {
                Orphan(
                    table: table, missing: missing, caseNumber: ($0["c"] as Int?).map { CaseNumber($0) },
                    entry: $0["e"], message: $0["m"])
            }
        }
        for (table, entry) in Self.casesTables {
            try add(
                table, "case",
                """
                SELECT DISTINCT t.case_no AS c, NULL AS e, NULL AS m FROM \(table) t WHERE t.site = ? AND NOT EXISTS
                    (SELECT 1 FROM case_head h WHERE h.site = t.site AND h.case_no = t.case_no)
                """, [tx.site])
            guard let entry else { continue }
            try add(
                table, "entry",
                """
                SELECT t.case_no AS c, t.\(entry) AS e, NULL AS m FROM \(table) t WHERE t.site = ? AND NOT EXISTS
                    (SELECT 1 FROM journal j WHERE j.site = t.site AND j.case_no = t.case_no AND j.seq = t.\(entry))
                """, [tx.site])
        }
        try add(
            "finding", "decision",
            """
            SELECT t.case_no AS c, t.entry AS e, NULL AS m FROM finding t WHERE t.site = ? AND NOT EXISTS
                (SELECT 1 FROM decision d WHERE d.site = t.site AND d.case_no = t.case_no AND d.entry = t.entry)
            """, [tx.site])
        try add(
            "message", "content",
            """
            SELECT NULL AS c, NULL AS e, t.id AS m FROM message t WHERE t.site = ?
                AND NOT EXISTS (SELECT 1 FROM content WHERE content.id = t.content)
            """, [tx.site])
        for table in ["message_case", "send"] {
            try add(
                table, "message",
                """
                SELECT t.case_no AS c, NULL AS e, t.message AS m FROM \(table) t WHERE t.site = ?
                    AND t.message IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = t.message)
                """, [tx.site])
        }
        try add(
            "answer", "message",
            """
            SELECT NULL AS c, NULL AS e, t.message AS m FROM answer t WHERE t.site = ?
                AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = t.message)
            """, [tx.site])
        try add(
            "delivery", "message",
            """
            SELECT NULL AS c, NULL AS e, t.message AS m FROM delivery t JOIN lane ON lane.id = t.lane
            WHERE lane.site = ? AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = t.message)
            """, [tx.site])
        try add(
            "message", "send",
            """
            SELECT NULL AS c, NULL AS e, t.id AS m FROM message t WHERE t.site = ? AND t.direction = 1
                AND NOT EXISTS (SELECT 1 FROM send WHERE send.message = t.id)
                AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.message = t.id)
            """, [tx.site])
        return found
    }

    func tableCounts() throws -> [(table: String, count: Int)] {
        let tables = try String.fetchAll(
            tx.db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return try tables.map { ($0, try tx.integer("SELECT count(*) FROM \"\($0)\"", [])) }
    }

    func waitingUnits(after id: Int?, limit: Int) throws -> [(unit: WaitingUnit, key: CaseKey, at: Instant)] {
        try tx.rows(
            "SELECT * FROM waiting_unit WHERE site = ? AND id > ? AND case_no IS NULL ORDER BY id LIMIT ?",
            [tx.site, id ?? 0, limit]
        ).map { row in
            (
                Connection.unit(row),
                CaseKey(kind: row["key_kind"], authority: row["key_authority"], value: row["key_value"]),
                row.instant("at")
            )
        }
    }
}
