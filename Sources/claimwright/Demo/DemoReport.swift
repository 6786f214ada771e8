import HealthTypes
import Pipeline
import Store

/// What a run of the sample day prints at its end.
struct DemoReport {
    let score: DemoScore
    let figures: [SiteFigure]
    let maturity: SiteFigure
    let dollars: SiteDollars
    let totals: Totals
    let messages: [MessageCount]

    init(score: DemoScore, in page: any PageReader) throws {
        self.score = score
        figures = try SiteFigures.compute(in: page)
        maturity = try SiteFigures.maturity(in: page)
        dollars = try SiteDollars.compute(in: page)
        totals = try page.totals()
        messages = try page.messageCounts()
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
            "\("Cases".padded(to: 26)) \(totals.cases), with \(totals.decisions) decisions; \(totals.workOpened) work items for "
                + "people, \(totals.workOpen) still open")
        for direction in [MessageRow.Direction.incoming, .outgoing] {
            let own = messages.filter { $0.direction == direction }
            let parts = own.map { "\($0.count) \($0.state.inWords)" }.joined(separator: ", ")
            lines.append(
                "\("Messages \(direction.inWords)".padded(to: 26)) \(own.map(\.count).reduce(0, +))"
                    + (parts.isEmpty ? "" : " (\(parts))"))
        }
        if totals.casesSetAside > 0 { lines.append("\("Set aside".padded(to: 26)) \(totals.casesSetAside) cases") }
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
