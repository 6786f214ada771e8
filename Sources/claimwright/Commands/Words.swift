import Claims
import HealthTypes
import Stages
import Store

extension Outcome {
    /// A short name for lists.
    var inWords: String {
        switch self {
        case .eligibility(let outcome): outcome.words
        case .authorization(let outcome): outcome.words
        case .documentation(let outcome): outcome.words
        case .submission(let outcome): outcome.words
        case .denials(let outcome): outcome.words
        }
    }

    /// One sentence, without a patient's data.
    var sentence: String {
        switch self {
        case .eligibility(let outcome): outcome.summary
        case .authorization(let outcome): outcome.summary
        case .documentation(let outcome): outcome.summary
        case .submission(let outcome): outcome.summary
        case .denials(let outcome): outcome.summary
        }
    }
}

extension CaseEvent {
    /// What happened, without a patient's data.
    var inWords: String {
        switch self {
        case .scheduled: "Appointment made or changed"
        case .checkedIn: "Patient checked in"
        case .visitUpdated: "Visit updated"
        case .covered(let coverages): "Coverage on file: \(coverages.map(\.payerID).joined(separator: ", "))"
        case .ordered(let order): "Order \(order.number): \(order.procedure)"
        case .orderCancelled(let key): "Order \(key.number) cancelled"
        case .charted(let items): "Chart: \(items.count) items"
        case .charged(let charges): "Charges: \(charges.map(\.procedure).joined(separator: ", "))"
        case .claimReceived(let claim): "Claim \(claim.controlNumber) received, \(claim.totalCharge.dollars)"
        case .eligibilityAnswered(let answer): "Answer to the inquiry \(answer.trace)"
        case .authorizationAnswered(let answer):
            "Answer to the request \(answer.identifier): \(answer.standing.rawValue)"
        case .acknowledged(let answer): "Acknowledgement of claim \(answer.controlNumber)"
        case .remitted(let remittance):
            "Remittance for claim \(remittance.controlNumber), paid \(remittance.paid.dollars)"
        case .appealAnswered(let answer): "Answer to the appeal \(answer.identifier)"
        case .reviewed: "The reviewers answered"
        case .timerFired: "A time that was waited for has come"
        case .resolved(let answer): "Work item answered (\(answer.resolution.tag)) by \(answer.by): \(answer.reason)"
        case .undelivered(_, let failure): "Not delivered: \(failure.rawValue)"
        case .decided(let decision, _):
            "\(decision.outcome.stage.title): \(decision.outcome.inWords). \(decision.outcome.sentence)"
        }
    }
}

extension SendStatus {
    /// How it stands; a message that was formed is not on its way, and one on its way is not there.
    var inWords: String {
        switch state {
        case .unformed: "waiting for its message"
        case .waiting:
            attempts == 0 ? "waiting to be delivered" : "waiting after \(attempts) attempts\(reason)"
        case .delivered: "delivered"
        case .failed: "not delivered\(reason)"
        }
    }

    private var reason: String { lastFailure.map { " (\($0))" } ?? "" }
}

extension MessageRow.State {
    var inWords: String {
        switch self {
        case .accepted: "accepted"
        case .partial: "accepted in part"
        case .refused: "refused"
        case .unmatched: "unmatched"
        case .duplicate: "seen before"
        case .unread: "kept unread"
        case .waiting: "waiting"
        case .delivered: "delivered"
        case .failed: "not delivered"
        }
    }
}

extension MessageRow.Direction {
    var inWords: String {
        switch self {
        case .incoming: "in"
        case .outgoing: "out"
        }
    }
}

extension WorkEndRow.State {
    var inWords: String {
        switch self {
        case .open: "open"
        case .answered: "answered"
        case .withdrawn: "withdrawn"
        }
    }
}

extension SetAside {
    var inWords: String {
        "set aside since \(since): \(reason), \(detail); \(attempts) attempts by \(program), tried again at \(retryAt)"
    }
}

extension SummaryRow {
    /// Where the case stands; the tag itself where a newer program wrote one that is not known here.
    var statusWords: String { CaseStatus(rawValue: state)?.words ?? state }
}
