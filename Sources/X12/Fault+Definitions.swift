import HealthTypes

extension Fault {
    static let definitions: [Fault: Definition] = Dictionary(
        uniqueKeysWithValues: (fileFaults + interchangeFaults + groupFaults + transactionFaults + segmentFaults
            + elementFaults + balanceFaults))

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
        row(.tooManySegments, .fatal, "The input has more segments than the limit; the rest was not read."),
        row(.tooManyIssues, .fatal, "More was found than is reported; the rest of the issues were dropped."),
        row(.strayBytes, .error, "Bytes stand outside of any interchange and were not read."),
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
            .guideUnknown, .information,
            "There is no guide for this transaction set here: only its syntax was checked."),
    ]

    private static let segmentFaults: [Row] = [
        row(.segmentEmpty, .warning, "Two segment terminators stand side by side.", segment("8")),
        row(.segmentUnterminated, .error, "The input ends inside this segment.", segment("8")),
        row(
            .segmentIdentifier, .error, "The segment's id is not two or three capital letters and digits.", segment("1")
        ),
        row(.tooManyElements, .error, "The segment has more elements than the limit.", segment("8")),
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
        row(.elementRepeat, .error, snip: 1, "The element is repeated more often than is allowed.", element("3")),
        row(
            .componentExtra, .error, snip: 1, "The composite has more components than the standard gives it.",
            element("3")),
        row(
            .characterReplaced, .warning,
            "A character that X12 cannot carry was written as its nearest letter or a space."),
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
    ]
}
