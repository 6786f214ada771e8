import ClinicalKnowledge
import Foundation
import GraphServer
import HealthTypes
import Terminology
import X12

/// The graph server that a command names, with what the environment says of credentials.
enum GraphOption {
    static func server(
        _ address: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> GraphServer {
        var options = GraphServerOptions()
        if let user = environment["CLAIMWRIGHT_GRAPH_USER"] {
            options.credentials = .basic(user: user, password: environment["CLAIMWRIGHT_GRAPH_PASSWORD"] ?? "")
        }
        options.authorities = environment["CLAIMWRIGHT_GRAPH_CA"]
        return try GraphServer(GraphAddress(address), options: options)
    }
}

/// Answers requests, one a line, from a graph server: as many at a time as there are connections, in their order.
struct GraphLines {
    private let server: GraphServer
    private let knowledge: GraphKnowledge
    private let tables: Terminology.CodeTables

    init(_ address: String, tables: Terminology.CodeTables) throws {
        server = try GraphOption.server(address)
        knowledge = GraphKnowledge(server)
        self.tables = tables
    }

    func run(_ input: StreamedInput, output: StreamedOutput) async throws -> (tally: AnalyzeLines.Tally, rate: Int) {
        let start = ContinuousClock.now
        var blocks = LineBlocks(input, maximumLine: AnalyzeLines.maximumLineBytes)
        var bytes: [UInt8] = []
        var tally = AnalyzeLines.Tally()
        func rate() -> Int { Int(Double(tally.lines) / max((ContinuousClock.now - start) / .seconds(1), 0.001)) }
        while let block = try blocks.next(into: &bytes) {
            var questions: [AnalyzeLines.Question] = []
            if block == .tooLong {
                questions.append(.unreadable([AnalyzeLines.tooLong]))
            } else {
                bytes.withUnsafeBytes {
                    AnalyzeLines.forEachLine(of: $0) { questions.append(AnalyzeLines.question($0)) }
                }
            }
            let size = GraphServerOptions().maximumConnections
            for first in stride(from: 0, to: questions.count, by: size) {
                let part = Array(questions[first..<min(first + size, questions.count)])
                try output.write(try await answers(part, &tally))
                Say.progress("\(tally.lines) requests, \(rate()) a second")
            }
            try output.flush()
        }
        await server.shut()
        return (tally, rate())
    }

    private func answers(_ questions: [AnalyzeLines.Question], _ tally: inout AnalyzeLines.Tally) async throws
        -> [UInt8]
    {
        let (knowledge, tables) = (knowledge, tables)
        let responses = try await withThrowingTaskGroup(of: (Int, AnalyzeResponse).self) { group in
            for (place, question) in questions.enumerated() {
                guard case .request(let request) = question else { continue }
                group.addTask { (place, try await knowledge.analyze(request, naming: tables)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var output = JSONBytes()
        for (place, question) in questions.enumerated() {
            tally.lines += 1
            if let response = responses[place] {
                response.write(into: &output)
                tally.count(response.verdict)
            } else if case .unreadable(let issues) = question {
                AnalyzeLines.writeError(line: tally.lines, issues, into: &output)
                tally.unreadable += 1
            }
            output.append(UInt8(ascii: "\n"))
        }
        return output.withBytes { Array($0) }
    }
}
