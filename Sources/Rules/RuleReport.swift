public import HealthTypes

/// What the rules of a stage say of one claim: the hits and what could not be known.
public struct RuleReport: Hashable, Sendable, Codable {
    /// The digest of the rule book.
    public let book: Digest
    /// Ids of the rules that ran, in the order in which they ran.
    public let evaluated: [String]
    public let results: [RuleResult]

    /// The gravest effect among the results; nil where nothing stands in the way.
    public var worst: RuleSeverity? { results.compactMap(\.effect).max() }

    public var hits: [RuleResult] { results.filter { $0.truth == .yes } }
    public var unknowns: [RuleResult] { results.filter { $0.truth == .unknown } }
}

/// One rule that hit or could not be answered.
public struct RuleResult: Hashable, Sendable, Codable {
    public let ruleID: String
    public let pack: String
    public let packVersion: String
    public let title: String
    /// Yes or unknown.
    public let truth: Truth
    public let severity: RuleSeverity
    public let status: RuleStatus
    public let onUnknown: UnknownAnswer
    public let message: String
    public let fix: RuleFix
    public let predicts: [String]
    public let evidenceToChange: [String]
    public let rationale: String?
    public let appeal: String?
    /// The elements of lists that are the reason, such as `claim.lines[2]`, positions from zero.
    public let locations: [String]

    init(_ rule: Rule, of pack: RulePack, _ truth: Truth, at locations: [String]) {
        ruleID = rule.id
        self.pack = pack.id
        packVersion = pack.version
        title = rule.title
        self.truth = truth
        severity = rule.severity
        status = rule.status
        onUnknown = rule.onUnknown
        message = rule.message
        fix = rule.fix
        predicts = rule.predicts
        evidenceToChange = rule.evidenceToChange
        rationale = rule.rationale
        appeal = rule.appeal
        self.locations = locations
    }

    /// What the result asks for. A rule in shadow asks for nothing, one that warns for no more than a warning; what
    /// is unknown holds the claim for a person unless the rule lets it pass.
    public var effect: RuleSeverity? {
        switch (status, truth) {
        case (.warn, .yes): .warn
        case (.block, .yes): severity
        case (.warn, .unknown): onUnknown == .pend ? .warn : nil
        case (.block, .unknown): onUnknown == .pend ? min(severity, .hold) : nil
        default: nil
        }
    }
}
