import Claims
import HealthTypes
import Stages
import Store

/// Takes the units of a source in, inside a transaction of the caller's: each is kept, counted once, and given to its
/// case, or waits for it. One bad unit is reported with its place and stops no other.
struct Taking {
    let tx: any IntakeTransaction
    let now: Instant
    let priority: Priority
    var report: IntakeReport

    /// The connection or file, for the log and for issues.
    var source: String { report.source }
    /// The content in which the units' ranges lie.
    var content: Digest { report.digest }

    /// Whose an event is.
    enum Owner {
        /// The case to which a key leads; it is opened where there is none.
        case opened(CaseOrigin, CaseKey)
        /// The case to which a key leads, now or later.
        case awaited(CaseKey)
    }

    /// What was read of one unit.
    struct Unit {
        var format: MessageFormat
        var kind: String
        /// Its bytes in the content.
        var range: Range<Int>
        /// Equal for a unit that came before; nil where it is new whatever it says.
        var identity: Digest?
        var events: [(owner: Owner, event: CaseEvent)] = []
        var issues: [Issue] = []
        /// Reference data was stored beside the cases.
        var isStored = false
        /// Of a kind that no stage reads.
        var isUnread = false
    }

    /// Whether the very same unit was taken in before; it is logged and counted, and changes nothing.
    mutating func isDuplicate(_ unit: Unit) throws -> Bool {
        guard let identity = unit.identity, try tx.message(identity: identity) != nil else { return false }
        report.units += 1
        report.duplicates += 1
        _ = try tx.add(message(unit, .duplicate, []), cases: [])
        return true
    }

    /// Keeps a unit, applies its events, and counts it once.
    mutating func take(_ unit: Unit) throws {
        var unit = unit
        report.units += 1
        keepable(&unit)
        var matched: [(number: CaseNumber, events: [CaseEvent])] = []
        var waiting: [(key: CaseKey, event: CaseEvent)] = []
        for (owner, event) in unit.events {
            switch owner {
            case .opened(let origin, let key):
                // Here and not before: no case is opened for what cannot be kept.
                let number =
                    try tx.caseNumber(for: key)
                    ?? tx.openCase(kind: origin.rawValue, key: key, priority: priority, at: now)
                Self.add(event, to: number, &matched)
            case .awaited(let key):
                if let number = try tx.caseNumber(for: key) {
                    Self.add(event, to: number, &matched)
                } else {
                    waiting.append((key, event))
                    unit.issues.append(unmatched(key))
                }
            }
        }
        let state = count(unit, isMatched: !matched.isEmpty, isWaiting: !waiting.isEmpty)
        for issue in unit.issues { report.add(issue) }
        let id = try tx.add(message(unit, state, unit.issues), cases: matched.map(\.number))
        if let identity = unit.identity { try tx.bind(identity: identity, to: id) }
        for (number, events) in matched {
            try append(events, to: number, message: id)
            report.touched(number)
        }
        for (key, event) in waiting {
            let entry = CaseEntry(event, message: id, raises: [])
            try tx.wait(
                WaitingUnit(message: id, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body()),
                for: key, at: now)
        }
    }

    private static func add(
        _ event: CaseEvent, to number: CaseNumber, _ matched: inout [(number: CaseNumber, events: [CaseEvent])]
    ) {
        if let index = matched.firstIndex(where: { $0.number == number }) {
            matched[index].events.append(event)
        } else {
            matched.append((number, [event]))
        }
    }

    /// Leaves aside what the record could not hold or not give back as it is, and says so.
    private func keepable(_ unit: inout Unit) {
        var faults: [Issue] = []
        unit.events = unit.events.flatMap { owner, event in
            keepable(event, at: unit.range.lowerBound, &faults).map { (owner, $0) }
        }
        unit.issues += faults
    }

    /// An event as it can be kept: whole, or a chart in parts. Items of a chart are told apart by their references, so that
    /// its parts say what the whole says, and an item that cannot be kept takes no other with it.
    private func keepable(_ event: CaseEvent, at byte: Int, _ faults: inout [Issue]) -> [CaseEvent] {
        guard let fault = fault(in: event, at: byte) else { return [event] }
        guard case .charted(let items) = event, items.count > 1 else {
            faults.append(fault)
            return []
        }
        let half = items.count / 2
        return keepable(.charted(Array(items[..<half])), at: byte, &faults)
            + keepable(.charted(Array(items[half...])), at: byte, &faults)
    }

