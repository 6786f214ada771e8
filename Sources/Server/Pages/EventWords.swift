import Claims
import HealthTypes
import Review
import Stages

/// One entry of a journal in words.
struct EventWords: Sendable {
    var title: String
    var detail: String
    /// Whose colour the entry has; nil for what belongs to no stage.
    var stage: Stage?

    private init(_ title: String, _ detail: String = "", _ stage: Stage? = nil) {
        self.title = title
        self.detail = detail
        self.stage = stage
    }

    /// - Parameter facts: of the case as far as it is known, for what the event refers to.
    init(_ event: CaseEvent, _ facts: CaseFacts) {
        switch event {
        case .scheduled(let visit): self.init("Appointment", Self.visit(visit), .eligibility)
        case .checkedIn(let visit):
            self.init("Checked in", visit.attending.map { "Seen by \(Self.name($0))" } ?? "", .eligibility)
        case .visitUpdated(let visit): self.init("Visit updated", Self.visit(visit), .eligibility)
        case .covered(let coverages):
            let plans = coverages.map { "\($0.payerName.isEmpty ? $0.payerID : $0.payerName), member \($0.memberID)" }
            self.init("Coverage on file", plans.joined(separator: "; then "), .eligibility)
        case .ordered(let order): self.init("Service ordered", Self.order(order), .priorAuthorization)
        case .orderCancelled(let order): self.init("Order cancelled", order.number, .priorAuthorization)
        case .charted(let items):
            self.init("Chart received", Words.count(items.count, "item", "items"), .documentation)
        case .charged(let charges): self.init("Charges posted", Self.charges(charges), .submission)
        case .claimReceived(let claim):
            self.init("Claim received", "\(claim.controlNumber), \(claim.totalCharge.dollars)", .submission)
        case .eligibilityAnswered(let answer): self.init("Eligibility answer", Self.answer(answer), .eligibility)
        case .authorizationAnswered(let answer):
            let number = answer.authorizationNumber.map { ", number \($0)" } ?? ""
            self.init("Authorization answer", "\(answer.standing.words)\(number)", .priorAuthorization)
        case .acknowledged(let word):
            self.init(
                "Acknowledgment (\(word.source.rawValue))",
                "\(word.controlNumber): \(word.outcome.words) (\(word.code))", .submission)
        case .remitted(let remittance): self.init("Remittance", Self.remittance(remittance), .denials)
        case .appealAnswered(let answer):
            self.init(
                "Appeal answered", answer.outcome.words + (answer.reason.map { " (\($0))" } ?? ""), .denials)
        case .reviewed(let claim, let answers):
            self.init(
                "Reviewers answered",
                "about claim \(facts.name(of: claim)): \(answers.analyst.reviewer), \(answers.compliance.reviewer)",
                .submission)
        case .timerFired(let id): self.init("Time has come", facts.purpose(of: id))
        case .resolved(let answer):
            self.init(
                "Answered by \(answer.by)", "“\(answer.resolution.label)”: \(answer.reason)",
                facts.workItem(answer.item)?.item.kind.stage)
        case .undelivered(let send, let failure):
            self.init("Not delivered", "\(facts.words(of: send)): \(failure.words)")
        case .decided(let decision, _):
            self.init(decision.outcome.stage.title, decision.outcome.summary, decision.outcome.stage)
        }
    }

    private static func name(_ provider: Provider) -> String {
        [provider.given, provider.name].compactMap(\.self).joined(separator: " ")
    }

    private static func visit(_ visit: Encounter) -> String {
        var parts: [String] = []
        if let start = visit.start { parts.append("for \(Parts.words(start))") }
        if let attending = visit.attending { parts.append("with \(name(attending))") }
        if let reason = visit.reason { parts.append(reason) }
        return parts.joined(separator: ", ")
    }

    private static func order(_ order: ServiceOrder) -> String {
        let reasons = order.diagnoses.isEmpty ? "" : " for \(order.diagnoses.joined(separator: ", "))"
        return "\(order.procedure) × \(order.units)\(reasons)\(order.urgent ? ", urgent" : "")"
    }

    private static func charges(_ charges: [Charge]) -> String {
        let codes = charges.map { ([$0.procedure] + $0.modifiers).joined(separator: "-") }
        return "\(codes.joined(separator: ", ")): \(charges.map(\.amount).total().dollars)"
    }

    private static func answer(_ answer: EligibilityAnswer) -> String {
        if !answer.rejections.isEmpty {
            return "refused by \(answer.payerName), reason \(answer.rejections.map(\.reason).joined(separator: ", "))"
        }
        let others = answer.otherPayers.compactMap(\.relatedPayer)
        return "\(answer.payerName), \(Words.count(answer.benefits.count, "benefit", "benefits"))"
            + (others.isEmpty ? "" : "; another payer is named: \(others.joined(separator: ", "))")
    }

    private static func remittance(_ remittance: ClaimRemittance) -> String {
        let adjustments = (remittance.adjustments + remittance.lines.flatMap(\.adjustments)).map {
            "\($0.group)-\($0.reason) \($0.amount.dollars)"
        }
        return "\(remittance.controlNumber): paid \(remittance.paid.dollars) of \(remittance.charge.dollars)"
            + (adjustments.isEmpty ? "" : " (\(adjustments.joined(separator: ", ")))")
    }
}

extension Resolution {
    /// The answer in words, with what was entered with it.
    var label: String {
        switch self {
        case .eligibility(let answer): answer.label
        case .authorization(.obtained(let number)): "Authorization was obtained: number \(number)"
        case .authorization(let answer): answer.label
        case .documentation(let answer): answer.label
        case .submission(let answer): answer.label
        case .denials(let answer): answer.label
        }
    }
}

extension AuthorizationAnswer.Standing {
    fileprivate var words: String {
        switch self {
        case .approved: "approved"
        case .modified: "approved with changes"
        case .partial: "approved in part"
        case .pended: "pended"
        case .denied: "denied"
        case .cancelled: "cancelled"
        case .unknown: "not known here"
        }
    }
}

extension ClaimAcknowledgement.Outcome {
    var words: String {
        switch self {
        case .received: "received"
        case .accepted: "accepted by payer"
        case .rejected: "rejected by payer"
        case .other: "another status"
        }
    }
}

extension AppealAnswer.Outcome {
    fileprivate var words: String {
        switch self {
        case .overturned: "denial overturned"
        case .upheld: "denial upheld"
        }
    }
}
