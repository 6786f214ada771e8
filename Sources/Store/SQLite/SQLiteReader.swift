import Foundation
import HealthTypes

extension SQLiteStore: PageStore {
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any PageReader) throws -> Result
    ) async throws -> Result {
        try await view { tx in try body(SQLiteReader(tx: tx)) }
    }
}

/// Reads of one moment on SQLite.
struct SQLiteReader: PageReader {
    let tx: Connection

    // MARK: Cases

    func caseNumber(for key: CaseKey) throws -> CaseNumber? { try tx.caseNumber(for: key) }

    func findCase(_ text: String) throws -> CaseNumber? {
        if let number = CaseNumber(text), try tx.head(number) != nil { return number }
        return try tx.row(
            "SELECT min(case_no) AS case_no FROM case_key WHERE site = ? AND value = ?", [tx.site, text]
        ).flatMap { ($0["case_no"] as Int?).map { CaseNumber($0) } }
    }

    private static let lines = """
        SELECT h.case_no, h.kind, h.opened_at, h.position, h.due_at, s.title, s.stage, s.state, s.payer,
            s.service_date, s.charge, s.paid
        FROM case_head h LEFT JOIN case_summary s ON s.site = h.site AND s.case_no = h.case_no
        """

    private static let filter = """
        h.site = :site AND (:payer IS NULL OR s.payer = :payer) AND (:stage IS NULL OR s.stage = :stage)
            AND (:state IS NULL OR s.state = :state)
            AND (:text = '' OR h.case_no = :number OR substr(s.title, 1, length(:text)) = :text
                OR h.case_no IN (SELECT k.case_no FROM case_key k WHERE k.site = :site AND k.value = :text))
        """

    private func arguments(_ filter: CaseFilter) -> StatementArguments {
        [
            "site": tx.site, "payer": filter.payerID, "stage": filter.stage, "state": filter.state,
            "text": filter.text, "number": CaseNumber(filter.text)?.value,
        ]
    }

    func caseLine(_ caseNumber: CaseNumber) throws -> CaseLine? {
        try tx.row("\(Self.lines) WHERE h.site = ? AND h.case_no = ?", [tx.site, caseNumber.value]).map(Self.line)
    }

    func cases(_ filter: CaseFilter, after: CaseNumber?, limit: Int) throws -> [CaseLine] {
        let page: StatementArguments = ["after": after?.value ?? 0, "limit": limit]
        return try tx.rows(
            "\(Self.lines) WHERE \(Self.filter) AND h.case_no > :after ORDER BY h.case_no LIMIT :limit",
            arguments(filter) + page
        ).map(Self.line)
    }

    func countCases(_ filter: CaseFilter) throws -> Int {
        try tx.integer(
            """
            SELECT count(*) FROM case_head h LEFT JOIN case_summary s ON s.site = h.site AND s.case_no = h.case_no
            WHERE \(Self.filter)
            """, arguments(filter))
    }

    func caseCounts() throws -> [(state: String, count: Int)] {
        try tx.rows(
            """
            SELECT ifnull(s.state, '') AS state, count(*) AS n FROM case_head h
            LEFT JOIN case_summary s ON s.site = h.site AND s.case_no = h.case_no
            WHERE h.site = ? GROUP BY 1 ORDER BY 1
            """, [tx.site]
        ).map { ($0["state"], $0["n"]) }
    }

    private static func line(_ row: Row) -> CaseLine {
        CaseLine(
            caseNumber: row.caseNumber(), kind: row["kind"], openedAt: row.instant("opened_at"),
            entries: row["position"], summary: summary(row), dueAt: row.optionalInstant("due_at"))
    }

    static func summary(_ row: Row) -> SummaryRow? {
        guard let title = row["title"] as String? else { return nil }
        return SummaryRow(
            title: title, stage: row["stage"], state: row["state"], payerID: row["payer"],
            serviceDate: (row["service_date"] as Int?).map(CalendarDate.init(dayNumber:)), charge: row.money("charge"),
            paid: row.money("paid"))
    }

    func casesSetAside(after: CaseNumber?, limit: Int) throws -> [SetAside] {
        try tx.setAside(after: after, limit: limit)
    }

    func setAside(_ caseNumber: CaseNumber) throws -> SetAside? {
        try tx.row("SELECT * FROM set_aside WHERE site = ? AND case_no = ?", [tx.site, caseNumber.value])
            .map(Connection.setAside)
    }

    // MARK: The site

    func setting(_ name: String) throws -> String? { try tx.setting(name) }

    func provider(npi: String) throws -> [UInt8]? { try tx.provider(npi) }

    func providers(after npi: String?, limit: Int) throws -> [(npi: String, body: [UInt8])] {
        try tx.rows(
            "SELECT npi, body FROM provider WHERE site = ? AND npi > ? ORDER BY npi LIMIT ?",
            [tx.site, npi ?? "", limit]
        ).map { ($0["npi"], $0.bytes("body")) }
    }

    func denialPatterns(limit: Int) throws -> [DenialPatternRow] {
        try tx.rows(
            """
            SELECT p.*, ifnull(c.lines, 0) AS lines FROM denial_pattern p
            LEFT JOIN adjudicated_count c ON c.site = p.site AND c.payer = p.payer AND c.procedure = p.procedure
                AND c.modifiers = p.modifiers
            WHERE p.site = ?
            ORDER BY p.amount DESC, p.payer, p.procedure, p.modifiers, p.denial_group, p.reason LIMIT ?
            """, [tx.site, limit]
        ).map(Connection.denialPattern)
    }

    func totals() throws -> Totals {
        func count(_ sql: String) throws -> Int { try tx.integer("SELECT count(*) FROM \(sql)", [tx.site]) }
        let heads = try tx.row(
            """
            SELECT count(*) AS cases, ifnull(sum(position), 0) AS entries, count(due_at) AS due FROM case_head
            WHERE site = ?
            """, [tx.site])
        return Totals(
            cases: heads?["cases"] ?? 0, entries: heads?["entries"] ?? 0,
            serviceEntries: try tx.integer("SELECT ifnull(max(sequence), 0) FROM service_journal", []),
            decisions: try count("decision WHERE site = ?"),
            messages: try count("message WHERE site = ?"),
            casesDue: heads?["due"] ?? 0,
            casesSetAside: try count("set_aside WHERE site = ?"),
            unitsWaiting: try count("waiting_unit WHERE site = ? AND case_no IS NULL"),
            sendsUnformed: try count(
                "lane JOIN send ON send.lane = lane.id AND send.state IN (0, 1) AND send.state != 2 WHERE lane.site = ?"
            ),
            deliveriesWaiting: try count(
                "lane JOIN delivery ON delivery.lane = lane.id AND delivery.due_at IS NOT NULL WHERE lane.site = ?"),
            deliveriesFailed: try count("message WHERE site = ? AND state = 8"),
            workOpen: try count("work_item WHERE site = ? AND state = 0"),
            workOpened: try count("work_item WHERE site = ?"),
            generations: try tx.integer("SELECT count(*) FROM generation", []),
            patternsBehind: try tx.integer(
                "SELECT count(*) FROM adjudicated WHERE site = ? AND id > ?", [tx.site, try tx.patternMark()]))
    }
}
