import X12

/// Gives a file line by line through one buffer.
struct TableLines: ~Copyable {
    private let source: FileSource
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    private let name: String
    private var start = 0
    private var end = 0
    private var isLast = false

    init(path: String, name: String) throws {
        self.name = name
        do { source = try FileSource(path: path) } catch { throw CommandFailure("\(path): cannot be read.") }
    }

    deinit { buffer.deallocate() }

    /// The next line without its end, valid until the next call; nil at the end of the file.
    mutating func next() throws -> Slice<UnsafeBufferPointer<UInt8>>? {
        while true {
            let loaded = UnsafeBufferPointer(buffer.bindMemory(to: UInt8.self))
            if let place = loaded[start..<end].firstIndex(of: 0x0a) {
                defer { start = place + 1 }
                return trimmed(loaded[start..<place])
            }
            if isLast {
                guard start < end else { return nil }
                defer { start = end }
                return trimmed(loaded[start..<end])
            }
            guard end - start < buffer.count else { throw CommandFailure("\(name): has a line that is too long.") }
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            end -= start
            start = 0
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
            isLast = count == 0
            end += count
        }
    }

    private func trimmed(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        line.last == 0x0d ? line.dropLast() : line
    }

    /// The cell of a column; empty where the line is too short.
    static func cell(_ line: Slice<UnsafeBufferPointer<UInt8>>, _ column: Int) -> Slice<
        UnsafeBufferPointer<UInt8>
    > {
        var start = line.startIndex
        var number = 0
        for index in line.indices where line[index] == 0x09 {
            if number == column { return line[start..<index] }
            number += 1
            start = index + 1
        }
        return number == column ? line[start...] : line[line.endIndex...]
    }
}
