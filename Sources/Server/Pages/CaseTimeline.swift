import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// The journal of a case in words, with the messages that brought its entries and those that carry what it sends.
enum CaseTimeline {
    static func html(_ view: CaseView) -> HTML {
        var rows: [HTML] = []
        var message: Int?
        for entry in view.entries {
            if let id = entry.entry.message, id != message, let row = view.messages[id] {
                rows.append(incoming(row, entry.row.at, of: view.number))
            }
            message = entry.entry.message
            if case .decided(let decision, _) = entry.entry.event {
                rows.append(Self.decision(decision, entry.row, view))
                rows += decision.sends.indices.compactMap {
                    outgoing(SendID(entry: entry.row.sequence, number: $0), entry.row.at, view)
                }
            } else {
                rows.append(event(entry, view.facts))
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

    private static func event(_ entry: CaseView.Entry, _ facts: CaseFacts) -> HTML {
        let words = EventWords(entry.entry.event, facts)
        return line(
            "event \(words.stage?.style ?? "none")", entry.row.at, "<strong>\(words.title)</strong> \(words.detail)")
    }

    private static func incoming(_ row: MessageRow, _ at: Instant, of number: CaseNumber) -> HTML {
        line(
            "message none", at,
            """
            \(Parts.messageLink(row.id, of: number, row.kind)) <span class="quiet">came in from \(row.source)</span>
            """)
    }

    private static func outgoing(_ id: SendID, _ at: Instant, _ view: CaseView) -> HTML? {
        guard let status = view.status(of: id) else { return nil }
        let message = status.message.flatMap { view.messages[$0] }
        let name =
            message.map { Parts.messageLink($0.id, of: view.number, $0.kind) } ?? "\(view.facts.words(of: id))"
        return line("message none", at, "\(name) \(Parts.delivery(status))")
    }

    private static func decision(_ decision: StageDecision, _ row: EntryRow, _ view: CaseView) -> HTML {
        let id = DecisionID(view.number, entry: row.sequence).description
        let tasks: [HTML] = view.tasks.filter { $0.name.item.entry == row.sequence }.map { task in
            "<li>\(Parts.taskLink(task.name, task.title)) \(Parts.badge(task.stateWords, task.isOpen ? .warn : .plain))</li>"
        }
        let count = decision.findings.filter(\.stops).count
        let stopping: HTML? =
            count == 0
            ? nil
            : "<p class=\"quiet\">\(Words.count(count, "check keeps", "checks keep")) the claim from going out as it is.</p>"
        let stage = decision.outcome.stage
        return line(
            "decision \(stage.style)", row.at,
            """
            <div class="card"><h3>\(Parts.decisionLink(id, stage.title)) \(Parts.outcome(decision.outcome))</h3>
            <p>\(decision.outcome.summary)</p>
            \(stopping)
            \(tasks.isEmpty ? nil : "<ul>\(tasks)</ul>" as HTML)</div>
            """)
    }
}
