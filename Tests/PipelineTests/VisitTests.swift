import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store
import Testing

/// A visit, from the appointment to the claim.
@Suite struct VisitTests {
    @Test func aVisitPassesEveryStage() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        let visit = World.visitNumber

        // The appointment is made: the payer is asked, and again 48 hours before.
        try await site.take(World.appointment(), "siu.hl7")
        try await site.pipeline.work()
        #expect(
            try site.story(visit) == ["eligibility ask:scheduling asked", "eligibility answer:1 active"])

        // The chart and the order: the payer wants documents.
        try await site.take(World.chart, "chart.json")
        try await site.run(until: Instant(World.day.adding(days: -5), hour: 8))
        try await site.take(World.orders, "orm.hl7")
        try await site.pipeline.work()
        #expect(
            try site.story(visit).suffix(3) == [
                "prior-authorization order:O900001 requested", "prior-authorization answer:1 pended",
                "documentation pended:1 drafted",
            ])
        let request = try #require(try site.facts(visit).requests.first)
        #expect(request.version == 1 && request.documents.isEmpty)

        // A physician attests the letter: it goes with the update.
        let letter = try #require(try site.read { try $0.openTasks(kind: "documentation.attest", limit: 5).first })
        let draft = try Canonical.decode(TaskDraft.self, from: letter.body)
        let text = try #require(draft.document)
        #expect(text.text.contains("weeks of physical therapy"))
        try await site.answer("documentation.attest", "attest")
        try await site.pipeline.work()
        let update = try #require(try site.facts(visit).requests.last)
        #expect(update.version == 2 && update.documents == [text])
        for _ in 0..<8 where try site.facts(visit).authorizations.last?.standing == .pended {
            try await site.run(days: 1)
        }
        let granted = try #require(try site.facts(visit).authorizations.last)
        #expect(granted.standing == .approved)
        let number = try #require(granted.authorizationNumber)

        // 48 hours before the visit.
        let due = Instant(World.day, hour: 14).adding(hours: -48)
        try await site.run(until: due.adding(seconds: -60))
        #expect(try !site.story(visit).contains("eligibility ask:48-hours asked"))
        try await site.run(until: due.adding(seconds: 60))
        #expect(try site.story(visit).contains("eligibility ask:48-hours asked"))

        // The patient comes; then the charges.
        try await site.run(until: Instant(World.day, hour: 14))
        try await site.take(World.arrival, "adt.hl7")
        try await site.pipeline.work()
        #expect(try site.story(visit).contains("eligibility ask:check-in asked"))
        try await site.run(until: World.now)
        try await site.take(World.charges, "dft.hl7")
        try await site.pipeline.work()
        let judged = try site.facts(visit).decisions(of: .submission).flatMap(\.checks).filter(\.stops).map(\.id)
        let claim = try #require(try site.facts(visit).sentClaims.first, "\(judged)")
        #expect(claim.priorAuthorization == number && claim.controlNumber == "\(visit)-1")
        #expect(claim.totalCharge == Money("980"))
        try await site.run(days: 30)
        #expect(try site.story(visit).last == "denials remittance:1 paid")
        #expect(try site.dollars().paid > .zero)
        try contractsHold(site)
        try keptAsItCame(site)
    }

    /// Every handoff that was written fits its contract, and every stage has written some.
    private func contractsHold(_ site: Site) throws {
        var handoffs: [Stage: Int] = [:]
        for decision in try site.facts(World.visitNumber).decisions {
            let json = try JSON(parsing: Canonical.encode(decision))
            #expect(Shipped.home.contracts.violations(of: "decision", in: json) == [])
            guard let handoff = decision.handoff else { continue }
            handoffs[decision.occasion.stage, default: 0] += 1
            let name = "\(decision.occasion.stage.rawValue)-handoff"
            #expect(Shipped.home.contracts.violations(of: name, in: handoff) == [], "\(decision.occasion.name)")
        }
        for stage in Stage.allCases { #expect(handoffs[stage, default: 0] > 0, "\(stage.rawValue) handed nothing on") }
        let attested = try site.facts(World.visitNumber).decisions(of: .documentation).last?.handoff
        #expect(attested?["attested_by"]?.string == "Quill, A.")
    }

    /// Every message of the visit is with the case, with its bytes, both ways.
    private func keptAsItCame(_ site: Site) throws {
        let (messages, contents) = try site.read { tx in
            let messages = try tx.messages(of: #require(try tx.findCase(World.visitNumber)))
            return (messages, try messages.map { try tx.content($0.digest) })
        }
        let incoming = Set(messages.filter { $0.direction == .incoming }.map(\.kind))
        #expect(
            incoming.isSuperset(of: [
                "SIU^S12", "Bundle", "ORM^O01", "ADT^A04", "DFT^P03", "271", "ClaimResponse", "999", "277CA", "835",
            ]), "\(incoming)")
        let outgoing = Set(messages.filter { $0.direction == .outgoing }.map(\.kind))
        #expect(outgoing == ["270", "PAS Bundle", "837", "Coverage"])
        #expect(contents.allSatisfy { $0 != nil })
    }

    /// A letter that nobody attests goes nowhere.
    @Test func aDeclinedLetterIsNotSent() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        try await site.take(World.appointment())
        try await site.take(World.chart)
        try await site.take(World.orders)
        try await site.pipeline.work()
        try await site.answer("documentation.attest", "decline")
        try await site.run(days: 5)
        #expect(try site.facts(World.visitNumber).requests.count == 1)
        #expect(site.wire.sent.filter { $0.kind == .authorization }.count == 1)
    }

    /// A chart that is silent is not made to speak: what is missing is asked for.
    @Test func aSilentChartIsAskedAbout() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        try await site.take(World.appointment())
        try await site.take(World.orders)
        try await site.pipeline.work()
        #expect(try site.story(World.visitNumber).last == "documentation pended:1 gaps")
        #expect(try site.tasks(World.visitNumber).contains { $0.kind == "documentation.gap" && $0.state == .open })
        #expect(try !site.tasks(World.visitNumber).contains { $0.kind == "documentation.attest" })
    }

    /// The registration's messages in another order than they happened.
    @Test func messagesMayComeInAnyOrder() async throws {
        let site = try await Site.furnished()
        for file in [World.charges, World.orders, World.arrival, World.appointment()] { try await site.take(file) }
        try await site.take(World.chart)
        try await site.run(days: 1)
        #expect(try site.figure(.cases) == 1)
        let facts = try site.facts(World.visitNumber)
        #expect(facts.charges.count == 1 && facts.orders.count == 1 && facts.isScheduled && facts.isCheckedIn)
        #expect(!facts.decisions(of: .submission).isEmpty)
    }
}
