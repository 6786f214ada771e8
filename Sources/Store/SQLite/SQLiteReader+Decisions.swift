import HealthTypes

/// A condition made of parameters, for sets of words whose number the caller decides.
private struct Condition {
    var sql = "1"
    var arguments = StatementArguments()

    mutating func add(_ column: String, _ values: Set<String>?) {
        guard let values else { return }
        sql +=
            values.isEmpty
            ? " AND 0" : " AND \(column) IN (\(Array(repeating: "?", count: values.count).joined(separator: ", ")))"
        arguments += StatementArguments(values.sorted())
    }

    mutating func add(_ column: String, _ value: String?) {
        guard let value else { return }
        sql += " AND \(column) = ?"
        arguments += [value]
    }

    init(_ filter: DecisionFilter, table: String = "decision") {
        add("\(table).stage", filter.stage)
        add("\(table).reason", filter.reasons)
        add("\(table).outcome", filter.outcomes)
    }

    init(_ filter: WorkFilter) {
        add("stage", filter.stage)
        add("kind", filter.kinds)
    }
}

extension SQLiteReader {
    // MARK: Decisions

    static let decisions = """
        SELECT decision.*, generation.digest FROM decision JOIN generation ON generation.id = decision.generation
        """

    static func decision(_ row: Row) throws -> DecisionRow {
        DecisionRow(
            entry: row["entry"], stage: row["stage"], reason: row["reason"], outcome: row["outcome"],
            madeAt: row.instant("made_at"), generation: try row.digest("digest"))
    }

    func decisions(of caseNumber: CaseNumber) throws -> [DecisionRow] {
        try tx.rows(
            "\(Self.decisions) WHERE site = ? AND case_no = ? ORDER BY entry", [tx.site, caseNumber.value]
        ).map(Self.decision)
    }

    func decision(_ caseNumber: CaseNumber, entry: Int) throws -> DecisionRow? {
        try tx.row(
            "\(Self.decisions) WHERE site = ? AND case_no = ? AND entry = ?", [tx.site, caseNumber.value, entry]
        ).map(Self.decision)
    }

    func decisions(after: EntryPlace?, limit: Int) throws -> [DecisionLine] {
        try tx.rows(
            """
            \(Self.decisions) WHERE site = ? AND (case_no, entry) > (?, ?) ORDER BY case_no, entry LIMIT ?
            """, [tx.site, after?.caseNumber.value ?? 0, after?.entry ?? 0, limit]
        ).map { DecisionLine(caseNumber: $0.caseNumber(), row: try Self.decision($0)) }
    }

    func decisionCounts() throws -> [DecisionCount] {
        try tx.rows(
            """
            SELECT stage, reason, outcome, count(*) AS n FROM decision WHERE site = ?
            GROUP BY stage, reason, outcome ORDER BY stage, reason, outcome
            """, [tx.site]
        ).map { DecisionCount(stage: $0["stage"], reason: $0["reason"], outcome: $0["outcome"], count: $0["n"]) }
    }

    func countCases(with filter: DecisionFilter) throws -> Int {
        let condition = Condition(filter)
        return try tx.integer(
            "SELECT count(DISTINCT case_no) FROM decision WHERE site = ? AND \(condition.sql)",
            [tx.site] + condition.arguments)
    }

    func countCases(withAny filters: [DecisionFilter]) throws -> Int {
        let conditions = filters.map { Condition($0) }
        return try tx.integer(
            """
            SELECT count(DISTINCT case_no) FROM decision
            WHERE site = ? AND (0\(conditions.map { " OR (\($0.sql))" }.joined()))
            """, conditions.reduce([tx.site]) { $0 + $1.arguments })
    }

    func countCases(with filter: DecisionFilter, since start: DecisionFilter, before end: DecisionFilter) throws -> Int
    {
        let (wanted, began, ended) = (
            Condition(filter, table: "a"), Condition(start, table: "q"), Condition(end, table: "c")
        )
        return try tx.integer(
            """
            SELECT count(DISTINCT a.case_no) FROM decision a WHERE a.site = ? AND \(wanted.sql)
                AND a.entry >= (SELECT min(q.entry) FROM decision q
                    WHERE q.site = a.site AND q.case_no = a.case_no AND \(began.sql))
                AND a.entry < ifnull((SELECT min(c.entry) FROM decision c
                    WHERE c.site = a.site AND c.case_no = a.case_no AND \(ended.sql)), 9223372036854775807)
            """, [tx.site] + wanted.arguments + began.arguments + ended.arguments)
    }

    // MARK: Findings

    static func finding(_ row: Row) -> FindingRow {
        FindingRow(
            entry: row["entry"], number: row["number"], stage: row["stage"], checkID: row["check_id"],
            answer: row["answer"], stops: row["stops"], afterSending: row["after_sending"],
            controlNumber: row["control_number"])
    }

