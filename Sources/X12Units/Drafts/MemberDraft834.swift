public import HealthTypes
import X12

/// A member of an enrollment file (834) as a value to be written.
public struct MemberDraft834: Hashable, Sendable {
    public var file: File
    /// INS01, INS02: `18` for the subscriber himself.
    public var isSubscriber: Bool
    public var relationship: String
    /// INS03: `021` addition, `001` change, `024` termination, `025` reinstatement, `030` audit; INS04.
    public var maintenanceType: String
    public var maintenanceReason: String
    /// INS05: `A` active, `C` under COBRA, `S` surviving insured, `T` TEFRA.
    public var benefitStatus: String
    /// INS06 to INS09, INS10 as they stand.
    public var medicarePlan: String
    public var medicareReason: String
    public var continuationEvent: String
    public var employmentStatus: String
    public var studentStatus: String
    public var disability: String
    public var deathDate: CalendarDate?
    /// INS13 and INS17.
    public var confidentiality: String
    public var birthSequence: String
    /// `0F` the subscriber's number, `1L` the group or policy, `23` the client's number and others.
    public var references: [ReferenceNumber]
    public var dates: [DateEntry]
    /// NM1*IL or NM1*74, with EC, ICM, AMT, HLH and LUI in its `additional`; what was wrong before (NM1*70).
    public var member: Party
    public var incorrectMember: Party?
    /// 2100C to 2100H in their order.
    public var relatedParties: [Party]
    /// 2200: DSB and DTP.
    public var disabilities: [SegmentDraft]
    public var coverages: [Coverage]
    /// 2750.
    public var reportingCategories: [ReportingCategory]

    public init(
        file: File, isSubscriber: Bool = true, relationship: String = "18", maintenanceType: String,
        maintenanceReason: String = "", benefitStatus: String = "A", medicarePlan: String = "",
        medicareReason: String = "", continuationEvent: String = "", employmentStatus: String = "",
        studentStatus: String = "", disability: String = "", deathDate: CalendarDate? = nil,
        confidentiality: String = "", birthSequence: String = "", references: [ReferenceNumber],
        dates: [DateEntry] = [], member: Party, incorrectMember: Party? = nil, relatedParties: [Party] = [],
        disabilities: [SegmentDraft] = [], coverages: [Coverage] = [], reportingCategories: [ReportingCategory] = []
    ) {
        self.file = file
        self.isSubscriber = isSubscriber
        self.relationship = relationship
        self.maintenanceType = maintenanceType
        self.maintenanceReason = maintenanceReason
        self.benefitStatus = benefitStatus
        self.medicarePlan = medicarePlan
        self.medicareReason = medicareReason
        self.continuationEvent = continuationEvent
        self.employmentStatus = employmentStatus
        self.studentStatus = studentStatus
        self.disability = disability
        self.deathDate = deathDate
        self.confidentiality = confidentiality
        self.birthSequence = birthSequence
        self.references = references
        self.dates = dates
        self.member = member
        self.incorrectMember = incorrectMember
        self.relatedParties = relatedParties
        self.disabilities = disabilities
        self.coverages = coverages
        self.reportingCategories = reportingCategories
    }

    /// BGN and what stands behind it: members of equal files share a set.
    public struct File: Hashable, Sendable {
        /// BGN01: `00` original; BGN02, where it is empty a number of the writer's; BGN05, BGN06 and BGN08.
        public var purpose: String
        public var number: String
        public var timeZone: String
        public var originalNumber: String
        /// `2` changes, `4` verification, `RX` replacement.
        public var action: String
        /// REF*38.
        public var policy: String
        public var dates: [DateEntry]
        /// Control totals (`TO`, `ET`, `DT`), which the writer cannot know beforehand.
        public var totals: [QuantityEntry]
        /// N1*P5, N1*IN, and up to two N1*BO or N1*TV with ACT in their `additional`.
        public var sponsor: Party
        public var payer: Party
        public var brokers: [Party]

        public init(
            purpose: String = "00", number: String = "", timeZone: String = "", originalNumber: String = "",
            action: String = "2", policy: String = "", dates: [DateEntry] = [], totals: [QuantityEntry] = [],
            sponsor: Party, payer: Party, brokers: [Party] = []
        ) {
            self.purpose = purpose
            self.number = number
            self.timeZone = timeZone
            self.originalNumber = originalNumber
            self.action = action
            self.policy = policy
            self.dates = dates
            self.totals = totals
            self.sponsor = sponsor
            self.payer = payer
            self.brokers = brokers
        }
    }

    /// HD with what stands behind it (2300).
    public struct Coverage: Hashable, Sendable {
        public var maintenanceType: String
        /// HD03, such as `HLT`, `DEN`; HD04 and HD05.
        public var line: String
        public var plan: String
        public var level: String
        /// `348` the first day, `349` the last, and others.
        public var dates: [DateEntry]
        public var amounts: [AmountEntry]
        public var references: [ReferenceNumber]
        /// IDC.
        public var cards: [SegmentDraft]
        /// 2310, with PLA in their `additional`.
        public var providers: [Party]
        public var otherCoverages: [OtherCoverage]

        public init(
            maintenanceType: String, line: String, plan: String = "", level: String = "", dates: [DateEntry],
            amounts: [AmountEntry] = [], references: [ReferenceNumber] = [], cards: [SegmentDraft] = [],
            providers: [Party] = [], otherCoverages: [OtherCoverage] = []
        ) {
            self.maintenanceType = maintenanceType
            self.line = line
            self.plan = plan
            self.level = level
            self.dates = dates
            self.amounts = amounts
            self.references = references
            self.cards = cards
            self.providers = providers
            self.otherCoverages = otherCoverages
        }
    }

    /// COB (2320) with the payers of 2330.
    public struct OtherCoverage: Hashable, Sendable {
        public var sequence: String
        public var policyNumber: String
        public var coordination: String
        public var serviceTypes: [String]
        public var references: [ReferenceNumber]
        public var dates: [DateEntry]
        public var parties: [Party]

        public init(
            sequence: String, policyNumber: String = "", coordination: String, serviceTypes: [String] = [],
            references: [ReferenceNumber] = [], dates: [DateEntry] = [], parties: [Party] = []
        ) {
            self.sequence = sequence
            self.policyNumber = policyNumber
            self.coordination = coordination
            self.serviceTypes = serviceTypes
            self.references = references
            self.dates = dates
            self.parties = parties
        }
    }

    /// N1*75 with its number and day (2750).
    public struct ReportingCategory: Hashable, Sendable {
        public var name: String
        public var references: [ReferenceNumber]
        public var dates: [DateEntry]

        public init(_ name: String, references: [ReferenceNumber] = [], dates: [DateEntry] = []) {
            self.name = name
            self.references = references
            self.dates = dates
        }
    }
}
