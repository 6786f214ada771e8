public import Foundation
import HealthTypes

/// A file of a code set as its publisher gives it out, read a line at a time.
///
/// Only one block of a file is in memory, so that one of several gigabytes, such as RxNorm's relations, costs no more
/// than a small one. Bytes that are not UTF-8 are read as Windows-1252, in which some publishers write.
public struct OfficialFile: Sendable {
    /// Without its folder; what errors and the table's own record name.
    public let name: String
    private let source: Source

    private enum Source: Sendable {
        case path(String)
        case bytes(Data)
    }

    public init(path: String) {
        name = URL(fileURLWithPath: path).lastPathComponent
        source = .path(path)
    }

    public init(name: String, contents: Data) {
        self.name = name
        source = .bytes(contents)
    }

    func lines() throws(TableImportError) -> OfficialLines {
        switch source {
        case .bytes(let data): return OfficialLines(name: name, stream: InputStream(data: data))
        case .path(let path):
            guard let stream = InputStream(fileAtPath: path) else { throw .unreadable(file: name) }
            return OfficialLines(name: name, stream: stream)
        }
    }

    /// UTF-8, else Windows-1252.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(bytes: bytes, encoding: .windowsCP1252) ?? String(decoding: bytes, as: UTF8.self)
    }
}

/// The lines of an official file in order.
final class OfficialLines {
    /// No code set has a longer one.
    static let longestLine = 1 << 20

    let name: String
    /// Of the line that was read last, from 1.
    private(set) var line = 0
    private let stream: InputStream
    private var block: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(name: String, stream: InputStream) {
        self.name = name
        self.stream = stream
        stream.open()
    }

    deinit { stream.close() }

    func fail(_ reason: String) -> TableImportError { .row(file: name, line: line, reason: reason) }

    /// The next line without its end, or nil behind the last.
    func next() throws(TableImportError) -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = newline(from: searched) {
                defer { position = end + 1 }
                return take(position..<end)
            }
            searched = block.count
            if isAtEnd {
                guard position < block.count else { return nil }
                defer { position = block.count }
                return take(position..<block.count)
            }
            guard block.count - position <= Self.longestLine else {
                line += 1
                throw fail("is longer than \(Self.longestLine) bytes")
            }
            searched -= position
            try read()
        }
    }

    private func newline(from start: Int) -> Int? {
        block.withUnsafeBufferPointer { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, 0x0a, bytes.count - start)
            else { return nil }
            return base.distance(to: found.assumingMemoryBound(to: UInt8.self))
        }
    }

    private func take(_ range: Range<Int>) -> ArraySlice<UInt8> {
        line += 1
        let text = block[range]
        return text.last == 0x0d ? text.dropLast() : text
    }

    /// Puts another block behind what is left of the last.
    private func read() throws(TableImportError) {
        block.removeSubrange(..<position)
        position = 0
        let size = 1 << 18
        let kept = block.count
        block.append(contentsOf: repeatElement(0, count: size))
        let count = block.withUnsafeMutableBufferPointer { bytes in
            bytes.baseAddress.map { stream.read($0 + kept, maxLength: size) } ?? 0
        }
        guard count >= 0 else { throw .unreadable(file: name) }
        block.removeSubrange((kept + count)...)
        isAtEnd = count == 0
    }
}

/// Columns of an official file by the names in its first line.
struct OfficialColumns {
    private let indices: [String: Int]
    let count: Int

    /// Names are compared in capitals, without spaces, underscores and points.
    init(_ names: [String]) {
        indices = Dictionary(
            names.enumerated().map { (Self.key($0.element), $0.offset) }, uniquingKeysWith: { first, _ in first })
        count = names.count
    }

    static func key(_ name: String) -> String {
        String(name.uppercased().unicodeScalars.filter { ("A"..."Z").contains($0) || ("0"..."9").contains($0) })
    }

    func index(_ names: String...) -> Int? { names.lazy.compactMap { indices[Self.key($0)] }.first }

    func index(_ name: String, of lines: OfficialLines) throws(TableImportError) -> Int {
        guard let index = index(name) else { throw lines.fail("has no column '\(name)'") }
        return index
    }
}

/// What every imported table says of itself.
struct ImportedTable {
    let name: String
    let version: String
    /// `FROM..TO`, either day left empty where it is not known.
    let period: String
    let source: String
    let licence: String
    let columns: String

    init(
        _ name: String, version: String, period: String, source: String, licence: String, columns: String
    ) throws(TableImportError) {
        guard !version.isEmpty, !version.contains(where: \.isWhitespace) else { throw .invalid("the version") }
        let ends = period.split(separator: "..", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.isEmpty || CalendarDate($0) != nil }) else {
            throw .invalid("the period")
        }
        self.name = name
        self.version = version
        self.period = period
        self.source = source
        self.licence = licence
        self.columns = columns
    }

    /// The whole file, its rows sorted by the bytes of their codes.
    func text(_ rows: [String: String]) -> String {
        let head = [
            "# table: \(name) version: \(version) effective: \(period)", "# source: \(source)",
            "# licence: \(licence)", "# date: edition \(version)", columns,
        ]
        let sorted = rows.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return (head + sorted.map { "\($0.key)\t\($0.value)" }).joined(separator: "\n") + "\n"
    }

    /// One line of words: tabs, line ends and runs of spaces become one space.
    static func cell(_ text: some StringProtocol) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// One of several in a cell: a bar, which stands between them, becomes a stroke.
    static func part(_ text: some StringProtocol) -> String {
        cell(text).replacingOccurrences(of: "|", with: "/")
    }
}

/// A row of an official file that was left out of the table, and why; more than ``limit`` of them stop an import.
public struct LeftOutRow: Hashable, Sendable, CustomStringConvertible {
    static let limit = 1_000

    public let file: String
    public let line: Int
    public let reason: String

    public var description: String { "\(file):\(line): \(reason)" }
}

extension [LeftOutRow] {
    mutating func add(_ reason: String, at lines: OfficialLines) throws(TableImportError) {
        guard count < LeftOutRow.limit else {
            throw lines.fail("is one of too many rows that cannot be used: \(reason)")
        }
        append(LeftOutRow(file: lines.name, line: lines.line, reason: reason))
    }
}
