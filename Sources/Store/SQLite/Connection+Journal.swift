import Foundation
import HealthTypes

/// An entry that is ready to be stored but for its place: its body is deflated already.
struct PreparedEntry: Sendable {
    let entry: NewEntry
    let codec: BodyCodec
    let stored: [UInt8]

    init(_ entry: NewEntry, _ deflater: Deflater) {
        self.entry = entry
        (codec, stored) = deflater.store(entry.body)
    }
}

/// A head as a comparison needs it.
struct Head {
    var position: Position
    var dueAt: Instant?
    var priority: Priority
    var lease: Int
}

extension Connection {
    // MARK: Heads

    func head(_ caseNumber: CaseNumber) throws -> Head? {
        try row(
            "SELECT position, leaf, due_at, priority, lease FROM case_head WHERE site = ? AND case_no = ?",
            [site, caseNumber.value]
        ).map {
            Head(
                position: Position(sequence: $0["position"], leaf: try $0.digest("leaf")),
                dueAt: $0.optionalInstant("due_at"), priority: try $0.tag("priority"),
                lease: $0["lease"])
        }
    }

    func secret(of caseNumber: CaseNumber) throws -> [UInt8]? {
        try row("SELECT key FROM case_secret WHERE site = ? AND case_no = ?", [site, caseNumber.value])?.bytes("key")
    }

    // MARK: Entries

    /// Why entries cannot be kept as they are; nil where they can. It says nothing of what they hold.
    static func limit(of entries: [NewEntry]) -> String? {
        guard (1...CaseCommit.maximumEntries).contains(entries.count) else {
            return "\(entries.count) entries, where 1 to \(CaseCommit.maximumEntries) can be committed at a time"
        }
        for (index, entry) in entries.enumerated() {
            if entry.body.count > NewEntry.maximumBytes {
                return "entry \(index) has a body of more than \(NewEntry.maximumBytes) bytes"
            }
            if !EntryHead.holds(kind: entry.kind) { return "entry \(index) has a kind that a head cannot hold" }
            if !(0...Int(UInt32.max)).contains(entry.version) {
                return "entry \(index) has a version that a head cannot hold"
            }
        }
        return nil
    }

