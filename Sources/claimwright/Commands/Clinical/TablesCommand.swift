import ArgumentParser
import Foundation
import HealthTypes
import Pipeline
import Terminology

/// The commands on the code tables.
struct TablesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables", abstract: "List, ask and renew the code tables.",
        discussion: "Exit codes: see each command.",
        subcommands: [TablesStats.self, TablesShow.self, TablesImport.self])
}

struct TablesStats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "List the tables with their versions, periods and sizes.",
        discussion: "Exit codes: 0 listed; 2 the tables cannot be read.")

    @OptionGroup var home: HomeOptions

    func run() throws {
        try explained {
            let files = try ClinicalData.files("CodeTables", root: home.root())
            let tables = try CodeTables(files)
            for header in tables.headers {
                let rows = try files.files["\(header.name).tsv"].map {
                    try TabularFile(name: header.name, bytes: $0).rows.count
                }
                let days = [header.effectiveFrom, header.effectiveTo].map { $0?.description ?? "" }
                let period = days == ["", ""] ? "" : ", \(days[0]) to \(days[1])"
                print("\(header.name): \(rows.map { "\($0) rows, " } ?? "")version \(header.version)\(period)")
            }
            print(
                "\(tables.version), digest \(tables.digest.short); ICD-10-CM: \(tables.diagnosisCount) codes, "
                    + "\(tables.billableDiagnoses(under: "").count) billable, \(tables.diagnosisGroupCount) groups")
        }
    }
}

struct TablesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what the tables say of a code.",
        discussion: """
            Looks in every table: diagnoses, procedures, drugs (ATC, RxNorm), modifiers, places of service, revenue codes and \
            the codes of payers' answers. Exit codes: 0 found; 1 no table has it; 2 the tables cannot be read.
            """)

    @OptionGroup var home: HomeOptions
    @Option(help: "The day for which it is asked, YYYY-MM-DD.")
    var at: String?
    @Argument(help: "A code, with or without its dot.")
    var code: String

    func validate() throws {
        if let at, CalendarDate(at) == nil { throw ValidationError("--at is a day, YYYY-MM-DD.") }
    }

    func run() throws {
        try explained {
            let found = try ClinicalData.tables(root: home.root()).entries(
                of: code, on: at.flatMap { CalendarDate($0) })
            for entry in found {
                print("\(entry.table) \(entry.code): \(entry.words)")
                for detail in entry.details { print("  \(detail)") }
            }
            if found.isEmpty {
                Say.line("No table has this code; apart from ICD-10-CM they hold only what is common.")
                throw ExitCode(1)
            }
        }
    }
}