    private func fault(in event: CaseEvent, at byte: Int) -> Issue? {
        do throws(CanonicalFault) {
            // With the longest numbers that may come to stand in the entry.
            let raises = CaseFacts(number: CaseNumber(1)).raises(event, at: EntryRef(Self.longestNumber))
            let body = try CaseEntry(event, message: Self.longestNumber, raises: raises).body()
            if body.count <= NewEntry.maximumBytes { return nil }
            return Issue(
                .error, "intake.too-large", at: Location(source: source, byte: byte),
                message: "It is larger than an entry of the record may be (1 MiB); its bytes are kept.")
        } catch {
            return Issue(
                .error, "intake.not-keepable", at: Location(source: source, byte: byte, path: error.field),
                message: "A date, an amount or a number in it lies outside of what the record can hold.")
        }
    }

    private static let longestNumber = (1 << 53) - 1

    private mutating func count(_ unit: Unit, isMatched: Bool, isWaiting: Bool) -> MessageRow.State {
        if isMatched || unit.isStored {
            report.accepted += 1
            return unit.issues.contains { $0.severity >= .error } ? .partial : .accepted
        }
        if unit.isUnread {
            report.kept += 1
            return .unread
        }
        if isWaiting || !unit.issues.contains(where: { $0.severity >= .error }) {
            report.unmatched += 1
            return .unmatched
        }
        report.refused += 1
        return .refused
    }

    private func unmatched(_ key: CaseKey) -> Issue {
        Issue(
            .warning, "intake.unmatched", at: Location(source: source, path: key.kind),
            message: "Belongs to no case that is known here yet; it waits for it.")
    }

    private func message(_ unit: Unit, _ state: MessageRow.State, _ issues: [Issue]) -> MessageRow {
        MessageRow(
            direction: .incoming, format: unit.format.rawValue, kind: unit.kind, content: content, range: unit.range,
            source: source, at: now, state: state,
            issues: (try? Canonical.encode(issues)) ?? Array("[]".utf8))
    }

    private func append(_ events: [CaseEvent], to number: CaseNumber, message: Int) throws {
        let now = now
        for start in stride(from: 0, to: events.count, by: CaseCommit.maximumEntries) {
            let part = events[start..<min(start + CaseCommit.maximumEntries, events.count)]
            _ = try tx.append(to: number, priority: priority, at: now) { first in
                // What an event from outside raises follows from the event alone.
                let facts = CaseFacts(number: number)
                return try part.enumerated().map { index, event in
                    let entry = CaseEntry(
                        event, message: message, raises: facts.raises(event, at: EntryRef(first + index)))
                    return NewEntry(
                        at: now, kind: event.kind.rawValue, version: CaseEntry.version, body: try entry.body())
                }
            }
        }
    }

    /// Takes a unit that needs nothing from the record, unless it came before.
    mutating func takeNew(_ unit: Unit) throws {
        if try isDuplicate(unit) { return }
        try take(unit)
    }

    /// The digest by which the same bytes are known again.
    static func identity(_ kind: String, _ bytes: some Collection<UInt8>) -> Digest {
        Digest(of: Array("\(kind)\n".utf8) + bytes)
    }

    /// Remembers who is registered under a member id, for claims that name nothing else.
    func remember(_ coverages: [Coverage], patient: Person?) throws {
        for coverage in coverages {
            let registered = RegisteredMember(coverage: coverage, patient: patient ?? coverage.subscriber)
            guard let body = try? Canonical.encode(registered) else { continue }
            try tx.putMember(payerID: coverage.payerID, memberID: coverage.memberID, body: body)
        }
    }
}

/// A member as registration has it.
struct RegisteredMember: Recorded {
    var coverage: Coverage
    var patient: Person

    init(coverage: Coverage, patient: Person) {
        self.coverage = coverage
        self.patient = patient
    }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("coverage", coverage)
        writer.field("patient", patient)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        coverage = try reader.field("coverage")
        patient = try reader.field("patient")
        try reader.end()
    }
}
