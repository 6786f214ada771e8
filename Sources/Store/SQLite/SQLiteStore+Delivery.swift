import Foundation
public import HealthTypes

extension SQLiteStore: DeliveryStore {
    public func lanes(at now: Instant) async throws -> [Lane] {
        let time = machine.now
        return try await view { tx in
            try tx.rows(
                """
                SELECT kind, receiver FROM lane WHERE site = ?1 AND (
                    EXISTS (SELECT 1 FROM send WHERE send.lane = lane.id AND send.state = 0 AND send.state != 2)
                    OR ((due_at IS NULL OR due_at <= ?2) AND EXISTS (
                        SELECT 1 FROM delivery WHERE delivery.lane = lane.id AND priority IN (0, 1)
                            AND delivery.due_at <= ?2 AND (leased_until IS NULL OR leased_until <= ?3))))
                ORDER BY kind, receiver
                """, [tx.site, now.milliseconds, time.milliseconds]
            ).map { Lane(kind: $0["kind"], receiver: $0["receiver"]) }
        }
    }

    public func unformed(_ lane: Lane, limit: Int) async throws -> [UnformedSend] {
        try await view { tx in
            guard let id = try tx.knownLane(lane) else { return [] }
            return try tx.rows(
                """
                SELECT send.*, send_body.body FROM send LEFT JOIN send_body ON send_body.send = send.id
                WHERE lane = ? AND state = 0 AND state != 2 ORDER BY priority, send.id LIMIT ?
                """, [id, limit]
            ).map { row in
                UnformedSend(
                    part: Connection.part(row), row: Connection.send(row, lane), priority: try row.tag("priority"))
            }
        }
    }

    public func form(
        _ sends: [UnformedSend], at: Instant,
        make:
            @escaping @Sendable (_ next: (String) throws -> Int) throws -> (
                messages: [FormedMessage], unformable: [SentPart]
            )
    ) async throws -> (messages: Int, unformable: [SentPart]) {
        if sends.isEmpty { return (0, []) }
        return try await write { tx in
            // Somebody else formed one of them meanwhile: the bytes would be made of what has its message already.
            for send in sends where try tx.sendState(send.part) != .ready { return (0, []) }
            let (messages, unformable) = try make { series in
                guard series != Connection.caseSeries else {
                    throw StoreRefusal("cases are numbered by openCase alone")
                }
                return try tx.next(series)
            }
            let deflater = Deflater()
            for message in messages { try tx.form(message, at: at, deflater) }
            return (messages.count, unformable)
        }
    }

    /// So many bytes of messages are in hand at once, and one message more.
    private static let claimedBytes = 4 << 20

    public func claim(
        _ lane: Lane, at now: Instant, limit: Int, lease: Int, formedBefore: Instant?
    ) async throws -> [Attempt] {
        let time = machine.now
        return try await write { tx in
            guard let standing = try tx.standing(of: lane) else { return [] }
            let due: [Int]
            if let formedBefore {
                due = try tx.waiting(standing.id, formedBefore: formedBefore, machine: time, limit: limit)
            } else {
                if let pause = standing.dueAt, pause > now { return [] }
                due = try tx.due(standing.id, now: now, machine: time, limit: limit)
            }
            var attempts: [Attempt] = []
            var bytes = 0
            for message in due where bytes < Self.claimedBytes {
                let attempt = try tx.begin(message, lane, standing, until: time.adding(seconds: lease))
                bytes += attempt.bytes?.count ?? 0
                attempts.append(attempt)
            }
            return attempts
        }
    }

    public func release(_ attempts: [Attempt]) async throws {
        if attempts.isEmpty { return }
        try await write { tx in
            for attempt in attempts {
                try tx.run(
                    """
                    UPDATE delivery SET attempts = attempts - 1, leased_until = NULL
                    WHERE message = ? AND attempts = ? AND due_at IS NOT NULL
                    """, [attempt.message, attempt.number])
            }
        }
    }

