public import Claims
public import HealthTypes

/// One thing that happened in a case. The journal of a case is a list of these, and nothing else is true of it.
public enum CaseEvent: Hashable, Sendable {
    /// An appointment was made or changed (SIU).
    case scheduled(Encounter)
    /// The patient is here (ADT A01, A04).
    case checkedIn(Encounter)
    /// What is known of the visit changed (any other ADT).
    case visitUpdated(Encounter)
    /// The cover on file (IN1, FHIR Coverage); replaces what was on file.
    case covered([Coverage])
    case ordered(ServiceOrder)
    /// The placer withdrew an order, named by its number.
    case orderCancelled(String)
    case charted([ChartItem])
    /// A department posted charges (DFT).
    case charged([Charge])
    /// A claim that was made elsewhere (837, JSON).
    case claimReceived(Claim)
    case eligibilityAnswered(EligibilityAnswer)
    case authorizationAnswered(AuthorizationAnswer)
    case acknowledged(ClaimAcknowledgement)
    case remitted(ClaimRemittance)
    case appealAnswered(AppealAnswer)
    case timerFired(String)
    case taskResolved(TaskResolution)
    case decided(Decision)
    case deliveryFailed(DeliveryFailure)
}

/// A person's answer to a task.
public struct TaskResolution: Hashable, Sendable, Codable {
    public var taskID: String
    public var kind: String
    /// One of the answers that the task offered.
    public var answer: String
    /// Why, in the person's words. Required: a later reader has nothing else.
    public var reason: String
    /// Who answered.
    public var by: String
    public var at: Instant

    public init(taskID: String, kind: String, answer: String, reason: String, by: String, at: Instant) {
        self.taskID = taskID
        self.kind = kind
        self.answer = answer
        self.reason = reason
        self.by = by
        self.at = at
    }
}

/// An effect that could not be delivered and is not tried again.
public struct DeliveryFailure: Hashable, Sendable, Codable {
    public var key: String
    public var kind: String
    public var attempts: Int

    public init(key: String, kind: String, attempts: Int) {
        self.key = key
        self.kind = kind
        self.attempts = attempts
    }
}

extension CaseEvent {
    /// The entry's kind in the journal.
    public var kind: String {
        switch self {
        case .scheduled: "scheduled"
        case .checkedIn: "checked-in"
        case .visitUpdated: "visit-updated"
        case .covered: "covered"
        case .ordered: "ordered"
        case .orderCancelled: "order-cancelled"
        case .charted: "charted"
        case .charged: "charged"
        case .claimReceived: "claim-received"
        case .eligibilityAnswered: "eligibility-answered"
        case .authorizationAnswered: "authorization-answered"
        case .acknowledged: "acknowledged"
        case .remitted: "remitted"
        case .appealAnswered: "appeal-answered"
        case .timerFired: "timer-fired"
        case .taskResolved: "task-resolved"
        case .decided: "decided"
        case .deliveryFailed: "delivery-failed"
        }
    }

    /// The entry's body: canonical JSON of what the event carries.
    public func body() throws -> [UInt8] {
        switch self {
        case .scheduled(let value), .checkedIn(let value), .visitUpdated(let value): try Canonical.encode(value)
        case .covered(let value): try Canonical.encode(value)
        case .ordered(let value): try Canonical.encode(value)
        case .charted(let value): try Canonical.encode(value)
        case .charged(let value): try Canonical.encode(value)
        case .claimReceived(let value): try Canonical.encode(value)
        case .eligibilityAnswered(let value): try Canonical.encode(value)
        case .authorizationAnswered(let value): try Canonical.encode(value)
        case .acknowledged(let value): try Canonical.encode(value)
        case .remitted(let value): try Canonical.encode(value)
        case .appealAnswered(let value): try Canonical.encode(value)
        case .timerFired(let value), .orderCancelled(let value): try Canonical.encode(value)
        case .taskResolved(let value): try Canonical.encode(value)
        case .decided(let value): try Canonical.encode(value)
        case .deliveryFailed(let value): try Canonical.encode(value)
        }
    }

    /// A kind that no version of the program has written.
    public struct UnknownKind: Error {
        public let kind: String
    }

    /// Reads an entry back.
    public init(kind: String, body: [UInt8]) throws {
        func read<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try Canonical.decode(type, from: body)
        }
        switch kind {
        case "scheduled": self = .scheduled(try read())
        case "checked-in": self = .checkedIn(try read())
        case "visit-updated": self = .visitUpdated(try read())
        case "covered": self = .covered(try read())
        case "ordered": self = .ordered(try read())
        case "order-cancelled": self = .orderCancelled(try read())
        case "charted": self = .charted(try read())
        case "charged": self = .charged(try read())
        case "claim-received": self = .claimReceived(try read())
        case "eligibility-answered": self = .eligibilityAnswered(try read())
        case "authorization-answered": self = .authorizationAnswered(try read())
        case "acknowledged": self = .acknowledged(try read())
        case "remitted": self = .remitted(try read())
        case "appeal-answered": self = .appealAnswered(try read())
        case "timer-fired": self = .timerFired(try read())
        case "task-resolved": self = .taskResolved(try read())
        case "decided": self = .decided(try read())
        case "delivery-failed": self = .deliveryFailed(try read())
        default: throw UnknownKind(kind: kind)
        }
    }
}
