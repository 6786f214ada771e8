public import HealthTypes
public import X12

/// Why some JSON Lines are no X12, and on which line.
public struct X12JSONError: Error, Hashable, CustomStringConvertible {
    public let line: Int
    public let reason: String

    public var description: String { "line \(line): \(reason)" }
}

extension X12JSON {
    /// What is written for what the JSON leaves out.
    public struct Completion: Sendable {
        /// ISA13, GS06 and ST02 count up from here; the trailers repeat them.
        public var controlNumber: Int
        /// For ISA09, ISA10, GS04 and GS05.
        public var instant: Instant

        public init(controlNumber: Int = 1, instant: Instant) {
            self.controlNumber = controlNumber
            self.instant = instant
        }
    }

    /// Writes the X12 bytes of JSON Lines, piece by piece.
    ///
    /// Where the first line is `{"x12-json":1}`, every byte is written as it stands, and only an element that is `null`
    /// is computed. Without that line, counts, control numbers, dates and trailers that are absent or empty are
    /// computed, ISA is filled up to its widths, and a text that holds a delimiter is refused. The lines may stand in
    /// one JSON array.
    ///
    /// - Throws: ``X12JSONError``, or what the source or the sink throws.
    public func decode(
        _ source: any ByteSource, completing completion: Completion, to sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        var reader = LineReader(source)
        var filler = EnvelopeFiller(completion)
        var output: [UInt8] = []
        while let line = try reader.next() {
            if line.isExact { filler.isExact = true }
            if let raw = line.raw { output += raw }
            if line.hasSegment {
                do throws(EnvelopeFiller.Refusal) { try filler.write(line, to: &output) } catch {
                    throw X12JSONError(line: line.number, reason: error.reason)
                }
            }
            output += line.after
            if output.count > 1 << 16 {
                try sink(output)
                output.removeAll(keepingCapacity: true)
            }
        }
        filler.finish(to: &output)
        if !output.isEmpty { try sink(output) }
    }
}

/// What one JSON object says.
struct X12JSONLine {
    enum Separator {
        case element, component, repetition
    }

    /// A text of the segment and what stands before it; nil bytes where it is `null`.
    struct Part {
        var separator: Separator
        var bytes: [UInt8]?
    }

    var number = 1
    var isExact = false
    var raw: [UInt8]?
    var hasSegment = false
    /// The id first.
    var parts: [Part] = []
    var delimiters: Delimiters?
    var after: [UInt8] = []
    var isUnterminated = false

    /// The text of a simple element; nil where it is absent or null.
    func text(_ element: Int) -> [UInt8]? {
        var number = -1
        for part in parts {
            if part.separator == .element { number += 1 }
            if number == element { return part.bytes }
        }
        return nil
    }
}

/// Reads JSON objects of the few known shapes, one after the other, through a small buffer.
private struct LineReader {
    private static let maximumDepth = 32
    private let source: any ByteSource
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var at = 0
    private var end = 0
    private var line = 1
    private var scratch: [UInt8] = []

    init(_ source: any ByteSource) { self.source = source }

    private func failure(_ reason: String) -> X12JSONError { X12JSONError(line: line, reason: reason) }

    private mutating func peek() throws -> UInt8? {
        if at == end {
            at = 0
            end = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if end == 0 { return nil }
        }
        return buffer[at]
    }

    private mutating func take() throws -> UInt8 {
        guard let byte = try peek() else { throw failure("The JSON ends inside a value.") }
        at += 1
        if byte == 0x0a { line += 1 }
        return byte
    }

    private mutating func token() throws -> UInt8 {
        while true {
            let byte = try take()
            if byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09 { return byte }
        }
    }

    private mutating func expect(_ byte: UInt8) throws {
        guard try token() == byte else { throw failure("'\(Character(Unicode.Scalar(byte)))' is missing.") }
    }

