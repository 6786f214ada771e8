import HealthTypes
import Stages
import Store

/// The list of cases.
enum CasesPage {
    static func page(_ list: CaseList) -> Page {
        let rows: [[HTML]] = list.cases.map { entry in
            [
                Parts.caseLink(entry.id, entry.title.isEmpty ? entry.id : entry.title), "\(entry.payer)",
                "\(Words.stage(entry.stage))", Parts.outcome(entry.state), Parts.money(entry.charge),
                Parts.money(entry.paid), Parts.time(entry.openedAt),
            ]
        }
        return Page(
            "Cases", in: .cases,
            """
            <h1>Cases</h1>
            <form class="search" method="get" action="/cases" role="search">
            <label for="q">A case, visit or claim number, a payer or an outcome</label>
            <div><input id="q" name="q" type="search" maxlength="80" value="\(list.text)"><button>Find</button></div>
            </form>
            \(Parts.table(
                "Cases",
                [
                    .init("Case"), .init("Payer"), .init("Stage"), .init("Latest outcome"),
                    .init("Charge", isNumber: true), .init("Paid", isNumber: true), .init("Opened"),
                ], rows,
                empty: list.text.isEmpty ? "No case yet. Cases open when messages come in." : "No case matches."))
            \(Parts.pager(path: "/cases", query: [("q", list.text)], page: list.page, hasNext: list.hasNext))
            """)
    }
}

/// The work queue.
enum QueuePage {
    static func page(_ view: QueueView) -> Page {
        let rows: [[HTML]] = view.lines.map { line in
            let task = line.task
            return [
                """
                <a href="/tasks/\(task.row.id)">\(task.title)</a><br>\
                <span class="quiet">\(Words.taskKind(task.row.kind))</span>
                """,
                "\(why(task))", Parts.caseLink(task.row.caseID, line.summary?.title), "\(line.summary?.payer)",
                task.amount.isZero ? "–" : Parts.money(task.amount), deadline(task.row.deadline, now: view.now),
                Parts.time(task.row.openedAt),
            ]
        }
        return Page(
            "Work queue", in: .queue,
            """
            <h1>Work queue</h1>
            \(filter(view))
            \(Parts.table(
                "Open tasks, the earliest deadline first",
                [
                    .init("Question"), .init("Why"), .init("Case"), .init("Payer"), .init("Amount", isNumber: true),
                    .init("Deadline"), .init("Opened"),
                ], rows,
                empty: view.kind.isEmpty ? "Nothing waits for a person." : "No open question of this kind."))
            \(Parts.pager(path: "/queue", query: [("kind", view.kind)], page: view.page, hasNext: view.hasNext))
            """)
    }

    private static func why(_ task: TaskView) -> String {
        guard let first = task.reasons.first else { return "" }
        let more = task.reasons.count - 1
        let short = first.count > 160 ? first.prefix(160) + "…" : first[...]
        return more > 0 ? "\(short) And \(more) more." : String(short)
    }

    private static func filter(_ view: QueueView) -> HTML {
        let options: [HTML] = view.counts.map { entry in
            let chosen: HTML? = entry.kind == view.kind ? " selected" : nil
            return "<option value=\"\(entry.kind)\"\(chosen)>\(Words.taskKind(entry.kind)) (\(entry.count))</option>"
        }
        let total = view.counts.map(\.count).reduce(0, +)
        return """
            <form class="search" method="get" action="/queue">
            <label for="kind">Kind</label>
            <div><select id="kind" name="kind"><option value="">All (\(total))</option>\(options)</select>\
            <button>Show</button></div></form>
            """
    }

    static func deadline(_ deadline: Instant?, now: Instant) -> HTML {
        guard let deadline else { return "<span class=\"quiet\">none</span>" }
        return deadline < now
            ? "\(Parts.time(deadline)) \(Parts.badge("past", .bad))" : Parts.time(deadline)
    }
}

