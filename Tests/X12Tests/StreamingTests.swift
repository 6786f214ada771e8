import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// An input in pieces of any size says what it says whole.
@Suite struct StreamingTests {
    static let steps = Array(1...64) + [67, 127, 251, 509, 1021, 4095, 4096, 4093]

    @Test(arguments: Samples.all) func everyFixtureIsReadInPiecesOfEverySize(name: String) throws {
        let bytes = try Samples.bytes(name)
        let whole = CheckRun(bytes)
        for step in Self.steps { try expectSame(bytes, whole, step: step) }
    }

    @Test func everyFixtureBehindTheOther() throws {
        var all: [UInt8] = []
        var summaries: [X12Summary] = []
        for name in Samples.all {
            let bytes = try Samples.bytes(name)
            all += bytes
            summaries.append(CheckRun(bytes).summary)
        }
        let whole = CheckRun(all)
        #expect(whole.summary.bytes == all.count)
        #expect(whole.summary.interchanges == summaries.reduce(0) { $0 + $1.interchanges })
        #expect(whole.summary.transactions == summaries.reduce(0) { $0 + $1.transactions })
        #expect(whole.summary.segments == summaries.reduce(0) { $0 + $1.segments })
        #expect(whole.summary.claims == summaries.reduce(0) { $0 + $1.claims })
        #expect(whole.summary.isConserved)
        #expect(X12Document(parsing: all).bytes == all)
        for step in [1, 7, 4096, 100_003] { try expectSame(all, whole, step: step) }
        for windowBytes in [1024, 1500, 4096, 65_536] {
            try expectSame(all, whole, step: 911, windowBytes: windowBytes)
        }
    }

    /// Headers, terminators and elements at every place of a window's edge.
    @Test func everythingCrossesTheEdgeOfAWindow() throws {
        let claim = try Samples.text("sets/837P/rejected-2.x12")
        let second = try Samples.text("sets/835/rejected-3.x12", ("000000001*0*T", "000000002*0*T"))
        for shift in 0..<130 {
            // What is not blank is stray, so that a stray run ends anywhere too.
            let text = String(repeating: " ", count: shift) + claim + String(repeating: "x", count: shift) + second
            let bytes = Array(text.utf8)
            let whole = CheckRun(bytes)
            #expect(whole.summary.interchanges == 2)
            try expectSame(bytes, whole, step: 128, windowBytes: 1024)
        }
    }

    @Test(arguments: [800, 1023, 1024, 1025, 5000, 70_000, 300_000]) func elementsLargerThanTheWindow(count: Int) throws
    {
        let element = String(repeating: "A", count: count)
        let text = Samples.enveloped(
            "ST*864*0001~MSG*\(element)*\(element)~MSG*1~SE*4*0001~", function: "TX", version: "005010")
        let bytes = Array(text.utf8)
        let whole = CheckRun(bytes)
        #expect(whole.errors == [])
        for step in [count / 3, 4096] { try expectSame(bytes, whole, step: step, windowBytes: 1024) }
    }

    @Test(arguments: [800, 2000, 70_000, 300_000]) func binaryContentLargerThanTheWindow(count: Int) throws {
        let content = String(String(repeating: "~*ISA*\u{1}:^\n", count: count / 9 + 1).prefix(count))
        let text = Samples.enveloped(
            "ST*275*0001~BIN*\(content.utf8.count)*\(content)~BDS*ASC*\(content.utf8.count)*\(content)~SE*4*0001~",
            function: "PI", version: "005010")
        let bytes = Array(text.utf8)
        let whole = CheckRun(bytes)
        #expect(whole.summary.segments == 8)
        for step in [count / 3, 4096] { try expectSame(bytes, whole, step: step, windowBytes: 1024) }
    }

