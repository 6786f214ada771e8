public import X12

/// How an interchange is written: what a payer or a clearinghouse asks for in its companion guide.
public struct WritingSettings: Sendable {
    /// ISA15: `P` production, `T` test.
    public var usage = "P"
    /// ISA14: whether a TA1 is asked for.
    public var asksForAcknowledgment = false
    public var delimiters = Delimiters.standard
    /// Whether a line feed follows each segment's terminator.
    public var breaksLines = false
    public var characters = X12Characters.extended
    public var unsupportedText = UnsupportedText.replace
    /// Claims, or other units, of a transaction set; 5,000 is what the guides of the 837 advise.
    public var unitsPerTransaction = 5000
    /// Transaction sets of a group; GE01 counts to 999,999.
    public var transactionsPerGroup = 999_999
    /// Groups of an interchange; IEA01 counts to 99,999.
    public var groupsPerInterchange = 99_999
    /// An interchange that would grow past this many bytes is ended before; nil for no limit. A value that is larger by
    /// itself has an interchange of its own.
    public var bytesPerInterchange: Int?
    /// Each value is checked up to this SNIP type before it is written, 0 for no check against its guide.
    ///
    /// A check takes several times as long as writing. Amounts that must add up are compared in either case.
    public var snip = 5

    /// What is done with text that the character set cannot carry.
    public enum UnsupportedText: Sendable {
        /// Its nearest letters are written, and the place is reported.
        case replace
        /// The value is refused.
        case refuse
    }

    public init() {}

    public static let standard = WritingSettings()
}
