#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps bytes until they are wanted: in memory up to a limit, and past it in a temporary file.
///
/// The file has no name from the moment it is made and only its owner may read it, so that nothing of it is left when
/// the program ends, however it ends.
final class AnswerSpool {
    /// How much stays in memory.
    private let limit: Int
    /// Where the file is made.
    private let folder: String
    /// The bytes past those in the file.
    private var tail: [UInt8] = []
    private var inFile = 0
    private var descriptor: Int32 = -1

    init(limit: Int, folder: String = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") {
        self.limit = limit
        self.folder = folder
    }

    deinit { closeFile() }

    var count: Int { inFile + tail.count }

    func append(_ bytes: [UInt8]) throws {
        tail.append(contentsOf: bytes)
        if tail.count > limit { try spill() }
    }

    /// Puts other bytes in the place of as many that were appended before.
    func replace(at offset: Int, with bytes: [UInt8]) throws {
        let kept = max(0, min(inFile - offset, bytes.count))
        if kept > 0 { try write(bytes[..<kept], at: offset) }
        for index in kept..<bytes.count { tail[offset + index - inFile] = bytes[index] }
    }

    /// Gives all bytes in order, in pieces.
    func forEach(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var piece = [UInt8](repeating: 0, count: min(inFile, 1 << 16))
        var at = 0
        while at < inFile {
            let wanted = min(piece.count, inFile - at)
            let got = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(at)) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw AnswerSpoolError(errno: got < 0 ? errno : EIO) }
            try body(piece[..<got])
            at += got
        }
        if !tail.isEmpty { try body(tail[...]) }
    }

    func removeAll() {
        tail.removeAll(keepingCapacity: true)
        inFile = 0
        closeFile()
    }

    private func spill() throws {
        if descriptor < 0 { descriptor = try unnamedFile() }
        try write(tail[...], at: inFile)
        inFile += tail.count
        tail.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw AnswerSpoolError(errno: written < 0 ? errno : EIO) }
            done += written
        }
    }

    private func closeFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private func unnamedFile() throws -> Int32 {
        var path = Array("\(folder)/claimwright-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw AnswerSpoolError(errno: errno) }
        unlink(&path)
        return descriptor
    }
}

/// The operating system would not keep what an answer needs.
public struct AnswerSpoolError: Error, Hashable, CustomStringConvertible {
    /// The operating system's error number.
    public let errno: Int32

    public var description: String {
        "A temporary file could not be used: \(String(cString: strerror(errno)))."
    }
}
