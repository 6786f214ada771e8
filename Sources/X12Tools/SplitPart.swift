import X12

/// Writes the parts of an input that is cut up: envelopes with true counts and control numbers that count on.
final class SplitPart {
    /// An ST as its part repeats it.
    struct SetHeader {
        let elements: [[UInt8]]
        let delimiters: Delimiters

        init(_ slice: SegmentSlice) {
            elements = (0..<slice.count).map { Array(slice[$0]) }
            delimiters = slice.delimiters
        }
    }

    private static let pieceBytes = 64 << 10
    private let sink: (Int, [UInt8]) throws -> Void
    private var output: [UInt8] = []
    /// What stands behind each terminator.
    var lineEnd: [UInt8] = []
    /// How many parts were begun.
    private(set) var number = 0
    private(set) var isOpen = false
    /// Of the open part so far.
    private(set) var bytes = 0
    private var header: SetHeader?
    private var group: SetHeader?
    private var keptTA1s: [UInt8] = []
    private var firstInterchangeNumber: UInt64?
    private var firstGroupNumber: UInt64?
    private var interchangeNumber: [UInt8] = []
    private var groupNumber: [UInt8] = []
    private var setNumber: [UInt8] = []
    private var sets = 0
    private var segments = 0

    init(sink: @escaping (Int, [UInt8]) throws -> Void) { self.sink = sink }

    func beginInterchange(_ slice: SegmentSlice) {
        header = SetHeader(slice)
        group = nil
        if firstInterchangeNumber == nil { firstInterchangeNumber = Digits.number(slice[13]) ?? 1 }
    }

    func beginGroup(_ slice: SegmentSlice) {
        group = SetHeader(slice)
        if firstGroupNumber == nil { firstGroupNumber = Digits.number(slice[6]) ?? 1 }
    }

    func endGroup() { group = nil }

    /// Keeps an interchange acknowledgement for the next part of its interchange.
    func keepTA1(_ slice: SegmentSlice) {
        keptTA1s.append(contentsOf: UnsafeBufferPointer(start: slice.base, count: slice.length))
        keptTA1s.append(slice.delimiters.segment)
        keptTA1s += lineEnd
    }

    private func open() throws {
        guard !isOpen, var elements = header?.elements, elements.count > 13 else { return }
        isOpen = true
        number += 1
        bytes = 0
        sets = 0
        let step = UInt64(number - 1)
        interchangeNumber = digits((firstInterchangeNumber ?? 1) &+ step, width: 9)
        elements[13] = interchangeNumber
        try put(elements)
        output += keptTA1s
        keptTA1s = []
        if var elements = group?.elements {
            groupNumber = digits((firstGroupNumber ?? 1) &+ step, width: 1)
            while elements.count < 7 { elements.append([]) }
            elements[6] = groupNumber
            try put(elements)
        }
    }

    private func digits(_ number: UInt64, width: Int) -> [UInt8] {
        let text = Array(String(number % 1_000_000_000).utf8)
        return [UInt8](repeating: 0x30, count: max(width - text.count, 0)) + text
    }

    /// Begins a set; where a part holds several, they are numbered through.
    func beginSet(_ set: SetHeader, numbersAnew: Bool) throws {
        try open()
        sets += 1
        segments = 1
        var elements = set.elements
        while elements.count < 3 { elements.append([]) }
        if numbersAnew {
            elements[2] =
                [UInt8](repeating: 0x30, count: max(4 - String(sets).utf8.count, 0)) + Array(String(sets).utf8)
        }
        setNumber = elements[2]
        try put(elements)
    }

    /// Writes whole segments of the open set.
    func write(_ content: [UInt8], segments count: Int) throws {
        segments += count
        output += content
        bytes += content.count
        try flush()
    }

    func endSet() throws {
        try put([Array("SE".utf8), Array(String(segments + 1).utf8), setNumber])
    }

    /// Ends the open part.
    func close() throws {
        guard isOpen else { return }
        if group != nil { try put([Array("GE".utf8), Array(String(sets).utf8), groupNumber]) }
        try put([Array("IEA".utf8), Array((group == nil ? "0" : "1").utf8), interchangeNumber])
        isOpen = false
        try sink(number, output)
        output.removeAll(keepingCapacity: true)
    }

    /// Ends the interchange; acknowledgements that no part has yet make one.
    func closeInterchange() throws {
        if !keptTA1s.isEmpty {
            group = nil
            try open()
            try close()
        }
        header = nil
    }

    private func put(_ elements: [[UInt8]]) throws {
        guard let delimiters = header?.delimiters else { return }
        let start = output.count
        for (place, element) in elements.enumerated() {
            if place > 0 { output.append(delimiters.element) }
            output += element
        }
        output.append(delimiters.segment)
        output += lineEnd
        bytes += output.count - start
        try flush()
    }

    private func flush() throws {
        guard output.count > Self.pieceBytes else { return }
        try sink(number, output)
        output.removeAll(keepingCapacity: true)
    }
}
