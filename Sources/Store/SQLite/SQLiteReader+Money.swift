import HealthTypes

extension SQLiteReader {
    // MARK: Postings

    static func posting(_ row: Row) -> PostingRow {
        PostingRow(
            entry: row["entry"], number: row["number"], at: row.instant("at"), controlNumber: row["control_number"],
            payerID: row["payer"], charge: row.money("charge"), paid: row.money("paid"), patient: row.money("patient"),
            contractual: row.money("contractual"), denied: row.money("denied"), writtenOff: row.money("written_off"),
            isFollowUp: row["follow_up"])
    }

    func postings(of caseNumber: CaseNumber) throws -> [PostingRow] {
        try tx.rows(
            "SELECT * FROM posting WHERE site = ? AND case_no = ? ORDER BY entry, number", [tx.site, caseNumber.value]
        ).map(Self.posting)
    }

    /// Columns of sums over the postings that a condition picks, named with a prefix.
    private static func sums(_ prefix: String, where condition: String) -> String {
        let amounts = ["charge", "paid", "patient", "contractual", "denied", "written_off"].map {
            "ifnull(sum(CASE WHEN \(condition) THEN \($0) END), 0) AS \(prefix)_\($0)"
        }
        return (["ifnull(sum(\(condition)), 0) AS \(prefix)_count"] + amounts).joined(separator: ", ")
    }

    private static func sums(_ prefix: String, _ row: Row) -> PostingSums {
        var sums = PostingSums()
        sums.count = row["\(prefix)_count"]
        sums.charge = row.money("\(prefix)_charge")
        sums.paid = row.money("\(prefix)_paid")
        sums.patient = row.money("\(prefix)_patient")
        sums.contractual = row.money("\(prefix)_contractual")
        sums.denied = row.money("\(prefix)_denied")
        sums.writtenOff = row.money("\(prefix)_written_off")
        return sums
    }

    func postingSums(isFollowUp: Bool?) throws -> PostingSums {
        let condition = isFollowUp.map { $0 ? "follow_up = 1" : "follow_up = 0" } ?? "1"
        let row = try tx.row(
            "SELECT \(Self.sums("all", where: condition)) FROM posting WHERE site = ?", [tx.site])
        return row.map { Self.sums("all", $0) } ?? PostingSums()
    }

    func postingCounts() throws -> PostingCounts {
        PostingCounts(
            claimsSettled: try tx.integer(
                """
                SELECT count(*) FROM (SELECT DISTINCT case_no, control_number FROM posting
                    WHERE site = ? AND follow_up = 0)
                """, [tx.site]),
            claimsDenied: try tx.integer(
                """
                SELECT count(*) FROM (SELECT DISTINCT case_no, control_number FROM posting
                    WHERE site = ? AND follow_up = 0 AND denied > 0)
                """, [tx.site]),
            casesRecovered: try tx.integer(
                """
                SELECT count(*) FROM (SELECT case_no FROM posting WHERE site = ? AND follow_up = 1
                    GROUP BY case_no HAVING sum(paid) > 0)
                """, [tx.site]),
            casesDenied: try tx.integer(
                "SELECT count(DISTINCT case_no) FROM posting WHERE site = ? AND follow_up = 0 AND denied > 0",
                [tx.site]))
    }

    // MARK: Claims

    func claimLines(of caseNumber: CaseNumber) throws -> [ClaimLineRow] {
        try tx.rows(
            """
            SELECT * FROM claim_line WHERE site = ? AND case_no = ? ORDER BY claim_entry, claim_number, line
            """, [tx.site, caseNumber.value]
        ).map(Connection.claimLine)
    }

    func claimCounts() throws -> [ClaimCount] {
        try tx.rows(
            """
            SELECT state, original, count(*) AS n, sum(charge) AS charge FROM (
                SELECT min(state) AS state, min(original) AS original, sum(charge) AS charge FROM claim_line
                WHERE site = ? GROUP BY case_no, claim_entry, claim_number)
            GROUP BY state, original ORDER BY state, original DESC
            """, [tx.site]
        ).map {
            ClaimCount(state: $0["state"], isOriginal: $0["original"], claims: $0["n"], charge: $0.money("charge"))
        }
    }

    // MARK: Messages

