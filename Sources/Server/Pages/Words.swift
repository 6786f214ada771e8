import Stages
import Store

/// Our own short words, as a person who bills reads them.
enum Words {
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    /// A written tag that this program has no words for: `unknown_form` reads `unknown form`.
    static func tag(_ tag: String) -> String { tag.replacing("_", with: " ") }

    /// The title of a stage by its written tag, for rows that may be another program's.
    static func stage(_ tag: String) -> String { Stage(rawValue: tag)?.title ?? Self.tag(tag) }
}

extension Stage {
    /// Its class in the style sheet.
    var style: String {
        switch self {
        case .eligibility: "eligibility"
        case .priorAuthorization: "prior-authorization"
        case .documentation: "documentation"
        case .submission: "submission"
        case .denials: "denials"
        }
    }
}

extension CaseStatus {
    var tone: Tone {
        switch self {
        case .submitted, .accepted, .paid: .good
        case .incomplete, .inReview, .onHold: .warn
        case .blocked, .rejected, .denied: .bad
        case .opened, .scheduled, .checkedIn, .selfPay, .void: .plain
        }
    }
}

extension ClaimState {
    var tone: Tone {
        switch self {
        case .submitted, .accepted, .settled: .good
        case .inReview, .held: .warn
        case .blocked, .rejected: .bad
        case .drafted, .void: .plain
        }
    }
}

// MARK: Messages and deliveries

extension MessageRow.Direction {
    /// As addresses, JSON and metrics have it.
    var tag: String {
        switch self {
        case .incoming: "in"
        case .outgoing: "out"
        }
    }
}

extension MessageRow.State {
    /// As JSON and metrics have it.
    var tag: String {
        switch self {
        case .accepted: "accepted"
        case .partial: "partial"
        case .refused: "refused"
        case .unmatched: "unmatched"
        case .duplicate: "duplicate"
        case .unread: "unread"
        case .waiting: "waiting"
        case .delivered: "delivered"
        case .failed: "failed"
        }
    }

    var words: String {
        switch self {
        case .accepted: "taken in"
        case .partial: "taken in part"
        case .refused: "refused"
        case .unmatched: "waits for its case"
        case .duplicate: "came before"
        case .unread: "kept unread"
        case .waiting: "not delivered yet"
        case .delivered: "delivered"
        case .failed: "not delivered"
        }
    }

    var tone: Tone {
        switch self {
        case .accepted, .delivered: .good
        case .partial, .unmatched, .waiting: .warn
        case .refused, .failed: .bad
        case .duplicate, .unread: .plain
        }
    }
}

extension SendStatus.State {
    /// As JSON has it.
    var tag: String {
        switch self {
        case .unformed: "unformed"
        case .waiting: "waiting"
        case .delivered: "delivered"
        case .failed: "failed"
        }
    }

    var words: String {
        switch self {
        case .unformed: "waits for its message"
        case .waiting: "not delivered yet"
        case .delivered: "delivered"
        case .failed: "delivery failed"
        }
    }

    var tone: Tone {
        switch self {
        case .unformed, .waiting: .warn
        case .delivered: .good
        case .failed: .bad
        }
    }
}

extension DeliveryFailure {
    var words: String {
        switch self {
        case .refused: "the receiver will never take it"
        case .misconfigured: "address, credentials or agreement are wrong"
        case .unreachable: "no attempt got through in the time"
        case .unformable: "no message can be made of it"
        }
    }
}

extension SendStatus {
    /// Why the last attempt did not get through.
    var failureWords: String? { lastFailure.map { DeliveryFailure(rawValue: $0)?.words ?? Words.tag($0) } }
}

extension WorkEndRow.State {
    /// As metrics have it.
    var tag: String {
        switch self {
        case .open: "open"
        case .answered: "answered"
        case .withdrawn: "withdrawn"
        }
    }
}
