import Foundation
import GRDB
import HealthTypes

/// A commit that is ready to be compared and written.
struct PreparedCommit: Sendable {
    let commit: CaseCommit
    let entries: [PreparedEntry]
    /// Why it cannot be committed whatever the record holds.
    let refusal: String?

    init(_ commit: CaseCommit, _ deflater: Deflater) {
        self.commit = commit
        refusal = (commit.entries.isEmpty ? nil : Connection.limit(of: commit.entries)) ?? Self.refusal(of: commit)
        entries = refusal == nil ? commit.entries.map { PreparedEntry($0, deflater) } : []
    }

    /// Rows that are of none of the commit's entries, or of another case.
    private static func refusal(of commit: CaseCommit) -> String? {
        let rows = commit.rows
        let own = commit.expected.sequence + 1..<commit.expected.sequence + 1 + commit.entries.count
        func isOwn(_ entries: some Sequence<Int>) -> Bool { entries.allSatisfy(own.contains) }
        guard isOwn(rows.decisions.lazy.map(\.entry)) else { return "a decision of another entry" }
        guard isOwn(rows.findings.lazy.map(\.entry)) else { return "a finding of another entry" }
        guard isOwn(rows.postings.lazy.map(\.entry)) else { return "a posting of another entry" }
        guard isOwn(rows.adjudicated.lazy.map(\.entry)) else { return "an adjudicated line of another entry" }
        guard isOwn(rows.sends.lazy.map(\.entry)) else { return "a send of another entry" }
        guard isOwn(rows.workOpened.lazy.map(\.entry)) else { return "a work item of another entry" }
        guard rows.claimLines.allSatisfy({ $0.caseNumber == commit.caseNumber && $0.claimEntry < own.upperBound })
        else { return "a claim line of another case or a later entry" }
        guard rows.sends.allSatisfy({ $0.body != nil }) else { return "a send without a body" }
        guard !commit.entries.isEmpty || commit.lease != nil else { return "neither an entry nor a lease" }
        return nil
    }
}

extension Connection {
    /// Compares and writes one commit. What throws has left nothing behind that a rollback to before it does not undo.
    func commit(_ prepared: PreparedCommit) throws -> CommitResult {
        let commit = prepared.commit
        if let refusal = prepared.refusal { return .refused(refusal) }
        // Heads, shared keys, case keys: everybody locks in this order, each sorted.
        guard let head = try head(commit.caseNumber), head.position == commit.expected else { return .moved }
        // Without an entry the position stays: the lease says whether anybody made the case due since.
        guard !commit.entries.isEmpty || head.lease == commit.lease else { return .moved }
        for (key, version) in commit.seen where try self.version(of: key) != version { return .seenChanged }
        for key in commit.binds {
            if let other = try caseNumber(for: key), other != commit.caseNumber { return .taken(key) }
        }
        try run("SAVEPOINT one")
        do {
            try write(prepared)
            try run("RELEASE one")
            return .committed(try self.head(commit.caseNumber)?.position ?? commit.expected)
        } catch {
            guard let reason = Self.refusal(error) else { throw error }
            try run("ROLLBACK TO one")
            try run("RELEASE one")
            return .refused(reason)
        }
    }

    /// What a case's own fault says; nil for a fault of the store.
    private static func refusal(_ error: any Error) -> String? {
        if let refusal = error as? StoreRefusal { return refusal.description }
        guard let error = error as? DatabaseError else { return nil }
        return (SQLiteStore.fault(error) as? StoreRefusal)?.description
    }

