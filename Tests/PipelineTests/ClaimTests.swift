import Claims
import HealthTypes
import Review
import Stages
import Store
import Testing

@testable import Pipeline

/// Claims that were made elsewhere, from intake to payment.
@Suite struct ClaimTests {
    @Test func aClaimIsTakenDecidedSentAcknowledgedAndPaid() async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.claimJSON("WEB-1"), "web.json")
        #expect(report.accepted == 1 && report.issues.isEmpty && report.format == .json)
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-1")
        #expect(
            try await site.story("WEB-1") == [
                "eligibility claim_received asked", "eligibility answered active", "submission received sent",
                "submission acknowledged received", "submission acknowledged accepted", "denials remitted paid",
            ])
        #expect(facts.sentClaims.map(\.controlNumber) == ["WEB-1"])
        #expect(facts.status == .paid && facts.pending.isEmpty && facts.timers.isEmpty)
        let paid = try #require(facts.remittances.first).remittance
        #expect(paid.isBalanced && paid.paid > .zero)
        let dollars = try await site.dollars()
        #expect(dollars.paid == paid.paid && dollars.patient == paid.patientResponsibility)
        #expect(dollars.billed == Money("145"))
        #expect(try await site.work("WEB-1").isEmpty)
        #expect(try await site.faultLines() == [])
        for id in try await site.decisionIDs("WEB-1") {
            let replay = try await site.pipeline.replay(id)
            #expect(replay.isIntact && replay.isIdentical && replay.differences == [], "\(replay.line)")
        }
        for id in ["D-0", "D-0000001-1", "D-0000009-2", "A-0000000001", ""] {
            await #expect(throws: CannotReplay.self) { try await site.pipeline.replay(id) }
        }
    }

    @Test func theSameBytesAgainChangeNothing() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        func state() async throws -> [Int] {
            let totals = try await site.totals()
            return [totals.cases, totals.decisions, totals.entries, totals.workOpened]
        }
        let (before, dollars, sent) = (try await state(), try await site.dollars(), site.wire.sent.count)
        let again = try await site.take(World.claimJSON("WEB-1"))
        #expect(again.duplicates == 1 && again.accepted == 0 && again.cases.isEmpty)
        try await site.run(days: 30)
        #expect(try await state() == before)
        #expect(try await site.dollars() == dollars)
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
        #expect(try await site.totals().cases == 2)
        let second = try await site.facts("WEB-000001-2")
        let claim = try #require(second.sentClaims.first)
        #expect(claim.controlNumber == "WEB-000001-2" && claim.serviceFrom == World.day.adding(days: -3))
        let first = try await site.facts("WEB-000001")
        #expect(first.sentClaims.map(\.serviceFrom) == [World.day])
        #expect(first.remittances.count == 1 && second.remittances.count == 1)
    }

    @Test func aSecondClaimForTheSameServiceIsHeldBack() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.pipeline.work()
        try await site.take(World.claimJSON("WEB-2"))
        try await site.run(days: 30)
        #expect(try await site.facts("WEB-1").sentClaims.count == 1)
        #expect(try await site.facts("WEB-2").sentClaims.isEmpty)
        let work = try await site.work("WEB-2")
        #expect(work == ["submission held open"] || work == ["submission blocked open"])
    }

    /// Neither knows of the other when it is decided: what was seen has changed when the second is committed, and it is
    /// decided again.
    @Test func twoClaimsForTheSameServiceInOneBatch() async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2"))
        try await site.run(days: 30)
        let sent = try await [site.facts("WEB-1").sentClaims.count, site.facts("WEB-2").sentClaims.count]
        #expect(sent.sorted() == [0, 1])
        #expect(site.wire.sent.filter { $0.kind == .claims }.count == 1)
        #expect(try await site.faultLines() == [])
    }

    /// The same, decided by two workers at the same time.
    @Test(arguments: 0..<3)
    func twoClaimsForTheSameServiceInTwoWorkers(round: Int) async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.take(World.claimJSON("WEB-2"))
        let (one, other) = (site.pipeline, try await site.another())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pipeline in [one, other] { group.addTask { try await pipeline.work() } }
            try await group.waitForAll()
        }
        try await site.run(days: 30)
        let sent = try await [site.facts("WEB-1").sentClaims.count, site.facts("WEB-2").sentClaims.count]
        #expect(sent.sorted() == [0, 1])
        #expect(Set(site.wire.sent.filter { $0.kind == .claims }.map(\.key)).count == 1)
        #expect(try await site.faultLines() == [])
    }

    @Test func oneBrokenClaimStopsNoOther() async throws {
        let site = try await Site.furnished()
        let days = (0..<4).map { World.day.adding(days: -7 * $0) }
        let whole = World.batch(days.enumerated().map { World.claim("OUT-\($0.offset + 1)", on: $0.element) })
        let text = String(decoding: whole, as: UTF8.self)
        let broken = text.replacing("CLM*OUT-3*145", with: "CLM*OUT-3*1X5")
        #expect(broken != text)
        let report = try await site.take(broken, "outside.837")
        let issue = try #require(report.issues.first { $0.severity >= .error })
        #expect(issue.location.segment != nil && issue.location.byte != nil, "the issue has a place")
        // Its 999 refuses the set, and nothing that we told the sender we refused enters a case.
        #expect(report.accepted == 0 && report.refused == 1)
        let other = try await site.take(World.batch([World.claim("OUT-5")], control: 2))
        #expect(other.accepted == 1)
        try await site.run(days: 30)
        #expect(try await site.facts("OUT-5").remittances.count == 1)
        for number in 1...4 {
            #expect(try await site.read { try $0.findCase("OUT-\(number)") } == nil)
        }
        // What was refused is kept as it came.
        let troubled = try await site.read { page in
            try page.troubledMessages(before: nil, limit: 10).filter { $0.kind == "837" }
                .map { try page.content($0.content, $0.range) ?? [] }
        }
        #expect(troubled.count == 1)
        #expect(String(decoding: troubled.first ?? [], as: UTF8.self).contains("CLM*OUT-3*1X5"))
    }

    @Test func theSenderOfX12IsAnswered() async throws {
        let site = try await Site.furnished()
        let report = try await site.pipeline.intake(
            World.batch([World.claim("OUT-1")]), source: "outside.837", acknowledges: true)
        let answer = String(decoding: report.acknowledgement, as: UTF8.self)
        #expect(answer.contains("ST*999*") && answer.contains("AK9*A*1*1*1"))
        let silent = try await site.pipeline.intake(World.batch([World.claim("OUT-2")], control: 2), source: "b")
        #expect(silent.acknowledgement.isEmpty)
    }

    @Test(arguments: [("ZZZZZ", "J069"), ("MERID", "Q99Z9")])
    func whatIsNotKnownWaitsForAPerson(payer: String, diagnosis: String) async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.batch([World.claim("OUT-1", payer: payer, diagnosis: diagnosis)]))
        #expect(report.accepted == 1)
        try await site.run(days: 30)
        let decision = try #require(try await site.facts("OUT-1").decisions(of: .submission).first)
        #expect(decision.decision.outcome == .submission(.held) && decision.decision.gate?.verdict == .pend)
        #expect(try await site.work("OUT-1").contains("submission held open"))
        #expect(site.wire.sent.allSatisfy { $0.kind != .claims })
        let replay = try await site.pipeline.replay(
            DecisionID(try await site.number("OUT-1"), entry: decision.entry.sequence).description)
        #expect(replay.isIdentical && replay.isIntact)
    }

    @Test func aMemberWhomNobodyRegisteredIsNotGuessed() async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.claimJSON("WEB-9", member: "MHP999999999"))
        #expect(report.issues.contains { $0.code == "intake.member-unknown" })
        try await site.run(days: 5)
        #expect(site.wire.sent.isEmpty)
        #expect(
            try await site.work("WEB-9").contains { ["submission held open", "submission blocked open"].contains($0) })
    }

    /// The last day of the calendar, wherever it stands: what cannot be kept is refused at the door or set aside, and all
    /// else goes on, also after a restart.
    @Test(arguments: ["remittance", "appointment", "claim"])
    func theLastDayOfTheCalendarStopsNothing(where place: String) async throws {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 10)
        func changed(_ bytes: [UInt8], _ old: String, _ new: String) -> String {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains(old))
            return text.replacing(old, with: new)
        }
        let day = World.day.compact
        switch place {
        case "remittance":
            let right = try World.remittance([World.settlement("WEB-1", paid: Money("45")!, trace: "T3")], trace: "T3")
            try await site.take(changed(right, "DTM*472*\(day)", "DTM*472*99991231"))
        case "appointment": try await site.take(changed(World.appointment(), "\(day)14", "9999123123"))
        default: try await site.take(changed(World.batch([World.claim("OUT-1")]), "D8*\(day)", "D8*99991231"))
        }
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        try await site.run(days: 30)
        try await site.restart()
        try await site.take(World.claimJSON("WEB-3", on: World.day.adding(days: -19)))
        try await site.run(days: 30)
        for claim in ["WEB-2", "WEB-3"] { #expect(try await site.story(claim).last == "denials remitted paid") }
        #expect(try await site.faultLines() == [])
    }

    /// An amount past what the record can hold is refused at the door.
    @Test func anAmountThatCannotBeKeptIsRefusedAtTheDoor() async throws {
        let site = try await Site.furnished()
        let report = try await site.take(World.claimJSON("WEB-1", amount: "99999999999.00"))
        #expect(report.refused == 1 && !report.issues.isEmpty)
        #expect(try await site.totals().cases == 0)
    }
}
