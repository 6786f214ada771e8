public import HealthTypes
import X12

extension ClaimDraft837 {
    /// CL1: type and source of an admission, and the patient's status at its end.
    public struct Admission: Hashable, Sendable {
        public var type: String
        public var source: String
        public var patientStatus: String

        public init(type: String, source: String, patientStatus: String) {
            self.type = type
            self.source = source
            self.patientStatus = patientStatus
        }
    }

    /// PWK: a document that goes with the claim or the line.
    public struct Attachment: Hashable, Sendable {
        /// PWK01, such as `OZ`.
        public var type: String
        /// PWK02: `EL` by wire, `BM` by mail, `FX` by fax, `AA` on request.
        public var transmission: String
        /// PWK06.
        public var controlNumber: String

        public init(type: String, transmission: String, controlNumber: String = "") {
            self.type = type
            self.transmission = transmission
            self.controlNumber = controlNumber
        }
    }

    /// NTE.
    public struct Note: Hashable, Sendable {
        public var qualifier: String
        public var text: String

        public init(_ qualifier: String = "ADD", _ text: String) {
            self.qualifier = qualifier
            self.text = text
        }
    }

    /// A composite of HI (C022).
    public struct HealthCode: Hashable, Sendable {
        /// Such as `ABK` for the principal diagnosis, `ABF` for a further one, `BBR` for the principal procedure.
        public var qualifier: String
        /// Without a point.
        public var code: String
        /// `D8` or `RD8`, and the day or period of an occurrence or a procedure.
        public var dateFormat: String
        public var date: String
        /// Of a value code.
        public var amount: Money?
        public var quantity: String
        public var presentOnAdmission: String

        public init(
            _ qualifier: String, _ code: String, dateFormat: String = "", date: String = "", amount: Money? = nil,
            quantity: String = "", presentOnAdmission: String = ""
        ) {
            self.qualifier = qualifier
            self.code = code
            self.dateFormat = dateFormat
            self.date = date
            self.amount = amount
            self.quantity = quantity
            self.presentOnAdmission = presentOnAdmission
        }

        /// A code with its day.
        public init(_ qualifier: String, _ code: String, on day: CalendarDate) {
            self.init(qualifier, code, dateFormat: "D8", date: day.compact)
        }
    }

    /// What another payer decided of the claim or is to decide (2320, 2330).
    public struct OtherPayer: Hashable, Sendable {
        /// NM1*IL and NM1*PR.
        public var subscriber: Party
        public var payer: Party
        /// SBR01 to SBR05 and SBR09.
        public var sequence: String
        public var relationship: String
        public var groupNumber: String
        public var groupName: String
        public var insuranceType: String
        public var filingIndicator: String
        /// CAS of the claim as a whole; those of lines are in their decisions.
        public var adjustments: [Adjustment]
        /// AMT*D.
        public var paid: Money?
        /// AMT*EAF and others.
        public var amounts: [AmountEntry]
        /// OI03, OI04 and OI06.
        public var benefitsAssigned: String
        public var patientSignature: String
        public var releaseOfInformation: String
        /// DTP*573 of the payer's loop.
        public var decisionDate: CalendarDate?
        /// 2330C to 2330I, each by its role.
        public var providers: [Party]
        public var additional: [SegmentDraft]

        public init(
            subscriber: Party, payer: Party, sequence: String, relationship: String = "18", groupNumber: String = "",
            groupName: String = "", insuranceType: String = "", filingIndicator: String = "CI",
            adjustments: [Adjustment] = [], paid: Money? = nil, amounts: [AmountEntry] = [],
            benefitsAssigned: String = "Y", patientSignature: String = "", releaseOfInformation: String = "Y",
            decisionDate: CalendarDate? = nil, providers: [Party] = [], additional: [SegmentDraft] = []
        ) {
            self.subscriber = subscriber
            self.payer = payer
            self.sequence = sequence
            self.relationship = relationship
            self.groupNumber = groupNumber
            self.groupName = groupName
            self.insuranceType = insuranceType
            self.filingIndicator = filingIndicator
            self.adjustments = adjustments
            self.paid = paid
            self.amounts = amounts
            self.benefitsAssigned = benefitsAssigned
            self.patientSignature = patientSignature
            self.releaseOfInformation = releaseOfInformation
            self.decisionDate = decisionDate
            self.providers = providers
            self.additional = additional
        }
    }

