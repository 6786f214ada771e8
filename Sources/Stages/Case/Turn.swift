import Claims
import HealthTypes
import Review

/// All that one decision of a stage rests on.
struct Turn {
    let facts: CaseFacts
    let trigger: Trigger
    let basis: Basis
    let generation: Generation

    var engines: Engines { generation.engines }

    /// Until when a person should answer what hangs on the visit: its start; where that has passed, a day from now.
    var visitDeadline: Instant? {
        guard let start = facts.encounter?.start else { return nil }
        return start > basis.at ? start : basis.at.adding(days: 1)
    }

    /// Pending triggers for the same reason: one decision does for all of them.
    var sameTriggers: [TriggerID] {
        facts.pending.filter { $0.id != trigger.id && $0.reason == trigger.reason }.map(\.id)
    }

    var patternChecks: [Check] { basis.patternChecks }

    /// The organization that bills and the payer's denial patterns, as far as they are still to be looked up.
    func missing(payerID: String, procedures: [String]) -> [Question] {
        var questions: [Question] = []
        if basis.billing == nil { questions.append(.billing) }
        if !procedures.isEmpty, basis.denialPatterns == nil {
            questions.append(.denialPatterns(payerID: payerID, procedures: procedures))
        }
        return questions
    }
}

extension Basis {
    /// What the payer denied before, as checks that warn and stop nothing: it is shown, not judged.
    var patternChecks: [Check] {
        (denialPatterns ?? []).map { pattern in
            let reason = "\(pattern.group)-\(pattern.reason)"
            return Check(
                id: "pattern.\(reason)", title: "Denied before by this payer", answer: .failed, severity: .warn,
                message: pattern.line, predicts: [reason], basis: ["denial patterns of this site"])
        }
    }
}

extension CaseFacts {
    /// Every procedure that was ordered, charged or claimed, each once.
    var procedures: [String] {
        let claimed = claims.filter { $0.origin == .received }.flatMap(\.claim.lines)
        return Set(orders.map(\.procedure) + charges.map(\.procedure) + claimed.map(\.procedure)).sorted()
    }
}

extension StageDecision {
    /// Opens a work item, unless one of the same kind is open.
    mutating func open(_ item: WorkItem, in facts: CaseFacts) {
        if facts.openItems({ $0 == item.kind }).isEmpty { workItems.append(.opened(item)) }
    }

    mutating func withdraw(in facts: CaseFacts, _ matches: (WorkItemKind) -> Bool) {
        workItems += facts.openItems(matches).map { .withdrawn($0) }
    }

    mutating func cancelTimers(in facts: CaseFacts, _ matches: (TimerPurpose) -> Bool) {
        for timer in facts.timers where timer.purpose.map(matches) ?? false { timers.append(.cancelled(timer.id)) }
    }
}
