/// What a 999 or a 277CA says of one claim that we sent.
public struct ClaimAcknowledgement: Hashable, Sendable {
    public enum Source: String, Sendable {
        /// Implementation acknowledgment: the transaction set as a whole (005010X231A1).
        case implementation = "999"
        /// Claim acknowledgment (005010X214).
        case claim = "277CA"
    }

    public enum Outcome: String, Sendable {
        /// A 999 that accepts, or 277CA category A1: received, no more.
        case received = "received"
        /// 277CA category A2: taken into adjudication. Only now is the claim filed.
        case accepted = "accepted"
        /// A 999 that rejects, or 277CA categories A3, A6, A7, A8.
        case rejected = "rejected"
        /// Forwarded, split, not found, or a code that we do not know.
        case other = "other"
    }

    public var source: Source
    public var controlNumber: String
    public var outcome: Outcome
    /// IK501, or STC01-1 to -3 joined by `:`.
    public var code: String
    /// REF*1K.
    public var payerClaimNumber: String?

    public init(
        source: Source, controlNumber: String, outcome: Outcome, code: String, payerClaimNumber: String? = nil
    ) {
        self.source = source
        self.controlNumber = controlNumber
        self.outcome = outcome
        self.code = code
        self.payerClaimNumber = payerClaimNumber
    }

    /// The outcome that a 277CA category stands for.
    public static func outcome(ofCategory category: String) -> Outcome {
        switch category {
        case "A1": .received
        case "A2": .accepted
        case "A3", "A6", "A7", "A8": .rejected
        default: .other
        }
    }
}
