import Claims
import HealthTypes
import Review
import Stages
import Store
import Testing

@testable import Pipeline

/// Payments as they come from outside, right and wrong.
@Suite struct RemittanceTests {
    /// A site with one claim, WEB-1, that the payer has paid.
    private func paidSite() async throws -> (site: Site, paid: ClaimRemittance) {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        return (site, try #require(try await site.facts("WEB-1").remittances.first).remittance)
    }

    /// A site with one claim, WEB-1, that the payer has accepted.
    private func acceptedSite() async throws -> Site {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 3)
        #expect(try await site.facts("WEB-1").status == .accepted)
        return site
    }

    /// A payment for a claim that is not known yet is no payment lost: it waits, and is posted once the claim is there.
    @Test func aPaymentWaitsForItsClaim() async throws {
        let site = try await Site.furnished()
        let bytes = try World.remittance([World.settlement("OUT-1", paid: Money("90")!, trace: "T1")], trace: "T1")
        let report = try await site.take(bytes, "835")
        #expect(report.unmatched == 1)
        #expect(report.issues.map(\.code).contains("intake.unmatched"))
        let kept = try #require(
            try await site.read { try $0.messages(.incoming, .unmatched, before: nil, limit: 5).first })
        #expect(try await site.read { try $0.content(kept.content, kept.range) }?.isEmpty == false)
        var totals = try await site.totals()
        #expect(totals.cases == 0 && totals.unitsWaiting == 1)
        #expect(try await site.dollars().paid == .zero)
        // The same again is the same.
        #expect(try await site.take(bytes, "835").duplicates >= 1)
        #expect(try await site.totals().unitsWaiting == 1)

        try await site.take(World.batch([World.claim("OUT-1")]))
        try await site.run(days: 3)
        let facts = try await site.facts("OUT-1")
        #expect(facts.remittances.map(\.remittance.paid) == [Money("90")!])
        totals = try await site.totals()
        #expect(totals.cases == 1 && totals.unitsWaiting == 0)
        #expect(try await site.faultLines() == [])
    }

    @Test func theSamePaymentIsPostedOnce() async throws {
        let site = try await acceptedSite()
        let bytes = try World.remittance([World.settlement("WEB-1", paid: Money("90")!, trace: "T2")], trace: "T2")
        let first = try await site.take(bytes)
        let second = try await site.take(bytes)
        #expect(first.accepted >= 1 && second.accepted == 0 && second.duplicates >= 1)
        try await site.pipeline.work()
        #expect(try await site.dollars().paid == Money("90"))
        // The same settlement in another envelope with another beside it: the stage sees that it was posted.
        try await site.take(
            try World.remittance(
                [
                    World.settlement("WEB-1", paid: Money("90")!, trace: "T2"),
                    World.settlement("ELSEWHERE-1", paid: Money("5")!, trace: "T2"),
                ], trace: "T2"))
        try await site.pipeline.work()
        #expect(try await site.story("WEB-1").last == "denials remitted duplicate")
        #expect(try await site.dollars().paid == Money("90"))
        #expect(try await site.facts("WEB-1").status == .paid)
    }

    @Test func aReversalAndItsCorrectionBringTheDifference() async throws {
        let (site, paid) = try await paidSite()
        var back = paid
        back.status = "22"
        back.trace = "T9"
        back.charge = -paid.charge
        back.paid = -paid.paid
        back.patientResponsibility = .zero
        back.lines = back.lines.map { line in
            var line = line
            line.charge = -line.charge
            line.paid = -line.paid
            line.allowed = nil
            line.adjustments = line.adjustments.map {
                Adjustment(group: $0.group, reason: $0.reason, amount: -$0.amount)
            }
            return line
        }
        let better = World.settlement("WEB-1", paid: paid.paid + Money("17.25")!, trace: "T9")
        let report = try await site.take(try World.remittance([back, better], trace: "T9"))
        #expect(report.accepted >= 1 && report.issues.isEmpty, "\(report.issues.map(\.line))")
        try await site.pipeline.work()
        #expect(
            try await site.story("WEB-1").suffix(2) == ["denials remitted reversed", "denials remitted paid"])
        #expect(try await site.dollars().paid == better.paid)
        #expect(try await site.dollars().recovered == Money("17.25"))
        let number = try await site.number("WEB-1")
        #expect(try await site.read { try $0.caseLine(number)?.summary?.paid } == better.paid)
        #expect(try await site.faultLines() == [])
    }

    @Test func aPaymentOutOfBalanceIsNotPosted() async throws {
        let site = try await acceptedSite()
        let before = try await site.dollars()
        let right = String(
            decoding: try World.remittance([World.settlement("WEB-1", paid: Money("45")!, trace: "T3")], trace: "T3"),
            as: UTF8.self)
        let wrong = right.replacing("CAS*CO*45*100", with: "CAS*CO*45*99")
        #expect(wrong != right)
        let report = try await site.take(wrong)
        #expect(!report.issues.isEmpty)
        try await site.pipeline.work()
        #expect(try await site.dollars() == before)
        // The corrected one is posted.
        try await site.take(right)
        try await site.pipeline.work()
        #expect(try await site.story("WEB-1").last == "denials remitted paid")
        #expect(try await site.dollars().paid == Money("45"))
    }

    /// A denial the payer's own policy makes, which the site learns of.
    @Test func aDenialIsWorkedAndRemembered() async throws {
        let site = try await acceptedSite()
        var denied = World.settlement("WEB-1", paid: .zero, status: "4", trace: "T4")
        denied.lines[0].adjustments = [Adjustment(group: "CO", reason: "50", amount: denied.charge)]
        try await site.take(try World.remittance([denied], trace: "T4"))
        try await site.pipeline.work()
        #expect(try await site.story("WEB-1").last == "denials remitted denied")
        #expect(try await site.work("WEB-1").contains { $0.hasPrefix("denials ") && $0.hasSuffix(" open") })
        let patterns = try await site.read { try $0.denialPatterns(limit: 10) }
        #expect(patterns.map { "\($0.payerID) \($0.group)-\($0.reason)" } == ["MERID CO-50"])
        #expect(patterns.map(\.adjudicated) == [1])
        // The next claim of the kind is shown what was denied before.
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        try await site.pipeline.work()
        let judged = try #require(try await site.facts("WEB-2").decisions(of: .submission).first).decision
        #expect(judged.findings.contains { $0.id == "pattern.CO-50" && !$0.stops })
        #expect(judged.outcome == .submission(.sent))
    }
}
