import HealthTypes
import Pipeline
import Stages
import Store

/// What is counted over the whole record, of one moment: for the dashboard, the metrics and the counts beside lists.
struct SiteCounts: Sendable {
    var figures: [SiteFigure]
    var maturity: SiteFigure
    var dollars: SiteDollars
    /// Cases by the state of their line.
    var cases: [(state: String, count: Int)]
    var decisions: [DecisionCount]
    /// Open work items.
    var tasks: [WorkCount]
    var messages: [MessageCount]
    /// Answers that belong to no case, and objections to them.
    var service: [(kind: ServiceEntry.Kind, outcome: String, count: Int)]
    var lanes: [LaneStatus]
    /// The first of the cases that are set aside.
    var setAside: [SetAside]
    var totals: Totals
    /// What is wrong with lanes and the mailbox; known at once, and not counted.
    var troubles: [DeliveryPlace: DeliveryTrouble] = [:]
    /// When it was counted.
    var now: Instant

    /// Cases that are set aside which the page names.
    static let shownSetAside = 20

    init(in page: any PageReader, now: Instant) throws {
        figures = try SiteFigures.compute(in: page)
        maturity = try SiteFigures.maturity(in: page)
        dollars = try SiteDollars.compute(in: page)
        cases = try page.caseCounts()
        decisions = try page.decisionCounts()
        tasks = try page.openWorkCounts()
        messages = try page.messageCounts()
        service = try page.serviceCounts()
        lanes = try page.laneStatus()
        setAside = try page.casesSetAside(after: nil, limit: Self.shownSetAside)
        totals = try page.totals()
        self.now = now
    }
}

