import HealthTypes
import X12

/// Writes the segments of JSON as bytes, and computes what the envelopes leave out.
struct EnvelopeFiller {
    struct Refusal: Error {
        var reason: String
    }

    /// Everything as it stands, `null` excepted.
    var isExact = false
    private let completion: X12JSON.Completion
    private var delimiters = Delimiters.standard
    private var isInterchangeOpen = false
    private var isGroupOpen = false
    private var isSetOpen = false
    private var interchangeNumber: [UInt8] = []
    private var groupNumber: [UInt8] = []
    private var setNumber: [UInt8] = []
    private var interchanges = 0
    private var groups = 0
    private var sets = 0
    private var segments = 0

    init(_ completion: X12JSON.Completion) { self.completion = completion }

    /// Writes one segment; before it, where JSON is not exact, the trailers that are missing.
    mutating func write(_ line: X12JSONLine, to output: inout [UInt8]) throws(Refusal) {
        let id = line.text(0) ?? []
        switch String(decoding: id, as: UTF8.self) {
        // Among exact lines an ISA without delimiters is a segment of that name inside an interchange.
        case "ISA" where !isExact || line.delimiters != nil: try writeInterchange(line, to: &output)
        case "GS":
            if !isExact { closeGroup(to: &output) }
            groups += 1
            sets = 0
            isGroupOpen = true
            let number = Array(String((completion.controlNumber + groups - 1) % 1_000_000_000).utf8)
            let time = completion.instant.compact
            let filled = fill(line, [4: bytes(time, 0, 8), 5: bytes(time, 8, 4), 6: number, 7: Array("X".utf8)])
            groupNumber = filled.text(6) ?? []
            try put(filled, to: &output)
        case "ST":
            if !isExact { closeSet(to: &output) }
            sets += 1
            segments = 1
            isSetOpen = true
            let filled = fill(line, [2: Array(padded(sets, to: 4).utf8)])
            setNumber = filled.text(2) ?? []
            try put(filled, to: &output)
        case "SE":
            isSetOpen = false
            try put(fill(line, [1: count(segments + 1), 2: setNumber]), to: &output)
        case "GE":
            if !isExact { closeSet(to: &output) }
            isGroupOpen = false
            try put(fill(line, [1: count(sets), 2: groupNumber]), to: &output)
        case "IEA":
            if !isExact { closeGroup(to: &output) }
            isInterchangeOpen = false
            try put(fill(line, [1: count(groups), 2: interchangeNumber]), to: &output)
        default:
            segments += 1
            guard isExact || isInterchangeOpen else { throw Refusal(reason: "The first segment is not ISA.") }
            try put(line, to: &output)
        }
    }

    /// Writes the trailers that are missing at the end.
    mutating func finish(to output: inout [UInt8]) {
        if !isExact { closeInterchange(to: &output) }
    }

    private func count(_ number: Int) -> [UInt8] { Array(String(number).utf8) }

    private func bytes(_ text: String, _ start: Int, _ count: Int) -> [UInt8] {
        Array(text.utf8.dropFirst(start).prefix(count))
    }

    // MARK: ISA

    private mutating func writeInterchange(_ line: X12JSONLine, to output: inout [UInt8]) throws(Refusal) {
        if !isExact { closeInterchange(to: &output) }
        delimiters = line.delimiters ?? stated(line)
        isInterchangeOpen = true
        groups = 0
        let separates = delimiters.repetition != 0
        let time = completion.instant.compact
        var filled = fill(
            line,
            [
                1: Array("00".utf8), 2: [], 3: Array("00".utf8), 4: [], 5: Array("ZZ".utf8), 7: Array("ZZ".utf8),
                9: bytes(time, 2, 6), 10: bytes(time, 8, 4), 11: separates ? [delimiters.repetition] : Array("U".utf8),
                12: Array((separates ? "00501" : "00401").utf8),
                13: Array(padded((completion.controlNumber + interchanges) % 1_000_000_000, to: 9).utf8),
                14: Array("0".utf8), 15: Array("T".utf8), 16: [delimiters.component],
            ])
        interchanges += 1
        if !isExact {
            guard delimiters.areUsable else { throw Refusal(reason: "The delimiters are not four different marks.") }
            filled = try fitted(filled)
        }
        interchangeNumber = filled.text(13) ?? []
        try put(filled, to: &output)
    }