    private func write(_ prepared: PreparedCommit) throws {
        let commit = prepared.commit
        for key in commit.raised { try raise(key) }
        for key in commit.binds { _ = try bind(key, to: commit.caseNumber) }
        let position = try append(prepared.entries, to: commit.caseNumber, after: commit.expected)
        try write(commit.rows, of: commit.caseNumber)
        for id in commit.taken { try take(unit: id, by: commit.caseNumber) }
        // The case's own clock: that of its latest entry.
        let now = commit.entries.last?.at
        var due = commit.dueAt
        // Units that were released to the case, now or before, are work whatever else there is.
        if try hasReleased(to: commit.caseNumber) {
            let atOnce = now ?? Instant(milliseconds: 0)
            due = min(due ?? atOnce, atOnce)
        }
        let isDueNow = due.map { due in now.map { due <= $0 } ?? false } ?? false
        // The position and the leaf once more in the statement that moves them: this is the fence. Where nothing moves
        // them, the lease is.
        let moved = try run(
            """
            UPDATE case_head SET position = ?, leaf = ?, due_at = ?, leased_until = NULL,
                priority = CASE WHEN ? THEN ifnull(?, priority) ELSE 1 END
            WHERE site = ? AND case_no = ? AND position = ? AND leaf = ? AND lease = ifnull(?, lease)
            """,
            [
                position.sequence, position.leaf.data, due?.milliseconds, isDueNow, commit.priority?.rawValue, site,
                commit.caseNumber.value, commit.expected.sequence, commit.expected.leaf.data,
                commit.entries.isEmpty ? commit.lease : nil,
            ])
        guard moved == 1 else { throw RecordDamage("\(commit.caseNumber) moved within a transaction") }
        try run("DELETE FROM set_aside WHERE site = ? AND case_no = ?", [site, commit.caseNumber.value])
    }

    /// A released unit now stands in an entry; the message that brought it waits no longer once none of its units does.
    private func take(unit id: Int, by caseNumber: CaseNumber) throws {
        let taken = try row(
            "DELETE FROM waiting_unit WHERE id = ? AND site = ? AND case_no = ? RETURNING message",
            [id, site, caseNumber.value])
        guard let taken else { throw StoreRefusal("a unit was taken that does not wait for the case") }
        guard let message = taken["message"] as Int? else { return }
        try run(
            """
            UPDATE message SET state = ? WHERE id = ? AND state = ?
                AND NOT EXISTS (SELECT 1 FROM waiting_unit WHERE message = ?)
            """,
            [MessageRow.State.accepted.rawValue, message, MessageRow.State.unmatched.rawValue, message])
    }

    // MARK: Rows

    private func write(_ rows: Rows, of caseNumber: CaseNumber) throws {
        let number = caseNumber.value
        for row in rows.decisions { try write(row, number) }
        for row in rows.findings { try write(row, number) }
        for row in rows.postings { try write(row, number) }
        for row in rows.adjudicated { try write(row, number) }
        try write(rows.claimLines, number)
        for row in rows.claimStates { try write(row, number) }
        for row in rows.workOpened { try write(row, number) }
        for row in rows.workEnded { try write(row, number) }
        for row in rows.sends { try write(row, number) }
        if let summary = rows.summary { try write(summary, number) }
    }

    private func write(_ row: DecisionRow, _ number: Int) throws {
        guard let generation = try self.row("SELECT id FROM generation WHERE digest = ?", [row.generation.data]) else {
            throw StoreRefusal("a decision in a generation that was not put")
        }
        try run(
            """
            INSERT INTO decision (site, case_no, entry, stage, reason, outcome, made_at, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                site, number, row.entry, row.stage, row.reason, row.outcome, row.madeAt.milliseconds,
                generation["id"] as Int,
            ])
    }

    private func write(_ row: FindingRow, _ number: Int) throws {
        try run(
            """
            INSERT INTO finding (site, case_no, entry, number, stage, check_id, answer, stops, after_sending,
                control_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                site, number, row.entry, row.number, row.stage, row.checkID, row.answer, row.stops, row.afterSending,
                row.controlNumber,
            ])
    }

    private func write(_ row: PostingRow, _ number: Int) throws {
        try run(
            """
            INSERT INTO posting (site, case_no, entry, number, at, control_number, payer, charge, paid, patient,
                contractual, denied, written_off, follow_up) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                site, number, row.entry, row.number, row.at.milliseconds, row.controlNumber, row.payerID,
                row.charge.cents, row.paid.cents, row.patient.cents, row.contractual.cents, row.denied.cents,
                row.writtenOff.cents, row.isFollowUp,
            ])
    }

    private func write(_ row: AdjudicatedRow, _ number: Int) throws {
        try run(
            """
            INSERT INTO adjudicated (site, case_no, entry, number, payer, procedure, modifiers, line, denial_group,
                reason, amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                site, number, row.entry, row.number, row.payerID, row.procedure, joined(row.modifiers), row.line,
                row.group, row.reason, row.amount.cents,
            ])
    }

