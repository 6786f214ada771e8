import Foundation

/// A file that is written front to back, in pieces of a fixed size, so that its length costs no memory.
final class OutputFile {
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private static let pieceBytes = 1 << 16

    /// Creates the file and the folders above it.
    init(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
    }

    func write(_ bytes: some Sequence<UInt8>) throws {
        buffer += bytes
        if buffer.count >= Self.pieceBytes { try flush() }
    }

    private func flush() throws {
        try handle.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    func close() throws {
        try flush()
        try handle.close()
    }
}
