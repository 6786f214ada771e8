import Foundation
import HealthTypes

/// A large table, kept as the bytes of its file with the offset of every row: a quarter of a million rows cost one scan
/// and no string until one is asked for. A row is found by the hash of its code, in constant time.
///
/// Rows stand sorted by the bytes of the code, which is the first column; the importers write them so.
struct RowTable: Sendable {
    let header: TableHeader
    private let columns: [String: Int]
    private let bytes: [UInt8]
    private let starts: [UInt32]
    /// Row plus one by the hash of its code; zero for an empty slot.
    private let slots: [UInt32]

    private static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")
    /// A table with more is refused, not cut.
    private static let maximumRows = 4_000_000

    /// Reads a table with at least these columns, `code` first.
    ///
    /// - Parameter isCode: The form of a code; it is given the bytes of each.
    init(
        file: String, bytes: [UInt8], columns wanted: [String], isCode: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws {
        header = try TableHeader(file: file, bytes: bytes)
        guard bytes.count < Int(UInt32.max) else { throw DataFileError(file: file, reason: "is over 4 GB") }
        var names: [Substring] = []
        var starts: [UInt32] = []
        try bytes.withUnsafeBufferPointer { text in
            var scan = Scan(text, file: file)
            names = try scan.columns(wanted)
            starts = try scan.rows(cells: names.count, limit: Self.maximumRows, isCode: isCode)
        }
        columns = Dictionary(zip(names.map(String.init), 0...), uniquingKeysWith: { first, _ in first })
        self.bytes = bytes
        self.starts = starts
        slots = Self.slots(bytes, starts)
    }

    /// One pass over the lines.
    private struct Scan {
        let text: UnsafeBufferPointer<UInt8>
        let file: String
        var position = 0
        var line = 0

        init(_ text: UnsafeBufferPointer<UInt8>, file: String) {
            self.text = text
            self.file = file
        }

        func fail(_ reason: String) -> DataFileError { DataFileError(file: file, line: line, reason: reason) }

        /// The next line that is neither empty nor a comment.
        mutating func next() -> Range<Int>? {
            while position < text.count, let base = text.baseAddress {
                line += 1
                let start = position
                let found = memchr(base + start, Int32(RowTable.newline), text.count - start)
                let end = found.map { base.distance(to: $0.assumingMemoryBound(to: UInt8.self)) } ?? text.count
                position = end + 1
                if start < end, text[start] != UInt8(ascii: "#") { return start..<end }
            }
            return nil
        }

        mutating func columns(_ wanted: [String]) throws -> [Substring] {
            guard let range = next() else { throw DataFileError(file: file, reason: "has no header line") }
            let names = String(decoding: text[range], as: UTF8.self).split(
                separator: "\t", omittingEmptySubsequences: false)
            guard names.first == "code" else { throw fail("its first column is not 'code'") }
            for name in wanted where !names.contains(Substring(name)) {
                throw DataFileError(file: file, reason: "has no column '\(name)'")
            }
            return names
        }

        mutating func rows(
            cells: Int, limit: Int, isCode: (UnsafeBufferPointer<UInt8>) -> Bool
        ) throws -> [UInt32] {
            var starts: [UInt32] = []
            starts.reserveCapacity(text.count / 100)
            var previous = 0..<0
            while let range = next() {
                var tabs = 0
                var codeEnd = range.upperBound
                for position in range where text[position] == RowTable.tab {
                    if tabs == 0 { codeEnd = position }
                    tabs += 1
                }
                guard tabs + 1 == cells else { throw fail("has \(tabs + 1) cells where the header has \(cells)") }
                let code = range.lowerBound..<codeEnd
                guard isCode(UnsafeBufferPointer(rebasing: text[code])) else {
                    throw fail("its code has not the form of the table's codes")
                }
                guard previous.isEmpty || text[previous].lexicographicallyPrecedes(text[code]) else {
                    throw fail("its code does not come after the one before it")
                }
                guard starts.count < limit else { throw fail("is one row more than a table may have") }
                previous = code
                starts.append(UInt32(range.lowerBound))
            }
            return starts
        }
    }

    private static func slots(_ bytes: [UInt8], _ starts: [UInt32]) -> [UInt32] {
        var size = 64
        while size < starts.count * 2 { size *= 2 }
        var slots = [UInt32](repeating: 0, count: size)
        bytes.withUnsafeBufferPointer { text in
            for (row, start) in starts.enumerated() {
                var end = Int(start)
                while text[end] != tab, text[end] != newline { end += 1 }
                var slot = Self.hash(text[Int(start)..<end]) & (size - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
                slots[slot] = UInt32(row + 1)
            }
        }
        return slots
    }

    /// FNV-1a with its upper half folded in.
    private static func hash(_ code: some Sequence<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in code { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7fff_ffff)
    }

    var count: Int { starts.count }

    /// The row of a code in the table's own form.
    func row(of code: some StringProtocol) -> Int? {
        var slot = Self.hash(code.utf8) & (slots.count - 1)
        while slots[slot] != 0 {
            let row = Int(slots[slot]) - 1
            if codeBytes(at: row).elementsEqual(code.utf8) { return row }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func codeBytes(at row: Int) -> ArraySlice<UInt8> {
        bytes[Int(starts[row])...].prefix { $0 != Self.tab && $0 != Self.newline }
    }

    func code(at row: Int) -> String { String(decoding: codeBytes(at: row), as: UTF8.self) }

    /// A cell's text; empty too for a column that the table does not have.
    func text(_ column: String, at row: Int) -> String {
        guard let index = columns[column] else { return "" }
        var rest = bytes[Int(starts[row])...]
        for _ in 0..<index {
            guard let end = rest.firstIndex(of: Self.tab) else { return "" }
            rest = rest[(end + 1)...]
        }
        return String(decoding: rest.prefix { $0 != Self.tab && $0 != Self.newline }, as: UTF8.self)
    }

    /// The parts of a cell between bars.
    func list(_ column: String, at row: Int) -> [String] {
        text(column, at: row).split(separator: "|").map(String.init)
    }

    /// A day; nil where the cell is empty or is no day.
    func date(_ column: String, at row: Int) -> CalendarDate? { CalendarDate(text(column, at: row)) }
}

extension RowTable {
    /// The table of this name, or nil where the folder does not have it.
    init?(
        optional file: String, in files: DataFiles, columns: [String],
        isCode: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws {
        guard let bytes = files.files[file] else { return nil }
        try self.init(file: file, bytes: bytes, columns: columns, isCode: isCode)
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
}
