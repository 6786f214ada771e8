import Claims
import HealthTypes
import Review
import Stages
import Store

/// A case from its appointment to its last payment.
enum CasePage {
    static func page(_ view: CaseView) -> Page {
        let title = view.summary.title.isEmpty ? view.summary.id : view.summary.title
        let open = view.tasks.filter { $0.state == .open }.map { TaskView(row: $0) }
        let questions: [HTML] = open.map(question)
        return Page(
            "Case \(title)", in: .cases,
            """
            <h1>\(view.summary.kind == "claim" ? "Claim" : "Visit") \(title)</h1>
            \(header(view))
            \(stages(view.facts))
            \(questions.isEmpty ? .empty : Parts.section("Waits for a person", id: "open", "\(questions)"))
            \(Parts.section("Time line", id: "timeline", timeline(view)))
            """)
    }

    private static func header(_ view: CaseView) -> HTML {
        let coverage = view.facts.primaryCoverage
        let payer = coverage.map { $0.payerName.isEmpty ? $0.payerID : $0.payerName } ?? view.summary.payer
        let patient = view.facts.patient.map { "\($0.given) \($0.family)" }
        return Parts.facts([
            "Case": "\(view.summary.id)", "Latest outcome": Parts.outcome(view.summary.state),
            "Patient": patient.flatMap { $0 == " " ? nil : HTML(text: $0) },
            "Payer": payer.isEmpty ? "not known" : HTML(text: payer),
            "Date of service": view.facts.serviceDate.map { "\($0.description)" },
            "Charge": Parts.money(view.summary.charge), "Paid": Parts.money(view.summary.paid),
            "Patient's share": view.patientShare.isZero ? nil : Parts.money(view.patientShare),
            "Claims sent": view.facts.sentClaims.isEmpty
                ? nil : HTML(text: view.facts.sentClaims.map(\.controlNumber).joined(separator: ", ")),
        ])
    }

    /// Where each stage stands: its latest decision.
    private static func stages(_ facts: CaseFacts) -> HTML {
        let items: [HTML] = Stage.allCases.map { stage in
            let link = facts.decisions(of: stage).last.map { Parts.decisionLink($0.id, Words.outcome($0.outcome)) }
            return """
                <li class="step \(stage.rawValue)"><h2>\(stage.title)</h2>
                \(link ?? "<span class=\"quiet\">not reached</span>")</li>

                """
        }
        return "<ol class=\"flow small\" aria-label=\"Stages\">\(items)</ol>"
    }

    private static func question(_ task: TaskView) -> HTML {
        """
        <div class="card question"><h3><a href="/tasks/\(task.row.id)">\(task.title)</a></h3>
        \(Parts.list(Array(task.reasons.prefix(3)), empty: ""))
        <p class="quiet">\(task.row.deadline.map { "Until \(Parts.time($0)). " as HTML })\
        \(task.amount.isZero ? nil : "\(task.amount.dollars) at stake." as HTML)</p></div>

        """
    }

    // MARK: Time line

    private static func timeline(_ view: CaseView) -> HTML {
        let opened = Dictionary(grouping: view.tasks, by: \.decisionID)
        let rows: [HTML] = CaseTimeline(view.entries, view.messages).items.map { item in
            switch item {
            case .entry(let row, .decided(let decision)):
                Self.decision(decision, row, tasks: opened[decision.id] ?? [])
            case .entry(let row, let event): entry(event, row)
            case .message(let row): message(row, caseID: view.summary.id)
            }
        }
        return rows.isEmpty ? "<p class=\"empty\">Nothing has happened yet.</p>" : "<ol class=\"timeline\">\(rows)</ol>"
    }

    private static func line(_ style: String, _ at: Instant, _ body: HTML) -> HTML {
        """
        <li class="\(style)"><span class="dot \(style)" aria-hidden="true"></span>\(Parts.time(at))\
        <div>\(body)</div></li>

        """
    }

    private static func entry(_ event: CaseEvent, _ row: JournalRow) -> HTML {
        let words = EventWords(event)
        return line(
            "event \(words.stage?.rawValue ?? "none")", row.at,
            "<strong>\(words.title)</strong> \(words.detail)")
    }

    private static func decision(_ decision: Decision, _ row: JournalRow, tasks: [TaskRow]) -> HTML {
        let questions: [HTML] = tasks.map { row in
            let task = TaskView(row: row)
            let tone: Tone = row.state == .open ? .warn : .plain
            return "<li><a href=\"/tasks/\(row.id)\">\(task.title)</a> \(Parts.badge(row.state.rawValue, tone))</li>"
        }
        let count = decision.checks.filter(\.stops).count
        let stopping: HTML? =
            count == 0
            ? nil : "<p class=\"quiet\">\(Words.count(count, "check stands", "checks stand")) in the way.</p>"
        return line(
            "decision \(decision.occasion.stage.rawValue)", row.at,
            """
            <div class="card"><h3><a href="/decisions/\(decision.id)">\(decision.occasion.stage.title)</a> \
            \(Parts.outcome(decision.outcome))</h3>
            <p>\(decision.summary)</p>
            \(stopping)
            \(questions.isEmpty ? nil : "<ul>\(questions)</ul>" as HTML)</div>
            """)
    }

    private static func message(_ row: MessageRow, caseID: String) -> HTML {
        let address = "/messages/\(row.id)" + FormFields.query([("case", caseID)])
        let way = row.direction == .incoming ? "from" : "to"
        return line(
            "message none", row.at,
            """
            <a href="\(address)">\(row.kind)</a> \
            <span class="quiet">\(row.direction == .incoming ? "came in" : "went out") \(way) \(row.source)</span>
            """)
    }
}
