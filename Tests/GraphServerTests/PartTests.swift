import ClinicalKnowledge
import Foundation
import HealthTypes
import Testing

/// The knowledge that ships with the program, read once.
let shipped: KnowledgeBase = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    do {
        return try KnowledgeBase(DataFiles(folder: folder.appendingPathComponent("Knowledge").path))
    } catch {
        fatalError("\(error)")
    }
}()

/// Knows every code with the form of one; every second title has the word that the score asks for.
struct SomeTitles: DiagnosisNaming {
    func name(ofDiagnosis code: String) -> String? { code.utf8.last == UInt8(ascii: "9") ? "unspecified" : "title" }
    func isKnownDiagnosis(_ code: String) -> Bool { code.first != "U" }
}

/// The rows around a claim, found in memory by following the links as the graph server's statements do.
struct Neighbourhood {
    private let graph: KnowledgeGraph
    private let names: [String: [Int]]
    private let classes, members, cites, requires, statements, drugs, panels, patterns: [Int: [Int]]
    private let subjects: [Int: [Int]]
    private let supports: [Int: [KnowledgeGraph.Edge]]
    private let diagnoses: [String: KnowledgeGraph.Diagnosis]

    init(_ graph: KnowledgeGraph) {
        func from(_ links: [KnowledgeGraph.Link]) -> [Int: [Int]] {
            Dictionary(grouping: links) { $0.from }.mapValues { $0.map(\.to) }
        }
        func to(_ links: [KnowledgeGraph.Link]) -> [Int: [Int]] {
            Dictionary(grouping: links) { $0.to }.mapValues { $0.map(\.from) }
        }
        self.graph = graph
        names = Dictionary(grouping: graph.names) { $0.key }.mapValues { $0.map(\.treatment) }
        (classes, drugs) = (from(graph.memberships), to(graph.memberships))
        (members, panels) = (from(graph.contents), to(graph.contents))
        (subjects, statements) = (from(graph.subjects), to(graph.subjects))
        (cites, requires, patterns) = (from(graph.citations), from(graph.requirements), to(graph.patterns))
        supports = Dictionary(grouping: graph.edges.filter { $0.relation.score != nil }) { $0.subject }
        diagnoses = Dictionary(uniqueKeysWithValues: graph.diagnoses.map { ($0.code, $0) })
    }

    func base(around keys: ClaimKeys) throws -> KnowledgeBase {
        func all(_ rows: Set<Int>, _ links: [Int: [Int]]) -> Set<Int> {
            rows.reduce(into: []) { $0.formUnion(links[$1] ?? []) }
        }
        let treatments = Set(keys.names.flatMap { names[$0] ?? [] })
        let groups = all(treatments, classes)
        let subjects = treatments.union(groups).union(all(treatments, members))
        let said = all(subjects, statements)
        var rows = subjects.union(said).union(all(subjects.union(said), cites)).union(all(said, requires))
        let around = treatments.union(all(treatments, panels))
        let patterns = all(around, patterns)
        rows.formUnion(patterns.union(all(patterns, cites)))
        let parts = all(treatments, panels).filter { panel in
            self.patterns[panel]?.contains { graph.rows[$0].cells[0] == "panel_in_parts" } ?? false
        }
        rows.formUnion(parts.union(all(parts, members)))
        let codes = Set(keys.codes)
        let lent = all(groups, drugs).flatMap { supports[$0] ?? [] }.filter { codes.contains($0.code) }.map(\.statement)
        let first = codes.compactMap { diagnoses[$0] }.flatMap { [$0.firstDrugStatement, $0.firstServiceStatement] }
        let others = Set(lent + first.compactMap { $0 })
        rows.formUnion(others.union(all(others, self.subjects)).union(all(others, cites)))
        return try KnowledgeBase(partOf: graph.release, digest: graph.digest, rows: rows.map { graph.rows[$0] })
    }
}

/// Claims drawn from the names and codes of the shipped knowledge, with ages, sexes, dates, doses and quantities.
struct ClaimSource {
    private var random: SeededRandom
    private let treatments = shipped.treatments
    private let codes: [String]

    init(seed: UInt64, codes: [String]) {
        random = SeededRandom(seed: seed)
        self.codes = codes
    }

