import Claims
import ClinicalText
import HealthTypes
import Review
import Stages
import Testing

@Suite struct AssemblyTests {
    private func assembled(_ charges: [Charge], payer: String = "MERID") -> Claim? {
        let decision = CaseRun.charged(charges, payer: payer).last(.submission)
        for effect in decision?.effects ?? [] { if case .recordClaim(let claim, _) = effect { return claim } }
        return nil
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
        #expect(decision.outcome == "held")
        #expect(decision.stops.contains("E47"))
    }

    @Test func anApprovedAuthorizationGoesOnTheClaim() throws {
        var run = CaseRun.verified()
        run.happen(.ordered(World.order()))
        run.advance()
        run.happen(.authorizationAnswered(World.reply("C-0000001-O1", "A1", number: "AUTH1")))
        run.happen(.charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]))
        run.advance()
        let decision = try #require(run.last(.submission))
        #expect(decision.handoff?["authorization_number"] == "AUTH1")
        #expect(decision.check("E45a") == nil)
    }

    @Test func withoutCoverOrBillerNoClaimIsMade() {
        var run = CaseRun(.scheduled(World.visit()), .charged([World.charge("1")]))
        run.notes.billing = nil
        let decision = run.decide(.submission, "claim:V100001-1")
        #expect(decision.outcome == "incomplete")
        #expect(decision.summary == "No claim can be made yet: a cover, the billing organization is missing.")
        #expect(decision.tasks.map(\.key) == ["claim.incomplete:V100001-1"])
    }
}

@Suite struct SubmissionTests {
    private func run(_ procedure: String = "99213", diagnoses: [String] = ["I10"]) -> CaseRun {
        CaseRun.charged([World.charge("1", procedure, diagnoses: diagnoses)])
    }

    private func submitted(_ decision: Decision?) -> [Claim] {
        (decision?.effects ?? []).compactMap { if case .submitClaim(let claim) = $0 { claim } else { nil } }
    }

    private func recorded(_ decision: Decision?) -> [String] {
        (decision?.effects ?? []).compactMap { if case .recordClaim(_, let state) = $0 { state } else { nil } }
    }

    // MARK: The gate

    @Test func aCleanClaimIsSent() throws {
        let decision = try #require(run().last(.submission))
        #expect(decision.stops == [])
        #expect(decision.gate?.verdict == .approve)
        #expect(decision.outcome == "sent")
        #expect(submitted(decision).map(\.controlNumber) == ["V100001-1"])
        #expect(recorded(decision) == ["submitted"])
        #expect(decision.timers == ["claim-silence-V100001-1": World.now.adding(days: 2)])
        #expect(decision.tasks.isEmpty)
        #expect(decision.reviews?.analystOpinion?.decision == .approve)
        #expect(decision.handoff?["verdict"] == "approve")
    }

    @Test func aClaimWithAFailedEditIsHeld() throws {
        let decision = try #require(run(diagnoses: ["E11"]).last(.submission))
        #expect(decision.outcome == "held")
        #expect(decision.check("E14")?.answer == .failed)
        #expect(submitted(decision).isEmpty && recorded(decision) == ["pending-here"])
        let task = try #require(decision.task("claim.held"))
        #expect(task.answers.map(\.id) == ["judge-again", "release", "void"])
        #expect(task.amount == Money("150")!)
        #expect(task.deadline == Instant("2026-08-29T23:59:00Z"))
        #expect(task.evidence.contains { $0.hasPrefix("E14") })
        #expect(decision.handoff?["failed_checks"]?.elements.contains("E14") == true)
    }

