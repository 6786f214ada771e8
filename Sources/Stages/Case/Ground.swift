public import Claims
public import ClinicalKnowledge
public import HealthTypes
public import Review
public import Rules
public import Terminology

/// What a decision stands on besides the facts of its case. A stage reads nothing else: no clock, no file, no table.
public struct Ground: Sendable {
    public var engines: Engines
    public var record: GroundRecord

    public init(engines: Engines, record: GroundRecord) {
        self.engines = engines
        self.record = record
    }

    public var now: Instant { record.now }
    public var notes: GroundNotes { record.notes }
}

/// The data-driven engines, each built from files whose digest the ground record pins.
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

/// The ground in the form in which the record keeps it.
public struct GroundRecord: Hashable, Sendable, Codable {
    public var now: Instant
    /// The program's own version: its code is part of what a decision rests on.
    public var program: String
    /// Digests of the data folders: `rules`, `tables`, `knowledge`, `policies`.
    public var data: [String: Digest]
    /// Their versions, for people.
    public var versions: [String: String]
    public var notes: GroundNotes

    public init(now: Instant, program: String, data: [String: Digest], versions: [String: String], notes: GroundNotes) {
        self.now = now
        self.program = program
        self.data = data
        self.versions = versions
        self.notes = notes
    }
}

/// What lies outside the case and bears on the decision, as it stood at the time.
public struct GroundNotes: Hashable, Sendable, Codable {
    /// Claims in the history with the same member, provider, day, procedure and charge.
    public var duplicates: [PriorClaim] = []
    /// Units billed under the claim's authorization by other claims, by procedure.
    public var unitsUsed: [String: Int] = [:]
    /// The site's charge for one unit, by procedure.
    public var usualCharges: [String: Money] = [:]
    /// The site's billing organization.
    public var billing: Provider?
    /// What the payer denied before of the same procedures.
    public var denialPatterns: [DenialPattern] = []
    /// Documents found for the question, the best first.
    public var policies: [PolicyCitation] = []
    /// Stands for the member id where the id itself must not go.
    public var memberToken: String?
    /// The reviewers' raw answers.
    public var reviews: ReviewAnswers?

    public init() {}
}

/// A claim in the history that looks like the one at hand.
public struct PriorClaim: Hashable, Sendable, Codable {
    public var controlNumber: String
    public var caseID: String
    public var state: String

    public init(controlNumber: String, caseID: String, state: String) {
        self.controlNumber = controlNumber
        self.caseID = caseID
        self.state = state
    }
}

/// How often a payer denied lines like one at hand.
public struct DenialPattern: Hashable, Sendable, Codable {
    public var procedure: String
    public var modifiers: String
    public var reason: String
    public var denied: Int
    public var adjudicated: Int

    public init(procedure: String, modifiers: String, reason: String, denied: Int, adjudicated: Int) {
        self.procedure = procedure
        self.modifiers = modifiers
        self.reason = reason
        self.denied = denied
        self.adjudicated = adjudicated
    }

    /// A line for people: `70551 without modifiers: CO-4 on 3 of 4 adjudicated lines`.
    public var line: String {
        "\(procedure)\(modifiers.isEmpty ? " without modifiers" : "-\(modifiers)"): "
            + "\(reason) on \(denied) of \(adjudicated) adjudicated lines"
    }
}

extension GroundNotes {
    /// The patterns as checks that warn and stop nothing: what was denied before is shown, not judged.
    func patternChecks() -> [Check] {
        denialPatterns.map { pattern in
            Check(
                id: "pattern.\(pattern.reason)", title: "Denied before by this payer", answer: .failed,
                severity: .warn, message: pattern.line, predicts: [pattern.reason],
                basis: ["denial patterns of this site"])
        }
    }
}
