import GRDB
public import HealthTypes

/// A line of the case list.
public struct CaseSummary: Hashable, Sendable {
    public var id: String
    public var kind: String
    public var title: String
    public var stage: String
    public var state: String
    public var payer: String
    public var charge: Money
    public var paid: Money
    public var openedAt: Instant
}

/// What one key of a planted or suspected problem shows: a check that failed or was unknown.
public struct FindingMark: Hashable, Sendable {
    public var caseID: String
    public var checkID: String
    public var answer: String
    public var stops: Bool
    public var afterSending: Bool
    public var controlNumber: String
}

extension StoreTransaction {
    public func caseSummary(_ id: String) throws -> CaseSummary? {
        try row("SELECT * FROM case_file WHERE id = ?", [id]).map(Self.summary)
    }

    /// Cases whose id, title, payer, state or key begins with the text; all where it is empty.
    public func cases(matching text: String, limit: Int, offset: Int = 0) throws -> [CaseSummary] {
        try rows(
            """
            SELECT * FROM case_file WHERE ?1 = '' OR id = ?1 OR payer = ?1 OR state = ?1 OR title LIKE ?1 || '%'
                OR id IN (SELECT case_id FROM case_key WHERE value = ?1)
            ORDER BY id LIMIT ?2 OFFSET ?3
            """, [text, limit, offset]
        ).map(Self.summary)
    }

    public func caseCounts() throws -> [(state: String, count: Int)] {
        try rows("SELECT state, count(*) AS n FROM case_file GROUP BY state ORDER BY state").map {
            ($0["state"], $0["n"])
        }
    }

    private static func summary(_ row: Row) throws -> CaseSummary {
        CaseSummary(
            id: row["id"], kind: row["kind"], title: row["title"], stage: row["stage"], state: row["state"],
            payer: row["payer"], charge: Money(cents: row["charge_cents"]), paid: Money(cents: row["paid_cents"]),
            openedAt: try row.instant("opened_at"))
    }

    /// Every finding, with its case.
    public func findingMarks() throws -> [FindingMark] {
        try rows("SELECT case_id, check_id, answer, stops, after_sending, control_number FROM finding").map {
            FindingMark(
                caseID: $0["case_id"], checkID: $0["check_id"], answer: $0["answer"], stops: $0["stops"],
                afterSending: $0["after_sending"], controlNumber: $0["control_number"])
        }
    }

    /// How often each check failed or could not be answered.
    public func findingCounts(limit: Int) throws -> [(checkID: String, answer: String, count: Int)] {
        try rows(
            """
            SELECT check_id, answer, count(*) AS n FROM finding WHERE answer != 'passed' GROUP BY 1, 2
            ORDER BY n DESC, check_id, answer LIMIT ?
            """, [limit]
        ).map { ($0["check_id"], $0["answer"], $0["n"]) }
    }

    /// How many decisions there are of each stage and outcome.
    public func decisionCounts() throws -> [(stage: String, outcome: String, count: Int)] {
        try rows("SELECT stage, outcome, count(*) AS n FROM decision GROUP BY 1, 2 ORDER BY 1, 2").map {
            ($0["stage"], $0["outcome"], $0["n"])
        }
    }

    /// Whether a claim of the case has been ordered to be sent.
    public func hasSentClaim(_ caseID: String) throws -> Bool {
        try integer("SELECT count(*) FROM outbox WHERE case_id = ? AND kind = '837'", [caseID]) > 0
    }

    public func count(_ figure: Figure) throws -> Int { try integer(figure.sql) }

    /// A number that the record can be asked for.
    public struct Figure: Sendable {
        let sql: String

        private init(_ sql: String) { self.sql = sql }

        public static let cases = Figure("SELECT count(*) FROM case_file")
        public static let decisions = Figure("SELECT count(*) FROM decision")
        public static let journalEntries = Figure("SELECT count(*) FROM journal")
        public static let tasksOpened = Figure("SELECT count(*) FROM task")
        public static let tasksOpen = Figure("SELECT count(*) FROM task WHERE state = 'open'")
        public static let waitingTransmissions = Figure("SELECT count(*) FROM transmission WHERE state = 'waiting'")
        public static let failedTransmissions = Figure("SELECT count(*) FROM transmission WHERE state = 'failed'")

