import Foundation
public import HealthTypes

extension SQLiteStore: CaseStore {
    public func claimWork(_ choice: Choice, limit: Int, now: Instant, lease: Int) async throws -> [CaseWork] {
        let time = machine.now
        return try await write { tx in try tx.claim(choice, limit: limit, now: now, time: time, lease: lease) }
    }

    public func entries(after: [(CaseNumber, Position?)]) async throws -> [[EntryRow]] {
        try await view { tx in try after.map { try tx.entries(of: $0, after: $1?.sequence ?? 0) } }
    }

    public func lookUp(_ questions: [LookUp]) async throws -> [LookedUp] {
        try await view { tx in try questions.map(tx.answer) }
    }

    public func commit(_ commits: [CaseCommit]) async throws -> [CommitResult] {
        if commits.isEmpty { return [] }
        // Deflated here, beside the writer.
        let deflater = Deflater()
        let prepared = commits.map { PreparedCommit($0, deflater) }
        return try await write { tx in try prepared.map(tx.commit) }
    }

    public func release(_ work: [CaseWork]) async throws {
        try await write { tx in
            for work in work {
                try tx.run(
                    "UPDATE case_head SET leased_until = NULL WHERE site = ? AND case_no = ? AND lease = ?",
                    [tx.site, work.caseNumber.value, work.lease])
            }
        }
    }

    public func putOff(_ work: [CaseWork], until: Instant) async throws {
        try await write { tx in
            for work in work {
                try tx.run(
                    """
                    UPDATE case_head SET due_at = ?, leased_until = NULL WHERE site = ? AND case_no = ? AND lease = ?
                    """, [until.milliseconds, tx.site, work.caseNumber.value, work.lease])
            }
        }
    }

    public func setAside(
        _ work: CaseWork, reason: String, detail: String, program: String, now: Instant, retryAt: Instant
    ) async throws {
        try await write { tx in
            // Whoever has it now, or whatever came since, is not held up by what went wrong before.
            let isStill = try tx.run(
                """
                UPDATE case_head SET due_at = ?, leased_until = NULL
                WHERE site = ? AND case_no = ? AND lease = ? AND position = ?
                """,
                [retryAt.milliseconds, tx.site, work.caseNumber.value, work.lease, work.position.sequence])
            if isStill == 0 { return }
            try tx.run(
                """
                INSERT INTO set_aside (site, case_no, reason, detail, attempts, program, since, retry_at)
                VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)
                ON CONFLICT (site, case_no) DO UPDATE SET reason = ?3, detail = ?4, attempts = attempts + 1,
                    program = ?5, retry_at = ?7
                """,
                [
                    tx.site, work.caseNumber.value, reason, detail, program, now.milliseconds, retryAt.milliseconds,
                ])
        }
    }

    public func retry(_ caseNumber: CaseNumber, now: Instant) async throws -> Bool {
        try await write { tx in
            let isThere = try tx.run(
                "UPDATE set_aside SET retry_at = ? WHERE site = ? AND case_no = ?",
                [now.milliseconds, tx.site, caseNumber.value])
            if isThere == 0 { return false }
            try tx.run(
                """
                UPDATE case_head SET due_at = min(ifnull(due_at, ?1), ?1), lease = lease + 1, leased_until = NULL
                WHERE site = ?2 AND case_no = ?3
                """, [now.milliseconds, tx.site, caseNumber.value])
            return true
        }
    }

    public func nextCaseDue(after now: Instant) async throws -> Instant? {
        try await view { tx in
            try Priority.allCases.compactMap { priority in
                try tx.row(
                    "SELECT min(due_at) AS due_at FROM case_head WHERE site = ? AND priority = ? AND due_at > ?",
                    [tx.site, priority.rawValue, now.milliseconds])?.optionalInstant("due_at")
            }.min()
        }
    }
}

extension Connection {
    /// - Parameter time: the machine's, by which leases go; `now` is the time of the cases.
    func claim(_ choice: Choice, limit: Int, now: Instant, time: Instant, lease: Int) throws -> [CaseWork] {
        let until = time.adding(seconds: lease).milliseconds
        switch choice {
        case .due(let priority):
            // An UPDATE gives its rows in no order of its own.
            let due = try rows(
                """
                SELECT case_no FROM case_head WHERE site = ? AND priority = ? AND due_at <= ?
                    AND (leased_until IS NULL OR leased_until <= ?) ORDER BY due_at, case_no LIMIT ?
                """, [site, priority.rawValue, now.milliseconds, time.milliseconds, limit])
            return try due.compactMap { try claim($0["case_no"], now: now, time: time, until: until) }
        case .cases(let numbers):
            return try numbers.prefix(limit).compactMap { try claim($0.value, now: now, time: time, until: until) }
        }
    }

