public import HealthTypes

/// A line of the case list.
public struct CaseLine: Hashable, Sendable {
    public var caseNumber: CaseNumber
    /// `encounter`, `claim` …: what opened it.
    public var kind: String
    public var openedAt: Instant
    /// Entries so far.
    public var entries: Int
    /// Nil until a decision has been made in it.
    public var summary: SummaryRow?
    /// When something is to be done in it; nil where only something from outside moves it on.
    public var dueAt: Instant?

    public init(
        caseNumber: CaseNumber, kind: String, openedAt: Instant, entries: Int, summary: SummaryRow?, dueAt: Instant?
    ) {
        self.caseNumber = caseNumber
        self.kind = kind
        self.openedAt = openedAt
        self.entries = entries
        self.summary = summary
        self.dueAt = dueAt
    }
}

/// Which cases a list shows; what is not given does not restrict it.
public struct CaseFilter: Hashable, Sendable {
    /// A case number in full, the whole value of a key, or how a title begins; empty for all.
    public var text: String
    public var payerID: String?
    public var stage: String?
    public var state: String?

    public init(text: String = "", payerID: String? = nil, stage: String? = nil, state: String? = nil) {
        self.text = text
        self.payerID = payerID
        self.stage = stage
        self.state = state
    }
}

/// Which decisions are meant; what is not given does not restrict.
public struct DecisionFilter: Hashable, Sendable {
    public var stage: String?
    public var reasons: Set<String>?
    public var outcomes: Set<String>?

    public init(stage: String? = nil, reasons: Set<String>? = nil, outcomes: Set<String>? = nil) {
        self.stage = stage
        self.reasons = reasons
        self.outcomes = outcomes
    }
}

public struct DecisionCount: Hashable, Sendable {
    public var stage: String
    public var reason: String
    public var outcome: String
    public var count: Int

    public init(stage: String, reason: String, outcome: String, count: Int) {
        self.stage = stage
        self.reason = reason
        self.outcome = outcome
        self.count = count
    }
}

/// A decision with its case, for lists over cases.
public struct DecisionLine: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var row: DecisionRow

    public init(caseNumber: CaseNumber, row: DecisionRow) {
        self.caseNumber = caseNumber
        self.row = row
    }
}

/// A finding with its case.
public struct FindingMark: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var row: FindingRow

    public init(caseNumber: CaseNumber, row: FindingRow) {
        self.caseNumber = caseNumber
        self.row = row
    }
}

/// How often a check gave an answer, and the decision in which it first did so in the oldest case.
public struct FindingCount: Hashable, Sendable {
    public var checkID: String
    public var answer: String
    public var count: Int
    public var caseNumber: CaseNumber
    public var entry: Int

    public init(checkID: String, answer: String, count: Int, caseNumber: CaseNumber, entry: Int) {
        self.checkID = checkID
        self.answer = answer
        self.count = count
        self.caseNumber = caseNumber
        self.entry = entry
    }
}

/// Sums of postings.
public struct PostingSums: Hashable, Sendable {
    public var count = 0
    public var charge = Money.zero
    public var paid = Money.zero
    public var patient = Money.zero
    public var contractual = Money.zero
    public var denied = Money.zero
    public var writtenOff = Money.zero

    public init() {}
}

/// Counts of what was posted.
public struct PostingCounts: Hashable, Sendable {
    /// Claims with a first settlement, and those of them on which it denied money.
    public var claimsSettled: Int
    public var claimsDenied: Int
    /// Cases to which more money came than was taken back after a first settlement.
    public var casesRecovered: Int
    /// Cases in which a first settlement denied money.
    public var casesDenied: Int

    public init(claimsSettled: Int, claimsDenied: Int, casesRecovered: Int, casesDenied: Int) {
        self.claimsSettled = claimsSettled
        self.claimsDenied = claimsDenied
        self.casesRecovered = casesRecovered
        self.casesDenied = casesDenied
    }
}

/// Claims by state, with what they charge.
public struct ClaimCount: Hashable, Sendable {
    public var state: String
    public var isOriginal: Bool
    public var claims: Int
    public var charge: Money

