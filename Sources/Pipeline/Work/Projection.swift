import Claims
import HealthTypes
import Review
import Stages
import Store

/// Derives from an entry all that stands outside the journal. The worker calls it when it commits, and `verify` calls it
/// again to compare: whatever it gives follows from the journal alone.
enum Projection {
    /// What an entry adds to the tables, to the keys and to what is shared.
    struct Derived {
        var rows = Rows()
        var binds: [CaseKey] = []
        var raised: Set<SharedKey> = []
    }

    /// Folds an entry in, and derives what it adds.
    ///
    /// The facts are changed in their place. A copy of them as they were would have every list in them that the entry
    /// changes copied, and a case of many entries would cost their square.
    static func fold(
        _ entry: CaseEntry, at time: Instant, into facts: inout CaseFacts
    ) throws(CanonicalFault) -> Derived {
        let before = Before(entry.event, facts)
        facts.apply(entry, at: time)
        return try derive(entry.event, at: time, before, facts)
    }

    /// What a decision's rows take from the facts that it was added to.
    private struct Before {
        var reason: Reason?
        /// The claim that the reason is about, where the decision itself names none.
        var subject: String?
        var isAnySent = false
        /// Claims that the decision changes and that were judged before.
        var judged: Set<ClaimRef> = []

        init(_ event: CaseEvent, _ facts: CaseFacts) {
            guard case .decided(let decision, _) = event else { return }
            reason = facts.pending.first { $0.id == decision.trigger }?.reason
            subject = reason.flatMap(facts.subject)
            isAnySent = facts.claims.contains(where: \.wasSent)
            for case .became(let ref, _) in decision.claims {
                if let record = facts.claim(ref), record.state != .drafted { judged.insert(ref) }
            }
        }
    }

    /// - Parameter after: the facts with the entry.
    private static func derive(_ event: CaseEvent, at time: Instant, _ before: Before, _ after: CaseFacts)
        throws(CanonicalFault) -> Derived
    {
        var derived = Derived()
        switch event {
        case .decided(let decision, let basis):
            let entry = after.sequence
            derived.rows.decisions = [decisionRow(decision, basis, entry, before)]
            derived.rows.findings = findings(decision, entry, before, after)
            derived.rows.postings = postings(decision, entry, basis.at, after)
            derived.rows.adjudicated = adjudicated(decision, entry)
            changes(of: decision, before, after, into: &derived)
            try sends(of: decision, entry, basis.at, after, into: &derived)
            work(decision, entry, basis.at, into: &derived)
        case .resolved(let answer):
            derived.rows.workEnded = [
                WorkEndRow(
                    entry: answer.item.entry, number: answer.item.number, state: .answered, endedAt: time,
                    by: answer.by)
            ]
        default: break
        }
        return derived
    }

    private static func decisionRow(_ decision: StageDecision, _ basis: Basis, _ entry: Int, _ before: Before)
        -> DecisionRow
    {
        DecisionRow(
            entry: entry, stage: decision.outcome.stage.rawValue,
            reason: before.reason?.tag ?? "", outcome: decision.outcome.tag, madeAt: basis.at,
            generation: basis.generation)
    }

    private static func findings(_ decision: StageDecision, _ entry: Int, _ before: Before, _ after: CaseFacts)
        -> [FindingRow]
    {
        let subject = subject(of: decision, before, after)
        return decision.findings.enumerated().map { number, check in
            FindingRow(
                entry: entry, number: number, stage: decision.outcome.stage.rawValue, checkID: check.id,
                answer: check.answer.rawValue, stops: check.stops, afterSending: before.isAnySent,
                controlNumber: subject ?? "")
        }
    }

    /// The control number of the claim that a decision is about.
    private static func subject(of decision: StageDecision, _ before: Before, _ after: CaseFacts) -> String? {
        for change in decision.claims.reversed() {
            if case .became(let ref, _) = change { return after.claim(ref)?.claim.controlNumber }
        }
        if let posting = decision.postings.first { return after.claim(posting.claim)?.claim.controlNumber }
        return before.subject
    }

    private static func postings(_ decision: StageDecision, _ entry: Int, _ at: Instant, _ after: CaseFacts)
        -> [PostingRow]
    {
        decision.postings.enumerated().map { number, posting in
            PostingRow(
                entry: entry, number: number, at: at,
                controlNumber: after.claim(posting.claim)?.claim.controlNumber ?? "", payerID: posting.payerID,
                charge: posting.charge, paid: posting.paid, patient: posting.patient, contractual: posting.contractual,
                denied: posting.denied, writtenOff: posting.writtenOff, isFollowUp: posting.isFollowUp)
        }
    }

