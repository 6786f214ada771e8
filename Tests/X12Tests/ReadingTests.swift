import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

@Suite struct ReadingTests {
    let isa =
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260302*1200*^*00501*000000001*0*T*:~"

    func read(_ text: String) -> X12Document { X12Document(parsing: Array(text.utf8)) }

    func file(_ body: String, isa: String? = nil) -> String {
        (isa ?? self.isa) + "GS*HC*S*R*20260302*1200*1*X*005010X222A1~" + body + "GE*1*1~IEA*1*000000001~"
    }

    let set = "ST*837*0001*005010X222A1~BHT*0019*00*1*20260302*1200*CH~SE*3*0001~"

    @Test(arguments: Samples.names) func readsFixturesWithoutLoss(name: String) throws {
        let document = try Samples.document(name)
        #expect(document.issues == [])
        #expect(document.isConserved)
        #expect(document.summary.stray == 0)
        #expect(document.summary.transactions == 1)
        let transaction = document.interchanges[0].groups[0].transactions[0]
        #expect(transaction.segments.count == Int(transaction.segments.last![1]))
        #expect(transaction.rawText.hasPrefix("ST*"))
        #expect(transaction.rawText.hasSuffix("~"))
    }

    @Test func readsTheEnvelope() {
        let interchange = read(file(set)).interchanges[0]
        #expect(interchange.senderQualifier == "ZZ")
        #expect(interchange.senderID == "SENDER")
        #expect(interchange.receiverID == "RECEIVER")
        #expect(interchange.version == "00501")
        #expect(interchange.controlNumber == "000000001")
        #expect(!interchange.acknowledgmentRequested)
        #expect(interchange.delimiters == .standard)
        #expect(interchange.groups[0].functionalID == "HC")
        #expect(interchange.groups[0].transactions[0].guide == "005010X222A1")
    }

    @Test(arguments: ["\u{feff}", "\r\n  ", "\u{feff}\n"]) func passesOverWhatStandsBeforeTheHeader(before: String) {
        let document = read(before + file(set))
        #expect(document.issues == [])
        #expect(document.summary.transactions == 1)
    }

    @Test(arguments: ["~\n", "~\r\n", "\n", "\r\n", "\r"]) func acceptsLineEndsAfterAndAsTerminators(end: String) {
        let document = read(file(set).replacing("~", with: end))
        #expect(document.issues == [])
        #expect(document.summary.segments == 7)
    }

    @Test func fillerAfterTheTrailerIsNoError() {
        #expect(read(file(set) + "\u{1a}\0").issues.map(\.severity) == [.information])
    }

    @Test func reportsBytesOutsideOfInterchanges() {
        let document = read(file(set) + "GARBAGE~" + file(set))
        #expect(document.codes.contains("x12.stray-bytes"))
        #expect(document.summary.interchanges == 2)
        #expect(document.summary.strayBytes == 8)
    }

    @Test func readsEveryInterchangeAndNoticesADuplicate() {
        let document = read(file(set) + "\n" + file(set))
        #expect(document.summary.transactions == 2)
        #expect(document.codes == ["x12.interchange-duplicate"])
    }

    @Test func aPatientCalledISABreaksNothing() {
        let document = read(file("ST*837*0001~NM1*IL*1*ISA*LISA~ISA*X~SE*4*0001~"))
        #expect(document.issues == [])
        #expect(document.interchanges[0].groups[0].transactions[0].segments.count == 4)
    }

    @Test func readsATA1BesideGroups() {
        let document = read(isa + "TA1*000000009*260302*1200*A*000~" + file(set).dropFirst(isa.count))
        #expect(document.issues == [])
        #expect(document.interchanges[0].ta1Segments.compactMap(TA1.read).map(\.controlNumber) == ["000000009"])
    }

    @Test func before00402ElevenIsNoSeparator() {
        let old = isa.replacing("*^*00501*", with: "*U*00401*")
        let document = read(file("ST*837*0001~NM1*IL*1*UU^UU~SE*3*0001~", isa: old))
        #expect(document.interchanges[0].delimiters.repetition == 0)
        #expect(document.interchanges[0].groups[0].transactions[0].segments[1].repetitions(3) == [["UU^UU"]])
    }

    @Test func splitsRepetitionsAndComponents() {
        let segments = read(file("ST*271*0001~EB*1**30^1^35*A:B^C~SE*3*0001~")).interchanges[0].groups[0]
            .transactions[0].segments
        #expect(segments[1].repetitions(3) == [["30"], ["1"], ["35"]])
        #expect(segments[1][4] == "A:B^C")
        #expect(segments[1][4, 2] == "B")
        #expect(segments[1][4, 3] == "")
        #expect(segments[1][9] == "")
        #expect(segments[1][9, 1] == "")
    }

    @Test(arguments: ["", "   ", "hello, this is no X12", "ISA", "ISA*00*"]) func noInterchangeIsOneFatalIssue(
        text: String
    ) {
        let document = read(text)
        #expect(document.issues.count == 1)
        #expect(document.issues.first?.severity == .fatal)
        #expect(document.issues.first?.location.byte != nil)
        #expect(document.interchanges.isEmpty)
    }

    @Test func aTruncatedHeaderIsLocatedAndTheNextInterchangeRead() {
        let document = read("ISA*00*short~" + file(set))
        #expect(document.codes == ["x12.header-unreadable"])
        #expect(document.issues[0].location.byte == 0)
        #expect(document.summary.transactions == 1)
    }

    @Test func acceptsAHeaderOfOtherWidthsWithAnError() {
        let document = read(file(set, isa: isa.replacing("SENDER         ", with: "SENDER")))
        #expect(document.codes == ["x12.header-width"])
        #expect(document.interchanges[0].senderID == "SENDER")
    }

