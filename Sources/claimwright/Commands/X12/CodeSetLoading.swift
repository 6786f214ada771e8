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
            var reader = try LineReader(path: "\(folder)/\(source.file)", name: source.file)
            tables[source.set] = try read(source, &reader)
        }
        return tables
    }

    private static func read(_ source: Source, _ reader: inout LineReader) throws -> CodeTable {
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
                    minimumCapacity: source.capacity, isSelection: source.isSelection, knownFrom: period?.from)
                continue
            }
            if let wanted = source.kind, !cell(line, kind).elementsEqual(wanted.utf8) { continue }
            table?.insert(String(decoding: cell(line, code), as: UTF8.self))
        }
        guard let table else { throw CommandFailure("\(source.file): has no header line.") }
        return table
    }

    private static func cell(_ line: Slice<UnsafeBufferPointer<UInt8>>, _ column: Int) -> Slice<
        UnsafeBufferPointer<UInt8>
    > {
        var start = line.startIndex
        var number = 0
        for index in line.indices where line[index] == 0x09 {
            if number == column { return line[start..<index] }
            number += 1
            start = index + 1
        }
        return number == column ? line[start...] : line[line.endIndex...]
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

/// Gives a file line by line through one buffer.
private struct LineReader: ~Copyable {
    private let source: FileSource
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    private let name: String
    private var start = 0
    private var end = 0
    private var isLast = false

    init(path: String, name: String) throws {
        self.name = name
        do { source = try FileSource(path: path) } catch { throw CommandFailure("\(path): cannot be read.") }
    }

    deinit { buffer.deallocate() }

    /// The next line without its end, valid until the next call; nil at the end of the file.
    mutating func next() throws -> Slice<UnsafeBufferPointer<UInt8>>? {
        while true {
            let loaded = UnsafeBufferPointer(buffer.bindMemory(to: UInt8.self))
            if let place = loaded[start..<end].firstIndex(of: 0x0a) {
                defer { start = place + 1 }
                return trimmed(loaded[start..<place])
            }
            if isLast {
                guard start < end else { return nil }
                defer { start = end }
                return trimmed(loaded[start..<end])
            }
            guard end - start < buffer.count else { throw CommandFailure("\(name): has a line that is too long.") }
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            end -= start
            start = 0
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
            isLast = count == 0
            end += count
        }
    }

    private func trimmed(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        line.last == 0x0d ? line.dropLast() : line
    }
}
