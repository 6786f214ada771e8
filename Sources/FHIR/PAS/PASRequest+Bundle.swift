import HealthTypes

extension PASRequest {
    /// The Bundle for `Claim/$submit`: type collection, the Claim first, everything it refers to inside, once
    /// (PAS spec-12..17).
    ///
    /// - Parameter prior: the request that this one updates. The guide wants its Claim in the Bundle; without it,
    ///   the prior Claim is named by its identifier alone.
    public func bundle(updating prior: PASRequest? = nil) -> FHIRBundle {
        var bundle = FHIRBundle(type: "collection", timestamp: created, identifier: bundleIdentifier)
        var added: Set<String> = []
        for (url, resource) in entries(prior: prior) + (prior?.entries(prior: nil, in: bundleIdentifier) ?? [])
        where added.insert(url).inserted {
            bundle.add(fullUrl: url, resource: resource)
        }
        return bundle
    }

    private func entries(
        prior: PASRequest?, in exchange: FHIRIdentifier? = nil
    ) -> [(url: String, resource: Resource)] {
        let urls = URLs(request: self, exchange: exchange ?? bundleIdentifier)
        var entries = [
            (urls.claim, claim(urls, priorURL: prior.map(urls.claim(of:)))),
            (urls.patient, patientResource),
            (urls.coverage, coverageResource(urls)),
            (urls.insurer, insurerResource),
            (urls.provider, providerResource),
        ]
        if let orderingPractitioner {
            entries.append((urls.practitionerRole, practitionerRole(urls)))
            entries.append((urls.practitioner, resource(orderingPractitioner)))
        }
        for info in supportingInfo {
            if case .document(let contentType, let base64) = info.content {
                entries.append((urls.document(info), document(info, contentType, base64, urls)))
            }
        }
        return entries
    }

    /// The fullUrls of a request's resources in one exchange.
    private struct URLs {
        let request: PASRequest
        let exchange: FHIRIdentifier

        func claim(of request: PASRequest) -> String {
            let identifier = request.claimIdentifier
            return PAS.fullUrl("Claim", identifier.system + "\u{1f}" + identifier.value, in: exchange)
        }
        var claim: String { claim(of: request) }
        var patient: String { PAS.fullUrl("Patient", request.patient.memberID, in: exchange) }
        var coverage: String {
            PAS.fullUrl("Coverage", request.coverage.memberID + "\u{1f}" + request.coverage.planID, in: exchange)
        }
        var insurer: String { PAS.fullUrl("Organization", "insurer\u{1f}" + request.insurer.id, in: exchange) }
        var provider: String { PAS.fullUrl("Organization", "provider\u{1f}" + request.provider.npi, in: exchange) }
        var practitioner: String {
            PAS.fullUrl("Practitioner", request.orderingPractitioner?.npi ?? "", in: exchange)
        }
        var practitionerRole: String {
            PAS.fullUrl(
                "PractitionerRole", (request.orderingPractitioner?.npi ?? "") + "\u{1f}" + request.provider.npi,
                in: exchange)
        }
        func document(_ info: SupportingInfo) -> String {
            PAS.fullUrl("DocumentReference", claim + "\u{1f}\(info.sequence)", in: exchange)
        }
    }
}

// MARK: - The Claim

extension PASRequest {
    private func claim(_ urls: URLs, priorURL: String?) -> Resource {
        let terminology = "http://terminology.hl7.org/CodeSystem/"
        func code(_ system: String, _ value: String) -> JSON {
            .concept(Code(CodeSystem(rawValue: terminology + system), value))
        }
        var related: JSON?
        if let relatedClaimIdentifier {
            related = [
                [
                    "claim": .compact([
                        "reference": priorURL.map(JSON.string), "identifier": relatedClaimIdentifier.json,
                    ])
                ]
            ]
        }
        return Resource(
            type: "Claim",
            [
                "meta": PAS.meta(isUpdate ? "profile-claim-update" : "profile-claim"),
                "extension": urgent
                    ? [PAS.extending("extension-levelOfServiceCode", concept: Code(PAS.levelOfService, "U"))] : nil,
                "identifier": [claimIdentifier.json],
                "status": "active",
                "type": code("claim-type", claimType),
                "use": "preauthorization",
                "patient": .reference(urls.patient),
                "created": .string(created.description),
                "insurer": .reference(urls.insurer),
                "provider": .reference(urls.provider),
                "priority": code("processpriority", urgent ? "stat" : "normal"),
                "related": related,
                "careTeam": orderingPractitioner == nil ? nil : [careTeamMember(urls)],
                "supportingInfo": supportingInfo.isEmpty ? nil : .array(supportingInfo.map { json($0, urls) }),
                "diagnosis": diagnoses.isEmpty ? nil : .array(diagnosisList),
                "insurance": [["sequence": 1, "focal": true, "coverage": .reference(urls.coverage)]],
                "item": .array(items.map(json)),
            ])
    }

    private func careTeamMember(_ urls: URLs) -> JSON {
        [
            "extension": [["url": .string(PAS.structure + "extension-careTeamClaimScope"), "valueBoolean": true]],
            "sequence": 1,
            "provider": .reference(urls.practitionerRole),
            "role": .concept(Code(PAS.entity, "DK")),
        ]
    }

    private var diagnosisList: [JSON] {
        diagnoses.enumerated().map { index, code in
            ["sequence": JSON(index + 1), "diagnosisCodeableConcept": .concept(Code(.icd10cm, code))]
        }
    }