/// How the site stands, on one page.
enum DashboardPage {
    static func page(_ view: SiteCounts) -> Page {
        let empty: HTML =
            view.totals.cases > 0
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
            <p class="quiet">Counted at \(Parts.time(view.now)).</p>
            \(empty)
            \(Parts.section("Five numbers", id: "figures", figures(view)))
            \(Parts.section("Dollars", id: "dollars", dollars(view.dollars)))
            \(Parts.section("From appointment to payment", id: "flow", flow(view.decisions)))
            <div class="halves">
            \(Parts.section("Open work items", id: "tasks", tasks(view.tasks)))
            \(Parts.section("Messages", id: "messages", IntakePage.counts(view.messages)))
            </div>
            \(Parts.section("Deliveries", id: "deliveries", DeliveryPart.deliveries(view)))
            \(Parts.section("What does not go on by itself", id: "stuck", DeliveryPart.stuck(view)))
            """)
    }

    // MARK: Five numbers

    private static func figures(_ view: SiteCounts) -> HTML {
        let cards: [HTML] = view.figures.map { figure in
            let value = figure.perMille.map { "\($0 / 10).\($0 % 10)%" } ?? "–"
            let maturity: HTML? =
                figure.isOfSettled
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

    private static func dollars(_ dollars: SiteDollars) -> HTML {
        let rows: [(String, Money, String, String)] = [
            ("Billed", dollars.billed, "plain", "first submissions, at charge"),
            ("Paid", dollars.paid, "good", "by payers, payments taken back deducted"),
            ("Patient", dollars.patient, "patient", "deductible, coinsurance and copay"),
            ("Denied at first", dollars.denied, "bad", "on first remittances"),
            ("Recovered", dollars.recovered, "recovered", "by corrected claims and appeals; part of what is paid"),
            ("On hold", dollars.held, "warn", "claims that wait for a person before they go out"),
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

    private static func flow(_ counts: [DecisionCount]) -> HTML {
        let stages: [HTML] = Stage.allCases.map { stage in
            let mine = Dictionary(grouping: counts.filter { Stage(rawValue: $0.stage) == stage }, by: \.outcome)
                .map { (outcome: $0.key, count: $0.value.reduce(0) { $0 + $1.count }) }
                .sorted { ($1.count, $0.outcome) < ($0.count, $1.outcome) }
            let total = mine.map(\.count).reduce(0, +)
            let rows: [HTML] = mine.map { entry in
                let outcome = Outcome(stage, tag: entry.outcome)
                return """
                    <li><span>\(outcome?.words ?? Words.tag(entry.outcome))</span>\
                    <span class="number">\(entry.count)</span>\
                    \(Parts.bar(entry.count * 1000 / max(1, total), (outcome?.tone ?? .plain).rawValue))</li>
                    """
            }
            return """
                <li class="step \(stage.style)"><h3>\(stage.title)</h3>
                <p class="quiet">\(Words.count(total, "decision", "decisions"))</p>
                <ul>\(rows)</ul></li>

                """
        }
        return "<ol class=\"flow\">\(stages)</ol>"
    }

    private static func tasks(_ counts: [WorkCount]) -> HTML {
        let rows: [[HTML]] = counts.sorted { $0.count > $1.count }.map { entry in
            let query = FormFields.query([("kind", "\(entry.stage).\(entry.kind)")])
            return [
                "<a href=\"/queue\(query)\">\(WorkKind.title(entry.stage, entry.kind))</a>", "\(entry.count)",
                entry.amount.isZero ? "–" : Parts.money(entry.amount),
            ]
        }
        return Parts.table(
            "Open work items by kind", [.init("Kind"), .init("Open", isNumber: true), .init("Amount", isNumber: true)],
            rows, empty: "No work item is open.")
    }
}

/// What is not delivered, and what does not go on by itself.
enum DeliveryPart {
    static func deliveries(_ view: SiteCounts) -> HTML { "\(mailbox(view))\(lanes(view))" }

    /// The mailbox is named where it fails; that nothing comes would be seen nowhere else.
    private static func mailbox(_ view: SiteCounts) -> HTML {
        guard let trouble = view.troubles[.mailbox] else { return .empty }
        return Parts.notice(
            .bad,
            """
            <p>The payer's mailbox cannot be read: \(trouble.kind.words). Since \(Parts.time(trouble.since)), \
            \(Words.count(trouble.failures, "attempt", "attempts")). Acknowledgements and remittances do not come in.</p>
            """)
    }

    private static func lanes(_ view: SiteCounts) -> HTML {
        let rows: [[HTML]] = view.lanes.map { status in
            let waiting = status.unformed + status.waiting
            return [
                "\(LaneKind(rawValue: status.lane.kind)?.words ?? Words.tag(status.lane.kind))",
                "\(status.lane.receiver)",
                waiting == 0 ? "0" : "\(waiting) \(Parts.badge("not delivered yet", .warn))",
                status.failed == 0 ? "0" : "\(status.failed) \(Parts.badge("delivery failed", .bad))",
                status.oldest.map { oldest in
                    """
                    \(Parts.time(oldest)) <span class="quiet">\(age(view.now.seconds(since: oldest))), \
                    \(Words.count(status.attempts, "attempt", "attempts"))</span>
                    """
                } ?? "–",
                standing(status, view.troubles[.lane(status.lane)]),
            ]
        }
        return Parts.table(
            "Deliveries by kind and receiver",
            [
                .init("What"), .init("Receiver"), .init("Waiting", isNumber: true), .init("Failed", isNumber: true),
                .init("Waits longest"), .init("Receiver answers"),
            ], rows, empty: "Nothing has been sent yet.")
    }

    /// Whether the receiver lets messages through, and when it is tried again.
    private static func standing(_ status: LaneStatus, _ trouble: DeliveryTrouble?) -> HTML {
        guard let since = status.failingSince ?? trouble?.since else { return "–" }
        let again = status.dueAt ?? trouble?.retryAt
        return """
            \(Parts.badge(trouble?.kind.words ?? "does not get through", .bad)) since \(Parts.time(since))\
            \(again.map { "<span class=\"quiet\">, tried again \(Parts.time($0))</span>" as HTML })
            """
    }

    private static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "under a minute"
        case ..<3600: Words.count(seconds / 60, "minute", "minutes")
        case ..<172_800: Words.count(seconds / 3600, "hour", "hours")
        default: Words.count(seconds / 86_400, "day", "days")
        }
    }

    static func stuck(_ view: SiteCounts) -> HTML {
        let rows: [[HTML]] = view.setAside.map { fault in
            [
                Parts.caseLink(fault.caseNumber), "\(Words.tag(fault.reason)): \(fault.detail)",
                "\(fault.attempts)", Parts.time(fault.since), Parts.time(fault.retryAt),
            ]
        }
        let more = view.totals.casesSetAside - view.setAside.count
        let waiting = view.totals.unitsWaiting
        return """
            \(Parts.table(
                "Cases that are set aside",
                [
                    .init("Case"), .init("Why"), .init("Attempts", isNumber: true), .init("Since"), .init("Tried again"),
                ], rows, empty: "No case is set aside."))
            \(more > 0 ? "<p class=\"quiet\">And \(more) more.</p>" as HTML : nil)
            <p>\(waiting == 0
                ? "No message waits for its case."
                : "\(Words.count(waiting, "unit waits", "units wait")) for a case that is not known yet; see <a href=\"/intake\">Intake</a>.")</p>
            """
    }
}

extension DeliveryTrouble.Kind {
    var words: String {
        switch self {
        case .unreachable: "no answer"
        case .misconfigured: "address, credentials or agreement are wrong"
        case .tooLarge: "an answer is larger than can be taken"
        case .failed: "something failed here"
        }
    }
}

extension LaneKind {
    var words: String {
        switch self {
        case .inquiry: "eligibility inquiries (270)"
        case .authorization: "authorization requests (PAS)"
        case .claim: "claims (837P)"
        case .appeal: "appeals"
        case .chart: "resources for the EHR"
        case .review: "claims for the reviewers"
        }
    }
}
