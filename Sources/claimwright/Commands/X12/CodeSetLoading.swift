import HealthTypes
import X12

/// Reads the tables of code sets that the checker looks codes up in from an installation's `CodeTables`.
///
/// The files are read line by line into numbers, so that even the 98,000 lines of ICD-10-CM cost a few mebibytes.
struct CodeSetLoading {
    /// A file of the folder and what it says of its code set.
    private struct Source {
        var set: CodeSet
        var file: String
        /// Whether the file lacks codes of the set: one that is not there may still be right.
        var isSelection = false
        /// A room for codes that spares the table from growing.
        var capacity = 64
        /// Only rows whose `kind` is this one are codes that a message may carry.
        var kind: String?
    }

    private static let sources = [
        Source(set: .icd10cm, file: "icd10cm.tsv", capacity: 98_000, kind: "b"),
        Source(set: .pos, file: "pos.tsv"),
        Source(set: .state, file: "states.tsv"),
        Source(set: .carc, file: "carc.tsv", isSelection: true),
        Source(set: .rarc, file: "rarc.tsv", isSelection: true),
        Source(set: .revenue, file: "revenue.tsv", isSelection: true),
        Source(set: .stc, file: "stc.tsv", isSelection: true),
        Source(set: .claimStatusCategory, file: "claim-status-categories.tsv", isSelection: true),
    ]

    /// Reads all tables of a folder; throws where a file is missing or has no `code` column.
    static func load(folder: String) throws -> CodeTables {
        var tables = CodeTables()
        for source in sources {
            var reader = try TableLines(path: "\(folder)/\(source.file)", name: source.file)
            tables[source.set] = try read(source, &reader)
        }
        return tables
    }

    private static func read(_ source: Source, _ reader: inout TableLines) throws -> CodeTable {
        var period: ClosedPeriod?
        var code = -1
        var kind = -1
        var table: CodeTable?
        while let line = try reader.next() {
            if line.first == UInt8(ascii: "#") {
                if period == nil { period = ClosedPeriod(comment: line) }
                continue
            }
            if line.isEmpty { continue }
            if table == nil {
                let columns = line.split(separator: 0x09, omittingEmptySubsequences: false)
                code = columns.firstIndex { $0.elementsEqual("code".utf8) } ?? -1
                kind = source.kind == nil ? -1 : columns.firstIndex { $0.elementsEqual("kind".utf8) } ?? -1
                guard code >= 0, source.kind == nil || kind >= 0 else {
                    throw CommandFailure("\(source.file): has no column 'code', or none that says what is billable.")
                }
                table = CodeTable(
                    minimumCapacity: source.capacity, isSelection: source.isSelection, knownFrom: period?.from,
                    knownThrough: period?.through)
                continue
            }
            if let wanted = source.kind, !TableLines.cell(line, kind).elementsEqual(wanted.utf8) { continue }
            table?.insert(String(decoding: TableLines.cell(line, code), as: UTF8.self))
        }
        guard let table else { throw CommandFailure("\(source.file): has no header line.") }
        return table
    }
}

/// The days for which a table says that it holds: `effective: 2025-10-01..2026-09-30` in its first comment.
private struct ClosedPeriod {
    var from: CalendarDate?
    var through: CalendarDate?

    init?(comment: Slice<UnsafeBufferPointer<UInt8>>) {
        let text = String(decoding: comment, as: UTF8.self)
        guard let label = text.firstRange(of: "effective: ") else { return nil }
        let days = text[label.upperBound...].prefix { $0 != " " }
        let ends = days.split(separator: "..", omittingEmptySubsequences: false)
        from = ends.first.flatMap { CalendarDate($0) }
        through = ends.count > 1 ? CalendarDate(ends[1]) : nil
    }
}

/// The words of the small code tables, for reading messages out.
struct CodeWords {
    private static let files: [(CodeSet, String)] = [
        (.pos, "pos.tsv"), (.carc, "carc.tsv"), (.rarc, "rarc.tsv"), (.stc, "stc.tsv"), (.revenue, "revenue.tsv"),
    ]
    private var words: [CodeSet: [String: String]] = [:]

    /// Reads the tables of a folder; throws where one is missing or has no `code` and `words`.
    init(folder: String) throws {
        for (set, file) in Self.files {
            var lines = try TableLines(path: "\(folder)/\(file)", name: file)
            var columns: (code: Int, words: Int)?
            while let line = try lines.next() {
                if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
                guard let columns else {
                    let names = line.split(separator: 0x09, omittingEmptySubsequences: false)
                    guard let code = names.firstIndex(where: { $0.elementsEqual("code".utf8) }),
                        let words = names.firstIndex(where: { $0.elementsEqual("words".utf8) })
                    else { throw CommandFailure("\(file): has no columns 'code' and 'words'.") }
                    columns = (code, words)
                    continue
                }
                let code = String(decoding: TableLines.cell(line, columns.code), as: UTF8.self)
                words[set, default: [:]][code] = String(decoding: TableLines.cell(line, columns.words), as: UTF8.self)
            }
        }
    }

    func callAsFunction(_ set: CodeSet, _ code: String) -> String? {
        let table = words[set]
        // Revenue codes are written with three digits or with four.
        return table?[code] ?? (set == .revenue ? table?["0" + code] : nil)
    }
}
