import HealthTypes
import Review
import Stages
import Store

/// Keeps the data behind the engines in the record, and brings it back.
enum DataArchive {
    /// Keeps each set's files, a list of them under the set's own digest, and the generation's manifest.
    static func keep(_ home: DataHome, in store: any RecordStore, at time: Instant) async throws {
        for set in home.sets.values where try await store.content(set.digest) == nil {
            _ = try await store.putContents(Array(set.files.values))
            _ = try await store.putContents([Array(set.listing.utf8)])
        }
        // Answers of the service rest on the manifest as a content.
        _ = try await store.putContents([home.manifest])
        _ = try await store.putGeneration(home.manifest, at: time)
    }

    /// The set of a digest as it was; nil where the record does not hold all of it.
    static func restore(_ digest: Digest, in record: any RecordReader) throws -> DataFiles? {
        guard let listing = try record.content(digest) else { return nil }
        var files: [String: [UInt8]] = [:]
        guard let listed = DataFiles.listed(listing) else { return nil }
        for (name, inner) in listed {
            guard let bytes = try record.content(inner) else { return nil }
            files[name] = bytes
        }
        let set = DataFiles(files: files)
        return set.digest == digest ? set : nil
    }
}

/// The generations that replay has brought back: decisions of one day rest on the same data, and building it is slow.
actor RestoredGenerations {
    private var kept: [(digest: Digest, home: Task<DataHome, any Error>)] = []
    private static let limit = 4

    /// There is no such generation, or the record does not hold all of it.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// The data of a generation as it was, from the record alone. Who asks while it is being built waits for that.
    func home(_ digest: Digest, in store: any PageStore) async throws -> DataHome {
        if let known = kept.first(where: { $0.digest == digest }) { return try await known.home.value }
        let home = Task { try await Self.restore(digest, from: store) }
        kept.append((digest, home))
        if kept.count > Self.limit { kept.removeFirst() }
        do { return try await home.value } catch {
            kept.removeAll { $0.digest == digest }
            throw error
        }
    }

    /// Reads the files, and builds the engines when nothing of the record is held any more.
    private static func restore(_ digest: Digest, from store: any PageStore) async throws -> DataHome {
        let (manifest, sets) = try await store.read { record in
            guard let bytes = try record.generation(digest) else {
                throw Missing(description: "the record does not hold the generation \(digest.short)")
            }
            let manifest = try Canonical.decode(Manifest.self, from: bytes)
            var sets: [DataSetName: DataFiles] = [:]
            for name in DataSetName.allCases {
                guard let wanted = manifest.digest(of: name), let set = try DataArchive.restore(wanted, in: record)
                else {
                    throw Missing(
                        description: "the record does not hold the \(name.rawValue) of generation \(digest.short)")
                }
                sets[name] = set
            }
            return (manifest, sets)
        }
        let home = try DataHome(sets, reviewers: manifest.reviewing, program: manifest.program)
        guard home.generation.digest == digest else {
            throw Missing(description: "the generation \(digest.short) cannot be built again by this program")
        }
        return home
    }
}

extension Manifest {
    /// The reviewers of the generation: those that are rules answer again, others' answers stand in the journal.
    var reviewing: Reviewers {
        let panel = ReviewPanel.rules
        let isOurs = reviewers == [panel.analyst.identity, panel.compliance.identity]
        return isOurs ? .immediate(panel) : .sent(identity: reviewers.joined(separator: " "))
    }
}

/// The site's secret, made once, by which member ids become tokens.
enum SiteKey {
    private static let setting = "site_key"

    static func key(in store: any RecordStore) async throws -> [UInt8] {
        if let stored = try await store.setting(setting) { return Array(stored.utf8) }
        var generator = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }.hexadecimal
        try await store.set(setting, to: key)
        return Array(key.utf8)
    }
}
