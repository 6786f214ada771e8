public import FHIR
public import HealthTypes

/// What a set of FHIR resources says of one encounter.
public struct ChartBundle: Hashable, Sendable {
    public var encounter: Encounter?
    public var patient: Person?
    public var recordNumber: String?
    public var coverages: [Coverage] = []
    public var orders: [ServiceOrder] = []
    public var items: [ChartItem] = []
    /// Organizations and practitioners that have an NPI.
    public var providers: [Provider] = []
    public var issues: [Issue] = []
}

/// The chart in FHIR R4: read into the model, and written from it.
///
/// Resources that are entered in error, refuted or cancelled are no evidence and are passed over; types that are not
/// named here stay in the Bundle.
public enum ChartMapping {
    static let taxonomySystem = "http://nucc.org/provider-taxonomy"
    static let employerSystem = "urn:oid:2.16.840.1.113883.4.4"
    static let payerSystem = "urn:oid:2.16.840.1.113883.6.300"
    static let placeOfServiceSystem =
        "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
    static let identifierTypes = CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/v2-0203")

    /// FHIR's codes for the subscriber's relationship and X12's.
    static let relationships: KeyValuePairs<String, String> = [
        "self": "18", "spouse": "01", "child": "19", "other": "G8",
    ]

    public static func read(_ resources: [Resource]) -> ChartBundle {
        var bundle = FHIRBundle(type: "collection")
        for resource in resources { bundle.add(fullUrl: nil, resource: resource) }
        return read(bundle)
    }

    public static func read(_ bundle: FHIRBundle) -> ChartBundle {
        var reader = ChartReader(bundle: bundle)
        reader.read()
        return reader.chart
    }
}

/// Reads the entries of one Bundle, each with the references that lead from it.
struct ChartReader {
    let bundle: FHIRBundle
    var chart = ChartBundle()

    init(bundle: FHIRBundle) {
        self.bundle = bundle
    }

    mutating func read() {
        let entries = bundle.entries.filter { !Self.isVoid($0.resource) }
        if let patient = entries.first(where: { $0.resource.type == "Patient" })?.resource {
            chart.patient = Self.person(patient)
            let records = patient.values(at: "identifier")
            let record = records.first { $0["type"]?.codings.contains { $0.value == "MR" } == true } ?? records.first
            chart.recordNumber = record?["value"]?.string
        }
        for entry in entries {
            switch entry.resource.type {
            case "Organization", "Practitioner": readProvider(entry)
            case "Encounter": readEncounter(entry)
            case "Coverage": readCoverage(entry)
            case "ServiceRequest": readOrder(entry)
            case "Condition": readItem(entry, .condition, text: "code", dates: ["onsetDateTime", "recordedDate"])
            case "Observation": readObservation(entry)
            case "MedicationRequest": readMedication(entry)
            case "Procedure":
                readItem(entry, .procedure, text: "code", dates: ["performedDateTime", "performedPeriod.start"])
            case "DocumentReference": readDocument(entry)
            default: break
            }
        }
    }

    /// Whether the resource says of itself that it is no fact.
    private static func isVoid(_ resource: Resource) -> Bool {
        let void: Set<String> = ["entered-in-error", "refuted", "cancelled", "not-done"]
        let states = [resource.string(at: "status")] + resource.codings(at: "verificationStatus").map(\.value)
        return states.contains { void.contains($0 ?? "") }
    }

    private mutating func fail(_ fault: MappingFault, _ entry: FHIRBundle.Entry, _ path: String) {
        chart.issues.append(fault.issue(at: Location(path: "Bundle.entry[\(entry.index)].resource.\(path)")))
    }

    private func follow(_ path: String, from entry: FHIRBundle.Entry) -> Resource? {
        entry.resource.reference(at: path).flatMap { bundle.resolve($0, from: entry) }
    }
}

// MARK: - Parties

extension ChartReader {
    static func person(_ resource: Resource) -> Person {
        let given = resource.strings(at: "name[0].given")
        return Person(
            family: resource.string(at: "name[0].family") ?? "", given: given.first ?? "",
            middle: given.count > 1 ? given[1] : nil, birthDate: resource.date(at: "birthDate"),
            sex: Person.Sex(fhir: resource.string(at: "gender")), address: address(resource),
            deathDate: resource.date(at: "deceasedDateTime"))
    }

    private static func address(_ resource: Resource) -> Address? {
        guard let address = resource.value(at: "address[0]") else { return nil }
        let lines = address["line"]?.elements.compactMap(\.string) ?? []
        return Address(
            line1: lines.first ?? "", line2: lines.count > 1 ? lines[1] : nil, city: address["city"]?.string ?? "",
            state: address["state"]?.string ?? "",
            postalCode: (address["postalCode"]?.string ?? "").filter { $0 != "-" })
    }

    private mutating func readProvider(_ entry: FHIRBundle.Entry) {
        if let provider = provider(entry.resource), !chart.providers.contains(provider) {
            chart.providers.append(provider)
        }
    }

