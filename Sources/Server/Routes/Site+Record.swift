import HealthTypes
import Hummingbird
import Pipeline
import Review
import Stages
import Store

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
                ], problems: [404, 409],
                respond: getDecision),
            Endpoint(
                method: .get, path: "/decisions/{id}/handoff", summary: "What a decision tells the next stage",
                answers: [.init(200, "The handoff, in the form of its stage's contract", [.object("handoff")])],
                problems: [404, 409], respond: getHandoff),
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
                problems: [400, 404], respond: getMessage),
            Endpoint(
                method: .get, path: "/intake",
                summary: "Messages in trouble: refused, in part, belonging to no case, or not delivered",
                query: ["before": "the message before which the list goes on"],
                answers: [.init(200, "Messages, newest first", [.page, .object("messages, counts, next")])],
                problems: [400, 404], respond: getIntake),
            Endpoint(
                method: .get, path: "/patterns", summary: "What payers deny, and which checks find something",
                answers: [.init(200, "Patterns", [.page, .object("denials, checks")])], respond: getPatterns),
        ]
    }

    // MARK: Decisions

    /// What `{id}` names: a decision of a case, or an answer of the service.
    private enum Decided {
        case ofCase(DecisionID)
        case ofService(ServiceEntry)
    }

    private func decided(_ exchange: Exchange) async throws -> Decided {
        let text = exchange.parameter("id")
        if let id = DecisionID(text) { return .ofCase(id) }
        guard let entry = try await read({ try $0.serviceEntry(id: text) }), entry.ground != nil else {
            throw Problem.notFound("decision")
        }
        return .ofService(entry)
    }

    private func decision(_ id: DecisionID) async throws -> DecisionView {
        guard let view = try await read({ try DecisionView(id, in: $0) }) else { throw Problem.notFound("decision") }
        return view
    }

    private func getDecision(_ exchange: Exchange) async throws -> Response {
        switch try await decided(exchange) {
        case .ofService(let entry):
            return exchange.wantsJSON
                ? .bytes(entry.body, "application/json") : .page(try await page(of: entry, replay: nil))
        case .ofCase(let id):
            guard exchange.wantsJSON else {
                return .page(DecisionPage.page(try await decision(id), home: pipeline.home))
            }
            let found = try await read { page in
                try page.entries(after: EntryPlace(id.caseNumber, id.entry - 1), limit: 1).first
            }
            guard let row = found, row.caseNumber == id.caseNumber, row.sequence == id.entry,
                CaseEvent.Kind(rawValue: row.kind) == .decided
            else { throw Problem.notFound("decision") }
            return .bytes(row.body, "application/json")
        }
    }

    private func getHandoff(_ exchange: Exchange) async throws -> Response {
        guard case .ofCase(let id) = try await decided(exchange),
            let handoff = try await decision(id).handoff(pipeline.home)
        else { throw Problem.notFound("handoff") }
        return .json(handoff.json)
    }

    private func replayDecision(_ exchange: Exchange) async throws -> Response {
        switch try await decided(exchange) {
        case .ofService(let entry):
            return try await replay(entry.id, exchange) { try await page(of: entry, replay: $0) }
        case .ofCase(let id):
            // One that cannot even be shown can be replayed all the same, and that says why not.
            let isThere = try await read { try $0.decision(id.caseNumber, entry: id.entry) } != nil
            guard isThere else { throw Problem.notFound("decision") }
            return try await replay(id.description, exchange) { replay in
                var view = try await decision(id)
                view.replay = replay
                return DecisionPage.page(view, home: pipeline.home)
            }
        }
    }

    private func replay(
        _ id: String, _ exchange: Exchange, page: (DecisionView.Replay) async throws -> Page
    ) async throws -> Response {
        do {
            let report = try await pipeline.replay(id)
            return exchange.wantsJSON ? .json(report.json) : .page(try await page(.report(report)))
        } catch let error as CannotReplay {
            if exchange.wantsJSON {
                throw Problem(.conflict, "not-replayable", "Cannot be decided again", error.description + ".")
            }
            return .page(try await page(.impossible(error.description)), status: .conflict)
        }
    }

    private func page(of entry: ServiceEntry, replay: DecisionView.Replay?) async throws -> Page {
        if entry.kind == .analysis {
            var view = try await analysis(entry.id)
            view.replay = replay
            return AnalysisPage.page(view)
        }
        var view = try await read { try ExtractionView(entry, in: $0) }
        view.replay = replay
        return ExtractionPage.page(view)
    }

    // MARK: Messages

    private func getMessage(_ exchange: Exchange) async throws -> Response {
        guard let id = Int(exchange.parameter("id")), id > 0 else { throw Problem.notFound("message") }
        let wanted = try exchange.filter("case", ["a case's number, such as C-0000012"]) { CaseNumber($0) }
        let isRaw = try exchange.filter("view", ["raw"]) { $0 == "raw" ? true : nil } ?? false
        let isDownload = try exchange.filter("raw", ["1"]) { $0 == "1" ? true : nil } ?? false
        let isWhole = isDownload
        let view = try await read { page in
            guard let row = try page.message(id) else { throw Problem.notFound("message") }
            let shown = isWhole ? row.range : row.range.prefix(MessageReading.maximumBytes)
            let bytes = try page.content(row.content, row.range.lowerBound..<row.range.lowerBound + shown.count) ?? []
            let keys = try wanted.map { Set(try page.keys(of: $0).map(\.value)) }
            return MessageView(row: row, bytes: bytes, caseNumber: wanted, keys: keys, isRaw: isRaw)
        }
        if isDownload {
            var response = Response.bytes(view.bytes, MessageReading.contentType(of: view.row))
            response.headers[text: "content-disposition"] = "attachment; filename=\"message-\(id)\""
            return response
        }
        return exchange.wantsJSON ? .json(view.row.json) : .page(MessagePage.page(view))
    }

    private func getIntake(_ exchange: Exchange) async throws -> Response {
        let before = try exchange.number("before")
        let counts = try await countsOfLate()
        let view = try await read { page in
            let found = try page.troubledMessages(before: before, limit: Self.pageSize + 1)
            let shown = Array(found.prefix(Self.pageSize))
            return IntakeView(
                messages: shown, isFirst: before == nil, next: found.count > Self.pageSize ? shown.last?.id : nil,
                counts: counts.messages, countedAt: counts.now)
        }
        return show(exchange, view, json: \.json, page: IntakePage.page)
    }

    private func getPatterns(_ exchange: Exchange) async throws -> Response {
        let view = try await patterns.value {
            let now = pipeline.clock.now
            return try await read { try PatternsView(in: $0, now: now) }
        }
        return show(exchange, view, json: \.json, page: PatternsPage.page)
    }
}

