public import ClinicalKnowledge
public import HealthTypes
public import Review
public import Rules
public import Terminology

/// All data in force at one time. A batch of cases is decided on one generation; a running server can be given the
/// next. Stages read nothing else: no clock, no file, no table.
public struct Generation: Sendable {
    /// Of the manifest that names all of it.
    public var digest: Digest
    public var engines: Engines
    public var reviewers: Reviewers

    public init(digest: Digest, engines: Engines, reviewers: Reviewers = .rules) {
        self.digest = digest
        self.engines = engines
        self.reviewers = reviewers
    }
}

/// The data-driven engines, each built from files that the generation's manifest pins.
public struct Engines: Sendable {
    public var rules: RuleBook
    public var tables: CodeTables
    public var knowledge: KnowledgeBase
    public var policies: PolicyBook

    public init(rules: RuleBook, tables: CodeTables, knowledge: KnowledgeBase, policies: PolicyBook) {
        self.rules = rules
        self.tables = tables
        self.knowledge = knowledge
        self.policies = policies
    }
}

/// Who reviews claims.
public enum Reviewers: Sendable {
    /// Reviewers that answer alike whenever they are asked alike: they run inside the decision, and again on replay.
    case immediate(ReviewPanel)
    /// Reviewers elsewhere: the claim is sent to them, and their answer raises the next trigger.
    case sent(identity: String)

    public static let rules = Reviewers.immediate(.rules)
}
