import ArgumentParser
import ClinicalKnowledge
import HealthTypes
import Pipeline
import Stages

struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the clinical logic whether treatments fit diagnoses.",
        discussion: """
            Reads one JSON request (icd10_codes, treatments, patient_age, patient_sex, report_text) and writes the answer.

            Exit codes: 0 PASS; 1 FLAG or INCONCLUSIVE; 2 the request cannot be read.
            """)

    @OptionGroup var data: HomeOptions
    @Argument(help: "A file, or - for standard input.")
    var file = "-"

    func run() throws {
        let answer = try explained {
            let engines = try data.dataHome().engines
            let request: AnalyzeRequest
            do { request = try AnalyzeRequest(reading: JSON(parsing: CommandInput.read(file))) } catch let error
                as AnalyzeRequestError
            { throw CommandFailure(error.description) } catch let error as JSONError {
                throw CommandFailure(error.description)
            }
            return engines.knowledge.analyze(request, naming: engines.tables)
        }
        print(answer.json.pretty, terminator: "")
        if answer.verdict != .pass { throw ExitCode(1) }
    }
}
