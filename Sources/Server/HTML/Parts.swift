import HealthTypes
import Pipeline
import Stages
import Store

/// The pieces of which pages are made.
enum Parts {
    struct Column: Sendable {
        let title: String
        /// Set to the right, figures under figures.
        let isNumber: Bool

        init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    /// A table whose rows become cards on a narrow screen; a sentence where there are no rows.
    static func table(_ caption: String, _ columns: [Column], _ rows: [[HTML]], empty: String) -> HTML {
        if rows.isEmpty { return "<p class=\"empty\">\(empty)</p>" }
        let head: [HTML] = columns.map { "<th scope=\"col\"\($0.isNumber ? number : .empty)>\($0.title)</th>" }
        let body: [HTML] = rows.map { row in
            let cells: [HTML] = zip(columns, row).map { column, cell in
                "<td data-label=\"\(column.title)\"\(column.isNumber ? number : .empty)><div>\(cell)</div></td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <table class="cards"><caption class="hidden">\(caption)</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(body)</tbody></table>
            """
    }

    private static let number: HTML = " class=\"number\""

    /// Names and what belongs to them; those without a value are left out.
    static func facts(_ pairs: KeyValuePairs<String, HTML?>) -> HTML {
        let items: [HTML] = pairs.compactMap { name, value in
            value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" }
        }
        return "<dl class=\"facts\">\(items)</dl>"
    }

    static func list(_ lines: [String], empty: String) -> HTML {
        if lines.isEmpty { return "<p class=\"empty\">\(empty)</p>" }
        return "<ul>\(lines.map { "<li>\($0)</li>" as HTML })</ul>"
    }

    static func section(_ title: String, id: String, _ body: HTML) -> HTML {
        "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title)</h2>\n\(body)</section>\n"
    }

    static func details(_ summary: String, _ body: HTML) -> HTML {
        "<details><summary>\(summary)</summary>\(body)</details>"
    }

    static func code(_ text: String) -> HTML { "<code>\(text)</code>" }

    /// A long text as it stands, which scrolls in its box.
    static func pre(_ text: String, label: String) -> HTML {
        "<pre tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">\(text)</pre>"
    }

    static func json(_ value: JSON, label: String) -> HTML { pre(value.pretty, label: label) }

    static func money(_ amount: Money) -> HTML { "\(amount.dollars)" }

    /// A moment to the minute, in UTC.
    static func time(_ instant: Instant) -> HTML {
        "<time datetime=\"\(instant.description)\">\(words(instant))</time>"
    }

    static func words(_ instant: Instant) -> String {
        "\(instant.date) \(padded(instant.hour, to: 2)):\(padded(instant.minute, to: 2))"
    }

    /// The first digits of a digest, and all of them for whoever points at it.
    static func digest(_ digest: Digest) -> HTML { "<code title=\"\(digest.hex)\">\(digest.short)</code>" }

    /// What came out, as a word with a tone.
    static func badge(_ text: String, _ tone: Tone) -> HTML { "<span class=\"badge \(tone.rawValue)\">\(text)</span>" }

    static func outcome(_ outcome: Outcome) -> HTML { badge(outcome.words, outcome.tone) }

    static func status(_ status: CaseStatus) -> HTML { badge(status.words, status.tone) }

    /// The status of a line of the case list; one that this program does not know as it is written.
    static func status(_ line: CaseLine) -> HTML {
        guard let tag = line.summary?.state else { return status(.opened) }
        return CaseStatus(rawValue: tag).map(status) ?? badge(Words.tag(tag), .plain)
    }

    static func caseLink(_ number: CaseNumber, _ text: String? = nil) -> HTML {
        let name = number.description
        return "<a href=\"/cases/\(name)\">\(text ?? name)</a>"
    }

    static func decisionLink(_ id: String, _ text: String? = nil) -> HTML {
        "<a href=\"/decisions/\(id)\">\(text ?? id)</a>"
    }

    static func messageLink(_ id: Int, of number: CaseNumber? = nil, _ text: String) -> HTML {
        let address = "/messages/\(id)" + FormFields.query([("case", number?.description ?? "")])
        return "<a href=\"\(address)\">\(text)</a>"
    }

    static func taskLink(_ name: WorkItemName, _ text: String) -> HTML {
        "<a href=\"/tasks/\(name.description)\">\(text)</a>"
    }

    /// Where a send stands: nothing is called delivered that is not.
    static func delivery(_ status: SendStatus) -> HTML {
        let attempts: HTML? =
            status.attempts == 0 || status.state == .delivered
            ? nil : ", \(Words.count(status.attempts, "attempt", "attempts"))"
        let failure: HTML? = status.state == .delivered ? nil : status.failureWords.map { ": \($0)" }
        let detail: HTML = "\(attempts)\(failure)"
        return """
            \(badge(status.state.words, status.state.tone))\
            <span class="quiet">to \(status.lane.receiver)\(detail)</span>
            """
    }

    static func notice(_ tone: Tone, _ body: HTML) -> HTML {
        "<div class=\"notice \(tone.rawValue)\" role=\"status\">\(body)</div>"
    }

    static func issues(_ issues: [Issue]) -> HTML {
        if issues.isEmpty { return .empty }
        let lines: [HTML] = issues.map { issue in
            let place = issue.location.description
            return """
                <li>\(badge(issue.severity.rawValue, issue.severity >= .error ? .bad : .warn)) \(issue.message) \
                \(code(issue.code))\(place.isEmpty ? nil : " <span class=\"quiet\">at \(place)</span>" as HTML)</li>
                """
        }
        return "<ul class=\"issues\">\(lines)</ul>"
    }

    /// A bar of some part of the width, in tenths of a percent. Its meaning stands beside it as text.
    static func bar(_ perMille: Int, _ style: String) -> HTML {
        let share = max(0, min(1000, perMille))
        return """
            <svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">\
            <rect class="track" width="100%" height="10" rx="3"/>\
            <rect class="\(style)" width="\(share / 10).\(share % 10)%" height="10" rx="3"/></svg>
            """
    }

    /// The link to the lines that follow, and to the beginning; `query` is what else the address says.
    static func pager(
        path: String, query: [(String, String)], place: String = "after", isFirst: Bool, next: String?
    ) -> HTML {
        if isFirst, next == nil { return .empty }
        func link(_ more: [(String, String)], _ words: String, _ relation: String) -> HTML {
            "<a rel=\"\(relation)\" href=\"\(path + FormFields.query(query + more))\">\(words)</a>"
        }
        return """
            <nav class="pager" aria-label="Pages">\(isFirst ? nil : link([], "← First page", "first"))
            \(next.map { link([(place, $0)], "Next page →", "next") })</nav>
            """
    }
}

/// How something looks to a person who skims.
enum Tone: String, Sendable {
    case good, warn, bad, plain
}
