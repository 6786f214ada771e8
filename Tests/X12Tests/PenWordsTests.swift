import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Texts are looked at by words; each byte is compared with the table that says what may stand.
@Suite struct PenWordsTests {
    @Test func everyByteAtEveryPlace() {
        for characters in [X12Characters.extended, .basic] {
            for delimiters in [
                Delimiters.standard, Delimiters(element: 0x7c, component: 0x1d, repetition: 0x5c, segment: 0x0a),
            ] {
                var pen = SegmentPen(delimiters: delimiters, characters: characters)
                var wrong = 0
                for length in 1...36 {
                    for place in 0..<length {
                        for byte in UInt8(0)..<128 {
                            var bytes = [UInt8](repeating: 0x41, count: length)
                            bytes[place] = byte
                            let text = String(decoding: bytes, as: UTF8.self)
                            let carried = bytes.allSatisfy {
                                characters.written(for: $0) != 0 && !delimiters.contains(characters.written(for: $0))
                            }
                            let expected =
                                carried
                                ? bytes.map { characters.written(for: $0) }
                                : CarriedText.bytes(of: text, delimiters, characters)
                            pen.removeBytes()
                            pen.begin("X")
                            pen.add(text)
                            pen.end()
                            if Array(pen.bytes) != [0x58, delimiters.element] + expected + [delimiters.segment] {
                                wrong += 1
                            }
                            if pen.replacements.isEmpty != carried { wrong += 1 }
                            pen.removeBytes()
                            var place = text
                            pen.begin("X")
                            pen.add(&place)
                            pen.component(&place)
                            pen.end()
                            if Array(pen.bytes) != [0x58, delimiters.element] + expected + [delimiters.component]
                                + expected + [delimiters.segment]
                            {
                                wrong += 1
                            }
                        }
                    }
                }
                #expect(wrong == 0)
            }
        }
        for text in ["", "é", "Müller", "naïve text that is long é", "日本", "ZZ"] {
            var pen = SegmentPen(delimiters: .standard)
            pen.begin("X"); pen.add(text); pen.end()
            let tail = CarriedText.bytes(of: text, .standard)
            #expect(
                Array(pen.bytes) == [0x58] + (tail.isEmpty ? [] : [Delimiters.standard.element]) + tail + [
                    Delimiters.standard.segment
                ])
        }
        for n in [0, 7, 10, 99, 100, 12345, -5, Int.max, Int.min] {
            var pen = SegmentPen(delimiters: .standard)
            pen.begin("X"); pen.add(n); pen.end()
            #expect(String(decoding: pen.bytes, as: UTF8.self) == "X*\(n)~")
        }
    }
}
