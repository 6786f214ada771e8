import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// However long an input is and whatever it is made of, memory stays what it was. Linux says what it was.
@Suite(.serialized) struct MemoryTests {
    /// Gives a front, then the same piece again and again up to a size, then a back.
    final class Endless: ByteSource {
        private let front: [UInt8]
        private let piece: [UInt8]
        private let size: Int
        private let back: [UInt8]
        private(set) var given = 0

        init(_ front: String, _ piece: String, _ size: Int, _ back: String) {
            self.front = Array(front.utf8)
            // A short piece is laid out many times, as a read gives much at once.
            self.piece = Array(String(repeating: piece, count: max(65_536 / piece.utf8.count, 1)).utf8)
            self.size = size / self.piece.count * self.piece.count
            self.back = Array(back.utf8)
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let part: ArraySlice<UInt8>
            if given < front.count {
                part = front[given...]
            } else if given < front.count + size {
                part = piece[((given - front.count) % piece.count)...]
            } else {
                part = back[min(given - front.count - size, back.count)...]
            }
            let count = min(part.count, buffer.count)
            buffer.copyBytes(from: part.prefix(count))
            given += count
            return count
        }
    }

    /// A piece that goes on without a terminator is one segment, of which a window keeps several megabytes. Others need
    /// no more than their window, so that less of them shows what grows.
    static func size(_ piece: String) -> (kilobytes: Int, kilobytesAllowed: Int) {
        piece.hasSuffix("~") ? (512, 8 << 10) : (24 << 10, 16 << 10)
    }

    static let front = Samples.isa + "GS*HC*S*R*20260302*1200*1*X*005010X222A1~"
    static let claimFront =
        front
        + "ST*837*0001*005010X222A1~BHT*0019*00*1*20260302*1200*CH~HL*1**20*1~HL*2*1*22*0~CLM*A*1***11:B:1*Y*A*Y*Y~"

    static let inputs: [(String, String, String)] = [
        ("one element", front + "ST*864*0001~MSG*", "A"), ("one element without a set", Samples.isa, "A"),
        ("no interchange", "", "A"), ("elements of one segment", front + "ST*864*0001~MSG", "*"),
        ("bad elements of one segment", front + "ST*864*0001~MSG", "*\u{1}"),
        ("components of one element", claimFront + "HI*ABK", ":A"), ("repetitions", claimFront + "REF*G1*A", "^A"),
        ("one binary content", front + "ST*275*0001~BIN*9999999999*", "~A"), ("empty segments", front, "~"),
        ("segments outside of sets", front, "XYZ*1~"), ("segments outside of groups", Samples.isa, "XYZ*1~"),
        ("segments that the guide has not", claimFront, "XYZ*1~"),
        ("control characters", claimFront, "NTE*ADD*\u{1}~"),
        ("groups", Samples.isa, "GS*HC*S*R*20260302*1200*1*X*005010~"),
        ("sets", front, "ST*864*0001~"), ("claims", claimFront, "CLM*A*1***11:B:1*Y*A*Y*Y~"),
        ("payers of one claim", claimFront, "SBR*P*18*******CI~AMT*D*1~CAS*CO*45*1~"),
        ("diagnoses of one claim", claimFront, "HI*ABK:A09*ABF:I10~"), ("levels", claimFront, "HL*3*1*22*0~"),
        ("pointers", claimFront + "LX*1~SV1*HC:99213*1*UN*1***1", ":1"), ("interchanges", "", front),
        ("stray bytes between interchanges", Samples.isa + "IEA*0*000000001~", "ISA*x"),
        ("segments with long ids", claimFront, String(repeating: "Z", count: 60_000) + "~"),
    ]

    /// Each in a process of its own, whose peak is that of this input.
    @Test(.enabled(if: peakKilobytes != nil), arguments: inputs.indices) func isBounded(number: Int) async {
        await #expect(processExitsWith: .success, "\(Self.inputs[number].0)") { [number] in
            try Self.measure(number)
        }
    }

    static func measure(_ number: Int) throws {
        let (_, front, piece) = inputs[number]
        // Tables and guides are not the input's.
        _ = CheckRun(Array((front + piece).utf8))
        let before = try #require(peakKilobytes)
        let size = size(piece)
        let source = Endless(front, piece, size.kilobytes << 10, "~SE*1*0001~GE*1*1~IEA*1*000000001~")
        var findings = 0
        let maker = AnswerMaker(at: Samples.noon, nextControlNumber: { 1 }, sink: { _, _ in })
        let summary = try X12FileChecker().check(source, answering: maker) { _ in findings += 1 }
        let grown = try #require(peakKilobytes) - before
        #expect(grown < size.kilobytesAllowed)
        #expect(summary.bytes == source.given)
        #expect(summary.isConserved)
        #expect(summary.accepted + summary.rejected == summary.transactions)
        #expect(findings <= X12Limits.standard.maximumIssues + 1)
    }

    /// What the process has held at most, as the operating system counts it.
    static var peakKilobytes: Int? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
    }
}
