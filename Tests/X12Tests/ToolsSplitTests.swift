import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Parts hold what the input held, once, in true envelopes.
@Suite struct ToolsSplitTests {
    private func split(
        _ bytes: [UInt8], _ limit: X12Splitter.Limit, step: Int = .max
    ) throws -> (parts: [[UInt8]], summary: X12Splitter.Summary) {
        var parts: [[UInt8]] = []
        let summary = try X12Splitter(limit).split(MemorySource(bytes, step: step)) { number, piece in
            #expect(number == parts.count || number == parts.count + 1)
            if number > parts.count { parts.append([]) }
            parts[number - 1] += piece
        }
        #expect(summary.parts == parts.count)
        return (parts, summary)
    }

    private static let limits: [X12Splitter.Limit] = [
        .set, .claims(1), .claims(5000), .bytes(1), .bytes(1500), .bytes(1 << 20),
    ]

    @Test(arguments: ToolsSamples.all)
    func nothingIsLostAndNothingBreaks(name: String) throws {
        let bytes = try Samples.bytes(name)
        let whole = ToolsSamples.findings(bytes).summary
        for limit in Self.limits {
            let (parts, summary) = try split(bytes, limit)
            #expect(summary.sets == whole.transactions && summary.claims == whole.claims)
            #expect(summary.claims == summary.writtenClaims)
            let checked = parts.map { ToolsSamples.findings($0).summary }
            #expect(checked.map(\.transactions).reduce(0, +) == summary.writtenSets)
            #expect(checked.map(\.claims).reduce(0, +) == whole.claims)
            if whole.errors == 0 { #expect(checked.allSatisfy { $0.errors == 0 }, "\(limit)") }
            if whole.warnings == 0 { #expect(checked.allSatisfy { $0.warnings == 0 }, "\(limit)") }
            #expect(try split(bytes, limit, step: 19).parts == parts)
        }
    }

    /// Two subscribers, the first with a claim of his own and a dependent with two.
    private static let family: [UInt8] = ToolsSamples.interchange(
        "837", "005010X222A1", group: "HC",
        [
            "BHT*0019*00*B1*20260302*1200*CH", "NM1*41*2*SUBMITTER*****46*S1", "HL*1**20*1",
            "NM1*85*2*CLINIC*****XX*1234567893",
            "HL*2*1*22*1", "SBR*P*18*******CI", "NM1*IL*1*ONE*ANN****MI*M1", "CLM*A1*100***11:B:1",
            "SV1*HC:99213*100*UN*1***1",
            "HL*3*2*23*0", "PAT*19", "NM1*QC*1*ONE*BEN", "CLM*A2*10***11:B:1", "CLM*A3*20***11:B:1",
            "HL*4*1*22*0", "SBR*P*18*******CI", "NM1*IL*1*TWO*CAT****MI*M2", "CLM*A4*30***11:B:1",
        ])

    @Test func aCutSetRepeatsTheLevelsAboveItsClaims() throws {
        let (parts, summary) = try split(Self.family, .claims(1))
        #expect(summary.writtenSets == 4 && summary.claims == 4)
        #expect(
            text(parts[0]).replacing("~", with: "~\n") == """
                \(ToolsSamples.header(7))
                GS*HC*SENDER*RECEIVER*20260302*1200*7*X*005010X222A1~
                ST*837*0001*005010X222A1~
                BHT*0019*00*B1*20260302*1200*CH~
                NM1*41*2*SUBMITTER*****46*S1~
                HL*1**20*1~
                NM1*85*2*CLINIC*****XX*1234567893~
                HL*2*1*22*0~
                SBR*P*18*******CI~
                NM1*IL*1*ONE*ANN****MI*M1~
                CLM*A1*100***11:B:1~
                SV1*HC:99213*100*UN*1***1~
                SE*11*0001~
                GE*1*7~
                IEA*1*000000007~

                """)
        #expect(text(parts[2]).contains("HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~HL*2*1*22*1~"))
        #expect(
            text(parts[2]).contains(
                "HL*3*2*23*0~PAT*19~NM1*QC*1*ONE*BEN~CLM*A3*20***11:B:1~SE*13*0001~GE*1*9~IEA*1*000000009~"))
        #expect(text(parts[3]).contains("HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*TWO*CAT****MI*M2~CLM*A4*"))
    }

    @Test func whatFitsStaysAsItIs() throws {
        let (parts, summary) = try split(Self.family, .claims(4))
        #expect(parts == [Self.family] && summary.writtenSets == 1)
        #expect(try split(Self.family, .bytes(1 << 20)).parts == [Self.family])
    }

    @Test func partsOfBytesHoldAsManyClaimsAsFit() throws {
        let most = 560
        let (parts, summary) = try split(Self.family, .bytes(most))
        #expect(parts.count > 1 && summary.claims == 4)
        #expect(parts.allSatisfy { $0.count <= most }, "\(parts.map(\.count))")
    }

    @Test func anAnswerStaysWholeWhateverItsClaims() throws {
        let bytes = try Samples.bytes("sets/835/accepted-1.x12")
        let (parts, summary) = try split(bytes, .claims(1))
        #expect(parts.count == summary.sets && summary.writtenSets == summary.sets)
    }

    @Test func acknowledgementsAndLinesAreKept() throws {
        let set = "GS*FA*S*R*20260302*1200*5*X*005010X231A1~ST*999*0001~SE*2*0001~GE*1*5~"
        let bytes = Array((ToolsSamples.header(7) + "TA1*000000001*260302*1200*A*000~" + set + "IEA*1*000000007~").utf8)
        #expect(try split(bytes, .set).parts == [bytes])
        let alone = Array((ToolsSamples.header(7) + "TA1*000000001*260302*1200*A*000~IEA*0*000000007~").utf8)
        #expect(try split(alone, .set).parts == [alone])
        let lines = Array(text(bytes).replacing("~", with: "~\r\n").utf8)
        #expect(try split(lines, .set).parts == [lines])
    }

    @Test func whatStandsInNoSetIsCounted() throws {
        let broken = text(Self.family).replacing("GE*1*7~", with: "ZZZ*1~GE*1*7~") + "junk"
        let (_, summary) = try split(Array(broken.utf8), .set)
        #expect(summary.droppedSegments == 1 && summary.droppedBytes == 4)
        #expect(try split(Array("nothing here".utf8), .set).summary.parts == 0)
    }

    @Test func whatTheSinkThrowsComesOut() {
        struct Full: Error {}
        #expect(throws: Full.self) {
            try X12Splitter(.set).split(MemorySource(Self.family)) { _, _ in throw Full() }
        }
    }
}
