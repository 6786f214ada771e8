public import HealthTypes

/// A payer's answer to a request for prior authorization (PAS ClaimResponse).
///
/// The decision is the review action of each item, never ``outcome``: a denial and a pend are both `complete`.
public struct PASResponse: Hashable, Sendable, Codable {
    /// X12 306.
    public struct ReviewAction: RawRepresentable, Hashable, Sendable, Codable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let certified = ReviewAction(rawValue: "A1")
        public static let partlyCertified = ReviewAction(rawValue: "A2")
        public static let notCertified = ReviewAction(rawValue: "A3")
        public static let pended = ReviewAction(rawValue: "A4")
        public static let modified = ReviewAction(rawValue: "A6")
        public static let cancelled = ReviewAction(rawValue: "C")
        public static let contactPayer = ReviewAction(rawValue: "CT")
        public static let noActionRequired = ReviewAction(rawValue: "NA")
    }

    /// `queued`, `complete`, `error`, `partial`: how far the payer's processing came.
    public struct Outcome: RawRepresentable, Hashable, Sendable, Codable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let queued = Outcome(rawValue: "queued")
        public static let complete = Outcome(rawValue: "complete")
        public static let error = Outcome(rawValue: "error")
        public static let partial = Outcome(rawValue: "partial")
    }

    public struct Item: Hashable, Sendable, Codable {
        /// The sequence of the request's item.
        public var sequence: Int
        /// Nil where the payer states none: unknown, not approved.
        public var action: ReviewAction?
        /// The payer's number for this item's review.
        public var reviewNumber: String?
        /// Reason codes, as the payer sends them.
        public var reasons: [String]
        /// From addItem where the item was modified, else from the item's own detail.
        public var authorizedUnits: Int?
        public var authorizedCode: Code?
        public var authorizedPeriod: PASPeriod?
        /// Numbers of process notes about this item.
        public var notes: [Int]

        public init(
            sequence: Int, action: ReviewAction?, reviewNumber: String? = nil, reasons: [String] = [],
            authorizedUnits: Int? = nil, authorizedCode: Code? = nil, authorizedPeriod: PASPeriod? = nil,
            notes: [Int] = []
        ) {
            self.sequence = sequence
            self.action = action
            self.reviewNumber = reviewNumber
            self.reasons = reasons
            self.authorizedUnits = authorizedUnits
            self.authorizedCode = authorizedCode
            self.authorizedPeriod = authorizedPeriod
            self.notes = notes
        }
    }

    public struct Note: Hashable, Sendable, Codable {
        public var number: Int
        public var text: String

        public init(number: Int, text: String) {
            self.number = number
            self.text = text
        }
    }

    /// Documents that the payer asks for (PAS CommunicationRequest).
    public struct CommunicationRequest: Hashable, Sendable, Codable {
        /// By which the answer names the question: the attachment control number.
        public var identifier: String
        /// Kinds of document: X12 755 or LOINC.
        public var documents: [Code]
        /// The payer's criteria that the documents are to show.
        public var criteria: [String]
        public var itemSequence: Int?
        public var texts: [String]

        public init(
            identifier: String, documents: [Code], criteria: [String] = [], itemSequence: Int? = nil,
            texts: [String] = []
        ) {
            self.identifier = identifier
            self.documents = documents
            self.criteria = criteria
            self.itemSequence = itemSequence
            self.texts = texts
        }
    }

    /// Why a request could not be taken.
    public struct Fault: Hashable, Sendable, Codable {
        /// X12 901.
        public var code: String
        /// FHIRPath into the request.
        public var path: String?
        /// X12 889.
        public var followUp: String?

        public init(code: String, path: String? = nil, followUp: String? = nil) {
            self.code = code
            self.path = path
            self.followUp = followUp
        }
    }

    /// Echoes the request's.
    public var bundleIdentifier: FHIRIdentifier?
    /// The payer's own identifier of this answer.
    public var identifier: FHIRIdentifier?
    /// The Claim that is answered.
    public var claimIdentifier: FHIRIdentifier?
    public var created: Instant
    public var outcome: Outcome
    /// The authorization's number.
    public var preAuthRef: String?
    public var preAuthPeriod: PASPeriod?
    public var items: [Item]
    public var processNotes: [Note]
    public var communicationRequests: [CommunicationRequest]
    public var errors: [Fault]

    public init(
        bundleIdentifier: FHIRIdentifier? = nil, identifier: FHIRIdentifier? = nil,
        claimIdentifier: FHIRIdentifier? = nil, created: Instant, outcome: Outcome = .complete,
        preAuthRef: String? = nil, preAuthPeriod: PASPeriod? = nil, items: [Item], processNotes: [Note] = [],
        communicationRequests: [CommunicationRequest] = [], errors: [Fault] = []
    ) {
        self.bundleIdentifier = bundleIdentifier
        self.identifier = identifier
        self.claimIdentifier = claimIdentifier
        self.created = created
        self.outcome = outcome
        self.preAuthRef = preAuthRef
        self.preAuthPeriod = preAuthPeriod
        self.items = items
        self.processNotes = processNotes
        self.communicationRequests = communicationRequests
        self.errors = errors
    }

    public func item(_ sequence: Int) -> Item? { items.first { $0.sequence == sequence } }
}