/// Messages in trouble.
enum IntakePage {
    static func page(_ view: IntakeView) -> Page {
        let rows: [[HTML]] = view.messages.map { row in
            let issues = MessageReading.issues(of: row)
            let first = issues.first.map { "\($0.message) \(Parts.code($0.code))" as HTML }
            return [
                "<a href=\"/messages/\(row.id)\">\(row.kind)</a>", Parts.outcome(row.state.rawValue), "\(row.source)",
                """
                \(first ?? "<span class=\"quiet\">Belongs to no case that is known, or nothing here reads it.</span>")\
                \(issues.count > 1 ? " <span class=\"quiet\">and \(issues.count - 1) more</span>" as HTML : nil)
                """,
                Parts.time(row.at),
            ]
        }
        return Page(
            "Intake", in: .intake,
            """
            <h1>Intake</h1>
            <p>Nothing that comes in is thrown away. What could not be used, or not wholly, is listed here.</p>
            \(counts(view.counts))
            \(Parts.section("Messages in trouble", id: "trouble", Parts.table(
                "Messages in trouble, newest first",
                [.init("Message"), .init("State"), .init("From"), .init("Why"), .init("When")], rows,
                empty: "Every message could be used.")))
            \(view.messages.count < IntakeView.limit
                ? nil : "<p class=\"quiet\">The newest \(IntakeView.limit).</p>" as HTML)
            """)
    }

    static func counts(_ counts: [(direction: String, state: String, count: Int)]) -> HTML {
        let items: [HTML] = counts.map { entry in
            let way = entry.direction == "in" ? "in" : "out"
            return "<div><dt>\(way), \(entry.state)</dt><dd>\(entry.count)</dd></div>"
        }
        return items.isEmpty ? "<p class=\"empty\">No message yet.</p>" : "<dl class=\"facts counts\">\(items)</dl>"
    }
}

/// What payers deny, and which checks hit.
enum PatternsPage {
    static func page(_ view: PatternsView) -> Page {
        let most = view.checks.map(\.count).max() ?? 1
        let denials: [[HTML]] = view.denials.map { row in
            let share = row.adjudicated == 0 ? 0 : row.denied * 1000 / row.adjudicated
            return [
                "\(row.payerID)", "\(row.procedure)", row.modifiers.isEmpty ? "–" : "\(row.modifiers)",
                "\(row.reason)", "\(row.denied) of \(row.adjudicated)", Parts.bar(share, "bad"),
                Parts.money(Money(cents: row.deniedCents)),
            ]
        }
        let checks: [[HTML]] = view.checks.map { entry in
            [
                "\(entry.decisionID.map { Parts.decisionLink($0, entry.checkID) }) \(entry.title)",
                Parts.badge(entry.answer, entry.answer == "failed" ? .bad : .warn),
                "\(entry.count)", Parts.bar(entry.count * 1000 / most, entry.answer == "failed" ? "bad" : "warn"),
            ]
        }
        return Page(
            "Patterns", in: .patterns,
            """
            <h1>Patterns</h1>
            <p>What payers have denied is counted and shown to the stages before the next claim goes out.</p>
            \(Parts.section("Denials by payer and service", id: "denials", Parts.table(
                "Denial patterns, the most frequent first",
                [
                    .init("Payer"), .init("Service"), .init("Modifiers"), .init("Reason"),
                    .init("Lines denied", isNumber: true), .init("Share"), .init("Amount", isNumber: true),
                ], denials, empty: "No denial has been posted yet.")))
            \(Parts.section("Checks that find something", id: "checks", Parts.table(
                "Checks, the most frequent first",
                [.init("Check"), .init("Answer"), .init("Times", isNumber: true), .init("Share of the most frequent")],
                checks, empty: "No check has found anything yet.")))
            """)
    }
}

/// What a person in a browser sees of an error.
enum ErrorPage {
    static func page(_ problem: Problem) -> Page {
        Page(
            problem.title, in: nil,
            """
            <h1>\(problem.title)</h1>
            <p>\(problem.detail)</p>
            \(Parts.issues(problem.issues))
            <p><a href="/">To the dashboard</a> or <a href="/queue">the work queue</a></p>
            """)
    }
}
