import Foundation
public import HealthTypes

extension SQLiteStore: IntakeStore {
    public func intake<Result: Sendable>(
        _ body: @escaping @Sendable (any IntakeTransaction) throws -> Result
    ) async throws -> Result {
        let secret = secret
        return try await write { tx in
            try body(SQLiteIntake(tx: tx, deflater: Deflater(), secret: secret))
        }
    }

    public func begin(source: String, digest: Digest, byteCount: Int, at: Instant) async throws -> ArrivalRow {
        try await write { tx in
            if let known = try tx.arrival(source: source, digest: digest) {
                guard known.byteCount == byteCount else {
                    throw StoreRefusal("a source of another length under the same digest")
                }
                return known
            }
            let content = try tx.content(digest)
            if let content, content.byteCount != byteCount {
                throw StoreRefusal("a source of another length under the same digest")
            }
            let id = try content?.id ?? tx.begin(digest, byteCount: byteCount)
            try tx.run(
                "INSERT INTO arrival (site, source, content, at) VALUES (?, ?, ?, ?)",
                [tx.site, source, id, at.milliseconds])
            guard let arrival = try tx.arrival(source: source, digest: digest) else {
                throw RecordDamage("an arrival that was just begun")
            }
            return arrival
        }
    }

    public func keep(_ bytes: [UInt8], ofArrival id: Int, at offset: Int) async throws {
        guard (1...Connection.pieceBytes).contains(bytes.count) else {
            throw StoreRefusal("a piece of \(bytes.count) bytes, where 1 to \(Connection.pieceBytes) can be kept")
        }
        let (codec, stored) = Deflater().store(bytes, withDictionary: false)
        let piece = PreparedPiece(codec: codec, stored: stored, range: offset..<offset + bytes.count)
        let last = try await write { tx in try tx.keep(piece, ofArrival: id, isCompared: false) }
        guard let last else { return }
        // Once it is whole, the bytes that were kept must be those that were announced: a file may have changed while it
        // was read. They are compared between two transactions, since that takes as long as the source is large.
        if try await digest(ofContent: last.content, to: offset, then: bytes) == last.row.digest {
            _ = try await write { tx in try tx.keep(piece, ofArrival: id, isCompared: true) }
        } else {
            try await write { tx in
                if try tx.kept(of: last.content) < last.row.byteCount { try tx.dropPieces(of: last.content) }
            }
            throw SourceChanged()
        }
    }

    /// The digest of what is kept of a content and of bytes behind it, read a piece at a time.
    private func digest(ofContent id: Int, to end: Int, then bytes: [UInt8]) async throws -> Digest {
        var digest = StreamDigest()
        var next = 0
        while next < end {
            let range = next..<min(next + Connection.pieceBytes, end)
            let piece = try await view { tx in try tx.bytes(ofContent: id, range) ?? [] }
            // Gone in the meantime, or a gap: it is not the source that was announced.
            if piece.count < range.count { break }
            digest.add(piece)
            next = range.upperBound
        }
        digest.add(bytes)
        return digest.finish()
    }

    public func bytes(ofArrival id: Int, from offset: Int, limit: Int) async throws -> [UInt8] {
        try await view { tx in
            guard let arrival = try tx.arrival(id) else { throw RecordDamage("there is no arrival \(id)") }
            let end = min(arrival.row.kept, offset + max(0, limit))
            guard offset >= 0, offset < end else { return [] }
            return try tx.bytes(ofContent: arrival.content, offset..<end) ?? []
        }
    }

    public func answer(to content: Digest) async throws -> [UInt8]? {
        try await view { tx in try tx.answer(to: content) }
    }

    public func unfinishedArrivals() async throws -> [ArrivalRow] {
        try await view { tx in
            try tx.rows("\(Connection.arrivals) WHERE a.site = ? AND a.done = 0 ORDER BY a.id", [tx.site])
                .map(Connection.arrival)
        }
    }
}

extension Connection {
    static let arrivals = """
        SELECT a.*, c.digest, c.byte_count, CASE WHEN c.bytes IS NULL
            THEN ifnull((SELECT past FROM content_chunk WHERE content = c.id ORDER BY first DESC LIMIT 1), 0)
            ELSE c.byte_count END AS kept
        FROM arrival a JOIN content c ON c.id = a.content
        """

