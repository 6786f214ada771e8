public import HealthTypes

/// A claim as billed, or about to be: what an 837 carries, without its format.
public struct Claim: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case professional = "professional"
        case institutional = "institutional"
        case dental = "dental"
    }

    /// CLM01, unique for each submission.
    public var controlNumber: String
    public var kind: Kind
    /// CLM05-3: 1 original, 7 replacement, 8 void.
    public var frequency: String
    /// REF*F8: the payer's number of the claim that this one replaces or voids.
    public var originalReference: String?
    /// REF*G1.
    public var priorAuthorization: String?
    /// REF*9F.
    public var referralNumber: String?
    public var totalCharge: Money
    /// CLM05-1.
    public var placeOfService: String
    public var billing: Provider
    public var rendering: Provider?
    public var referring: Provider?
    public var facility: Provider?
    /// Whose cover pays, in order of responsibility; the first is the payer to whom the claim goes.
    public var coverages: [Coverage]
    public var patient: Person
    /// In order; the first is the principal diagnosis.
    public var diagnoses: [Diagnosis]
    public var lines: [ClaimLine]
    /// CLM11-1, such as `AA` (auto accident).
    public var relatedCauses: [String]
    /// CLM11-4: the state of an auto accident.
    public var accidentState: String?
    /// DTP of the claim as a whole, by qualifier: 439 accident, 431 onset, 435 admission, 434 statement ...
    public var dates: [DatedPeriod]
    public var notes: String?
    /// What payers before this one settled (2320, 2430).
    public var priorPayments: [PriorPayment]

    public init(
        controlNumber: String, kind: Kind = .professional, frequency: String = "1", totalCharge: Money,
        placeOfService: String, billing: Provider, rendering: Provider? = nil, coverages: [Coverage],
        patient: Person, diagnoses: [Diagnosis], lines: [ClaimLine]
    ) {
        self.controlNumber = controlNumber
        self.kind = kind
        self.frequency = frequency
        self.totalCharge = totalCharge
        self.placeOfService = placeOfService
        self.billing = billing
        self.rendering = rendering
        self.coverages = coverages
        self.patient = patient
        self.diagnoses = diagnoses
        self.lines = lines
        relatedCauses = []
        dates = []
        priorPayments = []
    }

    public var payer: Coverage? { coverages.first }

    /// The control number of the next submission of a claim: `V100001-1` becomes `V100001-2`; a number without so
    /// short an end gets one. At most 20 characters, as the guides limit CLM01; a longer number is cut, with a mark of
    /// the whole of it, so that two long numbers stay two.
    public static func controlNumber(after number: String) -> String {
        var base = Substring(number)
        var count = 1
        if let dash = number.lastIndex(of: "-"), dash > number.startIndex {
            let end = number[number.index(after: dash)...]
            if end.utf8.count <= 3, let counted = Int(end), counted < 999 {
                base = number[..<dash]
                count = counted
            }
        }
        let short = base.utf8.count <= 16 ? String(base) : "\(base.prefix(9)).\(Digest(of: String(base)).hex.prefix(6))"
        return "\(short)-\(count + 1)"
    }

    /// The earliest date of service.
    public var serviceFrom: CalendarDate? { lines.map(\.from).min() }
    /// The latest.
    public var serviceTo: CalendarDate? { lines.map { $0.to ?? $0.from }.max() }
}

/// A diagnosis on a claim, with its HI qualifier.
public struct Diagnosis: Hashable, Sendable {
    /// ABK principal, ABF other (ICD-10-CM); BK and BF for ICD-9-CM, kept as they came.
    public var qualifier: String
    /// Without a dot, as X12 carries it.
    public var code: String

    public init(qualifier: String, code: String) {
        self.qualifier = qualifier
        self.code = code
    }
}

/// One service line.
public struct ClaimLine: Hashable, Sendable {
    /// LX01, from 1.
    public var number: Int
    /// CPT or HCPCS.
    public var procedure: String
    public var modifiers: [String]
    public var charge: Money
    /// SV104 as it was stated; may have decimals.
    public var units: String
    /// SV103: `UN` units, `MJ` minutes.
    public var unitBasis: String
    /// Positions in the claim's diagnoses, from 1.
    public var pointers: [Int]
    public var from: CalendarDate
    public var to: CalendarDate?
    public var placeOfService: String?
    /// REF*6R.
    public var controlNumber: String?
    public var ndc: String?
    /// CTP04 and CTP05-1, which go with the NDC.
    public var ndcQuantity: String?
    public var ndcUnit: String?
    /// SV101-7.
    public var description: String?
    /// NTE of the line.
    public var notes: String?
    /// REF*G1 of the line, where it is not the claim's.
    public var priorAuthorization: String?
    /// 2420A, where it is not the claim's.
    public var rendering: Provider?
    /// 2420E: who ordered the test, drug or supply.
    public var ordering: Provider?
    /// SV201, of an institutional claim.
    public var revenueCode: String?

    public init(
        number: Int, procedure: String, modifiers: [String] = [], charge: Money, units: String = "1",
        unitBasis: String = "UN", pointers: [Int] = [1], from: CalendarDate, to: CalendarDate? = nil
    ) {
        self.number = number
        self.procedure = procedure
        self.modifiers = modifiers
        self.charge = charge
        self.units = units
        self.unitBasis = unitBasis
        self.pointers = pointers
        self.from = from
        self.to = to
    }

    /// Units where they are whole.
    public var wholeUnits: Int? { Int(units) ?? (units.hasSuffix(".00") ? Int(units.dropLast(3)) : nil) }
}

extension Claim {
    /// CLM05-3 of a claim that takes no other's place.
    public static let originalFrequency = "1"
}
