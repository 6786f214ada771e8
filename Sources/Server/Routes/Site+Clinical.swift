import ClinicalKnowledge
import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

extension Site {
    var clinicalEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/analyze", summary: "Ask whether treatments fit diagnoses",
                takes: [.json("analyze-request")],
                answers: [
                    .init(200, "The findings, kept in the record under `decision_id`", [.json("analyze-response")]),
                    .init(303, "A form: to the page of the answer"),
                ], problems: [413, 415, 422, 503], respond: postAnalyze),
            Endpoint(
                method: .get, path: "/analyze", summary: "The form of the clinical logic",
                query: ["from": "the id of an analysis whose question stands in the form"],
                answers: [.init(200, "A form", [.page])], problems: [404], respond: getAnalyze),
            Endpoint(
                method: .post, path: "/analyze/batch",
                summary: "Ask many questions, a line each, answered in order while they come in",
                takes: [.init(type: "application/x-ndjson", schema: .contract("analyze-request"))],
                answers: [
                    .init(
                        200, "A line for each: the findings, or what is wrong with the line",
                        [.init(type: "application/x-ndjson", schema: .contract("analyze-batch-line"))])
                ], problems: [415], respond: postBatch),
            Endpoint(
                method: .get, path: "/analyses", summary: "Analyses that were asked for",
                query: ["verdict": "PASS, FLAG or INCONCLUSIVE", "before": "a place in the journal"],
                answers: [.init(200, "Analyses, the newest first", [.page, .object("analyses, next")])],
                problems: [400, 404], respond: getAnalyses),
            Endpoint(
                method: .get, path: "/decisions/{id}/pairs/{pair}",
                summary: "A pair of an analysis: the statements behind its score",
                answers: [.init(200, "The pair", [.page, .object("diagnosis, treatment, score, path, proposals")])],
                problems: [404], respond: getPair),
            Endpoint(
                method: .post, path: "/decisions/{id}/pairs/{pair}",
                summary: "Disagree with a pair; it is kept as a proposal and changes nothing",
                takes: [.object("reason, by")],
                answers: [
                    .init(201, "Kept", [.json("proposal")]), .init(303, "A form: to the page of the pair"),
                ], problems: [404, 413, 415, 422, 503], respond: postDisagreement),
            Endpoint(
                method: .get, path: "/knowledge/proposals", summary: "Where people disagree with the knowledge",
                query: ["before": "a place in the journal"],
                answers: [.init(200, "Proposals, the newest first", [.page, .object("proposals, next")])],
                problems: [400, 404], respond: getProposals),
        ]
    }

    // MARK: Asking

    private func postAnalyze(_ exchange: Exchange) async throws -> Response {
        guard exchange.mediaType == Exchange.formType else {
            let json = try await exchange.json(upTo: smallBody)
            let request: AnalyzeRequest
            do { request = try AnalyzeRequest(reading: json) } catch { throw Problem.unreadableQuestion(error.issues) }
            var bytes = try await pipeline.analyze(request).json
            bytes.append(UInt8(ascii: "\n"))
            return .bytes(bytes, "application/json")
        }
        let fields = try await exchange.form(upTo: smallBody)
        let draft = AnalyzeForm(fields)
        if fields["more"] != nil { return .page(AnalyzePage.form(draft)) }
        do {
            let kept = try await pipeline.analyze(AnalyzeRequest(reading: draft.json))
            return .seeOther("/decisions/\(kept.entry.id)")
        } catch let error as AnalyzeRequestError {
            return .page(AnalyzePage.form(draft, issues: error.issues), status: .unprocessableContent)
        } catch is ServiceJournal.Full {
            var response = Response.page(
                AnalyzePage.form(draft, busy: Problem.busy.detail), status: Problem.busy.status)
            response.headers[.retryAfter] = "1"
            return response
        }
    }

    private func getAnalyze(_ exchange: Exchange) async throws -> Response {
        guard let id = exchange.query("from") else { return .page(AnalyzePage.form()) }
        return .page(AnalyzePage.form(AnalyzeForm(try await analysis(id).request)))
    }

    private static let lineTypes: Set<String> = [
        "", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
    ]

    private func postBatch(_ exchange: Exchange) throws -> Response {
        guard Self.lineTypes.contains(exchange.mediaType) else { throw Problem.mediaType("application/x-ndjson") }
        try exchange.context.admission?.hold(AnalyzeBatch.maximumHeldBytes)
        let batch = AnalyzeBatch(pipeline: pipeline, logger: exchange.context.logger)
        let body = exchange.request.body
        var headers = HTTPFields()
        headers[.contentType] = "application/x-ndjson"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in try await batch.run(body, &writer) })
    }

    // MARK: Reading

    /// The analysis of an id; 404 where there is none.
    func analysis(_ id: String) async throws -> AnalysisView {
        let tables = pipeline.home.engines.tables
        return try await read { page in
            guard let entry = try page.serviceEntry(id: id), entry.kind == .analysis else {
                throw Problem.notFound("analysis")
            }
            return try AnalysisView(entry, tables: tables, in: page)
        }
    }

    private func pair(_ exchange: Exchange) async throws -> PairView {
        guard let pair = try await analysis(exchange.parameter("id")).pair(exchange.parameter("pair")) else {
            throw Problem.notFound("pair")
        }
        return pair
    }

    private func getPair(_ exchange: Exchange) async throws -> Response {
        show(exchange, try await pair(exchange), json: \.json) {
            PairPage.page($0, engines: pipeline.home.engines)
        }
    }

    private func list<Line: Sendable>(
        _ kind: ServiceEntry.Kind, _ outcome: String?, _ exchange: Exchange, _ line: (ServiceEntry) throws -> Line
    ) async throws -> EntryList<Line> {
        let before = try exchange.number("before")
        let found = try await read {
            try $0.serviceEntries(kind, outcome: outcome, before: before, limit: Self.pageSize + 1)
        }
        let shown = found.prefix(Self.pageSize)
        return EntryList(
            lines: try shown.map(line), next: found.count > Self.pageSize ? shown.last?.sequence : nil)
    }

    private func getAnalyses(_ exchange: Exchange) async throws -> Response {
        let verdict = try exchange.filter("verdict", ["PASS", "FLAG", "INCONCLUSIVE"]) {
            AnalyzeResponse.Verdict(rawValue: $0)
        }
        let list = try await list(.analysis, verdict?.rawValue, exchange, AnalysisLine.init)
        return show(exchange, list, json: { Self.json(of: $0, "analyses", \.json) }) {
            AnalysesPage.page($0, verdict: verdict?.rawValue ?? "")
        }
    }

    private func getProposals(_ exchange: Exchange) async throws -> Response {
        let list = try await list(.disagreement, nil, exchange, DisagreementView.init)
        return show(
            exchange, list, json: { Self.json(of: $0, "proposals", \.json) }, page: ProposalsPage.page)
    }

    private static func json<Line>(of list: EntryList<Line>, _ name: String, _ line: (Line) -> JSON) -> JSON {
        var object = JSONObject([(name, .array(list.lines.map(line)))])
        object["next"] = list.next.map { JSON($0) }
        return .object(object)
    }

    // MARK: Disagreeing

    private func postDisagreement(_ exchange: Exchange) async throws -> Response {
        let view = try await pair(exchange)
        if exchange.mediaType == Exchange.formType {
            let form = try await exchange.form(upTo: smallBody)
            do throws(Problem) {
                _ = try await disagree(view, reason: form["reason"], by: form["by"])
                return .seeOther("\(view.path)#objections")
            } catch {
                guard error.status == .unprocessableContent else { throw error }
                return .page(
                    PairPage.page(
                        view, engines: pipeline.home.engines, filled: form,
                        refusal: error.issues.map(\.message).joined(separator: " ")), status: error.status)
            }
        }
        let json = try await exchange.json(upTo: smallBody)
        let kept = try await disagree(view, reason: json["reason"]?.string, by: json["by"]?.string)
        return .json(kept.json, status: .created)
    }

    private func disagree(_ view: PairView, reason: String?, by: String?) async throws(Problem) -> DisagreementView {
        let reason = FormFields.trimmed(reason ?? "")
        let person = FormFields.trimmed(by ?? "")
        var issues: [Issue] = []
        func limit(_ text: String, _ name: String, _ characters: Int, _ words: String) {
            if text.isEmpty {
                issues.append(
                    Issue(.error, "proposal.no-\(name)", at: Location(path: "/\(name)"), message: "\(words) is needed.")
                )
            } else if text.count > characters {
                issues.append(
                    Issue(
                        .error, "proposal.long-\(name)", at: Location(path: "/\(name)"),
                        message: "\(words) may have \(characters) characters at most."))
            }
        }
        limit(reason, "reason", Disagreement.maximumReasonCharacters, "A reason")
        limit(person, "by", Disagreement.maximumNameCharacters, "A name")
        guard issues.isEmpty else { throw .unusable("The objection cannot be kept.", issues) }
        let disagreement = Disagreement(
            icd10Code: view.diagnosis.code, treatmentCode: view.treatment.billed.code,
            treatmentName: view.treatment.billed.name, score: view.pair.explanation?.score,
            knowledgeVersion: view.analysis.response.knowledgeVersion, reason: reason, by: person)
        do {
            return try DisagreementView(try await pipeline.disagree(disagreement, with: view.analysis.entry))
        } catch { throw Problem(error) }
    }
}
