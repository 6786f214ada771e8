import Claims
import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

/// A task as it was put.
struct TaskView {
    var row: TaskRow
    /// Nil where the record's body cannot be read.
    var draft: TaskDraft?

    init(row: TaskRow) {
        self.row = row
        draft = try? Canonical.decode(TaskDraft.self, from: row.body)
    }

    var amount: Money { Money(cents: row.amountCents) }
    var title: String { draft?.title ?? Words.taskKind(row.kind) }
    var reasons: [String] { (draft?.reason ?? "").split(separator: "\n").map(String.init) }

    var json: JSON {
        .compact([
            "id": .string(row.id), "case_id": .string(row.caseID), "stage": .string(row.stage),
            "kind": .string(row.kind), "state": .string(row.state.rawValue), "title": .string(title),
            "reason": .string(draft?.reason ?? ""), "evidence": .array((draft?.evidence ?? []).map(JSON.string)),
            "amount": .string(amount.description), "opened_at": .string(row.openedAt.description),
            "deadline": row.deadline.map { .string($0.description) },
            "answers": .array(
                (draft?.answers ?? []).map { ["id": .string($0.id), "label": .string($0.label)] }),
            "document": draft?.document.map {
                [
                    "title": .string($0.title), "content_type": .string($0.contentType), "text": .string($0.text),
                    "digest": .string($0.digest.hex),
                ]
            },
            "decision_id": .string(row.decisionID),
            "links": [
                "task": .string("/tasks/\(row.id)"), "case": .string("/cases/\(row.caseID)"),
                "decision": .string("/decisions/\(row.decisionID)"),
            ],
        ])
    }
}

/// A page of the work queue.
struct QueueView {
    struct Line {
        var task: TaskView
        var summary: CaseSummary?
    }

    /// The kind that is asked for; empty for all.
    var kind: String
    var page: Int
    var lines: [Line]
    var hasNext: Bool
    var counts: [(kind: String, count: Int, amount: Money)]
    var now: Instant

    var json: JSON {
        .compact([
            "tasks": .array(
                lines.map { line in
                    var json = line.task.json.object ?? JSONObject()
                    json["payer"] = .string(line.summary?.payer ?? "")
                    json["case_title"] = .string(line.summary?.title ?? "")
                    // The letter is with the task itself.
                    json["document"] = nil
                    return .object(json)
                }),
            "kinds": .array(
                counts.map {
                    ["kind": .string($0.kind), "count": JSON($0.count), "amount": .string($0.amount.description)]
                }),
            "page": JSON(page), "next": hasNext ? JSON(page + 1) : nil,
        ])
    }
}

extension Site {
    var taskEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/queue", summary: "Questions that wait for a person, the most urgent first",
                query: ["kind": "a kind of task, or the beginning of one", "page": "from 1"],
                answers: [.init(200, "Open tasks", [.page, .object("tasks, kinds, page, next")])], problems: [404],
                respond: getQueue),
            Endpoint(
                method: .get, path: "/tasks/{id}", summary: "One question, with its reason, evidence and answers",
                answers: [.init(200, "The task", [.page, .object("task")])], problems: [404], respond: getTask),
            Endpoint(
                method: .get, path: "/tasks/{id}/letter", summary: "The letter of a question, to be read and printed",
                answers: [.init(200, "The letter", [.page])], problems: [404], respond: getLetter),
            Endpoint(
                method: .post, path: "/tasks/{id}", summary: "Answer a question; the case goes on at once",
                takes: [
                    .object("answer, reason, by"), .init(type: Exchange.formType, schema: ["type": "object"]),
                ],
                answers: [
                    .init(200, "Answered", [.object("task_id, case_id, state, case_state, links")]),
                    .init(303, "Answered by a form: the case's page"),
                ], problems: [403, 404, 409, 413, 415, 422], respond: postTask),
        ]
    }

    private func getQueue(_ exchange: Exchange) throws -> Response {
        let kind = exchange.query("kind") ?? ""
        let page = try exchange.page
        let now = pipeline.clock.now
        let view = try read { tx in
            let rows = try tx.openTasks(kind: kind, limit: Self.pageSize + 1, offset: (page - 1) * Self.pageSize)
            let lines = try rows.prefix(Self.pageSize).map {
                QueueView.Line(task: TaskView(row: $0), summary: try tx.caseSummary($0.caseID))
            }
            return QueueView(
                kind: kind, page: page, lines: lines, hasNext: rows.count > Self.pageSize,
                counts: try tx.openTaskCounts(), now: now)
        }
        return show(exchange, view, json: \.json, page: QueuePage.page)
    }

    private func task(_ id: String) throws -> (task: TaskView, summary: CaseSummary?) {
        try read { tx in
            guard let row = try tx.task(id) else { throw Problem.notFound("task") }
            return (TaskView(row: row), try tx.caseSummary(row.caseID))
        }
    }

    private func getTask(_ exchange: Exchange) throws -> Response {
        let (task, summary) = try task(exchange.parameter("id"))
        return show(exchange, task, json: \.json) { TaskPage.page($0, summary, person: options.personName) }
    }

    private func getLetter(_ exchange: Exchange) throws -> Response {
        guard let letter = try task(exchange.parameter("id")).task.draft?.document else {
            throw Problem.notFound("letter")
        }
        return .text(letter.html, "text/html; charset=utf-8")
    }

    private func postTask(_ exchange: Exchange) async throws -> Response {
        let id = exchange.parameter("id")
        if exchange.mediaType == Exchange.formType {
            let form = try await exchange.form(upTo: smallBody)
            return try await answerByForm(id, form)
        }
        let json = try await exchange.json(upTo: smallBody)
        let (task, _) = try task(id)
        try await pipeline.resolve(
            task: id, answer: json["answer"]?.string ?? "", reason: json["reason"]?.string ?? "",
            by: json["by"]?.string ?? options.personName)
        try await pipeline.work()
        let summary = try read { try $0.caseSummary(task.row.caseID) }
        return .json([
            "task_id": .string(id), "case_id": .string(task.row.caseID), "state": "resolved",
            "case_state": .string(summary?.state ?? ""),
            "links": ["case": .string("/cases/\(task.row.caseID)"), "task": .string("/tasks/\(id)")],
        ])
    }

    /// A person who forgot something sees the same form again, with what was filled in.
    private func answerByForm(_ id: String, _ form: FormFields) async throws -> Response {
        let (task, summary) = try task(id)
        do {
            try await pipeline.resolve(
                task: id, answer: form["answer"] ?? "", reason: form["reason"] ?? "",
                by: form["by"] ?? options.personName)
        } catch let refusal as Pipeline.TaskRefusal {
            let problem = Problem(refusal)
            let page = TaskPage.page(
                try self.task(id).task, summary, person: form["by"] ?? options.personName, filled: form,
                refusal: problem.detail)
            return .page(page, status: problem.status)
        }
        try await pipeline.work()
        return .seeOther("/cases/\(task.row.caseID)")
    }
}
