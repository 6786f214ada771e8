public import HealthTypes

/// Why some bytes are not an HL7 v2 message at all.
///
/// Anything less is an ``HealthTypes/Issue`` of the message.
public struct HL7Error: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case noHeader = "does not begin with an MSH segment"
        case badDelimiters = "MSH-1 and MSH-2 do not declare usable delimiters"
        case tooLarge = "longer than the limit for one message"
    }

    public let reason: Reason
    /// From the start of the bytes, from zero.
    public let byte: Int

    public var description: String { "not an HL7 v2 message at byte \(byte): \(reason.rawValue)" }

    public var issue: Issue {
        let code =
            switch reason {
            case .noHeader: "hl7.no-header"
            case .badDelimiters: "hl7.delimiters"
            case .tooLarge: "hl7.too-large"
            }
        return Issue(
            .fatal, code, at: Location(byte: byte, path: "MSH"), message: "The message \(reason.rawValue).",
            requirement: "HL7 v2.5.1 2.5.4")
    }
}

/// How much of one message is read, and what happens past it.
public struct HL7Limits: Hashable, Sendable {
    /// A longer message is refused.
    ///
    /// An embedded document may take megabytes.
    public var messageBytes = 32 << 20
    /// Segments past this are not read, and an issue says so.
    public var segments = 20_000
    /// A segment with more fields is read, and an issue says so.
    public var fields = 1_000

    public init() {}
}

/// The codes of this target's issues and what they mean.
enum HL7Finding: String {
    case characterSet = "hl7.character-set"
    case encodingCharacters = "hl7.encoding-characters"
    case segmentID = "hl7.segment-id"
    case noType = "hl7.no-type"
    case noControlID = "hl7.no-control-id"
    case tooManySegments = "hl7.too-many-segments"
    case tooManyFields = "hl7.too-many-fields"
    case strayBytes = "hl7.stray-bytes"
    case batchCount = "hl7.batch-count"
    case fileCount = "hl7.file-count"

    private var message: String {
        switch self {
        case .characterSet: "The bytes do not fit the character set of MSH-18; they are read as ISO 8859-1."
        case .encodingCharacters: "MSH-2 does not declare all four encoding characters."
        case .segmentID: "A segment does not begin with three letters or digits; it is kept as it is."
        case .noType: "MSH-9 does not state the message's type."
        case .noControlID: "MSH-10 is empty, so that no acknowledgment can name the message."
        case .tooManySegments: "The message has more segments than the limit; the rest is not read."
        case .tooManyFields: "A segment has more fields than the limit."
        case .strayBytes: "Text that belongs to no message is passed over."
        case .batchCount: "BTS-1 does not match the number of messages in the batch."
        case .fileCount: "FTS-1 does not match the number of batches in the file."
        }
    }

    func issue(_ severity: Issue.Severity, at location: Location) -> Issue {
        Issue(severity, rawValue, at: location, message: message)
    }
}
