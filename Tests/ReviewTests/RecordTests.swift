import HealthTypes
import Review
import Testing

/// What the record keeps of a review, in the bytes that are read back years from now.
@Suite struct RecordTests {
    private static let citation = PolicyCitation(
        id: "MER-12", version: "2026-01", title: "Knee imaging", digest: Digest(of: "policy"))

    private func expect<Value: Recorded & Equatable>(_ value: Value, _ form: String) throws {
        let bytes = try Canonical.encodeProven(value)
        #expect(String(decoding: bytes, as: UTF8.self) == form)
        for length in 0..<bytes.count {
            #expect(throws: CanonicalFault.self) { try Canonical.decode(Value.self, from: Array(bytes[..<length])) }
        }
        var random = SeededRandom(seed: 99)
        for _ in 0..<2000 {
            var changed = bytes
            changed[random.integer(in: 0..<changed.count)] = UInt8(random.integer(in: 0x20..<0x7f))
            if let other = try? Canonical.decode(Value.self, from: changed) {
                #expect(try Canonical.encode(other) == changed)
            }
        }
    }

    @Test func checksComeBack() throws {
        try expect(
            Check(
                id: "E12", title: "Modifier", answer: .failed, severity: .block, message: "A modifier is missing.",
                fix: "Add it.", predicts: ["CO-16"], evidenceToChange: ["the order"], basis: ["rules/1"]),
            #"{"answer":"failed","basis":["rules/1"],"evidence_to_change":["the order"],"fix":"Add it.","id":"E12","#
                + #""message":"A modifier is missing.","predicts":["CO-16"],"severity":"block","title":"Modifier"}"#)
        try expect(
            Check(id: "E1", title: "t", answer: .passed, severity: .warn, message: ""),
            #"{"answer":"passed","id":"E1","message":"","severity":"warn","title":"t"}"#)
        for (answer, tag) in [(Check.Answer.passed, "passed"), (.failed, "failed"), (.unknown, "unknown")] {
            try expect(answer, "\"\(tag)\"")
        }
        for (severity, tag) in [(Check.Severity.block, "block"), (.hold, "hold"), (.warn, "warn")] {
            try expect(severity, "\"\(tag)\"")
        }
    }

    @Test func decisionsOfTheGateComeBack() throws {
        try expect(
            GateDecision(
                verdict: .deny, rule: "D1", rationale: ["because"], evidenceThatWouldChange: ["a note"],
                appealPath: "Ask."),
            #"{"appeal_path":"Ask.","evidence_that_would_change":["a note"],"rationale":["because"],"rule":"D1","#
                + #""verdict":"deny"}"#)
        try expect(GateDecision(verdict: .approve, rationale: []), #"{"verdict":"approve"}"#)
        for (verdict, tag) in [(GateDecision.Verdict.approve, "approve"), (.deny, "deny"), (.pend, "pend")] {
            try expect(verdict, "\"\(tag)\"")
        }
    }

    @Test func answersOfReviewersComeBack() throws {
        try expect(
            ReviewAnswers(
                analyst: ReviewAnswer(reviewer: "rules/1", bytes: Array("{\"a\": 1}\n".utf8)),
                compliance: ReviewAnswer(reviewer: "model/2", bytes: nil)),
            #"{"analyst":{"reviewer":"rules/1","text":"{\"a\": 1}\n"},"compliance":{"reviewer":"model/2"}}"#)
    }

    @Test func citationsComeBack() throws {
        try expect(
            Self.citation,
            #"{"digest":"\#(Digest(of: "policy"))","id":"MER-12","title":"Knee imaging","version":"2026-01"}"#)
    }

    @Test func opinionsAreJSONThatFitsTheirSchemas() throws {
        let analyst = AnalystOpinion(decision: .pend, reason: "r", missingData: ["a", "b"], escalate: true)
        #expect(AnalystOpinion(analyst.json) == analyst)
        #expect(ReviewAnswers.analystSchema.violations(in: analyst.json).isEmpty)
        let compliance = ComplianceOpinion(riskLevel: .medium, auditNotes: [], humanReviewRequired: false)
        #expect(ComplianceOpinion(compliance.json) == compliance)
        #expect(ReviewAnswers.complianceSchema.violations(in: compliance.json).isEmpty)
        #expect(
            String(decoding: try Canonical.encode(compliance.json), as: UTF8.self)
                == #"{"audit_notes":[],"human_review_required":false,"risk_level":"medium"}"#)
        // A model's answer need not be canonical.
        let answers = ReviewAnswers(
            analyst: ReviewAnswer(reviewer: "m", bytes: Array(analyst.json.pretty.utf8)),
            compliance: ReviewAnswer(reviewer: "m", bytes: Array(#"{"risk_level":"none"}"#.utf8)))
        #expect(answers.analystOpinion == analyst)
        #expect(answers.complianceOpinion == nil)
    }

    @Test(
        arguments: [
            ["decision": "odd", "reason": "r", "missing_data": [], "escalate": false],
            ["decision": "pend", "missing_data": [], "escalate": false],
            ["decision": "pend", "reason": "r", "missing_data": [1], "escalate": false],
            ["decision": "pend", "reason": "r", "missing_data": "x", "escalate": false],
            ["decision": "pend", "reason": "r", "missing_data": [], "escalate": "no"], [],
        ] as [JSON])
    func whatIsNoOpinionIsNotRead(json: JSON) {
        #expect(AnalystOpinion(json) == nil)
        #expect(ComplianceOpinion(json) == nil)
    }

    @Test(
        arguments: [
            ["risk_level": "odd", "audit_notes": [], "human_review_required": false],
            ["risk_level": "low", "audit_notes": [nil], "human_review_required": false],
            ["risk_level": "low", "audit_notes": []],
        ] as [JSON])
    func whatIsNoComplianceOpinionIsNotRead(json: JSON) {
        #expect(ComplianceOpinion(json) == nil)
    }
}
