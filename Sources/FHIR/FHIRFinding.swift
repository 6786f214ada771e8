import HealthTypes

/// The codes of this target's issues and what they mean.
enum FHIRFinding: String, CaseIterable {
    case notJSON = "fhir.not-json"
    case notResource = "fhir.not-resource"
    case tooLarge = "fhir.too-large"
    case tooManyIssues = "fhir.too-many-issues"
    case empty = "fhir.empty"
    case null = "fhir.null"
    case required = "fhir.required"
    case cardinality = "fhir.cardinality"
    case code = "fhir.code"
    case type = "fhir.type"
    case date = "fhir.date"
    case choice = "fhir.choice"
    case bundleEntry = "fhir.bundle-entry"

    case bundleType = "pas.bundle-type"
    case bundleIdentifier = "pas.bundle-identifier"
    case bundleTimestamp = "pas.bundle-timestamp"
    case claimNotFirst = "pas.claim-not-first"
    case noFullURL = "pas.full-url"
    case duplicateEntry = "pas.duplicate-entry"
    case entryMembers = "pas.entry-members"
    case danglingReference = "pas.dangling-reference"
    case claimStatus = "pas.claim-status"
    case claimUse = "pas.claim-use"
    case claimIdentifier = "pas.claim-identifier"
    case claimMember = "pas.claim-member"
    case notFocal = "pas.insurance-focal"
    case noItems = "pas.no-items"
    case requestType = "pas.request-type"
    case certificationType = "pas.certification-type"
    case extensionValue = "pas.extension-value"
    case itemCategory = "pas.item-category"
    case itemLocation = "pas.item-location"
    case itemService = "pas.item-service"
    case quantity = "pas.quantity"
    case partialDate = "pas.partial-date"
    case duplicateSequence = "pas.duplicate-sequence"
    case missingSequence = "pas.missing-sequence"
    case unknownSequence = "pas.unknown-sequence"
    case reviewAction = "pas.review-action"
    case addItem = "pas.add-item"

    private var message: String {
        switch self {
        case .notJSON: "The text is not JSON."
        case .notResource: "This is not a FHIR resource: an object with a resourceType."
        case .tooLarge: "The input is longer than the limit and is not read."
        case .tooManyIssues: "There are more issues than are listed."
        case .empty: "FHIR does not allow an empty array, object or string; leave the member out."
        case .null: "FHIR does not allow null here; leave the member out."
        case .required: "A required member is missing."
        case .cardinality: "A list stands where one value belongs, or one value where a list belongs."
        case .code: "The code is not in the value set that R4 requires here."
        case .type: "The value is not of the type that R4 gives this member."
        case .date: "The date or time is not in FHIR's form, or is no day of the calendar."
        case .choice: "Of the members of a choice exactly one may stand."
        case .bundleEntry: "An entry of the Bundle holds no readable resource."
        case .bundleType: "The Bundle is not of type collection."
        case .bundleIdentifier: "The Bundle has no identifier, so that a retry cannot be told from a new request."
        case .bundleTimestamp: "The Bundle has no timestamp with a zone."
        case .claimNotFirst: "The first entry is neither a Claim nor a ClaimResponse."
        case .noFullURL: "An entry has no fullUrl that is an absolute URL or a urn:uuid."
        case .duplicateEntry: "Two entries have the same fullUrl, or are the same resource."
        case .entryMembers: "An entry of a collection has a search, request or response part."
        case .danglingReference: "The reference names nothing in the Bundle."
        case .claimStatus: "The status is not active."
        case .claimUse: "The use is not preauthorization."
        case .claimIdentifier: "There is not one or two identifiers."
        case .claimMember: "A member that prior authorization needs is missing or cannot be read."
        case .notFocal: "Each insurance must be focal and name its coverage."
        case .noItems: "There is no item."
        case .requestType: "The item has no extension serviceItemRequestType, or more than one."
        case .certificationType: "The item has no extension certificationType, or more than one."
        case .extensionValue: "The extension does not hold a CodeableConcept with a code."
        case .itemCategory: "The item has no category."
        case .itemLocation: "The item has no location."
        case .itemService: "The item has no code of a product or service."
        case .quantity: "The quantity is not a whole number of units."
        case .partialDate: "A date of service is not a full date."
        case .duplicateSequence: "A sequence number stands twice."
        case .missingSequence: "A sequence number is missing or is not a positive whole number."
        case .unknownSequence: "The item points to a sequence that does not exist."
        case .reviewAction: "The item has not exactly one review action with a code of X12 306."
        case .addItem: "The item was modified, but no addItem says what is authorized."
        }
    }

    func issue(_ path: String, severity: Issue.Severity = .error, requirement: String? = nil) -> Issue {
        issue(at: Location(path: path), severity: severity, requirement: requirement)
    }

    func issue(at location: Location, severity: Issue.Severity = .error, requirement: String? = nil) -> Issue {
        Issue(severity, rawValue, at: location, message: message, requirement: requirement)
    }
}
