import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// What was decided, when, and on what it rests.
enum DecisionPage {
    static func page(_ view: DecisionView, home: DataHome) -> Page {
        let decision = view.decision
        let outcome = decision.outcome
        return Page(
            "\(outcome.stage.title): \(outcome.words)", in: .cases,
            """
            <h1>\(outcome.stage.title) \(Parts.outcome(outcome))</h1>
            <p class="lead">\(outcome.summary)</p>
            \(Parts.facts([
                "Case": Parts.caseLink(view.id.caseNumber, view.line?.summary?.title),
                "Trigger": "\(view.record.reason.words(view.facts))",
                "When": Parts.time(view.record.at), "Decision": Parts.code(view.id.description),
            ]))
            \(decision.gate.map(gate))
            \(Parts.section("Checks", id: "checks", checks(decision)))
            \(decision.reviews.map(ReviewPart.html))
            \(criteria(decision.criteria))
            \(EffectPart.html(view))
            \(citations(decision.citations, home))
            \(Parts.section("What it rests on", id: "basis", basis(view)))
            \(handoff(view.handoff(home)))
            """)
    }

    // MARK: Gate and checks

    private static func gate(_ gate: GateDecision) -> HTML {
        let tone: Tone =
            switch gate.verdict {
            case .approve: .good
            case .deny: .bad
            case .pend: .warn
            }
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

    private static func checks(_ decision: StageDecision) -> HTML {
        let sorted = decision.findings.enumerated().sorted {
            (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
        }
        let rows: [[HTML]] = sorted.map { _, check in
            [answer(check), "\(Parts.code(check.id)) \(check.title)", finding(check), basis(check.basis)]
        }
        let passed: HTML? =
            decision.passed.isEmpty
            ? nil
            : Parts.details(
                "\(Words.count(decision.passed.count, "check", "checks")) passed",
                "<p>\(decision.passed.map { "\(Parts.code($0)) " as HTML })</p>")
        let empty =
            decision.passed.isEmpty ? "No check belongs to this decision." : "Every check passed."
        return """
            \(Parts.table(
                "Findings, failures first", [.init("Answer"), .init("Check"), .init("Finding"), .init("Rests on")], rows,
                empty: empty))
            \(passed)
            """
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
        let predicts: HTML? =
            check.predicts.isEmpty
            ? nil : "<br><span class=\"quiet\">The payer would say \(check.predicts.joined(separator: ", "))</span>"
        return "\(check.message)\(check.fix.map { "<br><strong>Do:</strong> \($0)" as HTML })\(predicts)"
    }

    private static func basis(_ basis: [String]) -> HTML {
        let items: [HTML] = basis.map { "<li>\($0)</li>" }
        return items.isEmpty ? "<span class=\"quiet\">–</span>" : "<ul class=\"plain\">\(items)</ul>"
    }

    private static func criteria(_ findings: [CriterionFinding]) -> HTML {
        let rows: [[HTML]] = findings.map { finding in
            let evidence: [HTML] = finding.evidence.map {
                """
                <li>“\($0.quote)” <span class="quiet">\($0.resource)\($0.date.map { ", \($0.description)" as HTML })\
                \($0.supports ? nil : ", speaks against it" as HTML)</span></li>
                """
            }
            let badge: HTML =
                switch finding.answer {
                case .met: Parts.badge("met", .good)
                case .notMet: Parts.badge("not met", .bad)
                case .unknown: Parts.badge("unknown", .warn)
                }
            return [
                badge, "\(Parts.code(finding.criterion)) \(finding.question)",
                evidence.isEmpty ? "<span class=\"quiet\">none</span>" : "<ul class=\"plain\">\(evidence)</ul>",
            ]
        }
        return rows.isEmpty
            ? .empty
            : Parts.section(
                "The payer's criteria", id: "criteria",
                Parts.table(
                    "Criteria", [.init("Answer"), .init("Criterion"), .init("Evidence in the chart")], rows, empty: ""))
    }

    // MARK: What it rests on

    private static func citations(_ citations: [PolicyCitation], _ home: DataHome) -> HTML {
        let items: [HTML] = citations.map { citation in
            let text = home.engines.policies.documents.first { $0.citation == citation }?.text
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

    private static func basis(_ view: DecisionView) -> HTML {
        let facts: HTML = view.id.entry == 2 ? "entry 1 of the case" : "entries 1 to \(view.id.entry - 1) of the case"
        return """
            \(Parts.facts([
                "Facts": facts, "Decided on": Parts.time(view.basis.at),
                "Logic": "version \(view.basis.logic)", "Data": Parts.digest(view.basis.generation),
                "Program": view.generation.program.map { "\($0)" },
                "Reviewers": view.generation.reviewers.isEmpty
                    ? nil : HTML(text: view.generation.reviewers.joined(separator: ", ")),
                "Entry": "\(Parts.digest(Digest(of: view.row.body))) <span class=\"quiet\">SHA-256 of its bytes</span>",
                "Commitment": "\(Parts.digest(view.row.commitment)) <span class=\"quiet\">of the salted bytes</span>",
                "Journal's head": Parts.digest(view.row.leaf),
            ]))
            \(view.generation.table)
            \(LookedUpPart.html(view.basis.answers))
            <form method="post" action="/decisions/\(view.id.description)/replay#replay">
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
            tone = report.isIdentical && report.isIntact ? .good : .bad
            body = """
                <p><strong>\(report.isIdentical ? "The same bytes came out." : "Something else came out.")</strong> \
                \(report.isIntact
                    ? "The record is intact up to the decision."
                    : "The record has been altered: its digests do not add up.")</p>
                <p class="quiet">SHA-256 of what came out: \(Parts.digest(report.digest))</p>
                \(report.differences.isEmpty ? nil : Parts.list(report.differences, empty: "") as HTML)
                """
        }
        return "<div id=\"replay\">\(Parts.notice(tone, body))</div>"
    }

    private static func handoff(_ handoff: DecisionView.HandoffView?) -> HTML {
        guard let handoff else { return .empty }
        let fits: HTML =
            handoff.violations.isEmpty
            ? "<p>\(Parts.badge("fits its contract", .good))</p>"
            : Parts.notice(.bad, "<p>It breaks its contract.</p>\(Parts.list(handoff.violations, empty: ""))")
        let note: HTML? =
            handoff.isOfSameData
            ? nil
            : "<p class=\"quiet\">Made with the data in force now, which are not those that the decision rests on.</p>"
        return Parts.section(
            "What the next stage is told", id: "handoff",
            "\(fits)\(note)\(Parts.details("Show the JSON", Parts.json(handoff.json, label: "Handoff")))")
    }
}
