import HealthTypes
public import X12

extension Finding {
    /// What whoever made the input should do about it; nil where there is nothing to do.
    public var advice: String? { Fault(rawValue: issue.code)?.advice }
}

extension Fault {
    var advice: String? {
        switch self {
        case .inputTooLarge: "Split the input, or read it as a stream."
        case .noInterchange: "Send a file that begins with an ISA segment of 106 bytes."
        case .tooManyIssues, .tooManyIssuesOfTransaction: "Correct what is told first and check again."
        case .strayBytes: "Take away what stands before ISA or behind IEA."
        case .headerUnreadable, .headerWidth:
            "Write ISA with its sixteen elements filled up with spaces to their fixed lengths, 106 bytes in all."
        case .delimitersInvalid: "Choose four different marks as delimiters, such as * : ^ and ~."
        case .interchangeTrailerMissing: "End the interchange with an IEA."
        case .interchangeControlNumber: "Write ISA13 into IEA02."
        case .interchangeControlNumberForm: "Write ISA13 as nine digits, with zeros in front."
        case .interchangeDuplicate: "Give each interchange a control number that was not used before."
        case .groupCount: "Write the count of GS segments into IEA01."
        case .interchangeDate: "Write ISA09 as YYMMDD."
        case .interchangeTime: "Write ISA10 as HHMM."
        case .interchangeUsage: "Write P for production or T for a test into ISA15."
        case .interchangeAcknowledgment: "Write 1 into ISA14 to ask for a TA1, or 0."
        case .interchangeVersion: "Write 00501 into ISA12."
        case .strayInterchangeSegment: "Put the segment into a functional group, between GS and GE."
        case .groupHeaderMissing: "Begin a functional group with GS before ST."
        case .groupTrailerMissing: "End the functional group with a GE."
        case .groupControlNumber: "Write GS06 into GE02."
        case .groupControlNumberForm: "Write GS06 as one to nine digits."
        case .groupDuplicate: "Give each functional group a control number of its own."
        case .transactionCount: "Write the count of ST segments in the group into GE01."
        case .strayGroupSegment: "Put the segment into a transaction set, between ST and SE."
        default: adviceOnTransactions
        }
    }

    private var adviceOnTransactions: String? {
        switch self {
        case .transactionTrailerMissing: "End the transaction set with an SE."
        case .transactionControlNumber: "Write ST02 into SE02, character by character."
        case .transactionControlNumberForm: "Write ST02 as four to nine letters and digits."
        case .transactionDuplicate: "Give each transaction set of a group a control number of its own."
        case .segmentCount: "Write the count of segments from ST to SE, both included, into SE01."
        case .transactionNotOfGroup: "Write the functional identifier that belongs to ST01 into GS01."
        case .guideNotOfGroup: "Write the same guide into ST03 and GS08."
        case .guideUnknown: "Write the guide that the set was made by into ST03 and GS08, such as 005010X222A1."
        case .tooManyTransactions: "Send the rest of the transaction sets in a file of their own."
        case .guideSuperseded: "Send 005010 instead."
        case .segmentEmpty: "Take the second terminator away."
        case .segmentUnterminated: "Send the rest of the file, or end its last segment with the terminator."
        case .segmentIdentifier: "Look for a terminator that stands in the data of the segment before."
        case .tooManyElements, .segmentTooLarge: "Look for a terminator that is missing."
        case .binaryLength: "State the count of bytes of the content in the element before it."
        case .segmentUnexpected: "Take the segment out, correct its qualifier or put it into the loop that has it."
        case .segmentNotInGuide: "Take the segment out."
        case .segmentOrder: "Put the segment before those that the guide has behind it."
        case .segmentRepeat, .loopRepeat: "Take away what is more than the guide allows."
        case .segmentMissing, .loopMissing: "Add what the guide requires."
        case .loopMisplaced: "Put the loop below the loop to which it belongs; look for a level that is missing."
        case .hierarchyNumber: "Number the HL segments from 1 through the transaction set without a gap."
        case .hierarchyParent: "Write the HL01 of the level above into HL02."
        case .hierarchyChild: "Write 1 into HL04 where levels follow below this one, and 0 where none does."
        default: adviceOnElements
        }
    }

    private var adviceOnElements: String? {
        switch self {
        case .elementTooLarge: "Look for a separator that is missing, or send the content in parts."
        case .characterInvalid: "Write the text in the printable characters of ASCII."
        case .elementMissing: "Add the element."
        case .elementPair: "Add the element that belongs to the other, or take both away."
        case .elementExcluded: "Keep one of the elements."
        case .elementExtra, .componentExtra: "Take away what is behind the last element that the standard has."
        case .elementNotUsed: "Leave the element empty."
        case .elementShort: "Fill the element up to its least length, or look for a value that was cut off."
        case .elementLong: "Shorten the element to its greatest length."
        case .elementCode: "Write one of the codes that the guide has for this element."
        case .elementNumber: "Write digits, with a point only where the element is decimal."
        case .elementDate: "Write a day of the calendar in the format that the element or its qualifier has."
        case .elementTime: "Write the time as HHMM."
        case .elementRepeat: "Take away repetitions, or look for the repetition separator in the data."
        case .segmentRequiredHere, .loopRequiredHere, .elementRequiredHere:
            "Add what the guide requires here, or correct what brings the situation about."
        case .segmentForbiddenHere, .loopForbiddenHere, .elementForbiddenHere:
            "Take away what the guide does not allow here, or correct what brings the situation about."
        case .diagnosisPointer: "Point to one of the claim's diagnoses, counted from 1."
        case .codeForm, .codeUnknown: "Write a code of the code set; leave out points and spaces."
        case .codeNotInForce: "Write the code that was in force on the day of service."
        case .checkDigit: "Look the provider's NPI up again: a digit is wrong."
        case .payerRule: "Look into the payer's companion guide."
        case .claimCharge: "Make CLM02 the sum of the lines' charges."
        case .otherPayerBalance: "Make what the other payer paid and all of its adjustments add up to the charge."
        case .remittanceLine, .remittanceClaim: "Make the payment and all adjustments add up to the charge."
        case .remittanceTotal: "Make BPR02 the sum of CLP04 less the sum of the PLB amounts."
        case .enrollmentTotal: "Write the count that the qualifier of the QTY names."
        case .premiumTotal: "Make BPR02 the sum of the remitted premiums and adjustments."
        default: nil
        }
    }
}
