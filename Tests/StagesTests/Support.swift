import Claims
import ClinicalKnowledge
import Foundation
import HealthTypes
import Review
import Rules
import Stages
import Terminology
import Testing

/// The data folders that ship with the program, read once.
enum Shipped {
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    static let engines: Engines = {
        do {
            return Engines(
                rules: try RuleBook.load(files("RulePacks")), tables: try CodeTables(files("CodeTables")),
                knowledge: try KnowledgeBase(files("Knowledge")), policies: try PolicyBook(files("Policies")))
        } catch { fatalError("\(error)") }
    }()

    static func files(_ folder: String) throws -> DataFiles {
        try DataFiles(folder: root.appendingPathComponent(folder).path)
    }

    static let contracts: [String: JSONSchema] = {
        do {
            let files = try files("docs/contracts")
            return try Dictionary(
                uniqueKeysWithValues: files.names(endingIn: ".schema.json").map { name in
                    (
                        String(name.dropLast(".schema.json".count)),
                        try JSONSchema(JSON(parsing: files.files[name] ?? []))
                    )
                })
        } catch { fatalError("\(error)") }
    }()

    /// What breaks a contract; a contract that is not there is broken by anything.
    static func violations(of name: String, in value: JSON) -> [String] {
        contracts[name]?.violations(in: value) ?? ["there is no contract \(name)"]
    }
}

/// Invented people, providers and payers.
enum World {
    static let day = CalendarDate("2026-03-02")!
    static let now = Instant("2026-03-03T09:00:00Z")!

    static let group = Provider(
        npi: "1234567893", entity: .organization, name: "Larkfield Medical Group", taxonomy: "261QM1300X",
        taxID: "371284567",
        address: Address(line1: "1200 Harbor Road", city: "Harrow", state: "IL", postalCode: "627011234"))
    static let vance = Provider(
        npi: "1987654328", entity: .person, name: "Vance", given: "Omar", taxonomy: "207X00000X")

    static let nora = Person(
        family: "Ashdown", given: "Nora", birthDate: CalendarDate("1980-05-14"), sex: .female,
        address: Address(line1: "9 Elm Row", city: "Harrow", state: "IL", postalCode: "62701"))

    static func cover(_ payer: String = "MERID") -> Coverage {
        Coverage(payerID: payer, payerName: "Payer \(payer)", memberID: "MHP000111222", subscriber: nora)
    }

    static func visit(_ number: String = "V100001", place: String = "11") -> Encounter {
        Encounter(
            visitNumber: number, patient: nora, start: Instant(day, hour: 14), checkedIn: Instant(day, hour: 14),
            placeOfService: place, attending: vance)
    }

    static func charge(
        _ number: String, _ procedure: String = "99213", amount: String = "150", diagnoses: [String] = ["I10"],
        modifiers: [String] = [], units: Int = 1
    ) -> Charge {
        Charge(
            number: number, date: day, procedure: procedure, modifiers: modifiers, units: units, amount: Money(amount)!,
            diagnoses: diagnoses, rendering: vance)
    }

    static func order(
        _ number: String = "O1", _ procedure: String = "72148", units: Int = 1, diagnoses: [String] = ["M54.16"]
    )
        -> ServiceOrder
    {
        ServiceOrder(
            number: number, procedure: procedure, units: units, diagnoses: diagnoses, ordering: vance,
            orderedOn: CalendarDate("2026-02-25")!, requestedFor: day)
    }

    static func note(_ text: String, _ reference: String = "DocumentReference/n1") -> ChartItem {
        ChartItem(reference: reference, kind: .note, text: text, date: CalendarDate("2026-02-20"))
    }

    /// A 271 that says that the plan is active, or what `information` says.
    static func answer(_ trace: String, information: String = "1") -> EligibilityAnswer {
        var answer = EligibilityAnswer(trace: trace, payerID: "MERID", payerName: "Payer MERID")
        answer.memberID = "MHP000111222"
        var benefit = Benefit(information: information)
        benefit.serviceTypes = ["30"]
        benefit.level = "IND"
        var copay = Benefit(information: "B")
        copay.serviceTypes = ["98"]
        copay.amount = Money("25")!
        copay.inNetwork = "Y"
        answer.benefits = [benefit, copay]
        return answer
    }

    static func refusal(_ trace: String, _ reason: String, followUp: String) -> EligibilityAnswer {
        var answer = EligibilityAnswer(trace: trace, payerID: "MERID", payerName: "Payer MERID")
        answer.rejections = [EligibilityRejection(loop: "2100C", reason: reason, followUp: followUp)]
        return answer
    }

    static func reply(
        _ request: String, _ action: String, number: String? = nil, wanted: [String] = [], units: Int? = nil
    )
        -> AuthorizationAnswer
    {
        var answer = AuthorizationAnswer(identifier: request, authorizationNumber: number)
        var item = AuthorizationItemAnswer(sequence: 1, action: action)
        item.approvedUnits = units
        answer.items = [item]
        answer.documentsWanted = wanted
        return answer
    }

