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
        /// How far a message got does not agree with its delivery, its units and its cases.
        case message = "message"
        /// A key that cases share has no version, although a claim raised it.
        case sharedKey = "shared_key"
        /// A unit waits, and what it waits for is there.
        case waiting = "waiting"
        /// The denial patterns are not those of the adjudicated lines.
        case pattern = "pattern"
        /// A setting names something that is not on file, or is not what the messages say.
        case setting = "setting"
        /// The data that decisions rest on is not in the record.
        case generation = "generation"
        /// The service's own journal does not add up.
        case serviceJournal = "service_journal"
        /// A series or a count that is kept does not agree with what it counts.
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

/// Derives the tables again from the journals and compares; hashes every content; checks what stands beside. It reads, and
/// writes nothing.
///
/// It goes over the record in pages, each a read of one moment: no read stays open for long, so that whoever writes
/// meanwhile can move its log, and what is added meanwhile is no fault. What it cannot derive it does not check: members,
/// providers and usual charges, the mailbox's cursor, how often a shared key was raised, which refused or unread message
/// should have been taken.
public enum Verification {
    /// - Parameter batch: cases, messages, contents or entries that one read goes over.
    public static func run(
        _ store: any PageStore, batch: Int = 100, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> VerificationReport {
        var verifier = Verifier(store: store, batch: batch)
        try await verifier.cases(progress)
        try await verifier.contents()
        try await verifier.generations()
        try await verifier.messages()
        try await verifier.waitingUnits()
        try await verifier.patterns()
        try await verifier.service()
        try await verifier.settings()
        return verifier.report
    }
}

/// What is found on the way through the record.
struct Verifier {
    let store: any PageStore
    let batch: Int
    var report = VerificationReport()
    /// Generations in which decisions were made.
    var used: Set<Digest> = []

    init(store: any PageStore, batch: Int) {
        self.store = store
        self.batch = batch
    }

    mutating func add(_ kind: VerificationFault.Kind, entry: Int? = nil, _ detail: String) {
        report.add(VerificationFault(kind, entry: entry, detail))
    }

    mutating func add(
        _ kind: VerificationFault.Kind, _ number: CaseNumber, entry: Int? = nil, _ detail: String
    ) {
        report.add(VerificationFault(kind, number, entry: entry, detail))
    }

    mutating func add(_ orphans: [Orphan]) {
        for orphan in orphans {
            report.add(
                VerificationFault(
                    .orphan, orphan.caseNumber, entry: orphan.entry,
                    "a row of \(orphan.table) names a \(orphan.missing) that is not there"))
        }
    }
}
