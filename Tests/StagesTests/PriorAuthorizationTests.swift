import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct PriorAuthorizationTests {
    static let key = OrderKey("O1")

    /// An order on which stage 2 has decided.
    static func ordered(_ order: ServiceOrder = World.order(), payer: String = "MERID") -> CaseRun {
        var run = CaseRun.verified(payer)
        run.after(.ordered(order))
        return run
    }

    private func ordered(_ order: ServiceOrder = World.order(), payer: String = "MERID") -> CaseRun {
        Self.ordered(order, payer: payer)
    }

    private func terms(_ decision: StageDecision?) -> AuthorizationTerms? {
        for send in decision?.sends ?? [] { if case .authorization(let terms) = send.what { return terms } }
        return nil
    }

    private func ref(_ run: CaseRun) throws -> RequestRef { try #require(run.facts.requests.last?.ref) }

    private func answered(
        _ answer: AuthorizationAnswer, order: ServiceOrder = World.order(), payer: String = "MERID"
    ) throws -> (run: CaseRun, decision: StageDecision) {
        var run = ordered(order, payer: payer)
        let decision = try #require(run.after(.authorizationAnswered(answer)).first)
        return (run, decision)
    }

    // MARK: The need

    @Test func whatThePayersListDoesNotNameNeedsNone() {
        let run = ordered(World.order("O1", "99213"))
        #expect(run.last(.priorAuthorization)?.outcome == .authorization(.notRequired))
        #expect(run.handoff(.priorAuthorization)?["required"] == "no")
        #expect(run.facts.requests.isEmpty && run.open.isEmpty)
    }

    @Test func whatItNamesIsRequested() throws {
        let run = ordered()
        let decision = try #require(run.last(.priorAuthorization))
        #expect(decision.outcome == .authorization(.requested))
        #expect(decision.citations.map(\.id) == ["MERID-IMG-01"])
        let terms = try #require(self.terms(decision))
        #expect(terms.identifier == "C-0000001-O1")
        #expect(terms.version == 1 && terms.documents.isEmpty)
        #expect(terms.provider == World.group && terms.payerID == "MERID" && terms.order == Self.key)
        #expect(terms.items == [AuthorizationItem(sequence: 1, procedure: "72148", units: 1, from: World.day)])
        #expect(decision.sends.first?.answerBy == World.now.adding(hours: 24))
        #expect(run.handoff(.priorAuthorization)?["standing"] == "requested")
    }

    @Test func whereNobodyBillsWhoOrderedAsks() {
        var run = CaseRun.verified()
        run.outside.billing = nil
        run.after(.ordered(World.order()))
        #expect(run.facts.requests.last?.terms.provider == World.vance)
    }

    @Test func whatWasDeniedBeforeIsShown() {
        var run = CaseRun.verified()
        run.outside.patterns = [
            DenialPattern(procedure: "72148", modifiers: [], group: "CO", reason: "197", denied: 3, adjudicated: 4)
        ]
        let decision = run.after(.ordered(World.order())).first
        #expect(decision?.finding("pattern.CO-197")?.severity == .warn)
    }

    @Test func theGraphSaysWhetherTheServiceFits() throws {
        #expect(ordered().last(.priorAuthorization)?.passed.contains("necessity.fit") == true)
        let strange = ordered(World.order("O1", "72148", diagnoses: ["H66.90"])).last(.priorAuthorization)
        #expect(strange?.finding("necessity.fit")?.answer == .failed)
        // It advises: the payer is asked all the same.
        #expect(strange?.outcome == .authorization(.requested))
        let unknown = ordered(World.order("O1", "72148", diagnoses: ["XX9.9"])).last(.priorAuthorization)
        #expect(unknown?.finding("necessity.fit")?.answer == .unknown)
        #expect(unknown?.finding("necessity.fit")?.predicts == [])
    }

    /// Physical therapy at CIVIC: only above eight units.
    @Test(arguments: [(8, AuthorizationOutcome.notRequired), (9, .requested)])
    func unitsDecideWhereTheListSaysSo(units: Int, outcome: AuthorizationOutcome) {
        let run = ordered(World.order("O1", "97110", units: units), payer: "CIVIC")
        #expect(run.last(.priorAuthorization)?.outcome == .authorization(outcome))
    }

    /// Before the list's first day nothing was asked for.
    @Test func theListGoesByTheDay() {
        let book = Shipped.engines.policies
        #expect(
            book.need(payerID: "MERID", procedure: "72148", units: 1, on: CalendarDate("2024-12-31")!) == .notRequired)
        guard case .required = book.need(payerID: "MERID", procedure: "72148", units: 1, on: World.day) else {
            Testing.Issue.record("72148 is on the list")
            return
        }
    }

    @Test func anUnknownPayerIsUnknownAndNeverNo() {
        var run = ordered(payer: "NOWHERE")
        let decision = run.last(.priorAuthorization)
        #expect(decision?.outcome == .authorization(.needUnknown))
        #expect(run.handoff(.priorAuthorization)?["required"] == "unknown")
        #expect(decision?.opened.map(\.kind) == [.authorization(.needUnknown(Self.key))])
        #expect(decision?.stops == ["authorization.need-unknown"])
        // The order comes once more: one question.
        run.after(.ordered(World.order()))
        #expect(run.open.filter { $0 == .authorization(.needUnknown(Self.key)) }.count == 1)
    }

    @Test func anOrderWithoutACoverageIsNotAsked() {
        var run = CaseRun()
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.notAsked)])
        #expect(run.decide(.authorization(.ordered(OrderKey("O9"))))?.outcome == .authorization(.nothingNew))
        // It is taken up when the coverage is there.
        run.now = World.booking
        run.happen(.covered([World.cover()]))
        run.after(.scheduled(World.appointment()))
        run.verify()
        #expect(run.last(.priorAuthorization)?.outcome == .authorization(.requested))
    }

    @Test(arguments: ["6", "75"])
    func aCoverageThatIsNotActiveIsSettledFirst(code: String) throws {
        var run = EligibilityTests.asked()
        let trace = run.facts.inquiries.last?.terms.trace ?? ""
        run.after(
            .eligibilityAnswered(
                code == "6" ? World.answer(trace, information: "6") : World.refusal(trace, code, followUp: "C")))
        let decision = try #require(run.after(.ordered(World.order())).first)
        #expect(decision.outcome == .authorization(.waits))
        #expect(decision.sends.isEmpty && decision.workItems.isEmpty)
        #expect(decision.stops == ["authorization.cover-unsettled"])
        #expect(decision.citations.map(\.id) == ["MERID-IMG-01"])
        #expect(run.handoff(.priorAuthorization)?["required"] == "yes")
        // The payer says otherwise later.
        #expect(
            run.after(.eligibilityAnswered(World.answer(trace))).map(\.outcome) == [
                .eligibility(.active), .authorization(.requested),
            ])
    }

    @Test func anOrderWaitsForTheEligibilityAnswer() throws {
        var run = EligibilityTests.asked()
        #expect(run.after(.ordered(World.order())).isEmpty)
        let send = try #require(run.facts.inquiries.last?.id)
        #expect(
            run.after(.undelivered(send, .unreachable)).map(\.outcome) == [
                .eligibility(.undelivered), .authorization(.requested),
            ])
    }

    // MARK: The same order again

    @Test func theSameOrderAgainIsNothingNew() {
        var run = ordered()
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.nothingNew)])
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.nothingNew)])
        #expect(run.facts.requests.map(\.sends.count) == [1])
    }

    @Test func anOrderThatComesTwiceAtOnceIsOneDecision() {
        var run = CaseRun.verified()
        run.happen(.ordered(World.order()))
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.requested)])
        #expect(run.facts.pending.isEmpty)
    }

    static let changes: [ServiceOrder] = [
        World.order("O1", "70551"), World.order("O1", "72148", units: 2),
        {
            var order = World.order()
            order.requestedFor = CalendarDate("2026-03-09")!
            return order
        }(),
    ]

    @Test(arguments: changes)
    func aChangedOrderIsAskedAnew(order: ServiceOrder) throws {
        var run = ordered()
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.facts.authorization(for: "72148")?.isGranted == true)
        let decision = try #require(run.after(.ordered(order)).first)
        #expect(decision.outcome == .authorization(.requested))
        let terms = try #require(self.terms(decision))
        #expect(terms.identifier == "C-0000001-O1" && terms.version == 2)
        #expect(terms.items.first?.procedure == order.procedure && terms.items.first?.units == order.units)
        #expect(terms.items.first?.from == order.requestedFor)
        // What was granted was granted for something else.
        #expect(run.facts.authorization(for: order.procedure) == nil)
        #expect(run.facts.requests.count == 1)
    }

    @Test func aChangedOrderTakesBackWhatPeopleWereAsked() throws {
        var run = ordered()
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A3")))
        #expect(run.open == [.authorization(.refused(try ref(run)))])
        run.after(.ordered(World.order("O1", "72148", units: 2)))
        #expect(run.open.isEmpty)
        // The first version's time to be answered says nothing of the second.
        let first = try #require(run.facts.requests.first?.sends.first)
        #expect(run.decide(.authorization(.unanswered(first)))?.outcome == .authorization(.nothingNew))
    }

    /// The first version asks for 1 unit, the second for 2: the answer to the first grants nothing of the second, and does
    /// not end the wait for its answer.
    @Test(arguments: ["A1", "A3", "A4"]) func aLateAnswerToAnEarlierVersionDoesNotCount(action: String) throws {
        var run = ordered()
        run.after(.ordered(World.order("O1", "72148", units: 2)))
        let request = try #require(run.facts.requests.last)
        let sends = request.sends.map { run.facts.send($0) }
        #expect(request.sends.count == 2 && sends.map { $0?.after } == [nil, request.sends[0]])
        let late = try #require(
            run.after(.authorizationAnswered(World.reply("C-0000001-O1", action, version: 1, number: "AUTH1"))).first)
        #expect(late.outcome == .authorization(.unplaced) && late.finding("authorization.outdated") != nil)
        #expect(late.workItems.isEmpty && late.raises.isEmpty && run.handoff(.priorAuthorization) == nil)
        #expect(run.facts.authorization(for: "72148") == nil)
        #expect(run.facts.timers.contains { $0.id == .answer(request.sends[1]) })
        let own = run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A1", version: 2, number: "AUTH2")))
        #expect(own.map(\.outcome) == [.authorization(.approved)])
        #expect(run.facts.authorization(for: "72148")?.number == "AUTH2" && run.facts.timers.isEmpty)
        // A word on the first that comes later still changes nothing.
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "C", version: 1)))
        #expect(run.facts.authorization(for: "72148")?.number == "AUTH2")
    }

    /// A payer that does not say which version it answers: no guess where they ask for different things.
    @Test func anAnswerWithoutAVersionCountsWhereAllAskForTheSame() {
        var run = ordered()
        run.after(.ordered(World.order("O1", "72148", units: 2)))
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.facts.authorization(for: "72148") == nil)
    }

    /// Both versions ask for the same: the word on the first counts until there is one on the second, whose answer is
    /// awaited all the same unless nothing is left to be granted.
    @Test(arguments: [("A4", true), ("A3", true), ("A1", false)])
    func theWordOnAnEarlierVersionOfTheSameRequest(action: String, stillWaits: Bool) throws {
        var run = ordered()
        let first = try ref(run)
        run.after(.undelivered(first, .unreachable))
        run.answer(.authorization(.undelivered(first)), .authorization(.sendAgain))
        let request = try #require(run.facts.requests.last)
        #expect(request.sends.count == 2)
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", action, version: 1, number: "AUTH1")))
        #expect(run.facts.requests.last?.answeredVersion == 1)
        #expect(run.facts.timers.contains { $0.id == .answer(request.sends[1]) } == stillWaits)
        run.wait(until: run.now.adding(hours: 25))
        #expect(run.open.contains(.authorization(.unanswered(request.ref))) == stillWaits)
    }

    /// Another payer need not settle what was asked of the first.
    @Test func aRequestToAnotherPayerWaitsForNothing() throws {
        var run = ordered()
        run.happen(.covered([World.cover("NSTAR")]))
        let decision = run.after(.ordered(World.order())).last { $0.outcome == .authorization(.requested) }
        #expect(decision?.sends.first?.after == nil)
    }

    @Test func aRefusedOrderThatComesAgainUnchangedIsNotAskedAgain() {
        var run = ordered()
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A3")))
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.nothingNew)])
    }

    @Test func whatAPersonSettledOfAnOrderHoldsForThatServiceAlone() {
        var run = ordered(payer: "NOWHERE")
        run.answer(.authorization(.needUnknown(Self.key)), .authorization(.notRequired))
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.notRequired)])
        #expect(run.after(.ordered(World.order("O1", "70551"))).map(\.outcome) == [.authorization(.needUnknown)])
    }

    // MARK: The answer

    @Test func approved() throws {
        let (run, decision) = try answered(World.reply("C-0000001-O1", "A1", number: "AUTH1"))
        #expect(decision.outcome == .authorization(.approved))
        #expect(run.handoff(.priorAuthorization)?["authorization_number"] == "AUTH1")
        #expect(decision.findings.isEmpty && decision.workItems.isEmpty && decision.timers.isEmpty)
        #expect(run.facts.timers.isEmpty)
    }

    @Test func fewerUnitsThanAskedAreShown() throws {
        let (_, decision) = try answered(
            World.reply("C-0000001-O1", "A6", number: "AUTH1", units: 6), order: World.order("O1", "97110", units: 12),
            payer: "CIVIC")
        #expect(decision.outcome == .authorization(.modified))
        #expect(
            decision.finding("authorization.fewer-units")?.message == "The payer certifies 6 of 12 units.")
        #expect(decision.finding("authorization.fewer-units")?.predicts == ["CO-198"])
    }

    @Test func aPartIsAPart() throws {
        #expect(
            try answered(World.reply("C-0000001-O1", "A2", number: "AUTH1")).decision.outcome
                == .authorization(.partial))
    }

    @Test(arguments: [(true, 72), (false, 168)])
    func aPendedRequestIsWatched(urgent: Bool, hours: Int) throws {
        var order = World.order()
        order.urgent = urgent
        let (run, decision) = try answered(World.reply("C-0000001-O1", "A4"), order: order)
        #expect(decision.outcome == .authorization(.pended))
        #expect(decision.set == [.authorizationDue(try ref(run)): World.now.adding(hours: hours)])
        let entry = try #require(run.facts.requests.last?.answeredBy)
        #expect(decision.raises == [.documentation(.pended(entry))])
    }

    @Test func whenTheTimeHasPassedAPersonAsks() throws {
        var (run, _) = try answered(World.reply("C-0000001-O1", "A4"))
        let made = run.wait(until: World.now.adding(days: 7))
        #expect(made.map(\.outcome).contains(.authorization(.overdue)))
        #expect(run.open == [.authorization(.overdue(try ref(run)))])
        // The payer decides: nobody need ask.
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.open.isEmpty)
        let due = Reason.authorization(.overdue(try ref(run)))
        #expect(run.decide(due)?.outcome == .authorization(.nothingNew))
    }

    @Test(arguments: [
        ("A3", AuthorizationOutcome.denied, "authorization.denied"), ("C", .cancelled, "authorization.cancelled"),
        ("ZZ", .unclear, "authorization.unknown"),
    ])
    func whatIsNotGrantedGoesToAPerson(action: String, outcome: AuthorizationOutcome, check: String) throws {
        var (run, decision) = try answered(World.reply("C-0000001-O1", action))
        #expect(decision.outcome == .authorization(outcome))
        #expect(run.open == [.authorization(.refused(try ref(run)))])
        #expect(decision.stops == [check])
        #expect(decision.findings.first?.predicts == ["CO-197"])
        // The same answer again opens nothing more, a better one closes it.
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", action)))
        #expect(run.open == [.authorization(.refused(try ref(run)))])
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        #expect(run.open.isEmpty)
    }

    @Test func anAnswerWithoutItemsIsUnclear() throws {
        var answer = AuthorizationAnswer(identifier: "C-0000001-O1")
        answer.errors = ["bad-request"]
        let (_, decision) = try answered(answer)
        #expect(decision.outcome == .authorization(.unclear))
        #expect(decision.opened.first?.evidence == ["Error bad-request"])
    }

    @Test func anAnswerToNothingIsUnplaced() throws {
        let (run, decision) = try answered(World.reply("other", "A1"))
        #expect(decision.outcome == .authorization(.unplaced))
        #expect(decision.stops == ["authorization.unplaced"])
        #expect(run.facts.authorization(for: "72148") == nil)
    }

    @Test func whatRefersToNothingIsUnplaced() {
        var run = ordered()
        let nothing = SendID(entry: 99, number: 0)
        let item = WorkItemID(entry: 99, number: 0)
        for reason: AuthorizationReason in [
            .answered(EntryRef(99)), .overdue(nothing), .unanswered(nothing), .undelivered(nothing),
            .resolved(item, .notRequired), .resolved(item, .sendAgain),
        ] {
            #expect(run.decide(.authorization(reason))?.outcome == .authorization(.unplaced))
        }
    }

    // MARK: No answer

    @Test func whatIsNotAnsweredIsWorkForAPerson() throws {
        var run = ordered()
        let made = run.wait(until: World.now.adding(hours: 24))
        #expect(made.map(\.outcome).contains(.authorization(.unanswered)))
        #expect(run.open == [.authorization(.unanswered(try ref(run)))])
        // It comes after all: the payer wants documents.
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A4")))
        #expect(run.open.isEmpty)
        let send = try #require(run.facts.requests.last?.sends.last)
        #expect(run.decide(.authorization(.unanswered(send)))?.outcome == .authorization(.nothingNew))
    }

    @Test(arguments: DeliveryFailure.allCases)
    func whatCannotBeDeliveredIsWorkForAPerson(failure: DeliveryFailure) throws {
        var run = ordered()
        let made = run.after(.undelivered(try ref(run), failure))
        #expect(made.map(\.outcome) == [.authorization(.undelivered)])
        #expect(run.open == [.authorization(.undelivered(try ref(run)))])
    }

    // MARK: A cancelled order

    @Test func anOrderThatWasNotAskedAboutIsJustGone() {
        var run = ordered(World.order("O1", "99213"))
        #expect(run.after(.orderCancelled(Self.key)).map(\.outcome) == [.authorization(.nothingNew)])
        #expect(run.open.isEmpty)
        var unknown = ordered(payer: "NOWHERE")
        unknown.after(.orderCancelled(Self.key))
        #expect(!unknown.open.contains(.authorization(.needUnknown(Self.key))))
    }

    @Test func theTriggerOfAnOrderThatIsGoneSaysSo() {
        var run = EligibilityTests.asked()
        run.after(.ordered(World.order()))
        run.after(.orderCancelled(Self.key))
        run.verify()
        #expect(run.last(.priorAuthorization)?.outcome == .authorization(.orderCancelled))
        #expect(run.facts.requests.isEmpty)
    }

    @Test(arguments: ["", "A1", "A4", "ZZ"])
    func thePayerIsToldOfACancelledOrder(action: String) throws {
        var run = ordered()
        if !action.isEmpty { run.after(.authorizationAnswered(World.reply("C-0000001-O1", action))) }
        let made = run.after(.orderCancelled(Self.key))
        #expect(made.map(\.outcome) == [.authorization(.orderCancelled)])
        #expect(run.open == [.authorization(.orderCancelled(try ref(run)))])
        #expect(run.facts.timers.isEmpty)
        // The payer closes its file.
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "C")))
        #expect(run.open.isEmpty)
    }

    @Test func aRefusedRequestNeedsNoCancelling() {
        var run = ordered()
        run.after(.authorizationAnswered(World.reply("C-0000001-O1", "A3")))
        #expect(run.after(.orderCancelled(Self.key)).map(\.outcome) == [.authorization(.orderCancelled)])
        #expect(run.open.isEmpty)
    }

    @Test func anOrderThatComesBackIsAskedAnew() {
        var run = ordered()
        run.after(.orderCancelled(Self.key))
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.requested)])
        #expect(run.facts.requests.last?.terms.version == 2)
        #expect(run.facts.requests.last?.isOrderCancelled == false)
        #expect(run.open.isEmpty)
    }
}
