import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store
import Testing

/// Payments as they come from outside, right and wrong.
@Suite struct RemittanceTests {
    /// A site with one claim, WEB-1, that the payer has paid.
    private func paidSite() async throws -> (site: Site, paid: ClaimRemittance) {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        return (site, try #require(try site.facts("WEB-1").remittances.first))
    }

    @Test func aPaymentForNobodyHereIsKept() async throws {
        let site = try await Site.furnished()
        let bytes = try World.remittance(
            [World.settlement("ELSEWHERE-1", paid: Money("90")!, trace: "T1")], trace: "T1")
        let report = try await site.take(bytes, "835")
        #expect(report.units == 1 && report.unmatched == 1 && report.accepted == 0)
        #expect(report.issues.map(\.code) == ["intake.unmatched"])
        let kept = try #require(try site.read { try $0.troubledMessages(limit: 5).first { $0.kind == "835" } })
        #expect(kept.state == .unmatched)
        #expect(try site.read { try $0.content(kept.digest) }?.isEmpty == false)
        #expect(try site.figure(.cases) == 0)
        #expect(try site.dollars().paid == .zero)
        #expect(try site.dollars().billed == .zero)
    }

    @Test func theSamePaymentIsPostedOnce() async throws {
        let (site, paid) = try await paidSite()
        let before = try site.dollars()
        let bytes = try World.remittance([World.settlement("WEB-1", paid: Money("11")!, trace: "T2")], trace: "T2")
        let first = try await site.take(bytes)
        let second = try await site.take(bytes)
        #expect(first.accepted == 1 && second.duplicates == 1)
        try await site.pipeline.work()
        #expect(try site.dollars().paid == paid.paid + Money("11")!)
        #expect(try site.facts("WEB-1").remittances.count == 2)
        // The same settlement in another envelope with another 835 around it: the stage sees that it was posted.
        let other = try await site.take(
            try World.remittance(
                [
                    World.settlement("WEB-1", paid: Money("11")!, trace: "T2"),
                    World.settlement("ELSEWHERE-1", paid: Money("5")!, trace: "T2"),
                ], trace: "T2"))
        #expect(other.accepted == 1 && other.issues.map(\.code) == ["intake.unmatched"])
        try await site.pipeline.work()
        #expect(try site.story("WEB-1").last == "denials remittance:3 duplicate")
        #expect(try site.dollars().paid == paid.paid + Money("11")!)
        #expect(try site.dollars().patient == before.patient)
    }

    @Test func aReversalAndItsCorrectionBringTheDifference() async throws {
        let (site, paid) = try await paidSite()
        var back = paid
        back.status = "22"
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
        #expect(report.accepted == 1 && report.issues.isEmpty, "\(report.issues.map(\.line))")
        try await site.pipeline.work()
        #expect(
            try site.story("WEB-1").suffix(2) == ["denials remittance:2 reversed", "denials remittance:3 paid"])
        #expect(try site.dollars().paid == better.paid)
        #expect(try site.dollars().recovered == Money("17.25"))
        #expect(try site.read { try $0.caseSummary(#require(try $0.findCase("WEB-1"))) }?.paid == better.paid)
    }

    @Test func aPaymentOutOfBalanceIsRefusedAndNotPosted() async throws {
        let (site, _) = try await paidSite()
        let before = try site.dollars()
        let right = String(
            decoding: try World.remittance([World.settlement("WEB-1", paid: Money("45")!, trace: "T3")], trace: "T3"),
            as: UTF8.self)
        let wrong = right.replacing("CAS*CO*45*100", with: "CAS*CO*45*99")
        #expect(wrong != right)
        let report = try await site.take(wrong)
        #expect(report.refused == 1 && report.issues.map(\.code).contains("x12.remittance-line"))
        try await site.pipeline.work()
        #expect(try site.facts("WEB-1").remittances.count == 1)
        #expect(try site.dollars() == before)
        // The corrected one is posted.
        try await site.take(right)
        try await site.pipeline.work()
        #expect(try site.story("WEB-1").last == "denials remittance:2 paid")
        #expect(try site.dollars().paid == before.paid + Money("45")!)
    }

    /// A denial the payer's own policy makes, which the site learns of.
    @Test func aDenialIsWorkedAndRemembered() async throws {
        let (site, _) = try await paidSite()
        var denied = World.settlement("WEB-1", paid: .zero, status: "4", trace: "T4")
        denied.lines[0].adjustments = [Adjustment(group: "CO", reason: "50", amount: denied.charge)]
        try await site.take(try World.remittance([denied], trace: "T4"))
        try await site.pipeline.work()
        #expect(try site.story("WEB-1").last == "denials remittance:2 denied")
        #expect(try site.tasks("WEB-1").contains { $0.kind.hasPrefix("denial.") })
        let patterns = try site.read { try $0.denialPatterns(payerID: "MERID") }
        #expect(patterns.map(\.reason) == ["CO-50"])
        #expect(patterns.map(\.adjudicated) == [2])
        // The next claim of the kind is shown what was denied before.
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: -9)))
        try await site.pipeline.work()
        let judged = try #require(try site.facts("WEB-2").decisions(of: .submission).first)
        #expect(judged.checks.contains { $0.id == "pattern.CO-50" && !$0.stops })
        #expect(judged.outcome == "sent")
    }
}
