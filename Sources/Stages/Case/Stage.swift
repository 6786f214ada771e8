public import HealthTypes

/// The five stages, in the order in which an encounter passes them.
public enum Stage: String, RecordedTag, CaseIterable {
    case eligibility = "eligibility"
    case priorAuthorization = "prior_authorization"
    case documentation = "documentation"
    case submission = "submission"
    case denials = "denials"

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

/// Keep apart what ``EntryPart`` numbers.
public enum TriggerPart {}
public enum ClaimPart {}
public enum SendPart {}
public enum TimerPart {}
public enum WorkItemPart {}
public enum DocumentPart {}

/// A trigger, by the entry that raised it.
public typealias TriggerID = EntryPart<TriggerPart>
/// A claim, by the entry that brought it or the decision that made it.
public typealias ClaimRef = EntryPart<ClaimPart>
/// Something that a decision sends.
public typealias SendID = EntryPart<SendPart>
/// A request for authorization, by its first sending.
public typealias RequestRef = EntryPart<SendPart>
/// A question for a person, by the decision that opened it.
public typealias WorkItemID = EntryPart<WorkItemPart>
/// A document that a decision drafted.
public typealias DocumentRef = EntryPart<DocumentPart>

/// An order by its placer's number.
public struct OrderKey: Hashable, Sendable, Recorded {
    public let number: String

    public init(_ number: String) { self.number = number }

    public func write(to writer: inout CanonicalWriter) { writer.write(number) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { number = try reader.string() }
}

/// A timer, by what set it.
public enum TimerID: Hashable, Comparable, Sendable {
    /// One of a decision's timers.
    case set(EntryPart<TimerPart>)
    /// The time until which something that was sent must be answered.
    case answer(SendID)
}

extension TimerID: Recorded {
    private enum Tag: String { case set = "set", answer = "answer" }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .set(let part): writer.tagged("set", part)
        case .answer(let send): writer.tagged("answer", send)
        }
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .set: self = .set(try reader.payload())
        case .answer: self = .answer(try reader.payload())
        }
    }
}
