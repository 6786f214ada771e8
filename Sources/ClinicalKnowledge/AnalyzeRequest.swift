public import HealthTypes

/// The patient's sex as the claim states it, for statements that hold for one sex.
public enum PatientSex: String, Sendable, Codable, Hashable {
    case female = "F"
    case male = "M"

    /// Reads `F`, `female`, `M`, `male` in either case.
    init?(_ text: some StringProtocol) {
        switch text.lowercased() {
        case "f", "female": self = .female
        case "m", "male": self = .male
        default: return nil
        }
    }
}

/// One drug, test or procedure of a claim.
public struct BilledTreatment: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case drug, test, procedure
    }

    public var kind: Kind
    /// ATC for drugs, or HCPCS or CPT, with modifiers after a hyphen (`80053-91`); an NDC, an RxCUI or a LOINC code where
    /// the code tables know it (``TreatmentNaming``).
    public var code: String
    public var name: String
    public var serviceDate: CalendarDate?
    /// Billed units.
    public var quantity: Int?
    /// As written, such as `40 mg twice daily`.
    public var dose: String?

    public init(
        _ kind: Kind, code: String, name: String = "", serviceDate: CalendarDate? = nil, quantity: Int? = nil,
        dose: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.name = name
        self.serviceDate = serviceDate
        self.quantity = quantity
        self.dose = dose
    }

    private enum CodingKeys: String, CodingKey {
        case kind = "type"
        case code, name
        case serviceDate = "service_date"
        case quantity, dose
    }
}

/// Everything wrong with a request, each with a JSON pointer.
public struct AnalyzeRequestError: Error, Sendable, CustomStringConvertible {
    public let issues: [Issue]

    public var description: String { issues.map(\.line).joined(separator: "\n") }
}

/// What a claim says was diagnosed and what was done.
public struct AnalyzeRequest: Codable, Sendable, Hashable {
    /// The most that one request may hold; more is refused, not cut.
    public static let maximumCodes = 50
    public static let maximumTreatments = 100
    public static let maximumTextBytes = 1_048_576
    static let maximumNameBytes = 500

    public var icd10Codes: [String]
    public var treatments: [BilledTreatment]
    /// Carried for the record; the score rests on codes alone.
    public var reportText: String?
    /// Full years.
    public var patientAge: Int?
    public var patientSex: PatientSex?

    public init(
        icd10Codes: [String], treatments: [BilledTreatment], reportText: String? = nil, patientAge: Int? = nil,
        patientSex: PatientSex? = nil
    ) {
        self.icd10Codes = icd10Codes
        self.treatments = treatments
        self.reportText = reportText
        self.patientAge = patientAge
        self.patientSex = patientSex
    }

    private enum CodingKeys: String, CodingKey {
        case icd10Codes = "icd10_codes"
        case treatments
        case reportText = "report_text"
        case patientAge = "patient_age"
        case patientSex = "patient_sex"
    }

    /// Reads the contract's JSON. Types are strict, limits are kept, and every fault is reported at once; members
    /// that the contract does not know are passed over.
    public init(reading json: JSON) throws(AnalyzeRequestError) {
        var reader = RequestReader()
        guard json.object != nil else {
            throw AnalyzeRequestError(issues: [RequestReader.issue("type", "", "is not an object")])
        }
        icd10Codes = reader.codes(json["icd10_codes"])
        treatments = reader.treatments(json["treatments"])
        reportText = reader.text(json["report_text"], at: "/report_text", limit: Self.maximumTextBytes)
        patientAge = reader.integer(json["patient_age"], at: "/patient_age", range: 0...130)
        patientSex = reader.sex(json["patient_sex"])
        guard reader.issues.isEmpty else { throw AnalyzeRequestError(issues: reader.issues) }
    }

    /// The contract's JSON, members in its order, absent ones left out.
    public var json: JSON {
        .compact([
            "icd10_codes": .array(icd10Codes.map(JSON.string)),
            "treatments": .array(treatments.map(\.json)),
            "report_text": reportText.map(JSON.string),
            "patient_age": patientAge.map { JSON($0) },
            "patient_sex": patientSex.map { .string($0.rawValue) },
        ])
    }
}

