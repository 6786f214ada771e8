import ClinicalKnowledge
import Foundation
import GraphServer
import HealthTypes
import Terminology

/// The same claims asked of a graph server that holds the same knowledge, by one client.
enum ServerMode {
    static func run(_ root: String, _ image: String, url: String, nanoseconds: Int) async throws {
        let base = KnowledgeBase(try KnowledgeImage(opening: image))
        let tables = try CodeTables(Modes.files(root, "CodeTables"))
        var options = GraphServerOptions()
        options.maximumConnections = 1
        let server = try GraphServer(GraphAddress(url), options: options)
        let start = Machine.nanoseconds()
        let summary = try await GraphPush(base, to: server).run()
        if !summary.isUnchanged {
            Figure.line("pushing the knowledge to the server", Figure.milliseconds(Machine.nanoseconds() - start))
        }
        let knowledge = GraphKnowledge(server)
        var maker = ClaimMaker(base, tables, seed: Modes.seed)
        let claims = (0..<200).map { _ in maker.claim() }
        var times: [Int] = []
        var different = 0
        for claim in claims {
            let begun = Machine.nanoseconds()
            let answer = try await knowledge.analyze(claim, naming: tables)
            times.append(Machine.nanoseconds() - begun)
            if answer != base.analyze(claim, naming: tables) { different += 1 }
        }
        await server.shut()
        let median = times.percentile(0.5)
        Figure.line("FalkorDB, one client: one claim, median", Figure.milliseconds(median))
        Figure.line("FalkorDB, 99th percentile", Figure.milliseconds(times.percentile(0.99)))
        Figure.line("answers that differ from those in memory", "\(different) of \(claims.count)")
        if nanoseconds > 0 { Figure.line("in memory it is faster by", "\(median / nanoseconds) times", aim: ">= 50") }
    }
}
