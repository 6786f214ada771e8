import HealthTypes

/// A LOINC code with the axes of its name.
public struct ObservationCode: Hashable, Sendable {
    public let code: String
    public let component: String
    public let property: String
    public let time: String
    public let specimen: String
    public let scale: String
    public let method: String
    /// LOINC's class, such as `HEM/BC`.
    public let classification: String
    public let shortName: String
    public let status: Status

    /// Whether LOINC advises to use the code.
    public enum Status: String, Sendable, CaseIterable {
        case active = "ACTIVE"
        case trial = "TRIAL"
        case discouraged = "DISCOURAGED"
        case deprecated = "DEPRECATED"
    }

    static let columns = [
        "code", "component", "property", "time", "system", "scale", "method", "class", "status", "short_name",
    ]

    init?(_ rows: RowTable, row: Int) {
        guard let status = Status(rawValue: rows.text("status", at: row)) else { return nil }
        code = rows.code(at: row)
        component = rows.text("component", at: row)
        property = rows.text("property", at: row)
        time = rows.text("time", at: row)
        specimen = rows.text("system", at: row)
        scale = rows.text("scale", at: row)
        method = rows.text("method", at: row)
        classification = rows.text("class", at: row)
        shortName = rows.text("short_name", at: row)
        self.status = status
    }

    static func table(in files: DataFiles) throws -> RowTable? {
        try RowTable(optional: "loinc.tsv", in: files, columns: columns) { isValid($0) }
    }

    /// Whether the text is one to seven digits, a hyphen and the check digit that belongs to them.
    public static func isValid(_ code: some StringProtocol) -> Bool { isValid(Array(code.utf8)) }

    /// The check digit of LOINC is the modulus 10 one of Luhn (LOINC Users' Guide, appendix on the check digit): the
    /// digits are doubled in turn from the last of the number on.
    static func isValid(_ code: some RandomAccessCollection<UInt8>) -> Bool {
        let bytes = Array(code)
        guard (3...9).contains(bytes.count), bytes[bytes.count - 2] == UInt8(ascii: "-"), let check = bytes.last,
            check.isDigit, bytes.dropLast(2).allSatisfy(\.isDigit)
        else { return false }
        var sum = 0
        for (place, byte) in bytes.dropLast(2).reversed().enumerated() {
            let digit = Int(byte - UInt8(ascii: "0"))
            let weighted = place.isMultiple(of: 2) ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return (sum + Int(check - UInt8(ascii: "0"))).isMultiple(of: 10)
    }
}
