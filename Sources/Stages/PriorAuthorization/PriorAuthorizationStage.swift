import Claims
import HealthTypes
import Review

/// Stage 2: does the payer want to be asked first, and what did it say?
public enum PriorAuthorizationStage {
    static let dueTimer = "authorization-due:"

    public static func decide(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Ruling {
        switch occasion.verb {
        case "order", "order-again": order(occasion.subject, facts, ground)
        case "due": overdue(occasion.subject, facts)
        case "answer": answer(occasion.subject, facts, ground)
        default: resolution(occasion.subject, facts)
        }
    }

    // MARK: An order

    private static func order(_ number: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let order = facts.orders.first(where: { $0.number == number }), let coverage = facts.primaryCoverage,
            let patient = facts.patient, let day = order.requestedFor ?? facts.serviceDate
        else { return Ruling("not_asked", "The order lacks a patient, a cover or a day.") }
        let need = ground.engines.policies.need(
            payerID: coverage.payerID, procedure: order.procedure, units: order.units, on: day)
        switch need {
        case .notRequired:
            var ruling = Ruling("not_required", "The payer's list does not ask for authorization of the service.")
            ruling.handoff = handoff(facts, order, coverage, required: "no", standing: "not_required")
            return ruling
        case .unknown:
            var ruling = Ruling("unknown", "Whether the payer wants to be asked is not known.")
            ruling.checks = [
                Check(
                    id: "authorization.need-unknown", title: "Is authorization required?", answer: .unknown,
                    severity: .hold, message: "The payer has no authorization list here.",
                    evidenceToChange: ["The payer's authorization list for the service"])
            ]
            ruling.effects = [
                .openTask(
                    TaskDraft(
                        key: "authorization.need-unknown:\(number)", title: "Is authorization required?",
                        reason: "The payer has no authorization list here: ask the payer.",
                        evidence: ["Procedure \(order.procedure), \(order.units) units"],
                        deadline: facts.encounter?.start,
                        answers: [.init("not-required", "Not required"), .init("obtained", "Obtained by phone")]))
            ]
            ruling.handoff = handoff(facts, order, coverage, required: "unknown", standing: "unknown")
            return ruling
        case .required(let requirement):
            return request(order, requirement, coverage, patient, day, facts, ground)
        }
    }

    private static func request(
        _ order: ServiceOrder, _ requirement: PolicyBook.Requirement, _ coverage: Coverage, _ patient: Person,
        _ day: CalendarDate, _ facts: CaseFacts, _ ground: Ground
    ) -> Ruling {
        let citations = ground.engines.policies.document(requirement.policy).map { [$0.citation] } ?? []
        if let status = facts.verifiedEligibility?.status, status == .inactive || status == .notFound {
            var ruling = Ruling("waits", "Authorization is required; the cover must be settled first.")
            ruling.citations = citations
            ruling.checks = [
                Check(
                    id: "authorization.cover-unsettled", title: "Cover settled before the payer is asked",
                    answer: .failed, severity: .hold, message: "The payer says that the patient is not covered.",
                    evidenceToChange: ["A 271 that says that the cover is active"])
            ]
            ruling.handoff = handoff(facts, order, coverage, required: "yes", standing: "unknown")
            return ruling
        }
        var ruling = Ruling("requested", "The payer asks for authorization; the request goes out.")
        ruling.citations = citations
        ruling.checks =
            ground.notes.patternChecks()
            + MedicalNecessity(
                order.procedure, units: order.units, diagnoses: order.diagnoses, patient: patient, chart: facts.chart,
                on: day, engines: ground.engines
            ).checks()
        let provider =
            ground.notes.billing ?? order.ordering ?? Provider(npi: "", entity: .organization, name: "")
        ruling.effects = [
            .requestAuthorization(
                AuthorizationRequest(
                    identifier: "\(facts.id)-\(order.number)", orderNumber: order.number, payerID: coverage.payerID,
                    payerName: coverage.payerName, provider: provider, ordering: order.ordering, patient: patient,
                    memberID: coverage.memberID, diagnoses: order.diagnoses,
                    items: [
                        AuthorizationItem(sequence: 1, procedure: order.procedure, units: order.units, from: day)
                    ], urgent: order.urgent))
        ]
        ruling.handoff = handoff(facts, order, coverage, required: "yes", standing: "requested")
        return ruling
    }

    // MARK: The payer's answer

    private static func answer(_ subject: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let index = Int(subject), facts.authorizations.indices.contains(index - 1) else {
            return Ruling("unknown", "The answer cannot be placed.")
        }
        let answer = facts.authorizations[index - 1]
        guard let request = facts.requests.last(where: { $0.identifier == answer.identifier }),
            let order = facts.orders.first(where: { $0.number == request.orderNumber }),
            let coverage = facts.primaryCoverage
        else { return Ruling("unknown", "The answer belongs to no request of this case.") }
        let standing = answer.standing
        var ruling = Ruling(standing.rawValue, summaries[standing] ?? "")
        ruling.handoff = handoff(facts, order, coverage, required: "yes", standing: standing.rawValue, answer: answer)
        switch standing {
        case .approved, .modified, .partial: ruling.checks = shortfall(answer, request)
        case .pended:
            // CMS-0057-F: seven calendar days, 72 hours where expedited, for the payers it binds; ours to watch for all.
            let limit = request.urgent ? ground.now.adding(hours: 72) : ground.now.adding(days: 7)
            ruling.effects = [.setTimer(name: "\(dueTimer)\(request.identifier)", due: limit)]
        case .denied, .cancelled, .unknown:
            ruling.effects = [.openTask(deniedTask(answer, request, standing, facts))]
            ruling.checks = [
                Check(
                    id: "authorization.\(standing.rawValue)", title: "Authorization granted", answer: .failed,
                    severity: .hold, message: summaries[standing] ?? "", predicts: ["CO-197"],
                    evidenceToChange: ["Evidence for the criteria that the payer found not met"])
            ]
        }
        if standing != .pended { ruling.effects += withdrawals(of: request, facts) }
        return ruling
    }

    /// What was asked of people so that the payer could decide is settled by its decision.
    private static func withdrawals(of request: AuthorizationRequest, _ facts: CaseFacts) -> [Effect] {
        let settled = ["authorization.overdue", "documentation.attest", "documentation.gap"]
        return facts.openedTasks.filter { settled.contains($0.kind) && $0.subject.hasPrefix(request.identifier) }.map {
            .withdrawTask(key: $0.key)
        }
    }

    private static let summaries: [AuthorizationAnswer.Standing: String] = [
        .approved: "The payer certifies the service.", .modified: "The payer certifies another extent than asked.",
        .partial: "The payer certifies a part.", .pended: "The payer wants documents before it decides.",
        .denied: "The payer does not certify the service.", .cancelled: "The request is cancelled.",
        .unknown: "The payer's answer is not one that is known here.",
    ]

    private static func shortfall(_ answer: AuthorizationAnswer, _ request: AuthorizationRequest) -> [Check] {
        request.items.compactMap { item in
            guard let granted = answer.items.first(where: { $0.sequence == item.sequence })?.approvedUnits,
                granted < item.units
            else { return nil }
            return Check(
                id: "authorization.fewer-units", title: "All units certified", answer: .failed, severity: .warn,
                message: "The payer certifies \(granted) of \(item.units) units.", predicts: ["CO-198"],
                evidenceToChange: ["An extension of the authorization"])
        }
    }

    private static func deniedTask(
        _ answer: AuthorizationAnswer, _ request: AuthorizationRequest, _ standing: AuthorizationAnswer.Standing,
        _ facts: CaseFacts
    ) -> TaskDraft {
        TaskDraft(
            key: "authorization.denied:\(answer.identifier)", title: "Authorization \(standing.rawValue)",
            reason: summaries[standing] ?? "",
            evidence: answer.items.map { "Item \($0.sequence): review action \($0.action) \($0.reason ?? "")" }
                + answer.errors.map { "Error \($0)" },
            deadline: facts.encounter?.start,
            answers: [
                .init("noted", "Noted; the service will not be rendered"),
                .init("peer-to-peer", "Peer-to-peer review asked for"),
            ])
    }

    /// The time for an answer has passed: a person asks the payer.
    private static func overdue(_ identifier: String, _ facts: CaseFacts) -> Ruling {
        guard facts.authorizations.last(where: { $0.identifier == identifier })?.standing == .pended else {
            return Ruling("decided", "The payer decided in time.")
        }
        var ruling = Ruling("overdue", "The payer's time to decide has passed.")
        ruling.effects = [
            .openTask(
                TaskDraft(
                    key: facts.taskKey("authorization.overdue:\(identifier)"), title: "Authorization overdue",
                    reason: "The payer's time to decide has passed: ask what it waits for.",
                    evidence: ["Request \(identifier)"], deadline: facts.encounter?.start,
                    answers: [.init("noted", "Taken up with the payer")]))
        ]
        return ruling
    }

    private static func resolution(_ taskID: String, _ facts: CaseFacts) -> Ruling {
        let resolution = facts.resolutions.last { $0.taskID == taskID }
        return Ruling("noted", "A person answered: \(resolution?.answer ?? "").")
    }

    // MARK: Handing on

    /// What documentation and submission are told (`docs/contracts/prior-authorization-handoff.schema.json`).
    private static func handoff(
        _ facts: CaseFacts, _ order: ServiceOrder, _ coverage: Coverage, required: String, standing: String,
        answer: AuthorizationAnswer? = nil
    ) -> JSON {
        .compact([
            "case_id": .string(facts.id), "order_number": .string(order.number), "payer_id": .string(coverage.payerID),
            "procedure": .string(order.procedure), "units": JSON(order.units), "required": .string(required),
            "standing": .string(standing), "request_id": answer.map { .string($0.identifier) },
            "authorization_number": answer?.authorizationNumber.map { .string($0) },
            "documents_wanted": answer.map { .array($0.documentsWanted.map { .string($0) }) },
        ])
    }
}
