/// The characters that MSH-1 and MSH-2 declare for one message (HL7 v2.5.1 chapter 2, section 2.5.4).
///
/// Each is one byte of ASCII. MSH-2 may be short: a message without an escape character has no escapes.
public struct HL7Delimiters: Hashable, Sendable {
    public var field: UInt8
    public var component: UInt8
    public var repetition: UInt8
    public var escape: UInt8?
    public var subcomponent: UInt8?
    /// The fifth character of MSH-2, from v2.7: a value that ends in it was cut short by its sender.
    public var truncation: UInt8?

    /// `|^~\&`.
    public static let standard = HL7Delimiters(
        field: UInt8(ascii: "|"), component: UInt8(ascii: "^"), repetition: UInt8(ascii: "~"),
        escape: UInt8(ascii: "\\"), subcomponent: UInt8(ascii: "&"), truncation: nil)

    /// MSH-2 as it is written.
    var encodingCharacters: [UInt8] {
        [component, repetition] + [escape, subcomponent, truncation].compactMap(\.self)
    }

    init(
        field: UInt8, component: UInt8, repetition: UInt8, escape: UInt8?, subcomponent: UInt8?, truncation: UInt8?
    ) {
        self.field = field
        self.component = component
        self.repetition = repetition
        self.escape = escape
        self.subcomponent = subcomponent
        self.truncation = truncation
    }

    /// Reads them from bytes that begin with `MSH`, `FHS` or `BHS`.
    init(header: ArraySlice<UInt8>) throws(HL7Error) {
        let after = header.dropFirst(3)
        guard let field = after.first, Self.canDelimit(field) else {
            throw HL7Error(reason: .badDelimiters, byte: after.startIndex)
        }
        let encoding = Array(after.dropFirst().prefix { $0 != field && !isLineEnd($0) }.prefix(6))
        guard (2...5).contains(encoding.count), encoding.allSatisfy(Self.canDelimit),
            Set(encoding).count == encoding.count
        else { throw HL7Error(reason: .badDelimiters, byte: after.startIndex + 1) }
        self.init(
            field: field, component: encoding[0], repetition: encoding[1],
            escape: encoding.count > 2 ? encoding[2] : nil, subcomponent: encoding.count > 3 ? encoding[3] : nil,
            truncation: encoding.count > 4 ? encoding[4] : nil)
    }

    /// A visible ASCII character that is no letter and no digit.
    private static func canDelimit(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !isAlphanumeric(byte)
    }
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
    default: false
    }
}

func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0d || byte == 0x0a }
