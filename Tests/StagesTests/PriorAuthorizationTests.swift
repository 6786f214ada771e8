import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct PriorAuthorizationTests {
    private func ordered(_ order: ServiceOrder = World.order(), payer: String = "MERID") -> CaseRun {
        var run = CaseRun.verified(payer)
        run.happen(.ordered(order))
        run.advance()
        return run
    }

    private func sent(_ decision: Decision?) -> AuthorizationRequest? {
        decision?.effects.compactMap { if case .requestAuthorization(let request) = $0 { request } else { nil } }.first
    }

    // MARK: The need

    @Test func whatThePayersListDoesNotNameNeedsNone() {
        let decision = ordered(World.order("O1", "99213")).last(.priorAuthorization)
        #expect(decision?.outcome == "not_required")
        #expect(decision?.handoff?["required"] == "no")
        #expect(decision?.effects.isEmpty == true)
    }

    @Test func whatItNamesIsRequested() throws {
        let decision = try #require(ordered().last(.priorAuthorization))
        #expect(decision.outcome == "requested")
        #expect(decision.citations.map(\.id) == ["MERID-IMG-01"])
        let request = try #require(sent(decision))
        #expect(request.identifier == "C-0000001-O1")
        #expect(request.version == 1 && request.documents.isEmpty)
        #expect(request.items == [AuthorizationItem(sequence: 1, procedure: "72148", units: 1, from: World.day)])
        #expect(decision.handoff?["standing"] == "requested")
    }

    @Test func theGraphSaysWhetherTheServiceFits() throws {
        let fits = try #require(ordered().last(.priorAuthorization)?.check("necessity.fit"))
        #expect(fits.answer == .passed && fits.basis.count > 1)
        let strange = ordered(World.order("O1", "72148", diagnoses: ["H66.90"])).last(.priorAuthorization)
        #expect(strange?.check("necessity.fit")?.answer == .failed)
        // It advises: the payer is asked all the same.
        #expect(strange?.outcome == "requested")
        let unknown = ordered(World.order("O1", "72148", diagnoses: ["XX9.9"])).last(.priorAuthorization)
        #expect(unknown?.check("necessity.fit")?.answer == .unknown)
        #expect(unknown?.check("necessity.fit")?.predicts == [])
    }

    /// Physical therapy at CIVIC: only above eight units.
    @Test(arguments: [(8, "not_required"), (9, "requested")])
    func unitsDecideWhereTheListSaysSo(units: Int, outcome: String) {
        let order = World.order("O1", "97110", units: units)
        #expect(ordered(order, payer: "CIVIC").last(.priorAuthorization)?.outcome == outcome)
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
        let decision = ordered(payer: "NOWHERE").last(.priorAuthorization)
        #expect(decision?.outcome == "unknown")
        #expect(decision?.handoff?["required"] == "unknown")
        #expect(decision?.tasks.map(\.kind) == ["authorization.need-unknown"])
        #expect(decision?.stops == ["authorization.need-unknown"])
    }

    @Test func anOrderWithoutACoverIsNotAsked() {
        var run = CaseRun(.ordered(World.order()))
        #expect(run.decide(.priorAuthorization, "order:O1").outcome == "not_asked")
        #expect(run.decide(.priorAuthorization, "order:O9").outcome == "not_asked")
    }

    @Test func coverThatIsNotActiveIsSettledFirst() {
        var run = CaseRun(.scheduled(World.visit()), .covered([World.cover()]))
        run.advance()
        run.happen(.eligibilityAnswered(World.answer("C-0000001-scheduling", information: "6")))
        run.happen(.ordered(World.order()))
        run.advance()
        let decision = run.last(.priorAuthorization)
        #expect(decision?.outcome == "waits")
        #expect(decision?.effects.isEmpty == true)
        #expect(decision?.stops == ["authorization.cover-unsettled"])
    }

    @Test func anOrderWaitsForTheEligibilityAnswer() {
        var run = CaseRun(.scheduled(World.visit()), .covered([World.cover()]), .ordered(World.order()))
        #expect(run.advance().map(\.occasion.stage) == [.eligibility])
        run.happen(.deliveryFailed(DeliveryFailure(key: "C-0000001-scheduling", kind: "270", attempts: 5)))
        #expect(run.advance().map(\.occasion.name) == ["order:O1"])
    }

    // MARK: The answer

    private func answered(_ answer: AuthorizationAnswer, order: ServiceOrder = World.order(), payer: String = "MERID")
        -> Decision?
    {
        var run = ordered(order, payer: payer)
        run.happen(.authorizationAnswered(answer))
        return run.decide(.priorAuthorization, "answer:1")
    }

    @Test func approved() {
        let decision = answered(World.reply("C-0000001-O1", "A1", number: "AUTH1"))
        #expect(decision?.outcome == "approved")
        #expect(decision?.handoff?["authorization_number"] == "AUTH1")
        #expect(decision?.checks.isEmpty == true && decision?.effects.isEmpty == true)
    }

    @Test func fewerUnitsThanAskedAreShown() {
        let decision = answered(
            World.reply("C-0000001-O1", "A6", number: "AUTH1", units: 6), order: World.order("O1", "97110", units: 12),
            payer: "CIVIC")
        #expect(decision?.outcome == "modified")
        #expect(decision?.check("authorization.fewer-units")?.message == "The payer certifies 6 of 12 units.")
        #expect(decision?.check("authorization.fewer-units")?.predicts == ["CO-198"])
    }

    @Test(arguments: [(true, 72), (false, 168)])
    func aPendedRequestIsWatched(urgent: Bool, hours: Int) {
        var order = World.order()
        order.urgent = urgent
        let decision = answered(World.reply("C-0000001-O1", "A4"), order: order)
        #expect(decision?.outcome == "pended")
        #expect(decision?.timers["authorization-due:C-0000001-O1"] == World.now.adding(hours: hours))
    }

    @Test(arguments: [("A3", "denied"), ("C", "cancelled"), ("ZZ", "unknown")])
    func whatIsNotGrantedGoesToAPerson(action: String, outcome: String) {
        let decision = answered(World.reply("C-0000001-O1", action))
        #expect(decision?.outcome == outcome)
        #expect(decision?.tasks.map(\.key) == ["authorization.denied:C-0000001-O1"])
        #expect(decision?.checks.first?.predicts == ["CO-197"])
    }

    @Test func anAnswerWithoutItemsIsUnknown() {
        var answer = AuthorizationAnswer(identifier: "C-0000001-O1")
        answer.errors = ["bad-request"]
        let decision = answered(answer)
        #expect(decision?.outcome == "unknown")
        #expect(decision?.tasks.first?.evidence == ["Error bad-request"])
    }

    @Test func anAnswerToNothingIsUnknown() {
        #expect(answered(World.reply("other", "A1"))?.outcome == "unknown")
    }

    @Test func aPersonsAnswerIsNoted() {
        var run = ordered()
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A3")))
        run.advance()
        run.answer("authorization.denied", "peer-to-peer")
        #expect(run.advance().map(\.outcome) == ["noted"])
    }
}
