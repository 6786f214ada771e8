public import HealthTypes

/// One FHIR R4 resource, held as its JSON: nothing that came in is lost, known to us or not.
///
/// ```swift
/// patient.string(at: "name[0].family")
/// patient.identifiers(system: "http://hospital.example/mrn")
/// ```
public struct Resource: Hashable, Sendable {
    /// An object with a `resourceType`; a write that makes it anything else is a programmer's mistake.
    public var json: JSON {
        didSet { precondition(Self.type(of: json) != nil, "a resource is an object with a resourceType") }
    }

    /// Nil unless it is an object with a `resourceType`.
    public init?(_ json: JSON) {
        guard Self.type(of: json) != nil else { return nil }
        self.json = json
    }

    /// A resource that we make; members whose value is nil are left out.
    public init(type: String, id: String? = nil, _ members: KeyValuePairs<String, JSON?> = [:]) {
        var object = JSONObject([("resourceType", .string(type))])
        object["id"] = id.map(JSON.string)
        for (name, value) in members where value != nil { object[name] = value }
        json = .object(object)
    }

    private static func type(of json: JSON) -> String? {
        json["resourceType"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    public var type: String { Self.type(of: json) ?? "" }
    public var id: String? { json["id"]?.string }

    /// A member of the resource itself.
    public subscript(member: String) -> JSON? { json[member] }

    /// The first value at a path such as `item[0].productOrService.coding.code`.
    public func value(at path: String) -> JSON? { json.value(at: path) }

    /// Every value at the path, lists opened.
    public func values(at path: String) -> [JSON] { json.values(at: path) }

    public func string(at path: String) -> String? { json.string(at: path) }

    public func strings(at path: String) -> [String] { json.values(at: path).compactMap(\.string) }

    public func integer(at path: String) -> Int? { json.value(at: path)?.integer }

    /// The values of `identifier` in this system.
    public func identifiers(system: String) -> [String] {
        json.values(at: "identifier").filter { $0["system"]?.string == system }.compactMap { $0["value"]?.string }
    }

    /// The first identifier of any system.
    public var identifier: FHIRIdentifier? { json.values(at: "identifier").lazy.compactMap(FHIRIdentifier.init).first }

    /// The codes of the CodeableConcepts or Codings at the path.
    public func codings(at path: String) -> [Code] { json.values(at: path).flatMap(\.codings) }

    /// The text of the Reference at the path, such as `Patient/12` or `#org`.
    public func reference(at path: String) -> String? { json.value(at: path)?["reference"]?.string }

    /// The day at the path; nil for a month or a year alone.
    public func date(at path: String) -> CalendarDate? { json.value(at: path)?.fhirDate }

    /// A moment with its zone, as instant and dateTime give it.
    public func instant(at path: String) -> Instant? { json.string(at: path).flatMap { Instant($0) } }

    /// United States dollars at the path; nil for another currency or part of a cent.
    public func money(at path: String) -> Money? {
        guard let money = json.value(at: path), money["currency"]?.string ?? "USD" == "USD" else { return nil }
        return money["value"]?.numberText.flatMap { Money($0) }
    }

    public var contained: [Resource] { json["contained"]?.elements.compactMap(Resource.init) ?? [] }
}

/// A business identifier: a value in the namespace that its system names.
public struct FHIRIdentifier: Hashable, Sendable, Codable {
    public var system: String
    public var value: String

    public init(system: String, value: String) {
        self.system = system
        self.value = value
    }

    /// Reads an Identifier; nil without a value.
    public init?(_ json: JSON) {
        guard let value = json["value"]?.string else { return nil }
        self.init(system: json["system"]?.string ?? "", value: value)
    }

    public var json: JSON {
        system.isEmpty
            ? ["value": .string(value)] : ["system": .string(system), "value": .string(value)]
    }
}
