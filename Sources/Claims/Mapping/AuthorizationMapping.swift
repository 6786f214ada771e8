public import FHIR
import Foundation
public import HealthTypes

/// Requests for prior authorization and their answers, to and from FHIR (Da Vinci PAS).
public enum AuthorizationMapping {
    /// The system of our identifiers of requests; the value is `<identifier>/<version>`.
    public static let identifierSystem = "urn:claimwright:authorization"

    /// The request as a PAS Claim. Nil where the patient's birth date or every item is missing: no payer could
    /// decide on it. A version past the first names the version before it as the claim that it updates.
    ///
    /// A document goes once for each criterion that it answers, so that each criterion finds its evidence.
    public static func pasRequest(
        _ request: AuthorizationRequest, at: Instant, placeOfService: String = "11"
    ) -> MappingResult<PASRequest?> {
        guard let birthDate = request.patient.birthDate, !request.items.isEmpty else {
            return MappingResult(nil, issues: [MappingFault.requestUnreadable.issue()])
        }
        let identifier = identifier(request.identifier, version: request.version)
        return MappingResult(
            PASRequest(
                bundleIdentifier: FHIRIdentifier(system: identifierSystem + ":bundle", value: identifier.value),
                claimIdentifier: identifier, created: at,
                insurer: PASRequest.Insurer(name: request.payerName, id: request.payerID),
                provider: PASRequest.Provider(name: request.provider.name, npi: request.provider.npi),
                orderingPractitioner: request.ordering.map {
                    PASRequest.Practitioner(family: $0.name, given: $0.given ?? "", npi: $0.npi)
                },
                patient: PASRequest.Patient(
                    memberID: request.memberID, family: request.patient.family, given: request.patient.given,
                    birthDate: birthDate, gender: request.patient.sex.fhir),
                coverage: PASRequest.Coverage(memberID: request.memberID, planID: request.payerID),
                diagnoses: request.diagnoses,
                items: request.items.map { item in
                    PASRequest.Item(
                        sequence: item.sequence, code: Code(procedureSystem(item.procedure), item.procedure),
                        units: item.units, servicedFrom: item.from, servicedTo: item.to,
                        placeOfService: placeOfService, certificationType: request.version > 1 ? "S" : "I")
                },
                supportingInfo: supportingInfo(request.documents),
                relatedClaimIdentifier: request.version > 1
                    ? self.identifier(request.identifier, version: request.version - 1) : nil,
                urgent: request.urgent))
    }

    private static func identifier(_ identifier: String, version: Int) -> FHIRIdentifier {
        FHIRIdentifier(system: identifierSystem, value: "\(identifier)/\(version)")
    }

    /// HCPCS Level II codes begin with a letter, CPT codes with a digit.
    static func procedureSystem(_ code: String) -> CodeSystem { code.first?.isLetter == true ? .hcpcs : .cpt }

    private static func supportingInfo(_ documents: [SupportingDocument]) -> [PASRequest.SupportingInfo] {
        let links = documents.flatMap { document in
            (document.criteria.isEmpty ? [nil] : document.criteria.map(Optional.some)).map { (document, $0) }
        }
        return links.enumerated().map { position, link in
            PASRequest.SupportingInfo(
                sequence: position + 1,
                content: .document(
                    contentType: link.0.contentType, base64: Data(link.0.text.utf8).base64EncodedString()),
                title: link.0.title, linkID: link.1)
        }
    }

    /// The request as a payer reads it. What PAS does not carry is empty: the order's number, the patient's address.
    public static func request(reading request: PASRequest) -> AuthorizationRequest {
        let (identifier, version) = parts(of: request.claimIdentifier.value)
        return AuthorizationRequest(
            identifier: identifier, version: version ?? 1, orderNumber: "", payerID: request.insurer.id,
            payerName: request.insurer.name,
            provider: Provider(npi: request.provider.npi, entity: .organization, name: request.provider.name),
            ordering: request.orderingPractitioner.map {
                Provider(npi: $0.npi, entity: .person, name: $0.family, given: $0.given.isEmpty ? nil : $0.given)
            },
            patient: Person(
                family: request.patient.family, given: request.patient.given, birthDate: request.patient.birthDate,
                sex: Person.Sex(fhir: request.patient.gender)),
            memberID: request.coverage.memberID, diagnoses: request.diagnoses,
            items: request.items.map {
                AuthorizationItem(
                    sequence: $0.sequence, procedure: $0.code.value, units: $0.units, from: $0.servicedFrom,
                    to: $0.servicedTo)
            },
            urgent: request.urgent, documents: documents(request.supportingInfo))
    }

