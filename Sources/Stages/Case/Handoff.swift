import Claims
public import HealthTypes

/// What a stage tells the next, as JSON in the form of the contracts in `docs/contracts`. It is a view of the facts:
/// made where it leaves the program, and kept nowhere.
public enum Handoff {
    /// Nil where the decision hands nothing on.
    public static func json(of record: DecisionRecord, _ facts: CaseFacts, engines: Engines) -> JSON? {
        switch record.reason {
        case .eligibility(let reason): eligibility(record, reason, facts)
        case .authorization(let reason): authorization(record, reason, facts, engines)
        case .documentation(let reason): documentation(record, reason, facts)
        case .submission: submission(record, facts, engines: engines)
        case .denials: denials(record, facts, engines: engines)
        }
    }

    // MARK: Eligibility

    /// `eligibility-handoff`: with every answer of a payer that says something of the coverage.
    private static func eligibility(
        _ record: DecisionRecord, _ reason: EligibilityReason, _ facts: CaseFacts
    ) -> JSON? {
        guard case .answered(let entry) = reason, let status = record.decision.outcome.coverageStatus,
            let answer = facts.eligibilityAnswer(entry),
            let day = facts.inquiries.last(where: { $0.terms.trace == answer.trace })?.terms.serviceDate
        else { return nil }
        return [
            "case_id": .string(facts.number.description), "payer_id": .string(answer.payerID),
            "status": .string(status.rawValue), "service_date": .string(day.description),
            "verified_at": .string(record.at.description), "trace": .string(answer.trace),
            "other_payer": .bool(!answer.otherPayers.isEmpty), "benefits": .array(answer.benefits.map(benefit)),
            "rejections": .array(
                answer.rejections.map {
                    ["loop": .string($0.loop), "reason": .string($0.reason), "follow_up": .string($0.followUp)]
                }),
        ]
    }

    private static func benefit(_ benefit: Benefit) -> JSON {
        .compact([
            "information": .string(benefit.information),
            "service_types": .array(benefit.serviceTypes.map { .string($0) }),
            "level": benefit.level.map { .string($0) }, "period": benefit.period.map { .string($0) },
            "in_network": benefit.inNetwork.map { .string($0) },
            "amount": benefit.amount.map { .string($0.description) },
            "percent": benefit.percent.map { .string($0) },
            "authorization_required": benefit.authorizationRequired.map { .string($0) },
        ])
    }

    // MARK: Prior authorization

    /// `prior-authorization-handoff`: with every order that was judged and every answer of a payer.
    private static func authorization(
        _ record: DecisionRecord, _ reason: AuthorizationReason, _ facts: CaseFacts, _ engines: Engines
    ) -> JSON? {
        guard case .authorization(let outcome) = record.decision.outcome else { return nil }
        switch reason {
        case .ordered(let key):
            guard let order = order(key, facts), let payerID = payerID(record, key, facts) else { return nil }
            switch outcome {
            case .notRequired: return authorization(facts, order, payerID, required: "no", standing: "not_required")
            case .needUnknown: return authorization(facts, order, payerID, required: "unknown", standing: "unknown")
            case .requested: return authorization(facts, order, payerID, required: "yes", standing: "requested")
            case .waits:
                let required = (order.requestedFor ?? facts.serviceDate).map { day in
                    engines.policies.need(
                        payerID: payerID, procedure: order.procedure, units: order.units, on: day
                    ).words
                }
                return authorization(facts, order, payerID, required: required ?? "unknown", standing: "unknown")
            case .notAsked, .nothingNew, .approved, .modified, .partial, .pended, .denied, .cancelled, .unclear,
                .overdue, .unanswered, .undelivered, .notRendered, .followedUp, .orderCancelled, .unplaced:
                return nil
            }
        case .answered(let entry):
            // What could not be assigned, or answers an earlier version, says nothing of the order.
            guard outcome != .unplaced, let answer = facts.authorizationAnswer(entry),
                let request = facts.requests.last(where: { $0.terms.identifier == answer.identifier }),
                let order = order(request.terms.order, facts)
            else { return nil }
            return authorization(
                facts, order, request.terms.payerID, required: "yes", standing: answer.standing.rawValue,
                answer: answer)
        case .orderCancelled, .overdue, .unanswered, .undelivered, .resolved: return nil
        }
    }

