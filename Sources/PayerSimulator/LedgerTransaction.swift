import Claims
import Foundation
import GRDB
import HealthTypes

/// The reads and writes of one transaction on the payer's ledger.
struct LedgerTransaction {
    let database: Database

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }

    private func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    private func decode<Value: Recorded>(_ type: Value.Type, _ row: Row) throws -> Value {
        try Canonical.decode(type, from: [UInt8](row["body"] as Data))
    }

    private func encode(_ value: some Recorded) throws -> Data { Data(try Canonical.encode(value)) }

    // MARK: Answers

    func answer(_ key: String) throws -> (request: String, messages: [OutgoingMessage])? {
        guard let found = try row("SELECT request FROM answer WHERE key = ?", [key]) else { return nil }
        let parts = try rows("SELECT kind, content_type, body FROM answer_part WHERE key = ? ORDER BY position", [key])
        return (
            found["request"],
            parts.map {
                OutgoingMessage(kind: $0["kind"], contentType: $0["content_type"], bytes: [UInt8]($0["body"] as Data))
            }
        )
    }

    func keep(_ messages: [OutgoingMessage], for key: String, request: String) throws {
        try execute("INSERT INTO answer (key, request) VALUES (?, ?)", [key, request])
        for (position, message) in messages.enumerated() {
            try execute(
                "INSERT INTO answer_part (key, position, kind, content_type, body) VALUES (?, ?, ?, ?, ?)",
                [key, position, message.kind, message.contentType, Data(message.bytes)])
        }
    }

    /// One more attempt under the key; how many there are now.
    func countAttempt(_ key: String) throws -> Int {
        let found = try row(
            """
            INSERT INTO attempt (key, count) VALUES (?, 1)
            ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count
            """, [key])
        return found?["count"] ?? 1
    }

    // MARK: Members

    func enrol(_ member: Member) throws {
        try execute(
            """
            INSERT INTO member (payer, id, body) VALUES (?, ?, ?)
            ON CONFLICT (payer, id) DO UPDATE SET body = excluded.body
            """, [member.payerID, member.memberID, try encode(member)])
    }

    func member(_ payer: String, _ id: String) throws -> Member? {
        try row("SELECT body FROM member WHERE payer = ? AND id = ?", [payer, id]).map { try decode(Member.self, $0) }
    }

    // MARK: Claims

    func add(_ claim: PastClaim, payer: String, member: String) throws {
        try execute(
            "INSERT INTO claim (number, payer, member, control, stands, body) VALUES (?, ?, ?, ?, 1, ?)",
            [claim.number, payer, member, claim.claim.controlNumber, try encode(claim)])
    }

    /// How many claims of the control number the payer has taken in.
    func claimCount(_ payer: String, control: String) throws -> Int {
        try row("SELECT count(*) AS count FROM claim WHERE payer = ? AND control = ?", [payer, control])?["count"] ?? 0
    }

    /// Claims of the member that stand, in the order in which they came.
    func history(_ payer: String, member: String) throws -> [PastClaim] {
        try rows(
            "SELECT body FROM claim WHERE payer = ? AND member = ? AND stands = 1 ORDER BY sequence", [payer, member]
        ).map { try decode(PastClaim.self, $0) }
    }

    /// Numbers of all claims of the member that were ever taken in.
    func claimNumbers(_ payer: String, member: String) throws -> [String] {
        try rows("SELECT number FROM claim WHERE payer = ? AND member = ?", [payer, member]).map { $0["number"] }
    }

    func standingClaim(_ payer: String, number: String) throws -> PastClaim? {
        try row("SELECT body FROM claim WHERE payer = ? AND number = ? AND stands = 1", [payer, number])
            .map { try decode(PastClaim.self, $0) }
    }

    /// The latest that stands of a control number.
    func standingClaim(_ payer: String, control: String) throws -> PastClaim? {
        try row(
            "SELECT body FROM claim WHERE payer = ? AND control = ? AND stands = 1 ORDER BY sequence DESC LIMIT 1",
            [payer, control]
        ).map { try decode(PastClaim.self, $0) }
    }

    func withdraw(_ number: String) throws { try execute("UPDATE claim SET stands = 0 WHERE number = ?", [number]) }

    // MARK: Payments

    func add(_ settlement: Settlement, due: Instant) throws {
        try execute(
            "INSERT INTO settlement (payer, payee, route, due, body) VALUES (?, ?, ?, ?, ?)",
            [
                settlement.remittance.payerID, settlement.payee.npi, settlement.route.name, due.milliseconds,
                try encode(settlement),
            ])
    }

    /// What is to be paid at that moment, one list for each payment, and marks it paid.
    func takeSettlements(due: Instant) throws -> [[Settlement]] {
        let found = try rows(
            """
            SELECT payer, payee, route, body FROM settlement WHERE due = ? AND paid = 0
            ORDER BY payer, payee, route, sequence
            """, [due.milliseconds])
        try execute("UPDATE settlement SET paid = 1 WHERE due = ? AND paid = 0", [due.milliseconds])
        var payments: [[Settlement]] = []
        var last: [String] = []
        for row in found {
            let group: [String] = [row["payer"], row["payee"], row["route"]]
            if group != last { payments.append([]) }
            last = group
            payments[payments.count - 1].append(try decode(Settlement.self, row))
        }
        return payments
    }

    func balance(_ payer: String, payee: String) throws -> PaymentRun.Balance? {
        try row("SELECT cents, reference FROM balance WHERE payer = ? AND payee = ?", [payer, payee])
            .map { PaymentRun.Balance(amount: Money(cents: $0["cents"]), reference: $0["reference"]) }
    }

    func set(_ balance: PaymentRun.Balance?, payer: String, payee: String) throws {
        try execute("DELETE FROM balance WHERE payer = ? AND payee = ?", [payer, payee])
        guard let balance else { return }
        try execute(
            "INSERT INTO balance (payer, payee, cents, reference) VALUES (?, ?, ?, ?)",
            [payer, payee, balance.amount.cents, balance.reference])
    }

    // MARK: Authorizations

    func save(_ record: AuthorizationRecord) throws {
        try execute(
            """
            INSERT INTO authorization (payer, identifier, number, member, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (payer, identifier) DO UPDATE SET member = excluded.member, body = excluded.body
            """,
            [
                record.request.payerID, record.request.identifier, record.number, record.request.memberID,
                try encode(record),
            ])
    }

    func authorization(_ payer: String, identifier: String) throws -> AuthorizationRecord? {
        try row("SELECT body FROM authorization WHERE payer = ? AND identifier = ?", [payer, identifier])
            .map { try decode(AuthorizationRecord.self, $0) }
    }

    func authorization(_ payer: String, number: String) throws -> AuthorizationRecord? {
        try row("SELECT body FROM authorization WHERE payer = ? AND number = ?", [payer, number])
            .map { try decode(AuthorizationRecord.self, $0) }
    }

    func authorizations(_ payer: String, member: String) throws -> [AuthorizationRecord] {
        try rows("SELECT body FROM authorization WHERE payer = ? AND member = ? ORDER BY identifier", [payer, member])
            .map { try decode(AuthorizationRecord.self, $0) }
    }
}

