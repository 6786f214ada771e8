import Foundation
import HealthTypes
import X12

/// What is measured; each returns a count that depends on every byte it claims to have looked at.
enum Modes {
    /// The floor: memchr for the segment terminator over the file, read through the same window.
    static func memchr(_ path: String) throws -> Int {
        let source = try FileSource(path: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var count = 0
        while case let read = try source.read(into: buffer), read > 0 {
            var at = buffer.baseAddress!
            let end = at + read
            while let found = Foundation.memchr(at, 0x7e, end - at) {
                count += 1
                at = found + 1
            }
        }
        return count
    }

    /// Every element of every segment: its length is added up.
    static func tokenise(_ path: String) throws -> Int {
        var sum = 0
        try X12SegmentReader(FileSource(path: path)).forEach { segment in
            for element in 0..<segment.count { sum &+= segment[element].count }
        }
        return sum
    }

    static func check(_ path: String, answering: Bool = false) throws -> Int {
        var number = 0
        var bytes = 0
        let maker =
            answering
            ? AnswerMaker(
                kinds: [.ta1, .implementation], at: Instant("2026-03-02T08:00:00Z")!,
                nextControlNumber: {
                    number += 1
                    return number
                }, sink: { _, answer in bytes += answer.count }) : nil
        var findings = 0
        let summary = try X12FileChecker(snip: 5).check(FileSource(path: path), answering: maker) { _ in findings += 1 }
        return summary.accepted + findings + bytes
    }
}
