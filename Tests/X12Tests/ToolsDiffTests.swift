import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What two messages say differently.
@Suite struct ToolsDiffTests {
    private func differences(
        _ old: [UInt8], _ new: [UInt8], envelopes: Bool = false, limit: Int = 100
    ) throws -> (lines: [String], summary: X12Diff.Summary) {
        var lines: [String] = []
        let summary = try X12Diff(comparesEnvelopes: envelopes, limit: limit).compare(
            { MemorySource(old) }, { MemorySource(new, step: 61) }
        ) { lines.append($0.text) }
        return (lines, summary)
    }

    @Test(arguments: ToolsSamples.all)
    func aMessageIsTheSameAsItself(name: String) throws {
        let bytes = try Samples.bytes(name)
        let (lines, summary) = try differences(bytes, bytes)
        #expect(lines.isEmpty && summary.isSame && summary.same > 0)
    }

    private static let body = [
        "BHT*0019*00*B1*20260302*1200*CH", "HL*1**20*1", "NM1*85*2*CLINIC*****XX*1234567893", "N3*1 ROAD",
        "HL*2*1*22*0", "SBR*P*18*******CI", "NM1*IL*1*ONE*ANN****MI*M1",
        "CLM*A1*100.50***11:B:1", "REF*D9*T1", "REF*EA*R1", "LX*1", "SV1*HC:99213*100.50*UN*1***1",
        "DTP*472*D8*20260301",
        "HL*3*1*22*0", "NM1*IL*1*TWO*CAT****MI*M2", "CLM*A4*30***11:B:1", "LX*1", "SV1*HC:99214*30*UN*1***1",
    ]

    private static func message(_ body: [String] = body) -> [UInt8] {
        ToolsSamples.interchange("837", "005010X222A1", group: "HC", body)
    }

    private static func changed(_ changes: [(String, String)]) -> [UInt8] {
        var text = text(message())
        for (old, new) in changes { text = text.replacing(old, with: new) }
        return Array(text.utf8)
    }

    @Test func formMakesNoDifference() throws {
        let reformed = Self.changed([
            ("100.50", "0100.5"), ("*UN*1***1~", "*UN*1***1:*~"), ("000000007", "000000019"),
            ("*260302*1200*^", "*260303*0800*^"),
            ("R*20260302*1200*7*X", "R*20260303*0800*19*X"), ("GE*1*7", "GE*1*19"),
            ("REF*D9*T1~REF*EA*R1~", "REF*EA*R1~REF*D9*T1~"), ("*0001", "*0099"),
        ])
        let other = Array(
            text(reformed).map { ["*": "|", ":": ">", "~": "\n"][String($0)] ?? String($0) }.joined().utf8)
        #expect(try differences(Self.message(), reformed).lines == [])
        #expect(try differences(Self.message(), other).summary.isSame)
        #expect(
            try differences(Self.message(), reformed, envelopes: true).lines.contains(
                "interchange SENDER RECEIVER: changed ISA13: 000000007 → 000000019"))
    }

    @Test func theOrderOfClaimsMakesNoDifference() throws {
        var body = Self.body
        let second = body[13...].map { $0.replacing("HL*3", with: "HL*2") }
        let first = body[4..<13].map { $0.replacing("HL*2", with: "HL*3") }
        body = Array(body[..<4]) + second + first
        #expect(try differences(Self.message(), Self.message(body)).summary.isSame)
    }

    @Test func changesAreToldWithTheirPlace() throws {
        let new = Self.changed([
            ("CLM*A1*100.50***11:B:1", "CLM*A1*100.50***12:B:1"), ("REF*EA*R1~", ""),
            ("HC:99213*100.50", "HC:99213*90.50"),
            ("DTP*472*D8*20260301~", "DTP*472*D8*20260301~REF*6R*L1~"),
        ])
        let (lines, summary) = try differences(Self.message(), new)
        #expect(
            lines == [
                "claim A1: changed CLM05-1: 11 → 12", "claim A1: removed REF: REF*EA*R1",
                "claim A1: changed 2400 LX 1 SV102: 100.5 → 90.5", "claim A1: added 2400 LX 1 REF: REF*6R*L1",
            ])
        #expect(summary.changed == 1 && summary.added + summary.removed + summary.moved == 0)
    }

    @Test func claimsComeAndGoAndMove() throws {
        let gone = Self.changed([("CLM*A4*30", "CLM*A5*30")])
        #expect(try differences(Self.message(), gone).lines == ["claim A4: removed", "claim A5: added"])
        var body = Self.body
        body.remove(at: 15)
        body.insert("CLM*A4*30***11:B:1", at: 13)
        body.insert(contentsOf: body.suffix(2), at: 14)
        body.removeLast(2)
        let (lines, summary) = try differences(Self.message(), Self.message(body))
        #expect(lines == ["claim A4: moved"] && summary.moved == 1)
    }

    @Test func aLevelThatWasRenamedIsKnownByItsClaim() throws {
        let new = Self.changed([("MI*M1", "MI*M9"), ("1 ROAD", "2 ROAD")])
        #expect(
            try differences(Self.message(), new).lines == [
                "level 20 85 1234567893: changed 2010AA NM1 85 N301: 1 ROAD → 2 ROAD",
                "level 22 IL M9: changed 2010BA NM1 IL NM109: M1 → M9",
            ])
    }

    @Test func moreThanTheLimitIsCounted() throws {
        let new = Self.changed([("99213", "99212"), ("99214", "99215")])
        let (lines, summary) = try differences(Self.message(), new, limit: 1)
        #expect(lines == ["claim A1: changed 2400 LX 1 SV101-2: 99213 → 99212"])
        #expect(summary.changed == 2 && summary.untold == 1 && !summary.isSame)
    }

    @Test func differencesAreLinesOfJSON() throws {
        var lines: [String] = []
        _ = try X12Diff().compare(
            { MemorySource(Self.message()) }, { MemorySource(Self.changed([("*30*", "*31*")])) }
        ) { lines.append($0.json.text) }
        #expect(
            lines.first
                == #"{"change":"changed","unit":"claim A4","loop":null,"segment":"CLM","element":2,"component":null,"#
                + #""before":"30","after":"31"}"#)
    }

    @Test func otherKindsHaveTheirKeys() throws {
        for (name, old, new, expected) in [
            ("sets/835/accepted-1.x12", "CLP*CW-1001*1*410*280*40", "CLP*CW-1001*1*410*281*40", "CLP04: 280 → 281"),
            ("sets/834/accepted-1.x12", "*GOLD HMO*", "*GOLD PPO*", "HD04: GOLD HMO → GOLD PPO"),
            ("sets/271/accepted-1.x12", "SILVER 70", "SILVER 80", "EB05: SILVER 70 → SILVER 80"),
        ] {
            let bytes = try Samples.bytes(name)
            let (lines, summary) = try differences(bytes, try Samples.replacing(bytes, old, new))
            #expect(lines.contains { $0.hasSuffix(expected) }, "\(name): \(lines)")
            #expect(summary.added + summary.removed + summary.moved == 0 && summary.changed > 0, "\(name): \(lines)")
        }
    }
}