// MARK: - What falls due

extension LedgerTransaction {
    func schedule(_ item: Scheduled) throws {
        try execute(
            """
            INSERT INTO scheduled (due, kind, reference, content_type, body, repeated) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                item.due.milliseconds, item.kind.rawValue, item.reference, item.contentType, Data(item.bytes),
                item.repeated,
            ])
    }

    /// The earliest moment for which something is scheduled or to be paid.
    func nextDue() throws -> Instant? {
        let found = try row(
            """
            SELECT min(due) AS due FROM
                (SELECT min(due) AS due FROM scheduled UNION ALL SELECT min(due) FROM settlement WHERE paid = 0)
            """, [])
        return (found?["due"] as Int64?).map { Instant(milliseconds: $0) }
    }

    /// What is scheduled for that moment, and takes it off the list.
    func takeScheduled(due: Instant) throws -> [Scheduled] {
        let found = try rows("SELECT * FROM scheduled WHERE due = ? ORDER BY sequence", [due.milliseconds])
        try execute("DELETE FROM scheduled WHERE due = ?", [due.milliseconds])
        return found.compactMap { row in
            Scheduled.Kind(rawValue: row["kind"]).map {
                Scheduled(
                    due: due, kind: $0, reference: row["reference"], contentType: row["content_type"],
                    bytes: [UInt8](row["body"] as Data), repeated: row["repeated"])
            }
        }
    }

    func post(_ item: Scheduled, bytes: [UInt8]) throws {
        try execute(
            "INSERT INTO mailbox (due, kind, content_type, body) VALUES (?, ?, ?, ?)",
            [item.due.milliseconds, item.kind.rawValue, item.contentType, Data(bytes)])
    }

    func mailbox(after cursor: Int, limit: Int) throws -> [MailboxMessage] {
        try rows("SELECT * FROM mailbox WHERE id > ? ORDER BY id LIMIT ?", [cursor, limit]).map { row in
            MailboxMessage(
                id: row["id"], kind: row["kind"], contentType: row["content_type"],
                bytes: [UInt8](row["body"] as Data), dueAt: Instant(milliseconds: row["due"]))
        }
    }

    /// The due moment of the first posted message that the reader has not taken.
    func firstPosted(after cursor: Int) throws -> Instant? {
        let found = try row("SELECT due FROM mailbox WHERE id > ? ORDER BY id LIMIT 1", [cursor])
        return found.map { Instant(milliseconds: $0["due"]) }
    }
}
