import HealthTypes

/// The interchange acknowledgement, a single segment that answers one ISA (X12.5).
public enum TA1 {
    /// What a TA1 says.
    public struct Reading: Hashable, Sendable, Codable {
        /// ISA13 of the interchange that is answered.
        public let controlNumber: String
        public let date: String
        public let time: String
        /// TA104: A accepted, E accepted with errors, R rejected.
        public let status: String
        /// TA105: `000` where nothing is wrong.
        public let note: String

        /// Whether the interchange was turned back, so that nothing of it counts as received.
        public var isRejection: Bool { status == "R" }
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
}

extension TA1.Reading {
    package init(_ slice: SegmentSlice) {
        controlNumber = slice.brief(1)
        date = slice.brief(2)
        time = slice.brief(3)
        status = slice.brief(4)
        note = slice.brief(5)
    }
}
