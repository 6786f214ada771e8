import HealthTypes

/// The fields of a form as a browser sends them (`application/x-www-form-urlencoded`, WHATWG URL section 5), in order.
struct FormFields: Sendable {
    /// More fields than any form of ours has.
    static let maximumFields = 1000

    private let fields: [(name: String, value: String)]

    /// Nil for bytes that are no UTF-8 once decoded, or for too many fields.
    init?(_ bytes: some Collection<UInt8>) {
        let pairs = bytes.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= Self.maximumFields else { return nil }
        var fields: [(String, String)] = []
        for pair in pairs {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = Self.decode(pair[..<end]), let value = Self.decode(pair[end...].dropFirst()) else {
                return nil
            }
            fields.append((name, value))
        }
        self.fields = fields
    }

    /// The first value of a name, white space around it left out; nil where it is absent or blank.
    subscript(name: String) -> String? {
        let value = fields.first { $0.name == name }?.value
        guard let trimmed = value.map({ Self.trimmed($0) }), !trimmed.isEmpty else { return nil }
        return trimmed
    }

    /// The names in order, each as often as it comes.
    var names: [String] { fields.map(\.name) }

    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    private static func decode(_ bytes: some Sequence<UInt8>) -> String? {
        var output: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"): output.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                output.append(UInt8(high << 4 | low))
            default: output.append(byte)
            }
        }
        return String(validating: output, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> Int? { Character(Unicode.Scalar(byte)).hexDigitValue }

    /// `?kind=submission.held&after=W-0000012-7-0`; pairs without a value are left out.
    static func query(_ pairs: [(String, String)]) -> String {
        let parts = pairs.filter { !$0.1.isEmpty }.map { "\(encode($0.0))=\(encode($0.1))" }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        var output = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                output.unicodeScalars.append(Unicode.Scalar(byte))
            default: output += "%\([byte].hexadecimal.uppercased())"
            }
        }
        return output
    }
}
