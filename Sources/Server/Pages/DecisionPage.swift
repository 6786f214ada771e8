import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// What was decided, when, and on what it rests.
enum DecisionPage {
    static func page(_ view: DecisionView) -> Page {
        let decision = view.decision
        let stage = decision.occasion.stage
        return Page(
            "\(stage.title): \(Words.outcome(decision.outcome))", in: .cases,
            """
            <h1>\(stage.title) \(Parts.outcome(decision.outcome))</h1>
            <p class="lead">\(decision.summary)</p>
            \(Parts.facts([
                "Case": Parts.caseLink(decision.caseID, view.summary?.title),
                "Occasion": "\(Words.occasion(decision.occasion))",
                "When": Parts.time(decision.madeAt), "Decision": Parts.code(decision.id),
            ]))
            \(decision.gate.map(gate))
            \(Parts.section("Checks", id: "checks", checks(decision.checks)))
            \(decision.reviews.map(reviews))
            \(Parts.section(
                "Effects", id: "effects", Parts.list(decision.effects.map(\.words), empty: "Nothing was ordered.")))
            \(citations(view))
            \(Parts.section("What it rests on", id: "ground", ground(view)))
            \(handoff(decision))
            """)
    }

    // MARK: Gate and checks

    private static func gate(_ gate: GateDecision) -> HTML {
        let tone: Tone = gate.verdict == .approve ? .good : gate.verdict == .deny ? .bad : .warn
        let change: HTML? =
            gate.evidenceThatWouldChange.isEmpty
            ? nil : "<h3>What would change it</h3>\(Parts.list(gate.evidenceThatWouldChange, empty: ""))"
        return Parts.section(
            "The gate", id: "gate",
            """
            <p>\(Parts.badge(gate.verdict.rawValue, tone))\(gate.rule.map { " by rule \(Parts.code($0))" as HTML })</p>
            \(Parts.list(gate.rationale, empty: "No rationale."))
            \(change)
            \(gate.appealPath.map { "<h3>Where it may be disputed</h3><p>\($0)</p>" as HTML })
            """)
    }

    private static func rank(_ check: Check) -> Int {
        switch check.answer {
        case .failed: check.severity == .warn ? 2 : 0
        case .unknown: check.severity == .warn ? 3 : 1
        case .passed: 4
        }
    }

    private static func checks(_ checks: [Check]) -> HTML {
        let sorted = checks.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
        let rows: [[HTML]] = sorted.map { _, check in
            [answer(check), "\(Parts.code(check.id)) \(check.title)", finding(check), basis(check.basis)]
        }
        return Parts.table(
            "Checks, failures first", [.init("Answer"), .init("Check"), .init("Finding"), .init("Rests on")], rows,
            empty: "No check belongs to this decision.")
    }

    private static func answer(_ check: Check) -> HTML {
        switch check.answer {
        case .passed: Parts.badge("passed", .good)
        case .failed where check.severity == .warn: Parts.badge("warning", .warn)
        case .failed: Parts.badge("failed", .bad)
        case .unknown: Parts.badge("unknown", .warn)
        }
    }

    private static func finding(_ check: Check) -> HTML {
        if check.answer == .passed { return "<span class=\"quiet\">–</span>" }
        let predicts: HTML? =
            check.predicts.isEmpty
            ? nil : "<br><span class=\"quiet\">The payer would say \(check.predicts.joined(separator: ", "))</span>"
        return "\(check.message)\(check.fix.map { "<br><strong>Do:</strong> \($0)" as HTML })\(predicts)"
    }

    private static func basis(_ basis: [String]) -> HTML {
        let items: [HTML] = basis.map { "<li>\($0)</li>" }
        return items.isEmpty ? "<span class=\"quiet\">–</span>" : "<ul class=\"plain\">\(items)</ul>"
    }

    // MARK: Reviews

    private static func reviews(_ answers: ReviewAnswers) -> HTML {
        Parts.section(
            "Reviews", id: "reviews",
            """
            <p class="quiet">Reviewers advise; only the gate decides.</p>
            <div class="halves">
            <div class="card"><h3>Analyst <span class="quiet">\(answers.analyst.reviewer)</span></h3>
            \(answers.analystOpinion.map(analyst) ?? none(answers.analyst))</div>
            <div class="card"><h3>Compliance <span class="quiet">\(answers.compliance.reviewer)</span></h3>
            \(answers.complianceOpinion.map(compliance) ?? none(answers.compliance))</div>
            </div>
            """)
    }

