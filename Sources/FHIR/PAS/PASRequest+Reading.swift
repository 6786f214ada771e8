import HealthTypes

extension PASRequest {
    /// Reads a request from its Bundle, whoever wrote it.
    ///
    /// It is lenient where the guide has an answer for what is left out, and fails where a decision could not be
    /// made: no Claim first, no patient, no usable item. ``PASChecker`` says what else is wrong.
    public init(reading bundle: FHIRBundle) throws(PASError) {
        var reader = try PASReader(bundle, expecting: "Claim")
        let claim = reader.first.resource
        let patient = reader.patient()
        let coverage = reader.follow("insurance[0].coverage")
        let items = reader.each("item") { reader, item, path in reader.item(item, path) }
        if items.isEmpty { reader.fail(.noItems, "item") }
        let info = reader.each("supportingInfo") { reader, info, path in reader.supportingInfo(info, path) }
        let created = claim.instant(at: "created") ?? bundle.timestamp
        if created == nil { reader.fail(.claimMember, "created") }
        let identifier = claim.identifier
        if identifier == nil { reader.fail(.claimIdentifier, "identifier") }
        guard reader.issues.isEmpty, let patient, let identifier, let created else {
            throw PASError(issues: reader.issues)
        }
        self.init(
            bundleIdentifier: bundle.identifier ?? identifier, claimIdentifier: identifier, created: created,
            insurer: reader.insurer(), provider: reader.provider(), orderingPractitioner: reader.practitioner(),
            patient: patient,
            coverage: Coverage(
                memberID: coverage?.string(at: "subscriberId") ?? patient.memberID,
                planID: Self.planID(of: coverage)),
            diagnoses: claim.codings(at: "diagnosis.diagnosisCodeableConcept").map(\.value), items: items,
            supportingInfo: info, relatedClaimIdentifier: reader.related(),
            urgent: claim.json.fhirExtension("extension-levelOfServiceCode")?["valueCodeableConcept"]?.codings
                .contains { $0.value == "U" } == true || claim.codings(at: "priority").contains { $0.value == "stat" },
            claimType: claim.codings(at: "type").first?.value ?? "professional")
    }

    private static func planID(of coverage: Resource?) -> String {
        let classes = coverage?.values(at: "class") ?? []
        let plan = classes.first { $0["type"]?.codings.contains { $0.value == "plan" } == true }
        return plan?["value"]?.string ?? ""
    }
}

/// Reads a PAS Bundle from its first entry on, gathering what cannot be read.
struct PASReader {
    let bundle: FHIRBundle
    let first: FHIRBundle.Entry
    var issues: [Issue] = []

    init(_ bundle: FHIRBundle, expecting type: String) throws(PASError) {
        guard let first = bundle.entries.first, first.index == 0, first.resource.type == type else {
            throw PASError(issues: [FHIRFinding.claimNotFirst.issue("Bundle.entry[0]", severity: .fatal)])
        }
        self.bundle = bundle
        self.first = first
    }

    mutating func fail(_ finding: FHIRFinding, _ path: String) {
        issues.append(finding.issue("Bundle.entry[0].resource.\(path)"))
    }

    /// The resource that the first entry refers to at `path`.
    func follow(_ path: String) -> Resource? {
        first.resource.reference(at: path).flatMap { bundle.resolve($0, from: first) }
    }

    /// The elements of a list, each with its path; an element that cannot be read has left an issue.
    mutating func each<Value>(_ member: String, _ read: (inout PASReader, JSON, String) -> Value?) -> [Value] {
        var values: [Value] = []
        for (index, element) in (first.resource[member]?.elements ?? []).enumerated() {
            if let value = read(&self, element, "\(member)[\(index)]") { values.append(value) }
        }
        return values
    }

    mutating func patient() -> PASRequest.Patient? {
        guard let patient = follow("patient") else {
            fail(.danglingReference, "patient")
            return nil
        }
        guard let birthDate = patient.date(at: "birthDate") else {
            fail(.claimMember, "patient.resolve().birthDate")
            return nil
        }
        let identifiers = patient.values(at: "identifier")
        let member = identifiers.first { $0["type"]?.codings.contains { $0.value == "MB" } == true }
        guard let memberID = (member ?? identifiers.first)?["value"]?.string else {
            fail(.claimMember, "patient.resolve().identifier")
            return nil
        }
        return PASRequest.Patient(
            memberID: memberID, family: patient.string(at: "name.family") ?? "",
            given: patient.string(at: "name.given") ?? "", birthDate: birthDate,
            gender: patient.string(at: "gender") ?? "unknown")
    }

