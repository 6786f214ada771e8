import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

@Suite struct UnitWriterTests {
    @Test func aClaimIsWrittenAndAccepted() throws {
        let written = try Written { try $0.write(Drafts.claim()) }
        #expect(written.findings == [])
        #expect(written.reports.isEmpty)
        #expect(
            written.segments.dropFirst(2).prefix(9) == [
                "ST*837*0001*005010X222A1", "BHT*0019*00*0000000410001*20260302*1200*CH",
                "NM1*41*2*CLEARWATER BILLING*****46*CLW001", "PER*IC*DESK ONE*TE*5035550101",
                "NM1*40*2*MERIDIAN HEALTH PLAN*****46*MHP01", "HL*1**20*1", "PRV*BI*PXC*207Q00000X",
                "NM1*85*2*CLINIC 0*****XX*1234567893", "N3*40 RIVER ROAD*SUITE 2",
            ])
        #expect(written.segments.contains("CLM*A-1*165.5***11:B:1*Y*A*Y*Y"))
        #expect(written.segments.contains("SV1*HC:99213:25*125.5*UN*1***1:2"))
        #expect(written.segments.suffix(3) == ["SE*31*0001", "GE*1*41", "IEA*1*000000041"])
        #expect(
            written.summary
                == .init(
                    interchanges: 1, groups: 1, transactions: 1, written: 1, refused: 0, replaced: 0,
                    bytes: written.bytes.count))
    }

    @Test func whatAnotherPayerDecidedIsWritten() throws {
        let written = try Written { try $0.write(Drafts.coordinated()) }
        #expect(written.findings == [])
        #expect(written.segments.contains("PAT*19"))
        #expect(written.segments.contains("SVD*OAKM1*75.5*HC:99213:25**1"))
    }

    @Test func levelsAreSharedByClaimsThatFollowEachOther() throws {
        let written = try Written { writer in
            try writer.write(Drafts.claim(1))
            try writer.write(Drafts.claim(2))
            var ofChild = Drafts.claim(3)
            ofChild.patient = Drafts.child
            try writer.write(ofChild)
            ofChild.controlNumber = "A-4"
            try writer.write(ofChild)
            try writer.write(Drafts.claim(5, member: 1))
            try writer.write(Drafts.claim(6, provider: 1))
        }
        #expect(written.findings == [])
        #expect(
            written.segments.filter { $0.hasPrefix("HL*") } == [
                "HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*1", "HL*4*3*23*0", "HL*5*1*22*0", "HL*6**20*1", "HL*7*6*22*0",
            ])
        #expect(written.summary.written == 6)
    }

    @Test func aSetEndsAtItsLimit() throws {
        var settings = WritingSettings()
        settings.unitsPerTransaction = 2
        settings.transactionsPerGroup = 2
        settings.groupsPerInterchange = 1
        let written = try Written(settings) { writer in
            for number in 1...9 { try writer.write(Drafts.claim(number)) }
        }
        #expect(written.findings == [])
        #expect(written.summary.transactions == 5)
        #expect(written.summary.groups == 3)
        #expect(written.summary.interchanges == 3)
        #expect(written.parts.count == 3)
        let numbers = X12Document(parsing: written.bytes).interchanges.map(\.controlNumber)
        #expect(numbers == ["000000041", "000000042", "000000043"])
    }

    @Test func fiveThousandClaimsMakeASet() throws {
        var settings = WritingSettings()
        settings.snip = 0
        let written = try Written(settings) { writer in
            for number in 1...5001 { try writer.write(Drafts.claim(number, member: number)) }
        }
        #expect(written.findings == [])
        #expect(written.summary.transactions == 2)
        let sets = X12Document(parsing: written.bytes).interchanges[0].groups[0].transactions
        #expect(sets.map { set in set.segments.filter { $0.id == "CLM" }.count } == [5000, 1])
    }

    @Test func anInterchangeEndsBeforeItsBytes() throws {
        var settings = WritingSettings()
        settings.bytesPerInterchange = 3000
        let written = try Written(settings) { writer in
            for number in 1...12 { try writer.write(Drafts.claim(number, member: number)) }
        }
        #expect(written.findings == [])
        #expect(written.summary.interchanges > 1)
        #expect(written.parts.values.allSatisfy { $0.count <= 3000 })
    }

    @Test func delimitersAndLinesAreChosen() throws {
        var settings = WritingSettings()
        settings.delimiters = Delimiters(
            element: UInt8(ascii: "|"), component: UInt8(ascii: ">"), repetition: UInt8(ascii: "!"),
            segment: UInt8(ascii: "'"))
        settings.breaksLines = true
        var claim = Drafts.claim()
        claim.references.append(ReferenceNumber("G1", "A*B:C~D^E"))
        let written = try Written(settings) { try $0.write(claim) }
        #expect(written.findings == [])
        #expect(written.text.contains("REF|G1|A*B:C~D^E'\n"))
        #expect(written.text.contains("SV1|HC>99213>25|125.5|UN|1|||1>2'\n"))
    }

    @Test func textThatCannotBeCarriedIsReplacedOrRefused() throws {
        var claim = Drafts.claim()
        claim.coverage.subscriber.name = "Müñoz*Weiß"
        var settings = WritingSettings()
        let replaced = try Written(settings) { try $0.write(claim) }
        #expect(replaced.findings == [])
        #expect(replaced.text.contains("NM1*IL*1*Munoz Weiss*OTTO"))
        #expect(replaced.summary.replaced == 1)
        let place = replaced.reports[0].issue.location
        #expect(place.loop == "2010BA" && place.segmentID == "NM1" && place.element == 3)
        #expect(!replaced.reports[0].isRefusal)
        settings.characters = .basic
        let basic = try Written(settings) { try $0.write(claim) }
        #expect(basic.text.contains("NM1*IL*1*MUNOZ WEISS*OTTO"))
        settings.unsupportedText = .refuse
        let refused = try Written(settings) { writer in
            let outcomes = [try writer.write(claim), try writer.write(Drafts.claim(2))]
            #expect(outcomes == [false, true])
        }
        #expect(refused.findings == [])
        #expect(refused.codes == ["x12.character-replaced"])
        #expect(refused.reports[0].isRefusal)
        #expect(!refused.text.contains("A-1*"))
    }

    @Test func whatWouldNotBeValidIsRefusedAndTheRestGoesOn() throws {
        var noNumber = Drafts.claim(1)
        noNumber.controlNumber = ""
        var noLines = Drafts.claim(2)
        noLines.lines = []
        var wrongSum = Drafts.claim(3)
        wrongSum.charge = Money("1")!
        var noPointer = Drafts.claim(4)
        noPointer.lines[0].pointers = [3]
        var longName = Drafts.claim(5)
        longName.billing.provider.city = String(repeating: "X", count: 31)
        var unbalanced = Drafts.coordinated()
        unbalanced.otherPayers[0].paid = Money("99")!
        let written = try Written { writer in
            for claim in [noNumber, noLines, wrongSum, noPointer, longName, unbalanced, Drafts.claim(7)] {
                try writer.write(claim)
            }
        }
        #expect(written.findings == [])
        #expect(written.summary.written == 1 && written.summary.refused == 6)
        let first = Dictionary(written.reports.map { ($0.value, $0.issue) }) { first, _ in first }
        #expect(first.keys.sorted() == [0, 1, 2, 3, 4, 5])
        #expect(first[0]?.code == "x12.element-missing")
        #expect(first[0]?.location == Location(segmentID: "CLM", loop: "2300", element: 1))
        #expect(first[2]?.code == "x12.claim-charge")
        #expect(first[3]?.code == "x12.diagnosis-pointer")
        #expect(first[4]?.code == "x12.element-long")
        #expect(first[5]?.code == "x12.other-payer-balance")
    }

    @Test func nothingWrittenMakesNoInterchange() throws {
        var claim = Drafts.claim()
        claim.lines = []
        let written = try Written { try $0.write(claim) }
        #expect(written.bytes.isEmpty)
        #expect(written.summary.interchanges == 0)
    }
}
