import HealthTypes
import Hummingbird
import Pipeline
import Review
import Stages
import Store

/// A decision with what it rests on.
struct DecisionView {
    var row: DecisionRow
    var decision: Decision
    var bytes: [UInt8]
    /// Nil where the record does not hold it.
    var ground: GroundRecord?
    var summary: CaseSummary?
    /// Texts of the policies that it cites, by id and version.
    var policies: [String: String]
    var replay: Replay?

    enum Replay {
        case report(ReplayReport)
        case impossible(String)
    }

    init?(_ id: String, in tx: StoreTransaction) throws {
        guard let (row, decision, bytes) = try CaseReader.decision(id, in: tx) else { return nil }
        self.row = row
        self.decision = decision
        self.bytes = bytes
        ground = try tx.content(row.ground).flatMap { try? Canonical.decode(GroundRecord.self, from: $0) }
        summary = try tx.caseSummary(row.caseID)
        policies = [:]
        for citation in decision.citations {
            policies["\(citation.id) \(citation.version)"] = try tx.policy(id: citation.id, version: citation.version)?
                .text
        }
    }
}

extension Site {
    var recordEndpoints: [Endpoint] {
        let replay = [Endpoint.Answer(200, "Whether the same comes out again", [.page, .object("replay report")])]
        return [
            Endpoint(
                method: .get, path: "/decisions/{id}", summary: "A decision, as JSON the very bytes of the record",
                answers: [
                    .init(
                        200, "The decision",
                        [
                            .page,
                            .init(
                                type: "application/json",
                                schema: [
                                    "oneOf": [
                                        .contract("decision"), .contract("analysis"), .contract("extraction"),
                                    ]
                                ]),
                        ])
                ], problems: [404],
                respond: getDecision),
            Endpoint(
                method: .get, path: "/decisions/{id}/replay",
                summary: "Decide again on what the record holds, and compare",
                answers: replay, problems: [404, 409], respond: replayDecision),
            Endpoint(
                method: .post, path: "/decisions/{id}/replay", summary: "The same; nothing is changed by it",
                answers: replay, problems: [404, 409], respond: replayDecision),
            Endpoint(
                method: .get, path: "/messages/{id}", summary: "A message that came in or went out",
                query: [
                    "view": "`raw` for the text as it is", "raw": "`1` for the bytes",
                    "case": "shows only what belongs to this case",
                ],
                answers: [.init(200, "The message", [.page, .bytes("application/octet-stream"), .object("message")])],
                problems: [404], respond: getMessage),
            Endpoint(
                method: .get, path: "/intake",
                summary: "Messages in trouble: refused, in part, or belonging to no case",
                answers: [.init(200, "Messages, newest first", [.page, .object("messages, counts")])],
                respond: getIntake),
            Endpoint(
                method: .get, path: "/patterns", summary: "What payers deny, and which checks find something",
                answers: [.init(200, "Patterns", [.page, .object("denials, checks")])], respond: getPatterns),
        ]
    }

    // MARK: Decisions

    private func decision(_ exchange: Exchange) throws -> DecisionView {
        let id = exchange.parameter("id")
        guard let view = try read({ try DecisionView(id, in: $0) }) else { throw Problem.notFound("decision") }
        return view
    }

    private func getDecision(_ exchange: Exchange) throws -> Response {
        if let entry = try answer(exchange) {
            return exchange.wantsJSON
                ? .bytes(entry.body, "application/json") : .page(try page(of: entry, replay: nil))
        }
        let view = try decision(exchange)
        return exchange.wantsJSON ? .bytes(view.bytes, "application/json") : .page(DecisionPage.page(view))
    }

    private func replayDecision(_ exchange: Exchange) throws -> Response {
        if let entry = try answer(exchange) {
            return try replay(entry.id, exchange) { try page(of: entry, replay: $0) }
        }
        var view = try decision(exchange)
        return try replay(view.row.id, exchange) {
            view.replay = $0
            return DecisionPage.page(view)
        }
    }

    private func replay(
        _ id: String, _ exchange: Exchange, page: (DecisionView.Replay) throws -> Page
    ) throws -> Response {
        do {
            let report = try pipeline.replay(id)
            return exchange.wantsJSON ? .json(try Canonical.json(report)) : .page(try page(.report(report)))
        } catch let error as Pipeline.CannotReplay {
            if exchange.wantsJSON {
                throw Problem(.conflict, "not-replayable", "Cannot be decided again", error.description + ".")
            }
            return .page(try page(.impossible(error.description)), status: .conflict)
        }
    }