    /// Adds entries after a position that was compared, and returns where the journal stands then.
    func append(_ entries: [PreparedEntry], to caseNumber: CaseNumber, after position: Position) throws -> Position {
        guard let secret = try secret(of: caseNumber) else {
            throw RecordDamage("\(caseNumber) has no secret, so nothing can be added to it")
        }
        var position = position
        for prepared in entries {
            let entry = prepared.entry
            let sequence = position.sequence + 1
            let commitment = EntryHead.commitment(to: entry.body, sequence: sequence, secret: secret)
            let leaf = EntryHead(
                site: SiteID(site), caseNumber: caseNumber, sequence: sequence, at: entry.at, kind: entry.kind,
                version: entry.version, before: position.leaf, commitment: commitment
            ).leaf
            try run(
                """
                INSERT INTO journal (site, case_no, seq, at, kind, version, codec, body, commitment, leaf)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    site, caseNumber.value, sequence, entry.at.milliseconds, entry.kind, entry.version,
                    prepared.codec.rawValue, prepared.stored, commitment.data, leaf.data,
                ])
            position = Position(sequence: sequence, leaf: leaf)
        }
        return position
    }

    /// The entries of a case after a place and up to another.
    func entries(of caseNumber: CaseNumber, after sequence: Int, through: Int = .max) throws -> [EntryRow] {
        try rows(
            """
            SELECT case_no, seq, at, kind, version, codec, body, commitment, leaf FROM journal
            WHERE site = ? AND case_no = ? AND seq > ? AND seq <= ? ORDER BY seq
            """, [site, caseNumber.value, sequence, through]
        ).map(Self.entry)
    }

    static func entry(_ row: Row) throws -> EntryRow {
        EntryRow(
            caseNumber: row.caseNumber(), sequence: row["seq"], at: row.instant("at"), kind: row["kind"],
            version: row["version"], body: try row.restored("body", limit: NewEntry.maximumBytes),
            commitment: try row.digest("commitment"), leaf: try row.digest("leaf"))
    }

    // MARK: Keys

    func caseNumber(for key: CaseKey) throws -> CaseNumber? {
        try row(
            "SELECT case_no FROM case_key WHERE site = ? AND value = ? AND kind = ? AND authority = ?",
            [site, key.value, key.kind, key.authority])?.caseNumber()
    }

    /// Makes a key lead to a case; false where it leads to another. Tells whether units were released to the case.
    func bind(_ key: CaseKey, to caseNumber: CaseNumber) throws -> (isBound: Bool, released: Bool) {
        if let known = try self.caseNumber(for: key) { return (known == caseNumber, false) }
        try run(
            "INSERT INTO case_key (site, value, kind, authority, case_no) VALUES (?, ?, ?, ?, ?)",
            [site, key.value, key.kind, key.authority, caseNumber.value])
        return (true, try release(key, to: caseNumber))
    }

    /// Gives the case the units that waited for a key, and the messages that brought them.
    private func release(_ key: CaseKey, to caseNumber: CaseNumber) throws -> Bool {
        let released = try rows(
            """
            UPDATE waiting_unit SET case_no = ?
            WHERE site = ? AND key_value = ? AND key_kind = ? AND key_authority = ? AND case_no IS NULL
            RETURNING message
            """, [caseNumber.value, site, key.value, key.kind, key.authority])
        for row in released {
            if let message = row["message"] as Int? { try link(message: message, to: caseNumber) }
        }
        return !released.isEmpty
    }

    func link(message: Int, to caseNumber: CaseNumber) throws {
        try run(
            "INSERT OR IGNORE INTO message_case (site, case_no, message) VALUES (?, ?, ?)",
            [site, caseNumber.value, message])
    }

    /// Units that belong to the case and are in none of its entries yet, oldest first: as many as one commit can take.
    func released(to caseNumber: CaseNumber) throws -> [WaitingUnit] {
        try rows(
            """
            SELECT id, message, kind, version, body FROM waiting_unit WHERE site = ? AND case_no = ? ORDER BY id LIMIT ?
            """, [site, caseNumber.value, CaseCommit.maximumEntries]
        ).map(Self.unit)
    }

    func hasReleased(to caseNumber: CaseNumber) throws -> Bool {
        try integer(
            "SELECT EXISTS (SELECT 1 FROM waiting_unit WHERE site = ? AND case_no = ?)", [site, caseNumber.value]) == 1
    }

    static func unit(_ row: Row) -> WaitingUnit {
        WaitingUnit(
            id: row["id"], message: row["message"], kind: row["kind"], version: row["version"], body: row.bytes("body"))
    }

    // MARK: Shared keys

    /// How a shared key is stored: its kind, and 16 bytes of the SHA-256 digest of its length-prefixed parts.
    static func stored(_ key: SharedKey) -> (kind: Int, key: Data) {
        func digest(_ first: String, _ second: String) -> Data {
            var bytes: [UInt8] = []
            withUnsafeBytes(of: UInt64(first.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: first.utf8)
            bytes.append(contentsOf: second.utf8)
            return Digest(of: bytes).withBytes { Data($0.prefix(16)) }
        }
        return switch key {
        case .member(let payer, let id): (0, digest(payer, id))
        case .authorization(let payer, let number): (1, digest(payer, number))
        }
    }

    /// 0 for what nothing has raised yet.
    func version(of key: SharedKey) throws -> Int {
        let stored = Self.stored(key)
        return try integer(
            "SELECT version FROM shared_key WHERE site = ? AND kind = ? AND key = ?", [site, stored.kind, stored.key])
    }

    func raise(_ key: SharedKey) throws {
        let stored = Self.stored(key)
        try run(
            """
            INSERT INTO shared_key (site, kind, key, version) VALUES (?, ?, ?, 1)
            ON CONFLICT (site, kind, key) DO UPDATE SET version = version + 1
            """, [site, stored.kind, stored.key])
    }

    // MARK: Settings and series

    func setting(_ name: String) throws -> String? {
        try row("SELECT value FROM setting WHERE site = ? AND name = ?", [site, name])?["value"]
    }

    func set(_ name: String, to value: String) throws {
        try run(
            """
            INSERT INTO setting (site, name, value) VALUES (?, ?, ?)
            ON CONFLICT (site, name) DO UPDATE SET value = excluded.value WHERE value != excluded.value
            """, [site, name, value])
    }

    func next(_ series: String) throws -> Int {
        try integer(
            """
            INSERT INTO counter (site, name, value) VALUES (?, ?, 1)
            ON CONFLICT (site, name) DO UPDATE SET value = value + 1 RETURNING value
            """, [site, series])
    }
}
