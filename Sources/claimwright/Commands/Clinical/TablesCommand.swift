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
            Looks in every table: diagnoses, procedures, modifiers, places of service, revenue codes and the codes of \
            payers' answers. Exit codes: 0 found; 1 no table has it; 2 the tables cannot be read.
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

struct TablesImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make tables from the official files of a code system.",
        discussion: "Exit codes: see each command.",
        subcommands: [ImportICD10CM.self, ImportHCPCS.self])
}

/// Where an import writes.
struct ImportOptions: ParsableArguments {
    @Option(help: "The folder for the tables, such as CodeTables; they are replaced there.")
    var output = "."

    func write(_ text: String, to file: String) throws {
        let path = URL(fileURLWithPath: output, isDirectory: true).appendingPathComponent(file)
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: path, options: .atomic)
        } catch { throw CommandFailure("\(path.path): cannot be written.") }
    }
}

struct ImportICD10CM: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "icd10cm", abstract: "Make the ICD-10-CM tables from the tabular list in XML.",
        discussion: """
            Writes icd10cm.tsv, icd10cm-blocks.tsv and icd10cm-notes.tsv. The list of codes of the same edition says which \
            seventh characters exist. Both files are on the web pages of the National Center for Health Statistics.

            Exit codes: 0 written; 2 a file is not the tabular list, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @Option(help: "The list of codes, a code at the beginning of each line.")
    var codes: String?
    @Option(help: "The edition, such as FY2026-April.")
    var edition: String
    @Option(help: "The first and last day of the edition, FROM..TO.")
    var period: String
    @Argument(help: "The tabular list, icd10cm_tabular_YEAR.xml.")
    var file: String

    func run() throws {
        try explained {
            let list = try codes.map { String(decoding: try CommandInput.read($0), as: UTF8.self) }
            let made = try ICD10CMImport(
                tabular: Data(CommandInput.read(file)), codeList: list, version: edition, period: period,
                source: URL(fileURLWithPath: file).lastPathComponent)
            for (name, text) in made.files.sorted(by: { $0.key < $1.key }) { try target.write(text, to: name) }
            print(
                "\(made.codes) codes, \(made.billableCodes) billable, \(made.groups) chapters and blocks, "
                    + "\(made.notes) notes")
        }
    }
}

struct ImportHCPCS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hcpcs", abstract: "Add the codes of HCPCS Level II to the table of procedures.",
        discussion: """
            Writes procedures.tsv: the rows of the data folder, and those of the file of the Centers for Medicare & \
            Medicaid Services in records of fixed width (HCPC...ANWEB.txt) that it does not have, with the days on which \
            they are in force.

            Exit codes: 0 written; 2 the file has not this form, or cannot be read or written.
            """)

    @OptionGroup var home: HomeOptions
    @OptionGroup var target: ImportOptions
    @Option(help: "The edition, such as 2026-01.")
    var edition: String
    @Argument(help: "The file in records of fixed width.")
    var file: String

    func run() throws {
        try explained {
            let tables = try ClinicalData.files("CodeTables", root: home.root())
            guard let procedures = tables.files["procedures.tsv"] else {
                throw CommandFailure("CodeTables has no procedures.tsv.")
            }
            let made = try HCPCSImport(
                file: CommandInput.read(file), procedures: procedures, version: edition,
                source: URL(fileURLWithPath: file).lastPathComponent)
            try target.write(made.table, to: "procedures.tsv")
            print(
                "\(made.added) codes added to \(made.kept), \(made.dated) of which took their days; "
                    + "\(made.modifiers) modifiers passed over")
        }
    }
}
