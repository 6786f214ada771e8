public import HealthTypes

/// One entry of a case's journal: what happened, in the order in which it was accepted. Entries are only ever added.
public struct JournalRow: Hashable, Sendable {
    public var caseID: String
    /// From 1, without gaps.
    public var sequence: Int
    public var at: Instant
    public var kind: String
    /// Canonical JSON.
    public var body: [UInt8]
    /// SHA-256 over the entry before it and this one, so that a changed entry breaks every later digest.
    public var digest: Digest

    /// What the digest of an entry is taken over.
    public static func chain(
        previous: Digest?, caseID: String, sequence: Int, at: Instant, kind: String, body: [UInt8]
    ) -> Digest {
        Digest(of: Array("\(previous?.hex ?? "")\n\(caseID)\n\(sequence)\n\(at)\n\(kind)\n".utf8) + body)
    }
}

/// A message that came in or went out, with its bytes in the content store.
public struct MessageRow: Hashable, Sendable {
    public enum Direction: String, Sendable {
        case incoming = "in"
        case outgoing = "out"
    }

    /// What became of it.
    public enum State: String, Sendable, CaseIterable {
        /// Read, and every part of it handed to a case or a table.
        case accepted
        /// Some parts were refused; they stand in `issues`.
        case partial
        /// Nothing in it could be used; it is kept to be looked at.
        case refused
        /// Read, but no case is known that it belongs to.
        case unmatched
        /// Seen before: the same bytes, or the same message again.
        case duplicate
        /// Delivered to its receiver.
        case sent
    }

    public var id: Int
    public var direction: Direction
    /// `x12`, `hl7v2`, `fhir`, `json`, `table`, `unknown`.
    public var format: String
    /// `837`, `SIU^S12`, `Bundle` ...
    public var kind: String
    public var digest: Digest
    /// The file or connection it came from or went to.
    public var source: String
    public var at: Instant
    public var state: State
    /// JSON array of issues.
    public var issues: [UInt8]
    public var byteCount: Int

    public init(
        id: Int = 0, direction: Direction, format: String, kind: String, digest: Digest, source: String, at: Instant,
        state: State, issues: [UInt8] = Array("[]".utf8), byteCount: Int
    ) {
        self.id = id
        self.direction = direction
        self.format = format
        self.kind = kind
        self.digest = digest
        self.source = source
        self.at = at
        self.state = state
        self.issues = issues
        self.byteCount = byteCount
    }
}

/// An effect that a decision has ordered.
public struct OutboxRow: Hashable, Sendable {
    public var id: Int
    public var caseID: String
    /// `270`, `837`, `pas`, `appeal`, `ehr`.
    public var kind: String
    /// A payer id, or `ehr`.
    public var receiver: String
    /// Ordering a key twice orders it once.
    public var key: String
    public var body: [UInt8]
    public var orderedAt: Instant

    public init(
        id: Int = 0, caseID: String, kind: String, receiver: String, key: String, body: [UInt8], orderedAt: Instant
    ) {
        self.id = id
        self.caseID = caseID
        self.kind = kind
        self.receiver = receiver
        self.key = key
        self.body = body
        self.orderedAt = orderedAt
    }
}

/// A message formed from one effect or several, to be delivered at least once and to count once.
public struct TransmissionRow: Hashable, Sendable {
    public var id: Int
    public var kind: String
    public var receiver: String
    public var key: String
    public var digest: Digest
    public var attempts: Int

    public init(id: Int = 0, kind: String, receiver: String, key: String, digest: Digest, attempts: Int = 0) {
        self.id = id
        self.kind = kind
        self.receiver = receiver
        self.key = key
        self.digest = digest
        self.attempts = attempts
    }
}

/// What a decision found wrong or could not answer.
public struct FindingRow: Hashable, Sendable {
    public var decisionID: String
    public var caseID: String
    public var stage: String
    public var checkID: String
    public var answer: String
    public var stops: Bool
    public var afterSending: Bool
    /// The claim it is about, where it is about one.
    public var controlNumber: String

    public init(
        decisionID: String, caseID: String, stage: String, checkID: String, answer: String, stops: Bool,
        afterSending: Bool, controlNumber: String
    ) {
        self.decisionID = decisionID
        self.caseID = caseID
        self.stage = stage
        self.checkID = checkID
        self.answer = answer
        self.stops = stops
        self.afterSending = afterSending
        self.controlNumber = controlNumber
    }
}

/// What one remittance did to a claim's money.
public struct PostingRow: Hashable, Sendable {
    public var decisionID: String
    public var caseID: String
    public var controlNumber: String
    public var payerID: String
    public var charge: Money
    public var paid: Money
    public var patient: Money
    public var denied: Money
    /// Whether the claim, or the one that it replaces, was settled before.
    public var isFollowUp: Bool

