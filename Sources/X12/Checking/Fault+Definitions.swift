import HealthTypes

extension Fault {
    package static let definitions: [Fault: Definition] = Dictionary(
        uniqueKeysWithValues: (fileFaults + interchangeFaults + groupFaults + transactionFaults + segmentFaults
            + elementFaults + situationFaults + balanceFaults))

    private typealias Row = (Fault, Definition)

    private static func row(
        _ fault: Fault, _ severity: Issue.Severity, snip: Int = 1, _ message: String,
        _ codes: AcknowledgmentCodes = AcknowledgmentCodes()
    ) -> Row {
        (fault, Definition(severity: severity, snip: snip, message: message, codes: codes))
    }

    private static func element(_ code: String) -> AcknowledgmentCodes {
        AcknowledgmentCodes(transaction: "5", segment: "8", element: code)
    }

    private static func segment(_ code: String) -> AcknowledgmentCodes {
        AcknowledgmentCodes(transaction: "5", segment: code)
    }

    private static let fileFaults: [Row] = [
        row(.inputTooLarge, .fatal, "The input is larger than the limit and was not read."),
        row(.noInterchange, .fatal, "No interchange begins here: there is no ISA header of 106 bytes in the input."),
        row(.tooManyIssues, .fatal, "More was found than is reported; the rest of the issues were dropped."),
        row(.strayBytes, .error, "Bytes stand outside of any interchange and were not read."),
        row(
            .numbersNotKept, .information,
            "So many control numbers came out of order that further repetitions of one are not looked for."),
        row(.fillerBytes, .information, "Filler bytes stand after an interchange and were passed over."),
    ]

    private static let interchangeFaults: [Row] = [
        row(
            .headerUnreadable, .fatal, "The ISA header is cut short or does not have its sixteen elements.",
            .init(interchange: "023")),
        row(
            .headerWidth, .error, "The elements of ISA do not have their fixed lengths.", .init(interchange: "024")),
        row(
            .delimitersInvalid, .fatal,
            "The delimiters that ISA states are the same byte, or letters, digits or spaces.",
            .init(interchange: "026")),
        row(
            .componentSeparatorDiffers, .warning,
            "ISA16 states a component separator that the interchange never uses; it was read with the one that it uses.",
            .init(interchange: "027")),
        row(
            .interchangeTrailerMissing, .error, "The interchange has no IEA trailer.",
            .init(interchange: "023")),
        row(
            .interchangeControlNumber, .error, "IEA02 differs from ISA13.", .init(interchange: "001")),
        row(
            .interchangeControlNumberForm, .error, "ISA13 is not nine digits.", .init(interchange: "018")),
        row(
            .interchangeDuplicate, .error, "Another interchange of this sender in the input has the same ISA13.",
            .init(interchange: "025")),
        row(
            .groupCount, .error, "IEA01 differs from the count of functional groups.",
            .init(interchange: "021")),
        row(.interchangeDate, .error, "ISA09 is not a date.", .init(interchange: "014")),
        row(.interchangeTime, .error, "ISA10 is not a time.", .init(interchange: "015")),
        row(.interchangeUsage, .error, "ISA15 is none of P, T and I.", .init(interchange: "020")),
        row(
            .interchangeAcknowledgment, .error, "ISA14 is neither 0 nor 1.", .init(interchange: "019")),
        row(.interchangeVersion, .error, "ISA12 is not a version of five digits.", .init(interchange: "017")),
        row(
            .strayInterchangeSegment, .error, "A segment stands in the interchange outside of any functional group.",
            .init(interchange: "022")),
    ]

    private static let groupFaults: [Row] = [
        row(
            .groupHeaderMissing, .error, "A transaction set begins where no functional group is open.",
            .init(interchange: "022")),
        row(.groupTrailerMissing, .error, "The functional group has no GE trailer.", .init(group: "3")),
        row(.groupControlNumber, .error, "GE02 differs from GS06.", .init(group: "4")),
        row(.groupControlNumberForm, .error, "GS06 is not a number of one to nine digits.", .init(group: "6")),
        row(
            .groupDuplicate, .error, "Another functional group of the interchange has the same GS06.",
            .init(group: "19")),
        row(.transactionCount, .error, "GE01 differs from the count of transaction sets.", .init(group: "5")),
        row(
            .strayGroupSegment, .error, "A segment stands in the functional group outside of any transaction set.",
            .init(group: "6")),
    ]

