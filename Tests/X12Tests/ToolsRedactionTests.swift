import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What is left of a message without its persons.
@Suite struct ToolsRedactionTests {
    private func redacted(_ bytes: [UInt8], seed: UInt64 = 5, step: Int = .max) throws -> [UInt8] {
        var output: [UInt8] = []
        try X12Redaction(seed: seed).redact(MemorySource(bytes, step: step)) { output += $0 }
        return output
    }

    private func elements(_ bytes: [UInt8], _ id: String) -> [[String]] {
        text(bytes).split { $0 == "~" || $0 == "\n" }.map {
            $0.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        }
        .filter { $0.first == id }
    }

    /// Control numbers name the findings, so that they are the same as well.
    @Test(arguments: ToolsSamples.all)
    func theFindingsStayWhatTheyWere(name: String) throws {
        let bytes = try Samples.bytes(name)
        let output = try redacted(bytes)
        #expect(output.count == bytes.count)
        #expect(ToolsSamples.findings(output).lines == ToolsSamples.findings(bytes).lines)
        #expect(try redacted(bytes, step: 17) == output)
    }

    @Test(arguments: ["sets/837P/accepted-1.x12", "sets/835/accepted-1.x12", "sets/834/accepted-1.x12"])
    func noPersonIsLeft(name: String) throws {
        let bytes = try Samples.bytes(name)
        let output = try redacted(bytes)
        let before = elements(bytes, "NM1")
        let after = elements(output, "NM1")
        for (old, new) in zip(before, after) {
            for place in [3, 4, 9] where place < old.count && old[place].count > 2 { #expect(old[place] != new[place]) }
            // Which entity it is, and of which kind its number, is told still.
            #expect(old[1...2] == new[1...2] && old.dropFirst(8).first == new.dropFirst(8).first)
        }
        for id in ["N3", "PER", "NTE", "DMG"] {
            for (old, new) in zip(elements(bytes, id), elements(output, id)) { #expect(old != new, "\(id)") }
        }
        for (old, new) in zip(elements(bytes, "N4"), elements(output, "N4")) {
            #expect(old[1] != new[1] && old[2] == new[2])
            #expect(new[3].prefix(3) == old[3].prefix(3) && new[3].dropFirst(3).allSatisfy { $0 == "0" })
        }
    }

    @Test func codesAndAmountsStay() throws {
        let bytes = try Samples.bytes("sets/837P/accepted-1.x12")
        let output = try redacted(bytes)
        for id in ["HI", "HL", "AMT", "CAS"] { #expect(elements(bytes, id) == elements(output, id)) }
        for (old, new) in zip(elements(bytes, "SV1"), elements(output, "SV1")) {
            #expect(old.dropFirst(2) == new.dropFirst(2))
            #expect(old[1].split(separator: ":").prefix(2) == new[1].split(separator: ":").prefix(2))
        }
        for (old, new) in zip(elements(bytes, "CLM"), elements(output, "CLM")) {
            #expect(old[1] != new[1] && old.dropFirst(2) == new.dropFirst(2))
        }
    }

    @Test func equalValuesStayEqualAndNPIsStayNPIs() throws {
        let bytes = ToolsSamples.interchange(
            "837", "005010X222A1", group: "HC",
            [
                "NM1*85*2*CLINIC*****XX*1234567893", "NM1*82*1*A*B****XX*1234567893", "REF*EA*1234567893",
                "REF*EA*1234567890",
            ])
        let output = try redacted(bytes)
        let names = elements(output, "NM1").map { $0[9] }
        #expect(names[0] == names[1] && names[0] != "1234567893")
        #expect(elements(output, "REF")[0][2] == names[0])
        #expect(Array(names[0].utf8).withUnsafeBufferPointer(CodeForm.npi))
        #expect(!Array(elements(output, "REF")[1][2].utf8).withUnsafeBufferPointer(CodeForm.npi))
        #expect(try redacted(bytes, seed: 6) != output)
    }

    @Test func allDaysMoveByOneCountOfDays() throws {
        let bytes = ToolsSamples.interchange(
            "837", "005010X222A1", group: "HC",
            [
                "DMG*D8*19700412*F", "DTP*434*RD8*20260301-20260303", "DTP*435*DT*202603011130", "DTP*472*D8*20260231",
                "DTP*096*TM*1130",
            ])
        let output = try redacted(bytes)
        let birth = try #require(CalendarDate(elements(output, "DMG")[0][2]))
        let moved = birth.days(since: CalendarDate("19700412")!)
        #expect(moved < 0 && moved >= -60)
        let times = elements(output, "DTP").map { $0[3] }
        let first = CalendarDate("20260301")!.adding(days: moved)
        #expect(times[0] == "\(first.compact)-\(first.adding(days: 2).compact)")
        #expect(times[1] == first.compact + "1130")
        // What was no day is none afterwards.
        #expect(times[2] != "20260231" && CalendarDate(times[2]) == nil)
        #expect(times[3] == "1130")
    }

    @Test func whatNoGuideKnowsIsReplacedWhole() throws {
        let bytes = ToolsSamples.interchange("999", "NONE", group: "FA", ["XYZ*JOHN DOE*D8*19700412", "Q1*A:BCDEF"])
        let output = try redacted(bytes)
        let unknown = elements(output, "XYZ")[0]
        #expect(unknown[1].count == 8 && unknown[1].dropFirst(4).first == " " && !unknown[1].contains("DOE"))
        #expect(CalendarDate(unknown[3]) != nil && unknown[3] != "19700412")
        #expect(!text(output).contains("BCDEF"))
    }

    @Test func whatStandsBetweenSegmentsIsReplacedToo() throws {
        let claim = ToolsSamples.interchange("837", "005010X222A1", group: "HC", ["BIN*9*ab~cd*~:^"])
        let output = text(try redacted(Array("\u{feff}JOHN DOE 555 ".utf8) + claim + Array(" TAIL NAME".utf8)))
        #expect(output.hasPrefix("\u{feff}") && !output.contains("JOHN") && !output.contains("TAIL"))
        #expect(output.contains("BIN*9*xxxxxxxxx~"))
    }

    @Test func theHashIsSipHash() {
        // The reference vectors of SipHash-2-4 for the key 00…0f and the messages of no byte and of 0…14.
        let hash = SipHash(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)
        #expect(hash([]) == 0x726f_db47_dd0e_0e31)
        #expect(hash(0..<15) == 0xa129_ca61_49be_45e5)
    }
}