    /// An organization or practitioner that has an NPI. A practitioner's taxonomy is a qualification's, or the
    /// specialty of a PractitionerRole.
    private func provider(_ resource: Resource) -> Provider? {
        guard let npi = resource.identifiers(system: CodeSystem.npi.rawValue).first else { return nil }
        let isPerson = resource.type == "Practitioner"
        var codes = resource.codings(at: isPerson ? "qualification.code" : "type")
        if isPerson {
            let roles = bundle.entries.filter { role in
                role.resource.type == "PractitionerRole"
                    && follow("practitioner", from: role)?.identifiers(system: CodeSystem.npi.rawValue).first == npi
            }
            codes += roles.flatMap { $0.resource.codings(at: "specialty") + $0.resource.codings(at: "code") }
        }
        return Provider(
            npi: npi, entity: isPerson ? .person : .organization,
            name: resource.string(at: isPerson ? "name[0].family" : "name") ?? "",
            given: isPerson ? resource.string(at: "name[0].given") : nil,
            taxonomy: codes.first { $0.system.rawValue == ChartMapping.taxonomySystem }?.value,
            taxID: resource.identifiers(system: ChartMapping.employerSystem).first, address: Self.address(resource))
    }

    /// The provider that a reference leads to, whether to a Practitioner or by way of a PractitionerRole.
    private func provider(at path: String, from entry: FHIRBundle.Entry) -> Provider? {
        guard let reference = entry.resource.reference(at: path) else { return nil }
        if let role = bundle.entry(reference, from: entry), role.resource.type == "PractitionerRole" {
            return follow("practitioner", from: role).flatMap(provider)
        }
        return bundle.resolve(reference, from: entry).flatMap(provider)
    }

    private mutating func readEncounter(_ entry: FHIRBundle.Entry) {
        let resource = entry.resource
        guard let patient = follow("subject", from: entry).map(Self.person) ?? chart.patient,
            let number = resource.identifier?.value ?? resource.id
        else { return fail(.resourceUnreadable, entry, "identifier") }
        let arrived = resource.values(at: "statusHistory").first { $0["status"]?.string == "arrived" }
        chart.encounter = Encounter(
            visitNumber: number, recordNumber: chart.recordNumber, patient: patient,
            start: resource.instant(at: "period.start"),
            checkedIn: arrived?.string(at: "period.start").flatMap { Instant($0) },
            placeOfService: placeOfService(resource),
            attending: provider(at: "participant.individual", from: entry),
            reason: resource.string(at: "reasonCode.text"))
    }

    private func placeOfService(_ encounter: Resource) -> String {
        let types = encounter.codings(at: "type")
        if let stated = types.first(where: { $0.system.rawValue == ChartMapping.placeOfServiceSystem }) {
            return stated.value
        }
        switch encounter.string(at: "class.code") {
        case "IMP", "ACUTE", "NONAC": return "21"
        case "EMER": return "23"
        case "HH": return "12"
        case "VR": return "02"
        default: return "11"
        }
    }

    private mutating func readCoverage(_ entry: FHIRBundle.Entry) {
        let resource = entry.resource
        let payer = follow("payor[0]", from: entry)
        let payerID =
            payer?.identifiers(system: ChartMapping.payerSystem).first ?? payer?.identifier?.value
            ?? resource.string(at: "payor[0].identifier.value")
        guard let memberID = resource.string(at: "subscriberId") ?? resource.identifier?.value, let payerID else {
            return fail(.coverageUnreadable, entry, "subscriberId")
        }
        let relation = resource.codings(at: "relationship").first?.value ?? "self"
        let relationship = ChartMapping.relationships.first { $0.key == relation }?.value ?? relation
        let stated = follow("subscriber", from: entry).map(Self.person)
        guard let subscriber = stated ?? chart.patient else { return fail(.coverageUnreadable, entry, "subscriber") }
        let turn = resource.integer(at: "order") ?? chart.coverages.count + 1
        func classValue(_ kind: String, _ member: String) -> String? {
            resource.values(at: "class").first { $0["type"]?.codings.contains { $0.value == kind } == true }?[member]?
                .string
        }
        var coverage = Coverage(
            payerID: payerID, payerName: payer?.string(at: "name") ?? resource.string(at: "payor[0].display") ?? "",
            memberID: memberID, groupNumber: classValue("group", "value"),
            planName: classValue("plan", "name") ?? classValue("plan", "value"),
            responsibility: Coverage.Responsibility(turn: turn), relationship: relationship, subscriber: subscriber,
            from: resource.date(at: "period.start"), to: resource.date(at: "period.end"))
        coverage.filingIndicator =
            resource.codings(at: "type").first {
                $0.system.rawValue == ChartMapping.filingSystem
            }?.value
        chart.coverages.append(coverage)
    }
}

// MARK: - Orders and evidence

