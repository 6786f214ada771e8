import ClinicalKnowledge
import ClinicalText
import Foundation
import HealthTypes
import Terminology

enum Modes {
    static let seed: UInt64 = 2026

    static func files(_ root: String, _ folder: String) throws -> DataFiles {
        try DataFiles(folder: "\(root)/\(folder)")
    }

    static func compile(_ root: String, _ image: String) throws {
        let files = try files(root, "Knowledge")
        var times: [Int] = []
        for _ in 0..<3 {
            let start = Machine.processor
            let compiled = try KnowledgeImage(compiling: files)
            times.append(Machine.processor - start)
            try compiled.write(to: image)
        }
        let base = KnowledgeBase(try KnowledgeImage(opening: image))
        print(
            "knowledge \(base.version): \(base.drugs.count) drugs, \(base.statements.count) statements, "
                + "image of \(base.image.byteCount >> 20) MiB")
        Figure.line("compiling the tables", Figure.milliseconds(times.min() ?? 0))
    }

    /// The base and the tables, and how long the image took to open, its hash checked.
    private static func open(_ root: String, _ image: String) throws -> (KnowledgeBase, CodeTables) {
        var times: [Int] = []
        for _ in 0..<21 {
            let start = Machine.nanoseconds()
            _ = KnowledgeBase(try KnowledgeImage(opening: image))
            times.append(Machine.nanoseconds() - start)
        }
        Figure.line("opening the image, hash checked", Figure.milliseconds(times.percentile(0.5)), aim: "<= 50 ms")
        let start = Machine.nanoseconds()
        let tables = try CodeTables(files(root, "CodeTables"))
        Figure.line("loading the code tables", Figure.milliseconds(Machine.nanoseconds() - start))
        return (KnowledgeBase(try KnowledgeImage(opening: image)), tables)
    }

    static func claims(_ root: String, _ image: String) throws {
        let (base, tables) = try open(root, image)
        // Before the claims of the measurement, which are no part of what the program holds.
        let resident: Int
        do {
            var maker = ClaimMaker(base, tables, seed: seed + 1)
            for _ in 0..<2000 { _ = base.analyze(maker.claim(), naming: tables) }
            resident = Machine.residentBytes
        }
        var maker = ClaimMaker(base, tables, seed: seed)
        let claims = (0..<100_000).map { _ in maker.claim() }
        var times = [Int](repeating: 0, count: claims.count)
        var flagged = 0
        let start = Machine.processor
        for (number, claim) in claims.enumerated() {
            let begun = Machine.nanoseconds()
            let answer = base.analyze(claim, naming: tables)
            times[number] = Machine.nanoseconds() - begun
            if answer.verdict == .flag { flagged += 1 }
        }
        let total = Machine.processor - start
        Figure.line(
            "one claim (3 diagnoses x 4 treatments), median", Figure.microseconds(times.percentile(0.5)),
            aim: "<= 20 us")
        Figure.line("one claim, 99th percentile", Figure.microseconds(times.percentile(0.99)), aim: "<= 100 us")
        Figure.line("claims a second a core", "\(claims.count * 1_000_000_000 / total)")
        Figure.line("resident memory, code tables included", "\(resident >> 20) MiB", aim: "<= 150 MB")
        Figure.line("claims flagged", "\(flagged * 100 / claims.count) %")
        // For the comparison with a server.
        print("p50 \(times.percentile(0.5))")
    }

    static func lines(_ root: String, _ image: String) throws {
        let (base, tables) = (
            KnowledgeBase(try KnowledgeImage(opening: image)), try CodeTables(files(root, "CodeTables"))
        )
        var maker = ClaimMaker(base, tables, seed: seed)
        let input = (0..<100_000).map { _ in maker.claim().json.text + "\n" }.joined()
        let bytes = Array(input.utf8)
        let lines = AnalyzeLines(knowledge: base, tables: tables)
        var output = JSONBytes()
        var best = Int.max
        var size = 0
        for _ in 0..<3 {
            let start = Machine.processor
            var count = 0
            size = 0
            // In blocks, as the command does it.
            bytes.withUnsafeBytes { all in
                var from = 0
                while from < all.count {
                    let reach = min(from + 262_144, all.count)
                    let end = all[from..<reach].lastIndex(of: 0x0a).map { $0 + 1 } ?? reach
                    output.removeAll()
                    count += lines.answer(UnsafeRawBufferPointer(rebasing: all[from..<end]), into: &output).lines
                    size += output.count
                    from = end
                }
            }
            precondition(count == 100_000)
            best = min(best, Machine.processor - start)
        }
        Figure.line(
            "claims as lines of JSON, a second a core", "\(100_000 * 1_000_000_000 / best)", aim: ">= 50,000")
        Figure.line("  bytes of a request and of an answer", "\(bytes.count / 100_000) and \(size / 100_000)")
    }

    /// Notes made of the vocabulary's own kind of words, some twenty megabytes of them.
    static func text(_ root: String, _ image: String) throws {
        let base = KnowledgeBase(try KnowledgeImage(opening: image))
        let start = Machine.nanoseconds()
        let vocabulary = try ClinicalVocabulary(
            files(root, "Knowledge/text"), codeTables: files(root, "CodeTables"),
            drugs: base.drugs.map { ([$0.name] + $0.synonyms, $0.atc.map { Code(.atc, $0) }) })
        Figure.line("building the text vocabulary", Figure.milliseconds(Machine.nanoseconds() - start))
        var random = SeededRandom(seed: seed)
        let tables = try CodeTables(files(root, "CodeTables"))
        var maker = ClaimMaker(base, tables, seed: seed)
        var note = ""
        while note.utf8.count < 20_000_000 { note += sentence(&random, &maker, tables) }
        let extractor = ClinicalExtractor(vocabulary)
        let bytes = Array(note.utf8)
        let begun = Machine.processor
        let mentions = try extractor.extract(utf8: bytes).mentions.count
        let time = Machine.processor - begun
        Figure.line("text read, a second a core", "\(bytes.count * 1000 / time) MB", aim: ">= 20 MB")
        Figure.line("  mentions in \(bytes.count / 1_000_000) MB", "\(mentions)")
    }

    private static func sentence(_ random: inout SeededRandom, _ maker: inout ClaimMaker, _ tables: CodeTables)
        -> String
    {
        let claim = maker.claim()
        let title = claim.icd10Codes.first.flatMap { tables.diagnosis($0)?.title.lowercased() } ?? ""
        let drug = claim.treatments[0].name.lowercased()
        let age = claim.patientAge ?? 40
        switch random.integer(in: 0..<5) {
        case 0: return "The patient is a \(age)-year-old who presents with \(title) and no fever.\n"
        case 1: return "Denies chest pain, shortness of breath or \(title); vital signs are stable.\n"
        case 2: return "Started on \(drug) \(random.integer(in: 1..<20) * 5) mg twice daily for \(title).\n"
        case 3: return "Past medical history: \(title), hypertension, and an appendectomy in childhood.\n\n"
        default:
            return "On examination the abdomen was soft and the lungs were clear, and the plan was discussed with the "
                + "family, who agreed to follow up in two weeks.\n"
        }
    }
}
