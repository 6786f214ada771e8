import HealthTypes
import Pipeline
import Review
import Stages
import Store

/// The list of cases.
enum CasesPage {
    static func page(_ list: CaseList) -> Page {
        let rows: [[HTML]] = list.cases.map { line in
            let summary = line.summary
            return [
                Parts.caseLink(line.caseNumber, summary.flatMap { $0.title.isEmpty ? nil : $0.title }),
                "\(summary?.payerID)", "\(summary.map { Words.stage($0.stage) })", Parts.status(line),
                Parts.money(summary?.charge ?? .zero), Parts.money(summary?.paid ?? .zero), Parts.time(line.openedAt),
            ]
        }
        return Page(
            "Cases", in: .cases,
            """
            <h1>Cases</h1>
            \(search(list))
            \(Parts.table(
                "Cases",
                [
                    .init("Case"), .init("Payer"), .init("Latest stage"), .init("Status"),
                    .init("Charge", isNumber: true), .init("Paid", isNumber: true), .init("Opened"),
                ], rows,
                empty: list.isFiltered ? "No case matches." : "No case yet. Cases open when messages come in."))
            \(Parts.pager(path: "/cases", query: list.query, isFirst: list.isFirst, next: list.next?.description))
            """)
    }

    private static func search(_ list: CaseList) -> HTML {
        func options<Value: Equatable>(
            _ all: [Value], _ chosen: Value?, _ tag: (Value) -> String, _ words: (Value) -> String
        )
            -> [HTML]
        {
            all.map { value in
                let mark: HTML? = value == chosen ? " selected" : nil
                return "<option value=\"\(tag(value))\"\(mark)>\(words(value))</option>"
            }
        }
        return """
            <form class="search" method="get" action="/cases" role="search">
            <label for="q">A case, visit or claim number in full, or how it begins</label>
            <div><input id="q" name="q" type="search" maxlength="80" value="\(list.text)"><button>Find</button></div>
            <div class="inline">
            <div><label for="state">Status</label><select id="state" name="state"><option value="">any</option>\
            \(options(CaseStatus.allCases, list.state, \.rawValue, \.words))</select></div>
            <div><label for="stage">Latest stage</label><select id="stage" name="stage"><option value="">any</option>\
            \(options(Stage.allCases, list.stage, \.rawValue, \.title))</select></div>
            <div><label for="payer">Payer's id</label><input id="payer" name="payer" maxlength="80" \
            value="\(list.payer)"></div>
            </div>
            </form>
            """
    }
}

/// The work queue.
enum QueuePage {
    static func page(_ view: QueueView) -> Page {
        let rows: [[HTML]] = view.lines.map { line in
            let task = line.task
            let summary = line.caseLine?.summary
            return [
                Parts.taskLink(task.name, task.title), "\(why(task))",
                Parts.caseLink(task.name.caseNumber, summary.flatMap { $0.title.isEmpty ? nil : $0.title }),
                "\(summary?.payerID)", task.amount.isZero ? "–" : Parts.money(task.amount),
                deadline(task.deadline, now: view.now), Parts.time(task.openedAt),
            ]
        }
        return Page(
            "Work queue", in: .queue,
            """
            <h1>Work queue</h1>
            \(filter(view))
            \(Parts.table(
                "Open work items, the earliest deadline first",
                [
                    .init("Work item"), .init("Why"), .init("Case"), .init("Payer"), .init("Amount", isNumber: true),
                    .init("Deadline"), .init("Opened"),
                ], rows, empty: view.kind == nil ? "No work item is open." : "No open work item of this kind."))
            \(Parts.pager(
                path: "/queue", query: [("kind", view.kind?.text ?? "")], isFirst: view.isFirst, next: view.next))
            """)
    }

    private static func why(_ task: TaskView) -> String {
        guard let first = task.reasons.first else { return "" }
        let more = task.reasons.count - 1
        let short = first.count > 160 ? first.prefix(160) + "…" : first[...]
        return more > 0 ? "\(short) And \(more) more." : String(short)
    }

    private static func filter(_ view: QueueView) -> HTML {
        let groups: [HTML] = Stage.allCases.map { stage in
            let mine = view.counts.filter { Stage(rawValue: $0.stage) == stage }
            func option(_ value: String, _ words: String, _ count: Int) -> HTML {
                let chosen: HTML? = value == view.kind?.text ? " selected" : nil
                return "<option value=\"\(value)\"\(chosen)>\(words) (\(count))</option>"
            }
            let all = option(stage.rawValue, "\(stage.title): all", mine.map(\.count).reduce(0, +))
            let kinds: [HTML] = WorkKind.all.filter { $0.stage == stage }.map { kind in
                option(kind.name, kind.title, mine.first { $0.kind == kind.tag }?.count ?? 0)
            }
            return "<optgroup label=\"\(stage.title)\">\(all)\(kinds)</optgroup>"
        }
        let total = view.counts.map(\.count).reduce(0, +)
        return """
            <form class="search" method="get" action="/queue">
            <label for="kind">Kind</label>
            <div><select id="kind" name="kind"><option value="">All (\(total))</option>\(groups)</select>\
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
                Parts.messageLink(row.id, row.kind),
                "\(Parts.badge(row.state.words, row.state.tone))<span class=\"quiet\">\(row.direction.tag)</span>",
                "\(row.source)",
                """
                \(first ?? "<span class=\"quiet\">–</span>")\
                \(issues.count > 1 ? " <span class=\"quiet\">and \(issues.count - 1) more</span>" as HTML : nil)
                """,
                Parts.time(row.at),
            ]
        }
        return Page(
            "Intake", in: .intake,
            """
            <h1>Intake</h1>
            <p>Nothing that comes in is thrown away. What could not be used, or not wholly, is listed here, and what \
            could not be delivered.</p>
            \(counts(view.counts))
            \(Parts.section("Messages in trouble", id: "trouble", Parts.table(
                "Messages in trouble, newest first",
                [.init("Message"), .init("State"), .init("From or to"), .init("Why"), .init("When")], rows,
                empty: "Every message could be used.")))
            \(Parts.pager(
                path: "/intake", query: [], place: "before", isFirst: view.isFirst, next: view.next.map(String.init)))
            """)
    }

    static func counts(_ counts: [MessageCount]) -> HTML {
        let items: [HTML] = counts.map { entry in
            "<div><dt>\(entry.direction.tag), \(entry.state.words)</dt><dd>\(entry.count)</dd></div>"
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
                "\(row.payerID)", "\(row.procedure)",
                row.modifiers.isEmpty ? "–" : "\(row.modifiers.joined(separator: ":"))",
                "\(row.group)-\(row.reason)", "\(row.denied) of \(row.adjudicated)", Parts.bar(share, "bad"),
                Parts.money(row.amount),
            ]
        }
        let checks: [[HTML]] = view.checks.map { entry in
            let tone: Tone = Check.Answer(rawValue: entry.answer) == .failed ? .bad : .warn
            return [
                "\(Parts.decisionLink(entry.decisionID, entry.checkID)) \(entry.title)",
                Parts.badge(entry.answer, tone),
                "\(entry.count)", Parts.bar(entry.count * 1000 / most, tone.rawValue),
            ]
        }
        return Page(
            "Patterns", in: .patterns,
            """
            <h1>Patterns</h1>
            <p>What payers have denied is counted and shown to the stages before the next claim goes out. \
            <span class="quiet">Counted at \(Parts.time(view.countedAt)).</span></p>
            \(Parts.section("Denials by payer and service", id: "denials", Parts.table(
                "Denial patterns, those with most denied money first",
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
