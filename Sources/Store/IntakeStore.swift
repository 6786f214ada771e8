public import HealthTypes

/// A message or a part of one that came in or went out, as the log lists it.
public struct MessageRow: Hashable, Sendable {
    public enum Direction: Int, Sendable {
        case incoming = 0
        case outgoing = 1
    }

    /// What became of it.
    public enum State: Int, Sendable, CaseIterable {
        /// Read, and every part of it given to a case or a table.
        case accepted = 0
        /// Some parts were refused; they stand in the issues.
        case partial = 1
        /// Nothing in it could be used; it is kept to be looked at.
        case refused = 2
        /// Read; it waits for a case that is not known yet.
        case unmatched = 3
        /// Seen before.
        case duplicate = 4
        /// Of a kind that no stage reads; kept as it came.
        case unread = 5
        /// Formed, and not delivered yet.
        case waiting = 6
        case delivered = 7
        /// Its delivery came to an end without success.
        case failed = 8
    }

    public var id: Int
    public var direction: Direction
    /// `x12`, `hl7v2`, `fhir`, `json`, `table`, `unknown`.
    public var format: String
    /// `837`, `SIU^S12`, `Bundle` ...
    public var kind: String
    /// The content that holds its bytes, and which of them are its own.
    public var content: Digest
    public var range: Range<Int>
    /// The file or connection it came from, or the receiver it goes to.
    public var source: String
    public var at: Instant
    public var state: State
    /// Canonical JSON: a list of issues.
    public var issues: [UInt8]

    public init(
        id: Int = 0, direction: Direction, format: String, kind: String, content: Digest, range: Range<Int>,
        source: String, at: Instant, state: State, issues: [UInt8]
    ) {
        self.id = id
        self.direction = direction
        self.format = format
        self.kind = kind
        self.content = content
        self.range = range
        self.source = source
        self.at = at
        self.state = state
        self.issues = issues
    }
}

/// How far a large source has been taken in.
public struct ArrivalRow: Hashable, Sendable {
    public var id: Int
    public var source: String
    /// Of the whole source; the arrival's bytes are kept in chunks under it.
    public var digest: Digest
    public var byteCount: Int
    /// How many of its bytes are kept: keeping goes on from here.
    public var kept: Int
    /// How many of the parts that its check refuses have been taken: they come first.
    public var refused: Int
    /// Units before this byte have been taken.
    public var through: Int
    public var isDone: Bool
    public var at: Instant

    public init(
        id: Int, source: String, digest: Digest, byteCount: Int, kept: Int, refused: Int, through: Int, isDone: Bool,
        at: Instant
    ) {
        self.id = id
        self.source = source
        self.digest = digest
        self.byteCount = byteCount
        self.kept = kept
        self.refused = refused
        self.through = through
        self.isDone = isDone
        self.at = at
    }
}

/// The verbs of intake, inside one transaction. It must not leave the closure that it is given to.
public protocol IntakeTransaction {
    /// Keeps bytes under their digest; keeping them again costs a look-up.
    func keep(_ bytes: [UInt8]) throws -> Digest
    /// The same of bytes that were made ready before.
    func keep(_ content: PreparedContent) throws
    /// Logs a message and returns its id.
    func add(_ message: MessageRow, cases: [CaseNumber]) throws -> Int
    /// The bytes by which a content was answered; nil where it was not.
    func answer(to content: Digest) throws -> [UInt8]?
    /// Makes a message that goes out the answer to a content; it is the only one.
    func bind(answer message: Int, to content: Digest) throws
    /// The message by which a unit's identity was taken in before; nil where it is new. Unique in the site.
    func message(identity: Digest) throws -> Int?
    func bind(identity: Digest, to message: Int) throws

