import Foundation
import HealthTypes
import Testing

@testable import X12

#if canImport(Glibc)
    import Glibc
#endif

/// Two threads say what one says: the same findings, answers and counts, in the same order.
@Suite struct ThreadTests {
    /// What is told while an input is checked, in the order in which it is told.
    private struct Told: Equatable {
        var lines: [String] = []
        var summary: X12Summary?
        var failure: String?
        var answerFailure: String?
    }

    private struct Refused: Error {}

    /// Gives pieces of up to `step` bytes, and throws where a number of bytes was given.
    private final class Failing: ByteSource {
        private let source: MemorySource
        private var left: Int

        init(_ bytes: [UInt8], step: Int, failsAt: Int) {
            source = MemorySource(Array(bytes.prefix(failsAt)), step: step)
            left = failsAt
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard left > 0 else { throw X12ReadError(operation: .read, errno: 5) }
            let count = source.read(into: buffer)
            left -= count
            return count
        }
    }

    private func told(
        _ threads: Int, limits: X12Limits = .standard, snip: Int = 5, sinkFailsAt: Int = .max,
        _ check: (X12FileChecker, AnswerMaker, (Finding) -> Void) throws -> X12Summary?
    ) -> Told {
        var told = Told()
        var number = 0
        var answers = 0
        let maker = AnswerMaker(
            at: Samples.noon,
            nextControlNumber: {
                number += 1
                return number
            }, memory: 1000
        ) { kind, piece in
            answers += 1
            guard answers < sinkFailsAt else { throw Refused() }
            told.lines.append("\(kind.rawValue) \(String(decoding: piece, as: UTF8.self))")
        }
        let checker = X12FileChecker(snip: snip, limits: limits, threads: threads)
        do {
            told.summary = try check(checker, maker) { finding in
                let around = "\(finding.place) \(String(describing: finding.delimiters))"
                told.lines.append("\(finding.json.text) \(around)")
            }
        } catch { told.failure = "\(error)" }
        told.answerFailure = maker.failure.map { "\($0)" }
        return told
    }

    private func difference(_ one: Told, _ two: Told) -> String {
        let first = zip(one.lines, two.lines).first { $0 != $1 }
        return first.map { "\($1) instead of \($0)" } ?? "\(two.lines.count) lines instead of \(one.lines.count)"
    }

    private func expectSame(
        _ bytes: [UInt8], steps: [Int] = [.max], limits: X12Limits = .standard, _ comment: Comment = ""
    ) {
        let one = told(1, limits: limits) { $0.check(bytes, name: "a", answering: $1, finding: $2) }
        let two = told(2, limits: limits) { $0.check(bytes, name: "a", answering: $1, finding: $2) }
        #expect(one == two, "in memory: \(difference(one, two)) \(comment)")
        for step in steps {
            let one = told(1, limits: limits) {
                try $0.check(MemorySource(bytes, step: step), name: "a", answering: $1, finding: $2)
            }
            let two = told(2, limits: limits) {
                try $0.check(MemorySource(bytes, step: step), name: "a", answering: $1, finding: $2)
            }
            #expect(one.summary != nil)
            #expect(one == two, "pieces of \(step): \(difference(one, two)) \(comment)")
        }
    }

    @Test(arguments: Samples.all) func samples(name: String) throws {
        expectSame(try Samples.bytes(name), steps: Array(1...10) + [16, 33, 127, 1021, .max])
    }

    @Test(arguments: [0, 1, 2, 3, 4, 7]) func everyLevel(snip: Int) throws {
        for file in FixtureFile.all where !file.isAccepted {
            let bytes = try file.bytes
            let one = told(1, snip: snip) { $0.check(bytes, answering: $1, finding: $2) }
            let two = told(2, snip: snip) { $0.check(bytes, answering: $1, finding: $2) }
            #expect(one == two, "\(file.testDescription): \(difference(one, two))")
        }
    }

    /// Segments and their elements out of place, broken envelopes, early ends, bytes of all kinds.
    @Test(arguments: FixtureFile.all) func mutations(file: FixtureFile) throws {
        let bytes = try file.bytes
        for seed in 0..<30 {
            var draw = SeededRandom(seed: UInt64(seed) &* 7919 &+ UInt64(bytes.count))
            var changed = bytes
            for _ in 0...Int.random(in: 0..<4, using: &draw) { changed = mutated(changed, &draw) }
            expectSame(changed, steps: [Int.random(in: 1...900, using: &draw)], "\(file.testDescription) seed \(seed)")
        }
    }

