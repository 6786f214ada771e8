public import HealthTypes

/// What the analyst makes of a claim. It is advice: only the gate decides.
public struct AnalystOpinion: Hashable, Sendable {
    public enum Decision: String, Sendable {
        case approve = "approve"
        case deny = "deny"
        case pend = "pend"
    }

    public var decision: Decision
    public var reason: String
    public var missingData: [String]
    public var escalate: Bool

    public init(decision: Decision, reason: String, missingData: [String], escalate: Bool) {
        self.decision = decision
        self.reason = reason
        self.missingData = missingData
        self.escalate = escalate
    }

    /// Reads an answer that fits ``ReviewAnswers/analystSchema``; nil for any other.
    public init?(_ json: JSON) {
        guard let decision = json["decision"]?.string.flatMap(Decision.init), let reason = json["reason"]?.string,
            let missing = json["missing_data"]?.texts, let escalate = json["escalate"]?.bool
        else { return nil }
        self.init(decision: decision, reason: reason, missingData: missing, escalate: escalate)
    }

    /// As ``ReviewAnswers/analystSchema`` has it.
    public var json: JSON {
        [
            "decision": .string(decision.rawValue), "escalate": .bool(escalate),
            "missing_data": .array(missingData.map(JSON.string)), "reason": .string(reason),
        ]
    }
}

/// What the compliance reviewer makes of it.
public struct ComplianceOpinion: Hashable, Sendable {
    public enum Risk: String, Sendable {
        case low = "low"
        case medium = "medium"
        case high = "high"
    }

    public var riskLevel: Risk
    public var auditNotes: [String]
    public var humanReviewRequired: Bool

    public init(riskLevel: Risk, auditNotes: [String], humanReviewRequired: Bool) {
        self.riskLevel = riskLevel
        self.auditNotes = auditNotes
        self.humanReviewRequired = humanReviewRequired
    }

    /// Reads an answer that fits ``ReviewAnswers/complianceSchema``; nil for any other.
    public init?(_ json: JSON) {
        guard let risk = json["risk_level"]?.string.flatMap(Risk.init), let notes = json["audit_notes"]?.texts,
            let isForPerson = json["human_review_required"]?.bool
        else { return nil }
        self.init(riskLevel: risk, auditNotes: notes, humanReviewRequired: isForPerson)
    }

    /// As ``ReviewAnswers/complianceSchema`` has it.
    public var json: JSON {
        [
            "audit_notes": .array(auditNotes.map(JSON.string)), "human_review_required": .bool(humanReviewRequired),
            "risk_level": .string(riskLevel.rawValue),
        ]
    }
}

extension JSON {
    /// The strings of an array; nil where it is none, or holds anything else.
    fileprivate var texts: [String]? {
        guard let array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }
}

/// Somebody or something that reviews: rules, or a model behind an endpoint.
///
/// The answer is text, and is trusted no further than its schema: what does not fit counts as no answer, and the
/// gate pends where an opinion is missing.
public protocol Reviewer: Sendable {
    /// Name and version, such as `rules/1`; recorded with every opinion.
    var identity: String { get }
    /// Whether the same request always gives the same bytes. If not, replay reads the stored answer.
    var isDeterministic: Bool { get }
    func review(_ request: ReviewRequest) throws -> [UInt8]
}

/// The two reviewers of a claim.
public struct ReviewPanel: Sendable {
    public var analyst: any Reviewer
    public var compliance: any Reviewer

    public init(analyst: any Reviewer, compliance: any Reviewer) {
        self.analyst = analyst
        self.compliance = compliance
    }

    /// Both reviewers as rules.
    public static let rules = ReviewPanel(analyst: RuleAnalyst(), compliance: RuleCompliance())

    /// Asks both. A reviewer that throws has given no answer.
    public func review(_ request: ReviewRequest) -> ReviewAnswers {
        ReviewAnswers(
            analyst: ReviewAnswer(reviewer: analyst.identity, bytes: try? analyst.review(request)),
            compliance: ReviewAnswer(reviewer: compliance.identity, bytes: try? compliance.review(request)))
    }
}

/// What a reviewer answered, as it came.
public struct ReviewAnswer: Hashable, Sendable {
    public var reviewer: String
    /// Nil where there was no answer.
    public var text: String?

    public init(reviewer: String, bytes: [UInt8]?) {
        self.reviewer = reviewer
        text = bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }
}

/// The raw answers of the panel; what the record keeps.
public struct ReviewAnswers: Hashable, Sendable {
    public var analyst: ReviewAnswer
    public var compliance: ReviewAnswer

    public init(analyst: ReviewAnswer, compliance: ReviewAnswer) {
        self.analyst = analyst
        self.compliance = compliance
    }

    /// The analyst's opinion, where the answer fits its schema.
    public var analystOpinion: AnalystOpinion? {
        Self.read(analyst, against: Self.analystSchema).flatMap(AnalystOpinion.init)
    }
    public var complianceOpinion: ComplianceOpinion? {
        Self.read(compliance, against: Self.complianceSchema).flatMap(ComplianceOpinion.init)
    }

    private static func read(_ answer: ReviewAnswer, against schema: JSONSchema) -> JSON? {
        guard let text = answer.text, let json = try? JSON(parsing: text), schema.violations(in: json).isEmpty
        else { return nil }
        return json
    }

    /// The contract of an analyst's answer (`docs/contracts/analyst-opinion.schema.json` is its published copy).
    public static let analystSchema = try! JSONSchema([
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Analyst opinion", "type": "object",
        "additionalProperties": false, "required": ["decision", "reason", "missing_data", "escalate"],
        "properties": [
            "decision": ["enum": ["approve", "deny", "pend"]],
            "reason": ["type": "string", "minLength": 1, "maxLength": 2000],
            "missing_data": ["type": "array", "maxItems": 50, "items": ["type": "string", "maxLength": 500]],
            "escalate": ["type": "boolean"],
        ],
    ])

    /// The contract of a compliance reviewer's answer.
    public static let complianceSchema = try! JSONSchema([
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Compliance opinion", "type": "object",
        "additionalProperties": false, "required": ["risk_level", "audit_notes", "human_review_required"],
        "properties": [
            "risk_level": ["enum": ["low", "medium", "high"]],
            "audit_notes": ["type": "array", "maxItems": 50, "items": ["type": "string", "maxLength": 2000]],
            "human_review_required": ["type": "boolean"],
        ],
    ])
}
