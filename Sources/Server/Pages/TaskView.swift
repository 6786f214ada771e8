import Claims
import HealthTypes
import Pipeline
import Stages
import Store

/// The kinds of work items as lists and addresses name them: `submission.held`.
struct WorkKind: Hashable, Sendable {
    var stage: Stage
    /// The written tag within the stage.
    var tag: String
    var title: String

    init(_ kind: WorkItemKind) {
        stage = kind.stage
        tag = kind.tag
        title = kind.title
    }

    var name: String { "\(stage.rawValue).\(tag)" }

    /// All that there are, by stage. What a kind is about does not matter here.
    static let all: [WorkKind] = {
        let ref = SendID(entry: 1, number: 0)
        let claim = ClaimRef(entry: 1, number: 0)
        let authorization: [AuthorizationWork] = [
            .needUnknown(OrderKey("")), .refused(ref), .overdue(ref), .unanswered(ref), .undelivered(ref),
            .peerToPeer(ref), .orderCancelled(ref),
        ]
        let documentation: [DocumentationWork] = [.gap(ref, criterion: ""), .attest(ref)]
        let submission: [SubmissionWork] = [
            .held(claim), .blocked(claim), .incomplete, .lateCharges(claim), .rejected(claim), .unacknowledged(claim),
            .undelivered(claim),
        ]
        let denials: [DenialsWork] = [
            .correction(claim, []), .appeal(claim, level: 1), .review(claim), .writeOff(claim),
            .appealLost(claim, level: 1), .peerToPeer(claim, level: 1), .notPosted(EntryRef(1)), .takenBack(claim),
            .unremitted(claim), .appealUnanswered(claim, level: 1), .appealUndelivered(claim, level: 1),
        ]
        let kinds: [WorkItemKind] =
            EligibilityWork.allCases.map { .eligibility($0) } + authorization.map { .authorization($0) }
            + documentation.map { .documentation($0) } + submission.map { .submission($0) }
            + denials.map { .denials($0) }
        return kinds.map(WorkKind.init)
    }()

    /// The title of a kind by its written tags, or the tags themselves where they are another program's.
    static func title(_ stage: String, _ tag: String) -> String {
        titles["\(stage).\(tag)"] ?? "\(Words.stage(stage)): \(Words.tag(tag))"
    }

    private static let titles = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.title) })
}

/// A work item as it was put, and how it stands.
struct TaskView: Sendable {
    enum State: Sendable {
        case open
        case withdrawn
        case answered(PersonsAnswer, at: Instant)
    }

    var name: WorkItemName
    var stage: String
    /// The written tag within the stage.
    var kind: String
    var amount: Money
    var openedAt: Instant
    var deadline: Instant?
    var state: State
    /// Nil where the entry that put it cannot be read.
    var item: WorkItem?
    var document: SupportingDocument?

    init(_ record: WorkItemRecord, in facts: CaseFacts) {
        name = WorkItemName(facts.number, record.id)
        stage = record.item.kind.stage.rawValue
        kind = record.item.kind.tag
        amount = record.item.amount
        openedAt = record.openedAt
        deadline = record.item.deadline
        state =
            switch record.state {
            case .open: .open
            case .withdrawn: .withdrawn
            case .answered(let answer, let at): .answered(answer, at: at)
            }
        item = record.item
        document = record.item.document.flatMap { facts.document($0) }
    }

    /// An open item of the queue, with what the decision that opened it says of it.
    init(_ line: WorkLine, in page: any PageReader) throws {
        name = WorkItemName(line.caseNumber, WorkItemID(entry: line.row.entry, number: line.row.number))
        stage = line.row.stage
        kind = line.row.kind
        amount = line.row.amount
        openedAt = line.row.openedAt
        deadline = line.row.deadline
        state = .open
        let row = try page.entries(after: EntryPlace(line.caseNumber, line.row.entry - 1), limit: 1).first
        if let row, row.caseNumber == line.caseNumber, let entry = try? CaseReader.read(row),
            case .decided(let decision, _) = entry.event, decision.workItems.indices.contains(line.row.number),
            case .opened(let item) = decision.workItems[line.row.number]
        {
            self.item = item
        }
    }

