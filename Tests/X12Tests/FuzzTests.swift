import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What the fuzzer looks for, asked of damaged fixtures and of every case that it ever found.
@Suite struct FuzzTests {
    static let regressions: [String] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fuzz/regressions")
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
            .map { folder.appendingPathComponent($0).path }
    }()

    /// A case's name begins with the property that did not hold; today they all must.
    @Test(arguments: regressions) func whatTheFuzzerFoundStaysMended(path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let isGuide = (path as NSString).lastPathComponent.hasPrefix("guide")
        for property in InputProperties.allCases where (property == .guide) == isGuide { try property.examine(bytes) }
    }

    @Test func theCasesAreThere() { #expect(!Self.regressions.isEmpty) }

    @Test(arguments: Samples.names) func anyBytesAreSurvivedAndCounted(name: String) throws {
        let original = try Samples.bytes(name)
        var random = SeededRandom(seed: 20_260_302, stream: name)
        for _ in 0..<40 {
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
            if length % 3 == 1 { bytes = Array(Samples.isa.utf8) + bytes }
            try examine(bytes)
        }
    }

    @Test func everyPrefixIsSurvived() throws {
        let bytes = try Samples.bytes("271-dependent.271")
        for length in stride(from: 0, to: bytes.count, by: 7) { try examine(Array(bytes[..<length])) }
    }

    @Test func damagedGuidesAreCompiledOrRefused() throws {
        let text = """
            guide 837 005010X999 whole
            loop ST R 1
              ST R 1 01!=837 02!
              loop 2000 R >1
                HL[03=20] R 1 01! 02- 04!
                NM1[01=85,87] S 2 02=1,2 09@npi{08=XX}
                rule PAY-1 when NM102=1 require NM104
              SE R 1 01! 02!
            """
        var random = SeededRandom(seed: 3, stream: "guide")
        for _ in 0..<400 {
            var bytes = Array(text.utf8)
            for _ in 0...random.integer(in: 0..<4) { mutate(&bytes, &random) }
            try InputProperties.guide.examine(bytes)
        }
    }

    private func examine(_ bytes: [UInt8]) throws {
        for property in InputProperties.allCases where property != .guide { try property.examine(bytes) }
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
