public import HealthTypes

/// The rows that follow from a case's entries. Every one can be derived again from the journal, and `verify` does.
///
/// Words in them are written tags that belong to whoever derives the rows; the store compares them with nothing.
public struct Rows: Hashable, Sendable {
    public var decisions: [DecisionRow] = []
    public var findings: [FindingRow] = []
    public var postings: [PostingRow] = []
    public var claimLines: [ClaimLineRow] = []
    public var claimStates: [ClaimStateRow] = []
    public var adjudicated: [AdjudicatedRow] = []
    public var sends: [SendRow] = []
    public var workOpened: [WorkItemRow] = []
    public var workEnded: [WorkEndRow] = []
    /// The line by which the case is listed.
    public var summary: SummaryRow?

    public init() {}
}

/// A decision, by its entry.
public struct DecisionRow: Hashable, Sendable {
    public var entry: Int
    public var stage: String
    /// The kind of trigger that was decided on.
    public var reason: String
    public var outcome: String
    public var madeAt: Instant
    public var generation: Digest

    public init(entry: Int, stage: String, reason: String, outcome: String, madeAt: Instant, generation: Digest) {
        self.entry = entry
        self.stage = stage
        self.reason = reason
        self.outcome = outcome
        self.madeAt = madeAt
        self.generation = generation
    }
}

/// What a decision found wrong or could not answer.
public struct FindingRow: Hashable, Sendable {
    public var entry: Int
    public var number: Int
    public var stage: String
    public var checkID: String
    public var answer: String
    public var stops: Bool
    /// Whether a claim of the case had gone out before.
    public var afterSending: Bool
    /// The claim it is about; empty where it is about none.
    public var controlNumber: String

    public init(
        entry: Int, number: Int, stage: String, checkID: String, answer: String, stops: Bool, afterSending: Bool,
        controlNumber: String
    ) {
        self.entry = entry
        self.number = number
        self.stage = stage
        self.checkID = checkID
        self.answer = answer
        self.stops = stops
        self.afterSending = afterSending
        self.controlNumber = controlNumber
    }
}

/// What one decision did to a claim's money.
public struct PostingRow: Hashable, Sendable {
    public var entry: Int
    public var number: Int
    public var at: Instant
    public var controlNumber: String
    public var payerID: String
    public var charge: Money
    public var paid: Money
    public var patient: Money
    public var contractual: Money
    public var denied: Money
    public var writtenOff: Money
    /// Whether the claim, or the one that it replaces, was settled before.
    public var isFollowUp: Bool

    public init(
        entry: Int, number: Int, at: Instant, controlNumber: String, payerID: String, charge: Money, paid: Money,
        patient: Money, contractual: Money, denied: Money, writtenOff: Money, isFollowUp: Bool
    ) {
        self.entry = entry
        self.number = number
        self.at = at
        self.controlNumber = controlNumber
        self.payerID = payerID
        self.charge = charge
        self.paid = paid
        self.patient = patient
        self.contractual = contractual
        self.denied = denied
        self.writtenOff = writtenOff
        self.isFollowUp = isFollowUp
    }
}

/// One line of a claim of the case.
public struct ClaimLineRow: Hashable, Sendable {
    public var caseNumber: CaseNumber
    /// The claim, by the entry that made it and its number in it; then the line, from 1.
    public var claimEntry: Int
    public var claimNumber: Int
    public var line: Int
    public var controlNumber: String
    /// Whether it is a first claim, and not a replacement.
    public var isOriginal: Bool
    public var payerID: String
    public var memberID: String
    public var billingNPI: String
    public var renderingNPI: String?
    public var serviceDate: CalendarDate
    public var procedure: String
    public var modifiers: [String]
    public var charge: Money
    public var units: Int
    public var authorization: String?
    public var state: String

    public init(
        caseNumber: CaseNumber, claimEntry: Int, claimNumber: Int, line: Int, controlNumber: String, isOriginal: Bool,
        payerID: String, memberID: String, billingNPI: String, renderingNPI: String?, serviceDate: CalendarDate,
        procedure: String, modifiers: [String], charge: Money, units: Int, authorization: String?, state: String
    ) {
        self.caseNumber = caseNumber
        self.claimEntry = claimEntry
        self.claimNumber = claimNumber
        self.line = line
        self.controlNumber = controlNumber
        self.isOriginal = isOriginal
        self.payerID = payerID
        self.memberID = memberID
        self.billingNPI = billingNPI
        self.renderingNPI = renderingNPI
        self.serviceDate = serviceDate
        self.procedure = procedure
        self.modifiers = modifiers
        self.charge = charge
        self.units = units
        self.authorization = authorization
        self.state = state
    }
}

/// The state that all lines of a claim take on.
public struct ClaimStateRow: Hashable, Sendable {
    public var claimEntry: Int
    public var claimNumber: Int
    public var state: String