    public func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) async throws -> Settlement {
        try await write { tx in try tx.settle(attempt, result, at: at) }
    }

    public func laneStatus() async throws -> [LaneStatus] { try await view { tx in try tx.laneStatus() } }

    public func nextDeliveryDue(after now: Instant) async throws -> Instant? {
        try await view { tx in
            try tx.row(
                """
                SELECT min(CASE WHEN lane.due_at > ?1
                    THEN max(lane.due_at, (SELECT min(due_at) FROM delivery
                        WHERE delivery.lane = lane.id AND delivery.priority = urgency.priority AND due_at IS NOT NULL))
                    ELSE (SELECT min(due_at) FROM delivery
                        WHERE delivery.lane = lane.id AND delivery.priority = urgency.priority AND due_at > ?1)
                    END) AS due_at
                FROM lane JOIN (SELECT 0 AS priority UNION ALL SELECT 1) urgency WHERE site = ?2
                """, [now.milliseconds, tx.site])?.optionalInstant("due_at")
        }
    }
}

extension Connection {
    func knownLane(_ lane: Lane) throws -> Int? { try standing(of: lane)?.id }

    /// How a lane stands with its receiver.
    struct LaneStanding {
        var id: Int
        var dueAt: Instant?
        var failures: Int
        var failingSince: Instant?
    }

    fileprivate func standing(of lane: Lane) throws -> LaneStanding? {
        try row("SELECT * FROM lane WHERE site = ? AND kind = ? AND receiver = ?", [site, lane.kind, lane.receiver])
            .map {
                LaneStanding(
                    id: $0["id"], dueAt: $0.optionalInstant("due_at"), failures: $0["failures"],
                    failingSince: $0.optionalInstant("failing_since"))
            }
    }

    /// Messages that are due and that nobody has in hand: the most urgent first, and of those the oldest.
    fileprivate func due(_ lane: Int, now: Instant, machine: Instant, limit: Int) throws -> [Int] {
        var found: [Int] = []
        for priority in Priority.allCases where found.count < limit {
            found += try rows(
                """
                SELECT message FROM delivery WHERE lane = ? AND priority = ? AND due_at <= ?
                    AND (leased_until IS NULL OR leased_until <= ?) ORDER BY due_at, message LIMIT ?
                """, [lane, priority.rawValue, now.milliseconds, machine.milliseconds, limit - found.count]
            ).map { $0["message"] as Int }
        }
        return found
    }

    fileprivate func waiting(_ lane: Int, formedBefore: Instant, machine: Instant, limit: Int) throws -> [Int] {
        try rows(
            """
            SELECT delivery.message FROM delivery JOIN message ON message.id = delivery.message
            WHERE delivery.lane = ? AND due_at IS NOT NULL AND message.at < ?
                AND (leased_until IS NULL OR leased_until <= ?) ORDER BY delivery.message LIMIT ?
            """, [lane, formedBefore.milliseconds, machine.milliseconds, limit]
        ).map { $0["message"] as Int }
    }

    /// The next attempt at a message.
    fileprivate func begin(_ message: Int, _ lane: Lane, _ standing: LaneStanding, until: Instant) throws -> Attempt {
        let claimed = try row(
            """
            UPDATE delivery SET attempts = attempts + 1, leased_until = ? WHERE message = ?
            RETURNING attempts, key, priority
            """, [until.milliseconds, message])
        let sent = try row("SELECT content, first, past, at FROM message WHERE id = ?", [message])
        guard let claimed, let sent else { throw RecordDamage("the message \(message) of a delivery") }
        // A message whose bytes are damaged must not keep the others from going out.
        let bytes: [UInt8]?
        do { bytes = try self.bytes(ofContent: sent["content"], sent["first"]..<sent["past"]) } catch is RecordDamage {
            bytes = nil
        }
        return Attempt(
            message: message, lane: lane, key: claimed["key"], number: claimed["attempts"], bytes: bytes,
            since: sent.instant("at"), priority: try claimed.tag("priority"), laneFailures: standing.failures,
            failingSince: standing.failingSince)
    }

