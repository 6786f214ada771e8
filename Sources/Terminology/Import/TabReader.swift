/// Rows of tab-separated cells under a first line of names.
final class TabReader {
    let lines: OfficialLines
    let columns: OfficialColumns

    init(_ lines: OfficialLines) throws(TableImportError) {
        self.lines = lines
        guard let head = try lines.next() else { throw .row(file: lines.name, line: 1, reason: "is empty") }
        columns = OfficialColumns(Self.cells(head))
    }

    private static func cells(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { cell in
            OfficialFile.text(cell).trimmingSpaces()
        }
    }

    /// The cells of the next row that is not empty; cells that a short row lacks are empty.
    func next() throws(TableImportError) -> [String]? {
        while let line = try lines.next() {
            if line.isEmpty { continue }
            var cells = Self.cells(line)
            guard cells.count <= columns.count else {
                throw lines.fail("has \(cells.count) cells where the first line has \(columns.count)")
            }
            while cells.count < columns.count { cells.append("") }
            return cells
        }
        return nil
    }
}

extension String {
    func trimmingSpaces() -> String {
        guard first == " " || last == " " else { return self }
        return String(drop { $0 == " " }).trimmingSuffix(" ")
    }

    func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}
