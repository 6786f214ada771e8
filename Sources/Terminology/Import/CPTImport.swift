import HealthTypes

/// A licence holder's list of CPT codes with short descriptors, made into `cpt.tsv` for that holder's own use.
///
/// CPT is the American Medical Association's: neither the list nor a table made from it may be passed on without the
/// AMA's licence, and this project ships none. The list is tab-separated: a code and a descriptor, or, under a first
/// line of names, the columns whose names are `CPT Code` or `Code`, and `Short` or `Short Descriptor`.
public struct CPTImport: Sendable {
    /// `cpt.tsv`.
    public let files: [String: String]
    public let codes: Int

    /// - Parameters:
    ///   - list: The file.
    ///   - version: Such as `2026`; no white space.
    ///   - period: The days for which the list holds, `2026-01-01..2026-12-31`.
    public init(_ list: OfficialFile, version: String, period: String) throws(TableImportError) {
        let table = try ImportedTable(
            "cpt", version: version, period: period, source: "CPT (American Medical Association), \(list.name)",
            licence: "CPT is copyright and a trademark of the American Medical Association; for the licence holder's "
                + "own use, not to be passed on",
            columns: LicensedCPT.columns.joined(separator: "\t"))
        let lines = try list.lines()
        var rows: [String: String] = [:]
        var code = 0
        var short = 1
        var isFirst = true
        while let line = try lines.next() {
            if line.isEmpty { continue }
            let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
                ImportedTable.cell(OfficialFile.text($0))
            }
            defer { isFirst = false }
            if isFirst, ProcedureCode.system(byFormatOf: cells[0]) != .cpt {
                let columns = OfficialColumns(cells)
                guard let found = columns.index("CPT Code", "Code"),
                    let words = columns.index("Short", "Short Descriptor", "Short Description")
                else { throw lines.fail("has neither a code nor the names of the columns") }
                (code, short) = (found, words)
                continue
            }
            guard max(code, short) < cells.count else { throw lines.fail("has no descriptor") }
            let key = cells[code].uppercased()
            guard ProcedureCode.system(byFormatOf: key) == .cpt else { throw lines.fail("its code is not one of CPT") }
            guard rows.updateValue(cells[short], forKey: key) == nil else {
                throw lines.fail("its code stands in the file twice")
            }
        }
        guard !rows.isEmpty else { throw .row(file: list.name, line: 1, reason: "the file has no code of CPT") }
        files = ["cpt.tsv": table.text(rows)]
        codes = rows.count
    }
}
