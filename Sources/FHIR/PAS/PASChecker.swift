public import HealthTypes

/// The rules of PAS that general FHIR validators do not see, over a request's or an answer's Bundle.
///
/// Each issue has a FHIRPath from the Bundle, such as `Bundle.entry[0].resource.item[1]`.
public enum PASChecker {
    public static func check(_ bundle: FHIRBundle) -> [Issue] {
        var issues = envelope(bundle)
        if let first = bundle.entries.first, first.index == 0 {
            var claim = ClaimCheck(bundle: bundle, json: first.resource.json)
            switch first.resource.type {
            case "Claim": claim.request()
            case "ClaimResponse": claim.answer()
            default: issues.append(FHIRFinding.claimNotFirst.issue("Bundle.entry[0]"))
            }
            issues += claim.issues
        } else {
            issues.append(FHIRFinding.claimNotFirst.issue("Bundle.entry[0]"))
        }
        return issues + references(bundle)
    }

    private static func envelope(_ bundle: FHIRBundle) -> [Issue] {
        var issues: [Issue] = []
        if bundle.type != "collection" { issues.append(FHIRFinding.bundleType.issue("Bundle.type")) }
        if bundle.identifier == nil { issues.append(FHIRFinding.bundleIdentifier.issue("Bundle.identifier")) }
        if bundle.timestamp == nil { issues.append(FHIRFinding.bundleTimestamp.issue("Bundle.timestamp")) }
        var urls: Set<String> = []
        var named: Set<String> = []
        for (index, entry) in (bundle.json["entry"]?.elements ?? []).enumerated() {
            let path = "Bundle.entry[\(index)]"
            let url = entry["fullUrl"]?.string ?? ""
            if !url.hasPrefix("urn:uuid:"), !url.contains("://") {
                issues.append(FHIRFinding.noFullURL.issue(path + ".fullUrl"))
            } else if !urls.insert(url).inserted {
                issues.append(FHIRFinding.duplicateEntry.issue(path + ".fullUrl"))
            }
            if ["search", "request", "response"].contains(where: { entry[$0] != nil }) {
                issues.append(FHIRFinding.entryMembers.issue(path))
            }
            guard let resource = entry["resource"].flatMap(Resource.init) else {
                issues.append(FHIRFinding.bundleEntry.issue(path))
                continue
            }
            if let id = resource.id, !named.insert("\(resource.type)/\(id)").inserted {
                issues.append(FHIRFinding.duplicateEntry.issue(path + ".resource"))
            }
        }
        return issues
    }

    private static func references(_ bundle: FHIRBundle) -> [Issue] {
        bundle.entries.flatMap { entry in
            FHIRReference.all(in: entry.resource.json)
                .filter { bundle.resolve($0.target, from: entry) == nil }
                .map { FHIRFinding.danglingReference.issue("Bundle.entry[\(entry.index)].resource\($0.path)") }
        }
    }
}

/// The checks on the Claim or ClaimResponse itself.
private struct ClaimCheck {
    let bundle: FHIRBundle
    let json: JSON
    var issues: [Issue] = []

    private mutating func add(_ finding: FHIRFinding, _ path: String, _ requirement: String? = nil) {
        issues.append(
            finding.issue("Bundle.entry[0].resource.\(path)", requirement: requirement.map { "PAS 2.2.1 " + $0 }))
    }

    private mutating func common() {
        if json["status"]?.string != "active" { add(.claimStatus, "status", "status") }
        if json["use"]?.string != "preauthorization" { add(.claimUse, "use", "use") }
        for member in ["patient", "insurer", "created"] where json[member] == nil {
            add(.claimMember, member, member)
        }
    }

    mutating func request() {
        common()
        for member in ["provider", "type", "priority"] where json[member] == nil { add(.claimMember, member, member) }
        if !(1...2).contains(json["identifier"]?.elements.count ?? 0) {
            add(.claimIdentifier, "identifier", "Claim.identifier 1..2")
        }
        let insurances = json["insurance"]?.elements ?? []
        if insurances.isEmpty { add(.notFocal, "insurance", "Claim.insurance") }
        for (index, insurance) in insurances.enumerated()
        where insurance["focal"]?.bool != true || insurance["coverage"] == nil {
            add(.notFocal, "insurance[\(index)]", "Claim.insurance.focal")
        }
        var known: [String: Set<Int>] = [:]
        for list in ["careTeam", "diagnosis", "supportingInfo", "insurance", "item"] {
            known[list] = sequences(of: list)
        }
        let items = json["item"]?.elements ?? []
        if items.isEmpty { add(.noItems, "item", "Claim.item 1..*") }
        for (index, item) in items.enumerated() { check(item, "item[\(index)]", known) }
        for (index, info) in (json["supportingInfo"]?.elements ?? []).enumerated() {
            let path = "supportingInfo[\(index)]"
            if info["category"]?.codings.isEmpty != false { add(.claimMember, path + ".category") }
            checkDates(info, "timing", path)
        }
    }

