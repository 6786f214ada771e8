import Claims
import HealthTypes
import Stages
import Store

/// What the record holds of one case, read at one moment and checked outside of the read.
private struct KeptCase: Sendable {
    var head: HeadRow
    var chainFault: ChainFault?
    var entries: [EntryRow] = []
    var rows = Rows()
    var keys: Set<CaseKey> = []
    var sends: [SendStatus] = []
    var messages: Set<Int> = []
    var released: [WaitingUnit] = []
    /// Why it cannot be read.
    var damage: RecordDamage?

    init(_ head: HeadRow, in record: any PageReader) throws {
        self.head = head
        let number = head.caseNumber
        do {
            chainFault = try record.chainFault(of: number)
            entries = try record.entries(of: number, through: nil)
            rows = try record.rows(of: number)
            keys = Set(try record.keys(of: number))
            sends = try record.sends(of: number)
            messages = Set(try record.messageIDs(of: number))
            released = try record.releasedUnits(of: number)
        } catch let damage as RecordDamage { self.damage = damage }
    }
}

/// Some cases, with what is left over between them.
private struct CasePage: Sendable {
    var cases: [KeptCase]
    var orphans: [Orphan]
    var newest: CaseNumber

    init(after: CaseNumber?, limit: Int, in record: any PageReader) throws {
        let heads = try record.heads(after: after, limit: limit)
        cases = try heads.map { try KeptCase($0, in: record) }
        orphans = try record.orphans(
            ofCasesAfter: after, through: heads.last?.caseNumber, limit: VerificationReport.maximumFaults)
        newest = try record.lastCaseNumber()
    }
}

/// What the entries of a case come to.
private struct DerivedCase {
    var facts: CaseFacts
    var rows = Rows()
    var keys: Set<CaseKey> = []
    var raised: Set<SharedKey> = []
    /// Messages that brought entries.
    var messages: Set<Int> = []
    /// Sends whose end without success the case was told.
    var undelivered: Set<SendID> = []
    var lastEntry: Instant?
    var decisions = 0
    var generations: Set<Digest> = []

    init(_ number: CaseNumber) { facts = CaseFacts(number: number) }

    mutating func add(_ row: EntryRow) throws {
        let entry = try CaseReader.read(row)
        let derived = try Projection.fold(entry, at: row.at, into: &facts)
        lastEntry = row.at
        rows.append(derived.rows)
        keys.formUnion(derived.binds)
        keys.formUnion(Self.openingKeys(entry.event))
        raised.formUnion(derived.raised)
        if let message = entry.message { messages.insert(message) }
        switch entry.event {
        case .decided(_, let basis):
            decisions += 1
            generations.insert(basis.generation)
        case .undelivered(let send, _): undelivered.insert(send)
        default: break
        }
    }

    /// The keys under which intake opens a case or finds it.
    private static func openingKeys(_ event: CaseEvent) -> [CaseKey] {
        switch event {
        case .scheduled(let visit), .checkedIn(let visit), .visitUpdated(let visit):
            visit.visitNumber.isEmpty ? [] : [CaseKey(.visit, visit.visitNumber)]
        case .claimReceived(let claim): [CaseKey(.claim, claim.controlNumber)]
        default: []
        }
    }
}

extension Verifier {
    mutating func cases(_ progress: (Int) -> Void) async throws {
        var expected = 1
        var after: CaseNumber?
        while true {
            let (place, limit) = (after, batch)
            let page = try await store.read { try CasePage(after: place, limit: limit, in: $0) }
            add(page.orphans)
            var raised: [SharedKey: CaseNumber] = [:]
            for kept in page.cases {
                missing(&expected, upTo: kept.head.caseNumber.value - 1)
                expected += 1
                if let derived = check(kept) {
                    for key in derived.raised { raised[key] = raised[key] ?? kept.head.caseNumber }
                }
            }
            try await sharedKeys(raised)
            progress(report.cases)
            guard let last = page.cases.last else {
                missing(&expected, upTo: page.newest.value)
                if expected - 1 > page.newest.value { add(.counter, "there are more cases than were opened") }
                return
            }
            after = last.head.caseNumber
        }
    }

    private mutating func missing(_ expected: inout Int, upTo number: Int) {
        while expected <= number {
            add(.missingCase, CaseNumber(expected), "the case is not in the record")
            expected += 1
        }
    }

    /// Versions are never taken back, so that they may be read after the cases.
    private mutating func sharedKeys(_ raised: [SharedKey: CaseNumber]) async throws {
        if raised.isEmpty { return }
        let missing = try await store.read { record in
            try raised.filter { try record.version(of: $0.key) == 0 }.map(\.value)
        }
        for number in missing.sorted() { add(.sharedKey, number, "a key that a claim raised has no version") }
    }

