import Claims
import HealthTypes
import Stages
import Store

/// A question for a person, and the form that answers it.
enum TaskPage {
    static func page(
        _ task: TaskView, _ summary: CaseSummary?, person: String, filled: FormFields? = nil, refusal: String? = nil
    ) -> Page {
        let title = summary.map { summary in summary.title.isEmpty ? summary.id : summary.title }
        return Page(
            task.title, in: .queue,
            """
            <h1>\(task.title)</h1>
            \(refusal.map { Parts.notice(.bad, "<p>\($0)</p>") })
            \(Parts.facts([
                "Case": Parts.caseLink(task.row.caseID, title),
                "Payer": summary.flatMap { $0.payer.isEmpty ? nil : HTML(text: $0.payer) },
                "Amount": task.amount.isZero ? nil : Parts.money(task.amount),
                "Deadline": task.row.deadline.map(Parts.time), "Opened": Parts.time(task.row.openedAt),
                "Asked by": Parts.decisionLink(task.row.decisionID, "the decision of \(Words.stage(task.row.stage))"),
            ]))
            \(Parts.section("Why it is asked", id: "reason", Parts.list(task.reasons, empty: "No reason is given.")))
            \(Parts.section("Evidence", id: "evidence", Parts.list(task.draft?.evidence ?? [], empty: "None.")))
            \(document(task))
            \(task.row.state == .open ? form(task, person: person, filled: filled) : closed(task))
            """)
    }

    private static func document(_ task: TaskView) -> HTML {
        guard let document = task.draft?.document else { return .empty }
        return Parts.section(
            document.title, id: "document",
            """
            <pre class="letter" tabindex="0" role="region" aria-label="\(document.title)">\(document.text)</pre>
            <p><a href="/tasks/\(task.row.id)/letter">As a page to print</a></p>
            <p class="quiet">SHA-256 \(Parts.digest(document.digest))</p>
            """)
    }

    private static func form(_ task: TaskView, person: String, filled: FormFields?) -> HTML {
        let answers: [HTML] = (task.draft?.answers ?? []).enumerated().map { index, answer in
            let checked: HTML? = filled?["answer"] == answer.id ? " checked" : nil
            return """
                <div class="choice">\
                <input type="radio" id="answer-\(index)" name="answer" value="\(answer.id)" required\(checked)>\
                <label for="answer-\(index)">\(answer.label)</label></div>

                """
        }
        return Parts.section(
            "Your answer", id: "answer",
            """
            <form class="answer" method="post" action="/tasks/\(task.row.id)">
            <fieldset><legend>What shall be done?</legend>
            \(answers)</fieldset>
            <label for="reason-text">Why? <span class="quiet">A later reader has nothing else.</span></label>
            <textarea id="reason-text" name="reason" rows="3" maxlength="2000" required>\(filled?["reason"])</textarea>
            <label for="by">Your name</label>
            <input id="by" name="by" maxlength="100" value="\(person)" autocomplete="name" required>
            <button>Answer</button>
            </form>
            """)
    }

    private static func closed(_ task: TaskView) -> HTML {
        let words = task.row.state == .resolved ? "has been answered" : "has been withdrawn"
        return Parts.notice(
            .plain,
            "<p>The question \(words); see \(Parts.caseLink(task.row.caseID, "the case")) for how it went on.</p>")
    }
}
