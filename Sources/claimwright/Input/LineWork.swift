import ClinicalKnowledge
import Foundation
import Synchronization
import X12

/// Works on blocks of lines on all cores and writes what comes of them in the order of the input.
///
/// One thread reads, one writes, and the blocks between them lie in a ring: whoever is ahead waits.
final class LineWork: Sendable {
    /// What is done with a block: its bytes, the number of its first line, and where the answer goes.
    typealias Body = @Sendable (UnsafeRawBufferPointer, Int, inout JSONBytes) -> AnalyzeLines.Tally

    /// One place of the ring. Who holds it changes by its two semaphores.
    private final class Slot: @unchecked Sendable {
        let isFree = DispatchSemaphore(value: 0)
        let isDone = DispatchSemaphore(value: 0)
        var bytes: [UInt8] = []
        var block = LineBlocks.Block?.none
        var firstLine = 1
        var output = JSONBytes()
        var tally = AnalyzeLines.Tally()
    }

    private struct State {
        var tally = AnalyzeLines.Tally()
        var failure: (any Error)?
    }

    private let ring: [Slot]
    private let body: Body
    private let state = Mutex(State())
    private let isWritten = DispatchSemaphore(value: 0)
    private let start = ContinuousClock.now

    private init(cores: Int, body: @escaping Body) {
        ring = (0..<cores * 2 + 1).map { _ in Slot() }
        self.body = body
        // Not as their first value: a semaphore must not end below that.
        for slot in ring { slot.isFree.signal() }
    }

    /// Runs to the end of `input`; throws what reading or writing throws.
    static func run(
        _ input: StreamedInput, output: StreamedOutput, cores: Int = ProcessInfo.processInfo.activeProcessorCount,
        body: @escaping Body
    ) throws -> (tally: AnalyzeLines.Tally, rate: Int) {
        let work = LineWork(cores: cores, body: body)
        nonisolated(unsafe) let writing = output
        Thread.detachNewThread { work.write(to: writing) }
        do { try work.read(input) } catch { work.state.withLock { $0.failure = $0.failure ?? error } }
        work.isWritten.wait()
        let (tally, failure) = work.state.withLock { ($0.tally, $0.failure) }
        if let failure { throw failure }
        return (tally, work.rate(tally.lines))
    }

    private func rate(_ lines: Int) -> Int {
        Int(Double(lines) / max((ContinuousClock.now - start) / .seconds(1), 0.001))
    }

    private func read(_ input: StreamedInput) throws {
        var blocks = LineBlocks(input, maximumLine: AnalyzeLines.maximumLineBytes)
        var line = 1
        var number = 0
        // Whatever happens, an empty place tells the writer that nothing follows.
        defer {
            let slot = ring[number % ring.count]
            slot.isFree.wait()
            slot.block = nil
            slot.isDone.signal()
        }
        while state.withLock({ $0.failure == nil }) {
            let slot = ring[number % ring.count]
            slot.isFree.wait()
            do { slot.block = try blocks.next(into: &slot.bytes) } catch {
                slot.isFree.signal()
                throw error
            }
            guard slot.block != nil else {
                slot.isFree.signal()
                return
            }
            slot.firstLine = line
            line += slot.block == .tooLong ? 1 : slot.bytes.reduce(0) { $0 + ($1 == 0x0a ? 1 : 0) }
            number += 1
            DispatchQueue.global().async { self.work(on: slot) }
        }
    }

    private func work(on slot: Slot) {
        slot.output.removeAll()
        if slot.block == .tooLong {
            slot.tally = AnalyzeLines.Tally(unreadable: 1)
            AnalyzeLines.writeError(line: slot.firstLine, [AnalyzeLines.tooLong], into: &slot.output)
            slot.output.append(UInt8(ascii: "\n"))
        } else {
            slot.tally = slot.bytes.withUnsafeBytes { body($0, slot.firstLine, &slot.output) }
        }
        slot.isDone.signal()
    }

    private func write(to output: StreamedOutput) {
        var number = 0
        var told = start
        while true {
            let slot = ring[number % ring.count]
            slot.isDone.wait()
            guard slot.block != nil else { break }
            do {
                try slot.output.withBytes { try output.write(block: $0) }
            } catch { state.withLock { $0.failure = $0.failure ?? error } }
            let lines = state.withLock { state in
                state.tally.add(slot.tally)
                return state.tally.lines
            }
            slot.isFree.signal()
            number += 1
            guard ContinuousClock.now - told > .milliseconds(200) else { continue }
            told = .now
            Say.progress("\(lines) requests, \(rate(lines)) a second")
        }
        isWritten.signal()
    }
}