    private static let transactionFaults: [Row] = [
        row(.transactionTrailerMissing, .error, "The transaction set has no SE trailer.", .init(transaction: "2")),
        row(.transactionControlNumber, .error, "SE02 differs from ST02.", .init(transaction: "3")),
        row(
            .transactionControlNumberForm, .error, "ST02 is not four to nine letters and digits.",
            .init(transaction: "7")),
        row(
            .transactionDuplicate, .error, "Another transaction set of the functional group has the same ST02.",
            .init(transaction: "23")),
        row(
            .segmentCount, .error, "SE01 differs from the count of segments, ST and SE included.",
            .init(transaction: "4")),
        row(
            .transactionNotOfGroup, .error, "The kind of transaction set does not belong in this functional group.",
            .init(transaction: "6")),
        row(.guideNotOfGroup, .warning, "ST03 names another guide than GS08.", .init(transaction: "I6")),
        row(
            .guideUnknown, .error,
            "There is no guide here for this version of the transaction set: nothing of it was read.",
            .init(transaction: "I6")),
        row(
            .setUnknown, .information,
            "There is no guide here for this kind of transaction set: only its syntax was checked.",
            .init(transaction: "1")),
        row(
            .tooManyTransactions, .error, "The input holds more transaction sets than the limit; this one is not read.",
            .init(transaction: "5")),
        row(
            .guideSuperseded, .warning,
            "This version of the guide was superseded by 5010 in 2012; it is read, and its own rules are not enforced."),
        row(
            .tooManyIssuesOfTransaction, .warning,
            "More was found in this transaction set than is reported; the rest of it was counted."),
    ]

    private static let segmentFaults: [Row] = [
        row(.segmentEmpty, .warning, "Two segment terminators stand side by side.", segment("8")),
        row(.segmentUnterminated, .error, "The input ends inside this segment.", segment("8")),
        row(
            .segmentIdentifier, .error, "The segment's id is not two or three capital letters and digits.", segment("1")
        ),
        row(.tooManyElements, .error, "The segment has more elements than the limit.", segment("8")),
        row(.segmentTooLarge, .error, "The segment is larger than the limit; its front was kept.", segment("8")),
        row(
            .contentSkipped, .information,
            "The binary content is larger than a window of memory; it was counted and passed over."),
        row(.binaryLength, .error, "The stated length of the binary content is not its length.", segment("8")),
        row(
            .segmentUnexpected, .error, snip: 2, "The guide has this segment, but not here or not with this qualifier.",
            segment("2")),
        row(.segmentNotInGuide, .error, snip: 2, "The guide has no such segment.", segment("6")),
        row(
            .segmentOrder, .error, snip: 2, "The segment stands behind one that it should come before.", segment("7")),
        row(.segmentRepeat, .error, snip: 2, "The segment occurs more often than the guide allows.", segment("5")),
        row(
            .segmentMissing, .error, snip: 2, "A segment that the guide requires in this loop is missing.", segment("3")
        ),
        row(.loopRepeat, .error, snip: 2, "The loop occurs more often than the guide allows.", segment("4")),
        row(.loopMissing, .error, snip: 2, "A loop that the guide requires here is missing.", segment("I7")),
        row(.loopMisplaced, .error, snip: 2, "The loop stands where the guide has no place for it.", segment("7")),
        row(.hierarchyNumber, .error, snip: 2, "HL01 does not count up by one from 1.", element("7")),
        row(
            .hierarchyParent, .error, snip: 2, "HL02 names no earlier level that can be the parent of this one.",
            element("7")),
        row(
            .hierarchyChild, .warning, snip: 2, "HL04 does not say truly whether the level has levels below it.",
            element("7")),
    ]

