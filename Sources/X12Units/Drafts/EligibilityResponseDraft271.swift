public import HealthTypes
import X12

/// An answer of a 271 about one person, or a refusal at the level of the source or the receiver, as a value to be
/// written.
///
/// Refusals (AAA) stand in `rejections` of the party that they are about.
public struct EligibilityResponseDraft271: Hashable, Sendable {
    public var batch: InquiryBatch
    public var source: Party
    /// AAA of the source's level (2000A), before its name.
    public var rejections: [Rejection]
    /// Nil where the answer ends at the source; without a subscriber it ends at the receiver.
    public var receiver: Party?
    public var subscriber: Party?
    public var dependent: Party?
    public var traces: [Trace]
    /// INS02, and INS03 and INS04 where something was changed.
    public var relationship: String
    public var maintenanceType: String
    public var maintenanceReason: String
    public var birthSequence: String
    public var codes: [ClaimDraft837.HealthCode]
    public var dates: [DateEntry]
    /// MPI and others.
    public var additional: [SegmentDraft]
    public var benefits: [Benefit]

    public init(
        batch: InquiryBatch = InquiryBatch(purpose: "11"), source: Party, rejections: [Rejection] = [],
        receiver: Party?, subscriber: Party? = nil, dependent: Party? = nil, traces: [Trace] = [],
        relationship: String = "", maintenanceType: String = "", maintenanceReason: String = "",
        birthSequence: String = "", codes: [ClaimDraft837.HealthCode] = [], dates: [DateEntry] = [],
        additional: [SegmentDraft] = [], benefits: [Benefit] = []
    ) {
        self.batch = batch
        self.source = source
        self.rejections = rejections
        self.receiver = receiver
        self.subscriber = subscriber
        self.dependent = dependent
        self.traces = traces
        self.relationship = relationship
        self.maintenanceType = maintenanceType
        self.maintenanceReason = maintenanceReason
        self.birthSequence = birthSequence
        self.codes = codes
        self.dates = dates
        self.additional = additional
        self.benefits = benefits
    }

    /// EB with what stands behind it (2110C and 2110D).
    public struct Benefit: Hashable, Sendable {
        /// EB01: `1` active coverage, `B` copay, `C` deductible and so on.
        public var information: String
        /// EB02 to EB06.
        public var coverageLevel: String
        public var serviceTypes: [String]
        public var insuranceType: String
        public var plan: String
        public var period: String
        public var amount: Money?
        /// EB08: a share, `.2` for a fifth.
        public var share: String
        public var quantityQualifier: String
        public var quantity: String
        /// EB11 and EB12: `Y`, `N` or `U`, EB12 also `W`.
        public var authorization: String
        public var network: String
        public var procedure: ProcedureCode?
        public var pointers: [String]
        /// HSD, and III of 2115.
        public var delivery: [SegmentDraft]
        public var references: [ReferenceNumber]
        public var dates: [DateEntry]
        public var rejections: [Rejection]
        public var messages: [String]
        public var conditions: [SegmentDraft]
        /// 2120.
        public var entities: [Party]

        public init(
            _ information: String, coverageLevel: String = "", serviceTypes: [String] = [], insuranceType: String = "",
            plan: String = "", period: String = "", amount: Money? = nil, share: String = "",
            quantityQualifier: String = "", quantity: String = "", authorization: String = "", network: String = "",
            procedure: ProcedureCode? = nil, pointers: [String] = [], delivery: [SegmentDraft] = [],
            references: [ReferenceNumber] = [], dates: [DateEntry] = [], rejections: [Rejection] = [],
            messages: [String] = [], conditions: [SegmentDraft] = [], entities: [Party] = []
        ) {
            self.information = information
            self.coverageLevel = coverageLevel
            self.serviceTypes = serviceTypes
            self.insuranceType = insuranceType
            self.plan = plan
            self.period = period
            self.amount = amount
            self.share = share
            self.quantityQualifier = quantityQualifier
            self.quantity = quantity
            self.authorization = authorization
            self.network = network
            self.procedure = procedure
            self.pointers = pointers
            self.delivery = delivery
            self.references = references
            self.dates = dates
            self.rejections = rejections
            self.messages = messages
            self.conditions = conditions
            self.entities = entities
        }
    }
}
