public import HealthTypes

/// A claim as a program states it in JSON: the short contract, from which a ``Claim`` is made with what we know of
/// the patient's cover and the billing provider.
public struct ClaimRequest: Hashable, Sendable {
    public var claimID: String
    public var memberID: String
    public var providerNPI: String
    /// Each a code with its modifiers behind hyphens: `73721`, `73721-26-RT`.
    public var procedures: [String]
    /// As stated, with or without a dot.
    public var diagnoses: [String]
    public var serviceDate: CalendarDate
    public var amount: Money
    public var priorAuthorization: String?
    public var notes: String?
    /// What was odd about the text though it could be read.
    public var warnings: [Issue] = []

    /// Why some JSON is not a claim; every reason, each at its JSON pointer.
    public struct Refusal: Error, Hashable, CustomStringConvertible {
        public let issues: [Issue]

        public var description: String { issues.map(\.line).joined(separator: "\n") }
    }

    /// The most that one claim may hold: 50 procedures (X222A1 2400), 12 diagnoses (X222A1 HI).
    public static let maximumProcedures = 50
    public static let maximumDiagnoses = 12
    static let maximumNotes = 2000

    /// Reads `claim_id`, `member_id`, `provider_npi`, `cpt_codes`, `icd10_codes`, `date_of_service`, `amount` (a
    /// number or text, exact), and optionally `prior_auth_number` and `notes`.
    public init(reading json: JSON) throws(Refusal) {
        var reader = ClaimRequestReader(json)
        let claimID = reader.text("claim_id", limit: 38)
        let memberID = reader.text("member_id", limit: 80)
        let provider = reader.text("provider_npi", limit: 80)
        let procedures = reader.codes("cpt_codes", limit: Self.maximumProcedures, ClaimRequestReader.isProcedure)
        let diagnoses = reader.codes("icd10_codes", limit: Self.maximumDiagnoses, ClaimRequestReader.isDiagnosis)
        let date = reader.date("date_of_service")
        let amount = reader.amount("amount")
        priorAuthorization = reader.optionalText("prior_auth_number", limit: 50)
        notes = reader.optionalText("notes", limit: Self.maximumNotes)
        reader.noteUnknown()
        guard !reader.issues.contains(where: { $0.severity >= .error }), let claimID, let memberID, let provider,
            let date, let amount
        else { throw Refusal(issues: reader.issues) }
        self.claimID = claimID
        self.memberID = memberID
        providerNPI = provider
        self.procedures = procedures
        self.diagnoses = diagnoses
        serviceDate = date
        self.amount = amount
        warnings = reader.issues
    }

    /// The claim that this stands for: office visits (place of service 11), one line a procedure, one unit each.
    ///
    /// One procedure carries the whole amount. Several carry their usual charges where all are known and they add
    /// up to the amount; else the split is unknown: the first line carries all of it, and a warning
    /// (`claim.line-charges-not-stated`) says so.
    ///
    /// - Parameter rendering: who rendered the service, where the directory knows; left out and not the billing
    ///   provider, it is known by its NPI alone.
    public func claim(
        coverage: Coverage, billing: Provider, patient: Person, rendering: Provider? = nil,
        usualCharges: (String) -> Money?
    ) -> (claim: Claim, issues: [Issue]) {
        var issues = warnings
        let services = procedures.map { $0.split(separator: "-").map(String.init) }.filter { !$0.isEmpty }
        let usual = services.compactMap { usualCharges($0[0]) }
        var charges = [amount] + Array(repeating: Money.zero, count: max(0, services.count - 1))
        if services.count > 1 {
            if usual.count == services.count, usual.total() == amount {
                charges = usual
            } else {
                issues.append(MappingFault.lineChargesNotStated.issue(at: Location(path: "/amount")))
            }
        }
        let pointers = Array(1...max(1, min(4, diagnoses.count)))
        var claim = Claim(
            controlNumber: claimID, totalCharge: amount, placeOfService: "11", billing: billing, coverages: [coverage],
            patient: patient,
            diagnoses: diagnoses.enumerated().map { position, code in
                Diagnosis(qualifier: position == 0 ? "ABK" : "ABF", code: code.filter { $0 != "." }.uppercased())
            },
            lines: zip(services, charges).enumerated().map { position, service in
                var line = ClaimLine(
                    number: position + 1, procedure: service.0[0], modifiers: Array(service.0.dropFirst()),
                    charge: service.1, pointers: pointers, from: serviceDate)
                line.controlNumber = "\(claimID)L\(position + 1)"
                return line
            })
        claim.priorAuthorization = priorAuthorization
        claim.notes = notes
        if let rendering {
            claim.rendering = rendering
        } else if providerNPI != billing.npi {
            claim.rendering = Provider(npi: providerNPI, entity: .person, name: "")
        }
        return (claim, issues)
    }
}

