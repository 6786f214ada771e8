import Claims
import HealthTypes
import Review
import Stages
import Testing

/// The fold of a journal: what waits, what is pending, and that every case comes to rest.
@Suite struct CaseFactsTests {
    /// The events of a whole life of an encounter, each made of the case as it stands.
    static let story: [@Sendable (CaseFacts) -> CaseEvent] = [
        { _ in .covered([World.cover()]) }, { _ in .scheduled(World.appointment()) }, { _ in .ordered(World.order()) },
        { _ in .charted([World.note(DocumentationTests.therapy)]) },
        { .eligibilityAnswered(World.answer($0.inquiries.last?.terms.trace ?? "none")) },
        { _ in .authorizationAnswered(World.reply("C-0000001-O1", "A4", wanted: ["conservative-therapy"])) },
        { _ in .checkedIn(World.visit()) },
        { .eligibilityAnswered(World.answer($0.inquiries.last?.terms.trace ?? "none")) },
        { _ in .authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")) },
        { _ in .charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]) },
        { _ in
            .acknowledged(
                ClaimAcknowledgement(source: .claim, controlNumber: "V100001-1", outcome: .accepted, code: "A2"))
        },
        { _ in
            .remitted(
                World.remittance(
                    "V100001-1", "72148", charge: "900", paid: "0", [World.adjustment("CO-197", "900")], status: "4"))
        },
        {
            .appealAnswered(
                AppealAnswer(
                    identifier: $0.appeals.last?.terms.identifier ?? "none", controlNumber: "V100001-1",
                    outcome: .upheld))
        },
        { $0.inquiries.last.map { .undelivered($0.id, .refused) } ?? .orderCancelled(OrderKey("O9")) },
        { _ in .visitUpdated(World.visit()) }, { _ in .orderCancelled(OrderKey("O1")) },
        { _ in .claimReceived(Sample.claim("OUT-1")) },
    ]

    @Test func anEmptyCaseWaits() {
        let facts = CaseFacts(number: CaseNumber(1))
        #expect(facts.next() == nil)
        #expect(facts.due(now: World.now) == nil)
    }

    /// A trigger is settled once, and what is decided stands in the journal. (Invariant 8.)
    @Test func aTriggerIsSettledOnce() {
        var run = CaseRun()
        run.now = World.booking
        var seen: Set<TriggerID> = []
        for event in Self.story {
            for decision in run.after(event(run.facts)) {
                #expect(seen.insert(decision.trigger).inserted)
            }
        }
        #expect(run.facts.decisions.count == seen.count)
        #expect(Set(run.facts.decisions.map(\.decision.outcome.stage)) == Set(Stage.allCases))
    }

    /// The world sends its messages in any order, and some twice; people answer; time passes: the case comes to rest, and
    /// whatever it hands on fits its contract.
    @Test(arguments: 1...12)
    func anyOrderOfEventsComesToRest(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var events = Self.story + [random.pick(Self.story), random.pick(Self.story)]
        events.shuffle(using: &random)
        var run = CaseRun()
        run.now = World.booking
        for event in events {
            #expect(run.after(event(run.facts)).count < 40)
            for kind in run.open where random.chance(40) {
                let choice = random.pick(kind.choices)
                guard run.open.contains(kind),
                    let resolution = kind.resolution(tag: choice.tag, number: choice.needsNumber ? "AUTH9" : nil)
                else { continue }
                run.answer(kind, resolution)
            }
            run.wait(until: run.now.adding(hours: 30))
        }
        run.wait(until: run.now.adding(days: 400))
        #expect(run.facts.next() == nil && run.facts.timers.isEmpty)
        for item in run.facts.workItems {
            #expect(!item.item.reason.isEmpty && !item.item.kind.title.isEmpty && !item.item.kind.choices.isEmpty)
        }
    }

    /// A restart folds the journal anew and finds the same place.
    @Test func aRestartFindsItsPlace() throws {
        var run = CaseRun()
        run.now = World.booking
        for event in Self.story {
            run.happen(event(run.facts))
            while let next = run.facts.next() {
                var again = CaseFacts(number: run.facts.number)
                for entry in run.journal {
                    again.apply(try CaseEntry(kind: entry.kind, body: entry.body), at: entry.at)
                }
                #expect(again.next() == next && again.sequence == run.facts.sequence)
                #expect(again.workItems == run.facts.workItems && again.claims == run.facts.claims)
                #expect(again.timers == run.facts.timers && again.verified == run.facts.verified)
                run.decide(next)
            }
        }
    }

    /// The same facts and basis give the same bytes.
    @Test func aDecisionReproduces() throws {
        var run = CaseRun.verified()
        run.happen(.ordered(World.order()))
        let trigger = try #require(run.facts.next())
        let basis = Basis(
            at: run.now, generation: run.generation.digest, answers: [.billing(World.group), .denialPatterns([])])
        func bytes() throws -> [UInt8] {
            guard
                case .decided(let decision) = Stages.decide(
                    run.facts, on: trigger, basis: basis, generation: run.generation)
            else { throw Missing() }
            return try CaseEntry(.decided(decision, basis), raises: decision.raises).body()
        }
        let first = try bytes()
        #expect(try bytes() == first)
    }

    // MARK: Folding

    @Test func theLaterOrderOfANumberCounts() {
        var fuller = World.order()
        fuller.urgent = true
        let run = CaseRun(.ordered(World.order()), .ordered(fuller), .ordered(World.order("O2")))
        #expect(run.facts.orders.map(\.number) == ["O1", "O2"])
        #expect(run.facts.orders[0].urgent)
    }

    @Test func chargesAndChartItemsComeOnce() {
        let note = World.note("text")
        let run = CaseRun(
            .charged([World.charge("1"), World.charge("2")]), .charged([World.charge("2", amount: "9")]),
            .charted([note]), .charted([note]), .covered([World.cover()]), .covered([]))
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
        var run = PriorAuthorizationTests.ordered()
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A4", wanted: ["exam-documented"])))
        #expect(run.facts.authorization(for: "72148")?.isGranted == false)
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.facts.authorization(for: "72148")?.standing == .approved)
        #expect(run.facts.authorization(for: "72148")?.units == 1)
        #expect(run.facts.authorization(for: "70551") == nil)
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A3")))
        #expect(run.facts.authorization(for: "72148")?.standing == .denied)
        #expect(run.facts.authorization(for: "72148")?.units == nil)
    }

    /// A timer that was cancelled fires into nothing. (Invariant 11.)
    @Test func aCancelledTimerRaisesNothing() throws {
        var run = EligibilityTests.asked()
        let timer = try #require(run.facts.timers.first { $0.purpose == .beforeVisit })
        var moved = World.appointment()
        moved.start = moved.start?.adding(days: 7)
        run.after(.scheduled(moved))
        #expect(run.after(.timerFired(timer.id)).isEmpty)
    }
}
