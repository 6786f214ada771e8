import HealthTypes
import Store

/// Keeps the data behind the engines in the record, and brings it back.
enum DataArchive {
    /// Keeps each set's files, and a list of them under the set's own digest.
    static func keep(_ sets: [String: DataFiles], in tx: StoreTransaction) throws {
        for set in sets.values {
            if try tx.content(set.digest) != nil { continue }
            for bytes in set.files.values { try tx.keep(bytes) }
            try tx.keep(Array(set.listing.utf8))
        }
    }

    /// The set of a digest as it was; nil where the record does not hold all of it.
    static func restore(_ digest: Digest, in tx: StoreTransaction) throws -> DataFiles? {
        guard let listing = try tx.content(digest) else { return nil }
        var files: [String: [UInt8]] = [:]
        for line in String(decoding: listing, as: UTF8.self).split(separator: "\n") {
            guard let space = line.lastIndex(of: " "),
                let inner = Digest(hex: String(line[line.index(after: space)...])),
                let bytes = try tx.content(inner)
            else { return nil }
            files[String(line[..<space])] = bytes
        }
        let set = DataFiles(files: files)
        return set.digest == digest ? set : nil
    }
}

/// The site's secret, made once, by which member ids become tokens.
enum SiteKey {
    static func key(in tx: StoreTransaction) throws -> [UInt8] {
        if let stored = try tx.setting("site_key") { return Array(stored.utf8) }
        var generator = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }.hexadecimal
        try tx.set("site_key", to: key)
        return Array(key.utf8)
    }
}
