import ClinicalKnowledge
import Foundation
import HealthTypes
import Testing

@Suite struct ImageTests {
    /// A file of its own for each test, gone when the closure ends.
    private func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).knowledge").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private func opened(_ base: KnowledgeBase) throws -> KnowledgeBase {
        try withFile { path in
            try base.image.write(to: path)
            // The mapping outlives the file's name.
            return KnowledgeBase(try KnowledgeImage(opening: path))
        }
    }

    @Test func anImageHoldsWhatTheTablesHold() throws {
        let base = try opened(shipped)
        #expect(base.version == shipped.version)
        #expect(base.digest == shipped.digest)
        #expect(base.image.contentHash == shipped.image.contentHash)
        #expect(base.drugs == shipped.drugs)
        #expect(base.classes == shipped.classes)
        #expect(base.services == shipped.services)
        #expect(base.citations == shipped.citations)
        #expect(base.statements == shipped.statements)
        #expect(base.billingPatterns == shipped.billingPatterns)
        #expect(base.check() == shipped.check())
        #expect(base.statistics() == shipped.statistics())
    }

    @Test func anImageAnswersAsTheTablesDo() throws {
        let base = try opened(shipped)
        var random = SeededRandom(seed: 5)
        let codes = [
            "I10", "E11.9", "N18.6", "J45.909", "K29.70", "Z34.01", "R07.9", "F32.9", "U99", "C50", "S00.01XA",
        ]
        let names = shipped.drugs.map(\.name) + shipped.services.map(\.name)
        for _ in 0..<200 {
            let request = AnalyzeRequest(
                icd10Codes: (0..<3).map { _ in random.pick(codes) },
                treatments: (0..<4).map { number in
                    let kind: BilledTreatment.Kind = number < 2 ? .drug : .test
                    return BilledTreatment(kind, code: "", name: random.pick(names), dose: "2 g daily")
                }, patientAge: random.integer(in: 0..<90), patientSex: random.chance(50) ? .female : .male)
            let expected = shipped.analyze(request, naming: AllCodes())
            #expect(base.analyze(request, naming: AllCodes()).json.text == expected.json.text)
        }
    }

    @Test func theSameTablesGiveTheSameBytes() throws {
        let first = try KnowledgeImage(compiling: files())
        let second = try KnowledgeImage(compiling: files())
        #expect(first.contentHash == second.contentHash)
        let other = try KnowledgeImage(
            compiling: files(["statements.tsv": statements(["drug:a\tfirst_line\tK31\t\tlabel\tuses\t"])]))
        #expect(first.contentHash != other.contentHash)
    }

    private func error(afterWriting change: (inout [UInt8]) -> Void) throws -> KnowledgeImageError? {
        try withFile { path in
            try KnowledgeImage(compiling: files()).write(to: path)
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            change(&bytes)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return #expect(throws: KnowledgeImageError.self) { try KnowledgeImage(opening: path) }
        }
    }

    @Test func whatIsNotAnImageIsRefused() throws {
        #expect(try error { $0 = [] } == .notAnImage)
        #expect(try error { $0 = Array("id\tname\n".utf8) } == .notAnImage)
        #expect(try error { $0[0] ^= 1 } == .notAnImage)
        #expect(try error { $0[8...11].reverse() } == .notAnImage)
        #expect(try error { $0[12] = 99 } == .otherFormat(99))
        #expect(try error { $0.removeLast() } == .damaged)
        #expect(try error { $0.append(0) } == .damaged)
        #expect(try error { $0[16] = 200 } == .damaged)
        #expect(throws: KnowledgeImageError.unreadable(ENOENT)) { try KnowledgeImage(opening: "/no/such/file") }
    }

    @Test func everyChangedByteIsFound() throws {
        for part in 1..<20 {
            #expect(try error { $0[64 + ($0.count - 65) * part / 20] ^= 0x10 } == .wrongHash)
        }
    }

    /// A file whose hash is right but whose list of sections is not, as a faulty writer would leave it.
    @Test func sectionsThatDoNotFitAreRefused() throws {
        func rehashed(_ change: (inout [UInt8]) -> Void) throws -> KnowledgeImageError? {
            try error { bytes in
                change(&bytes)
                let hex = Array(Digest(of: bytes[64...]).hex.utf8).map { Character(Unicode.Scalar($0)).hexDigitValue! }
                for index in 0..<32 { bytes[32 + index] = UInt8(hex[index * 2] << 4 | hex[index * 2 + 1]) }
            }
        }
        #expect(try rehashed { $0[64] = 77 } == .damaged, "a section is missing")
        #expect(try rehashed { $0[68] = 3 } == .damaged, "records of another size")
        #expect(try rehashed { $0[72] |= 1 } == .damaged, "not aligned")
        #expect(try rehashed { $0[78] = 1 } == .damaged, "begins behind the end")
        #expect(try rehashed { $0[86] = 1 } == .damaged, "reaches behind the end")
    }

    @Test func anImageInUseOutlivesItsReplacement() throws {
        try withFile { path in
            try KnowledgeImage(compiling: files()).write(to: path)
            let old = KnowledgeBase(try KnowledgeImage(opening: path))
            let changed = files(["statements.tsv": statements(["drug:a\tfirst_line\tI10\t\tlabel\tuses\t"])])
            try KnowledgeImage(compiling: changed).write(to: path)
            let new = KnowledgeBase(try KnowledgeImage(opening: path))
            let alpha = try #require(old.treatments(matching: "Alpha").first)
            #expect(old.relevance(of: alpha, to: "K29").score == Score(hundredths: 100))
            #expect(new.relevance(of: alpha, to: "K29").score == .zero)
        }
    }

    @Test func liveKnowledgeFollowsItsFile() throws {
        try withFile { path in
            try KnowledgeImage(compiling: files()).write(to: path)
            let live = try LiveKnowledge(path: path)
            let old = live.current
            #expect(try live.refresh() == false)
            let changed = files(["statements.tsv": statements(["drug:a\tfirst_line\tI10\t\tlabel\tuses\t"])])
            try KnowledgeImage(compiling: changed).write(to: path)
            #expect(live.current.version == old.version, "not before it is asked to")
            #expect(try live.refresh())
            #expect(live.current.digest == changed.digest)
            #expect(old.digest == files().digest)

            // A file that cannot be used leaves the knowledge in force.
            try Data("nothing".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            #expect(throws: KnowledgeImageError.notAnImage) { try live.refresh() }
            #expect(live.current.digest == changed.digest)
        }
        #expect(throws: (any Error).self) { try LiveKnowledge(path: "/no/such/file") }
    }

    @Test func anImageIsKeptForTheNextStart() throws {
        try withFile { path in
            let first = try KnowledgeBase(files(), keptAt: path)
            let written = try Data(contentsOf: URL(fileURLWithPath: path))
            let second = try KnowledgeBase(files(), keptAt: path)
            #expect(second.image.contentHash == first.image.contentHash)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == written)
            let changed = files(["statements.tsv": statements(["drug:a\tfirst_line\tI10\t\tlabel\tuses\t"])])
            #expect(try KnowledgeBase(changed, keptAt: path).digest == changed.digest)
            #expect(try KnowledgeImage(opening: path).sourceDigest == changed.digest)
            try Data("broken".utf8).write(to: URL(fileURLWithPath: path))
            #expect(try KnowledgeBase(files(), keptAt: path).digest == files().digest)
        }
        #expect(try KnowledgeBase(files(), keptAt: "/no/such/folder/image").digest == files().digest)
        #expect(throws: DataFileError.self) { try KnowledgeBase(DataFiles(files: [:]), keptAt: "/no/such/file") }
    }
}
