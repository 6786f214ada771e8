import Claims
import HealthTypes
import Review

extension EligibilityStage {
    /// Reads a 271. A second answer to one inquiry is read like the first, and the later counts.
    static func read(_ turn: Turn, _ entry: EntryRef) -> StageDecision {
        let facts = turn.facts
        guard let answer = facts.eligibilityAnswer(entry),
            let inquiry = facts.inquiries.last(where: { $0.terms.trace == answer.trace })
        else { return unplaced(turn, "An eligibility answer came that belongs to no inquiry of this visit.") }
        guard let day = facts.serviceDate else {
            return unplaced(turn, "An eligibility answer came, and the date of service is not known.")
        }
        if let coverage = facts.primaryCoverage, !inquiry.asks(coverage, on: day) {
            return outdated(turn, coverage, day)
        }
        if let retry = retry(turn, answer) { return retry }
        let status = answer.status(on: day)
        var decision = decision(turn, outcome(status))
        let findings = findings(answer, status, facts)
        decision.add(findings.map(\.check))
        let settled = findings.map(\.work)
        decision.withdraw(in: facts) { kind in
            guard case .eligibility(let work) = kind else { return false }
            return !settled.contains(work)
        }
        if !facts.isSelfPay {
            for finding in findings {
                decision.open(
                    item(finding.work, [finding.check.message], evidence: evidence(answer), turn), in: facts)
            }
        }
        decision.cancelTimers(in: facts) { $0 == .askAgain }
        if facts.primaryCoverage != nil { decision.sends = [Send(.coverage(entry))] }
        return decision
    }

    private static func outcome(_ status: EligibilityAnswer.Status) -> EligibilityOutcome {
        switch status {
        case .active: .active
        case .inactive: .inactive
        case .notFound: .notFound
        case .unknown: .unclear
        }
    }

    private static func unplaced(_ turn: Turn, _ why: String) -> StageDecision {
        var decision = decision(turn, .unplaced)
        decision.add([check("unplaced", "Answer belongs to an inquiry", .unknown, why)])
        decision.open(item(.unclear, [why], turn), in: turn.facts)
        return decision
    }

    /// The visit was moved, or its coverage changed, after the payer had been asked: the answer verifies nothing.
    private static func outdated(_ turn: Turn, _ coverage: Coverage, _ day: CalendarDate) -> StageDecision {
        let facts = turn.facts
        let isAskedAnew = facts.inquiries.contains { $0.asks(coverage, on: day) && ($0.isOpen || $0.isAnswered) }
        if isAskedAnew || facts.pending.contains(where: { $0.reason.asksEligibility }) {
            return decision(turn, .nothingNew)
        }
        let why = "The payer answered about another day or another coverage than the visit has now: ask again."
        var decision = decision(turn, .unclear)
        decision.add([check("outdated", "Answer is about this visit", .unknown, why)])
        decision.open(item(.unclear, [why], turn), in: facts)
        return decision
    }

    /// AAA04 rules over any policy of ours: only where it allows, and only for a passing fault, is the payer asked
    /// again.
    private static func retry(_ turn: Turn, _ answer: EligibilityAnswer) -> StageDecision? {
        let facts = turn.facts
        guard !facts.isSelfPay, answer.benefits.isEmpty,
            let refusal = answer.rejections.first(where: { ["42", "80"].contains($0.reason) }),
            ["P", "R"].contains(refusal.followUp)
        else { return nil }
        var decision = decision(turn, .retry)
        if facts.timers.contains(where: { $0.purpose == .askAgain }) { return decision }
        let tries = facts.decisions.count { $0.reason == .eligibility(.askAgain) }
        guard tries < maximumRetries else { return nil }
        decision.timers = [.set(.askAgain, due: turn.basis.at.adding(seconds: 600 << tries))]
        return decision
    }

    // MARK: Findings

    /// A check that did not pass, and the question that it puts to a person.
    private struct Finding {
        let work: EligibilityWork
        let check: Check
    }

    private static func findings(
        _ answer: EligibilityAnswer, _ status: EligibilityAnswer.Status, _ facts: CaseFacts
    ) -> [Finding] {
        var found: [Finding] = []
        func add(_ work: EligibilityWork, _ id: String, _ title: String, _ result: Check.Answer, _ message: String) {
            found.append(Finding(work: work, check: check(id, title, result, message)))
        }
        switch status {
        case .active: break
        case .inactive:
            add(.inactive, "inactive", "Coverage active on the day", .failed, "The coverage is not active on the day.")
        case .notFound:
            add(.notFound, "not-found", "Member known to the payer", .failed, "The payer has no such member.")
        case .unknown:
            add(
                .unclear, "unknown", "Coverage active on the day", .unknown,
                "The answer does not say whether the coverage is active.")
        }
        if !answer.otherPayers.isEmpty {
            add(
                .otherPayer, "other-coverage", "No other payer", .failed,
                "The payer names another payer for this patient.")
        }
        if let id = answer.memberID, let ours = facts.primaryCoverage?.memberID, !id.isEmpty, id != ours {
            add(
                .memberIDDiffers, "member-corrected", "Member id as on file", .failed,
                "The payer answers with another member id.")
        }
        return found
    }

    private static func evidence(_ answer: EligibilityAnswer) -> [String] {
        answer.rejections.map { "AAA \($0.reason) in loop \($0.loop), follow-up \($0.followUp)" }
            + answer.otherPayers.map { "EB*R names \($0.relatedPayer ?? "another payer")" }
            + answer.benefits.filter { ["6", "7", "8"].contains($0.information) }.map { "EB01 = \($0.information)" }
            + answer.planDates.map { "Plan date \($0.qualifier): \($0.from)\($0.to.map { " to \($0)" } ?? "")" }
    }
}
