public import HealthTypes

/// A light check of the structure of the resources in use.
///
/// It sees members that R4 requires, lists against single values, required code sets and forms of dates. It knows no
/// profiles and no terminology; ``PASChecker`` knows PAS.
public enum FHIRValidator {
    /// The types that the table covers; resources of other types pass unchecked.
    public static var types: Set<String> { Set(FHIRTable.rules.keys) }

    /// - Parameter path: where the resource itself stands; left out, its type.
    public static func check(_ resource: Resource, at path: String? = nil) -> [Issue] {
        let path = path ?? resource.type
        var issues: [Issue] = []
        for rule in FHIRTable.rules[resource.type] ?? [] {
            check(rule, rule.parents[...], resource.json, path, &issues)
        }
        for (index, contained) in (resource["contained"]?.elements ?? []).enumerated() {
            guard let inner = Resource(contained) else { continue }
            issues += check(inner, at: "\(path).contained[\(index)]")
        }
        return issues
    }

    /// The Bundle itself and the resources in it.
    public static func check(_ bundle: FHIRBundle) -> [Issue] {
        check(bundle.resource)
            + bundle.entries.flatMap { check($0.resource, at: "Bundle.entry[\($0.index)].resource") }
    }

    private static func check(
        _ rule: FHIRTable.Rule, _ parents: ArraySlice<String>, _ json: JSON, _ path: String, _ issues: inout [Issue]
    ) {
        guard let parent = parents.first else { return check(rule, json, path, &issues) }
        guard let value = json[parent] else { return }
        if let elements = value.array {
            for (index, element) in elements.enumerated() {
                check(rule, parents.dropFirst(), element, "\(path).\(parent)[\(index)]", &issues)
            }
        } else {
            check(rule, parents.dropFirst(), value, "\(path).\(parent)", &issues)
        }
    }

    private static func check(_ rule: FHIRTable.Rule, _ json: JSON, _ path: String, _ issues: inout [Issue]) {
        let place = "\(path).\(rule.member)"
        if rule.kind == .choice {
            let found = json.object?.members.count { $0.name.isChoice(of: rule.member) } ?? 0
            if found == 0, rule.isRequired { issues.append(FHIRFinding.required.issue(place, requirement: rule.name)) }
            if found > 1 { issues.append(FHIRFinding.choice.issue(place, requirement: rule.name)) }
            return
        }
        guard let value = json[rule.member] else {
            // `_status` with a data-absent-reason stands for the value.
            if rule.isRequired, json["_" + rule.member] == nil {
                issues.append(FHIRFinding.required.issue(place, requirement: rule.name))
            }
            return
        }
        guard (value.array != nil) == rule.isList else {
            issues.append(FHIRFinding.cardinality.issue(place, requirement: rule.name))
            return
        }
        if rule.isList, rule.isRequired, value.elements.isEmpty {
            issues.append(FHIRFinding.required.issue(place, requirement: rule.name))
        }
        for (index, element) in (value.array ?? [value]).enumerated() {
            guard let finding = rule.finding(in: element) else { continue }
            issues.append(finding.issue(rule.isList ? "\(place)[\(index)]" : place, requirement: rule.name))
        }
    }
}

extension String {
    /// `medicationCodeableConcept` of `medication`.
    fileprivate func isChoice(of stem: String) -> Bool {
        hasPrefix(stem) && dropFirst(stem.count).first?.isUppercase == true
    }
}

extension FHIRTable.Rule {
    /// What is wrong with one value, if anything.
    fileprivate func finding(in value: JSON) -> FHIRFinding? {
        switch kind {
        case .any, .choice: return nil
        case .object: return value.object == nil ? .type : nil
        case .boolean: return value.bool == nil ? .type : nil
        case .positive: return value.integer.map { $0 > 0 } == true ? nil : .type
        case .string: return value.string == nil ? .type : nil
        case .code:
            guard let text = value.string else { return .type }
            return codes.isEmpty || codes.contains(text) ? nil : .code
        case .concept: return value["coding"]?.array != nil || value["text"]?.string != nil ? nil : .type
        case .reference:
            let isReference = ["reference", "identifier", "display"].contains { value[$0] != nil }
            return isReference || value["extension"] != nil ? nil : .type
        case .date, .dateTime, .instant:
            guard let text = value.string else { return .type }
            return FHIRDateForm.isValid(text, as: kind) ? nil : .date
        }
    }
}

/// The lexical forms of R4's date, dateTime and instant.
enum FHIRDateForm {
    static func isValid(_ text: String, as kind: FHIRTable.Kind) -> Bool {
        switch (text.utf8.count, kind) {
        case (4, .date), (4, .dateTime): return CalendarDate(text + "-01-01") != nil
        case (7, .date), (7, .dateTime): return CalendarDate(text + "-01") != nil
        case (10, .date), (10, .dateTime): return CalendarDate(text) != nil && text.contains("-")
        case (_, .date): return false
        default: return Instant(text) != nil && text.utf8.dropFirst(10).first == UInt8(ascii: "T")
        }
    }
}
