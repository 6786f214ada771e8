import Claims
import FHIR
import HealthTypes
import Review

/// Stage 1: is the patient covered, by whom, and for what?
///
/// Asks at scheduling, 48 hours before the visit, at check-in, and before a claim that was made elsewhere goes out.
public enum EligibilityStage {
    static let visitTimer = "visit-48-hours"
    static let retryTimer = "eligibility-retry-"
    static let maximumRetries = 3

    public static func decide(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Ruling {
        occasion.verb == "ask"
            ? ask(facts, when: occasion.subject, ground: ground) : read(facts, occasion, ground: ground)
    }

    // MARK: Asking

    private static func ask(_ facts: CaseFacts, when: String, ground: Ground) -> Ruling {
        guard let coverage = facts.primaryCoverage, let day = facts.serviceDate, let patient = facts.patient else {
            var ruling = Ruling("not_asked", "There is no cover on file to ask about.")
            ruling.checks = [
                check("no-coverage", "Cover on file", .unknown, "No payer and member id are on file for the visit.")
            ]
            ruling.effects = [
                .openTask(
                    TaskDraft(
                        key: facts.taskKey("eligibility.no-coverage"), title: "No cover on file",
                        reason: "The registration names no payer: ask the patient.", deadline: facts.encounter?.start,
                        answers: answers))
            ]
            return ruling
        }
        guard ground.engines.policies.payers[coverage.payerID] != nil else {
            var ruling = Ruling("not_asked", "The payer on file is not one that is known here.")
            ruling.checks = [
                check("unknown-payer", "Payer known", .unknown, "The payer id on file is in no payer table.")
            ]
            ruling.effects = [
                .openTask(
                    TaskDraft(
                        key: facts.taskKey("eligibility.unknown-payer"), title: "Unknown payer",
                        reason: "Find the payer's id, or add the payer.", deadline: facts.encounter?.start,
                        answers: answers))
            ]
            return ruling
        }
        var ruling = Ruling("asked", "A 270 goes to the payer (\(when)).")
        ruling.checks = ground.notes.patternChecks()
        ruling.effects = [
            .inquireEligibility(
                EligibilityInquiry(
                    trace: "\(facts.id)-\(when)", payerID: coverage.payerID, payerName: coverage.payerName,
                    provider: provider(facts, ground), memberID: coverage.memberID, subscriber: coverage.subscriber,
                    dependent: coverage.relationship == "18" ? nil : patient, serviceDate: day,
                    serviceTypes: serviceTypes(facts)))
        ]
        if when == "scheduling", let start = facts.encounter?.start {
            let due = start.adding(hours: -48)
            if due > ground.now { ruling.effects.append(.setTimer(name: visitTimer, due: due)) }
        }
        return ruling
    }

    /// The billing organization asks; where it is not known, who attends or bills.
    private static func provider(_ facts: CaseFacts, _ ground: Ground) -> Provider {
        facts.receivedClaims.last?.billing ?? ground.notes.billing ?? facts.encounter?.attending
            ?? Provider(npi: "", entity: .organization, name: "")
    }

    /// The plan as a whole, and the kinds of service that were ordered.
    private static func serviceTypes(_ facts: CaseFacts) -> [String] {
        var types = ["30"]
        if facts.encounter != nil { types.append("98") }
        if facts.orders.contains(where: { ["70551", "72148", "73721"].contains($0.procedure) }) { types.append("62") }
        if facts.orders.contains(where: { $0.procedure.hasPrefix("97") }) { types.append("PT") }
        return types
    }

    // MARK: Reading the answer

    private static func read(_ facts: CaseFacts, _ occasion: Occasion, ground: Ground) -> Ruling {
        guard let index = Int(occasion.subject), facts.eligibility.indices.contains(index - 1),
            let day = facts.serviceDate
        else { return Ruling("unknown", "The answer cannot be placed: the date of service is not known.") }
        let answer = facts.eligibility[index - 1]
        if let retry = retry(answer, facts, ground) { return retry }
        let status = answer.status(on: day)
        var ruling = Ruling(status.rawValue, summaries[status] ?? "")
        ruling.checks = checks(answer, status, facts)
        for check in ruling.checks where check.stops {
            ruling.effects.append(.openTask(task(check, answer, facts)))
        }
        if status == .active {
            let settled = ["eligibility.inactive", "eligibility.not-found", "eligibility.unknown"]
            ruling.effects += facts.openedTasks.filter { settled.contains($0.kind) }.map { .withdrawTask(key: $0.key) }
        }
        if let coverage = facts.primaryCoverage {
            ruling.effects.append(
                .writeBack(
                    resource: ChartMapping.coverageWriteBack(answer, coverage, verifiedAt: ground.now)
                        .json))
        }
        ruling.handoff = handoff(answer, status, day, facts, ground)
        return ruling
    }

    private static let summaries: [EligibilityAnswer.Status: String] = [
        .active: "The payer says that the cover is active on the day.",
        .inactive: "The payer says that the cover is not active on the day.",
        .notFound: "The payer does not find the member.",
        .unknown: "The answer does not say whether the cover is active.",
    ]

    /// AAA04 rules over any policy of ours: only where it allows, and only for a passing fault, is the payer asked
    /// again.
    private static func retry(_ answer: EligibilityAnswer, _ facts: CaseFacts, _ ground: Ground) -> Ruling? {
        guard answer.benefits.isEmpty,
            let refusal = answer.rejections.first(where: { ["42", "80"].contains($0.reason) }),
            ["P", "R"].contains(refusal.followUp)
        else { return nil }
        let tries = facts.firedTimers.filter { $0.hasPrefix(retryTimer) }.count
        guard tries < maximumRetries else { return nil }
        var ruling = Ruling("retry", "The payer cannot answer now; it is asked again.")
        ruling.effects = [
            .setTimer(name: "\(retryTimer)\(tries + 1)", due: ground.now.adding(seconds: 600 << tries))
        ]
        return ruling
    }

    private static func checks(
        _ answer: EligibilityAnswer, _ status: EligibilityAnswer.Status, _ facts: CaseFacts
    ) -> [Check] {
        var checks: [Check] = []
        switch status {
        case .active: break
        case .inactive:
            checks.append(check("inactive", "Cover active on the day", .failed, "The cover is not active on the day."))
        case .notFound:
            checks.append(check("not-found", "Member known to the payer", .failed, "The payer has no such member."))
        case .unknown:
            checks.append(
                check(
                    "unknown", "Cover active on the day", .unknown, "The answer does not say whether cover is active."))
        }
        if !answer.otherPayers.isEmpty {
            checks.append(
                check("other-coverage", "No other payer", .failed, "The payer names another payer for this patient."))
        }
        if let id = answer.memberID, let ours = facts.primaryCoverage?.memberID, !id.isEmpty, id != ours {
            checks.append(
                check("member-corrected", "Member id as on file", .failed, "The payer answers with another member id."))
        }
        return checks
    }

    private static func check(_ id: String, _ title: String, _ answer: Check.Answer, _ message: String) -> Check {
        Check(
            id: "eligibility.\(id)", title: title, answer: answer, severity: .hold, message: message,
            predicts: predictions[id] ?? [], evidenceToChange: ["A 271 that says that the cover is active on the day"],
            basis: ["271"])
    }

    private static let predictions: [String: [String]] = [
        "inactive": ["CO-27"], "not-found": ["CO-31"], "other-coverage": ["CO-22"], "member-corrected": ["CO-31"],
    ]

    /// A check's title says what should be so; the question is about what is not.
    private static let taskTitles = [
        "eligibility.inactive": "Cover is not active", "eligibility.not-found": "Member not found",
        "eligibility.other-coverage": "Another payer", "eligibility.unknown": "Cover is not known",
        "eligibility.member-corrected": "Payer has another member id",
    ]

    private static let answers = [
        TaskDraft.Answer("corrected", "Corrected at registration; ask again"),
        TaskDraft.Answer("self-pay", "Patient pays"), TaskDraft.Answer("confirmed", "Payer confirmed by phone"),
    ]

    private static func task(_ check: Check, _ answer: EligibilityAnswer, _ facts: CaseFacts) -> TaskDraft {
        var evidence = answer.rejections.map { "AAA \($0.reason) in loop \($0.loop), follow-up \($0.followUp)" }
        evidence += answer.otherPayers.map { "EB*R names \($0.relatedPayer ?? "another payer")" }
        evidence += answer.benefits.filter { ["6", "7", "8"].contains($0.information) }.map {
            "EB01 = \($0.information)"
        }
        evidence += answer.planDates.map { "Plan date \($0.qualifier): \($0.from)\($0.to.map { " to \($0)" } ?? "")" }
        return TaskDraft(
            key: facts.taskKey(check.id), title: taskTitles[check.id] ?? check.title, reason: check.message,
            evidence: evidence,
            deadline: facts.encounter?.start, answers: answers,
            amount: facts.receivedClaims.last?.totalCharge ?? facts.charges.map(\.amount).total())
    }

    // MARK: Handing on

    /// What prior authorization and submission are told (`docs/contracts/eligibility-handoff.schema.json`).
    private static func handoff(
        _ answer: EligibilityAnswer, _ status: EligibilityAnswer.Status, _ day: CalendarDate, _ facts: CaseFacts,
        _ ground: Ground
    ) -> JSON {
        [
            "case_id": .string(facts.id), "payer_id": .string(answer.payerID), "status": .string(status.rawValue),
            "service_date": .string(day.description), "verified_at": .string(ground.now.description),
            "trace": .string(answer.trace), "other_payer": .bool(!answer.otherPayers.isEmpty),
            "benefits": .array(answer.benefits.map(benefit)),
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
}
