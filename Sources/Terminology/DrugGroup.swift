import HealthTypes

/// A group or a substance of the Anatomical Therapeutic Chemical classification.
public struct DrugGroup: Hashable, Sendable {
    public let code: String
    /// Empty where the table has the code as an identifier only.
    public let name: String
    /// Defined daily doses, such as `0.25 mg O`: the dose, its unit and the route.
    public let dailyDoses: [String]

    /// From 1, the anatomical main group, to 5, the substance.
    public var level: Int { Self.level(of: code) ?? 0 }

    /// The level of a code by its form (`C`, `C01`, `C01A`, `C01AA`, `C01AA05`); nil where it has none of them.
    public static func level(of code: some StringProtocol) -> Int? { level(ofBytes: Array(code.utf8)) }

    static func level(ofBytes code: some RandomAccessCollection<UInt8>) -> Int? {
        guard let level = [1, 3, 4, 5, 7].firstIndex(of: code.count) else { return nil }
        let isWhole = zip(code, [true, false, false, true, true, false, false]).allSatisfy { byte, isLetter in
            isLetter ? byte.isCapital : byte.isDigit
        }
        return isWhole ? level + 1 : nil
    }

    /// The code of the group above.
    static func parent(of code: String) -> String? {
        level(of: code).flatMap { $0 > 1 ? String(code.prefix([1, 3, 4, 5][$0 - 2])) : nil }
    }
}

/// The table `atc.tsv`, sorted, so that what lies below a group stands behind it.
struct DrugGroupTable: Sendable {
    static let columns = ["code", "name", "ddd"]

    let rows: RowTable
    /// The first row that is not below this one.
    private let ends: [UInt32]

    init?(in files: DataFiles) throws {
        let rows = try RowTable(optional: "atc.tsv", in: files, columns: Self.columns) {
            DrugGroup.level(ofBytes: $0) != nil
        }
        guard let rows else { return nil }
        self.rows = rows
        var ends = [UInt32](repeating: UInt32(rows.count), count: rows.count)
        var open: [(row: Int, code: String)] = []
        for row in 0..<rows.count {
            let code = rows.code(at: row)
            while let last = open.last, !code.hasPrefix(last.code) {
                ends[last.row] = UInt32(row)
                open.removeLast()
            }
            open.append((row, code))
        }
        self.ends = ends
    }

    subscript(code: String) -> DrugGroup? {
        rows.row(of: code).map { row in
            DrugGroup(code: code, name: rows.text("name", at: row), dailyDoses: rows.list("ddd", at: row))
        }
    }

    func children(of code: String) -> [String] {
        guard let row = rows.row(of: code) else { return [] }
        var found: [String] = []
        var next = row + 1
        while next < Int(ends[row]) {
            found.append(rows.code(at: next))
            next = Int(ends[next])
        }
        return found
    }

    /// The anatomical main groups.
    var roots: [String] {
        var found: [String] = []
        var next = 0
        while next < rows.count {
            found.append(rows.code(at: next))
            next = Int(ends[next])
        }
        return found
    }
}
