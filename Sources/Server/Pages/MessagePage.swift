import HL7v2
import HealthTypes
import Store
import X12

/// A message, readable or as it is.
enum MessagePage {
    static func page(_ view: MessageView) -> Page {
        let row = view.row
        let title = "Message \(row.id): \(row.kind)"
        let issues = MessageReading.issues(of: row)
        return Page(
            title, in: nil,
            """
            <h1>\(title)</h1>
            \(Parts.facts([
                "Direction": row.direction == .incoming ? "came in" : "went out",
                "State": Parts.badge(row.state.words, row.state.tone), "Format": "\(row.format)",
                row.direction == .incoming ? "From" : "To": "\(row.source)", "When": Parts.time(row.at),
                "Size": "\(Words.count(row.range.count, "byte", "bytes"))", "SHA-256 of its content": Parts.digest(row.content),
                "Case": view.caseNumber.map { Parts.caseLink($0) },
            ]))
            \(issues.isEmpty ? .empty : Parts.section("What was wrong", id: "issues", Parts.issues(issues)))
            \(view.isCut ? cut : .empty)
            \(tabs(view))
            \(view.isRaw ? raw(view) : readable(view))
            """)
    }

    private static let cut = Parts.notice(
        .plain,
        "<p>The message is long: its first \(MessageReading.maximumBytes >> 20) MiB are shown. Download it for the rest.</p>"
    )

    private static func address(_ view: MessageView, raw: Bool) -> String {
        "/messages/\(view.row.id)"
            + FormFields.query([("view", raw ? "raw" : ""), ("case", view.caseNumber?.description ?? "")])
    }

    private static func tabs(_ view: MessageView) -> HTML {
        func tab(_ words: String, raw: Bool) -> HTML {
            let current: HTML? = raw == view.isRaw ? " aria-current=\"page\"" : nil
            return "<a href=\"\(address(view, raw: raw))\"\(current)>\(words)</a>"
        }
        return """
            <nav class="tabs" aria-label="Forms of the message">\(tab("Readable", raw: false))\(tab("Raw", raw: true))
            <a href="/messages/\(view.row.id)?raw=1">Download</a></nav>
            """
    }

    private static func readable(_ view: MessageView) -> HTML {
        switch view.format {
        case .x12: if let segments = MessageReading.segments(view) { return x12(segments, view) }
        case .hl7v2: if let explanation = MessageReading.hl7(view.bytes) { return hl7(explanation) }
        case .json, .fhir: if let text = MessageReading.json(view.bytes) { return lines(text) }
        case .table, .empty, .unknown: break
        }
        return raw(view)
    }

    // MARK: Forms

    private static func x12(_ segments: MessageReading.Segments, _ view: MessageView) -> HTML {
        let rows: [HTML] = segments.lines.map { line in
            """
            <tr><td class="number">\(line.position)</td><td>\(line.loop)</td>\
            <td class="indent\(min(line.indent, 5))">\(line.words.isEmpty ? "–" : line.words)</td>\
            <td><code>\(line.text)</code></td></tr>

            """
        }
        var note: HTML = .empty
        if segments.isFiltered {
            note = """
                <p class="quiet">What belongs to the case: \(segments.lines.count) of \(segments.total) segments. \
                <a href="/messages/\(view.row.id)">Show the whole message</a></p>
                """
        } else if segments.lines.count < segments.total {
            note = """
                <p class="quiet">The first \(segments.lines.count) of \(segments.total) segments. \
                <a href="/messages/\(view.row.id)?raw=1">Download the whole message</a></p>
                """
        } else if view.keys != nil, segments.isSet {
            note = "<p class=\"quiet\">No part of it names a number of the case; all of it is shown.</p>"
        }
        return """
            \(note)
            <div class="scroll" tabindex="0" role="region" aria-label="Segments"><table class="segments">
            <thead><tr><th scope="col" class="number">No.</th><th scope="col">Loop</th><th scope="col">In words</th>\
            <th scope="col">Segment</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func hl7(_ explanation: HL7Explanation) -> HTML {
        let parts: [HTML] = explanation.lines.prefix(MessageReading.maximumLines).map { line in
            let fields: [HTML] = line.fields.map {
                """
                <div><dt>\($0.name ?? $0.position) <span class="quiet">\($0.name == nil ? nil : $0.position)</span>\
                </dt>\
                <dd>\($0.value)</dd></div>
                """
            }
            return "<section class=\"segment\"><h3>\(line.title)</h3><dl class=\"facts\">\(fields)</dl></section>\n"
        }
        return "\(parts)\(more(explanation.lines.count))"
    }

    private static func lines(_ text: String) -> HTML {
        let (shown, count) = MessageReading.cut(text)
        return "\(Parts.pre(shown, label: "Message"))\(more(count))"
    }

    private static func raw(_ view: MessageView) -> HTML {
        guard let text = MessageReading.text(view) else {
            return "<p class=\"empty\">The message is no text. It can be downloaded.</p>"
        }
        return lines(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n"))
    }

    private static func more(_ count: Int) -> HTML {
        if count <= MessageReading.maximumLines { return .empty }
        return
            """
            <p class="quiet">The first \(MessageReading.maximumLines) of \(count) lines. Download it for the rest.</p>
            """
    }
}
