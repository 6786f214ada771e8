public import HealthTypes

/// What came of reading a message into the model: the value, what was wrong, and the text of what could not be read.
///
/// What goes in comes out: every claim, answer or settlement of the message is either in `value` or in `unread`.
public struct MappingResult<Value: Sendable>: Sendable {
    public var value: Value
    public var issues: [Issue]
    public var unread: [UnreadText]

    public init(_ value: Value, issues: [Issue] = [], unread: [UnreadText] = []) {
        self.value = value
        self.issues = issues
        self.unread = unread
    }
}

/// A part of a message that could not be read into the model, kept as it came for a person to see.
public struct UnreadText: Hashable, Sendable {
    /// Where it begins.
    public var location: Location
    /// Its control number, where that much could be read.
    public var controlNumber: String?
    /// The segments, each on a line of its own.
    public var text: String

    public init(location: Location, controlNumber: String?, text: String) {
        self.location = location
        self.controlNumber = controlNumber
        self.text = text
    }
}

/// Everything that reading into the model can find wrong, under the code by which issues carry it.
enum MappingFault: String, CaseIterable {
    case notWritten = "mapping.not-written"
    case dateUnreadable = "mapping.date-unreadable"
    case amountUnreadable = "mapping.amount-unreadable"
    case claimNumber = "claim.control-number-absent"
    case claimCharge = "claim.charge-unreadable"
    case claimLines = "claim.lines-absent"
    case claimProvider = "claim.billing-provider-absent"
    case claimSubscriber = "claim.subscriber-absent"
    case claimResponsibility = "claim.responsibility-unknown"
    case lineCharge = "claim.line-charge-unreadable"
    case lineDate = "claim.line-date-absent"
    case diagnosisUnreadable = "claim.diagnosis-unreadable"
    case procedureAbsent = "claim.procedure-absent"
    case linePointer = "claim.line-pointer-unreadable"
    case lineChargesNotStated = "claim.line-charges-not-stated"
    case claimPayer = "claim.payer-absent"
    case claimKind = "claim.kind-not-written"
    case noteLength = "claim.note-cut"
    case notCarried = "claim.not-carried"
    case notCarriedFurther = "claim.not-carried-further"
    case traceAbsent = "eligibility.trace-absent"
    case inquiryDate = "eligibility.service-date-absent"
    case remittanceHeader = "remittance.header-unreadable"
    case remittanceUnwritable = "remittance.not-writable"
    case settlementUnreadable = "remittance.claim-unreadable"
    case adjustmentUnreadable = "remittance.adjustment-unreadable"
    case inquiryUnreadable = "eligibility.date-unreadable"
    case batchUnknown = "acknowledgement.batch-unknown"
    case acknowledgementUnreadable = "acknowledgement.group-absent"
    case unitTooLong = "mapping.unit-too-long"
    case acknowledgedClaim = "acknowledgement.claim-number-absent"
    case visitNumber = "visit.number-absent"
    case messageType = "visit.message-type"
    case orderUnreadable = "visit.order-unreadable"
    case chargeUnreadable = "visit.charge-unreadable"
    case coverageUnreadable = "visit.coverage-unreadable"
    case resourceUnreadable = "chart.resource-unreadable"
    case attachmentUnreadable = "chart.attachment-unreadable"
    case requestUnreadable = "authorization.request-unreadable"
    case answerUnreadable = "authorization.answer-unreadable"
    case memberAbsent = "claim-request.member-absent"
    case memberType = "claim-request.member-type"
    case memberUnknown = "claim-request.member-unknown"
    case memberValue = "claim-request.member-value"
    case memberLimit = "claim-request.member-limit"

