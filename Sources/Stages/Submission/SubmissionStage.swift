import Claims
public import HealthTypes
public import Review

/// Stage 4: is the claim fit to go out, and what did the payer's front door say?
///
/// Scrub, clinical logic, reviewers, gate: only the gate says whether it goes.
public enum SubmissionStage {
    /// Days after sending by which a 277CA is expected.
    static let daysToAcknowledge = 2
    /// Days that a person's follow-up gives the payer.
    static let daysAfterFollowUp = 5
    /// Days within which a rejected claim should be mended.
    static let daysToMend = 5
    /// After this, reviewers elsewhere count as not answering.
    static let hoursToReview = 1

    public static func decide(
        _ facts: CaseFacts, on trigger: Trigger, _ reason: SubmissionReason, basis: Basis, generation: Generation
    ) -> Step {
        let turn = Turn(facts: facts, trigger: trigger, basis: basis, generation: generation)
        switch reason {
        case .charged: return bill(turn)
        case .received(let ref): return received(turn, ref)
        case .reviewed(let ref, let entry): return reviewed(turn, ref, facts.reviewAnswers(entry))
        case .unreviewed(let ref): return reviewed(turn, ref, nil)
        case .acknowledged(let entry): return .decided(acknowledged(turn, entry))
        case .unacknowledged(let ref): return .decided(unacknowledged(turn, ref))
        case .undelivered(let send): return .decided(undelivered(turn, send))
        case .correct(let item): return correct(turn, item)
        case .resolved(let item, let resolution): return resolved(turn, item, resolution)
        }
    }

    /// What reviewers elsewhere are to be asked of a claim that is in review; nil where the case has no such claim.
    ///
    /// - Parameters:
    ///   - facts: of the case after the decision that asks for the review.
    ///   - basis: of that decision.
    public static func reviewRequest(
        _ ref: ClaimRef, _ facts: CaseFacts, basis: Basis, generation: Generation
    ) -> ReviewRequest? {
        guard let record = facts.claim(ref), record.state == .inReview else { return nil }
        return ClaimFindings(
            record.claim, ref: ref, displacing: facts.replaced(by: record), facts: facts, basis: basis,
            engines: generation.engines
        ).request
    }

    static func decision(_ turn: Turn, _ outcome: SubmissionOutcome) -> StageDecision {
        var decision = StageDecision(turn.trigger, .submission(outcome))
        decision.alsoSettles = turn.sameTriggers
        return decision
    }

    static func step(_ turn: Turn, _ outcome: SubmissionOutcome) -> Step { .decided(decision(turn, outcome)) }

    // MARK: Charges

    /// Makes the claim of all charges that are posted, or says why there is none to make.
    static func bill(_ turn: Turn) -> Step {
        let facts = turn.facts
        if facts.isSelfPay { return step(turn, .selfPay) }
        guard !facts.charges.isEmpty else { return step(turn, .nothingNew) }
        guard let latest = facts.claimsOfCharges.last else {
            // What is missing without a visit is said where the claim is assembled.
            let number = facts.encounter.map { "\($0.visitNumber)-1" } ?? "\(facts.number)-1"
            return make(turn, Plan(number: .first(facts.numbers(from: number))))
        }
        guard facts.charges.count > latest.claim.lines.count else { return step(turn, .nothingNew) }
        if let filed = facts.filedClaimOfCharges { return .decided(lateCharges(turn, filed.ref)) }
        // The payer refused it, or a person decided not to bill it: what holds for the new charges, a person says.
        guard latest.state.isUnsent else { return .decided(lateCharges(turn, latest.ref)) }
        return make(
            turn, Plan(number: .kept(latest.claim.controlNumber), replaces: latest.ref, displaces: [latest.ref]))
    }

