import NIOCore

/// For servers that write parameters into the text of a statement, as FalkorDB 4 does over Bolt.
///
/// Such a server sets a text between apostrophes as it is, so that an apostrophe in a value would end it and the rest be
/// run as Cypher; and it has a few kilobytes of room, beyond which it crashes. What it is sent is therefore escaped, and
/// refused where it would not fit. It takes bytes that fill its buffer for the end of the connection, so that no more is
/// sent at once than leaves room there; and GOODBYE makes it deaf to a later connection, so that it is not said.
struct LiteralParameters: Sendable {
    /// FalkorDB has room for 4,096 bytes of a statement, and its buffer as many.
    static let maximumBytes = 3900

    /// A text that comes back changed from a server of this kind, and as it was from any other.
    static let probe = BoltQuery("RETURN $text", ["text": "\\'"])

    static func isNeeded(_ answer: [BoltResult]) -> Bool { answer.first?.rows.first?.first == "'" }

    /// The query with its texts escaped.
    func escape(_ query: BoltQuery) throws(GraphServerError) -> BoltQuery {
        var query = query
        query.parameters = query.parameters.mapValues(escaped)
        // CYPHER name=value name=value text
        let size = query.parameters.reduce(7 + query.text.utf8.count) { $0 + $1.key.utf8.count + 2 + length($1.value) }
        guard size <= Self.maximumBytes else { throw .tooLarge }
        return query
    }

    /// The queries in order, as many together as may be sent at once.
    func groups(_ queries: [BoltQuery]) -> [[BoltQuery]] {
        var groups: [[BoltQuery]] = []
        var bytes = Self.maximumBytes
        for query in queries {
            var output = ByteBuffer()
            for request in [BoltRequest.run(query, database: nil), .pullAll] {
                BoltChunks.write(request.bytes, to: &output)
            }
            bytes += output.readableBytes
            if bytes > Self.maximumBytes {
                groups.append([])
                bytes = output.readableBytes
            }
            groups[groups.count - 1].append(query)
        }
        return groups
    }

    private func escaped(_ value: PackStreamValue) -> PackStreamValue {
        switch value {
        case .string(let text):
            guard text.utf8.contains(where: { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\") }) else {
                return value
            }
            var bytes: [UInt8] = []
            for byte in text.utf8 {
                if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            return .string(String(decoding: bytes, as: UTF8.self))
        case .list(let values): return .list(values.map(escaped))
        case .map(let entries): return .map(entries.mapValues(escaped))
        default: return value
        }
    }

    /// The bytes that the value takes in the text, at most.
    private func length(_ value: PackStreamValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count + 2
        case .list(let values): values.reduce(2) { $0 + length($1) + 2 }
        case .map(let entries): entries.reduce(2) { $0 + $1.key.utf8.count + 2 + length($1.value) + 2 }
        case .integer(let number): String(number).utf8.count
        // No other kind is sent; a float of the greatest exponent has this many digits.
        default: 320
        }
    }
}