    private static func none(_ answer: ReviewAnswer) -> HTML {
        answer.text == nil ? "<p>No answer.</p>" : "<p>The answer does not fit its schema and does not count.</p>"
    }

    private static func analyst(_ opinion: AnalystOpinion) -> HTML {
        let tone: Tone = opinion.decision == .approve ? .good : opinion.decision == .deny ? .bad : .warn
        let missing: HTML? =
            opinion.missingData.isEmpty ? nil : "<h4>Missing</h4>\(Parts.list(opinion.missingData, empty: ""))"
        return """
            <p>\(Parts.badge(opinion.decision.rawValue, tone))\
            \(opinion.escalate ? Parts.badge("escalate", .warn) : .empty)</p>
            <p>\(opinion.reason)</p>
            \(missing)
            """
    }

    private static func compliance(_ opinion: ComplianceOpinion) -> HTML {
        let tone: Tone = opinion.riskLevel == .low ? .good : opinion.riskLevel == .high ? .bad : .warn
        let person = opinion.humanReviewRequired ? Parts.badge("a person must look", .warn) : .empty
        return """
            <p>\(Parts.badge("risk \(opinion.riskLevel.rawValue)", tone))\(person)</p>
            \(Parts.list(opinion.auditNotes, empty: "No notes."))
            """
    }

    // MARK: What it rests on

    private static func citations(_ view: DecisionView) -> HTML {
        let items: [HTML] = view.decision.citations.map { citation in
            let text = view.policies["\(citation.id) \(citation.version)"]
            let words: HTML =
                """
                \(citation.title) <span class="quiet">\(citation.id) version \(citation.version), \
                \(Parts.digest(citation.digest))</span>
                """
            return text.map { "<details><summary>\(words)</summary><pre class=\"letter\">\($0)</pre></details>" }
                ?? "<p>\(words)</p>"
        }
        return items.isEmpty ? .empty : Parts.section("Policies cited", id: "citations", "\(items)")
    }

    private static func ground(_ view: DecisionView) -> HTML {
        let data: [[HTML]] = (view.ground?.data ?? [:]).sorted { $0.key < $1.key }.map { name, digest in
            ["\(name)", "\(view.ground?.versions[name])", Parts.digest(digest)]
        }
        return """
            \(Parts.facts([
                "Facts": "entries 1 to \(view.row.factsThrough) of the case, \(Parts.digest(view.row.factsDigest))",
                "Ground": Parts.digest(view.row.ground), "Decision's bytes": Parts.digest(view.row.body),
                "Program": view.ground.map { "\($0.program)" },
            ]))
            \(Parts.table(
                "Data", [.init("Data"), .init("Version"), .init("SHA-256")], data,
                empty: "The record does not hold it."))
            <form method="post" action="/decisions/\(view.row.id)/replay#replay">
            <button>Decide again and compare</button></form>
            \(view.replay.map(replay))
            """
    }

    static func replay(_ replay: DecisionView.Replay) -> HTML {
        let body: HTML
        let tone: Tone
        switch replay {
        case .impossible(let reason):
            tone = .bad
            body = "<p>It cannot be decided again: \(reason).</p>"
        case .report(let report):
            tone = report.identical && report.recordIntact ? .good : .bad
            body = """
                <p><strong>\(report.identical ? "The same bytes came out." : "Something else came out.")</strong> \
                \(report.recordIntact
                    ? "The record is intact up to the decision."
                    : "The record has been altered: its digests do not add up.")</p>
                <p class="quiet">SHA-256 of what came out: \(Parts.digest(report.digest))</p>
                \(report.differences.isEmpty ? nil : Parts.list(report.differences, empty: "") as HTML)
                """
        }
        return "<div id=\"replay\">\(Parts.notice(tone, body))</div>"
    }

    private static func handoff(_ decision: Decision) -> HTML {
        guard let handoff = decision.handoff else { return .empty }
        return Parts.section(
            "What the next stage is given", id: "handoff",
            Parts.details("Show the JSON", Parts.json(handoff, label: "Handoff")))
    }
}