    /// Content that no window may hold is passed over; what follows is read.
    @Test func binaryContentLargerThanASegmentMayBe() throws {
        var limits = X12Limits()
        limits.maximumSegmentBytes = 64 << 10
        let content = String(repeating: "~*ISA*:^", count: 50_000)
        func run(_ length: Int) -> CheckRun {
            let text = Samples.enveloped(
                "ST*864*0001~BIN*\(length)*\(content)~SE*3*0001~ST*864*0002~SE*2*0002~", sets: 2, function: "TX",
                version: "005010")
            return CheckRun(MemorySource(Array(text.utf8), step: 5000), windowBytes: 1024, limits: limits)
        }
        let right = run(content.utf8.count)
        #expect(right.codes.filter { $0 != "x12.set-unknown" } == ["x12.content-skipped"])
        #expect(right.summary.segments == 9)
        #expect(right.summary.accepted == 2)
        let short = run(content.utf8.count - 5)
        #expect(short.codes.contains("x12.binary-length"))
        #expect(short.summary.isConserved)
        #expect(short.summary.transactions == 2)
        let long = run(content.utf8.count * 2)
        #expect(long.codes.contains("x12.segment-unterminated"))
        #expect(long.summary.isConserved)
        limits.maximumBinaryBytes = 100_000
        #expect(run(content.utf8.count).codes.contains("x12.element-too-large"))
    }

    @Test(arguments: [1000, 4096, 100_003]) func aSegmentLargerThanTheLimitIsPassedOver(step: Int) throws {
        var limits = X12Limits()
        limits.maximumSegmentBytes = 64 << 10
        let text = Samples.enveloped(
            "ST*864*0001~MSG*FRONT*\(String(repeating: "B:C*", count: 200_000))~MSG*2~SE*4*0001~"
                + "ST*864*0002~SE*2*0002~", sets: 2, function: "TX", version: "005010")
        let run = CheckRun(MemorySource(Array(text.utf8), step: step), windowBytes: 1024, limits: limits)
        #expect(run.codes.contains("x12.segment-too-large"))
        #expect(!run.codes.contains("x12.segment-count"))
        #expect(run.summary.segments == 10)
        #expect(run.summary.accepted == 1)
        #expect(run.summary.rejected == 1)
        #expect(run.summary.bytes == text.utf8.count)
        let place = try #require(run.findings.first { $0.issue.code == "x12.segment-too-large" }?.issue.location.byte)
        #expect(Array(text.utf8)[place...].starts(with: "MSG*FRONT*".utf8))
        // What comes behind it has its true place.
        let last = CheckRun(
            MemorySource(Array(text.replacing("SE*2*0002", with: "SE*2*0003").utf8), step: step), windowBytes: 1024,
            limits: limits)
        let byte = try #require(
            last.findings.last { $0.issue.code == "x12.transaction-control-number" }?.issue.location.byte)
        #expect(text.utf8.count - byte == "0002~GE*2*1~IEA*1*000000001~".utf8.count)
    }

    @Test func aSourceThatFailsIsTold() {
        final class Broken: ByteSource {
            var isFirst = true
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                guard isFirst else { throw X12ReadError(operation: .read, errno: 5) }
                isFirst = false
                let start = Array(Samples.isa.utf8)
                buffer.copyBytes(from: start)
                return start.count
            }
        }
        #expect(throws: X12ReadError.self) { try X12FileChecker().check(Broken()) }
        #expect(throws: X12ReadError.self) { try FileSource(path: "/nowhere/claims.837") }
    }

    private func expectSame(
        _ bytes: [UInt8], _ whole: CheckRun, step: Int, windowBytes: Int = SegmentCursor.windowBytes
    ) throws {
        let run = CheckRun(bytes, step: step, windowBytes: windowBytes)
        #expect(run.summary == whole.summary, "pieces of \(step), window of \(windowBytes)")
        if run.lines != whole.lines {
            Issue.record("pieces of \(step): \(InputProperties.difference(run.lines, whole.lines))")
        }
    }
}
