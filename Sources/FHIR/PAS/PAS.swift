public import HealthTypes

/// Names that the Da Vinci Prior Authorization Support guide (PAS 2.2.1) fixes.
public enum PAS {
    /// StructureDefinitions of the guide: profiles and extensions.
    static let structure = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"

    /// X12 306, the review action: the decision on an item.
    public static let reviewActionSystem = CodeSystem(rawValue: "https://codesystem.x12.org/005010/306")
    /// X12 1525, the kind of request (UM01).
    static let requestType = CodeSystem(rawValue: "https://codesystem.x12.org/005010/1525")
    /// X12 1322, the kind of certification (UM02).
    static let certificationType = CodeSystem(rawValue: "https://codesystem.x12.org/005010/1322")
    /// X12 1338, the level of service (UM06).
    static let levelOfService = CodeSystem(rawValue: "https://codesystem.x12.org/005010/1338")
    /// X12 1365, the kind of service (UM03).
    static let serviceType = CodeSystem(rawValue: "https://codesystem.x12.org/005010/1365")
    /// X12 98, what an organization is to the request.
    static let entity = CodeSystem(rawValue: "https://codesystem.x12.org/005010/98")
    /// X12 755, the kind of a document asked for (PWK01).
    public static let documentType = CodeSystem(rawValue: "https://codesystem.x12.org/005010/755")
    /// X12 901, why a request could not be taken.
    static let rejectReason = CodeSystem(rawValue: "https://codesystem.x12.org/005010/901")
    /// X12 889, what to do about it.
    static let followUp = CodeSystem(rawValue: "https://codesystem.x12.org/005010/889")
    /// Reasons for a decision on an item.
    static let decisionReason = CodeSystem(rawValue: "https://codesystem.x12.org/external/886")

    /// The guide's own codes, among them the categories of supporting information.
    static let temporaryCodes = CodeSystem(rawValue: "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes")
    static let placeOfService = CodeSystem(
        rawValue: "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set")
    static let identifierType = CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/v2-0203")

    /// Ids of a payer's own criteria, by which an asked-for document and its answer find each other.
    public static let criterion = CodeSystem(rawValue: "urn:claimwright:criterion")
    /// A health plan's number, as payers are listed.
    static let payerSystem = "urn:oid:2.16.840.1.113883.6.300"
    static let memberSystem = "urn:claimwright:member"

    /// The fullUrl of a resource in one exchange: the same for the same identifiers, so that a retry sends the
    /// same bytes, and another for any other exchange, since the guide forbids using a GUID again.
    static func fullUrl(_ type: String, _ id: String, in exchange: FHIRIdentifier) -> String {
        let digest = Digest(of: [exchange.system, exchange.value, type, id].joined(separator: "\u{1f}"))
        var hex = Array(digest.hex.utf8.prefix(32))
        // RFC 9562, version 8 (custom content) and its variant.
        hex[12] = UInt8(ascii: "8")
        hex[16] = UInt8(ascii: "a")
        var uuid = ""
        for (index, digit) in hex.enumerated() {
            if [8, 12, 16, 20].contains(index) { uuid += "-" }
            uuid.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return "urn:uuid:" + uuid
    }

    static func extending(_ name: String, concept code: Code) -> JSON {
        ["url": .string(structure + name), "valueCodeableConcept": .concept(code)]
    }

    static func meta(_ profile: String) -> JSON { ["profile": [.string(structure + profile)]] }
}

/// Why a Bundle is not the PAS message that was looked for; every reason, each with its FHIRPath.
public struct PASError: Error, Hashable, Sendable, CustomStringConvertible {
    public let issues: [Issue]

    public var description: String { issues.map(\.line).joined(separator: "\n") }
}

/// Days from a first to a last, either of which may be open.
public struct PASPeriod: Hashable, Sendable, Codable {
    public var start: CalendarDate?
    public var end: CalendarDate?

    public init(start: CalendarDate?, end: CalendarDate?) {
        self.start = start
        self.end = end
    }

    /// Reads a Period; nil where neither end is a full date.
    init?(_ json: JSON?) {
        self.init(start: json?["start"]?.fhirDate, end: json?["end"]?.fhirDate)
        if start == nil && end == nil { return nil }
    }

    var json: JSON {
        .compact(["start": start.map { .string($0.description) }, "end": end.map { .string($0.description) }])
    }
}