    static func part(_ row: Row) -> SentPart {
        SentPart(caseNumber: row.caseNumber(), entry: row["entry"], number: row["number"])
    }

    static func send(_ row: Row, _ lane: Lane) -> SendRow {
        SendRow(
            entry: row["entry"], number: row["number"], lane: lane, body: row.optionalBytes("body"),
            orderedAt: row.instant("ordered_at"), afterEntry: row["after_entry"], afterNumber: row["after_number"],
            subject: row["subject"])
    }

    func sendState(_ part: SentPart) throws -> SendState? {
        try row(
            "SELECT state FROM send WHERE site = ? AND case_no = ? AND entry = ? AND number = ?",
            [site, part.caseNumber.value, part.entry, part.number]
        ).map { try $0.tag("state") }
    }

    func set(_ part: SentPart, state: SendState, from old: SendState) throws {
        let changed = try run(
            "UPDATE send SET state = ? WHERE site = ? AND case_no = ? AND entry = ? AND number = ? AND state = ?",
            [state.rawValue, site, part.caseNumber.value, part.entry, part.number, old.rawValue])
        if changed == 0 { throw StoreRefusal("a send that does not wait for its message") }
    }

    /// Fixes a message: its bytes are kept, its sends belong to it and need their bodies no longer.
    fileprivate func form(_ message: FormedMessage, at: Instant, _ deflater: Deflater) throws {
        guard !message.parts.isEmpty else { throw StoreRefusal("a message that carries no send") }
        let digest = Digest(of: message.bytes)
        _ = try keep(message.bytes, digest: digest, deflater)
        let id = try add(
            MessageRow(
                direction: .outgoing, format: message.format, kind: message.kind, content: digest,
                range: 0..<message.bytes.count, source: message.lane.receiver, at: at, state: .waiting,
                issues: Array("[]".utf8)))
        let lane = try lane(message.lane)
        for part in message.parts {
            let formed = try row(
                """
                UPDATE send SET state = ?, message = ?
                WHERE site = ? AND case_no = ? AND entry = ? AND number = ? AND state = ? AND lane = ? RETURNING id
                """,
                [
                    SendState.formed.rawValue, id, site, part.caseNumber.value, part.entry, part.number,
                    SendState.ready.rawValue, lane,
                ])
            guard let formed else { throw StoreRefusal("a message of a send that does not wait in its lane") }
            try run("DELETE FROM send_body WHERE send = ?", [formed["id"] as Int])
        }
        try run(
            """
            INSERT INTO delivery (message, lane, key, priority, due_at)
            VALUES (?1, ?2, ?3, (SELECT min(priority) FROM send WHERE message = ?1), ?4)
            """, [id, lane, message.key, at.milliseconds])
        for setting in message.settings { try set(setting.name, to: setting.value) }
    }