    var decisionID: String { DecisionID(name.caseNumber, entry: name.item.entry).description }
    var title: String { item?.kind.title ?? WorkKind.title(stage, kind) }
    var reasons: [String] { item?.reason ?? [] }
    var isOpen: Bool { if case .open = state { true } else { false } }

    var stateWords: String {
        switch state {
        case .open: "open"
        case .withdrawn: "withdrawn"
        case .answered: "answered"
        }
    }

    var json: JSON {
        let id = name.description
        var answered: JSON?
        if case .answered(let answer, let at) = state {
            answered = [
                "answer": .string(answer.resolution.tag), "label": .string(answer.resolution.label),
                "reason": .string(answer.reason), "by": .string(answer.by), "at": .string(at.description),
            ]
        }
        return .compact([
            "id": .string(id), "case_id": .string(name.caseNumber.description), "stage": .string(stage),
            "kind": .string("\(stage).\(kind)"), "state": .string(stateWords), "title": .string(title),
            "reason": .string(reasons.joined(separator: "\n")),
            "evidence": .array((item?.evidence ?? []).map(JSON.string)), "amount": .string(amount.description),
            "opened_at": .string(openedAt.description), "deadline": deadline.map { .string($0.description) },
            "answers": .array(
                (item?.kind.choices ?? []).map {
                    ["id": .string($0.tag), "label": .string($0.label), "needs_number": .bool($0.needsNumber)]
                }),
            "answered": answered,
            "document": document.map {
                [
                    "title": .string($0.title), "content_type": .string($0.contentType), "text": .string($0.text),
                    "digest": .string($0.digest.hex),
                ]
            },
            "decision_id": .string(decisionID),
            "links": [
                "task": .string("/tasks/\(id)"), "case": .string("/cases/\(name.caseNumber.description)"),
                "decision": .string("/decisions/\(decisionID)"),
            ],
        ])
    }
}

/// A part of the work queue.
struct QueueView: Sendable {
    struct Line: Sendable {
        var task: TaskView
        var caseLine: CaseLine?
    }

    /// What is asked for; nil for all.
    var kind: QueueFilter?
    var isFirst: Bool
    var lines: [Line]
    /// The item after which the next part begins.
    var next: String?
    /// Open items.
    var counts: [WorkCount]
    var now: Instant

    var json: JSON {
        .compact([
            "tasks": .array(
                lines.map { line in
                    var json = line.task.json.object ?? JSONObject()
                    json["payer"] = .string(line.caseLine?.summary?.payerID ?? "")
                    json["case_title"] = .string(line.caseLine?.summary?.title ?? "")
                    return .object(json)
                }),
            "kinds": .array(
                counts.map {
                    [
                        "kind": .string("\($0.stage).\($0.kind)"), "count": JSON($0.count),
                        "amount": .string($0.amount.description),
                    ]
                }),
            "next": next.map(JSON.string),
        ])
    }
}

/// The items of a stage, or of one kind in it.
enum QueueFilter: Hashable, Sendable {
    case stage(Stage)
    case kind(WorkKind)

    /// Reads `submission` or `submission.held`; nil for anything else.
    init?(_ text: String) {
        if let stage = Stage(rawValue: text) {
            self = .stage(stage)
        } else if let kind = WorkKind.all.first(where: { $0.name == text }) {
            self = .kind(kind)
        } else {
            return nil
        }
    }

    var text: String {
        switch self {
        case .stage(let stage): stage.rawValue
        case .kind(let kind): kind.name
        }
    }

    var rows: WorkFilter {
        switch self {
        case .stage(let stage): WorkFilter(stage: stage.rawValue)
        case .kind(let kind): WorkFilter(stage: kind.stage.rawValue, kinds: [kind.tag])
        }
    }
}