extension ReplayReport {
    var json: JSON {
        [
            "decisionID": .string(id), "recordIntact": .bool(isIntact), "identical": .bool(isIdentical),
            "differences": .array(differences.map(JSON.string)), "generation": .string(generation.hex),
            "digest": .string(digest.hex),
        ]
    }
}

/// Messages in trouble, and how many there are of all.
struct IntakeView: Sendable {
    var messages: [MessageRow]
    var isFirst: Bool
    /// The message before which the list goes on.
    var next: Int?
    var counts: [MessageCount]
    var countedAt: Instant

    var json: JSON {
        .compact([
            "messages": .array(
                messages.map { row in
                    var json = row.json.object ?? JSONObject()
                    json["issues"] = .array(MessageReading.issues(of: row).map(\.json))
                    return .object(json)
                }),
            "counts": .array(
                counts.map {
                    [
                        "direction": .string($0.direction.tag), "state": .string($0.state.tag),
                        "count": JSON($0.count),
                    ]
                }),
            "counted_at": .string(countedAt.description), "next": next.map { JSON($0) },
        ])
    }
}

/// What payers deny and what checks find, of one moment.
struct PatternsView: Sendable {
    static let limit = 100

    struct Hit: Sendable {
        var checkID: String
        /// As a decision has it; the record keeps no list of checks.
        var title: String
        var answer: String
        var count: Int
        /// A decision in which it was found.
        var decisionID: String
    }

    var denials: [DenialPatternRow]
    var checks: [Hit]
    var countedAt: Instant

    init(in page: any PageReader, now: Instant) throws {
        countedAt = now
        denials = try page.denialPatterns(limit: Self.limit)
        checks = try page.findingCounts(limit: Self.limit).map { found in
            let row = try page.entries(after: EntryPlace(found.caseNumber, found.entry - 1), limit: 1).first
            var title = ""
            if let row, let entry = try? CaseReader.read(row), case .decided(let decision, _) = entry.event {
                title = decision.findings.first { $0.id == found.checkID }?.title ?? ""
            }
            return Hit(
                checkID: found.checkID, title: title, answer: found.answer, count: found.count,
                decisionID: DecisionID(found.caseNumber, entry: found.entry).description)
        }
    }

    var json: JSON {
        [
            "counted_at": .string(countedAt.description),
            "denials": .array(
                denials.map {
                    [
                        "payer": .string($0.payerID), "procedure": .string($0.procedure),
                        "modifiers": .string($0.modifiers.joined(separator: ":")),
                        "reason": .string("\($0.group)-\($0.reason)"), "denied": JSON($0.denied),
                        "adjudicated": JSON($0.adjudicated), "amount": .string($0.amount.description),
                    ]
                }),
            "checks": .array(
                checks.map {
                    [
                        "check": .string($0.checkID), "title": .string($0.title), "answer": .string($0.answer),
                        "count": JSON($0.count), "example": .string("/decisions/\($0.decisionID)"),
                    ]
                }),
        ]
    }
}
