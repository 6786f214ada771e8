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
    /// Too late for a second question about the coverage.
    static let eve = Instant("2026-03-01T08:00:00Z")!
    /// When the appointment was made.
    static let booking = Instant("2026-02-25T08:00:00Z")!

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

    /// The visit before the patient has come.
    static func appointment() -> Encounter {
        var visit = visit()
        visit.checkedIn = nil
        return visit
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
        _ request: String, _ action: String, version: Int? = nil, number: String? = nil, wanted: [String] = [],
        units: Int? = nil
    )
        -> AuthorizationAnswer
    {
        var answer = AuthorizationAnswer(identifier: request, version: version, authorizationNumber: number)
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

/// A case whose journal is written by hand and which decides as a worker would have it decide.
struct CaseRun {
    /// What lies outside of the case, as the store would answer.
    struct Outside {
        var billing: Provider? = World.group
        var usualCharges: [String: Money] = [:]
        var history: [PriorLine] = []
        var authorizationUse: [AuthorizationUse.Line] = []
        var patterns: [DenialPattern] = []
        /// Control numbers of other cases.
        var numbers: Set<String> = []

        func answer(_ question: Question) -> Answer {
            switch question {
            case .billing: billing.map { .billing($0) } ?? .noBilling
            case .usualCharges(let procedures):
                .usualCharges(procedures.map { UsualCharge(procedure: $0, charge: usualCharges[$0]) })
            case .memberHistory(let payerID, let memberID, let from, let to):
                .memberHistory(
                    MemberHistory(
                        payerID: payerID, memberID: memberID, version: 1,
                        lines: history.filter { from <= $0.day && $0.day <= to }))
            case .authorizationUse(let payerID, let number):
                .authorizationUse(
                    AuthorizationUse(payerID: payerID, number: number, version: 1, lines: authorizationUse))
            case .denialPatterns(_, let procedures):
                .denialPatterns(patterns.filter { procedures.contains($0.procedure) })
            case .memberToken: .memberToken("M-1")
            case .takenNumbers(let tried): .takenNumbers(Array(tried.prefix { numbers.contains($0) }))
            }
        }
    }

    private(set) var facts = CaseFacts(number: CaseNumber(1))
    /// The journal as it would be kept: kind, body, time.
    private(set) var journal: [(kind: CaseEvent.Kind, body: [UInt8], at: Instant)] = []
    var now = World.now
    var outside = Outside()
    var generation = Generation(digest: Digest(of: "generation"), engines: Shipped.engines)

    init(_ events: CaseEvent...) {
        for event in events { happen(event) }
    }

    /// Enters an event in the journal; it must come back as it was written.
    mutating func happen(_ event: CaseEvent) {
        let entry = CaseEntry(event, raises: facts.raises(event, at: facts.nextEntry))
        do {
            journal.append((event.kind, try entry.body(), now))
        } catch { Testing.Issue.record("\(event.kind) cannot be kept: \(error)") }
        facts.apply(entry, at: now)
    }

    /// Has a trigger decided, holds what is handed on to its contract, and enters the decision in the journal.
    @discardableResult
    mutating func decide(_ trigger: Trigger) -> StageDecision? {
        var basis = Basis(at: now, generation: generation.digest)
        for _ in 0...Stages.maximumRounds {
            switch Stages.decide(facts, on: trigger, basis: basis, generation: generation) {
            case .ask(let questions):
                #expect(!questions.isEmpty)
                basis.answers += questions.map(outside.answer)
            case .decided(let decision):
                #expect(decision.trigger == trigger.id)
                #expect(decision.outcome.stage == trigger.reason.stage)
                happen(.decided(decision, basis))
                #expect(!facts.pending.contains { $0.id == trigger.id })
                checkHandoff()
                return decision
            }
        }
        Testing.Issue.record("\(trigger.reason) was asked about more than \(Stages.maximumRounds) times")
        return nil
    }

    private func checkHandoff() {
        guard let record = facts.decisions.last,
            let handoff = Handoff.json(of: record, facts, engines: generation.engines)
        else { return }
        let contract = "\(record.reason.stage.rawValue.replacing("_", with: "-"))-handoff"
        #expect(Shipped.violations(of: contract, in: handoff) == [])
    }

    /// Has a trigger decided that no event of the test raised.
    @discardableResult
    mutating func decide(_ reason: Reason) -> StageDecision? {
        decide(Trigger(id: TriggerID(entry: 0, number: 0), reason: reason))
    }

    /// Decides as long as anything is due.
    @discardableResult
    mutating func advance() -> [StageDecision] {
        var made: [StageDecision] = []
        while made.count < 100, let next = facts.next() {
            guard let decision = decide(next) else { break }
            made.append(decision)
        }
        return made
    }

    /// Enters an event and decides what follows.
    @discardableResult
    mutating func after(_ event: CaseEvent) -> [StageDecision] {
        happen(event)
        return advance()
    }

    /// Lets time pass: timers fire one by one, and what they raise is decided.
    @discardableResult
    mutating func wait(until time: Instant) -> [StageDecision] {
        var made: [StageDecision] = []
        while made.count < 100, let id = facts.timersDue(at: time).first {
            now = max(now, facts.timers.first { $0.id == id }?.due ?? now)
            made += after(.timerFired(id))
        }
        now = max(now, time)
        return made
    }

    /// A person answers the last open work item of a kind, and what follows is decided.
    @discardableResult
    mutating func answer(_ kind: WorkItemKind, _ resolution: Resolution, by name: String = "Quill, A.")
        -> [StageDecision]
    {
        guard let item = facts.openItems({ $0 == kind }).last else {
            Testing.Issue.record("no work item \(kind) is open")
            return []
        }
        return after(
            .resolved(PersonsAnswer(item: item, resolution: resolution, reason: "looked at", by: name)))
    }

    /// A visit whose coverage the payer has said to be active.
    static func verified(_ payer: String = "MERID", place: String = "11") -> CaseRun {
        var run = CaseRun()
        run.now = World.eve
        run.happen(.covered([World.cover(payer)]))
        run.after(.scheduled(World.visit(place: place)))
        run.now = World.now
        run.verify()
        return run
    }

    /// The payer answers the last inquiry: active.
    mutating func verify() {
        guard let trace = facts.inquiries.last?.terms.trace else { return }
        after(.eligibilityAnswered(World.answer(trace)))
    }

    /// That visit with charges, and whatever was decided on them.
    static func charged(_ charges: [Charge], payer: String = "MERID", chart: [ChartItem] = []) -> CaseRun {
        var run = verified(payer)
        run.happen(.charted(chart))
        run.after(.charged(charges))
        return run
    }

    /// A claim that the payer's 277CA has accepted.
    static func accepted() -> CaseRun {
        var run = charged([World.charge("1")])
        run.after(
            .acknowledged(
                ClaimAcknowledgement(source: .claim, controlNumber: "V100001-1", outcome: .accepted, code: "A2:20")))
        return run
    }

    func last(_ stage: Stage) -> StageDecision? { facts.decisions(of: stage).last?.decision }

    /// What the stage's last decision hands on.
    func handoff(_ stage: Stage) -> JSON? {
        facts.decisions(of: stage).last.flatMap { Handoff.json(of: $0, facts, engines: generation.engines) }
    }

    /// The kinds of the open work items, in the order in which they were opened.
    var open: [WorkItemKind] { facts.workItems.filter(\.isOpen).map(\.item.kind) }
}

extension StageDecision {
    var opened: [WorkItem] {
        workItems.compactMap { if case .opened(let item) = $0 { item } else { nil } }
    }

    var withdrawn: [WorkItemID] {
        workItems.compactMap { if case .withdrawn(let id) = $0 { id } else { nil } }
    }

    /// Timers that were set, with when they fire.
    var set: [TimerPurpose: Instant] {
        var found: [TimerPurpose: Instant] = [:]
        for case .set(let purpose, let due) in timers { found[purpose] = due }
        return found
    }

    func finding(_ id: String) -> Check? { findings.first { $0.id == id } }

    var stops: [String] { findings.filter(\.stops).map(\.id) }
}

struct Missing: Error {}

enum Sample {
    /// A claim that was made elsewhere and has nothing wrong with it.
    static func claim(_ number: String, payer: String = "MERID", procedure: String = "99213", diagnosis: String = "I10")
        -> Claim
    {
        var line = ClaimLine(number: 1, procedure: procedure, charge: Money("150")!, from: World.day)
        line.controlNumber = "\(number)L1"
        return Claim(
            controlNumber: number, totalCharge: Money("150")!, placeOfService: "11", billing: World.group,
            rendering: World.vance, coverages: [World.cover(payer)], patient: World.nora,
            diagnoses: [Diagnosis(qualifier: "ABK", code: diagnosis)], lines: [line])
    }
}
