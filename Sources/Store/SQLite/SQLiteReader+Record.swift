import Foundation
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

    func messageIDs(of caseNumber: CaseNumber) throws -> [Int] {
        try tx.rows(
            "SELECT message FROM message_case WHERE site = ? AND case_no = ? ORDER BY message",
            [tx.site, caseNumber.value]
        ).map { $0["message"] }
    }

    func releasedUnits(of caseNumber: CaseNumber) throws -> [WaitingUnit] { try tx.released(to: caseNumber) }

    func version(of key: SharedKey) throws -> Int { try tx.version(of: key) }
}
