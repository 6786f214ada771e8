/// A licence holder's ATC index with its defined daily doses, made into `atc.tsv`.
///
/// The index is the WHO Collaborating Centre's for Drug Statistics Methodology, which asks to be named and forbids
/// changes and commercial passing on. The file is tab-separated, or separated by commas where its name ends in `.csv`,
/// with the columns `ATC code` and `ATC level name`, and where it has them `DDD`, `UOM` and `Adm.R`. A code stands on as
/// many rows as it has doses.
public struct ATCImport: Sendable {
    /// `atc.tsv`.
    public let files: [String: String]
    public let codes: Int

    /// - Parameters:
    ///   - index: The file.
    ///   - version: Such as `2026`; no white space.
    ///   - period: The days for which the index holds, `2026-01-01..2026-12-31`.
    public init(_ index: OfficialFile, version: String, period: String) throws(TableImportError) {
        let table = try ImportedTable(
            "atc", version: version, period: period,
            source: "ATC/DDD index (WHO Collaborating Centre for Drug Statistics Methodology), \(index.name)",
            licence: "copyright WHO Collaborating Centre for Drug Statistics Methodology, Oslo; for the licence "
                + "holder's own use, not to be changed or passed on",
            columns: DrugGroupTable.columns.joined(separator: "\t"))
        let lines = try index.lines()
        let isCSV = index.name.lowercased().hasSuffix(".csv")
        let reader = try CSVReader(lines, separator: isCSV ? UInt8(ascii: ",") : UInt8(ascii: "\t"))
        let code = try reader.columns.index("ATC code", of: lines)
        guard let name = reader.columns.index("ATC level name", "Name") else {
            throw lines.fail("has no column 'ATC level name'")
        }
        let dose = [
            reader.columns.index("DDD"), reader.columns.index("UOM", "U"), reader.columns.index("Adm.R", "AdmRoute"),
        ]
        var found: [String: (name: String, doses: [String])] = [:]
        while let cells = try reader.next() {
            let key = ImportedTable.cell(cells[code]).uppercased()
            guard DrugGroup.level(of: key) != nil else { throw lines.fail("its code is not one of ATC") }
            let words = ImportedTable.cell(cells[name])
            var entry = found[key] ?? (words, [])
            guard entry.name == words else { throw lines.fail("its code stands in the file with another name") }
            let parts = dose.map { $0.map { ImportedTable.part(cells[$0]) } ?? "" }
            if !parts[0].isEmpty, parts[0] != "NA" {
                entry.doses.append(parts.filter { !$0.isEmpty }.joined(separator: " "))
            }
            found[key] = entry
        }
        guard !found.isEmpty else { throw .row(file: index.name, line: 1, reason: "the file has no code of ATC") }
        for key in found.keys.sorted() {
            guard let parent = DrugGroup.parent(of: key), found[parent] == nil else { continue }
            throw .row(file: index.name, line: 1, reason: "the file lacks the group above a code of level 2 to 5")
        }
        files = [
            "atc.tsv": table.text(found.mapValues { "\($0.name)\t\($0.doses.joined(separator: "|"))" })
        ]
        codes = found.count
    }
}
