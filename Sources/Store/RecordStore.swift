public import HealthTypes

/// How a case's row stands, on which all who touch the case meet.
public struct HeadRow: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var position: Position
    public var kind: String
    public var openedAt: Instant
    public var priority: Priority
    public var dueAt: Instant?

    public init(
        caseNumber: CaseNumber, position: Position, kind: String, openedAt: Instant, priority: Priority,
        dueAt: Instant?
    ) {
        self.caseNumber = caseNumber
        self.position = position
        self.kind = kind
        self.openedAt = openedAt
        self.priority = priority
        self.dueAt = dueAt
    }
}

/// Where a case's journal does not add up.
public struct ChainFault: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case missingEntry = "an entry is missing"
        case missingCase = "the case's row is missing"
        case missingSecret = "the case's secret is missing"
        case body = "the body is not the one that was committed"
        case leaf = "the head is not the one that was committed"
        case position = "the case's row does not lead to the last entry"
        case unreadable = "the stored body cannot be read"
    }

    public var caseNumber: CaseNumber
    /// The first entry at which it shows.
    public var sequence: Int
    public var kind: Kind

    public init(caseNumber: CaseNumber, sequence: Int, kind: Kind) {
        self.caseNumber = caseNumber
        self.sequence = sequence
        self.kind = kind
    }
}

/// A row whose ground is gone: its case, its entry, its content or its message.
public struct Orphan: Hashable, Sendable {
    public var table: String
    /// What it names that is not there: `case`, `entry`, `content`, `message`, `send`, `decision`.
    public var missing: String
    public var caseNumber: CaseNumber?
    public var entry: Int?
    public var message: Int?

    public init(table: String, missing: String, caseNumber: CaseNumber?, entry: Int?, message: Int?) {
        self.table = table
        self.missing = missing
        self.caseNumber = caseNumber
        self.entry = entry
        self.message = message
    }
}

/// How far a message got, by what stands beside it.
public struct MessageStanding: Hashable, Sendable {
    public enum Delivery: Hashable, Sendable {
        case open
        case ended
        /// None of its own: it went back to the sender of what it answers (TA1, 999), in the same connection.
        case given
    }

    public var id: Int
    public var direction: MessageRow.Direction
    public var state: MessageRow.State
    /// Nil where it has none, as all that came in.
    public var delivery: Delivery?
    /// Units of it that are in no entry yet.
    public var unitsWaiting: Int
    /// Whether it brought something to a case.
    public var hasCase: Bool

    public init(
        id: Int, direction: MessageRow.Direction, state: MessageRow.State, delivery: Delivery?, unitsWaiting: Int,
        hasCase: Bool
    ) {
        self.id = id
        self.direction = direction
        self.state = state
        self.delivery = delivery
        self.unitsWaiting = unitsWaiting
        self.hasCase = hasCase
    }
}

/// A place in the service's journal, and the digest there.
public struct ServicePlace: Hashable, Sendable {
    public var sequence: Int
    public var digest: Digest

    public init(sequence: Int, digest: Digest) {
        self.sequence = sequence
        self.digest = digest
    }
}

/// Some entries of the service's journal, gone over one after the other.
public struct ServiceCheck: Hashable, Sendable {
    public struct Tally: Hashable, Sendable {
        public var kind: ServiceEntry.Kind
        public var outcome: String

        public init(kind: ServiceEntry.Kind, outcome: String) {
            self.kind = kind
            self.outcome = outcome
        }
    }

    /// The last that fits the digests, after which the next check goes on; nil before the first.
    public var through: ServicePlace?
    /// The first that does not fit.
    public var fault: Int?
    /// How many of which were gone over.
    public var counts: [Tally: Int]
    /// Whether none is left behind them.
    public var isLast: Bool

    public init(through: ServicePlace?, fault: Int?, counts: [Tally: Int], isLast: Bool) {
        self.through = through
        self.fault = fault
        self.counts = counts
        self.isLast = isLast
    }
}

/// Kept bytes: one message, or a whole source in pieces.
public struct ContentRow: Hashable, Sendable {
    public var digest: Digest
    public var byteCount: Int
    /// How many of them are kept; fewer while a source is still being kept.
    public var kept: Int

    public init(digest: Digest, byteCount: Int, kept: Int) {
        self.digest = digest
        self.byteCount = byteCount
        self.kept = kept
    }
}

/// The record as it stands, for those who check, replay and copy it. It must not leave the closure that it is given to.
public protocol RecordReader {
    // MARK: Generations and contents

