import HealthTypes
import Stages
import Store

/// What is not of one case.
extension Verifier {
    mutating func contents() async throws {
        var after: Digest?
        while true {
            let (place, limit) = (after, batch)
            let (rows, changed) = try await store.read { record in
                let rows = try record.contents(after: place, limit: limit)
                // One whose source is still being kept is looked at when it is whole.
                let whole = rows.filter { $0.kept == $0.byteCount }
                let changed = try whole.filter { row in
                    try Self.unlessDamaged { try record.rehash(row.digest) } != row.digest
                }
                return (rows, changed.map(\.digest))
            }
            guard let last = rows.last else { return }
            report.contents += rows.count(where: { $0.kept == $0.byteCount })
            for digest in changed { add(.content, "the bytes of \(digest.short) were changed") }
            after = last.digest
        }
    }

    mutating func generations() async throws {
        // Most generations share their files with the one before.
        var whole: Set<Digest> = []
        for digest in used.sorted(by: { $0.hex < $1.hex }) {
            let kept = try await store.read { record in try Self.unlessDamaged { try record.generation(digest) } }
            guard let bytes = kept, Digest(of: bytes) == digest,
                let manifest = try? Canonical.decode(Manifest.self, from: bytes)
            else {
                add(.generation, "the manifest \(digest.short) is missing or was changed")
                continue
            }
            for set in manifest.data where !whole.contains(set.digest) {
                let isThere = try await store.read { record in
                    try Self.unlessDamaged { try DataArchive.restore(set.digest, in: record) } != nil
                }
                if isThere {
                    whole.insert(set.digest)
                } else {
                    add(.generation, "the \(set.name) of \(digest.short) are not in the record, or were changed")
                }
            }
        }
    }

    /// Nil, too, for what cannot be read: that is a fault of its own, and the rest is still looked at.
    private static func unlessDamaged<Value>(_ read: () throws -> Value?) throws -> Value? {
        do { return try read() } catch is RecordDamage { return nil }
    }

    // MARK: Messages

    mutating func messages() async throws {
        var after: Int?
        while true {
            let (place, limit) = (after, batch)
            let (page, orphans) = try await store.read { record in
                let page = try record.messageStandings(after: place, limit: limit)
                return (
                    page,
                    try record.orphans(
                        ofMessagesAfter: place, through: page.last?.id, limit: VerificationReport.maximumFaults)
                )
            }
            add(orphans)
            for message in page {
                if let fault = message.fault { add(.message, "message \(message.id) \(fault)") }
            }
            guard let last = page.last else { return }
            after = last.id
        }
    }

    mutating func waitingUnits() async throws {
        var after: Int?
        while true {
            let (place, limit) = (after, batch)
            let page = try await store.read { record in
                try record.waitingUnits(after: place, limit: limit).map { waiting in
                    (id: waiting.unit.id, kind: waiting.key.kind, owner: try record.caseNumber(for: waiting.key))
                }
            }
            guard let last = page.last else { return }
            for unit in page {
                if let owner = unit.owner {
                    add(.waiting, owner, "a unit waits for a key of kind \(unit.kind) that leads to the case")
                }
            }
            after = last.id
        }
    }

    // MARK: What follows behind

    mutating func patterns() async throws {
        let faults = try await store.read { try $0.patternFaults() }
        if faults > 0 { add(.pattern, "\(faults) rows are not what the adjudicated lines come to") }
    }

    /// The service's own journal, and the counts that are kept of it.
    mutating func service() async throws {
        var counts: [ServiceCheck.Tally: Int] = [:]
        var after: ServicePlace?
        while true {
            let (place, limit) = (after, batch)
            let (check, kept) = try await store.read { record in
                let check = try record.serviceCheck(after: place, limit: limit)
                // Of the moment at which the last entry was read.
                return (check, check.isLast ? try record.serviceCounts() : [])
            }
            if let fault = check.fault { return add(.serviceJournal, entry: fault, "an entry does not fit its digest") }
            counts.merge(check.counts, uniquingKeysWith: +)
            if check.isLast {
                let found = Dictionary(
                    kept.map { (ServiceCheck.Tally(kind: $0.kind, outcome: $0.outcome), $0.count) },
                    uniquingKeysWith: +)
                if found != counts { add(.counter, "the counts of the service's journal are not those of its entries") }
                return
            }
            after = check.through
        }
    }

    /// What a setting names must be there.
    mutating func settings() async throws {
        let isKnown = try await store.read { record in
            try record.setting(LookUps.billingSetting).map { try record.provider(npi: $0) != nil } ?? true
        }
        if !isKnown { add(.setting, "the billing organization is not on file") }
    }
}

extension MessageStanding {
    /// What does not fit together; nil where all does.
    fileprivate var fault: String? {
        switch (state, direction) {
        case (.waiting, .outgoing): delivery == .open ? nil : "waits to be delivered, and has no delivery that is open"
        case (.delivered, .outgoing) where delivery == .given: nil
        case (.delivered, .outgoing), (.failed, .outgoing):
            delivery == .ended ? nil : "has ended, and has no delivery that has"
        case (.accepted, .incoming), (.partial, .incoming): delivery == nil ? nil : "came in, and has a delivery"
        case (.unmatched, .incoming):
            hasCase && unitsWaiting == 0 ? "is said to wait, and none of its units does" : nil
        case (.refused, .incoming), (.duplicate, .incoming), (.unread, .incoming):
            hasCase || unitsWaiting > 0 ? "is said to have brought nothing, and is in a case or waits" : nil
        default: "stands in a way that messages of its direction cannot"
        }
    }
}
