public import HealthTypes

/// What goes into one field.
///
/// Text is escaped; empty values at the end of a field or segment are left off.
public enum HL7Value: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    case text(String)
    /// Components of a field, or subcomponents where this stands inside components.
    indirect case components([HL7Value])
    indirect case repetitions([HL7Value])
    /// `""`: delete what you have.
    case null

    public init(stringLiteral value: String) { self = .text(value) }

    /// Components of plain text.
    public static func parts(_ texts: String...) -> HL7Value { .components(texts.map(HL7Value.text)) }

    fileprivate enum Level { case field, component, subcomponent }

    fileprivate func bytes(_ delimiters: HL7Delimiters, _ level: Level = .field) -> [UInt8] {
        func join(_ values: [HL7Value], _ separator: UInt8, _ level: Level) -> [UInt8] {
            var parts = values.map { $0.bytes(delimiters, level) }
            while parts.last?.isEmpty == true { parts.removeLast() }
            return Array(parts.joined(separator: [separator]))
        }
        switch self {
        case .text(let text): return HL7Escape.apply(text, delimiters)
        case .null: return Array("\"\"".utf8)
        case .repetitions(let values):
            precondition(level == .field, "a field repeats, its components do not")
            return join(values, delimiters.repetition, .field)
        case .components(let values):
            precondition(level != .subcomponent, "a subcomponent has no parts")
            guard level == .component else { return join(values, delimiters.component, .component) }
            guard let separator = delimiters.subcomponent else { return values.first?.bytes(delimiters) ?? [] }
            return join(values, separator, .subcomponent)
        }
    }
}

/// Writes one message, segment by segment, in UTF-8 with CR after every segment.
///
/// ```swift
/// var writer = HL7MessageWriter(type: "ADT", trigger: "A04", controlID: "M1", at: now)
/// writer.add("PID", ["1", "", .parts("MRN100", "", "", "HOSP", "MR"), "", .parts("DOE", "ALICE")])
/// let message = writer.message()
/// ```
public struct HL7MessageWriter: Sendable {
    public let delimiters: HL7Delimiters
    /// The message so far.
    public private(set) var bytes: [UInt8] = []

    /// - Parameters:
    ///   - structure: MSH-9.3, such as `ADT_A01`.
    ///   - at: MSH-7, written in UTC with its zone.
    public init(
        type: String, trigger: String, structure: String = "", controlID: String, at: Instant,
        sendingApplication: String = "", sendingFacility: String = "", receivingApplication: String = "",
        receivingFacility: String = "", processingID: String = "P", version: String = "2.5.1",
        delimiters: HL7Delimiters = .standard
    ) {
        self.delimiters = delimiters
        bytes = Array("MSH".utf8) + [delimiters.field] + delimiters.encodingCharacters
        append([
            .text(sendingApplication), .text(sendingFacility), .text(receivingApplication), .text(receivingFacility),
            .text(at.compact + "+0000"), "", .parts(type, trigger, structure), .text(controlID), .text(processingID),
            .text(version), "", "", "", "", "", "UNICODE UTF-8",
        ])
    }

    /// Adds a segment; the first value is field 1.
    public mutating func add(_ id: String, _ fields: [HL7Value]) {
        precondition(id.utf8.count == 3 && id.utf8.allSatisfy(isAlphanumeric), "a segment's id is three characters")
        bytes.append(contentsOf: id.utf8)
        append(fields)
    }

    private mutating func append(_ fields: [HL7Value]) {
        var parts = fields.map { $0.bytes(delimiters) }
        while parts.last?.isEmpty == true { parts.removeLast() }
        for part in parts {
            bytes.append(delimiters.field)
            bytes.append(contentsOf: part)
        }
        bytes.append(0x0d)
    }

    public func message() -> HL7Message { HL7Message(written: bytes) }
}

extension HL7Message {
    /// A message that this target wrote itself, of any size.
    init(written bytes: [UInt8]) {
        var limits = HL7Limits()
        limits.messageBytes = .max
        limits.segments = .max
        do { try self.init(parsing: bytes, limits: limits) } catch {
            preconditionFailure("a message that was written here can be read: \(error)")
        }
    }
}
