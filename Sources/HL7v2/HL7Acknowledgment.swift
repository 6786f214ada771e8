public import HealthTypes

/// Answers to a message in original mode (HL7 v2.5.1 2.9.2.1).
public enum HL7Acknowledgment {
    /// MSA-1, table 0008.
    ///
    /// Enhanced mode's codes (`CA`, `CE`, `CR`) are made from their text.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Stored: send it only after the commit.
        public static let accept = Code(rawValue: "AA")
        /// Could not be handled as it is; sending it again unchanged may not help.
        public static let error = Code(rawValue: "AE")
        /// Not for us, or not now.
        public static let reject = Code(rawValue: "AR")
    }

    /// The answer to `message`, in its delimiters and character set: MSA-2 is its MSH-10 byte for byte.
    ///
    /// - Parameters:
    ///   - controlID: MSH-10 of the answer itself.
    ///   - error: becomes an ERR segment, which carries the issue's code, place and message.
    public static func make(
        for message: HL7Message, code: Code, controlID: String, at: Instant, error: Issue? = nil
    ) -> HL7Message {
        let delimiters = message.delimiters
        func text(_ text: String) -> [UInt8] { HL7Escape.apply(text, delimiters) }
        func raw(_ field: Int) -> [UInt8] { Array(message.rawHeaderField(field)) }
        let type = [Array("ACK".utf8), text(message.trigger), Array("ACK".utf8)]
        let header: [[UInt8]] = [
            Array("MSH".utf8), delimiters.encodingCharacters, raw(5), raw(6), raw(3), raw(4),
            text(at.compact + "+0000"), [], Array(type.joined(separator: [delimiters.component])), text(controlID),
            raw(11), raw(12), [], [], [], [], [], raw(18),
        ]
        let msa: [[UInt8]] = [Array("MSA".utf8), text(code.rawValue), raw(10)]
        var segments = [header, msa]
        if let error { segments.append(errorSegment(error, delimiters)) }
        let bytes = segments.flatMap { fields in
            var fields = fields
            while fields.last?.isEmpty == true { fields.removeLast() }
            return Array(fields.joined(separator: [delimiters.field])) + [0x0d]
        }
        return HL7Message(written: bytes)
    }

    /// ERR-2 place, ERR-3 HL7's code, ERR-4 severity, ERR-5 our code, ERR-8 the message.
    private static func errorSegment(_ issue: Issue, _ delimiters: HL7Delimiters) -> [[UInt8]] {
        func text(_ text: String) -> [UInt8] { HL7Escape.apply(text, delimiters) }
        let severity =
            switch issue.severity {
            case .information: "I"
            case .warning: "W"
            case .error, .fatal: "E"
            }
        var place: [UInt8] = []
        if let path = issue.location.path.flatMap(HL7Path.init) {
            let parts = [
                path.segment, String(path.occurrence), String(path.field), String(path.repetition),
                String(path.component),
            ]
            place = Array(parts.map(text).joined(separator: [delimiters.component]))
        }
        let standard: [UInt8]
        switch issue.code {
        case "hl7.no-control-id", "hl7.required": standard = text("101")
        case "hl7.no-type", "hl7.unsupported-type": standard = text("200")
        default: standard = text("207")
        }
        return [
            Array("ERR".utf8), [], place, standard, text(severity), text(issue.code), [], [], text(issue.message),
        ]
    }
}
