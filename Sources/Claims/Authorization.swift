public import HealthTypes

/// One item of a request for prior authorization, and the payer's word on it.
public struct AuthorizationItem: Hashable, Sendable {
    public var sequence: Int
    public var procedure: String
    public var units: Int
    public var from: CalendarDate
    public var to: CalendarDate?

    public init(sequence: Int, procedure: String, units: Int, from: CalendarDate, to: CalendarDate? = nil) {
        self.sequence = sequence
        self.procedure = procedure
        self.units = units
        self.from = from
        self.to = to
    }
}

/// What we ask of a payer: leave to render a service.
public struct AuthorizationRequest: Hashable, Sendable {
    /// Ours; the payer's answer carries it.
    public var identifier: String
    /// Counts the sendings of one request: 1 the first, 2 the first update.
    public var version: Int
    public var orderNumber: String
    public var payerID: String
    public var payerName: String
    public var provider: Provider
    public var ordering: Provider?
    public var patient: Person
    public var memberID: String
    public var diagnoses: [String]
    public var items: [AuthorizationItem]
    public var urgent: Bool
    /// Documents that go with it: title, content type, text, the criterion that each answers.
    public var documents: [SupportingDocument]

    public init(
        identifier: String, version: Int = 1, orderNumber: String, payerID: String, payerName: String,
        provider: Provider, ordering: Provider?, patient: Person, memberID: String, diagnoses: [String],
        items: [AuthorizationItem], urgent: Bool, documents: [SupportingDocument] = []
    ) {
        self.identifier = identifier
        self.version = version
        self.orderNumber = orderNumber
        self.payerID = payerID
        self.payerName = payerName
        self.provider = provider
        self.ordering = ordering
        self.patient = patient
        self.memberID = memberID
        self.diagnoses = diagnoses
        self.items = items
        self.urgent = urgent
        self.documents = documents
    }
}

/// A document that supports a request or an appeal.
public struct SupportingDocument: Hashable, Sendable {
    public var title: String
    public var contentType: String
    public let text: String
    /// Of the text, so that what a physician attested can be proved to be what was sent.
    public let digest: Digest
    /// The payer's criteria that it answers.
    public var criteria: [String]

    public init(title: String, contentType: String, text: String, criteria: [String] = []) {
        self.title = title
        self.contentType = contentType
        self.text = text
        self.criteria = criteria
        digest = Digest(of: text)
    }
}

/// The payer's word on one item (X12 code set 306).
public struct AuthorizationItemAnswer: Hashable, Sendable {
    public var sequence: Int
    /// A1 certified, A2 partial, A3 not certified, A4 pended, A6 modified; verbatim where it is another.
    public var action: String
    /// Why, in the payer's code.
    public var reason: String?
    public var approvedUnits: Int?
    public var from: CalendarDate?
    public var to: CalendarDate?

    public init(sequence: Int, action: String) {
        self.sequence = sequence
        self.action = action
    }
}

/// The answer to a request for prior authorization.
public struct AuthorizationAnswer: Hashable, Sendable {
    /// Our identifier of the request.
    public var identifier: String
    /// Which version of the request it answers; nil where the payer does not say.
    public var version: Int?
    /// The payer's number: what a claim carries in REF*G1.
    public var authorizationNumber: String?
    public var items: [AuthorizationItemAnswer]
    /// Criteria or documents that the payer wants for a pended item.
    public var documentsWanted: [String]
    /// Business errors (X12 code set 901), verbatim.
    public var errors: [String]

    public init(identifier: String, version: Int? = nil, authorizationNumber: String? = nil) {
        self.identifier = identifier
        self.version = version
        self.authorizationNumber = authorizationNumber
        items = []
        documentsWanted = []
        errors = []
    }

    public enum Standing: String, Sendable {
        case approved = "approved"
        case modified = "modified"
        case partial = "partial"
        case pended = "pended"
        case denied = "denied"
        case cancelled = "cancelled"
        case unknown = "unknown"
    }

    /// The answer as a whole: the least favourable of its items, and never read off `ClaimResponse.outcome`.
    public var standing: Standing {
        let standings = items.map { item -> Standing in
            switch item.action {
            case "A1": .approved
            case "A2": .partial
            case "A3": .denied
            case "A4": .pended
            case "A6": .modified
            case "C": .cancelled
            default: .unknown
            }
        }
        for worst in [Standing.unknown, .pended, .denied, .cancelled, .partial, .modified]
        where standings.contains(worst) {
            return worst
        }
        return standings.isEmpty ? .unknown : .approved
    }
}
