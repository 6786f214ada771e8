import Claims
public import HealthTypes
import Review

/// Stage 5: what was paid, what was denied and why, and what is worth doing about it.
public enum DenialsStage {
    /// A lost appeal over more than this is marked as large.
    public static let escalationLimit = Money(cents: 500_000)
    /// Days in which a payer answers an appeal.
    static let daysToAnswerAppeal = 60
    /// Days in which a payer settles a claim that it has accepted, or a denial that it has overturned. Medicare and
    /// Medicaid pay nearly all clean claims within 30 days (42 CFR 422.520, 447.45); commercial payers are given more.
    static let daysToRemit = 45
    /// Days after which a person looks again at what was followed up.
    static let daysAfterFollowUp = 14
    /// Days in which a peer-to-peer review takes place.
    static let daysToPeerReview = 14

    public static func decide(
        _ facts: CaseFacts, on trigger: Trigger, _ reason: DenialsReason, basis: Basis, generation: Generation
    ) -> Step {
        let turn = Turn(facts: facts, trigger: trigger, basis: basis, generation: generation)
        switch reason {
        case .remitted(let entry): return .decided(remitted(turn, entry))
        case .unremitted(let ref): return .decided(unremitted(turn, ref))
        case .appealAnswered(let entry): return .decided(appealAnswered(turn, entry))
        case .unanswered(let send): return .decided(unanswered(turn, send))
        case .undelivered(let send): return .decided(undelivered(turn, send))
        case .resolved(let item, let resolution): return .decided(resolved(turn, item, resolution))
        }
    }

    static func decision(_ turn: Turn, _ outcome: DenialsOutcome) -> StageDecision {
        StageDecision(turn.trigger, .denials(outcome))
    }

    // MARK: A remittance

    private static func remitted(_ turn: Turn, _ entry: EntryRef) -> StageDecision {
        guard let record = turn.facts.remittance(entry) else { return decision(turn, .unplaced) }
        let posting = RemittancePosting(record, turn.facts, policies: turn.engines.policies)
        switch posting.verdict {
        case .duplicate: return decision(turn, .duplicate)
        case .refuse(let refusal): return refused(turn, record, refusal)
        case .post(let claim):
            return record.remittance.isReversal ? reversed(turn, record, claim) : settled(turn, record, claim)
        }
    }

    /// Nothing came since the payer said that it would pay or decide, or what came could not be posted.
    private static func unremitted(_ turn: Turn, _ ref: ClaimRef) -> StageDecision {
        let facts = turn.facts
        guard let claim = facts.claim(ref), claim.state == .accepted || claim.state == .settled,
            facts.successor(of: ref) == nil,
            // It came after the time was over and before this was decided.
            !facts.remittances.contains(where: { $0.claim == ref && $0.entry.sequence > turn.trigger.id.entry })
        else { return decision(turn, .dealtWith) }
        var decision = decision(turn, .unremitted)
        decision.open(
            WorkItem(
                .denials(.unremitted(ref)),
                reason: [
                    "No remittance came in \(daysToRemit) days: ask the payer for the claim's status, and look for its"
                        + " payment."
                ], amount: claim.claim.totalCharge), in: facts)
        return decision
    }

    private static func refused(
        _ turn: Turn, _ record: RemittanceRecord, _ refusal: RemittancePosting.Refusal
    ) -> StageDecision {
        var decision = decision(turn, .notPosted)
        decision.add([
            Check(
                id: refusal.checkID, title: refusal.checkTitle, answer: .failed, severity: .hold,
                message: refusal.message, fix: refusal.advice, evidenceToChange: ["A corrected 835"], basis: ["835"])
        ])
        decision.workItems = [
            .opened(
                WorkItem(
                    .denials(.notPosted(record.entry)), reason: [refusal.message, refusal.advice],
                    evidence: ["Remittance \(record.remittance.trace)"], amount: record.remittance.charge.magnitude))
        ]
        return decision
    }

    /// The payer takes back an earlier payment; what follows it settles the claim anew.
    private static func reversed(_ turn: Turn, _ record: RemittanceRecord, _ claim: ClaimRecord) -> StageDecision {
        var decision = decision(turn, .reversed)
        post(turn, record, claim, &decision)
        // What was to be done about the denials of the payment that is taken back is moot.
        decision.withdraw(in: turn.facts) { $0.isWork(onDenialsOf: claim.ref) || $0 == .denials(.takenBack(claim.ref)) }
        guard !isSettledAnew(claim.ref, turn.facts) else { return decision }
        decision.workItems.append(
            .opened(
                WorkItem(
                    .denials(.takenBack(claim.ref)),
                    reason: ["The payer took its payment back, and no new settlement of the claim has come."],
                    evidence: ["Remittance \(record.remittance.trace)"], amount: record.remittance.paid.magnitude)))
        return decision
    }

    /// Whether a claim that takes this one's place is settled already.
    private static func isSettledAnew(_ ref: ClaimRef, _ facts: CaseFacts) -> Bool {
        facts.claims.contains { other in
            other.ref != ref && facts.chain(to: other.ref).contains(ref)
                && facts.postings.filter { $0.claim == other.ref }.map(\.charge).total() > .zero
        }
    }

