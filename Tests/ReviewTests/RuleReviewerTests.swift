import ClinicalKnowledge
import ClinicalText
import Foundation
import HealthTypes
import Review
import Testing

@Suite struct RuleReviewerTests {
    private func request(
        checks: [Check] = [], clinical: AnalyzeResponse.Verdict = .pass, risk: Int = 0, charge: String = "120",
        age: Int? = 45,
        notes: DeidentifiedText? = nil
    ) -> ReviewRequest {
        ReviewRequest(
            memberToken: "member-0", payerID: "MERID", patientAge: age, patientSex: "F", diagnoses: ["I10"],
            lines: [ReviewRequest.Line(procedure: "99213", modifiers: [], charge: Money(charge)!, units: "1")],
            totalCharge: Money(charge)!, notes: notes, checks: checks, clinicalVerdict: clinical, clinicalRisk: risk,
            policies: [])
    }

    private func check(_ id: String, _ answer: Check.Answer, _ severity: Check.Severity, needs: [String] = []) -> Check
    {
        Check(
            id: id, title: "Title \(id)", answer: answer, severity: severity, message: "message",
            evidenceToChange: needs)
    }

    private func analyst(_ request: ReviewRequest) throws -> AnalystOpinion {
        try #require(ReviewPanel.rules.review(request).analystOpinion)
    }

    private func compliance(_ request: ReviewRequest) throws -> ComplianceOpinion {
        try #require(ReviewPanel.rules.review(request).complianceOpinion)
    }

    @Test func theAnalystApprovesWhatHasNothingAgainstIt() throws {
        let warned = check("E04b", .failed, .warn)
        #expect(try analyst(request()).decision == .approve)
        #expect(try analyst(request(checks: [warned], clinical: .inconclusive)).decision == .approve)
    }

    @Test func theAnalystPendsAndNamesWhatIsMissing() throws {
        let failed = try analyst(request(checks: [check("E12", .failed, .block, needs: ["A corrected charge"])]))
        #expect(failed.decision == .pend)
        #expect(failed.reason.contains("E12"))
        #expect(failed.missingData == ["A corrected charge"])
        #expect(!failed.escalate)
        let unknown = try analyst(request(checks: [check("E10", .unknown, .hold)]))
        #expect(unknown.decision == .pend)
        #expect(unknown.missingData == ["E10: Title E10"])
        let flagged = try analyst(request(clinical: .flag))
        #expect(flagged.decision == .pend && flagged.escalate)
        let many = try analyst(request(checks: (1...3).map { check("E\($0)", .failed, .block) }))
        #expect(many.escalate)
    }

    /// A denial belongs to a named rule of the gate.
    @Test func theAnalystNeverDenies() throws {
        let all = (0..<40).map { check("E\($0)", $0 % 2 == 0 ? .failed : .unknown, .block) }
        #expect(try analyst(request(checks: all, clinical: .flag, risk: 100)).decision == .pend)
    }

    @Test(arguments: [
        ("24999.99", 0, ComplianceOpinion.Risk.low), ("25000", 0, .medium), ("100", 29, .low), ("100", 30, .medium),
        ("100", 59, .medium), ("100", 60, .high),
    ])
    func complianceWeighsChargeAndClinicalRisk(charge: String, risk: Int, expected: ComplianceOpinion.Risk) throws {
        let opinion = try compliance(request(risk: risk, charge: charge))
        #expect(opinion.riskLevel == expected)
        #expect(opinion.humanReviewRequired == (expected == .high))
        #expect(opinion.auditNotes.isEmpty == (expected == .low))
    }

    @Test func compliancePicksOutWhatAuditorsLookFor() throws {
        #expect(try compliance(request(checks: [check("E61", .failed, .hold)])).riskLevel == .high)
        #expect(try compliance(request(checks: [check("E61", .failed, .warn)])).riskLevel == .low)
        #expect(try compliance(request(checks: [check("E61", .failed, .hold)], charge: "30000")).riskLevel == .high)
        let three = (1...3).map { check("X\($0)", .failed, .hold) }
        #expect(try compliance(request(checks: three)).riskLevel == .medium)
        #expect(try compliance(request(checks: [check("E51", .unknown, .hold)])).riskLevel == .low)
    }