    public init(state: String, isOriginal: Bool, claims: Int, charge: Money) {
        self.state = state
        self.isOriginal = isOriginal
        self.claims = claims
        self.charge = charge
    }
}

/// A work item with its case and how it stands.
public struct WorkLine: Hashable, Sendable {
    public var caseNumber: CaseNumber
    public var row: WorkItemRow
    public var state: WorkEndRow.State
    public var endedAt: Instant?
    public var by: String?

    public init(
        caseNumber: CaseNumber, row: WorkItemRow, state: WorkEndRow.State = .open, endedAt: Instant? = nil,
        by: String? = nil
    ) {
        self.caseNumber = caseNumber
        self.row = row
        self.state = state
        self.endedAt = endedAt
        self.by = by
    }

    /// After which the next page begins.
    public var cursor: WorkCursor {
        WorkCursor(
            deadline: row.deadline, amount: row.amount, caseNumber: caseNumber, entry: row.entry, number: row.number)
    }
}

/// A place in the queue: the earliest deadline first, those without one last, then the larger amount.
public struct WorkCursor: Hashable, Sendable {
    public var deadline: Instant?
    public var amount: Money
    public var caseNumber: CaseNumber
    public var entry: Int
    public var number: Int

    public init(deadline: Instant?, amount: Money, caseNumber: CaseNumber, entry: Int, number: Int) {
        self.deadline = deadline
        self.amount = amount
        self.caseNumber = caseNumber
        self.entry = entry
        self.number = number
    }
}

public struct WorkFilter: Hashable, Sendable {
    public var stage: String?
    public var kinds: Set<String>?

    public init(stage: String? = nil, kinds: Set<String>? = nil) {
        self.stage = stage
        self.kinds = kinds
    }
}

/// Open work items of a kind.
public struct WorkCount: Hashable, Sendable {
    public var stage: String
    public var kind: String
    public var count: Int
    public var amount: Money

    public init(stage: String, kind: String, count: Int, amount: Money) {
        self.stage = stage
        self.kind = kind
        self.count = count
        self.amount = amount
    }
}

public struct MessageCount: Hashable, Sendable {
    public var direction: MessageRow.Direction
    public var state: MessageRow.State
    public var count: Int

    public init(direction: MessageRow.Direction, state: MessageRow.State, count: Int) {
        self.direction = direction
        self.state = state
        self.count = count
    }
}

/// A generation and when it was first used.
public struct GenerationRow: Hashable, Sendable {
    public var digest: Digest
    public var at: Instant
    public var byteCount: Int

    public init(digest: Digest, at: Instant, byteCount: Int) {
        self.digest = digest
        self.at = at
        self.byteCount = byteCount
    }
}

/// What the record holds in all.
public struct Totals: Hashable, Sendable {
    public var cases: Int
    public var entries: Int
    public var serviceEntries: Int
    public var decisions: Int
    public var messages: Int
    /// Cases that are due now or later.
    public var casesDue: Int
    public var casesSetAside: Int
    public var unitsWaiting: Int
    public var sendsUnformed: Int
    public var deliveriesWaiting: Int
    public var deliveriesFailed: Int
    public var workOpen: Int
    public var workOpened: Int
    public var generations: Int
    /// Adjudicated rows that the denial patterns do not hold yet.
    public var patternsBehind: Int

    public init(
        cases: Int, entries: Int, serviceEntries: Int, decisions: Int, messages: Int, casesDue: Int,
        casesSetAside: Int, unitsWaiting: Int, sendsUnformed: Int, deliveriesWaiting: Int, deliveriesFailed: Int,
        workOpen: Int, workOpened: Int, generations: Int, patternsBehind: Int
    ) {
        self.cases = cases
        self.entries = entries
        self.serviceEntries = serviceEntries
        self.decisions = decisions
        self.messages = messages
        self.casesDue = casesDue
        self.casesSetAside = casesSetAside
        self.unitsWaiting = unitsWaiting
        self.sendsUnformed = sendsUnformed
        self.deliveriesWaiting = deliveriesWaiting
        self.deliveriesFailed = deliveriesFailed
        self.workOpen = workOpen
        self.workOpened = workOpened
        self.generations = generations
        self.patternsBehind = patternsBehind
    }
}
