import ArgumentParser
import ClinicalKnowledge
import Foundation
import GraphServer
import HealthTypes
import Pipeline

struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the clinical logic whether treatments fit diagnoses.",
        discussion: """
            Reads one JSON request (icd10_codes, treatments, patient_age, patient_sex, report_text) and writes the answer.

            With --ndjson each line is a request and is answered by one line in its place, on all cores, with never more \
            than a few blocks of lines in memory; the input may be packed by gzip. A line that is no request, or is longer \
            than 8 MiB, is answered by {"error":{"line":N,"issues":[...]}}, and the others go on.

            With --graph the knowledge that was pushed to a graph server answers, in place of the knowledge here; the \
            answers are the same. See `claimwright knowledge push`.

            Exit codes: 0 PASS; 1 FLAG or INCONCLUSIVE; 2 the request, the knowledge or the graph server cannot be \
            used. With --ndjson: 0 every line is answered; 1 some line got an error; 2 as above.
            """)

    @OptionGroup var data: ClinicalOptions
    @Flag(help: "One request a line in, one answer a line out.")
    var ndjson = false
    @Option(help: "Ask a graph server, bolt://HOST[:PORT] or bolt+s://HOST[:PORT].")
    var graph: String?
    @Argument(help: "A file, or - for standard input.")
    var file = "-"

    func validate() throws {
        guard graph == nil || data.knowledge == nil else {
            throw ValidationError("--graph and --knowledge both name the knowledge.")
        }
    }

    func run() async throws {
        try await explained {
            let passed = try await ndjson ? answerLines() : answerOne()
            if !passed { throw ExitCode(1) }
        }
    }

    /// Whether the verdict is PASS.
    private func answerOne() async throws -> Bool {
        let request: AnalyzeRequest
        do { request = try AnalyzeRequest(reading: JSON(parsing: CommandInput.read(file))) } catch let error
            as AnalyzeRequestError
        { throw CommandFailure(error.description) } catch let error as JSONError {
            throw CommandFailure(error.description)
        }
        let answer: AnalyzeResponse
        if let graph {
            let server = try GraphOption.server(graph)
            answer = try await GraphKnowledge(server).analyze(request, naming: data.tables())
            await server.shut()
        } else {
            let data = try data.clinicalData()
            answer = data.knowledge.analyze(request, naming: data.tables)
        }
        print(answer.json.pretty, terminator: "")
        return answer.verdict == .pass
    }

    /// Whether every line could be read.
    private func answerLines() async throws -> Bool {
        let input = try StreamedInput(file)
        let output = StreamedOutput.standard()
        let tally: AnalyzeLines.Tally
        let rate: Int
        if let graph {
            (tally, rate) = try await GraphLines(graph, tables: data.tables()).run(input, output: output)
        } else {
            let data = try data.clinicalData()
            let lines = AnalyzeLines(knowledge: data.knowledge, tables: data.tables)
            (tally, rate) = try LineWork.run(input, output: output) { lines.answer($0, first: $1, into: &$2) }
        }
        Say.progressEnd()
        Say.line(
            "\(tally.lines) requests, \(rate) a second: \(tally.passed) PASS, \(tally.flagged) FLAG, "
                + "\(tally.inconclusive) INCONCLUSIVE, \(tally.unreadable) not read")
        return tally.unreadable == 0
    }
}