    @Test func removedIdentifiersAreNotedAndRaiseNoRisk() throws {
        let notes = Deidentifier().redact(
            "Nora Ashdown was seen.",
            known: KnownIdentifiers(names: ["Nora", "Ashdown"], identifiers: [], birthDates: [], others: []))
        let opinion = try compliance(request(notes: notes))
        #expect(opinion.riskLevel == .low)
        #expect(opinion.auditNotes.count == 1)
    }

    @Test func agesAbove89AreShownAsNinety() {
        #expect(request(age: 101).patientAge == 90)
        #expect(request(age: 89).patientAge == 89)
        #expect(request(age: nil).patientAge == nil)
    }

    /// An answer that does not fit its contract would count as none: no request makes the rules give one.
    @Test(arguments: 1...25)
    func answersAlwaysFitTheirSchemas(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let checks = (0..<random.integer(in: 0..<200)).map { index in
            check(
                "CHECK-\(index)", random.pick([.passed, .failed, .unknown]), random.pick([.block, .hold, .warn]),
                needs: (0..<random.integer(in: 0..<4)).map { "\($0) " + String(repeating: "long ", count: 150) })
        }
        let request = request(
            checks: checks, clinical: random.pick([.pass, .flag, .inconclusive]), risk: random.integer(in: 0..<101),
            charge: String(random.integer(in: 0..<50_000)))
        let answers = ReviewPanel.rules.review(request)
        #expect(answers.analystOpinion != nil)
        #expect(answers.complianceOpinion != nil)
        #expect(ReviewPanel.rules.review(request) == answers)
    }

    private struct Broken: Reviewer {
        struct Failure: Error {}
        var identity: String { "broken/1" }
        var isDeterministic: Bool { false }
        func review(_ request: ReviewRequest) throws -> [UInt8] { throw Failure() }
    }

    @Test func aReviewerThatThrowsHasGivenNoAnswer() {
        let answers = ReviewPanel(analyst: Broken(), compliance: RuleCompliance()).review(request())
        #expect(answers.analyst == ReviewAnswer(reviewer: "broken/1", bytes: nil))
        #expect(answers.analystOpinion == nil && answers.complianceOpinion != nil)
    }

    /// The published schemas are those that answers are held to.
    @Test(arguments: ["analyst-opinion", "compliance-opinion"])
    func thePublishedSchemasSayTheSame(name: String) throws {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let url = folder.appendingPathComponent("docs/contracts/\(name).schema.json")
        let published = try JSONSchema(JSON(parsing: [UInt8](Data(contentsOf: url))))
        let isAnalyst = name == "analyst-opinion"
        let held = isAnalyst ? ReviewAnswers.analystSchema : ReviewAnswers.complianceSchema
        let good: JSON =
            isAnalyst
            ? ["decision": "pend", "reason": "r", "missing_data": ["x"], "escalate": true]
            : ["risk_level": "high", "audit_notes": ["x"], "human_review_required": true]
        var candidates: [JSON] = [good, [], nil]
        let long = JSON.string(String(repeating: "x", count: 2001))
        for member in try #require(good.object).members.map(\.name) {
            for value: JSON? in [
                nil, nil as JSON, 1, "", "other", "approve", long, .array(Array(repeating: "x", count: 51)), [long],
            ] {
                var object = try #require(good.object)
                object[member] = value
                candidates.append(.object(object))
            }
        }
        var more = try #require(good.object)
        more["more"] = 1
        candidates.append(.object(more))
        for candidate in candidates {
            #expect(published.violations(in: candidate).isEmpty == held.violations(in: candidate).isEmpty)
        }
        #expect(held.violations(in: good).isEmpty)
    }
}
