extension AuthorizationOutcome {
    /// A short name for lists.
    public var words: String {
        switch self {
        case .notRequired: "not required"
        case .needUnknown: "need unknown"
        case .requested: "requested"
        case .waits: "waits for coverage"
        case .notAsked: "needs information"
        case .nothingNew: "nothing new"
        case .approved: "approved"
        case .modified: "approved with changes"
        case .partial: "approved in part"
        case .pended: "pended by payer"
        case .denied: "denied"
        case .cancelled: "cancelled by payer"
        case .unclear: "answer unclear"
        case .overdue: "overdue"
        case .unanswered: "payer did not answer"
        case .undelivered: "request not delivered"
        case .notRendered: "service not rendered"
        case .followedUp: "followed up"
        case .orderCancelled: "order cancelled"
        case .unplaced: "cannot be assigned"
        }
    }

    /// One sentence for people, without a patient's data.
    public var summary: String {
        switch self {
        case .notRequired: "No authorization is required for the service."
        case .needUnknown: "Whether the payer requires authorization is not known."
        case .requested: "The payer requires authorization; the request goes out."
        case .waits: "The coverage must be settled before the payer is asked."
        case .notAsked: "The order lacks a patient, a coverage or a day."
        case .nothingNew: "Nothing has changed since the payer was asked."
        case .approved: "The service is authorized."
        case .modified: "The payer certifies another extent than was asked for."
        case .partial: "The payer certifies a part of the service."
        case .pended: "The payer has not decided yet."
        case .denied: "The payer does not certify the service."
        case .cancelled: "The payer has cancelled the request."
        case .unclear: "The payer's answer is not one that is known here."
        case .overdue: "The payer's time to decide has passed."
        case .unanswered: "The payer did not answer the request in time."
        case .undelivered: "The request could not be delivered to the payer."
        case .notRendered: "The service will not be rendered."
        case .followedUp: "A person has taken it up with the payer."
        case .orderCancelled: "The order was cancelled."
        case .unplaced: "It belongs to no request of this visit, or does not fit the question."
        }
    }
}

extension AuthorizationWork {
    /// What is wrong, as a heading.
    public var title: String {
        switch self {
        case .needUnknown: "Is authorization required?"
        case .refused: "Authorization refused"
        case .overdue: "Authorization overdue"
        case .unanswered: "Payer did not answer the authorization request"
        case .undelivered: "Authorization request not delivered"
        case .peerToPeer: "Result of the peer-to-peer review"
        case .orderCancelled: "Cancel the authorization request with the payer"
        }
    }

    /// What may be answered.
    public var answers: [AuthorizationAnswerForm] {
        switch self {
        case .needUnknown: [.notRequired, .obtained, .notRendered]
        case .refused: [.obtained, .peerToPeer, .notRendered]
        case .overdue: [.followedUp, .obtained, .notRendered]
        case .unanswered: [.followedUp, .sendAgain, .obtained, .notRendered]
        case .undelivered: [.sendAgain, .obtained, .notRendered]
        case .peerToPeer: [.obtained, .stillRefused, .notRendered]
        case .orderCancelled: [.payerTold]
        }
    }
}

/// An answer to a work item of stage 2 as a person picks it: which, and whether an authorization number goes with it.
public enum AuthorizationAnswerForm: String, Sendable, CaseIterable {
    case notRequired = "not_required"
    case obtained = "obtained"
    case notRendered = "not_rendered"
    case peerToPeer = "peer_to_peer"
    case stillRefused = "still_refused"
    case followedUp = "followed_up"
    case sendAgain = "send_again"
    case payerTold = "payer_told"

    /// As it is written in the record and in addresses.
    public var tag: String { rawValue }

    /// Whether the payer's authorization number must be given.
    public var needsNumber: Bool { self == .obtained }

    /// The answer, and what happens then.
    public var label: String {
        switch self {
        case .notRequired: "Payer requires no authorization: go on without one"
        case .obtained: "Authorization was obtained: enter its number"
        case .notRendered: "The service will not be rendered: close the request here"
        case .peerToPeer: "Peer-to-peer review was asked for: its result is awaited"
        case .stillRefused: "The payer still refuses: decide again about the service"
        case .followedUp: "Taken up with the payer: ask again in two days if it has not decided"
        case .sendAgain: "Send the request again"
        case .payerTold: "The payer was told that the order is cancelled"
        }
    }

    /// The resolution; nil where a number is needed and none is given, or one is given that does not belong there.
    public func resolution(number: String? = nil) -> AuthorizationResolution? {
        let trimmed = number?.split(whereSeparator: \.isWhitespace).joined(separator: " ") ?? ""
        guard trimmed.isEmpty != needsNumber else { return nil }
        switch self {
        case .notRequired: return .notRequired
        case .obtained: return .obtained(number: trimmed)
        case .notRendered: return .notRendered
        case .peerToPeer: return .peerToPeer
        case .stillRefused: return .stillRefused
        case .followedUp: return .followedUp
        case .sendAgain: return .sendAgain
        case .payerTold: return .payerTold
        }
    }
}

extension AuthorizationResolution {
    /// The resolution without what was entered with it.
    public var form: AuthorizationAnswerForm {
        switch self {
        case .notRequired: .notRequired
        case .obtained: .obtained
        case .notRendered: .notRendered
        case .peerToPeer: .peerToPeer
        case .stillRefused: .stillRefused
        case .followedUp: .followedUp
        case .sendAgain: .sendAgain
        case .payerTold: .payerTold
        }
    }

    /// The answer, and what happens then.
    public var label: String { form.label }
}
