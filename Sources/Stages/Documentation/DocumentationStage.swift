import Claims
import HealthTypes
import Review

/// Stage 3: what does the chart say of the payer's criteria, what is missing, and does a physician attest it?
///
/// Nothing goes to the payer before a physician has attested the very text that was shown: what goes out begins with
/// that text and adds only who attested it, and when.
public enum DocumentationStage {
    public static func decide(
        _ facts: CaseFacts, on trigger: Trigger, _ reason: DocumentationReason, basis: Basis, generation: Generation
    ) -> Step {
        let turn = Turn(facts: facts, trigger: trigger, basis: basis, generation: generation)
        switch reason {
        case .pended(let entry): return .decided(pended(turn, entry))
        case .resolved(let item, let resolution): return .decided(resolve(turn, item, resolution))
        }
    }

    // MARK: A pended request

    private static func pended(_ turn: Turn, _ entry: EntryRef) -> StageDecision {
        guard let answer = turn.facts.authorizationAnswer(entry),
            let request = turn.facts.requests.last(where: { $0.terms.identifier == answer.identifier }),
            let subject = subject(of: request, turn.facts)
        else { return decision(turn, .unplaced) }
        // A later answer has its own decision; a reviewer of the payer may have the request without asking for anything.
        guard request.answeredBy == entry, !request.isOrderCancelled, !answer.documentsWanted.isEmpty else {
            return decision(turn, .waits)
        }
        return draft(turn, request, subject, answer, isFinal: false)
    }

    /// Whom and what a letter is about.
    private static func subject(of request: RequestRecord, _ facts: CaseFacts) -> LetterSubject? {
        guard let order = facts.order(request.terms.order), let patient = facts.patient else { return nil }
        let known = facts.coverages.first { $0.payerID == request.terms.payerID } ?? facts.primaryCoverage
        guard let coverage = known else { return nil }
        return LetterSubject(terms: request.terms, order: order, patient: patient, coverage: coverage)
    }

    /// Reads the chart and drafts the letter; where a criterion has no answer and `isFinal` is false, asks for documents
    /// instead.
    private static func draft(
        _ turn: Turn, _ request: RequestRecord, _ subject: LetterSubject, _ answer: AuthorizationAnswer, isFinal: Bool
    ) -> StageDecision {
        let facts = turn.facts
        let book = turn.engines.policies
        let asked = subject.terms.items.first
        let requirement = book.requirements.first {
            $0.payerID == subject.terms.payerID && $0.procedure == asked?.procedure
        }
        let document = requirement.flatMap { book.document($0.policy) }
        // What the payer names rules; where it names nothing that is known, its published policy does.
        let known = answer.documentsWanted.filter { book.criteria[$0] != nil }
        let criteria = (known.isEmpty ? requirement?.criteria ?? [] : known).compactMap { book.criteria[$0] }
        let findings = criteria.map { EvidenceFinder.find($0, in: facts.chart) }
        let necessity = asked.map {
            MedicalNecessity(
                $0.procedure, units: $0.units, diagnoses: subject.order.diagnoses, patient: subject.patient,
                chart: facts.chart, on: $0.from, engines: turn.engines)
        }
        let unanswered = isFinal ? [] : findings.filter { $0.answer == .unknown }

        var decision = decision(turn, unanswered.isEmpty ? .drafted : .gaps)
        decision.citations = document.map { [$0.citation] } ?? []
        decision.criteria = findings
        decision.add(findings.map { check($0) } + (necessity?.checks() ?? []))
        // An earlier draft, or what was asked for it, is out of date.
        decision.workItems += facts.openItems {
            if case .documentation(let work) = $0 { work.request == request.ref } else { false }
        }.map { .withdrawn($0) }
        if unanswered.isEmpty {
            let letter = NecessityLetter.draft(
                subject, findings, necessity,
                policy: document.map { "\($0.citation.id) version \($0.citation.version)" }, on: turn.basis.at.date)
            let ref = DocumentRef(entry: facts.nextEntry.sequence, number: decision.documents.count)
            decision.documents.append(letter)
            decision.workItems.append(.opened(attestation(ref, letter, findings, request.ref, turn)))
        } else {
            decision.workItems += unanswered.map { .opened(gap($0, request.ref, turn)) }
        }
        return decision
    }

    private static func check(_ finding: CriterionFinding) -> Check {
        let answer: Check.Answer =
            switch finding.answer {
            case .met: .passed
            case .notMet: .failed
            case .unknown: .unknown
            }
        return Check(
            id: "criterion.\(finding.criterion)", title: finding.question, answer: answer, severity: .hold,
            message: answer == .unknown ? "The chart does not say, or says both." : "See the evidence named.",
            evidenceToChange: answer == .passed ? [] : [finding.ask], basis: finding.evidence.map(\.resource))
    }