    /// The manifest of a generation, as it was put.
    func generation(_ digest: Digest) throws -> [UInt8]?
    /// In the order in which they were put.
    func generations() throws -> [GenerationRow]
    func content(_ digest: Digest) throws -> [UInt8]?
    /// Some of a content's bytes; nil where they are not all kept.
    func content(_ digest: Digest, _ range: Range<Int>) throws -> [UInt8]?
    /// In order of their digests.
    func contents(after digest: Digest?, limit: Int) throws -> [ContentRow]
    /// The digest of the bytes that are kept as this content, computed anew a piece at a time; nil where there is none
    /// or they cannot be read.
    func rehash(_ digest: Digest) throws -> Digest?

    // MARK: Cases

    /// In order of their number.
    func heads(after: CaseNumber?, limit: Int) throws -> [HeadRow]
    func head(of caseNumber: CaseNumber) throws -> HeadRow?
    /// The number that the newest case was given: cases are numbered from 1 to it without gaps.
    func lastCaseNumber() throws -> CaseNumber
    /// The entries of a case in order, to `through` where it is given.
    func entries(of caseNumber: CaseNumber, through: Int?) throws -> [EntryRow]
    /// The entries after a place, by case and number.
    func entries(after: EntryPlace?, limit: Int) throws -> [EntryRow]
    func keys(of caseNumber: CaseNumber) throws -> [CaseKey]
    /// What the tables hold of the case, in the form of ``Rows/settled()``: lines with the state that they have come
    /// to, and sends without bodies once their messages are formed.
    func rows(of caseNumber: CaseNumber) throws -> Rows
    /// Recomputes commitments, leaves and the head of one case; nil where all agree.
    func chainFault(of caseNumber: CaseNumber) throws -> ChainFault?
    /// Messages that brought something to the case.
    func messageIDs(of caseNumber: CaseNumber) throws -> [Int]
    /// Units that belong to the case and are in none of its entries yet.
    func releasedUnits(of caseNumber: CaseNumber) throws -> [WaitingUnit]
    /// 0 for what nothing has raised.
    func version(of key: SharedKey) throws -> Int

    // MARK: The whole

    /// Rows of cases after one and up to another, or of all after it.
    func orphans(ofCasesAfter after: CaseNumber?, through: CaseNumber?, limit: Int) throws -> [Orphan]
    /// The same of messages.
    func orphans(ofMessagesAfter after: Int?, through: Int?, limit: Int) throws -> [Orphan]
    /// By id.
    func messageStandings(after id: Int?, limit: Int) throws -> [MessageStanding]
    /// How many denial patterns, and counts of lines beside them, are not those of the adjudicated lines up to the mark.
    func patternFaults() throws -> Int
    /// Goes over entries of the service's journal, those after a place that was gone over before.
    func serviceCheck(after: ServicePlace?, limit: Int) throws -> ServiceCheck
    /// Units that wait for a key, by id.
    func waitingUnits(after id: Int?, limit: Int) throws -> [(unit: WaitingUnit, key: CaseKey, at: Instant)]
}

/// What decisions rest on, and the record as a whole.
public protocol RecordStore: Sendable {
    /// Reads of one moment; writers go on meanwhile.
    func inspect<Result: Sendable>(_ body: @escaping @Sendable (any RecordReader) throws -> Result) async throws
        -> Result
    /// Keeps the manifest of a generation under its digest. Decisions can be committed once theirs is kept.
    func putGeneration(_ manifest: [UInt8], at: Instant) async throws -> Digest
    func generation(_ digest: Digest) async throws -> [UInt8]?
    /// Keeps bytes under their digests; keeping them again costs a look-up.
    func putContents(_ contents: [[UInt8]]) async throws -> [Digest]
    func content(_ digest: Digest) async throws -> [UInt8]?
    /// Counts adjudicated lines into the denial patterns, at most about `limit` of them, and returns how many; 0 where
    /// the patterns are up to date. A commit raises no counter, so this is called from time to time.
    func followPatterns(limit: Int) async throws -> Int
    func set(_ name: String, to value: String) async throws
    func setting(_ name: String) async throws -> String?
}

/// The service's own journal: answers that belong to no case.
public protocol ServiceStore: Sendable {
    /// Adds entries in the order in which they are given, in one transaction.
    func append(_ drafts: [ServiceDraft], at: Instant) async throws -> [ServiceEntry]
}
