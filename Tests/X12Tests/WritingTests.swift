import HealthTypes
import Testing

@testable import X12

@Suite struct WritingTests {
    @Test func whatIsWrittenIsRead() {
        var set = TransactionWriter(id: "837", guide: "005010X222A1")
        set.add("BHT", "0019", "00", "7", .date(CalendarDate("20260302")!), "1200", "CH")
        set.add("CLM", "A-1", .money(Money("120.50")!), .empty, .empty, .composite(["11", "B", "1", ""]), .empty)
        set.add("EB", .repeated(["30", "1", .composite(["A", "B"])]), .composite(["", ""]))
        #expect(set.addHierarchy(level: "20", parent: nil, hasChildren: true) == 1)
        #expect(set.addHierarchy(level: "22", parent: 1, hasChildren: false) == 2)
        var writer = InterchangeWriter(parties: Samples.parties, controlNumber: 42, at: Samples.noon, usage: "P")
        let first = writer.addGroup(functionalID: "HC", version: "005010X222A1", transactions: [set, set])
        let second = writer.addGroup(functionalID: "HC", version: "005010X222A1", transactions: [set])
        #expect(first.transactionControlNumbers == ["0001", "0002"])
        #expect(second.controlNumber != first.controlNumber)
        let document = X12Document(parsing: writer.bytes())
        #expect(document.issues == [])
        #expect(writer.issues == [])
        let interchange = document.interchanges[0]
        #expect(interchange.controlNumber == "000000042")
        #expect(interchange.date == "260302")
        #expect(interchange.usage == "P")
        #expect(interchange.groups.map(\.transactions.count) == [2, 1])
        let segments = interchange.groups[0].transactions[0].segments
        #expect(
            segments.map(\.rawText) == [
                "ST*837*0001*005010X222A1", "BHT*0019*00*7*20260302*1200*CH", "CLM*A-1*120.5***11:B:1", "EB*30^1^A:B",
                "HL*1**20*1", "HL*2*1*22*0", "SE*7*0001",
            ])
        #expect(set.segmentCount == 7)
    }

    @Test func charactersThatCannotBeCarriedAreReplacedAndReported() {
        var set = TransactionWriter(id: "837", guide: "005010X222A1")
        set.add("NM1", "IL", "1", "Müñoz-Weiß", "O\u{2019}Brien", "A*B~C:D^E\nF", "日本")
        var writer = InterchangeWriter(parties: Samples.parties, controlNumber: 1, at: Samples.noon, usage: "T")
        writer.addGroup(functionalID: "HC", version: "005010X222A1", transactions: [set])
        let segment = X12Document(parsing: writer.bytes()).interchanges[0].groups[0].transactions[0].segments[1]
        #expect(segment.rawText == "NM1*IL*1*Munoz-Weiss*O'Brien*A B C D E F*  ")
        #expect(writer.issues.map(\.location.element) == [3, 4, 5, 6])
        #expect(writer.issues.allSatisfy { $0.code == "x12.character-replaced" && $0.location.segment == 2 })
    }

    @Test func writesOldVersionsAndOtherDelimiters() {
        let delimiters = Delimiters(
            element: UInt8(ascii: "|"), component: UInt8(ascii: ">"), repetition: 0, segment: 10)
        var set = TransactionWriter(id: "837", guide: "004010X098A1")
        set.add("CLM", "1*2", .composite(["11", "1"]))
        var writer = InterchangeWriter(
            parties: Samples.parties, controlNumber: 1, at: Samples.noon, usage: "T", delimiters: delimiters)
        writer.addGroup(functionalID: "HC", version: "004010X098A1", transactions: [set])
        let document = X12Document(parsing: writer.bytes())
        #expect(document.issues == [])
        #expect(document.interchanges[0].version == "00401")
        let transaction = document.interchanges[0].groups[0].transactions[0]
        #expect(transaction.segments[0].elementCount == 2)
        #expect(transaction.segments[1][1] == "1*2")
        #expect(transaction.segments[1][2, 2] == "1")
    }

    @Test func aLongPartyIsCutToItsWidth() {
        let parties = InterchangeWriter.Parties(sender: "A NAME OF MORE THAN FIFTEEN", receiver: "É")
        let bytes = InterchangeWriter(parties: parties, controlNumber: 1, at: Samples.noon, usage: "T").bytes()
        let document = X12Document(parsing: bytes)
        #expect(document.codes == [])
        #expect(document.interchanges[0].senderID == "A NAME OF MORE")
        #expect(document.interchanges[0].receiverID == "E")
    }
}
