import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// A case from its appointment to its last payment.
enum CasePage {
    static func page(_ view: CaseView) -> Page {
        let open = view.tasks.filter(\.isOpen).map(question)
        return Page(
            "Case \(view.title)", in: .cases,
            """
            <h1>\(view.facts.encounter == nil ? "Claim" : "Visit") \(view.title) \(Parts.status(view.facts.status))</h1>
            \(setAside(view))
            \(unreadable(view))
            \(header(view))
            \(stages(view.facts))
            \(open.isEmpty ? .empty : Parts.section("Open work items", id: "open", "\(open)"))
            \(Parts.section("Waiting for", id: "waiting", waiting(view)))
            \(claims(view))
            \(sends(view))
            \(Parts.section("Time line", id: "timeline", CaseTimeline.html(view)))
            """)
    }

    // MARK: What keeps it from going on

    private static func setAside(_ view: CaseView) -> HTML? {
        view.setAside.map { fault in
            Parts.notice(
                .bad,
                """
                <p><strong>This case is set aside: it does not go on by itself.</strong> \
                \(Words.tag(fault.reason)): \(fault.detail)</p>
                <p class="quiet">Since \(Parts.time(fault.since)), \
                \(Words.count(fault.attempts, "attempt", "attempts")) by \(fault.program); \
                tried again at \(Parts.time(fault.retryAt)).</p>
                <form method="post" action="/cases/\(view.number.description)/retry"><button>Try again now</button></form>
                """)
        }
    }

    private static func unreadable(_ view: CaseView) -> HTML? {
        view.unreadable.map {
            Parts.notice(
                .bad,
                """
                <p>The journal holds an entry that this program cannot read (\($0)). What is below ends before it.</p>
                """)
        }
    }

    private static func header(_ view: CaseView) -> HTML {
        let coverage = view.facts.primaryCoverage
        let payer =
            coverage.map { $0.payerName.isEmpty ? $0.payerID : $0.payerName } ?? view.line.summary?.payerID ?? ""
        let patient = view.facts.patient.map { "\($0.given) \($0.family)" }
        return Parts.facts([
            "Case": "\(view.number.description)",
            "Patient": patient.flatMap { $0 == " " ? nil : HTML(text: $0) },
            "Payer": payer.isEmpty ? "not known" : HTML(text: payer),
            "Date of service": view.facts.serviceDate.map { "\($0.description)" },
            "Charge": Parts.money(view.charge), "Paid": Parts.money(view.paid),
            "Patient's share": view.patientShare.isZero ? nil : Parts.money(view.patientShare),
            "Next look": view.line.dueAt.map(Parts.time),
        ])
    }

    /// Where each stage stands: its latest decision.
    private static func stages(_ facts: CaseFacts) -> HTML {
        let items: [HTML] = Stage.allCases.map { stage in
            let link = facts.decisions(of: stage).last.map { record in
                let id = DecisionID(facts.number, entry: record.entry.sequence)
                return Parts.decisionLink(id.description, record.decision.outcome.words)
            }
            return """
                <li class="step \(stage.style)"><h2>\(stage.title)</h2>
                \(link ?? "<span class=\"quiet\">not reached</span>")</li>

                """
        }
        return "<ol class=\"flow small\" aria-label=\"Stages\">\(items)</ol>"
    }

    private static func question(_ task: TaskView) -> HTML {
        """
        <div class="card question"><h3>\(Parts.taskLink(task.name, task.title))</h3>
        \(Parts.list(Array(task.reasons.prefix(3)), empty: ""))
        <p class="quiet">\(task.deadline.map { "Until \(Parts.time($0)). " as HTML })\
        \(task.amount.isZero ? nil : "\(task.amount.dollars) at stake." as HTML)</p></div>

        """
    }

    // MARK: What it waits for

    private static func waiting(_ view: CaseView) -> HTML {
        let triggers: [HTML] = view.facts.pending.map { trigger in
            let isOpen = view.facts.next() != nil
            return """
                <li>\(Parts.badge("to be decided", isOpen ? .plain : .warn)) \(trigger.reason.stage.title): \
                \(trigger.reason.words(view.facts))</li>
                """
        }
        let timers: [HTML] = view.facts.timers.sorted { $0.due < $1.due }.map { timer in
            "<li>\(Parts.time(timer.due)) <span class=\"quiet\">\(view.facts.purpose(of: timer.id))</span></li>"
        }
        let open = view.facts.workItems.count(where: \.isOpen)
        let people: [HTML] =
            open == 0
            ? []
            : [open == 1 ? "<li>an answer to the work item above</li>" : "<li>answers to the work items above</li>"]
        let items = triggers + people + timers
        return items.isEmpty
            ? "<p class=\"empty\">Nothing: no date, no decision and nobody's answer. A new message moves it on.</p>"
            : "<ul class=\"plain\">\(items)</ul>"
    }

    private static func claims(_ view: CaseView) -> HTML {
        let rows: [[HTML]] = view.facts.claims.map { record in
            let words: [HTML] = record.acknowledgements.map {
                "<li>\($0.source.rawValue): \($0.outcome.words) \(Parts.code($0.code))</li>"
            }
            return [
                "\(record.claim.controlNumber)<br><span class=\"quiet\">\(origin(record.origin, view.facts))</span>",
                Parts.badge(record.state.words, record.state.tone), "\(record.claim.payer?.payerID)",
                Parts.money(record.claim.totalCharge),
                record.send.flatMap(view.status).map(Parts.delivery) ?? "<span class=\"quiet\">not sent</span>",
                words.isEmpty ? "<span class=\"quiet\">none</span>" : "<ul class=\"plain\">\(words)</ul>",
            ]
        }
        return rows.isEmpty
            ? .empty
            : Parts.section(
                "Claims", id: "claims",
                Parts.table(
                    "Claims of the case",
                    [
                        .init("Claim"), .init("State"), .init("Payer"), .init("Charge", isNumber: true),
                        .init("Delivery"), .init("Acknowledgments"),
                    ], rows, empty: ""))
    }

    private static func origin(_ origin: ClaimRecord.Origin, _ facts: CaseFacts) -> String {
        switch origin {
        case .charges: "made of the visit's charges"
        case .received: "made elsewhere"
        case .replaces(let ref): "replaces \(facts.name(of: ref))"
        }
    }

    private static func sends(_ view: CaseView) -> HTML {
        let rows: [[HTML]] = view.sends.map { status in
            let id = SendID(entry: status.part.entry, number: status.part.number)
            let decision = DecisionID(view.number, entry: status.part.entry).description
            return [
                "\(view.facts.words(of: id))", Parts.delivery(status), Parts.decisionLink(decision),
                status.message.map { Parts.messageLink($0, of: view.number, "Message \($0)") }
                    ?? "<span class=\"quiet\">none yet</span>",
            ]
        }
        return rows.isEmpty
            ? .empty
            : Parts.section(
                "Sent and to be sent", id: "sends",
                Parts.table(
                    "What the case sends", [.init("What"), .init("Delivery"), .init("Decision"), .init("Message")],
                    rows,
                    empty: ""))
    }
}
