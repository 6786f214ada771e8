import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What X12 readers get wrong in the field: bytes around and inside of the envelopes.
@Suite struct PitfallTests {
    let claim = "sets/837P/accepted-1.x12"
    let remittance = "sets/835/accepted-1.x12"

    /// A set of a kind that no guide speaks of, so that only its syntax counts.
    func note(_ body: String, segments: Int, number: String = "0001") -> String {
        "ST*864*\(number)~\(body)SE*\(segments)*\(number)~"
    }

    // MARK: Before, between and behind

    @Test(arguments: ["\u{feff}", " ", "\r\n", "\n\n\t ", "\u{feff}\r\n"]) func whatStandsBeforeTheHeaderIsPassedOver(
        before: String
    ) throws {
        let judgement = Judgement(before + (try Samples.text(claim)))
        #expect(judgement.codes == [])
        #expect(judgement.summary.accepted == 1)
        #expect(judgement.ta1.map(\.status) == ["A"])
    }

    @Test(arguments: ["\n", "\r\n", "\r", "~\r\n", "~\n", "~", "'\r\n", "\u{1c}"]) func anyTerminatorIsRead(end: String)
        throws
    {
        let judgement = Judgement(try Samples.text(claim).replacing("~\n", with: end))
        #expect(judgement.codes == [])
        #expect(judgement.summary.segments == 70)
        #expect(judgement.summary.accepted == 1)
    }

    @Test(arguments: ["\u{1a}", "\r\n\u{1a}", "\0\0\0"]) func fillerBehindTheTrailerIsNoError(filler: String) throws {
        let judgement = Judgement(try Samples.text(claim) + filler)
        #expect(judgement.codes == ["x12.filler-bytes"])
        #expect(judgement.errors == [])
        #expect(judgement.summary.accepted == 1)
    }

    @Test func otherBytesBehindTheTrailerAreToldAndRefuseNothing() throws {
        let judgement = Judgement(try Samples.text(claim) + "END OF TRANSMISSION")
        #expect(judgement.codes == ["x12.stray-bytes"])
        #expect(judgement.summary.strayBytes == 19)
        #expect(judgement.summary.accepted == 1)
        #expect(judgement.ta1.map(\.status) == ["A"])
    }

    @Test func everyInterchangeOfAFileIsReadAndAnswered() throws {
        let second = try Samples.text(
            remittance, ("000000001*0*T", "000000002*0*T"), ("IEA*1*000000001", "IEA*1*000000002"))
        let third = try Samples.text("270-dependent.270")
        let judgement = Judgement(try Samples.text(claim) + second + "\r\n" + third)
        #expect(judgement.errors == [])
        #expect(judgement.summary.interchanges == 3)
        #expect(judgement.summary.transactions == 3)
        #expect(judgement.summary.accepted == 3)
        #expect(judgement.ta1.map(\.controlNumber) == ["000000001", "000000002", "000000907"])
        #expect(judgement.groups.map(\.functionalID) == ["HC", "HP", "HS"])
    }

    @Test func aTA1BetweenHeaderAndGroupIsInItsPlace() throws {
        let text = try Samples.text(claim, ("GS*HC", "TA1*000000009*260302*1200*A*000~\nGS*HC"))
        let judgement = Judgement(text)
        #expect(judgement.codes == [])
        #expect(judgement.summary.stray == 0)
        #expect(judgement.summary.accepted == 1)
    }

    // MARK: Names and letters that look like headers

    @Test func patientsCalledISAAndISAACBreakNothing() throws {
        let text = try Samples.text(
            claim, ("NM1*IL*1*ASHBY*NORA*L", "NM1*IL*1*ISA*LISA*ISAAC"), ("*IC*DESK ONE*", "*IC*ISA*"),
            ("NTE*ADD*PATIENT", "NTE*ADD*ISA PATIENT"))
        let judgement = Judgement(text)
        #expect(judgement.codes == [])
        #expect(judgement.summary.interchanges == 1)
        #expect(judgement.summary.accepted == 1)
    }

    @Test func aSegmentCalledISAInsideOfASetBeginsNoInterchange() {
        let judgement = Judgement(Samples.enveloped(note("ISA*00*SHORT~", segments: 3)))
        #expect(judgement.summary.interchanges == 1)
        #expect(judgement.summary.segments == 7)
        #expect(judgement.errors == [])
    }

    @Test(arguments: ["sets/837P-4010/accepted-1.x12", "sets/835-4010/accepted-1.x12"])
    func aLetterInISA11IsNoSeparator(name: String) throws {
        let document = X12Document(parsing: try Samples.bytes(name))
        #expect(document.interchanges[0].delimiters.repetition == 0)
        #expect(document.interchanges[0].header[11] == "U")
        #expect(Judgement(try Samples.bytes(name)).summary.accepted == 1)
    }

    @Test func aLetterInISA11Of5010IsNoSeparatorEither() throws {
        let judgement = Judgement(try Samples.text(claim, ("*^*00501*", "*U*00501*"), ("*NORA*", "*NUURU*")))
        #expect(judgement.errors == [])
        #expect(judgement.summary.accepted == 1)
    }

    @Test func thereIsNoReleaseCharacter() {
        let body = "MSG*WHO? * ~"
        let segments = X12Document(parsing: Array(Samples.enveloped(note(body, segments: 3)).utf8)).interchanges[0]
            .groups[0].transactions[0].segments
        #expect(segments[1][1] == "WHO? ")
        #expect(segments[1][2] == " ")
    }

    // MARK: Characters

    @Test func aByteOutsideOfASCIIIsAnErrorAtItsPlace() throws {
        let text = try Samples.text(claim, ("*ASHBY*", "*ÅSHBY*"))
        let judgement = Judgement(text)
        #expect(judgement.errors == ["x12.character-invalid"])
        let finding = try judgement.finding("x12.character-invalid")
        let byte = try #require(finding.issue.location.byte)
        #expect(Array(text.utf8)[byte...].starts(with: "Å".utf8))
        #expect(finding.issue.location.element == 3)
        #expect(finding.issue.location.segment == 18)
        #expect(judgement.sets[0].errors.map(\.segment) == ["NM1"])
        #expect(judgement.sets[0].errors[0].loop == "2010BA")
        #expect(judgement.sets[0].errors[0].elements.map(\.code) == ["6"])
        #expect(judgement.faultsOfAnswers == [])
    }

    @Test(arguments: ["\u{7}", "\u{1b}", "\u{0}", "\u{7f}", "é", "\n"]) func whatX12CannotCarryIsNotEchoed(
        character: String
    ) throws {
        // The control numbers and the claim's number, which answers repeat.
        let text = try Samples.text(
            claim, ("CLM*CW-1001*", "CLM*CW-\(character)1001*"), ("ST*837*0001", "ST*837*00\(character)1"),
            ("SBR*P*", "SBR*Z*"),
            (
                "*CLEARWATER     *ZZ",
                "*CLEAR\(character == "é" ? "é" : character)WATER\(character == "é" ? "   " : "    ")*ZZ"
            ))
        let judgement = Judgement(text)
        #expect(judgement.summary.rejected == 1)
        #expect(judgement.errors.contains("x12.character-invalid"))
        for kind in AnswerMaker.Kind.allCases {
            #expect(judgement.bytes(of: kind).allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        }
        #expect(judgement.faultsOfAnswers == [])
    }
}