    private static func order(_ key: OrderKey, _ facts: CaseFacts) -> ServiceOrder? {
        facts.order(key) ?? facts.cancelledOrders.last { $0.number == key.number }
    }

    /// The payer that was asked; where none was, the one that would be.
    private static func payerID(_ record: DecisionRecord, _ key: OrderKey, _ facts: CaseFacts) -> String? {
        for send in record.decision.sends {
            if case .authorization(let terms) = send.what { return terms.payerID }
        }
        return facts.primaryCoverage?.payerID
    }

    private static func authorization(
        _ facts: CaseFacts, _ order: ServiceOrder, _ payerID: String, required: String, standing: String,
        answer: AuthorizationAnswer? = nil
    ) -> JSON {
        .compact([
            "case_id": .string(facts.number.description), "order_number": .string(order.number),
            "payer_id": .string(payerID), "procedure": .string(order.procedure), "units": JSON(order.units),
            "required": .string(required), "standing": .string(standing),
            "request_id": answer.map { .string($0.identifier) },
            "authorization_number": answer?.authorizationNumber.map { .string($0) },
            "documents_wanted": answer.map { .array($0.documentsWanted.map { .string($0) }) },
        ])
    }

    // MARK: Documentation

    /// `documentation-handoff`: with a drafted letter, and again with who attested it. The digest is of the text that was
    /// shown.
    private static func documentation(
        _ record: DecisionRecord, _ reason: DocumentationReason, _ facts: CaseFacts
    ) -> JSON? {
        guard case .documentation(let outcome) = record.decision.outcome else { return nil }
        switch outcome {
        case .drafted:
            guard let letter = record.decision.documents.first,
                let request = attestedRequest(of: record, facts)
            else { return nil }
            return documentation(facts, request, letter, record.decision.criteria, nil)
        case .sent:
            guard case .resolved(let id, _) = reason, let item = facts.workItem(id), let ref = item.item.document,
                let letter = facts.document(ref), case .answered(let answer, let at) = item.state,
                case .documentation(let work) = item.item.kind, let request = facts.request(work.request),
                let drafted = facts.decisions.last(where: { $0.entry.sequence == ref.entry })
            else { return nil }
            return documentation(facts, request, letter, drafted.decision.criteria, (answer.by, at))
        case .waits, .gaps, .declined, .unplaced: return nil
        }
    }

    private static func attestedRequest(of record: DecisionRecord, _ facts: CaseFacts) -> RequestRecord? {
        for case .opened(let item) in record.decision.workItems {
            if case .documentation(.attest(let ref)) = item.kind { return facts.request(ref) }
        }
        return nil
    }

    private static func documentation(
        _ facts: CaseFacts, _ request: RequestRecord, _ letter: SupportingDocument, _ criteria: [CriterionFinding],
        _ attested: (by: String, at: Instant)?
    ) -> JSON {
        [
            "case_id": .string(facts.number.description), "request_id": .string(request.terms.identifier),
            "order_number": .string(request.terms.order.number), "letter_digest": .string(letter.digest.hex),
            "attested_by": attested.map { .string($0.by) } ?? .null,
            "attested_at": attested.map { .string($0.at.description) } ?? .null,
            "criteria": .array(
                criteria.map { finding in
                    [
                        "id": .string(finding.criterion), "answer": .string(finding.answer.rawValue),
                        "evidence": .array(finding.evidence.map(evidence)),
                    ]
                }),
        ]
    }

    private static func evidence(_ evidence: CriterionFinding.Evidence) -> JSON {
        .compact([
            "resource": .string(evidence.resource), "date": evidence.date.map { .string($0.description) },
            "quote": .string(evidence.quote), "offset": evidence.offset.map { JSON($0) },
            "supports": .bool(evidence.supports),
        ])
    }
}

extension PolicyBook.Need {
    /// As the contract has it.
    fileprivate var words: String {
        switch self {
        case .required: "yes"
        case .notRequired: "no"
        case .unknown: "unknown"
        }
    }
}
