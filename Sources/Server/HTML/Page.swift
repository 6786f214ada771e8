/// One page: what differs from page to page.
struct Page: Sendable {
    /// The parts of the service that the head of every page leads to.
    enum Section: String, Sendable, CaseIterable {
        case dashboard = "/"
        case queue = "/queue"
        case cases = "/cases"
        case intake = "/intake"
        case patterns = "/patterns"
        case analyze = "/analyze"

        var title: String {
            switch self {
            case .dashboard: "Dashboard"
            case .queue: "Work queue"
            case .cases: "Cases"
            case .intake: "Intake"
            case .patterns: "Patterns"
            case .analyze: "Clinical logic"
            }
        }
    }

    var title: String
    var section: Section?
    var body: HTML

    init(_ title: String, in section: Section?, _ body: HTML) {
        self.title = title
        self.section = section
        self.body = body
    }

    /// The whole document.
    var document: HTML {
        let links: [HTML] = Section.allCases.map { entry in
            let current: HTML? = entry == section ? " aria-current=\"page\"" : nil
            return "<li><a href=\"\(entry.rawValue)\"\(current)>\(entry.title)</a></li>\n"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) · Claimwright</title>
            <link rel="stylesheet" href="/style.css">
            <link rel="icon" href="/icon.svg" type="image/svg+xml">
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header class="site"><div class="wide">
            <a class="name" href="/">Claimwright</a>
            <nav aria-label="Site"><ul>
            \(links)</ul></nav>
            </div></header>
            <main id="main" class="wide" tabindex="-1">
            \(body)
            </main>
            <footer class="site"><div class="wide">All times are UTC. <a href="/openapi.json">The API</a></div></footer>
            </body>
            </html>

            """
    }
}
