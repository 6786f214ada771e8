import Claims
import HL7v2
import HealthTypes
import Review
import Stages
import Store
import Testing

@testable import Pipeline

/// Answers that come twice, late, at the same instant, or to something that has changed since.
@Suite struct AnswerTests {
    /// The payer could not answer; it was asked again; then both answers to the first question come.
    @Test func twoAnswersToOneTrace() async throws {
        let site = try await Site.furnished()
        site.wire.interfere { message in message?.kind == .inquiry ? .answered([]) : .through }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        let first = try #require(try await site.facts("WEB-1").inquiries.first).terms
        // 42: unable to respond at the current time; R: resubmission is allowed.
        var busy = EligibilityAnswer(trace: first.trace, payerID: "MERID", payerName: "Meridian Health Plan")
        busy.rejections = [.init(loop: "2100A", reason: "42", followUp: "R")]
        try await site.happen(.eligibilityAnswered(busy), in: "WEB-1")
        try await site.pipeline.work()
        #expect(try await site.story("WEB-1").last == "eligibility answered retry")
        #expect(try await site.facts("WEB-1").sentClaims.isEmpty)

        site.wire.interfere { _ in .through }
        try await site.run(days: 2)
        let facts = try await site.facts("WEB-1")
        #expect(facts.inquiries.count == 2 && facts.inquiries[1].terms.trace != first.trace)
        #expect(facts.sentClaims.count == 1)
        // The late word on the first question sends nothing again and claims no second time.
        try await site.happen(.eligibilityAnswered(busy), in: "WEB-1")
        try await site.run(days: 30)
        let after = try await site.facts("WEB-1")
        #expect(after.sentClaims.count == 1 && after.status == .paid && after.pending.isEmpty)
        #expect(try await site.faultLines() == [])
    }

    /// Pended, then approved under the same identifier: the last word stands, and nobody need attest any more.
    @Test func pendedThenApproved() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        try await site.take(World.appointment())
        try await site.take(World.chart)
        try await site.take(World.orders)
        try await site.pipeline.work()
        let pended = try #require(try await site.facts(World.visitNumber).requests.first)
        #expect(pended.standing == .pended)
        #expect(try await site.work(World.visitNumber).contains("documentation attest open"))
        var answer = AuthorizationAnswer(identifier: pended.terms.identifier, authorizationNumber: "AUTH-77")
        answer.items = pended.terms.items.map { AuthorizationItemAnswer(sequence: $0.sequence, action: "A1") }
        try await site.happen(.authorizationAnswered(answer), in: World.visitNumber)
        try await site.pipeline.work()
        let facts = try await site.facts(World.visitNumber)
        #expect(facts.requests.count == 1 && facts.requests[0].standing == .approved)
        #expect(facts.authorization(for: "72148")?.number == "AUTH-77")
        #expect(try await site.work(World.visitNumber).contains("documentation attest withdrawn"))
        #expect(facts.timers.allSatisfy { $0.purpose == .beforeVisit })
        #expect(try await site.faultLines() == [])
    }

    /// A payment and the claim that it is for come at the same instant, in either order.
    @Test(arguments: 0..<6)
    func aPaymentAndItsClaimAtOneInstant(round: Int) async throws {
        let site = try await Site.furnished()
        let payment = try World.remittance([World.settlement("OUT-1", paid: Money("90")!, trace: "T1")], trace: "T1")
        let batch = World.batch([World.claim("OUT-1")])
        let sources = round.isMultiple(of: 2) ? [payment, batch] : [batch, payment]
        let pipeline = site.pipeline
        try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources { group.addTask { _ = try await pipeline.intake(source, source: "at once") } }
            group.addTask { try await pipeline.work() }
            try await group.waitForAll()
        }
        try await site.run(days: 3)
        let facts = try await site.facts("OUT-1")
        #expect(facts.remittances.map(\.remittance.paid) == [Money("90")!])
        #expect(try await site.totals().unitsWaiting == 0)
        #expect(try await site.faultLines() == [])
    }

    /// Charges come while reviewers elsewhere look at the claim: what they say of the claim as it was does not count.
    @Test func chargesThatChangeWhileAReviewerWorks() async throws {
        let desk = Desk()
        let site = try await Site.furnished(reviewers: .sent(identity: "desk/1"), desk: desk)
        try await site.take("procedure\tcharge\n99213\t145.00\n83036\t31.00\n")
        for file in [World.appointment(), Array(World.chart.utf8), World.arrival] { try await site.take(file) }
        try await site.take(Self.charges("C1", "99213", "145"))
        desk.interfere { number in
            if number == 1 { _ = try? await site.take(Self.charges("C2", "83036", "31")) }
        }
        try await site.run(days: 2)
        #expect(desk.count == 2)
        let story = try await site.story(World.visitNumber)
        #expect(story.contains("submission reviewed nothing_new"), "\(story)")
        let facts = try await site.facts(World.visitNumber)
        let stops = facts.decisions(of: .submission).last?.decision.findings.filter(\.stops).map(\.id)
        #expect(facts.sentClaims.map(\.totalCharge) == [Money("176")!], "\(stops ?? [])")
        #expect(site.wire.sent.filter { $0.kind == .claims }.count == 1)
        #expect(try await site.faultLines() == [])
        for report in try await site.pipeline.replay(case: facts.number) {
            #expect(report.isIdentical && report.isIntact, "\(report.line)")
        }
    }

    private static func charges(_ number: String, _ procedure: String, _ amount: String) -> [UInt8] {
        VisitMapping.writeCharges(
            World.visit(checkedIn: true),
            [
                Charge(
                    number: number, date: World.day, procedure: procedure, amount: Money(amount)!,
                    diagnoses: ["E11.9"], rendering: World.vance)
            ], header: World.header("D\(number)", Instant(World.day, hour: 21))
        ).bytes
    }
}