    /// A service line (2400).
    public struct Line: Hashable, Sendable {
        /// SV101, SV202 or SV301; a line of an institutional claim may have a revenue code alone.
        public var procedure: ProcedureCode?
        /// SV201.
        public var revenueCode: String
        public var charge: Money
        /// `UN` units, `MJ` minutes, `DA` days.
        public var unit: String
        public var units: String
        /// SV105 or SV303, where it is another than the claim's.
        public var placeOfService: String
        /// To which codes of the claim the line points, counted from 1.
        public var pointers: [Int]
        /// SV109, SV111, SV112 and SV115 as they stand.
        public var emergency: String
        public var screening: String
        public var familyPlanning: String
        public var copayStatus: String
        /// SV207.
        public var notCovered: Money?
        /// SV304 and SV305 of a dental line, and its teeth (TOO).
        public var oralCavity: [String]
        public var placement: String
        public var teeth: [Tooth]
        public var dates: [DateEntry]
        public var attachments: [Attachment]
        public var quantities: [QuantityEntry]
        public var references: [ReferenceNumber]
        public var amounts: [AmountEntry]
        public var notes: [Note]
        public var drug: Drug?
        /// 2420, each by its role.
        public var providers: [Party]
        public var decisions: [Decision]
        public var additional: [SegmentDraft]

        public init(
            procedure: ProcedureCode? = nil, revenueCode: String = "", charge: Money, unit: String = "UN",
            units: String = "1", placeOfService: String = "", pointers: [Int] = [], emergency: String = "",
            screening: String = "", familyPlanning: String = "", copayStatus: String = "", notCovered: Money? = nil,
            oralCavity: [String] = [], placement: String = "", teeth: [Tooth] = [], dates: [DateEntry] = [],
            attachments: [Attachment] = [], quantities: [QuantityEntry] = [], references: [ReferenceNumber] = [],
            amounts: [AmountEntry] = [], notes: [Note] = [], drug: Drug? = nil, providers: [Party] = [],
            decisions: [Decision] = [], additional: [SegmentDraft] = []
        ) {
            self.procedure = procedure
            self.revenueCode = revenueCode
            self.charge = charge
            self.unit = unit
            self.units = units
            self.placeOfService = placeOfService
            self.pointers = pointers
            self.emergency = emergency
            self.screening = screening
            self.familyPlanning = familyPlanning
            self.copayStatus = copayStatus
            self.notCovered = notCovered
            self.oralCavity = oralCavity
            self.placement = placement
            self.teeth = teeth
            self.dates = dates
            self.attachments = attachments
            self.quantities = quantities
            self.references = references
            self.amounts = amounts
            self.notes = notes
            self.drug = drug
            self.providers = providers
            self.decisions = decisions
            self.additional = additional
        }
    }

    /// TOO: a tooth by its universal number, and its surfaces.
    public struct Tooth: Hashable, Sendable {
        public var code: String
        public var surfaces: [String]

        public init(_ code: String, surfaces: [String] = []) {
            self.code = code
            self.surfaces = surfaces
        }
    }

    /// 2410: a drug by its NDC, and how much of it was given.
    public struct Drug: Hashable, Sendable {
        public var qualifier: String
        public var code: String
        public var quantity: String
        /// `UN`, `ML`, `GR`, `ME` or `F2`.
        public var unit: String
        /// `XZ` for the prescription, `VY` for what links parts of a compound.
        public var references: [ReferenceNumber]

        public init(
            _ code: String, quantity: String, unit: String, qualifier: String = "N4", references: [ReferenceNumber] = []
        ) {
            self.code = code
            self.quantity = quantity
            self.unit = unit
            self.qualifier = qualifier
            self.references = references
        }
    }

    /// What another payer decided of a line (2430).
    public struct Decision: Hashable, Sendable {
        /// SVD01: the payer, by its number in the other payer's loop.
        public var payer: String
        public var paid: Money
        public var procedure: ProcedureCode?
        public var revenueCode: String
        public var units: String
        /// SVD06.
        public var bundledLine: String
        public var adjustments: [Adjustment]
        /// DTP*573.
        public var date: CalendarDate?
        public var amounts: [AmountEntry]

        public init(
            payer: String, paid: Money, procedure: ProcedureCode? = nil, revenueCode: String = "", units: String = "1",
            bundledLine: String = "", adjustments: [Adjustment] = [], date: CalendarDate? = nil,
            amounts: [AmountEntry] = []
        ) {
            self.payer = payer
            self.paid = paid
            self.procedure = procedure
            self.revenueCode = revenueCode
            self.units = units
            self.bundledLine = bundledLine
            self.adjustments = adjustments
            self.date = date
            self.amounts = amounts
        }
    }
}
