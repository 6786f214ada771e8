import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct AgendaTests {
    /// The events of a whole life of an encounter, without the decisions.
    private static let story: [CaseEvent] = [
        .scheduled(World.visit()), .covered([World.cover()]), .ordered(World.order()),
        .charted([World.note("Eight weeks of physical therapy without relief. Straight leg raise is positive.")]),
        .eligibilityAnswered(World.answer("C-0000001-scheduling")),
        .authorizationAnswered(World.reply("C-0000001-O1", "A4", wanted: ["conservative-therapy"])),
        .timerFired("visit-48-hours"), .eligibilityAnswered(World.answer("C-0000001-48-hours")),
        .checkedIn(World.visit()), .eligibilityAnswered(World.answer("C-0000001-check-in")),
        .authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")),
        .charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]),
        .timerFired("claim-silence-V100001-1"),
        .acknowledged(ClaimAcknowledgement(source: .claim, controlNumber: "V100001-1", outcome: .accepted, code: "A2")),
        .remitted(
            World.remittance(
                "V100001-1", "72148", charge: "900", paid: "0", [World.adjustment("CO-197", "900")], status: "4")),
        .appealAnswered(AppealAnswer(identifier: "V100001-1-AP1", controlNumber: "V100001-1", outcome: .upheld)),
        .deliveryFailed(DeliveryFailure(key: "x", kind: "270", attempts: 5)),
    ]

    @Test func anEmptyCaseWaits() {
        #expect(Agenda.next(CaseFacts(id: "C-1")) == nil)
    }

    /// The same facts give the same occasion, an occasion comes once, and asking changes nothing.
    @Test func theAgendaIsAFunctionOfTheFacts() {
        var run = CaseRun()
        var seen: Set<Occasion> = []
        for event in Self.story {
            run.happen(event)
            while let next = Agenda.next(run.facts) {
                #expect(Agenda.next(run.facts) == next)
                #expect(seen.insert(next).inserted, "\(next.stage.rawValue) \(next.name) twice")
                #expect(!run.facts.hasDecided(next))
                run.decide(next.stage, next.name)
                #expect(run.facts.hasDecided(next))
                if seen.count > 60 { return #expect(Bool(false), "the case is caught in a circle") }
            }
        }
        #expect(seen.count == run.facts.decisions.count)
        #expect(Set(seen.map(\.stage)) == Set(Stage.allCases))
    }

    /// The world sends its messages in any order, and some twice: the case always comes to rest, no stage decides twice on
    /// an occasion, and whatever it hands on fits its contract.
    @Test(arguments: 1...16)
    func anyOrderOfEventsComesToRest(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var events = Self.story + [.claimReceived(Sample.claim("OUT-1")), .timerFired("eligibility-retry-1")]
        events += [random.pick(events), random.pick(events)]
        events.shuffle(using: &random)
        var run = CaseRun()
        for event in events {
            run.happen(event)
            let made = run.advance()
            #expect(made.count < 40)
            for task in made.flatMap(\.tasks) where random.chance(60) {
                run.answer(task.kind, random.pick(task.answers).id)
            }
        }
        run.advance()
        #expect(Agenda.next(run.facts) == nil)
        #expect(Set(run.facts.decisions.map(\.occasion)).count == run.facts.decisions.count)
        #expect(Set(run.facts.decisions.map(\.id)).count == run.facts.decisions.count)
        let tasks = run.facts.openedTasks
        #expect(tasks.allSatisfy { !$0.answers.isEmpty && !$0.reason.isEmpty && !$0.title.isEmpty })
    }

    /// A restart folds the journal anew and finds the same place.
    @Test func aRestartFindsItsPlace() throws {
        var run = CaseRun()
        var journal: [(kind: String, body: [UInt8])] = []
        func enter(_ event: CaseEvent) throws {
            journal.append((event.kind, try event.body()))
        }
        for event in Self.story {
            run.happen(event)
            try enter(event)
            while let next = Agenda.next(run.facts) {
                try enter(.decided(run.decide(next.stage, next.name)))
                var again = CaseFacts(id: run.facts.id)
                for (index, entry) in journal.enumerated() {
                    again.apply(
                        try CaseEvent(kind: entry.kind, body: entry.body), sequence: index + 1,
                        digest: Digest(of: "entry \(index + 1)"))
                }
                #expect(Agenda.next(again) == Agenda.next(run.facts))
                #expect(again.sequence == run.facts.sequence && again.digest == run.facts.digest)
            }
        }
    }

    @Test func everyEventReadsBackAsItWasWritten() throws {
        var run = CaseRun.charged([World.charge("1", diagnoses: ["E11"])])
        run.answer("claim.held", "void")
        let resolution = try #require(run.facts.resolutions.first)
        let decisions = run.facts.decisions.map { CaseEvent.decided($0) }
        for event in Self.story + [
            .claimReceived(Sample.claim("OUT-1")), .taskResolved(resolution), .orderCancelled("O1"),
            .visitUpdated(World.visit()),
        ] + decisions {
            let body = try event.body()
            let back = try CaseEvent(kind: event.kind, body: body)
            #expect(try back.body() == body)
            #expect(back.kind == event.kind)
        }
        #expect(throws: CaseEvent.UnknownKind.self) { try CaseEvent(kind: "rewound", body: []) }
        #expect(throws: (any Error).self) { try CaseEvent(kind: "scheduled", body: Array("[]".utf8)) }
    }

    /// The same facts and ground give the same bytes.
    @Test func aDecisionReproduces() throws {
        var run = CaseRun.verified()
        run.happen(.charged([World.charge("1"), World.charge("2", "72148", amount: "900", diagnoses: ["M54.16"])]))
        let occasion = Occasion(.submission, "claim:V100001-1")
        let ground = run.ground(for: occasion)
        func bytes() throws -> [UInt8] {
            try Canonical.encode(
                Decision(
                    StageTable.decide(run.facts, on: occasion, ground: ground), on: occasion, facts: run.facts,
                    ground: ground,
                    groundDigest: Digest(of: Canonical.encode(ground.record))))
        }
        let first = try bytes()
        for _ in 0..<3 { #expect(try bytes() == first) }
        let kept = try Canonical.decode(GroundRecord.self, from: Canonical.encode(ground.record))
        #expect(kept == ground.record)
    }

    // MARK: Folding

    @Test func theLaterOrderOfANumberCounts() {
        var fuller = World.order()
        fuller.urgent = true
        let run = CaseRun(.ordered(World.order()), .ordered(fuller), .ordered(World.order("O2")))
        #expect(run.facts.orders.map(\.number) == ["O1", "O2"])
        #expect(run.facts.orders[0].urgent)
    }

    @Test func aCancelledOrderIsGone() {
        var run = CaseRun.verified()
        run.happen(.ordered(World.order()))
        run.happen(.orderCancelled("O1"))
        #expect(run.facts.orders.isEmpty)
        #expect(run.advance().isEmpty)
    }

    @Test func chargesAndChartItemsComeOnce() {
        let note = World.note("text")
        let run = CaseRun(
            .charged([World.charge("1"), World.charge("2")]), .charged([World.charge("2", amount: "9")]),
            .charted([note]),
            .charted([note]), .covered([World.cover()]), .covered([]))
        #expect(run.facts.charges.map(\.amount) == [Money("150")!, Money("150")!])
        #expect(run.facts.chart.count == 1)
        #expect(run.facts.coverages.count == 1)
    }

    /// An update that leaves something out takes nothing away.
    @Test func encountersAreMerged() {
        let later = Encounter(visitNumber: "V100001", patient: Person(family: "", given: ""), placeOfService: "22")
        let run = CaseRun(.scheduled(World.visit()), .checkedIn(later))
        #expect(run.facts.patient == World.nora)
        #expect(run.facts.encounter?.attending == World.vance)
        #expect(run.facts.encounter?.placeOfService == "22")
        #expect(run.facts.serviceDate == World.day)
    }

    @Test func theLatestGrantOfAProcedureCounts() {
        var run = CaseRun.verified()
        run.happen(.ordered(World.order()))
        run.advance()
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A4", wanted: ["exam-documented"])))
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.facts.authorization(for: "72148")?.standing == .approved)
        #expect(run.facts.authorization(for: "72148")?.units == 1)
        #expect(run.facts.authorization(for: "70551") == nil)
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A3")))
        #expect(run.facts.authorization(for: "72148")?.standing == .denied)
        #expect(run.facts.authorization(for: "72148")?.units == nil)
    }
}