    mutating func next(diagnoses: Int = 3, treatments count: Int = 4) -> AnalyzeRequest {
        let days = ["2026-03-02", "2026-03-03", "2026-03-09"]
        let billed = (0..<count).map { _ in
            let known = random.pick(treatments)
            let code = random.chance(70) ? known.codes.first ?? "" : ""
            return BilledTreatment(
                known.isDrug ? .drug : .test, code: code, name: code.isEmpty || random.chance(50) ? known.name : "",
                serviceDate: random.chance(80) ? CalendarDate(random.pick(days)) : nil,
                quantity: random.chance(30) ? random.integer(in: 1..<9) : nil,
                dose: known.isDrug && random.chance(30) ? "40 mg twice daily" : nil)
        }
        return AnalyzeRequest(
            icd10Codes: (0..<diagnoses).map { _ in random.pick(codes) }, treatments: billed,
            patientAge: random.chance(80) ? random.integer(in: 0..<100) : nil,
            patientSex: random.chance(80) ? random.pick([.female, .male]) : nil)
    }
}

@Suite("A part of the knowledge answers as the whole does")
struct PartTests {
    static let graph = shipped.graph
    static let neighbourhood = Neighbourhood(graph)
    /// Codes that a statement names, and finer ones below them.
    static let codes = graph.diagnoses.map(\.code) + graph.diagnoses.map { $0.code + ($0.code.count == 3 ? ".9" : "9") }

    @Test("Drawn claims, to the byte", arguments: [UInt64(1), 2])
    func drawn(seed: UInt64) throws {
        var source = ClaimSource(seed: seed, codes: Self.codes.filter { $0.count < 8 })
        for _ in 0..<150 {
            let request = source.next()
            let part = try Self.neighbourhood.base(around: ClaimKeys(request))
            let (one, other) = (
                part.analyze(request, naming: SomeTitles()), shipped.analyze(request, naming: SomeTitles())
            )
            #expect(one == other, "\(request)")
        }
    }

    @Test("All the tests of a panel billed apart are still seen as the panel")
    func panels() throws {
        let panel = try #require(shipped.billingPatterns.first { $0.kind == .panelInParts })
        let service = try #require(shipped.services.first { "service:\($0.id)" == panel.subject })
        let tests = service.members.compactMap { id in shipped.services.first { $0.id == id } }
        let request = AnalyzeRequest(
            icd10Codes: ["I10"],
            treatments: tests.map {
                BilledTreatment(
                    .test, code: $0.codes.first ?? "", name: $0.name, serviceDate: CalendarDate("2026-03-02"))
            })
        let whole = shipped.analyze(request, naming: SomeTitles())
        #expect(whole.overbillingIndicators.contains { $0.code == .panelUpcoding })
        #expect(try Self.neighbourhood.base(around: ClaimKeys(request)).analyze(request, naming: SomeTitles()) == whole)
    }

    @Test("Modifiers, lower case and forms of names are looked for as the whole base does")
    func keys() {
        let keys = ClaimKeys(
            AnalyzeRequest(
                icd10Codes: ["k29.70", "nonsense"],
                treatments: [
                    BilledTreatment(.test, code: "80053-91"),
                    BilledTreatment(.drug, code: "", name: "Metoprolol Tartrate 50 mg"),
                ]))
        #expect(keys.codes == ["K29", "K29.7", "K29.70"])
        #expect(
            keys.names == [
                "code:80053", "drug:metoprolol", "drug:metoprolol tartrate", "drug:metoprolol tartrate 50",
                "drug:metoprolol tartrate 50 mg", "service:80053 91",
            ])
    }

    @Test("The rows of the graph make the same base again")
    func all() throws {
        let copy = try KnowledgeBase(
            partOf: Self.graph.release, digest: Self.graph.digest, rows: Self.graph.rows.reversed())
        #expect(copy.version == shipped.version)
        #expect(copy.statements == shipped.statements)
        #expect(copy.graph.edges == Self.graph.edges)
    }

    @Test("A row with too few cells is refused")
    func cells() throws {
        var row = try #require(Self.graph.rows.first)
        row.cells.removeLast()
        #expect(throws: DataFileError.self) {
            try KnowledgeBase(partOf: "1", digest: Self.graph.digest, rows: [row])
        }
    }
}
