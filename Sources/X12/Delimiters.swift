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
    var areUsable: Bool {
        let used = repetition == 0 ? [element, component, segment] : [element, component, repetition, segment]
        return Set(used).count == used.count && !used.contains { $0.isLetterOrDigit || $0 == 0x20 || $0 >= 0x80 }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte == element || byte == component || byte == segment || (byte == repetition && repetition != 0)
    }
}

/// What one input may cost.
///
/// What is past a limit is reported as an issue and never read in part without a word.
public struct X12Limits: Sendable {
    /// A larger input is refused whole.
    ///
    /// Offsets are 32 bits wide, so that no more than 4 GiB - 1 can be asked for.
    public var maximumBytes = 1 << 30
    /// Reading stops at this many segments; the rest of the input counts as stray bytes.
    public var maximumSegments = 50_000_000
    /// A longer element is an error at its place; the element is kept.
    public var maximumElementBytes = 1 << 20
    /// As above, for the content of BIN and BDS segments.
    public var maximumBinaryBytes = 256 << 20
    /// More elements in one segment are an error at its place; they are kept.
    public var maximumSegmentElements = 1000
    /// Further faults of characters, segments and stray bytes are not collected; one issue says so.
    public var maximumIssues = 10_000

    public init() {}

    public static let standard = X12Limits()
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isLetterOrDigit: Bool { isDigit || (self >= 0x41 && self <= 0x5a) || (self >= 0x61 && self <= 0x7a) }
    var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0d) }
}
