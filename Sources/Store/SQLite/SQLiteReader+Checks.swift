import HealthTypes

/// What `verify` asks of the tables as wholes, some of them at a time.
extension SQLiteReader {
    // MARK: Rows without ground

    /// Tables whose rows are of an entry of a case, with the column that names it; nil for those of the case alone.
    private static let casesTables: [(table: String, entry: String?)] = [
        ("journal", nil), ("case_key", nil), ("case_secret", nil), ("case_summary", nil), ("set_aside", nil),
        ("message_case", nil), ("decision", "entry"), ("finding", "entry"), ("posting", "entry"),
        ("adjudicated", "entry"), ("claim_line", "claim_entry"), ("send", "entry"), ("work_item", "entry"),
    ]

    /// Asks one question after another until so many rows are found.
    private struct OrphanSearch {
        let tx: Connection
        let limit: Int
        let range: StatementArguments
        var found: [Orphan] = []

        /// - Parameter sql: with columns `c`, `e` and `m`, and the site and the two ends of the range as parameters.
        mutating func add(_ table: String, _ missing: String, _ sql: String) throws {
            let left = limit - found.count
            if left <= 0 { return }
            let site: StatementArguments = [tx.site]
            let last: StatementArguments = [left]
            found += try tx.rows("\(sql) LIMIT ?", site + range + last).map {
                Orphan(
                    table: table, missing: missing, caseNumber: ($0["c"] as Int?).map { CaseNumber($0) },
                    entry: $0["e"], message: $0["m"])
            }
        }
    }

    func orphans(ofCasesAfter after: CaseNumber?, through: CaseNumber?, limit: Int) throws -> [Orphan] {
        var search = OrphanSearch(
            tx: tx, limit: limit, range: [after?.value ?? Int.min, through?.value ?? Int.max])
        let range = "t.site = ? AND t.case_no > ? AND t.case_no <= ?"
        for (table, entry) in Self.casesTables {
            try search.add(
                table, "case",
                """
                SELECT DISTINCT t.case_no AS c, NULL AS e, NULL AS m FROM \(table) t WHERE \(range) AND NOT EXISTS
                    (SELECT 1 FROM case_head h WHERE h.site = t.site AND h.case_no = t.case_no)
                """)
            guard let entry else { continue }
            try search.add(
                table, "entry",
                """
                SELECT t.case_no AS c, t.\(entry) AS e, NULL AS m FROM \(table) t WHERE \(range) AND NOT EXISTS
                    (SELECT 1 FROM journal j WHERE j.site = t.site AND j.case_no = t.case_no AND j.seq = t.\(entry))
                """)
        }
        try search.add(
            "finding", "decision",
            """
            SELECT t.case_no AS c, t.entry AS e, NULL AS m FROM finding t WHERE \(range) AND NOT EXISTS
                (SELECT 1 FROM decision d WHERE d.site = t.site AND d.case_no = t.case_no AND d.entry = t.entry)
            """)
        return search.found
    }

    func orphans(ofMessagesAfter after: Int?, through: Int?, limit: Int) throws -> [Orphan] {
        var search = OrphanSearch(tx: tx, limit: limit, range: [after ?? Int.min, through ?? Int.max])
        let range = "t.site = ? AND t.id > ? AND t.id <= ?"
        try search.add(
            "message", "content",
            """
            SELECT NULL AS c, NULL AS e, t.id AS m FROM message t WHERE \(range)
                AND NOT EXISTS (SELECT 1 FROM content WHERE content.id = t.content)
            """)
        try search.add(
            "message", "send",
            """
            SELECT NULL AS c, NULL AS e, t.id AS m FROM message t WHERE \(range) AND t.direction = 1
                AND NOT EXISTS (SELECT 1 FROM send WHERE send.message = t.id)
                AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.message = t.id)
            """)
        for table in ["message_case", "send", "waiting_unit"] {
            try search.add(
                table, "message",
                """
                SELECT t.case_no AS c, NULL AS e, t.message AS m FROM \(table) t
                WHERE t.site = ? AND t.message > ? AND t.message <= ?
                    AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = t.message)
                """)
        }
        try search.add(
            "answer", "message",
            """
            SELECT NULL AS c, NULL AS e, t.message AS m FROM answer t
            WHERE t.site = ? AND t.message > ? AND t.message <= ?
                AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = t.message)
            """)
        try search.add(
            "delivery", "message",
            """
            SELECT NULL AS c, NULL AS e, t.message AS m FROM delivery t JOIN lane ON lane.id = t.lane
            WHERE lane.site = ? AND t.message > ? AND t.message <= ?
                AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = t.message)
            """)
        return search.found
    }

    // MARK: Messages, units and patterns

    func messageStandings(after id: Int?, limit: Int) throws -> [MessageStanding] {
        try tx.rows(
            """
            SELECT m.id, m.direction, m.state, d.message IS NOT NULL AS has_delivery, d.due_at IS NOT NULL AS is_due,
                (SELECT count(*) FROM waiting_unit w WHERE w.message = m.id) AS units,
                EXISTS (SELECT 1 FROM message_case c WHERE c.message = m.id) AS has_case,
                EXISTS (SELECT 1 FROM answer a WHERE a.message = m.id) AS is_answer
            FROM message m LEFT JOIN delivery d ON d.message = m.id
            WHERE m.site = ? AND m.id > ? ORDER BY m.id LIMIT ?
            """, [tx.site, id ?? 0, limit]
        ).map { row in
            let (hasDelivery, isDue, isAnswer): (Bool, Bool, Bool) = (
                row["has_delivery"], row["is_due"], row["is_answer"]
            )
            return MessageStanding(
                id: row["id"], direction: try row.tag("direction"), state: try row.tag("state"),
                delivery: hasDelivery ? (isDue ? .open : .ended) : isAnswer ? .given : nil, unitsWaiting: row["units"],
                hasCase: row["has_case"])
        }
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

    /// Rows that one of two questions gives and the other does not.
    private func differences(_ first: String, _ second: String, _ arguments: StatementArguments) throws -> Int {
        try tx.integer(
            """
            WITH first AS (\(first)), second AS (\(second))
            SELECT (SELECT count(*) FROM (SELECT * FROM first EXCEPT SELECT * FROM second))
                + (SELECT count(*) FROM (SELECT * FROM second EXCEPT SELECT * FROM first))
            """, arguments)
    }

    func patternFaults() throws -> Int {
        let arguments: StatementArguments = [tx.site, try tx.patternMark()]
        let patterns = try differences(
            """
            SELECT payer, procedure, modifiers, denial_group, reason, count(*), sum(amount) FROM adjudicated
            WHERE site = ?1 AND id <= ?2 AND reason IS NOT NULL GROUP BY 1, 2, 3, 4, 5
            """,
            """
            SELECT payer, procedure, modifiers, denial_group, reason, denied, amount FROM denial_pattern
            WHERE site = ?1
            """, arguments)
        let lines = try differences(
            """
            SELECT payer, procedure, modifiers, count(*) FROM (
                SELECT DISTINCT case_no, entry, line, payer, procedure, modifiers FROM adjudicated
                WHERE site = ?1 AND id <= ?2) GROUP BY 1, 2, 3
            """, "SELECT payer, procedure, modifiers, lines FROM adjudicated_count WHERE site = ?1", arguments)
        return patterns + lines
    }
}
