public import HealthTypes

/// A hospital, or whatever else keeps its cases apart, within one installation.
public struct SiteID: Hashable, Sendable {
    public let value: Int

    public init(_ value: Int) { self.value = value }

    /// The one of an installation that serves a single site.
    public static let only = SiteID(1)
}

/// How far a case's journal reaches: its last entry's number and leaf. It is what a commit compares.
public struct Position: Hashable, Sendable {
    /// 0 for a case without entries.
    public var sequence: Int
    public var leaf: Digest

    public init(sequence: Int, leaf: Digest) {
        self.sequence = sequence
        self.leaf = leaf
    }

    /// Of a case that has no entry yet.
    public static let start = Position(sequence: 0, leaf: Digest(of: ""))
}

/// What a case is known by outside: a visit, a claim's control number, the trace of an inquiry. Unique in a site.
public struct CaseKey: Hashable, Sendable {
    /// A written tag, such as `visit`.
    public var kind: String
    /// Who gave the value: a facility, a payer; empty where the site itself did.
    public var authority: String
    public var value: String

    public init(kind: String, authority: String = "", value: String) {
        self.kind = kind
        self.authority = authority
        self.value = value
    }
}

/// What several cases share, with a version that every change raises: whoever decided on an older version decides again.
public enum SharedKey: Hashable, Sendable {
    /// A member's claims with a payer: duplicates, frequency, units.
    case member(payerID: String, memberID: String)
    /// What is billed under an authorization.
    case authorization(payerID: String, number: String)
}

/// Which cases are to be worked.
public enum Choice: Sendable {
    /// Whatever is due, of a priority.
    case due(Priority)
    /// These, if they are due and no one else has them.
    case cases([CaseNumber])
}

/// Whose work comes first.
public enum Priority: Int, Sendable, CaseIterable {
    /// A person or a program waits for it.
    case waiting = 0
    /// It came in a file.
    case batch = 1
}

/// A case that was claimed for work, until its lease ends. The lease spares work; the position is what guards.
public struct CaseWork: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var position: Position
    public var priority: Priority
    public var lease: Int
    /// Units that waited for a key of the case and now belong to it, oldest first; at most
    /// ``CaseCommit/maximumEntries``, since each becomes an entry. The case stays due while there are more.
    public var released: [WaitingUnit]

    public init(caseNumber: CaseNumber, position: Position, priority: Priority, lease: Int, released: [WaitingUnit]) {
        self.caseNumber = caseNumber
        self.position = position
        self.priority = priority
        self.lease = lease
        self.released = released
    }
}

/// A unit that came before the case that it belongs to: an event in canonical form, waiting for a key.
public struct WaitingUnit: Hashable, Sendable {
    public var id: Int
    /// The message that brought it.
    public var message: Int?
    public var kind: String
    public var version: Int
    public var body: [UInt8]

    public init(id: Int = 0, message: Int?, kind: String, version: Int, body: [UInt8]) {
        self.id = id
        self.message = message
        self.kind = kind
        self.version = version
        self.body = body
    }
}

/// An entry before it has its place.
public struct NewEntry: Hashable, Sendable {
    public var at: Instant
    /// A written tag of at most ``EntryHead/kindLength`` bytes of ASCII.
    public var kind: String
    public var version: Int
    /// Canonical JSON of at most ``maximumBytes``.
    public var body: [UInt8]

    public init(at: Instant, kind: String, version: Int, body: [UInt8]) {
        self.at = at
        self.kind = kind
        self.version = version
        self.body = body
    }

    public static let maximumBytes = 1 << 20
}

/// An entry in its place.
public struct EntryRow: Hashable, Sendable {
    public var caseNumber: CaseNumber
    /// From 1, without gaps.
    public var sequence: Int
    public var at: Instant
    public var kind: String
    public var version: Int
    public var body: [UInt8]
    public var commitment: Digest
    public var leaf: Digest

    public init(
        caseNumber: CaseNumber, sequence: Int, at: Instant, kind: String, version: Int, body: [UInt8],
        commitment: Digest, leaf: Digest
    ) {
        self.caseNumber = caseNumber
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.version = version
        self.body = body
        self.commitment = commitment
        self.leaf = leaf
    }
}

/// All that follows from one decision or one run of them in a case. It is compared and written, nothing more.
public struct CaseCommit: Sendable {
    public var caseNumber: CaseNumber
    /// What the entries follow.
    public var expected: Position
    /// At most ``maximumEntries``; none where the case was looked at and nothing came of it but when it is due next.
    public var entries: [NewEntry]
    /// Of the work that the commit ends. Compared where there are no entries, and needed there: a case that was made due
    /// meanwhile has the same position and another lease.
    public var lease: Int?
    /// The versions that were read of what is shared; 0 for what nothing has raised yet.
    public var seen: [SharedKey: Int]
    public var raised: Set<SharedKey>
    public var binds: [CaseKey]
    public var rows: Rows
    /// Of the case as it stands after the entries; nil where only something from outside moves it on.
    public var dueAt: Instant?
    /// Whose work the case is while it is due at once; nil for whose it is already. Once it waits, it is nobody's.
    public var priority: Priority?
    /// Released units that the entries hold.
    public var taken: [Int]

