extension SupportingDocument {
    /// The document as a page of its own, to be read and printed: the first line is the heading, a line that begins
    /// with `criterion` a heading below it, indented lines a list. The text is the same, and so is its digest, which
    /// stands at the foot.
    public var html: String {
        var body = ""
        var inList = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let isItem = line.hasPrefix("  ")
            if isItem != inList {
                body += isItem ? "<ul>\n" : "</ul>\n"
                inList = isItem
            }
            let words = Self.escaped(String(line.drop { $0 == " " || $0 == "-" }))
            if words.isEmpty { continue }
            switch (index, isItem) {
            case (0, _): body += "<h1>\(words)</h1>\n"
            case (_, true): body += "<li>\(words)</li>\n"
            default: body += line.hasPrefix("criterion ") ? "<h2>\(words)</h2>\n" : "<p>\(words)</p>\n"
            }
        }
        if inList { body += "</ul>\n" }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(Self.escaped(title))</title></head><body>
            \(body)<footer><p>SHA-256 of the text: \(digest)</p></footer>
            </body></html>

            """
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
