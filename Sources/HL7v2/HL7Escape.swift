import HealthTypes

/// Escape sequences in text (HL7 v2.5.1 2.7): the delimiters, `\.br\` and hexadecimal bytes.
///
/// Any other sequence is left as it stands, since its meaning is its sender's.
enum HL7Escape {
    static func undo(_ bytes: ArraySlice<UInt8>, _ delimiters: HL7Delimiters) -> String {
        guard let escape = delimiters.escape, bytes.contains(escape) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var output: [UInt8] = []
        var rest = bytes
        while let open = rest.firstIndex(of: escape) {
            output.append(contentsOf: rest[..<open])
            let inner = rest[(open + 1)...]
            guard let close = inner.firstIndex(of: escape) else {
                rest = rest[open...]
                break
            }
            if let meaning = meaning(of: inner[..<close], delimiters) {
                output.append(contentsOf: meaning)
                rest = rest[(close + 1)...]
            } else {
                // Only the opening mark is passed over: the closing one may open a sequence that is known.
                output.append(escape)
                rest = inner
            }
        }
        output.append(contentsOf: rest)
        return String(decoding: output, as: UTF8.self)
    }

    private static func meaning(of sequence: ArraySlice<UInt8>, _ delimiters: HL7Delimiters) -> [UInt8]? {
        switch sequence.first {
        case UInt8(ascii: "F") where sequence.count == 1: return [delimiters.field]
        case UInt8(ascii: "S") where sequence.count == 1: return [delimiters.component]
        case UInt8(ascii: "R") where sequence.count == 1: return [delimiters.repetition]
        case UInt8(ascii: "T") where sequence.count == 1: return delimiters.subcomponent.map { [$0] }
        case UInt8(ascii: "E") where sequence.count == 1: return delimiters.escape.map { [$0] }
        case UInt8(ascii: "P") where sequence.count == 1: return delimiters.truncation.map { [$0] }
        case UInt8(ascii: ".") where sequence.elementsEqual(".br".utf8): return [0x0a]
        case UInt8(ascii: "X"): return hexadecimal(sequence.dropFirst())
        default: return nil
        }
    }

    /// Bytes of UTF-8; nil for anything else, so that the sequence stays visible.
    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
        let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard values.count == digits.count else { return nil }
        let bytes = stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
        return String(validating: bytes, as: UTF8.self) == nil ? nil : bytes
    }

    /// Text made safe to stand in a field.
    ///
    /// A line end becomes `\.br\`; without an escape character, what cannot stand becomes a space.
    static func apply(_ text: String, _ delimiters: HL7Delimiters) -> [UInt8] {
        var output: [UInt8] = []
        var previous: UInt8 = 0
        for byte in text.utf8 {
            defer { previous = byte }
            if byte == 0x0a, previous == 0x0d { continue }
            guard let sequence = sequence(for: byte, delimiters) else {
                output.append(byte)
                continue
            }
            guard let escape = delimiters.escape else {
                output.append(UInt8(ascii: " "))
                continue
            }
            output.append(escape)
            output.append(contentsOf: sequence.utf8)
            output.append(escape)
        }
        return output
    }

    private static func sequence(for byte: UInt8, _ delimiters: HL7Delimiters) -> String? {
        switch byte {
        case delimiters.field: "F"
        case delimiters.component: "S"
        case delimiters.repetition: "R"
        case delimiters.escape: "E"
        case delimiters.subcomponent: "T"
        case delimiters.truncation: "P"
        case 0x0a, 0x0d: ".br"
        case 0..<0x20, 0x7f: "X" + [byte].hexadecimal.uppercased()
        default: nil
        }
    }
}
