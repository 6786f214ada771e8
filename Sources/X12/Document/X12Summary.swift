/// What was counted in an input; whatever is in it is in one of the counts.
public struct X12Summary: Hashable, Sendable, Codable {
    public var bytes = 0
    public var interchanges = 0
    public var groups = 0
    public var transactions = 0
    /// All segments of the input.
    public var segments = 0
    /// Segments that stand in their place: envelope segments, TA1, and all of the transaction sets.
    public var enveloped = 0
    /// Segments inside an interchange and outside of what should hold them.
    public var stray = 0
    /// Bytes outside of any interchange, white space excepted.
    public var strayBytes = 0
    /// CLM segments of the 837s and CLP segments of the 835s.
    public var claims = 0
    /// Transaction sets without an error in them or in the envelopes around them, and the others; counted by a check.
    public var accepted = 0
    public var rejected = 0
    public var errors = 0
    public var warnings = 0

    public init() {}

    /// Whether everything that was read was put somewhere, and every set was judged where any was.
    public var isConserved: Bool {
        segments == enveloped + stray && (accepted + rejected == 0 || accepted + rejected == transactions)
    }
}
