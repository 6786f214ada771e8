/// Says of each segment of a transaction set in which of its guide's loops it stands.
///
/// ``LoopMatcher`` finds it out; ``PlacedSegments`` repeats what one found on another thread.
protocol SegmentPlacer: ~Copyable {
    init()

    /// The guide's loop of the segment that was placed last; nil in a loop that the guide does not have.
    var loop: Int? { get }
    /// The rule of that segment; negative where it has none.
    var rule: Int32 { get }
    /// Whether it began a loop.
    var began: Bool { get }
    /// How many loops it closed, the deepest first.
    var closedCount: Int { get }
    /// What stands wrongly or is missing; the reader takes it away.
    var found: [LoopMatcher.Found] { get set }

    func closedLoop(_ index: Int) -> Int
    /// Begins a set of the guide.
    mutating func begin(_ guide: CompiledGuide, byte: Int)
    /// Counts the ST of a set that began under another guide.
    mutating func placeHeader()
    mutating func place(_ slice: SegmentSlice, _ id: UInt32, position: Int)
    /// Ends the set.
    mutating func finish()
}

extension LoopMatcher: SegmentPlacer {
    init() { self.init(guide: .none) }

    mutating func begin(_ guide: CompiledGuide, byte: Int) {
        if guide !== self.guide { self = LoopMatcher(guide: guide) }
        restart(byte: byte)
    }
}

/// Chooses the guide of one transaction set after the other.
struct GuideChoice {
    private let guides: GuideLibrary
    private var alternatives: [CompiledGuide] = []
    /// ST03, or GS08 where it is empty.
    private(set) var id = ""

    init(_ guides: GuideLibrary) { self.guides = guides }

    /// The guide of the set whose ST this is; `version` is GS08. Nil where there is none.
    mutating func begin(_ slice: SegmentSlice, version: String) -> CompiledGuide? {
        id = slice.isEmpty(3) ? version : slice.brief(3)
        alternatives = guides.candidates(set: slice.text(1), guide: id)
        return alternatives.first
    }

    /// The guide that the set's second segment asks for, where BHT02 tells several apart.
    func second(_ slice: SegmentSlice) -> CompiledGuide? {
        guard alternatives.count > 1, slice.has(0, "BHT") else { return nil }
        let purpose = slice[2].packed
        return alternatives.first { $0.purposes.contains(purpose) } ?? alternatives.first { $0.purposes.isEmpty }
    }
}
