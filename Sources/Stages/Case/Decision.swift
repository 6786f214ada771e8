public import Claims
public import HealthTypes
public import Review

/// The five stages, in the order in which an encounter passes them.
public enum Stage: String, Sendable, Codable, CaseIterable {
    case eligibility
    case priorAuthorization = "prior-authorization"
    case documentation
    case submission
    case denials

    public var title: String {
        switch self {
        case .eligibility: "Eligibility"
        case .priorAuthorization: "Prior authorization"
        case .documentation: "Clinical documentation"
        case .submission: "Claim submission"
        case .denials: "Denial management"
        }
    }
}

/// Why a stage is asked to decide: a stage decides once on each occasion.
public struct Occasion: Hashable, Sendable, Codable {
    public var stage: Stage
    /// `ask:check-in`, `answer:3`, `claim:V100001-1`, `remit:2` ...
    public var name: String

    public init(_ stage: Stage, _ name: String) {
        self.stage = stage
        self.name = name
    }

    /// The word before the colon.
    public var verb: String { String(name.prefix { $0 != ":" }) }
    /// What follows it.
    public var subject: String { String(name.drop { $0 != ":" }.dropFirst()) }
}

/// What a stage decided on an occasion, and all that it rests on. Its canonical JSON is what replay must reproduce.
public struct Decision: Hashable, Sendable, Codable {
    public var id: String
    public var caseID: String
    public var occasion: Occasion
    public var madeAt: Instant
    /// The journal entry up to which the facts were known, and its digest, which covers every entry before it.
    public var factsThrough: Int
    public var factsDigest: Digest
    /// The ground record: versions, digests, and what lay outside the case.
    public var ground: Digest
    /// A word of the stage's own: `active`, `not_required`, `sent`, `held` ...
    public var outcome: String
    /// One sentence for people, without a patient's data.
    public var summary: String
    public var checks: [Check]
    public var gate: GateDecision?
    public var reviews: ReviewAnswers?
    public var citations: [PolicyCitation]
    /// What the stage hands to the next: an object that fits the stage's contract.
    public var handoff: JSON?
    public var effects: [Effect]

    /// A ruling with all that it rests on.
    public init(
        _ ruling: Ruling, on occasion: Occasion, facts: CaseFacts, ground: Ground, groundDigest: Digest
    ) {
        id = Self.id(caseID: facts.id, occasion: occasion)
        caseID = facts.id
        self.occasion = occasion
        madeAt = ground.now
        factsThrough = facts.sequence
        factsDigest = facts.digest ?? Digest(of: "")
        self.ground = groundDigest
        outcome = ruling.outcome
        summary = ruling.summary
        checks = ruling.checks
        gate = ruling.gate
        reviews = ruling.gate == nil ? nil : ground.notes.reviews
        citations = ruling.citations
        handoff = ruling.handoff
        effects = ruling.effects
    }

    /// Decisions of the same case, stage and occasion have the same id.
    public static func id(caseID: String, occasion: Occasion) -> String {
        "D-\(String(Digest(of: "\(caseID)|\(occasion.stage.rawValue)|\(occasion.name)").hex.prefix(16)))"
    }
}

/// What a stage says; the pipeline adds what it rests on and makes a ``Decision`` of it.
public struct Ruling: Sendable {
    public var outcome: String
    public var summary: String
    public var checks: [Check] = []
    public var gate: GateDecision?
    public var citations: [PolicyCitation] = []
    public var handoff: JSON?
    public var effects: [Effect] = []

    public init(_ outcome: String, _ summary: String) {
        self.outcome = outcome
        self.summary = summary
    }
}

/// Something that shall happen outside the case. Effects are values: they go to the outbox in the transaction that
/// holds the decision, and take place once.
public enum Effect: Hashable, Sendable, Codable {
    case inquireEligibility(EligibilityInquiry)
    case requestAuthorization(AuthorizationRequest)
    case submitClaim(Claim)
    case sendAppeal(Appeal)
    /// A FHIR resource for the EHR.
    case writeBack(resource: JSON)
    case openTask(TaskDraft)
    /// Withdraws the case's open task of a key.
    case withdrawTask(key: String)
    case setTimer(name: String, due: Instant)
    /// Lines for the claim history, so that duplicates and used units are seen.
    case recordClaim(Claim, state: String)
    /// Adjudicated lines, for the denial patterns that stages 1, 2 and 4 are shown.
    case learn([AdjudicatedLine])
}

/// One adjudicated line as the denial patterns count it.
public struct AdjudicatedLine: Hashable, Sendable, Codable {
    public var payerID: String
    public var procedure: String
    public var modifiers: [String]
    /// The denials on it, as `CO-4`, with the amounts.
    public var denials: [Adjustment]

    public init(payerID: String, procedure: String, modifiers: [String], denials: [Adjustment]) {
        self.payerID = payerID
        self.procedure = procedure
        self.modifiers = modifiers
        self.denials = denials
    }
}

/// A question for a person: why it is asked, what it rests on, until when, and what may be answered.
public struct TaskDraft: Hashable, Sendable, Codable {
    public struct Answer: Hashable, Sendable, Codable {
        public var id: String
        public var label: String

        public init(_ id: String, _ label: String) {
            self.id = id
            self.label = label
        }
    }

    /// Unique in the case, such as `claim.held:V100001-1`; what stands before the colon is the kind.
    public var key: String
    public var title: String
    public var reason: String
    /// Each line names a fact and where it stands.
    public var evidence: [String]
    public var deadline: Instant?
    public var answers: [Answer]
    public var amount: Money
    /// A document to be read before answering, such as a letter to attest.
    public var document: SupportingDocument?

    public init(
        key: String, title: String, reason: String, evidence: [String] = [], deadline: Instant? = nil,
        answers: [Answer], amount: Money = .zero, document: SupportingDocument? = nil
    ) {
        self.key = key
        self.title = title
        self.reason = reason
        self.evidence = evidence
        self.deadline = deadline
        self.answers = answers
        self.amount = amount
        self.document = document
    }

    /// Stands before the number of a question that is put again.
    static let numberMark = " #"

    public var kind: String { String(key.prefix { $0 != ":" }) }
    /// What the question is about, such as a claim's control number; without the number of a question put again.
    public var subject: String {
        let subject = key.drop { $0 != ":" }.dropFirst()
        return String(subject.firstRange(of: Self.numberMark).map { subject[..<$0.lowerBound] } ?? subject)
    }

    /// The task's id in the store.
    public static func id(caseID: String, key: String) -> String {
        "T-\(String(Digest(of: "\(caseID)|\(key)").hex.prefix(12)))"
    }
}