    @Test func delimitersThatAreOneByteMakeTheInterchangeUnreadable() {
        let document = read(file(set, isa: isa.replacing("*:~", with: "*~~")))
        #expect(document.codes.first == "x12.delimiters-invalid")
        #expect(document.interchanges.first?.isReadable == false)
        #expect(document.isConserved)
    }

    @Test(arguments: [
        ("SE*3*0001", "SE*4*0001", "x12.segment-count"), ("SE*3*0001", "SE*3*0002", "x12.transaction-control-number"),
        ("GE*1*1", "GE*2*1", "x12.transaction-count"), ("GE*1*1", "GE*1*2", "x12.group-control-number"),
        ("IEA*1*000000001", "IEA*2*000000001", "x12.group-count"),
        ("IEA*1*000000001", "IEA*1*000000002", "x12.interchange-control-number"),
        ("SE*3*0001~", "", "x12.transaction-trailer-missing"), ("GE*1*1~", "", "x12.group-trailer-missing"),
        ("IEA*1*000000001~", "", "x12.interchange-trailer-missing"), ("*T*:~", "*X*:~", "x12.interchange-usage"),
        ("*260302*1200*^", "*261302*1200*^", "x12.interchange-date"),
        ("GS*HC", "GS*HP", "x12.transaction-not-of-group"),
        ("BHT*0019", "~BHT*0019", "x12.segment-empty"), ("GE*1*1~", "XX*1~GE*1*1~", "x12.stray-group-segment"),
        ("IEA*1", "XX*1~IEA*1", "x12.stray-interchange-segment"),
        ("GE*1*1~IEA*1*000000001~", "GE*1*1~IEA*1*000000001", "x12.segment-unterminated"),
        ("BHT*0019*00*1", "BHT*0019*00*\u{7}", "x12.character-invalid"),
        ("BHT*0019*00*1", "BHT*0019*00*é", "x12.character-invalid"),
    ]) func noticesWhatIsWrongInTheEnvelope(old: String, new: String, code: String) {
        let document = read(file(set).replacing(old, with: new))
        #expect(document.codes == [code])
        #expect(document.summary.transactions == 1)
        #expect(document.isConserved)
    }

    @Test func noticesAControlNumberThatStandsTwiceInAGroup() {
        let document = read(file(set + set).replacing("GE*1", with: "GE*2"))
        #expect(document.codes == ["x12.transaction-duplicate"])
    }

    @Test func oneBadSetDoesNotStopTheOthers() {
        let document = read(file("ST*837*0001~BHT~" + "ST*837*0002~BHT~SE*3*0002~").replacing("GE*1", with: "GE*2"))
        #expect(document.codes == ["x12.transaction-trailer-missing"])
        #expect(document.interchanges[0].groups[0].transactions.map(\.segments.count) == [2, 3])
    }

    @Test func binaryContentMayHoldAnyByte() {
        let document = read(
            file("ST*275*0001~BIN*12*a~b*ISA*\n~c~~BDS*B64*3*~~~~SE*4*0001~").replacing("GS*HC", with: "GS*PI"))
        let segments = document.interchanges[0].groups[0].transactions[0].segments
        #expect(segments.map(\.id) == ["ST", "BIN", "BDS", "SE"])
        #expect(segments[1][2] == "a~b*ISA*\n~c~")
        #expect(segments[2][3] == "~~~")
        #expect(document.issues == [])
    }

    @Test func aWrongBinaryLengthIsReported() {
        let document = read(file("ST*275*0001~BIN*99999*abc~SE*3*0001~").replacing("GS*HC", with: "GS*PI"))
        #expect(document.codes == ["x12.binary-length"])
        #expect(document.interchanges[0].groups[0].transactions[0].segments.count == 3)
    }

    @Test func largeElementsAreKeptAndPastTheLimitReported() {
        let long = String(repeating: "A", count: 2_000_000)
        let document = read(file("ST*837*0001~NTE*ADD*\(long)~SE*3*0001~"))
        #expect(document.codes == ["x12.element-too-large"])
        #expect(document.issues[0].location.element == 2)
        #expect(document.issues[0].location.segment == 2)
        #expect(document.interchanges[0].groups[0].transactions[0].segments[1][2].utf8.count == 2_000_000)
    }

    @Test func limitsHaveAStatedAnswer() {
        var limits = X12Limits()
        limits.maximumBytes = 100
        let refused = X12Document(parsing: Array(file(set).utf8), limits: limits)
        #expect(refused.codes == ["x12.input-too-large"])
        limits = X12Limits()
        limits.maximumIssues = 5
        let noisy = X12Document(parsing: Array(file(set + String(repeating: "~~", count: 40)).utf8), limits: limits)
        #expect(noisy.codes.contains("x12.too-many-issues"))
        #expect(noisy.codes.count < 12)
    }

    @Test func placesPointAtTheByte() throws {
        let text = file(set)
        let segment = read(text).interchanges[0].groups[0].transactions[0].segments[1]
        let byte = try #require(segment.location(element: 4).byte)
        #expect(String(text.utf8.dropFirst(byte).prefix(8)) == "20260302")
        #expect(segment.location(element: 4).description == "segment 2 (BHT04), byte \(byte)")
        #expect(segment.date(4) == CalendarDate(year: 2026, month: 3, day: 2))
        #expect(segment.integer(3) == 1)
        #expect(segment.money(3) == Money("1"))
    }

    @Test func everyFaultIsDefined() {
        #expect(Set(Fault.definitions.keys) == Set(Fault.allCases))
    }
}