    /// The lines given for a claim are all that it has.
    private func write(_ lines: [ClaimLineRow], _ number: Int) throws {
        for claim in Set(lines.map(\.claim)) {
            try run(
                "DELETE FROM claim_line WHERE site = ? AND case_no = ? AND claim_entry = ? AND claim_number = ?",
                [site, number, claim.entry, claim.number])
        }
        for row in lines {
            try run(
                """
                INSERT INTO claim_line (site, case_no, claim_entry, claim_number, line, control_number, original, payer,
                    member, billing_npi, rendering_npi, service_date, procedure, modifiers, charge, units,
                    authorization, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    site, number, row.claimEntry, row.claimNumber, row.line, row.controlNumber, row.isOriginal,
                    row.payerID, row.memberID, row.billingNPI, row.renderingNPI, row.serviceDate.dayNumber,
                    row.procedure, joined(row.modifiers), row.charge.cents, row.units, row.authorization, row.state,
                ])
        }
    }

    private func write(_ row: ClaimStateRow, _ number: Int) throws {
        let changed = try run(
            """
            UPDATE claim_line SET state = ? WHERE site = ? AND case_no = ? AND claim_entry = ? AND claim_number = ?
            """, [row.state, site, number, row.claimEntry, row.claimNumber])
        if changed == 0 { throw StoreRefusal("a state of a claim that has no lines") }
    }

    private func write(_ row: WorkItemRow, _ number: Int) throws {
        try run(
            """
            INSERT INTO work_item (site, case_no, entry, number, stage, kind, amount, opened_at, deadline)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                site, number, row.entry, row.number, row.stage, row.kind, row.amount.cents, row.openedAt.milliseconds,
                row.deadline?.milliseconds,
            ])
    }

    private func write(_ row: WorkEndRow, _ number: Int) throws {
        let ended = try run(
            """
            UPDATE work_item SET state = ?, ended_at = ?, ended_by = ?
            WHERE site = ? AND case_no = ? AND entry = ? AND number = ? AND state = 0
            """,
            [
                row.state.rawValue, row.endedAt.milliseconds, row.by, site, number, row.entry, row.number,
            ])
        if ended == 0 { throw StoreRefusal("the end of a work item that is not open") }
    }

    private func write(_ row: SendRow, _ number: Int) throws {
        var state = SendState.ready
        if let entry = row.afterEntry, let part = row.afterNumber {
            let waits = try integer(
                """
                SELECT count(*) FROM send LEFT JOIN message ON message.id = send.message
                WHERE send.site = ? AND send.case_no = ? AND send.entry = ? AND send.number = ?
                    AND (send.state IN (?, ?) OR message.state = ?)
                """,
                [
                    site, number, entry, part, SendState.ready.rawValue, SendState.held.rawValue,
                    MessageRow.State.waiting.rawValue,
                ])
            if waits > 0 { state = .held }
        }
        try run(
            """
            INSERT INTO send (site, case_no, entry, number, lane, state, priority, ordered_at, after_entry,
                after_number, subject)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT priority FROM case_head WHERE site = ?1 AND case_no = ?2), ?7, ?8,
                ?9, ?10)
            """,
            [
                site, number, row.entry, row.number, try lane(row.lane), state.rawValue,
                row.orderedAt.milliseconds, row.afterEntry, row.afterNumber, row.subject,
            ])
        try run(
            "INSERT INTO send_body (send, body) VALUES (?, ?)", [lastRow, row.body])
    }

    private func write(_ row: SummaryRow, _ number: Int) throws {
        try run(
            """
            INSERT INTO case_summary (site, case_no, title, stage, state, payer, service_date, charge, paid)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (site, case_no) DO UPDATE SET title = excluded.title, stage = excluded.stage,
                state = excluded.state, payer = excluded.payer, service_date = excluded.service_date,
                charge = excluded.charge, paid = excluded.paid
            """,
            [
                site, number, row.title, row.stage, row.state, row.payerID, row.serviceDate?.dayNumber,
                row.charge.cents, row.paid.cents,
            ])
    }

    /// The number of a lane, given where it has none yet.
    func lane(_ lane: Lane) throws -> Int {
        if let known = try row(
            "SELECT id FROM lane WHERE site = ? AND kind = ? AND receiver = ?", [site, lane.kind, lane.receiver])
        {
            return known["id"]
        }
        try run("INSERT INTO lane (site, kind, receiver) VALUES (?, ?, ?)", [site, lane.kind, lane.receiver])
        return lastRow
    }
}

/// How a send stands in its table.
enum SendState: Int {
    case ready = 0
    /// The delivery of what goes before it has not come to its end.
    case held = 1
    case formed = 2
    case unformable = 3
}
