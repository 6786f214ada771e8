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

    // MARK: Outbox

    /// Orders an effect; false where its key was ordered before.
    @discardableResult
    public func enqueue(_ effect: OutboxRow) throws -> Bool {
        try run(
            """
            INSERT OR IGNORE INTO outbox (case_id, kind, receiver, key, body, due_at, attempts, state)
            VALUES (?, ?, ?, ?, ?, ?, 0, 'waiting')
            """,
            [
                effect.caseID, effect.kind, effect.receiver, effect.key, Data(effect.body), effect.dueAt.sortable,
            ])
        return db.changesCount > 0
    }

    /// Effects of a kind that are due, oldest first.
    public func dueEffects(kind: String, at now: Instant, limit: Int) throws -> [OutboxRow] {
        try rows(
            """
            SELECT * FROM outbox WHERE state = 'waiting' AND kind = ? AND due_at <= ? ORDER BY id LIMIT ?
            """, [kind, now.sortable, limit]
        ).map {
            OutboxRow(
                id: $0["id"], caseID: $0["case_id"], kind: $0["kind"], receiver: $0["receiver"], key: $0["key"],
                body: $0.bytes("body"), dueAt: try $0.instant("due_at"), attempts: $0["attempts"],
                state: .init(rawValue: $0["state"]) ?? .waiting)
        }
    }

    public func markDelivered(effect id: Int) throws {
        try run("UPDATE outbox SET state = 'delivered', attempts = attempts + 1 WHERE id = ?", [id])
    }

    /// A delivery that failed: it is tried again at `retry`, or given up where that is nil.
    public func markAttempt(effect id: Int, retry: Instant?) throws {
        try run(
            """
            UPDATE outbox SET attempts = attempts + 1, due_at = coalesce(?, due_at),
                state = CASE WHEN ? IS NULL THEN 'failed' ELSE 'waiting' END WHERE id = ?
            """, [retry?.sortable, retry?.sortable, id])
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

    /// The next moment at which a timer or a waiting effect falls due, past `now`.
    public func nextDue(after now: Instant) throws -> Instant? {
        try row(
            """
            SELECT min(due_at) AS due FROM (
                SELECT due_at FROM timer WHERE fired = 0 AND due_at > ?1
                UNION ALL SELECT due_at FROM outbox WHERE state = 'waiting' AND due_at > ?1)
            """, [now.sortable])?.optionalInstant("due")
    }

    // MARK: Tasks

    /// Opens a task; one of the same id is left as it is.
    public func open(_ task: TaskRow) throws {
        try run(
            """
            INSERT OR IGNORE INTO task (id, case_id, stage, kind, body, amount_cents, opened_at, deadline, state,
                decision_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)
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