    /// The answer of the service that the address names, where it names one.
    private func answer(_ exchange: Exchange) throws -> ServiceEntry? {
        let entry = try read { try $0.serviceEntry(id: exchange.parameter("id")) }
        return entry?.ground == nil ? nil : entry
    }

    private func page(of entry: ServiceEntry, replay: DecisionView.Replay?) throws -> Page {
        if entry.kind == .analysis {
            var view = try analysis(entry.id)
            view.replay = replay
            return AnalysisPage.page(view)
        }
        var view = try read { try ExtractionView(entry, in: $0) }
        view.replay = replay
        return ExtractionPage.page(view)
    }

    // MARK: Messages

    private func getMessage(_ exchange: Exchange) throws -> Response {
        guard let id = Int(exchange.parameter("id")) else { throw Problem.notFound("message") }
        let wanted = exchange.query("case")
        let (row, bytes, keys) = try read { tx in
            guard let row = try tx.message(id) else { throw Problem.notFound("message") }
            return (row, try tx.content(row.digest) ?? [], try wanted.map { try tx.keys(of: $0).map(\.value) })
        }
        if exchange.query("raw") == "1" {
            var response = Response.bytes(bytes, MessageReading.contentType(of: row))
            response.headers[text: "content-disposition"] = "attachment; filename=\"message-\(id)\""
            return response
        }
        if exchange.wantsJSON { return .json(row.json) }
        let view = MessageView(
            row: row, bytes: bytes, caseID: wanted, keys: keys.map(Set.init), isRaw: exchange.query("view") == "raw")
        return .page(MessagePage.page(view))
    }

    private func getIntake(_ exchange: Exchange) throws -> Response {
        let view = try read { tx in
            IntakeView(
                messages: try tx.troubledMessages(limit: IntakeView.limit), counts: try tx.messageCounts())
        }
        return show(exchange, view, json: \.json, page: IntakePage.page)
    }

    private func getPatterns(_ exchange: Exchange) throws -> Response {
        let view = try read { tx in
            try PatternsView(in: tx)
        }
        return show(exchange, view, json: \.json, page: PatternsPage.page)
    }
}

/// Messages in trouble, and how many there are of all.
struct IntakeView {
    static let limit = 200

    var messages: [MessageRow]
    var counts: [(direction: String, state: String, count: Int)]

    var json: JSON {
        [
            "messages": .array(
                messages.map { row in
                    var json = row.json.object ?? JSONObject()
                    json["issues"] = .array(MessageReading.issues(of: row).map(\.json))
                    return .object(json)
                }),
            "counts": .array(
                counts.map {
                    ["direction": .string($0.direction), "state": .string($0.state), "count": JSON($0.count)]
                }),
        ]
    }
}

struct PatternsView {
    static let limit = 100

    struct Hit {
        var checkID: String
        /// As a decision has it; the record keeps no list of checks.
        var title: String
        var answer: String
        var count: Int
        /// A decision in which it was found.
        var decisionID: String?
    }

    var denials: [DenialPatternRow]
    var checks: [Hit]

    init(in tx: StoreTransaction) throws {
        denials = try tx.denialPatterns(limit: Self.limit)
        checks = try tx.findingCounts(limit: Self.limit).map { found in
            let id = try tx.decision(findingCheck: found.checkID)
            let decision = try id.flatMap { try CaseReader.decision($0, in: tx)?.decision }
            return Hit(
                checkID: found.checkID, title: decision?.checks.first { $0.id == found.checkID }?.title ?? "",
                answer: found.answer, count: found.count, decisionID: id)
        }
    }

    var json: JSON {
        [
            "denials": .array(
                denials.map {
                    [
                        "payer": .string($0.payerID), "procedure": .string($0.procedure),
                        "modifiers": .string($0.modifiers), "reason": .string($0.reason), "denied": JSON($0.denied),
                        "adjudicated": JSON($0.adjudicated),
                        "amount": .string(Money(cents: $0.deniedCents).description),
                    ]
                }),
            "checks": .array(
                checks.map {
                    .compact([
                        "check": .string($0.checkID), "title": .string($0.title), "answer": .string($0.answer),
                        "count": JSON($0.count), "example": $0.decisionID.map { .string("/decisions/\($0)") },
                    ])
                }),
        ]
    }
}