    func findings(of caseNumber: CaseNumber) throws -> [FindingRow] {
        try tx.rows(
            "SELECT * FROM finding WHERE site = ? AND case_no = ? ORDER BY entry, number", [tx.site, caseNumber.value]
        ).map(Self.finding)
    }

    func findingMarks(after: FindingMark?, limit: Int) throws -> [FindingMark] {
        try tx.rows(
            """
            SELECT * FROM finding WHERE site = ? AND (case_no, entry, number) > (?, ?, ?)
            ORDER BY case_no, entry, number LIMIT ?
            """,
            [
                tx.site, after?.caseNumber.value ?? 0, after?.row.entry ?? 0, after?.row.number ?? 0, limit,
            ]
        ).map { FindingMark(caseNumber: $0.caseNumber(), row: Self.finding($0)) }
    }

    func findingCounts(limit: Int) throws -> [FindingCount] {
        try tx.rows(
            """
            SELECT check_id, answer, n, case_no,
                (SELECT min(entry) FROM finding f WHERE f.site = ?1 AND f.case_no = g.case_no
                    AND f.check_id = g.check_id AND f.answer = g.answer) AS entry
            FROM (SELECT check_id, answer, count(*) AS n, min(case_no) AS case_no FROM finding WHERE site = ?1
                GROUP BY check_id, answer ORDER BY n DESC, check_id, answer LIMIT ?2) g
            ORDER BY n DESC, check_id, answer
            """, [tx.site, limit]
        ).map {
            FindingCount(
                checkID: $0["check_id"], answer: $0["answer"], count: $0["n"], caseNumber: $0.caseNumber(),
                entry: $0["entry"])
        }
    }

    // MARK: Work for people

    static func work(_ row: Row) throws -> WorkLine {
        WorkLine(
            caseNumber: row.caseNumber(),
            row: WorkItemRow(
                entry: row["entry"], number: row["number"], stage: row["stage"], kind: row["kind"],
                amount: row.money("amount"), openedAt: row.instant("opened_at"),
                deadline: row.optionalInstant("deadline")),
            state: try row.tag("state"), endedAt: row.optionalInstant("ended_at"), by: row["ended_by"])
    }

    func openWork(_ filter: WorkFilter, after: WorkCursor?, limit: Int) throws -> [WorkLine] {
        let condition = Condition(filter)
        let last: StatementArguments = [
            after.map { $0.deadline?.milliseconds ?? .max } ?? .min, after.map { -$0.amount.cents } ?? 0,
            after?.caseNumber.value ?? 0, after?.entry ?? 0, after?.number ?? 0,
        ]
        return try tx.rows(
            """
            SELECT * FROM work_item WHERE site = ? AND state = 0
                AND (ifnull(deadline, 9223372036854775807), -amount, case_no, entry, number) > (?, ?, ?, ?, ?)
                AND \(condition.sql)
            ORDER BY ifnull(deadline, 9223372036854775807), -amount, case_no, entry, number LIMIT ?
            """, [tx.site] + last + condition.arguments + [limit]
        ).map(Self.work)
    }

    func openWorkCounts() throws -> [WorkCount] {
        try tx.rows(
            """
            SELECT stage, kind, count(*) AS n, sum(amount) AS amount FROM work_item WHERE site = ? AND state = 0
            GROUP BY stage, kind ORDER BY stage, kind
            """, [tx.site]
        ).map { WorkCount(stage: $0["stage"], kind: $0["kind"], count: $0["n"], amount: $0.money("amount")) }
    }

    func countOpenWork(_ filter: WorkFilter) throws -> (count: Int, amount: Money) {
        let condition = Condition(filter)
        let row = try tx.row(
            """
            SELECT count(*) AS n, ifnull(sum(amount), 0) AS amount FROM work_item
            WHERE site = ? AND state = 0 AND \(condition.sql)
            """, [tx.site] + condition.arguments)
        return (row?["n"] ?? 0, row?.money("amount") ?? .zero)
    }

    func workItem(_ caseNumber: CaseNumber, entry: Int, number: Int) throws -> WorkLine? {
        try tx.row(
            "SELECT * FROM work_item WHERE site = ? AND case_no = ? AND entry = ? AND number = ?",
            [tx.site, caseNumber.value, entry, number]
        ).map(Self.work)
    }

    func workItems(of caseNumber: CaseNumber) throws -> [WorkLine] {
        try tx.rows(
            "SELECT * FROM work_item WHERE site = ? AND case_no = ? ORDER BY entry, number",
            [tx.site, caseNumber.value]
        ).map(Self.work)
    }
}