    private static let elementFaults: [Row] = [
        row(.elementTooLarge, .error, "The element is larger than the limit.", element("5")),
        row(
            .characterInvalid, .error, "The element holds a control character or a byte outside of ASCII.", element("6")
        ),
        row(.elementMissing, .error, snip: 2, "A required element is missing.", element("1")),
        row(.elementPair, .error, snip: 1, "Of elements that go together one is missing.", element("2")),
        row(
            .elementExcluded, .error, snip: 1, "Of elements that exclude each other more than one stands.",
            element("10")),
        row(.elementExtra, .error, snip: 1, "The segment has more elements than the standard gives it.", element("3")),
        row(.elementNotUsed, .error, snip: 2, "The guide does not use this element.", element("I10")),
        row(.elementShort, .error, snip: 1, "The element is shorter than the standard allows.", element("4")),
        row(.elementLong, .error, snip: 1, "The element is longer than the standard allows.", element("5")),
        row(.elementCode, .error, snip: 2, "The code is not one that the guide allows here.", element("I6")),
        row(.elementNumber, .error, snip: 1, "The element is not a number of its type.", element("6")),
        row(.elementDate, .error, snip: 1, "The element is not a date in its format.", element("8")),
        row(.elementTime, .error, snip: 1, "The element is not a time.", element("9")),
        row(.elementRepeat, .error, snip: 1, "The element is repeated more often than is allowed.", element("12")),
        row(
            .componentExtra, .error, snip: 1, "The element has more components than the standard gives it.",
            element("13")),
        row(
            .characterReplaced, .warning,
            "A character that X12 cannot carry was written as its nearest letter or a space."),
    ]

    private static let situationFaults: [Row] = [
        row(
            .segmentRequiredHere, .error, snip: 4, "In this situation the guide requires a segment that is missing.",
            segment("I6")),
        row(
            .segmentForbiddenHere, .error, snip: 4, "In this situation the guide does not allow this segment.",
            segment("I9")),
        row(
            .loopRequiredHere, .error, snip: 4, "In this situation the guide requires a loop that is missing.",
            segment("I6")),
        row(
            .loopForbiddenHere, .error, snip: 4, "In this situation the guide does not allow this loop.",
            segment("I9")),
        row(
            .elementRequiredHere, .error, snip: 4, "In this situation the guide requires an element that is missing.",
            element("I9")),
        row(
            .elementForbiddenHere, .error, snip: 4, "In this situation the guide does not allow this element.",
            element("I13")),
        row(
            .diagnosisPointer, .error, snip: 4, "The line points to a diagnosis that the claim does not have.",
            element("I12")),
        row(.codeForm, .error, snip: 5, "The code does not have the form of its code set.", element("7")),
        row(.codeUnknown, .error, snip: 5, "The code is not in its code set.", element("7")),
        row(
            .codeNotInForce, .error, snip: 5, "The code is in its code set, but not in force on the day of service.",
            element("7")),
        row(
            .checkDigit, .error, snip: 5,
            "The value is no National Provider Identifier: ten digits, the last a check digit.", element("7")),
        row(.payerRule, .error, snip: 7, "The payer's own rules do not allow this.", element("I12")),
    ]

    private static let balanceFaults: [Row] = [
        row(.claimCharge, .error, snip: 3, "The claim's charge is not the sum of its lines' charges.", element("I12")),
        row(
            .otherPayerBalance, .error, snip: 3,
            "What the other payer paid and adjusted does not add up to the claim's charge.", element("I12")),
        row(
            .remittanceLine, .error, snip: 3, "The line's charge less its payment is not the sum of its adjustments.",
            element("I12")),
        row(
            .remittanceClaim, .error, snip: 3,
            "The claim's charge less its payment is not the sum of its and its lines' adjustments.", element("I12")),
        row(
            .remittanceTotal, .error, snip: 3,
            "The payment is not the sum of the claims' payments less the provider adjustments.", element("I12")),
        row(
            .enrollmentTotal, .error, snip: 3, "The control total is not the count of members in the set.",
            element("I12")),
        row(
            .premiumTotal, .error, snip: 3, "The payment is not the sum of the remitted premiums.", element("I12")),
    ]
}
