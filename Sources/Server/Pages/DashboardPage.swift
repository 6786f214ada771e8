import HealthTypes
import Pipeline
import Stages
import Store

struct DashboardView {
    var figures: [SiteFigure]
    var maturity: SiteFigure
    var dollars: StoreTransaction.Dollars
    var decisions: [(stage: String, outcome: String, count: Int)]
    var tasks: [(kind: String, count: Int, amount: Money)]
    var messages: [(direction: String, state: String, count: Int)]
    var cases: Int
}

/// How the site stands, on one page.
enum DashboardPage {
    static func page(_ view: DashboardView) -> Page {
        let empty: HTML =
            view.cases > 0
            ? .empty
            : Parts.notice(
                .plain,
                """
                <p>No case yet. Send a file to <code>POST /intake</code>, or a claim to <code>POST /claims</code>; \
                the numbers below fill as cases go on.</p>
                """)
        return Page(
            "Dashboard", in: .dashboard,
            """
            <h1>Dashboard</h1>
            \(empty)
            \(Parts.section("Five numbers", id: "figures", figures(view)))
            \(Parts.section("Dollars", id: "dollars", dollars(view.dollars)))
            \(Parts.section("From appointment to payment", id: "flow", flow(view.decisions)))
            <div class="halves">
            \(Parts.section("Questions for people", id: "tasks", tasks(view.tasks)))
            \(Parts.section("Messages", id: "messages", IntakePage.counts(view.messages)))
            </div>
            """)
    }

    // MARK: Five numbers

    /// Rates over what has been settled say little while little has.
    private static let dependOnSettlement: Set<String> = ["initial-denial", "denials-overturned"]

    private static func figures(_ view: DashboardView) -> HTML {
        let cards: [HTML] = view.figures.map { figure in
            let value = figure.perMille.map { "\($0 / 10).\($0 % 10)%" } ?? "–"
            let maturity: HTML? =
                dependOnSettlement.contains(figure.id)
                ? "<p class=\"quiet\">Settled so far: \(view.maturity.text)</p>" : nil
            return """
                <div class="card"><h3>\(figure.title)</h3>
                <p class="figure">\(value)</p>
                <p>\(figure.numerator) of \(figure.denominator)</p>
                \(maturity)
                \(Parts.details("Definition", "<p>\(figure.definition)</p><p class=\"quiet\">\(figure.source)</p>"))
                </div>

                """
        }
        return "<div class=\"cards-row\">\(cards)</div>"
    }

    // MARK: Dollars

    private static func dollars(_ dollars: StoreTransaction.Dollars) -> HTML {
        let rows: [(String, Money, String, String)] = [
            ("Billed", dollars.billed, "plain", "first submissions, at charge"),
            ("Paid", dollars.paid, "good", "by payers, payments taken back deducted"),
            ("Patient", dollars.patient, "patient", "deductible, coinsurance and copay"),
            ("Denied at first", dollars.denied, "bad", "on first remittances"),
            ("Recovered", dollars.recovered, "recovered", "by corrected claims and appeals; part of what is paid"),
            ("Held", dollars.held, "warn", "claims that wait for a person before they go out"),
            ("Written off", dollars.writtenOff, "off", "denied, and given up by a person"),
        ]
        let most = max(1, rows.map { abs($0.1.cents) }.max() ?? 1)
        let lines: [HTML] = rows.map { name, amount, style, meaning in
            // A little money is still to be seen.
            let share = amount > .zero ? max(4, Int(amount.cents * 1000 / most)) : 0
            return """
                <tr><th scope="row">\(name) <span class="quiet">\(meaning)</span></th>\
                <td class="number">\(amount.dollars)</td>\
                <td class="wide-bar">\(Parts.bar(share, style))</td></tr>

                """
        }
        return """
            <table class="bars"><caption class="hidden">Dollars, on one scale</caption>
            <thead class="hidden"><tr><th scope="col">What</th><th scope="col">Amount</th><th scope="col">Bar</th></tr>\
            </thead>
            <tbody>\(lines)</tbody></table>
            <p class="quiet">What is billed and stands in no other row is written down by contract \
            or not settled yet.</p>
            """
    }

    // MARK: Stages

    private static func flow(_ counts: [(stage: String, outcome: String, count: Int)]) -> HTML {
        let stages: [HTML] = Stage.allCases.map { stage in
            let mine = counts.filter { $0.stage == stage.rawValue }.sorted { $0.count > $1.count }
            let total = mine.map(\.count).reduce(0, +)
            let rows: [HTML] = mine.map { entry in
                let tone = Words.tone(ofOutcome: entry.outcome)
                return """
                    <li><span>\(Words.outcome(entry.outcome))</span><span class="number">\(entry.count)</span>\
                    \(Parts.bar(entry.count * 1000 / max(1, total), tone.rawValue))</li>
                    """
            }
            return """
                <li class="step \(stage.rawValue)"><h3>\(stage.title)</h3>
                <p class="quiet">\(Words.count(total, "decision", "decisions"))</p>
                <ul>\(rows)</ul></li>

                """
        }
        return "<ol class=\"flow\">\(stages)</ol>"
    }

    private static func tasks(_ counts: [(kind: String, count: Int, amount: Money)]) -> HTML {
        let rows: [[HTML]] = counts.sorted { $0.count > $1.count }.map { entry in
            [
                "<a href=\"/queue\(FormFields.query([("kind", entry.kind)]))\">\(Words.taskKind(entry.kind))</a>",
                "\(entry.count)", entry.amount.isZero ? "–" : Parts.money(entry.amount),
            ]
        }
        return Parts.table(
            "Open tasks by kind", [.init("Kind"), .init("Open", isNumber: true), .init("Amount", isNumber: true)], rows,
            empty: "Nothing waits for a person.")
    }
}
