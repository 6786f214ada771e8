import NIOCore

/// How long a connection may be waited for: a value that is told what happens and says when it will have been too long.
struct ConnectionClock {
    enum Overdue: Equatable {
        /// Nothing of a request has come: the connection is closed without a word.
        case silence
        /// A head has begun and does not end.
        case head
        /// A body does not come, or too slowly.
        case body
        /// The answer is not being taken, or the sender of a batch has fallen silent.
        case stuck
        /// The last answer has been sent; its receiver has had its time.
        case over
        /// The program ends, and the request that runs does not.
        case ending
    }

    /// How far the next or the present request has come in.
    private enum Reading: Equatable {
        case nothing
        case head
        case body
    }

    private let limits: ServerLimits
    private var reading = Reading.nothing
    /// When the present wait for a head began.
    private var since: NIODeadline
    private var isNew = true
    /// Requests that have come in and whose answers have not gone out.
    private var unanswered = 0
    /// Whether the answer has begun before its request has ended.
    private var isStreaming = false
    /// Since when there is a wait for more of the body; nil while the service itself does not read.
    private var waitingSince: NIODeadline?
    /// What waits for this body have come to, and the bytes that they brought.
    private var waited = TimeAmount.zero
    private var received = 0
    /// Since when nothing more of an answer can be sent.
    private var blockedSince: NIODeadline?
    private var overSince: NIODeadline?
    private var endingSince: NIODeadline?

    init(limits: ServerLimits, openedAt now: NIODeadline) {
        self.limits = limits
        since = now
    }

    // MARK: What happens

    /// Bytes that belong to a head.
    mutating func headBytes(at now: NIODeadline) {
        guard reading == .nothing else { return }
        reading = .head
        if !isNew { since = now }
    }

    var awaitsHead: Bool { reading != .body }

    mutating func headEnded(at now: NIODeadline) {
        reading = .body
        isNew = false
        unanswered += 1
        isStreaming = false
        waitingSince = nil
        waited = .zero
        received = 0
    }

    mutating func bodyBytes(_ count: Int, at now: NIODeadline) {
        received += count
        stopWaiting(at: now)
    }

    mutating func requestEnded(at now: NIODeadline) {
        reading = .nothing
        since = now
        waitingSince = nil
    }

    /// More is asked of the sender.
    mutating func reads(at now: NIODeadline) {
        if reading == .body, waitingSince == nil { waitingSince = now }
    }

    mutating func answerBegan(beforeRequestEnded: Bool) { isStreaming = beforeRequestEnded }

    mutating func answerEnded(at now: NIODeadline) {
        unanswered -= 1
        if reading != .body { since = now }
    }

    mutating func writable(_ isWritable: Bool, at now: NIODeadline) {
        blockedSince = isWritable ? nil : blockedSince ?? now
    }

    mutating func over(at now: NIODeadline) { overSince = overSince ?? now }

    mutating func ending(at now: NIODeadline) { endingSince = endingSince ?? now }

    private mutating func stopWaiting(at now: NIODeadline) {
        guard let start = waitingSince else { return }
        waited = waited + (now - start)
        waitingSince = nil
    }

    // MARK: When it is too long

    /// What will have taken too long, and when, unless something happens before.
    var deadline: (at: NIODeadline, what: Overdue)? {
        if let overSince { return (overSince + TimeAmount(limits.linger), .over) }
        let all: [(at: NIODeadline, what: Overdue)?] = [
            readDeadline, blockedSince.map { ($0 + TimeAmount(limits.send), .stuck) },
            endingSince.map { ($0 + TimeAmount(limits.ending), .ending) },
        ]
        return all.compactMap { $0 }.min { $0.at < $1.at }
    }

    private var readDeadline: (at: NIODeadline, what: Overdue)? {
        switch reading {
        case .nothing:
            if unanswered > 0 { return nil }
            return (since + TimeAmount(isNew ? limits.head : limits.idle), .silence)
        case .head:
            // The head of a request that was sent before the last one's answer has time until after that.
            return unanswered > 0 ? nil : (since + TimeAmount(limits.head), .head)
        case .body:
            guard let waitingSince else { return nil }
            if isStreaming { return (waitingSince + TimeAmount(limits.streamPause), .stuck) }
            let earned = TimeAmount.milliseconds(Int64(received) * 1000 / Int64(max(1, limits.bodyRate)))
            let left = TimeAmount(limits.bodyGrace) + earned - waited
            return (waitingSince + min(TimeAmount(limits.bodyPause), max(left, .zero)), .body)
        }
    }
}
