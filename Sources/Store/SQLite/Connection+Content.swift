import CCrypto
import Foundation
import HealthTypes

/// Bytes under their digest, whole or in pieces.
extension Connection {
    /// The most bytes of a piece.
    static let pieceBytes = 1 << 20

    /// Keeps bytes under their digest and returns the content's number; keeping them again costs a look-up.
    func keep(_ bytes: [UInt8], digest: Digest, _ deflater: Deflater) throws -> Int {
        try whole(digest) ?? insert(PreparedContent(bytes, digest: digest, deflater))
    }

    /// The same of bytes that were made ready before.
    func keep(_ content: PreparedContent) throws -> Int { try whole(content.digest) ?? insert(content) }

    /// The number of a content that is kept to its end.
    private func whole(_ digest: Digest) throws -> Int? {
        guard let known = try content(digest) else { return nil }
        return try !known.isInPieces || kept(of: known.id) == known.byteCount ? known.id : nil
    }

    private func insert(_ content: PreparedContent) throws -> Int {
        let id: Int
        if let begun = try self.content(content.digest) {
            // A source whose keeping was broken off now comes whole. What is kept of it was not compared with its digest.
            try dropPieces(of: begun.id)
            id = begun.id
        } else if content.pieces.count <= 1 {
            let piece = content.pieces.first
            try run(
                "INSERT INTO content (site, digest, byte_count, codec, bytes) VALUES (?, ?, ?, ?, ?)",
                [
                    site, content.digest.data, content.byteCount, (piece?.codec ?? .plain).rawValue,
                    piece?.stored ?? [],
                ])
            return lastRow
        } else {
            id = try begin(content.digest, byteCount: content.byteCount)
        }
        for piece in content.pieces { try keep(piece, of: id) }
        return id
    }

    /// Takes away what is kept of a content that is not whole.
    func dropPieces(of id: Int) throws { try run("DELETE FROM content_chunk WHERE content = ?", [id]) }

    /// A content that is kept in pieces.
    func begin(_ digest: Digest, byteCount: Int) throws -> Int {
        try run(
            "INSERT INTO content (site, digest, byte_count, codec) VALUES (?, ?, ?, ?)",
            [site, digest.data, byteCount, BodyCodec.plain.rawValue])
        return lastRow
    }

    func keep(_ piece: PreparedPiece, of id: Int) throws {
        try run(
            "INSERT INTO content_chunk (content, first, past, codec, bytes) VALUES (?, ?, ?, ?, ?)",
            [id, piece.range.lowerBound, piece.range.upperBound, piece.codec.rawValue, piece.stored])
    }

    /// How many bytes of a content in pieces are kept.
    func kept(of id: Int) throws -> Int {
        try integer("SELECT past FROM content_chunk WHERE content = ? ORDER BY first DESC LIMIT 1", [id])
    }

    func content(_ digest: Digest) throws -> (id: Int, byteCount: Int, isInPieces: Bool)? {
        try row(
            "SELECT id, byte_count, bytes IS NULL AS pieces FROM content WHERE site = ? AND digest = ?",
            [site, digest.data]
        ).map { ($0["id"], $0["byte_count"], $0["pieces"]) }
    }

    /// The bytes of a range, or fewer where not all are kept; nil where there is no such content.
    func bytes(ofContent id: Int, _ range: Range<Int>) throws -> [UInt8]? {
        guard let row = try row("SELECT codec, bytes, byte_count FROM content WHERE id = ?", [id]) else { return nil }
        let range = range.clamped(to: 0..<(row["byte_count"] as Int))
        if row["bytes"] as Data? != nil {
            let whole = try row.restored("bytes", limit: Self.pieceBytes)
            return range.upperBound <= whole.count ? Array(whole[range]) : nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        try eachPiece(of: id, range) { piece, first in
            // A gap ends what can be given.
            let start = range.lowerBound + bytes.count - first
            let end = min(piece.count, range.upperBound - first)
            if start >= 0, start < end { bytes.append(contentsOf: piece[start..<end]) }
        }
        return bytes
    }

    /// Goes over the pieces that touch a range, each with the place of its first byte.
    private func eachPiece(of id: Int, _ range: Range<Int>, _ body: ([UInt8], Int) throws -> Void) throws {
        // No piece begins further before the range than a piece is long.
        try each(
            """
            SELECT first, past, codec, bytes FROM content_chunk
            WHERE content = ? AND first > ? AND first < ? AND past > ? ORDER BY first
            """, [id, range.lowerBound - Self.pieceBytes - 1, range.upperBound, range.lowerBound]
        ) { row in
            let first: Int = row["first"]
            let past: Int = row["past"]
            let piece = try row.restored("bytes", limit: Self.pieceBytes)
            guard piece.count == past - first else { throw RecordDamage("a piece of a content is not whole") }
            try body(piece, first)
        }
    }

    /// The whole of a content; nil where there is none or not all of it is kept.
    func contentBytes(_ digest: Digest) throws -> [UInt8]? {
        guard let content = try content(digest) else { return nil }
        let bytes = try bytes(ofContent: content.id, 0..<content.byteCount)
        return bytes?.count == content.byteCount ? bytes : nil
    }

    /// The digest of what is kept, a piece at a time.
    func rehash(_ digest: Digest) throws -> Digest? {
        guard let content = try content(digest) else { return nil }
        if !content.isInPieces { return try bytes(ofContent: content.id, 0..<content.byteCount).map { Digest(of: $0) } }
        let hash = RunningDigest()
        var next = 0
        try eachPiece(of: content.id, 0..<content.byteCount) { piece, first in
            guard first == next else { throw RecordDamage("a piece of a content is missing") }
            hash.add(piece)
            next += piece.count
        }
        return next == content.byteCount ? hash.finish() : nil
    }
}

/// A piece of a content as it is stored.
struct PreparedPiece: Sendable {
    let codec: BodyCodec
    let stored: [UInt8]
    let range: Range<Int>
}

/// SHA-256 over bytes that come a piece at a time.
final class RunningDigest {
    private let context = EVP_MD_CTX_new()

    init() { _ = EVP_DigestInit_ex(context, EVP_sha256(), nil) }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: [UInt8]) { _ = EVP_DigestUpdate(context, bytes, bytes.count) }

    func finish() -> Digest? {
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        guard EVP_DigestFinal_ex(context, &output, nil) == 1 else { return nil }
        return Digest(bytes: output)
    }
}