    private func mutated(_ bytes: [UInt8], _ draw: inout SeededRandom) -> [UInt8] {
        guard bytes.count > 8 else { return bytes }
        var segments = bytes.split(separator: UInt8(ascii: "~"), omittingEmptySubsequences: false).map(Array.init)
        let at = Int.random(in: 0..<segments.count, using: &draw)
        switch Int.random(in: 0..<8, using: &draw) {
        case 0: segments.remove(at: at)
        case 1: segments.insert(segments[at], at: at)
        case 2: segments.swapAt(at, Int.random(in: 0..<segments.count, using: &draw))
        case 3: segments.removeLast(Int.random(in: 0..<segments.count, using: &draw))
        case 4:
            let added = [
                "ST*837*0009*005010X222A1", "SE*1*1", "GS*HC", "GE*1*1", "IEA*1*1", "TA1*1", "ISA", "", "HL*9",
            ]
            segments.insert(Array(added.randomElement(using: &draw)!.utf8), at: at)
        case 5:
            var flat = bytes
            flat[Int.random(in: 0..<flat.count, using: &draw)] = UInt8.random(in: 0...255, using: &draw)
            return flat
        case 6: segments.removeAll { $0.starts(with: Array("SE".utf8)) }
        default: segments[at] += [UInt8](repeating: UInt8(ascii: "*"), count: 30)
        }
        return Array(segments.joined(separator: [UInt8(ascii: "~")]))
    }

    /// Many interchanges of every kind, more than all batches hold, in an order that is drawn.
    @Test func everyFixtureBehindTheOther() throws {
        let files = try Samples.all.map { try Samples.bytes($0) }
        for seed in 0..<3 {
            var draw = SeededRandom(seed: UInt64(seed))
            var bytes: [UInt8] = []
            for _ in 0..<3 {
                for file in files.shuffled(using: &draw) {
                    bytes += Int.random(in: 0..<6, using: &draw) == 0 ? mutated(file, &draw) : file
                    bytes += [[], [0x0a], Array("stray".utf8), [0x1a]].randomElement(using: &draw)!
                }
            }
            expectSame(bytes, steps: [997, 65_536, .max], "seed \(seed)")
        }
    }

    @Test func anInputOfOneLongSet() throws {
        let claim =
            "HL*2*1*22*0~SBR*P*18*******CI~CLM*A*1***11:B:1*Y*A*Y*Y~HI*ABK:J449^ABF:I10~LX*1~SV1*HC:99213*2*UN*1***9~"
        let text = Samples.enveloped(
            "ST*837*0001*005010X222A1~BHT*0019*00*1*20260302*1200*CH~HL*1**20*1~"
                + String(repeating: claim, count: 4000) + "SE*24004*0001~", function: "HC", version: "005010X222A1")
        var limits = X12Limits()
        expectSame(Array(text.utf8), steps: [5000, .max], limits: limits)
        limits.maximumIssues = .max
        limits.maximumIssuesOfTransaction = .max
        expectSame(Array(text.utf8), steps: [5000, .max], limits: limits)
    }

    @Test(arguments: [7000, 8190, 8200, 40_000, 300_000]) func segmentsTooLargeForABatch(count: Int) {
        let element = String(repeating: "A", count: count)
        let many = String(repeating: "*:", count: count / 2)
        let text = Samples.enveloped(
            "ST*837*0001*005010X222A1~BHT*0019*00*1*20260302*1200*CH~HL*1**20*1~NTE*ADD*\(element)\u{1}~HI*ABK\(many)~"
                + "\(element)~NTE*ADD*1~SE*7*0001~", function: "HC", version: "005010X222A1")
        var limits = X12Limits()
        expectSame(Array(text.utf8), steps: [1000, .max], limits: limits)
        limits.maximumSegmentBytes = 64 << 10
        expectSame(Array(text.utf8), steps: [1000, .max], limits: limits)
    }