    static func arrival(_ row: Row) throws -> ArrivalRow {
        ArrivalRow(
            id: row["id"], source: row["source"], digest: try row.digest("digest"), byteCount: row["byte_count"],
            kept: row["kept"], refused: row["refused"], through: row["through"], isDone: row["done"],
            at: row.instant("at"))
    }

    func arrival(_ id: Int) throws -> (row: ArrivalRow, content: Int)? {
        try row("\(Self.arrivals) WHERE a.site = ? AND a.id = ?", [site, id]).map {
            (try Self.arrival($0), $0["content"])
        }
    }

    /// Keeps a piece of an arrival. The last, which makes it whole, is kept only after it was compared; until then its
    /// arrival is given back.
    fileprivate func keep(
        _ piece: PreparedPiece, ofArrival id: Int, isCompared: Bool
    ) throws -> (row: ArrivalRow, content: Int)? {
        guard let arrival = try arrival(id) else { throw RecordDamage("there is no arrival \(id)") }
        let row = arrival.row
        // Kept before, by this arrival or one of the same bytes.
        if piece.range.upperBound <= row.kept { return nil }
        guard piece.range.lowerBound == row.kept else {
            throw StoreRefusal("a piece at \(piece.range.lowerBound), where \(row.kept) bytes are kept")
        }
        guard piece.range.upperBound <= row.byteCount else {
            throw StoreRefusal("more bytes than the \(row.byteCount) of the arrival")
        }
        if piece.range.upperBound == row.byteCount, !isCompared { return arrival }
        try keep(piece, of: arrival.content)
        return nil
    }

    /// The bytes by which a content was answered.
    func answer(to content: Digest) throws -> [UInt8]? {
        let answer = try row(
            """
            SELECT m.content, m.first, m.past FROM answer a JOIN content c ON c.id = a.content
            JOIN message m ON m.id = a.message WHERE a.site = ? AND c.digest = ? AND c.site = a.site
            """, [site, content.data])
        guard let answer else { return nil }
        let range: Range<Int> = (answer["first"] as Int)..<(answer["past"] as Int)
        guard let bytes = try bytes(ofContent: answer["content"], range), bytes.count == range.count else {
            throw RecordDamage("an answer that is not kept whole")
        }
        return bytes
    }

    func arrival(source: String, digest: Digest) throws -> ArrivalRow? {
        try row(
            "\(Self.arrivals) WHERE a.site = ? AND c.digest = ? AND c.site = a.site AND a.source = ?",
            [site, digest.data, source]
        ).map(Self.arrival)
    }
}

/// The verbs of intake on SQLite.
struct SQLiteIntake: IntakeTransaction {
    let tx: Connection
    let deflater: Deflater
    let secret: @Sendable () -> [UInt8]

    // MARK: Messages

    func keep(_ bytes: [UInt8]) throws -> Digest {
        let digest = Digest(of: bytes)
        _ = try tx.keep(bytes, digest: digest, deflater)
        return digest
    }

    func keep(_ content: PreparedContent) throws { _ = try tx.keep(content) }

    func add(_ message: MessageRow, cases: [CaseNumber]) throws -> Int {
        let id = try tx.add(message)
        for caseNumber in cases { try tx.link(message: id, to: caseNumber) }
        return id
    }

    func answer(to content: Digest) throws -> [UInt8]? { try tx.answer(to: content) }

    func bind(answer message: Int, to content: Digest) throws {
        guard let content = try tx.content(content) else { throw StoreRefusal("an answer to what is not kept") }
        try tx.run(
            "INSERT INTO answer (site, content, message) VALUES (?, ?, ?)", [tx.site, content.id, message])
    }

    func message(identity: Digest) throws -> Int? {
        try tx.row("SELECT message FROM unit_identity WHERE site = ? AND digest = ?", [tx.site, identity.data])?[
            "message"]
    }

    func bind(identity: Digest, to message: Int) throws {
        try tx.run(
            "INSERT INTO unit_identity (site, digest, message) VALUES (?, ?, ?)", [tx.site, identity.data, message])
    }

