import Claims
public import HealthTypes
import Review

/// What an entry's body holds: `{"event": …, "from": …, "raises": […]}`. The kind stands beside the body.
extension CaseEntry {
    /// The version of an entry's form, raised where a kind's form changes in a way that old readers cannot read.
    public static let version = 1

    /// The body in canonical form, of which it is proved that it comes back as it is.
    public func body() throws(CanonicalFault) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.begin()
        writer.field("event", Payload(event: event))
        writer.field("from", message)
        writer.field("raises", raises)
        writer.end()
        let bytes = try writer.finish()
        guard try CaseEntry(kind: event.kind, body: bytes) == self else { throw CanonicalFault(.changed) }
        return bytes
    }

    /// Reads an entry back.
    public init(kind: CaseEvent.Kind, body: [UInt8]) throws(CanonicalFault) {
        var reader = CanonicalReader(body)
        try reader.begin()
        event = try Payload.read(kind, from: &reader)
        message = try reader.field("from")
        raises = try reader.field("raises")
        try reader.end()
        try reader.finish()
        if case .decided(var decision, let basis) = event {
            decision.raises = raises
            event = .decided(decision, basis)
        }
    }
}

/// Writes an event without its kind.
private struct Payload: Recorded {
    let event: CaseEvent

    init(event: CaseEvent) { self.event = event }

    /// An event cannot be read without its kind; see ``read(_:from:)``.
    init(from reader: inout CanonicalReader) throws(CanonicalFault) { throw reader.fault(.unknownTag) }

    func write(to writer: inout CanonicalWriter) {
        switch event {
        case .scheduled(let value), .checkedIn(let value), .visitUpdated(let value): value.write(to: &writer)
        case .covered(let value): writer.write(value)
        case .ordered(let value): value.write(to: &writer)
        case .orderCancelled(let value): value.write(to: &writer)
        case .charted(let value): writer.write(value)
        case .charged(let value): writer.write(value)
        case .claimReceived(let value): value.write(to: &writer)
        case .eligibilityAnswered(let value): value.write(to: &writer)
        case .authorizationAnswered(let value): value.write(to: &writer)
        case .acknowledged(let value): value.write(to: &writer)
        case .remitted(let value): value.write(to: &writer)
        case .appealAnswered(let value): value.write(to: &writer)
        case .reviewed(let claim, let answers): Reviewed(claim: claim, answers: answers).write(to: &writer)
        case .timerFired(let value): value.write(to: &writer)
        case .resolved(let value): value.write(to: &writer)
        case .undelivered(let send, let failure): Undelivered(send: send, failure: failure).write(to: &writer)
        case .decided(let decision, let basis): Decided(basis: basis, decision: decision).write(to: &writer)
        }
    }

    static func read(_ kind: CaseEvent.Kind, from reader: inout CanonicalReader) throws(CanonicalFault) -> CaseEvent {
        switch kind {
        case .scheduled: return .scheduled(try reader.field("event"))
        case .checkedIn: return .checkedIn(try reader.field("event"))
        case .visitUpdated: return .visitUpdated(try reader.field("event"))
        case .covered: return .covered(try list(&reader))
        case .ordered: return .ordered(try reader.field("event"))
        case .orderCancelled: return .orderCancelled(try reader.field("event"))
        case .charted: return .charted(try list(&reader))
        case .charged: return .charged(try list(&reader))
        case .claimReceived: return .claimReceived(try reader.field("event"))
        case .eligibilityAnswered: return .eligibilityAnswered(try reader.field("event"))
        case .authorizationAnswered: return .authorizationAnswered(try reader.field("event"))
        case .acknowledged: return .acknowledged(try reader.field("event"))
        case .remitted: return .remitted(try reader.field("event"))
        case .appealAnswered: return .appealAnswered(try reader.field("event"))
        case .reviewed:
            let value: Reviewed = try reader.field("event")
            return .reviewed(value.claim, value.answers)
        case .timerFired: return .timerFired(try reader.field("event"))
        case .resolved: return .resolved(try reader.field("event"))
        case .undelivered:
            let value: Undelivered = try reader.field("event")
            return .undelivered(value.send, value.failure)
        case .decided:
            let value: Decided = try reader.field("event")
            return .decided(value.decision, value.basis)
        }
    }

    /// A list that stands as the event itself may be empty, unlike one that is a field of a value.
    private static func list<Value: Recorded>(_ reader: inout CanonicalReader) throws(CanonicalFault) -> [Value] {
        let values: Listed<Value> = try reader.field("event")
        return values.values
    }
}

private struct Listed<Value: Recorded>: Recorded {
    let values: [Value]

    func write(to writer: inout CanonicalWriter) { writer.write(values) }
    init(from reader: inout CanonicalReader) throws(CanonicalFault) { values = try reader.list() }
}

private struct Reviewed: Recorded {
    let claim: ClaimRef
    let answers: ReviewAnswers

    init(claim: ClaimRef, answers: ReviewAnswers) {
        self.claim = claim
        self.answers = answers
    }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("answers", answers)
        writer.field("claim", claim)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        answers = try reader.field("answers")
        claim = try reader.field("claim")
        try reader.end()
    }
}

private struct Undelivered: Recorded {
    let send: SendID
    let failure: DeliveryFailure

    init(send: SendID, failure: DeliveryFailure) {
        self.send = send
        self.failure = failure
    }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("failure", failure)
        writer.field("send", send)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        failure = try reader.field("failure")
        send = try reader.field("send")
        try reader.end()
    }
}

private struct Decided: Recorded {
    let basis: Basis
    let decision: StageDecision

    init(basis: Basis, decision: StageDecision) {
        self.basis = basis
        self.decision = decision
    }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("basis", basis)
        writer.field("decision", decision)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        basis = try reader.field("basis")
        decision = try reader.field("decision")
        try reader.end()
    }
}

extension PersonsAnswer: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("by", by)
        writer.field("item", item)
        writer.field("reason", reason)
        writer.field("resolution", resolution)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        by = try reader.field("by")
        item = try reader.field("item")
        reason = try reader.field("reason")
        resolution = try reader.field("resolution")
        try reader.end()
    }
}
