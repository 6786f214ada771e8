import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store
import Testing

/// Claims that were made elsewhere, from intake to payment.
@Suite struct ClaimTests {
    @Test func aClaimIsTakenDecidedSentAcknowledgedAndPaid() async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.claimJSON("WEB-1"), "web.json")
        #expect(report.accepted == 1 && report.issues.isEmpty && report.format == "json")
        try await site.run(days: 30)
        let facts = try site.facts("WEB-1")
        #expect(
            try site.story("WEB-1") == [
                "eligibility ask:claim asked", "eligibility answer:1 active", "submission claim:WEB-1 sent",
                "submission acknowledgement:1 received", "submission acknowledgement:2 accepted",
                "submission silence:WEB-1 heard", "denials remittance:1 paid",
            ])
        #expect(facts.sentClaims.map(\.controlNumber) == ["WEB-1"])
        let paid = try #require(facts.remittances.first)
        #expect(paid.isBalanced && paid.paid > .zero)
        let dollars = try site.dollars()
        #expect(dollars.paid == paid.paid && dollars.patient == paid.patientResponsibility)
        #expect(dollars.billed == Money("145"))
        #expect(try site.tasks("WEB-1").isEmpty)
        #expect(try site.read { try $0.brokenChains().isEmpty })
        for decision in facts.decisions {
            let replay = try site.pipeline.replay(decision.id)
            #expect(replay.recordIntact && replay.identical && replay.differences == [], "\(replay.line)")
        }
        #expect(throws: Pipeline.CannotReplay.self) { try site.pipeline.replay("D-0") }
    }

    @Test func theSameBytesAgainChangeNothing() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        func state() throws -> [Int] {
            try [.cases, .decisions, .journalEntries, .tasksOpened, .claimsSent].map { try site.figure($0) }
        }
        let (before, dollars, sent) = (try state(), try site.dollars(), site.wire.sent.count)
        let again = try await site.take(World.claimJSON("WEB-1"))
        #expect(again.duplicates == 1 && again.accepted == 0 && again.cases.isEmpty)
        try await site.run(days: 30)
        #expect(try state() == before)
        #expect(try site.dollars() == dollars)
        #expect(site.wire.sent.count == sent)
    }

    @Test func anotherClaimOfTheSameNumberGoesOnUnderTheNext() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-000001"))
        let other = try await site.take(World.claimJSON("WEB-000001", on: World.day.adding(days: -3)))
        #expect(other.accepted == 1)
        #expect(other.issues.map(\.code) == ["intake.control-number-known"])
        #expect(other.issues.map(\.severity) == [.warning])
        try await site.run(days: 30)
        #expect(try site.figure(.cases) == 2)
        let claim = try #require(try site.facts("WEB-000001-2").sentClaims.first)
        #expect(claim.controlNumber == "WEB-000001-2" && claim.serviceFrom == World.day.adding(days: -3))
        #expect(try site.facts("WEB-000001").sentClaims.map(\.serviceFrom) == [World.day])
        #expect(try site.facts("WEB-000001").remittances.count == 1)
        #expect(try site.facts("WEB-000001-2").remittances.count == 1)
    }

    @Test func aSecondClaimForTheSameServiceIsHeldBack() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2"))
        try await site.run(days: 30)
        #expect(try site.facts("WEB-1").sentClaims.count == 1)
        #expect(try site.facts("WEB-2").sentClaims.isEmpty)
        let task = try #require(try site.tasks("WEB-2").first)
        #expect(["claim.held", "claim.stopped"].contains(task.kind))
        #expect(try site.figure(.claimsSent) == 1)
    }

    @Test func oneRefusedSetStopsNoOther() async throws {
        let site = try await Site.furnished()
        let days = (0..<4).map { World.day.adding(days: -7 * $0) }
        let claims = days.enumerated().map { World.claim("OUT-\($0.offset + 1)", on: $0.element) }
        let whole = World.batch(claims, claimsOfSet: 1)
        let text = String(decoding: whole, as: UTF8.self)
        let broken = text.replacing("CLM*OUT-3*145", with: "CLM*OUT-3*1X5")
        #expect(broken != text)
        let report = try await site.take(broken, "outside.837")
        #expect(report.units == 4 && report.accepted == 3 && report.refused == 1)
        let issue = try #require(report.issues.first { $0.code == "x12.element-number" })
        #expect(issue.severity == .error)
        #expect(issue.location.segment != nil && issue.location.byte != nil, "the issue has a place")
        try await site.run(days: 30)
        for number in ["OUT-1", "OUT-2", "OUT-4"] {
            #expect(try site.facts(number).remittances.count == 1, "\(number)")
        }
        #expect(try site.read { try $0.findCase("OUT-3") } == nil)
        // What could not be read is kept as it came.
        let troubled = try site.read { tx in
            try tx.troubledMessages(limit: 10).filter { $0.kind == "837" }.map { try tx.content($0.digest) ?? [] }
        }
        #expect(troubled.count == 1)
        #expect(String(decoding: troubled.first ?? [], as: UTF8.self).contains("CLM*OUT-3*1X5"))
    }

    @Test func theSenderOfX12IsAnswered() async throws {
        let site = try await Site.furnished()
        let report = try await site.pipeline.intake(
            World.batch([World.claim("OUT-1")]), source: "outside.837", acknowledges: true)
        let answer = try #require(report.acknowledgement)
        #expect(answer.contains("ST*999*") && answer.contains("AK9*A*1*1*1"))
    }

    @Test(arguments: [("ZZZZZ", "J069"), ("MERID", "Q99Z9")])
    func whatIsNotKnownWaitsForAPerson(payer: String, diagnosis: String) async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.batch([World.claim("OUT-1", payer: payer, diagnosis: diagnosis)]))
        #expect(report.accepted == 1)
        try await site.run(days: 30)
        let decision = try #require(try site.facts("OUT-1").decisions(of: .submission).first)
        #expect(decision.outcome == "held" && decision.gate?.verdict == .pend)
        #expect(try site.tasks("OUT-1").contains { $0.kind == "claim.held" && $0.state == .open })
        #expect(site.wire.sent.allSatisfy { $0.kind != .claims })
        let replay = try site.pipeline.replay(decision.id)
        #expect(replay.identical && replay.recordIntact)
    }

    @Test func aMemberWhomNobodyRegisteredIsNotGuessed() async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.claimJSON("WEB-9", member: "MHP999999999"))
        #expect(report.issues.contains { $0.code == "intake.member-unknown" })
        try await site.run(days: 5)
        #expect(site.wire.sent.isEmpty)
        #expect(try site.tasks("WEB-9").contains { $0.kind == "claim.held" || $0.kind == "claim.stopped" })
    }
}
