public import FHIR
import Foundation
import HealthTypes

extension ChartMapping {
    /// SBR09 codes, which FHIR's Coverage.type has no set of its own for.
    static let filingSystem = "https://codesystem.x12.org/005010/1032"

    /// A Bundle of one encounter, of type collection. Ids are made of the visit number and the position, so that the
    /// same input gives the same bytes.
    public static func bundle(
        _ encounter: Encounter, coverages: [Coverage] = [], orders: [ServiceOrder] = [], items: [ChartItem] = [],
        providers: [Provider] = [], base: String = "https://ehr.example/fhir"
    ) -> FHIRBundle {
        var writer = ChartWriter(encounter: encounter, base: base)
        writer.write(coverages, orders, items, providers)
        return writer.bundle
    }

    /// A Bundle of organizations and practitioners.
    public static func directory(_ providers: [Provider], base: String = "https://ehr.example/fhir") -> FHIRBundle {
        var bundle = FHIRBundle(type: "collection")
        for provider in providers {
            let resource = resource(provider)
            bundle.add(fullUrl: "\(base)/\(resource.type)/\(resource.id ?? "")", resource: resource)
        }
        return bundle
    }

    static func resource(_ provider: Provider) -> Resource {
        let taxonomy: JSON? = provider.taxonomy.map {
            .concept(Code(CodeSystem(rawValue: taxonomySystem), $0))
        }
        var identifiers = [FHIRIdentifier(system: CodeSystem.npi.rawValue, value: provider.npi).json]
        if let taxID = provider.taxID {
            identifiers.append(FHIRIdentifier(system: employerSystem, value: taxID).json)
        }
        let address = provider.address.map { JSON.array([json($0)]) }
        if provider.entity == .organization {
            return Resource(
                type: "Organization", id: "organization-\(provider.npi)",
                [
                    "identifier": .array(identifiers), "active": true, "type": taxonomy.map { [$0] },
                    "name": .string(provider.name), "address": address,
                ])
        }
        return Resource(
            type: "Practitioner", id: "practitioner-\(provider.npi)",
            [
                "identifier": .array(identifiers), "active": true,
                "name": [name(family: provider.name, given: [provider.given].compactMap { $0 })], "address": address,
                "qualification": taxonomy.map { [["code": $0]] },
            ])
    }

    static func name(family: String, given: [String]) -> JSON {
        .compact([
            "family": .string(family), "given": given.isEmpty ? nil : .array(given.map(JSON.string)),
        ])
    }

    static func json(_ address: Address) -> JSON {
        let zip = address.postalCode
        return [
            "line": .array([address.line1, address.line2].compactMap { $0.map(JSON.string) }),
            "city": .string(address.city), "state": .string(address.state),
            "postalCode": .string(zip.utf8.count == 9 ? "\(zip.prefix(5))-\(zip.suffix(4))" : zip),
        ]
    }
}

/// Writes the resources of one encounter.
private struct ChartWriter {
    let encounter: Encounter
    let base: String
    var bundle = FHIRBundle(type: "collection")
    private var written: Set<String> = []

    init(encounter: Encounter, base: String) {
        self.encounter = encounter
        self.base = base
    }

    private var patientReference: JSON { .reference("Patient/patient-\(encounter.visitNumber)") }

    mutating func write(
        _ coverages: [Coverage], _ orders: [ServiceOrder], _ items: [ChartItem], _ providers: [Provider]
    ) {
        add(patient(encounter.patient, id: "patient-\(encounter.visitNumber)", record: encounter.recordNumber))
        for provider in [encounter.attending].compactMap({ $0 }) + providers + orders.compactMap(\.ordering) {
            add(ChartMapping.resource(provider))
        }
        add(encounterResource)
        for (position, coverage) in coverages.enumerated() { write(coverage, position + 1) }
        for order in orders { add(resource(order)) }
        for item in items { add(resource(item)) }
    }

    /// Adds a resource once; the same party may be named by many.
    private mutating func add(_ resource: Resource) {
        let path = "\(resource.type)/\(resource.id ?? "")"
        if written.insert(path).inserted { bundle.add(fullUrl: "\(base)/\(path)", resource: resource) }
    }

    private func patient(_ person: Person, id: String, record: String?, type: String = "Patient") -> Resource {
        Resource(
            type: type, id: id,
            [
                "identifier": record.map {
                    [["type": .concept(Code(ChartMapping.identifierTypes, "MR")), "value": .string($0)]]
                },
                "patient": type == "Patient" ? JSON?.none : patientReference,
                "name": [
                    ChartMapping.name(family: person.family, given: [person.given, person.middle].compactMap { $0 })
                ],
                "gender": .string(person.sex.fhir),
                "birthDate": person.birthDate.map { .string($0.description) },
                "deceasedDateTime": person.deathDate.map { .string($0.description) },
                "address": person.address.map { [ChartMapping.json($0)] },
            ])
    }

    private func reference(_ provider: Provider) -> JSON {
        let resource = ChartMapping.resource(provider)
        return .reference("\(resource.type)/\(resource.id ?? "")")
    }

