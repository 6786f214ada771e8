import HealthTypes
import Pipeline
import Store

/// What a run of the sample day prints at its end.
struct DemoReport {
    let score: DemoScore
    let figures: [SiteFigure]
    let maturity: SiteFigure
    let dollars: StoreTransaction.Dollars
    let decisions: Int
    let cases: Int
    let tasks: Int
    let openTasks: Int
    let messages: [(direction: String, state: String, count: Int)]

    init(score: DemoScore, in tx: StoreTransaction) throws {
        self.score = score
        figures = try SiteFigures.compute(in: tx)
        maturity = try SiteFigures.maturity(in: tx)
        dollars = try tx.dollars()
        decisions = try tx.count(.decisions)
        cases = try tx.count(.cases)
        tasks = try tx.count(.tasksOpened)
        openTasks = try tx.count(.tasksOpen)
        messages = try tx.messageCounts()
    }

    var text: String {
        var lines = ["", score.table, ""]
        lines.append(
            "Caught before: a check of the problem failed before the first claim went out. After: a denial or rejection "
                + "showed it.")
        lines.append(
            "False alarms: checks that stopped a claim without cause. Sound cases held for other reasons, such as a chart "
                + "that is silent: \(score.soundHeld) of \(score.soundCases).")
        if score.notReached > 0 {
            lines.append(
                "Of the missed, \(score.notReached) lie in claims that never went out, being held for another reason.")
        }
        lines.append("")
        for figure in figures {
            lines.append("\(figure.title.padded(to: 26)) \(figure.text)")
            lines += wrapped(figure.definition, indent: 27)
        }
        lines.append("\("Settled so far".padded(to: 26)) \(maturity.text)")
        lines += wrapped(maturity.definition, indent: 27)
        lines.append("")
        lines.append(
            "\("Cases".padded(to: 26)) \(cases), with \(decisions) decisions; \(tasks) tasks for people, \(openTasks) still open"
        )
        let incoming = messages.filter { $0.direction == "in" }
        lines.append(
            "\("Messages".padded(to: 26)) \(incoming.map(\.count).reduce(0, +)) in ("
                + incoming.map { "\($0.count) \($0.state)" }.joined(separator: ", ")
                + "), \(messages.filter { $0.direction == "out" }.map(\.count).reduce(0, +)) out")
        for (name, amount) in [
            ("Billed", dollars.billed), ("Held or stopped", dollars.held), ("Paid", dollars.paid),
            ("Patients' share", dollars.patient), ("Denied at first", dollars.denied),
            ("Recovered later", dollars.recovered),
        ] {
            lines.append("\(name.padded(to: 26)) \(amount.dollars)")
        }
        return lines.joined(separator: "\n")
    }

    private func wrapped(_ text: String, indent: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > 92 {
                lines.append(String(repeating: " ", count: indent) + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [String(repeating: " ", count: indent) + line]
    }
}
