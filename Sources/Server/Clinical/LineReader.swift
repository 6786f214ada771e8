import HealthTypes

/// Cuts a body that comes in parts into its lines, and holds no more of it than one line.
struct LineReader {
    enum Line: Equatable {
        /// The bytes without the line end.
        case text(number: Int, [UInt8])
        case tooLong(number: Int)
    }

    /// In bytes, without the line end.
    let maximumBytes: Int
    private var number = 1
    private var partial: [UInt8] = []
    private var isTooLong = false

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// The lines that end in this part.
    mutating func take(_ part: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = part[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            lines.append(finishLine())
            rest = rest[rest.index(after: end)...]
        }
        keep(rest)
        return lines
    }

    /// The last line where it has no line end; nil where nothing is left.
    mutating func finish() -> Line? { partial.isEmpty && !isTooLong ? nil : finishLine() }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        guard !isTooLong, partial.count + bytes.count <= maximumBytes else {
            isTooLong = true
            partial = []
            return
        }
        partial += bytes
    }

    private mutating func finishLine() -> Line {
        defer {
            number += 1
            partial = []
            isTooLong = false
        }
        if isTooLong { return .tooLong(number: number) }
        if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
        return .text(number: number, partial)
    }
}