extension ChartReader {
    private mutating func readOrder(_ entry: FHIRBundle.Entry) {
        let resource = entry.resource
        guard resource.string(at: "status") != "revoked" else { return }
        let codes = resource.codings(at: "code")
        let procedure = codes.first { $0.system == .cpt || $0.system == .hcpcs } ?? codes.first
        guard let number = resource.identifier?.value ?? resource.id, let procedure,
            let ordered = resource.date(at: "authoredOn")
        else { return fail(.orderUnreadable, entry, "authoredOn") }
        let reasons = resource.values(at: "reasonReference.reference").compactMap(\.string)
            .compactMap { bundle.resolve($0, from: entry) }.flatMap { $0.codings(at: "code") }
        let diagnoses = (resource.codings(at: "reasonCode") + reasons).filter { $0.system == .icd10cm }.map(\.value)
        chart.orders.append(
            ServiceOrder(
                number: number, procedure: procedure.value,
                units: resource.integer(at: "quantityQuantity.value") ?? 1, diagnoses: diagnoses,
                ordering: provider(at: "requester", from: entry), orderedOn: ordered,
                requestedFor: resource.date(at: "occurrenceDateTime") ?? resource.date(at: "occurrencePeriod.start"),
                urgent: ["urgent", "asap", "stat"].contains(resource.string(at: "priority"))))
    }

    private func reference(_ entry: FHIRBundle.Entry) -> String {
        entry.resource.id.map { "\(entry.resource.type)/\($0)" } ?? entry.fullUrl ?? "entry[\(entry.index)]"
    }

    /// The code in a system that our tables know, else the first.
    private static func preferred(_ codes: [Code]) -> Code? {
        let known: [CodeSystem] = [.icd10cm, .cpt, .hcpcs, .loinc, .atc, .rxnorm, .ndc]
        return codes.first { known.contains($0.system) } ?? codes.first
    }

    private static func words(_ concept: JSON?) -> String? {
        concept?["text"]?.string ?? concept?.value(at: "coding.display")?.string
    }

    private mutating func readItem(
        _ entry: FHIRBundle.Entry, _ kind: ChartItem.Kind, text: String, dates: [String]
    ) {
        let concept = entry.resource.value(at: text)
        let code = concept.flatMap { Self.preferred($0.codings) }
        guard code != nil || Self.words(concept) != nil else { return fail(.resourceUnreadable, entry, text) }
        chart.items.append(
            ChartItem(
                reference: reference(entry), kind: kind, code: code, text: Self.words(concept),
                date: dates.lazy.compactMap { entry.resource.date(at: $0) }.first))
    }

    /// An observation, and each of its components as an item of its own.
    private mutating func readObservation(_ entry: FHIRBundle.Entry) {
        let resource = entry.resource
        let date = resource.date(at: "effectiveDateTime") ?? resource.date(at: "effectivePeriod.start")
        let components = resource.values(at: "component")
        let parts =
            [(reference(entry), resource.json)]
            + components.enumerated().map { ("\(reference(entry))#component[\($0.offset)]", $0.element) }
        for (reference, part) in parts {
            let (value, unit) = Self.value(of: part)
            let code = part["code"].flatMap { Self.preferred($0.codings) }
            if value == nil && !components.isEmpty && part == resource.json { continue }
            guard code != nil || Self.words(part["code"]) != nil else {
                fail(.resourceUnreadable, entry, "code")
                continue
            }
            chart.items.append(
                ChartItem(
                    reference: reference, kind: .observation, code: code, text: Self.words(part["code"]), value: value,
                    unit: unit, date: date))
        }
    }

    private static func value(of part: JSON) -> (value: String?, unit: String?) {
        if let quantity = part["valueQuantity"] {
            return (quantity["value"]?.numberText, quantity["unit"]?.string ?? quantity["code"]?.string)
        }
        if let concept = part["valueCodeableConcept"] {
            return (words(concept) ?? concept.codings.first?.value, nil)
        }
        let plain = part["valueString"]?.string ?? part["valueInteger"]?.numberText ?? part["valueDateTime"]?.string
        return (plain ?? part["valueBoolean"]?.bool.map { $0 ? "true" : "false" }, nil)
    }

    private mutating func readMedication(_ entry: FHIRBundle.Entry) {
        let concept =
            entry.resource.value(at: "medicationCodeableConcept")
            ?? follow("medicationReference", from: entry)?.value(at: "code")
        guard let concept else { return fail(.resourceUnreadable, entry, "medicationCodeableConcept") }
        chart.items.append(
            ChartItem(
                reference: reference(entry), kind: .medication, code: Self.preferred(concept.codings),
                text: Self.words(concept), date: entry.resource.date(at: "authoredOn")))
    }

    /// Text attachments in base64; another kind of attachment has no text for us, and an issue says so.
    private mutating func readDocument(_ entry: FHIRBundle.Entry) {
        let resource = entry.resource
        var texts: [String] = []
        for (index, attachment) in resource.values(at: "content.attachment").enumerated() {
            let isText = attachment["contentType"]?.string?.hasPrefix("text/") ?? true
            if isText, let text = attachment["data"]?.string.flatMap(AuthorizationMapping.decodedText) {
                texts.append(text)
            } else {
                fail(.attachmentUnreadable, entry, "content[\(index)].attachment")
            }
        }
        chart.items.append(
            ChartItem(
                reference: reference(entry), kind: .note, code: Self.preferred(resource.codings(at: "type")),
                text: texts.isEmpty ? nil : texts.joined(separator: "\n"), date: resource.date(at: "date")))
    }
}
