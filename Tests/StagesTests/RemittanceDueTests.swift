import Claims
import HealthTypes
import Testing

@testable import Stages

/// A payer that has said that it pays or decides is watched until it has.
@Suite struct RemittanceDueTests {
    private func due(_ run: CaseRun) -> [Instant] {
        run.facts.timers.filter { if case .remittanceDue = $0.purpose { true } else { false } }.map(\.due)
    }

    private let paid = CaseEvent.remitted(World.remittance("V100001-1", paid: "150", []))

    @Test func anAcceptedClaimIsWatchedUntilItIsSettled() throws {
        var run = CaseRun.accepted()
        #expect(due(run) == [run.now.adding(days: 45)])
        run.after(paid)
        #expect(due(run).isEmpty)
        #expect(run.wait(until: run.now.adding(days: 90)).isEmpty)
        #expect(run.open.isEmpty)
    }

    @Test func silenceIsWorkUntilTheRemittanceComes() throws {
        var run = CaseRun.accepted()
        let ref = try #require(run.facts.claims.first?.ref)
        #expect(run.wait(until: run.now.adding(days: 44)).isEmpty)
        #expect(run.wait(until: run.now.adding(days: 2)).map(\.outcome) == [.denials(.unremitted)])
        #expect(run.open == [.denials(.unremitted(ref))])
        run.after(paid)
        #expect(run.open.isEmpty)
    }

    /// A second 277CA moves the time and asks once.
    @Test func oneTimerForAClaim() throws {
        var run = CaseRun.accepted()
        run.wait(until: run.now.adding(days: 3))
        run.after(
            .acknowledged(
                ClaimAcknowledgement(source: .claim, controlNumber: "V100001-1", outcome: .rejected, code: "A7:562")))
        #expect(due(run).isEmpty)
        run.after(
            .acknowledged(
                ClaimAcknowledgement(source: .claim, controlNumber: "V100001-1", outcome: .accepted, code: "A2:20")))
        #expect(due(run).count <= 1)
    }

    /// The remittance came when the time was over, before anybody had decided on that.
    @Test func whatCameMeanwhileIsNotAskedAbout() throws {
        var run = CaseRun.accepted()
        let ref = try #require(run.facts.claims.first?.ref)
        let timer = try #require(run.facts.timers.first { $0.purpose == .remittanceDue(ref) })
        run.happen(.timerFired(timer.id))
        run.happen(paid)
        let made = run.advance()
        #expect(!made.map(\.outcome).contains(.denials(.unremitted)))
        #expect(made.map(\.outcome).contains(.denials(.paid)))
        #expect(run.open.isEmpty)
    }

    @Test func anAppealThatWasWonIsPaidOrAskedAbout() throws {
        var run = CaseRun.charged([World.charge("1", amount: "1000")])
        let ref = try #require(run.facts.claims.first?.ref)
        run.after(
            .remitted(
                World.remittance("V100001-1", charge: "1000", paid: "0", [World.adjustment("CO-197", "1000")])))
        run.answer(.denials(.appeal(ref, level: 1)), .denials(.sendAppeal))
        run.after(
            .appealAnswered(
                AppealAnswer(identifier: "V100001-1-AP1", controlNumber: "V100001-1", outcome: .overturned, reason: ""))
        )
        #expect(due(run) == [run.now.adding(days: 45)])
        #expect(run.wait(until: run.now.adding(days: 46)).map(\.outcome) == [.denials(.unremitted)])
        #expect(run.open == [.denials(.unremitted(ref))])
    }
}
