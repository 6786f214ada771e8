/// What kind of bytes came in, told by how they begin and never by a file's name.
public enum MessageFormat: String, Sendable {
    case x12 = "x12"
    case hl7v2 = "hl7v2"
    case json = "json"
    /// Tab-separated reference data with a header line.
    case table = "table"
    case empty = "empty"
    case unknown = "unknown"

    public static func of(_ bytes: some Collection<UInt8>) -> MessageFormat {
        // A byte-order mark, white space and MLLP's start byte may stand before a message.
        let rest = bytes.prefix(4096).drop { $0 <= 0x20 || $0 == 0xef || $0 == 0xbb || $0 == 0xbf }
        guard let first = rest.first else { return bytes.isEmpty ? .empty : .unknown }
        if rest.starts(with: "ISA".utf8) { return .x12 }
        if ["MSH", "FHS", "BHS"].contains(where: { rest.starts(with: $0.utf8) }) { return .hl7v2 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .json }
        let line = rest.drop { $0 == UInt8(ascii: "#") }.prefix { $0 != 0x0a }
        if line.contains(0x09) || rest.starts(with: "#".utf8) { return .table }
        return .unknown
    }
}
