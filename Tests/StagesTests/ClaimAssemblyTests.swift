import Claims
import HealthTypes
import Review
import Stages
import Testing

@Suite struct ClaimAssemblyTests {
    private func assembled(_ charges: [Charge], payer: String = "MERID") -> Claim? {
        CaseRun.charged(charges, payer: payer).facts.claims.last?.claim
    }

    @Test func chargesBecomeLinesInOrder() throws {
        let claim = try #require(
            assembled([
                World.charge("2", "20610", amount: "200", diagnoses: ["M17.11"]),
                World.charge("1", "99213", amount: "150.50", diagnoses: ["I10", "M17.11"], modifiers: ["25"]),
            ]))
        #expect(claim.controlNumber == "V100001-1")
        #expect(claim.totalCharge == Money("350.50")!)
        #expect(claim.lines.map(\.procedure) == ["99213", "20610"])
        #expect(claim.lines.map(\.number) == [1, 2])
        #expect(claim.lines.map(\.controlNumber) == ["V100001-1L1", "V100001-1L2"])
        #expect(claim.lines[0].modifiers == ["25"])
        #expect(claim.diagnoses.map(\.code) == ["I10", "M1711"])
        #expect(claim.diagnoses.map(\.qualifier) == ["ABK", "ABF"])
        #expect(claim.lines.map(\.pointers) == [[1, 2], [2]])
        #expect(claim.billing == World.group && claim.rendering == World.vance && claim.facility == nil)
    }

    /// A claim carries twelve diagnoses and a line points at four of them (X222A1 2300 HI, 2400 SV107).
    @Test func twelveDiagnosesAndFourPointers() throws {
        let codes = (0..<14).map { "E11.\($0 % 10)\($0)" }
        let claim = try #require(
            assembled([
                World.charge("1", diagnoses: Array(codes[0..<8])), World.charge("2", diagnoses: Array(codes[8..<14])),
            ]))
        #expect(claim.diagnoses.count == 12)
        #expect(claim.lines[0].pointers == [1, 2, 3, 4])
        #expect(claim.lines[1].pointers == [9, 10, 11, 12])
    }

    /// A line whose only diagnoses fell off the claim points at nothing, and the edits stop it.
    @Test func aLineThatPointsAtNothingIsStopped() throws {
        let codes = (10..<23).map { "E11.\($0)" }
        let run = CaseRun.charged([
            World.charge("1", diagnoses: Array(codes[0..<12])), World.charge("2", diagnoses: [codes[12]]),
        ])
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.held))
        #expect(decision.stops.contains("E47"))
    }

    @Test func anApprovedAuthorizationGoesOnTheClaim() throws {
        var run = CaseRun.verified()
        run.after(.ordered(World.order()))
        let request = try #require(run.facts.requests.last?.terms.identifier)
        run.after(.authorizationAnswered(World.reply(request, "A1", number: "AUTH1")))
        run.after(.charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]))
        #expect(run.facts.claims.last?.claim.priorAuthorization == "AUTH1")
        #expect(run.handoff(.submission)?["authorization_number"] == "AUTH1")
        #expect(run.last(.submission)?.finding("E45a") == nil)
    }

    /// Without coverage, biller or visit there is no claim to make; what is missing is named.
    @Test func whatIsMissingIsNamed() throws {
        var run = CaseRun()
        run.outside.billing = nil
        run.after(.charged([World.charge("1")]))
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == .submission(.incomplete))
        #expect(
            decision.opened.map(\.reason)
                == [["No claim can be made yet. Missing: visit, coverage, billing organization."]])
        #expect(decision.opened.first?.amount == Money("150")!)
        #expect(run.facts.claims.isEmpty)
        #expect(run.open.filter { $0 == .submission(.incomplete) }.count == 1)
    }

    /// Three departments post charges before the claim can be made: one decision makes one claim of all.
    @Test func chargesThatWaitTogetherMakeOneClaim() throws {
        var run = CaseRun(.covered([World.cover()]), .scheduled(World.visit()))
        run.advance()
        for number in 1...3 { run.happen(.charged([World.charge("\(number)", "36415", amount: "10")])) }
        #expect(run.advance().isEmpty)
        run.verify()
        #expect(run.facts.claims.count == 1)
        #expect(run.facts.claims.first?.claim.lines.count == 3)
        #expect(run.last(.submission)?.alsoSettles.count == 2)
        #expect(run.facts.pending.isEmpty)
    }

    /// A self-pay visit makes no claim, and a claim that comes for it all the same goes nowhere without a person.
    @Test func thePatientPays() throws {
        var run = CaseRun()
        run.after(.scheduled(World.visit()))
        run.answer(.eligibility(.noCoverage), .eligibility(.selfPay))
        #expect(run.facts.isSelfPay)
        #expect(run.after(.charged([World.charge("1")])).map(\.outcome) == [.submission(.selfPay)])
        #expect(run.facts.claims.isEmpty && run.open.isEmpty)
        run.after(.claimReceived(Sample.claim("OUT-1")))
        #expect(run.facts.claims.map(\.state) == [.held])
        #expect(run.last(.submission)?.finding("claim.self-pay")?.stops == true)
    }
}
