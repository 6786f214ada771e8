public import HealthTypes
import X12

/// A claim of an 837 as a value to be written, professional, institutional or dental.
///
///     let claim = ClaimDraft837(
///         .professional, batch: batch, billing: .init(provider: clinic), coverage: .init(subscriber: member, payer: plan),
///         controlNumber: "A-17", facility: "11", codes: [.init("ABK", "I10")],
///         lines: [.init(procedure: .init("99213"), charge: Money("125")!, pointers: [1], dates: [.init("472", day)])])
///
/// Levels, LX numbers and counts are the writer's work. A member that stays empty is not written. Segments without a
/// name here stand in `additional` of their loop.
public struct ClaimDraft837: Hashable, Sendable {
    public var kind: Claim837.Kind
    @Shared public var batch: Batch
    @Shared public var billing: Billing
    @Shared public var coverage: Coverage
    /// Who was treated, where he is not the subscriber.
    @Shared public var patient: Patient?
    /// CLM01.
    public var controlNumber: String
    /// CLM02; where it is nil, the sum of the lines.
    public var charge: Money?
    /// CLM05-1: place of service, or the first two digits of the type of bill.
    public var facility: String
    /// CLM05-3: 1 original, 7 replacement, 8 void.
    public var frequency: String
    /// CLM06 to CLM10.
    public var providerSignature: String
    public var acceptsAssignment: String
    public var benefitsAssigned: String
    public var releaseOfInformation: String
    public var patientSignature: String
    /// CLM11: `AA`, `EM` or `OA`, and the state and country of an accident by car.
    public var relatedCauses: [String]
    public var accidentState: String
    public var accidentCountry: String
    /// CLM12, CLM19 and CLM20.
    public var specialProgram: String
    public var predetermination: String
    public var delayReason: String
    public var dates: [DateEntry]
    /// CL1 of an institutional claim.
    public var admission: Admission?
    public var attachments: [Attachment]
    public var amounts: [AmountEntry]
    public var references: [ReferenceNumber]
    public var notes: [Note]
    /// The codes of HI in the order in which the lines point to them.
    public var codes: [HealthCode]
    /// 2310, each by its role.
    public var providers: [Party]
    public var otherPayers: [OtherPayer]
    public var lines: [Line]
    public var additional: [SegmentDraft]

    /// An empty `providerSignature` is left off, as institutional claims have none.
    public init(
        _ kind: Claim837.Kind = .professional, batch: Batch, billing: Billing, coverage: Coverage,
        patient: Patient? = nil, controlNumber: String, charge: Money? = nil, facility: String, frequency: String = "1",
        providerSignature: String? = nil, acceptsAssignment: String = "A", benefitsAssigned: String = "Y",
        releaseOfInformation: String = "Y", patientSignature: String = "", relatedCauses: [String] = [],
        accidentState: String = "", accidentCountry: String = "", specialProgram: String = "",
        predetermination: String = "", delayReason: String = "", dates: [DateEntry] = [], admission: Admission? = nil,
        attachments: [Attachment] = [], amounts: [AmountEntry] = [], references: [ReferenceNumber] = [],
        notes: [Note] = [], codes: [HealthCode] = [], providers: [Party] = [], otherPayers: [OtherPayer] = [],
        lines: [Line], additional: [SegmentDraft] = []
    ) {
        self.kind = kind
        self.batch = batch
        self.billing = billing
        self.coverage = coverage
        self.patient = patient
        self.controlNumber = controlNumber
        self.charge = charge
        self.facility = facility
        self.frequency = frequency
        self.providerSignature = providerSignature ?? (kind == .institutional ? "" : "Y")
        self.acceptsAssignment = acceptsAssignment
        self.benefitsAssigned = benefitsAssigned
        self.releaseOfInformation = releaseOfInformation
        self.patientSignature = patientSignature
        self.relatedCauses = relatedCauses
        self.accidentState = accidentState
        self.accidentCountry = accidentCountry
        self.specialProgram = specialProgram
        self.predetermination = predetermination
        self.delayReason = delayReason
        self.dates = dates
        self.admission = admission
        self.attachments = attachments
        self.amounts = amounts
        self.references = references
        self.notes = notes
        self.codes = codes
        self.providers = providers
        self.otherPayers = otherPayers
        self.lines = lines
        self.additional = additional
    }

