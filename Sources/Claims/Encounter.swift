public import HealthTypes

/// One visit, from its appointment on.
public struct Encounter: Hashable, Sendable {
    /// The visit number that every message of the visit carries (PV1-19, Encounter.identifier).
    public var visitNumber: String
    /// The medical record number.
    public var recordNumber: String?
    public var patient: Person
    /// When the appointment begins, or began.
    public var start: Instant?
    /// When the patient checked in.
    public var checkedIn: Instant?
    public var placeOfService: String
    /// Who sees the patient.
    public var attending: Provider?
    /// Why the patient comes, in the scheduler's words.
    public var reason: String?

    public init(
        visitNumber: String, recordNumber: String? = nil, patient: Person, start: Instant? = nil,
        checkedIn: Instant? = nil, placeOfService: String = "11", attending: Provider? = nil, reason: String? = nil
    ) {
        self.visitNumber = visitNumber
        self.recordNumber = recordNumber
        self.patient = patient
        self.start = start
        self.checkedIn = checkedIn
        self.placeOfService = placeOfService
        self.attending = attending
        self.reason = reason
    }

    public var serviceDate: CalendarDate? { (checkedIn ?? start)?.date }
}

/// A service that a clinician ordered (ORM^O01, ServiceRequest).
public struct ServiceOrder: Hashable, Sendable {
    /// The placer's order number.
    public var number: String
    /// CPT or HCPCS.
    public var procedure: String
    public var units: Int
    /// ICD-10-CM codes that the order gives as its reason.
    public var diagnoses: [String]
    public var ordering: Provider?
    public var orderedOn: CalendarDate
    public var requestedFor: CalendarDate?
    public var urgent: Bool

    public init(
        number: String, procedure: String, units: Int = 1, diagnoses: [String] = [], ordering: Provider? = nil,
        orderedOn: CalendarDate, requestedFor: CalendarDate? = nil, urgent: Bool = false
    ) {
        self.number = number
        self.procedure = procedure
        self.units = units
        self.diagnoses = diagnoses
        self.ordering = ordering
        self.orderedOn = orderedOn
        self.requestedFor = requestedFor
        self.urgent = urgent
    }
}

/// One item of the chart that may serve as evidence.
public struct ChartItem: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case condition = "condition"
        case observation = "observation"
        case note = "note"
        case medication = "medication"
        case procedure = "procedure"
    }

    /// `Observation/obs-12`, or the HL7 message's control id and set id.
    public var reference: String
    public var kind: Kind
    public var code: Code?
    /// Text of a note, display of a condition.
    public var text: String?
    /// An observation's value and unit, as they were stated.
    public var value: String?
    public var unit: String?
    public var date: CalendarDate?

    public init(
        reference: String, kind: Kind, code: Code? = nil, text: String? = nil, value: String? = nil,
        unit: String? = nil, date: CalendarDate? = nil
    ) {
        self.reference = reference
        self.kind = kind
        self.code = code
        self.text = text
        self.value = value
        self.unit = unit
        self.date = date
    }
}

/// One charge that a department posted for a visit (DFT^P03, FT1).
public struct Charge: Hashable, Sendable {
    /// The posting system's number of the transaction.
    public var number: String
    public var date: CalendarDate
    public var procedure: String
    public var modifiers: [String]
    public var units: Int
    /// For all units together.
    public var amount: Money
    public var diagnoses: [String]
    public var rendering: Provider?
    public var ndc: String?

    public init(
        number: String, date: CalendarDate, procedure: String, modifiers: [String] = [], units: Int = 1,
        amount: Money, diagnoses: [String] = [], rendering: Provider? = nil, ndc: String? = nil
    ) {
        self.number = number
        self.date = date
        self.procedure = procedure
        self.modifiers = modifiers
        self.units = units
        self.amount = amount
        self.diagnoses = diagnoses
        self.rendering = rendering
        self.ndc = ndc
    }
}
