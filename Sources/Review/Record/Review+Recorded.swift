public import HealthTypes

extension Check.Answer: RecordedTag {}
extension Check.Severity: RecordedTag {}

extension Check: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("answer", answer)
        writer.field("basis", basis)
        writer.field("evidence_to_change", evidenceToChange)
        writer.field("fix", fix)
        writer.field("id", id)
        writer.field("message", message)
        writer.field("predicts", predicts)
        writer.field("severity", severity)
        writer.field("title", title)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        answer = try reader.field("answer")
        basis = try reader.field("basis")
        evidenceToChange = try reader.field("evidence_to_change")
        fix = try reader.field("fix")
        id = try reader.field("id")
        message = try reader.field("message")
        predicts = try reader.field("predicts")
        severity = try reader.field("severity")
        title = try reader.field("title")
        try reader.end()
    }
}

extension GateDecision.Verdict: RecordedTag {}

extension GateDecision: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("appeal_path", appealPath)
        writer.field("evidence_that_would_change", evidenceThatWouldChange)
        writer.field("rationale", rationale)
        writer.field("rule", rule)
        writer.field("verdict", verdict)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        appealPath = try reader.field("appeal_path")
        evidenceThatWouldChange = try reader.field("evidence_that_would_change")
        rationale = try reader.field("rationale")
        rule = try reader.field("rule")
        verdict = try reader.field("verdict")
        try reader.end()
    }
}

extension ReviewAnswer: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("reviewer", reviewer)
        writer.field("text", text)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        reviewer = try reader.field("reviewer")
        text = try reader.field("text")
        try reader.end()
    }
}

extension ReviewAnswers: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("analyst", analyst)
        writer.field("compliance", compliance)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        analyst = try reader.field("analyst")
        compliance = try reader.field("compliance")
        try reader.end()
    }
}

extension PolicyCitation: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("digest", digest)
        writer.field("id", id)
        writer.field("title", title)
        writer.field("version", version)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        digest = try reader.field("digest")
        id = try reader.field("id")
        title = try reader.field("title")
        version = try reader.field("version")
        try reader.end()
    }
}