    /// The batch and the billing provider as they are shared, which compare at once.
    var sharedBatch: Shared<Batch> { _batch }
    var sharedBilling: Shared<Billing> { _billing }
    /// Where the parts of the levels lie.
    var billingPlace: Place<Billing> { _billing.place }
    var coveragePlace: Place<Coverage> { _coverage.place }
    var patientPlace: Place<Patient?> { _patient.place }

    /// What the lines add up to.
    public var lineCharges: Money { Self.charges(of: lines) }

    static func charges(of lines: [Line]) -> Money {
        lines.withUnsafeBufferPointer { lines in
            var sum = Money.zero
            for index in lines.indices { sum += lines[index].charge }
            return sum
        }
    }
}

// MARK: - Around the claim

extension ClaimDraft837 {
    /// Who sends claims to whom (1000A and 1000B), and BHT. Claims of equal batches share a transaction set.
    public struct Batch: Hashable, Sendable {
        /// NM1*41 and NM1*40.
        public var submitter: Party
        public var receiver: Party
        /// BHT03; where it is empty, a number of the writer's.
        public var reference: String
        /// BHT02: `00` original, `18` sent again.
        public var purpose: String
        /// BHT06: `CH` chargeable, `RP` reporting, `31` subrogation.
        public var transactionType: String

        public init(
            submitter: Party, receiver: Party, reference: String = "", purpose: String = "00",
            transactionType: String = "CH"
        ) {
            self.submitter = submitter
            self.receiver = receiver
            self.reference = reference
            self.purpose = purpose
            self.transactionType = transactionType
        }
    }

    /// The billing provider's level (2000A).
    public struct Billing: Hashable, Sendable {
        /// NM1*85; its taxonomy code stands at the level (PRV).
        public var provider: Party
        /// NM1*87: the address alone.
        public var payToAddress: Party?
        /// NM1*PE.
        public var payToPlan: Party?
        /// CUR02.
        public var currency: String

        public init(
            provider: Party, payToAddress: Party? = nil, payToPlan: Party? = nil, currency: String = ""
        ) {
            self.provider = provider
            self.payToAddress = payToAddress
            self.payToPlan = payToPlan
            self.currency = currency
        }
    }

    /// The subscriber's level (2000B): who is insured, and by whom.
    public struct Coverage: Hashable, Sendable {
        /// NM1*IL and NM1*PR.
        public var subscriber: Party
        public var payer: Party
        /// SBR01: `P` primary, `S` secondary, `T` tertiary and so on.
        public var sequence: String
        /// SBR03, SBR04, SBR05 and SBR09.
        public var groupNumber: String
        public var groupName: String
        public var insuranceType: String
        public var filingIndicator: String
        /// PAT, where the subscriber is the patient.
        public var condition: PatientCondition?

        public init(
            subscriber: Party, payer: Party, sequence: String = "P", groupNumber: String = "", groupName: String = "",
            insuranceType: String = "", filingIndicator: String = "CI", condition: PatientCondition? = nil
        ) {
            self.subscriber = subscriber
            self.payer = payer
            self.sequence = sequence
            self.groupNumber = groupNumber
            self.groupName = groupName
            self.insuranceType = insuranceType
            self.filingIndicator = filingIndicator
            self.condition = condition
        }
    }

    /// The patient's level (2000C).
    public struct Patient: Hashable, Sendable {
        /// NM1*QC.
        public var party: Party
        /// PAT01: what he is to the subscriber, such as `01` spouse or `19` child.
        public var relationship: String
        public var condition: PatientCondition?

        public init(_ party: Party, relationship: String, condition: PatientCondition? = nil) {
            self.party = party
            self.relationship = relationship
            self.condition = condition
        }
    }

    /// PAT05 to PAT09.
    public struct PatientCondition: Hashable, Sendable {
        public var deathDate: CalendarDate?
        /// In pounds, as text of a decimal.
        public var weight: String
        public var isPregnant: Bool

        public init(deathDate: CalendarDate? = nil, weight: String = "", isPregnant: Bool = false) {
            self.deathDate = deathDate
            self.weight = weight
            self.isPregnant = isPregnant
        }
    }
}
