import Foundation
import GRDB
public import HealthTypes

extension StoreTransaction {
    // MARK: Directory

    public func putProvider(npi: String, body: [UInt8]) throws {
        try run("INSERT OR REPLACE INTO provider (npi, body) VALUES (?, ?)", [npi, Data(body)])
    }

    public func provider(npi: String) throws -> [UInt8]? {
        try row("SELECT body FROM provider WHERE npi = ?", [npi])?.bytes("body")
    }

    /// Remembers a member as registered, so that a claim which names only the member can be completed.
    public func putMember(payerID: String, memberID: String, body: [UInt8]) throws {
        try run(
            "INSERT OR REPLACE INTO member (payer_id, member_id, body) VALUES (?, ?, ?)",
            [payerID, memberID, Data(body)])
    }

    /// Every registration under a member id, of whatever payer.
    public func members(memberID: String) throws -> [[UInt8]] {
        try rows("SELECT body FROM member WHERE member_id = ? ORDER BY payer_id", [memberID]).map { $0.bytes("body") }
    }

    public func putUsualCharge(_ procedure: String, _ charge: Money) throws {
        try run("INSERT OR REPLACE INTO usual_charge (procedure, cents) VALUES (?, ?)", [procedure, charge.cents])
    }

    public func usualCharge(_ procedure: String) throws -> Money? {
        try row("SELECT cents FROM usual_charge WHERE procedure = ?", [procedure]).map { Money(cents: $0["cents"]) }
    }

    // MARK: Claim history

    public func addHistory(_ lines: [ClaimHistoryRow]) throws {
        for (index, line) in lines.enumerated() {
            try run(
                """
                INSERT INTO claim_history (control_number, line, case_id, payer_id, member_id, provider_npi,
                    service_date, procedure, modifiers, charge_cents, units, authorization, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (control_number, line) DO UPDATE SET state = excluded.state, units = excluded.units,
                    charge_cents = excluded.charge_cents, modifiers = excluded.modifiers,
                    authorization = excluded.authorization
                """,
                [
                    line.controlNumber, index + 1, line.caseID, line.payerID, line.memberID, line.providerNPI,
                    line.serviceDate.description, line.procedure, line.modifiers, line.chargeCents, line.units,
                    line.authorization, line.state,
                ])
        }
    }

    public func setHistoryState(_ state: String, of controlNumber: String) throws {
        try run("UPDATE claim_history SET state = ? WHERE control_number = ?", [state, controlNumber])
    }

    /// Lines of the same member on a day.
    public func history(memberID: String, on day: CalendarDate) throws -> [ClaimHistoryRow] {
        try rows(
            "SELECT * FROM claim_history WHERE member_id = ? AND service_date = ? ORDER BY control_number, line",
            [memberID, day.description]
        ).map(Self.history)
    }

    /// Units of a procedure billed under an authorization by claims other than `controlNumber` that were sent.
    public func unitsUsed(authorization: String, procedure: String, except controlNumber: String) throws -> Int {
        try integer(
            """
            SELECT coalesce(sum(units), 0) FROM claim_history WHERE authorization = ? AND procedure = ?
                AND control_number != ? AND state = 'submitted'
            """, [authorization, procedure, controlNumber])
    }

    private static func history(_ row: Row) throws -> ClaimHistoryRow {
        guard let day = CalendarDate(row["service_date"] as String) else { throw RecordDamage("a date of service") }
        return ClaimHistoryRow(
            controlNumber: row["control_number"], caseID: row["case_id"], payerID: row["payer_id"],
            memberID: row["member_id"], providerNPI: row["provider_npi"], serviceDate: day,
            procedure: row["procedure"], modifiers: row["modifiers"], chargeCents: row["charge_cents"],
            units: row["units"], authorization: row["authorization"], state: row["state"])
    }

    // MARK: Denial patterns

    public func countAdjudicated(payerID: String, procedure: String, modifiers: String) throws {
        try run(
            """
            INSERT INTO adjudicated (payer_id, procedure, modifiers, lines) VALUES (?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET lines = lines + 1
            """, [payerID, procedure, modifiers])
    }

