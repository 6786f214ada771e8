public import ClinicalKnowledge
public import Foundation
public import HealthTypes
public import Terminology

/// The knowledge and the code tables of an installation, for what needs nothing else of it.
public struct ClinicalData: Sendable {
    public let knowledge: KnowledgeBase
    public let tables: CodeTables

    /// Reads them below `root`.
    ///
    /// - Parameter knowledge: A folder of tables or an image, in place of the installation's own knowledge.
    public init(root: String, knowledge: String? = nil) throws {
        tables = try Self.tables(root: root)
        self.knowledge = try knowledge.map(Self.knowledge(at:)) ?? Self.knowledge(root: root)
    }

    public static func tables(root: String) throws -> CodeTables { try CodeTables(files("CodeTables", root: root)) }

    /// The knowledge of the installation, compiled only where it has changed since the last time.
    public static func knowledge(root: String) throws -> KnowledgeBase {
        try knowledge(files("Knowledge", root: root), keptAt: keptImage(root: root))
    }

    /// The files of one data folder of an installation.
    public static func files(_ folder: String, root: String) throws -> DataFiles {
        let path = URL(fileURLWithPath: root, isDirectory: true).appendingPathComponent(folder).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw DataFileError(file: folder, reason: "the data folder is not there (looked in \(root))")
        }
        return try DataFiles(folder: path)
    }

    /// The knowledge of a folder of tables or of an image.
    public static func knowledge(at path: String) throws -> KnowledgeBase {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DataFileError(file: path, reason: "is neither a folder of knowledge tables nor an image")
        }
        return isFolder.boolValue
            ? try KnowledgeBase(DataFiles(folder: path)) : KnowledgeBase(try KnowledgeImage(opening: path))
    }

    static func knowledge(_ files: DataFiles, keptAt image: String?) throws -> KnowledgeBase {
        guard let image else { return try KnowledgeBase(files) }
        let folder = URL(fileURLWithPath: image).deletingLastPathComponent()
        // Where it cannot be made nothing is kept, and every start compiles.
        try? FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard isOwn(folder) else { return try KnowledgeBase(files) }
        return try KnowledgeBase(files, keptAt: image)
    }

    /// Whether nobody else could have put a file into a folder: an image is believed to hold what the tables say.
    private static func isOwn(_ folder: URL) -> Bool {
        let path = folder.resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let owner = attributes[.ownerAccountID] as? NSNumber,
            let permissions = attributes[.posixPermissions] as? NSNumber
        else { return false }
        return owner.uint32Value == geteuid() && permissions.intValue & 0o022 == 0
    }

    /// Where an installation's compiled knowledge is kept: one file for each root, in `CLAIMWRIGHT_CACHE`, or
    /// `claimwright` in `XDG_CACHE_HOME` or in `.cache` of the home folder. Nil where none of them is named.
    public static func keptImage(
        root: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        func folder(_ name: String, _ below: String) -> URL? {
            guard let path = environment[name], path.hasPrefix("/") else { return nil }
            return URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(below)
        }
        guard
            let folder = folder("CLAIMWRIGHT_CACHE", "") ?? folder("XDG_CACHE_HOME", "claimwright")
                ?? folder("HOME", ".cache/claimwright")
        else { return nil }
        let home = URL(fileURLWithPath: root, isDirectory: true).resolvingSymlinksInPath().standardizedFileURL.path
        return folder.appendingPathComponent("knowledge-\(Digest(of: home).short).image").path
    }
}