    private func claim(_ number: Int, now: Instant, time: Instant, until: Int64) throws -> CaseWork? {
        let claimed = try row(
            """
            UPDATE case_head SET lease = lease + 1, leased_until = ? WHERE site = ? AND case_no = ? AND due_at <= ?
                AND (leased_until IS NULL OR leased_until <= ?) RETURNING position, leaf, priority, lease
            """, [until, site, number, now.milliseconds, time.milliseconds])
        return try claimed.map { row in
            CaseWork(
                caseNumber: CaseNumber(number),
                position: Position(sequence: row["position"], leaf: try row.digest("leaf")),
                priority: try row.tag("priority"), lease: row["lease"], released: try released(to: CaseNumber(number)))
        }
    }

    func setAside(after: CaseNumber?, limit: Int) throws -> [SetAside] {
        try rows(
            "SELECT * FROM set_aside WHERE site = ? AND case_no > ? ORDER BY case_no LIMIT ?",
            [site, after?.value ?? 0, limit]
        ).map(Self.setAside)
    }

    static func setAside(_ row: Row) -> SetAside {
        SetAside(
            caseNumber: row.caseNumber(), reason: row["reason"], detail: row["detail"], attempts: row["attempts"],
            program: row["program"], since: row.instant("since"), retryAt: row.instant("retry_at"))
    }

    // MARK: Look-ups

    func answer(_ question: LookUp) throws -> LookedUp {
        switch question {
        case .setting(let name): .setting(try setting(name))
        case .provider(let npi): .provider(try provider(npi))
        case .usualCharges(let procedures): .usualCharges(try procedures.map(usualCharge))
        case .memberLines(let payer, let member, let from, let to, let except):
            .lines(
                version: try version(of: .member(payerID: payer, memberID: member)),
                try rows(
                    """
                    SELECT * FROM claim_line WHERE site = ? AND member = ? AND service_date BETWEEN ? AND ?
                        AND payer = ? AND case_no != ?
                    ORDER BY case_no, claim_entry, claim_number, line
                    """, [site, member, from.dayNumber, to.dayNumber, payer, except.value]
                ).map(Self.claimLine))
        case .authorizationLines(let payer, let number, let except):
            .lines(
                version: try version(of: .authorization(payerID: payer, number: number)),
                try rows(
                    """
                    SELECT * FROM claim_line WHERE site = ? AND authorization = ? AND payer = ? AND case_no != ?
                    ORDER BY case_no, claim_entry, claim_number, line
                    """, [site, number, payer, except.value]
                ).map(Self.claimLine))
        case .denialPatterns(let payer, let procedures, let limit):
            .denialPatterns(try denialPatterns(payer, procedures, limit: limit))
        case .takenKeys(let keys, let except):
            .takenKeys(
                Array(try keys.prefix { key in try caseNumber(for: key).map { $0 != except } ?? false }))
        }
    }

    static func claimLine(_ row: Row) -> ClaimLineRow {
        ClaimLineRow(
            caseNumber: row.caseNumber(), claimEntry: row["claim_entry"], claimNumber: row["claim_number"],
            line: row["line"], controlNumber: row["control_number"], isOriginal: row["original"],
            payerID: row["payer"], memberID: row["member"], billingNPI: row["billing_npi"],
            renderingNPI: row["rendering_npi"], serviceDate: CalendarDate(dayNumber: row["service_date"]),
            procedure: row["procedure"], modifiers: row.modifiers(), charge: row.money("charge"), units: row["units"],
            authorization: row["authorization"], state: row["state"])
    }

    /// The most frequent first.
    private func denialPatterns(_ payer: String, _ procedures: [String], limit: Int) throws -> [DenialPatternRow] {
        var patterns: [DenialPatternRow] = []
        for procedure in Set(procedures) {
            patterns += try rows(
                """
                SELECT p.*, ifnull(c.lines, 0) AS lines FROM denial_pattern p
                LEFT JOIN adjudicated_count c ON c.site = p.site AND c.payer = p.payer AND c.procedure = p.procedure
                    AND c.modifiers = p.modifiers
                WHERE p.site = ? AND p.payer = ? AND p.procedure = ?
                """, [site, payer, procedure]
            ).map(Self.denialPattern)
        }
        // In one order whatever the store gives, since a decision rests on it.
        patterns.sort { left, right in
            if left.denied != right.denied { return left.denied > right.denied }
            return (left.procedure, joined(left.modifiers), left.group, left.reason)
                < (right.procedure, joined(right.modifiers), right.group, right.reason)
        }
        return Array(patterns.prefix(limit))
    }

    static func denialPattern(_ row: Row) -> DenialPatternRow {
        DenialPatternRow(
            payerID: row["payer"], procedure: row["procedure"], modifiers: row.modifiers(),
            group: row["denial_group"], reason: row["reason"], denied: row["denied"], adjudicated: row["lines"],
            amount: row.money("amount"))
    }

    func provider(_ npi: String) throws -> [UInt8]? {
        try row("SELECT body FROM provider WHERE site = ? AND npi = ?", [site, npi])?.bytes("body")
    }

    func usualCharge(_ procedure: String) throws -> Money? {
        try row("SELECT amount FROM usual_charge WHERE site = ? AND procedure = ?", [site, procedure])?.money("amount")
    }
}
