import HealthTypes
public import X12

/// An X12 input as JSON Lines that lose no byte, and back.
///
/// The first line is `{"x12-json":1}`. Each further line is a segment, or bytes that belong to none:
///
///     {"segment":["CLM","A-17","125",["11","B","1"],"Y"],"loop":"2300","after":"\n"}
///     {"raw":"\u00ef\u00bb\u00bf"}
///
/// An element is text, or an array of its components; one that repeats is an array of such arrays. Every character of
/// the texts stands for one byte, U+0000 to U+00FF. An ISA has its `delimiters` beside it. `after` is the white space
/// behind the terminator; `"unterminated":true` says that the input ends without one. `loop` is for readers only.
public struct X12JSON: Sendable {
    private let guides: GuideLibrary

    public init(guides: GuideLibrary = .standard) { self.guides = guides }

    /// Writes the input as JSON Lines, piece by piece.
    ///
    /// - Throws: what the source or the sink throws.
    public func encode(_ source: any ByteSource, to sink: @escaping ([UInt8]) throws -> Void) throws {
        let writer = LineWriter(sink: sink)
        try SegmentWalk(source, guides: guides).forEach(between: writer.between, segment: writer.segment)
        try writer.finish()
    }
}

/// Writes the lines.
private final class LineWriter {
    private static let pieceBytes = 32 << 10
    private static let longestAfter = 64
    private let sink: ([UInt8]) throws -> Void
    private var output: [UInt8] = Array("{\"x12-json\":1}\n".utf8)
    /// Whether the last line is a segment's and not closed yet.
    private var isOpen = false

    init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    func between(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        if isOpen, bytes.count <= Self.longestAfter, bytes.allSatisfy(\.isBlank) {
            output.append(contentsOf: ",\"after\":".utf8)
            add(bytes)
            return try close()
        }
        try close()
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.pieceBytes, bytes.count)
            output.append(contentsOf: "{\"raw\":".utf8)
            add(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            output.append(contentsOf: "}\n".utf8)
            start = end
            try flush()
        }
    }

    func segment(_ segment: WalkedSegment) throws {
        try close()
        let slice = segment.slice
        output.append(contentsOf: "{\"segment\":[".utf8)
        let isHeader = segment.place == .interchangeHeader
        let content = slice.has(0, "BIN") ? 2 : slice.has(0, "BDS") ? 3 : -1
        for element in 0..<slice.count {
            if element > 0 { output.append(UInt8(ascii: ",")) }
            if isHeader || element == content || element == 0 {
                add(slice[element])
            } else {
                add(element: slice[element], slice.delimiters)
            }
        }
        output.append(UInt8(ascii: "]"))
        if let loop = segment.loopID { output.append(contentsOf: ",\"loop\":\"\(loop)\"".utf8) }
        if isHeader { add(slice.delimiters) }
        if !segment.isTerminated { output.append(contentsOf: ",\"unterminated\":true".utf8) }
        isOpen = true
    }

    func finish() throws {
        try close()
        if !output.isEmpty { try sink(output) }
        output = []
    }

    private func close() throws {
        guard isOpen else { return }
        isOpen = false
        output.append(contentsOf: "}\n".utf8)
        try flush()
    }

    private func flush() throws {
        guard output.count > 1 << 16 else { return }
        try sink(output)
        output.removeAll(keepingCapacity: true)
    }

    private func add(_ delimiters: Delimiters) {
        output.append(contentsOf: ",\"delimiters\":{".utf8)
        let named: [(String, UInt8)] = [
            ("element", delimiters.element), ("component", delimiters.component),
            ("repetition", delimiters.repetition), ("segment", delimiters.segment),
        ]
        for (place, (name, byte)) in named.enumerated() {
            output.append(contentsOf: "\(place > 0 ? "," : "")\"\(name)\":".utf8)
            // An interchange before 00402 has no repetition separator.
            if name == "repetition", byte == 0 {
                output.append(contentsOf: "\"\"".utf8)
            } else {
                withUnsafePointer(to: byte) { add(UnsafeBufferPointer(start: $0, count: 1)) }
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func add(element bytes: UnsafeBufferPointer<UInt8>, _ delimiters: Delimiters) {
        let repeats = delimiters.repetition != 0 && bytes.contains(delimiters.repetition)
        guard repeats || bytes.contains(delimiters.component) else { return add(bytes) }
        if repeats { output.append(UInt8(ascii: "[")) }
        output.append(UInt8(ascii: "["))
        var start = 0
        for at in 0...bytes.count {
            let isEnd = at == bytes.count
            let isRepetition = !isEnd && repeats && bytes[at] == delimiters.repetition
            guard isEnd || isRepetition || bytes[at] == delimiters.component else { continue }
            add(UnsafeBufferPointer(rebasing: bytes[start..<at]))
            start = at + 1
            if isRepetition {
                output.append(contentsOf: "],[".utf8)
            } else if !isEnd {
                output.append(UInt8(ascii: ","))
            }
        }
        output.append(UInt8(ascii: "]"))
        if repeats { output.append(UInt8(ascii: "]")) }
    }

    /// A JSON string in which each character is one byte.
    private func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        output.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): output.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): output.append(contentsOf: "\\\\".utf8)
            case 0x0a: output.append(contentsOf: "\\n".utf8)
            case 0x0d: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0x20..<0x7f: output.append(byte)
            default: output.append(contentsOf: "\\u00\([byte].hexadecimal)".utf8)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