    public func countDenial(payerID: String, procedure: String, modifiers: String, reason: String, amount: Money) throws
    {
        try run(
            """
            INSERT INTO denial_pattern (payer_id, procedure, modifiers, reason, denied, denied_cents)
            VALUES (?, ?, ?, ?, 1, ?)
            ON CONFLICT DO UPDATE SET denied = denied + 1, denied_cents = denied_cents + excluded.denied_cents
            """, [payerID, procedure, modifiers, reason, amount.cents])
    }

    /// Patterns of a payer's denials of some procedures, or of all where `procedures` is nil; the most frequent first.
    public func denialPatterns(payerID: String? = nil, procedures: [String]? = nil, limit: Int = 100) throws
        -> [DenialPatternRow]
    {
        let all = try rows(
            """
            SELECT d.*, coalesce(a.lines, 0) AS lines FROM denial_pattern d LEFT JOIN adjudicated a
                ON a.payer_id = d.payer_id AND a.procedure = d.procedure AND a.modifiers = d.modifiers
            WHERE (?1 IS NULL OR d.payer_id = ?1)
            ORDER BY d.denied DESC, d.denied_cents DESC, d.payer_id, d.procedure, d.modifiers, d.reason
            """, [payerID]
        ).map {
            DenialPatternRow(
                payerID: $0["payer_id"], procedure: $0["procedure"], modifiers: $0["modifiers"], reason: $0["reason"],
                denied: $0["denied"], adjudicated: $0["lines"], deniedCents: $0["denied_cents"])
        }
        return Array(all.filter { procedures?.contains($0.procedure) ?? true }.prefix(limit))
    }

    // MARK: Policies

    /// Adds documents that are not there yet; a document and version that is there must have the same text.
    public func putPolicies(_ policies: [PolicyRow]) throws {
        for policy in policies {
            let known = try row(
                "SELECT digest FROM policy WHERE id = ? AND version = ?", [policy.id, policy.version])
            if let known {
                guard known["digest"] == policy.digest.hex else {
                    throw RecordDamage("policy \(policy.id) version \(policy.version) changed without a new version")
                }
                continue
            }
            try run(
                """
                INSERT INTO policy (id, payer_id, version, title, effective_from, effective_to, text, digest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    policy.id, policy.payerID, policy.version, policy.title, policy.from.description,
                    policy.to?.description, policy.text, policy.digest.hex,
                ])
            try run(
                "INSERT INTO policy_text (rowid, title, text) VALUES (?, ?, ?)",
                [db.lastInsertedRowID, policy.title, policy.text])
        }
    }

    /// The documents in force for a payer on a day that match any of the words, the best first.
    public func policies(matching words: [String], payerID: String, on day: CalendarDate, limit: Int) throws
        -> [PolicyRow]
    {
        let query = words.map { "\"\($0.replacing("\"", with: ""))\"" }.joined(separator: " OR ")
        guard !query.isEmpty else { return [] }
        return try rows(
            """
            SELECT policy.* FROM policy_text JOIN policy ON policy.rowid = policy_text.rowid
            WHERE policy_text MATCH ?1 AND policy.payer_id IN (?2, '*') AND policy.effective_from <= ?3
                AND (policy.effective_to IS NULL OR policy.effective_to >= ?3)
            ORDER BY bm25(policy_text), policy.id, policy.version LIMIT ?4
            """, [query, payerID, day.description, limit]
        ).map(Self.policy)
    }

    public func policy(id: String, version: String) throws -> PolicyRow? {
        try row("SELECT * FROM policy WHERE id = ? AND version = ?", [id, version]).map(Self.policy)
    }

    private static func policy(_ row: Row) throws -> PolicyRow {
        guard let from = CalendarDate(row["effective_from"] as String) else { throw RecordDamage("a policy's date") }
        return PolicyRow(
            id: row["id"], payerID: row["payer_id"], version: row["version"], title: row["title"], from: from,
            to: (row["effective_to"] as String?).flatMap { CalendarDate($0) }, text: row["text"],
            digest: try row.digest("digest"))
    }
}