    public init(
        caseNumber: CaseNumber, expected: Position, entries: [NewEntry], lease: Int? = nil,
        seen: [SharedKey: Int] = [:], raised: Set<SharedKey> = [], binds: [CaseKey] = [], rows: Rows = Rows(),
        dueAt: Instant?, priority: Priority? = nil, taken: [Int] = []
    ) {
        self.caseNumber = caseNumber
        self.expected = expected
        self.entries = entries
        self.lease = lease
        self.seen = seen
        self.raised = raised
        self.binds = binds
        self.rows = rows
        self.dueAt = dueAt
        self.priority = priority
        self.taken = taken
    }

    public static let maximumEntries = 64
}

public enum CommitResult: Hashable, Sendable {
    case committed(Position)
    /// The case has other entries than those that the decision was made on, or was made due meanwhile.
    case moved
    /// What was looked up has changed.
    case seenChanged
    /// A key leads to another case.
    case taken(CaseKey)
    /// The rows break a constraint of the store, or the commit breaks a limit: the case cannot be committed as it is.
    case refused(String)
}

/// Why a case cannot go on by itself. It names kinds of faults and fields and holds nothing of a patient.
public struct SetAside: Hashable, Sendable {
    public var caseNumber: CaseNumber
    /// A written tag.
    public var reason: String
    public var detail: String
    public var attempts: Int
    /// The program that could not go on; another version may.
    public var program: String
    public var since: Instant
    public var retryAt: Instant

    public init(
        caseNumber: CaseNumber, reason: String, detail: String, attempts: Int, program: String, since: Instant,
        retryAt: Instant
    ) {
        self.caseNumber = caseNumber
        self.reason = reason
        self.detail = detail
        self.attempts = attempts
        self.program = program
        self.since = since
        self.retryAt = retryAt
    }
}

/// What a decision may look up outside of its case. Rows of the asking case are never among the answers.
public enum LookUp: Hashable, Sendable {
    case setting(String)
    case provider(npi: String)
    case usualCharges([String])
    case memberLines(payerID: String, memberID: String, from: CalendarDate, to: CalendarDate, except: CaseNumber)
    case authorizationLines(payerID: String, number: String, except: CaseNumber)
    case denialPatterns(payerID: String, procedures: [String], limit: Int)
    /// Which of the keys lead to other cases, as far as the first that does not.
    case takenKeys([CaseKey], except: CaseNumber)
}

public enum LookedUp: Hashable, Sendable {
    case setting(String?)
    /// Canonical JSON, as it was put.
    case provider([UInt8]?)
    case usualCharges([Money?])
    /// The version was read before the lines.
    case lines(version: Int, [ClaimLineRow])
    case denialPatterns([DenialPatternRow])
    case takenKeys([CaseKey])
}

/// The record of cases, for those who work them. All calls leave the caller's thread free while they wait.
///
/// A fault of the store itself (a full disk, a busy file) is thrown as ``StoreFault`` and concerns no case.
public protocol CaseStore: Sendable {
    /// Claims cases that are due, those of the earliest due time first.
    ///
    /// - Parameter lease: seconds of the machine's time for which nobody else is given them.
    func claimWork(_ choice: Choice, limit: Int, now: Instant, lease: Int) async throws -> [CaseWork]
    /// The entries after a position of each case, or all where it is nil, in the order of the question.
    func entries(after: [(CaseNumber, Position?)]) async throws -> [[EntryRow]]
    func lookUp(_ questions: [LookUp]) async throws -> [LookedUp]
    /// Commits each by itself, all in one transaction: one that is refused holds up no other.
    func commit(_ commits: [CaseCommit]) async throws -> [CommitResult]
    /// Gives a lease back without having done anything; the case stays due.
    func release(_ work: [CaseWork]) async throws
    /// Gives a lease back and makes the case due later, unless it was made due meanwhile.
    func putOff(_ work: [CaseWork], until: Instant) async throws
    /// Takes a case out of the work until `retryAt`, with its reason.
    func setAside(_ work: CaseWork, reason: String, detail: String, program: String, now: Instant, retryAt: Instant)
        async throws
    /// Makes a case that was set aside due again at once, whoever has it; false where it was not set aside.
    func retry(_ caseNumber: CaseNumber, now: Instant) async throws -> Bool
    /// The next time after `now` at which a case falls due.
    func nextCaseDue(after now: Instant) async throws -> Instant?
}

/// The store as a whole cannot do its work now: the disk is full, the file is busy, locked or gone.
public struct StoreFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case full = "the disk is full"
        case busy = "another process has the record"
        case readOnly = "the record can only be read"
        case unavailable = "the record cannot be reached"
    }

    public let kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    public var description: String { kind.rawValue }
}
