import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Elements, segments and files of unusual size, and binary content.
@Suite struct PitfallsOfSizeTests {
    func file(_ body: String, segments: Int) -> String {
        Samples.enveloped(
            "ST*864*0001~\(body)SE*\(segments)*0001~ST*864*0002~SE*2*0002~", sets: 2, function: "TX", version: "005010")
    }

    /// From memory and from a stream, which must say the same.
    func judge(_ text: String) -> Judgement {
        let judgement = Judgement(text)
        let streamed = CheckRun(Array(text.utf8), step: 4096)
        #expect(streamed.codes == judgement.codes)
        #expect(streamed.summary == judgement.summary)
        return judgement
    }

    @Test(arguments: [5 << 10, 70 << 10, 1 << 20]) func anElementUpToTheLimitIsRead(count: Int) throws {
        let text = file("MSG*\(String(repeating: "A", count: count))~", segments: 3)
        let judgement = judge(text)
        #expect(judgement.errors == [])
        #expect(judgement.summary.accepted == 2)
        let segments = X12Document(parsing: Array(text.utf8)).interchanges[0].groups[0].transactions[0].segments
        #expect(segments[1][1].utf8.count == count)
    }

    @Test func anElementPastTheGuidesLengthIsAnErrorAtItsPlace() throws {
        let text = try Samples.text(
            "sets/837P/accepted-1.x12", ("SEEN WITH INTERPRETER", String(repeating: "A", count: 5 << 10)))
        let judgement = judge(text)
        #expect(judgement.errors == ["x12.element-long"])
        #expect(judgement.sets[0].errors.map(\.segment) == ["NTE"])
        #expect(judgement.sets[0].errors[0].elements.map(\.code) == ["5"])
        #expect(judgement.sets[0].errors[0].elements.map(\.element) == [2])
    }

    @Test func anElementOfThreeMegabytesIsRefusedWithItsPlace() throws {
        let text = file("MSG*\(String(repeating: "A", count: 3 << 20))~", segments: 3)
        let judgement = judge(text)
        #expect(judgement.errors == ["x12.element-too-large"])
        let finding = try judgement.finding("x12.element-too-large")
        #expect(finding.codes.element == "5")
        #expect(finding.issue.location.segmentID == "MSG")
        #expect(finding.issue.location.element == 1)
        #expect(
            finding.issue.location.byte == text.utf8.count
                - "~SE*3*0001~ST*864*0002~SE*2*0002~GE*2*1~IEA*1*000000001~".utf8.count - 3 << 20)
        #expect(judgement.summary.accepted == 1)
        #expect(judgement.summary.rejected == 1)
        #expect(judgement.sets.map(\.status) == ["R", "A"])
    }

    @Test(arguments: [70 << 10, 2 << 20]) func aLargeSegmentIsRead(count: Int) {
        let element = "*" + String(repeating: "A", count: 4000)
        let judgement = judge(file("MSG\(String(repeating: element, count: count / element.utf8.count))~", segments: 3))
        #expect(judgement.errors == [])
        #expect(judgement.summary.accepted == 2)
    }

    @Test func aSegmentOfThousandsOfElementsIsAnErrorAndRead() throws {
        let judgement = judge(file("MSG\(String(repeating: "*A", count: 40_000))~", segments: 3))
        #expect(judgement.errors == ["x12.too-many-elements"])
        #expect(judgement.sets.map(\.status) == ["R", "A"])
    }

    @Test func ofASegmentPastTheLimitAStreamKeepsTheFrontAndReadsOn() throws {
        let text = file("MSG*A*\(String(repeating: "B*", count: 8 << 20))~", segments: 3)
        let bytes = Array(text.utf8)
        let run = CheckRun(bytes, step: 100_000)
        #expect(run.codes.contains("x12.segment-too-large"))
        let finding = try #require(run.findings.first { $0.issue.code == "x12.segment-too-large" })
        #expect(finding.isError)
        #expect(finding.codes.segment == "8")
        #expect(finding.issue.location.byte.map { bytes[$0...].starts(with: "MSG*A*".utf8) } == true)
        #expect(run.summary.transactions == 2)
        #expect(run.summary.accepted == 1)
        #expect(run.summary.segments == 9)
        #expect(run.summary.bytes == bytes.count)
        #expect(run.summary.isConserved)
    }

    @Test func aFileOfManySegmentsIsReadWhole() {
        let line = "MSG*HELLO*OUT*THERE~\n"
        let judgement = judge(file(String(repeating: line, count: 20_000), segments: 20_002))
        #expect(judgement.errors == [])
        #expect(judgement.summary.interchanges == 1)
        #expect(judgement.summary.segments == 20_008)
        #expect(judgement.summary.accepted == 2)
    }

    // MARK: Binary content

    @Test func contentMayHoldTerminatorsAndHeaders() throws {
        let content = "a~b*ISA*\n~c~IEA*1*1~" + Samples.isa
        let text = file("BIN*\(content.utf8.count)*\(content)~BDS*B64*4*~~*~~", segments: 4)
        let judgement = judge(text)
        #expect(judgement.errors == [])
        #expect(judgement.summary.segments == 10)
        let segments = X12Document(parsing: Array(text.utf8)).interchanges[0].groups[0].transactions[0].segments
        #expect(segments.map(\.id) == ["ST", "BIN", "BDS", "SE"])
        #expect(segments[1][2] == content)
        #expect(segments[2][3] == "~~*~")
    }

    @Test(arguments: [
        "BIN*5*abc~", "BIN*2*abc~", "BIN*x*abc~", "BIN**abc~", "BIN*99999999999999999999*abc~", "BDS*B64*7*abc~",
    ])
    func aWrongLengthIsAnErrorAndTheSetsGoOn(segment: String) throws {
        let judgement = judge(file(segment, segments: 3))
        #expect(judgement.errors.contains("x12.binary-length"))
        #expect(try judgement.finding("x12.binary-length").codes.segment == "8")
        #expect(judgement.summary.transactions == 2)
        #expect(judgement.summary.isConserved)
        #expect(judgement.sets.map(\.status) == ["R", "A"])
    }

    @Test(arguments: ["sets/275-claim/accepted-1.x12", "sets/275-solicited/accepted-1.x12"])
    func anAttachmentIsAccepted(name: String) throws {
        let judgement = Judgement(try Samples.bytes(name))
        #expect(judgement.errors == [])
        #expect(judgement.summary.accepted == judgement.summary.transactions)
    }
}