    private static func settled(_ turn: Turn, _ record: RemittanceRecord, _ claim: ClaimRecord) -> StageDecision {
        let remittance = record.remittance
        let routing = DenialRouting(remittance, claim: claim.claim, engines: turn.engines)
        var decision = decision(turn, routing.denials.isEmpty ? .paid : .denied)
        decision.add(routing.denials.map(check))
        post(turn, record, claim, &decision)
        decision.adjudicated = adjudicated(remittance, routing.denials)
        // The new settlement is what a payment that was taken back waited for, of this claim or of one that it replaces.
        let settledRefs = turn.facts.chain(to: claim.ref)
        decision.withdraw(in: turn.facts) {
            if case .denials(.takenBack(let ref)) = $0 { settledRefs.contains(ref) } else { false }
        }
        work(turn, routing, remittance, claim, &decision)
        return decision
    }

    /// Enters what the payer did to the claim's money, in the payer's own numbers.
    private static func post(
        _ turn: Turn, _ record: RemittanceRecord, _ claim: ClaimRecord, _ decision: inout StageDecision
    ) {
        let remittance = record.remittance
        let sums = DenialClassification.sums(remittance, tables: turn.engines.tables)
        let isFollowUp =
            remittance.isReversal || claim.claim.frequency != "1"
            || turn.facts.remittances.contains { $0.entry < record.entry && $0.claim == claim.ref }
        decision.postings = [
            Posting(
                claim: claim.ref, payerID: remittance.payerID, charge: remittance.charge, paid: remittance.paid,
                patient: remittance.patientResponsibility, contractual: sums.contractual, denied: sums.denied,
                isFollowUp: isFollowUp)
        ]
        decision.claims = [.became(claim.ref, .settled)]
        // The payer has answered: nobody need ask whether the claim arrived.
        decision.withdraw(in: turn.facts) {
            $0 == .submission(.unacknowledged(claim.ref)) || $0 == .submission(.undelivered(claim.ref))
                || $0 == .denials(.unremitted(claim.ref))
        }
    }

    private static func check(_ denial: ClassifiedDenial) -> Check {
        Check(
            id: denial.adjustment.code, title: denial.meaning, answer: .failed, severity: .warn,
            message: "Root cause: \(denial.category). Route: \(denial.play.route.rawValue).",
            basis: (denial.line > 0 ? ["remittance line \(denial.line)"] : ["claim level"]) + denial.remarks)
    }

    /// Every adjudicated line, so that shares can be told and not only counts.
    private static func adjudicated(_ remittance: ClaimRemittance, _ denials: [ClassifiedDenial]) -> [AdjudicatedLine] {
        remittance.lines.enumerated().map { index, line in
            AdjudicatedLine(
                payerID: remittance.payerID, procedure: line.procedure, modifiers: line.modifiers,
                denials: denials.filter { $0.line == index + 1 }.map(\.adjustment))
        }
    }

    // MARK: Working the denials: one item for each route of a claim

    private static func work(
        _ turn: Turn, _ routing: DenialRouting, _ remittance: ClaimRemittance, _ claim: ClaimRecord,
        _ decision: inout StageDecision
    ) {
        for route in DenialRoute.allCases {
            let group = routing.denials(by: route)
            guard let first = group.first else { continue }
            var evidence = group.map(routing.line)
            var document: DocumentRef?
            let kind: DenialsWork
            switch route {
            case .correctedClaim:
                let suggestions = routing.suggestions(for: group)
                evidence += suggestions.map {
                    "Line \($0.edit.line): add modifier \($0.edit.addModifier)? \($0.question)"
                }
                kind = .correction(claim.ref, suggestions.map(\.edit))
            case .appeal:
                let letter = AppealLetter.draft(
                    first, remittance, claim: claim.claim, level: 1, facts: turn.facts, on: turn.basis.at.date)
                document = decision.draft(letter, in: turn.facts)
                kind = .appeal(claim.ref, level: 1)
            case .review: kind = .review(claim.ref)
            case .writeOff: kind = .writeOff(claim.ref)
            }
            decision.workItems.append(
                .opened(
                    WorkItem(
                        .denials(kind), reason: group.map { "\($0.adjustment.code): \($0.meaning)" },
                        evidence: evidence, deadline: deadline(turn, remittance, level: 1),
                        amount: group.map(\.adjustment.amount).total(), document: document)))
        }
    }

    /// The last day on which an appeal of a level may be filed.
    private static func deadline(_ turn: Turn, _ remittance: ClaimRemittance, level: Int) -> Instant? {
        Instant.endOfDay(
            remittance.paidOn,
            plus: turn.engines.policies.appealWindow(payerID: remittance.payerID, level: level))
    }
}

extension StageDecision {
    /// Adds a document and gives the place that it will have.
    mutating func draft(_ document: SupportingDocument, in facts: CaseFacts) -> DocumentRef {
        documents.append(document)
        return DocumentRef(entry: facts.nextEntry.sequence, number: documents.count - 1)
    }
}

extension WorkItemKind {
    /// Whether it asks what to do about denials of a claim that have not been worked yet.
    func isWork(onDenialsOf ref: ClaimRef) -> Bool {
        switch self {
        case .denials(.correction(let claim, _)), .denials(.appeal(let claim, _)), .denials(.review(let claim)),
            .denials(.writeOff(let claim)):
            claim == ref
        default: false
        }
    }
}

extension Money {
    /// Without its sign.
    var magnitude: Money { isNegative ? -self : self }
}

extension StageDecision {
    /// A settlement of the claim is to come: a person is told where none does.
    mutating func awaitRemittance(of ref: ClaimRef, _ turn: Turn) {
        cancelTimers(in: turn.facts) { $0 == .remittanceDue(ref) }
        timers.append(.set(.remittanceDue(ref), due: turn.basis.at.adding(days: DenialsStage.daysToRemit)))
    }
}