    private static func gap(_ finding: CriterionFinding, _ request: RequestRef, _ turn: Turn) -> WorkItem {
        WorkItem(
            .documentation(.gap(request, criterion: finding.criterion)), reason: [finding.question],
            evidence: finding.evidence.map { "\($0.supports ? "For" : "Against"): \($0.resource)" } + [
                "Wanted: \(finding.ask)"
            ], deadline: turn.visitDeadline, amount: amount(request, turn.facts))
    }

    /// What speaks against the request comes first: who attests the letter must have seen it.
    private static func attestation(
        _ ref: DocumentRef, _ letter: SupportingDocument, _ findings: [CriterionFinding], _ request: RequestRef,
        _ turn: Turn
    ) -> WorkItem {
        let warnings: [String] = findings.compactMap { finding in
            switch finding.answer {
            case .met: nil
            case .notMet: "The chart speaks against criterion \(finding.criterion)."
            case .unknown:
                finding.evidence.isEmpty
                    ? "The chart does not answer criterion \(finding.criterion)."
                    : "The chart speaks for and against criterion \(finding.criterion)."
            }
        }
        return WorkItem(
            .documentation(.attest(request)),
            reason: warnings + ["A physician must read the letter and attest it before it goes to the payer."],
            evidence: findings.map { "\($0.criterion): \($0.answer.words)" } + ["Letter \(letter.digest.short)"],
            deadline: turn.visitDeadline, amount: amount(request, turn.facts), document: ref)
    }

    private static func amount(_ request: RequestRef, _ facts: CaseFacts) -> Money {
        let procedures = facts.request(request)?.terms.items.map(\.procedure) ?? []
        return facts.charges.filter { procedures.contains($0.procedure) }.map(\.amount).total()
    }

    // MARK: A person's answer

    private static func resolve(
        _ turn: Turn, _ id: WorkItemID, _ resolution: DocumentationResolution
    ) -> StageDecision {
        guard let record = turn.facts.workItem(id), case .documentation(let work) = record.item.kind,
            let request = turn.facts.request(work.request), request.standing == .pended, !request.isOrderCancelled
        else { return decision(turn, .unplaced) }
        switch (work, resolution) {
        case (.gap, .supplied), (.gap, .notAvailable): return afterGap(turn, record, request)
        case (.attest, .attest): return send(turn, record, request)
        case (.attest, .decline): return decision(turn, .declined)
        case (.gap, .attest), (.gap, .decline), (.attest, .supplied), (.attest, .notAvailable):
            var decision = decision(turn, .unplaced)
            decision.open(record.item, in: turn.facts)
            return decision
        }
    }

    /// The chart is read again once every gap that was opened together has an answer; a criterion that is still unknown
    /// then goes out as such, where a physician attests that letter.
    private static func afterGap(_ turn: Turn, _ record: WorkItemRecord, _ request: RequestRecord) -> StageDecision {
        let isOpen = turn.facts.workItems.contains { other in
            guard other.isOpen, other.id.entry == record.id.entry, case .documentation(.gap) = other.item.kind else {
                return false
            }
            return true
        }
        if isOpen { return decision(turn, .gaps) }
        guard let answer = request.answer, let subject = subject(of: request, turn.facts) else {
            return decision(turn, .unplaced)
        }
        return draft(turn, request, subject, answer, isFinal: true)
    }

    private static func send(_ turn: Turn, _ record: WorkItemRecord, _ request: RequestRecord) -> StageDecision {
        let facts = turn.facts
        // The letter is the one that the item's own decision drafted, its text is what its digest says, and it goes out
        // once.
        guard let ref = record.item.document, ref.entry == record.id.entry, let shown = facts.document(ref),
            shown.digest == Digest(of: shown.text), case .answered(let answer, let at) = record.state,
            answer.resolution == .documentation(.attest), !isSent(record.id, facts)
        else { return decision(turn, .unplaced) }
        var decision = decision(turn, .sent)
        decision.documents = [NecessityLetter.attested(shown, by: answer.by, on: at.date)]
        decision.citations = facts.decisions.last { $0.entry.sequence == ref.entry }?.decision.citations ?? []
        var terms = request.terms
        terms.version += 1
        terms.documents = [DocumentRef(entry: facts.nextEntry.sequence, number: 0)]
        decision.sends = [PriorAuthorizationStage.send(terms, turn)]
        return decision
    }

    private static func isSent(_ item: WorkItemID, _ facts: CaseFacts) -> Bool {
        facts.decisions.contains {
            $0.reason == .documentation(.resolved(item, .attest)) && $0.decision.outcome == .documentation(.sent)
        }
    }

    private static func decision(_ turn: Turn, _ outcome: DocumentationOutcome) -> StageDecision {
        var decision = StageDecision(turn.trigger, .documentation(outcome))
        decision.alsoSettles = turn.sameTriggers
        return decision
    }
}