    /// The delimiters that ISA11 and ISA16 name.
    private func stated(_ line: X12JSONLine) -> Delimiters {
        var result = Delimiters.standard
        if let mark = line.text(16), mark.count == 1 { result.component = mark[0] }
        if let mark = line.text(11), mark.count == 1 { result.repetition = mark[0].isLetterOrDigit ? 0 : mark[0] }
        return result
    }

    /// The elements of ISA in their fixed widths (X12.5).
    private func fitted(_ line: X12JSONLine) throws(Refusal) -> X12JSONLine {
        let widths = [3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]
        guard line.parts.count == widths.count, line.parts.allSatisfy({ $0.separator == .element }) else {
            throw Refusal(reason: "ISA has sixteen simple elements.")
        }
        var result = line
        for (place, width) in widths.enumerated() {
            let text = line.parts[place].bytes ?? []
            guard text.count <= width else { throw Refusal(reason: "An element of ISA is too long.") }
            let filling = [UInt8](repeating: place == 13 ? 0x30 : 0x20, count: width - text.count)
            result.parts[place].bytes = place == 13 ? filling + text : text + filling
        }
        return result
    }

    // MARK: Segments

    /// The segment with what is null, and where JSON is not exact with what is absent or empty, put in.
    private func fill(_ line: X12JSONLine, _ values: [Int: [UInt8]]) -> X12JSONLine {
        var result = line
        var number = -1
        for (place, part) in line.parts.enumerated() {
            if part.separator == .element { number += 1 }
            guard let value = values[number], part.separator == .element else { continue }
            if part.bytes == nil || !isExact && part.bytes == [] { result.parts[place].bytes = value }
        }
        guard !isExact, let last = values.keys.max(), number < last else { return result }
        for missing in number + 1...last {
            result.parts.append(.init(separator: .element, bytes: values[missing] ?? []))
        }
        return result
    }

    private func put(_ line: X12JSONLine, to output: inout [UInt8]) throws(Refusal) {
        let isHeader = line.text(0) == Array("ISA".utf8)
        for (place, part) in line.parts.enumerated() {
            if place > 0 {
                switch part.separator {
                case .element: output.append(delimiters.element)
                case .component: output.append(delimiters.component)
                case .repetition:
                    guard delimiters.repetition != 0 else {
                        throw Refusal(reason: "An element repeats where the interchange has no separator for it.")
                    }
                    output.append(delimiters.repetition)
                }
            }
            let bytes = part.bytes ?? []
            if !isExact, !isHeader, bytes.contains(where: { delimiters.contains($0) }) {
                throw Refusal(reason: "An element holds a delimiter.")
            }
            output += bytes
        }
        if !line.isUnterminated { output.append(delimiters.segment) }
    }

    // MARK: Trailers that are missing

    private mutating func closeSet(to output: inout [UInt8]) {
        guard isSetOpen else { return }
        isSetOpen = false
        trailer("SE", count(segments + 1), setNumber, to: &output)
    }

    private mutating func closeGroup(to output: inout [UInt8]) {
        closeSet(to: &output)
        guard isGroupOpen else { return }
        isGroupOpen = false
        trailer("GE", count(sets), groupNumber, to: &output)
    }

    private mutating func closeInterchange(to output: inout [UInt8]) {
        closeGroup(to: &output)
        guard isInterchangeOpen else { return }
        isInterchangeOpen = false
        trailer("IEA", count(groups), interchangeNumber, to: &output)
    }

    private func trailer(_ id: String, _ count: [UInt8], _ number: [UInt8], to output: inout [UInt8]) {
        output += Array(id.utf8) + [delimiters.element] + count + [delimiters.element] + number + [delimiters.segment]
    }
}
