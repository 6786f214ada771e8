import ArgumentParser
import HealthTypes
import Pipeline
import Store

struct IntakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake",
        abstract: "Take files in: X12, HL7 v2, FHIR, JSON claims, a charge master.",
        discussion: """
            The bytes say what a file is, not its name. Everything is kept; what is wrong is printed with its place, and \
            the rest goes on.

            Exit codes: 0 all of it was taken; 1 something was refused; 2 a file cannot be read.
            """)

    @Option(help: "The SQLite file that holds the record; made where it is absent.")
    var db = "claimwright.db"
    @OptionGroup var data: HomeOptions
    @Flag(help: "Also work what came in, as `work` does.")
    var work = false
    @OptionGroup var payer: PayerOptions
    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func run() async throws {
        let refused = try await explained {
            let pipeline = try Pipeline(
                store: RecordFile.open(db, make: true), home: data.dataHome(), clock: SystemClock(),
                payer: payer.connection(root: data.root(), db: db))
            var refused = 0
            for file in files {
                Say.progress(file)
                let report = try await pipeline.intake(CommandInput.read(file), source: file)
                Say.progressEnd()
                print(report.line)
                for issue in report.issues.prefix(50) { print("  \(issue.line)") }
                if report.issues.count > 50 { print("  … and \(report.issues.count - 50) more") }
                refused += report.refused
            }
            if work { try await pipeline.work() }
            return refused
        }
        if refused > 0 { throw ExitCode(1) }
    }
}

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work everything that is open: timers, cases, deliveries, answers.",
        discussion: "Exit codes: 0 nothing is left to do now; 1 deliveries were given up; 2 the record cannot be used.")

    @OptionGroup var record: RecordOptions
    @OptionGroup var data: HomeOptions
    @OptionGroup var payer: PayerOptions

    func run() async throws {
        let report = try await explained {
            let pipeline = try Pipeline(
                store: record.open(), home: data.dataHome(), clock: SystemClock(),
                payer: payer.connection(root: data.root(), db: record.db))
            let report = try await pipeline.work {
                Say.progress("\($0.decisions) decisions, \($0.delivered) deliveries")
            }
            Say.progressEnd()
            return report
        }
        print(
            "\(report.timers) timers, \(report.decisions) decisions, \(report.delivered) deliveries, \(report.received) answers, "
                + "\(report.failed) given up")
        if report.failed > 0 { throw ExitCode(1) }
    }
}