    /// The list's sequence numbers; one that is missing or stands twice is an issue.
    private mutating func sequences(of list: String) -> Set<Int> {
        var seen: Set<Int> = []
        for (index, element) in (json[list]?.elements ?? []).enumerated() {
            let path = "\(list)[\(index)].sequence"
            guard let sequence = element["sequence"]?.integer, sequence > 0 else {
                add(.missingSequence, path)
                continue
            }
            if !seen.insert(sequence).inserted { add(.duplicateSequence, path) }
        }
        return seen
    }

    private mutating func check(_ item: JSON, _ path: String, _ known: [String: Set<Int>]) {
        coded(item, "extension-serviceItemRequestType", .requestType, path)
        coded(item, "extension-certificationType", .certificationType, path)
        if item["category"]?.codings.isEmpty != false { add(.itemCategory, path, "Claim.item.category 1..1") }
        if item["productOrService"]?.codings.isEmpty != false { add(.itemService, path, "Claim.item.productOrService") }
        if item["locationCodeableConcept"]?.codings.isEmpty != false {
            add(.itemLocation, path, "Claim.item.location[x]")
        }
        if item["quantity"] != nil, PASReader.units(item) == nil { add(.quantity, path + ".quantity") }
        checkDates(item, "serviced", path)
        for (pointer, list) in [
            ("careTeamSequence", "careTeam"), ("diagnosisSequence", "diagnosis"),
            ("informationSequence", "supportingInfo"),
        ] {
            for (index, value) in (item[pointer]?.elements ?? []).enumerated() {
                if let sequence = value.integer, known[list]?.contains(sequence) == true { continue }
                add(.unknownSequence, "\(path).\(pointer)[\(index)]")
            }
        }
    }

    private mutating func coded(_ item: JSON, _ name: String, _ absent: FHIRFinding, _ path: String) {
        let found = item.fhirExtensions(name)
        guard found.count == 1 else { return add(absent, path, "Claim.item.extension 1..1") }
        if found[0]["valueCodeableConcept"]?.codings.isEmpty != false {
            add(.extensionValue, "\(path).extension('\(PAS.structure)\(name)')")
        }
    }

    /// A date or both ends of a period must be full dates of the calendar.
    private mutating func checkDates(_ element: JSON, _ name: String, _ path: String) {
        func isFull(_ value: JSON?) -> Bool { value == nil || value?.fhirDate != nil }
        if !isFull(element[name + "Date"]) { add(.partialDate, "\(path).\(name)Date", "FullDateRule") }
        guard let period = element[name + "Period"] else { return }
        for end in ["start", "end"] where !isFull(period[end]) {
            add(.partialDate, "\(path).\(name)Period.\(end)", "FullDateRule")
        }
    }

    mutating func answer() {
        common()
        if json["outcome"]?.string == nil { add(.claimMember, "outcome") }
        let added = Set(json.values(at: "addItem.itemSequence").compactMap(\.integer))
        var seen: Set<Int> = []
        let items = json["item"]?.elements ?? []
        if items.isEmpty, json["error"]?.elements.isEmpty != false { add(.noItems, "item") }
        for (index, item) in items.enumerated() {
            let path = "item[\(index)]"
            guard let sequence = item["itemSequence"]?.integer else {
                add(.missingSequence, path + ".itemSequence")
                continue
            }
            if !seen.insert(sequence).inserted { add(.duplicateSequence, path + ".itemSequence") }
            let actions = item.values(at: "adjudication").flatMap { $0.fhirExtensions("extension-reviewAction") }
                .compactMap(PASReader.reviewActionCode)
            if actions.count != 1 { add(.reviewAction, path + ".adjudication", "ClaimResponse.item.adjudication") }
            if actions == [PASResponse.ReviewAction.modified.rawValue], !added.contains(sequence) {
                add(.addItem, path, "ClaimResponse.addItem")
            }
        }
    }
}
