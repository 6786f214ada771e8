public import HealthTypes

/// What the chart says of one of the payer's criteria.
public struct CriterionFinding: Hashable, Sendable {
    public enum Answer: String, RecordedTag {
        case met = "met"
        case notMet = "not_met"
        case unknown = "unknown"
    }

    /// One place in the chart that bears on it.
    public struct Evidence: Hashable, Sendable {
        /// `DocumentReference/n1`, `Observation/o3`.
        public var resource: String
        public var date: CalendarDate?
        /// The sentence or the value, as it stands there.
        public var quote: String
        /// Where the quote begins in the text, in UTF-8 bytes; nil for a coded value.
        public var offset: Int?
        public var supports: Bool
    }

    public var criterion: String
    public var question: String
    public var answer: Answer
    public var evidence: [Evidence]
    /// What to ask for where the answer is unknown.
    public var ask: String
}
