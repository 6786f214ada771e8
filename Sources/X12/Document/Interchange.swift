public import HealthTypes

/// One ISA to its IEA (X12.5).
public struct Interchange: Sendable {
    let header: Segment
    let trailer: Segment?
    public let delimiters: Delimiters
    public internal(set) var groups: [FunctionalGroup]
    /// The interchange acknowledgements that stand in it, before its first group.
    public let ta1Segments: [Segment]
    /// What is wrong with its header, its trailer and what stands outside of its groups.
    public internal(set) var issues: [Issue]
    /// False where the header's delimiters cannot be used: then it has no groups, and nothing of it was read.
    public let isReadable: Bool

    public var authorizationQualifier: String { header[1] }
    public var senderQualifier: String { header[5] }
    /// Without the spaces that fill it up to fifteen characters.
    public var senderID: String { trimmed(header[6]) }
    public var receiverQualifier: String { header[7] }
    public var receiverID: String { trimmed(header[8]) }
    /// `YYMMDD`.
    public var date: String { header[9] }
    /// `HHMM`.
    public var time: String { header[10] }
    /// ISA12, such as `00501`.
    public var version: String { header[12] }
    public var controlNumber: String { header[13] }
    /// ISA14: whether the sender asks for a TA1.
    public var acknowledgmentRequested: Bool { header.has(14, "1") }
    /// ISA15: P production, T test, I information.
    public var usage: String { header[15] }

    private func trimmed(_ text: String) -> String {
        var bytes = Substring(text)
        while bytes.last == " " { bytes.removeLast() }
        return String(bytes.drop { $0 == " " })
    }
}

/// One GS to its GE.
public struct FunctionalGroup: Sendable {
    /// Nil where a transaction set stands outside of any group.
    let header: Segment?
    let trailer: Segment?
    public internal(set) var transactions: [TransactionSet]
    /// What is wrong with its header, its trailer and what stands outside of its transaction sets.
    public internal(set) var issues: [Issue]

    /// GS01, such as `HC` for claims.
    public var functionalID: String { header?[1] ?? "" }
    public var sender: String { header?[2] ?? "" }
    public var receiver: String { header?[3] ?? "" }
    /// `CCYYMMDD`.
    public var date: String { header?[4] ?? "" }
    public var time: String { header?[5] ?? "" }
    public var controlNumber: String { header?[6] ?? "" }
    /// GS08, such as `005010X222A1`.
    public var version: String { header?[8] ?? "" }
}

/// One ST to its SE; where the SE is missing, to the segment before the next envelope segment.
public struct TransactionSet: Sendable {
    /// ST first.
    public let segments: SegmentList
    /// ST03, or GS08 where the set does not say, verbatim.
    public let guide: String
    /// What its syntax shows: characters, counts, control numbers; the guide's rules are `X12Checker`'s.
    public internal(set) var issues: [Issue]

    /// ST01, such as `837`.
    public var id: String { segments[0][1] }
    public var controlNumber: String { segments[0][2] }

    /// From the first byte of ST to the terminator of the last segment, which is included where it stands.
    public var byteRange: Range<Int> {
        let last = segments[segments.count - 1].byteRange.upperBound
        return segments[0].byteOffset..<Swift.min(last + 1, segments.tokens.bytes.count)
    }

    public var rawText: String { segments.tokens.text(byteRange) }
}