    private static func adjudicated(_ decision: StageDecision, _ entry: Int) -> [AdjudicatedRow] {
        var rows: [AdjudicatedRow] = []
        for (index, line) in decision.adjudicated.enumerated() {
            func add(_ denial: Adjustment?) {
                rows.append(
                    AdjudicatedRow(
                        entry: entry, number: rows.count, payerID: line.payerID, procedure: line.procedure,
                        modifiers: line.modifiers, line: index, group: denial?.group, reason: denial?.reason,
                        amount: denial?.amount ?? .zero))
            }
            if line.denials.isEmpty { add(nil) } else { for denial in line.denials { add(denial) } }
        }
        return rows
    }

    // MARK: Claims

    private static func changes(
        of decision: StageDecision, _ before: Before, _ after: CaseFacts, into derived: inout Derived
    ) {
        for change in decision.claims {
            guard case .became(let ref, let state) = change, let record = after.claim(ref) else { continue }
            derived.raised.formUnion(SharedKey.keys(of: record.claim))
            // A claim has its lines among the others' from when it was first judged.
            if before.judged.contains(ref) {
                derived.rows.claimStates.append(
                    ClaimStateRow(claimEntry: ref.entry, claimNumber: ref.number, state: state.rawValue))
            } else {
                derived.rows.claimLines += lines(record, state: state, of: after.number)
            }
            if !record.claim.controlNumber.isEmpty {
                derived.binds.append(CaseKey(.claim, record.claim.controlNumber))
            }
        }
    }

    private static func lines(_ record: ClaimRecord, state: ClaimState, of number: CaseNumber) -> [ClaimLineRow] {
        let claim = record.claim
        let isOriginal =
            switch record.origin {
            case .charges, .received: claim.frequency == Claim.originalFrequency
            case .replaces: false
            }
        return claim.lines.enumerated().map { index, line in
            ClaimLineRow(
                caseNumber: number, claimEntry: record.ref.entry, claimNumber: record.ref.number, line: index + 1,
                controlNumber: claim.controlNumber, isOriginal: isOriginal, payerID: claim.payer?.payerID ?? "",
                memberID: claim.payer?.memberID ?? "", billingNPI: claim.billing.npi,
                renderingNPI: (line.rendering ?? claim.rendering)?.npi, serviceDate: line.from,
                procedure: line.procedure, modifiers: line.modifiers, charge: line.charge, units: line.wholeUnits ?? 0,
                authorization: claim.priorAuthorization, state: state.rawValue)
        }
    }

    // MARK: Sends and work

    private static func sends(
        of decision: StageDecision, _ entry: Int, _ at: Instant, _ after: CaseFacts, into derived: inout Derived
    ) throws(CanonicalFault) {
        for (number, send) in decision.sends.enumerated() {
            let id = SendID(entry: entry, number: number)
            guard let draft = try Draft(send, id, at: at, after) else { continue }
            derived.rows.sends.append(
                SendRow(
                    entry: entry, number: number, lane: draft.lane, body: draft.body, orderedAt: at,
                    afterEntry: send.after?.entry, afterNumber: send.after?.number, subject: draft.subject))
            if let key = draft.key { derived.binds.append(key) }
        }
    }

    private static func work(_ decision: StageDecision, _ entry: Int, _ at: Instant, into derived: inout Derived) {
        for (number, change) in decision.workItems.enumerated() {
            switch change {
            case .opened(let item):
                derived.rows.workOpened.append(
                    WorkItemRow(
                        entry: entry, number: number, stage: item.kind.stage.rawValue, kind: item.kind.tag,
                        amount: item.amount, openedAt: at, deadline: item.deadline))
            case .withdrawn(let id):
                derived.rows.workEnded.append(
                    WorkEndRow(entry: id.entry, number: id.number, state: .withdrawn, endedAt: at, by: nil))
            }
        }
    }

    // MARK: The line of the case

    static func summary(of facts: CaseFacts) -> SummaryRow {
        let claim = facts.claims.last
        return SummaryRow(
            title: facts.encounter?.visitNumber ?? claim?.claim.controlNumber ?? facts.number.description,
            stage: facts.decisions.last?.decision.outcome.stage.rawValue ?? "", state: facts.status.rawValue,
            payerID: facts.primaryCoverage?.payerID ?? "", serviceDate: facts.serviceDate,
            charge: claim?.claim.totalCharge ?? facts.charges.map(\.amount).total(),
            paid: facts.postings.map(\.paid).total())
    }
}

extension CaseFacts {
    /// The control number of the claim that a reason is about, where that stands in the payer's words.
    fileprivate func subject(of reason: Reason) -> String? {
        switch reason {
        case .submission(.acknowledged(let entry)):
            acknowledgement(entry).flatMap { claim(controlNumber: $0.controlNumber) }?.claim.controlNumber
        case .denials(.remitted(let entry)): remittance(entry)?.claim.flatMap { claim($0) }?.claim.controlNumber
        default: nil
        }
    }
}
