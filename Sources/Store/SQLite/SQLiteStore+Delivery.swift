import Foundation
public import HealthTypes

extension SQLiteStore: DeliveryStore {
    public func lanes(at now: Instant) async throws -> [Lane] {
        let time = machine.now
        return try await view { tx in
            try tx.rows(
                """
                SELECT kind, receiver FROM lane WHERE site = ? AND (
                    EXISTS (SELECT 1 FROM send WHERE send.lane = lane.id AND send.state = 0 AND send.state != 2)
                    OR EXISTS (SELECT 1 FROM delivery WHERE delivery.lane = lane.id AND due_at <= ?
                        AND (leased_until IS NULL OR leased_until <= ?)))
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
                WHERE lane = ? AND state = 0 AND state != 2 ORDER BY send.id LIMIT ?
                """, [id, limit]
            ).map { row in
                UnformedSend(part: Connection.part(row), row: Connection.send(row, lane))
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

    public func claim(_ lane: Lane, at now: Instant, limit: Int, lease: Int) async throws -> [Attempt] {
        let time = machine.now
        return try await write { tx in
            guard let id = try tx.knownLane(lane) else { return [] }
            let due = try tx.rows(
                """
                SELECT message FROM delivery WHERE lane = ? AND due_at <= ?
                    AND (leased_until IS NULL OR leased_until <= ?) ORDER BY due_at, message LIMIT ?
                """, [id, now.milliseconds, time.milliseconds, limit])
            return try due.map { row in
                let message: Int = row["message"]
                let claimed = try tx.row(
                    """
                    UPDATE delivery SET attempts = attempts + 1, leased_until = ? WHERE message = ?
                    RETURNING attempts, key
                    """, [time.adding(seconds: lease).milliseconds, message])
                let sent = try tx.row("SELECT content, first, past, at FROM message WHERE id = ?", [message])
                guard let claimed, let sent,
                    let bytes = try tx.bytes(ofContent: sent["content"], sent["first"]..<sent["past"])
                else { throw RecordDamage("the message \(message) of a delivery") }
                return Attempt(
                    message: message, lane: lane, key: claimed["key"], number: claimed["attempts"], bytes: bytes,
                    since: sent.instant("at"))
            }
        }
    }

    public func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) async throws -> [SentPart] {
        try await write { tx in try tx.settle(attempt, result, at: at) }
    }

    public func resend(_ part: SentPart, at: Instant) async throws -> Bool {
        try await write { tx in
            if try tx.sendState(part) == .unformable {
                try tx.set(part, state: .ready, from: .unformable)
                return true
            }
            let failed = try tx.row(
                """
                SELECT message.id FROM send JOIN message ON message.id = send.message
                WHERE send.site = ? AND case_no = ? AND entry = ? AND number = ? AND message.state = ?
                """,
                [tx.site, part.caseNumber.value, part.entry, part.number, MessageRow.State.failed.rawValue])
            guard let failed else { return false }
            let id: Int = failed["id"]
            try tx.run("UPDATE message SET state = ? WHERE id = ?", [MessageRow.State.waiting.rawValue, id])
            try tx.run(
                "UPDATE delivery SET due_at = ?, leased_until = NULL, last_failure = NULL WHERE message = ?",
                [at.milliseconds, id])
            return true
        }
    }

    public func laneStatus() async throws -> [LaneStatus] { try await view { tx in try tx.laneStatus() } }

    public func nextDeliveryDue(after now: Instant) async throws -> Instant? {
        try await view { tx in
            try tx.row(
                """
                SELECT min((SELECT min(due_at) FROM delivery WHERE delivery.lane = lane.id AND due_at > ?)) AS due_at
                FROM lane WHERE site = ?
                """, [now.milliseconds, tx.site])?.optionalInstant("due_at")
        }
    }
}

extension Connection {
    func knownLane(_ lane: Lane) throws -> Int? {
        try row("SELECT id FROM lane WHERE site = ? AND kind = ? AND receiver = ?", [site, lane.kind, lane.receiver])?[
            "id"]
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
        try run(
            "INSERT INTO delivery (message, lane, key, due_at) VALUES (?, ?, ?, ?)",
            [id, lane, message.key, at.milliseconds])
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
        for setting in message.settings { try set(setting.name, to: setting.value) }
    }

    /// Ends an attempt, where it is the latest of a delivery that has not ended.
    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) throws -> [SentPart] {
        let due: Instant? = if case .again(let again) = result { again } else { nil }
        let failure: String? = if case .failed(let reason) = result { reason } else { nil }
        let isLatest = try run(
            """
            UPDATE delivery SET due_at = ?, leased_until = NULL, last_failure = ifnull(?, last_failure)
            WHERE message = ? AND attempts = ? AND due_at IS NOT NULL
            """, [due?.milliseconds, failure, attempt.message, attempt.number])
        if isLatest == 0 { return [] }
        switch result {
        case .again: return []
        case .delivered:
            try end(attempt.message, as: .delivered)
            for part in try parts(of: attempt.message) {
                try run(
                    """
                    UPDATE send SET state = ? WHERE site = ? AND case_no = ? AND after_entry = ? AND after_number = ?
                        AND state = ?
                    """,
                    [
                        SendState.ready.rawValue, site, part.caseNumber.value, part.entry, part.number,
                        SendState.held.rawValue,
                    ])
            }
            return []
        case .failed:
            try end(attempt.message, as: .failed)
            return try parts(of: attempt.message)
        }
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
        try rows("SELECT id, kind, receiver FROM lane WHERE site = ? ORDER BY kind, receiver", [site]).map { lane in
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
                failed: failed + unformable, oldest: first, attempts: oldest?["attempts"] ?? 0)
        }
    }
}