    // MARK: Cases

    func caseNumber(for key: CaseKey) throws -> CaseNumber? { try tx.caseNumber(for: key) }

    func openCase(kind: String, key: CaseKey, priority: Priority, at: Instant) throws -> CaseNumber {
        guard try tx.caseNumber(for: key) == nil else { throw StoreRefusal("the key leads to a case already") }
        let caseNumber = CaseNumber(try tx.next(Connection.caseSeries))
        try tx.run(
            "INSERT INTO case_head (site, case_no, position, leaf, kind, opened_at, priority) VALUES (?, ?, 0, ?, ?, ?, ?)",
            [
                tx.site, caseNumber.value, Position.start.leaf.data, kind, at.milliseconds, priority.rawValue,
            ])
        try tx.run(
            "INSERT INTO case_secret (site, case_no, key) VALUES (?, ?, ?)",
            [tx.site, caseNumber.value, Data(secret())])
        _ = try bind(key, to: caseNumber, at: at)
        return caseNumber
    }

    func bind(_ key: CaseKey, to caseNumber: CaseNumber) throws -> Bool {
        try bind(key, to: caseNumber, at: nil)
    }

    /// - Parameter at: when the case falls due where units were released to it; nil for the time of its last entry.
    private func bind(_ key: CaseKey, to caseNumber: CaseNumber, at: Instant?) throws -> Bool {
        let (isBound, released) = try tx.bind(key, to: caseNumber)
        if released {
            try tx.run(
                """
                UPDATE case_head SET due_at = min(ifnull(due_at, ?1), ?1), lease = lease + 1, leased_until = NULL
                WHERE site = ?2 AND case_no = ?3
                """,
                [try (at ?? tx.lastTime(of: caseNumber)).milliseconds, tx.site, caseNumber.value])
        }
        return isBound
    }

    func append(
        to caseNumber: CaseNumber, priority: Priority, at: Instant, make: (_ firstSequence: Int) throws -> [NewEntry]
    ) throws -> Position {
        guard let head = try tx.head(caseNumber) else { throw StoreRefusal("there is no case \(caseNumber)") }
        let entries = try make(head.position.sequence + 1)
        if let limit = Connection.limit(of: entries) { throw StoreRefusal(limit) }
        let position = try tx.append(
            entries.map { PreparedEntry($0, deflater) }, to: caseNumber, after: head.position)
        // What is due already stays as urgent as it was.
        let isDue = head.dueAt.map { $0 <= at } ?? false
        let most = isDue && head.priority.rawValue < priority.rawValue ? head.priority : priority
        try tx.run(
            "UPDATE case_head SET position = ?, leaf = ?, due_at = ?, priority = ? WHERE site = ? AND case_no = ?",
            [
                position.sequence, position.leaf.data, min(head.dueAt ?? at, at).milliseconds, most.rawValue, tx.site,
                caseNumber.value,
            ])
        return position
    }

