/// The number of a case within its site, counted from 1.
public struct CaseNumber: Hashable, Comparable, Sendable {
    public let value: Int

    public init(_ value: Int) { self.value = value }

    public static func < (left: CaseNumber, right: CaseNumber) -> Bool { left.value < right.value }
}

extension CaseNumber: CustomStringConvertible, LosslessStringConvertible {
    /// `C-0000012`, the form in which people and other systems see it.
    public var description: String { "C-\(padded(value, to: 7))" }

    /// Reads the form that ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        let digits = text.dropFirst(2)
        guard text.hasPrefix("C-"), (7...15).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(digits), value > 0
        else { return nil }
        self.init(value)
    }
}

extension CaseNumber: Recorded {
    public func write(to writer: inout CanonicalWriter) { writer.write(value) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { value = try reader.integer() }
}

/// A place in a case's journal, from 1.
public struct EntryRef: Hashable, Comparable, Sendable, Recorded {
    public let sequence: Int

    public init(_ sequence: Int) { self.sequence = sequence }

    public static func < (left: EntryRef, right: EntryRef) -> Bool { left.sequence < right.sequence }

    public func write(to writer: inout CanonicalWriter) { writer.write(sequence) }
    public init(from reader: inout CanonicalReader) throws(CanonicalFault) { sequence = try reader.integer() }
}

/// The `number`-th thing of its kind, counted from 0, that the entry `entry` brought into its case. `Kind` only keeps
/// the kinds apart.
public struct EntryPart<Kind>: Hashable, Comparable, Sendable, Recorded {
    public let entry: Int
    public let number: Int

    public init(entry: Int, number: Int) {
        self.entry = entry
        self.number = number
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.entry, left.number) < (right.entry, right.number)
    }

    public func write(to writer: inout CanonicalWriter) { writer.write([entry, number]) }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        let parts: [Int] = try reader.list()
        guard parts.count == 2 else { throw reader.fault(.wrongType) }
        self.init(entry: parts[0], number: parts[1])
    }
}