    static let messages = """
        SELECT message.*, content.digest FROM message JOIN content ON content.id = message.content
        """

    static func message(_ row: Row) throws -> MessageRow {
        let first: Int = row["first"]
        let past: Int = row["past"]
        guard first <= past else { throw RecordDamage("the range of a message") }
        return MessageRow(
            id: row["id"], direction: try row.tag("direction"), format: row["format"], kind: row["kind"],
            content: try row.digest("digest"), range: first..<past, source: row["source"], at: row.instant("at"),
            state: try row.tag("state"), issues: row.bytes("issues"))
    }

    func message(_ id: Int) throws -> MessageRow? {
        try tx.row("\(Self.messages) WHERE message.site = ? AND message.id = ?", [tx.site, id]).map(Self.message)
    }

    func messages(of caseNumber: CaseNumber) throws -> [MessageRow] {
        try tx.rows(
            """
            \(Self.messages) WHERE message.site = ?1 AND message.id IN (
                SELECT message FROM message_case WHERE site = ?1 AND case_no = ?2
                UNION SELECT message FROM send WHERE site = ?1 AND case_no = ?2 AND message IS NOT NULL)
            ORDER BY message.id
            """, [tx.site, caseNumber.value]
        ).map(Self.message)
    }

    func cases(ofMessage id: Int) throws -> [CaseNumber] {
        try tx.rows(
            """
            SELECT case_no FROM message_case WHERE message = ?1 AND site = ?2
            UNION SELECT case_no FROM send WHERE message = ?1 AND site = ?2 ORDER BY case_no
            """, [id, tx.site]
        ).map { $0.caseNumber() }
    }

    func messages(after id: Int?, limit: Int) throws -> [MessageRow] {
        try tx.rows(
            "\(Self.messages) WHERE message.site = ? AND message.id > ? ORDER BY message.id LIMIT ?",
            [tx.site, id ?? 0, limit]
        ).map(Self.message)
    }

    func messages(
        _ direction: MessageRow.Direction, _ state: MessageRow.State, before id: Int?, limit: Int
    ) throws -> [MessageRow] {
        try tx.rows(
            """
            \(Self.messages) WHERE message.site = ? AND direction = ? AND state = ? AND message.id < ?
            ORDER BY message.id DESC LIMIT ?
            """, [tx.site, direction.rawValue, state.rawValue, id ?? .max, limit]
        ).map(Self.message)
    }

    func troubledMessages(before id: Int?, limit: Int) throws -> [MessageRow] {
        // The condition is that of the index of troubled messages.
        try tx.rows(
            """
            \(Self.messages) WHERE message.site = ? AND state IN (1, 2, 3, 8) AND message.id < ?
            ORDER BY message.id DESC LIMIT ?
            """, [tx.site, id ?? .max, limit]
        ).map(Self.message)
    }

    func messageCounts() throws -> [MessageCount] {
        try tx.rows(
            """
            SELECT direction, state, count(*) AS n FROM message WHERE site = ? GROUP BY direction, state
            ORDER BY direction, state
            """, [tx.site]
        ).map { MessageCount(direction: try $0.tag("direction"), state: try $0.tag("state"), count: $0["n"]) }
    }

    func message(content: Digest, direction: MessageRow.Direction) throws -> MessageRow? {
        try tx.row(
            """
            \(Self.messages) WHERE content.site = ? AND content.digest = ? AND direction = ? AND first = 0
                AND past = content.byte_count AND state != ? ORDER BY message.id LIMIT 1
            """, [tx.site, content.data, direction.rawValue, MessageRow.State.duplicate.rawValue]
        ).map(Self.message)
    }

    func sends(of caseNumber: CaseNumber) throws -> [SendStatus] {
        try tx.rows(
            "\(Connection.statuses) WHERE send.site = ? AND case_no = ? ORDER BY entry, number",
            [tx.site, caseNumber.value]
        ).map(Connection.status)
    }

    func sends(ofMessage id: Int) throws -> [SendStatus] {
        try tx.rows(
            "\(Connection.statuses) WHERE send.message = ? AND send.site = ? ORDER BY case_no, entry, number",
            [id, tx.site]
        ).map(Connection.status)
    }

    func laneStatus() throws -> [LaneStatus] { try tx.laneStatus() }
}
