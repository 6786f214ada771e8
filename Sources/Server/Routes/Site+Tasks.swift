import Claims
import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

/// A person's answer as it came, by form or by JSON.
struct TaskAnswer: Sendable {
    /// X12 REF02 holds no more.
    static let maximumNumberCharacters = 50

    var tag: String
    var number: String?
    var reason: String
    var by: String

    init(_ json: JSON) {
        tag = json["answer"]?.string ?? ""
        number = json["number"]?.string.map { FormFields.trimmed($0) }.flatMap { $0.isEmpty ? nil : $0 }
        reason = json["reason"]?.string ?? ""
        by = json["by"]?.string ?? ""
    }

    init(_ form: FormFields) {
        tag = form["answer"] ?? ""
        number = form["number"]
        reason = form["reason"] ?? ""
        by = form["by"] ?? ""
    }

    /// What the item's kind makes of it.
    func resolution(of kind: WorkItemKind) throws(Problem) -> Resolution {
        guard let choice = kind.choices.first(where: { $0.tag == tag }) else { throw Problem(.notOffered) }
        if choice.needsNumber, number == nil {
            throw .answer("task.number-missing", "/number", "The answer needs the authorization number.")
        }
        if !choice.needsNumber, number != nil {
            throw .answer("task.number-unexpected", "/number", "No authorization number belongs to the answer.")
        }
        if let number, number.count > Self.maximumNumberCharacters {
            throw .answer(
                "task.number-long", "/number",
                "An authorization number has \(Self.maximumNumberCharacters) characters at most.")
        }
        guard let resolution = kind.resolution(tag: tag, number: number) else { throw Problem(.notOffered) }
        return resolution
    }
}

extension Problem {
    static func answer(_ code: String, _ path: String, _ detail: String) -> Problem {
        .unusable(detail, [Issue(.error, code, at: Location(path: path), message: detail)])
    }
}

extension Site {
    var taskEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/queue", summary: "Open work items, the most urgent first",
                query: [
                    "kind": "a stage, or a kind of work item such as `submission.held`",
                    "after": "the work item after which the list goes on",
                ],
                answers: [.init(200, "Open work items", [.page, .object("tasks, kinds, next")])],
                problems: [400, 404], respond: getQueue),
            Endpoint(
                method: .get, path: "/tasks/{id}", summary: "A work item, with its reason, evidence and answers",
                answers: [.init(200, "The work item", [.page, .object("task")])], problems: [404], respond: getTask),
            Endpoint(
                method: .get, path: "/tasks/{id}/letter", summary: "The letter of a work item, to be read and printed",
                answers: [.init(200, "The letter", [.page])], problems: [404], respond: getLetter),
            Endpoint(
                method: .post, path: "/tasks/{id}", summary: "Answer a work item; the case goes on at once",
                takes: [
                    .object("answer, number, reason, by"), .init(type: Exchange.formType, schema: ["type": "object"]),
                ],
                answers: [
                    .init(200, "Answered", [.object("task_id, case_id, state, case_state, links")]),
                    .init(303, "Answered by a form: the case's page"),
                ], problems: [403, 404, 409, 413, 415, 422], respond: postTask),
        ]
    }

    private func getQueue(_ exchange: Exchange) async throws -> Response {
        let kinds = Stage.allCases.map(\.rawValue) + WorkKind.all.map(\.name)
        let kind = try exchange.filter("kind", kinds) { QueueFilter($0) }
        let after = try exchange.place("after") { WorkItemName($0) }
        let now = pipeline.clock.now
        let view = try await read { page in
            // An item that was answered meanwhile still has its place in the queue.
            let place = try after.map { name in
                guard let line = try page.workItem(name.caseNumber, entry: name.item.entry, number: name.item.number)
                else { throw Problem.notFound("page") }
                return line.cursor
            }
            let found = try page.openWork(kind?.rows ?? WorkFilter(), after: place, limit: Self.pageSize + 1)
            let lines = try found.prefix(Self.pageSize).map {
                QueueView.Line(task: try TaskView($0, in: page), caseLine: try page.caseLine($0.caseNumber))
            }
            return QueueView(
                kind: kind, isFirst: after == nil, lines: lines,
                next: found.count > Self.pageSize ? lines.last?.task.name.description : nil,
                counts: try page.openWorkCounts(), now: now)
        }
        return show(exchange, view, json: \.json, page: QueuePage.page)
    }

    /// A work item and the line of its case; 404 where there is none.
    private func task(_ name: WorkItemName) async throws -> (task: TaskView, line: CaseLine?) {
        try await read { page in
            guard let view = try CaseView(name.caseNumber, in: page),
                let record = view.facts.workItem(name.item)
            else { throw Problem.notFound("work item") }
            return (TaskView(record, in: view.facts), view.line)
        }
    }

    private func getTask(_ exchange: Exchange) async throws -> Response {
        let (task, line) = try await task(exchange.workItem)
        return show(exchange, task, json: \.json) { TaskPage.page($0, line) }
    }

    private func getLetter(_ exchange: Exchange) async throws -> Response {
        guard let letter = try await task(exchange.workItem).task.document else { throw Problem.notFound("letter") }
        return .text(letter.html, "text/html; charset=utf-8")
    }

    // MARK: Answering

    private func postTask(_ exchange: Exchange) async throws -> Response {
        let name = try exchange.workItem
        if exchange.mediaType == Exchange.formType {
            return try await answerByForm(name, try await exchange.form(upTo: smallBody))
        }
        try await answer(name, TaskAnswer(try await exchange.json(upTo: smallBody)))
        let facts = try await pipeline.facts(of: name.caseNumber)
        let caseID = name.caseNumber.description
        return .json([
            "task_id": .string(name.description), "case_id": .string(caseID), "state": "answered",
            "case_state": .string(facts.status.rawValue),
            "links": ["case": .string("/cases/\(caseID)"), "task": .string("/tasks/\(name.description)")],
        ])
    }

    private func answer(_ name: WorkItemName, _ answer: TaskAnswer) async throws {
        let (task, _) = try await task(name)
        guard task.isOpen else { throw Problem(.closed) }
        guard let kind = task.item?.kind else { throw Problem.notFound("work item") }
        try await pipeline.resolve(name, try answer.resolution(of: kind), reason: answer.reason, by: answer.by)
    }

    /// A person who forgot something sees the same form again, with what was filled in.
    private func answerByForm(_ name: WorkItemName, _ form: FormFields) async throws -> Response {
        do {
            try await answer(name, TaskAnswer(form))
            return .seeOther("/cases/\(name.caseNumber.description)")
        } catch {
            let problem = Problem(error)
            guard problem.status == .unprocessableContent || problem.status == .conflict else { throw error }
            let (task, line) = try await task(name)
            let page = TaskPage.page(task, line, filled: .init(fields: form, refusal: problem.detail))
            return .page(page, status: problem.status)
        }
    }
}
