/// Records of a file of comma-separated values (RFC 4180) under a first line of names; a quoted cell may hold commas,
/// doubled quotes and line ends.
final class CSVReader {
    /// A quoted cell that runs over more lines is taken for a quote that was never closed.
    private static let mostLines = 200

    let lines: OfficialLines
    private(set) var columns = OfficialColumns([])
    private let separator: UInt8

    init(_ lines: OfficialLines, separator: UInt8 = UInt8(ascii: ",")) throws(TableImportError) {
        self.lines = lines
        self.separator = separator
        guard var head = try record() else { throw .row(file: lines.name, line: 1, reason: "is empty") }
        if head[0].hasPrefix("\u{feff}") { head[0].removeFirst() }
        columns = OfficialColumns(head)
    }

    /// The cells of the next record that is not empty.
    func next() throws(TableImportError) -> [String]? {
        while let cells = try record() {
            if cells == [""] { continue }
            guard cells.count == columns.count else {
                throw lines.fail("has \(cells.count) cells where the first line has \(columns.count)")
            }
            return cells
        }
        return nil
    }

    private func record() throws(TableImportError) -> [String]? {
        guard var line = try lines.next() else { return nil }
        let first = lines.line
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        while true {
            var position = line.startIndex
            while position < line.endIndex {
                let byte = line[position]
                position += 1
                if isQuoted {
                    guard byte == UInt8(ascii: "\"") else {
                        cell.append(byte)
                        continue
                    }
                    if position < line.endIndex, line[position] == UInt8(ascii: "\"") {
                        cell.append(byte)
                        position += 1
                    } else {
                        isQuoted = false
                    }
                } else if byte == UInt8(ascii: "\""), cell.isEmpty {
                    isQuoted = true
                } else if byte == separator {
                    cells.append(OfficialFile.text(cell))
                    cell = []
                } else {
                    cell.append(byte)
                }
            }
            guard isQuoted else { break }
            guard lines.line - first < Self.mostLines, let next = try lines.next() else {
                throw .row(file: lines.name, line: first, reason: "has a quote that does not end")
            }
            cell.append(UInt8(ascii: "\n"))
            line = next
        }
        cells.append(OfficialFile.text(cell))
        return cells
    }
}
