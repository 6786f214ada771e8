import HealthTypes
import Terminology

/// Finds codes that a text writes out: `E11.9`, `ICD-10: K219`, `C01AA05`, `CPT 99213`.
struct WrittenCodes {
    struct Found {
        let code: Code
        let tokens: Range<Int>
    }

    let vocabulary: ClinicalVocabulary

    func find(in stream: borrowing TokenStream) -> [Found] {
        var found: [Found] = []
        // The system that a label such as `ICD-10` or `CPT` announced, until the sentence ends.
        var label: CodeSystem?
        var position = 0
        while position < stream.tokens.count {
            let token = stream.tokens[position]
            if token.gap == .stop { label = nil }
            if let announced = Self.label(stream, token) { label = announced }
            if token.shape.contains(.digits), let code = code(at: position, label, stream) {
                found.append(code)
                position = code.tokens.upperBound
            } else {
                position += 1
            }
        }
        return found
    }

    private func code(at position: Int, _ label: CodeSystem?, _ stream: borrowing TokenStream) -> Found? {
        let token = stream.tokens[position]
        let length = token.range.count
        let first = stream.bytes[Int(token.start)]
        guard (3...7).contains(length) else { return nil }
        func whole(_ system: CodeSystem, _ text: String) -> Found {
            Found(code: Code(system, text), tokens: position..<position + 1)
        }
        if ByteKind.table[Int(first)] == .digit {
            // Five digits are a CPT code only where the text says so.
            guard length == 5, label == .cpt || label == .hcpcs, token.isNumber else { return nil }
            return whole(.cpt, stream.text(token.range))
        }
        guard ByteKind.table[Int(first)] == .upper,
            ByteKind.table[Int(stream.bytes[Int(token.start) + 1])] == .digit
        else { return nil }
        let text = stream.text(token.range)
        if length == 7, Self.isATC(text) { return whole(.atc, text) }
        if length == 3, let dotted = dotted(position, text, stream) { return dotted }
        if length == 5, text.dropFirst().allSatisfy(\.isNumber), label == .hcpcs || label == .cpt {
            return whole(.hcpcs, text)
        }
        // Without a dot a code looks like much else, so that the text must announce it.
        guard label == .icd10cm, vocabulary.knownCodes.contains(Code(.icd10cm, text)) else { return nil }
        return whole(.icd10cm, text)
    }

    /// A category, a dot and up to four characters that touch it.
    private func dotted(_ position: Int, _ category: String, _ stream: borrowing TokenStream) -> Found? {
        let dot = Int(stream.tokens[position].end)
        guard position + 1 < stream.tokens.count, dot < stream.bytes.count, stream.bytes[dot] == UInt8(ascii: "."),
            Int(stream.tokens[position + 1].start) == dot + 1, stream.tokens[position + 1].range.count <= 4
        else { return nil }
        let code = Code(.icd10cm, category + stream.text(stream.tokens[position + 1].range).uppercased())
        guard vocabulary.knownCodes.contains(code) else { return nil }
        return Found(code: code, tokens: position..<position + 2)
    }

    private static func isATC(_ text: String) -> Bool {
        let letters: Set<Int> = [0, 3, 4]
        return text.utf8.enumerated().allSatisfy { offset, byte in
            ByteKind.table[Int(byte)] == (letters.contains(offset) ? .upper : .digit)
        }
    }

    private static func label(_ stream: borrowing TokenStream, _ token: Token) -> CodeSystem? {
        guard token.shape.contains(.letters), (2...10).contains(token.range.count) else { return nil }
        let first = stream.bytes[Int(token.start)] | 0x20
        guard
            first == UInt8(ascii: "i") || first == UInt8(ascii: "c") || first == UInt8(ascii: "h")
                || first == UInt8(ascii: "d")
        else { return nil }
        switch stream.text(token.range).lowercased() {
        case "icd", "icd10", "icd10cm", "dx": return .icd10cm
        case "diagnosis", "diagnoses": return .icd10cm
        case "cpt": return .cpt
        case "hcpcs": return .hcpcs
        default: return nil
        }
    }
}