    func caseNumber(for key: CaseKey) throws -> CaseNumber?
    /// Opens a case under a key that leads nowhere yet; units that waited for the key are released to it.
    func openCase(kind: String, key: CaseKey, priority: Priority, at: Instant) throws -> CaseNumber
    /// Binds a further key; false where it leads to another case. Units that waited for it are released.
    func bind(_ key: CaseKey, to caseNumber: CaseNumber) throws -> Bool
    /// Adds entries to a case, which falls due at once. `make` is given the number that the first of them will have.
    func append(
        to caseNumber: CaseNumber, priority: Priority, at: Instant, make: (_ firstSequence: Int) throws -> [NewEntry]
    ) throws -> Position
    /// Lets a unit wait for a key that leads nowhere yet.
    func wait(_ unit: WaitingUnit, for key: CaseKey, at: Instant) throws

    func setting(_ name: String) throws -> String?
    func set(_ name: String, to value: String) throws
    /// The next whole number of a series, from 1.
    func next(_ series: String) throws -> Int

    func putProvider(npi: String, body: [UInt8]) throws
    func provider(npi: String) throws -> [UInt8]?
    func putMember(payerID: String, memberID: String, body: [UInt8]) throws
    func members(memberID: String) throws -> [[UInt8]]
    func putUsualCharge(_ procedure: String, _ charge: Money) throws
    func usualCharge(_ procedure: String) throws -> Money?

    /// Moves an arrival on; throws ``RecordDamage`` where it does not stand at `from`.
    func advance(arrival: Int, from: Int, through: Int, isDone: Bool) throws
    /// The same of the parts of it that are refused.
    func advance(arrival: Int, refusedFrom: Int, through: Int) throws
    /// Ends an attempt at a delivery in this transaction, so that an answer that came at once is taken with it. Where a
    /// later attempt was begun (``Settlement/overtaken``), nothing of the answer may be taken.
    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) throws -> Settlement
    /// Ends a send of which no message could be formed, until it is sent again; throws ``StoreRefusal`` where it does not
    /// wait for one.
    func endUnformed(_ part: SentPart) throws
}

public protocol IntakeStore: Sendable {
    /// One short transaction; what throws leaves nothing behind.
    func intake<Result: Sendable>(_ body: @escaping @Sendable (any IntakeTransaction) throws -> Result) async throws
        -> Result
    /// The arrival of a source, begun or gone on with: its row says how many of its bytes are kept and up to where it was
    /// taken.
    func begin(source: String, digest: Digest, byteCount: Int, at: Instant) async throws -> ArrivalRow
    /// Keeps a piece of an arrival, at most 1 MiB; pieces come in order. The last is compared with the digest: where the
    /// whole has another, all pieces are dropped and ``SourceChanged`` is thrown.
    func keep(_ bytes: [UInt8], ofArrival id: Int, at offset: Int) async throws
    /// Bytes of an arrival from an offset on, as they were kept, at most `limit` of them; empty at its end.
    func bytes(ofArrival id: Int, from offset: Int, limit: Int) async throws -> [UInt8]
    /// Those of which not all has been taken, in the order in which they came.
    func unfinishedArrivals() async throws -> [ArrivalRow]
    /// The bytes by which a content was answered; nil where it was not.
    func answer(to content: Digest) async throws -> [UInt8]?
}

/// Bytes with what costs time to make of them, so that a transaction only writes: their digest and their stored form.
public struct PreparedContent: Sendable {
    public let digest: Digest
    public let byteCount: Int
    let pieces: [PreparedPiece]

    public init(_ bytes: [UInt8]) { self.init(bytes, digest: Digest(of: bytes), Deflater()) }

    init(_ bytes: [UInt8], digest: Digest, _ deflater: Deflater) {
        self.digest = digest
        byteCount = bytes.count
        pieces = stride(from: 0, to: bytes.count, by: Connection.pieceBytes).map { start in
            let end = min(start + Connection.pieceBytes, bytes.count)
            let (codec, stored) = deflater.store(Array(bytes[start..<end]), withDictionary: false)
            return PreparedPiece(codec: codec, stored: stored, range: start..<end)
        }
    }
}
