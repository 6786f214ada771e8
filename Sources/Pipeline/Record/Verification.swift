import Claims
public import HealthTypes
import Stages
public import Store

/// Something in the record that does not follow from the journals.
public struct VerificationFault: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The journal of a case does not add up to its digests.
        case journal = "journal"
        /// A case is missing among the numbers that were given out.
        case missingCase = "missing_case"
        /// An entry cannot be read or folded by this program.
        case unreadable = "unreadable"
        /// A table holds other rows than the journal derives.
        case rows = "rows"
        /// A key of a case is missing, or none of its entries explains it.
        case key = "key"
        /// Something is to be done in the case, and nothing says when.
        case notDue = "not_due"
        /// Kept bytes are not those of their digest.
        case content = "content"
        /// A row names something that is not there.
        case orphan = "orphan"
        /// The data that decisions rest on is not in the record.
        case generation = "generation"
        /// The service's own journal does not add up.
        case serviceJournal = "service_journal"
        /// A message's bytes or state do not agree with what it carries.
        case counter = "counter"
    }

    public var kind: Kind
    public var caseNumber: CaseNumber?
    /// The first entry at which it shows.
    public var entry: Int?
    /// Names tables and digests, and nothing of a patient.
    public var detail: String

    public init(_ kind: Kind, _ caseNumber: CaseNumber? = nil, entry: Int? = nil, _ detail: String) {
        self.kind = kind
        self.caseNumber = caseNumber
        self.entry = entry
        self.detail = detail
    }

    public var line: String {
        var parts = [kind.rawValue]
        if let caseNumber { parts.append(caseNumber.description) }
        if let entry { parts.append("entry \(entry)") }
        return "\(parts.joined(separator: " ")): \(detail)"
    }
}

/// What was looked at, and what does not hold.
public struct VerificationReport: Sendable {
    public var cases = 0
    public var entries = 0
    public var decisions = 0
    public var contents = 0
    /// At most ``maximumFaults`` of them.
    public var faults: [VerificationFault] = []
    public var faultCount = 0

    public static let maximumFaults = 1000

    mutating func add(_ fault: VerificationFault) {
        faultCount += 1
        if faults.count < Self.maximumFaults { faults.append(fault) }
    }
}

/// Derives every table again from the journals and compares; hashes every content; checks keys, numbers and counts. It
/// reads, and writes nothing.
public enum Verification {
    private static let batch = 200

