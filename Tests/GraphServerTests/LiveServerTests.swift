import ClinicalKnowledge
import Foundation
import HealthTypes
import Synchronization
import Testing

@testable import GraphServer

/// Against a server that the environment names; `Scripts/falkordb start` runs one and prints what to export.
@Suite(
    "A graph server",
    .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["CLAIMWRIGHT_GRAPH_URL"] != nil,
        "CLAIMWRIGHT_GRAPH_URL names no graph server; Scripts/falkordb start runs one"))
struct LiveServerTests {
    let server: GraphServer

    init() throws {
        var options = GraphServerOptions()
        options.connectTimeout = .seconds(1)
        let url = ProcessInfo.processInfo.environment["CLAIMWRIGHT_GRAPH_URL"] ?? ""
        server = try GraphServer(GraphAddress(url), options: options)
    }

    @Test(
        "Values come back as they went, whatever stands in them",
        arguments: [
            "plain", "Crohn's", "a\\b", "\\'", "\") RETURN 1 //", "'}] RETURN 1 //", "Größe µg", "",
            "tab\tand \"quotes\"",
        ])
    func values(text: String) async throws {
        let result = try await server.run(
            BoltQuery(
                "UNWIND $rows AS r RETURN r.text, $text", ["rows": [["text": .string(text)]], "text": .string(text)]))
        #expect(result.rows == [[.string(text), .string(text)]])
        await server.shut()
    }

    @Test("A refused statement, alone and among others, leaves the server in use")
    func refused() async throws {
        for queries in [["RETURN nothing("], ["RETURN 1", "RETURN nothing(", "RETURN 2"]] {
            await #expect {
                try await server.run(queries.map { BoltQuery($0) })
            } throws: { error in
                guard case GraphServerError.refused = error else { return false }
                return true
            }
        }
        #expect(try await server.run(BoltQuery("RETURN 3")).rows == [[3]])
        await server.shut()
    }

    @Test("Many at a time, on few connections")
    func many() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let value = PackStreamValue.integer(Int64(number))
                    return try await server.run(BoltQuery("RETURN $n", ["n": value])).rows == [[value]]
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        await server.shut()
    }

    @Test("The shipped knowledge, pushed, answers every pair of a sample as the embedded one does")
    func everyPair() async throws {
        let summary = try await GraphPush(shipped, to: server).run()
        #expect(summary.version == shipped.version)
        #expect(try await GraphPush(shipped, to: server).run().isUnchanged)
        let graph = GraphKnowledge(server)
        #expect(try await graph.version() == shipped.version)
        var random = SeededRandom(seed: 11)
        let all = shipped.treatments
        let codes = shipped.graph.diagnoses.map(\.code)
        let diagnoses =
            (0..<40).map { _ in random.pick(codes) } + ["I10", "E11.9", "K29.70", "N18.6", "Z34.01", "R07.9"]
        for _ in 0..<60 {
            let known = random.pick(all)
            let billed = BilledTreatment(known.isDrug ? .drug : .test, code: known.codes.first ?? "", name: known.name)
            let keys = ClaimKeys(AnalyzeRequest(icd10Codes: diagnoses, treatments: [billed]))
            let part = try await graph.base(around: keys)
            let found = try #require(
                part.treatments(matching: known.id.split(separator: ":").last.map(String.init) ?? "").first {
                    $0.id == known.id
                })
            for code in diagnoses {
                #expect(
                    part.relevance(of: found, to: code, age: 40, sex: .female)
                        == shipped.relevance(of: known, to: code, age: 40, sex: .female), "\(known.id) \(code)")
            }
        }
        await server.shut()
    }

    @Test("Drawn claims, to the byte")
    func claims() async throws {
        _ = try await GraphPush(shipped, to: server).run()
        let graph = GraphKnowledge(server)
        var source = ClaimSource(seed: 5, codes: PartTests.codes.filter { $0.count < 8 })
        for _ in 0..<100 {
            let request = source.next()
            let answer = try await graph.analyze(request, naming: SomeTitles())
            #expect(answer == shipped.analyze(request, naming: SomeTitles()), "\(request)")
        }
        // More names and codes than one statement has room for.
        let large = source.next(diagnoses: 50, treatments: 100)
        #expect(try await graph.analyze(large, naming: SomeTitles()) == shipped.analyze(large, naming: SomeTitles()))
        await server.shut()
    }

    @Test("Another base takes the place of the one in use, which is removed, and a reader follows")
    func replaced() async throws {
        func base(_ release: String) throws -> KnowledgeBase {
            let tables = [
                "VERSION": release,
                "drugs.tsv": "id\tatc\thcpcs\tname\tsynonyms\tclasses\tmax_daily_mg\tmax_basis\tmax_citation\n"
                    + "a\tA01AA01\t\tAlpha\t\t\t\t\t\n",
                "drug-classes.tsv": "id\tname\tatc_prefix\n",
                "citations.tsv": "id\ttitle\tedition\tpublisher\nl\tL\t1\tFDA\n",
                "services.tsv": "id\tcodes\tloinc\tname\tkind\tgeneral\tsynonyms\tmembers\n",
                "statements.tsv": "subject\trelation\tobject\tcondition\tcitation\tlocator\tnote\n"
                    + "drug:a\tfirst_line\tK29\t\tl\tuses\tCrohn's\n",
            ]
            return try KnowledgeBase(DataFiles(files: tables.mapValues { Array($0.utf8) }))
        }
        let graph = GraphKnowledge(server)
        let request = AnalyzeRequest(icd10Codes: ["K29.7"], treatments: [BilledTreatment(.drug, code: "A01AA01")])
        for release in ["one", "two", "three", "four"] {
            let base = try base(release)
            let sent = Mutex(0)
            let summary = try await GraphPush(base, to: server).run { count, _ in sent.withLock { $0 = count } }
            #expect(sent.withLock { $0 } == summary.nodes + summary.links)
            #expect(!summary.isUnchanged)
            #expect(
                try await graph.analyze(request, naming: SomeTitles()) == base.analyze(request, naming: SomeTitles()))
        }
        let bases = try await server.run(BoltQuery(GraphQueries.bases)).rows
        #expect(bases.count == 1)
        #expect(try await server.run(BoltQuery("MATCH (n:KnowledgeRow) RETURN count(n)")).rows == [[3]])
        // The server is left with the shipped knowledge, as other tests expect it.
        _ = try await GraphPush(shipped, to: server).run()
        await server.shut()
    }
}
