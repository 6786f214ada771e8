public import HealthTypes

/// The small part of FHIRPath that reading needs: members and indexes, as in `item[0].productOrService.coding.code`.
///
/// As in FHIRPath, a member of a list is that member of each element, and an index picks from what the path has
/// gathered so far. `name.0.family` is read as `name[0].family`.
extension JSON {
    /// Every value at `path`, lists opened; none where the path leads nowhere or cannot be read.
    public func values(at path: String) -> [JSON] {
        var gathered: [JSON] = [self]
        var rest = path[...]
        while !rest.isEmpty, !gathered.isEmpty {
            let step = rest.prefix { $0 != "." && $0 != "[" && $0 != "]" }
            rest = rest[step.endIndex...].drop { $0 == "." || $0 == "[" || $0 == "]" }
            if let index = Int(step) {
                gathered = gathered.indices.contains(index) ? [gathered[index]] : []
            } else {
                gathered = gathered.flatMap { value -> [JSON] in
                    guard let found = value[String(step)] else { return [] }
                    return found.array ?? [found]
                }
            }
        }
        return gathered
    }

    /// The first value at `path`.
    public func value(at path: String) -> JSON? { values(at: path).first }

    /// The first string at `path`.
    public func string(at path: String) -> String? { values(at: path).lazy.compactMap(\.string).first }

    /// The first extension of this URL, or of a URL that ends in `/` and this name.
    public func fhirExtension(_ url: String, in member: String = "extension") -> JSON? {
        fhirExtensions(url, in: member).first
    }

    /// Every extension of this URL, or of a URL that ends in `/` and this name.
    public func fhirExtensions(_ url: String, in member: String = "extension") -> [JSON] {
        let suffix = "/" + url
        return self[member]?.elements.filter { $0["url"]?.string.map { $0 == url || $0.hasSuffix(suffix) } == true }
            ?? []
    }

    /// The codes of a CodeableConcept or a Coding.
    public var codings: [Code] {
        let codings = self["coding"]?.elements ?? [self]
        return codings.compactMap { coding in
            coding["code"]?.string.map { Code(CodeSystem(rawValue: coding["system"]?.string ?? ""), $0) }
        }
    }

    /// The day that a FHIR date or dateTime states, as written and whatever its zone; nil for a month or a year.
    public var fhirDate: CalendarDate? {
        guard let text = string, text.utf8.count == 10 || text.utf8.dropFirst(10).first == UInt8(ascii: "T") else {
            return nil
        }
        return CalendarDate(text.prefix(10))
    }

    /// A CodeableConcept of one code.
    public static func concept(_ code: Code) -> JSON { ["coding": [coding(code)]] }

    public static func coding(_ code: Code) -> JSON {
        code.system.rawValue.isEmpty
            ? ["code": .string(code.value)]
            : ["system": .string(code.system.rawValue), "code": .string(code.value)]
    }

    public static func reference(_ target: String) -> JSON { ["reference": .string(target)] }
}