        /// Claims that were judged for billing, the first time each.
        public static let claimsJudged = Figure(
            "SELECT count(*) FROM decision WHERE stage = 'submission' AND occasion LIKE 'claim:%'")
        /// Of those, sent by the gate with nobody's hand in it.
        public static let claimsSentUntouched = Figure(
            "SELECT count(*) FROM decision WHERE stage = 'submission' AND occasion LIKE 'claim:%' AND outcome = 'sent'")
        /// First submissions, by gate or by a person.
        public static let claimsSent = Figure(
            "SELECT count(*) FROM outbox WHERE kind = '837' AND json_extract(CAST(body AS TEXT), '$.frequency') = '1'")
        public static let claimsSettled = Figure(
            "SELECT count(DISTINCT control_number) FROM posting WHERE follow_up = 0")
        public static let claimsDenied = Figure(
            "SELECT count(DISTINCT control_number) FROM posting WHERE follow_up = 0 AND denied_cents > 0")
        /// Cases in which denied money came back.
        public static let casesRecovered = Figure(
            "SELECT count(*) FROM (SELECT case_id FROM posting WHERE follow_up = 1 GROUP BY case_id HAVING sum(paid_cents) > 0)"
        )
        /// Cases whose denials were worked: a corrected claim or an appeal went out.
        public static let casesWorked = Figure(
            """
            SELECT count(DISTINCT case_id) FROM outbox WHERE kind = 'appeal'
                OR (kind = '837' AND case_id IN (SELECT case_id FROM posting WHERE denied_cents > 0)
                    AND json_extract(CAST(body AS TEXT), '$.frequency') != '1')
            """)
        /// Orders that a payer wants to be asked about, and those of them that it has granted.
        public static let ordersRequiringAuthorization = Figure(
            """
            SELECT count(*) FROM decision WHERE stage = 'prior-authorization' AND occasion LIKE 'order:%'
                AND outcome IN ('requested', 'waits', 'unknown')
            """)
        public static let ordersAuthorized = Figure(
            """
            SELECT count(*) FROM decision WHERE stage = 'prior-authorization' AND occasion LIKE 'answer:%'
                AND outcome IN ('approved', 'modified', 'partial')
            """)
        /// Visits that were scheduled, and those with a usable answer when the visit was 48 hours away or less.
        public static let visitsScheduled = Figure(
            "SELECT count(*) FROM decision WHERE stage = 'eligibility' AND occasion = 'ask:scheduling'")
        public static let visitsVerified = Figure(
            """
            SELECT count(DISTINCT a.case_id) FROM decision a JOIN decision q ON q.case_id = a.case_id
                AND q.stage = 'eligibility' AND q.occasion = 'ask:48-hours'
            LEFT JOIN decision c ON c.case_id = a.case_id AND c.stage = 'eligibility' AND c.occasion = 'ask:check-in'
            WHERE a.stage = 'eligibility' AND a.occasion LIKE 'answer:%'
                AND a.outcome IN ('active', 'inactive', 'not_found') AND a.made_at >= q.made_at
                AND (c.made_at IS NULL OR a.made_at < c.made_at)
            """)
    }

    /// Dollars that are held, paid, denied at first, recovered later, written off.
    public struct Dollars: Hashable, Sendable, Codable {
        public var billed = Money.zero
        public var held = Money.zero
        public var paid = Money.zero
        public var patient = Money.zero
        public var denied = Money.zero
        public var recovered = Money.zero
        public var writtenOff = Money.zero
    }

    public func dollars() throws -> Dollars {
        func cents(_ sql: String) throws -> Money { Money(cents: Int64(try integer(sql))) }
        var dollars = Dollars()
        dollars.billed = try cents(
            """
            SELECT coalesce(sum(charge_cents), 0) FROM claim_history WHERE state IN ('submitted', 'rejected')
                AND control_number IN (SELECT key FROM outbox WHERE kind = '837'
                    AND json_extract(CAST(body AS TEXT), '$.frequency') = '1')
            """)
        dollars.held = try cents(
            "SELECT coalesce(sum(amount_cents), 0) FROM task WHERE state = 'open' AND kind IN ('claim.held', 'claim.stopped')"
        )
        dollars.paid = try cents("SELECT coalesce(sum(paid_cents), 0) FROM posting")
        dollars.patient = try cents("SELECT coalesce(sum(patient_cents), 0) FROM posting")
        dollars.denied = try cents("SELECT coalesce(sum(denied_cents), 0) FROM posting WHERE follow_up = 0")
        dollars.recovered = try cents("SELECT coalesce(sum(paid_cents), 0) FROM posting WHERE follow_up = 1")
        dollars.writtenOff = try cents(
            """
            SELECT coalesce(sum(task.amount_cents), 0) FROM decision JOIN task
                ON decision.occasion = 'task:' || task.id WHERE decision.outcome = 'written_off'
            """)
        return dollars
    }
}
