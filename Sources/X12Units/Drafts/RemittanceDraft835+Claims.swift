public import HealthTypes
import X12

extension RemittanceDraft835 {
    /// A claim of a payment (2100).
    public struct Claim: Hashable, Sendable {
        /// CLP01: the provider's own number.
        public var controlNumber: String
        /// CLP02: `1` processed as primary, `2` as secondary, `4` denied, `22` reversal and others.
        public var status: String
        /// CLP03; where it is nil, the sum of the lines.
        public var charge: Money?
        /// CLP04; where it is nil, the charge less all adjustments.
        public var paid: Money?
        /// CLP05; where it is nil, the adjustments of the patient's group (`PR`), if there are any.
        public var patientResponsibility: Money?
        /// CLP06 to CLP09, CLP11 to CLP13.
        public var filingIndicator: String
        public var payerControlNumber: String
        public var facility: String
        public var frequency: String
        public var diagnosisGroup: String
        public var diagnosisGroupWeight: String
        public var dischargeFraction: String
        public var adjustments: [Adjustment]
        /// NM1 by their roles: `QC` the patient, `IL` the subscriber, `82` the rendering provider and others.
        public var parties: [Party]
        public var references: [ReferenceNumber]
        /// `232` and `233` the days of the statement, `050` the receipt, `036` the end of the coverage.
        public var dates: [DateEntry]
        public var contacts: [Contact]
        public var amounts: [AmountEntry]
        public var quantities: [QuantityEntry]
        public var lines: [Line]
        /// MIA, MOA and others.
        public var additional: [SegmentDraft]

        public init(
            controlNumber: String, status: String = "1", charge: Money? = nil, paid: Money? = nil,
            patientResponsibility: Money? = nil, filingIndicator: String = "12", payerControlNumber: String,
            facility: String = "", frequency: String = "", diagnosisGroup: String = "",
            diagnosisGroupWeight: String = "", dischargeFraction: String = "", adjustments: [Adjustment] = [],
            parties: [Party], references: [ReferenceNumber] = [], dates: [DateEntry] = [], contacts: [Contact] = [],
            amounts: [AmountEntry] = [], quantities: [QuantityEntry] = [], lines: [Line] = [],
            additional: [SegmentDraft] = []
        ) {
            self.controlNumber = controlNumber
            self.status = status
            self.charge = charge
            self.paid = paid
            self.patientResponsibility = patientResponsibility
            self.filingIndicator = filingIndicator
            self.payerControlNumber = payerControlNumber
            self.facility = facility
            self.frequency = frequency
            self.diagnosisGroup = diagnosisGroup
            self.diagnosisGroupWeight = diagnosisGroupWeight
            self.dischargeFraction = dischargeFraction
            self.adjustments = adjustments
            self.parties = parties
            self.references = references
            self.dates = dates
            self.contacts = contacts
            self.amounts = amounts
            self.quantities = quantities
            self.lines = lines
            self.additional = additional
        }

        /// Whether its amounts must add up: a predetermination pays nothing.
        var isJudged: Bool { status != "25" }

        /// CLP03.
        public var statedCharge: Money { charge ?? lines.reduce(.zero) { $0 + $1.charge } }

        /// What all adjustments, those of lines among them, take away.
        public var adjusted: Money { lines.reduce(adjustments.adjusted) { $0 + $1.adjustments.adjusted } }

        /// CLP04.
        public var statedPaid: Money { paid ?? (isJudged ? statedCharge - adjusted : .zero) }

        var ofPatient: Money {
            func share(_ adjustments: [Adjustment]) -> Money {
                adjustments.filter { $0.group == "PR" }.adjusted
            }
            return lines.reduce(share(adjustments)) { $0 + share($1.adjustments) }
        }
    }

    /// A service line (2110).
    public struct Line: Hashable, Sendable {
        /// SVC01, and SVC06 where another was charged.
        public var procedure: ProcedureCode
        public var submittedProcedure: ProcedureCode?
        public var charge: Money
        /// SVC03; where it is nil, the charge less the adjustments.
        public var paid: Money?
        public var revenueCode: String
        /// SVC05 and SVC07.
        public var units: String
        public var submittedUnits: String
        public var dates: [DateEntry]
        public var adjustments: [Adjustment]
        public var references: [ReferenceNumber]
        public var amounts: [AmountEntry]
        public var quantities: [QuantityEntry]
        /// LQ*HE.
        public var remarkCodes: [String]
        public var additional: [SegmentDraft]

        public init(
            procedure: ProcedureCode, submittedProcedure: ProcedureCode? = nil, charge: Money, paid: Money? = nil,
            revenueCode: String = "", units: String = "1", submittedUnits: String = "", dates: [DateEntry] = [],
            adjustments: [Adjustment] = [], references: [ReferenceNumber] = [], amounts: [AmountEntry] = [],
            quantities: [QuantityEntry] = [], remarkCodes: [String] = [], additional: [SegmentDraft] = []
        ) {
            self.procedure = procedure
            self.submittedProcedure = submittedProcedure
            self.charge = charge
            self.paid = paid
            self.revenueCode = revenueCode
            self.units = units
            self.submittedUnits = submittedUnits
            self.dates = dates
            self.adjustments = adjustments
            self.references = references
            self.amounts = amounts
            self.quantities = quantities
            self.remarkCodes = remarkCodes
            self.additional = additional
        }

        /// SVC03.
        public var statedPaid: Money { paid ?? charge - adjustments.adjusted }
    }
}

extension Sequence<Adjustment> {
    /// What the adjustments take away together; one without an amount counts nothing.
    var adjusted: Money { reduce(.zero) { $0 + ($1.amount ?? .zero) } }
}
