/// The names that a title or inclusion term of ICD-10-CM gives to a text: a coder's wording turned into a clinician's.
///
/// It works on bytes, since a hundred thousand titles go through it whenever a vocabulary is built.
enum DiagnosisNames {
    struct Variant: Equatable {
        let name: String
        /// Whether nothing was left out or turned.
        let isWhole: Bool
    }

    private typealias Bytes = ArraySlice<UInt8>

    /// External causes and places are described, not named, so that their titles match by accident only.
    static func isNamed(_ code: Substring) -> Bool {
        guard let letter = code.utf8.first else { return false }
        return !(UInt8(ascii: "U")...UInt8(ascii: "Y")).contains(letter)
    }

    static func variants(of title: Substring) -> [Variant] {
        let whole = Array(title.utf8)
        guard !leftOut.contains(where: { whole.starts(with: $0) }) else { return [] }
        var names: [Bytes] = [whole[...]]
        func add(_ name: Bytes) {
            let name = trimmed(name)
            guard let last = name.split(separator: 0x20).last, !dangling.contains(String(decoding: last, as: UTF8.self))
            else { return }
            if name.count > 3, !names.contains(where: { $0.elementsEqual(name) }) { names.append(name) }
        }
        let (bare, asides) = withoutAsides(whole[...])
        for aside in asides where aside.count > 5 && aside.contains(0x20) { add(aside) }
        add(bare[...])
        var plain = bare
        for phrase in unspecified { remove(phrase, from: &plain) }
        add(plain[...])
        if let turned = turned(plain) { add(turned[...]) }
        if plain.starts(with: malignant) {
            let site = Array(plain.dropFirst(malignant.count))
            if !site.contains(UInt8(ascii: ",")), find(Array("other".utf8), in: site) == nil {
                add((Array("cancer of ".utf8) + site)[...])
                add((Array("carcinoma of ".utf8) + site)[...])
                add((site + Array(" cancer".utf8))[...])
            }
        }
        let mellitus = plain
        remove(Array(" mellitus".utf8), from: &plain)
        if plain != mellitus { add(plain[...]) }
        return names.enumerated().map { Variant(name: String(decoding: $1, as: UTF8.self), isWhole: $0 == 0) }
    }

    /// `Pneumonia, aspiration` reads `aspiration pneumonia`; what only limits the name stays where it is.
    private static func turned(_ name: [UInt8]) -> [UInt8]? {
        let parts = name.split(separator: UInt8(ascii: ","))
        guard parts.count == 2 else { return nil }
        let words = parts[1].split(separator: 0x20)
        guard (1...3).contains(words.count),
            !links.contains(String(decoding: words[0], as: UTF8.self).lowercased())
        else { return nil }
        return Array(words.joined(separator: [0x20])) + [0x20] + parts[0]
    }

    /// The text without what stands in parentheses and brackets, and what stood in the brackets.
    private static func withoutAsides(_ title: Bytes) -> ([UInt8], [Bytes]) {
        var bare: [UInt8] = []
        var asides: [Bytes] = []
        var start = 0
        var closing: UInt8?
        for (position, byte) in zip(title.indices, title) {
            if let end = closing {
                guard byte == end else { continue }
                if end == UInt8(ascii: "]") { asides.append(title[start..<position]) }
                closing = nil
            } else if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") {
                closing = byte == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
                start = position + 1
            } else if byte != 0x20 || bare.last != 0x20 {
                bare.append(byte)
            }
        }
        return (bare, asides)
    }

    private static func trimmed(_ name: Bytes) -> Bytes {
        var name = name
        while let last = name.last, edges.contains(last) { name.removeLast() }
        while let first = name.first, edges.contains(first) { name.removeFirst() }
        return name
    }

    private static func remove(_ phrase: [UInt8], from text: inout [UInt8]) {
        if let start = find(phrase, in: text) { text.removeSubrange(start..<start + phrase.count) }
    }

    private static func find(_ phrase: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = phrase.first, phrase.count <= text.count else { return nil }
        for start in 0...text.count - phrase.count where text[start] == first {
            if text[start..<start + phrase.count].elementsEqual(phrase) { return start }
        }
        return nil
    }

    private static let edges: Set<UInt8> = [0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "-")]
    private static let malignant = Array("Malignant neoplasm of ".utf8)
    private static let leftOut = [
        "Other ", "Encounter for ", "Personal history", "Family history", "Unspecified ", "Screening",
    ].map { Array($0.utf8) }
    /// Longer ones first.
    private static let unspecified = [
        ", unspecified organism", ", unspecified site", ", unspecified", " unspecified", ", not elsewhere classified",
        ", NOS", " NOS", " without complications", " without complication",
    ].map { Array($0.utf8) }
    /// What is left out of a title may leave one of these at its end.
    private static let dangling: Set<String> = [
        "of", "with", "without", "in", "by", "to", "and", "or", "due", "the", "at",
    ]
    private static let links: Set<String> = [
        "with", "without", "not", "due", "in", "of", "other", "unspecified", "and", "or", "including", "initial", "by",
        "following", "as", "for", "from", "to", "site", "part",
    ]
}
