import Foundation

/// The files of one data folder (rule packs, code tables, knowledge), read whole and named by their content.
///
/// Whatever a decision rests on is built from such a set and from nothing else, so that the record can keep the
/// bytes under their digest and build the same thing again when a decision is replayed.
public struct DataFiles: Sendable {
    /// Bytes by path inside the folder, such as `payers/meridian.json`.
    public let files: [String: [UInt8]]
    /// A line for each file, sorted: its name, a space, the digest of its content.
    public let listing: String
    /// Of the listing.
    public let digest: Digest

    public init(files: [String: [UInt8]]) {
        self.files = files
        listing = files.sorted { $0.key < $1.key }.map { "\($0.key) \(Digest(of: $0.value))\n" }.joined()
        digest = Digest(of: listing)
    }

    /// The names and digests that a ``listing`` holds; nil where it is none.
    public static func listed(_ listing: [UInt8]) -> [(name: String, digest: Digest)]? {
        var found: [(name: String, digest: Digest)] = []
        for line in String(decoding: listing, as: UTF8.self).split(separator: "\n") {
            // A name may hold spaces, a digest does not.
            guard let space = line.lastIndex(of: " "),
                let digest = Digest(hex: String(line[line.index(after: space)...]))
            else { return nil }
            found.append((String(line[..<space]), digest))
        }
        return found
    }

    /// Reads every file below `folder` whose name does not begin with a dot.
    public init(folder: String) throws {
        let root = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath()
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            guard !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
            let url = root.appendingPathComponent(path)
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            files[path] = [UInt8](try Data(contentsOf: url))
        }
        self.init(files: files)
    }

    /// Names that end in `suffix`, sorted.
    public func names(endingIn suffix: String) -> [String] { files.keys.filter { $0.hasSuffix(suffix) }.sorted() }

    public func text(_ name: String) -> String? { files[name].map { String(decoding: $0, as: UTF8.self) } }
}

/// Why a data file cannot be used, and where.
public struct DataFileError: Error, CustomStringConvertible, Sendable {
    public let file: String
    public let line: Int?
    public let reason: String

    public init(file: String, line: Int? = nil, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}

/// A table of tab-separated values with a header line; lines that begin with `#` and empty lines are passed over.
public struct TabularFile: Sendable {
    public let columns: [String]
    /// Each row's cells and the line of the file on which it stands.
    public let rows: [(line: Int, cells: [Substring])]

    public init(name: String, bytes: [UInt8]) throws {
        var columns: [String]?
        var rows: [(line: Int, cells: [Substring])] = []
        // By bytes: to Swift, CR LF is one character, at which a split at "\n" does not divide.
        for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            if line.isEmpty || line.hasPrefix("#") { continue }
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard let header = columns else {
                columns = cells.map(String.init)
                continue
            }
            guard cells.count == header.count else {
                throw DataFileError(
                    file: name, line: index + 1, reason: "has \(cells.count) cells where the header has \(header.count)"
                )
            }
            rows.append((index + 1, cells))
        }
        guard let columns else { throw DataFileError(file: name, reason: "has no header line") }
        self.columns = columns
        self.rows = rows
    }

    /// The position of a column.
    public func column(_ name: String, of file: String) throws -> Int {
        guard let index = columns.firstIndex(of: name) else {
            throw DataFileError(file: file, reason: "has no column '\(name)'")
        }
        return index
    }
}
