public import ArgumentParser
public import ClinicalKnowledge
import Foundation
import GraphServer
import HealthTypes
import Pipeline

/// The commands on the knowledge base.
struct KnowledgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge", abstract: "Build, count, check, ask, compare, push and extend the knowledge base.",
        discussion: "Exit codes: see each command.",
        subcommands: [
            KnowledgeBuild.self, KnowledgeStats.self, KnowledgeCheckCommand.self, KnowledgeWhyCommand.self,
            KnowledgeDiffCommand.self, KnowledgePush.self, KnowledgeImport.self,
        ])
}

struct KnowledgeBuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Compile the knowledge tables to an image that opens in milliseconds.",
        discussion: """
            Other commands make and keep an image of their own where the tables have changed; this one is for an image \
            that is copied to where it is used (--knowledge FILE). The file is replaced in one step.

            Exit codes: 0 built; 2 the tables cannot be read, or the file cannot be written.
            """)

    @OptionGroup var data: ClinicalOptions
    @Option(help: "The file of the image.")
    var output = "knowledge.image"

    func run() throws {
        try explained {
            let start = ContinuousClock.now
            let base: KnowledgeBase
            if let knowledge = data.knowledge {
                base = try ClinicalData.knowledge(at: knowledge)
            } else {
                base = try KnowledgeBase(ClinicalData.files("Knowledge", root: data.home.root()))
            }
            let time = ContinuousClock.now - start
            do { try base.image.write(to: output) } catch { throw CommandFailure("\(output): cannot be written.") }
            print(
                "\(output): knowledge \(base.version), \(base.image.byteCount) bytes, content \(base.image.contentHash)"
            )
            Say.line("compiled in \(Int(time / .milliseconds(1))) ms")
        }
    }
}

/// Text for people or JSON for programs.
enum AnswerFormat: String, ExpressibleByArgument {
    case text, json
}

struct KnowledgeStats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count what the knowledge base holds.",
        discussion: """
            Edges are counted as the statements assert them, as classes and panels pass them on, and down to every \
            ICD-10-CM code that a claim may carry.

            Exit codes: 0 counted; 2 the knowledge or the code tables cannot be read.
            """)

    @OptionGroup var data: ClinicalOptions
    @Option(help: "text for people, json for programs.")
    var format = AnswerFormat.text

    func run() throws {
        let (version, statistics) = try explained {
            let data = try data.clinicalData()
            return (data.knowledge.version, data.knowledge.statistics(expandedBy: data.tables))
        }
        switch format {
        case .text: print("knowledge \(version)\n\(statistics.text)", terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            print(try JSON(parsing: [UInt8](encoder.encode(statistics))).pretty, terminator: "")
        }
    }
}

struct KnowledgeCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that the knowledge tables fit together and name codes that exist.",
        discussion: "Exit codes: 0 nothing found; 1 something does not fit; 2 the tables cannot be read.")

    @OptionGroup var data: ClinicalOptions

    func run() throws {
        try explained {
            let data = try data.clinicalData()
            let issues = data.knowledge.check(naming: data.tables)
            for issue in issues { print(issue.line) }
            print("knowledge \(data.knowledge.version): \(issues.count) issues")
            if !issues.isEmpty { throw ExitCode(1) }
        }
    }
}

