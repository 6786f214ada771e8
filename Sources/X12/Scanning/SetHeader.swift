/// What a transaction set is and in which envelopes it stands.
public struct SetHeader: Hashable, Sendable, Codable {
    /// Its number among the transaction sets of the input, from 0; -1 outside of any.
    public var ordinal = -1
    /// ISA05 to ISA08, without the spaces that fill them up.
    public var senderQualifier = ""
    public var sender = ""
    public var receiverQualifier = ""
    public var receiver = ""
    /// ISA13.
    public var interchangeControlNumber = ""
    /// ISA14: whether a TA1 is asked for.
    public var asksForAcknowledgment = false
    /// ISA15: `P` production, `T` test, `I` information.
    public var usage = ""
    /// GS01, GS02, GS03 and GS06; empty where the set stands outside of any group.
    public var functionalID = ""
    public var applicationSender = ""
    public var applicationReceiver = ""
    public var groupControlNumber = ""
    /// GS08.
    public var groupVersion = ""
    /// ST01, such as `837`.
    public var set = ""
    /// ST02.
    public var controlNumber = ""
    /// ST03, or GS08 where the set does not say.
    public var guide = ""

    public init() {}
}

extension SetHeader {
    package mutating func beginInterchange(_ slice: SegmentSlice, isReadable: Bool) {
        self = SetHeader()
        guard isReadable else { return }
        senderQualifier = Self.trimmed(slice, 5)
        sender = Self.trimmed(slice, 6)
        receiverQualifier = Self.trimmed(slice, 7)
        receiver = Self.trimmed(slice, 8)
        interchangeControlNumber = slice.brief(13)
        asksForAcknowledgment = slice.has(14, "1")
        usage = slice.brief(15)
    }

    /// Nil stands for a set outside of any group.
    package mutating func beginGroup(_ slice: SegmentSlice?) {
        functionalID = slice?.brief(1) ?? ""
        applicationSender = slice?.brief(2) ?? ""
        applicationReceiver = slice?.brief(3) ?? ""
        groupControlNumber = slice?.brief(6) ?? ""
        groupVersion = slice?.brief(8) ?? ""
        endSet()
    }

    package mutating func beginSet(_ slice: SegmentSlice, ordinal: Int) {
        self.ordinal = ordinal
        set = slice.brief(1)
        controlNumber = slice.brief(2)
        guide = slice.isEmpty(3) ? groupVersion : slice.brief(3)
    }

    package mutating func endSet() {
        ordinal = -1
        set = ""
        controlNumber = ""
        guide = ""
    }

    private static func trimmed(_ slice: SegmentSlice, _ element: Int) -> String {
        let text = slice.brief(element)
        guard text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return text }
        let front = text.drop { $0 == " " }
        return String(front[..<(front.lastIndex { $0 != " " }.map { front.index(after: $0) } ?? front.startIndex)])
    }
}
