import Claims
import HealthTypes
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

    init(_ event: CaseEvent) {
        switch event {
        case .scheduled(let visit): self.init("Appointment", Self.visit(visit), .eligibility)
        case .checkedIn(let visit):
            self.init("Checked in", visit.attending.map { "Seen by \(Self.name($0))" } ?? "", .eligibility)
        case .visitUpdated(let visit): self.init("Visit updated", Self.visit(visit), .eligibility)
        case .covered(let coverages):
            let plans = coverages.map { "\($0.payerName.isEmpty ? $0.payerID : $0.payerName), member \($0.memberID)" }
            self.init("Cover on file", plans.joined(separator: "; then "), .eligibility)
        case .ordered(let order): self.init("Service ordered", Self.order(order), .priorAuthorization)
        case .orderCancelled(let number): self.init("Order cancelled", number, .priorAuthorization)
        case .charted(let items):
            self.init("Chart received", Words.count(items.count, "item", "items"), .documentation)
        case .charged(let charges): self.init("Charges posted", Self.charges(charges), .submission)
        case .claimReceived(let claim):
            self.init("Claim received", "\(claim.controlNumber), \(claim.totalCharge.dollars)", .submission)
        case .eligibilityAnswered(let answer): self.init("Eligibility answer", Self.answer(answer), .eligibility)
        case .authorizationAnswered(let answer):
            let number = answer.authorizationNumber.map { ", number \($0)" } ?? ""
            self.init("Authorization answer", answer.standing.rawValue + number, .priorAuthorization)
        case .acknowledged(let word):
            self.init(
                "Acknowledged by \(word.source.rawValue)",
                "\(word.controlNumber): \(word.outcome.rawValue) (\(word.code))",
                .submission)
        case .remitted(let remittance): self.init("Remittance", Self.remittance(remittance), .denials)
        case .appealAnswered(let answer): self.init("Appeal answered", answer.outcome.rawValue, .denials)
        case .timerFired(let name): self.init("Timer", name.replacing("-", with: " "))
        case .taskResolved(let resolution):
            self.init("Answered by \(resolution.by)", "“\(resolution.answer)”: \(resolution.reason)")
        case .decided(let decision):
            self.init(decision.occasion.stage.title, decision.summary, decision.occasion.stage)
        case .deliveryFailed(let failure):
            self.init(
                "Not delivered",
                "\(failure.kind) \(failure.key), given up after \(Words.count(failure.attempts, "attempt", "attempts"))"
            )
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

extension Effect {
    /// What a decision ordered, in words.
    var words: String {
        switch self {
        case .inquireEligibility(let inquiry):
            "Ask \(inquiry.payerName) about the cover on \(inquiry.serviceDate) (270)"
        case .requestAuthorization(let request):
            "Ask \(request.payerName) for authorization of "
                + request.items.map { "\($0.procedure) × \($0.units)" }.joined(separator: ", ")
                + (request.version > 1 ? ", version \(request.version)" : "") + " (PAS)"
        case .submitClaim(let claim):
            "Send claim \(claim.controlNumber), \(claim.totalCharge.dollars), to "
                + "\(claim.payer?.payerName ?? "the payer") (837P)"
        case .sendAppeal(let appeal):
            "Send an appeal of \(appeal.adjustment), \(appeal.amount.dollars), level \(appeal.level)"
        case .writeBack(let resource): "Write a \(resource["resourceType"]?.string ?? "resource") back to the EHR"
        case .openTask(let draft): "Put a question to a person: \(draft.title)"
        case .withdrawTask(let key): "Withdraw the question \(Words.taskKind(String(key.prefix { $0 != ":" })))"
        case .setTimer(let name, let due): "Look again at \(Parts.words(due)) (\(name.replacing("-", with: " ")))"
        case .recordClaim(let claim, let state): "Keep claim \(claim.controlNumber) in the history as \(state)"
        case .learn(let lines): "Count \(Words.count(lines.count, "line", "lines")) in the denial patterns"
        }
    }
}
