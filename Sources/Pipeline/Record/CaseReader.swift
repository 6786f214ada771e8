public import HealthTypes
public import Stages
public import Store

/// An entry of a journal, read.
public struct ReadEntry: Sendable {
    public var row: EntryRow
    public var entry: CaseEntry
}

/// Reads cases back from their journals.
public enum CaseReader {
    /// An entry that this program cannot read: of a kind, a version or with a tag that it does not know.
    public struct UnknownForm: Error, CustomStringConvertible, Sendable {
        public let sequence: Int
        public let reason: String

        public var description: String { "entry \(sequence): \(reason)" }
    }

    public static func read(_ row: EntryRow) throws(UnknownForm) -> CaseEntry {
        guard row.version == CaseEntry.version else {
            throw UnknownForm(sequence: row.sequence, reason: "version \(row.version) of an entry's form")
        }
        guard let kind = CaseEvent.Kind(rawValue: row.kind) else {
            throw UnknownForm(sequence: row.sequence, reason: "a kind of entry that this program does not know")
        }
        do { return try CaseEntry(kind: kind, body: row.body) } catch {
            throw UnknownForm(sequence: row.sequence, reason: error.description)
        }
    }

    public static func read(_ rows: [EntryRow]) throws(UnknownForm) -> [ReadEntry] {
        var entries: [ReadEntry] = []
        for row in rows { entries.append(ReadEntry(row: row, entry: try read(row))) }
        return entries
    }

    /// Folds entries into facts; the first must be the next of the facts.
    public static func fold(_ rows: [EntryRow], into facts: inout CaseFacts) throws(UnknownForm) {
        for row in rows {
            guard row.sequence == facts.sequence + 1 else {
                throw UnknownForm(sequence: row.sequence, reason: "the entry before it is missing")
            }
            facts.apply(try read(row), at: row.at)
        }
    }

    public static func facts(of number: CaseNumber, _ rows: [EntryRow]) throws(UnknownForm) -> CaseFacts {
        var facts = CaseFacts(number: number)
        try fold(rows, into: &facts)
        return facts
    }
}
