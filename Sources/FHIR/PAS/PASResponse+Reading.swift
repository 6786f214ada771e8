import HealthTypes

extension PASResponse {
    /// Reads an answer from its Bundle, whoever wrote it.
    ///
    /// - Parameter actions: what this payer's review actions mean where it departs from X12 306; a payer that swaps
    ///   A2 and A3 has `["A2": "A3", "A3": "A2"]`.
    public init(reading bundle: FHIRBundle, actions: [String: String] = [:]) throws(PASError) {
        var reader = try PASReader(bundle, expecting: "ClaimResponse")
        let response = reader.first.resource
        var items = reader.each("item") { reader, item, path in
            guard let sequence = item["itemSequence"]?.integer else {
                reader.fail(.missingSequence, "\(path).itemSequence")
                return nil as Item?
            }
            return reader.decision(item, sequence, actions)
        }
        for added in response.values(at: "addItem") {
            for sequence in added.values(at: "itemSequence").compactMap(\.integer) {
                guard let index = items.firstIndex(where: { $0.sequence == sequence }) else { continue }
                items[index].authorizedUnits = PASReader.units(added) ?? items[index].authorizedUnits
                items[index].authorizedCode =
                    added["productOrService"]?.codings.first ?? items[index].authorizedCode
                items[index].authorizedPeriod =
                    PASPeriod(added.fhirExtension("extension-itemPreAuthPeriod")?["valuePeriod"])
                    ?? PASPeriod(added["servicedPeriod"]) ?? items[index].authorizedPeriod
            }
        }
        guard let created = response.instant(at: "created") ?? bundle.timestamp else {
            reader.fail(.claimMember, "created")
            throw PASError(issues: reader.issues)
        }
        guard reader.issues.isEmpty else { throw PASError(issues: reader.issues) }
        self.init(
            bundleIdentifier: bundle.identifier, identifier: response.identifier,
            claimIdentifier: response.value(at: "request.identifier").flatMap(FHIRIdentifier.init)
                ?? reader.follow("request")?.identifier,
            created: created, outcome: Outcome(rawValue: response.string(at: "outcome") ?? ""),
            preAuthRef: response.string(at: "preAuthRef"), preAuthPeriod: PASPeriod(response["preAuthPeriod"]),
            items: items,
            processNotes: response.values(at: "processNote").enumerated().compactMap { index, note in
                note["text"]?.string.map { Note(number: note["number"]?.integer ?? index + 1, text: $0) }
            },
            communicationRequests: reader.communicationRequests(), errors: reader.faults())
    }
}

extension PASReader {
    fileprivate func decision(_ item: JSON, _ sequence: Int, _ actions: [String: String]) -> PASResponse.Item {
        let review = item.values(at: "adjudication").lazy.compactMap { $0.fhirExtension("extension-reviewAction") }
            .first
        let code = review.flatMap(Self.reviewActionCode)
        let detail = item.fhirExtension("extension-itemAuthorizedDetail")
        let quantity = detail?.fhirExtension("quantity")?["valueQuantity"]
        return PASResponse.Item(
            sequence: sequence,
            action: code.map { PASResponse.ReviewAction(rawValue: actions[$0] ?? $0) },
            reviewNumber: review?.fhirExtension("number")?["valueString"]?.string,
            reasons: review?.fhirExtensions("reasonCode").compactMap {
                $0["valueCodeableConcept"]?.codings.first?.value
            } ?? [],
            authorizedUnits: quantity.flatMap { Self.units(["quantity": $0]) },
            authorizedCode: detail?.fhirExtension("productOrServiceCode")?["valueCodeableConcept"]?.codings.first,
            authorizedPeriod: PASPeriod(item.fhirExtension("extension-itemPreAuthPeriod")?["valuePeriod"]),
            notes: item.values(at: "noteNumber").compactMap(\.integer))
    }

    /// The code of X12 306 inside a reviewAction; older versions of the guide name the extension `code`.
    static func reviewActionCode(_ review: JSON) -> String? {
        let found = review.fhirExtension("extension-reviewActionCode") ?? review.fhirExtension("code")
        return found?["valueCodeableConcept"]?.codings.first { $0.system == PAS.reviewActionSystem }?.value
    }

    fileprivate func communicationRequests() -> [PASResponse.CommunicationRequest] {
        first.resource.values(at: "communicationRequest.reference").compactMap(\.string).compactMap { reference in
            guard let asked = bundle.resolve(reference, from: first) else { return nil }
            let payloads = asked.values(at: "payload")
            let lines = payloads.lazy.compactMap {
                $0.fhirExtension("extension-serviceLineNumber")?["valuePositiveInt"]?.integer
            }
            let codes =
                asked.codings(at: "category") + asked.codings(at: "payload.contentCodeableConcept")
            return PASResponse.CommunicationRequest(
                identifier: asked.identifier?.value ?? asked.id ?? "", documents: codes,
                criteria: asked.codings(at: "reasonCode").filter { $0.system == PAS.criterion }.map(\.value),
                itemSequence: lines.first, texts: payloads.compactMap { $0["contentString"]?.string })
        }
    }

    fileprivate func faults() -> [PASResponse.Fault] {
        first.resource.values(at: "error").map { error in
            let path = error.fhirExtension("extension-errorPath") ?? error.fhirExtension("extension-errorElement")
            return PASResponse.Fault(
                code: error["code"]?.codings.first?.value ?? "", path: path?["valueString"]?.string,
                followUp: error.fhirExtension("extension-errorFollowupAction")?["valueCodeableConcept"]?.codings
                    .first?.value)
        }
    }
}
