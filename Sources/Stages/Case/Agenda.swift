import Claims
import HealthTypes

/// Which stage must decide next, and why. A pure function of the facts: the same journal gives the same agenda, so a
/// restart finds its place without having kept it.
public enum Agenda {
    /// The first occasion that is due and undecided; nil where the case waits for the world.
    public static func next(_ facts: CaseFacts) -> Occasion? {
        for occasion in eligibility(facts) + authorization(facts) + documentation(facts) + submission(facts)
            + denials(facts)
        where !facts.hasDecided(occasion) {
            return occasion
        }
        return nil
    }

    // MARK: Eligibility: at scheduling, 48 hours before the visit, at check-in, and for claims made elsewhere

    private static func eligibility(_ facts: CaseFacts) -> [Occasion] {
        var occasions: [Occasion] = []
        if facts.isScheduled { occasions.append(Occasion(.eligibility, "ask:scheduling")) }
        if facts.firedTimers.contains(EligibilityStage.visitTimer) {
            occasions.append(Occasion(.eligibility, "ask:48-hours"))
        }
        if facts.isCheckedIn { occasions.append(Occasion(.eligibility, "ask:check-in")) }
        if facts.encounter == nil, !facts.receivedClaims.isEmpty {
            occasions.append(Occasion(.eligibility, "ask:claim"))
        }
        for timer in facts.firedTimers where timer.hasPrefix(EligibilityStage.retryTimer) {
            occasions.append(Occasion(.eligibility, "ask:\(timer)"))
        }
        for resolution in facts.resolutions
        where resolution.kind.hasPrefix("eligibility.") && resolution.answer == "corrected" {
            occasions.append(Occasion(.eligibility, "ask:\(resolution.taskID)"))
        }
        for index in facts.eligibility.indices { occasions.append(Occasion(.eligibility, "answer:\(index + 1)")) }
        return occasions
    }

    /// Whether an inquiry is on its way whose answer has not come and which has not been given up, or the payer is to be
    /// asked again.
    static func awaitsEligibility(_ facts: CaseFacts) -> Bool {
        facts.decisions(of: .eligibility).flatMap(\.effects).contains { effect in
            switch effect {
            case .inquireEligibility(let inquiry):
                !facts.eligibility.contains { $0.trace == inquiry.trace }
                    && !facts.failures.contains { $0.key == inquiry.trace }
            case .setTimer(let name, _):
                name.hasPrefix(EligibilityStage.retryTimer) && !facts.firedTimers.contains(name)
            default: false
            }
        }
    }

    // MARK: Prior authorization: once the cover is known, for each order; then each answer

    private static func authorization(_ facts: CaseFacts) -> [Occasion] {
        var occasions: [Occasion] = []
        if !facts.decisions(of: .eligibility).isEmpty, !awaitsEligibility(facts) {
            occasions += facts.orders.map { Occasion(.priorAuthorization, "order:\($0.number)") }
        }
        if facts.verifiedEligibility?.status == .active {
            // What waited for the cover to be settled is taken up.
            occasions += facts.orders.filter { order in
                facts.decisions.contains {
                    $0.occasion == Occasion(.priorAuthorization, "order:\(order.number)") && $0.outcome == "waits"
                }
            }.map { Occasion(.priorAuthorization, "order-again:\($0.number)") }
        }
        for index in facts.authorizations.indices {
            occasions.append(Occasion(.priorAuthorization, "answer:\(index + 1)"))
        }
        for timer in facts.firedTimers where timer.hasPrefix(PriorAuthorizationStage.dueTimer) {
            occasions.append(
                Occasion(.priorAuthorization, "due:\(timer.dropFirst(PriorAuthorizationStage.dueTimer.count))"))
        }
        for resolution in facts.resolutions where resolution.kind == "authorization.denied" {
            occasions.append(Occasion(.priorAuthorization, "task:\(resolution.taskID)"))
        }
        return occasions
    }

    // MARK: Documentation: for each pended answer; then each attestation or closed gap

    private static func documentation(_ facts: CaseFacts) -> [Occasion] {
        var occasions: [Occasion] = []
        for (index, answer) in facts.authorizations.enumerated()
        where answer.standing == .pended && facts.hasDecided(Occasion(.priorAuthorization, "answer:\(index + 1)")) {
            occasions.append(Occasion(.documentation, "pended:\(index + 1)"))
        }
        for resolution in facts.resolutions where resolution.kind.hasPrefix("documentation.") {
            occasions.append(Occasion(.documentation, "task:\(resolution.taskID)"))
        }
        return occasions
    }

    // MARK: Submission: once charges are in; then acknowledgements, answers of people, corrections

    private static func submission(_ facts: CaseFacts) -> [Occasion] {
        var occasions: [Occasion] = []
        if !awaitsEligibility(facts) {
            if let visit = facts.encounter?.visitNumber, !facts.charges.isEmpty {
                occasions.append(Occasion(.submission, "claim:\(visit)-1"))
            }
            occasions += facts.receivedClaims.map { Occasion(.submission, "claim:\($0.controlNumber)") }
        }
        if let late = lateCharges(facts) { occasions.append(Occasion(.submission, "late-charges:\(late)")) }
        for index in facts.acknowledgements.indices {
            occasions.append(Occasion(.submission, "acknowledgement:\(index + 1)"))
        }
        for timer in facts.firedTimers where timer.hasPrefix(SubmissionStage.silenceTimer) {
            occasions.append(Occasion(.submission, "silence:\(timer.dropFirst(SubmissionStage.silenceTimer.count))"))
        }
        for resolution in facts.resolutions
        where resolution.kind.hasPrefix("claim.") || resolution.kind == "denial.corrected-claim" {
            occasions.append(Occasion(.submission, "task:\(resolution.taskID)"))
        }
        return occasions
    }

    /// How many charges there are now, where some came after the claim had been made.
    private static func lateCharges(_ facts: CaseFacts) -> Int? {
        guard let visit = facts.encounter?.visitNumber,
            let made = facts.decisions.first(where: { $0.occasion == Occasion(.submission, "claim:\(visit)-1") }),
            let lines = made.handoff?["line_count"]?.integer, facts.charges.count > lines
        else { return nil }
        return facts.charges.count
    }

    // MARK: Denials: each remittance, each answer to an appeal, each answer of a person

    private static func denials(_ facts: CaseFacts) -> [Occasion] {
        var occasions = facts.remittances.indices.map { Occasion(.denials, "remittance:\($0 + 1)") }
        occasions += facts.appealAnswers.indices.map { Occasion(.denials, "appeal:\($0 + 1)") }
        for resolution in facts.resolutions
        where resolution.kind.hasPrefix("denial.") && resolution.kind != "denial.corrected-claim" {
            occasions.append(Occasion(.denials, "task:\(resolution.taskID)"))
        }
        return occasions
    }
}