    private var definition: (Issue.Severity, String) {
        switch self {
        case .notWritten: (.error, "The value could not be written and was left out of the message.")
        case .dateUnreadable: (.warning, "A date that is none, or in a format that is not read; it is left out.")
        case .amountUnreadable: (.error, "An amount that is no decimal number of dollars; it is left out.")
        case .claimNumber: (.error, "The claim has no control number; it is kept unread.")
        case .claimCharge: (.error, "The claim's total charge is no amount; it is kept unread.")
        case .claimLines: (.error, "The claim has no service line; it is kept unread.")
        case .claimProvider: (.error, "The claim stands under no billing provider; it is kept unread.")
        case .claimSubscriber: (.error, "The claim stands under no subscriber; it is kept unread.")
        case .claimResponsibility: (.warning, "A payer's turn that is none of P, S and T; it is taken as a later one.")
        case .lineCharge: (.error, "A service line's charge is no amount; the claim is kept unread.")
        case .lineDate: (.error, "A service line has no date of service; the claim is kept unread.")
        case .diagnosisUnreadable:
            (.error, "An element of HI that has not both a qualifier and a code; it is left out.")
        case .procedureAbsent: (.error, "A service line names no procedure.")
        case .linePointer: (.error, "A diagnosis pointer that is no position from 1; it is left out.")
        case .lineChargesNotStated:
            (.warning, "How the amount divides among the lines is not stated; the first line carries all of it.")
        case .claimPayer: (.error, "The claim names no payer and was not written.")
        case .claimKind: (.error, "Only professional claims are written as 837P; this one was not.")
        case .noteLength: (.warning, "A note is longer than the 80 characters that NTE02 holds; the rest was not sent.")
        case .notCarried:
            (.information, "The claim has no place for all of this segment; it stands in the claim's own bytes alone.")
        case .notCarriedFurther:
            (
                .information,
                "Further segments of this claim stand in its own bytes alone; they are not named one by one."
            )
        case .traceAbsent: (.warning, "The answer carries no trace number of ours; match it by its sender's reference.")
        case .inquiryDate: (.warning, "The inquiry states no readable date; the date of the transaction is taken.")
        case .remittanceHeader:
            (.error, "The payment's amount, date or trace number cannot be read; nothing is posted.")
        case .remittanceUnwritable:
            (
                .error,
                "A payment is written only where it balances, is not negative and has at most five remarks a claim."
            )
        case .settlementUnreadable: (.error, "A settlement's amounts cannot be read; it is kept unread.")
        case .adjustmentUnreadable: (.error, "An adjustment's amount cannot be read; it is left out.")
        case .inquiryUnreadable: (.error, "The inquiry states no date that can be read, nor does its transaction.")
        case .batchUnknown: (.warning, "The acknowledgement names a transaction set that we did not send.")
        case .acknowledgementUnreadable: (.error, "The acknowledgement names no group.")
        case .unitTooLong: (.error, "Longer than the limit of one unit: it was passed over.")
        case .acknowledgedClaim: (.warning, "A status stands for a claim whose control number is not given.")
        case .visitNumber: (.error, "The message carries no visit number (PV1-19).")
        case .messageType: (.warning, "A message type that is not read into the model beyond patient and visit.")
        case .orderUnreadable: (.error, "An order lacks its number, its procedure or its date; it is left out.")
        case .chargeUnreadable: (.error, "A charge lacks a date, procedure, amount or quantity; it is left out.")
        case .coverageUnreadable: (.error, "A coverage lacks its payer or its member id; it is left out.")
        case .resourceUnreadable: (.error, "A resource lacks what the model needs of it; it is left out.")
        case .attachmentUnreadable: (.warning, "A document's attachment is not text in base64; its text is left out.")
        case .requestUnreadable: (.error, "The request for authorization lacks what is needed to decide on it.")
        case .answerUnreadable: (.error, "The answer names no request that it answers.")
        case .memberAbsent: (.error, "A required member is absent.")
        case .memberType: (.error, "A member is not of the type that the contract states.")
        case .memberUnknown: (.warning, "A member that the contract does not know; it is passed over.")
        case .memberValue: (.error, "A member's value is not in the form that the contract states.")
        case .memberLimit: (.error, "A member is longer than the contract allows.")
        }
    }

    func issue(at location: Location = Location(), requirement: String? = nil) -> Issue {
        Issue(definition.0, rawValue, at: location, message: definition.1, requirement: requirement)
    }
}
