import HealthTypes
import Testing

@testable import X12

/// Damaged fixtures: nothing crashes, every segment is counted, and every answer that is made can be read.
@Suite struct FuzzTests {
    @Test(arguments: Samples.names) func anyBytesAreSurvivedAndCounted(name: String) throws {
        let original = try Samples.bytes(name)
        var random = SeededRandom(seed: 20_260_302, stream: name)
        for _ in 0..<60 {
            var bytes = original
            for _ in 0...random.integer(in: 0..<6) { mutate(&bytes, &random) }
            try examine(bytes)
        }
    }

    @Test func noiseIsSurvived() throws {
        var random = SeededRandom(seed: 7)
        for length in 0..<200 {
            var bytes = (0..<length).map { _ in UInt8(random.integer(in: 0..<256)) }
            if length % 3 == 0 { bytes = Array("ISA*".utf8) + bytes }
            try examine(bytes)
        }
    }

    @Test func everyPrefixIsSurvived() throws {
        let bytes = try Samples.bytes("271-dependent.271")
        for length in stride(from: 0, to: bytes.count, by: 7) { try examine(Array(bytes[..<length])) }
    }

    @Test func concatenationIsTheSumOfItsParts() throws {
        let all = try Samples.names.flatMap { try Samples.bytes($0) }
        let document = X12Document(parsing: all)
        #expect(document.summary.interchanges == Samples.names.count)
        #expect(
            document.summary.segments
                == (try Samples.names.map { try Samples.document($0).summary.segments }.reduce(0, +)))
        #expect(document.isConserved)
    }

    private func examine(_ bytes: [UInt8]) throws {
        let document = X12Document(parsing: bytes)
        #expect(document.isConserved)
        #expect(document.bytes == bytes)
        let findings = X12Checker().check(document)
        let verdict = document.verdict(findings)
        #expect(verdict.accepted + verdict.rejected == document.summary.transactions)
        for (index, interchange) in document.interchanges.enumerated() {
            let answer = X12Document(parsing: TA1.acknowledge(interchange, controlNumber: 1, at: Samples.noon))
            #expect(answer.issues == [])
            for group in interchange.groups {
                for set in group.transactions {
                    #expect(set.explanation().count == set.segments.count)
                }
            }
            guard
                let bytes = Acknowledgment999.make(
                    for: document, interchange: index, findings: findings, controlNumber: 1, at: Samples.noon)
            else { continue }
            let found = errors(X12Document(parsing: bytes))
            #expect(found == [], "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        let at = random.integer(in: 0..<bytes.count)
        switch random.integer(in: 0..<6) {
        case 0: bytes[at] = UInt8(random.integer(in: 0..<256))
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(random.pick(Array("*:~^\nISA".utf8)), at: at)
        case 3: bytes.removeSubrange(at..<min(at + random.integer(in: 1..<80), bytes.count))
        case 4: bytes.insert(contentsOf: bytes[at..<min(at + random.integer(in: 1..<200), bytes.count)], at: at)
        default: bytes[at] = random.pick(Array("*:~^\nISA09".utf8))
        }
    }
}