    @Test(arguments: [1024, 1500, 4096]) func windowsOfEverySize(windowBytes: Int) throws {
        var bytes: [UInt8] = []
        for file in FixtureFile.all where !file.isAccepted { bytes += try file.bytes }
        let whole = told(1) { $0.check(bytes, answering: $1, finding: $2) }
        for step in [1, 911, 5000] {
            let other = told(2) {
                try $0.runOnTwoThreads(
                    .stream(MemorySource(bytes, step: step)), windowBytes: windowBytes, nil, $1, $2)
            }
            #expect(other == whole, "\(difference(whole, other))")
        }
    }

    @Test func inputsOfNothing() {
        for text in ["", " ", "I", "ISA", "~", "no interchange at all", Samples.isa] {
            expectSame(Array(text.utf8), steps: [1, .max], "\(text)")
        }
    }

    // MARK: What goes wrong

    @Test func aSourceThatFailsIsToldBehindWhatWasFoundBefore() throws {
        var bytes: [UInt8] = []
        for file in FixtureFile.all where !file.isAccepted { bytes += try file.bytes }
        for failsAt in [0, 1, 100, 106, 5000, 40_000, bytes.count] {
            let one = told(1) {
                try $0.check(Failing(bytes, step: 500, failsAt: failsAt), answering: $1, finding: $2)
            }
            let two = told(2) {
                try $0.check(Failing(bytes, step: 500, failsAt: failsAt), answering: $1, finding: $2)
            }
            #expect(one.failure == "\(X12ReadError(operation: .read, errno: 5))")
            #expect(one == two, "at \(failsAt): \(difference(one, two))")
        }
    }

    @Test func anAnswerThatIsRefusedIsTold() throws {
        var bytes: [UInt8] = []
        for file in FixtureFile.all { bytes += try file.bytes }
        for sinkFailsAt in [1, 2, 30] {
            let one = told(1, sinkFailsAt: sinkFailsAt) {
                try $0.check(MemorySource(bytes), answering: $1, finding: $2)
            }
            let two = told(2, sinkFailsAt: sinkFailsAt) {
                try $0.check(MemorySource(bytes), answering: $1, finding: $2)
            }
            #expect(one.answerFailure != nil)
            #expect(one == two, "\(difference(one, two))")
        }
    }

    @Test func aTaskThatIsCancelledEndsWithItsSource() async throws {
        /// An input without an end, until its task is cancelled.
        final class Endless: ByteSource {
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                try Task.checkCancellation()
                let piece = Array("XYZ*1~".utf8)
                buffer.copyBytes(from: piece)
                return piece.count
            }
        }
        let task = Task {
            try X12FileChecker(threads: 2).check(Endless())
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// The caller's source, answers and findings stay with the caller's thread.
    #if canImport(Glibc)
        @Test func theCallersPartsStayOnTheCallersThread() throws {
            final class Watched: ByteSource {
                let source: MemorySource
                var threads: Set<pthread_t> = []
                init(_ bytes: [UInt8]) { source = MemorySource(bytes, step: 500) }
                func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
                    threads.insert(pthread_self())
                    return source.read(into: buffer)
                }
            }
            var bytes: [UInt8] = []
            for file in FixtureFile.all { bytes += try file.bytes }
            let source = Watched(bytes)
            var threads: Set<pthread_t> = []
            let maker = AnswerMaker(at: Samples.noon, nextControlNumber: { 1 }) { _, _ in threads.insert(pthread_self())
            }
            _ = try X12FileChecker(threads: 2).check(source, answering: maker) { _ in threads.insert(pthread_self()) }
            #expect(threads == [pthread_self()])
            #expect(source.threads == [pthread_self()])
        }
    #endif

    /// A thread that nobody waited for would keep its stack.
    #if os(Linux)
        @Test func noThreadIsLeft() throws {
            func addressSpace() throws -> Int {
                let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmSize:") })
                return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
            }
            let bytes = try Samples.bytes("270-dependent.270")
            let whole = CheckRun(bytes)
            let before = try addressSpace()
            for _ in 0..<1000 {
                let summary = X12FileChecker(snip: 7, threads: 2).check(bytes)
                try #require(summary == whole.summary)
            }
            let kilobytes = try addressSpace() - before
            #expect(kilobytes < 2 << 20)
        }
    #endif
}
