import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct AnswerSpoolTests {
    private func contents(_ spool: AnswerSpool) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try spool.forEach { bytes += $0 }
        return bytes
    }

    @Test(arguments: [0, 1, 100, 5000, 1 << 20]) func keepsWhatItIsGiven(limit: Int) throws {
        var draw = SeededRandom(seed: 7)
        let spool = AnswerSpool(limit: limit)
        var expected: [UInt8] = []
        for _ in 0..<200 {
            let piece = (0..<Int.random(in: 1...900, using: &draw)).map { _ in UInt8.random(in: 0...255, using: &draw) }
            try spool.append(piece)
            expected += piece
            let count = Int.random(in: 1...min(50, expected.count), using: &draw)
            let at = Int.random(in: 0...expected.count - count, using: &draw)
            let patch = [UInt8](repeating: 0xaa, count: count)
            try spool.replace(at: at, with: patch)
            expected.replaceSubrange(at..<at + count, with: patch)
        }
        #expect(spool.count == expected.count)
        #expect(try contents(spool) == expected)
        spool.removeAll()
        #expect(spool.count == 0)
        try spool.append([1, 2, 3])
        #expect(try contents(spool) == [1, 2, 3])
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        let spool = AnswerSpool(limit: 2, folder: "/nowhere/at/all")
        #expect(throws: AnswerSpoolError(errno: ENOENT)) { try spool.append([1, 2, 3]) }
        #expect(AnswerSpoolError(errno: ENOENT).description.hasPrefix("A temporary file could not be used"))
    }

    @Test func recordsAreReadAsTheyWereWritten() {
        var record = LineRecord()
        record.statuses = [
            AnswerStatus(category: 7, code: 562, entity: .billing),
            AnswerStatus(category: 3, code: 23, entity: .purchased),
        ]
        record.procedure = Array("99213".utf8)
        record.modifiers[1] = Array("25".utf8)
        record.cents = -1250
        record.period.from = 20_260_302
        let bytes = record.encoded
        let read = LineRecord(decoding: bytes[5...])
        #expect(read.encoded == bytes)
        #expect(read.statuses == record.statuses)
        #expect(read.cents == -1250)
        #expect(bytes[0] == LineRecord.kind)
    }

    @Test func theFrontOfARecordIsItsNumbers() {
        var set = SetRecord()
        set.batch = [1, 2, 3]
        var provider = ProviderRecord()
        provider.taxNumber = [9]
        var patient = PatientRecord()
        patient.party.last = [7, 7]
        func isFixed(_ before: some SpooledRecord, _ after: some SpooledRecord) -> Bool {
            before.encodedFront == after.encodedFront
        }
        #expect(isFixed(SetRecord(), set))
        #expect(isFixed(ProviderRecord(), provider))
        #expect(isFixed(PatientRecord(), patient))
        set.isRefused = true
        provider.total.add(5)
        patient.statuses = [.returned]
        #expect(!isFixed(SetRecord(), set))
        #expect(!isFixed(ProviderRecord(), provider))
        #expect(!isFixed(PatientRecord(), patient))
    }

    @Test func sumsStandStillAtEighteenDigits() {
        var total = ClaimTotal()
        total.add(999_999_999_999_999_000)
        total.add(5000)
        #expect(total.cents == 999_999_999_999_999_999)
        #expect(total.claims == 2)
    }
}