    private func json(_ info: SupportingInfo, _ urls: URLs) -> JSON {
        var text: JSON?
        var reference: JSON?
        switch info.content {
        case .text(let words): text = .string(words)
        case .document: reference = .reference(urls.document(info))
        }
        var code: JSON?
        if info.linkID != nil || (info.title != nil && text != nil) {
            code = .compact([
                "coding": info.linkID.map { [.coding(Code(PAS.criterion, $0))] },
                "text": text == nil ? nil : info.title.map(JSON.string),
            ])
        }
        return .compact([
            "sequence": JSON(info.sequence),
            "category": .concept(Code(PAS.temporaryCodes, info.category)),
            "code": code,
            "valueString": text,
            "valueReference": reference,
        ])
    }

    private func json(_ item: Item) -> JSON {
        let isCancelled = item.certificationType == "3"
        var extensions = [
            PAS.extending("extension-serviceItemRequestType", concept: Code(PAS.requestType, item.requestType)),
            PAS.extending(
                "extension-certificationType", concept: Code(PAS.certificationType, item.certificationType)),
        ]
        if let change = item.change {
            extensions.append(
                ["url": .string(PAS.structure + "extension-infoChanged"), "valueCode": .string(change)])
        }
        // Typed, since a bare `nil` beside a JSON value would be JSON's null.
        let first: JSON? = .string(item.servicedFrom.description)
        let modifierSystem = item.code.system
        return .compact([
            "extension": .array(extensions),
            "modifierExtension": isCancelled
                ? [["url": .string(PAS.structure + "modifierextension-infoCancelled"), "valueBoolean": true]] : nil,
            "sequence": JSON(item.sequence),
            "careTeamSequence": orderingPractitioner == nil ? nil : [1],
            "diagnosisSequence": diagnoses.isEmpty ? nil : .array(diagnoses.indices.map { JSON($0 + 1) }),
            "category": .concept(Code(PAS.serviceType, item.serviceType)),
            "productOrService": .concept(item.code),
            "modifier": item.modifiers.isEmpty
                ? nil : .array(item.modifiers.map { .concept(Code(modifierSystem, $0)) }),
            "servicedDate": item.servicedTo == nil ? first : nil,
            "servicedPeriod": item.servicedTo.map { PASPeriod(start: item.servicedFrom, end: $0).json },
            "locationCodeableConcept": .concept(Code(PAS.placeOfService, item.placeOfService)),
            "quantity": ["value": JSON(item.units)],
        ])
    }
}

// MARK: - What the Claim refers to

extension PASRequest {
    private var patientResource: Resource {
        Resource(
            type: "Patient",
            [
                "meta": PAS.meta("profile-beneficiary"),
                "identifier": [
                    [
                        "type": .concept(Code(PAS.identifierType, "MB")), "system": .string(PAS.memberSystem),
                        "value": .string(patient.memberID),
                    ]
                ],
                "name": [["family": .string(patient.family), "given": [.string(patient.given)]]],
                "gender": .string(patient.gender),
                "birthDate": .string(patient.birthDate.description),
            ])
    }

    private func coverageResource(_ urls: URLs) -> Resource {
        let classSystem = CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/coverage-class")
        return Resource(
            type: "Coverage",
            [
                "meta": PAS.meta("profile-coverage"),
                "status": "active",
                "subscriberId": .string(coverage.memberID),
                "beneficiary": .reference(urls.patient),
                "payor": [.reference(urls.insurer)],
                "class": [["type": .concept(Code(classSystem, "plan")), "value": .string(coverage.planID)]],
            ])
    }

    private var insurerResource: Resource {
        Resource(
            type: "Organization",
            [
                "meta": PAS.meta("profile-insurer"),
                "identifier": [FHIRIdentifier(system: PAS.payerSystem, value: insurer.id).json],
                "active": true,
                "type": [.concept(Code(PAS.entity, "PR"))],
                "name": .string(insurer.name),
            ])
    }

    private var providerResource: Resource {
        Resource(
            type: "Organization",
            [
                "meta": PAS.meta("profile-requestor"),
                "identifier": [FHIRIdentifier(system: CodeSystem.npi.rawValue, value: provider.npi).json],
                "active": true,
                "type": [.concept(Code(PAS.entity, "1P"))],
                "name": .string(provider.name),
            ])
    }

    private func resource(_ practitioner: Practitioner) -> Resource {
        Resource(
            type: "Practitioner",
            [
                "meta": PAS.meta("profile-practitioner"),
                "identifier": [FHIRIdentifier(system: CodeSystem.npi.rawValue, value: practitioner.npi).json],
                "name": [["family": .string(practitioner.family), "given": [.string(practitioner.given)]]],
            ])
    }

    /// The guide's care team is of roles and organizations, not of persons.
    private func practitionerRole(_ urls: URLs) -> Resource {
        Resource(
            type: "PractitionerRole",
            [
                "meta": PAS.meta("profile-practitionerrole"),
                "practitioner": .reference(urls.practitioner),
                "organization": .reference(urls.provider),
            ])
    }

    private func document(
        _ info: SupportingInfo, _ contentType: String, _ base64: String, _ urls: URLs
    ) -> Resource {
        let category = CodeSystem(
            rawValue: "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category")
        return Resource(
            type: "DocumentReference",
            [
                "status": "current",
                "type": .concept(info.documentType),
                "category": [.concept(Code(category, "clinical-note"))],
                "subject": .reference(urls.patient),
                "date": .string(created.description),
                "content": [
                    [
                        "attachment": .compact([
                            "contentType": .string(contentType), "data": .string(base64),
                            "title": info.title.map(JSON.string),
                        ])
                    ]
                ],
            ])
    }
}