    /// An answer that never came is not a yes.
    @Test func unknownCoverIsHeld() throws {
        var run = CaseRun(.claimReceived(Sample.claim("OUT-1")))
        run.advance()
        run.happen(.deliveryFailed(DeliveryFailure(key: "C-0000001-claim", kind: "270", attempts: 5)))
        run.advance()
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == "held")
        #expect(decision.check("E10")?.answer == .unknown)
        #expect(decision.handoff?["unknown_checks"]?.elements.contains("E10") == true)
    }

    @Test func missingAuthorizationIsHeld() throws {
        let decision = try #require(
            CaseRun.charged([World.charge("1", "72148", amount: "900", diagnoses: ["M54.16"])]).last(.submission))
        #expect(decision.outcome == "held")
        #expect(decision.check("E45a")?.answer == .failed)
    }

    @Test func aPayersPatternIsShownAndStopsNothing() {
        var run = CaseRun.verified()
        run.notes.denialPatterns = [
            DenialPattern(procedure: "99213", modifiers: "", reason: "CO-16", denied: 3, adjudicated: 4)
        ]
        run.happen(.charged([World.charge("1")]))
        run.advance()
        #expect(run.last(.submission)?.outcome == "sent")
        #expect(
            run.last(.submission)?.check("pattern.CO-16")?.message
                == "99213 without modifiers: CO-16 on 3 of 4 adjudicated lines")
    }

    @Test func anExactDuplicateIsStoppedByRule() throws {
        var run = CaseRun.verified()
        run.notes.duplicates = [PriorClaim(controlNumber: "V9-1", caseID: "C-9", state: "submitted")]
        run.happen(.charged([World.charge("1")]))
        run.advance()
        let decision = try #require(run.last(.submission))
        #expect(decision.outcome == "stopped")
        #expect(decision.gate?.rule == "G01")
        #expect(decision.gate?.appealPath?.isEmpty == false)
        #expect(decision.gate?.evidenceThatWouldChange.isEmpty == false)
        #expect(recorded(decision) == ["stopped-here"])
        #expect(decision.handoff?["rule"] == "G01")
        #expect(decision.tasks.map(\.kind) == ["claim.stopped"])
    }

    /// Digoxin billed for gastritis.
    @Test func aTreatmentThatFitsNoDiagnosisIsHeld() throws {
        let decision = try #require(run("J1160", diagnoses: ["K29.70"]).last(.submission))
        #expect(decision.outcome == "held")
        #expect(decision.check("UNRELATED_DRUG")?.predicts == ["CO-11", "CO-50"])
        #expect(decision.handoff?["clinical_verdict"] == "FLAG")
    }

    @Test func reviewersSeeNoPerson() throws {
        var run = CaseRun.verified()
        run.happen(
            .charted([World.note("Nora Ashdown, member MHP000111222, of 9 Elm Row, born 1980-05-14, has hypertension.")]
            ))
        run.happen(.charged([World.charge("1")]))
        run.notes.memberToken = "member-0"
        let occasion = Occasion(.submission, "claim:V100001-1")
        let request = try #require(
            SubmissionStage.reviewRequest(run.facts, on: occasion, ground: run.ground(for: occasion)))
        let shown = "\(request)"
        for word in ["Nora", "Ashdown", "MHP000111222", "Elm Row", "1980"] { #expect(!shown.contains(word), "\(word)") }
        #expect(request.notes?.text.contains("hypertension") == true)
        #expect(request.memberToken == "member-0" && request.patientAge == 45)
    }

    /// A model that says yes to everything, and one that says nothing fit to read.
    @Test func opinionsHoldBackAndNeverPushThrough() throws {
        var eager = CaseRun.verified()
        eager.panel = ReviewPanel(
            analyst: Says(#"{"decision":"approve","reason":"fine","missing_data":[],"escalate":false}"#),
            compliance: RuleCompliance())
        eager.happen(.charged([World.charge("1", diagnoses: ["E11"])]))
        eager.advance()
        #expect(eager.last(.submission)?.outcome == "held")
        var silent = CaseRun.verified()
        silent.panel = ReviewPanel(analyst: Says("I would approve this."), compliance: RuleCompliance())
        silent.happen(.charged([World.charge("1")]))
        silent.advance()
        #expect(silent.last(.submission)?.outcome == "held")
        #expect(silent.last(.submission)?.reviews?.analyst.text == "I would approve this.")
    }

    private struct Says: Reviewer {
        let text: String
        init(_ text: String) { self.text = text }
        var identity: String { "model/1" }
        var isDeterministic: Bool { false }
        func review(_ request: ReviewRequest) throws -> [UInt8] { Array(text.utf8) }
    }

    // MARK: A person's answer

    @Test func aPersonReleasesTheClaimAsItWasJudged() throws {
        var run = run(diagnoses: ["E11"])
        run.answer("claim.held", "release")
        let decision = try #require(run.advance().last)
        #expect(decision.outcome == "sent")
        #expect(submitted(decision).map(\.controlNumber) == ["V100001-1"])
        #expect(recorded(decision) == ["submitted"])
        #expect(decision.gate == nil)
    }

    /// A held claim is made anew of what is known now.
    @Test func aClaimIsJudgedAgain() throws {
        var run = CaseRun.verified()
        run.notes.duplicates = [PriorClaim(controlNumber: "V9-1", caseID: "C-9", state: "submitted")]
        run.happen(.charged([World.charge("1")]))
        run.advance()
        run.answer("claim.stopped", "judge-again")
        let again = try #require(run.advance().last)
        #expect(again.outcome == "stopped")
        #expect(again.tasks.map(\.key) == ["claim.stopped:V100001-1 #2"])
        run.notes.duplicates = []
        run.answer("claim.stopped", "judge-again")
        let sent = try #require(run.advance().last)
        #expect(sent.outcome == "sent" && sent.gate?.verdict == .approve)
        #expect(submitted(sent).map(\.controlNumber) == ["V100001-1"])
    }

    /// Charges that come after the claim are put before a person, once for each posting.
    @Test func lateChargesAreNotForgotten() {
        var run = run()
        run.happen(.charged([World.charge("2", "20610", amount: "200", diagnoses: ["M17.11"])]))
        let decision = run.advance().last
        #expect(decision?.outcome == "late-charges")
        #expect(decision?.tasks.map(\.kind) == ["claim.late-charges"])
        #expect(run.advance().isEmpty)
        #expect(run.facts.sentClaims.count == 1)
    }

    @Test func aPersonDecidesNotToBill() {
        var run = run(diagnoses: ["E11"])
        run.answer("claim.held", "void")
        #expect(run.advance().map(\.outcome) == ["void"])
        #expect(run.facts.sentClaims.isEmpty)
    }

    // MARK: The payer's front door

    private func acknowledged(
        _ source: ClaimAcknowledgement.Source, _ outcome: ClaimAcknowledgement.Outcome, _ code: String
    )
        -> Decision?
    {
        var run = run()
        run.happen(
            .acknowledged(
                ClaimAcknowledgement(source: source, controlNumber: "V100001-1", outcome: outcome, code: code)))
        return run.advance().last
    }

    @Test func acknowledgements() {
        #expect(acknowledged(.implementation, .received, "A")?.outcome == "received")
        #expect(acknowledged(.claim, .accepted, "A2:20")?.outcome == "accepted")
        #expect(acknowledged(.claim, .other, "A0")?.outcome == "noted")
    }

    @Test func aRejectedClaimIsNotFiled() throws {
        let decision = try #require(acknowledged(.claim, .rejected, "A7:562:85"))
        #expect(decision.outcome == "rejected")
        #expect(recorded(decision) == ["rejected"])
        #expect(decision.check("277CA.A7:562:85")?.stops == true)
        let task = try #require(decision.task("claim.rejected"))
        #expect(task.subject == "V100001-1" && task.amount == Money("150")!)
        #expect(task.deadline == World.now.adding(days: 5))
    }

    @Test func silenceIsATask() {
        var run = run()
        run.happen(.timerFired("claim-silence-V100001-1"))
        let decision = run.advance().last
        #expect(decision?.outcome == "silent")
        #expect(decision?.tasks.map(\.key) == ["claim.silent:V100001-1"])
    }

    @Test func anAnsweredClaimIsNotSilent() {
        var run = run()
        run.happen(
            .acknowledged(
                ClaimAcknowledgement(source: .claim, controlNumber: "V100001-1", outcome: .accepted, code: "A2")))
        run.happen(.timerFired("claim-silence-V100001-1"))
        #expect(run.advance().last?.outcome == "heard")
    }

    /// The 999 says only that the file could be read.
    @Test func a999IsNoWordOnTheClaim() {
        var run = run()
        run.happen(
            .acknowledged(
                ClaimAcknowledgement(source: .implementation, controlNumber: "V100001-1", outcome: .received, code: "A")
            ))
        run.happen(.timerFired("claim-silence-V100001-1"))
        #expect(run.advance().last?.outcome == "silent")
    }
}
