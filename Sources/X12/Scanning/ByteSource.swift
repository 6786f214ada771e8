#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import HealthTypes

/// Gives an input's bytes piece by piece: a file, standard input, something compressed.
public protocol ByteSource: AnyObject {
    /// Fills the front of `buffer` with the next bytes and says how many; zero at the end of the input, and then always.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Reads a file or another descriptor with `read(2)`, so that no more of it is in memory than one window.
///
/// A mapped file would count as resident memory, page by page, until the operating system takes it back.
public final class FileSource: ByteSource {
    private let descriptor: Int32
    private let isOwned: Bool
    /// The size of a regular file; nil for a pipe.
    public let size: Int?

    /// Opens a file; throws an ``X12ReadError`` where that cannot be done.
    public init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw X12ReadError(operation: .open, errno: errno) }
        isOwned = true
        size = Self.size(of: descriptor)
    }

    /// Reads a descriptor that somebody else closes, such as standard input.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = false
        size = Self.size(of: descriptor)
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    private static func size(of descriptor: Int32) -> Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw X12ReadError(operation: .read, errno: errno) }
        }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

/// Gives bytes that are in memory, at most `step` at a time; a small step is for tests.
public final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let step: Int
    private var at = 0

    public init(_ bytes: [UInt8], step: Int = .max) {
        precondition(step > 0, "a step is at least one byte")
        self.bytes = bytes
        self.step = step
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, step, bytes.count - at)
        buffer.copyBytes(from: bytes[at..<at + count])
        at += count
        return count
    }
}

/// Gives another source's bytes and says how many were taken so far: for who shows how far a long reading is.
public final class MeteredSource: ByteSource {
    private let source: any ByteSource
    private let progress: (Int) -> Void
    public private(set) var bytesRead = 0

    /// `progress` is told after each piece, mostly of 256 KiB, on the thread that reads.
    public init(_ source: any ByteSource, progress: @escaping (_ bytesRead: Int) -> Void) {
        self.source = source
        self.progress = progress
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        bytesRead += count
        if count > 0 { progress(bytesRead) }
        return count
    }
}

/// The operating system would not give an input's bytes.
public struct X12ReadError: Error, Hashable, CustomStringConvertible {
    public enum Operation: String, Sendable {
        case open, read
    }

    public let operation: Operation
    /// The operating system's error number.
    public let errno: Int32

    public init(operation: Operation, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }

    public var description: String {
        "The input could not be \(operation == .open ? "opened" : "read"): \(String(cString: strerror(errno)))."
    }
}