    func wait(_ unit: WaitingUnit, for key: CaseKey, at: Instant) throws {
        guard try tx.caseNumber(for: key) == nil else { throw StoreRefusal("the key leads to a case already") }
        guard unit.body.count <= NewEntry.maximumBytes else {
            throw StoreRefusal("a unit of more than \(NewEntry.maximumBytes) bytes")
        }
        try tx.run(
            """
            INSERT INTO waiting_unit (site, key_kind, key_authority, key_value, message, kind, version, body, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                tx.site, key.kind, key.authority, key.value, unit.message, unit.kind, unit.version, Data(unit.body),
                at.milliseconds,
            ])
    }

    // MARK: The site

    func setting(_ name: String) throws -> String? { try tx.setting(name) }
    func set(_ name: String, to value: String) throws { try tx.set(name, to: value) }

    func next(_ series: String) throws -> Int {
        guard series != Connection.caseSeries else { throw StoreRefusal("cases are numbered by openCase alone") }
        return try tx.next(series)
    }

    func putProvider(npi: String, body: [UInt8]) throws {
        try tx.run(
            """
            INSERT INTO provider (site, npi, body) VALUES (?, ?, ?)
            ON CONFLICT (site, npi) DO UPDATE SET body = excluded.body
            """, [tx.site, npi, Data(body)])
    }

    func provider(npi: String) throws -> [UInt8]? { try tx.provider(npi) }

    func putMember(payerID: String, memberID: String, body: [UInt8]) throws {
        try tx.run(
            """
            INSERT INTO member (site, member, payer, body) VALUES (?, ?, ?, ?)
            ON CONFLICT (site, member, payer) DO UPDATE SET body = excluded.body
            """, [tx.site, memberID, payerID, Data(body)])
    }

    func members(memberID: String) throws -> [[UInt8]] {
        try tx.rows("SELECT body FROM member WHERE site = ? AND member = ? ORDER BY payer", [tx.site, memberID])
            .map { $0.bytes("body") }
    }

    func putUsualCharge(_ procedure: String, _ charge: Money) throws {
        try tx.run(
            """
            INSERT INTO usual_charge (site, procedure, amount) VALUES (?, ?, ?)
            ON CONFLICT (site, procedure) DO UPDATE SET amount = excluded.amount
            """, [tx.site, procedure, charge.cents])
    }

    func usualCharge(_ procedure: String) throws -> Money? { try tx.usualCharge(procedure) }

    // MARK: Arrivals and deliveries

    func advance(arrival id: Int, from: Int, through: Int, isDone: Bool) throws {
        guard let arrival = try tx.arrival(id) else { throw RecordDamage("there is no arrival \(id)") }
        guard arrival.row.through == from, !arrival.row.isDone else {
            throw RecordDamage("the arrival \(id) stands at \(arrival.row.through) and not at \(from)")
        }
        guard through >= from, through <= arrival.row.kept else {
            throw RecordDamage("the arrival \(id) cannot go from \(from) to \(through)")
        }
        if isDone, arrival.row.kept < arrival.row.byteCount {
            throw RecordDamage("the arrival \(id) is not kept whole")
        }
        try tx.run(
            "UPDATE arrival SET through = ?, done = ? WHERE site = ? AND id = ?", [through, isDone, tx.site, id])
    }

    func advance(arrival id: Int, refusedFrom from: Int, through: Int) throws {
        guard through >= from else { throw RecordDamage("the arrival \(id) cannot go from \(from) to \(through)") }
        let moved = try tx.run(
            "UPDATE arrival SET refused = ? WHERE site = ? AND id = ? AND refused = ? AND done = 0",
            [through, tx.site, id, from])
        if moved == 0 { throw RecordDamage("the arrival \(id) does not stand at \(from) refusals") }
    }

    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) throws -> Settlement {
        try tx.settle(attempt, result, at: at)
    }

    func endUnformed(_ part: SentPart) throws {
        try tx.set(part, state: .unformable, from: .ready)
        try tx.release(after: part)
    }
}

extension Connection {
    /// The series by which cases are numbered, without gaps.
    static let caseSeries = "case"

    /// The time of a case's last entry, or of its opening.
    func lastTime(of caseNumber: CaseNumber) throws -> Instant {
        let last = try row(
            """
            SELECT ifnull(j.at, h.opened_at) AS at FROM case_head h
            LEFT JOIN journal j ON j.site = h.site AND j.case_no = h.case_no AND j.seq = h.position
            WHERE h.site = ? AND h.case_no = ?
            """, [site, caseNumber.value])
        guard let last else { throw StoreRefusal("there is no case \(caseNumber)") }
        return last.instant("at")
    }

    /// Logs a message of which the content is kept.
    func add(_ message: MessageRow) throws -> Int {
        guard let content = try content(message.content) else { throw StoreRefusal("a message without its content") }
        guard message.range.upperBound <= content.byteCount, message.range.lowerBound >= 0 else {
            throw StoreRefusal("a message past the end of its content")
        }
        try run(
            """
            INSERT INTO message (site, direction, state, format, kind, content, first, past, source, at, issues)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                site, message.direction.rawValue, message.state.rawValue, message.format, message.kind, content.id,
                message.range.lowerBound, message.range.upperBound, message.source, message.at.milliseconds,
                Data(message.issues),
            ])
        return lastRow
    }
}
