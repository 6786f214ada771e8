public import HealthTypes

/// A request for prior authorization (PAS Claim, `Claim/$submit`), free of any model of claims.
///
/// ``bundle(updating:)`` writes it and ``init(reading:)`` reads it back. The bundle depends on these values alone,
/// down to its GUIDs, so that a retry is byte for byte what was sent before.
public struct PASRequest: Hashable, Sendable, Codable {
    /// An organization or person by name and National Provider Identifier.
    public struct Provider: Hashable, Sendable, Codable {
        public var name: String
        public var npi: String

        public init(name: String, npi: String) {
            self.name = name
            self.npi = npi
        }
    }

    public struct Practitioner: Hashable, Sendable, Codable {
        public var family: String
        public var given: String
        public var npi: String

        public init(family: String, given: String, npi: String) {
            self.family = family
            self.given = given
            self.npi = npi
        }
    }

    public struct Insurer: Hashable, Sendable, Codable {
        public var name: String
        /// The payer's id.
        public var id: String

        public init(name: String, id: String) {
            self.name = name
            self.id = id
        }
    }

    public struct Patient: Hashable, Sendable, Codable {
        public var memberID: String
        public var family: String
        public var given: String
        public var birthDate: CalendarDate
        /// FHIR's: `male`, `female`, `other`, `unknown`.
        public var gender: String

        public init(memberID: String, family: String, given: String, birthDate: CalendarDate, gender: String) {
            self.memberID = memberID
            self.family = family
            self.given = given
            self.birthDate = birthDate
            self.gender = gender
        }
    }

    public struct Coverage: Hashable, Sendable, Codable {
        public var memberID: String
        public var planID: String

        public init(memberID: String, planID: String) {
            self.memberID = memberID
            self.planID = planID
        }
    }

    public struct Item: Hashable, Sendable, Codable {
        public var sequence: Int
        /// CPT or HCPCS, in its system.
        public var code: Code
        public var modifiers: [String]
        public var units: Int
        public var servicedFrom: CalendarDate
        public var servicedTo: CalendarDate?
        public var placeOfService: String
        /// X12 1365; `1` is medical care.
        public var serviceType: String
        /// X12 1525: `HS` health services review, `SC` specialty care, `AR` admission.
        public var requestType: String
        /// X12 1322: `I` initial, `R` renewal, `S` revised, `3` cancel.
        public var certificationType: String
        /// In an update: `added` or `changed` (PAS spec-65..72).
        public var change: String?

        public init(
            sequence: Int, code: Code, modifiers: [String] = [], units: Int, servicedFrom: CalendarDate,
            servicedTo: CalendarDate? = nil, placeOfService: String, serviceType: String = "1",
            requestType: String = "HS", certificationType: String = "I", change: String? = nil
        ) {
            self.sequence = sequence
            self.code = code
            self.modifiers = modifiers
            self.units = units
            self.servicedFrom = servicedFrom
            self.servicedTo = servicedTo
            self.placeOfService = placeOfService
            self.serviceType = serviceType
            self.requestType = requestType
            self.certificationType = certificationType
            self.change = change
        }
    }

    /// One piece of evidence: a message in words, or a document.
    public struct SupportingInfo: Hashable, Sendable, Codable {
        public enum Content: Hashable, Sendable, Codable {
            case text(String)
            /// A document in base64, with its media type, such as `text/plain`.
            case document(contentType: String, base64: String)
        }

        public var sequence: Int
        /// The guide's: `freeFormMessage`, `additionalInformation`.
        public var category: String
        public var content: Content
        public var title: String?
        /// The criterion that this is evidence for.
        public var linkID: String?
        /// What kind of document it is; LOINC.
        public var documentType: Code

        /// - Parameter category: left out, the guide's own for such content.
        public init(
            sequence: Int, category: String? = nil, content: Content, title: String? = nil, linkID: String? = nil,
            documentType: Code = Code(.loinc, "34109-9")
        ) {
            self.sequence = sequence
            if case .text = content {
                self.category = category ?? "freeFormMessage"
            } else {
                self.category = category ?? "additionalInformation"
            }
            self.content = content
            self.title = title
            self.linkID = linkID
            self.documentType = documentType
        }
    }

    public var bundleIdentifier: FHIRIdentifier
    public var claimIdentifier: FHIRIdentifier
    public var created: Instant
    public var insurer: Insurer
    public var provider: Provider
    public var orderingPractitioner: Practitioner?
    public var patient: Patient
    public var coverage: Coverage
    /// ICD-10-CM, the first the principal one.
    public var diagnoses: [String]
    public var items: [Item]
    public var supportingInfo: [SupportingInfo]
    /// The claim that this one updates: the one before it, never an older one.
    public var relatedClaimIdentifier: FHIRIdentifier?
    public var urgent: Bool
    /// `professional` or `institutional`.
    public var claimType: String

    public init(
        bundleIdentifier: FHIRIdentifier, claimIdentifier: FHIRIdentifier, created: Instant, insurer: Insurer,
        provider: Provider, orderingPractitioner: Practitioner? = nil, patient: Patient, coverage: Coverage,
        diagnoses: [String], items: [Item], supportingInfo: [SupportingInfo] = [],
        relatedClaimIdentifier: FHIRIdentifier? = nil, urgent: Bool = false, claimType: String = "professional"
    ) {
        self.bundleIdentifier = bundleIdentifier
        self.claimIdentifier = claimIdentifier
        self.created = created
        self.insurer = insurer
        self.provider = provider
        self.orderingPractitioner = orderingPractitioner
        self.patient = patient
        self.coverage = coverage
        self.diagnoses = diagnoses
        self.items = items
        self.supportingInfo = supportingInfo
        self.relatedClaimIdentifier = relatedClaimIdentifier
        self.urgent = urgent
        self.claimType = claimType
    }

    public var isUpdate: Bool { relatedClaimIdentifier != nil }
}