    func insurer() -> PASRequest.Insurer {
        let insurer = follow("insurer")
        return PASRequest.Insurer(name: insurer?.string(at: "name") ?? "", id: insurer?.identifier?.value ?? "")
    }

    func provider() -> PASRequest.Provider {
        let provider = follow("provider")
        return PASRequest.Provider(name: provider?.string(at: "name") ?? "", npi: provider.map(npi) ?? "")
    }

    /// The first of the care team that is a person, by himself or in a role.
    func practitioner() -> PASRequest.Practitioner? {
        for member in first.resource.values(at: "careTeam.provider.reference").compactMap(\.string) {
            guard let entry = bundle.entry(member, from: first) else { continue }
            var person: Resource? = entry.resource
            if entry.resource.type == "PractitionerRole" {
                person = entry.resource.reference(at: "practitioner").flatMap { bundle.resolve($0, from: entry) }
            }
            guard let person, person.type == "Practitioner" else { continue }
            return PASRequest.Practitioner(
                family: person.string(at: "name.family") ?? "", given: person.string(at: "name.given") ?? "",
                npi: npi(person))
        }
        return nil
    }

    private func npi(_ resource: Resource) -> String {
        resource.identifiers(system: CodeSystem.npi.rawValue).first ?? resource.identifier?.value ?? ""
    }

    func related() -> FHIRIdentifier? {
        first.resource.value(at: "related.claim.identifier").flatMap(FHIRIdentifier.init)
            ?? follow("related[0].claim")?.identifier
    }

    mutating func item(_ item: JSON, _ path: String) -> PASRequest.Item? {
        let before = issues.count
        let sequence = item["sequence"]?.integer
        if sequence == nil { fail(.missingSequence, "\(path).sequence") }
        let code = item["productOrService"]?.codings.first
        if code == nil { fail(.itemService, "\(path).productOrService") }
        let period = PASPeriod(item["servicedPeriod"])
        let from = item["servicedDate"]?.fhirDate ?? period?.start
        if from == nil { fail(.partialDate, "\(path).serviced") }
        let units = Self.units(item)
        if units == nil, item["quantity"] != nil { fail(.quantity, "\(path).quantity") }
        guard issues.count == before, let sequence, let code, let from else { return nil }
        func coded(_ name: String) -> String? {
            item.fhirExtension(name)?["valueCodeableConcept"]?.codings.first?.value
        }
        return PASRequest.Item(
            sequence: sequence, code: code,
            modifiers: item.values(at: "modifier").flatMap(\.codings).map(\.value), units: units ?? 1,
            servicedFrom: from, servicedTo: period?.end,
            placeOfService: item["locationCodeableConcept"]?.codings.first?.value ?? "",
            serviceType: item["category"]?.codings.first?.value ?? "",
            requestType: coded("extension-serviceItemRequestType") ?? "",
            certificationType: coded("extension-certificationType") ?? "",
            change: item.fhirExtension("extension-infoChanged")?["valueCode"]?.string)
    }

    /// A whole quantity; `12.0` is twelve.
    static func units(_ element: JSON) -> Int? {
        guard let text = element.value(at: "quantity.value")?.numberText else { return nil }
        let halves = text.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 1 || halves.dropFirst().allSatisfy({ $0.allSatisfy { $0 == "0" } }) else { return nil }
        return Int(halves[0])
    }

    mutating func supportingInfo(_ info: JSON, _ path: String) -> PASRequest.SupportingInfo? {
        guard let sequence = info["sequence"]?.integer else {
            fail(.missingSequence, "\(path).sequence")
            return nil
        }
        let category = info["category"]?.codings.first?.value
        let code = info["code"]
        let linkID = code?.codings.first { $0.system == PAS.criterion }?.value
        if let text = info["valueString"]?.string {
            return PASRequest.SupportingInfo(
                sequence: sequence, category: category, content: .text(text), title: code?["text"]?.string,
                linkID: linkID)
        }
        guard let reference = info["valueReference"]?["reference"]?.string else { return nil }
        guard let document = bundle.resolve(reference, from: first) else {
            fail(.danglingReference, "\(path).valueReference")
            return nil
        }
        // Evidence of another type (a QuestionnaireResponse, an Observation) is read from the Bundle by who needs it.
        guard let attachment = document.value(at: "content[0].attachment") else { return nil }
        return PASRequest.SupportingInfo(
            sequence: sequence, category: category,
            content: .document(
                contentType: attachment["contentType"]?.string ?? "", base64: attachment["data"]?.string ?? ""),
            title: attachment["title"]?.string, linkID: linkID,
            documentType: document.codings(at: "type").first ?? Code(.loinc, ""))
    }
}
