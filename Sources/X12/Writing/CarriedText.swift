import Foundation

/// Text in the printable characters of ASCII without the delimiters, which X12's basic and extended sets allow.
enum CarriedText {
    /// Each character as its nearest letter or mark, or a space.
    static func bytes(of text: String, _ delimiters: Delimiters) -> [UInt8] {
        var output: [UInt8] = []
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.canonicalCombiningClass != .notReordered { continue }
            let replacement = scalar.isASCII ? String(scalar) : letters[scalar] ?? " "
            output += replacement.utf8.map { $0 >= 0x20 && $0 < 0x7f && !delimiters.contains($0) ? $0 : 0x20 }
        }
        return output
    }

    /// Letters and marks that canonical decomposition does not bring to ASCII.
    private static let letters: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d",
        "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "\u{2018}": "'", "\u{2019}": "'",
        "\u{201c}": "\"", "\u{201d}": "\"", "\u{2010}": "-", "\u{2011}": "-", "\u{2013}": "-", "\u{2014}": "-",
        "\u{2026}": "...",
    ]
}
