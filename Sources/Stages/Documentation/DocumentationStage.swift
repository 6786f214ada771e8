import Claims
import HealthTypes
import Review

/// Stage 3: what does the chart say of the payer's criteria, what is missing, and does a physician attest it?
///
/// Nothing goes to the payer before a physician has attested the very text that goes out: the attestation names the
/// letter's digest.
public enum DocumentationStage {
    public static func decide(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Ruling {
        occasion.verb == "pended"
            ? pended(occasion.subject, facts, ground) : resolved(occasion.subject, facts, ground)
    }

    // MARK: A pended request

    private static func pended(_ subject: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let index = Int(subject), facts.authorizations.indices.contains(index - 1),
            let request = facts.requests.last(where: { $0.identifier == facts.authorizations[index - 1].identifier })
        else { return Ruling("unknown", "The pended request cannot be found.") }
        let wanted = facts.authorizations[index - 1].documentsWanted
        if wanted.isEmpty {
            return Ruling("waits", "A reviewer of the payer has the request; no document is asked for.")
        }
        return draft(request, wanted: wanted, facts, ground)
    }

    private static func draft(
        _ request: AuthorizationRequest, wanted: [String], gapsAnswered: Bool = false, _ facts: CaseFacts,
        _ ground: Ground
    ) -> Ruling {
        let book = ground.engines.policies
        let requirement = book.requirements.first {
            $0.payerID == request.payerID && $0.procedure == request.items.first?.procedure
        }
        let document = requirement.flatMap { book.document($0.policy) }
        // What the payer names rules; where it names nothing that is known, its published policy does.
        let known = wanted.filter { book.criteria[$0] != nil }
        let criteria = (known.isEmpty ? requirement?.criteria ?? [] : known).compactMap { book.criteria[$0] }
        let findings = criteria.map { EvidenceFinder.find($0, in: facts.chart) }
        let necessity = request.items.first.map {
            MedicalNecessity(
                $0.procedure, units: $0.units, diagnoses: request.diagnoses, patient: request.patient,
                chart: facts.chart, on: $0.from, engines: ground.engines)
        }
        let letter = NecessityLetter.draft(
            request, findings, necessity, policy: document.map { "\($0.citation.id) version \($0.citation.version)" },
            on: ground.now.date)
        let unknown = gapsAnswered ? [] : findings.filter { $0.answer == .unknown }

        var ruling = Ruling(
            unknown.isEmpty ? "drafted" : "gaps",
            unknown.isEmpty
                ? "The letter is drafted and waits for a physician's attestation."
                : "The chart does not answer \(unknown.count) of \(findings.count) criteria.")
        ruling.citations = document.map { [$0.citation] } ?? []
        ruling.checks = findings.map { check($0) } + (necessity?.checks() ?? [])
        ruling.effects = unknown.map { .openTask(gapTask($0, request, facts)) }
        if unknown.isEmpty { ruling.effects.append(.openTask(attestationTask(letter, findings, request, facts))) }
        ruling.handoff = handoff(facts, request, findings, letter, attestedBy: nil)
        return ruling
    }

    private static func check(_ finding: CriterionFinding) -> Check {
        Check(
            id: "criterion.\(finding.criterion)", title: finding.question,
            answer: finding.answer == .met ? .passed : finding.answer == .notMet ? .failed : .unknown, severity: .hold,
            message: finding.answer == .unknown ? "The chart does not say, or says both." : "See the evidence named.",
            evidenceToChange: finding.answer == .met ? [] : [finding.ask], basis: finding.evidence.map(\.resource))
    }

    private static func gapTask(_ finding: CriterionFinding, _ request: AuthorizationRequest, _ facts: CaseFacts)
        -> TaskDraft
    {
        TaskDraft(
            key: "documentation.gap:\(request.identifier)/v\(request.version)/\(finding.criterion)",
            title: "Missing documentation", reason: finding.question,
            evidence: finding.evidence.map { "\($0.supports ? "For" : "Against"): \($0.resource)" } + [
                "Wanted: \(finding.ask)"
            ],
            deadline: facts.encounter?.start,
            answers: [
                .init("supplied", "The document is in the chart now"),
                .init("not-available", "There is no such document"),
            ])
    }

    private static func attestationTask(
        _ letter: SupportingDocument, _ findings: [CriterionFinding], _ request: AuthorizationRequest,
        _ facts: CaseFacts
    ) -> TaskDraft {
        TaskDraft(
            key: "documentation.attest:\(request.identifier)/v\(request.version)",
            title: "Attest the letter of medical necessity",
            reason: "A physician must read the letter and attest it before it goes to the payer.",
            evidence: findings.map { "\($0.criterion): \($0.answer.rawValue)" } + ["Letter \(letter.digest.short)"],
            deadline: facts.encounter?.start,
            answers: [.init("attest", "I have read it and attest it"), .init("decline", "I do not attest it")],
            document: letter)
    }

    // MARK: A person's answer

    private static func resolved(_ taskID: String, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        guard let resolution = facts.resolutions.last(where: { $0.taskID == taskID }),
            let task = facts.task(resolution),
            let request = facts.requests.last(where: { task.subject.hasPrefix("\($0.identifier)/v") })
        else { return Ruling("unknown", "The answered task cannot be found.") }
        switch resolution.answer {
        case "attest": return send(task, resolution, request, facts)
        case "supplied", "not-available": return afterGap(request, facts, ground)
        default: return Ruling("declined", "The physician does not attest the letter; nothing is sent.")
        }
    }

    /// The chart is read again once every gap has an answer; a criterion that is still unknown then goes out as such.
    private static func afterGap(_ request: AuthorizationRequest, _ facts: CaseFacts, _ ground: Ground) -> Ruling {
        let gaps = facts.openedTasks.filter {
            $0.kind == "documentation.gap" && $0.subject.hasPrefix("\(request.identifier)/v\(request.version)/")
        }
        let open = gaps.filter { gap in
            !facts.resolutions.contains { $0.taskID == TaskDraft.id(caseID: facts.id, key: gap.key) }
        }
        guard open.isEmpty else { return Ruling("gaps", "\(open.count) documents are still missing.") }
        let wanted = facts.authorizations.last { $0.identifier == request.identifier }?.documentsWanted ?? []
        return draft(request, wanted: wanted, gapsAnswered: true, facts, ground)
    }

    private static func send(
        _ task: TaskDraft, _ resolution: TaskResolution, _ request: AuthorizationRequest, _ facts: CaseFacts
    ) -> Ruling {
        guard let letter = task.document, letter.digest == Digest(of: letter.text) else {
            return Ruling("void", "The attested text is not the text that was shown; nothing is sent.")
        }
        var update = request
        update.version += 1
        update.documents = [letter]
        var ruling = Ruling("sent", "The attested letter goes to the payer with the updated request.")
        ruling.effects = [.requestAuthorization(update)]
        let drafted = facts.decisions(of: .documentation).last {
            $0.handoff?["letter_digest"]?.string == letter.digest.hex
        }
        ruling.citations = drafted?.citations ?? []
        if var object = drafted?.handoff?.object {
            object["attested_by"] = .string(resolution.by)
            object["attested_at"] = .string(resolution.at.description)
            ruling.handoff = .object(object)
        }
        return ruling
    }

    // MARK: Handing on

    /// What submission is told, and an appeal can rest on (`docs/contracts/documentation-handoff.schema.json`).
    private static func handoff(
        _ facts: CaseFacts, _ request: AuthorizationRequest, _ findings: [CriterionFinding],
        _ letter: SupportingDocument, attestedBy: String?
    ) -> JSON {
        [
            "case_id": .string(facts.id), "request_id": .string(request.identifier),
            "order_number": .string(request.orderNumber), "letter_digest": .string(letter.digest.hex),
            "attested_by": attestedBy.map { .string($0) } ?? .null, "attested_at": .null,
            "criteria": .array(
                findings.map { finding in
                    [
                        "id": .string(finding.criterion), "answer": .string(finding.answer.rawValue),
                        "evidence": .array(
                            finding.evidence.map {
                                .compact([
                                    "resource": .string($0.resource), "date": $0.date.map { .string($0.description) },
                                    "quote": .string($0.quote), "offset": $0.offset.map { JSON($0) },
                                    "supports": .bool($0.supports),
                                ])
                            }),
                    ]
                }),
        ]
    }
}
