import HealthTypes

/// The elements of the segments of one version, read from a `.segments` file.
package struct SegmentDictionary: Sendable {
    package enum ElementType: String, BitwiseCopyable, Sendable {
        case text = "AN"
        case code = "ID"
        case integer = "N"
        case decimal = "R"
        case date = "DT"
        case time = "TM"
        case binary = "B"
        /// Of a version whose types are not known here.
        case any = "*"
    }

    package struct Element: Sendable {
        package var type: ElementType
        package var length: ClosedRange<Int>
        var isMandatory: Bool
        var maximum: Int
        /// Those of a composite; empty for a simple element.
        package var components: [Element]
    }

    /// A rule of the standard on which elements stand together.
    package struct Note: Sendable {
        package enum Kind: Character, BitwiseCopyable, Sendable {
            case paired = "P"
            case atLeastOne = "R"
            case atMostOne = "E"
            case conditional = "C"
            case list = "L"
        }
        package var kind: Kind
        package var elements: [Int]
    }

    package struct Definition: Sendable {
        package var elements: [Element] = []
        package var notes: [Note] = []
    }

    package private(set) var segments: [String: Definition] = [:]

    package init(name: String, text: String) throws {
        var composites: [String: [Element]] = [:]
        // Most words stand many times.
        var known: [Substring: Element] = [:]
        for (index, line) in text[...].cut(at: "\n", keepsEmpty: true).enumerated() {
            var words = line.cut(at: " ")
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func failure(_ reason: String) -> DataFileError {
                DataFileError(file: name, line: index + 1, reason: reason)
            }
            let isComposite = first == "composite"
            words.removeFirst(isComposite ? 2 : 1)
            var definition = Definition()
            let bar = words.firstIndex(of: "|") ?? words.endIndex
            for word in words[..<bar] {
                guard let element = known[word] ?? Self.element(word, composites) else {
                    throw failure("'\(word)' is no element")
                }
                known[word] = element
                definition.elements.append(element)
            }
            for word in words[bar...].dropFirst() {
                guard let note = Self.note(word) else { throw failure("'\(word)' is no syntax note") }
                definition.notes.append(note)
            }
            if isComposite {
                composites[String(line.cut(at: " ")[1])] = definition.elements
            } else {
                segments[String(first)] = definition
            }
        }
    }

    /// `AN1-60`, `ID2-3!`, `ID1-2x99`, `C003!`.
    private static func element(_ word: Substring, _ composites: [String: [Element]]) -> Element? {
        var rest = word
        var maximum = 1
        if let times = rest.lastIndex(of: "x"), let count = Int(rest[rest.index(after: times)...]) {
            maximum = count
            rest = rest[..<times]
        }
        let isMandatory = rest.hasSuffix("!")
        if isMandatory { rest = rest.dropLast() }
        if let components = composites[String(rest)] {
            return Element(
                type: .text, length: 0...Int.max, isMandatory: isMandatory, maximum: maximum, components: components)
        }
        let letters = rest.prefix { $0.isLetter }
        let bounds = rest.dropFirst(letters.count).split(separator: "-").compactMap { Int($0) }
        guard let type = ElementType(rawValue: String(letters)), bounds.count == 2, bounds[0] <= bounds[1] else {
            return nil
        }
        return Element(
            type: type, length: bounds[0]...bounds[1], isMandatory: isMandatory, maximum: maximum, components: [])
    }

    /// `P0304`.
    private static func note(_ word: Substring) -> Note? {
        let digits = Array(word.dropFirst())
        guard let letter = word.first, let kind = Note.Kind(rawValue: letter), digits.count.isMultiple(of: 2) else {
            return nil
        }
        let elements = stride(from: 0, to: digits.count, by: 2).compactMap { Int(String(digits[$0..<$0 + 2])) }
        // Which elements stand is kept as the bits of one word.
        guard elements.count * 2 == digits.count, elements.allSatisfy((1...63).contains) else { return nil }
        return Note(kind: kind, elements: elements)
    }
}