/// Reads the members of the contract, gathering what is wrong with them.
private struct ClaimRequestReader {
    private let members: JSONObject
    private var known: Set<String> = []
    var issues: [Issue] = []

    init(_ json: JSON) {
        members = json.object ?? JSONObject()
        if json.object == nil { fail(.memberType, "") }
    }

    private mutating func fail(_ fault: MappingFault, _ pointer: String) {
        issues.append(fault.issue(at: Location(path: pointer)))
    }

    private mutating func required(_ name: String) -> JSON? {
        known.insert(name)
        guard let value = members[name], !value.isNull else {
            fail(.memberAbsent, "/\(name)")
            return nil
        }
        return value
    }

    mutating func text(_ name: String, limit: Int) -> String? {
        required(name).flatMap { text($0, at: "/\(name)", limit: limit) }
    }

    mutating func optionalText(_ name: String, limit: Int) -> String? {
        known.insert(name)
        guard let value = members[name], !value.isNull else { return nil }
        return text(value, at: "/\(name)", limit: limit)
    }

    private mutating func text(_ value: JSON, at pointer: String, limit: Int) -> String? {
        guard let text = value.string else {
            fail(.memberType, pointer)
            return nil
        }
        guard !text.isEmpty else {
            fail(.memberValue, pointer)
            return nil
        }
        guard text.utf8.count <= limit else {
            fail(.memberLimit, pointer)
            return nil
        }
        return text
    }

    mutating func codes(_ name: String, limit: Int, _ hasForm: (String) -> Bool) -> [String] {
        guard let value = required(name) else { return [] }
        guard let elements = value.array else {
            fail(.memberType, "/\(name)")
            return []
        }
        if elements.isEmpty { fail(.memberValue, "/\(name)") }
        if elements.count > limit { fail(.memberLimit, "/\(name)") }
        var codes: [String] = []
        for (index, element) in elements.prefix(limit).enumerated() {
            guard let text = text(element, at: "/\(name)/\(index)", limit: 30) else { continue }
            if hasForm(text) { codes.append(text) } else { fail(.memberValue, "/\(name)/\(index)") }
        }
        return codes
    }

    /// Five letters or digits, with up to four modifiers of two.
    static func isProcedure(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts[0].count == 5 && parts.count <= 5 && parts.dropFirst().allSatisfy { $0.count == 2 }
            && parts.joined().allSatisfy(isLetterOrDigit)
    }

    /// A letter, then letters and digits with at most one dot; whether the code exists is not asked here.
    static func isDiagnosis(_ text: String) -> Bool {
        let bytes = Array(text.utf8.filter { $0 != UInt8(ascii: ".") })
        return (3...7).contains(bytes.count) && text.utf8.count - bytes.count <= 1
            && bytes.allSatisfy(isLetterOrDigit) && bytes[0] >= UInt8(ascii: "A")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    mutating func date(_ name: String) -> CalendarDate? {
        guard let text = text(name, limit: 10) else { return nil }
        guard let date = CalendarDate(text) else {
            fail(.memberValue, "/\(name)")
            return nil
        }
        return date
    }

    /// Dollars as a number or as text, digit by digit; a part of a cent is refused.
    mutating func amount(_ name: String) -> Money? {
        guard let value = required(name) else { return nil }
        guard let text = value.numberText ?? value.string else {
            fail(.memberType, "/\(name)")
            return nil
        }
        guard let amount = Money(text) else {
            fail(.memberValue, "/\(name)")
            return nil
        }
        return amount
    }

    /// A member's name may itself be anything: the issue counts them and repeats none.
    mutating func noteUnknown() {
        for (name, _) in members.members where !known.contains(name) { fail(.memberUnknown, "/") }
    }
}
