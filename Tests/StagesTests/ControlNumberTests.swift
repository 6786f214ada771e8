import Claims
import HealthTypes
import Stages
import Testing

/// The numbers of claims that are made here, where other cases have numbers like them.
@Suite struct ControlNumberTests {
    private func mended(beside numbers: Set<String>) throws -> Claim {
        var run = CaseRun()
        run.outside.numbers = numbers
        run.after(.claimReceived(Sample.claim("OUT-1")))
        run.verify()
        run.after(
            .acknowledged(
                ClaimAcknowledgement(
                    source: .claim, controlNumber: "OUT-1", outcome: .rejected, code: "A7:562:85",
                    payerClaimNumber: nil)))
        let first = try #require(run.facts.claims.first)
        run.answer(.submission(.rejected(first.ref)), .submission(.judgeAgain))
        #expect(run.facts.claims.map(\.state) == [.rejected, .submitted])
        return try #require(run.facts.claims.last?.claim)
    }

    @Test func aNumberOfAnotherCaseIsPassedOver() throws {
        let claim = try mended(beside: ["OUT-2", "OUT-3", "OUT-5"])
        #expect(claim.controlNumber == "OUT-4" && claim.lines.map(\.controlNumber) == ["OUT-4L1"])
    }

    /// A site that numbers all its claims `OUT-1`, `OUT-2`: those that follow are all somebody's.
    @Test func whereAllThatFollowAreTakenANumberBelowTheClaimsOwnIsFree() throws {
        let all = Set((1...999).map { "OUT-\($0)" })
        #expect(try mended(beside: all).controlNumber == "OUT-1-2")
        let more = all.union((1...999).map { "OUT-1-\($0)" })
        #expect(try mended(beside: more).controlNumber == "C-0000001-2")
    }

    @Test func theFirstClaimOfAVisitToo() {
        var run = CaseRun.verified()
        run.outside.numbers = ["V100001-1"]
        run.after(.charged([World.charge("1")]))
        #expect(run.facts.claims.map(\.claim.controlNumber) == ["V100001-2"])
    }

    @Test func theNumberOfAReplacementToo() throws {
        var run = CaseRun.charged([World.charge("1")])
        run.outside.numbers = ["V100001-2"]
        run.after(.charged([World.charge("2", "36415", amount: "10")]))
        let first = try #require(run.facts.claims.first?.ref)
        run.answer(.submission(.lateCharges(first)), .submission(.replace))
        #expect(run.facts.claims.map(\.claim.controlNumber) == ["V100001-1", "V100001-3"])
    }
}
