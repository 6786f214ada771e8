public import HealthTypes
import X12

/// A request for a review of services (278), or the answer to one, as a value to be written.
///
/// `batch.purpose` says which: `13` a request, `01` a cancellation, `36` an appeal, `11` a response. It has a transaction
/// set of its own. Refusals stand in `rejections` of the party or the service that they are about.
public struct ReviewDraft278: Hashable, Sendable {
    public var batch: InquiryBatch
    /// NM1*X3, and who asks, such as NM1*1P.
    public var reviewer: Party
    /// AAA of the reviewer's level, before its name.
    public var rejections: [Rejection]
    public var requester: Party?
    /// NM1*IL, and NM1*QC where the patient is a dependent; INS stands in their `additional`.
    public var subscriber: Party?
    public var dependent: Party?
    /// 2000E, and the services of 2000F in it.
    public var event: Service?
    public var services: [Service]

    public init(
        batch: InquiryBatch = .request, reviewer: Party, rejections: [Rejection] = [], requester: Party? = nil,
        subscriber: Party? = nil, dependent: Party? = nil, event: Service? = nil,
        services: [Service] = []
    ) {
        self.batch = batch
        self.reviewer = reviewer
        self.rejections = rejections
        self.requester = requester
        self.subscriber = subscriber
        self.dependent = dependent
        self.event = event
        self.services = services
    }

    /// A patient's event (2000E) or a service in it (2000F).
    public struct Service: Hashable, Sendable {
        public var traces: [Trace]
        public var rejections: [Rejection]
        /// UM01: `HS` services, `AR` admission, `SC` specialist care; empty where a service has no UM.
        public var category: String
        /// UM02: `I` initial and others; UM03, UM04 and UM06.
        public var certificationType: String
        public var serviceType: String
        public var facility: String
        public var facilityQualifier: String
        public var levelOfService: String
        /// HCR of a response.
        public var decision: ReviewDecision?
        public var references: [ReferenceNumber]
        public var dates: [DateEntry]
        /// HI.
        public var codes: [ClaimDraft837.HealthCode]
        /// SV1, SV2 or SV3, and TOO, of a service.
        public var line: Line?
        public var messages: [String]
        /// 2010E and 2010F, in the order of the guide's loops: places of transport and other payers before providers.
        public var parties: [Party]
        /// HSD, CRC, CR1 to CR6, PWK and others, and a UM that says more than the members above.
        public var additional: [SegmentDraft]

        public init(
            traces: [Trace] = [], rejections: [Rejection] = [], category: String = "", certificationType: String = "",
            serviceType: String = "", facility: String = "", facilityQualifier: String = "",
            levelOfService: String = "", decision: ReviewDecision? = nil, references: [ReferenceNumber] = [],
            dates: [DateEntry] = [], codes: [ClaimDraft837.HealthCode] = [], line: Line? = nil,
            messages: [String] = [], parties: [Party] = [], additional: [SegmentDraft] = []
        ) {
            self.traces = traces
            self.rejections = rejections
            self.category = category
            self.certificationType = certificationType
            self.serviceType = serviceType
            self.facility = facility
            self.facilityQualifier = facilityQualifier
            self.levelOfService = levelOfService
            self.decision = decision
            self.references = references
            self.dates = dates
            self.codes = codes
            self.line = line
            self.messages = messages
            self.parties = parties
            self.additional = additional
        }
    }

    /// What is asked for.
    public struct Line: Hashable, Sendable {
        public var kind: Claim837.Kind
        public var procedure: ProcedureCode?
        public var revenueCode: String
        public var charge: Money?
        public var unit: String
        public var quantity: String
        public var pointers: [Int]

        public init(
            _ kind: Claim837.Kind = .professional, procedure: ProcedureCode? = nil, revenueCode: String = "",
            charge: Money? = nil, unit: String = "UN", quantity: String = "1", pointers: [Int] = []
        ) {
            self.kind = kind
            self.procedure = procedure
            self.revenueCode = revenueCode
            self.charge = charge
            self.unit = unit
            self.quantity = quantity
            self.pointers = pointers
        }
    }
}