    /// Ends an attempt, where it is the latest of a delivery that has not ended.
    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) throws -> Settlement {
        var due: Instant?
        var failure: String?
        var effect = LaneEffect.reached
        switch result {
        case .delivered: break
        case .again(let again, let lane): (due, effect) = (again, lane)
        case .failed(let reason, let lane): (failure, effect) = (reason, lane)
        }
        let changed = try row(
            """
            UPDATE delivery SET due_at = ?, leased_until = NULL, last_failure = ifnull(?, last_failure)
            WHERE message = ? AND attempts = ? AND due_at IS NOT NULL RETURNING lane
            """, [due?.milliseconds, failure, attempt.message, attempt.number])
        guard let changed else { return .overtaken }
        try apply(effect, to: changed["lane"], at: at)
        switch result {
        case .again: return .settled
        case .delivered:
            try end(attempt.message, as: .delivered)
            for part in try parts(of: attempt.message) { try release(after: part) }
            return .settled
        case .failed:
            try end(attempt.message, as: .failed)
            let parts = try parts(of: attempt.message)
            for part in parts { try release(after: part) }
            return .failed(parts)
        }
    }

    private func apply(_ effect: LaneEffect, to lane: Int, at: Instant) throws {
        switch effect {
        case .none: break
        case .reached:
            try run(
                "UPDATE lane SET due_at = NULL, failures = 0, failing_since = NULL WHERE id = ? AND failures > 0",
                [lane])
        case .waits(let until):
            try run(
                """
                UPDATE lane SET due_at = ?, failures = failures + 1, failing_since = ifnull(failing_since, ?)
                WHERE id = ?
                """, [until.milliseconds, at.milliseconds, lane])
        }
    }

    /// What waited for the end of a send's delivery may go out, whatever end it was: where it had to wait for success, what
    /// is sent again after a refusal would wait for ever.
    func release(after part: SentPart) throws {
        try run(
            """
            UPDATE send SET state = ? WHERE site = ? AND case_no = ? AND after_entry = ? AND after_number = ?
                AND state = ?
            """,
            [
                SendState.ready.rawValue, site, part.caseNumber.value, part.entry, part.number, SendState.held.rawValue,
            ])
    }

    private func end(_ message: Int, as state: MessageRow.State) throws {
        try run("UPDATE message SET state = ? WHERE id = ?", [state.rawValue, message])
    }

    private func parts(of message: Int) throws -> [SentPart] {
        try rows("SELECT case_no, entry, number FROM send WHERE message = ? ORDER BY case_no, entry, number", [message])
            .map(Self.part)
    }

    // MARK: How they stand

    static let statuses = """
        SELECT send.case_no, send.entry, send.number, send.subject, send.state, send.message, lane.kind, lane.receiver,
            message.state AS message_state, ifnull(delivery.attempts, 0) AS attempts, delivery.last_failure
        FROM send JOIN lane ON lane.id = send.lane LEFT JOIN message ON message.id = send.message
        LEFT JOIN delivery ON delivery.message = send.message
        """

    static func status(_ row: Row) throws -> SendStatus {
        let state: SendStatus.State =
            switch try row.tag("state", as: SendState.self) {
            case .ready, .held: .unformed
            case .unformable: .failed
            case .formed:
                switch try row.tag("message_state", as: MessageRow.State.self) {
                case .delivered: .delivered
                case .failed: .failed
                default: .waiting
                }
            }
        return SendStatus(
            part: part(row), lane: Lane(kind: row["kind"], receiver: row["receiver"]), subject: row["subject"],
            state: state, message: row["message"], attempts: row["attempts"], lastFailure: row["last_failure"])
    }

    func laneStatus() throws -> [LaneStatus] {
        try rows("SELECT * FROM lane WHERE site = ? ORDER BY kind, receiver", [site]).map { lane in
            let id: Int = lane["id"]
            let oldest = try row(
                """
                SELECT message.at, delivery.attempts FROM delivery JOIN message ON message.id = delivery.message
                WHERE delivery.lane = ? AND due_at IS NOT NULL ORDER BY delivery.message LIMIT 1
                """, [id])
            let unformed = try row(
                "SELECT count(*) AS n, min(ordered_at) AS at FROM send WHERE lane = ? AND state IN (0, 1) AND state != 2",
                [id])
            let failed = try integer(
                """
                SELECT count(*) FROM message JOIN delivery ON delivery.message = message.id
                WHERE message.site = ? AND message.state = 8 AND delivery.lane = ?
                """, [site, id])
            let unformable = try integer("SELECT count(*) FROM send WHERE lane = ? AND state = 3 AND state != 2", [id])
            let first = [oldest?.optionalInstant("at"), unformed?.optionalInstant("at")].compactMap(\.self).min()
            return LaneStatus(
                lane: Lane(kind: lane["kind"], receiver: lane["receiver"]), unformed: unformed?["n"] ?? 0,
                waiting: try integer(
                    "SELECT count(*) FROM delivery WHERE lane = ? AND due_at IS NOT NULL", [id]),
                failed: failed + unformable, oldest: first, attempts: oldest?["attempts"] ?? 0,
                failingSince: lane.optionalInstant("failing_since"), dueAt: lane.optionalInstant("due_at"))
        }
    }
}
