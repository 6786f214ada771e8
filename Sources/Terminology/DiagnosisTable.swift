import HealthTypes

/// The ICD-10-CM table, kept as the bytes of its file with the offset of every row, so that a hundred thousand codes
/// cost one scan and no string until one is asked for.
///
/// Rows are `code TAB kind TAB title`, sorted by the bytes of the code; kind is `c` for a category, `s` for a finer
/// heading, `b` for a billable code. A title that begins with a comma continues the title of the heading above it.
struct DiagnosisTable: Sendable {
    let header: TableHeader
    private let bytes: [UInt8]
    private let starts: [UInt32]

    private static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")
    private static let longestCode = 7

    init(file: String, bytes: [UInt8]) throws {
        header = try TableHeader(file: file, bytes: bytes)
        guard bytes.count < Int(UInt32.max) else { throw DataFileError(file: file, reason: "is over 4 GB") }
        self.bytes = bytes
        starts = try bytes.withUnsafeBufferPointer { try Self.index($0, file: file) }
    }

    var count: Int { starts.count }

    private static func index(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws -> [UInt32] {
        var starts: [UInt32] = []
        starts.reserveCapacity(bytes.count / 40)
        var line = 0
        var start = 0
        var hasColumns = false
        var previous = 0..<0
        while start < bytes.count {
            line += 1
            var end = start
            while end < bytes.count, bytes[end] != newline { end += 1 }
            defer { start = end + 1 }
            if end == start || bytes[start] == UInt8(ascii: "#") { continue }
            func fail(_ reason: String) -> DataFileError { DataFileError(file: file, line: line, reason: reason) }
            guard hasColumns else {
                guard bytes[start..<end].elementsEqual("code\tkind\ttitle".utf8) else {
                    throw fail("its columns are not code, kind, title")
                }
                hasColumns = true
                continue
            }
            var codeEnd = start
            while codeEnd < end, bytes[codeEnd] != tab { codeEnd += 1 }
            guard (3...longestCode).contains(codeEnd - start) else {
                throw fail("its code is not of 3 to 7 characters")
            }
            guard codeEnd + 3 < end, bytes[codeEnd + 2] == tab else { throw fail("is not code, kind, title") }
            switch bytes[codeEnd + 1] {
            case UInt8(ascii: "c"), UInt8(ascii: "s"), UInt8(ascii: "b"): break
            default: throw fail("its kind is none of c, s, b")
            }
            guard previous.isEmpty || bytes[previous].lexicographicallyPrecedes(bytes[start..<codeEnd]) else {
                throw fail("its code does not come after the one before it")
            }
            previous = start..<codeEnd
            starts.append(UInt32(start))
        }
        guard hasColumns else { throw DataFileError(file: file, reason: "has no header line") }
        return starts
    }

    /// The row of a normalized code.
    func row(of code: some StringProtocol) -> Int? {
        let row = lowerBound(of: code)
        return row < starts.count && self.code(at: row) == code ? row : nil
    }

    /// The first row whose code is not before `code`.
    private func lowerBound(of code: some StringProtocol) -> Int {
        let wanted = code.utf8
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if codeBytes(at: middle).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func codeBytes(at row: Int) -> ArraySlice<UInt8> {
        bytes[Int(starts[row])...].prefix(Self.longestCode).prefix { $0 != Self.tab }
    }

    func code(at row: Int) -> String { String(decoding: codeBytes(at: row), as: UTF8.self) }

    func isBillable(at row: Int) -> Bool { bytes[codeBytes(at: row).endIndex + 1] == UInt8(ascii: "b") }

    func title(at row: Int) -> String {
        let title = bytes[(codeBytes(at: row).endIndex + 3)...].prefix { $0 != Self.newline }
        let text = String(decoding: title, as: UTF8.self)
        guard text.hasPrefix(","), let heading = parent(of: row) else { return text }
        return self.title(at: heading) + text
    }

    /// The heading above a row: the longest shorter code that the table has, which steps over the placeholder X.
    func parent(of row: Int) -> Int? {
        var code = code(at: row).dropLast()
        while code.utf8.count >= 3 {
            if let row = self.row(of: code) { return row }
            code = code.dropLast()
        }
        return nil
    }

    /// The first billable codes among a row and those below it.
    func billableRows(from row: Int, limit: Int = .max) -> [Int] {
        let heading = code(at: row)
        return Array(
            starts.indices[row...].lazy
                .prefix { codeBytes(at: $0).starts(with: heading.utf8) }
                .filter { isBillable(at: $0) }
                .prefix(limit))
    }
}
