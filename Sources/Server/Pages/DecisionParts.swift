import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// What reviewers said that the gate took into account.
enum ReviewPart {
    static func html(_ answers: ReviewAnswers) -> HTML {
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
        let tone: Tone =
            switch opinion.decision {
            case .approve: .good
            case .deny: .bad
            case .pend: .warn
            }
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
        let tone: Tone =
            switch opinion.riskLevel {
            case .low: .good
            case .medium: .warn
            case .high: .bad
            }
        let person = opinion.humanReviewRequired ? Parts.badge("a person must look", .warn) : .empty
        return """
            <p>\(Parts.badge("risk \(opinion.riskLevel.rawValue)", tone))\(person)</p>
            \(Parts.list(opinion.auditNotes, empty: "No notes."))
            """
    }
}

/// What a decision did: claims, documents, sends, timers, work items and money.
enum EffectPart {
    static func html(_ view: DecisionView) -> HTML {
        let decision = view.decision
        let facts = view.facts
        let lines: [HTML] =
            decision.claims.enumerated().map { claim($1, ClaimRef(entry: view.id.entry, number: $0), facts) }
            + decision.timers.enumerated().map { timer($1, .set(.init(entry: view.id.entry, number: $0)), facts) }
            + decision.workItems.compactMap { change in
                guard case .withdrawn(let id) = change else { return nil }
                let title = facts.workItem(id)?.item.kind.title ?? "a work item"
                return "Withdrawn: \(Parts.taskLink(WorkItemName(view.id.caseNumber, id), title))"
            }
            + (decision.adjudicated.isEmpty
                ? [] : ["\(Words.count(decision.adjudicated.count, "line", "lines")) counted in the denial patterns"])
            + decision.raises.map { "Next: \($0.stage.title), \($0.words(facts))" as HTML }
        let isEmpty =
            lines.isEmpty && view.tasks.isEmpty && decision.sends.isEmpty && decision.documents.isEmpty
            && decision.postings.isEmpty
        let body: HTML =
            isEmpty
            ? "<p class=\"empty\">Nothing was ordered.</p>"
            : """
            \(lines.isEmpty ? .empty : "<ul>\(lines.map { "<li>\($0)</li>" as HTML })</ul>")
            \(tasks(view.tasks))
            \(sends(view))
            \(documents(decision.documents))
            \(postings(decision.postings, facts))
            """
        return Parts.section("What followed", id: "effects", body)
    }

    private static func claim(_ change: ClaimChange, _ ref: ClaimRef, _ facts: CaseFacts) -> HTML {
        switch change {
        case .made(let claim, let replaced):
            "Claim \(claim.controlNumber) made, \(claim.totalCharge.dollars)"
                + (replaced.map { ", in place of \(facts.name(of: $0))" } ?? "")
        case .became(let ref, let state):
            "Claim \(facts.name(of: ref)): \(Parts.badge(state.words, state.tone))"
        }
    }

    private static func timer(_ change: TimerChange, _ id: TimerID, _ facts: CaseFacts) -> HTML {
        switch change {
        case .set(let purpose, let due): "Waits until \(Parts.time(due)) for \(facts.words(purpose))"
        case .cancelled(let id): "No longer waits for \(facts.purpose(of: id))"
        }
    }

    private static func tasks(_ tasks: [TaskView]) -> HTML {
        let items: [HTML] = tasks.map { task in
            let who: HTML? =
                if case .answered(let answer, let at) = task.state {
                    " <span class=\"quiet\">by \(answer.by), \(Parts.time(at))</span>"
                } else { nil }
            return """
                <li>\(Parts.taskLink(task.name, task.title)) \
                \(Parts.badge(task.stateWords, task.isOpen ? .warn : .plain))\(who)</li>
                """
        }
        return items.isEmpty ? .empty : "<h3>Work items</h3><ul>\(items)</ul>"
    }

