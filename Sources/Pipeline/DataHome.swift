import ClinicalKnowledge
import Foundation
public import HealthTypes
import Rules
public import Stages
import Terminology

/// The data folders of an installation: rule packs, code tables, knowledge, policies, contracts.
public struct DataHome: Sendable {
    /// The folders that decisions rest on, in the order in which their digests are listed.
    static let folders = [
        "rules": "RulePacks", "tables": "CodeTables", "knowledge": "Knowledge", "policies": "Policies",
    ]

    public let engines: Engines
    public let contracts: Contracts
    /// The files behind the engines, by the names of ``folders``.
    public let sets: [String: DataFiles]
    public let versions: [String: String]

    /// Reads everything below `root`; throws ``DataFileError`` or the error of the target that reads a file.
    public init(root: String) throws {
        var sets: [String: DataFiles] = [:]
        for (name, folder) in Self.folders {
            let path = URL(fileURLWithPath: root, isDirectory: true).appendingPathComponent(folder).path
            guard FileManager.default.fileExists(atPath: path) else {
                throw DataFileError(file: folder, reason: "the data folder is not there (looked in \(root))")
            }
            sets[name] = try DataFiles(folder: path)
        }
        let contracts = URL(fileURLWithPath: root, isDirectory: true).appendingPathComponent("docs/contracts").path
        self.contracts = try Contracts(DataFiles(folder: contracts))
        self.sets = sets
        engines = try Self.engines(sets, keepingKnowledgeAt: ClinicalData.keptImage(root: root))
        versions = Self.versions(engines)
    }

    /// Builds the engines from files alone: for a start, and again for the replay of a decision.
    ///
    /// - Parameter image: Where compiled knowledge is kept for the next start; nil to compile it in memory.
    static func engines(_ sets: [String: DataFiles], keepingKnowledgeAt image: String? = nil) throws -> Engines {
        func set(_ name: String) throws -> DataFiles {
            guard let files = sets[name] else { throw DataFileError(file: name, reason: "the data set is missing") }
            return files
        }
        return Engines(
            rules: try RuleBook.load(set("rules")), tables: try CodeTables(set("tables")),
            knowledge: try ClinicalData.knowledge(set("knowledge"), keptAt: image),
            policies: try PolicyBook(set("policies")))
    }

    static func versions(_ engines: Engines) -> [String: String] {
        [
            "rules": engines.rules.packs.map { "\($0.id) \($0.version)" }.joined(separator: ", "),
            "tables": engines.tables.version, "knowledge": engines.knowledge.version,
            "policies": "\(engines.policies.documents.count) documents",
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
