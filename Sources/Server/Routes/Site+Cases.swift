import Claims
import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

/// A case with all that its page shows, read in one transaction.
struct CaseView {
    var summary: CaseSummary
    var facts: CaseFacts
    var entries: [(row: JournalRow, event: CaseEvent)]
    var decisions: [DecisionRow]
    var tasks: [TaskRow]
    var messages: [MessageRow]

    init?(_ id: String, in tx: StoreTransaction) throws {
        guard let summary = try tx.caseSummary(id) else { return nil }
        self.summary = summary
        facts = try CaseReader.facts(of: id, in: tx)
        entries = try CaseReader.events(of: id, in: tx)
        decisions = try tx.decisions(of: id)
        tasks = try tx.tasks(of: id)
        messages = try tx.messages(of: id)
    }

    var patientShare: Money { facts.remittances.map(\.patientResponsibility).total() }

    var json: JSON {
        [
            "case": summary.json,
            "journal": .array(
                entries.map { row, _ in
                    [
                        "sequence": JSON(row.sequence), "at": .string(row.at.description), "kind": .string(row.kind),
                        "digest": .string(row.digest.hex),
                    ]
                }),
            "decisions": .array(decisions.map(\.json)),
            "tasks": .array(tasks.map { TaskView(row: $0).json }),
            "messages": .array(messages.map(\.json)),
            "money": [
                "charge": .string(summary.charge.description), "paid": .string(summary.paid.description),
                "patient_responsibility": .string(patientShare.description),
                "remittances": JSON(facts.remittances.count),
            ],
        ]
    }
}

extension CaseSummary {
    var json: JSON {
        [
            "id": .string(id), "kind": .string(kind), "title": .string(title), "stage": .string(stage),
            "state": .string(state), "payer": .string(payer), "charge": .string(charge.description),
            "paid": .string(paid.description), "opened_at": .string(openedAt.description),
            "links": ["case": .string("/cases/\(id)")],
        ]
    }
}

extension DecisionRow {
    var json: JSON {
        [
            "id": .string(id), "stage": .string(stage), "occasion": .string(occasion), "outcome": .string(outcome),
            "made_at": .string(madeAt.description), "facts_through": JSON(factsThrough),
            "links": ["decision": .string("/decisions/\(id)"), "replay": .string("/decisions/\(id)/replay")],
        ]
    }
}

extension MessageRow {
    var json: JSON {
        [
            "id": JSON(id), "direction": .string(direction.rawValue), "format": .string(format), "kind": .string(kind),
            "state": .string(state.rawValue), "source": .string(source), "at": .string(at.description),
            "bytes": JSON(byteCount), "digest": .string(digest.hex), "links": ["message": .string("/messages/\(id)")],
        ]
    }
}

extension Site {
    var caseEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/cases", summary: "List cases",
                query: ["q": "a case, visit or claim number, a payer or a state", "page": "from 1"],
                answers: [.init(200, "Cases in order of their number", [.page, .object("cases, page, next")])],
                problems: [404], respond: getCases),
            Endpoint(
                method: .get, path: "/cases/{id}", summary: "A case from its first event to its last",
                answers: [
                    .init(200, "The case", [.page, .object("case, journal, decisions, tasks, messages, money")])
                ], problems: [404], respond: getCase),
        ]
    }

    private func getCases(_ exchange: Exchange) throws -> Response {
        let text = exchange.query("q") ?? ""
        let page = try exchange.page
        let found = try read {
            try $0.cases(matching: text, limit: Self.pageSize + 1, offset: (page - 1) * Self.pageSize)
        }
        let list = CaseList(
            text: text, page: page, cases: Array(found.prefix(Self.pageSize)), hasNext: found.count > Self.pageSize)
        return show(exchange, list, json: \.json, page: CasesPage.page)
    }

    private func getCase(_ exchange: Exchange) throws -> Response {
        let id = exchange.parameter("id")
        guard let view = try read({ try CaseView(id, in: $0) }) else { throw Problem.notFound("case") }
        return show(exchange, view, json: \.json, page: CasePage.page)
    }
}

/// A page of the list of cases.
struct CaseList {
    var text: String
    var page: Int
    var cases: [CaseSummary]
    var hasNext: Bool

    var json: JSON {
        .compact([
            "cases": .array(cases.map(\.json)), "page": JSON(page), "next": hasNext ? JSON(page + 1) : nil,
        ])
    }
}