    public init(
        decisionID: String, caseID: String, controlNumber: String, payerID: String, charge: Money, paid: Money,
        patient: Money, denied: Money, isFollowUp: Bool
    ) {
        self.decisionID = decisionID
        self.caseID = caseID
        self.controlNumber = controlNumber
        self.payerID = payerID
        self.charge = charge
        self.paid = paid
        self.patient = patient
        self.denied = denied
        self.isFollowUp = isFollowUp
    }
}

/// A question for a person.
public struct TaskRow: Hashable, Sendable {
    public enum State: String, Sendable {
        case open, resolved, withdrawn
    }

    public var id: String
    public var caseID: String
    public var stage: String
    public var kind: String
    /// Canonical JSON of the draft: reason, evidence, answers offered.
    public var body: [UInt8]
    public var amountCents: Int64
    public var openedAt: Instant
    public var deadline: Instant?
    public var state: State
    public var decisionID: String

    public init(
        id: String, caseID: String, stage: String, kind: String, body: [UInt8], amountCents: Int64, openedAt: Instant,
        deadline: Instant?, state: State = .open, decisionID: String
    ) {
        self.id = id
        self.caseID = caseID
        self.stage = stage
        self.kind = kind
        self.body = body
        self.amountCents = amountCents
        self.openedAt = openedAt
        self.deadline = deadline
        self.state = state
        self.decisionID = decisionID
    }
}

/// A decision and what it rests on.
public struct DecisionRow: Hashable, Sendable {
    public var id: String
    public var caseID: String
    public var stage: String
    public var occasion: String
    public var outcome: String
    public var madeAt: Instant
    /// The journal entry up to which the facts were folded, and that entry's digest.
    public var factsThrough: Int
    public var factsDigest: Digest
    /// The ground record in the content store.
    public var ground: Digest
    /// The decision's own bytes in the content store.
    public var body: Digest

    public init(
        id: String, caseID: String, stage: String, occasion: String, outcome: String, madeAt: Instant,
        factsThrough: Int, factsDigest: Digest, ground: Digest, body: Digest
    ) {
        self.id = id
        self.caseID = caseID
        self.stage = stage
        self.occasion = occasion
        self.outcome = outcome
        self.madeAt = madeAt
        self.factsThrough = factsThrough
        self.factsDigest = factsDigest
        self.ground = ground
        self.body = body
    }
}

/// One line of a claim that was sent, kept to find duplicates and to count units against an authorization.
public struct ClaimHistoryRow: Hashable, Sendable {
    public var controlNumber: String
    public var caseID: String
    public var payerID: String
    public var memberID: String
    public var providerNPI: String
    public var serviceDate: CalendarDate
    public var procedure: String
    public var modifiers: String
    public var chargeCents: Int64
    public var units: Int
    public var authorization: String?
    /// `held`, `submitted`, `rejected`, `void`.
    public var state: String

    public init(
        controlNumber: String, caseID: String, payerID: String, memberID: String, providerNPI: String,
        serviceDate: CalendarDate, procedure: String, modifiers: String, chargeCents: Int64, units: Int,
        authorization: String?, state: String
    ) {
        self.controlNumber = controlNumber
        self.caseID = caseID
        self.payerID = payerID
        self.memberID = memberID
        self.providerNPI = providerNPI
        self.serviceDate = serviceDate
        self.procedure = procedure
        self.modifiers = modifiers
        self.chargeCents = chargeCents
        self.units = units
        self.authorization = authorization
        self.state = state
    }
}

/// How often a payer denied a kind of line for a reason: what stages 1, 2 and 4 are shown.
public struct DenialPatternRow: Hashable, Sendable, Codable {
    public var payerID: String
    public var procedure: String
    public var modifiers: String
    /// `CO-4`.
    public var reason: String
    public var denied: Int
    /// Lines adjudicated of the same payer, procedure and modifiers.
    public var adjudicated: Int
    public var deniedCents: Int64

    public init(
        payerID: String, procedure: String, modifiers: String, reason: String, denied: Int, adjudicated: Int,
        deniedCents: Int64
    ) {
        self.payerID = payerID
        self.procedure = procedure
        self.modifiers = modifiers
        self.reason = reason
        self.denied = denied
        self.adjudicated = adjudicated
        self.deniedCents = deniedCents
    }
}

/// A policy document that reviewers and the gate rest on.
public struct PolicyRow: Hashable, Sendable {
    public var id: String
    public var payerID: String
    public var version: String
    public var title: String
    public var from: CalendarDate
    public var to: CalendarDate?
    public var text: String
    public var digest: Digest

    public init(
        id: String, payerID: String, version: String, title: String, from: CalendarDate, to: CalendarDate?,
        text: String, digest: Digest
    ) {
        self.id = id
        self.payerID = payerID
        self.version = version
        self.title = title
        self.from = from
        self.to = to
        self.text = text
        self.digest = digest
    }
}
