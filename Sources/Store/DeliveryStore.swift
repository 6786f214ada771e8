public import HealthTypes

/// One send that a message carries.
public struct SentPart: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var entry: Int
    public var number: Int

    public init(caseNumber: CaseNumber, entry: Int, number: Int) {
        self.caseNumber = caseNumber
        self.entry = entry
        self.number = number
    }
}

/// A send that waits for its message.
public struct UnformedSend: Hashable, Sendable {
    public var part: SentPart
    public var row: SendRow

    public init(part: SentPart, row: SendRow) {
        self.part = part
        self.row = row
    }
}

/// A message of which the bytes are fixed, with the sends that it carries.
public struct FormedMessage: Sendable {
    public var lane: Lane
    public var format: String
    public var kind: String
    public var bytes: [UInt8]
    /// The same for every attempt; by it the receiver knows a repetition.
    public var key: String
    public var parts: [SentPart]
    /// Settings to keep with it, such as which claims a batch holds.
    public var settings: [(name: String, value: String)]

    public init(
        lane: Lane, format: String, kind: String, bytes: [UInt8], key: String, parts: [SentPart],
        settings: [(name: String, value: String)] = []
    ) {
        self.lane = lane
        self.format = format
        self.kind = kind
        self.bytes = bytes
        self.key = key
        self.parts = parts
        self.settings = settings
    }
}

/// An attempt at a delivery, leased and numbered: only the latest settles it.
public struct Attempt: Hashable, Sendable {
    public var message: Int
    public var lane: Lane
    public var key: String
    /// From 1.
    public var number: Int
    public var bytes: [UInt8]
    /// When the message was formed.
    public var since: Instant

    public init(message: Int, lane: Lane, key: String, number: Int, bytes: [UInt8], since: Instant) {
        self.message = message
        self.lane = lane
        self.key = key
        self.number = number
        self.bytes = bytes
        self.since = since
    }
}

public enum AttemptResult: Hashable, Sendable {
    case delivered
    case again(at: Instant)
    /// The end, and a tag that says why.
    case failed(reason: String)
}

/// How deliveries stand in a lane.
public struct LaneStatus: Hashable, Sendable {
    public var lane: Lane
    public var unformed: Int
    public var waiting: Int
    public var failed: Int
    /// The age of the oldest that waits.
    public var oldest: Instant?
    /// Attempts at the oldest so far.
    public var attempts: Int

    public init(lane: Lane, unformed: Int, waiting: Int, failed: Int, oldest: Instant?, attempts: Int) {
        self.lane = lane
        self.unformed = unformed
        self.waiting = waiting
        self.failed = failed
        self.oldest = oldest
        self.attempts = attempts
    }
}

/// Deliveries, lane by lane.
public protocol DeliveryStore: Sendable {
    /// Lanes in which something waits to be formed, or is due to be delivered.
    func lanes(at now: Instant) async throws -> [Lane]
    /// Sends of a lane of which no message was formed, oldest first; those whose ``SendRow/afterEntry`` is not delivered
    /// yet stay behind.
    func unformed(_ lane: Lane, limit: Int) async throws -> [UnformedSend]
    /// Fixes messages: their bytes are kept, their sends belong to them. `make` runs in the transaction and is given the
    /// next numbers of series; it must be quick. What it could not form still waits: its case is told in the transaction
    /// that ends it (``IntakeTransaction/endUnformed(_:)``), so that a process that dies in between leaves nobody untold.
    func form(
        _ sends: [UnformedSend], at: Instant,
        make:
            @escaping @Sendable (_ next: (String) throws -> Int) throws -> (
                messages: [FormedMessage], unformable: [SentPart]
            )
    ) async throws -> (messages: Int, unformable: [SentPart])
    /// Attempts that are due in a lane, oldest first, each leased for `lease` seconds of the machine's time.
    func claim(_ lane: Lane, at now: Instant, limit: Int, lease: Int) async throws -> [Attempt]
    /// Ends an attempt; an older one than the latest changes nothing and returns nothing. Returns the sends of a message
    /// that failed for good. Where cases are told of it, ``IntakeTransaction/settle(_:_:at:)`` does it with what they are told.
    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) async throws -> [SentPart]
    /// Makes a failed message wait again.
    func resend(_ part: SentPart, at: Instant) async throws -> Bool
    func laneStatus() async throws -> [LaneStatus]
    func nextDeliveryDue(after now: Instant) async throws -> Instant?
}

/// How one send stands.
public struct SendStatus: Hashable, Sendable {
    public enum State: Int, Sendable {
        case unformed = 0
        case waiting = 1
        case delivered = 2
        case failed = 3
    }

    public var part: SentPart
    public var lane: Lane
    public var subject: String
    public var state: State
    public var message: Int?
    public var attempts: Int
    public var lastFailure: String?

    public init(
        part: SentPart, lane: Lane, subject: String, state: State, message: Int?, attempts: Int, lastFailure: String?
    ) {
        self.part = part
        self.lane = lane
        self.subject = subject
        self.state = state
        self.message = message
        self.attempts = attempts
        self.lastFailure = lastFailure
    }
}
