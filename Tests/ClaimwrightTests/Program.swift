import Foundation
import Testing

/// The built program, run as a process of its own.
struct Program {
    struct Result: Equatable {
        var status: Int32
        var output: String
        var errors: String
    }

    /// A working folder that goes when this goes.
    final class Folder {
        let path: String

        init() throws {
            path =
                FileManager.default.temporaryDirectory.appendingPathComponent("claimwright-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to file: String) throws {
            try text.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
        }
    }

    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// `CLAIMWRIGHT_PROGRAM`, or the program beside the tests, or the debug build of the package.
    static let path: String? = {
        if let stated = ProcessInfo.processInfo.environment["CLAIMWRIGHT_PROGRAM"] { return stated }
        var places: [URL] = []
        for start in [CommandLine.arguments.first.map { URL(fileURLWithPath: $0) }, Bundle.main.executableURL] {
            guard var folder = start?.resolvingSymlinksInPath() else { continue }
            for _ in 0..<6 where folder.path != "/" {
                folder.deleteLastPathComponent()
                places.append(folder.appendingPathComponent("claimwright"))
            }
        }
        places.append(root.appendingPathComponent(".build/debug/claimwright"))
        return places.map(\.path).first { isProgram($0) }
    }()

    /// Where the runs of this process keep compiled knowledge; it goes with the process.
    private static let cache: String = {
        atexit { try? FileManager.default.removeItem(atPath: Program.cachePath) }
        return cachePath
    }()

    private static let cachePath = FileManager.default.temporaryDirectory
        .appendingPathComponent("claimwright-cache-\(ProcessInfo.processInfo.processIdentifier)").path

    /// What the program finds its data by.
    static var environment: [String: String] { ["CLAIMWRIGHT_HOME": root.path, "CLAIMWRIGHT_CACHE": cache] }

    private static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }

    let folder: Folder

    init() throws { folder = try Folder() }

    /// Runs the program to its end, or kills it after some milliseconds as `kill -9` does.
    @discardableResult
    func run(_ arguments: String..., input: String = "", killAfter milliseconds: UInt32? = nil) throws -> Result {
        try run(arguments, input: input, killAfter: milliseconds)
    }

    @discardableResult
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        killAfter milliseconds: UInt32? = nil
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.path, "the program has not been built"))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ProcessInfo.processInfo.environment
            .merging(Self.environment) { $1 }
            .merging(environment) { $1 }
        // Files, so that no pipe can fill up and stop the program.
        let name = UUID().uuidString
        let files = ["in", "out", "err"].map { "\(folder.path)/.\(name).\($0)" }
        try input.write(toFile: files[0], atomically: true, encoding: .utf8)
        for file in files.dropFirst() { FileManager.default.createFile(atPath: file, contents: nil) }
        let handles =
            [try #require(FileHandle(forReadingAtPath: files[0]))]
            + [
                try #require(FileHandle(forWritingAtPath: files[1])),
                try #require(FileHandle(forWritingAtPath: files[2])),
            ]
        process.standardInput = handles[0]
        process.standardOutput = handles[1]
        process.standardError = handles[2]
        try process.run()
        if let milliseconds {
            usleep(milliseconds * 1000)
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
        for handle in handles { try? handle.close() }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        return Result(
            status: process.terminationStatus,
            output: try String(contentsOfFile: files[1], encoding: .utf8),
            errors: try String(contentsOfFile: files[2], encoding: .utf8))
    }
}
