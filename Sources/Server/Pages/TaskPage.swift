import Claims
import HealthTypes
import Pipeline
import Stages
import Store

/// A work item, and the form that answers it.
enum TaskPage {
    /// What was filled in before, where an answer was not taken.
    struct Filled {
        var fields: FormFields
        var refusal: String
    }

    static func page(_ task: TaskView, _ line: CaseLine?, filled: Filled? = nil) -> Page {
        let title = line?.summary.flatMap { $0.title.isEmpty ? nil : $0.title }
        return Page(
            task.title, in: .queue,
            """
            <h1>\(task.title) \(Parts.badge(task.stateWords, task.isOpen ? .warn : .plain))</h1>
            \(filled.map { Parts.notice(.bad, "<p>\($0.refusal)</p>") })
            \(Parts.facts([
                "Case": Parts.caseLink(task.name.caseNumber, title),
                "Payer": line?.summary.flatMap { $0.payerID.isEmpty ? nil : HTML(text: $0.payerID) },
                "Amount": task.amount.isZero ? nil : Parts.money(task.amount),
                "Deadline": task.deadline.map(Parts.time), "Opened": Parts.time(task.openedAt),
                "Opened by": Parts.decisionLink(task.decisionID, "the decision of \(Words.stage(task.stage))"),
            ]))
            \(answered(task))
            \(Parts.section("Why", id: "reason", Parts.list(task.reasons, empty: "No reason is given.")))
            \(Parts.section("Evidence", id: "evidence", Parts.list(task.item?.evidence ?? [], empty: "None.")))
            \(document(task))
            \(task.isOpen ? form(task, filled) : .empty)
            """)
    }

    private static func document(_ task: TaskView) -> HTML {
        guard let document = task.document else { return .empty }
        return Parts.section(
            document.title, id: "document",
            """
            <pre class="letter" tabindex="0" role="region" aria-label="\(document.title)">\(document.text)</pre>
            <p><a href="/tasks/\(task.name.description)/letter">As a page to print</a></p>
            <p class="quiet">SHA-256 \(Parts.digest(document.digest))</p>
            """)
    }

    private static func form(_ task: TaskView, _ filled: Filled?) -> HTML {
        let choices = task.item?.kind.choices ?? []
        let answers: [HTML] = choices.enumerated().map { index, choice in
            let checked: HTML? = filled?.fields["answer"] == choice.tag ? " checked" : nil
            return """
                <div class="choice">\
                <input type="radio" id="answer-\(index)" name="answer" value="\(choice.tag)" required\(checked)>\
                <label for="answer-\(index)">\(choice.label)</label></div>

                """
        }
        let number: HTML? =
            choices.contains(where: \.needsNumber)
            ? """
            <label for="number">Authorization number <span class="quiet">with the answer that asks for it, and with no \
            other</span></label>
            <input id="number" name="number" maxlength="\(TaskAnswer.maximumNumberCharacters)" \
            value="\(filled?.fields["number"])" autocomplete="off">

            """ : nil
        return Parts.section(
            "Your answer", id: "answer",
            """
            <form class="answer" method="post" action="/tasks/\(task.name.description)">
            <fieldset><legend>What shall be done?</legend>
            \(answers)</fieldset>
            \(number)\
            <label for="reason-text">Why? <span class="quiet">A later reader has nothing else.</span></label>
            <textarea id="reason-text" name="reason" rows="3" maxlength="\(Pipeline.maximumReasonCharacters)" required>\
            \(filled?.fields["reason"])</textarea>
            <label for="by">Your name</label>
            <input id="by" name="by" maxlength="\(Pipeline.maximumNameCharacters)" value="\(filled?.fields["by"])" \
            autocomplete="name" required>
            <button>Answer</button>
            </form>
            """)
    }

    /// Who answered, when and why.
    private static func answered(_ task: TaskView) -> HTML? {
        switch task.state {
        case .open: nil
        case .withdrawn:
            Parts.notice(
                .plain,
                """
                <p>The work item has been withdrawn: nobody need answer it any more. See \
                \(Parts.caseLink(task.name.caseNumber, "the case")) for how it went on.</p>
                """)
        case .answered(let answer, let at):
            Parts.notice(
                .plain,
                """
                <p>It has been answered by <strong>\(answer.by)</strong>, \(Parts.time(at)): \
                “\(answer.resolution.label)”</p>
                <p>\(answer.reason)</p>
                <p class="quiet">See \(Parts.caseLink(task.name.caseNumber, "the case")) for how it went on.</p>
                """)
        }
    }
}