    private mutating func check(_ kept: KeptCase) -> DerivedCase? {
        let number = kept.head.caseNumber
        report.cases += 1
        if let fault = kept.chainFault { add(.journal, number, entry: fault.sequence, fault.kind.rawValue) }
        if let damage = kept.damage {
            add(.unreadable, number, "\(damage)")
            return nil
        }
        var derived = DerivedCase(number)
        do {
            for row in kept.entries {
                report.entries += 1
                try derived.add(row)
            }
        } catch {
            add(.unreadable, number, entry: derived.facts.sequence + 1, "\(error)")
            return nil
        }
        report.decisions += derived.decisions
        used.formUnion(derived.generations)
        // The line of a case is written when the case is worked; one that waits to be worked has an older one.
        let isWorked = kept.head.dueAt.map { due in derived.lastEntry.map { due > $0 } ?? false } ?? true
        derived.rows.summary =
            isWorked && derived.facts.sequence > 0 ? Projection.summary(of: derived.facts) : kept.rows.summary
        compare(derived.rows.settled(), kept)
        checkKeys(derived, kept)
        checkMessages(derived, kept)
        if kept.head.dueAt == nil,
            derived.facts.next() != nil || !derived.facts.timers.isEmpty || !kept.released.isEmpty
        {
            add(.notDue, number, "something is to be done in the case, and it is never due")
        }
        return derived
    }

    private mutating func checkKeys(_ derived: DerivedCase, _ kept: KeptCase) {
        var keys = derived.keys
        // A visit that is known by its orders, charges or chart alone stands in no entry: its key opened the case.
        if derived.facts.encounter == nil,
            let opening = kept.keys.filter({ KeyKind(rawValue: $0.kind) == .visit }).min(by: { $0.value < $1.value })
        {
            keys.insert(opening)
        }
        for key in keys.symmetricDifference(kept.keys).sorted(by: { $0.kind < $1.kind }) {
            add(
                .key, kept.head.caseNumber,
                "a key of kind \(key.kind) is \(kept.keys.contains(key) ? "not explained" : "missing")")
        }
    }

    /// Messages that the case has, and what became of those that carry its sends.
    private mutating func checkMessages(_ derived: DerivedCase, _ kept: KeptCase) {
        let number = kept.head.caseNumber
        let brought = derived.messages.union(kept.released.compactMap(\.message))
        if brought != kept.messages {
            add(.message, number, "the messages of the case are not those that brought its entries")
        }
        for send in kept.sends {
            let isTold = derived.undelivered.contains(SendID(entry: send.part.entry, number: send.part.number))
            if isTold == (send.state == .failed) { continue }
            add(
                .message, number, entry: send.part.entry,
                isTold
                    ? "a send that came to its end without success stands otherwise"
                    : "a send has failed, and its case was not told")
        }
    }

    // MARK: Rows

    private mutating func compare(_ expected: Rows, _ kept: KeptCase) {
        let (found, number) = (kept.rows, kept.head.caseNumber)

        func check<Row: Hashable>(_ table: String, _ wanted: [Row], _ there: [Row], entry: (Row) -> Int?) {
            guard wanted != there else { return }
            let odd =
                zip(wanted, there).first { $0 != $1 }?.0 ?? (wanted.count > there.count ? wanted[there.count] : nil)
            add(
                .rows, number, entry: odd.flatMap(entry),
                wanted.count == there.count
                    ? "a row of \(table) was changed"
                    : "\(table) has \(there.count) rows where the journal derives \(wanted.count)")
        }
        check("decision", expected.decisions, found.decisions) { $0.entry }
        check("finding", expected.findings, found.findings) { $0.entry }
        check("posting", expected.postings, found.postings) { $0.entry }
        check("claim_line", expected.claimLines, found.claimLines) { $0.claimEntry }
        check("adjudicated", expected.adjudicated, found.adjudicated) { $0.entry }
        check("work_item", expected.workOpened, found.workOpened) { $0.entry }
        check("work_item end", expected.workEnded, found.workEnded) { $0.entry }
        if expected.summary != found.summary {
            add(.rows, number, "the line of the case was changed")
        }
        let sends = expected.sends.enumerated().map { index, send in
            // The record drops what a message was made of once the message is formed.
            guard found.sends.indices.contains(index), found.sends[index].body == nil,
                kept.sends.indices.contains(index), kept.sends[index].state != .unformed
            else { return send }
            var send = send
            send.body = nil
            return send
        }
        check("send", sends, found.sends) { $0.entry }
    }
}
