import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

@Suite struct WritingTests {
    @Test func whatIsWrittenIsRead() {
        let segments: [(String, [X12Value])] = [
            ("BHT", ["0019", "00", "7", .date(CalendarDate("20260302")!), "1200", "CH"]),
            ("CLM", ["A-1", .money(Money("120.50")!), .empty, .empty, .composite(["11", "B", "1", ""]), .empty]),
        ]
        let bytes = Samples.interchange(
            "HC", "005010X222A1", [("837", segments), ("837", segments)], controlNumber: 42, usage: "P")
        let document = X12Document(parsing: bytes)
        #expect(document.issues == [])
        let interchange = document.interchanges[0]
        #expect(interchange.controlNumber == "000000042")
        #expect(interchange.date == "260302")
        #expect(interchange.usage == "P")
        #expect(interchange.groups.map(\.transactions.count) == [2])
        #expect(
            interchange.groups[0].transactions[0].segments.map(\.rawText) == [
                "ST*837*0001*005010X222A1", "BHT*0019*00*7*20260302*1200*CH", "CLM*A-1*120.5***11:B:1", "SE*4*0001",
            ])
    }

    @Test func charactersThatCannotBeCarriedAreReplaced() {
        let bytes = Samples.interchange(
            "837", "005010X222A1", group: "HC",
            [("NM1", ["IL", "1", "Müñoz-Weiß", "O\u{2019}Brien", "A*B~C:D^E\nF", "日本"])])
        let segment = X12Document(parsing: bytes).interchanges[0].groups[0].transactions[0].segments[1]
        #expect(segment.rawText == "NM1*IL*1*Munoz-Weiss*O'Brien*A B C D E F*  ")
    }

    @Test func writesOldVersionsAndOtherDelimiters() {
        let delimiters = Delimiters(
            element: UInt8(ascii: "|"), component: UInt8(ascii: ">"), repetition: 0, segment: 10)
        let bytes = Samples.interchange(
            "HC", "004010X098A1", [("837", [("CLM", ["1*2", .composite(["11", "1"])])])], delimiters: delimiters)
        let document = X12Document(parsing: bytes)
        #expect(document.issues == [])
        #expect(document.interchanges[0].version == "00401")
        let transaction = document.interchanges[0].groups[0].transactions[0]
        #expect(transaction.segments[0].elementCount == 2)
        #expect(transaction.segments[1][1] == "1*2")
        #expect(transaction.segments[1][2, 2] == "1")
    }

    @Test func aLongPartyIsCutToItsWidth() {
        var writer = SegmentWriter()
        writer.beginInterchange(
            InterchangeParties(sender: "A NAME OF MORE THAN FIFTEEN", receiver: "É"), controlNumber: 1,
            at: Samples.noon, usage: "T")
        writer.write("IEA", "0", "000000001")
        let document = X12Document(parsing: writer.bytes)
        #expect(document.codes == [])
        #expect(document.interchanges[0].senderID == "A NAME OF MORE")
        #expect(document.interchanges[0].receiverID == "E")
    }
}
