import ArgumentParser
import Pipeline
import Store

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that everything in the record follows from its journals.",
        discussion: """
            Derives the tables again from the journals of the cases and compares; hashes every content; checks keys, \
            numbers, counts, denial patterns, and how messages stand. Reference data and what became of messages that \
            reached no case are not derived. Each fault is a line with its kind, the case and the entry. Nothing is written.

            Exit codes: 0 no fault; 1 faults; 2 the record cannot be used.
            """)

    @OptionGroup var record: RecordOptions

    func run() async throws {
        let report = try await explained {
            let report = try await Verification.run(record.reading()) { Say.progress("\($0) cases") }
            Say.progressEnd()
            return report
        }
        for fault in report.faults { print(fault.line) }
        if report.faultCount > report.faults.count { print("… and \(report.faultCount - report.faults.count) more") }
        print(
            "\(report.cases) cases, \(report.entries) entries, \(report.decisions) decisions, \(report.contents) contents: "
                + "\(report.faultCount) faults")
        if report.faultCount > 0 { throw ExitCode(1) }
    }
}
