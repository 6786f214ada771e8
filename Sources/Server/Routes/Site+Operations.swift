import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

extension Site {
    var operationEndpoints: [Endpoint] {
        let description = Endpoint.Content.object("OpenAPI 3.1")
        return [
            Endpoint(
                method: .get, path: "/",
                summary: "Five numbers, dollars, decisions by stage, open work items, deliveries",
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

    private func getDashboard(_ exchange: Exchange) async throws -> Response {
        var view = try await countsOfLate()
        view.troubles = pipeline.deliveryTroubles
        return .page(DashboardPage.page(view))
    }

    /// Counts of the record that are not too old.
    func countsOfLate() async throws -> SiteCounts {
        try await counts.value {
            let now = pipeline.clock.now
            return try await read { try SiteCounts(in: $0, now: now) }
        }
    }

    private func getDescription(_ exchange: Exchange) -> Response {
        .text(
            OpenAPI.document(of: endpoints, contracts: pipeline.home.contracts.published).pretty, "application/json")
    }

    private func getMetrics(_ exchange: Exchange) async throws -> Response {
        var text = MetricsText()
        text.addRecord(try await countsOfLate())
        text.addTroubles(pipeline.deliveryTroubles, now: pipeline.clock.now)
        text.counter(
            "http_requests_total", "Requests answered since the start",
            counters.snapshot.map {
                (["method": $0.key.method, "route": $0.key.route, "status": String($0.key.status)], $0.count)
            })
        return .text(text.text, "text/plain; version=0.0.4; charset=utf-8")
    }
}

/// Prometheus' text format, version 0.0.4.
struct MetricsText: Sendable {
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

extension MetricsText {
    /// What the record holds.
    fileprivate mutating func addRecord(_ counts: SiteCounts) {
        let totals = counts.totals
        gauge(
            "counted_at_seconds", "When the record was counted: seconds since 1970",
            [([:], Int(counts.now.milliseconds / 1000))])
        gauge(
            "cases", "Cases by their status; without one until a decision was made",
            counts.cases.map { (["state": $0.state], $0.count) })
        let decisions = Dictionary(grouping: counts.decisions) {
            OutcomeKey(stage: $0.stage, outcome: $0.outcome)
        }
        gauge(
            "decisions", "Decisions by stage and outcome",
            decisions.sorted { $0.key < $1.key }.map { key, counts in
                (["stage": key.stage, "outcome": key.outcome], counts.reduce(0) { $0 + $1.count })
            })
        gauge(
            "tasks_open", "Open work items",
            counts.tasks.map { (["kind": "\($0.stage).\($0.kind)"], $0.count) })
        gauge("tasks_opened", "Work items since the beginning", [([:], totals.workOpened)])
        gauge(
            "messages", "Messages by direction and state",
            counts.messages.map { (["direction": $0.direction.tag, "state": $0.state.tag], $0.count) })
        gauge(
            "service_entries", "Answers that belong to no case, and objections to them, by kind and outcome",
            counts.service.map { (["kind": $0.kind.rawValue, "outcome": $0.outcome], $0.count) })
        gauge("journal_entries", "Entries of all journals", [([:], totals.entries + totals.serviceEntries)])
        gauge("cases_due", "Cases that are due now or later", [([:], totals.casesDue)])
        gauge("cases_set_aside", "Cases that do not go on by themselves", [([:], totals.casesSetAside)])
        gauge("units_waiting", "Units that wait for a case that is not known yet", [([:], totals.unitsWaiting)])
        gauge(
            "denial_patterns_behind", "Adjudicated lines that the denial patterns do not hold yet",
            [([:], totals.patternsBehind)])
        gauge(
            "transmissions", "Messages to be delivered, and given up",
            [
                (["state": "unformed"], totals.sendsUnformed), (["state": "waiting"], totals.deliveriesWaiting),
                (["state": "failed"], totals.deliveriesFailed),
            ])
        let lanes = counts.lanes
        gauge(
            "lane_transmissions", "The same by kind and receiver",
            lanes.flatMap { status -> [(KeyValuePairs<String, String>, Int)] in
                let (kind, receiver) = (status.lane.kind, status.lane.receiver)
                return [
                    (["kind": kind, "receiver": receiver, "state": "unformed"], status.unformed),
                    (["kind": kind, "receiver": receiver, "state": "waiting"], status.waiting),
                    (["kind": kind, "receiver": receiver, "state": "failed"], status.failed),
                ]
            })
        gauge(
            "lane_oldest_seconds", "The age of what waits longest, by kind and receiver",
            lanes.compactMap { status in
                status.oldest.map { oldest in
                    (
                        ["kind": status.lane.kind, "receiver": status.lane.receiver],
                        max(0, counts.now.seconds(since: oldest))
                    )
                }
            })
    }
}

extension MetricsText {
    /// What does not get on, and for how long.
    fileprivate mutating func addTroubles(_ troubles: [DeliveryPlace: DeliveryTrouble], now: Instant) {
        gauge(
            "delivery_trouble_seconds", "How long a lane or the payer's mailbox has not got on, and why",
            troubles.sorted { $0.key < $1.key }.map { place, trouble in
                (
                    [
                        "place": place.code, "kind": place.lane?.kind ?? "", "receiver": place.lane?.receiver ?? "",
                        "trouble": trouble.kind.code,
                    ], max(0, now.seconds(since: trouble.since))
                )
            })
        gauge(
            "mailbox_failing", "1 while the payer's mailbox cannot be read",
            [([:], troubles[.mailbox] == nil ? 0 : 1)])
    }
}

private struct OutcomeKey: Hashable, Comparable {
    var stage: String
    var outcome: String

    static func < (left: Self, right: Self) -> Bool { (left.stage, left.outcome) < (right.stage, right.outcome) }
}
