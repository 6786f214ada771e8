import Claims
import HealthTypes
import Stages

/// What stands in a case by reference, in words.
extension CaseFacts {
    /// The control number of a claim.
    func name(of claim: ClaimRef) -> String { self.claim(claim)?.claim.controlNumber ?? "of entry \(claim.entry)" }

    func name(ofRequest ref: RequestRef) -> String { request(ref)?.terms.identifier ?? "of entry \(ref.entry)" }

    /// What a timer is for; it may have fired or been cancelled long ago.
    func purpose(of timer: TimerID) -> String {
        switch timer {
        case .set(let part):
            let changes = decisions.first { $0.entry.sequence == part.entry }?.decision.timers ?? []
            guard changes.indices.contains(part.number), case .set(let purpose, _) = changes[part.number] else {
                return "what entry \(part.entry) set"
            }
            return words(purpose)
        case .answer(let id): return "an answer to: \(words(of: id))"
        }
    }

    func words(_ purpose: TimerPurpose) -> String {
        switch purpose {
        case .beforeVisit: "48 hours before the visit"
        case .askAgain: "the payer is asked again"
        case .authorizationDue(let ref): "the payer's decision on authorization \(name(ofRequest: ref))"
        case .acknowledgementDue(let ref): "the payer's word (277CA) on claim \(name(of: ref))"
        case .remittanceDue(let ref): "the payer's settlement (835) of claim \(name(of: ref))"
        }
    }

    func words(of id: SendID) -> String { send(id).map { words($0.what) } ?? "what entry \(id.entry) sent" }

    func words(_ purpose: Purpose) -> String {
        switch purpose {
        case .inquiry(let terms): "eligibility inquiry (270) about \(terms.serviceDate) to \(terms.payerID)"
        case .authorization(let terms):
            "authorization request \(terms.identifier) for "
                + terms.items.map { "\($0.procedure) × \($0.units)" }.joined(separator: ", ")
                + (terms.version > 1 ? ", version \(terms.version)" : "") + " (PAS) to \(terms.payerID)"
        case .claim(let ref):
            "claim \(name(of: ref)) (837P)" + (claim(ref)?.claim.payer.map { " to \($0.payerID)" } ?? "")
        case .appeal(let terms):
            "appeal of \(terms.adjustment.group)-\(terms.adjustment.reason), \(terms.amount.dollars), level \(terms.level)"
        case .coverage: "coverage for the EHR"
        case .review(let ref): "claim \(name(of: ref)) to the reviewers"
        }
    }
}

extension Reason {
    /// The trigger in words, with what it is about.
    func words(_ facts: CaseFacts) -> String {
        switch self {
        case .eligibility(let reason): reason.words
        case .authorization(let reason): reason.words
        case .documentation(let reason): reason.words
        case .submission(let reason): reason.words(facts)
        case .denials(let reason): reason.words(facts)
        }
    }
}

extension EligibilityReason {
    fileprivate var words: String {
        switch self {
        case .scheduled: "appointment made or changed"
        case .beforeVisit: "48 hours before the visit"
        case .checkedIn: "patient checked in"
        case .claimReceived: "claim received"
        case .askAgain: "time to ask the payer again"
        case .answered(let entry): "eligibility answer (271), entry \(entry.sequence)"
        case .unanswered: "no eligibility answer in time"
        case .undelivered: "eligibility inquiry not delivered"
        case .resolved: "work item answered"
        }
    }
}

extension AuthorizationReason {
    fileprivate var words: String {
        switch self {
        case .ordered(let order): "service ordered, order \(order.number)"
        case .orderCancelled(let order): "order \(order.number) cancelled"
        case .answered(let entry): "payer's answer to the authorization request, entry \(entry.sequence)"
        case .overdue: "payer's time to decide has passed"
        case .unanswered: "no answer to the authorization request in time"
        case .undelivered: "authorization request not delivered"
        case .resolved: "work item answered"
        }
    }
}

extension DocumentationReason {
    fileprivate var words: String {
        switch self {
        case .pended(let entry): "authorization pended by the payer, entry \(entry.sequence)"
        case .resolved: "work item answered"
        }
    }
}

extension SubmissionReason {
    fileprivate func words(_ facts: CaseFacts) -> String {
        switch self {
        case .charged: "charges posted"
        case .received(let claim): "claim \(facts.name(of: claim)) received"
        case .reviewed(let claim, _): "reviewers answered about claim \(facts.name(of: claim))"
        case .unreviewed(let claim): "no answer of the reviewers about claim \(facts.name(of: claim))"
        case .acknowledged(let entry): "acknowledgment, entry \(entry.sequence)"
        case .unacknowledged(let claim): "no 277CA for claim \(facts.name(of: claim)) in time"
        case .undelivered: "claim not delivered"
        case .correct: "correction approved"
        case .resolved: "work item answered"
        }
    }
}

extension DenialsReason {
    fileprivate func words(_ facts: CaseFacts) -> String {
        switch self {
        case .remitted(let entry): "remittance (835), entry \(entry.sequence)"
        case .unremitted(let claim): "no settlement (835) of claim \(facts.name(of: claim)) in time"
        case .appealAnswered(let entry): "payer's answer to an appeal, entry \(entry.sequence)"
        case .unanswered: "no answer to an appeal in time"
        case .undelivered: "appeal not delivered"
        case .resolved: "work item answered"
        }
    }
}
