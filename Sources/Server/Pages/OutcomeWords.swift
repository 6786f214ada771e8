import HealthTypes
import Stages

extension Outcome {
    /// The outcome of a stage by its written tag; nil for one that this program does not know.
    init?(_ stage: Stage, tag: String) {
        switch stage {
        case .eligibility:
            guard let outcome = EligibilityOutcome(rawValue: tag) else { return nil }
            self = .eligibility(outcome)
        case .priorAuthorization:
            guard let outcome = AuthorizationOutcome(rawValue: tag) else { return nil }
            self = .authorization(outcome)
        case .documentation:
            guard let outcome = DocumentationOutcome(rawValue: tag) else { return nil }
            self = .documentation(outcome)
        case .submission:
            guard let outcome = SubmissionOutcome(rawValue: tag) else { return nil }
            self = .submission(outcome)
        case .denials:
            guard let outcome = DenialsOutcome(rawValue: tag) else { return nil }
            self = .denials(outcome)
        }
    }

    /// A short name for lists.
    var words: String {
        switch self {
        case .eligibility(let outcome): outcome.words
        case .authorization(let outcome): outcome.words
        case .documentation(let outcome): outcome.words
        case .submission(let outcome): outcome.words
        case .denials(let outcome): outcome.words
        }
    }

    /// One sentence, without a patient's data.
    var summary: String {
        switch self {
        case .eligibility(let outcome): outcome.summary
        case .authorization(let outcome): outcome.summary
        case .documentation(let outcome): outcome.summary
        case .submission(let outcome): outcome.summary
        case .denials(let outcome): outcome.summary
        }
    }

    var tone: Tone {
        switch self {
        case .eligibility(let outcome): outcome.tone
        case .authorization(let outcome): outcome.tone
        case .documentation(let outcome): outcome.tone
        case .submission(let outcome): outcome.tone
        case .denials(let outcome): outcome.tone
        }
    }
}

extension EligibilityOutcome {
    fileprivate var tone: Tone {
        switch self {
        case .active, .confirmed: .good
        case .noCoverage, .unknownPayer, .inactive, .notFound, .unanswered, .undelivered: .bad
        case .unclear, .retry, .unplaced: .warn
        case .asked, .nothingNew, .selfPay: .plain
        }
    }
}

extension AuthorizationOutcome {
    fileprivate var tone: Tone {
        switch self {
        case .notRequired, .approved: .good
        case .denied, .cancelled, .overdue, .unanswered, .undelivered: .bad
        case .needUnknown, .waits, .notAsked, .modified, .partial, .pended, .unclear, .unplaced: .warn
        case .requested, .nothingNew, .notRendered, .followedUp, .orderCancelled: .plain
        }
    }
}

extension DocumentationOutcome {
    fileprivate var tone: Tone {
        switch self {
        case .sent: .good
        case .declined: .bad
        case .waits, .drafted, .gaps, .unplaced: .warn
        }
    }
}

extension SubmissionOutcome {
    fileprivate var tone: Tone {
        switch self {
        case .sent, .received, .accepted: .good
        case .blocked, .rejected, .undelivered: .bad
        case .held, .incomplete, .inReview, .lateCharges, .unacknowledged, .unplaced: .warn
        case .nothingNew, .selfPay, .noted, .void, .followedUp: .plain
        }
    }
}

extension DenialsOutcome {
    fileprivate var tone: Tone {
        switch self {
        case .paid, .overturned: .good
        case .denied, .reversed, .notPosted, .upheld, .writtenOff, .unanswered, .undelivered: .bad
        case .escalated, .unremitted, .unplaced: .warn
        case .duplicate, .appealed, .correctionApproved, .dealtWith, .followedUp, .reviewed: .plain
        }
    }
}