    private var encounterResource: Resource {
        let classes = ["21": "IMP", "23": "EMER", "12": "HH", "02": "VR"]
        let arrived: JSON? = encounter.checkedIn.map {
            [["status": "arrived", "period": ["start": .string($0.description)]]]
        }
        return Resource(
            type: "Encounter", id: "encounter-\(encounter.visitNumber)",
            [
                "identifier": [["value": .string(encounter.visitNumber)]],
                "status": encounter.checkedIn == nil ? "planned" : "arrived",
                "statusHistory": arrived,
                "class": .coding(
                    Code(
                        CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
                        classes[encounter.placeOfService] ?? "AMB")),
                "type": [
                    .concept(
                        Code(CodeSystem(rawValue: ChartMapping.placeOfServiceSystem), encounter.placeOfService))
                ],
                "subject": patientReference,
                "participant": encounter.attending.map { [["individual": reference($0)]] },
                "period": encounter.start.map { ["start": .string($0.description)] },
                "reasonCode": encounter.reason.map { [["text": .string($0)]] },
            ])
    }

    private mutating func write(_ coverage: Coverage, _ order: Int) {
        let payer = Resource(
            type: "Organization", id: "payer-\(coverage.payerID)",
            [
                "identifier": [FHIRIdentifier(system: ChartMapping.payerSystem, value: coverage.payerID).json],
                "active": true, "name": .string(coverage.payerName),
            ])
        add(payer)
        let isOther = coverage.relationship != "18"
        let subscriberID = "subscriber-\(encounter.visitNumber)-\(order)"
        if isOther { add(patient(coverage.subscriber, id: subscriberID, record: nil, type: "RelatedPerson")) }
        let relationship =
            ChartMapping.relationships.first { $0.value == coverage.relationship }?.key ?? coverage.relationship
        add(
            Resource(
                type: "Coverage", id: "coverage-\(encounter.visitNumber)-\(order)",
                [
                    "status": "active",
                    "type": coverage.filingIndicator.map {
                        .concept(Code(CodeSystem(rawValue: ChartMapping.filingSystem), $0))
                    },
                    "subscriber": isOther ? .reference("RelatedPerson/\(subscriberID)") : patientReference,
                    "subscriberId": .string(coverage.memberID),
                    "beneficiary": patientReference,
                    "relationship": .concept(
                        Code(
                            CodeSystem(
                                rawValue: "http://terminology.hl7.org/CodeSystem/subscriber-relationship"),
                            relationship)),
                    "period": ChartMapping.period(coverage.from, coverage.to),
                    "payor": [.reference("Organization/payer-\(coverage.payerID)")],
                    "class": ChartMapping.classes(of: coverage),
                    "order": JSON(coverage.responsibility.turn),
                ]))
    }

    private func resource(_ order: ServiceOrder) -> Resource {
        Resource(
            type: "ServiceRequest", id: "order-\(order.number)",
            [
                "identifier": [["value": .string(order.number)]], "status": "active", "intent": "order",
                "priority": order.urgent ? "urgent" : "routine",
                "code": .concept(Code(AuthorizationMapping.procedureSystem(order.procedure), order.procedure)),
                "quantityQuantity": ["value": JSON(order.units)],
                "subject": patientReference,
                "encounter": .reference("Encounter/encounter-\(encounter.visitNumber)"),
                "occurrenceDateTime": order.requestedFor.map { .string($0.description) },
                "authoredOn": .string(order.orderedOn.description),
                "requester": order.ordering.map(reference),
                "reasonCode": order.diagnoses.isEmpty
                    ? nil : .array(order.diagnoses.map { .concept(Code(.icd10cm, $0)) }),
            ])
    }
}

// MARK: - Evidence

extension ChartWriter {
    /// The resource of an item; its id is what follows the slash of the item's reference.
    private func resource(_ item: ChartItem) -> Resource {
        let parts = item.reference.split(separator: "/", maxSplits: 1)
        let id = String(parts.last ?? "")
        let date: JSON? = item.date.map { .string($0.description) }
        let concept = JSON.compact([
            "coding": item.code.map { [.coding($0)] },
            "text": item.kind == .note ? nil : item.text.map(JSON.string),
        ])
        switch item.kind {
        case .condition:
            return Resource(
                type: "Condition", id: id,
                [
                    "verificationStatus": .concept(
                        Code(
                            CodeSystem(
                                rawValue: "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
                            "confirmed")),
                    "code": concept, "subject": patientReference, "onsetDateTime": date,
                ])
        case .observation: return observation(item, id: id, concept: concept, date: date)
        case .medication:
            return Resource(
                type: "MedicationRequest", id: id,
                [
                    "status": "active", "intent": "order", "medicationCodeableConcept": concept,
                    "subject": patientReference, "authoredOn": date,
                ])
        case .procedure:
            return Resource(
                type: "Procedure", id: id,
                ["status": "completed", "code": concept, "subject": patientReference, "performedDateTime": date])
        case .note:
            let day = item.date.map { JSON.string(Instant($0).description) }
            return Resource(
                type: "DocumentReference", id: id,
                [
                    "status": "current", "type": item.code.map(JSON.concept), "subject": patientReference, "date": day,
                    "content": [
                        [
                            "attachment": .compact([
                                "contentType": "text/plain",
                                "data": item.text.map { .string(Data($0.utf8).base64EncodedString()) },
                            ])
                        ]
                    ],
                ])
        }
    }

    /// A value that is a number is a quantity; any other is a string.
    private func observation(_ item: ChartItem, id: String, concept: JSON, date: JSON?) -> Resource {
        let number = item.value.flatMap { try? JSON(parsing: $0) }.flatMap(\.numberText)
        let quantity: JSON? = number.map {
            .compact(["value": .number($0), "unit": item.unit.map(JSON.string)])
        }
        return Resource(
            type: "Observation", id: id,
            [
                "status": "final", "code": concept, "subject": patientReference, "effectiveDateTime": date,
                "valueQuantity": quantity, "valueString": number == nil ? item.value.map(JSON.string) : nil,
            ])
    }
}
