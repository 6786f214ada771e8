import Foundation
import HealthTypes
import X12
import X12Units

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
        let summary = try X12FileChecker(snip: 5).check(
            FileSource(path: path), answering: maker
        ) { _ in findings += 1 }
        return summary.accepted + findings + bytes
    }

    /// Typed claims: of each its number, charge, member, payer, provider, diagnoses and lines are read.
    static func typed(_ path: String) throws -> Int {
        var sum = 0
        try X12UnitReader(FileSource(path: path)).forEach(Claim837.self) { claim in
            sum &+= claim.controlNumber.utf8.count &+ Int(claim.charge?.cents ?? 0)
            sum &+= claim.memberID.utf8.count &+ claim.payerID.utf8.count
            sum &+= claim.billingProviderIdentifier.utf8.count &+ claim.facility.utf8.count
            claim.eachHealthCode { sum &+= $0.code.utf8.count }
            claim.eachLine { line in
                sum &+= line.procedure.utf8.count &+ Int(line.charge?.cents ?? 0) &+ line.units.utf8.count
                sum &+= line.serviceDate?.day ?? 0
            }
        }
        return sum
    }

    /// Typed JSON Lines, as `claimwright x12 claims` and `x12 remits` write them; thrown away.
    static func json<Unit: JSONUnit>(_ path: String, _ unit: Unit.Type) throws -> Int {
        var bytes = 0
        var line: [UInt8] = []
        try X12UnitReader(FileSource(path: path)).forEach(unit) { unit in
            line.removeAll(keepingCapacity: true)
            unit.writeJSON(to: &line)
            bytes &+= line.count &+ 1
        }
        return bytes
    }

    /// Writing: the generator's claims, as many bytes as the file has, thrown away.
    static func write(_ path: String) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        var generator = Generator(seed: 7)
        var bytes = 0
        _ = try generator.claims(size: size) { bytes += $0.count }
        return bytes
    }
}