    public init(claimEntry: Int, claimNumber: Int, state: String) {
        self.claimEntry = claimEntry
        self.claimNumber = claimNumber
        self.state = state
    }
}

/// One adjudicated line, or one denial on it, for the denial patterns; a line without denials has one row without a
/// reason.
public struct AdjudicatedRow: Hashable, Sendable {
    public var entry: Int
    public var number: Int
    public var payerID: String
    public var procedure: String
    public var modifiers: [String]
    /// The line's place among the entry's lines: several denials may stand on one.
    public var line: Int
    /// Group and reason; nil where nothing was denied.
    public var group: String?
    public var reason: String?
    public var amount: Money

    public init(
        entry: Int, number: Int, payerID: String, procedure: String, modifiers: [String], line: Int, group: String?,
        reason: String?, amount: Money
    ) {
        self.entry = entry
        self.number = number
        self.payerID = payerID
        self.procedure = procedure
        self.modifiers = modifiers
        self.line = line
        self.group = group
        self.reason = reason
        self.amount = amount
    }
}

/// How often a payer denied a kind of line for a reason. It follows behind the commits.
public struct DenialPatternRow: Hashable, Sendable {
    public var payerID: String
    public var procedure: String
    public var modifiers: [String]
    public var group: String
    public var reason: String
    public var denied: Int
    /// Lines adjudicated of the same payer, procedure and modifiers.
    public var adjudicated: Int
    public var amount: Money

    public init(
        payerID: String, procedure: String, modifiers: [String], group: String, reason: String, denied: Int,
        adjudicated: Int, amount: Money
    ) {
        self.payerID = payerID
        self.procedure = procedure
        self.modifiers = modifiers
        self.group = group
        self.reason = reason
        self.denied = denied
        self.adjudicated = adjudicated
        self.amount = amount
    }
}

/// Something that a decision sends, before a message is formed of it.
public struct SendRow: Hashable, Sendable {
    public var entry: Int
    public var number: Int
    /// The lane that it goes by: the kind of message and its receiver.
    public var lane: Lane
    /// Canonical JSON of what the message is made of. Never nil in a commit; the record drops it once the message is
    /// formed.
    public var body: [UInt8]?
    public var orderedAt: Instant
    /// What goes before it: another send of the same case, whose delivery must have come to its end, whatever end.
    public var afterEntry: Int?
    public var afterNumber: Int?
    /// What it is of, for lists: a control number, a trace.
    public var subject: String

    public init(
        entry: Int, number: Int, lane: Lane, body: [UInt8]?, orderedAt: Instant, afterEntry: Int? = nil,
        afterNumber: Int? = nil, subject: String
    ) {
        self.entry = entry
        self.number = number
        self.lane = lane
        self.body = body
        self.orderedAt = orderedAt
        self.afterEntry = afterEntry
        self.afterNumber = afterNumber
        self.subject = subject
    }
}

/// Where messages of one kind go to one receiver. A lane that waits holds up no other.
public struct Lane: Hashable, Sendable {
    /// A written tag.
    public var kind: String
    /// A payer id, or the name of another receiver.
    public var receiver: String

    public init(kind: String, receiver: String) {
        self.kind = kind
        self.receiver = receiver
    }
}

/// A question for a person, as the queue lists it; what it says stands in the journal.
public struct WorkItemRow: Hashable, Sendable {
    public var entry: Int
    public var number: Int
    public var stage: String
    public var kind: String
    public var amount: Money
    public var openedAt: Instant
    public var deadline: Instant?

    public init(
        entry: Int, number: Int, stage: String, kind: String, amount: Money, openedAt: Instant, deadline: Instant?
    ) {
        self.entry = entry
        self.number = number
        self.stage = stage
        self.kind = kind
        self.amount = amount
        self.openedAt = openedAt
        self.deadline = deadline
    }
}

/// The end of a work item.
public struct WorkEndRow: Hashable, Sendable {
    public enum State: Int, Sendable, CaseIterable {
        case open = 0
        case answered = 1
        case withdrawn = 2
    }

    public var entry: Int
    public var number: Int
    public var state: State
    public var endedAt: Instant
    /// Who answered; nil where it was withdrawn.
    public var by: String?

    public init(entry: Int, number: Int, state: State, endedAt: Instant, by: String?) {
        self.entry = entry
        self.number = number
        self.state = state
        self.endedAt = endedAt
        self.by = by
    }
}

/// The line by which a case is listed.
public struct SummaryRow: Hashable, Sendable {
    /// A visit number or a claim's control number.
    public var title: String
    public var stage: String
    public var state: String
    public var payerID: String
    public var serviceDate: CalendarDate?
    public var charge: Money
    public var paid: Money

    public init(
        title: String, stage: String, state: String, payerID: String, serviceDate: CalendarDate?, charge: Money,
        paid: Money
    ) {
        self.title = title
        self.stage = stage
        self.state = state
        self.payerID = payerID
        self.serviceDate = serviceDate
        self.charge = charge
        self.paid = paid
    }
}
