public import HealthTypes
public import Store
import Synchronization

/// Where deliveries do not get on.
public enum DeliveryPlace: Hashable, Comparable, Sendable {
    /// The payer's mailbox, from which acknowledgements and remittances are fetched.
    case mailbox
    case lane(Lane)

    public var lane: Lane? { if case .lane(let lane) = self { lane } else { nil } }

    /// A short code.
    public var code: String { lane == nil ? "mailbox" : "lane" }

    public static func < (left: Self, right: Self) -> Bool {
        guard let first = left.lane else { return right.lane != nil }
        guard let second = right.lane else { return false }
        return (first.kind, first.receiver) < (second.kind, second.receiver)
    }
}

/// What keeps a lane or the mailbox from going on, since it last did. It is told and tried again, never left in silence.
public struct DeliveryTrouble: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// No answer, or a passing fault over there.
        case unreachable
        /// Address, credentials or agreement are wrong, or it is refused: a person must mend it.
        case misconfigured
        /// An answer is larger than can be taken: a person must look.
        case tooLarge
        /// Something failed here; the kind of error.
        case failed(String)

        init(_ error: DeliveryError) {
            switch error {
            case .temporary: self = .unreachable
            case .refused, .misconfigured: self = .misconfigured
            case .tooLarge: self = .tooLarge
            }
        }

        /// A short code, without data.
        public var code: String {
            switch self {
            case .unreachable: "unreachable"
            case .misconfigured: "misconfigured"
            case .tooLarge: "too-large"
            case .failed: "failed"
            }
        }

        /// Whether it may well pass without a person.
        public var mayPass: Bool { self == .unreachable }
    }

    public var kind: Kind
    public var since: Instant
    /// Attempts in a row.
    public var failures: Int
    /// When it is tried again; nil for soon.
    public var retryAt: Instant?
}

/// What is wrong with deliveries now. It is not in the record: after a start, the first attempt finds it again.
final class DeliveryTroubles: Sendable {
    private struct State {
        var troubles: [DeliveryPlace: DeliveryTrouble] = [:]
        /// Items that are asked for at once; nil for as many as may be.
        var mailboxLimit: Int?
    }

    private let state = Mutex(State())

    var all: [DeliveryPlace: DeliveryTrouble] { state.withLock { $0.troubles } }

    /// Notes a trouble; true where it is another than before.
    func note(_ place: DeliveryPlace, _ kind: DeliveryTrouble.Kind, failures: Int, at now: Instant, retryAt: Instant?)
        -> Bool
    {
        state.withLock { state in
            let known = state.troubles[place]
            state.troubles[place] = DeliveryTrouble(
                kind: kind, since: known?.since ?? now, failures: failures, retryAt: retryAt)
            return known?.kind != kind
        }
    }

    /// True where there was one.
    func clear(_ place: DeliveryPlace) -> Bool { state.withLock { $0.troubles.removeValue(forKey: place) != nil } }

    func failures(_ place: DeliveryPlace) -> Int { state.withLock { $0.troubles[place]?.failures ?? 0 } }

    func retryAt(_ place: DeliveryPlace) -> Instant? { state.withLock { $0.troubles[place]?.retryAt } }

    func isDue(_ place: DeliveryPlace, at now: Instant) -> Bool { retryAt(place).map { $0 <= now } ?? true }

    func mailboxLimit(most: Int) -> Int { state.withLock { min(most, $0.mailboxLimit ?? most) } }

    func halveMailboxLimit(_ limit: Int) { state.withLock { $0.mailboxLimit = max(1, limit / 2) } }

    /// The mailbox gave a page: more is asked for, little by little.
    func mailboxAnswered() {
        state.withLock { $0.mailboxLimit = $0.mailboxLimit.flatMap { $0 >= 1024 ? nil : $0 * 2 } }
    }
}

extension Courier {
    /// Notes what is wrong, and tells it where it is new.
    func trouble(_ place: DeliveryPlace, _ kind: DeliveryTrouble.Kind, failures: Int, retryAt: Instant?) {
        if troubles.note(place, kind, failures: failures, at: clock.now, retryAt: retryAt) {
            tell(.deliveryTroubled(place, kind))
        }
    }

    func recovered(_ place: DeliveryPlace) { if troubles.clear(place) { tell(.deliveryRecovered(place)) } }
}