    /// The next object; nil at the end of the input.
    mutating func next() throws -> X12JSONLine? {
        while let byte = try peek() {
            switch byte {
            // An array around the objects and the commas between them mean nothing.
            case 0x20, 0x0a, 0x0d, 0x09, UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","): _ = try take()
            case UInt8(ascii: "{"): return try object()
            default: throw failure("A JSON object is missing.")
            }
        }
        return nil
    }

    private mutating func object() throws -> X12JSONLine {
        var result = X12JSONLine(number: line)
        _ = try take()
        var byte = try token()
        while byte != UInt8(ascii: "}") {
            guard byte == UInt8(ascii: "\"") else { throw failure("A member's name is missing.") }
            let name = try text()
            try expect(UInt8(ascii: ":"))
            try member(String(decoding: name, as: UTF8.self), &result)
            byte = try token()
            if byte == UInt8(ascii: ",") {
                byte = try token()
            } else if byte != UInt8(ascii: "}") {
                throw failure("A comma is missing.")
            }
        }
        guard result.hasSegment || result.raw != nil || result.isExact else {
            throw failure("An object has neither 'segment' nor 'raw'.")
        }
        return result
    }

    private mutating func member(_ name: String, _ result: inout X12JSONLine) throws {
        switch name {
        case "x12-json":
            try skip(try token(), depth: 0)
            result.isExact = true
        case "segment":
            guard !result.hasSegment else { throw failure("'segment' stands twice.") }
            try expect(UInt8(ascii: "["))
            try elements(&result)
            result.hasSegment = true
        case "raw": result.raw = try string()
        case "after": result.after = try string()
        case "unterminated":
            let first = try token()
            result.isUnterminated = first == UInt8(ascii: "t")
            try skip(first, depth: 0)
        case "delimiters": result.delimiters = try delimiters()
        default: try skip(try token(), depth: 0)
        }
    }

    private mutating func elements(_ result: inout X12JSONLine) throws {
        var byte = try token()
        while byte != UInt8(ascii: "]") {
            try element(byte, .element, depth: 0, &result)
            byte = try token()
            if byte == UInt8(ascii: ",") {
                byte = try token()
            } else if byte != UInt8(ascii: "]") {
                throw failure("A comma is missing.")
            }
        }
        guard let id = result.parts.first, id.bytes != nil else { throw failure("A segment has no id.") }
    }

    /// Text, null, a number as it is written, or an array of components or of repetitions.
    private mutating func element(
        _ first: UInt8, _ separator: X12JSONLine.Separator, depth: Int, _ result: inout X12JSONLine
    ) throws {
        switch first {
        case UInt8(ascii: "\""): result.parts.append(.init(separator: separator, bytes: try text()))
        case UInt8(ascii: "n"):
            try skip(first, depth: 0)
            result.parts.append(.init(separator: separator, bytes: nil))
        case UInt8(ascii: "-"), 0x30...0x39:
            result.parts.append(.init(separator: separator, bytes: try number(first)))
        case UInt8(ascii: "["):
            guard depth < 2 else { throw failure("An element is nested too deep.") }
            try parts(separator, depth: depth, &result)
        default: throw failure("An element is neither text nor an array of texts.")
        }
    }

    private mutating func parts(
        _ separator: X12JSONLine.Separator, depth: Int, _ result: inout X12JSONLine
    ) throws {
        var byte = try token()
        guard byte != UInt8(ascii: "]") else {
            return result.parts.append(.init(separator: separator, bytes: []))
        }
        var separator = separator
        while true {
            let isNested = byte == UInt8(ascii: "[")
            try element(byte, separator, depth: depth + 1, &result)
            separator = isNested ? .repetition : .component
            byte = try token()
            if byte == UInt8(ascii: "]") { return }
            guard byte == UInt8(ascii: ",") else { throw failure("A comma is missing.") }
            byte = try token()
        }
    }

    private mutating func number(_ first: UInt8) throws -> [UInt8] {
        var digits = [first]
        while let byte = try peek(), byte.isLetterOrDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") {
            digits.append(try take())
        }
        return digits
    }

    private mutating func delimiters() throws -> Delimiters {
        try expect(UInt8(ascii: "{"))
        var result = Delimiters.standard
        var byte = try token()
        while byte != UInt8(ascii: "}") {
            guard byte == UInt8(ascii: "\"") else { throw failure("A member's name is missing.") }
            let name = String(decoding: try text(), as: UTF8.self)
            try expect(UInt8(ascii: ":"))
            let mark = try string()
            guard mark.count == 1 || name == "repetition" && mark.isEmpty else {
                throw failure("A delimiter is not one character.")
            }
            switch name {
            case "element": result.element = mark[0]
            case "component": result.component = mark[0]
            case "repetition": result.repetition = mark.first ?? 0
            case "segment": result.segment = mark[0]
            default: throw failure("There is no delimiter of this name.")
            }
            byte = try token()
            if byte == UInt8(ascii: ",") {
                byte = try token()
            } else if byte != UInt8(ascii: "}") {
                throw failure("A comma is missing.")
            }
        }
        return result
    }

    private mutating func string() throws -> [UInt8] {
        try expect(UInt8(ascii: "\""))
        return try text()
    }

    /// The rest of a string; each of its characters is one byte.
    private mutating func text() throws -> [UInt8] {
        scratch.removeAll(keepingCapacity: true)
        while true {
            let byte = try take()
            switch byte {
            case UInt8(ascii: "\""): return scratch
            case UInt8(ascii: "\\"): scratch.append(try escaped())
            case 0..<0x20: throw failure("A control character stands inside a string.")
            case 0xc2, 0xc3:
                let next = try take()
                guard next & 0xc0 == 0x80 else { throw failure("A text is not UTF-8.") }
                scratch.append((byte & 3) << 6 | next & 0x3f)
            case 0x80...: throw failure("A character past U+00FF stands for no byte.")
            default: scratch.append(byte)
            }
        }
    }

    private mutating func escaped() throws -> UInt8 {
        let byte = try take()
        switch byte {
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return byte
        case UInt8(ascii: "u"):
            var unit = 0
            for _ in 0..<4 {
                guard let digit = Character(Unicode.Scalar(try take())).hexDigitValue else {
                    throw failure("An escape is not four hexadecimal digits.")
                }
                unit = unit << 4 | digit
            }
            guard unit < 256 else { throw failure("A character past U+00FF stands for no byte.") }
            return UInt8(unit)
        default: throw failure("JSON has no such escape.")
        }
    }

    /// Passes over a value of any shape.
    private mutating func skip(_ first: UInt8, depth: Int) throws {
        guard depth < Self.maximumDepth else { throw failure("The JSON is nested too deep.") }
        switch first {
        case UInt8(ascii: "\""):
            while true {
                let byte = try take()
                if byte == UInt8(ascii: "\"") { return }
                if byte == UInt8(ascii: "\\") { _ = try take() }
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var byte = try token()
            while byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]") {
                if byte != UInt8(ascii: ",") && byte != UInt8(ascii: ":") { try skip(byte, depth: depth + 1) }
                byte = try token()
            }
        default: while let byte = try peek(), byte.isLetterOrDigit || byte == UInt8(ascii: ".") { _ = try take() }
        }
    }
}
