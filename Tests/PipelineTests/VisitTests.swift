import Claims
import HL7v2
import HealthTypes
import Review
import Stages
import Store
import Testing

@testable import Pipeline

/// A visit, from the appointment to the claim.
@Suite struct VisitTests {
    @Test func aVisitPassesEveryStage() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        let visit = World.visitNumber

        // The appointment is made: the payer is asked, and again 48 hours before.
        try await site.take(World.appointment(), "siu.hl7")
        try await site.pipeline.work()
        #expect(try await site.story(visit) == ["eligibility scheduled asked", "eligibility answered active"])

        // The chart and the order: the payer wants documents.
        try await site.take(World.chart, "chart.json")
        try await site.run(until: Instant(World.day.adding(days: -5), hour: 8))
        try await site.take(World.orders, "orm.hl7")
        try await site.pipeline.work()
        #expect(
            try await site.story(visit).suffix(3) == [
                "prior_authorization ordered requested", "prior_authorization answered pended",
                "documentation pended drafted",
            ])
        let request = try #require(try await site.facts(visit).requests.first)
        #expect(request.terms.version == 1 && request.terms.documents.isEmpty)

        // A physician attests the letter: it goes with the update.
        try await attest(site, visit)
        for _ in 0..<8 where try await site.facts(visit).requests.last?.standing == .pended {
            try await site.run(days: 1)
        }
        let granted = try #require(try await site.facts(visit).requests.last?.answer)
        #expect(granted.standing == .approved)
        let number = try #require(granted.authorizationNumber)

        // 48 hours before the visit.
        let due = Instant(World.day, hour: 14).adding(hours: -48)
        try await site.run(until: due.adding(seconds: -60))
        #expect(try await !site.story(visit).contains("eligibility before_visit asked"))
        try await site.run(until: due.adding(seconds: 60))
        #expect(try await site.story(visit).contains("eligibility before_visit asked"))

        // The patient comes; then the charges.
        try await site.run(until: Instant(World.day, hour: 14))
        try await site.take(World.arrival, "adt.hl7")
        try await site.pipeline.work()
        #expect(try await site.story(visit).contains("eligibility checked_in asked"))
        try await site.run(until: World.now)
        try await site.take(World.charges, "dft.hl7")
        try await site.pipeline.work()
        let judged = try await site.facts(visit).decisions(of: .submission).flatMap(\.decision.findings)
        let claim = try #require(
            try await site.facts(visit).sentClaims.first, "\(judged.filter(\.stops).map(\.id))")
        #expect(claim.priorAuthorization == number && claim.controlNumber == "\(visit)-1")
        #expect(claim.totalCharge == Money("980"))
        try await site.run(days: 30)
        #expect(try await site.story(visit).last == "denials remitted paid")
        #expect(try await site.dollars().paid > .zero)
        #expect(try await site.faultLines() == [])
        try await contractsHold(site)
        try await keptAsItCame(site)
    }

    private func attest(_ site: Site, _ visit: String) async throws {
        let name = try #require(try await site.openItem(.documentation, "attest"))
        var facts = try await site.facts(visit)
        let ref = try #require(facts.workItem(name.item)?.item.document)
        let letter = try #require(facts.document(ref))
        #expect(letter.text.contains("weeks of physical therapy"))
        try await site.answer("attest", .documentation(.attest))
        try await site.pipeline.work()
        facts = try await site.facts(visit)
        let update = try #require(facts.requests.last)
        #expect(update.terms.version == 2)
        let sent = update.terms.documents.compactMap { facts.document($0) }
        #expect(sent.count == 1 && sent[0].text.contains("weeks of physical therapy"))
    }

    /// Every handoff that was made fits its contract, and every stage has made some.
    private func contractsHold(_ site: Site) async throws {
        var handoffs: [Stage: Int] = [:]
        let facts = try await site.facts(World.visitNumber)
        for decision in facts.decisions {
            guard let handoff = Handoff.json(of: decision, facts, engines: Shipped.home.engines) else { continue }
            let stage = decision.decision.outcome.stage
            handoffs[stage, default: 0] += 1
            let name = "\(stage.rawValue.replacing("_", with: "-"))-handoff"
            #expect(Shipped.home.contracts.violations(of: name, in: handoff) == [], "\(decision.reason)")
        }
        for stage in Stage.allCases { #expect(handoffs[stage, default: 0] > 0, "\(stage.rawValue) handed nothing on") }
        let attested = facts.decisions(of: .documentation).last.flatMap {
            Handoff.json(of: $0, facts, engines: Shipped.home.engines)
        }
        #expect(attested?["attested_by"]?.string == "Quill, A.")
    }

    /// Every message of the visit is with the case, with its bytes, both ways.
    private func keptAsItCame(_ site: Site) async throws {
        let number = try await site.number(World.visitNumber)
        let (messages, contents) = try await site.read { page in
            let messages = try page.messages(of: number)
            return (messages, try messages.map { try page.content($0.content, $0.range) })
        }
        let incoming = Set(messages.filter { $0.direction == .incoming }.map(\.kind))
        #expect(
            incoming.isSuperset(of: [
                "SIU^S12", "Bundle", "ORM^O01", "ADT^A04", "DFT^P03", "271", "ClaimResponse", "999", "277CA",
                "835 claim",
            ]), "\(incoming)")
        let outgoing = Set(messages.filter { $0.direction == .outgoing }.map(\.kind))
        #expect(outgoing == ["270", "PAS Bundle", "837", "Coverage"])
        #expect(contents.allSatisfy { $0?.isEmpty == false })
        // What nobody has fetched is not said to be delivered.
        let states = Dictionary(grouping: messages.filter { $0.direction == .outgoing }, by: \.kind)
        #expect(states["Coverage"]?.allSatisfy { $0.state == .waiting } == true)
        #expect(states["837"]?.allSatisfy { $0.state == .delivered } == true)
    }

    /// A letter that nobody attests goes nowhere.
    @Test func aDeclinedLetterIsNotSent() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        try await site.take(World.appointment())
        try await site.take(World.chart)
        try await site.take(World.orders)
        try await site.pipeline.work()
        try await site.answer("attest", .documentation(.decline))
        try await site.run(days: 5)
        #expect(try await site.facts(World.visitNumber).requests.map(\.terms.version) == [1])
        #expect(site.wire.sent.filter { $0.kind == .authorization }.count == 1)
    }

    /// A chart that is silent is not made to speak: what is missing is asked for.
    @Test func aSilentChartIsAskedAbout() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        try await site.take(World.appointment())
        try await site.take(World.orders)
        try await site.pipeline.work()
        #expect(try await site.story(World.visitNumber).last == "documentation pended gaps")
        let work = try await site.work(World.visitNumber)
        #expect(work.contains("documentation gap open") && !work.contains { $0.contains("attest") })
    }

    /// The registration's messages in another order than they happened.
    @Test func messagesMayComeInAnyOrder() async throws {
        let site = try await Site.furnished()
        for file in [World.charges, World.orders, World.arrival, World.appointment()] { try await site.take(file) }
        try await site.take(World.chart)
        try await site.run(days: 1)
        #expect(try await site.totals().cases == 1)
        let facts = try await site.facts(World.visitNumber)
        #expect(facts.charges.count == 1 && facts.orders.count == 1 && facts.isScheduled && facts.isCheckedIn)
        #expect(!facts.decisions(of: .submission).isEmpty)
    }

    /// A visit that is moved twice: one timer lives, and it is that of the last day, of which the payer is asked.
    @Test func aVisitThatIsMovedTwiceHasOneTimer() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -20), hour: 8))
        try await site.take(World.appointment())
        try await site.run(days: 1)
        for days in [3, 6] {
            var visit = World.visit()
            visit.start = Instant(World.day.adding(days: days), hour: 14)
            let at = site.clock.now
            let header = World.header("R\(days)", at)
            let siu = VisitMapping.writeAppointment(visit, procedures: ["72148"], header: header)
            let adt = VisitMapping.writeRegistration(visit, coverages: [World.cover()], header: header)
            try await site.take(siu.bytes + adt.all("IN1").flatMap { Array("\($0.raw)\r".utf8) })
            try await site.run(days: 1)
        }
        var facts = try await site.facts(World.visitNumber)
        let last = World.day.adding(days: 6)
        #expect(facts.serviceDate == last)
        let timers = facts.timers.filter { $0.purpose == .beforeVisit }
        #expect(timers.map(\.due) == [Instant(last, hour: 14).adding(hours: -48)])
        #expect(facts.inquiries.last?.terms.serviceDate == last)
        #expect(facts.verified?.day == last)
        let asked = facts.inquiries.count
        try await site.run(until: Instant(last, hour: 13))
        facts = try await site.facts(World.visitNumber)
        #expect(facts.inquiries.count == asked + 1 && facts.inquiries.last?.terms.serviceDate == last)
        #expect(facts.outcomes(of: .eligibility).filter { $0 == "asked" }.count == facts.inquiries.count)
        #expect(try await site.faultLines() == [])
    }
}