    /// A remittance of one line.
    static func remittance(
        _ controlNumber: String, _ procedure: String = "99213", charge: String = "150", paid: String,
        _ adjustments: [Adjustment], remarks: [String] = [], status: String = "1", payer: String = "MERID"
    ) -> ClaimRemittance {
        var remittance = ClaimRemittance(
            controlNumber: controlNumber, status: status, charge: Money(charge)!, paid: Money(paid)!,
            trace: "EFT1", paidOn: CalendarDate("2026-03-20")!, payerID: payer)
        remittance.payerClaimNumber = "PCN1"
        var line = RemittanceLine(procedure: procedure, charge: Money(charge)!, paid: Money(paid)!)
        line.adjustments = adjustments
        line.remarks = remarks
        remittance.lines = [line]
        return remittance
    }

    static func adjustment(_ code: String, _ amount: String) -> Adjustment {
        let parts = code.split(separator: "-").map(String.init)
        return Adjustment(group: parts[0], reason: parts[1], amount: Money(amount)!)
    }
}

/// A case whose journal is written by hand and which decides as the pipeline would have it decide.
struct CaseRun {
    private(set) var facts = CaseFacts(id: "C-0000001")
    var now = World.now
    var notes = GroundNotes()
    var panel = ReviewPanel.rules

    init(_ events: CaseEvent...) {
        notes.billing = World.group
        for event in events { happen(event) }
    }

    mutating func happen(_ event: CaseEvent) {
        let sequence = facts.sequence + 1
        facts.apply(event, sequence: sequence, digest: Digest(of: "entry \(sequence)"))
    }

    func ground(for occasion: Occasion) -> Ground {
        func ground(_ notes: GroundNotes) -> Ground {
            Ground(
                engines: Shipped.engines,
                record: GroundRecord(now: now, program: "test", data: [:], versions: [:], notes: notes))
        }
        var notes = notes
        if let request = SubmissionStage.reviewRequest(facts, on: occasion, ground: ground(notes)) {
            notes.reviews = panel.review(request)
        }
        return ground(notes)
    }

    /// Asks the stage, holds what it says to the contracts, and enters it in the journal.
    @discardableResult
    mutating func decide(_ stage: Stage, _ name: String) -> Decision {
        let occasion = Occasion(stage, name)
        let ground = ground(for: occasion)
        let ruling = StageTable.decide(facts, on: occasion, ground: ground)
        let decision = Decision(ruling, on: occasion, facts: facts, ground: ground, groundDigest: Digest(of: "ground"))
        if let handoff = decision.handoff {
            #expect(Shipped.violations(of: "\(stage.rawValue)-handoff", in: handoff) == [])
        }
        #expect(throws: Never.self) {
            let bytes = try Canonical.encode(decision)
            #expect(Shipped.violations(of: "decision", in: try JSON(parsing: bytes)) == [])
            #expect(try Canonical.encode(Canonical.decode(Decision.self, from: bytes)) == bytes)
        }
        happen(.decided(decision))
        return decision
    }

    /// Decides as long as anything is due.
    @discardableResult
    mutating func advance() -> [Decision] {
        var made: [Decision] = []
        while made.count < 100, let next = Agenda.next(facts) { made.append(decide(next.stage, next.name)) }
        return made
    }

    /// A person answers the last task of a kind.
    mutating func answer(_ kind: String, _ answer: String) {
        guard let task = facts.openedTasks.last(where: { $0.kind == kind }) else {
            Testing.Issue.record("no task \(kind) was opened")
            return
        }
        happen(
            .taskResolved(
                TaskResolution(
                    taskID: TaskDraft.id(caseID: facts.id, key: task.key), kind: kind, answer: answer,
                    reason: "looked at",
                    by: "Quill, A.", at: now)))
    }

    /// A visit whose cover was verified active.
    static func verified(_ payer: String = "MERID", place: String = "11") -> CaseRun {
        var run = CaseRun(.scheduled(World.visit(place: place)), .covered([World.cover(payer)]))
        run.now = Instant("2026-02-25T08:00:00Z")!
        run.advance()
        run.happen(.eligibilityAnswered(World.answer("C-0000001-scheduling")))
        run.now = World.now
        run.advance()
        return run
    }

    /// That visit with charges, and whatever was decided on them.
    static func charged(_ charges: [Charge], payer: String = "MERID", chart: [ChartItem] = []) -> CaseRun {
        var run = verified(payer)
        run.happen(.charted(chart))
        run.happen(.charged(charges))
        run.advance()
        return run
    }

    func last(_ stage: Stage) -> Decision? { facts.decisions(of: stage).last }
}

extension Decision {
    var tasks: [TaskDraft] {
        effects.compactMap { if case .openTask(let task) = $0 { task } else { nil } }
    }

    func task(_ kind: String) -> TaskDraft? { tasks.first { $0.kind == kind } }

    var timers: [String: Instant] {
        var found: [String: Instant] = [:]
        for case .setTimer(let name, let due) in effects { found[name] = due }
        return found
    }

    func check(_ id: String) -> Check? { checks.first { $0.id == id } }

    var stops: [String] { checks.filter(\.stops).map(\.id) }
}
