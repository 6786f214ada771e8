import Claims
import HealthTypes
import Pipeline
import Stages
import Store

/// A case with all that its page shows, of one moment.
struct CaseView: Sendable {
    /// An entry of the journal, read.
    struct Entry: Sendable {
        var row: EntryRow
        var entry: CaseEntry
    }

    var line: CaseLine
    /// All entries that can be read, folded.
    var facts: CaseFacts
    var entries: [Entry]
    /// What is wrong with the first entry that cannot be read; those after it are not shown.
    var unreadable: String?
    var decisions: [DecisionRow]
    var messages: [Int: MessageRow]
    var sends: [SendStatus]
    /// Why the case does not go on by itself; nil where it does.
    var setAside: SetAside?

    var number: CaseNumber { line.caseNumber }
    var tasks: [TaskView] { facts.workItems.map { TaskView($0, in: facts) } }
    var patientShare: Money { facts.remittances.map(\.remittance.patientResponsibility).total() }
    var paid: Money { facts.postings.map(\.paid).total() }
    var charge: Money {
        line.summary?.charge ?? facts.claims.last?.claim.totalCharge ?? facts.charges.map(\.amount).total()
    }

    /// A visit number, a claim's control number, or the case's own.
    var title: String {
        if let title = line.summary?.title, !title.isEmpty { return title }
        return facts.encounter?.visitNumber ?? facts.claims.last?.claim.controlNumber ?? number.description
    }

    /// Nil where there is no such case.
    init?(_ number: CaseNumber, in page: any PageReader) throws {
        guard let line = try page.caseLine(number) else { return nil }
        self.line = line
        var facts = CaseFacts(number: number)
        var entries: [Entry] = []
        for row in try page.entries(of: number, through: nil) {
            do {
                let entry = try CaseReader.read(row)
                facts.apply(entry, at: row.at)
                entries.append(Entry(row: row, entry: entry))
            } catch {
                unreadable = error.description
                break
            }
        }
        self.facts = facts
        self.entries = entries
        decisions = try page.decisions(of: number)
        messages = Dictionary(try page.messages(of: number).map { ($0.id, $0) }) { first, _ in first }
        sends = try page.sends(of: number)
        setAside = try page.setAside(number)
    }

    func status(of id: SendID) -> SendStatus? {
        sends.first { $0.part.entry == id.entry && $0.part.number == id.number }
    }
}

// MARK: JSON

extension CaseView {
    var json: JSON {
        var head = line.json.object ?? JSONObject()
        head["state"] = .string(facts.status.rawValue)
        head["title"] = .string(title)
        return .compact([
            "case": .object(head), "set_aside": setAside.map(\.json), "unreadable": unreadable.map(JSON.string),
            "journal": .array(
                entries.map { entry in
                    .compact([
                        "sequence": JSON(entry.row.sequence), "at": .string(entry.row.at.description),
                        "kind": .string(entry.row.kind), "digest": .string(entry.row.leaf.hex),
                        "message": entry.entry.message.map { JSON($0) },
                    ])
                }),
            "decisions": .array(decisions.map { $0.json(of: number) }), "tasks": .array(tasks.map(\.json)),
            "claims": .array(facts.claims.map(\.json)),
            "messages": .array(messages.values.sorted { $0.id < $1.id }.map(\.json)),
            "sends": .array(sends.map { $0.json(facts) }),
            "timers": .array(
                facts.timers.map {
                    ["due": .string($0.due.description), "for": .string(facts.purpose(of: $0.id))]
                }),
            "triggers": .array(
                facts.pending.map {
                    ["stage": .string($0.reason.stage.rawValue), "trigger": .string($0.reason.tag)]
                }),
            "money": [
                "charge": .string(charge.description), "paid": .string(paid.description),
                "patient_responsibility": .string(patientShare.description),
                "remittances": JSON(facts.remittances.count),
            ],
        ])
    }
}

extension ClaimRecord {
    var json: JSON {
        .compact([
            "control_number": .string(claim.controlNumber), "state": .string(state.rawValue),
            "charge": .string(claim.totalCharge.description), "payer": claim.payer.map { .string($0.payerID) },
            "entry": JSON(ref.entry),
        ])
    }
}

extension SetAside {
    var json: JSON {
        [
            "case_id": .string(caseNumber.description), "reason": .string(reason), "detail": .string(detail),
            "attempts": JSON(attempts), "program": .string(program), "since": .string(since.description),
            "retry_at": .string(retryAt.description),
        ]
    }
}

extension SendStatus {
    func json(_ facts: CaseFacts) -> JSON {
        .compact([
            "decision_id": .string(DecisionID(part.caseNumber, entry: part.entry).description),
            "what": .string(facts.words(of: SendID(entry: part.entry, number: part.number))),
            "subject": .string(subject), "kind": .string(lane.kind), "receiver": .string(lane.receiver),
            "state": .string(state.tag), "attempts": JSON(attempts), "last_failure": lastFailure.map(JSON.string),
            "message": message.map { JSON($0) },
        ])
    }
}

extension CaseLine {
    var json: JSON {
        let id = caseNumber.description
        return .compact([
            "id": .string(id), "kind": .string(kind), "title": .string(summary?.title ?? ""),
            "stage": .string(summary?.stage ?? ""), "state": .string(summary?.state ?? CaseStatus.opened.rawValue),
            "payer": .string(summary?.payerID ?? ""), "charge": .string((summary?.charge ?? .zero).description),
            "paid": .string((summary?.paid ?? .zero).description),
            "service_date": summary?.serviceDate.map { .string($0.description) },
            "opened_at": .string(openedAt.description), "due_at": dueAt.map { .string($0.description) },
            "links": ["case": .string("/cases/\(id)")],
        ])
    }
}

extension DecisionRow {
    func json(of number: CaseNumber) -> JSON {
        let id = DecisionID(number, entry: entry).description
        return [
            "id": .string(id), "stage": .string(stage), "trigger": .string(reason), "outcome": .string(outcome),
            "made_at": .string(madeAt.description), "facts_through": JSON(entry - 1),
            "generation": .string(generation.hex),
            "links": ["decision": .string("/decisions/\(id)"), "replay": .string("/decisions/\(id)/replay")],
        ]
    }
}

extension MessageRow {
    var json: JSON {
        [
            "id": JSON(id), "direction": .string(direction.tag), "format": .string(format), "kind": .string(kind),
            "source": .string(source), "at": .string(at.description), "state": .string(state.tag),
            "bytes": JSON(range.count), "digest": .string(content.hex), "offset": JSON(range.lowerBound),
            "links": ["message": .string("/messages/\(id)"), "raw": .string("/messages/\(id)?raw=1")],
        ]
    }
}
