import HealthTypes

extension PASResponse {
    /// The answer's Bundle: the ClaimResponse first, with the request's identifier and the fullUrls of the parties
    /// that it names again.
    ///
    /// - Parameter request: the Bundle that is answered; its first entry is the Claim.
    public func bundle(answering request: FHIRBundle) -> FHIRBundle {
        let exchange = bundleIdentifier ?? request.identifier ?? FHIRIdentifier(system: "", value: "")
        var bundle = FHIRBundle(
            type: "collection", timestamp: created, identifier: bundleIdentifier ?? request.identifier)
        let claim = request.entries.first { $0.resource.type == "Claim" }
        let own = "\(created.description)\u{1f}\(identifier?.value ?? "")\u{1f}\(preAuthRef ?? "")"
        let asked = communicationRequests.map { question in
            (url: PAS.fullUrl("CommunicationRequest", own + "\u{1f}" + question.identifier, in: exchange), question)
        }
        bundle.add(
            fullUrl: PAS.fullUrl("ClaimResponse", own, in: exchange),
            resource: claimResponse(claim: claim?.resource, asked: asked.map(\.url)))
        for (url, question) in asked { bundle.add(fullUrl: url, resource: question.resource) }
        if let claim {
            let parties = ["patient", "insurer", "provider"].compactMap { claim.resource.reference(at: $0) }
                .compactMap { request.entry($0, from: claim) }
            for entry in request.reach(from: parties) { bundle.add(fullUrl: entry.fullUrl, resource: entry.resource) }
        }
        return bundle
    }

    private func claimResponse(claim: Resource?, asked: [String]) -> Resource {
        let claimType = Code(CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/claim-type"), "professional")
        let answered = claimIdentifier ?? claim?.identifier
        return Resource(
            type: "ClaimResponse",
            [
                "meta": PAS.meta("profile-claimresponse"),
                "identifier": identifier.map { [$0.json] },
                "status": "active",
                "type": claim?["type"] ?? .concept(claimType),
                "use": "preauthorization",
                "patient": claim?["patient"],
                "created": .string(created.description),
                "insurer": claim?["insurer"],
                "requestor": claim?["provider"],
                "request": answered.map { ["type": "Claim", "identifier": $0.json] },
                "outcome": .string(outcome.rawValue),
                "preAuthRef": preAuthRef.map(JSON.string),
                "preAuthPeriod": preAuthPeriod?.json,
                "item": list(items.map { json($0) }),
                "addItem": list(items.filter { $0.action == .modified }.map { addItem($0, claim) }),
                "processNote": list(processNotes.map { ["number": JSON($0.number), "text": .string($0.text)] }),
                "communicationRequest": list(asked.map(JSON.reference)),
                "error": list(errors.map(json)),
            ])
    }

    private func list(_ values: [JSON]) -> JSON? { values.isEmpty ? nil : .array(values) }

    private func adjudication(_ item: Item) -> JSON {
        var review: [JSON] = []
        if let number = item.reviewNumber { review.append(["url": "number", "valueString": .string(number)]) }
        for reason in item.reasons {
            review.append(["url": "reasonCode", "valueCodeableConcept": .concept(Code(PAS.decisionReason, reason))])
        }
        if let action = item.action {
            review.append(
                PAS.extending("extension-reviewActionCode", concept: Code(PAS.reviewActionSystem, action.rawValue)))
        }
        let system = CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/adjudication")
        var members = JSONObject()
        if !review.isEmpty {
            members["extension"] = [
                ["url": .string(PAS.structure + "extension-reviewAction"), "extension": .array(review)]
            ]
        }
        members["category"] = .concept(Code(system, "submitted"))
        return [.object(members)]
    }

    private func json(_ item: Item) -> JSON {
        var extensions: [JSON] = []
        if item.action != .modified {
            var detail: [JSON] = []
            if let code = item.authorizedCode {
                detail.append(["url": "productOrServiceCode", "valueCodeableConcept": .concept(code)])
            }
            if let units = item.authorizedUnits {
                detail.append(["url": "quantity", "valueQuantity": ["value": JSON(units)]])
            }
            if !detail.isEmpty {
                extensions.append(
                    ["url": .string(PAS.structure + "extension-itemAuthorizedDetail"), "extension": .array(detail)])
            }
            if let period = item.authorizedPeriod { extensions.append(validity(period)) }
        }
        return .compact([
            "extension": list(extensions),
            "itemSequence": JSON(item.sequence),
            "noteNumber": list(item.notes.map { JSON($0) }),
            "adjudication": adjudication(item),
        ])
    }

    private func validity(_ period: PASPeriod) -> JSON {
        ["url": .string(PAS.structure + "extension-itemPreAuthPeriod"), "valuePeriod": period.json]
    }

    /// What is authorized in place of what was asked for.
    private func addItem(_ item: Item, _ claim: Resource?) -> JSON {
        let requested = claim?.values(at: "item").first { $0["sequence"]?.integer == item.sequence }
        return .compact([
            "extension": item.authorizedPeriod.map { [validity($0)] },
            "itemSequence": [JSON(item.sequence)],
            "productOrService": item.authorizedCode.map(JSON.concept) ?? requested?["productOrService"],
            "quantity": item.authorizedUnits.map { ["value": JSON($0)] },
            "adjudication": adjudication(item),
        ])
    }

    private func json(_ fault: Fault) -> JSON {
        var extensions: [JSON] = []
        if let followUp = fault.followUp {
            extensions.append(PAS.extending("extension-errorFollowupAction", concept: Code(PAS.followUp, followUp)))
        }
        if let path = fault.path {
            extensions.append(["url": .string(PAS.structure + "extension-errorPath"), "valueString": .string(path)])
        }
        return .compact(["extension": list(extensions), "code": .concept(Code(PAS.rejectReason, fault.code))])
    }
}

extension PASResponse.CommunicationRequest {
    fileprivate var resource: Resource {
        var line: JSON?
        if let itemSequence {
            line = [
                ["url": .string(PAS.structure + "extension-serviceLineNumber"), "valuePositiveInt": JSON(itemSequence)]
            ]
        }
        let payloads: [JSON] = (texts.isEmpty && line != nil ? ["Documents are needed."] : texts).map {
            .compact(["extension": line, "contentString": .string($0)])
        }
        return Resource(
            type: "CommunicationRequest",
            [
                "meta": PAS.meta("profile-communicationrequest"),
                "identifier": [["value": .string(identifier)]],
                "status": "active",
                "category": documents.isEmpty ? nil : .array(documents.map(JSON.concept)),
                "payload": payloads.isEmpty ? nil : .array(payloads),
                "reasonCode": criteria.isEmpty ? nil : .array(criteria.map { .concept(Code(PAS.criterion, $0)) }),
            ])
    }
}
