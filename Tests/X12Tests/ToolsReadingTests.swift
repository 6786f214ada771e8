import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What people read: messages in words, and findings with their place.
@Suite struct ToolsReadingTests {
    private func explained(_ bytes: [UInt8], showsSegments: Bool = false) throws -> [String] {
        var lines = ""
        try X12Explainer(showsSegments: showsSegments) { set, code in set == .pos && code == "11" ? "office" : nil }
            .explain(MemorySource(bytes, step: 101)) { lines += $0 }
        return lines.split(separator: "\n").map(String.init)
    }

    @Test func aClaimIsReadOut() throws {
        let lines = try explained(try Samples.bytes("sets/837P/accepted-1.x12"))
        for expected in [
            "        Interchange 000000001 from CLEARWATER to MERIDIANPLAN, made 2026-03-10 09:15, test",
            "2010AA              Billing provider: CLEARWATER FAMILY CLINIC (NPI 1234567893)",
            "2300                    Claim CW-1001, charge $410.00, place 11 (office), frequency 1",
            "                          Main diagnosis E119, Diagnosis I10, Diagnosis J449",
            "                          Onset of illness: 2026-03-01",
        ] {
            #expect(lines.contains(expected), "\(expected)")
        }
        #expect(lines.contains { $0.hasSuffix("Together: 1 claim, charged $410.00") })
    }

    @Test func aRemittanceAddsUp() throws {
        let lines = try explained(try Samples.bytes("sets/835/accepted-1.x12"))
        #expect(
            lines.contains { $0.contains("Together: ") && $0.contains(", paid $") && $0.contains(", patients owe $") })
    }

    @Test(arguments: ToolsSamples.all)
    func everySegmentHasItsLine(name: String) throws {
        let bytes = try Samples.bytes(name)
        let segments = ToolsSamples.findings(bytes).summary.segments
        let totals = try explained(bytes).count { $0.contains("Together: ") }
        #expect(try explained(bytes).count == segments + totals)
    }

    @Test func everySegmentOfTheGuidesHasWords() {
        let guides = GuideLibrary.standard
        var bare: Set<String> = []
        for guide in guides.all {
            for rule in 0..<guide.rules.count where !guides.explanations.hasWords(for: guide.segmentName(rule)) {
                bare.insert(guide.segmentName(rule))
            }
        }
        #expect(bare.isEmpty)
    }

    @Test func nothingThatSteersATerminalComesThrough() throws {
        let bytes = ToolsSamples.interchange(
            "837", "005010X222A1", group: "HC", ["NTE*ADD*red \u{1b}[31m", "ZZZ*\u{1b}]0;x\u{7}"])
        let lines = try explained(bytes, showsSegments: true)
        #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f })
        #expect(lines.contains { $0.hasSuffix("Note: red ·[31m") })
        #expect(lines.contains { $0.hasSuffix("NTE*ADD*red ·[31m") })
    }

    @Test func anInputWithoutInterchangesHasNone() throws {
        #expect(try X12Explainer().explain(MemorySource(Array("hello".utf8))) { _ in } == 0)
    }

    // MARK: Findings

    private func told(_ bytes: [UInt8]) -> [String] {
        let text = FindingText { range in
            let kept = range.clamped(to: 0..<bytes.count)
            return (Array(bytes[kept]), kept.lowerBound)
        }
        var told: [String] = []
        _ = X12FileChecker(snip: 7).check(bytes, name: "in") { told.append(text.text($0)) }
        return told
    }

    @Test func aFindingPointsAtItsByte() throws {
        let bytes = try Samples.replacing(
            try Samples.bytes("sets/837P/accepted-1.x12"), "CLM*CW-1001*410*", "CLM*CW-1001*4x0*")
        let place = try #require(text(bytes).firstRange(of: "4x0"))
        let byte = text(bytes).utf8.distance(from: text(bytes).startIndex, to: place.lowerBound)
        #expect(
            told(bytes).first == """
                error x12.element-number at in, loop 2300, segment 28 (CLM02), byte \(byte): The element is not a number of its \
                type. [005010X222A1 2300 CLM02]
                    | REF*G2*CFC778
                  > | CLM*CW-1001*4x0***11:B:1*Y*A*Y*Y*P
                    |             ^
                    | DTP*431*D8*20260301
                  To do: Write digits, with a point only where the element is decimal.

                """)
    }

    @Test func aLongSegmentIsCutAroundTheByte() throws {
        let long = String(repeating: "N", count: 500)
        let bytes = ToolsSamples.interchange("837", "005010X222A1", group: "HC", ["NTE*ADD*\(long)\u{1}\(long)"])
        let lines = try #require(told(bytes).first { $0.contains("x12.character-invalid") }).split(separator: "\n")
        let marked = try #require(lines.firstIndex { $0.hasPrefix("  > | ") })
        #expect(lines[marked].count < 120 && lines[marked].hasPrefix("  > | …NN") && lines[marked].hasSuffix("…"))
        #expect(lines[marked + 1].hasSuffix("^"))
    }

    @Test func bytesThatAreGoneAreNotShown() {
        let text = FindingText { range in ([], range.lowerBound) }
        var lines: [String] = []
        _ = X12FileChecker().check(ToolsSamples.interchange("837", "005010X222A1", group: "HC", ["ZZZ*1"])) {
            lines.append(text.text($0))
        }
        #expect(!lines.isEmpty && lines.allSatisfy { !$0.contains("  > | ") && $0.contains("x12.") })
    }

    @Test(arguments: Fault.allCases)
    func everyErrorSaysWhatToDo(fault: Fault) {
        if fault.definition.severity >= .error { #expect(fault.advice != nil, "\(fault)") }
    }
}
