import ArgumentParser
import Foundation
import HealthTypes
import Pipeline
import Store

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Carry a sample day through all five stages, print the result and serve the pages.",
        discussion: """
            Makes the day of a synthetic health system, runs it against the built-in payer on a clock of its own, with \
            simulated staff for attestations, corrections and appeals, and scores what was noticed against what was \
            planted. Run again, it shows the same day; killed, it goes on where it was.

            Exit codes: 0 the day is done; 2 the record, the data or an option cannot be used.
            """)

    @Option(help: "Encounters in the day, 0 to 100000.")
    var encounters = 200

    @Option(help: "The seed: the same seed gives the same day.")
    var seed: UInt64 = 7

    @Option(help: "The SQLite file for the record (default: day-ENCOUNTERS-SEED.db).")
    var db: String?

    @Flag(help: "Start over where there is a record already.")
    var fresh = false

    @Flag(help: "End after the report.")
    var noServe = false

    @OptionGroup var listen: ListenOptions
    @OptionGroup var data: HomeOptions

    @Option(help: FaultText.help)
    var faults: String?

    func validate() throws {
        guard (0...100_000).contains(encounters) else { throw ValidationError("--encounters is from 0 to 100000.") }
    }

    func run() async throws {
        try await explained {
            let db = db ?? "day-\(encounters)-\(seed).db"
            let root = try data.root()
            let home = try DataHome(root: root)
            let faults = try FaultText.parse(faults)
            let day = DemoDay(encounters: encounters, seed: seed, db: db, faults: faults, root: root, home: home)
            if fresh { day.removeRecord() }
            _ = try await day.run()
            let store = try SQLiteStore(path: db)
            let truth = try day.truth()
            let report = try store.read { tx in try DemoReport(score: DemoScore(truth: truth, in: tx), in: tx) }
            print(report.text)
            if noServe { return }
            try await Serving.run(
                store: store, home: home,
                connection: BuiltInPayer.live(root: root, db: db, seed: seed, faults: faults, members: []),
                listen: listen)
        }
    }
}

/// Where the server listens.
struct ListenOptions: ParsableArguments {
    @Option(
        help: "The address to listen on. The pages show patients' data: beyond this machine, put sign-on before it.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080
}