    /// `A-1/2` is version 2 of `A-1`; an identifier of another form names no version.
    private static func parts(of value: String) -> (identifier: String, version: Int?) {
        guard let slash = value.lastIndex(of: "/"), let version = Int(value[value.index(after: slash)...]), version > 0
        else { return (value, nil) }
        return (String(value[..<slash]), version)
    }

    /// Documents, those that are the same joined with all criteria that they answer. One that is not text in base64
    /// comes without its text.
    private static func documents(_ info: [PASRequest.SupportingInfo]) -> [SupportingDocument] {
        info.grouped { DocumentKey(title: $0.title ?? "", content: $0.content) }.map { key, members in
            let criteria = members.compactMap(\.linkID)
            switch key.content {
            case .text(let words):
                return SupportingDocument(title: key.title, contentType: "text/plain", text: words, criteria: criteria)
            case .document(let contentType, let base64):
                return SupportingDocument(
                    title: key.title, contentType: contentType, text: decodedText(base64) ?? "", criteria: criteria)
            }
        }
    }

    private struct DocumentKey: Hashable {
        var title: String
        var content: PASRequest.SupportingInfo.Content
    }

    static func decodedText(_ base64: String) -> String? {
        Data(base64Encoded: base64).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

// MARK: - Answers

extension AuthorizationMapping {
    /// The payer's answer. The decision is read off each item, never off `outcome`; an item without a decision has
    /// an empty action, which stands for unknown.
    public static func answer(reading response: PASResponse) -> MappingResult<AuthorizationAnswer> {
        let value = response.claimIdentifier?.value ?? ""
        let (identifier, version) = parts(of: value)
        var answer = AuthorizationAnswer(
            identifier: identifier, version: version,
            authorizationNumber: response.preAuthRef ?? response.items.lazy.compactMap(\.reviewNumber).first)
        answer.items = response.items.map { item in
            var decided = AuthorizationItemAnswer(sequence: item.sequence, action: item.action?.rawValue ?? "")
            let period = item.authorizedPeriod ?? response.preAuthPeriod
            decided.reason = item.reasons.isEmpty ? nil : item.reasons.joined(separator: " ")
            decided.approvedUnits = item.authorizedUnits
            decided.from = period?.start
            decided.to = period?.end
            return decided
        }
        answer.documentsWanted = response.communicationRequests.flatMap { asked in
            asked.criteria.isEmpty ? asked.documents.map(\.value) : asked.criteria
        }
        answer.errors = response.errors.map(\.code)
        return MappingResult(
            answer, issues: value.isEmpty ? [MappingFault.answerUnreadable.issue(at: Location(path: "request"))] : [])
    }

    /// A payer's answer to a request, as PAS has it.
    public static func pasResponse(
        _ answer: AuthorizationAnswer, to request: PASRequest, at: Instant
    ) -> PASResponse {
        let items = answer.items.map { item in
            PASResponse.Item(
                sequence: item.sequence,
                action: item.action.isEmpty ? nil : PASResponse.ReviewAction(rawValue: item.action),
                reviewNumber: answer.authorizationNumber, reasons: item.reason.map { [$0] } ?? [],
                authorizedUnits: item.approvedUnits,
                authorizedPeriod: item.from == nil && item.to == nil ? nil : PASPeriod(start: item.from, end: item.to))
        }
        let asked = answer.documentsWanted.map {
            PASResponse.CommunicationRequest(identifier: "\(answer.identifier)-\($0)", documents: [], criteria: [$0])
        }
        return PASResponse(
            bundleIdentifier: request.bundleIdentifier,
            identifier: FHIRIdentifier(system: identifierSystem + ":answer", value: request.claimIdentifier.value),
            claimIdentifier: request.claimIdentifier, created: at, outcome: answer.errors.isEmpty ? .complete : .error,
            preAuthRef: answer.authorizationNumber, items: items, communicationRequests: asked,
            errors: answer.errors.map { PASResponse.Fault(code: $0) })
    }
}

extension Person.Sex {
    /// FHIR's administrative gender.
    var fhir: String {
        switch self {
        case .female: "female"
        case .male: "male"
        case .unknown: "unknown"
        }
    }

    init(fhir gender: String?) {
        self = gender == "female" ? .female : gender == "male" ? .male : .unknown
    }
}

extension AuthorizationMapping {
    /// Whether a bundle that begins with this resource is a payer's answer to a request (Da Vinci PAS).
    public static func isAnswer(_ first: Resource) -> Bool { first.type == "ClaimResponse" }
}