    public static func run(
        _ store: any RecordStore, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> VerificationReport {
        try await store.inspect { record in
            var report = VerificationReport()
            var used: Set<Digest> = []
            try cases(record, &report, &used, progress)
            try contents(record, &report)
            try generations(record, used, &report)
            for orphan in try record.orphans(limit: VerificationReport.maximumFaults) {
                report.add(
                    VerificationFault(
                        .orphan, orphan.caseNumber, entry: orphan.entry,
                        "a row of \(orphan.table) names a \(orphan.missing) that is not there"))
            }
            if let sequence = try record.serviceFault() {
                report.add(VerificationFault(.serviceJournal, entry: sequence, "an entry does not fit its digest"))
            }
            return report
        }
    }

    // MARK: Cases

    private static func cases(
        _ record: any RecordReader, _ report: inout VerificationReport, _ used: inout Set<Digest>,
        _ progress: (Int) -> Void
    ) throws {
        var expected = 1
        var after: CaseNumber?
        while true {
            let heads = try record.heads(after: after, limit: batch)
            guard let last = heads.last else { break }
            for head in heads {
                while expected < head.caseNumber.value {
                    report.add(VerificationFault(.missingCase, CaseNumber(expected), "the case is not in the record"))
                    expected += 1
                }
                expected = head.caseNumber.value + 1
                try check(head, record, &report, &used)
            }
            after = last.caseNumber
            progress(report.cases)
        }
        let newest = try record.lastCaseNumber().value
        while expected <= newest {
            report.add(VerificationFault(.missingCase, CaseNumber(expected), "the case is not in the record"))
            expected += 1
        }
        if expected - 1 > newest {
            report.add(VerificationFault(.counter, nil, "there are more cases than were opened"))
        }
    }

    private static func check(
        _ head: HeadRow, _ record: any RecordReader, _ report: inout VerificationReport, _ used: inout Set<Digest>
    ) throws {
        let number = head.caseNumber
        report.cases += 1
        if let fault = try record.chainFault(of: number) {
            report.add(VerificationFault(.journal, number, entry: fault.sequence, fault.kind.rawValue))
        }
        var facts = CaseFacts(number: number)
        var rows = Rows()
        var keys: Set<CaseKey> = []
        var lastEntry: Instant?
        do {
            for row in try record.entries(of: number, through: nil) {
                report.entries += 1
                let entry = try CaseReader.read(row)
                let derived = try Projection.fold(entry, at: row.at, into: &facts)
                lastEntry = row.at
                rows.append(derived.rows)
                keys.formUnion(derived.binds)
                keys.formUnion(openingKeys(entry.event))
                if case .decided(_, let basis) = entry.event {
                    report.decisions += 1
                    used.insert(basis.generation)
                }
            }
        } catch {
            return report.add(VerificationFault(.unreadable, number, entry: facts.sequence + 1, "\(error)"))
        }
        let found = try record.rows(of: number)
        // The line of a case is written when the case is worked; one that waits to be worked has an older one.
        let isWorked = head.dueAt.map { due in lastEntry.map { due > $0 } ?? false } ?? true
        rows.summary = isWorked && facts.sequence > 0 ? Projection.summary(of: facts) : found.summary
        compare(rows.settled(), found, number, &report)
        let bound = Set(try record.keys(of: number))
        // A visit that is known by its orders, charges or chart alone stands in no entry: its key opened the case.
        if facts.encounter == nil, let opening = bound.first(where: { $0.kind == KeyKind.visit.rawValue }) {
            keys.insert(opening)
        }
        for key in keys.symmetricDifference(bound).map(\.kind).sorted() {
            report.add(
                VerificationFault(
                    .key, number, "a key of kind \(key) is \(bound.count < keys.count ? "missing" : "not explained")"))
        }
        if head.dueAt == nil, facts.next() != nil || !facts.timers.isEmpty {
            report.add(VerificationFault(.notDue, number, "something is to be done in the case, and it is never due"))
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

    private static func compare(
        _ expected: Rows, _ found: Rows, _ number: CaseNumber, _ report: inout VerificationReport
    ) {
        func check<Row: Hashable>(_ table: String, _ wanted: [Row], _ there: [Row], entry: (Row) -> Int?) {
            guard wanted != there else { return }
            let odd =
                zip(wanted, there).first { $0 != $1 }?.0 ?? (wanted.count > there.count ? wanted[there.count] : nil)
            report.add(
                VerificationFault(
                    .rows, number, entry: odd.flatMap(entry),
                    wanted.count == there.count
                        ? "a row of \(table) was changed"
                        : "\(table) has \(there.count) rows where the journal derives \(wanted.count)"))
        }
        check("decision", expected.decisions, found.decisions) { $0.entry }
        check("finding", expected.findings, found.findings) { $0.entry }
        check("posting", expected.postings, found.postings) { $0.entry }
        check("claim_line", expected.claimLines, found.claimLines) { $0.claimEntry }
        check("adjudicated", expected.adjudicated, found.adjudicated) { $0.entry }
        check("work_item", expected.workOpened, found.workOpened) { $0.entry }
        check("work_item end", expected.workEnded, found.workEnded) { $0.entry }
        if expected.summary != found.summary {
            report.add(VerificationFault(.rows, number, "the line of the case was changed"))
        }
        let sends = expected.sends.enumerated().map { index, send in
            // The record drops what a message was made of once the message is formed.
            var send = send
            if found.sends.indices.contains(index), found.sends[index].body == nil { send.body = nil }
            return send
        }
        check("send", sends, found.sends) { $0.entry }
    }

    // MARK: Contents and generations

    private static func contents(_ record: any RecordReader, _ report: inout VerificationReport) throws {
        var after: Digest?
        while true {
            let rows = try record.contents(after: after, limit: batch)
            guard let last = rows.last else { return }
            for row in rows where row.kept == row.byteCount {
                report.contents += 1
                if try record.rehash(row.digest) != row.digest {
                    report.add(VerificationFault(.content, nil, "the bytes of \(row.digest.short) were changed"))
                }
            }
            after = last.digest
        }
    }

    private static func generations(
        _ record: any RecordReader, _ used: Set<Digest>, _ report: inout VerificationReport
    ) throws {
        for digest in used.sorted(by: { $0.hex < $1.hex }) {
            guard let bytes = try record.generation(digest), Digest(of: bytes) == digest,
                let manifest = try? Canonical.decode(Manifest.self, from: bytes)
            else {
                report.add(
                    VerificationFault(.generation, nil, "the manifest \(digest.short) is missing or was changed"))
                continue
            }
            for set in manifest.data where try DataArchive.restore(set.digest, in: record) == nil {
                report.add(
                    VerificationFault(.generation, nil, "the \(set.name) of \(digest.short) are not in the record"))
            }
        }
    }
}
