import HealthTypes

/// The ICD-10-CM table, kept as the bytes of its file with the offset of every row, so that a hundred thousand codes
/// cost one scan and no string until one is asked for. A code is found by hash, and its heading and the codes below
/// it by position, each in constant time.
///
/// Rows are `code TAB kind TAB title`, sorted by the bytes of the code; kind is `c` for a category, `s` for a finer
/// heading, `b` for a billable code. A title that begins with a comma continues the title of the heading above it.
struct DiagnosisTable: Sendable {
    let header: TableHeader
    private let bytes: [UInt8]
    private let starts: [UInt32]
    /// The code of each row, a byte a character.
    private let keys: [UInt64]
    /// Row plus one by the hash of its code; zero for an empty slot.
    private let slots: [UInt32]
    /// The row of the heading above; −1 for a category.
    private let parents: [Int32]
    /// The first row that is not below this one.
    private let ends: [UInt32]
    /// How many billable codes stand before each row, and behind the last how many there are.
    private let billableBefore: [UInt32]

    fileprivate static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")
    private static let longestCode = 7

    init(file: String, bytes: [UInt8]) throws {
        header = try TableHeader(file: file, bytes: bytes)
        guard bytes.count < Int(UInt32.max) else { throw DataFileError(file: file, reason: "is over 4 GB") }
        self.bytes = bytes
        starts = try bytes.withUnsafeBufferPointer { try Self.index($0, file: file) }
        let shape = bytes.withUnsafeBufferPointer { [starts] in Shape($0, starts: starts) }
        keys = shape.keys
        slots = shape.slots
        parents = shape.parents
        ends = shape.ends
        billableBefore = shape.billableBefore
    }

    /// What the order of the rows says of their tree.
    private struct Shape {
        var keys: [UInt64] = []
        var slots: [UInt32] = []
        var parents: [Int32] = []
        var ends: [UInt32]
        var billableBefore: [UInt32] = [0]

        init(_ bytes: UnsafeBufferPointer<UInt8>, starts: [UInt32]) {
            keys.reserveCapacity(starts.count)
            parents.reserveCapacity(starts.count)
            billableBefore.reserveCapacity(starts.count + 1)
            ends = Array(repeating: UInt32(starts.count), count: starts.count)
            var size = 1024
            while size < starts.count * 2 { size *= 2 }
            slots = Array(repeating: 0, count: size)
            // The headings above the row, the category first: in sorted order they stand before it.
            var open: [(row: Int, code: Range<Int>)] = []
            for (row, start) in starts.enumerated() {
                var end = Int(start)
                while bytes[end] != DiagnosisTable.tab { end += 1 }
                let code = Int(start)..<end
                while let last = open.last, !bytes[code].starts(with: bytes[last.code]) {
                    ends[last.row] = UInt32(row)
                    open.removeLast()
                }
                parents.append(Int32(open.last?.row ?? -1))
                open.append((row, code))
                let key = DiagnosisTable.pack(bytes[code])
                keys.append(key)
                var slot = DiagnosisTable.slot(of: key, in: size)
                while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
                slots[slot] = UInt32(row + 1)
                let isBillable = bytes[end + 1] == UInt8(ascii: "b")
                billableBefore.append(billableBefore[row] + (isBillable ? 1 : 0))
            }
        }
    }

    private static func pack(_ code: some Sequence<UInt8>) -> UInt64 {
        var key: UInt64 = 0
        var shift: UInt64 = 56
        for byte in code {
            key |= UInt64(byte) << shift
            shift &-= 8
        }
        return key
    }

    private static func slot(of key: UInt64, in size: Int) -> Int {
        let hash = key &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: hash >> 32) & (size - 1)
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
        guard (3...Self.longestCode).contains(code.utf8.count) else { return nil }
        return row(ofKey: Self.pack(code.utf8))
    }

    private func row(ofKey key: UInt64) -> Int? {
        var slot = Self.slot(of: key, in: slots.count)
        while slots[slot] != 0 {
            let row = Int(slots[slot]) - 1
            if keys[row] == key { return row }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Where the code of a row ends; its length is that of its key.
    private func codeEnd(at row: Int) -> Int { Int(starts[row]) + (64 - keys[row].trailingZeroBitCount + 7) / 8 }

    func code(at row: Int) -> String { String(decoding: bytes[Int(starts[row])..<codeEnd(at: row)], as: UTF8.self) }

    func isBillable(at row: Int) -> Bool { bytes[codeEnd(at: row) + 1] == UInt8(ascii: "b") }

    func title(at row: Int) -> String {
        let start = codeEnd(at: row) + 3
        let text = bytes.withUnsafeBufferPointer { bytes in
            var end = start
            while end < bytes.count, bytes[end] != Self.newline { end += 1 }
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        }
        guard bytes[start] == UInt8(ascii: ","), let heading = parent(of: row) else { return text }
        return self.title(at: heading) + text
    }

    /// The heading above a row: the longest shorter code that the table has, which steps over the placeholder X.
    func parent(of row: Int) -> Int? { parents[row] < 0 ? nil : Int(parents[row]) }

    /// The rows directly below one, in order.
    func children(of row: Int) -> [Int] {
        var found: [Int] = []
        var next = row + 1
        while next < Int(ends[row]) {
            found.append(next)
            next = Int(ends[next])
        }
        return found
    }

    /// The first billable codes among a row and those below it.
    func billableRows(from row: Int, limit: Int = .max) -> [Int] {
        Array((row..<Int(ends[row])).lazy.filter { isBillable(at: $0) }.prefix(limit))
    }

    /// Where the billable codes of a row and those below it stand among all billable codes.
    func billableRange(from row: Int) -> Range<Int> { Int(billableBefore[row])..<Int(billableBefore[Int(ends[row])]) }

    var billableCount: Int { Int(billableBefore.last ?? 0) }
}