extension BilledTreatment {
    var json: JSON {
        .compact([
            "type": .string(kind.rawValue),
            "code": .string(code),
            "name": .string(name),
            "service_date": serviceDate.map { .string($0.description) },
            "quantity": quantity.map { JSON($0) },
            "dose": dose.map(JSON.string),
        ])
    }
}

/// Collects what it reads and what is wrong. A null member counts as absent.
private struct RequestReader {
    var issues: [Issue] = []

    static func issue(_ code: String, _ path: String, _ message: String) -> Issue {
        Issue(.error, "clinical.request-\(code)", at: Location(path: path.isEmpty ? "/" : path), message: message)
    }

    private mutating func report(_ code: String, _ path: String, _ message: String) {
        issues.append(Self.issue(code, path, message))
    }

    private mutating func list(_ json: JSON?, at path: String, limit: Int) -> [JSON] {
        guard let json, !json.isNull else {
            report("missing", path, "is required and absent")
            return []
        }
        guard let values = json.array else {
            report("type", path, "is not an array")
            return []
        }
        if values.isEmpty { report("empty", path, "holds nothing to judge") }
        if values.count > limit {
            report("limit", path, "holds more than \(limit) elements")
            return []
        }
        return values
    }

    mutating func codes(_ json: JSON?) -> [String] {
        var codes: [String] = []
        for (index, value) in list(json, at: "/icd10_codes", limit: AnalyzeRequest.maximumCodes).enumerated() {
            if let code = text(value, at: "/icd10_codes/\(index)", limit: 20, required: true) { codes.append(code) }
        }
        return codes
    }

    mutating func treatments(_ json: JSON?) -> [BilledTreatment] {
        var found: [BilledTreatment] = []
        for (index, value) in list(json, at: "/treatments", limit: AnalyzeRequest.maximumTreatments).enumerated() {
            let path = "/treatments/\(index)"
            guard value.object != nil else {
                report("type", path, "is not an object")
                continue
            }
            let type = text(value["type"], at: "\(path)/type", limit: 20, required: true)
            let kind = type.flatMap(BilledTreatment.Kind.init)
            if type != nil, kind == nil { report("type", "\(path)/type", "is none of drug, test, procedure") }
            let name = text(value["name"], at: "\(path)/name", limit: AnalyzeRequest.maximumNameBytes) ?? ""
            // A treatment may go without a code only where it has a name.
            let code = text(value["code"], at: "\(path)/code", limit: 40, required: name.isEmpty) ?? ""
            let date = self.date(value["service_date"], at: "\(path)/service_date")
            let quantity = integer(value["quantity"], at: "\(path)/quantity", range: 1...1_000_000)
            let dose = text(value["dose"], at: "\(path)/dose", limit: 200)
            guard let kind else { continue }
            found.append(
                BilledTreatment(kind, code: code, name: name, serviceDate: date, quantity: quantity, dose: dose))
        }
        return found
    }

    mutating func text(_ json: JSON?, at path: String, limit: Int, required: Bool = false) -> String? {
        guard let json, !json.isNull else {
            if required { report("missing", path, "is required and absent") }
            return nil
        }
        guard let text = json.string else {
            report("type", path, "is not a string")
            return nil
        }
        guard text.utf8.count <= limit else {
            report("limit", path, "is longer than \(limit) bytes")
            return nil
        }
        if required, text.allSatisfy(\.isWhitespace) {
            report("empty", path, "is empty")
            return nil
        }
        return text
    }

    mutating func integer(_ json: JSON?, at path: String, range: ClosedRange<Int>) -> Int? {
        guard let json, !json.isNull else { return nil }
        guard let number = json.integer else {
            report("type", path, "is not a whole number")
            return nil
        }
        guard range.contains(number) else {
            report("limit", path, "is not from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    private mutating func date(_ json: JSON?, at path: String) -> CalendarDate? {
        guard let text = text(json, at: path, limit: 40) else { return nil }
        guard let date = CalendarDate(text) else {
            report("date", path, "is not a day written YYYY-MM-DD")
            return nil
        }
        return date
    }

    mutating func sex(_ json: JSON?) -> PatientSex? {
        guard let text = text(json, at: "/patient_sex", limit: 20) else { return nil }
        if let sex = PatientSex(text) { return sex }
        if !["u", "unknown", "o", "other"].contains(text.lowercased()) {
            report("sex", "/patient_sex", "is none of F, M, female, male, U, unknown, O, other")
        }
        return nil
    }
}
