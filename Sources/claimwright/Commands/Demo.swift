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

            Exit codes: 0 the day is done; 1 it is, but what ran did not end in time; 2 the record, the data, the token, the \
            address or an option cannot be used.
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
    @OptionGroup var doors: DoorOptions
    @OptionGroup var data: HomeOptions

    @Option(help: FaultText.help)
    var faults: String?

    func validate() throws {
        guard (0...100_000).contains(encounters) else { throw ValidationError("--encounters is from 0 to 100000.") }
    }

    func run() async throws {
        try await explained {
            let db = db ?? "day-\(encounters)-\(seed).db"
            let serving = noServe ? nil : try Serving(record: db, listen: listen, doors: doors)
            let root = try data.root()
            let home = try DataHome(root: root)
            let faults = try FaultText.parse(faults)
            let day = DemoDay(encounters: encounters, seed: seed, db: db, faults: faults, root: root, home: home)
            try await Self.checkIsDay(db, folder: day.folder, fresh: fresh)
            if fresh { day.removeRecord() }
            let store = try RecordFile.open(db, .create)
            _ = try await day.run(store)
            let truth = try day.truth()
            let report = try await store.read { try DemoReport(score: DemoScore(truth: truth, in: $0), in: $0) }
            print(report.text)
            guard let serving else { return try await store.close() }
            try await serving.run(
                store: store, root: root, home: home,
                connection: BuiltInPayer.live(root: root, db: db, seed: seed, faults: faults, members: []))
        }
    }

    /// Refuses to mix a sample day into a record of something else, or to take such a record away; or one that another
    /// program holds.
    private static func checkIsDay(_ db: String, folder: String, fresh: Bool) async throws {
        let files = FileManager.default
        guard files.fileExists(atPath: db) else { return }
        // A day of an earlier version cannot be looked into; the folder beside it says what it is.
        if fresh, files.fileExists(atPath: folder), RecordFile.isOfEarlierVersion(db) { return }
        let store = try RecordFile.open(db, .create)
        let isOther = try await store.read { page in
            try page.setting(DemoDay.Mark.day.rawValue) == nil && page.countCases(CaseFilter()) > 0
        }
        try await store.close()
        if isOther { throw CommandFailure("\(db): holds a record that is no sample day; give another --db.") }
    }
}
