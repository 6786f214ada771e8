public import HealthTypes
public import X12
public import X12Units

/// One thing that an accepted transaction set says, with its own bytes' place and by what it is known again.
public struct X12IntakeUnit: Sendable {
    public enum Content: Sendable {
        case claim(Claim)
        /// BPR, TRN and N1 of an 835, before its claims: claims and provider adjustments are empty.
        case remittance(Remittance)
        case remittedClaim(ClaimRemittance)
        /// Behind the claims of an 835.
        case remittanceEnd(RemittanceEnd)
        case eligibilityInquiry(EligibilityInquiry)
        case eligibilityAnswer(EligibilityAnswer)
        /// A 999 as a whole; ``AcknowledgementMapping/claims(of:sent:)`` says what it means for claims.
        case implementationAcknowledgement(Acknowledgment999)
        /// A claim of a 277CA.
        case claimAcknowledgement(ClaimAcknowledgement)
        /// The receipt of a batch in a 277CA, behind its claims.
        case batchAcknowledgement(BatchAcknowledgement)
        /// A TA1 in its interchange.
        case interchangeAcknowledgement(TA1.Reading)
        /// An accepted set of a kind (ST01) that no stage reads.
        case unread(kind: String)
        /// A unit of which no value can be made; the issues say why.
        case unreadable
        /// Longer than ``X12Limits/maximumUnitBytes``, and therefore passed over.
        case tooLong
    }

    public var content: Content
    /// What reading it into the model found, by byte, segment, loop and element. Those of severity information name what
    /// the value has no place for and its bytes alone hold.
    public var issues: [Issue]
    /// Where its own segments lie in the input, with the terminator of the last.
    public var range: Range<Int>
    /// Where the segments around it lie that say whose it is: the head of the set and the levels above.
    public var context: [Range<Int>]
    /// In which envelopes it stands.
    public var header: SetHeader
    /// BHT03 of its set, and NM1*41: how the sender names the batch, and who he is. Empty where they are not stated.
    public var batch: Batch
    public var identity: Identity

    public struct Batch: Hashable, Sendable {
        public var reference = ""
        public var submitter = ""
        public var submitterID = ""

        public init() {}
    }

    /// What a unit is known again by: whoever keeps these can tell a repetition from what only looks like one.
    public struct Identity: Hashable, Sendable {
        /// ISA05 and ISA06.
        public var senderQualifier: String
        public var sender: String
        public var kind: Kind
        /// Its own number: CLM01, CLP01, TRN02, AK102, ISA13 of a TA1; nil where it has none.
        public var number: String?
        /// Of ISA13, GS06, ST02 and all bytes of the unit and around it in its set: the same transmission.
        public var digest: Digest
        /// Of the same bytes without ST, BHT and HL: the same content, sent again.
        public var content: Digest
    }

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case claim
        case remittance
        case remittedClaim = "remitted-claim"
        case remittanceEnd = "remittance-end"
        case eligibilityInquiry = "eligibility-inquiry"
        case eligibilityAnswer = "eligibility-answer"
        case implementationAcknowledgement = "implementation-acknowledgement"
        case claimAcknowledgement = "claim-acknowledgement"
        case batchAcknowledgement = "batch-acknowledgement"
        case interchangeAcknowledgement = "interchange-acknowledgement"
        case unread
    }
}

/// The end of an 835: its provider adjustments, and whether all of its money is accounted for.
public struct RemittanceEnd: Hashable, Sendable {
    /// TRN02 and the payer of the payment; empty where its head could not be read.
    public var trace: String
    public var payerID: String
    /// BPR02, below zero for a debit.
    public var total: Money
    public var providerAdjustments: [Remittance.ProviderAdjustment]
    /// How many claims were given, what CLP04 of them comes to, and how many could not be read.
    public var claims: Int
    public var paid: Money
    public var unreadable: Int

    /// BPR02 = ΣCLP04 − ΣPLB with every claim read (X221A1 1.10.2.3).
    public var isBalanced: Bool { unreadable == 0 && total == paid - providerAdjustments.map(\.amount).total() }
}
