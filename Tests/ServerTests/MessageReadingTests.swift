import HealthTypes
import Store
import Testing
import X12

@testable import Server

@Suite struct MessageReadingTests {
    private func view(_ text: String, format: String = "x12", kind: String = "837", keys: Set<String>? = nil)
        -> MessageView
    {
        let bytes = Array(text.utf8)
        let row = MessageRow(
            direction: .incoming, format: format, kind: kind, content: Digest(of: bytes), range: 0..<bytes.count,
            source: "test", at: Instant(milliseconds: 0), state: .accepted, issues: Array("[]".utf8))
        return MessageView(row: row, bytes: bytes, caseNumber: nil, keys: keys, isRaw: false)
    }

    private static let twoClaims = """
        ST*837*0001*005010X222A1~BHT*0019*00*B1*20260303*0900*CH~HL*1**20*1~NM1*85*2*CLINIC*****XX*2001700170~\
        HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*ONE*ANNA****MI*M1~CLM*A-1*125***11:B:1*Y*A*Y*Y~HI*ABK:J069~LX*1~\
        HL*3*1*22*0~SBR*P*18*******CI~NM1*IL*1*TWO*BERT****MI*M2~CLM*A-2*90***11:B:1*Y*A*Y*Y~HI*ABK:J069~LX*1~\
        SE*17*0001~
        """

    @Test func aClaimIsShownWithItsLevelsAndWithoutItsNeighbours() throws {
        let all = try #require(MessageReading.segments(view(Self.twoClaims)))
        #expect(all.lines.count == 17)
        #expect(!all.isFiltered)
        let mine = try #require(MessageReading.segments(view(Self.twoClaims, keys: ["A-2", "V1"])))
        #expect(mine.isFiltered)
        #expect(mine.total == 17)
        #expect(mine.lines.map(\.position) == [1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 17])
        #expect(!mine.lines.contains { $0.text.contains("ANNA") })
        #expect(mine.lines.first { $0.text.hasPrefix("CLM") }?.words.contains("A-2") == true)
    }

    @Test func aMessageWithoutTheCasesNumbersIsShownWhole() throws {
        let segments = try #require(MessageReading.segments(view(Self.twoClaims, keys: ["X"])))
        #expect(segments.lines.count == 17)
        #expect(!segments.isFiltered)
    }

    @Test func aRemittanceShowsTheClaimAndWhoPaid() throws {
        let text = """
            ST*835*1~BPR*I*100*C*CHK************20260310~TRN*1*T1*1999~N1*PR*PLAN~LX*1~CLP*A-1*125*1*100**CI*P1~\
            NM1*QC*1*ONE*ANNA~CLP*A-2*90*1*0**CI*P2~NM1*QC*1*TWO*BERT~PLB*1*20261231*WO*5~SE*11*1~
            """
        let mine = try #require(MessageReading.segments(view(text, keys: ["A-1"])))
        #expect(mine.lines.map(\.position) == [1, 2, 3, 4, 6, 7, 11])
    }

    @Test func aClaimsOwnSegmentsAreReadWithoutAnEnvelope() throws {
        let text = "CLM|A-1|125|||11>B>1|Y|A|Y|Y~\nHI|ABK>J069~\nLX|1"
        let segments = try #require(MessageReading.segments(view(text, kind: "837 claim", keys: ["Z"])))
        #expect(segments.lines.map(\.text) == ["CLM|A-1|125|||11>B>1|Y|A|Y|Y", "HI|ABK>J069", "LX|1"])
        #expect(segments.lines[0].words.contains("place 11"))
        #expect(!segments.isSet && !segments.isFiltered)
    }

    @Test func aUnitOfARemittanceIsReadByItsOwnGuide() throws {
        let text = "CLP*A-1*1*125*100*25*CI*P1~CAS*PR*2*25~NM1*QC*1*ONE*ANNA~"
        let segments = try #require(MessageReading.segments(view(text, kind: "835 claim")))
        #expect(segments.lines.map(\.text) == ["CLP*A-1*1*125*100*25*CI*P1", "CAS*PR*2*25", "NM1*QC*1*ONE*ANNA"])
        #expect(segments.lines[0].words.contains("A-1"))
    }

    @Test func whatIsLongerThanAPageLooksAtIsSaidToBeCut() {
        var message = view("LX*1~")
        message.row.range = 0..<(MessageReading.maximumBytes + 1)
        #expect(message.isCut)
        #expect(MessagePage.page(message).document.markup.contains("its first 4 MiB are shown"))
        #expect(!MessagePage.page(view("LX*1~")).document.markup.contains("MiB"))
    }

    @Test func aLongMessageIsCutAndSaysSo() throws {
        let lines = (1...500).map { "LX*\($0)~" }.joined()
        let text = "ST*837*0001*005010X222A1~\(lines)SE*502*0001~"
        let segments = try #require(MessageReading.segments(view(text)))
        #expect(segments.lines.count == MessageReading.maximumLines)
        #expect(segments.total == 502)
        #expect(MessagePage.page(view(text)).document.markup.contains("The first 400 of 502 segments."))
        let long = String(repeating: "x\n", count: 900)
        #expect(MessagePage.page(view(long, format: "table")).document.markup.contains("The first 400 of 901 lines."))
    }

    @Test func bytesThatAreNothingStillHaveAPage() {
        for format in ["x12", "hl7v2", "json", "fhir", "table", "unknown"] {
            for bytes in [
                [], [0xff, 0xfe, 0x00], Array("ST".utf8), Array("ST*".utf8), Array("MSH".utf8), Array("{".utf8),
            ] {
                var message = view("", format: format)
                message.bytes = bytes
                #expect(MessagePage.page(message).document.markup.contains("</html>"))
            }
        }
    }
}
