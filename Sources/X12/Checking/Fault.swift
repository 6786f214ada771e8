package import HealthTypes

/// Everything that this library can find wrong, under the code by which issues carry it.
package enum Fault: String, CaseIterable, Sendable {
    // The file
    case inputTooLarge = "x12.input-too-large"
    case noInterchange = "x12.no-interchange"
    case tooManyIssues = "x12.too-many-issues"
    case strayBytes = "x12.stray-bytes"
    case fillerBytes = "x12.filler-bytes"
    case numbersNotKept = "x12.control-numbers-not-kept"
    // The interchange
    case headerUnreadable = "x12.header-unreadable"
    case headerWidth = "x12.header-width"
    case delimitersInvalid = "x12.delimiters-invalid"
    case componentSeparatorDiffers = "x12.component-separator-differs"
    case interchangeTrailerMissing = "x12.interchange-trailer-missing"
    case interchangeControlNumber = "x12.interchange-control-number"
    case interchangeControlNumberForm = "x12.interchange-control-number-form"
    case interchangeDuplicate = "x12.interchange-duplicate"
    case groupCount = "x12.group-count"
    case interchangeDate = "x12.interchange-date"
    case interchangeTime = "x12.interchange-time"
    case interchangeUsage = "x12.interchange-usage"
    case interchangeAcknowledgment = "x12.interchange-acknowledgment"
    case interchangeVersion = "x12.interchange-version"
    case strayInterchangeSegment = "x12.stray-interchange-segment"
    // The group
    case groupHeaderMissing = "x12.group-header-missing"
    case groupTrailerMissing = "x12.group-trailer-missing"
    case groupControlNumber = "x12.group-control-number"
    case groupControlNumberForm = "x12.group-control-number-form"
    case groupDuplicate = "x12.group-duplicate"
    case transactionCount = "x12.transaction-count"
    case strayGroupSegment = "x12.stray-group-segment"
    // The transaction set
    case transactionTrailerMissing = "x12.transaction-trailer-missing"
    case transactionControlNumber = "x12.transaction-control-number"
    case transactionControlNumberForm = "x12.transaction-control-number-form"
    case transactionDuplicate = "x12.transaction-duplicate"
    case segmentCount = "x12.segment-count"
    case transactionNotOfGroup = "x12.transaction-not-of-group"
    case guideNotOfGroup = "x12.guide-not-of-group"
    case guideUnknown = "x12.guide-unknown"
    case setUnknown = "x12.set-unknown"
    case tooManyTransactions = "x12.too-many-transactions"
    case guideSuperseded = "x12.guide-superseded"
    case tooManyIssuesOfTransaction = "x12.too-many-issues-of-transaction"
    // Segments
    case segmentEmpty = "x12.segment-empty"
    case segmentUnterminated = "x12.segment-unterminated"
    case segmentIdentifier = "x12.segment-identifier"
    case tooManyElements = "x12.too-many-elements"
    case segmentTooLarge = "x12.segment-too-large"
    case binaryLength = "x12.binary-length"
    case contentSkipped = "x12.content-skipped"
    case segmentUnexpected = "x12.segment-unexpected"
    case segmentNotInGuide = "x12.segment-not-in-guide"
    case segmentOrder = "x12.segment-order"
    case segmentRepeat = "x12.segment-repeat"
    case segmentMissing = "x12.segment-missing"
    case loopRepeat = "x12.loop-repeat"
    case loopMissing = "x12.loop-missing"
    case loopMisplaced = "x12.loop-misplaced"
    case hierarchyNumber = "x12.hierarchy-number"
    case hierarchyParent = "x12.hierarchy-parent"
    case hierarchyChild = "x12.hierarchy-child"
    // Elements
    case elementTooLarge = "x12.element-too-large"
    case characterInvalid = "x12.character-invalid"
    case elementMissing = "x12.element-missing"
    case elementPair = "x12.element-pair"
    case elementExcluded = "x12.element-excluded"
    case elementExtra = "x12.element-extra"
    case elementNotUsed = "x12.element-not-used"
    case elementShort = "x12.element-short"
    case elementLong = "x12.element-long"
    case elementCode = "x12.element-code"
    case elementNumber = "x12.element-number"
    case elementDate = "x12.element-date"
    case elementTime = "x12.element-time"
    case elementRepeat = "x12.element-repeat"
    case componentExtra = "x12.component-extra"
    // Situations
    case segmentRequiredHere = "x12.segment-required-here"
    case segmentForbiddenHere = "x12.segment-forbidden-here"
    case loopRequiredHere = "x12.loop-required-here"
    case loopForbiddenHere = "x12.loop-forbidden-here"
    case elementRequiredHere = "x12.element-required-here"
    case elementForbiddenHere = "x12.element-forbidden-here"
    case diagnosisPointer = "x12.diagnosis-pointer"
    // Code sets
    case codeForm = "x12.code-format"
    case codeUnknown = "x12.code-unknown"
    case codeNotInForce = "x12.code-not-in-force"
    case checkDigit = "x12.check-digit"
    // Payers' own
    case payerRule = "x12.payer-rule"
    // Balances
    case claimCharge = "x12.claim-charge"
    case otherPayerBalance = "x12.other-payer-balance"
    case remittanceLine = "x12.remittance-line"
    case remittanceClaim = "x12.remittance-claim"
    case remittanceTotal = "x12.remittance-total"
    case enrollmentTotal = "x12.enrollment-total"
    case premiumTotal = "x12.premium-total"
    // Writing
    case characterReplaced = "x12.character-replaced"

    /// What the code means, how grave it is, and how the three acknowledgements say it.
    package struct Definition: Sendable {
        package var severity: Issue.Severity
        /// WEDI SNIP type of testing: 1 syntax, 2 guide, 3 balance, 4 situation, 5 code set, 6 service, 7 payer.
        package var snip: Int
        package var message: String
        package var codes: AcknowledgmentCodes
    }

    package var definition: Definition { Self.definitions[self]! }

    package func issue(at location: Location, requirement: String? = nil) -> Issue {
        let definition = definition
        return Issue(definition.severity, rawValue, at: location, message: definition.message, requirement: requirement)
    }
}

/// How acknowledgements name a fault; nil where the level has no name for it.
public struct AcknowledgmentCodes: Hashable, Sendable {
    /// TA105, interchange note code.
    public var interchange: String?
    /// AK905, functional group error.
    public var group: String?
    /// IK502, transaction set error.
    public var transaction: String?
    /// IK304, segment error.
    public var segment: String?
    /// IK403, element error.
    public var element: String?

    public init(
        interchange: String? = nil, group: String? = nil, transaction: String? = nil, segment: String? = nil,
        element: String? = nil
    ) {
        self.interchange = interchange
        self.group = group
        self.transaction = transaction
        self.segment = segment
        self.element = element
    }
}
