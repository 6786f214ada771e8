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
    /// That of its case when it was sent.
    public var priority: Priority

    public init(part: SentPart, row: SendRow, priority: Priority) {
        self.part = part
        self.row = row
        self.priority = priority
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
    /// Nil where they are damaged.
    public var bytes: [UInt8]?
    /// When the message was formed.
    public var since: Instant
    /// The most urgent of its sends'.
    public var priority: Priority
    /// Attempts in the lane that failed, and since when, since one got through to the receiver.
    public var laneFailures: Int
    public var failingSince: Instant?

    public init(
        message: Int, lane: Lane, key: String, number: Int, bytes: [UInt8]?, since: Instant, priority: Priority,
        laneFailures: Int, failingSince: Instant?
    ) {
        self.message = message
        self.lane = lane
        self.key = key
        self.number = number
        self.bytes = bytes
        self.since = since
        self.priority = priority
        self.laneFailures = laneFailures
        self.failingSince = failingSince
    }
}

public enum AttemptResult: Hashable, Sendable {
    /// It got through: whatever was wrong with the lane is over.
    case delivered
    case again(at: Instant, LaneEffect)
    /// The end, and a tag that says why.
    case failed(reason: String, LaneEffect)
}

/// What an attempt says of its lane.
public enum LaneEffect: Hashable, Sendable {
    case none
    /// The receiver was reached.
    case reached
    /// The receiver fails: nothing goes by the lane until then.
    case waits(until: Instant)
}

/// What settling an attempt did.
public enum Settlement: Hashable, Sendable {
    case settled
    /// The message failed for good, and these sends with it.
    case failed([SentPart])
    /// A later attempt was begun, or the delivery has ended: nothing was changed.
    case overtaken
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
    /// Since when nothing has got through, where the last attempt did not, and when the lane is tried again.
    public var failingSince: Instant?
    public var dueAt: Instant?

    public init(
        lane: Lane, unformed: Int, waiting: Int, failed: Int, oldest: Instant?, attempts: Int,
        failingSince: Instant? = nil, dueAt: Instant? = nil
    ) {
        self.lane = lane
        self.unformed = unformed
        self.waiting = waiting
        self.failed = failed
        self.oldest = oldest
        self.attempts = attempts
        self.failingSince = failingSince
        self.dueAt = dueAt
    }
}

/// Deliveries, lane by lane.
public protocol DeliveryStore: Sendable {
    /// Lanes in which something waits to be formed, or is due to be delivered.
    func lanes(at now: Instant) async throws -> [Lane]
    /// Sends of a lane of which no message was formed, the most urgent and oldest first; those stay behind for which the
    /// delivery of their ``SendRow/afterEntry`` has not come to its end.
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
    /// Attempts that are due in a lane, the most urgent and oldest first, each leased for `lease` seconds of the machine's
    /// time. None while the lane waits for its receiver; fewer than `limit` where their bytes are many.
    ///
    /// - Parameter formedBefore: where it is not nil, those that were formed before it, whether they or their lane are due
    ///   or not: what has waited too long.
    func claim(_ lane: Lane, at now: Instant, limit: Int, lease: Int, formedBefore: Instant?) async throws -> [Attempt]
    /// Gives back attempts that were not made: they are as due as they were, and do not count.
    func release(_ attempts: [Attempt]) async throws
    /// Ends an attempt; an older one than the latest changes nothing. Where cases are told of it,
    /// ``IntakeTransaction/settle(_:_:at:)`` does it with what they are told.
    func settle(_ attempt: Attempt, _ result: AttemptResult, at: Instant) async throws -> Settlement
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
