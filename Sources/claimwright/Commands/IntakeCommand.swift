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
            the rest goes on. X12 files may be larger than memory; a run that was killed goes on where it was, once the file \
            is given again or, where all of it had been kept, with `work`.

            Exit codes: 0 all of it was taken; 1 something was refused; 2 a file cannot be read, or the record cannot be \
            used.
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
        let (refused, unreadable) = try await explained {
            let store = try RecordFile.open(db, .create)
            let pipeline = try await Pipeline(
                store: store, home: data.dataHome(), clock: SystemClock(),
                payer: payer.connection(root: data.root(), db: db))
            var (refused, unreadable) = (0, 0)
            for file in files {
                do { refused += try await take(file, into: pipeline) } catch let failure as CommandFailure {
                    Say.progressEnd()
                    Say.line("claimwright: \(failure)")
                    unreadable += 1
                }
            }
            if work {
                let report = try await pipeline.work()
                print(WorkSummary(report, try await store.read(WorkSummary.Open.init), pipeline).text)
            }
            try await store.close()
            return (refused, unreadable)
        }
        if unreadable > 0 { throw ExitCode(2) }
        if refused > 0 { throw ExitCode(1) }
    }

    /// Takes one file in and prints what became of it; how many of its units were refused.
    private func take(_ file: String, into pipeline: Pipeline) async throws -> Int {
        let spooled = file == "-" ? try SpooledInput() : nil
        let source = try spooled?.source() ?? CommandInput.source(file)
        // The spooled file goes with its owner.
        defer { withExtendedLifetime(spooled) {} }
        let report = try await pipeline.intake(file: source, source: file) { done, all in
            Say.progress("\(file): \(done >> 20) of \(all >> 20) MiB")
        }
        Say.progressEnd()
        print(report.line)
        for issue in report.issues.prefix(50) { print("  \(issue.line)") }
        if report.issueCount > 50 { print("  … and \(report.issueCount - 50) more") }
        return report.refused
    }
}

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work everything that is open: timers, cases, deliveries, answers.",
        discussion: """
            Exit codes: 0 nothing is left to do now; 1 deliveries were given up in this run; 2 the record cannot be used; \
            3 deliveries wait to be tried again, the payer's mailbox cannot be read, or cases are set aside with a fault of \
            their own.
            """)

    @OptionGroup var record: MadeRecordOptions
    @OptionGroup var data: HomeOptions
    @OptionGroup var payer: PayerOptions

    func run() async throws {
        let summary = try await explained {
            let store = try record.open()
            let pipeline = try await Pipeline(
                store: store, home: data.dataHome(), clock: SystemClock(),
                payer: payer.connection(root: data.root(), db: record.db))
            let report = try await pipeline.work {
                Say.progress("\($0.decisions) decisions, \($0.delivered) deliveries")
            }
            Say.progressEnd()
            let summary = WorkSummary(report, try await store.read(WorkSummary.Open.init), pipeline)
            try await store.close()
            return summary
        }
        print(summary.text)
        if summary.report.failed > 0 { throw ExitCode(1) }
        if summary.open.deliveries > 0 || summary.open.setAside > 0 || summary.mailbox != nil { throw ExitCode(3) }
    }
}

/// What a run of work did, and what it left open.
struct WorkSummary: Sendable {
    /// What does not go on by itself now.
    struct Open: Sendable {
        /// Messages that are to be delivered and are not. Those for the EHR wait to be fetched.
        var deliveries: Int
        var setAside: Int

        init(_ page: any PageReader) throws {
            deliveries = try page.laneStatus().filter { $0.lane.isDelivered }.map { $0.waiting + $0.unformed }
                .reduce(0, +)
            setAside = try page.totals().casesSetAside
        }
    }

    var report: Pipeline.WorkReport
    var open: Open
    /// Why the payer's mailbox cannot be read.
    var mailbox: DeliveryTrouble?

    init(_ report: Pipeline.WorkReport, _ open: Open, _ pipeline: Pipeline) {
        self.report = report
        self.open = open
        mailbox = pipeline.deliveryTroubles[.mailbox]
    }

    var text: String {
        "\(report.timers) timers, \(report.decisions) decisions, \(report.delivered) deliveries, \(report.received) answers, "
            + "\(open.deliveries) waiting, \(report.failed) given up, \(open.setAside) cases set aside"
            + (mailbox.map { "\nThe payer's mailbox cannot be read: \($0.kind.code)." } ?? "")
    }
}

extension Lane {
    /// Whether this program brings its messages to their receiver.
    var isDelivered: Bool {
        switch LaneKind(rawValue: kind) {
        case .inquiry, .authorization, .claim, .appeal, .review: true
        case .chart, nil: false
        }
    }
}
