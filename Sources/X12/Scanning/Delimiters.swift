/// The four bytes by which an interchange is cut up, read from the positions of its ISA header
/// (X12.5, interchange control structures).
public struct Delimiters: Hashable, Sendable {
    public var element: UInt8
    public var component: UInt8
    /// Zero where the interchange has none: before version 00402, where ISA11 names a standard.
    public var repetition: UInt8
    public var segment: UInt8

    public init(element: UInt8, component: UInt8, repetition: UInt8, segment: UInt8) {
        self.element = element
        self.component = component
        self.repetition = repetition
        self.segment = segment
    }

    /// `*`, `:`, `^` and `~`, which nearly all trading partners use.
    public static let standard = Delimiters(
        element: UInt8(ascii: "*"), component: UInt8(ascii: ":"), repetition: UInt8(ascii: "^"),
        segment: UInt8(ascii: "~"))

    /// Whether the four can be told from each other and from letters, digits and spaces.
    package var areUsable: Bool {
        let used = repetition == 0 ? [element, component, segment] : [element, component, repetition, segment]
        return Set(used).count == used.count && !used.contains { $0.isLetterOrDigit || $0 == 0x20 || $0 >= 0x80 }
    }

    package func contains(_ byte: UInt8) -> Bool {
        byte == element || byte == component || byte == segment || (byte == repetition && repetition != 0)
    }
}

extension UInt8 {
    package var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    package var isLetterOrDigit: Bool { isDigit || (self >= 0x41 && self <= 0x5a) || (self >= 0x61 && self <= 0x7a) }
    package var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0d) }
}
