import Claims
import HealthTypes
import Stages
import Store

/// Takes bytes in: tells the format, reads every unit, hands each to its case, and keeps all of it.
///
/// It works inside a transaction of the caller's. One bad unit is reported with its place and stops no other.
struct Intake {
    let tx: StoreTransaction
    let now: Instant
    /// The connection or file, for the log and for issues.
    let source: String
    /// Whether the sender of an X12 source waits for TA1 and 999.
    let acknowledges: Bool
    var report: IntakeReport
    /// Called with every case that got an event.
    let apply: (String, CaseEvent) throws -> Void

    init(
        _ bytes: [UInt8], format: MessageFormat, source: String, at now: Instant, in tx: StoreTransaction,
        acknowledges: Bool = false, apply: @escaping (String, CaseEvent) throws -> Void
    ) {
        self.tx = tx
        self.acknowledges = acknowledges
        self.now = now
        self.source = source
        self.apply = apply
        report = IntakeReport(
            source: source, format: format, digest: Digest(of: bytes), bytes: bytes.count)
    }

    /// Reads the bytes as what they are.
    mutating func run(_ bytes: [UInt8]) throws {
        switch MessageFormat(rawValue: report.format) ?? .unknown {
        case .x12: try takeX12(bytes)
        case .hl7v2: try takeHL7(bytes)
        case .json: try takeJSON(bytes)
        case .table: try takeTable(bytes)
        case .empty:
            try refuse(
                bytes, format: .empty,
                [Issue(.error, "intake.empty", at: Location(source: source), message: "There is nothing in it.")])
        case .unknown:
            try refuse(
                bytes, format: .unknown,
                [
                    Issue(
                        .error, "intake.unknown-format", at: Location(source: source, byte: 0),
                        message:
                            "Neither X12 (ISA), HL7 v2 (MSH), JSON nor a table with a header: it is kept as it came.")
                ])
        }
    }

    /// What was read of one unit.
    struct Unit {
        var format: MessageFormat
        var kind: String
        var bytes: [UInt8]
        /// The cases it belongs to and what happened in each.
        var events: [(caseID: String, event: CaseEvent)] = []
        var issues: [Issue] = []
        /// Reference data that was stored beside the cases.
        var stored = false
        /// It could be read, whether or not a case is known that it belongs to.
        var isRead = false
        /// A kind of message that nothing here reads yet.
        var keptOnly = false
    }

    /// Whether the very same unit was taken in before; it is logged and counted, and changes nothing.
    mutating func isDuplicate(_ bytes: [UInt8], format: MessageFormat, kind: String) throws -> Bool {
        let digest = Digest(of: bytes)
        guard let before = try tx.incomingMessage(with: digest), before.state != .unmatched else { return false }
        report.units += 1
        report.duplicates += 1
        try tx.add(
            MessageRow(
                direction: .incoming, format: format.rawValue, kind: kind, digest: digest, source: source, at: now,
                state: .duplicate, byteCount: bytes.count))
        return true
    }

    /// Keeps a unit, applies its events, and counts it once.
    mutating func take(_ unit: Unit) throws {
        report.units += 1
        let digest = try tx.keep(unit.bytes)
        let state: MessageRow.State
        if !unit.events.isEmpty || unit.stored {
            report.accepted += 1
            state = unit.issues.contains { $0.severity >= .error } ? .partial : .accepted
        } else if unit.keptOnly {
            report.kept += 1
            state = .unmatched
        } else if !unit.isRead, unit.issues.contains(where: { $0.severity >= .error }) {
            report.refused += 1
            state = .refused
        } else {
            report.unmatched += 1
            state = .unmatched
        }
        for issue in unit.issues { report.add(issue) }
        try tx.add(
            MessageRow(
                direction: .incoming, format: unit.format.rawValue, kind: unit.kind, digest: digest, source: source,
                at: now, state: state, issues: Canonical.encode(unit.issues), byteCount: unit.bytes.count),
            cases: unit.events.map(\.caseID).uniqued())
        for (caseID, event) in unit.events {
            try apply(caseID, event)
            report.touched(caseID)
        }
    }

    /// Refuses the source as a whole: it is kept, and the issue says why.
    mutating func refuse(_ bytes: [UInt8], format: MessageFormat, _ issues: [Issue]) throws {
        try take(Unit(format: format, kind: format.rawValue, bytes: bytes, issues: issues))
    }
}

extension Sequence where Element: Hashable {
    /// The elements in order, each once.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
