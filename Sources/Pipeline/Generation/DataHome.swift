import ClinicalKnowledge
import Foundation
public import HealthTypes
import Review
import Rules
public import Stages
import Terminology

/// All data of an installation at one time: rule packs, code tables, knowledge, policies, contracts, and the engines
/// built from them. A running server can be given the next; a batch is worked on one.
public struct DataHome: Sendable {
    public let generation: Generation
    public let contracts: Contracts
    /// The files behind the engines.
    public let sets: [DataSetName: DataFiles]
    public let versions: [DataSetName: String]
    /// What names all of it; its digest is the generation's.
    let manifest: [UInt8]

    public var engines: Engines { generation.engines }

    /// Reads everything below `root`; throws ``DataFileError`` or the error of the target that reads a file.
    public init(root: String, reviewers: Reviewers = .rules) throws {
        var sets: [DataSetName: DataFiles] = [:]
        for name in DataSetName.allCases { sets[name] = try ClinicalData.files(name.folder, root: root) }
        try self.init(sets, reviewers: reviewers, keepingKnowledgeAt: ClinicalData.keptImage(root: root))
    }

    /// Builds everything from files alone: for a start, a reload, and again for the replay of a decision.
    ///
    /// - Parameter image: Where compiled knowledge is kept for the next start; nil to compile it in memory.
    init(
        _ sets: [DataSetName: DataFiles], reviewers: Reviewers, keepingKnowledgeAt image: String? = nil,
        program: String = Pipeline.program
    ) throws {
        func set(_ name: DataSetName) throws -> DataFiles {
            guard let files = sets[name] else {
                throw DataFileError(file: name.folder, reason: "the data set is missing")
            }
            return files
        }
        let engines = Engines(
            rules: try RuleBook.load(set(.rules)), tables: try CodeTables(set(.tables)),
            knowledge: try ClinicalData.knowledge(set(.knowledge), keptAt: image),
            policies: try PolicyBook(set(.policies)))
        let contracts = try Contracts(set(.contracts))
        let versions = Self.versions(engines, contracts)
        let manifest = try Canonical.encode(
            Manifest(
                data: try DataSetName.allCases.map {
                    .init(name: $0.rawValue, digest: try set($0).digest, version: versions[$0] ?? "")
                }, program: program, reviewers: reviewers.identities))
        self.sets = sets
        self.contracts = contracts
        self.versions = versions
        self.manifest = manifest
        generation = Generation(digest: Digest(of: manifest), engines: engines, reviewers: reviewers)
    }

    private static func versions(_ engines: Engines, _ contracts: Contracts) -> [DataSetName: String] {
        [
            .rules: engines.rules.packs.map { "\($0.id) \($0.version)" }.joined(separator: ", "),
            .tables: engines.tables.version, .knowledge: engines.knowledge.version,
            .policies: "\(engines.policies.documents.count) documents",
            .contracts: "\(contracts.published.count) contracts",
        ]
    }

    /// Where the data folders are: `CLAIMWRIGHT_HOME`, or the nearest folder with `RulePacks` above the working folder
    /// or the program.
    public static func find() -> String? {
        let environment = ProcessInfo.processInfo.environment["CLAIMWRIGHT_HOME"]
        if let environment { return environment }
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath().path
        for start in [FileManager.default.currentDirectoryPath, program] {
            var folder = URL(fileURLWithPath: start, isDirectory: true)
            while folder.path != "/" {
                if FileManager.default.fileExists(atPath: folder.appendingPathComponent("RulePacks").path) {
                    return folder.path
                }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }
}

extension Reviewers {
    /// Names and versions, for the manifest.
    var identities: [String] {
        switch self {
        case .immediate(let panel): [panel.analyst.identity, panel.compliance.identity]
        case .sent(let identity): [identity]
        }
    }
}
