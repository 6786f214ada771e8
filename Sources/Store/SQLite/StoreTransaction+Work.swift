import Foundation
import GRDB
public import HealthTypes

extension StoreTransaction {
    // MARK: Settings and counters

    public func setting(_ name: String) throws -> String? {
        try row("SELECT value FROM setting WHERE name = ?", [name])?["value"]
    }

    public func set(_ name: String, to value: String) throws {
        try run(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value])
    }

    /// The next whole number of a series, from 1: control numbers and ids.
    public func next(_ series: String) throws -> Int {
        try integer(
            """
            INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1
            RETURNING value
            """, [series])
    }

    // MARK: Cases that wait to be worked

    public func markDirty(_ caseID: String) throws {
        try run("INSERT OR IGNORE INTO dirty (case_id) VALUES (?)", [caseID])
    }

    public func clearDirty(_ caseID: String) throws { try run("DELETE FROM dirty WHERE case_id = ?", [caseID]) }

    public func dirtyCases(limit: Int) throws -> [String] {
        try rows("SELECT case_id FROM dirty ORDER BY case_id LIMIT ?", [limit]).map { $0["case_id"] }
    }

    /// The line by which a case is listed. Derived from its journal.
    public func setSummary(
        of caseID: String, title: String, stage: String, state: String, payer: String, charge: Money, paid: Money
    ) throws {
        try run(
            """
            UPDATE case_file SET title = ?, stage = ?, state = ?, payer = ?, charge_cents = ?, paid_cents = ?
            WHERE id = ?
            """, [title, stage, state, payer, charge.cents, paid.cents, caseID])
    }

    // MARK: Outbox and transmissions

    /// Orders an effect; false where its key was ordered before.
    @discardableResult
    public func order(_ effect: OutboxRow) throws -> Bool {
        try run(
            """
            INSERT OR IGNORE INTO outbox (case_id, kind, receiver, key, body, ordered_at) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [effect.caseID, effect.kind, effect.receiver, effect.key, Data(effect.body), effect.orderedAt.sortable])
        return db.changesCount > 0
    }

    /// Ordered effects of which no message was formed yet, in the order in which they were ordered.
    public func unformedEffects(limit: Int) throws -> [OutboxRow] {
        try rows("SELECT * FROM outbox WHERE transmission_id IS NULL ORDER BY kind, receiver, id LIMIT ?", [limit]).map(
            Self.effect)
    }

    /// The effects that a transmission carries.
    public func effects(of transmission: Int) throws -> [OutboxRow] {
        try rows("SELECT * FROM outbox WHERE transmission_id = ? ORDER BY id", [transmission]).map(Self.effect)
    }

    public func effect(key: String) throws -> OutboxRow? {
        try row("SELECT * FROM outbox WHERE key = ?", [key]).map(Self.effect)
    }

    private static func effect(_ row: Row) throws -> OutboxRow {
        OutboxRow(
            id: row["id"], caseID: row["case_id"], kind: row["kind"], receiver: row["receiver"], key: row["key"],
            body: row.bytes("body"), orderedAt: try row.instant("ordered_at"))
    }

    /// Keeps a formed message and says which effects it carries.
    public func form(_ transmission: TransmissionRow, of effects: [Int], due: Instant) throws {
        try run(
            "INSERT INTO transmission (kind, receiver, key, digest, due_at, state) VALUES (?, ?, ?, ?, ?, 'waiting')",
            [transmission.kind, transmission.receiver, transmission.key, transmission.digest.hex, due.sortable])
        let id = db.lastInsertedRowID
        for effect in effects { try run("UPDATE outbox SET transmission_id = ? WHERE id = ?", [id, effect]) }
    }

    /// Transmissions that are due, oldest first.
    public func dueTransmissions(at now: Instant, limit: Int) throws -> [TransmissionRow] {
        try rows(
            "SELECT * FROM transmission WHERE state = 'waiting' AND due_at <= ? ORDER BY id LIMIT ?",
            [now.sortable, limit]
        ).map {
            TransmissionRow(
                id: $0["id"], kind: $0["kind"], receiver: $0["receiver"], key: $0["key"],
                digest: try $0.digest("digest"), attempts: $0["attempts"])
        }
    }

    public func markDelivered(transmission id: Int) throws {
        try run("UPDATE transmission SET state = 'delivered', attempts = attempts + 1 WHERE id = ?", [id])
    }

    /// An attempt that failed: it is made again at `retry`, or given up where that is nil.
    public func markFailed(transmission id: Int, retry: Instant?) throws {
        try run(
            """
            UPDATE transmission SET attempts = attempts + 1, due_at = coalesce(?1, due_at),
                state = CASE WHEN ?1 IS NULL THEN 'failed' ELSE 'waiting' END WHERE id = ?2
            """, [retry?.sortable, id])
    }

    // MARK: Timers

    /// Sets a timer, once: a name that the case has had already is left alone.
    public func setTimer(_ name: String, of caseID: String, due: Instant) throws {
        try run(
            "INSERT OR IGNORE INTO timer (case_id, name, due_at) VALUES (?, ?, ?)", [caseID, name, due.sortable])
    }

    public func dueTimers(at now: Instant, limit: Int) throws -> [(caseID: String, name: String)] {
        try rows(
            "SELECT case_id, name FROM timer WHERE fired = 0 AND due_at <= ? ORDER BY due_at, case_id, name LIMIT ?",
            [now.sortable, limit]
        ).map { ($0["case_id"], $0["name"]) }
    }

    public func markFired(timer name: String, of caseID: String) throws {
        try run("UPDATE timer SET fired = 1 WHERE case_id = ? AND name = ?", [caseID, name])
    }

    /// The next moment at which a timer or a transmission falls due, past `now`.
    public func nextDue(after now: Instant) throws -> Instant? {
        try row(
            """
            SELECT min(due_at) AS due FROM (
                SELECT due_at FROM timer WHERE fired = 0 AND due_at > ?1
                UNION ALL SELECT due_at FROM transmission WHERE state = 'waiting' AND due_at > ?1)
            """, [now.sortable])?.optionalInstant("due")
    }

    // MARK: Tasks

    /// Opens a task, again where it was withdrawn; one of the same id that is open or resolved is left as it is.
    public func open(_ task: TaskRow) throws {
        try run(
            """
            INSERT INTO task (id, case_id, stage, kind, body, amount_cents, opened_at, deadline, state, decision_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body, amount_cents = excluded.amount_cents,
                opened_at = excluded.opened_at, deadline = excluded.deadline, state = 'open',
                decision_id = excluded.decision_id
            WHERE task.state = 'withdrawn'
            """,
            [
                task.id, task.caseID, task.stage, task.kind, Data(task.body), task.amountCents,
                task.openedAt.sortable, task.deadline?.sortable, task.decisionID,
            ])
    }

    /// Ends a task; false where it was not open.
    @discardableResult
    public func end(task id: String, as state: TaskRow.State) throws -> Bool {
        try run("UPDATE task SET state = ? WHERE id = ? AND state = 'open'", [state.rawValue, id])
        return db.changesCount > 0
    }

    public func task(_ id: String) throws -> TaskRow? {
        try row("SELECT * FROM task WHERE id = ?", [id]).map(Self.task)
    }

    public func tasks(of caseID: String) throws -> [TaskRow] {
        try rows("SELECT * FROM task WHERE case_id = ? ORDER BY rowid", [caseID]).map(Self.task)
    }

    /// Open tasks, the earliest deadline first; `kind` may be a prefix such as `claim.`.
    public func openTasks(kind: String = "", limit: Int, offset: Int = 0) throws -> [TaskRow] {
        try rows(
            """
            SELECT * FROM task WHERE state = 'open' AND substr(kind, 1, length(?1)) = ?1
            ORDER BY deadline IS NULL, deadline, amount_cents DESC, id LIMIT ?2 OFFSET ?3
            """, [kind, limit, offset]
        ).map(Self.task)
    }

    public func openTaskCounts() throws -> [(kind: String, count: Int, amount: Money)] {
        try rows(
            "SELECT kind, count(*) AS n, sum(amount_cents) AS cents FROM task WHERE state = 'open' GROUP BY kind ORDER BY kind"
        ).map { ($0["kind"], $0["n"], Money(cents: $0["cents"])) }
    }

    private static func task(_ row: Row) throws -> TaskRow {
        TaskRow(
            id: row["id"], caseID: row["case_id"], stage: row["stage"], kind: row["kind"], body: row.bytes("body"),
            amountCents: row["amount_cents"], openedAt: try row.instant("opened_at"),
            deadline: row.optionalInstant("deadline"), state: .init(rawValue: row["state"]) ?? .open,
            decisionID: row["decision_id"])
    }
}
