import Foundation
import X12

/// One input of a command: a file or, for `-`, standard input, packed by gzip or not, read piece by piece.
///
/// On a long input it shows how far it is where standard error is a terminal.
final class StreamedInput: ByteSource {
    let name: String
    private let file: FileSource
    private let source: any ByteSource
    private let progress: Progress
    /// Of an input that cannot be read twice, the bytes that came last.
    private let recent: RecentBytes?
    private let descriptor: Int32?

    /// Opens the input; `keepsRecent` where ``bytes(_:)`` will be asked for.
    init(_ path: String, keepsRecent: Bool = false) throws {
        name = path == "-" ? "standard input" : path
        do { file = try path == "-" ? FileSource(descriptor: 0) : FileSource(path: path) } catch {
            throw CommandFailure("\(path): cannot be read.")
        }
        progress = Progress(name: name, size: file.size)
        let isPacked: Bool
        let counted = CountingSource(file, progress)
        do {
            let front = try FrontedSource(counted)
            isPacked = front.front.starts(with: [0x1f, 0x8b])
            source = isPacked ? try GzipSource(front) : front
        } catch { throw CommandFailure("\(name): \(error)") }
        let opened = path == "-" || isPacked || file.size == nil ? -1 : open(path, O_RDONLY | O_CLOEXEC)
        descriptor = opened < 0 ? nil : opened
        recent = keepsRecent && opened < 0 ? RecentBytes() : nil
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count: Int
        do { count = try source.read(into: buffer) } catch { throw CommandFailure("\(name): \(error)") }
        recent?.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if count == 0 { progress.end() }
        return count
    }

    /// Ends the line of progress, so that other lines can follow.
    func endProgress() { progress.end() }

    /// Bytes that were read before, as far as they can still be had, and the offset of the first of them.
    func bytes(_ range: Range<Int>) -> (bytes: [UInt8], from: Int) {
        guard let descriptor else { return recent?.bytes(range) ?? ([], range.lowerBound) }
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = max(pread(descriptor, buffer.baseAddress, range.count, off_t(range.lowerBound)), 0)
        }
        return (bytes, range.lowerBound)
    }
}

/// Gives its first bytes to whoever must know what the input is, and then all of them.
private final class FrontedSource: ByteSource {
    private let source: any ByteSource
    private(set) var front: [UInt8] = []
    private var given = 0

    init(_ source: any ByteSource) throws {
        self.source = source
        var bytes = [UInt8](repeating: 0, count: 2)
        while front.count < 2 {
            let count = try bytes.withUnsafeMutableBytes {
                try source.read(into: .init(rebasing: $0[..<(2 - front.count)]))
            }
            if count == 0 { break }
            front += bytes[..<count]
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard given < front.count else { return try source.read(into: buffer) }
        let count = min(front.count - given, buffer.count)
        buffer.copyBytes(from: front[given..<given + count])
        given += count
        return count
    }
}

private final class CountingSource: ByteSource {
    private let source: any ByteSource
    private let progress: Progress

    init(_ source: any ByteSource, _ progress: Progress) {
        self.source = source
        self.progress = progress
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        progress.add(count)
        return count
    }
}

/// The last mebibyte that went by.
private final class RecentBytes {
    private static let size = 1 << 20
    private var ring = [UInt8](repeating: 0, count: size)
    private var total = 0

    func append(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes.suffix(Self.size)
        total += bytes.count - rest.count
        while !rest.isEmpty {
            let place = total % Self.size
            let count = min(rest.count, Self.size - place)
            ring.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[place..<place + count]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
            }
            total += count
            rest = rest.dropFirst(count)
        }
    }

    func bytes(_ range: Range<Int>) -> (bytes: [UInt8], from: Int) {
        let kept = range.clamped(to: max(total - Self.size, 0)..<total)
        return (kept.map { ring[$0 % Self.size] }, kept.lowerBound)
    }
}

/// How much of a long input is done, on standard error where that is a terminal.
private final class Progress {
    private static let leastBytes = 8 << 20
    private let name: String
    private let size: Int?
    private let start = ContinuousClock.now
    private var told = ContinuousClock.now
    private var done = 0
    private var isShown = false

    init(name: String, size: Int?) {
        self.name = name
        self.size = size
    }

    func add(_ count: Int) {
        done += count
        guard done >= Self.leastBytes || size ?? 0 >= Self.leastBytes else { return }
        let now = ContinuousClock.now
        guard now - told > .milliseconds(200) else { return }
        told = now
        isShown = true
        let rate = Double(done) / 1e6 / max((now - start) / .seconds(1), 0.001)
        let share = size.map { " of \($0 / 1_000_000) MB (\(done * 100 / max($0, 1)) %)" } ?? " MB"
        Say.progress("\(name): \(done / 1_000_000)\(share), \(Int(rate)) MB/s")
    }

    func end() {
        guard isShown else { return }
        isShown = false
        Say.progressEnd()
    }
}
