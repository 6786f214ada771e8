public import HealthTypes
public import Review

/// A way to a payer, or to a clearinghouse that stands for many. What is inside or behind it does not matter here.
///
/// A message is sent at least once; the receiver tells a repetition by its key. Answers that come at once are returned;
/// the others wait in a mailbox.
public protocol PayerConnection: Sendable {
    /// Sends a message and returns the answers that come at once.
    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage]
    /// Mailbox messages after `cursor`, oldest first; all that there are where it is nil.
    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem]
    /// When the next message falls due in the mailbox, where the other side knows; lets a simulated clock jump.
    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant?
}

/// A message to a payer.
public struct OutboundMessage: Sendable {
    public enum Kind: String, Sendable {
        case inquiry = "270"
        case claims = "837"
        /// Da Vinci PAS `Claim/$submit`.
        case authorization = "pas"
        case appeal = "appeal"
    }

    public var kind: Kind
    public var receiver: String
    /// The same for every attempt at the same message.
    public var key: String
    public var bytes: [UInt8]

    public init(kind: Kind, receiver: String, key: String, bytes: [UInt8]) {
        self.kind = kind
        self.receiver = receiver
        self.key = key
        self.bytes = bytes
    }
}

/// A message from a payer.
public struct InboundMessage: Sendable {
    /// `271`, `999`, `pas`, ...: the sender's own word; the bytes decide.
    public var kind: String
    public var bytes: [UInt8]

    public init(kind: String, bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }
}

public struct MailboxItem: Sendable {
    /// The mailbox's own text for the place after this item.
    public var cursor: String
    public var message: InboundMessage

    public init(cursor: String, message: InboundMessage) {
        self.cursor = cursor
        self.message = message
    }
}

/// A message that did not get through.
public enum DeliveryError: Error, Hashable, Sendable {
    /// No answer, or a passing fault: whether it took effect over there is not known. The same message is sent again,
    /// not before so many seconds where the receiver names them (HTTP Retry-After).
    case temporary(retryAfter: Int?)
    /// The other side will never take this message.
    case refused
    /// Address, credentials or agreement are wrong: nothing gets through until a person mends it.
    case misconfigured
    /// What came back is larger than can be taken; of a mailbox, fewer items are asked for.
    case tooLarge
}

/// Reviewers elsewhere, such as a model behind an endpoint. They advise: what does not fit its schema counts as no
/// answer, and only the gate decides.
public protocol ReviewerConnection: Sendable {
    func review(_ request: ReviewRequest) async throws(DeliveryError) -> ReviewAnswers
}
