/// What one input may cost.
///
/// What is past a limit is reported as an issue at its place and never read in part without a word.
public struct X12Limits: Sendable {
    /// A larger input is refused whole where it is read into memory (``X12Document``); streams have no such limit.
    ///
    /// Offsets in memory are 32 bits wide, so that no more than 4 GiB - 1 can be asked for.
    public var maximumBytes = 1 << 30
    /// A longer element is an error at its place; the element is kept.
    public var maximumElementBytes = 1 << 20
    /// Of a longer segment a stream keeps the front and passes over the rest, with an error; in memory all is kept.
    public var maximumSegmentBytes = 4 << 20
    /// The content of a longer BIN or BDS segment is an error at its place.
    public var maximumBinaryBytes = 256 << 20
    /// Of a longer unit with what is around it ``X12UnitReader`` keeps the front (``X12Unit/isCut``); it is counted in memory,
    /// about a hundred bytes for each segment.
    public var maximumUnitBytes = 8 << 20
    /// Further transaction sets of one input are refused, each with an error.
    public var maximumTransactions = 1 << 20
    /// More elements in one segment are an error at its place; they are kept.
    public var maximumSegmentElements = 1000
    /// Further findings are counted and not told; one issue says so.
    public var maximumIssues = 10_000
    /// Of one transaction set further findings are counted and not told.
    public var maximumIssuesOfTransaction = 1000

    public init() {}

    public static let standard = X12Limits()
}
