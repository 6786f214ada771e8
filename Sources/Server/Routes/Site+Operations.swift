import HealthTypes
import Hummingbird
import Pipeline
import Store

extension Site {
    var operationEndpoints: [Endpoint] {
        let description = Endpoint.Content.object("OpenAPI 3.1")
        return [
            Endpoint(
                method: .get, path: "/", summary: "Five numbers, dollars, decisions by stage, open questions",
                answers: [.init(200, "The dashboard", [.page])], respond: getDashboard),
            Endpoint(
                method: .get, path: "/metrics", summary: "Counts in Prometheus' text format",
                answers: [.init(200, "Counts", [.bytes("text/plain")])], respond: getMetrics),
            Endpoint(
                method: .get, path: "/openapi.json", summary: "This description",
                answers: [.init(200, "The description", [description])], respond: getDescription),
            Endpoint(
                method: .get, path: "/style.css", summary: "The style of the pages",
                answers: [.init(200, "A style sheet", [.bytes("text/css")])],
                respond: { _ in Self.asset(stylesheet, "text/css; charset=utf-8") }),
            Endpoint(
                method: .get, path: "/icon.svg", summary: "The icon of the pages",
                answers: [.init(200, "A picture", [.bytes("image/svg+xml")])],
                respond: { _ in Self.asset(icon, "image/svg+xml") }),
        ]
    }

    private static func asset(_ bytes: [UInt8], _ type: String) -> Response {
        var response = Response.bytes(bytes, type)
        response.headers[.cacheControl] = "max-age=3600"
        return response
    }

    private func getDashboard(_ exchange: Exchange) throws -> Response {
        let view = try read { tx in
            DashboardView(
                figures: try SiteFigures.compute(in: tx), maturity: try SiteFigures.maturity(in: tx),
                dollars: try tx.dollars(), decisions: try tx.decisionCounts(), tasks: try tx.openTaskCounts(),
                messages: try tx.messageCounts(), cases: try tx.count(.cases))
        }
        return .page(DashboardPage.page(view))
    }

    private func getDescription(_ exchange: Exchange) -> Response {
        .text(
            OpenAPI.document(of: endpoints, contracts: pipeline.home.contracts.published).pretty, "application/json")
    }

    private func getMetrics(_ exchange: Exchange) throws -> Response {
        var text = MetricsText()
        try read { tx in
            text.gauge(
                "cases", "Cases by their latest outcome", try tx.caseCounts().map { (["state": $0.state], $0.count) })
            text.gauge(
                "decisions", "Decisions by stage and outcome",
                try tx.decisionCounts().map { (["stage": $0.stage, "outcome": $0.outcome], $0.count) })
            text.gauge(
                "tasks_open", "Questions that wait for a person",
                try tx.openTaskCounts().map { (["kind": $0.kind], $0.count) })
            text.gauge(
                "messages", "Messages by direction and state",
                try tx.messageCounts().map { (["direction": $0.direction, "state": $0.state], $0.count) })
            text.gauge(
                "service_entries", "Answers that belong to no case, and objections to them, by kind and outcome",
                try tx.serviceCounts().map { (["kind": $0.kind, "outcome": $0.outcome], $0.count) })
            text.gauge("journal_entries", "Entries of all journals", [([:], try tx.count(.journalEntries))])
            text.gauge(
                "transmissions", "Messages to be delivered, and given up",
                [
                    (["state": "waiting"], try tx.count(.waitingTransmissions)),
                    (["state": "failed"], try tx.count(.failedTransmissions)),
                ])
        }
        text.counter(
            "http_requests_total", "Requests answered since the start",
            counters.snapshot.map {
                (["method": $0.key.method, "route": $0.key.route, "status": String($0.key.status)], $0.count)
            })
        return .text(text.text, "text/plain; version=0.0.4; charset=utf-8")
    }
}

/// Prometheus' text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    mutating func gauge(_ name: String, _ help: String, _ samples: [(KeyValuePairs<String, String>, Int)]) {
        add("gauge", name, help, samples)
    }

    mutating func counter(_ name: String, _ help: String, _ samples: [(KeyValuePairs<String, String>, Int)]) {
        add("counter", name, help, samples)
    }

    private mutating func add(
        _ type: String, _ name: String, _ help: String, _ samples: [(KeyValuePairs<String, String>, Int)]
    ) {
        text += "# HELP claimwright_\(name) \(help)\n# TYPE claimwright_\(name) \(type)\n"
        for (labels, value) in samples {
            let inner = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "claimwright_\(name)\(inner.isEmpty ? "" : "{\(inner)}") \(value)\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
