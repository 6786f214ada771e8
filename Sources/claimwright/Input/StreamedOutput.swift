import Foundation

/// Writes to a descriptor through a buffer, so that long outputs cost no memory and few system calls.
final class StreamedOutput {
    private static let size = 64 << 10
    private let descriptor: Int32
    private let name: String
    private let isOwned: Bool
    private var buffer: [UInt8] = []

    /// Standard output.
    static func standard() -> StreamedOutput { StreamedOutput(descriptor: 1, name: "standard output", isOwned: false) }

    /// A file, made anew.
    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CommandFailure("\(path): cannot be written.") }
        name = path
        isOwned = true
    }

    private init(descriptor: Int32, name: String, isOwned: Bool) {
        self.descriptor = descriptor
        self.name = name
        self.isOwned = isOwned
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    func write(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.size { try flush() }
    }

    func write(_ text: String) throws { try write(text.utf8) }

    /// Writes a block as it is, behind what is buffered.
    func write(block: UnsafeRawBufferPointer) throws {
        try flush()
        try writeAll(block)
    }

    /// Brings what is buffered to the file; to be called at the end.
    func flush() throws {
        try buffer.withUnsafeBytes { try writeAll($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var at = 0
        while at < bytes.count {
            let count = systemWrite(descriptor, bytes.baseAddress! + at, bytes.count - at)
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure("\(name): cannot be written: \(String(cString: strerror(errno))).")
            }
            at += count
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
