import Foundation

/// Which characters elements may hold (X12.5; the basic and the extended character set of the guides' appendix B).
public enum X12Characters: Sendable {
    /// Capital letters, digits, the space and `!"&'()*+,-./:;?=`. Small letters are written as capitals.
    case basic
    /// All printable characters of ASCII.
    case extended

    /// What is written for a byte; zero where nothing may be.
    package func written(for byte: UInt8) -> UInt8 {
        guard byte >= 0x20, byte < 0x7f else { return 0 }
        guard self == .basic else { return byte }
        if byte >= 0x61, byte <= 0x7a { return byte - 0x20 }
        let isBasic = byte.isLetterOrDigit || Self.basicMarks.contains(byte)
        return isBasic ? byte : 0
    }

    private static let basicMarks = Set(" !\"&'()*+,-./:;?=".utf8)
}

/// Text in the printable characters of ASCII without the delimiters, which X12's basic and extended sets allow.
package enum CarriedText {
    /// Each character as its nearest letter or mark, or a space.
    package static func bytes(of text: String, _ delimiters: Delimiters, _ characters: X12Characters = .extended)
        -> [UInt8]
    {
        var output: [UInt8] = []
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.canonicalCombiningClass != .notReordered { continue }
            let replacement = scalar.isASCII ? String(scalar) : letters[scalar] ?? " "
            output += replacement.utf8.map {
                let written = characters.written(for: $0)
                return written != 0 && !delimiters.contains(written) ? written : 0x20
            }
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
