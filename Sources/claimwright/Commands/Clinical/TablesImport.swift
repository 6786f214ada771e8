import ArgumentParser
import Foundation
import HealthTypes
import Terminology

struct TablesImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make tables from the official files of a code system.",
        discussion: """
            What the files hold stays under its publisher's licence; docs/code-tables.md says which tables may be passed on.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """,
        subcommands: [
            ImportICD10CM.self, ImportHCPCS.self, ImportCPT.self, ImportNDC.self, ImportRxNorm.self, ImportLOINC.self,
            ImportATC.self,
        ])
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

/// The edition that a table states.
struct EditionOptions: ParsableArguments {
    @Option(help: "The edition, such as 2026-01; no spaces.")
    var edition: String
    @Option(help: "The first and last day of the edition, FROM..TO; either may be left out.")
    var period = ".."
}

extension ImportOptions {
    /// Writes the tables and says what was read.
    func write(_ files: [String: String], _ summary: String) throws {
        for (name, text) in files.sorted(by: { $0.key < $1.key }) { try write(text, to: name) }
        print("\(files.keys.sorted().joined(separator: ", ")): \(summary)")
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
        commandName: "hcpcs", abstract: "Make the table of HCPCS Level II codes.",
        discussion: """
            Writes hcpcs2.tsv from the file of the Centers for Medicare & Medicaid Services: records of fixed width \
            (HCPC...ANWEB.txt), or the same table as comma-separated values (a name that ends in .csv). Modifiers and the \
            dental D codes, which are under the American Dental Association's licence, are left out.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @OptionGroup var edition: EditionOptions
    @Argument(help: "The file of CMS.")
    var file: String

    func run() throws {
        try explained {
            let made = try HCPCSImport(OfficialFile(path: file), version: edition.edition, period: edition.period)
            try target.write(
                made.files,
                "\(made.codes) codes; left out: \(made.modifiersLeftOut) modifiers, \(made.dentalLeftOut) dental codes")
        }
    }
}

struct ImportCPT: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cpt", abstract: "Make a table of CPT codes from a licence holder's list.",
        discussion: """
            Writes cpt.tsv, which is for the licence holder alone: CPT is under the American Medical Association's licence.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @OptionGroup var edition: EditionOptions
    @Argument(help: "The consolidated code list, tab-separated.")
    var file: String

    func run() throws {
        try explained {
            let made = try CPTImport(OfficialFile(path: file), version: edition.edition, period: edition.period)
            try target.write(made.files, "\(made.codes) codes, for the licence holder alone")
        }
    }
}

struct ImportNDC: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ndc", abstract: "Make the table of National Drug Codes.",
        discussion: """
            Writes ndc.tsv from product.txt and package.txt of the FDA's NDC Directory.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @OptionGroup var edition: EditionOptions
    @Argument(help: "product.txt.")
    var products: String
    @Argument(help: "package.txt.")
    var packages: String

    func run() throws {
        try explained {
            let made = try NDCImport(
                products: OfficialFile(path: products), packages: OfficialFile(path: packages),
                version: edition.edition, period: edition.period)
            for row in made.leftOut.prefix(20) { Say.line("\(row)") }
            try target.write(
                made.files,
                "\(made.products) products, \(made.packages) packages; \(made.leftOut.count) rows left out")
        }
    }
}

struct ImportRxNorm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rxnorm", abstract: "Make the table of RxNorm concepts.",
        discussion: """
            Writes rxnorm.tsv from RXNCONSO.RRF and RXNREL.RRF, of which the rows of RxNorm itself are read and those of \
            other sources are not.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @OptionGroup var edition: EditionOptions
    @Argument(help: "RXNCONSO.RRF.")
    var concepts: String
    @Argument(help: "RXNREL.RRF.")
    var relations: String

    func run() throws {
        try explained {
            let made = try RxNormImport(
                concepts: OfficialFile(path: concepts), relations: OfficialFile(path: relations),
                version: edition.edition, period: edition.period)
            try target.write(
                made.files,
                "\(made.concepts) concepts, \(made.ingredients) ingredients")
        }
    }
}

struct ImportLOINC: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loinc", abstract: "Make the table of LOINC codes.",
        discussion: """
            Writes loinc.tsv from Loinc.csv. LOINC's licence asks that its names and its notice go along.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @OptionGroup var edition: EditionOptions
    @Argument(help: "Loinc.csv.")
    var file: String

    func run() throws {
        try explained {
            let made = try LOINCImport(
                table: OfficialFile(path: file), version: edition.edition, period: edition.period)
            try target.write(
                made.files,
                "\(made.codes) codes; \(made.underOtherCopyright) of them also under the copyright of others")
        }
    }
}

struct ImportATC: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atc", abstract: "Make the table of the ATC classification.",
        discussion: """
            Writes atc.tsv from a licence holder's index of code, name and defined daily dose.

            Exit codes: 0 written; 2 a file has not the official form, or cannot be read or written.
            """)

    @OptionGroup var target: ImportOptions
    @OptionGroup var edition: EditionOptions
    @Argument(help: "The index, tab- or comma-separated.")
    var file: String

    func run() throws {
        try explained {
            let made = try ATCImport(OfficialFile(path: file), version: edition.edition, period: edition.period)
            try target.write(made.files, "\(made.codes) codes")
        }
    }
}