struct KnowledgeWhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say how a treatment stands to a diagnosis, each path with its citations.",
        discussion: """
            Exit codes: 0 a path supports or forbids it; 1 no relationship is established; 2 the treatment is not known, \
            or the diagnosis is no ICD-10 code.
            """)

    @OptionGroup var data: ClinicalOptions
    @Option(help: "The patient's age in years, where a statement depends on it.")
    var age: Int?
    @Option(help: "The patient's sex, F or M.")
    var sex: String?
    @Option(help: "text for people, json for programs.")
    var format = AnswerFormat.text
    @Argument(help: "An ICD-10 code, such as I50.9.")
    var diagnosis: String
    @Argument(help: "A treatment: an ATC, HCPCS or CPT code, a name, or an id such as drug:digoxin.")
    var treatment: String

    func validate() throws {
        if let sex, PatientSex(rawValue: sex.uppercased()) == nil { throw ValidationError("--sex is F or M.") }
        if let age, !(0...130).contains(age) { throw ValidationError("--age is from 0 to 130.") }
    }

    func run() throws {
        try explained {
            let data = try data.clinicalData()
            guard
                let why = data.knowledge.why(
                    treatment, in: diagnosis, age: age, sex: sex.flatMap { PatientSex(rawValue: $0.uppercased()) },
                    naming: data.tables)
            else { throw CommandFailure("The treatment is not in the knowledge base, or the diagnosis is no code.") }
            print(format == .text ? why.text : why.json.pretty, terminator: "")
            if why.supports.isEmpty, why.contraindications.isEmpty, why.relevance.path.isEmpty { throw ExitCode(1) }
        }
    }
}

struct KnowledgeDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what changed from one knowledge base to another, row by row.",
        discussion: "Exit codes: 0 the same rows; 1 different; 2 one of them cannot be read.")

    @Argument(help: "The older one: a folder of tables or an image.")
    var old: String
    @Argument(help: "The newer one.")
    var new: String

    func run() throws {
        try explained {
            let diff = try KnowledgeDiff(ClinicalData.knowledge(at: old), ClinicalData.knowledge(at: new))
            print(diff.text, terminator: "")
            if !diff.changes.isEmpty { throw ExitCode(1) }
        }
    }
}

struct KnowledgePush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Copy the knowledge base to a graph server that speaks Bolt.",
        discussion: """
            The address is bolt://HOST[:PORT][/DATABASE], or bolt+s:// for TLS. CLAIMWRIGHT_GRAPH_USER and \
            CLAIMWRIGHT_GRAPH_PASSWORD are the credentials, CLAIMWRIGHT_GRAPH_CA a file of authorities. A base that is \
            there already is not sent again; a push that broke off is taken up.

            Exit codes: 0 the server has it; 2 the knowledge or the server cannot be used.
            """)

    @OptionGroup var data: ClinicalOptions
    @Argument(help: "The server's address.")
    var url: String

    func run() async throws {
        try await explained {
            let server = try GraphOption.server(url)
            let summary = try await GraphPush(data.knowledgeBase(), to: server).run { sent, total in
                Say.progress("\(sent) of \(total) nodes and links")
            }
            await server.shut()
            Say.progressEnd()
            let what = summary.isUnchanged ? "was there already" : "is in use"
            print("knowledge \(summary.version) \(what): \(summary.nodes) nodes, \(summary.links) links")
        }
    }
}

struct KnowledgeImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Propose rows from the files of another publisher; nothing is applied.",
        discussion: """
            Writes tab-separated proposals to standard output, those first that contradict the knowledge base. A person \
            copies what is accepted into the tables, with a citation that was looked up. The files, in this order:

            \(KnowledgeSource.allCases.map { "\($0.rawValue): \($0.files.joined(separator: ", "))" }
                .joined(separator: "\n"))

            Exit codes: 0 written; 2 a file cannot be read or has not the publisher's form.
            """)

    @OptionGroup var data: ClinicalOptions
    @Argument(help: "The form: \(KnowledgeSource.allCases.map(\.rawValue).joined(separator: ", ")).")
    var form: KnowledgeSource
    @Argument(help: "The publisher's files.")
    var files: [String]

    func validate() throws {
        guard form.fileCounts.contains(files.count) else {
            throw ValidationError("\(form.rawValue) takes \(form.files.joined(separator: ", ")).")
        }
    }

    func run() throws {
        try explained {
            let contents = try files.map { try CommandInput.read($0) }
            print(try data.knowledgeBase().proposals(from: form, files: contents).text, terminator: "")
        }
    }
}

extension KnowledgeSource: ExpressibleByArgument {}
