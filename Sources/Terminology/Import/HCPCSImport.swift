import HealthTypes

/// HCPCS Level II as CMS gives it out, made into `hcpcs2.tsv`: the fixed-width file of 320 columns
/// (`HCPCyyyy_CONTR_ANWEB.txt`; columns by its record layout), or the same table saved as comma-separated values.
///
/// A long descriptor runs over as many records as it needs. Modifiers are left out, and so are the D codes: they are
/// the American Dental Association's CDT, under its licence.
public struct HCPCSImport: Sendable {
    /// `hcpcs2.tsv`.
    public let files: [String: String]
    public let codes: Int
    public let modifiersLeftOut: Int
    public let dentalLeftOut: Int

    private struct Entry {
        var short: String
        var long: [String]
        var coverage: String
        var betos: String
        var from: String
        var to: String
    }

    /// One record of either form, its cells without the spaces around them.
    private struct Record {
        var code: String
        var long: String
        var short: String
        var coverage: String
        var betos: String
        var added: String
        var terminated: String
    }

    /// What is read so far.
    private struct Reading {
        var entries: [String: Entry] = [:]
        var modifiers: Set<String> = []
        var dental: Set<String> = []
        var last = ""

        mutating func add(_ record: Record, _ lines: OfficialLines) throws(TableImportError) {
            if record.code.utf8.count == 2 {
                modifiers.insert(record.code)
                last = record.code
                return
            }
            guard ProcedureCode.system(byFormatOf: record.code) == .hcpcs, record.code == record.code.uppercased()
            else {
                throw lines.fail("its code is not one of HCPCS Level II")
            }
            defer { last = record.code }
            guard record.code.first != "D" else {
                dental.insert(record.code)
                return
            }
            if record.code == last {
                entries[record.code]?.long.append(record.long)
                return
            }
            guard entries[record.code] == nil else { throw lines.fail("its code stands in the file twice") }
            guard let from = day(record.added), let to = day(record.terminated) else {
                throw lines.fail("has an added or termination date that is no day")
            }
            entries[record.code] = Entry(
                short: record.short, long: [record.long], coverage: record.coverage, betos: record.betos, from: from,
                to: to)
        }

        /// Empty for none, which some files write as zeros; nil for what is no day.
        private func day(_ text: String) -> String? {
            text.allSatisfy { $0 == "0" } ? "" : CalendarDate(text)?.description
        }
    }

    /// - Parameters:
    ///   - file: The fixed-width file, or one whose name ends in `.csv`.
    ///   - version: Such as `2026-10`; no white space.
    ///   - period: The days for which the table holds, `2026-10-01..2026-12-31`.
    public init(_ file: OfficialFile, version: String, period: String) throws(TableImportError) {
        let table = try ImportedTable(
            "hcpcs2", version: version, period: period,
            source: "HCPCS Level II (CMS), \(file.name), without modifiers and without D codes",
            licence: "work of the United States government, in the public domain (17 U.S.C. 105); D codes (CDT, "
                + "American Dental Association) are not here",
            columns: LevelTwoCode.columns.joined(separator: "\t"))
        let reading = file.name.lowercased().hasSuffix(".csv") ? try Self.separated(file) : try Self.fixed(file)
        guard !reading.entries.isEmpty else {
            throw .row(file: file.name, line: 1, reason: "the file has no code of HCPCS Level II")
        }
        files = [
            "hcpcs2.tsv": table.text(
                reading.entries.mapValues { entry in
                    let long = ImportedTable.cell(entry.long.joined(separator: " "))
                    return [entry.short, long, entry.coverage, entry.betos, entry.from, entry.to]
                        .joined(separator: "\t")
                })
        ]
        codes = reading.entries.count
        modifiersLeftOut = reading.modifiers.count
        dentalLeftOut = reading.dental.count
    }

    private static func fixed(_ file: OfficialFile) throws(TableImportError) -> Reading {
        let lines = try file.lines()
        var reading = Reading()
        while let line = try lines.next() {
            let isRecord = isRecordHead(line.prefix(10))
            guard isRecord else {
                // Notices stand before the first record, and nothing but empty lines behind it.
                let isEmpty = line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == 0x1a }
                guard isEmpty || reading.last.isEmpty else { throw lines.fail("is not a record of 320 columns") }
                continue
            }
            func cell(_ columns: ClosedRange<Int>) -> String {
                // A program that has touched the file may have taken the spaces off the ends of its lines.
                ImportedTable.cell(OfficialFile.text(line.dropFirst(columns.lowerBound - 1).prefix(columns.count)))
            }
            try reading.add(
                Record(
                    code: cell(1...5), long: cell(12...91), short: cell(92...119), coverage: cell(230...230),
                    betos: cell(257...259), added: cell(269...276), terminated: cell(285...292)), lines)
        }
        return reading
    }

    /// A letter and four digits, or the two characters of a modifier behind three spaces; then a number of five digits.
    private static func isRecordHead(_ head: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(head)
        guard bytes.count == 10, bytes[5...].allSatisfy(\.isDigit) else { return false }
        if bytes.prefix(3).allSatisfy({ $0 == UInt8(ascii: " ") }) {
            return bytes[3..<5].allSatisfy { $0.isDigit || $0.isCapital }
        }
        return bytes[0].isCapital && bytes[1..<5].allSatisfy(\.isDigit)
    }

    private static func separated(_ file: OfficialFile) throws(TableImportError) -> Reading {
        let lines = try file.lines()
        let reader = try CSVReader(lines)
        let code = try reader.columns.index("HCPC", of: lines)
        let long = try reader.columns.index("LONG DESCRIPTION", of: lines)
        let short = try reader.columns.index("SHORT DESCRIPTION", of: lines)
        let coverage = try reader.columns.index("COV", of: lines)
        let betos = try reader.columns.index("BETOS", of: lines)
        let added = try reader.columns.index("ADD DT", of: lines)
        let terminated = try reader.columns.index("TERM DT", of: lines)
        var reading = Reading()
        while let cells = try reader.next() {
            func cell(_ index: Int) -> String { ImportedTable.cell(cells[index]) }
            try reading.add(
                Record(
                    code: cell(code), long: cell(long), short: cell(short), coverage: cell(coverage),
                    betos: cell(betos), added: cell(added), terminated: cell(terminated)), lines)
        }
        return reading
    }
}
