import Foundation
public import HealthTypes

extension SQLiteStore: RecordStore {
    public func inspect<Result: Sendable>(
        _ body: @escaping @Sendable (any RecordReader) throws -> Result
    ) async throws -> Result {
        try await view { tx in try body(SQLiteReader(tx: tx)) }
    }

    public func putGeneration(_ manifest: [UInt8], at: Instant) async throws -> Digest {
        let digest = Digest(of: manifest)
        guard manifest.count <= Connection.manifestBytes else {
            throw StoreRefusal("a manifest of more than \(Connection.manifestBytes) bytes")
        }
        let (codec, stored) = Deflater().store(manifest, withDictionary: false)
        try await write { tx in
            try tx.run(
                "INSERT INTO generation (digest, at, codec, manifest) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                [digest.data, at.milliseconds, codec.rawValue, stored])
            return
        }
        return digest
    }

    public func generation(_ digest: Digest) async throws -> [UInt8]? {
        try await view { tx in try tx.generation(digest) }
    }

    public func putContents(_ contents: [[UInt8]]) async throws -> [Digest] {
        let digests = contents.map { Digest(of: $0) }
        try await write { tx in
            let deflater = Deflater()
            for (bytes, digest) in zip(contents, digests) { _ = try tx.keep(bytes, digest: digest, deflater) }
        }
        return digests
    }

    public func content(_ digest: Digest) async throws -> [UInt8]? {
        try await view { tx in try tx.contentBytes(digest) }
    }

    public func set(_ name: String, to value: String) async throws {
        try await write { tx in try tx.set(name, to: value) }
    }

    public func setting(_ name: String) async throws -> String? { try await view { tx in try tx.setting(name) } }

    public func followPatterns(limit: Int) async throws -> Int {
        // Nothing to do is the common case, and costs a read.
        let isBehind = try await view { tx in
            try tx.integer(
                "SELECT EXISTS (SELECT 1 FROM adjudicated WHERE site = ? AND id > ?)", [tx.site, try tx.patternMark()])
                == 1
        }
        return isBehind ? try await write { tx in try tx.followPatterns(limit: max(1, limit)) } : 0
    }
}

extension Connection {
    /// The most bytes of a generation's manifest: names and digests of its files.
    static let manifestBytes = 16 << 20

    func generation(_ digest: Digest) throws -> [UInt8]? {
        try row("SELECT codec, manifest FROM generation WHERE digest = ?", [digest.data])?
            .restored("manifest", limit: Self.manifestBytes)
    }

    private static let patternSeries = "patterns"

    /// Up to where adjudicated rows stand in the patterns.
    func patternMark() throws -> Int {
        try integer("SELECT value FROM counter WHERE site = ? AND name = ?", [site, Self.patternSeries])
    }

    /// Counts the next adjudicated rows, whole entries of them, and moves the mark past them.
    func followPatterns(limit: Int) throws -> Int {
        let mark = try patternMark()
        let last = try row(
            """
            SELECT id, case_no, entry FROM adjudicated WHERE site = ?1 AND id > ?2
                AND id <= (SELECT max(id) FROM (SELECT id FROM adjudicated WHERE site = ?1 AND id > ?2 ORDER BY id LIMIT ?3))
            ORDER BY id DESC LIMIT 1
            """, [site, mark, limit])
        guard let last else { return 0 }
        // A line with several denials is one line: its entry is not divided.
        let through = try integer(
            "SELECT max(id) FROM adjudicated WHERE site = ? AND case_no = ? AND entry = ?",
            [site, last["case_no"] as Int, last["entry"] as Int])
        try run(
            """
            INSERT INTO denial_pattern (site, payer, procedure, modifiers, denial_group, reason, denied, amount)
            SELECT site, payer, procedure, modifiers, denial_group, reason, count(*), sum(amount) FROM adjudicated
            WHERE site = ? AND id > ? AND id <= ? AND reason IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
            ON CONFLICT DO UPDATE SET denied = denied + excluded.denied, amount = amount + excluded.amount
            """, [site, mark, through])
        try run(
            """
            INSERT INTO adjudicated_count (site, payer, procedure, modifiers, lines)
            SELECT site, payer, procedure, modifiers, count(*) FROM (
                SELECT DISTINCT site, case_no, entry, line, payer, procedure, modifiers FROM adjudicated
                WHERE site = ? AND id > ? AND id <= ?)
            WHERE true GROUP BY 1, 2, 3, 4
            ON CONFLICT DO UPDATE SET lines = lines + excluded.lines
            """, [site, mark, through])
        try run(
            """
            INSERT INTO counter (site, name, value) VALUES (?, ?, ?)
            ON CONFLICT (site, name) DO UPDATE SET value = excluded.value
            """, [site, Self.patternSeries, through])
        return try integer(
            "SELECT count(*) FROM adjudicated WHERE site = ? AND id > ? AND id <= ?", [site, mark, through])
    }
}
