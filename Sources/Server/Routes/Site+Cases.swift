import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

extension Site {
    var caseEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/cases", summary: "List cases",
                query: [
                    "q": "a case, visit or claim number", "payer": "a payer's id",
                    "stage": "a stage, by its tag", "state": "a status, by its tag",
                    "after": "the case after which the list goes on",
                ],
                answers: [.init(200, "Cases in order of their number", [.page, .object("cases, next")])],
                problems: [400, 404], respond: getCases),
            Endpoint(
                method: .get, path: "/cases/{id}", summary: "A case from its first event to its last",
                answers: [
                    .init(
                        200, "The case",
                        [
                            .page,
                            .object(
                                "case, set_aside, journal, decisions, tasks, claims, messages, sends, timers, triggers, money"
                            ),
                        ])
                ], problems: [404], respond: getCase),
            Endpoint(
                method: .post, path: "/cases/{id}/retry",
                summary: "Let a case that was set aside be worked again at once",
                answers: [
                    .init(200, "It is due", [.object("case_id, links")]), .init(303, "By a form: the case's page"),
                ], problems: [403, 404, 409], respond: retryCase),
        ]
    }

    private func getCases(_ exchange: Exchange) async throws -> Response {
        let stage: Stage? = try exchange.filter("stage")
        let state: CaseStatus? = try exchange.filter("state")
        let after = try exchange.place("after") { CaseNumber($0) }
        let filter = CaseFilter(
            text: exchange.query("q") ?? "", payerID: exchange.query("payer"), stage: stage?.rawValue,
            state: state?.rawValue)
        let found = try await read { try $0.cases(filter, after: after, limit: Self.pageSize + 1) }
        let shown = Array(found.prefix(Self.pageSize))
        let list = CaseList(
            text: filter.text, payer: filter.payerID ?? "", stage: stage, state: state, isFirst: after == nil,
            cases: shown, next: found.count > Self.pageSize ? shown.last?.caseNumber : nil)
        return show(exchange, list, json: \.json, page: CasesPage.page)
    }

    private func getCase(_ exchange: Exchange) async throws -> Response {
        let number = try exchange.caseNumber
        guard let view = try await read({ try CaseView(number, in: $0) }) else { throw Problem.notFound("case") }
        return show(exchange, view, json: \.json, page: CasePage.page)
    }

    private func retryCase(_ exchange: Exchange) async throws -> Response {
        let number = try exchange.caseNumber
        guard try await read({ try $0.caseLine(number) }) != nil else { throw Problem.notFound("case") }
        guard try await pipeline.retry(number) else {
            throw Problem(
                .conflict, "not-set-aside", "Not set aside", "The case is not set aside; it goes on by itself.")
        }
        let path = "/cases/\(number.description)"
        if exchange.wantsJSON {
            return .json(["case_id": .string(number.description), "links": ["case": .string(path)]])
        }
        return .seeOther(path)
    }
}

/// A part of the list of cases.
struct CaseList: Sendable {
    var text: String
    var payer: String
    var stage: Stage?
    var state: CaseStatus?
    var isFirst: Bool
    var cases: [CaseLine]
    /// The case after which the next part begins.
    var next: CaseNumber?

    var isFiltered: Bool { !text.isEmpty || !payer.isEmpty || stage != nil || state != nil }

    /// The filters as the address has them.
    var query: [(String, String)] {
        [("q", text), ("payer", payer), ("stage", stage?.rawValue ?? ""), ("state", state?.rawValue ?? "")]
    }

    var json: JSON {
        .compact(["cases": .array(cases.map(\.json)), "next": next.map { .string($0.description) }])
    }
}
