public import HealthTypes

/// The interchange acknowledgement, a single segment that answers one ISA (X12.5).
public enum TA1 {
    /// What a TA1 says.
    public struct Reading: Hashable, Sendable {
        /// ISA13 of the interchange that is answered.
        public let controlNumber: String
        public let date: String
        public let time: String
        /// TA104: A accepted, E accepted with errors, R rejected.
        public let status: String
        /// TA105: `000` where nothing is wrong.
        public let note: String
    }

    /// Nil where the segment is no TA1.
    public static func read(_ segment: Segment) -> Reading? {
        guard segment.isA("TA1") else { return nil }
        return Reading(
            controlNumber: segment[1], date: segment[2], time: segment[3], status: segment[4], note: segment[5])
    }

    /// The elements of the TA1 that answers an interchange.
    ///
    /// A header whose date, time or flags are wrong still says who sent what, so that it is accepted with errors;
    /// a broken structure, a wrong count or a control number that is wrong or known already is refused. A date that
    /// is none is given as `instant`'s.
    public static func elements(for interchange: Interchange, at instant: Instant) -> [X12Value] {
        elements(of: InterchangeFacts(interchange), verdict(of: interchange.issues), at: instant).map { .text($0) }
    }

    static func elements(
        of header: InterchangeFacts, _ verdict: (status: String, note: String), at instant: Instant
    ) -> [String] {
        [header.fittedNumber, header.fittedDate(instant), header.fittedTime, verdict.status, verdict.note]
    }

    /// TA104 and TA105 for what was found in the envelope of an interchange.
    static func verdict(of issues: [Issue]) -> (status: String, note: String) {
        let errors = issues.filter { $0.severity >= .error }.map { Finding($0).codes.interchange ?? "024" }
        let forgivable: Set<String> = ["014", "015", "019", "020"]
        let refusal = errors.first { !forgivable.contains($0) }
        return (refusal != nil ? "R" : errors.isEmpty ? "A" : "E", refusal ?? errors.first ?? "000")
    }

    static func status(of issues: [Issue]) -> String { issues.isEmpty ? "A" : verdict(of: issues).status }

    /// TA104 of the answer to an interchange.
    public static func status(of interchange: Interchange) -> String { status(of: interchange.issues) }

    /// Whether an interchange must be refused as a whole.
    static func refuses(_ interchange: Interchange) -> Bool { status(of: interchange.issues) == "R" }

    /// An interchange that holds nothing but the TA1 that answers `interchange`, sent back to its sender.
    public static func acknowledge(_ interchange: Interchange, controlNumber: Int, at instant: Instant) -> [UInt8] {
        var writer = InterchangeWriter(
            parties: interchange.answeringParties(), controlNumber: controlNumber, at: instant,
            usage: interchange.answeringUsage)
        writer.addTA1(elements(for: interchange, at: instant))
        return writer.bytes()
    }
}

extension Interchange {
    /// The parties of an answer: the receiver writes to the sender.
    func answeringParties(for group: FunctionalGroup? = nil) -> InterchangeWriter.Parties {
        InterchangeFacts(self).answering(applicationSender: group?.receiver, applicationReceiver: group?.sender)
    }

    var answeringUsage: String { InterchangeFacts(self).answeringUsage }
}