    /// Charges that came after the claim had gone out are neither billed in silence nor forgotten.
    private static func lateCharges(_ turn: Turn, _ ref: ClaimRef) -> StageDecision {
        var decision = decision(turn, .lateCharges)
        // One question about all of them.
        decision.withdraw(in: turn.facts) { $0.isLateCharges }
        decision.workItems.append(
            .opened(
                WorkItem(
                    .submission(.lateCharges(ref)),
                    reason: [
                        "Charges came after the claim had been made: replace the claim, or bill them apart."
                    ], evidence: ["\(turn.facts.charges.count) charges are posted now"],
                    amount: turn.facts.charges.map(\.amount).total())))
        return decision
    }

    // MARK: Making a claim

    /// A claim that is to be made of the visit's charges.
    struct Plan {
        var number: NewNumber
        /// CLM05-3.
        var frequency = "1"
        /// REF*F8.
        var originalReference: String?
        var replaces: ClaimRef?
        /// Claims that never went out and whose place it takes: they are void from then on.
        var displaces: [ClaimRef] = []
    }

    static func make(_ turn: Turn, _ plan: Plan) -> Step {
        let number = turn.number(plan.number)
        guard let billing = turn.basis.billing, let number else {
            return .ask((turn.basis.billing == nil ? [.billing] : []) + turn.questions(plan.number))
        }
        let assembled = ClaimAssembly.assemble(turn.facts, controlNumber: number, billing: billing)
        guard var claim = assembled.claim else { return .decided(incomplete(turn, assembled.missing, plan)) }
        claim.frequency = plan.frequency
        claim.originalReference = plan.originalReference
        return judge(turn, claim, .made(replaces: plan.replaces, displaces: plan.displaces))
    }

    private static func incomplete(_ turn: Turn, _ missing: [String], _ plan: Plan) -> StageDecision {
        var decision = decision(turn, .incomplete)
        displace(plan.displaces, turn, &decision)
        decision.withdraw(in: turn.facts) { $0 == .submission(.incomplete) }
        decision.workItems.append(
            .opened(
                WorkItem(
                    .submission(.incomplete),
                    reason: ["No claim can be made yet. Missing: \(missing.joined(separator: ", "))."],
                    amount: turn.facts.charges.map(\.amount).total())))
        return decision
    }

    /// Claims that never went out and will not: nobody need answer for them any more.
    static func displace(_ refs: [ClaimRef], _ turn: Turn, _ decision: inout StageDecision) {
        for ref in refs {
            decision.claims.append(.became(ref, .void))
            for timer in turn.facts.timers {
                guard case .answer(let send) = timer.id, turn.facts.send(send)?.what == .review(ref) else { continue }
                decision.timers.append(.cancelled(timer.id))
            }
        }
        guard !refs.isEmpty else { return }
        decision.withdraw(in: turn.facts) { $0.isHold(of: refs) }
    }

    // MARK: A claim that was made elsewhere

    private static func received(_ turn: Turn, _ ref: ClaimRef) -> Step {
        guard let record = turn.facts.claim(ref), record.state == .drafted else { return step(turn, .nothingNew) }
        return judge(turn, record.claim, .standing(ref))
    }

    // MARK: Reviewers elsewhere

    /// Their answer counts for the claim that they were asked about, as long as it waits for it.
    private static func reviewed(_ turn: Turn, _ ref: ClaimRef, _ answers: ReviewAnswers?) -> Step {
        guard let record = turn.facts.claim(ref), record.state == .inReview else { return step(turn, .nothingNew) }
        return judge(turn, record.claim, .standing(ref), opinions: answers.map { .given($0) } ?? .missing)
    }
}

extension WorkItemKind {
    var isLateCharges: Bool { if case .submission(.lateCharges) = self { true } else { false } }

    /// Whether it asks what shall become of one of these claims, which has not gone out.
    func isHold(of refs: [ClaimRef]) -> Bool {
        switch self {
        case .submission(.held(let ref)), .submission(.blocked(let ref)): refs.contains(ref)
        default: false
        }
    }
}
