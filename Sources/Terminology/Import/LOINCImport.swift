/// The LOINC table (`Loinc.csv`, or `LoincTableCore.csv` of the same release), made into `loinc.tsv`.
///
/// The fields that LOINC's licence asks for in a table of this kind (section 8) are kept whole: the code, the six axes
/// of the name, status and short name. Rows with a copyright notice of a third party, such as survey questions, are left
/// out, as the licence allows.
public struct LOINCImport: Sendable {
    /// `loinc.tsv`.
    public let files: [String: String]
    public let codes: Int
    /// Rows left out for a third party's copyright.
    public let underOtherCopyright: Int

    static let notice = """
        This product includes all or a portion of the LOINC table, or is derived from it, subject to a licence from \
        Regenstrief Institute, Inc., a copy of which is at https://loinc.org/license; the LOINC table and codes are \
        copyright Regenstrief Institute, Inc. and the LOINC Committee, provided as is, without warranty; the current \
        complete table is at https://loinc.org; LOINC is a registered United States trademark of Regenstrief Institute
        """

    /// - Parameters:
    ///   - table: `Loinc.csv`.
    ///   - version: Such as `2.81`; no white space.
    ///   - period: The days for which the table holds, `2026-08-20..`.
    public init(table file: OfficialFile, version: String, period: String) throws(TableImportError) {
        let table = try ImportedTable(
            "loinc", version: version, period: period, source: "LOINC (Regenstrief Institute), \(file.name)",
            licence: Self.notice, columns: ObservationCode.columns.joined(separator: "\t"))
        let lines = try file.lines()
        let reader = try CSVReader(lines)
        let code = try reader.columns.index("LOINC_NUM", of: lines)
        var kept: [Int] = []
        for name in [
            "COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP", "CLASS", "STATUS", "SHORTNAME",
        ] {
            kept.append(try reader.columns.index(name, of: lines))
        }
        let status = try reader.columns.index("STATUS", of: lines)
        let notice = try reader.columns.index("EXTERNAL_COPYRIGHT_NOTICE", of: lines)
        var rows: [String: String] = [:]
        var others = 0
        while let cells = try reader.next() {
            guard ObservationCode.isValid(cells[code]) else {
                throw lines.fail("its code is not a LOINC code with its check digit")
            }
            guard ObservationCode.Status(rawValue: cells[status]) != nil else {
                throw lines.fail("its status is not known")
            }
            guard cells[notice].isEmpty else {
                others += 1
                continue
            }
            let row = kept.map { ImportedTable.cell(cells[$0]) }.joined(separator: "\t")
            guard rows.updateValue(row, forKey: cells[code]) == nil else {
                throw lines.fail("its code stands in the file twice")
            }
        }
        files = ["loinc.tsv": table.text(rows)]
        codes = rows.count
        underOtherCopyright = others
    }
}