    private static func sends(_ view: DecisionView) -> HTML {
        let rows: [[HTML]] = view.decision.sends.enumerated().map { number, send in
            let status = view.sends.first { $0.part.number == number }
            return [
                "\(view.facts.words(send.what))",
                status.map(Parts.delivery) ?? Parts.badge("not to be delivered", .bad),
                send.answerBy.map(Parts.time) ?? "<span class=\"quiet\">–</span>",
                status?.message.map { Parts.messageLink($0, of: view.id.caseNumber, "Message \($0)") }
                    ?? "<span class=\"quiet\">none yet</span>",
            ]
        }
        return rows.isEmpty
            ? .empty
            : """
            <h3>Sends</h3>
            \(Parts.table(
                "Sends", [.init("What"), .init("Delivery"), .init("Answer expected by"), .init("Message")], rows,
                empty: ""))
            """
    }

    private static func documents(_ documents: [SupportingDocument]) -> HTML {
        let items: [HTML] = documents.map { document in
            """
            <details><summary>\(document.title) <span class="quiet">\(document.contentType), \
            \(Parts.digest(document.digest))</span></summary><pre class="letter">\(document.text)</pre></details>
            """
        }
        return items.isEmpty ? .empty : "<h3>Documents</h3>\(items)"
    }

    private static func postings(_ postings: [Posting], _ facts: CaseFacts) -> HTML {
        let rows: [[HTML]] = postings.map { posting in
            [
                "\(facts.name(of: posting.claim)) <span class=\"quiet\">\(posting.isFollowUp ? "follow-up" : "first")</span>",
                Parts.money(posting.charge), Parts.money(posting.paid), Parts.money(posting.patient),
                Parts.money(posting.contractual), Parts.money(posting.denied), Parts.money(posting.writtenOff),
            ]
        }
        return rows.isEmpty
            ? .empty
            : """
            <h3>Postings</h3>
            \(Parts.table(
                "Postings",
                [
                    .init("Claim"), .init("Charge", isNumber: true), .init("Paid", isNumber: true),
                    .init("Patient", isNumber: true), .init("Contractual", isNumber: true),
                    .init("Denied", isNumber: true), .init("Written off", isNumber: true),
                ], rows, empty: ""))
            """
    }
}

/// What a decision looked up outside of its case, as it stood.
enum LookedUpPart {
    static func html(_ answers: [Answer]) -> HTML {
        let items: [HTML] = answers.map { "<li>\(words($0))</li>" }
        return items.isEmpty ? .empty : "<h3>Looked up</h3><ul>\(items)</ul>"
    }

    private static func words(_ answer: Answer) -> HTML {
        switch answer {
        case .billing(let provider): "Billing organization: \(provider.name), NPI \(provider.npi)"
        case .noBilling: "Billing organization: none on file"
        case .usualCharges(let charges):
            "Usual charges: \(charges.map { "\($0.procedure) \($0.charge?.dollars ?? "none")" }.joined(separator: ", "))"
        case .memberHistory(let history):
            """
            Other claims of the member: \(Words.count(history.lines.count, "line", "lines")), read at version \
            \(history.version)\(lines(history.lines.map { line in
                """
                \(Parts.caseLink(line.caseNumber)) \(line.controlNumber): \(line.day.description) \(line.procedure) \
                × \(line.units), \(line.charge.dollars), \(line.state.words)
                """
            }))
            """
        case .authorizationUse(let use):
            """
            Billed under authorization \(use.number): \(Words.count(use.lines.count, "line", "lines")), read at version \
            \(use.version)\(lines(use.lines.map { line in
                "\(line.controlNumber): \(line.procedure) × \(line.units), \(line.state.words)"
            }))
            """
        case .denialPatterns(let patterns):
            """
            Denial patterns of the payer: \(patterns.isEmpty ? "none" : "")\(lines(patterns.map { "\($0.line)" }))
            """
        case .memberToken: "A token that stands for the member"
        case .takenNumbers(let numbers):
            "Control numbers of other cases: \(numbers.isEmpty ? "none of those tried" : numbers.joined(separator: ", "))"
        }
    }

    private static func lines(_ lines: [HTML]) -> HTML? {
        lines.isEmpty ? nil : "<ul>\(lines.map { "<li>\($0)</li>" as HTML })</ul>"
    }
}
