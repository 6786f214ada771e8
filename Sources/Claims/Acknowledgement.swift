public import HealthTypes

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
    /// IK501, or STC01-1 to -3 of the leading status joined by `:`.
    public var code: String
    /// REF*1K.
    public var payerClaimNumber: String?
    /// All that a 277CA says, of the claim and of its lines; empty of a 999.
    public var statuses: [Status]

    public init(
        source: Source, controlNumber: String, outcome: Outcome, code: String, payerClaimNumber: String? = nil,
        statuses: [Status] = []
    ) {
        self.source = source
        self.controlNumber = controlNumber
        self.outcome = outcome
        self.code = code
        self.payerClaimNumber = payerClaimNumber
        self.statuses = statuses
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

extension ClaimAcknowledgement {
    /// One composite of an STC (C043) with what its segment says beside it.
    public struct Status: Hashable, Sendable {
        /// Such as `A7`.
        public var category: String
        /// The claim status code.
        public var reason: String
        /// Whom or what it is about, such as `85`.
        public var entity: String?
        /// STC02.
        public var date: CalendarDate?
        /// STC03: `WQ` accepted, `U` rejected.
        public var action: String?
        /// STC04.
        public var amount: Money?
        /// STC12: the payer's own words.
        public var message: String?
        /// REF*FJ of the line that it is about, empty where that gives none; nil where it is about the whole claim.
        public var line: String?

        public init(
            category: String, reason: String, entity: String? = nil, date: CalendarDate? = nil, action: String? = nil,
            amount: Money? = nil, message: String? = nil, line: String? = nil
        ) {
            self.category = category
            self.reason = reason
            self.entity = entity
            self.date = date
            self.action = action
            self.amount = amount
            self.message = message
            self.line = line
        }

        /// Category, reason and entity, joined by `:`.
        public var code: String { [category, reason, entity ?? ""].filter { !$0.isEmpty }.joined(separator: ":") }

        public var outcome: Outcome { ClaimAcknowledgement.outcome(ofCategory: category) }

        /// The first that turns back, else the first.
        static func leading(_ statuses: [Status]) -> Status? {
            statuses.first { $0.outcome == .rejected } ?? statuses.first
        }
    }
}

/// The receipt of a batch of claims, or of a provider's claims in it (277CA, loops 2200B and 2200C).
public struct BatchAcknowledgement: Hashable, Sendable {
    /// TRN02 of 2200B: BHT03 of the 837 that is answered.
    public var reference: String
    public var statuses: [ClaimAcknowledgement.Status]
    /// NM109 of the billing provider of whose claims alone it speaks; nil where it speaks of the whole batch.
    public var provider: String?
    /// How many claims were named under it; where there are none, it speaks for all of them.
    public var claims: Int

    public init(
        reference: String, provider: String? = nil, statuses: [ClaimAcknowledgement.Status], claims: Int
    ) {
        self.reference = reference
        self.provider = provider
        self.statuses = statuses
        self.claims = claims
    }

    public var outcome: ClaimAcknowledgement.Outcome {
        ClaimAcknowledgement.Status.leading(statuses)?.outcome ?? .other
    }

    /// What it says of a claim that it does not name.
    public func acknowledgement(of controlNumber: String) -> ClaimAcknowledgement {
        ClaimAcknowledgement(
            source: .claim, controlNumber: controlNumber, outcome: outcome,
            code: ClaimAcknowledgement.Status.leading(statuses)?.code ?? "", statuses: statuses)
    }
}
