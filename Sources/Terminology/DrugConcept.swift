import HealthTypes

/// A concept of RxNorm: an ingredient, a brand, a strength, a product or a pack.
public struct DrugConcept: Hashable, Sendable {
    /// The RxCUI.
    public let code: String
    /// RxNorm's term type: `IN`, `PIN`, `MIN`, `BN`, `SCD`, `SBD` and so on.
    public let termType: String
    public let name: String
    /// The RxCUIs of the ingredients (`IN`) that it holds; its own where it is one.
    public let ingredients: [String]
    /// RxNorm no longer lists it as in use.
    public let isObsolete: Bool

    init(_ rows: RowTable, row: Int) {
        code = rows.code(at: row)
        termType = rows.text("tty", at: row)
        name = rows.text("name", at: row)
        let listed = rows.text("ingredients", at: row).split(separator: " ").map(String.init)
        ingredients = listed.isEmpty && termType == "IN" ? [code] : listed
        isObsolete = rows.text("status", at: row) == "obsolete"
    }

    static let columns = ["code", "tty", "name", "ingredients", "status"]

    static func table(in files: DataFiles) throws -> RowTable? {
        try RowTable(optional: "rxnorm.tsv", in: files, columns: columns) {
            (1...8).contains($0.count) && $0.allSatisfy(\.isDigit) && $0.first != UInt8(ascii: "0")
        }
    }
}
